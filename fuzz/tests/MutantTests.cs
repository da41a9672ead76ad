using System.Text;
using Conformance.Fuzz.Planting;
using Wasm.Text.Script;

namespace Conformance.Fuzz.Tests;

public class MutantTests
{
    private static readonly string Checkout = FindCheckout();

    private static readonly MutantList List = MutantReader.Read(Path.Combine(Checkout, "fuzz/mutants"));

    [Fact]
    public void Every_edit_fits_the_sources_as_they_stand()
    {
        var sources = SourceTree.Read(Checkout);
        Assert.NotEmpty(List.Mutants);
        Assert.All(List.Mutants, mutant => Assert.All(sources.Apply(mutant), file => Assert.NotEqual(sources.Files[file.Key], file.Value)));
    }

    [Fact]
    public void Rows_of_real_bugs_are_planted_and_each_script_can_be_split_into_commands()
    {
        Assert.True(List.Mutants.Count(m => m.Id[0] == 'M') >= 60);
        Assert.All(List.Mutants.Where(m => m.Equivalent is null), mutant =>
        {
            var (commands, unbalanced) = ScriptReader.Split(Encoding.UTF8.GetBytes(mutant.Kill));
            Assert.Null(unbalanced);
            Assert.NotEmpty(commands);
        });
    }

    private const string One = """
        mutants:
          - id: X1
            origin: o
            plant: p
            trigger: t
            edits:
              - file: reference/src/Numerics/I32.cs
                find: 'NEEDLE'
                replace: 'x'
            kill: (module)
        """;

    [Theory]
    [InlineData("no such text", "does not occur in reference/src/Numerics/I32.cs: no such text")]
    [InlineData("// ieq", "occurs 2 times in reference/src/Numerics/I32.cs: // ieq")]
    public void An_edit_that_does_not_fit_names_file_mutant_and_line(string find, string error)
    {
        var mutant = MutantReader.Parse("x.yaml", One.Replace("NEEDLE", find, StringComparison.Ordinal)).Mutants[0];
        Assert.Equal($"x.yaml: X1: edit in line 7: the text {error}", Assert.Throws<PlantingException>(() => SourceTree.Read(Checkout).Apply(mutant)).Message);
    }

    [Theory]
    [InlineData("    kill: (module)", "", "x.yaml: line 2: a mutant lacks `kill`: only those that are `equivalent` may")]
    [InlineData("    plant: p", "    plants: p", "x.yaml: line 4: unknown key `plants`; known are id, origin, plant, trigger, edits, kill, differ, equivalent, beyond, unscripted")]
    public void A_file_with_a_mistake_is_refused(string line, string instead, string error) =>
        Assert.Equal(error, Assert.Throws<PlantingException>(() => MutantReader.Parse("x.yaml", One.ReplaceLineEndings("\n").Replace(line, instead, StringComparison.Ordinal))).Message);

    private static string FindCheckout([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
