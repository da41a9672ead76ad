using System.Collections.Immutable;

namespace Wasm.Syntax;

/// <summary>
/// <c>instr</c> (2.4). An expression is a flat list in which <see cref="Op.Else"/>, <see cref="Op.End"/> and the delimiters of the
/// legacy exceptions stand as instructions of their own, as in the binary format and in the validation algorithm; so nothing recurses on
/// nesting. An expression ends with its own <c>end</c>. There is one shape (record) per form of immediates. Equality ignores positions.
/// </summary>
public abstract record Instr(Op Op, Region At)
{
    /// <summary>The row of the instruction table.</summary>
    public InstrDef Def => InstrTable.Of(Op);

    public virtual bool Equals(Instr? other) => other is not null && EqualityContract == other.EqualityContract && Op == other.Op;

    public override int GetHashCode() => (int)Op;

    public sealed override string ToString() => Def.Mnemonic;
}

/// <summary>No immediates.</summary>
public sealed record Plain(Op Op, Region At = default) : Instr(Op, At);

/// <summary>One index: label, function, local, global, table, memory, type, tag, data or element segment, by the row's immediate.</summary>
public sealed record Idx(Op Op, uint X, Region At = default) : Instr(Op, At);

/// <summary>Two indices or an index and a count, in the order of the abstract syntax and the text (<c>call_indirect x y</c> is table, type).</summary>
public sealed record Idx2(Op Op, uint X, uint Y, Region At = default) : Instr(Op, At);

/// <summary>A memory access: memory index, alignment exponent and offset.</summary>
public sealed record Mem(Op Op, MemArg Arg, Region At = default) : Instr(Op, At);

/// <summary>A memory access of one lane.</summary>
public sealed record MemLane(Op Op, MemArg Arg, byte Lane, Region At = default) : Instr(Op, At);

/// <summary>A lane index.</summary>
public sealed record Lane(Op Op, byte Index, Region At = default) : Instr(Op, At);

/// <summary><c>i32.const</c> to <c>f64.const</c>: the bits of the value, zero-extended to 64.</summary>
public sealed record Const(Op Op, ulong Bits, Region At = default) : Instr(Op, At);

/// <summary><c>v128.const</c>, and the sixteen lane indices of <c>i8x16.shuffle</c> (lane 0 in the lowest byte).</summary>
public sealed record VConst(Op Op, V128 Value, Region At = default) : Instr(Op, At);

/// <summary><c>block</c>, <c>loop</c>, <c>if</c> and the legacy <c>try</c>.</summary>
public sealed record Block(Op Op, BlockType Type, Region At = default) : Instr(Op, At);

/// <summary><c>try_table bt catch*</c>.</summary>
public sealed record TryTable(Op Op, BlockType Type, ImmutableArray<Catch> Catches, Region At = default) : Instr(Op, At)
{
    public bool Equals(TryTable? other) => base.Equals(other) && Type == other!.Type && Catches.AsSpan().SequenceEqual(other.Catches.AsSpan());

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Type);
}

/// <summary><c>br_table l* l</c>.</summary>
public sealed record BrTable(Op Op, ImmutableArray<uint> Labels, uint Default, Region At = default) : Instr(Op, At)
{
    public bool Equals(BrTable? other) => base.Equals(other) && Default == other!.Default && Labels.AsSpan().SequenceEqual(other.Labels.AsSpan());

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Default, Labels.Length);
}

/// <summary><c>select t*</c>; the untyped <c>select</c> is <see cref="Plain"/>.</summary>
public sealed record SelectT(Op Op, ImmutableArray<ValType> Types, Region At = default) : Instr(Op, At)
{
    public bool Equals(SelectT? other) => base.Equals(other) && Types.AsSpan().SequenceEqual(other!.Types.AsSpan());

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Types.Length);
}

/// <summary><c>ref.null ht</c>.</summary>
public sealed record RefNull(Op Op, HeapType Heap, Region At = default) : Instr(Op, At);

/// <summary><c>ref.test rt</c>, <c>ref.cast rt</c>, <c>ref.cast_desc_eq rt</c>; the opcode with and without null agrees with <see cref="RefType.Nullable"/>.</summary>
public sealed record Cast(Op Op, RefType Type, Region At = default) : Instr(Op, At);

/// <summary><c>br_on_cast l rt1 rt2</c> and its kin.</summary>
public sealed record BrOnCast(Op Op, uint Label, RefType From, RefType To, Region At = default) : Instr(Op, At);

/// <summary><c>resume x hdl*</c> (tag unused), <c>resume_throw x y hdl*</c>, <c>resume_throw_ref x hdl*</c> of stack switching.</summary>
public sealed record Resume(Op Op, uint Type, uint Tag, ImmutableArray<OnClause> Handlers, Region At = default) : Instr(Op, At)
{
    public bool Equals(Resume? other) => base.Equals(other) && Type == other!.Type && Tag == other.Tag && Handlers.AsSpan().SequenceEqual(other.Handlers.AsSpan());

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Type, Tag, Handlers.Length);
}

/// <summary><c>memarg</c> with its memory index; <paramref name="Align"/> is the exponent of 2 as written.</summary>
public readonly record struct MemArg(uint Mem, uint Align, ulong Offset);

/// <summary><c>blocktype ::= valtype? | typeidx</c>.</summary>
public readonly record struct BlockType
{
    private readonly byte _form;    // 0 empty, 1 one result, 2 type index

    private BlockType(byte form, ValType result, uint x)
    {
        _form = form;
        Result = result;
        TypeIdx = x;
    }

    public static BlockType Empty => default;

    public static BlockType Of(ValType result) => new(1, result, 0);

    public static BlockType Idx(uint x) => new(2, default, x);

    public bool IsEmpty => _form == 0;

    public bool IsResult => _form == 1;

    public bool IsIdx => _form == 2;

    /// <summary>The one result, when <see cref="IsResult"/>.</summary>
    public ValType Result { get; }

    /// <summary>The type index, when <see cref="IsIdx"/>.</summary>
    public uint TypeIdx { get; }
}

/// <summary>The forms of <c>catch</c>; the values are those of the binary format.</summary>
public enum CatchKind : byte
{
    Catch = 0,
    CatchRef = 1,
    CatchAll = 2,
    CatchAllRef = 3,
}

/// <summary>A clause of <c>try_table</c>.</summary>
public readonly record struct Catch(CatchKind Kind, uint Tag, uint Label);

/// <summary>A clause of <c>resume</c>: <c>(on tag label)</c>, or <c>(on tag switch)</c> without a label.</summary>
public readonly record struct OnClause(uint Tag, uint? Label);
