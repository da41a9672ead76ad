using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>The types of references at run time (<c>Ref_ok</c>, 4.2.16), as casts and the boundary need them.</summary>
public static class RefTypes
{
    /// <summary><c>ref_type</c>: the most precise type of a value. Host references are below <c>any</c> or below <c>extern</c>, as they crossed.</summary>
    public static RefType TypeOf(in Val val) => val.Ref is null ? new RefType(true, Bottom(val.Type.Ref.Heap)) : new RefType(false, HeapOf(val));

    private static HeapType HeapOf(in Val val) => val.Type.Ref.Heap.Kind is HeapKind.Extern ? HeapType.Extern : val.Ref switch
    {
        I31 => HeapType.I31,
        StructInst s => HeapType.Of(s.Type, exact: true),
        ArrayInst a => HeapType.Of(a.Type, exact: true),
        FuncInst f => HeapType.Of(f.DefType, exact: true),
        ContInst c => HeapType.Of(c.Type, exact: true),
        ExnInst => HeapType.Exn,
        HostRef => HeapType.Any,
        _ => throw new UnreachableException($"reference to {val.Ref?.GetType()}"),
    };

    /// <summary><c>ref.eq</c>: the same object, the same i31 or the same value of the host.</summary>
    internal static bool Same(object? a, object? b) => ReferenceEquals(a, b) || (a is I31 or HostRef && a.Equals(b));

    /// <summary>The bottom of a closed heap type's hierarchy.</summary>
    public static HeapType Bottom(HeapType heap) => heap.Kind switch
    {
        HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None => HeapType.None,
        HeapKind.Func or HeapKind.NoFunc => HeapType.NoFunc,
        HeapKind.Exn or HeapKind.NoExn => HeapType.NoExn,
        HeapKind.Extern or HeapKind.NoExtern => HeapType.NoExtern,
        HeapKind.Cont or HeapKind.NoCont => HeapType.NoCont,
        HeapKind.Def => heap.Def!.Expand switch
        {
            FuncType => HeapType.NoFunc,
            ContType => HeapType.NoCont,
            _ => HeapType.None,
        },
        HeapKind.Bot or HeapKind.TypeIdx or HeapKind.RecIdx or _ => throw new UnreachableException($"heap type {heap} is not closed"),
    };

    /// <summary>Whether a non-null reference has a closed heap type; what the hierarchy already excludes is not looked at.</summary>
    internal static bool Is(object reference, HeapType heap) => heap.Kind switch
    {
        HeapKind.Any or HeapKind.Func or HeapKind.Exn or HeapKind.Extern or HeapKind.Cont => true,
        HeapKind.Eq => reference is I31 or StructInst or ArrayInst,
        HeapKind.I31 => reference is I31,
        HeapKind.Struct => reference is StructInst,
        HeapKind.Array => reference is ArrayInst,
        HeapKind.None or HeapKind.NoFunc or HeapKind.NoExn or HeapKind.NoExtern or HeapKind.NoCont or HeapKind.Bot => false,
        HeapKind.Def => DefOf(reference) is { } def && (heap.Exact ? ReferenceEquals(def, heap.Def) : def.IsSubTypeOf(heap.Def!)),
        HeapKind.TypeIdx or HeapKind.RecIdx or _ => throw new UnreachableException($"heap type {heap} is not closed"),
    };

    private static DefType? DefOf(object reference) => reference switch
    {
        StructInst s => s.Type,
        ArrayInst a => a.Type,
        FuncInst f => f.DefType,
        ContInst c => c.Type,
        _ => null,
    };

    /// <exception cref="ArgumentException">The value is not of the closed type.</exception>
    internal static void Check(in Val val, ValType type)
    {
        if (!HasType(val, type)) throw new ArgumentException($"{val} is not of type {type}");
    }

    /// <summary>Whether a value has a closed type.</summary>
    internal static bool HasType(in Val val, ValType type)
    {
        if (val.Type.Kind != type.Kind) return false;
        if (!type.IsRef) return true;
        // Null belongs to every nullable type of its hierarchy; a script's null may name any type of it.
        if (!type.Ref.Heap.Equals(val.Type.Ref.Heap) && Bottom(val.Type.Ref.Heap) != Bottom(type.Ref.Heap)) return false;
        return val.Ref is null ? type.Ref.Nullable : Is(val.Ref, type.Ref.Heap);
    }
}
