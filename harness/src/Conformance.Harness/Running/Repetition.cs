using System.Collections.Immutable;
using Conformance.Harness.Results;

namespace Conformance.Harness.Running;

/// <summary>One of several runs of the same thing on the same runtime.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Held">What this process holds after it.</param>
/// <param name="Milliseconds">Its wall time.</param>
public sealed record Round(int Number, Holdings Held, double Milliseconds);

/// <summary>Runs the same thing again and again on one runtime: to see growth, and verdicts that change.</summary>
public static class Repetition
{
    /// <summary>At most so many changed verdicts are told of each round.</summary>
    private const int MostChanges = 10;

    /// <summary>The last round's result, with a problem for each command that had another verdict than in the first.</summary>
    /// <param name="options">What to run and how. Its runtime lives through all rounds.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="ended">Told of each round as it ends.</param>
    /// <param name="progress">Told of every file's begin and end, or null.</param>
    /// <param name="cancel">Ends the round that runs, and the repetition.</param>
    public static RunResult Run(RunOptions options, int rounds, Action<Round> ended, IRunProgress? progress = null, CancellationToken cancel = default)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Dictionary<string, Verdict>? first = null;
        for (int i = 1; ; i++)
        {
            var run = Runner.Run(options, progress, cancel);
            var verdicts = Verdicts(run);
            first ??= verdicts;
            if (run.Incomplete is null)
            {
                var changed = verdicts.Where(v => first.GetValueOrDefault(v.Key, (Verdict)(-1)) != v.Value).ToList();
                foreach (var (place, verdict) in changed.Take(MostChanges)) problems.Add($"round {i}: {place}: {verdict.Name()}, {(first.TryGetValue(place, out var before) ? before.Name() : "absent")} in round 1");
                if (changed.Count > MostChanges) problems.Add($"round {i}: {changed.Count - MostChanges} more verdicts are not those of round 1");
            }
            ended(new(i, Holdings.Now(), run.Milliseconds));
            // Measured with one result in memory, in every round.
            if (i == rounds || run.Incomplete is not null) return run with { Problems = [.. run.Problems, .. problems] };
            GC.KeepAlive(run);
        }
    }

    private static Dictionary<string, Verdict> Verdicts(RunResult run)
    {
        var verdicts = new Dictionary<string, Verdict>(StringComparer.Ordinal);
        foreach (var file in run.Files)
            foreach (var command in file.Commands) verdicts[$"{file.Key}:{(command.File is null ? "" : $"{command.File}:")}{command.Line}:{command.Column}"] = command.Verdict;
        return verdicts;
    }
}
