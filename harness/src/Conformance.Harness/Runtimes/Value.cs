using System.Collections.Immutable;
using System.Globalization;
using Wasm.Syntax;

namespace Conformance.Harness.Runtimes;

/// <summary>What a reference refers to, as far as a script can tell.</summary>
public enum RefKind : byte
{
    /// <summary>A null reference; <see cref="Value.NullType"/> says of which type, where the runtime tells.</summary>
    Null,
    I31,
    Struct,
    Array,
    Func,
    Exn,

    /// <summary>A host reference seen as <c>externref</c>: <c>(ref.extern n)</c>. The number is null for an externalized internal reference.</summary>
    Extern,

    /// <summary>A host reference seen as <c>anyref</c>: <c>(ref.host n)</c>.</summary>
    Host,
    Cont,

    /// <summary>A reference of which the runtime only tells that it is not null.</summary>
    Other,
}

/// <summary>
/// A value that crosses between scripts and runtimes: numbers and vectors as bits, references by kind. No runtime's own objects are in it,
/// so that it can cross a process border.
/// </summary>
public readonly record struct Value
{
    private Value(ValKind kind, ulong lo, ulong hi = 0, RefKind refKind = default, HeapType? nullType = null, uint? number = null)
    {
        Kind = kind;
        Lo = lo;
        Hi = hi;
        Ref = refKind;
        NullType = nullType;
        Number = number;
    }

    public ValKind Kind { get; }

    /// <summary>The bits of a number, zero-extended; the low half of a vector.</summary>
    public ulong Lo { get; }

    /// <summary>The high half of a vector.</summary>
    public ulong Hi { get; }

    public RefKind Ref { get; }

    /// <summary>The type of a null reference: any type of its hierarchy, or null when the runtime does not tell.</summary>
    public HeapType? NullType { get; }

    /// <summary>The number of a host reference, or the value of an i31 where the runtime tells it.</summary>
    public uint? Number { get; }

    public static Value I32(uint bits) => new(ValKind.I32, bits);

    public static Value I64(ulong bits) => new(ValKind.I64, bits);

    public static Value F32(uint bits) => new(ValKind.F32, bits);

    public static Value F64(ulong bits) => new(ValKind.F64, bits);

    public static Value V128(ulong lo, ulong hi) => new(ValKind.V128, lo, hi);

    public static Value V128(V128 bits) => new(ValKind.V128, bits.Lo, bits.Hi);

    public static Value Null(HeapType? type = null) => new(ValKind.Ref, 0, 0, RefKind.Null, type);

    public static Value Reference(RefKind kind, uint? number = null) => new(ValKind.Ref, 0, 0, kind, null, number);

    public static Value Extern(uint n) => Reference(RefKind.Extern, n);

    public static Value Host(uint n) => Reference(RefKind.Host, n);

    /// <summary>Type, value and bits, as in a script with the bits behind: <c>f32 1.5 (0x3fc00000)</c>, <c>(ref.extern 3)</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValKind.I32 => $"i32 {(int)Lo} (0x{(uint)Lo:x8})",
        ValKind.I64 => $"i64 {(long)Lo} (0x{Lo:x16})",
        ValKind.F32 => $"f32 {FloatText.Of32((uint)Lo)} (0x{(uint)Lo:x8})",
        ValKind.F64 => $"f64 {FloatText.Of64(Lo)} (0x{Lo:x16})",
        ValKind.V128 => $"v128 i32x4 0x{(uint)Lo:x8} 0x{Lo >> 32:x8} 0x{(uint)Hi:x8} 0x{Hi >> 32:x8}",
        ValKind.Ref => RefText(),
        ValKind.Bot => "(no value)",
        _ => throw new System.Diagnostics.UnreachableException($"value kind {(byte)Kind}"),
    };

    private string RefText()
    {
        string word = Ref switch
        {
            RefKind.Null => NullType is { } type ? $"ref.null {type}" : "ref.null",
            RefKind.I31 => "ref.i31",
            RefKind.Struct => "ref.struct",
            RefKind.Array => "ref.array",
            RefKind.Func => "ref.func",
            RefKind.Exn => "ref.exn",
            RefKind.Extern => "ref.extern",
            RefKind.Host => "ref.host",
            RefKind.Cont => "ref.cont",
            RefKind.Other => "ref",
            _ => throw new System.Diagnostics.UnreachableException($"reference kind {(byte)Ref}"),
        };
        return Number is { } n ? $"({word} {n.ToString(CultureInfo.InvariantCulture)})" : $"({word})";
    }

    /// <summary>A list of values in brackets.</summary>
    public static string Text(ImmutableArray<Value> values) => values.Length == 1 ? values[0].ToString() : $"[{string.Join(", ", values)}]";
}

/// <summary>Floats from their bits as a person reads them; NaNs by their payload.</summary>
public static class FloatText
{
    public static string Of32(uint bits)
    {
        string sign = bits >> 31 != 0 ? "-" : "";
        uint payload = bits & 0x7F_FFFF;
        if ((bits & 0x7F80_0000) == 0x7F80_0000) return sign + (payload == 0 ? "inf" : payload == 0x40_0000 ? "nan:canonical" : $"nan:0x{payload:x}");
        return sign + BitConverter.UInt32BitsToSingle(bits & 0x7FFF_FFFF).ToString("R", CultureInfo.InvariantCulture);
    }

    public static string Of64(ulong bits)
    {
        string sign = bits >> 63 != 0 ? "-" : "";
        ulong payload = bits & 0xF_FFFF_FFFF_FFFF;
        if ((bits & 0x7FF0_0000_0000_0000) == 0x7FF0_0000_0000_0000)
            return sign + (payload == 0 ? "inf" : payload == 0x8_0000_0000_0000 ? "nan:canonical" : $"nan:0x{payload:x}");
        return sign + BitConverter.UInt64BitsToDouble(bits & 0x7FFF_FFFF_FFFF_FFFF).ToString("R", CultureInfo.InvariantCulture);
    }
}
