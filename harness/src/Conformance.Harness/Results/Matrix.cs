using System.Collections.Immutable;

namespace Conformance.Harness.Results;

/// <summary>The results of the same scripts on several runtimes.</summary>
/// <param name="Runs">One a runtime, in the order asked for. All have the same files unless a run was ended early.</param>
/// <param name="NotRun">The runtimes that were asked for and are not on this machine.</param>
public sealed record Matrix(ImmutableArray<RunResult> Runs, ImmutableArray<MissingRuntime> NotRun)
{
    /// <summary>The version of the format.</summary>
    public const int FormatVersion = 1;

    public bool IsGreen => Runs.All(r => r.IsGreen);

    /// <summary>The folders of the scripts, in the order of the files: a suite's core and each of its proposals have folders of their own.</summary>
    public IEnumerable<string> Folders => Runs.SelectMany(r => r.Files).Select(FolderOf).Distinct();

    /// <summary>A runtime's totals in a folder; null when none of its files was run.</summary>
    public static Totals? Of(RunResult run, string folder)
    {
        FileResult[] files = [.. run.Files.Where(f => FolderOf(f) == folder)];
        return files.Length == 0 ? null : Totals.Sum(files.Select(f => f.Totals), false);
    }

    /// <summary>What did not pass on a runtime, by what it comes from. The most frequent first.</summary>
    public static IEnumerable<Deviation> Deviations(RunResult run) => run.Files
        .SelectMany(f => f.Commands.Where(c => c.Verdict != Verdict.Passed).Select(c => (File: f, Command: c)))
        .GroupBy(c => (CauseOf(c.Command), ReasonOf(c.Command)))
        .Select(g => new Deviation(g.Key.Item1, g.Key.Item2, [.. g]))
        .OrderBy(d => d.Cause).ThenByDescending(d => d.Commands.Length);

    /// <summary>The suite and the folder in it.</summary>
    public static string FolderOf(FileResult file)
    {
        string key = file.Key;
        int slash = key.LastIndexOf('/');
        return slash < 0 ? "." : key[..slash];
    }

    private static Cause CauseOf(CommandResult command) => command.Verdict switch
    {
        Verdict.Failed or Verdict.Crashed or Verdict.TimedOut or Verdict.UnexpectedPass => Cause.Unexplained,
        Verdict.ExpectedFailure => Cause.Known,
        Verdict.Unsupported => Cause.FeatureAbsent,
        Verdict.AdapterLimit => Cause.AdapterLimit,
        Verdict.Skipped => Cause.NotRun,
        Verdict.Passed or _ => throw new System.Diagnostics.UnreachableException($"verdict {command.Verdict}"),
    };

    /// <summary>What commands have in common: the reason given, else the kind of command and what came of it.</summary>
    private static string ReasonOf(CommandResult command) =>
        command.Verdict == Verdict.ExpectedFailure ? command.Detail?.Split("; ")[^1] ?? ""
        : command.Verdict.IsBad() ? $"{command.Kind}: {command.Verdict.Name()}"
        : command.Detail ?? command.Actual ?? "";
}

/// <summary>A runtime that was not run.</summary>
public sealed record MissingRuntime(string Name, string Why);

/// <summary>Why a command did not pass on a runtime.</summary>
public enum Cause
{
    /// <summary>Nobody has explained it: the engine is wrong, or the kit is.</summary>
    Unexplained,

    /// <summary>The runtime's expectations give the reason.</summary>
    Known,

    /// <summary>The runtime lacks the feature.</summary>
    FeatureAbsent,

    /// <summary>The adapter or the worker cannot tell or do it.</summary>
    AdapterLimit,

    NotRun,
}

/// <summary>Commands that did not pass on one runtime for one reason.</summary>
public sealed record Deviation(Cause Cause, string Reason, ImmutableArray<(FileResult File, CommandResult Command)> Commands);
