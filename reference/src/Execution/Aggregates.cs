using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>Where the fields of a structure type lie. A super type's fields are a prefix, so they lie at the same places.</summary>
internal sealed class StructLayout
{
    /// <summary>Number fields kept in the object itself; the rest are in an array. The same for reference fields.</summary>
    public const int Inline = 2;

    /// <summary>For each field its index among the number words or among the references; a vector has two words.</summary>
    public int[] Place { get; }

    /// <summary>How <c>struct.new</c> takes the fields from its operands' cells, in order: the cell of a number word, or the complement of a reference's.</summary>
    public int[] Copies { get; }

    /// <summary>For each operand cell the bits that a packed field keeps.</summary>
    public ulong[] Masks { get; }

    public int Nums { get; }
    public int Refs { get; }

    /// <summary>The operand cells of <c>struct.new</c>.</summary>
    public int Cells => Copies.Length;

    /// <summary>What one costs the allocation budget.</summary>
    public int Bytes { get; }

    private StructLayout(StructType type)
    {
        Place = new int[type.Fields.Length];
        var copies = new List<int>();
        for (int i = 0; i < Place.Length; i++)
        {
            var t = type.Fields[i].Storage.Unpacked;
            Place[i] = t.IsRef ? Refs : Nums;
            if (t.IsRef) Refs++;
            else if (t.IsVec) Nums += 2;
            else Nums++;
            copies.Add(t.IsRef ? ~copies.Count : copies.Count);
            if (t.IsVec) copies.Add(copies.Count);
        }
        Copies = [.. copies];
        Masks = [.. type.Fields.SelectMany(f => Enumerable.Repeat(MaskOf(f.Storage), f.Storage.Unpacked.IsVec ? 2 : 1))];
        Bytes = 72 + 8 * (Nums + Refs);
    }

    public static ulong MaskOf(StorageType storage) => storage.Pack switch
    {
        PackType.I8 => 0xFF,
        PackType.I16 => 0xFFFF,
        PackType.None => ulong.MaxValue,
        _ => throw new UnreachableException($"pack type {(byte)storage.Pack}"),
    };

    public static StructLayout Of(DefType type)
    {
        if (type.Layout is StructLayout known) return known;
        var layout = new StructLayout((StructType)type.Expand);
        type.Layout = layout;
        return layout;
    }
}

/// <summary><c>structinst</c>.</summary>
public sealed class StructInst
{
    // The first fields are in the object: measured, a structure made of arrays costs many times as much to allocate.
    private ulong _num0, _num1;
    private object? _ref0, _ref1;
    private readonly ulong[]? _nums;
    private readonly object?[]? _refs;

    internal StructInst(DefType type, StructLayout layout, StructInst? descriptor)
    {
        Type = type;
        Descriptor = descriptor;
        if (layout.Nums > StructLayout.Inline) _nums = new ulong[layout.Nums - StructLayout.Inline];
        if (layout.Refs > StructLayout.Inline) _refs = new object?[layout.Refs - StructLayout.Inline];
    }

    public DefType Type { get; }

    /// <summary>The descriptor (custom descriptors), or null.</summary>
    public StructInst? Descriptor { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ulong Num(int place)
    {
        if (place == 0) return ref _num0;
        if (place == 1) return ref _num1;
        return ref _nums![place - StructLayout.Inline];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref object? Ref(int place)
    {
        if (place == 0) return ref _ref0;
        if (place == 1) return ref _ref1;
        return ref _refs![place - StructLayout.Inline];
    }

    /// <summary>The value of a field; packed fields zero-extended.</summary>
    public Val Field(int i)
    {
        var t = ((StructType)Type.Expand).Fields[i].Storage.Unpacked;
        int place = StructLayout.Of(Type).Place[i];
        return t.IsRef ? Val.Of(t, default, Ref(place))
            : t.IsVec ? Val.V128(new V128(Num(place), Num(place + 1)))
            : Val.Of(t, new V128(Num(place), 0), null);
    }
}

/// <summary>How an array keeps its elements.</summary>
internal enum ArrayKind : byte
{
    I8,
    I16,
    N32,
    N64,
    V128,
    Ref,
}

/// <summary><c>arrayinst</c>; its elements are an array of their storage type.</summary>
public sealed unsafe class ArrayInst
{
    private ArrayInst(DefType type, ArrayKind kind, Array elems)
    {
        Type = type;
        Kind = kind;
        Elems = elems;
    }

    public DefType Type { get; }

    internal ArrayKind Kind { get; }

    /// <summary>One of <c>byte[] ushort[] uint[] ulong[] V128[] object?[]</c>, by <see cref="Kind"/>.</summary>
    internal Array Elems { get; }

    public int Length => Elems.Length;

    /// <summary>The cells of one element on the operand stack.</summary>
    internal int ElemCells => Kind == ArrayKind.V128 ? 2 : 1;

    internal int ElemBytes => BytesOf(Kind);

    internal static int BytesOf(ArrayKind kind) => kind switch
    {
        ArrayKind.I8 => 1,
        ArrayKind.I16 => 2,
        ArrayKind.N32 => 4,
        ArrayKind.N64 or ArrayKind.Ref => 8,
        ArrayKind.V128 => 16,
        _ => throw new UnreachableException($"array kind {(byte)kind}"),
    };

    internal static ArrayKind KindOf(DefType type)
    {
        var storage = ((ArrayType)type.Expand).Field.Storage;
        if (storage.IsPacked) return storage.Pack == PackType.I8 ? ArrayKind.I8 : ArrayKind.I16;
        return storage.Val.Kind switch
        {
            ValKind.I32 or ValKind.F32 => ArrayKind.N32,
            ValKind.I64 or ValKind.F64 => ArrayKind.N64,
            ValKind.V128 => ArrayKind.V128,
            ValKind.Ref => ArrayKind.Ref,
            ValKind.Bot or _ => throw new UnreachableException($"array of {storage}"),
        };
    }

    /// <summary>An array of zeros or nulls; null when the store's limits or the system refuse.</summary>
    internal static ArrayInst? New(Store store, DefType type, ulong length)
    {
        var kind = KindOf(type);
        ulong bytes = length * (ulong)BytesOf(kind);
        if (length > (ulong)Array.MaxLength || bytes > store.Options.MaxArrayBytes || !store.Allocate((long)bytes + 48)) return null;
        int n = (int)length;
        try
        {
            Array elems = kind switch
            {
                ArrayKind.I8 => new byte[n],
                ArrayKind.I16 => new ushort[n],
                ArrayKind.N32 => new uint[n],
                ArrayKind.N64 => new ulong[n],
                ArrayKind.V128 => new V128[n],
                ArrayKind.Ref => new object?[n],
                _ => throw new UnreachableException($"array kind {(byte)kind}"),
            };
            return new ArrayInst(type, kind, elems);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private T[] As<T>() => Unsafe.As<T[]>(Elems);

    /// <summary>Reads an element, packed ones zero-extended, into a cell or a reference.</summary>
    internal void Read(int i, ulong* cell, ref object? reference)
    {
        switch (Kind)
        {
            case ArrayKind.I8: *cell = As<byte>()[i]; break;
            case ArrayKind.I16: *cell = As<ushort>()[i]; break;
            case ArrayKind.N32: *cell = As<uint>()[i]; break;
            case ArrayKind.N64: *cell = As<ulong>()[i]; break;
            case ArrayKind.V128: *(V128*)cell = As<V128>()[i]; break;
            case ArrayKind.Ref: reference = As<object?>()[i]; break;
            default: throw new UnreachableException($"array kind {(byte)Kind}");
        }
    }

    internal void Write(int i, ulong* cell, object? reference)
    {
        switch (Kind)
        {
            case ArrayKind.I8: As<byte>()[i] = (byte)*cell; break;
            case ArrayKind.I16: As<ushort>()[i] = (ushort)*cell; break;
            case ArrayKind.N32: As<uint>()[i] = (uint)*cell; break;
            case ArrayKind.N64: As<ulong>()[i] = *cell; break;
            case ArrayKind.V128: As<V128>()[i] = *(V128*)cell; break;
            case ArrayKind.Ref: As<object?>()[i] = reference; break;
            default: throw new UnreachableException($"array kind {(byte)Kind}");
        }
    }

    internal void Fill(int at, int n, ulong* cell, object? reference)
    {
        switch (Kind)
        {
            case ArrayKind.I8: As<byte>().AsSpan(at, n).Fill((byte)*cell); break;
            case ArrayKind.I16: As<ushort>().AsSpan(at, n).Fill((ushort)*cell); break;
            case ArrayKind.N32: As<uint>().AsSpan(at, n).Fill((uint)*cell); break;
            case ArrayKind.N64: As<ulong>().AsSpan(at, n).Fill(*cell); break;
            case ArrayKind.V128: As<V128>().AsSpan(at, n).Fill(*(V128*)cell); break;
            case ArrayKind.Ref: As<object?>().AsSpan(at, n).Fill(reference); break;
            default: throw new UnreachableException($"array kind {(byte)Kind}");
        }
    }

    /// <summary>Elements as little-endian bytes; not of references.</summary>
    internal Span<byte> Bytes(int at, int n) => Kind switch
    {
        ArrayKind.I8 => As<byte>().AsSpan(at, n),
        ArrayKind.I16 => MemoryMarshal.AsBytes(As<ushort>().AsSpan(at, n)),
        ArrayKind.N32 => MemoryMarshal.AsBytes(As<uint>().AsSpan(at, n)),
        ArrayKind.N64 => MemoryMarshal.AsBytes(As<ulong>().AsSpan(at, n)),
        ArrayKind.V128 => MemoryMarshal.AsBytes(As<V128>().AsSpan(at, n)),
        ArrayKind.Ref or _ => throw new UnreachableException("validated: references have no bytes"),
    };

    /// <summary>The value of an element; packed elements zero-extended.</summary>
    public Val Elem(int i)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Length);
        ulong* cells = stackalloc ulong[2];
        object? reference = null;
        Read(i, cells, ref reference);
        return Val.Of(((ArrayType)Type.Expand).Field.Storage.Unpacked, new V128(cells[0], cells[1]), reference);
    }
}
