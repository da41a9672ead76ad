using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Runtimes.Wasmtime;

/// <summary>How Wasmtime runs: one configuration is one runtime under test.</summary>
public sealed record WasmtimeOptions
{
    public Compiler Compiler { get; init; } = Compiler.Cranelift;

    public OptLevel OptLevel { get; init; } = OptLevel.Speed;

    /// <summary>Whether Cranelift gives registers in one pass over the code, which is the fastest way to machine code here.</summary>
    public bool SinglePassRegisters { get; init; }

    /// <summary>
    /// Whether code is made without what only serves the process around it: interruption from another thread, and unwind information. It compiles a fifth
    /// faster; only in a process of its own, which can be ended.
    /// </summary>
    public bool Lean { get; init; }

    /// <summary>The fuel of each action and instantiation; null for none, and code that does not count it.</summary>
    public ulong? Fuel { get; init; }

    /// <summary>
    /// Whether stack switching is switched on. The release known here takes the switch but ends the process at <c>cont.new</c>, so it is off
    /// unless an engine in a process of its own is meant to show just that.
    /// </summary>
    public bool StackSwitching { get; init; }

    /// <summary>Whether the choices of relaxed SIMD are the same on every machine.</summary>
    public bool RelaxedSimdDeterministic { get; init; }

    /// <summary>The stack that wasm code may use, in bytes; null for Wasmtime's own.</summary>
    public long? MaxWasmStack { get; init; }

    /// <summary>
    /// What a store may take. A table of 2^32 elements would be 32 GiB, and Wasmtime would try; the limit makes it fail as on a machine without them.
    /// </summary>
    public StoreLimits Limits { get; init; } = new(TableElements: 100_000_000);
}
