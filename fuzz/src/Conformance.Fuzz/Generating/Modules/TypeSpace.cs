using System.Collections.Immutable;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>
/// The types of a module as they are being made. References name types by their index here; matching goes by what is declared, which is what
/// validation says too, but that types of equal groups are taken for different.
/// </summary>
internal sealed class TypeSpace
{
    private readonly List<RecType> _groups = [];
    private readonly List<SubType> _types = [];
    private readonly List<bool> _made = [];
    private readonly Dictionary<FuncType, int> _funcs = [];
    private readonly Dictionary<int, int> _conts = [];

    public int Count => _types.Count;

    public SubType this[int x] => _types[x];

    public ImmutableArray<RecType> Groups => [.. _groups];

    /// <summary>A copy that can grow on its own.</summary>
    public TypeSpace Clone()
    {
        var copy = new TypeSpace();
        copy._groups.AddRange(_groups);
        copy._types.AddRange(_types);
        copy._made.AddRange(_made);
        foreach (var (type, x) in _funcs) copy._funcs.Add(type, x);
        foreach (var (type, x) in _conts) copy._conts.Add(type, x);
        return copy;
    }

    /// <summary>Adds a group; the flags say of which types a value can be made.</summary>
    public int Add(ImmutableArray<SubType> group, ReadOnlySpan<bool> made)
    {
        int start = _types.Count;
        _groups.Add(new RecType(group));
        foreach (var type in group) _types.Add(type);
        foreach (bool flag in made) _made.Add(flag);
        // A plain function type is used wherever it fits.
        if (group is [{ Final: true, Supers.IsEmpty: true, Comp: FuncType func }]) _funcs.TryAdd(func, start);
        return start;
    }

    /// <summary>The index of a plain function type, which is added when it is new.</summary>
    public int Func(FuncType type) => _funcs.TryGetValue(type, out int x) ? x : Add([new SubType(type)], [false]);

    public int Func(ImmutableArray<ValType> ps, ImmutableArray<ValType> ts) => Func(new FuncType(ps, ts));

    /// <summary>The index of the type of continuations of a function type, which is added when it is new.</summary>
    public int Cont(int func)
    {
        if (!_conts.TryGetValue(func, out int x))
            _conts.Add(func, x = Add([new SubType(new ContType(HeapType.Idx((uint)func)))], [false]));
        return x;
    }

    /// <summary>Whether structures or arrays of the type can be made.</summary>
    public bool IsMade(int x) => _made[x];

    public FuncType FuncOf(int x) => (FuncType)_types[x].Comp;

    public int SuperOf(int x) => _types[x].Supers is [var super] ? (int)super.Index : -1;

    public bool IsSub(int x, int y)
    {
        while (x != y && x >= 0) x = SuperOf(x);
        return x == y;
    }

    public bool Match(ValType t1, ValType t2) => t1.Kind == t2.Kind && (t1.Kind != ValKind.Ref || Match(t1.Ref, t2.Ref));

    public bool Match(RefType t1, RefType t2) => (!t1.Nullable || t2.Nullable) && Match(t1.Heap, t2.Heap);

    public bool Match(HeapType t1, HeapType t2)
    {
        if (t1 == t2) return true;
        bool defined1 = t1.Kind == HeapKind.TypeIdx, defined2 = t2.Kind == HeapKind.TypeIdx;
        if (defined1 && defined2) return t2.Exact ? t1.Exact && t1.Index == t2.Index : IsSub((int)t1.Index, (int)t2.Index);
        if (defined1) return Matching.Match(AbstractOf((int)t1.Index), t2);
        if (defined2) return Matching.Bottom(t1).Kind == t1.Kind && Matching.Top(AbstractOf((int)t2.Index)) == Matching.Top(t1);
        return Matching.Match(t1, t2);
    }

    public bool Match(ImmutableArray<ValType> ts1, ImmutableArray<ValType> ts2)
    {
        if (ts1.Length != ts2.Length) return false;
        for (int i = 0; i < ts1.Length; i++)
            if (!Match(ts1[i], ts2[i])) return false;
        return true;
    }

    public HeapType AbstractOf(int x) => _types[x].Comp switch
    {
        FuncType => HeapType.Func,
        StructType => HeapType.Struct,
        ArrayType => HeapType.Array,
        _ => HeapType.Cont,
    };

    public HeapType TopOf(HeapType type) => Matching.Top(type.Kind == HeapKind.TypeIdx ? AbstractOf((int)type.Index) : type);

    public HeapType BottomOf(HeapType type) => Matching.Bottom(type.Kind == HeapKind.TypeIdx ? AbstractOf((int)type.Index) : type);
}
