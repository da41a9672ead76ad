using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Conformance.Harness.Expectations;

namespace Conformance.Harness.Results;

/// <summary>The results of the same scripts on several runtimes.</summary>
/// <param name="Runs">One a runtime, in the order asked for. All have the same files unless a run was ended early.</param>
/// <param name="NotRun">The runtimes that were asked for and are not on this machine.</param>
public sealed partial record Matrix(ImmutableArray<RunResult> Runs, ImmutableArray<MissingRuntime> NotRun)
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

    /// <summary>What is not as the suite has it on a runtime, by what it comes from: all that did not pass, and what passed with other words. The most frequent first.</summary>
    public static IEnumerable<Deviation> Deviations(RunResult run) => run.Files
        .SelectMany(f => f.Commands.Where(c => c.Verdict != Verdict.Passed || c.Message == MessageLevel.None).Select(c => (File: f, Command: c)))
        .GroupBy(c => (CauseOf(c.Command), ReasonOf(c.Command), c.Command.Known?.Link))
        .Select(g => new Deviation(g.Key.Item1, g.Key.Item2, g.Key.Link, [.. g]))
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
        Verdict.ExpectedFailure => command.Known?.Cause switch
        {
            ExpectationCause.Permitted => Cause.Permitted,
            ExpectationCause.Message => Cause.MessageOnly,
            ExpectationCause.Feature => Cause.FeatureAbsent,
            ExpectationCause.Adapter => Cause.AdapterLimit,
            ExpectationCause.Engine or null or _ => Cause.EngineWrong,
        },
        Verdict.Unsupported => Cause.FeatureAbsent,
        Verdict.AdapterLimit => Cause.AdapterLimit,
        Verdict.Skipped => Cause.NotRun,
        Verdict.Passed => Cause.MessageOnly,
        _ => throw new System.Diagnostics.UnreachableException($"verdict {command.Verdict}"),
    };

    /// <summary>What commands have in common: the reason given, else the kind of command and what came of it.</summary>
    private static string ReasonOf(CommandResult command) =>
        command.Verdict == Verdict.ExpectedFailure ? command.Known?.Reason ?? command.Detail ?? ""
        : command.Verdict.IsBad() ? $"{command.Kind}: {command.Verdict.Name()}"
        : command.Verdict == Verdict.Passed ? $"{command.Kind} \"{command.ExpectedMessage}\", in other words"
        : AtLine().Replace(command.Detail ?? command.Actual ?? "", "");

    /// <summary>Where it was, in reasons such as <c>no instance (module at line 7 is not supported)</c>: that differs from file to file.</summary>
    [GeneratedRegex(" at line [0-9]+")]
    private static partial Regex AtLine();
}

/// <summary>A runtime that was not run.</summary>
public sealed record MissingRuntime(string Name, string Why);

/// <summary>Why a command is not as the suite has it on a runtime.</summary>
public enum Cause
{
    /// <summary>Nobody has explained it: the engine is wrong, or the kit is.</summary>
    Unexplained,

    /// <summary>The engine is wrong, as its expectations say.</summary>
    EngineWrong,

    /// <summary>A specification permits it, as the expectations say.</summary>
    Permitted,

    /// <summary>The runtime lacks the feature.</summary>
    FeatureAbsent,

    /// <summary>The adapter or the worker cannot tell or do it.</summary>
    AdapterLimit,

    /// <summary>The outcome is of the right class; the message has other words.</summary>
    MessageOnly,

    NotRun,
}

/// <summary>Commands that deviate on one runtime for one reason.</summary>
/// <param name="Cause">Whose doing it is.</param>
/// <param name="Reason">What the commands have in common.</param>
/// <param name="Link">Where it is reported or discussed, or null.</param>
/// <param name="Commands">Them, with their files.</param>
public sealed record Deviation(Cause Cause, string Reason, string? Link, ImmutableArray<(FileResult File, CommandResult Command)> Commands);
