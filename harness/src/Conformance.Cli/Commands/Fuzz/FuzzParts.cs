using System.Collections.Immutable;
using Conformance.Fuzz.Campaigns;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary>What the commands have in common.</summary>
internal static class FuzzParts
{
    /// <summary>
    /// The layers of a campaign without options, by blocks. A block of `single` is some ten thousand cases, so it takes the time of several of the others.
    /// </summary>
    public static ImmutableArray<LayerWeight> DefaultLayers { get; } =
    [
        new("single", 2), new("chain", 2), new("module", 8), new("script", 3), new("damage", 4), new("text", 1),
    ];

    /// <summary>The layers of <c>fuzz mutants</c>: mutants are of the reference, and no reference parses text.</summary>
    public static ImmutableArray<LayerWeight> MutantLayers { get; } = [.. DefaultLayers.Where(l => !Schedule.IsForParsers(l.Layer))];

    /// <summary>The reference and the comparison.</summary>
    public static IArbiter Arbiter() => new ReferenceArbiter(limits => new ReferenceRuntime(limits));
}
