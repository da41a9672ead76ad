using System.Text.RegularExpressions;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Repository;

/// <summary>Comments cite the rules of the specification by name; the names are those of corpus/spec-rules.txt.</summary>
public partial class RuleNameTests
{
    private static readonly string[] Names =
        [.. Repo.Read("corpus/spec-rules.txt").Split('\n').Where(l => l.Length > 0 && l[0] != '#')];

    /// <summary>Citations in the reference: file, and a name in which <c>*</c> stands for any part.</summary>
    private static readonly (string File, string Name)[] Citations =
    [
        .. from file in Repo.FilesWith(".cs")
           where file.StartsWith("reference/src/", StringComparison.Ordinal)
           from line in Repo.Read(file).Split('\n')
           let comment = line.IndexOf("//", StringComparison.Ordinal)
           where comment >= 0
           from match in Citation().Matches(line[comment..])
           select (file, match.Value.TrimEnd('.', ',', '-')),
    ];

    /// <summary>A rule, or the family of all rules of a relation.</summary>
    [GeneratedRegex(@"\b(?:(?:Step|Steps|Step_pure|Step_read|[A-Z][a-z]+(?:_ok2?|_sub2?|_const))/[a-z0-9_.*-]+|[A-Z][a-z]+type_(?:ok2?|sub2?))")]
    private static partial Regex Citation();

    [Fact]
    public void A_name_is_listed_once() => Assert.Empty(Names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));

    [Fact]
    public void Every_rule_that_a_comment_cites_exists()
    {
        Assert.NotEmpty(Citations);
        Assert.Empty(Citations.Where(c => !Names.Any(n => Matches(c.Name, n))).Select(c => $"{c.File}: {c.Name}").Distinct());
    }

    [Fact]
    public void Every_validation_rule_of_the_instruction_table_exists() =>
        Assert.Empty(InstrTable.Rows.Select(d => "Instr_ok/" + d.Rule).Distinct().Except(Names));

    [Fact]
    public void The_step_rule_that_a_trace_shows_exists()
    {
        var proposals = Features.Threads | Features.WideArithmetic | Features.CustomDescriptors | Features.LegacyExceptions | Features.StackSwitching;
        string[] shown = [.. InstrTable.Rows.Where(d => (d.Feature & proposals) == 0).Select(d => StepRules.Of(new Plain(d.Op))).Distinct().Where(r => r != "value")];
        Assert.All(shown, rule => Assert.Contains(Names, name => Matches(rule, name)));
    }

    /// <summary>
    /// The rules that no comment cites and no row of the table names are listed, to be looked at; most of them hold by construction. A rule that was cited and
    /// is so no longer is received here; one that is cited now may be taken off the list.
    /// </summary>
    [Fact]
    public void Uncited()
    {
        var rows = InstrTable.Rows.Select(d => "Instr_ok/" + d.Rule).ToHashSet();
        var patterns = Citations.Select(c => c.Name).Distinct().ToArray();
        string[] uncited = [.. Names.Where(n => !rows.Contains(n) && !patterns.Any(p => Matches(p, n)))];
        string list = Path.Combine(Repo.Root, "harness/tests/Repository", "RuleNameTests.Uncited.verified.txt"), received = list.Replace("verified", "received", StringComparison.Ordinal);
        string[] known = File.Exists(list) ? File.ReadAllLines(list) : [];
        Assert.Empty(known.Except(Names));
        if (!uncited.Except(known).Any())
        {
            File.Delete(received);
            return;
        }
        File.WriteAllLines(received, uncited);
        Assert.Fail($"{received} has rules that {list} has not: {string.Join(", ", uncited.Except(known))}");
    }

    /// <summary>Whether a citation means a rule: by its name, by the part before its cases (<c>binop</c> for <c>binop-val</c>), or by the relation.</summary>
    private static bool Matches(string citation, string name) => Regex.IsMatch(name,
        "^" + Regex.Escape(citation).Replace("\\*", ".*", StringComparison.Ordinal) + (citation.Contains('/', StringComparison.Ordinal) ? "($|-)" : "($|/)"));
}
