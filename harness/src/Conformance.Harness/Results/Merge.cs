using System.Collections.Immutable;

namespace Conformance.Harness.Results;

/// <summary>Puts the results of shards together.</summary>
public static class Merge
{
    /// <summary>One result of several that share runtime and settings but for the shard. Files are interleaved back into the order of the whole run.</summary>
    /// <exception cref="FormatException">They do not belong together, or a file stands in two of them.</exception>
    public static RunResult Of(IReadOnlyList<RunResult> parts)
    {
        if (parts.Count == 0) throw new FormatException("nothing to merge");
        var first = parts[0];
        foreach (var part in parts)
        {
            if (part.Tool != first.Tool) throw new FormatException($"results of versions {first.Tool} and {part.Tool} of the kit");
            if (part.Runtime.Name != first.Runtime.Name || part.Runtime.Version != first.Runtime.Version) throw new FormatException($"results of {first.Runtime.Name} {first.Runtime.Version} and {part.Runtime.Name} {part.Runtime.Version}");
            if (part.Settings with { Shard = null } != first.Settings with { Shard = null }) throw new FormatException("results of runs with different settings");
        }
        if (parts.GroupBy(p => p.Settings.Shard).FirstOrDefault(g => g.Key is not null && g.Count() > 1) is { } twice) throw new FormatException($"shard {twice.Key} stands in two results");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in parts.SelectMany(p => p.Files))
            if (!seen.Add(file.Key)) throw new FormatException($"{file.Key} stands in two results");

        // A shard holds every N-th file, so the order of the whole is suite by suite, and by path within a suite.
        ImmutableArray<SuiteResult> suites = [.. parts.SelectMany(p => p.Suites).DistinctBy(s => s.Name)];
        var order = suites.Select((s, i) => (s.Name, i)).ToDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);
        ImmutableArray<FileResult> files =
        [
            .. parts.SelectMany(p => p.Files).OrderBy(f => order.TryGetValue(f.Suite, out int i) ? i : int.MaxValue).ThenBy(f => f.Path, StringComparer.Ordinal),
        ];
        string[] missing = [.. Missing(parts)];
        var merged = first with
        {
            Suites = suites,
            Settings = first.Settings with { Shard = null, Whole = first.Settings.Whole && missing.Length == 0 },
            Files = files,
            Totals = Totals.Sum(files.Select(f => f.Totals), parts.Any(p => p.Totals.SuiteFound)),
            Problems = [.. parts.SelectMany(p => p.Problems).Concat(missing).Distinct(StringComparer.Ordinal)],
            Incomplete = parts.Select(p => p.Incomplete).FirstOrDefault(i => i is not null),
            NotRun = [.. parts.SelectMany(p => p.NotRun)],
            Milliseconds = parts.Sum(p => p.Milliseconds),
        };
        return merged with { Problems = [.. merged.Problems.Concat(Completeness.Problems(merged)).Distinct(StringComparer.Ordinal)] };
    }

    /// <summary>A shard that is missing would go unseen, since the totals of the others add up.</summary>
    private static IEnumerable<string> Missing(IReadOnlyList<RunResult> parts)
    {
        string[] shards = [.. parts.Select(p => p.Settings.Shard).OfType<string>()];
        if (shards.Length == 0) yield break;
        foreach (string count in shards.Select(s => s[(s.IndexOf('/') + 1)..]).Distinct())
            for (int i = 1; i <= int.Parse(count, System.Globalization.CultureInfo.InvariantCulture); i++)
                if (!shards.Contains($"{i}/{count}")) yield return $"shard {i}/{count} is missing";
    }
}
