using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Conformance.Harness.Scripts;

/// <summary>Runs one script on a runtime.</summary>
public static class ScriptRunner
{
    /// <summary>The detail of commands that a cancelled run did not get to.</summary>
    public const string Cancelled = "the run was cancelled";

    /// <summary>Runs all commands of a script. Every command has a result, in the order of the script.</summary>
    /// <param name="file">The script.</param>
    /// <param name="options">How to run it; its list of files does not matter here.</param>
    /// <param name="suiteFound">Whether the official suite is part of the run, for the totals.</param>
    /// <param name="cancel">Ends the running command soon; the commands behind it are skipped.</param>
    public static FileResult Run(ScriptFile file, RunOptions options, bool suiteFound = false, CancellationToken cancel = default)
    {
        using var run = new FileRun(file, options, cancel);
        ImmutableArray<CommandResult> results = [];
        string? error = null;
        if (Read(file, ref error) is { } source)
        {
            var (commands, unbalanced) = ScriptReader.Split(source);
            error = Unread(unbalanced);
            var session = new Session(run);
            if (options.Threads == ThreadRule.Scheduler) new Scheduler(new RandomChoices(options.Seed)).Run(run, session, commands);
            else session.RunToEnd(commands);
            results = [.. session.Results];
        }
        return new FileResult
        {
            Suite = file.Suite,
            Path = file.Path,
            Profile = file.Profile.Name,
            Commands = results,
            Totals = Totals.Of(results, suiteFound),
            Error = error,
            Milliseconds = run.Clock.Elapsed.TotalMilliseconds,
        };
    }

    internal static ReadOnlyMemory<byte>? Read(ScriptFile file, ref string? error)
    {
        if (file.Source is { } source) return source;
        try
        {
            return File.ReadAllBytes(file.FullPath!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = e.Message;
            return null;
        }
    }

    private static string? Unread(MalformedException? unbalanced) =>
        unbalanced is null ? null : $"{unbalanced.Message} at {unbalanced.At}: what follows could not be split into commands";
}
