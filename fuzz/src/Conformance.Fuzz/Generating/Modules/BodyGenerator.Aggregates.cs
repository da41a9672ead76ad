using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Structures and arrays; descriptors. Arrays have at least <see cref="Shortest"/> elements, but on a risk, so that small indices are within.</summary>
internal sealed partial class BodyGenerator
{
    private const int Shortest = 4;

    /// <summary>Allocates an object of a type of which there are values.</summary>
    private bool Allocate(int x)
    {
        var type = m.Types[x];
        return type.Comp is StructType s ? AllocateStruct(x, type, s) : AllocateArray(x, (ArrayType)type.Comp);
    }

    private bool AllocateStruct(int x, SubType type, StructType s)
    {
        bool defaults = true;
        foreach (var field in s.Fields) defaults &= IsDefaultable(field.Storage);
        bool fresh = !defaults || (_fuel > 0 && d.Below(4) != 0);
        if (fresh)
            foreach (var field in s.Fields) Value(field.Storage.Unpacked);
        if (type.Descriptor is { } descriptor)
        {
            New(new RefType(Risk(), HeapType.Idx(descriptor.Index, exact: true)));
            Do(fresh ? Op.StructNewDesc : Op.StructNewDefaultDesc, x);
            return true;
        }
        Do(fresh ? Op.StructNew : Op.StructNewDefault, x);
        return true;
    }

    private static bool IsDefaultable(StorageType type) => !type.Val.IsRef || type.Val.Ref.Nullable;

    private static int WidthOf(StorageType type) => type.Pack switch
    {
        PackType.I8 => 1,
        PackType.I16 => 2,
        PackType.None or _ => type.Val.Kind switch
        {
            ValKind.I32 or ValKind.F32 => 4,
            ValKind.I64 or ValKind.F64 => 8,
            ValKind.V128 => 16,
            ValKind.Bot or ValKind.Ref or _ => 0,
        },
    };

    private bool AllocateArray(int x, ArrayType array)
    {
        var storage = array.Field.Storage;
        int length = Risk() ? d.Below(Shortest) : Shortest + d.Below(4);
        int width = WidthOf(storage);
        switch (d.Below(6))
        {
            case 1 when _fuel > 0:
                for (int i = 0; i < length; i++) Value(storage.Unpacked);
                Do(Op.ArrayNewFixed, x, length);
                return true;
            case 2 when width > 0 && FindData(length * width) is >= 0 and var y:
                I32(Offset(m.Datas[y].Length - length * width));
                I32(length);
                Do(Op.ArrayNewData, x, y);
                return true;
            case 3 when storage.Val.IsRef && FindElem(storage.Val.Ref, length) is >= 0 and var y:
                I32(Offset(m.Elems[y].Count - length));
                I32(length);
                Do(Op.ArrayNewElem, x, y);
                return true;
            case 4 when _fuel > 0 || !IsDefaultable(storage):
                Value(storage.Unpacked);
                I32(length);
                Do(Op.ArrayNew, x);
                return true;
            default:
                if (IsDefaultable(storage))
                {
                    I32(length);
                    Do(Op.ArrayNewDefault, x);
                    return true;
                }
                Value(storage.Unpacked);
                I32(length);
                Do(Op.ArrayNew, x);
                return true;
        }
    }

    private int FindData(int length) => !m.Has(Features.BulkMemory) ? -1 : Find(m.Datas.Count, i => (!m.Datas[i].Active && m.Datas[i].Length >= length) || Risk());

    private int FindElem(RefType t, int count) => Find(m.Elems.Count, i => m.Types.Match(m.Elems[i].Type, t) && ((!m.Elems[i].Active && m.Elems[i].Count >= count) || Risk()));

    /// <summary>Where in a segment to begin, with so much to spare.</summary>
    private int Offset(int spare) => Risk() ? spare + 1 : spare <= 0 ? 0 : d.OneIn(3) ? spare : d.Below(spare + 1);

    /// <summary>A reference to an object of the type; on a risk null.</summary>
    private void Object(int x) => Value(new RefType(Risk(), HeapType.Idx((uint)x)));

    private bool StructGet(ValType t)
    {
        if (!HasGc) return false;
        int i = -1;
        int x = Find(m.Types.Count, j =>
        {
            if (!m.Types.IsMade(j) || m.Types[j].Comp is not StructType s) return false;
            i = Find(s.Fields.Length, k => m.Types.Match(s.Fields[k].Storage.Unpacked, t));
            return i >= 0;
        });
        if (x < 0) return false;
        var field = ((StructType)m.Types[x].Comp).Fields[i];
        if (m.Types[x].Describes is { Index: var described } && m.Types.IsMade((int)described) && d.OneIn(2)) DescriptorOf((int)described);
        else Object(x);
        Do(!field.Storage.IsPacked ? Op.StructGet : d.OneIn(2) ? Op.StructGetS : Op.StructGetU, x, i);
        return true;
    }

    private bool StructSet()
    {
        if (!HasGc) return false;
        int i = -1;
        int x = Find(m.Types.Count, j =>
        {
            if (!m.Types.IsMade(j) || m.Types[j].Comp is not StructType s) return false;
            i = Find(s.Fields.Length, k => s.Fields[k].Mutable);
            return i >= 0;
        });
        if (x < 0) return false;
        Object(x);
        Value(((StructType)m.Types[x].Comp).Fields[i].Storage.Unpacked);
        Do(Op.StructSet, x, i);
        return true;
    }

    private int FindArray(Func<FieldType, bool> fits) =>
        Find(m.Types.Count, i => m.Types.IsMade(i) && m.Types[i].Comp is ArrayType a && fits(a.Field));

    /// <summary>An index within every array.</summary>
    private void ElementIndex()
    {
        if (Risk())
        {
            if (d.OneIn(2)) Value(ValType.I32);
            else I32(d.Of<int>([-1, int.MinValue, Shortest, 8]));
            return;
        }
        if (d.OneIn(2))
        {
            I32(d.Below(Shortest));
            return;
        }
        Value(ValType.I32);
        I32(Shortest - 1);
        Do(Op.I32And);
    }

    private bool ArrayGet(ValType t)
    {
        if (!HasGc) return false;
        int x = FindArray(field => m.Types.Match(field.Storage.Unpacked, t));
        if (x < 0) return false;
        Object(x);
        ElementIndex();
        Do(!((ArrayType)m.Types[x].Comp).Field.Storage.IsPacked ? Op.ArrayGet : d.OneIn(2) ? Op.ArrayGetS : Op.ArrayGetU, x);
        return true;
    }

    private bool ArraySet()
    {
        if (!HasGc) return false;
        int x = FindArray(field => field.Mutable);
        if (x < 0) return false;
        Object(x);
        ElementIndex();
        Value(((ArrayType)m.Types[x].Comp).Field.Storage.Unpacked);
        Do(Op.ArraySet, x);
        return true;
    }

    /// <summary>array.fill, array.copy (also within one array), array.init_data, array.init_elem.</summary>
    private bool ArrayBulk()
    {
        if (!HasGc) return false;
        int x = FindArray(field => field.Mutable);
        if (x < 0) return false;
        var storage = ((ArrayType)m.Types[x].Comp).Field.Storage;
        int width = WidthOf(storage);
        var (at, count) = Few();
        switch (d.Below(4))
        {
            case 0:
                Object(x);
                I32(at);
                Value(storage.Unpacked);
                I32(count);
                Do(Op.ArrayFill, x);
                return true;
            case 1 when width > 0 && FindData(count * width) is >= 0 and var y:
                Object(x);
                I32(at);
                I32(Offset(m.Datas[y].Length - count * width));
                I32(count);
                Do(Op.ArrayInitData, x, y);
                return true;
            case 2 when storage.Val.IsRef && FindElem(storage.Val.Ref, count) is >= 0 and var y:
                Object(x);
                I32(at);
                I32(Offset(m.Elems[y].Count - count));
                I32(count);
                Do(Op.ArrayInitElem, x, y);
                return true;
            default:
                return Copy(x, storage, at, count);
        }
    }

    private bool Copy(int x, StorageType storage, int at, int count)
    {
        int y = x;
        if (d.OneIn(3))
            y = Find(m.Types.Count, i => m.Types.IsMade(i) && m.Types[i].Comp is ArrayType { Field.Storage: var from }
                && from.Pack == storage.Pack && (from.IsPacked || m.Types.Match(from.Val, storage.Val)));
        int from = count == Shortest ? 0 : d.Below(Shortest - Math.Min(count, Shortest) + 1);
        Object(x);
        if (y == x && !_bottom)
        {
            // Within one array the two ranges may overlap, either way.
            int array = Scratch(new RefType(true, HeapType.Idx((uint)x)));
            Tee(array);
            I32(at);
            Get(array);
        }
        else
        {
            I32(at);
            Object(y);
        }
        I32(from);
        I32(count);
        Do(Op.ArrayCopy, x, y);
        return true;
    }

    /// <summary>A range of elements within every array; on a risk not.</summary>
    private (int At, int Count) Few()
    {
        if (Risk()) return d.Of<(int, int)>([(Shortest, 0), (9, 0), (8, 1), (0, 20), (-1, 1), (1, -1)]);
        int at = d.Below(Shortest + 1);
        return (at, d.Below(Shortest - at + 1));
    }

    // Descriptors

    /// <summary>ref.get_desc: a descriptor as an object that it describes has it.</summary>
    private void DescriptorOf(int described)
    {
        Object(described);
        Emit(new Idx(Op.RefGetDesc, (uint)described));
    }

    /// <summary>A value by a cast that compares descriptors.</summary>
    private bool CastByDescriptor(RefType t)
    {
        int x = (int)t.Heap.Index;
        if (!m.Types.IsMade(x) || _bottom) return false;
        uint y = m.Types[x].Descriptor!.Value.Index;
        var plain = new RefType(t.Nullable, HeapType.Idx((uint)x, exact: t.Heap.Exact));
        var exact = new RefType(true, HeapType.Idx(y, exact: true));
        var above = new RefType(true, HeapType.Any);

        // The descriptor is kept, and an object made with it, or any other.
        int kept = Scratch(exact);
        New(exact with { Nullable = false });
        Set(kept);
        void Operand()
        {
            var outside = Open(Op.Block, [], [above]);
            if (d.OneIn(2))
            {
                foreach (var field in ((StructType)m.Types[x].Comp).Fields) Leaf(field.Storage.Unpacked, NaNs.None);
                Get(kept);
                Do(Op.StructNewDesc, x);
            }
            else
            {
                Value(above);
            }
            Close(outside);
        }

        switch (d.Below(3))
        {
            case 0:
                {
                    var outside = Open(Op.Block, [], [above]);
                    foreach (var field in ((StructType)m.Types[x].Comp).Fields) Leaf(field.Storage.Unpacked, NaNs.None);
                    Get(kept);
                    Do(Op.StructNewDesc, x);
                    Close(outside);
                    Get(kept);
                    Emit(new Cast(plain.Nullable ? Op.RefCastDescEqNull : Op.RefCastDescEq, plain));
                    return true;
                }
            case 1:
                {
                    var outside = Open(Op.Block, [], [plain]);
                    Operand();
                    Get(kept);
                    Emit(new BrOnCast(Op.BrOnCastDescEq, 0, above, plain));
                    Do(Op.Drop);
                    Value(plain);
                    Close(outside);
                    return true;
                }
            default:
                {
                    var found = Open(Op.Block, [], [plain]);
                    var failed = Open(Op.Block, [], [Diff(above, plain)]);
                    Operand();
                    Get(kept);
                    Emit(new BrOnCast(Op.BrOnCastDescEqFail, 0, above, plain));
                    Do(Op.Br, 1);
                    Die();
                    Close(failed);
                    AsAny(Diff(above, plain), plain);
                    Close(found);
                    return true;
                }
        }
    }
}
