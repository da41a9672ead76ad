using System.Collections.Immutable;

namespace Conformance.Fuzz.Campaigns;

/// <summary>What one process ran, or is going to go on with.</summary>
public sealed record CampaignPart
{
    public required CampaignOptions Options { get; init; }

    /// <summary>The number of the first block that is not counted yet.</summary>
    public required long Next { get; init; }

    /// <summary>The counts of all blocks before <see cref="Next"/>.</summary>
    public required CampaignTotals Totals { get; init; }

    /// <summary>How long it ran, in whole milliseconds, interruptions not counted.</summary>
    public long Milliseconds { get; init; }

    /// <summary>Whether it ran to its end.</summary>
    public bool IsComplete { get; init; }

    /// <summary>How often an engine was started again, by name.</summary>
    public ImmutableSortedDictionary<string, long> Restarts { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Engines that could not be started again, with the reason.</summary>
    public ImmutableSortedDictionary<string, string> Lost { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>All that a campaign folder tells: of one process, or of a fleet whose folders were merged.</summary>
/// <param name="Parts">The parts, by their keys.</param>
/// <param name="Findings">The findings by case name.</param>
/// <param name="Repetitions">The cases that are only counted.</param>
/// <param name="Cells">The cells of the coverage that were reached, by name; none when it was not counted.</param>
public sealed record CampaignState(ImmutableSortedDictionary<string, CampaignPart> Parts, ImmutableSortedDictionary<string, Finding> Findings, ImmutableSortedDictionary<string, Repetition> Repetitions,
    ImmutableSortedSet<string> Cells)
{
    /// <summary>No part, and so no finding.</summary>
    public static CampaignState Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, CampaignPart>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, Finding>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, Repetition>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>The counts of all parts together, newly added up.</summary>
    public CampaignTotals Totals
    {
        get
        {
            var totals = new CampaignTotals();
            foreach (var part in Parts.Values) totals.Add(part.Totals);
            return totals;
        }
    }

    /// <summary>Both, as if one folder had held them. Associative and commutative, and a part that is in both counts once, as it is where it got further.</summary>
    /// <exception cref="FormatException">The parts are not of one fleet.</exception>
    public CampaignState MergedWith(CampaignState other)
    {
        if (Parts.Values.FirstOrDefault() is { } ours && other.Parts.Values.FirstOrDefault() is { } theirs
            && ours.Options.FleetDifferencesTo(theirs.Options).ToList() is { Count: > 0 } differences)
            throw new FormatException($"not of one fleet: {string.Join("; ", differences)}");
        var parts = Parts;
        foreach (var (key, part) in other.Parts)
            if (!parts.TryGetValue(key, out var known) || IsFurther(part, known)) parts = parts.SetItem(key, part);
        var findings = Findings.ToBuilder();
        foreach (var (key, finding) in other.Findings)
            if (!findings.TryGetValue(key, out var known) || IsBetter(finding, known)) findings[key] = finding;
        var repetitions = Repetitions.ToBuilder();
        foreach (var (key, repetition) in other.Repetitions)
            if (!repetitions.TryGetValue(key, out var known) || string.CompareOrdinal(repetition.Signature, known.Signature) < 0) repetitions[key] = repetition;
        // What one part only counted, another may have looked at.
        foreach (string key in findings.Keys) repetitions.Remove(key);
        return new(parts, findings.ToImmutable(), repetitions.ToImmutable(), Cells.Union(other.Cells));
    }

    private static bool IsFurther(CampaignPart a, CampaignPart b) =>
        (a.Next, a.IsComplete, a.Milliseconds).CompareTo((b.Next, b.IsComplete, b.Milliseconds)) > 0;

    /// <summary>The kept one of two records of a case: one with its files, then whichever comes first as text.</summary>
    private static bool IsBetter(Finding a, Finding b) =>
        a.Folder is null != b.Folder is null ? b.Folder is null : string.CompareOrdinal(Text(a), Text(b)) < 0;

    private static string Text(Finding finding) => System.Text.Encoding.UTF8.GetString(Json.Bytes((finding with { Folder = null }).Write));
}
