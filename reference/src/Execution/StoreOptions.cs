namespace Wasm.Execution;

/// <summary>
/// What the specification leaves to an implementation: limits, and the choice at each nondeterminism. All limits are deterministic: the same
/// store does the same again.
/// </summary>
public sealed record StoreOptions
{
    public static StoreOptions Default { get; } = new();

    /// <summary>The deterministic profile: canonical NaNs and the first choice of every relaxed instruction.</summary>
    public static StoreOptions Deterministic { get; } = new() { NaN = NaNChoice.Canonical };

    /// <summary>The most frames of wasm functions at once, over all re-entered calls of the store.</summary>
    public int MaxCallDepth { get; init; } = 20_000;

    /// <summary>The most slots for locals and operands on one stack; a slot is one value.</summary>
    public int MaxOperandSlots { get; init; } = 1 << 20;

    /// <summary>The most nested calls from host functions back into the store.</summary>
    public int MaxHostDepth { get; init; } = 200;

    /// <summary>The most bytes of one memory. Memory costs nothing until it is touched.</summary>
    public ulong MaxMemoryBytes { get; init; } = 1UL << 36;

    /// <summary>The most elements of one table.</summary>
    public ulong MaxTableElements { get; init; } = 10_000_000;

    /// <summary>
    /// The bytes that structures, arrays, exceptions and continuations may allocate in all, freed ones included: what is free again depends on the
    /// collector, so it would not be deterministic.
    /// </summary>
    public ulong MaxAllocatedBytes { get; init; } = ulong.MaxValue;

    /// <summary>The most bytes of one array.</summary>
    public ulong MaxArrayBytes { get; init; } = 1UL << 30;

    /// <summary>The steps a store may take in all, or null: one for each taken branch, an exception's to its handler among them, and each call.</summary>
    public ulong? Fuel { get; init; }

    /// <summary>Which NaN a numeric operator gives where the specification allows several.</summary>
    public NaNChoice NaN { get; init; } = NaNChoice.Propagate;

    /// <summary>Decides whether a growth that is possible fails all the same; null: never.</summary>
    /// <remarks>Called with whether it is a memory, the old size and the increment in pages or elements.</remarks>
    public Func<bool, ulong, ulong, bool>? GrowFails { get; init; }

    /// <summary>The choice of each relaxed vector instruction.</summary>
    public Numerics.RelaxedChoices Relaxed { get; init; } = Numerics.RelaxedChoices.Deterministic;

    /// <summary>Lowers without fusing instructions, so that an observer sees every one of them.</summary>
    public bool Unfused { get; init; }

    /// <summary>
    /// Cooperative threads: a machine stops before every access to a shared memory and on every wait, so that a scheduler can choose who goes on.
    /// Otherwise a wait blocks the OS thread.
    /// </summary>
    public bool Scheduled { get; init; }
}

/// <summary>Which NaN an operator gives (4.3.3, <c>nans</c>).</summary>
public enum NaNChoice : byte
{
    /// <summary>The processor's: the first NaN operand, made quiet; else a canonical NaN.</summary>
    Propagate,
    /// <summary>The positive canonical NaN, as in the deterministic profile.</summary>
    Canonical,
}
