using System.Collections.Immutable;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Generating;

namespace Conformance.Fuzz.Planting;

/// <summary>What a score is measured with.</summary>
public sealed record MutationOptions
{
    /// <summary>The mix of layers, as in a campaign.</summary>
    public required ImmutableArray<LayerWeight> Layers { get; init; }

    /// <summary>The seed; each gives other cases.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The processor time for all mutants together, of this process and the workers; builds do not count.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The processor time of one mutant's workers after which it has survived; null for no such limit.</summary>
    public TimeSpan? TimeOfOne { get; init; }

    public required GeneratorOptions Generator { get; init; }

    /// <summary>Mutants at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>What must be the same for a measurement to be continued.</summary>
    public string Key => FormattableString.Invariant(
        $"generator {Generating.Generator.Version}, seed {Seed}, {string.Join(' ', Layers)}, {(Generator.UniformValues ? "uniform values" : "values of the pools")}, features {Generator.Features}");
}
