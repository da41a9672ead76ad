using Conformance.Harness.Expectations;
using Conformance.Harness.Results;
using Conformance.Harness.Tests.Results;

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
    [InlineData("expectations: 3\n", "expected a list")]
    [InlineData("- a\n", "expected a mapping")]
    [InlineData("a: [\n", "line")]
    public void A_wrong_file_is_refused_with_its_line(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ExpectationFile.Parse(yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_command_has_one_entry() =>
        Assert.Throws<FormatException>(() => ExpectationFile.Parse(Entry + Entry.Replace("expectations:", "", StringComparison.Ordinal)));

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

    private static FileResult Applied(string yaml, Verdict verdict) => ExpectationFile.Parse(yaml).Apply(ResultTests.File("s", "a.wast", ResultTests.Command(verdict))).Result;
}
