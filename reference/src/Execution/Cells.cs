using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>Values in cells: numbers and vectors in the cells themselves, references in the array beside them.</summary>
internal static unsafe class Cells
{
    public static void Write(ReadOnlySpan<Val> values, ImmutableArray<ValType> types, ulong* cells, ref object? refs)
    {
        int cell = 0;
        for (int i = 0; i < types.Length; i++)
            cell += Write(values[i], types[i].Kind, cells + cell, ref Unsafe.Add(ref refs, cell));
    }

    private static int Write(in Val value, ValKind kind, ulong* cell, ref object? reference)
    {
        if (kind == ValKind.Ref)
        {
            reference = value.Ref;
            return 1;
        }
        cell[0] = kind is ValKind.I32 or ValKind.F32 ? (uint)value.Bits.Lo : value.Bits.Lo;
        if (kind != ValKind.V128) return 1;
        cell[1] = value.Bits.Hi;
        return 2;
    }

    public static Val[] Read(ImmutableArray<ValType> types, ulong* cells, ref object? refs)
    {
        if (types.IsEmpty) return [];
        var values = new Val[types.Length];
        int cell = 0;
        for (int i = 0; i < values.Length; i++)
        {
            var type = types[i];
            values[i] = type.Kind switch
            {
                ValKind.Ref => Val.Of(type, default, Unsafe.Add(ref refs, cell)),
                ValKind.V128 => Val.V128(new V128(cells[cell], cells[cell + 1])),
                ValKind.Bot or ValKind.I32 or ValKind.I64 or ValKind.F32 or ValKind.F64 or _ => Val.Of(type, new V128(cells[cell], 0), null),
            };
            cell += type.IsVec ? 2 : 1;
        }
        return values;
    }

    public static int Count(ImmutableArray<ValType> types)
    {
        int cells = types.Length;
        foreach (var type in types)
            if (type.IsVec) cells++;
        return cells;
    }
}
