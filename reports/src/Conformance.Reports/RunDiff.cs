using System.Collections.Immutable;
using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>What changed between two results, command by command.</summary>
public sealed record RunDiff(ImmutableArray<RunDiff.Change> Changes)
{
    /// <summary>The kinds of change, in the order of their weight.</summary>
    public enum ChangeKind
    {
        NewlyFailing,
        NewlyPassing,
        ChangedOutcome,
        ChangedMessage,
        Added,
        Removed,
    }

    /// <param name="Kind">What kind of change.</param>
    /// <param name="Place">The command: <c>suite/path.wast:line:col</c>.</param>
    /// <param name="Old">The command's text in the old result, or null.</param>
    /// <param name="New">The command's text in the new result, or null.</param>
    public sealed record Change(ChangeKind Kind, string Place, string? Old, string? New);

    /// <summary>Whether anything that passed no longer does.</summary>
    public bool IsWorse => Changes.Any(c => c.Kind == ChangeKind.NewlyFailing);

    /// <summary>Commands are matched by file, line, column and kind.</summary>
    public static RunDiff Of(RunResult old, RunResult now)
    {
        var before = Index(old);
        var after = Index(now);
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (var (key, (place, command)) in after)
        {
            if (!before.TryGetValue(key, out var was))
                changes.Add(new(ChangeKind.Added, place, null, Describe(command)));
            else if (KindOf(was.Command, command) is { } kind)
                changes.Add(new(kind, place, Describe(was.Command), Describe(command)));
        }
        foreach (var (key, (place, command)) in before)
            if (!after.ContainsKey(key))
                changes.Add(new(ChangeKind.Removed, place, Describe(command), null));
        return new([.. changes.OrderBy(c => c.Kind)]);      // stable: within a kind, in the order of the results
    }

    private static ChangeKind? KindOf(CommandResult old, CommandResult now) => (IsGood(old), IsGood(now)) switch
    {
        (true, false) => ChangeKind.NewlyFailing,
        (false, true) => ChangeKind.NewlyPassing,
        _ when old.Verdict != now.Verdict => ChangeKind.ChangedOutcome,
        _ when old.Actual != now.Actual => old.Verdict == Verdict.Failed ? ChangeKind.ChangedOutcome : ChangeKind.ChangedMessage,
        _ when old.Message != now.Message || old.Detail != now.Detail => ChangeKind.ChangedMessage,
        _ => null,
    };

    private static bool IsGood(CommandResult command) => command.Verdict == Verdict.Passed;

    private static string Describe(CommandResult command) =>
        $"{command.Verdict.Name()}: {command.Text}{(command.Message is { } level ? $" [message {level.Name()}]" : "")}";

    private static Dictionary<string, (string Place, CommandResult Command)> Index(RunResult run)
    {
        var index = new Dictionary<string, (string, CommandResult)>(StringComparer.Ordinal);
        foreach (var (file, command) in run.Commands())
        {
            string place = file.Place(command), key = $"{file.Key}|{place}|{command.Kind}";
            for (int n = 2; !index.TryAdd(key, (place, command)); n++)      // a command that ran more than once (threads, input)
                key = $"{file.Key}|{place}|{command.Kind}|{n}";
        }
        return index;
    }
}
