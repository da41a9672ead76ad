using System.CommandLine;
using System.Globalization;
using Conformance.Fuzz.Campaigns;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz report</c>: what a campaign found, from its folder.</summary>
internal static class FuzzReportCommand
{
    /// <summary>Signatures shown on the terminal; the reports have all.</summary>
    private const int Most = 20;

    private static readonly Argument<DirectoryInfo> Dir = new("DIR") { Description = "A campaign's folder; it may be running." };
    private static readonly Option<FileInfo> Markdown = new("--markdown") { Description = "Write Markdown here.", HelpName = "FILE" };
    private static readonly Option<FileInfo> JsonOption = new("--json") { Description = "Write JSON here.", HelpName = "FILE" };
    private static readonly Option<FileInfo> JUnit = new("--junit") { Description = "Write JUnit XML here.", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("report", "What a campaign found and counted. Without options, Markdown on standard output. Exit code 3 when something unknown was found.") { Dir, Markdown, JsonOption, JUnit, FuzzRunCommand.Known };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        string path = args.GetValue(Dir)!.FullName;
        try
        {
            var report = CampaignReport.Of(CampaignFolder.Load(path), FuzzRunCommand.LoadIssues(args.GetValue(FuzzRunCommand.Known)));
            if (args.GetValue(Markdown) is { } markdown) OutputFile.Write(markdown, report.Markdown());
            if (args.GetValue(JsonOption) is { } json) OutputFile.Write(json, report.ToJson());
            if (args.GetValue(JUnit) is { } junit) OutputFile.Write(junit, report.WriteJUnit);
            if (args.GetValue(Markdown) is null && args.GetValue(JsonOption) is null && args.GetValue(JUnit) is null) Console.Write(report.Markdown());
            else Summary(report, path);
            return report.HasUnknown ? ExitCode.Finding : ExitCode.AsExpected;
        }
        catch (CampaignFolderException e)
        {
            throw new CliException(e.Message);
        }
    }

    /// <summary>The end of a campaign on standard output: one line a signature, and a last line.</summary>
    internal static void Summary(CampaignReport report, string path)
    {
        foreach (var s in report.Signatures.Take(Most))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CampaignReport.Words(s)}: {s.Signature}: {s.Confirmed + s.Repeated:N0} cases, first {s.First.Case}{(s.Smallest is { } folder ? $", see {Path.Combine(path, CampaignFolder.FindingsFolder, Finding.FolderName(folder))}" : "")}"));
        if (report.Signatures.Length > Most) Console.WriteLine($"and {report.Signatures.Length - Most} more signatures; `conformance fuzz report {path}` shows all");
        var totals = report.State.Totals;
        double seconds = report.State.Parts.Values.Sum(p => p.Milliseconds) / 1000.0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{totals.Cases:N0} cases ({totals.Scripts:N0} generated) in {seconds:N1} s, {(totals.Cases == 0 ? 0 : 100.0 * totals.Useful / totals.Cases):0.00} % useful, {report.Signatures.Count(s => s.IsUnknown)} unknown signatures, {report.Signatures.Count(s => !s.Known.IsEmpty)} known: {path}"));
    }
}
