using System.CommandLine;
using Conformance.Harness.Results;
using Conformance.Reports;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance report merge|diff|render</c>: work on saved results.</summary>
internal static class ReportCommand
{
    private static readonly Argument<FileInfo[]> Parts = new("FILE") { Description = "JSON results of shards or of different suites.", Arity = ArgumentArity.OneOrMore };
    private static readonly Argument<FileInfo> Result = new("FILE") { Description = "A JSON result." };
    private static readonly Argument<FileInfo> Old = new("OLD") { Description = "The earlier JSON result." };
    private static readonly Argument<FileInfo> New = new("NEW") { Description = "The later JSON result." };
    private static readonly Option<FileInfo> Json = new("--json") { Description = "Write the JSON result here.", HelpName = "FILE" };
    private static readonly Option<FileInfo> JUnit = new("--junit") { Description = "Write JUnit XML here.", HelpName = "FILE" };
    private static readonly Option<FileInfo> Markdown = new("--markdown") { Description = "Write Markdown here.", HelpName = "FILE" };
    private static readonly Option<FileInfo> Html = new("--html") { Description = "Write an HTML page here.", HelpName = "FILE" };

    public static Command Create()
    {
        var merge = new Command("merge", "Make one result of several; the order of the files given does not matter.") { Parts, Json, JUnit, Markdown, Html };
        merge.SetAction(args => Write(args, Merged([.. args.GetValue(Parts)!.Select(RunCommand.Load)])));
        var render = new Command("render", "Make other reports of a saved result.") { Result, JUnit, Markdown, Html };
        render.SetAction(args => Write(args, RunCommand.Load(args.GetValue(Result)!)));
        var diff = new Command("diff", "What changed between two results. Exit code 1 when something that passed no longer does.") { Old, New };
        diff.SetAction(Diff);
        return new Command("report", "Merge, compare and render saved results.") { merge, diff, render };
    }

    private static RunResult Merged(IReadOnlyList<RunResult> parts)
    {
        try
        {
            return Merge.Of(parts);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new CliException(e.Message);
        }
    }

    private static int Write(ParseResult args, RunResult run)
    {
        if (args.GetValue(Json) is { } json) OutputFile.Write(json, (Stream stream) => ResultJson.Write(run, stream));
        RunCommand.Save(args.GetValue(JUnit), new JUnitReport(), run);
        RunCommand.Save(args.GetValue(Markdown), new MarkdownReport(), run);
        RunCommand.Save(args.GetValue(Html), new HtmlReport(), run);
        new Terminal(noColor: false, Verbosity.Normal).Summary(run);
        return run.IsGreen ? ExitCode.AsExpected : ExitCode.NotAsExpected;
    }

    private static int Diff(ParseResult args)
    {
        var diff = RunDiff.Of(RunCommand.Load(args.GetValue(Old)!), RunCommand.Load(args.GetValue(New)!));
        foreach (var group in diff.Changes.GroupBy(c => c.Kind))
        {
            Console.WriteLine($"{Words(group.Key)} ({group.Count()}):");
            foreach (var change in group)
            {
                Console.WriteLine($"  {change.Place}");
                if (change.Old is not null) Console.WriteLine($"    - {change.Old}");
                if (change.New is not null) Console.WriteLine($"    + {change.New}");
            }
        }
        if (diff.Changes.IsEmpty) Console.WriteLine("no differences");
        return diff.IsWorse ? ExitCode.NotAsExpected : ExitCode.AsExpected;
    }

    private static string Words(RunDiff.ChangeKind kind) => kind switch
    {
        RunDiff.ChangeKind.NewlyFailing => "newly failing",
        RunDiff.ChangeKind.NewlyPassing => "newly passing",
        RunDiff.ChangeKind.ChangedOutcome => "changed outcome",
        RunDiff.ChangeKind.ChangedMessage => "changed message",
        RunDiff.ChangeKind.Added => "added",
        RunDiff.ChangeKind.Removed => "removed",
        _ => throw new System.Diagnostics.UnreachableException($"change {(int)kind}"),
    };
}
