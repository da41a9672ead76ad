using System.Diagnostics;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Runtimes.Wasmtime;

internal sealed partial class WasmtimeStore
{
    /// <summary>An instance with the two conversions between external and internal references, which the C API lacks.</summary>
    private WasmtimeInstance? _conversions;

    /// <summary>A script's value as one of Wasmtime, which must be released; or why that cannot be.</summary>
    private Outcome? ToVal(Value value, out Val val)
    {
        val = default;
        switch (value.Kind)
        {
            case ValKind.I32: val = Val.I32((uint)value.Lo); return null;
            case ValKind.I64: val = Val.I64(value.Lo); return null;
            case ValKind.F32: val = Val.F32((uint)value.Lo); return null;
            case ValKind.F64: val = Val.F64(value.Lo); return null;
            case ValKind.V128: val = Val.V128(value.Lo, value.Hi); return null;
            case ValKind.Ref: break;
            case ValKind.Bot or _: throw new UnreachableException($"a script cannot write {value}");
        }
        switch (value.Ref)
        {
            case RefKind.Null:
                if (NullKind(value.NullType ?? HeapType.Any) is not { } kind) return new Outcome.Unsupported($"Wasmtime's C API has no values of type {value.NullType}");
                val = Val.Null(kind);
                return null;
            case RefKind.Extern:
                val = _store.NewExtern(value.Number!.Value);
                return null;
            case RefKind.I31:
                val = _store.NewI31(value.Number!.Value);
                return null;
            case RefKind.Host:
                var external = _store.NewExtern(value.Number!.Value);
                try
                {
                    val = Convert("in", external);
                    return null;
                }
                finally
                {
                    NativeStore.Release(ref external);
                }
            case RefKind.Struct or RefKind.Array or RefKind.Func or RefKind.Exn or RefKind.Cont or RefKind.Other or _:
                return new Outcome.AdapterLimit($"{value} cannot be passed from outside");
        }
    }

    /// <summary>The kind that null has in the hierarchy of a heap type; null for continuations.</summary>
    private static NativeValKind? NullKind(HeapType type)
    {
        var top = Matching.Top(type).Kind;
        return top == HeapKind.Func ? NativeValKind.FuncRef
            : top == HeapKind.Extern ? NativeValKind.ExternRef
            : top == HeapKind.Exn ? NativeValKind.ExnRef
            : top == HeapKind.Any ? NativeValKind.AnyRef
            : null;
    }

    /// <summary>A value of Wasmtime's as the harness's. It keeps nothing of it.</summary>
    private Value ToValue(Val val) => val.Kind switch
    {
        NativeValKind.I32 => Value.I32(val.Bits32),
        NativeValKind.I64 => Value.I64(val.Lo),
        NativeValKind.F32 => Value.F32(val.Bits32),
        NativeValKind.F64 => Value.F64(val.Lo),
        NativeValKind.V128 => Value.V128(val.Lo, val.Hi),
        NativeValKind.FuncRef => val.IsNull ? Value.Null(HeapType.Func) : Value.Reference(RefKind.Func),
        NativeValKind.ExternRef => val.IsNull ? Value.Null(HeapType.Extern) : _store.NumberOf(val) is { } number ? Value.Extern(number) : Value.Reference(RefKind.Extern),
        NativeValKind.AnyRef => val.IsNull ? Value.Null(HeapType.Any) : Internal(val),
        NativeValKind.ExnRef => val.IsNull ? Value.Null(HeapType.Exn) : Value.Reference(RefKind.Exn),
        _ => throw new UnreachableException($"value of kind {(byte)val.Kind}"),
    };

    private Value Internal(Val val)
    {
        switch (_store.KindOf(val, out uint i31))
        {
            case AnyKind.I31: return Value.Reference(RefKind.I31, i31);
            case AnyKind.Struct: return Value.Reference(RefKind.Struct);
            case AnyKind.Array: return Value.Reference(RefKind.Array);
            case AnyKind.Host:
                var external = Convert("out", val);
                uint? number = _store.NumberOf(external);
                NativeStore.Release(ref external);
                return Value.Reference(RefKind.Host, number);
            default: throw new UnreachableException("internal reference");
        }
    }

    /// <summary>A conversion between external and internal references. The result must be released.</summary>
    private Val Convert(string direction, Val val)
    {
        if (_conversions is null)
        {
            var module = _runtime.HostModule(_engine, HostModules.EncodeConversions()) ?? throw new UnreachableException("internal references come with garbage collection");
            if (_store.Instantiate(module, [], out var instance) is not Completion.Returned) throw new UnreachableException("it imports nothing");
            _conversions = new WasmtimeInstance.OfModule(_store, instance);
        }
        if (_runtime.Options.Fuel is not null) Refuel();
        Val[] results = [default];
        var completion = _store.Call(_conversions.Func(direction)!.Func, [val], results);
        return completion is Completion.Returned ? results[0] : throw new WasmtimeException($"a reference could not be converted: {completion}");
    }
}
