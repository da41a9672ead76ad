using Wasm.Execution;

namespace Conformance.Fuzz.Engines;

/// <summary>What the reference may use for a case. Generated cases stay far below the first; the second is what every engine must be able to do with.</summary>
public static class ReferenceLimits
{
    /// <summary>
    /// Enough that a case which ends by a limit says something about its generator. Fuel is for a whole case: what would run forever ends.
    /// </summary>
    public static StoreOptions Generous { get; } = new()
    {
        MaxCallDepth = 10_000,
        MaxMemoryBytes = 1UL << 30,
        MaxAllocatedBytes = 256UL << 20,
        MaxArrayBytes = 64UL << 20,
        Fuel = 5_000_000,
    };

    /// <summary>200 frames of 64 locals, 16 MiB of memory, as much of structures and arrays: an engine that is exhausted by less has a bug.</summary>
    public static StoreOptions Floor { get; } = Generous with
    {
        MaxCallDepth = 200,
        MaxOperandSlots = 200 * 64,
        MaxMemoryBytes = 16UL << 20,
        MaxAllocatedBytes = 16UL << 20,
        MaxArrayBytes = 1UL << 20,
        MaxTableElements = 10_000,
    };
}
