using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>Workflow commands that make GitHub show each bad command at its line.</summary>
public sealed class GitHubAnnotations : IReportWriter
{
    /// <summary>GitHub shows ten a step; a few more do no harm in the log.</summary>
    private const int Most = 50;

    public void Write(RunResult run, TextWriter output)
    {
        foreach (var (file, command) in run.Commands().Where(c => c.Command.Verdict.IsBad()).Take(Most))
            output.WriteLine($"::error file={Property(command.File ?? file.Key)},line={command.Line},col={command.Column},title={Property(command.Verdict.Name())}::{Data(command.Text)}");
        foreach (string problem in run.Problems.Take(Most))
            output.WriteLine($"::error::{Data(problem)}");
    }

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
