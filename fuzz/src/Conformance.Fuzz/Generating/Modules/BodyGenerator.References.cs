using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>References: made, tested, cast, converted; null and not.</summary>
internal sealed partial class BodyGenerator
{
    private const int MostObjects = 3;

    /// <summary>
    /// How many objects are being made of one another. When there are enough, a reference is null, an i31, or an object of exactly the type asked
    /// for: its own fields then are of earlier groups, or may be null.
    /// </summary>
    private int _objects;

    private bool HasGc => m.Has(Features.Gc);

    /// <summary>Pushes a new reference of a type. Where there can be none, that is null, which traps where it must not be.</summary>
    private void New(RefType t)
    {
        if (t.Nullable && (d.Below(4) == 0 || _objects >= MostObjects))
        {
            Null(t.Heap);
            return;
        }
        _objects++;
        bool done = New(t.Heap);
        _objects--;
        if (done) return;
        Null(t.Heap);
        if (!t.Nullable) Emit(Plains[(int)Op.RefAsNonNull]);
    }

    private void Null(HeapType heap)
    {
        bool bottom = HasGc && (heap.Exact || d.OneIn(3));
        Emit(new RefNull(Op.RefNull, bottom ? m.Types.BottomOf(heap) : heap));
    }

    /// <summary>Whether there are references of a type that are not null.</summary>
    private bool CanMake(HeapType heap)
    {
        switch (heap.Kind)
        {
            case HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Extern: return HasGc;
            case HeapKind.Struct or HeapKind.Array:
                for (int x = 0; x < m.Types.Count; x++)
                    if (m.Types.IsMade(x) && m.Types.AbstractOf(x) == heap) return true;
                return false;
            case HeapKind.Func: return true;
            case HeapKind.Exn: return m.Tags.Any(t => t.Sig.Results.IsEmpty && t.Sig.Params.All(p => !p.IsRef));
            case HeapKind.TypeIdx when m.Types[(int)heap.Index].Comp is FuncType:
                return m.Funcs.Any(f => IsReferable(f) && m.Types.IsSub(f.Type, (int)heap.Index));
            case HeapKind.TypeIdx: return m.Types.IsMade((int)heap.Index);
            case HeapKind.Bot or HeapKind.None or HeapKind.NoFunc or HeapKind.NoExn or HeapKind.NoExtern or HeapKind.Cont or HeapKind.NoCont
                or HeapKind.RecIdx or HeapKind.Def or _:
                return false;
        }
    }

    private bool New(HeapType heap)
    {
        switch (heap.Kind)
        {
            case HeapKind.Any or HeapKind.Eq when HasGc:
                switch (_objects > MostObjects ? 0 : d.Below(4))
                {
                    case 1 when NewObject(HeapType.Struct): return true;
                    case 2 when NewObject(HeapType.Array): return true;
                    case 3 when heap.Kind == HeapKind.Any && _depth < MaxDepth:
                        return Convert(new RefType(false, HeapType.Any));
                    default: return NewI31();
                }
            case HeapKind.I31 when HasGc: return NewI31();
            case HeapKind.Struct or HeapKind.Array when HasGc: return NewObject(heap);
            case HeapKind.Extern when HasGc: return Convert(new RefType(false, HeapType.Extern));
            case HeapKind.Func: return NewFunc(-1);
            case HeapKind.Exn: return NewExn();
            case HeapKind.TypeIdx:
                {
                    int x = (int)heap.Index;
                    return m.Types[x].Comp switch
                    {
                        FuncType => NewFunc(x),
                        ContType => NewCont(x),
                        _ when heap.Exact || (_objects > MostObjects && m.Types.IsMade(x)) => m.Types.IsMade(x) && Allocate(x),
                        _ => NewObject(heap),
                    };
                }
            case HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.Extern or HeapKind.Bot
                or HeapKind.None or HeapKind.NoFunc or HeapKind.NoExn or HeapKind.NoExtern or HeapKind.Cont or HeapKind.NoCont
                or HeapKind.RecIdx or HeapKind.Def or _:
                return false;
        }
    }

    private bool NewI31()
    {
        if (_fuel > 0 && _depth < MaxDepth) Value(ValType.I32);
        else Constant(ValKind.I32);
        Emit(new Plain(Op.RefI31));
        return true;
    }

    /// <summary>ref.func of a leaf; of a type when its index is given.</summary>
    private bool NewFunc(int type)
    {
        int x = Find(m.Funcs.Count, i => IsReferable(m.Funcs[i]) && (type < 0 || m.Types.IsSub(m.Funcs[i].Type, type)));
        if (x < 0) return false;
        Emit(new Idx(Op.RefFunc, (uint)x));
        return true;
    }

    /// <summary>A structure or array of a type that matches.</summary>
    private bool NewObject(HeapType heap)
    {
        int x = Find(m.Types.Count, i => m.Types.IsMade(i) && m.Types.Match(HeapType.Idx((uint)i), heap));
        return x >= 0 && Allocate(x);
    }

    /// <summary>Any type of the hierarchy, to test for or to cast to.</summary>
    private RefType Target(HeapType top)
    {
        bool nullable = d.OneIn(2);
        if (m.Types.Count > 0 && d.Below(3) != 0)
        {
            int x = Find(m.Types.Count, i => m.Types.TopOf(HeapType.Idx((uint)i)) == top);
            if (x >= 0) return new RefType(nullable, HeapType.Idx((uint)x));
        }
        return new RefType(nullable, top.Kind == HeapKind.Any
            ? d.Of<HeapType>([HeapType.I31, HeapType.Eq, HeapType.Struct, HeapType.Array, HeapType.Any, HeapType.None])
            : d.OneIn(2) ? m.Types.BottomOf(top) : top);
    }

    /// <summary>A type of references that values are at hand of, or null.</summary>
    private RefType? AnyReference()
    {
        int x = Find(m.Pool.Length, i => m.Pool[i].IsRef);
        return x < 0 ? null : m.Pool[x].Ref;
    }

    /// <summary>ref.is_null, ref.test.</summary>
    private bool Test()
    {
        if (AnyReference() is not { } t) return false;
        if (!HasGc || d.OneIn(4))
        {
            Value(t);
            Emit(Plains[(int)Op.RefIsNull]);
            return true;
        }
        var top = m.Types.TopOf(t.Heap);
        if (top.Kind == HeapKind.Cont) return false;
        Value(d.OneIn(3) ? new RefType(true, top) : t);
        var target = Target(top);
        Emit(new Cast(target.Nullable ? Op.RefTestNull : Op.RefTest, target));
        return true;
    }

    /// <summary>A type above, which a cast may come from.</summary>
    private RefType Above(RefType t)
    {
        var heap = t.Heap;
        if (heap.Kind == HeapKind.TypeIdx)
        {
            int super = m.Types.SuperOf((int)heap.Index);
            if (super >= 0 && d.OneIn(2)) return new RefType(t.Nullable || d.OneIn(2), HeapType.Idx((uint)super));
            heap = m.Types.AbstractOf((int)heap.Index);
            if (d.OneIn(3)) return new RefType(t.Nullable || d.OneIn(2), heap);
        }
        bool nullable = t.Nullable || d.OneIn(2);
        return heap.Kind is HeapKind.Struct or HeapKind.Array or HeapKind.I31 && d.OneIn(2) ? new RefType(nullable, HeapType.Eq) : new RefType(nullable, m.Types.TopOf(heap));
    }

    private static RefType Diff(RefType rt1, RefType rt2) => rt2.Nullable ? rt1 with { Nullable = false } : rt1;

    /// <summary>A value by way of a cast from a type above.</summary>
    private bool Cast(RefType t)
    {
        if (!HasGc || m.Types.TopOf(t.Heap).Kind == HeapKind.Cont || !(CanMake(t.Heap) || Risk())) return false;
        if (t.Heap.Kind == HeapKind.TypeIdx && m.Types[(int)t.Heap.Index].Descriptor is not null && d.OneIn(2)) return CastByDescriptor(t);
        var from = Above(t);
        switch (d.Below(4))
        {
            case 0:
                {
                    // Known to succeed, but not to validation.
                    var outside = Open(Op.Block, [], [from]);
                    if (Risk()) Value(from);
                    else Value(t);
                    Close(outside);
                    Emit(new Cast(t.Nullable ? Op.RefCastNull : Op.RefCast, t));
                    return true;
                }
            case 1 or 2:
                {
                    // br_on_cast leaves the block with what was wanted.
                    var outside = Open(Op.Block, [], [t]);
                    Value(from);
                    Emit(new BrOnCast(Op.BrOnCast, 0, from, t));
                    if (!m.Has(Features.MultiValue) || d.OneIn(2))
                    {
                        Do(Op.Drop);
                        Value(t);
                    }
                    else
                    {
                        AsAny(Diff(from, t), t);
                    }
                    Close(outside);
                    return true;
                }
            default:
                {
                    var found = Open(Op.Block, [], [t]);
                    var failed = Open(Op.Block, [], [Diff(from, t)]);
                    Value(from);
                    Emit(new BrOnCast(Op.BrOnCastFail, 0, from, t));
                    Do(Op.Br, 1);
                    Die();
                    Close(failed);
                    AsAny(Diff(from, t), t);
                    Close(found);
                    return true;
                }
        }
    }

    /// <summary>Looks at what did not have the type, and gives something that has.</summary>
    private void AsAny(RefType t, RefType wanted)
    {
        if (_times <= 40 && d.OneIn(2))
        {
            Do(Op.RefIsNull);
            Show(ValType.I32);
        }
        else
        {
            Do(Op.Drop);
        }
        Value(wanted);
    }

    /// <summary>Between the hierarchies of the embedder's references and of one's own.</summary>
    private bool Convert(RefType t)
    {
        if (!HasGc || t.Heap.Kind is not (HeapKind.Any or HeapKind.Extern)) return false;
        var from = t.Heap.Kind == HeapKind.Any ? HeapType.Extern : HeapType.Any;
        // At the end of the depth an i31 is converted there and back.
        if (_depth >= MaxDepth || _fuel <= 0)
        {
            NewI31();
            if (from.Kind == HeapKind.Any) Emit(new Plain(Op.ExternConvertAny));
            return true;
        }
        _depth++;
        Value(new RefType(t.Nullable, from));
        _depth--;
        Emit(new Plain(from.Kind == HeapKind.Extern ? Op.AnyConvertExtern : Op.ExternConvertAny));
        return true;
    }

    /// <summary>A value that was null or not.</summary>
    private bool NonNull(RefType t)
    {
        if (!m.Has(Features.FunctionReferences) || t.Heap.Exact || !(CanMake(t.Heap) || Risk())) return false;
        var nullable = t with { Nullable = true };
        var known = t with { Nullable = false };
        switch (d.Below(3))
        {
            case 0 when Risk():
                Value(nullable);
                Do(Op.RefAsNonNull);
                return true;
            case 0:
                {
                    var outside = Open(Op.Block, [], [nullable]);
                    Value(known);
                    Close(outside);
                    Do(Op.RefAsNonNull);
                    return true;
                }
            case 1:
                {
                    // The reference stays on the stack where it is not null.
                    var found = Open(Op.Block, [], [known]);
                    var ps = AnyTypes(1);
                    var isNull = Open(Op.Block, [], ps);
                    Values(ps);
                    Value(nullable);
                    Do(Op.BrOnNull, 0);
                    if (!ps.IsEmpty)
                    {
                        int x = Scratch(nullable);
                        Set(x);
                        Consume(ps);
                        Get(x);
                        Do(Op.RefAsNonNull);
                    }
                    Do(Op.Br, 1);
                    Die();
                    Close(isNull);
                    Consume(ps);
                    Value(known);
                    Close(found);
                    return true;
                }
            default:
                {
                    var found = Open(Op.Block, [], [known]);
                    Value(nullable);
                    Do(Op.BrOnNonNull, 0);
                    Value(known);
                    Close(found);
                    return true;
                }
        }
    }
}
