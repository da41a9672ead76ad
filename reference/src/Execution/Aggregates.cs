using System.Runtime.CompilerServices;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>Where the fields of a structure type lie. A super type's fields are a prefix, so they lie at the same places.</summary>
internal sealed class StructLayout
{
    /// <summary>Number fields kept in the object itself; the rest are in an array. The same for reference fields.</summary>
    public const int Inline = 2;

    /// <summary>For each field its index among the number words or among the references; a vector has two words.</summary>
    public int[] Place { get; }

    public int Nums { get; }
    public int Refs { get; }

    private StructLayout(StructType type)
    {
        Place = new int[type.Fields.Length];
        for (int i = 0; i < Place.Length; i++)
        {
            var t = type.Fields[i].Storage.Unpacked;
            Place[i] = t.IsRef ? Refs : Nums;
            if (t.IsRef) Refs++;
            else if (t.IsVec) Nums += 2;
            else Nums++;
        }
    }

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

/// <summary><c>arrayinst</c>; its elements are an array of their storage type.</summary>
public sealed class ArrayInst
{
    internal ArrayInst(DefType type, Array elems)
    {
        Type = type;
        Elems = elems;
    }

    public DefType Type { get; }

    /// <summary>One of <c>byte[] ushort[] uint[] ulong[] V128[] object?[]</c>, by the storage type's size.</summary>
    internal Array Elems { get; }

    public int Length => Elems.Length;

    internal StorageType Storage => ((ArrayType)Type.Expand).Field.Storage;

    /// <summary>The value of an element; packed elements zero-extended.</summary>
    public Val Elem(int i)
    {
        var t = Storage.Unpacked;
        return Elems switch
        {
            object?[] refs => Val.Of(t, default, refs[i]),
            byte[] bytes => Val.I32(bytes[i]),
            ushort[] shorts => Val.I32(shorts[i]),
            uint[] words => Val.Of(t, new V128(words[i], 0), null),
            ulong[] longs => Val.Of(t, new V128(longs[i], 0), null),
            V128[] vectors => Val.V128(vectors[i]),
            _ => throw new System.Diagnostics.UnreachableException($"array of {Elems.GetType()}"),
        };
    }
}
