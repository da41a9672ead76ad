using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>Why execution trapped, finer than the messages: several kinds share a message.</summary>
public enum TrapKind : byte
{
    Unreachable,
    /// <summary>A load, a store or a bulk instruction outside a memory or data segment.</summary>
    MemOob,
    /// <summary>An atomic access that is not naturally aligned.</summary>
    MemMisaligned,
    /// <summary><c>memory.atomic.wait</c> on a memory that is not shared.</summary>
    AtomicWaitUnshared,
    DivZero,
    DivOverflow,
    /// <summary><c>trunc</c> of a NaN.</summary>
    TruncNaN,
    TruncOverflow,
    /// <summary><c>call_indirect</c> to a null element.</summary>
    IndNull,
    /// <summary><c>call_indirect</c> outside the table.</summary>
    IndOob,
    /// <summary><c>call_indirect</c> to a function of another type.</summary>
    IndSig,
    /// <summary>A table instruction outside a table or element segment.</summary>
    TableOob,
    CallRefNull,
    AsNonNull,
    StructNull,
    ArrayNull,
    I31Null,
    ThrowRefNull,
    ArrayOob,
    ArrNewDataOob,
    ArrNewElemOob,
    CastFail,
    /// <summary>A cast to a type without null met null.</summary>
    CastFailNull,
    /// <summary>An active data segment outside its memory, at instantiation.</summary>
    DataSegOob,
    /// <summary>An active element segment outside its table, at instantiation.</summary>
    ElemSegOob,
    /// <summary>Custom descriptors: the descriptor operand is null.</summary>
    DescNull,
    /// <summary>Custom descriptors: <c>ref.cast_desc_eq</c> found another descriptor.</summary>
    DescCastFail,
    /// <summary>Stack switching: <c>resume</c> and its kin on null.</summary>
    ContNull,
    /// <summary>Stack switching: the continuation was already resumed.</summary>
    ContConsumed,
}

/// <summary>One frame of a wasm backtrace: the function and the instruction it was at.</summary>
/// <param name="Module">The module's name from its name section, or null.</param>
/// <param name="FuncIndex">The function's index in its module.</param>
/// <param name="FuncName">The function's name from the name section, or null.</param>
/// <param name="Instr">The instruction; null in host functions.</param>
/// <param name="InstrIndex">Its index in the flat body.</param>
/// <param name="OffsetInFunc">Its offset in bytes from the start of the function's code, or -1 when the module was not decoded from a binary.</param>
/// <param name="OffsetInModule">Its offset in bytes from the start of the module, or -1.</param>
public readonly record struct WasmFrame(
    string? Module, uint FuncIndex, string? FuncName, Instr? Instr, int InstrIndex, long OffsetInFunc, long OffsetInModule)
{
    /// <summary><c>at m!f (func 3) 0x2a i32.div_s</c>.</summary>
    public override string ToString() =>
        $"at {Module ?? "?"}!{FuncName ?? $"func[{FuncIndex}]"} (func {FuncIndex}) {(Instr is null ? "host" : $"{Instr.At}+{(OffsetInFunc < 0 ? "?" : $"0x{OffsetInFunc:x}")} {Instr}")}";
}

/// <summary>Execution ended in TRAP. Not catchable by wasm code. The message begins with the text that the official suite expects.</summary>
public sealed class Trap : Exception
{
    public Trap(TrapKind kind) : this(kind, TextOf(kind)) { }

    /// <param name="kind">The kind.</param>
    /// <param name="message">The suite's text, followed by operands.</param>
    public Trap(TrapKind kind, string message) : base(message) => Kind = kind;

    public TrapKind Kind { get; }

    /// <summary>The frames, innermost first.</summary>
    public ImmutableArray<WasmFrame> Backtrace { get; internal set; } = [];

    /// <summary>The suite's text for a kind.</summary>
    public static string TextOf(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemOob => "out of bounds memory access",
        TrapKind.MemMisaligned => "unaligned atomic",
        TrapKind.AtomicWaitUnshared => "expected shared memory",
        TrapKind.DivZero => "integer divide by zero",
        TrapKind.DivOverflow => "integer overflow",
        TrapKind.TruncNaN => "invalid conversion to integer",
        TrapKind.TruncOverflow => "integer overflow",
        TrapKind.IndNull => "uninitialized element",
        TrapKind.IndOob => "undefined element",
        TrapKind.IndSig => "indirect call type mismatch",
        TrapKind.TableOob => "out of bounds table access",
        TrapKind.CallRefNull => "null function reference",
        TrapKind.AsNonNull => "null reference",
        TrapKind.StructNull => "null structure reference",
        TrapKind.ArrayNull => "null array reference",
        TrapKind.I31Null => "null i31 reference",
        TrapKind.ThrowRefNull => "null exception reference",
        TrapKind.ArrayOob => "out of bounds array access",
        TrapKind.ArrNewDataOob => "out of bounds memory access",
        TrapKind.ArrNewElemOob => "out of bounds table access",
        TrapKind.CastFail => "cast failure",
        TrapKind.CastFailNull => "cast failure",
        TrapKind.DataSegOob => "out of bounds memory access",
        TrapKind.ElemSegOob => "out of bounds table access",
        TrapKind.DescNull => "null descriptor reference",
        TrapKind.DescCastFail => "descriptor cast failure",
        TrapKind.ContNull => "null continuation reference",
        TrapKind.ContConsumed => "continuation already consumed",
        _ => throw new UnreachableException($"trap kind {(byte)kind}"),
    };
}

/// <summary>Execution ended in an exception that no handler caught.</summary>
/// <remarks>A host function may throw one to raise a wasm exception in its caller.</remarks>
public sealed class Thrown(ExnInst exn) : Exception("uncaught exception")
{
    public ExnInst Exn => exn;

    public TagInst Tag => exn.Tag;

    /// <summary>The payload, typed by the tag's parameters.</summary>
    public ImmutableArray<Val> Payload => exn.Fields;

    /// <summary>The frames where the exception left the machine, innermost first: those of the last <c>throw</c> or <c>throw_ref</c>.</summary>
    public ImmutableArray<WasmFrame> Backtrace { get; internal set; } = [];
}

/// <summary>Execution ended in a <c>suspend</c> or <c>switch</c> that no handler took.</summary>
public sealed class Suspended(TagInst tag, string message) : Exception(message)
{
    public TagInst Tag => tag;

    /// <summary>The frames, innermost first.</summary>
    public ImmutableArray<WasmFrame> Backtrace { get; internal set; } = [];
}

/// <summary>Which resource ran out.</summary>
public enum ExhaustionKind : byte
{
    /// <summary>The call depth, or the depth of host functions that call back.</summary>
    CallStack,
    /// <summary>The slots for locals and operands.</summary>
    OperandStack,
    /// <summary>The size of a memory at instantiation.</summary>
    Memory,
    /// <summary>The size of a table at instantiation.</summary>
    Table,
    /// <summary>The budget for structures, arrays, exceptions and continuations, or the size of one array.</summary>
    Allocation,
    /// <summary>The steps allowed.</summary>
    Fuel,
    /// <summary>Not a resource: another thread called <see cref="Store.Interrupt"/>.</summary>
    Interrupted,
}

/// <summary>Execution ended because a limit of this implementation was reached (the specification's "exhaustion").</summary>
public sealed class Exhaustion : Exception
{
    public Exhaustion(ExhaustionKind kind) : base(TextOf(kind)) => Kind = kind;

    public ExhaustionKind Kind { get; }

    /// <summary>The innermost frames, at most 64.</summary>
    public ImmutableArray<WasmFrame> Backtrace { get; internal set; } = [];

    private static string TextOf(ExhaustionKind kind) => kind switch
    {
        // The official suite has one text for both stacks.
        ExhaustionKind.CallStack or ExhaustionKind.OperandStack => "call stack exhausted",
        ExhaustionKind.Memory => "memory size exceeds the limit",
        ExhaustionKind.Table => "table size exceeds the limit",
        ExhaustionKind.Allocation => "allocation size too large",
        ExhaustionKind.Fuel => "all fuel consumed",
        ExhaustionKind.Interrupted => "interrupted",
        _ => throw new UnreachableException($"exhaustion kind {(byte)kind}"),
    };
}

/// <summary>Where a host function's own exception keeps the wasm frames it passed through.</summary>
public static class HostException
{
    private const string Key = "wasm.backtrace";

    /// <summary>The frames of wasm code between the host function and the caller, innermost first; empty for exceptions that passed through none.</summary>
    public static ImmutableArray<WasmFrame> WasmBacktrace(this Exception exception) => exception switch
    {
        Trap t => t.Backtrace,
        Thrown t => t.Backtrace,
        Exhaustion e => e.Backtrace,
        Suspended s => s.Backtrace,
        _ => exception.Data[Key] is ImmutableArray<WasmFrame> frames ? frames : [],
    };

    internal static void Attach(Exception exception, ImmutableArray<WasmFrame> frames) =>
        exception.Data[Key] = WasmBacktrace(exception).AddRange(frames);
}
