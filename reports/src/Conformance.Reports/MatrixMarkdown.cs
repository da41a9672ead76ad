using System.Globalization;
using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>A matrix for people: runtimes with versions and counts, proposals × runtimes, and each runtime's deviations by their causes.</summary>
public static class MatrixMarkdown
{
    /// <summary>Places shown for one reason.</summary>
    private const int MostPlaces = 12;

    /// <summary>Unexplained deviations shown in full for one runtime.</summary>
    private const int MostUnexplained = 200;

    public static void Write(Matrix matrix, TextWriter output)
    {
        output.WriteLine("# Conformance matrix");
        output.WriteLine();
        foreach (var suite in matrix.Runs.SelectMany(r => r.Suites).Distinct())
            output.WriteLine(suite.Found ? $"- suite `{suite.Name}`{(suite.Commit is null ? "" : $" at `{suite.Commit}`")}" : $"- **{(suite.Official ? "official suite" : suite.Name)}: NOT RUN ({suite.Why})**");
        foreach (var missing in matrix.NotRun)
            output.WriteLine($"- **{missing.Name}: NOT RUN** ({Escape(missing.Why)})");
        output.WriteLine();
        Runtimes(matrix, output);
        Folders(matrix, output);
        foreach (var run in matrix.Runs)
            Deviations(run, output);
    }

    private static void Runtimes(Matrix matrix, TextWriter output)
    {
        output.WriteLine("| runtime | version | commands | passed | failed | expected failures | unexpected passes | unsupported | adapter limits | crashed | timed out | skipped | tells malformed from invalid | seconds |");
        output.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|");
        foreach (var run in matrix.Runs)
        {
            var t = run.Totals;
            int[] counts = [t.Commands, t.Passed, t.Failed, t.ExpectedFailures, t.UnexpectedPasses, t.Unsupported, t.AdapterLimits, t.Crashed, t.TimedOut, t.Skipped];
            output.WriteLine($"| {run.Runtime.Name} | {Escape(run.Runtime.Version)} | {string.Join(" | ", counts.Select(Count))} | {(run.Runtime.DistinguishesMalformed ? "yes" : "no")} | {(run.Milliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture)} |");
        }
        output.WriteLine();
    }

    private static void Folders(Matrix matrix, TextWriter output)
    {
        output.WriteLine("Passed of the commands that the runtime has the features for; then, where there are any: ✗ not as expected, ≠ expected failures, ∅ of a feature that it lacks, … limits of the adapter, skipped.");
        output.WriteLine();
        output.WriteLine($"| folder | {string.Join(" | ", matrix.Runs.Select(r => r.Runtime.Name))} |");
        output.WriteLine($"|---|{string.Concat(matrix.Runs.Select(_ => "--:|"))}");
        foreach (string folder in matrix.Folders)
            output.WriteLine($"| {folder} | {string.Join(" | ", matrix.Runs.Select(run => Matrix.Of(run, folder) is { } t ? Cell(t) : ""))} |");
        output.WriteLine($"| **all** | {string.Join(" | ", matrix.Runs.Select(run => Cell(run.Totals)))} |");
        output.WriteLine();
    }

    private static string Cell(Totals t)
    {
        int able = t.Commands - t.Unsupported - t.AdapterLimits - t.Skipped;
        if (able == 0 && t.Unsupported > 0 && t.Unsupported == t.Commands) return "∅";
        int bad = t.Failed + t.UnexpectedPasses + t.Crashed + t.TimedOut, other = t.AdapterLimits + t.Skipped;
        string cell = t.Passed == able ? Count(t.Passed) : $"{Count(t.Passed)}/{Count(able)}";
        if (bad > 0) cell += $" ✗{Count(bad)}";
        if (t.ExpectedFailures > 0) cell += $" ≠{Count(t.ExpectedFailures)}";
        if (t.Unsupported > 0) cell += $" ∅{Count(t.Unsupported)}";
        if (other > 0) cell += $" …{Count(other)}";
        return cell;
    }

    private static void Deviations(RunResult run, TextWriter output)
    {
        var deviations = Matrix.Deviations(run).ToList();
        output.WriteLine($"## {run.Runtime.Name}");
        output.WriteLine();
        foreach (string problem in run.Problems)
            output.WriteLine($"- **problem**: {Escape(problem)}");
        if (!run.Problems.IsEmpty) output.WriteLine();
        if (deviations.Count == 0)
        {
            output.WriteLine("No deviation.");
            output.WriteLine();
            return;
        }
        foreach (var byCause in deviations.GroupBy(d => d.Cause))
        {
            output.WriteLine($"### {Words(byCause.Key)} ({Count(byCause.Sum(d => d.Commands.Length))})");
            output.WriteLine();
            int shown = 0;
            foreach (var deviation in byCause)
            {
                output.WriteLine($"- {Escape(deviation.Reason)}{(deviation.Link is null ? "" : $" ([report]({deviation.Link}))")}: {Count(deviation.Commands.Length)} in {Places(deviation)}");
                if (byCause.Key != Cause.Unexplained) continue;
                foreach (var (file, command) in deviation.Commands.Take(Math.Max(0, MostUnexplained - shown)))
                    output.WriteLine($"  - `{file.Place(command)}` {Escape(command.Text)}");
                shown += deviation.Commands.Length;
            }
            if (shown > MostUnexplained) output.WriteLine($"- and {Count(shown - MostUnexplained)} more");
            output.WriteLine();
        }
    }

    private static string Places(Deviation deviation)
    {
        var files = deviation.Commands.GroupBy(c => c.File.Key).ToList();
        var shown = files.Take(MostPlaces).Select(f => $"`{f.Key}:{string.Join(",", f.Take(4).Select(c => c.Command.Line.ToString(CultureInfo.InvariantCulture)))}{(f.Count() > 4 ? ",…" : "")}`");
        return string.Join(", ", shown) + (files.Count > MostPlaces ? $" and {Count(files.Count - MostPlaces)} more files" : "");
    }

    private static string Words(Cause cause) => cause switch
    {
        Cause.Unexplained => "Not as expected",
        Cause.EngineWrong => "Engine wrong",
        Cause.Permitted => "Permitted by a specification",
        Cause.FeatureAbsent => "Feature absent",
        Cause.AdapterLimit => "Limit of the adapter",
        Cause.MessageOnly => "Message only",
        Cause.NotRun => "Not run",
        _ => throw new System.Diagnostics.UnreachableException($"cause {(int)cause}"),
    };

    private static string Count(int n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static string Escape(string text) => MarkdownReport.Escape(text);
}
