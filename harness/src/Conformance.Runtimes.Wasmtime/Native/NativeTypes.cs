using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>A type object of the library, given back on disposal.</summary>
internal readonly unsafe struct NativeType(nint pointer, delegate*<nint, void> delete) : IDisposable
{
    private readonly delegate*<nint, void> _delete = delete;

    public nint Pointer => pointer;

    public void Dispose() => _delete(pointer);
}

/// <summary>
/// Types of the abstract syntax as the library's objects. Only this direction: to ask the library for the kind of some value types ends the process.
/// </summary>
internal static unsafe class NativeTypes
{
    private const byte WasmI32 = 0, WasmI64 = 1, WasmF32 = 2, WasmF64 = 3;

    /// <summary>A value type, which whoever gets it must give back.</summary>
    /// <exception cref="NotSupportedException">A reference to a type of a module, or to a continuation.</exception>
    private static nint Val(NativeEngine engine, ValType type)
    {
        switch (type.Kind)
        {
            case ValKind.I32: return Api.wasm_valtype_new(WasmI32);
            case ValKind.I64: return Api.wasm_valtype_new(WasmI64);
            case ValKind.F32: return Api.wasm_valtype_new(WasmF32);
            case ValKind.F64: return Api.wasm_valtype_new(WasmF64);
            case ValKind.V128: return Api.wasmtime_wasm_valtype_v128();
            case ValKind.Ref:
                var native = new NativeValType { Kind = NativeValType.Reference, Nullable = type.Ref.Nullable, Heap = Heap(type.Ref.Heap) };
                return Api.wasmtime_valtype_to_wasm(engine.Pointer, &native);
            case ValKind.Bot or _: throw new UnreachableException($"value type {type}");
        }
    }

    private static NativeHeapKind Heap(HeapType type) => type.Kind switch
    {
        HeapKind.Any => NativeHeapKind.Any,
        HeapKind.Eq => NativeHeapKind.Eq,
        HeapKind.I31 => NativeHeapKind.I31,
        HeapKind.Struct => NativeHeapKind.Struct,
        HeapKind.Array => NativeHeapKind.Array,
        HeapKind.None => NativeHeapKind.None,
        HeapKind.Func => NativeHeapKind.Func,
        HeapKind.NoFunc => NativeHeapKind.NoFunc,
        HeapKind.Exn => NativeHeapKind.Exn,
        HeapKind.NoExn => NativeHeapKind.NoExn,
        HeapKind.Extern => NativeHeapKind.Extern,
        HeapKind.NoExtern => NativeHeapKind.NoExtern,
        HeapKind.Bot or HeapKind.Cont or HeapKind.NoCont or HeapKind.TypeIdx or HeapKind.RecIdx or HeapKind.Def or _ =>
            throw new NotSupportedException($"the host cannot make items of type (ref {type})"),
    };

    public static NativeType Func(NativeEngine engine, FuncType type)
    {
        // A vector takes its elements over, a function type its vectors.
        var @params = Vector(engine, type.Params);
        var results = Vector(engine, type.Results);
        return new(Api.wasm_functype_new(&@params, &results), &Api.wasm_functype_delete);
    }

    private static Vec<nint> Vector(NativeEngine engine, ImmutableArray<ValType> types)
    {
        nint[] items = new nint[types.Length];
        try
        {
            for (int i = 0; i < items.Length; i++) items[i] = Val(engine, types[i]);
        }
        catch (NotSupportedException)
        {
            foreach (nint item in items)
                if (item != 0) Api.wasm_valtype_delete(item);
            throw;
        }
        Vec<nint> vec;
        fixed (nint* data = items)
            Api.wasm_valtype_vec_new(&vec, (nuint)items.Length, data);
        return vec;
    }

    public static NativeType Global(NativeEngine engine, GlobalType type) =>
        new(Api.wasm_globaltype_new(Val(engine, type.Val), type.Mutable ? (byte)1 : (byte)0), &Api.wasm_globaltype_delete);

    /// <exception cref="NotSupportedException">A table with 64-bit indices: the library has no call for it.</exception>
    public static NativeType Table(NativeEngine engine, TableType type)
    {
        if (type.Addr == AddrType.I64 || type.Limits.Min > uint.MaxValue || type.Limits.Max > uint.MaxValue) throw new NotSupportedException($"the host cannot make a table of type {type}");
        var limits = new NativeLimits { Min = (uint)type.Limits.Min, Max = (uint)(type.Limits.Max ?? uint.MaxValue) };
        return new(Api.wasm_tabletype_new(Val(engine, type.Elem), &limits), &Api.wasm_tabletype_delete);
    }

    /// <exception cref="WasmtimeException">The limits are not those of a memory.</exception>
    public static NativeType Memory(MemType type)
    {
        nint memory = 0;
        Errors.Check(Api.wasmtime_memorytype_new((nuint)type.Limits.Min, type.Limits.Max is not null, (nuint)type.Limits.Max.GetValueOrDefault(),
            type.Addr == AddrType.I64, type.Shared, (byte)type.PageSizeLog2, &memory));
        return new(memory, &Api.wasm_memorytype_delete);
    }

    public static NativeType Tag(NativeEngine engine, FuncType type) =>
        // The tag type takes the function type over.
        new(Api.wasm_tagtype_new(Func(engine, type).Pointer), &Api.wasm_tagtype_delete);
}
