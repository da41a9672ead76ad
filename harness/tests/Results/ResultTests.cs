using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;

namespace Conformance.Harness.Tests.Results;

public class ResultTests
{
    [Fact]
    public void Commands_is_the_sum_of_the_nine_verdicts()
    {
        var commands = Enum.GetValues<Verdict>().SelectMany((v, i) => Enumerable.Repeat(Command(v), i + 1)).ToArray();
        var totals = Totals.Of(commands, suiteFound: true);
        Assert.Equal(45, totals.Commands);
        Assert.Equal(45, totals.SumOfVerdicts);
        foreach (var (verdict, i) in Enum.GetValues<Verdict>().Select((v, i) => (v, i))) Assert.Equal(i + 1, totals.Of(verdict));
    }

    [Fact]
    public void Messages_are_counted_by_level()
    {
        var totals = Totals.Of(
        [
            Command(Verdict.Passed), Command(Verdict.Passed) with { ExpectedMessage = "a", Message = MessageLevel.Exact },
            Command(Verdict.Passed) with { ExpectedMessage = "a", Message = MessageLevel.Prefix }, Command(Verdict.Failed) with { ExpectedMessage = "a", Message = MessageLevel.None },
            Command(Verdict.Failed) with { ExpectedMessage = "a" },
        ], suiteFound: false);
        Assert.Equal(new MessageTotals(4, 2, 1), totals.Messages);
    }

    [Theory]
    [InlineData(Verdict.Passed, true)]
    [InlineData(Verdict.Failed, false)]
    [InlineData(Verdict.ExpectedFailure, true)]
    [InlineData(Verdict.UnexpectedPass, false)]
    [InlineData(Verdict.Unsupported, true)]
    [InlineData(Verdict.AdapterLimit, true)]
    [InlineData(Verdict.Crashed, false)]
    [InlineData(Verdict.TimedOut, false)]
    [InlineData(Verdict.Skipped, true)]
    public void Four_verdicts_turn_a_run_red(Verdict verdict, bool green)
    {
        Assert.Equal(green, Totals.Of([Command(verdict)], true).IsGreen);
        Assert.Equal(green, !verdict.IsBad());
    }

    [Fact]
    public void Problems_and_incomplete_runs_are_red()
    {
        var run = Run(File("s", "a.wast", Command(Verdict.Passed)));
        Assert.True(run.IsGreen);
        Assert.False((run with { Problems = ["p"] }).IsGreen);
        Assert.False((run with { Incomplete = "cancelled" }).IsGreen);
    }

    [Fact]
    public void A_result_file_is_read_as_it_was_written()
    {
        var run = Run(
            File("s", "a.wast", Command(Verdict.Passed) with { ExpectedMessage = "x", Message = MessageLevel.Prefix, Milliseconds = 1.5 },
                Command(Verdict.Failed) with { File = "b.wast", Expected = "\"\u0000\ud83d\ude00<&>", Actual = "b", Detail = "c" }),
            File("", "dir/b.wast") with { Error = "cut" }) with
        {
            Problems = ["p"],
            Incomplete = "fail-fast",
            NotRun = ["s/z.wast"],
            Suites = [new("s", "r", "c", true, null, true, new(1, 2, 3)), new("t", null, null, false, "why")],
            Settings = new("prefix", "strict", "direct", "os", true, "1/2"),
        };
        var stream = new MemoryStream();
        ResultJson.Write(run, stream);
        stream.Position = 0;
        var read = ResultJson.Read(stream);
        var again = new MemoryStream();
        ResultJson.Write(read, again);
        Assert.Equal(stream.ToArray(), again.ToArray());
        Assert.Equal(run.Files[0].Commands.AsEnumerable(), read.Files[0].Commands);
        Assert.Equal(run.Totals, read.Totals);
        Assert.Equal(run.Suites.AsEnumerable(), read.Suites);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "format 2")]
    [InlineData("\"passed\": 1", "\"passed\": 2", "totals")]
    [InlineData("\"verdict\":\"passed\"", "\"verdict\":\"failed\"", "totals")]
    [InlineData("\"verdict\":\"passed\"", "\"verdict\":\"good\"", "verdict")]
    [InlineData("\"runtime\"", "\"rantime\"", "not a result file")]
    [InlineData("{", "[", "not a result file")]
    public void A_result_file_that_contradicts_itself_is_refused(string from, string to, string message)
    {
        var stream = new MemoryStream();
        ResultJson.Write(Run(File("s", "a.wast", Command(Verdict.Passed))), stream);
        string text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        int at = text.IndexOf(from, StringComparison.Ordinal);
        string changed = text[..at] + to + text[(at + from.Length)..];
        var error = Assert.Throws<FormatException>(() => ResultJson.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(changed))));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_make_the_whole()
    {
        FileResult[] files = [.. Enumerable.Range(0, 7).Select(i => File(i < 4 ? "s" : "t", $"{i}.wast", Command(Verdict.Passed), Command(Verdict.Skipped)))];
        ImmutableArray<SuiteResult> suites = [new("s", null, null, true), new("t", null, null, true)];
        var whole = Run(files) with { Suites = suites };
        var shards = Enumerable.Range(1, 3).Select(i => Run([.. new Shard(i, 3).Of(files)]) with { Suites = suites, Settings = whole.Settings with { Shard = $"{i}/3" } }).ToArray();
        var merged = Merge.Of([shards[2], shards[0], shards[1]]);
        Assert.Equal(whole.Files.Select(f => f.Key), merged.Files.Select(f => f.Key));
        Assert.Equal(whole.Totals, merged.Totals);
        Assert.Empty(merged.Problems);
        Assert.Contains("shard 2/3 is missing", Merge.Of([shards[0], shards[2]]).Problems);
        Assert.Throws<FormatException>(() => Merge.Of([shards[0], shards[0]]));
        Assert.Throws<FormatException>(() => Merge.Of([shards[0], shards[1] with { Settings = shards[1].Settings with { Messages = "none" } }]));
    }

    [Fact]
    public void What_is_lost_of_a_pinned_suite_is_a_problem()
    {
        var run = Run(File("s", "a.wast", Command(Verdict.Passed)), File("s", "b.wast", Command(Verdict.Passed) with { ExpectedMessage = "m", Message = MessageLevel.Exact }));
        Assert.Empty(Problems(new(2, 2, 1)));
        Assert.Equal(["s: 2 files instead of 3"], Problems(new(3, 2, 1)));
        Assert.Equal(["s: 2 commands instead of 3"], Problems(new(2, 3, 1)));
        Assert.Equal(["s: 1 expected messages instead of 2"], Problems(new(2, 2, 2)));
        Assert.Empty(Completeness.Problems(run with { Suites = [new("s", null, null, true, Pinned: new(9, 9, 9))], Settings = run.Settings with { Whole = false } }));
        var shards = run.Files.Select((f, i) => Run(f) with { Suites = [new("s", null, null, true, Pinned: new(2, 3, 1))], Settings = run.Settings with { Shard = $"{i + 1}/2" } }).ToArray();
        Assert.Empty(Completeness.Problems(shards[0]));
        Assert.Equal(["s: 2 commands instead of 3"], Merge.Of(shards).Problems.AsEnumerable());

        IEnumerable<string> Problems(SuiteCounts pinned) => Completeness.Problems(run with { Suites = [new("s", null, null, true, Pinned: pinned)] });
    }

    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("2/3", 2, 3)]
    [InlineData("0/3", 0, 0)]
    [InlineData("4/3", 0, 0)]
    [InlineData("1", 0, 0)]
    [InlineData("a/b", 0, 0)]
    public void Shards_are_written_I_of_N(string text, int index, int count) => Assert.Equal(index == 0 ? null : new Shard(index, count), Shard.Parse(text));

    internal static CommandResult Command(Verdict verdict) => new() { Line = 3, Column = 1, Kind = "assert_return", Verdict = verdict };

    internal static FileResult File(string suite, string path, params CommandResult[] commands) =>
        new() { Suite = suite, Path = path, Profile = "3.0", Commands = [.. commands], Totals = Totals.Of(commands, false) };

    internal static RunResult Run(params FileResult[] files) => new()
    {
        Tool = "1.0.0",
        Runtime = new("fake", "1", ["simd"], true),
        Settings = new("prefix", "reference", "binary", "os", true),
        Files = [.. files],
        Totals = Totals.Sum(files.Select(f => f.Totals), false),
    };
}
