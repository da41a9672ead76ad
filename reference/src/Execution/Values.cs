using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>
/// <c>val ::= num | vec | ref</c> (4.2.1) as it crosses the boundary of the store. Numbers and vectors are bits; a reference is null or one of
/// <see cref="I31"/>, <see cref="StructInst"/>, <see cref="ArrayInst"/>, <see cref="FuncInst"/>, <see cref="ExnInst"/>, <see cref="ContInst"/>
/// and <see cref="HostRef"/>.
/// </summary>
/// <remarks>
/// <see cref="Type"/> is the type under which the value crossed the boundary. <c>any.convert_extern</c> and <c>extern.convert_any</c> are identities
/// on the object, so it is the type alone that tells <c>ref.host 1</c> (below <c>any</c>) from <c>ref.extern 1</c> (below <c>extern</c>).
/// </remarks>
public readonly struct Val : IEquatable<Val>
{
    private Val(ValType type, V128 bits, object? reference)
    {
        Type = type;
        Bits = bits;
        Ref = reference;
    }

    /// <summary>The value's type at the boundary.</summary>
    public ValType Type { get; }

    /// <summary>The bits of a number, zero-extended, or of a vector; zero for references.</summary>
    public V128 Bits { get; }

    /// <summary>The referenced object; null for <c>ref.null</c> and for numbers and vectors.</summary>
    public object? Ref { get; }

    public static Val I32(uint bits) => new(ValType.I32, new V128(bits, 0), null);

    public static Val I32(int value) => I32((uint)value);

    public static Val I64(ulong bits) => new(ValType.I64, new V128(bits, 0), null);

    public static Val I64(long value) => I64((ulong)value);

    /// <param name="bits">The bits of the float: a signalling NaN does not survive a <c>float</c>.</param>
    public static Val F32(uint bits) => new(ValType.F32, new V128(bits, 0), null);

    /// <param name="bits">The bits of the float.</param>
    public static Val F64(ulong bits) => new(ValType.F64, new V128(bits, 0), null);

    public static Val V128(V128 bits) => new(ValType.V128, bits, null);

    /// <summary><c>ref.null ht</c>.</summary>
    public static Val Null(HeapType heap) => new(ValType.RefNull(heap), default, null);

    /// <summary>A reference, or null, of a closed type.</summary>
    public static Val Reference(RefType type, object? reference) => new(type, default, reference);

    /// <summary><c>ref.i31</c>.</summary>
    public static Val RefI31(uint value) => new(ValType.RefNonNull(HeapType.I31), default, Execution.I31.Of(value));

    /// <summary><c>ref.func</c>.</summary>
    public static Val RefFunc(FuncInst func) => new(ValType.RefNonNull(HeapType.Of(func.DefType)), default, func);

    /// <summary><c>ref.host n</c>: a value of the host, below <c>any</c>.</summary>
    public static Val RefHost(object value) => new(ValType.RefNonNull(HeapType.Any), default, new HostRef(value));

    /// <summary><c>ref.extern n</c>: a value of the host, externalized.</summary>
    public static Val RefExtern(object value) => new(ValType.RefNonNull(HeapType.Extern), default, new HostRef(value));

    /// <summary>A value of any type from its three planes.</summary>
    public static Val Of(ValType type, V128 bits, object? reference) => new(type, bits, reference);

    public bool IsNull => Type.IsRef && Ref is null;

    /// <summary>The low 32 bits: an i32, or the bits of an f32.</summary>
    public uint AsI32 => (uint)Bits.Lo;

    /// <summary>The low 64 bits: an i64, or the bits of an f64.</summary>
    public ulong AsI64 => Bits.Lo;

    public float AsF32 => BitConverter.UInt32BitsToSingle((uint)Bits.Lo);

    public double AsF64 => BitConverter.UInt64BitsToDouble(Bits.Lo);

    /// <summary>Same bits, or the same reference; the types of references are not compared.</summary>
    public bool Equals(Val other) =>
        Type.Kind == other.Type.Kind && Bits == other.Bits && Equals(Ref, other.Ref);

    public override bool Equals(object? obj) => obj is Val other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Type.Kind, Bits, Ref);

    public static bool operator ==(Val left, Val right) => left.Equals(right);

    public static bool operator !=(Val left, Val right) => !left.Equals(right);

    /// <summary>The value as a constant of the text format; floats as values with their bits.</summary>
    public override string ToString() => Type.Kind switch
    {
        ValKind.Bot => "bot",
        ValKind.I32 => $"i32.const {(int)Bits.Lo}",
        ValKind.I64 => $"i64.const {(long)Bits.Lo}",
        ValKind.F32 => FormattableString.Invariant($"f32.const {AsF32:R} (;0x{(uint)Bits.Lo:x8};)"),
        ValKind.F64 => FormattableString.Invariant($"f64.const {AsF64:R} (;0x{Bits.Lo:x16};)"),
        ValKind.V128 => $"v128.const i64x2 0x{Bits.Lo:x16} 0x{Bits.Hi:x16}",
        ValKind.Ref => RefToString(),
        _ => throw new System.Diagnostics.UnreachableException($"value type {(byte)Type.Kind}"),
    };

    private string RefToString() => Ref switch
    {
        null => $"ref.null {Type.Ref.Heap}",
        HostRef host when Type.Ref.Heap.Kind is HeapKind.Extern => $"ref.extern {host.Value}",
        _ when Type.Ref.Heap.Kind is HeapKind.Extern => "ref.extern",
        HostRef host => $"ref.host {host.Value}",
        Execution.I31 i31 => $"ref.i31 {i31.Signed}",
        FuncInst => "ref.func",
        StructInst => "ref.struct",
        ArrayInst => "ref.array",
        ExnInst => "ref.exn",
        ContInst => "ref.cont",
        _ => throw new System.Diagnostics.UnreachableException($"reference to {Ref.GetType()}"),
    };
}

/// <summary><c>ref.host</c>: an opaque value of the host. Two are the same reference when their values are equal.</summary>
public sealed record HostRef(object Value);

/// <summary><c>ref.i31 i</c>. Two are the same reference when their values are equal.</summary>
public sealed class I31
{
    private static readonly I31[] Small = [.. Enumerable.Range(-128, 384).Select(i => new I31((uint)i & 0x7FFF_FFFF))];

    private I31(uint bits) => Bits = bits;

    /// <summary>The 31 bits, zero-extended.</summary>
    public uint Bits { get; }

    public int Signed => (int)(Bits << 1) >> 1;

    /// <summary>Wraps an i32 to its low 31 bits.</summary>
    public static I31 Of(uint value)
    {
        int signed = (int)(value << 1) >> 1;
        return signed is >= -128 and < 256 ? Small[signed + 128] : new I31(value & 0x7FFF_FFFF);
    }

    public override bool Equals(object? obj) => obj is I31 other && Bits == other.Bits;

    public override int GetHashCode() => (int)Bits;
}
