using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Conformance.Fuzz.Planting;

/// <summary>A measurement in words.</summary>
public static class MutationReport
{
    /// <summary>A line a mutant, the score, the median and the 90th percentile of the cases to a kill, and the survivors with the reason where one is known.</summary>
    public static string Text(string what, ImmutableArray<Mutant> mutants, IReadOnlyDictionary<string, MutantScore> scores, double spent)
    {
        var text = new StringBuilder();
        foreach (var mutant in mutants)
        {
            var score = scores.GetValueOrDefault(mutant.Id);
            string how = score is null ? "not run" : score.Kill is { } kill ? Invariant($"killed by {kill.Layer,-7} after {score.Cases,9:N0} cases, {score.Seconds,6:0.0} s: {kill.Class}")
                : Invariant($"alive   {"",10} after {score.Cases,9:N0} cases, {score.Seconds,6:0.0} s");
            text.AppendLine(CultureInfo.InvariantCulture, $"{mutant.Id,-5} {how}{(mutant.Equivalent is not null ? " (equivalent)" : "")}");
        }
        var counted = mutants.Where(m => m.Equivalent is null).ToImmutableArray();
        var killed = counted.Where(m => scores.GetValueOrDefault(m.Id)?.Kill is not null).ToImmutableArray();
        long[] cases = [.. killed.Select(m => scores[m.Id].Cases).Order()];
        text.AppendLine();
        text.AppendLine(Invariant($"{what}: {killed.Length} of {counted.Length} mutants killed ({100.0 * killed.Length / Math.Max(1, counted.Length):0.0} %), {killed.Count(m => m.Id[0] == 'M')} of {counted.Count(m => m.Id[0] == 'M')} real bugs, in {spent:N0} s of one core"));
        if (cases.Length > 0) text.AppendLine(Invariant($"cases to a kill: median {Percentile(cases, 50):N0}, 90th percentile {Percentile(cases, 90):N0}, most {cases[^1]:N0}"));
        foreach (var group in killed.GroupBy(m => scores[m.Id].Kill!.Layer).OrderByDescending(g => g.Count()))
            text.AppendLine(Invariant($"killed by {group.Key}: {group.Count()}"));
        foreach (var mutant in counted.Except(killed))
            text.AppendLine($"survivor {mutant.Id}: {mutant.Plant}{(mutant.Beyond is { } reason ? $": {reason}" : "")}");
        foreach (var mutant in mutants.Where(m => m.Equivalent is not null && scores.GetValueOrDefault(m.Id)?.Kill is not null))
            text.AppendLine($"WRONG: {mutant.Id} is said to be equivalent, and was killed: {Words(scores[mutant.Id].Kill!)}");
        if (scores.GetValueOrDefault(MutationRun.Control) is { } control)
            text.AppendLine(control.Kill is { } kill ? $"WRONG: the reference differs from itself in a worker: {Words(kill)}" : Invariant($"control: the reference in a worker agrees with itself in {control.Cases:N0} cases, {control.Flakes} not reproducible"));
        return text.ToString();
    }

    /// <summary>Whether something is wrong with the measurement itself.</summary>
    public static bool IsWrong(ImmutableArray<Mutant> mutants, IReadOnlyDictionary<string, MutantScore> scores) =>
        scores.GetValueOrDefault(MutationRun.Control)?.Kill is not null || mutants.Any(m => m.Equivalent is not null && scores.GetValueOrDefault(m.Id)?.Kill is not null);

    /// <summary>The smallest of the sorted numbers that so many per cent do not exceed.</summary>
    public static long Percentile(ReadOnlySpan<long> sorted, int percent) => sorted[Math.Clamp(((sorted.Length * percent) + 99) / 100 - 1, 0, sorted.Length - 1)];

    private static string Words(Kill kill) => $"{kill.Case}: expected {kill.Expected}, got {kill.Observed}";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
