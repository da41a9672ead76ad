using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text.Script;

/// <summary><c>const</c> of the script language: an argument, or a result to be equalled.</summary>
public abstract record Literal
{
    /// <summary><c>(i32.const n)</c> to <c>(f64.const z)</c>.</summary>
    /// <param name="Type">One of <see cref="ValKind.I32"/>, <see cref="ValKind.I64"/>, <see cref="ValKind.F32"/>, <see cref="ValKind.F64"/>.</param>
    /// <param name="Bits">The bits of the value, zero-extended to 64.</param>
    public sealed record Num(ValKind Type, ulong Bits) : Literal;

    /// <summary><c>(v128.const shape lane*)</c>.</summary>
    public sealed record Vec(VecShape Shape, V128 Bits) : Literal;

    /// <summary><c>(ref.null ht)</c>.</summary>
    public sealed record Null(HeapType Heap) : Literal;

    /// <summary><c>(ref.host n)</c>: a host reference, seen as <c>anyref</c>.</summary>
    public sealed record Host(uint Number) : Literal;

    /// <summary><c>(ref.extern n)</c>: the same, externalized.</summary>
    public sealed record Extern(uint Number) : Literal;
}

/// <summary>The shapes in which vectors are written.</summary>
public enum VecShape : byte
{
    I8x16,
    I16x8,
    I32x4,
    I64x2,
    F32x4,
    F64x2,
}

/// <summary>The classes of NaN that a result may be asked to be in; the sign is free in both.</summary>
public enum NanKind : byte
{
    /// <summary>The payload is exactly the most significant bit.</summary>
    Canonical,

    /// <summary>The most significant bit of the payload is set.</summary>
    Arithmetic,
}

/// <summary>What a result must match.</summary>
public abstract record ResultPattern
{
    /// <summary>Bitwise this number or vector, this host reference, or a null of this type.</summary>
    public sealed record Equal(Literal Value) : ResultPattern;

    /// <summary><c>(f32.const nan:canonical)</c> and its kin.</summary>
    /// <param name="Type"><see cref="ValKind.F32"/> or <see cref="ValKind.F64"/>.</param>
    /// <param name="Class">The class of NaN.</param>
    public sealed record Nan(ValKind Type, NanKind Class) : ResultPattern;

    /// <summary><c>(v128.const f32x4 ...)</c> and <c>f64x2</c> with a class of NaN in at least one lane.</summary>
    public sealed record Lanes(VecShape Shape, ImmutableArray<LanePattern> Patterns) : ResultPattern
    {
        public bool Equals(Lanes? other) => other is not null && Shape == other.Shape && Patterns.AsSpan().SequenceEqual(other.Patterns.AsSpan());

        public override int GetHashCode() => HashCode.Combine(Shape, Patterns.Length);
    }

    /// <summary><c>(ref.null)</c>: any null.</summary>
    public sealed record AnyNull : ResultPattern
    {
        public static AnyNull Instance { get; } = new();
    }

    /// <summary><c>(ref)</c>, <c>(ref.eq)</c>, <c>(ref.func)</c>, ...: a reference of a kind.</summary>
    public sealed record Ref(RefClass Class) : ResultPattern;

    /// <summary><c>(either result+)</c>; of vectors, the whole vector is one of them.</summary>
    public sealed record Either(ImmutableArray<ResultPattern> Alternatives) : ResultPattern
    {
        public bool Equals(Either? other) => other is not null && Alternatives.AsSpan().SequenceEqual(other.Alternatives.AsSpan());

        public override int GetHashCode() => HashCode.Combine(Alternatives.Length);
    }
}

/// <summary>A lane: its bits, or a class of NaN.</summary>
/// <param name="Bits">The bits of the lane when <paramref name="Nan"/> is null.</param>
/// <param name="Nan">The class, or null for a literal.</param>
public readonly record struct LanePattern(ulong Bits, NanKind? Nan);

/// <summary>The kinds of reference that a pattern without a number asks for.</summary>
public enum RefClass : byte
{
    /// <summary><c>(ref)</c></summary>
    Any,
    Eq,
    I31,
    Struct,
    Array,
    Func,
    Exn,
    Extern,
}
