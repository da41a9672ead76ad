using System.CommandLine;
using Conformance.Fuzz.Campaigns;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz merge</c>: one folder of the parts of a fleet.</summary>
internal static class MergeCommand
{
    private static readonly Argument<DirectoryInfo[]> Dirs = new("DIR") { Description = "Folders of parts, or merged ones.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "The merged folder; it must be new or empty.", HelpName = "DIR", Required = true };

    public static Command Create()
    {
        var command = new Command("merge", """
            Make one campaign folder of the parts that a fleet ran with `fuzz run --shard I/N` or with several seeds.
            The order does not matter, merged folders can be merged again, and a part that is given twice counts once. Exit code 3 when something unknown was found.
            """) { Dirs, Out, FuzzRunCommand.Known };
        command.SetAction(args =>
        {
            string path = args.GetValue(Out)!.FullName;
            try
            {
                var state = CampaignFolder.Merge([.. args.GetValue(Dirs)!.Select(d => d.FullName)], path);
                var report = CampaignReport.Of(state, FuzzRunCommand.LoadIssues(args.GetValue(FuzzRunCommand.Known)));
                FuzzReportCommand.Summary(report, path);
                return report.HasUnknown ? ExitCode.Finding : ExitCode.AsExpected;
            }
            catch (CampaignFolderException e)
            {
                throw new CliException(e.Message);
            }
        });
        return command;
    }
}
