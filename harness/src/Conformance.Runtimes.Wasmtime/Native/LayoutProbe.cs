using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>
/// Sends values of every kind through the library and back: whether its structs and numbers of kinds are those of <see cref="Val"/> and <see cref="Extern"/>.
/// A difference found here is a refusal; found later it would be a wrong verdict.
/// </summary>
internal static class LayoutProbe
{
    /// <summary>What differs, or null.</summary>
    public static string? FirstDifference()
    {
        using var engine = new NativeEngine(new EngineConfig { Features = Features.Wasm3 | Features.Threads });
        using var module = engine.Compile(BinaryEncoder.Encode(Probe()));
        using var store = new NativeStore(engine);
        try
        {
            if (store.Instantiate(module, [], out var instance) is not Completion.Returned) return "wasmtime_instance_t: a module without imports cannot be instantiated";
            return Externs(store, instance) ?? Values(store, instance) ?? References(store) ?? Exceptions(store);
        }
        catch (WasmtimeException e)
        {
            return e.Message;
        }
    }

    /// <summary>A module that exports one item of each kind; its function returns its arguments in reverse.</summary>
    private static Module Probe()
    {
        ValType[] types = [ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.FuncRef, ValType.ExternRef, ValType.RefNull(HeapType.Any), ValType.RefNull(HeapType.Exn)];
        var body = Enumerable.Range(0, types.Length).Select(i => (Instr)new Idx(Op.LocalGet, (uint)(types.Length - 1 - i))).Append(new Plain(Op.End));
        return new Module
        {
            Types = [new([new(new FuncType([.. types], [.. types.Reverse()]))]), new([new(FuncType.Empty)])],
            Funcs = [new(0, [], new([.. body]))],
            Tables = [new(new(AddrType.I32, new(3), RefType.Func), null)],
            Mems = [new(new(AddrType.I32, new(2))), new(new(AddrType.I32, new(1, 1), Shared: true))],
            Tags = [new(1)],
            Globals = [new(new(false, ValType.I32), new([new Const(Op.I32Const, 0x01020304), new Plain(Op.End)]))],
            Exports =
            [
                new("f", ExternKind.Func, 0), new("g", ExternKind.Global, 0), new("t", ExternKind.Table, 0), new("m", ExternKind.Memory, 0),
                new("s", ExternKind.Memory, 1), new("e", ExternKind.Tag, 0),
            ],
        };
    }

    private static string? Externs(NativeStore store, Instance instance)
    {
        NativeExternKind[] kinds = [NativeExternKind.Func, NativeExternKind.Global, NativeExternKind.Table, NativeExternKind.Memory, NativeExternKind.SharedMemory, NativeExternKind.Tag];
        for (int i = 0; i < kinds.Length; i++)
        {
            if (!store.TryGetExport(instance, i, out string name, out var item) || name != "fgtmse"[i].ToString()) return $"wasmtime_instance_export_nth: export {i}";
            if (item.Kind != kinds[i]) return $"wasmtime_extern_t: kind {(byte)item.Kind} for {kinds[i]}";
            bool same = kinds[i] switch
            {
                NativeExternKind.Func => store.ArityOf(item.Func) == (9, 9),
                NativeExternKind.Global => store.Get(item.Global) is { Kind: NativeValKind.I32, Bits32: 0x01020304 },
                NativeExternKind.Table => store.SizeOf(item.Table) == 3,
                NativeExternKind.Memory => store.SizeOf(item.Memory) == 2,
                NativeExternKind.SharedMemory => item.SharedMemory != 0,
                NativeExternKind.Tag => store.Same(item.Tag, item.Tag),
                _ => false,
            };
            NativeStore.Release(ref item);
            if (!same) return $"the struct of a {kinds[i]}";
        }
        return null;
    }

    private static string? Values(NativeStore store, Instance instance)
    {
        if (!store.TryGetExport(instance, "f", out var f)) return "wasmtime_instance_export_get";
        Val[] sent =
        [
            Val.I32(0xF1E2D3C4), Val.I64(0x0102030405060708), Val.F32(0x7FA00001), Val.F64(0xFFF4000000000001), Val.V128(0x1112131415161718, 0x2122232425262728),
            Val.Of(f.Func), store.NewExtern(77), store.NewI31(0x2AAAAAAA), Val.Null(NativeValKind.ExnRef),
        ];
        var got = new Val[sent.Length];
        try
        {
            if (store.Call(f.Func, sent, got) is not Completion.Returned) return "wasmtime_val_t: a function of all kinds cannot be called";
            Array.Reverse(got);
            for (int i = 0; i < sent.Length; i++)
            {
                if (got[i].Kind != sent[i].Kind) return $"wasmtime_val_t: kind {(byte)got[i].Kind} for {sent[i].Kind}";
                bool same = sent[i].Kind switch
                {
                    NativeValKind.I32 or NativeValKind.F32 => got[i].Bits32 == sent[i].Bits32,
                    NativeValKind.I64 or NativeValKind.F64 => got[i].Lo == sent[i].Lo,
                    NativeValKind.V128 => (got[i].Lo, got[i].Hi) == (sent[i].Lo, sent[i].Hi),
                    NativeValKind.FuncRef => !got[i].IsNull && store.ArityOf(got[i].Func) == (9, 9),
                    NativeValKind.ExternRef => store.NumberOf(got[i]) == 77,
                    NativeValKind.AnyRef => store.KindOf(got[i], out uint i31) == AnyKind.I31 && i31 == 0x2AAAAAAA,
                    NativeValKind.ExnRef => got[i].IsNull,
                    _ => false,
                };
                if (!same) return $"wasmtime_val_t: a value of kind {sent[i].Kind} came back as another";
            }
            return null;
        }
        finally
        {
            NativeStore.Release(sent);
            NativeStore.Release(got);
        }
    }

    private static string? References(NativeStore store)
    {
        var table = store.NewTable(new(AddrType.I32, new(2, 5), RefType.Extern), Val.Null(NativeValKind.ExternRef));
        var memory = store.NewMemory(new(AddrType.I32, new(1, 3)));
        return store.SizeOf(table) != 2 ? "wasmtime_table_t" : store.SizeOf(memory) != 1 ? "wasmtime_memory_t"
            : store.TryGet(table, 1, out var element) && element.IsNull ? null : "wasmtime_table_get";
    }

    private static string? Exceptions(NativeStore store)
    {
        var tag = store.NewTag(new([ValType.I32], []));
        var exception = store.NewException(tag, [Val.I32(5)]);
        var payload = store.PayloadOf(exception);
        bool same = store.Same(store.TagOf(exception), tag) && payload is [{ Kind: NativeValKind.I32, Bits32: 5 }];
        NativeStore.Release(payload);
        NativeStore.Release(ref exception);
        return same ? null : "wasmtime_exnref_t";
    }
}
