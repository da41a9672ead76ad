using System.Globalization;
using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>A summary table by suite and folder, then everything that is not passed, for people and pull requests.</summary>
public sealed class MarkdownReport : IReportWriter
{
    /// <summary>Rows of one kind beyond this number are counted, not listed.</summary>
    private const int MostRows = 500;

    public void Write(RunResult run, TextWriter output)
    {
        var totals = run.Totals;
        output.WriteLine($"# Conformance of {run.Runtime.Name} {run.Runtime.Version}");
        output.WriteLine();
        foreach (var suite in run.Suites.Where(s => !s.Found))
            output.WriteLine($"**{(suite.Official ? "official suite" : suite.Name)}: NOT RUN ({suite.Why})**\n");
        output.WriteLine(run.IsGreen
            ? $"**As expected**: {Count(totals.Passed)} of {Count(totals.Commands)} commands passed, in {Count(totals.Files)} files."
            : $"**Not as expected**: {Count(totals.Failed)} failed, {Count(totals.UnexpectedPasses)} passed unexpectedly, {Count(totals.Crashed)} crashed, {Count(totals.TimedOut)} timed out, of {Count(totals.Commands)} commands in {Count(totals.Files)} files.");
        output.WriteLine();
        foreach (var suite in run.Suites.Where(s => s.Found))
            output.WriteLine($"- suite `{suite.Name}`{(suite.Commit is null ? "" : $" at `{suite.Commit}`")}{(suite.Repository is null ? "" : $" of {suite.Repository}")}");
        output.WriteLine($"- messages: {Count(totals.Messages.Expected)} expected, {Count(totals.Messages.Prefix)} matched by prefix, {Count(totals.Messages.Exact)} of them exactly; less than `{run.Settings.Messages}` is a failure{(run.Settings.Messages == "none" ? ": never" : "")}");
        output.WriteLine($"- reference patterns `{run.Settings.References}`, modules `{run.Settings.Modules}`, threads `{run.Settings.Threads}`{(run.Settings.Shard is null ? "" : $", shard {run.Settings.Shard}")}");
        if (!run.Runtime.DistinguishesMalformed)
            output.WriteLine("- this runtime cannot tell malformed from invalid: both count as rejected");
        if (run.Incomplete is not null)
            output.WriteLine($"- **incomplete** ({run.Incomplete}): {Count(run.NotRun.Length)} files were not run");
        output.WriteLine();
        WriteTable(run, output);
        foreach (string problem in run.Problems)
            output.WriteLine($"- **problem**: {Escape(problem)}");
        if (!run.Problems.IsEmpty) output.WriteLine();
        foreach (var verdict in Enum.GetValues<Verdict>())
            if (verdict != Verdict.Passed)
                WriteList(run, verdict, output);
        foreach (var file in run.Files.Where(f => f.Error is not null))
            output.WriteLine($"- `{file.Key}`: {Escape(file.Error!)}");
    }

    private static void WriteTable(RunResult run, TextWriter output)
    {
        output.WriteLine("| folder | files | commands | assertions | passed | failed | expected failures | unexpected passes | unsupported | adapter limits | crashed | timed out | skipped |");
        output.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var group in run.Files.GroupBy(Folder))
            WriteRow(group.Key, Totals.Sum(group.Select(f => f.Totals), false), output);
        WriteRow("**all**", run.Totals, output);
        output.WriteLine();
    }

    private static void WriteRow(string name, Totals t, TextWriter output)
    {
        int[] cells = [t.Files, t.Commands, t.Assertions, t.Passed, t.Failed, t.ExpectedFailures, t.UnexpectedPasses, t.Unsupported, t.AdapterLimits, t.Crashed, t.TimedOut, t.Skipped];
        output.WriteLine($"| {name} | {string.Join(" | ", cells.Select(Count))} |");
    }

    private static void WriteList(RunResult run, Verdict verdict, TextWriter output)
    {
        int count = run.Totals.Of(verdict);
        if (count == 0) return;
        output.WriteLine($"## {verdict.Name()} ({Count(count)})");
        output.WriteLine();
        foreach (var (file, command) in run.Commands().Where(c => c.Command.Verdict == verdict).Take(MostRows))
            output.WriteLine($"- `{file.Place(command)}` {Escape(command.Text)}");
        if (count > MostRows) output.WriteLine($"- and {Count(count - MostRows)} more");
        output.WriteLine();
    }

    /// <summary>The suite and the folder in it: the unit people compare by, since proposals have folders.</summary>
    internal static string Folder(FileResult file)
    {
        string key = file.Key;
        int slash = key.LastIndexOf('/');
        return slash < 0 ? "." : key[..slash];
    }

    private static string Count(int n) => n.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
