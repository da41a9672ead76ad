using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Conformance.Harness.Results;

namespace Conformance.Reports.Tests;

public class ReportTests
{
    [Fact]
    public void Markdown() => Golden.Match(Write(new MarkdownReport(), Sample.Run()));

    [Fact]
    public void JUnit() => Golden.Match(Write(new JUnitReport(), Sample.Run()));

    [Fact]
    public void Html() => Golden.Match(Write(new HtmlReport(), Sample.Run()));

    [Fact]
    public void GitHub() => Golden.Match(Write(new GitHubAnnotations(), Sample.Run()));

    [Fact]
    public void Json() => Golden.Match(JsonOf(Sample.Run()));

    [Fact]
    public void MatrixAsMarkdown()
    {
        var text = new StringWriter();
        MatrixMarkdown.Write(Sample.Matrix(), text);
        Golden.Match(text.ToString());
    }

    [Fact]
    public void The_matrix_obeys_its_schema()
    {
        using var stream = new MemoryStream();
        MatrixJson.Write(Sample.Matrix(), stream);
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaFile("matrix")));
        using var matrix = JsonDocument.Parse(stream.ToArray());
        Assert.Empty(Schema.Errors(schema.RootElement, schema.RootElement, matrix.RootElement, "$"));
        using var run = JsonDocument.Parse(File.ReadAllText(SchemaFile()));
        Assert.All(matrix.RootElement.GetProperty("results").EnumerateArray(), result => Assert.Empty(Schema.Errors(run.RootElement, run.RootElement, result, "$")));
    }

    [Fact]
    public void Every_command_that_deviates_is_in_one_deviation()
    {
        foreach (var run in Sample.Matrix().Runs)
        {
            var listed = Matrix.Deviations(run).SelectMany(d => d.Commands).ToList();
            Assert.Equal(listed.Count, listed.Distinct().Count());
            Assert.Equal(run.Commands().Count(c => c.Command.Verdict != Verdict.Passed || c.Command.Message == MessageLevel.None), listed.Count);
        }
    }

    [Fact]
    public void A_saved_result_gives_the_same_reports()
    {
        var run = Sample.Run();
        var read = ResultJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(JsonOf(run))));
        foreach (IReportWriter report in new IReportWriter[] { new MarkdownReport(), new JUnitReport(), new HtmlReport(), new GitHubAnnotations() })
            Assert.Equal(Write(report, run), Write(report, read));
    }

    [Fact]
    public void The_counts_of_JUnit_add_up()
    {
        var root = XElement.Parse(Write(new JUnitReport(), Sample.Run()));
        Assert.Equal((int)root.Attribute("tests")!, root.Descendants("testcase").Count());
        Assert.Equal((int)root.Attribute("failures")!, root.Descendants("failure").Count());
        Assert.Equal((int)root.Attribute("errors")!, root.Descendants("error").Count());
        Assert.Equal((int)root.Attribute("skipped")!, root.Descendants("skipped").Count());
    }

    [Fact]
    public void The_result_obeys_its_schema()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaFile()));
        using var result = JsonDocument.Parse(JsonOf(Sample.Run()));
        Assert.Empty(Schema.Errors(schema.RootElement, schema.RootElement, result.RootElement, "$"));
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"passed\"", "\"good\"")]
    [InlineData("\"line\":", "\"Line\":")]
    [InlineData("\"suiteFound\": true", "\"suiteFound\": 1")]
    public void The_schema_refuses_another_format(string old, string changed)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaFile()));
        using var result = JsonDocument.Parse(JsonOf(Sample.Run()).Replace(old, changed, StringComparison.Ordinal));
        Assert.NotEmpty(Schema.Errors(schema.RootElement, schema.RootElement, result.RootElement, "$"));
    }

    [Fact]
    public void A_diff_tells_newly_failing_newly_passing_and_changed()
    {
        var old = Sample.Run(Sample.Command(20, "module", Verdict.Passed), Sample.Command(21, "module", Verdict.Failed),
            Sample.Command(22, "assert_trap", Verdict.Failed) with { Actual = "trap: a" }, Sample.Command(23, "assert_trap", Verdict.Passed) with { Message = MessageLevel.Exact },
            Sample.Command(24, "module", Verdict.Passed));
        var now = Sample.Run(Sample.Command(20, "module", Verdict.Failed), Sample.Command(21, "module", Verdict.Passed),
            Sample.Command(22, "assert_trap", Verdict.Failed) with { Actual = "trap: b" }, Sample.Command(23, "assert_trap", Verdict.Passed) with { Message = MessageLevel.Prefix },
            Sample.Command(25, "module", Verdict.Passed));
        var diff = RunDiff.Of(old, now);
        Assert.Equal(
            [RunDiff.ChangeKind.NewlyFailing, RunDiff.ChangeKind.NewlyPassing, RunDiff.ChangeKind.ChangedOutcome, RunDiff.ChangeKind.ChangedMessage, RunDiff.ChangeKind.Added, RunDiff.ChangeKind.Removed],
            diff.Changes.Select(c => c.Kind));
        Assert.Equal([20, 21, 22, 23, 25, 24], diff.Changes.Select(c => int.Parse(c.Place.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(diff.IsWorse);
        Assert.Empty(RunDiff.Of(old, old).Changes);
    }

    [Fact]
    public void Merged_shards_are_the_whole()
    {
        var whole = Sample.Run() with { Problems = [] };
        RunResult Part(int i) => whole with
        {
            Files = [whole.Files[i]],
            Totals = whole.Files[i].Totals,
            Settings = whole.Settings with { Shard = $"{i + 1}/2" },
        };
        var merged = Merge.Of([Part(1), Part(0)]);
        Assert.Equal(whole.Files.Select(f => f.Key), merged.Files.Select(f => f.Key));
        Assert.Equal(whole.Totals, merged.Totals);
    }

    private static string Write(IReportWriter report, RunResult run)
    {
        var text = new StringWriter { NewLine = "\n" };
        report.Write(run, text);
        return text.ToString();
    }

    private static string JsonOf(RunResult run)
    {
        using var stream = new MemoryStream();
        ResultJson.Write(run, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string SchemaFile(string name = "run", [System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "schema", $"{name}.v1.schema.json");
}
