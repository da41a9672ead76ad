using System.Diagnostics;
using Conformance.Harness.Runtimes;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Runtimes.Reference;

/// <summary>Values of the harness and of the interpreter.</summary>
internal static class Values
{
    public static Val ToVal(Value value) => value.Kind switch
    {
        ValKind.I32 => Val.I32((uint)value.Lo),
        ValKind.I64 => Val.I64(value.Lo),
        ValKind.F32 => Val.F32((uint)value.Lo),
        ValKind.F64 => Val.F64(value.Lo),
        ValKind.V128 => Val.V128(new V128(value.Lo, value.Hi)),
        ValKind.Ref when value.Ref == RefKind.Null => Val.Null(value.NullType ?? HeapType.Any),
        ValKind.Ref when value.Ref == RefKind.Host => Val.RefHost(value.Number!.Value),
        ValKind.Ref when value.Ref == RefKind.Extern => Val.RefExtern(value.Number!.Value),
        ValKind.Ref or ValKind.Bot or _ => throw new UnreachableException($"a script cannot write {value}"),
    };

    public static Value ToValue(in Val val) => val.Type.Kind switch
    {
        ValKind.I32 => Value.I32((uint)val.Bits.Lo),
        ValKind.I64 => Value.I64(val.Bits.Lo),
        ValKind.F32 => Value.F32((uint)val.Bits.Lo),
        ValKind.F64 => Value.F64(val.Bits.Lo),
        ValKind.V128 => Value.V128(val.Bits),
        ValKind.Ref => Reference(val.Type.Ref.Heap, val.Ref),
        ValKind.Bot or _ => throw new UnreachableException($"value of type {val.Type}"),
    };

    private static Value Reference(HeapType heap, object? reference) => reference switch
    {
        null => Value.Null(heap),
        HostRef { Value: uint n } when heap.Kind == HeapKind.Extern => Value.Extern(n),
        _ when heap.Kind == HeapKind.Extern => Value.Reference(RefKind.Extern),
        HostRef { Value: uint n } => Value.Host(n),
        HostRef => Value.Reference(RefKind.Host),
        I31 i31 => Value.Reference(RefKind.I31, i31.Bits),
        StructInst => Value.Reference(RefKind.Struct),
        ArrayInst => Value.Reference(RefKind.Array),
        FuncInst => Value.Reference(RefKind.Func),
        ExnInst => Value.Reference(RefKind.Exn),
        ContInst => Value.Reference(RefKind.Cont),
        _ => throw new UnreachableException($"reference to {reference.GetType()}"),
    };
}
