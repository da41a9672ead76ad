using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Conformance.Fuzz.Campaigns;

namespace Conformance.Fuzz.Planting;

/// <summary>How small the killing cases became, in words and as JSON.</summary>
public static class ReductionReport
{
    /// <summary>What is counted, for whoever reads the numbers.</summary>
    public const string Counted = "instructions of all function bodies and constant expressions of the case's modules, without the `end` of each; what the script adds to look at memories and traces does not count";

    /// <summary>A line a kill, and the median, the 90th percentile and the most of the instructions and of the seconds.</summary>
    public static string Text(ImmutableArray<ReducedKill> kills)
    {
        var text = new StringBuilder();
        foreach (var kill in kills)
            text.AppendLine(Invariant($"{kill.Id,-5} {(kill.IsBytes ? "bytes only, no instructions  " : Invariant($"{kill.InstrsBefore,6:N0} -> {kill.Instrs,3} instructions"))}, {kill.Bytes,5:N0} bytes, {kill.Tried,6:N0} candidates, {kill.Seconds,5:0.00} s{(kill.IsMinimal ? "" : " (time was up)")}: {(kill.Error is { } error ? $"ERROR: {error}" : kill.Unscripted is { } why ? $"no script: {why}" : kill.Class)}"));
        var whole = Whole(kills);
        text.AppendLine();
        text.AppendLine(Invariant($"{whole.Length} of {kills.Length} kills reduced to a script that passes on the reference and fails on the mutant, {whole.Count(k => k.IsMinimal)} until nothing helped"));
        if (kills.Count(k => k.Unscripted is not null) is > 0 and var unscripted) text.AppendLine(Invariant($"{unscripted} more without a script, for the reason that the mutant's file gives"));
        if (whole.IsEmpty) return text.ToString();
        var (instrs, milliseconds) = Sorted(whole);
        if (instrs.Length > 0) text.AppendLine(Invariant($"instructions: median {Median(instrs)}, 90th percentile {MutationReport.Percentile(instrs, 90)}, most {instrs[^1]}"));
        text.AppendLine(Invariant($"seconds of one core: median {Median(milliseconds) / 1000.0:0.00}, 90th percentile {MutationReport.Percentile(milliseconds, 90) / 1000.0:0.00}, most {milliseconds[^1] / 1000.0:0.00}"));
        text.AppendLine($"counted: {Counted}");
        if (whole.Length > instrs.Length) text.AppendLine(Invariant($"not counted: {whole.Length - instrs.Length} kills by bytes that are no module"));
        return text.ToString();
    }

    /// <summary>The same as an object.</summary>
    public static byte[] ToJson(ImmutableArray<ReducedKill> kills) => Json.Bytes(json =>
    {
        var whole = Whole(kills);
        var (instrs, milliseconds) = Sorted(whole);
        json.WriteStartObject();
        json.WriteString("counted", Counted);
        json.WriteNumber("kills", kills.Length);
        json.WriteNumber("reduced", whole.Length);
        if (whole.Length > 0)
        {
            if (instrs.Length > 0) Numbers("instructions", instrs, 1);
            Numbers("seconds", milliseconds, 1000);
        }
        json.WriteStartArray("mutants");
        foreach (var kill in kills) kill.Write(json);
        json.WriteEndArray();
        json.WriteEndObject();

        void Numbers(string name, long[] sorted, double unit)
        {
            json.WriteStartObject(name);
            json.WriteNumber("median", Median(sorted) / unit);
            json.WriteNumber("p90", MutationReport.Percentile(sorted, 90) / unit);
            json.WriteNumber("most", sorted[^1] / unit);
            json.WriteEndObject();
        }
    }, indented: true);

    private static ImmutableArray<ReducedKill> Whole(ImmutableArray<ReducedKill> kills) => [.. kills.Where(k => k.Error is null && k.Unscripted is null)];

    private static (long[] Instrs, long[] Milliseconds) Sorted(ImmutableArray<ReducedKill> kills) =>
        ([.. kills.Where(k => !k.IsBytes).Select(k => (long)k.Instrs).Order()], [.. kills.Select(k => (long)Math.Round(k.Seconds * 1000)).Order()]);

    private static long Median(long[] sorted) => MutationReport.Percentile(sorted, 50);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
