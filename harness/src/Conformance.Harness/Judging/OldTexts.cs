using System.Collections.Frozen;
using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Harness.Judging;

/// <summary>
/// The texts that assertions of older suites carry, and today's words for the same thing. The table is <c>OldTexts.txt</c>: version, old text
/// and today's text, separated by tabs.
/// </summary>
public static class OldTexts
{
    private static readonly Lazy<ImmutableArray<(SpecVersion Version, string Old, string Today)>> Table = new(Read);

    private static readonly Lazy<FrozenDictionary<(SpecVersion, string), ImmutableArray<string>>> Lookup =
        new(() => Table.Value.GroupBy(row => (row.Version, row.Old), row => row.Today).ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray()));

    /// <summary>All rows.</summary>
    public static ImmutableArray<(SpecVersion Version, string Old, string Today)> Rows => Table.Value;

    /// <summary>Today's words for a text of a suite of the given version; several where it stood for what has several names today. Itself is not among them.</summary>
    public static ImmutableArray<string> Today(string text, SpecVersion version) =>
        version != SpecVersion.V3 && Lookup.Value.TryGetValue((version, text), out var today) ? today : [];

    private static ImmutableArray<(SpecVersion, string, string)> Read()
    {
        using var stream = typeof(OldTexts).Assembly.GetManifestResourceStream("old-texts.txt")!;
        var rows = ImmutableArray.CreateBuilder<(SpecVersion, string, string)>();
        foreach (string line in new StreamReader(stream).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#') continue;
            string[] columns = line.TrimEnd('\r').Split('\t');
            rows.Add((columns[0] == "1.0" ? SpecVersion.V1 : SpecVersion.V2, columns[1], columns[2]));
        }
        return rows.ToImmutable();
    }
}
