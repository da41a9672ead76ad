using System.Collections.Immutable;

namespace Conformance.Fuzz.Coverage;

/// <summary>What was reached of a kind of cell.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Reached">How many cells were.</param>
/// <param name="Total">Of how many.</param>
/// <param name="Unreached">The names of the others, without the kind.</param>
public sealed record CoverageOfKind(RuleCoverage.CellKind Kind, int Reached, int Total, ImmutableArray<string> Unreached);

/// <summary>The cells of <see cref="RuleCoverage"/> by name, as campaigns keep them: <c>KIND/NAME</c>, each once.</summary>
public static class CoverageCells
{
    /// <summary>All cells, in the order of the instruction table.</summary>
    public static ImmutableArray<string> All { get; } = [.. new RuleCoverage().Cells().Select(NameOf).Distinct(StringComparer.Ordinal)];

    /// <summary>The name of a cell.</summary>
    public static string NameOf(RuleCoverage.Cell cell) => $"{cell.Kind}/{cell.Name}";

    /// <summary>What the names come to, kind by kind.</summary>
    public static ImmutableArray<CoverageOfKind> Matrix(ImmutableSortedSet<string> reached)
    {
        var kinds = ImmutableArray.CreateBuilder<CoverageOfKind>();
        foreach (var kind in Enum.GetValues<RuleCoverage.CellKind>())
        {
            string prefix = $"{kind}/";
            var cells = All.Where(c => c.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            ImmutableArray<string> unreached = [.. cells.Where(c => !reached.Contains(c)).Select(c => c[prefix.Length..])];
            kinds.Add(new(kind, cells.Count - unreached.Length, cells.Count, unreached));
        }
        return kinds.ToImmutable();
    }
}
