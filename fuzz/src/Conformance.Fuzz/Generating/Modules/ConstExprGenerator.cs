using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Constant expressions: constants, extended arithmetic, immutable globals, references and new objects.</summary>
internal sealed class ConstExprGenerator(ModulePlan m, Decisions d)
{
    private const int MaxDepth = 2;

    private readonly List<Instr> _code = [];

    /// <summary>Whether only imported globals are defined yet.</summary>
    public bool ImportsOnly { get; set; }

    /// <summary>An expression of a type, or null where there is none.</summary>
    public Expr? Of(ValType t)
    {
        _code.Clear();
        if (!Value(t, 0)) return null;
        _code.Add(new Plain(Op.End));
        return new Expr([.. _code]);
    }

    /// <summary>An address or size, sometimes as a sum.</summary>
    public Expr Address(bool is64, ulong value)
    {
        _code.Clear();
        Instr Number(ulong n) => is64 ? new Const(Op.I64Const, n) : new Const(Op.I32Const, (uint)n);
        if (m.Has(Features.ExtendedConst) && d.OneIn(4))
        {
            ulong part = d.Next();
            _code.Add(Number(part));
            _code.Add(Number(value - part));
            _code.Add(new Plain(is64 ? Op.I64Add : Op.I32Add));
        }
        else
        {
            _code.Add(Number(value));
        }
        _code.Add(new Plain(Op.End));
        return new Expr([.. _code]);
    }

    private bool Value(ValType t, int depth)
    {
        if (d.OneIn(3) && GlobalGet(t)) return true;
        if (t.IsRef) return Reference(t.Ref, depth);
        if (t.Kind is ValKind.I32 or ValKind.I64 && depth < 3 && m.Has(Features.ExtendedConst) && d.OneIn(4))
        {
            Value(t, depth + 1);
            Value(t, depth + 1);
            _code.Add(new Plain(t.Kind == ValKind.I32 ? d.Of<Op>([Op.I32Add, Op.I32Sub, Op.I32Mul]) : d.Of<Op>([Op.I64Add, Op.I64Sub, Op.I64Mul])));
            return true;
        }
        _code.Add(m.Constant(t.Kind, d));
        return true;
    }

    private bool GlobalGet(ValType t)
    {
        int start = d.Below(m.Globals.Count);
        for (int i = 0; i < m.Globals.Count; i++)
        {
            int x = (start + i) % m.Globals.Count;
            var global = m.Globals[x];
            if (global.Type.Mutable || global.Hidden || !(global.Imported || (m.Has(Features.Gc) && !ImportsOnly)) || !m.Types.Match(global.Type.Val, t)) continue;
            _code.Add(new Idx(Op.GlobalGet, (uint)x));
            return true;
        }
        return false;
    }

    private bool Reference(RefType t, int depth)
    {
        if (t.Nullable && (d.Below(3) == 0 || depth > MaxDepth)) return Null(t.Heap);
        int start = _code.Count;
        if (New(t.Heap, depth)) return true;
        _code.RemoveRange(start, _code.Count - start);
        return t.Nullable && Null(t.Heap);
    }

    private bool Null(HeapType heap)
    {
        _code.Add(new RefNull(Op.RefNull, heap.Exact ? HeapType.None : heap));
        return true;
    }

    private bool New(HeapType heap, int depth)
    {
        bool gc = m.Has(Features.Gc);
        if (heap.Kind is HeapKind.Func || (heap.Kind == HeapKind.TypeIdx && m.Types[(int)heap.Index].Comp is FuncType)) return NewFunc(heap);
        if (!gc) return false;
        switch (heap.Kind)
        {
            case HeapKind.I31: return NewI31();
            case HeapKind.Any or HeapKind.Eq: return (depth <= MaxDepth && d.OneIn(2) && NewObject(heap, depth)) || NewI31();
            case HeapKind.Struct or HeapKind.Array: return NewObject(heap, depth);
            case HeapKind.Extern:
                NewI31();
                _code.Add(new Plain(Op.ExternConvertAny));
                return true;
            // Deep down exactly the type asked for, whose fields lead to an end.
            case HeapKind.TypeIdx when heap.Exact || (depth > MaxDepth && m.Types.IsMade((int)heap.Index)): return m.Types.IsMade((int)heap.Index) && Allocate((int)heap.Index, depth);
            case HeapKind.TypeIdx when m.Types[(int)heap.Index].Comp is not ContType: return NewObject(heap, depth);
            case HeapKind.TypeIdx or HeapKind.Bot or HeapKind.None or HeapKind.Func or HeapKind.NoFunc or HeapKind.Exn or HeapKind.NoExn
                or HeapKind.NoExtern or HeapKind.Cont or HeapKind.NoCont or HeapKind.RecIdx or HeapKind.Def or _:
                return false;
        }
    }

    private bool NewI31()
    {
        _code.Add(m.Constant(ValKind.I32, d));
        _code.Add(new Plain(Op.RefI31));
        return true;
    }

    private bool NewFunc(HeapType heap)
    {
        int start = d.Below(m.Funcs.Count);
        for (int i = 0; i < m.Funcs.Count; i++)
        {
            var func = m.Funcs[(start + i) % m.Funcs.Count];
            if (func is not { Kind: FuncKind.Leaf, Hidden: false, Recursive: false } || !m.Types.Match(HeapType.Idx((uint)func.Type), heap)) continue;
            m.Name(func.Index);
            _code.Add(new Idx(Op.RefFunc, (uint)func.Index));
            return true;
        }
        return false;
    }

    private bool NewObject(HeapType heap, int depth)
    {
        if (m.Types.Count == 0) return false;
        int start = d.Below(m.Types.Count);
        for (int i = 0; i < m.Types.Count; i++)
        {
            int x = (start + i) % m.Types.Count;
            if (!m.Types.IsMade(x) || !m.Types.Match(HeapType.Idx((uint)x), heap)) continue;
            int before = _code.Count;
            if (Allocate(x, depth)) return true;
            _code.RemoveRange(before, _code.Count - before);
        }
        return false;
    }

    private bool Allocate(int x, int depth)
    {
        var type = m.Types[x];
        if (type.Comp is StructType s)
        {
            foreach (var field in s.Fields)
                if (!Value(field.Storage.Unpacked, depth + 1)) return false;
            if (type.Descriptor is { } descriptor)
            {
                if (!New(HeapType.Idx(descriptor.Index, exact: true), depth + 1)) return false;
                _code.Add(new Idx(Op.StructNewDesc, (uint)x));
                return true;
            }
            _code.Add(new Idx(Op.StructNew, (uint)x));
            return true;
        }
        var array = (ArrayType)type.Comp;
        int length = 4 + d.Below(3);
        if (d.OneIn(2))
        {
            if (!Value(array.Field.Storage.Unpacked, depth + 1)) return false;
            _code.Add(new Const(Op.I32Const, (uint)length));
            _code.Add(new Idx(Op.ArrayNew, (uint)x));
            return true;
        }
        for (int i = 0; i < length; i++)
            if (!Value(array.Field.Storage.Unpacked, depth + 3)) return false;
        _code.Add(new Idx2(Op.ArrayNewFixed, (uint)x, (uint)length));
        return true;
    }
}
