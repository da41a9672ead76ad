using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Execution;

namespace Conformance.Runtimes.Wasmtime;

/// <summary>Wasmtime's trap numbers as outcomes: the partition of the kinds of trap that it tells apart.</summary>
internal static class Traps
{
    public static Outcome Outcome(TrapInfo trap) => trap.Code switch
    {
        0 or 11 or 15 => new Outcome.Exhausted(trap.Message),
        10 => new Outcome.TimedOut("interrupted"),
        19 => new Outcome.Suspended(trap.Message),
        _ => new Outcome.Trapped(Kinds(trap.Code), trap.Message, trap.Backtrace),
    };

    /// <summary>The kinds that a number stands for; empty for the numbers of components, and for traps that a host function made.</summary>
    public static ImmutableArray<TrapKind> Kinds(byte? code) => code switch
    {
        1 => [TrapKind.MemOob, TrapKind.DataSegOob, TrapKind.ArrNewDataOob],
        2 => [TrapKind.MemMisaligned],
        3 => [TrapKind.TableOob, TrapKind.IndOob, TrapKind.ElemSegOob, TrapKind.ArrNewElemOob],
        4 => [TrapKind.IndNull],
        5 => [TrapKind.IndSig],
        6 => [TrapKind.DivOverflow, TrapKind.TruncOverflow],
        7 => [TrapKind.DivZero],
        8 => [TrapKind.TruncNaN],
        9 => [TrapKind.Unreachable],
        12 => [TrapKind.AtomicWaitUnshared],
        13 => [TrapKind.CallRefNull, TrapKind.AsNonNull, TrapKind.StructNull, TrapKind.ArrayNull, TrapKind.I31Null, TrapKind.ThrowRefNull, TrapKind.ContNull],
        14 => [TrapKind.ArrayOob],
        16 => [TrapKind.CastFail, TrapKind.CastFailNull],
        20 => [TrapKind.ContConsumed],
        _ => [],
    };
}
