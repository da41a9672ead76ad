using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>What all reports ask of a result.</summary>
public static class RunResults
{
    /// <summary>All commands with their files, in file and line order.</summary>
    public static IEnumerable<(FileResult File, CommandResult Command)> Commands(this RunResult run) =>
        run.Files.SelectMany(f => f.Commands.Select(c => (f, c)));

    /// <summary><c>path/file.wast:line:col</c>, which terminals and editors link.</summary>
    public static string Place(this FileResult file, CommandResult command) => $"{command.File ?? file.Key}:{command.Line}:{command.Column}";
}
