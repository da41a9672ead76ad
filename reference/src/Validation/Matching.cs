using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>
/// Matching, that is subtyping (3.3): whether the first type may stand where the second is expected. All types are closed. Matching defined
/// types is not structural: supertypes are declared and were checked when the type was defined, so nothing here recurses.
/// </summary>
public static class Matching
{
    // Numtype_sub, Vectype_sub, Reftype_sub, Valtype_sub/bot
    public static bool Match(ValType t1, ValType t2) =>
        t1.Kind == ValKind.Ref ? t2.Kind == ValKind.Ref && (t1 == t2 || Match(t1.Ref, t2.Ref))
        : t1.Kind == t2.Kind || t1.Kind == ValKind.Bot;

    // Resulttype_sub
    public static bool Match(ImmutableArray<ValType> ts1, ImmutableArray<ValType> ts2)
    {
        if (ts1 == ts2) return true;
        if (ts1.Length != ts2.Length) return false;
        for (int i = 0; i < ts1.Length; i++)
            if (!Match(ts1[i], ts2[i])) return false;
        return true;
    }

    // Reftype_sub
    public static bool Match(RefType rt1, RefType rt2) => (!rt1.Nullable || rt2.Nullable) && Match(rt1.Heap, rt2.Heap);

    // Heaptype_sub
    public static bool Match(HeapType ht1, HeapType ht2)
    {
        switch (ht1.Kind)
        {
            case HeapKind.Bot: return true;
            case HeapKind.Eq: return ht2.Kind is HeapKind.Eq or HeapKind.Any;
            case HeapKind.I31 or HeapKind.Struct or HeapKind.Array: return ht2.Kind == ht1.Kind || ht2.Kind is HeapKind.Eq or HeapKind.Any;
            case HeapKind.None: return Top(ht2).Kind == HeapKind.Any;
            case HeapKind.NoFunc: return Top(ht2).Kind == HeapKind.Func;
            case HeapKind.NoExn: return Top(ht2).Kind == HeapKind.Exn;
            case HeapKind.NoExtern: return Top(ht2).Kind == HeapKind.Extern;
            case HeapKind.NoCont: return Top(ht2).Kind == HeapKind.Cont;
            case HeapKind.Any or HeapKind.Func or HeapKind.Exn or HeapKind.Extern or HeapKind.Cont: return ht2.Kind == ht1.Kind;
            case HeapKind.Def when ht2.Kind == HeapKind.Def:
                return ht2.Exact ? ht1.Exact && ReferenceEquals(ht1.Def, ht2.Def) : ht1.Def!.IsSubTypeOf(ht2.Def!);
            case HeapKind.Def: return Match(Abstract(ht1.Def!), ht2);
            case HeapKind.TypeIdx or HeapKind.RecIdx or _: throw new UnreachableException($"heap type {ht1} is not closed");
        }
    }

    /// <summary>The abstract heap type right above a defined type.</summary>
    public static HeapType Abstract(DefType type) => type.Expand switch
    {
        FuncType => HeapType.Func,
        StructType => HeapType.Struct,
        ArrayType => HeapType.Array,
        ContType => HeapType.Cont,
        var other => throw new UnreachableException($"composite type {other}"),
    };

    /// <summary>The top of a heap type's hierarchy; bot is its own.</summary>
    public static HeapType Top(HeapType type) => type.Kind switch
    {
        HeapKind.Bot => HeapType.Bot,
        HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None => HeapType.Any,
        HeapKind.Func or HeapKind.NoFunc => HeapType.Func,
        HeapKind.Exn or HeapKind.NoExn => HeapType.Exn,
        HeapKind.Extern or HeapKind.NoExtern => HeapType.Extern,
        HeapKind.Cont or HeapKind.NoCont => HeapType.Cont,
        HeapKind.Def => type.Def!.Expand switch { FuncType => HeapType.Func, ContType => HeapType.Cont, _ => HeapType.Any },
        HeapKind.TypeIdx or HeapKind.RecIdx or _ => throw new UnreachableException($"heap type {type} is not closed"),
    };

    /// <summary>The bottom of a heap type's hierarchy.</summary>
    public static HeapType Bottom(HeapType type) => Top(type).Kind switch
    {
        HeapKind.Any => HeapType.None,
        HeapKind.Func => HeapType.NoFunc,
        HeapKind.Exn => HeapType.NoExn,
        HeapKind.Extern => HeapType.NoExtern,
        HeapKind.Cont => HeapType.NoCont,
        HeapKind.Bot or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None or HeapKind.NoFunc or HeapKind.NoExn
            or HeapKind.NoExtern or HeapKind.NoCont or HeapKind.TypeIdx or HeapKind.RecIdx or HeapKind.Def or _ => HeapType.Bot,
    };

    /// <summary><c>rt1 \ rt2</c>: what remains of a type when a cast to the other failed.</summary>
    public static RefType Diff(RefType rt1, RefType rt2) => rt2.Nullable ? new(false, rt1.Heap) : rt1;

    /// <summary>Whether a value type has a default value (3.2.16).</summary>
    public static bool Defaultable(ValType type) => type.Kind switch
    {
        ValKind.Ref => type.Ref.Nullable,
        ValKind.I32 or ValKind.I64 or ValKind.F32 or ValKind.F64 or ValKind.V128 => true,
        ValKind.Bot or _ => false,
    };

    // Storagetype_sub, Packtype_sub
    public static bool Match(StorageType st1, StorageType st2) => st1.Pack == st2.Pack && (st1.IsPacked || Match(st1.Val, st2.Val));

    // Fieldtype_sub
    public static bool Match(FieldType ft1, FieldType ft2) =>
        ft1.Mutable == ft2.Mutable && Match(ft1.Storage, ft2.Storage) && (!ft1.Mutable || Match(ft2.Storage, ft1.Storage));

    // Comptype_sub
    public static bool Match(CompType ct1, CompType ct2)
    {
        switch (ct1, ct2)
        {
            // Comptype_sub/struct: width and depth
            case (StructType { Fields: var fts1 }, StructType { Fields: var fts2 }):
                if (fts1.Length < fts2.Length) return false;
                for (int i = 0; i < fts2.Length; i++)
                    if (!Match(fts1[i], fts2[i])) return false;
                return true;
            // Comptype_sub/array
            case (ArrayType { Field: var ft1 }, ArrayType { Field: var ft2 }):
                return Match(ft1, ft2);
            // Comptype_sub/func: contravariant in the parameters
            case (FuncType f1, FuncType f2):
                return Match(f2.Params, f1.Params) && Match(f1.Results, f2.Results);
            // Comptype_sub/cont
            case (ContType { Func: var ht1 }, ContType { Func: var ht2 }):
                return Match(ht1, ht2);
            default:
                return false;
        }
    }

    // Deftype_sub
    public static bool Match(DefType dt1, DefType dt2) => dt1.IsSubTypeOf(dt2);

    // Limits_sub
    public static bool Match(Limits lim1, Limits lim2) => lim1.Min >= lim2.Min && (lim2.Max is null || lim1.Max <= lim2.Max);

    // Memtype_sub; sharing (threads) and page size (custom page sizes) are invariant
    public static bool Match(MemType mt1, MemType mt2) =>
        mt1.Addr == mt2.Addr && mt1.Shared == mt2.Shared && mt1.PageSizeLog2 == mt2.PageSizeLog2 && Match(mt1.Limits, mt2.Limits);

    // Tabletype_sub
    public static bool Match(TableType tt1, TableType tt2) =>
        tt1.Addr == tt2.Addr && Match(tt1.Limits, tt2.Limits) && Match(tt1.Elem, tt2.Elem) && Match(tt2.Elem, tt1.Elem);

    // Globaltype_sub
    public static bool Match(GlobalType gt1, GlobalType gt2) =>
        gt1.Mutable == gt2.Mutable && Match(gt1.Val, gt2.Val) && (!gt1.Mutable || Match(gt2.Val, gt1.Val));

    // Externtype_sub
    public static bool Match(ExternType xt1, ExternType xt2) => (xt1, xt2) switch
    {
        (ExternType.Func f1, ExternType.Func f2) => Match(f1.Type with { Exact = f1.Exact }, f2.Type with { Exact = f2.Exact }),
        (ExternType.Table { Type: var tt1 }, ExternType.Table { Type: var tt2 }) => Match(tt1, tt2),
        (ExternType.Mem { Type: var mt1 }, ExternType.Mem { Type: var mt2 }) => Match(mt1, mt2),
        (ExternType.Global { Type: var gt1 }, ExternType.Global { Type: var gt2 }) => Match(gt1, gt2),
        // Tagtype_sub: both ways, so the same
        (ExternType.Tag { Type: var tt1 }, ExternType.Tag { Type: var tt2 }) => ReferenceEquals(tt1.Def, tt2.Def),
        _ => false,
    };
}
