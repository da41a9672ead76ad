using Conformance.Harness.Engines;
using Conformance.Harness.Expectations;
using Conformance.Harness.Results;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Tests.Results;
using Conformance.Runtimes.Wasmtime;

namespace Conformance.Harness.Tests.Expectations;

public class ExpectationTests
{
    private const string Entry = """
        expectations:
          - file: s/a.wast
            line: 3
            kind: assert_return
            reason: because
            permanent: 4.3.2
        """;

    [Theory]
    [InlineData(Verdict.Failed, Verdict.ExpectedFailure)]
    [InlineData(Verdict.Passed, Verdict.UnexpectedPass)]
    [InlineData(Verdict.Crashed, Verdict.Crashed)]
    [InlineData(Verdict.TimedOut, Verdict.TimedOut)]
    [InlineData(Verdict.Unsupported, Verdict.Unsupported)]
    public void An_entry_excuses_the_verdict_it_names(Verdict before, Verdict after) => Assert.Equal(after, Applied(Entry, before).Commands[0].Verdict);

    [Fact]
    public void An_entry_can_name_a_crash() =>
        Assert.Equal(Verdict.ExpectedFailure, Applied(Entry + "\n    verdict: crashed", Verdict.Crashed).Commands[0].Verdict);

    [Theory]
    [InlineData("line: 3", "line: 4")]
    [InlineData("assert_return", "assert_trap")]
    [InlineData("s/a.wast", "s/b.wast")]
    public void An_entry_for_another_command_excuses_nothing(string from, string to)
    {
        var (result, used) = ExpectationFile.Parse(Entry.Replace(from, to, StringComparison.Ordinal)).Apply(ResultTests.File("s", "a.wast", ResultTests.Command(Verdict.Failed)));
        Assert.Equal(Verdict.Failed, result.Commands[0].Verdict);
        Assert.Empty(used);
    }

    [Theory]
    [InlineData("reason: because", "reason: \"\"")]
    [InlineData("permanent: 4.3.2", "permanent: \"\"")]
    [InlineData("permanent: 4.3.2", "permanent: 4.3.2\n    temporary: too")]
    public void An_entry_without_reason_or_kind_excuses_nothing(string from, string to)
    {
        string yaml = Entry.Replace(from, to, StringComparison.Ordinal);
        Assert.Equal(Verdict.Failed, Applied(yaml, Verdict.Failed).Commands[0].Verdict);
        Assert.NotNull(ExpectationFile.Parse(yaml).Entries[0].Needs);
    }

    [Theory]
    [InlineData("expectations:\n  - file: a\n", "needs file, line and kind")]
    [InlineData("expectations:\n  - fil: a\n", "unknown key `fil`")]
    [InlineData("expectations:\n  - {file: a, line: 1, kind: module, cause: them}\n", "line 2: unknown cause `them`; known are engine, permitted")]
    [InlineData("expectations: 3\n", "expected a list")]
    [InlineData("- a\n", "expected a mapping")]
    [InlineData("a: [\n", "line")]
    public void A_wrong_file_is_refused_with_its_line(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ExpectationFile.Parse(yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_command_has_one_entry() =>
        Assert.Throws<FormatException>(() => ExpectationFile.Parse(Entry + Entry.Replace("expectations:", "", StringComparison.Ordinal)));

    [Fact]
    public void An_entry_can_name_several_lines()
    {
        var entries = ExpectationFile.Parse(Entry.Replace("line: 3", "lines: [3, 5]", StringComparison.Ordinal)).Entries;
        Assert.Equal([3, 5], entries.Select(e => e.Line));
        var commands = new[] { ResultTests.Command(Verdict.Failed), ResultTests.Command(Verdict.Passed) with { Line = 5 } };
        Assert.Equal([Verdict.ExpectedFailure, Verdict.UnexpectedPass], new ExpectationFile(entries).Apply(ResultTests.File("s", "a.wast", commands)).Result.Commands.Select(c => c.Verdict));
    }

    [Theory]
    [InlineData("", ExpectationCause.Permitted)]
    [InlineData("\n    cause: engine", ExpectationCause.Engine)]
    [InlineData("\n    cause: message\n    link: https://example.org/1", ExpectationCause.Message)]
    public void A_result_says_whose_doing_an_expected_failure_is(string more, ExpectationCause cause)
    {
        var known = Applied(Entry + more, Verdict.Failed).Commands[0].Known;
        Assert.Equal((cause, "because", more.Contains("link", StringComparison.Ordinal) ? "https://example.org/1" : null), (known!.Cause, known.Reason, known.Link));
        Assert.Null(Applied(Entry + more, Verdict.Passed).Commands[0].Known);
    }

    [Fact]
    public void A_temporary_entry_blames_the_engine() =>
        Assert.Equal(ExpectationCause.Engine, ExpectationFile.Parse(Entry.Replace("permanent", "temporary", StringComparison.Ordinal)).Entries[0].Cause);

    [Fact]
    public void A_file_extends_others()
    {
        using var folder = new Folder();
        folder.Write("shared/old.yaml", Entry);
        folder.Write("shared/family.yaml", "extends: [old.yaml]\n" + Entry.Replace("line: 3", "line: 4", StringComparison.Ordinal));
        string file = folder.Write("a.yaml", "extends: [shared/family.yaml]\n");
        Assert.Equal([3, 4], ExpectationFile.Load(file).Entries.Select(e => e.Line));
        Assert.Empty(ExpectationFile.Load(file + ".none").Entries);
    }

    [Theory]
    [InlineData("extends: [none.yaml]", "b.yaml: line 1: none.yaml does not exist")]
    [InlineData("extends: [a.yaml]", "b.yaml: line 1: a.yaml extends this file")]
    [InlineData("expectations: 3", "b.yaml: line 1: expected a list")]
    public void A_wrong_file_that_is_extended_is_named(string extended, string message)
    {
        using var folder = new Folder();
        folder.Write("b.yaml", extended);
        string said = Assert.Throws<FormatException>(() => ExpectationFile.Load(folder.Write("a.yaml", "extends: [b.yaml]"))).Message;
        Assert.EndsWith(message, said, StringComparison.Ordinal);
        Assert.DoesNotContain("a.yaml: " + said[..1], said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_extended_is_not_repeated()
    {
        using var folder = new Folder();
        folder.Write("b.yaml", Entry);
        Assert.Contains("a second expectation for s/a.wast:3", Assert.Throws<FormatException>(() => ExpectationFile.Load(folder.Write("a.yaml", "extends: [b.yaml]\n" + Entry))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_runtime_of_the_kit_has_good_expectations()
    {
        string folder = Path.Combine(Repo.Root, "harness", "expectations");
        string[] files = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files) Assert.All(ExpectationFile.Load(file).Entries, e => Assert.Null(e.Needs));
        var known = WasmtimeRuntime.Configurations.Select(c => c.Name).Concat(EngineCatalog.Entries.Select(e => e.Name)).ToHashSet();
        Assert.All(Directory.GetFiles(folder, "*.yaml"), file => Assert.Contains(Path.GetFileNameWithoutExtension(file), known));
    }

    [Fact]
    public void Totals_follow_the_expectations()
    {
        var totals = Applied(Entry, Verdict.Failed).Totals;
        Assert.Equal((0, 1, 1), (totals.Failed, totals.ExpectedFailures, totals.Commands));
    }

    [Fact]
    public void Updating_adds_entries_that_still_need_a_reason()
    {
        var run = ResultTests.Run(ResultTests.File("s", "a.wast", ResultTests.Command(Verdict.Failed) with { Actual = "multi\nline" }, ResultTests.Command(Verdict.Crashed) with { Line = 9 }, ResultTests.Command(Verdict.Passed) with { Line = 10 }));
        string text = ExpectationFile.Update("", run);
        var file = ExpectationFile.Parse(text);
        Assert.Equal([(3, Verdict.Failed), (9, Verdict.Crashed)], file.Entries.Select(e => (e.Line, e.Verdict)));
        Assert.All(file.Entries, e => Assert.NotNull(e.Needs));
        Assert.Equal(Verdict.Failed, file.Apply(run.Files[0]).Result.Commands[0].Verdict);
        Assert.Equal(text, ExpectationFile.Update(text, run));
        Assert.StartsWith(Entry, ExpectationFile.Update(Entry, run), StringComparison.Ordinal);
        Assert.Single(ExpectationFile.Parse(ExpectationFile.Update(Entry, run)).Entries, e => e.Line == 9);
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("expectations-");

        public string Write(string path, string text)
        {
            string file = Path.Combine(_folder.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return file;
        }

        public void Dispose() => _folder.Delete(true);
    }

    private static FileResult Applied(string yaml, Verdict verdict) => ExpectationFile.Parse(yaml).Apply(ResultTests.File("s", "a.wast", ResultTests.Command(verdict))).Result;
}
