using System.Runtime.InteropServices;
using System.Text.Json;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Syntax;
using Func = Conformance.Runtimes.Wasmtime.Native.Func;
using Global = Conformance.Runtimes.Wasmtime.Native.Global;
using Memory = Conformance.Runtimes.Wasmtime.Native.Memory;
using Table = Conformance.Runtimes.Wasmtime.Native.Table;
using Tag = Conformance.Runtimes.Wasmtime.Native.Tag;

namespace Conformance.Harness.Tests.Wasmtime;

/// <summary>The layer over the C API, through its own classes.</summary>
public sealed class NativeLayerTests
{
    private static readonly Lazy<NativeEngine> SharedEngine = new(() => new(new EngineConfig { Features = Features.Wasm3 | Features.Threads }));

    private static NativeEngine Engine => SharedEngine.Value;

    private static Instance Instantiate(NativeStore store, string wat, params Extern[] imports)
    {
        using var module = store.Engine.Compile(Wat.Binary(wat));
        Assert.IsType<Completion.Returned>(store.Instantiate(module, imports, out var instance));
        return instance;
    }

    private static Func Export(NativeStore store, Instance instance, string name)
    {
        Assert.True(store.TryGetExport(instance, name, out var item));
        Assert.Equal(NativeExternKind.Func, item.Kind);
        return item.Func;
    }

    [WasmtimeFact]
    public void The_library_has_a_version_and_the_structs_that_this_layer_expects()
    {
        Assert.Matches(@"^50\.", WasmtimeLibrary.Version);
        Assert.Null(LayoutProbe.FirstDifference());
    }

    [WasmtimeFact]
    public void A_compiled_module_names_the_major_version_of_its_maker()
    {
        using var module = Engine.Compile(Wat.Binary("(module)"));
        Assert.Equal("50", WasmtimeLibrary.MajorVersionOf(module.Serialize()));
        Assert.Equal("51", WasmtimeLibrary.MajorVersionOf([1, 0, 2, (byte)'5', (byte)'1', 5, .. "a-b-c"u8]));
        Assert.Null(WasmtimeLibrary.MajorVersionOf([1, 0, 2, (byte)'5', (byte)'1', 6, .. "a-b-c"u8]));
    }

    [Fact]
    public void A_library_that_was_named_and_is_not_there_is_not_replaced_by_another()
    {
        string missing = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Assert.Null(WasmtimeLibrary.Find(missing, out string why));
        Assert.Contains(missing, why, StringComparison.Ordinal);
        var empty = Directory.CreateTempSubdirectory();
        Assert.Null(WasmtimeLibrary.Find(empty.FullName, out why));
        Assert.Contains("holds no", why, StringComparison.Ordinal);
        empty.Delete();
    }

    [Theory]
    [InlineData("50.x", true)]
    [InlineData("5.x", false)]
    [InlineData("51.x", false)]
    [InlineData("500.x", false)]
    [InlineData("unknown.x", false)]
    public void A_library_of_an_unknown_version_is_refused_with_the_way_out(string version, bool isKnown)
    {
        string? refusal = WasmtimeLibrary.Refusal("lib.so", version);
        Assert.Equal(isKnown, refusal is null);
        if (refusal is null) return;
        Assert.Contains($"lib.so is Wasmtime {version}; this layer knows 50.x", refusal, StringComparison.Ordinal);
        Assert.Contains("--allow-unknown-version", refusal, StringComparison.Ordinal);
    }

    /// <summary>Where the release's interface lies beside the library as data, every signature and struct is compared with it.</summary>
    [WasmtimeFact]
    public void Signatures_and_structs_are_those_of_the_interface_data()
    {
        string data = Path.Combine(Path.GetDirectoryName(WasmtimeLibrary.LoadedPath)!, "capi.json");
        if (!File.Exists(data)) return;
        using var json = JsonDocument.Parse(File.ReadAllBytes(data));
        var functions = json.RootElement.GetProperty("functions");
        foreach (var method in WasmtimeLibrary.EntryPoints)
        {
            var function = functions.GetProperty(method.Name);
            Assert.Equal(
                $"{method.Name}: {string.Join(' ', function.GetProperty("args").EnumerateArray().Select(a => Size(a.GetProperty("type").GetString()!)))} -> {Size(function.GetProperty("returns").GetString()!)}",
                $"{method.Name}: {string.Join(' ', method.GetParameters().Select(p => Size(p.ParameterType)))} -> {Size(method.ReturnType)}");
        }
        var structs = json.RootElement.GetProperty("structs");
        foreach (var (name, size) in new (string, int)[]
        {
            ("wasmtime_val", Marshal.SizeOf<Val>()), ("wasmtime_extern", Marshal.SizeOf<Extern>()), ("wasmtime_func", Marshal.SizeOf<Func>()), ("wasmtime_global", Marshal.SizeOf<Global>()),
            ("wasmtime_table", Marshal.SizeOf<Table>()), ("wasmtime_memory", Marshal.SizeOf<Memory>()), ("wasmtime_tag", Marshal.SizeOf<Tag>()), ("wasmtime_instance", Marshal.SizeOf<Instance>()),
            ("wasmtime_anyref", Marshal.SizeOf<Ref>()), ("wasmtime_externref", Marshal.SizeOf<Ref>()), ("wasmtime_exnref", Marshal.SizeOf<Ref>()), ("wasmtime_valtype", Marshal.SizeOf<NativeValType>()),
            ("wasm_limits_t", Marshal.SizeOf<NativeLimits>()),
        })
            Assert.Equal((name, structs.GetProperty(name).GetProperty("size").GetInt32()), (name, size));
    }

    private static int Size(string c) => c switch
    {
        "void" => 0,
        "bool" or "uint8" => 1,
        "uint32" or "int32" => 4,
        _ => 8,
    };

    private static int Size(Type type) => type.IsPointer || type.IsFunctionPointer ? 8 : type == typeof(void) ? 0 : type == typeof(bool) ? 1 : Marshal.SizeOf(type);

    [WasmtimeFact]
    public void Floats_keep_their_bits_in_both_directions()
    {
        using var store = new NativeStore(Engine);
        var instance = Instantiate(store, """(module (func (export "f") (param f32 f64 v128) (result v128 f64 f32) local.get 2 local.get 1 local.get 0))""");
        var results = new Val[3];
        Assert.IsType<Completion.Returned>(store.Call(Export(store, instance, "f"), [Val.F32(0x7FA00001), Val.F64(0xFFF0000000000001), Val.V128(1, 0x8000000000000002)], results));
        Assert.Equal((1UL, 0x8000000000000002UL, 0xFFF0000000000001UL, 0x7FA00001U), (results[0].Lo, results[0].Hi, results[1].Lo, results[2].Bits32));
    }

    [WasmtimeFact]
    public void A_host_function_gets_and_gives_values_of_every_kind()
    {
        using var store = new NativeStore(Engine);
        ValType[] types = [ValType.I32, ValType.F64, ValType.V128, ValType.FuncRef, ValType.ExternRef, ValType.RefNull(HeapType.Eq), ValType.RefNull(HeapType.Exn)];
        var seen = new List<NativeValKind>();
        var host = store.NewFunc(new([.. types], [.. types]), (s, arguments, results) =>
        {
            foreach (var a in arguments) seen.Add(a.Kind);
            Assert.Equal(5U, s.NumberOf(arguments[4]));
            results[0] = Val.I32(arguments[0].Bits32 + 1);
            results[1] = arguments[1];
            results[2] = Val.V128(arguments[2].Hi, arguments[2].Lo);
            results[3] = Val.Null(NativeValKind.FuncRef);
            results[4] = s.NewExtern(6);
            results[5] = s.NewI31(9);
            results[6] = Val.Null(NativeValKind.ExnRef);
            return HostEnd.Return;
        });
        Val[] arguments = [Val.I32(41), Val.F64(1), Val.V128(1, 2), Val.Of(host), store.NewExtern(5), store.NewI31(3), Val.Null(NativeValKind.ExnRef)];
        var got = new Val[7];
        Assert.IsType<Completion.Returned>(store.Call(host, arguments, got));
        Assert.Equal([NativeValKind.I32, NativeValKind.F64, NativeValKind.V128, NativeValKind.FuncRef, NativeValKind.ExternRef, NativeValKind.AnyRef, NativeValKind.ExnRef], seen);
        Assert.Equal((42U, 2UL, 1UL, true), (got[0].Bits32, got[2].Lo, got[2].Hi, got[3].IsNull));
        Assert.Equal(6U, store.NumberOf(got[4]));
        Assert.Equal((AnyKind.I31, 9U), (store.KindOf(got[5], out uint i31), i31));
        NativeStore.Release(arguments);
        NativeStore.Release(got);
        store.Collect();
    }

    [WasmtimeFact]
    public void A_host_function_traps_or_fails_and_its_own_exceptions_are_failures()
    {
        using var store = new NativeStore(Engine);
        Completion Call(HostCode code)
        {
            var instance = Instantiate(store, """(module (import "" "f" (func)) (func (export "g") (call 0)))""", Extern.Of(store.NewFunc(FuncType.Empty, code)));
            return store.Call(Export(store, instance, "g"), [], []);
        }
        Assert.Equal((byte)9, Assert.IsType<Completion.Trapped>(Call((_, _, _) => HostEnd.Trap(9))).Trap.Code);
        Assert.EndsWith("no more", Assert.IsType<Completion.Refused>(Call((_, _, _) => HostEnd.Fail("no more"))).Message.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: oops", Assert.IsType<Completion.Refused>(Call((_, _, _) => throw new InvalidOperationException("oops"))).Message, StringComparison.Ordinal);
    }

    [WasmtimeFact]
    public void Exceptions_cross_in_both_directions_with_tag_and_payload()
    {
        using var store = new NativeStore(Engine);
        var tag = store.NewTag(new([ValType.I32, ValType.V128], []));
        var twin = store.NewTag(new([ValType.I32, ValType.V128], []));
        var thrower = store.NewFunc(FuncType.Empty, (s, _, _) => HostEnd.Throw(s.NewException(tag, [Val.I32(7), Val.V128(8, 9)])));
        var instance = Instantiate(store, """
            (module
              (import "" "e" (tag $e (param i32 v128)))
              (import "" "twin" (tag $twin (param i32 v128)))
              (import "" "f" (func $f))
              (func (export "catch") (result i32)
                (block $h (result i32 v128)
                  (block $wrong (result i32 v128)
                    (try_table (catch $twin $wrong) (catch $e $h) (call $f))
                    (unreachable))
                  (unreachable))
                (drop))
              (func (export "pass") (call $f))
              (func (export "throw") (throw $twin (i32.const 1) (v128.const i64x2 2 3))))
            """, Extern.Of(tag), Extern.Of(twin), Extern.Of(thrower));
        var results = new Val[1];
        Assert.IsType<Completion.Returned>(store.Call(Export(store, instance, "catch"), [], results));
        Assert.Equal(7U, results[0].Bits32);

        foreach (var (name, thrown, other, first) in new[] { ("pass", tag, twin, 7U), ("throw", twin, tag, 1U) })
        {
            Assert.IsType<Completion.Threw>(store.Call(Export(store, instance, name), [], []));
            Assert.True(store.TakeException(out var exception));
            Assert.True(store.Same(store.TagOf(exception), thrown));
            Assert.False(store.Same(store.TagOf(exception), other));
            var payload = store.PayloadOf(exception);
            Assert.Equal((2, first, first + 1UL, first + 2UL), (payload.Length, payload[0].Bits32, payload[1].Lo, payload[1].Hi));
            NativeStore.Release(payload);
            NativeStore.Release(ref exception);
            Assert.False(store.TakeException(out _));
        }
    }

    [WasmtimeFact]
    public void Globals_tables_and_memories_are_made_read_written_and_grown()
    {
        using var store = new NativeStore(Engine);
        var global = store.NewGlobal(new(true, ValType.V128), Val.V128(1, 2));
        store.Set(global, Val.V128(3, 4));
        Assert.Equal((3UL, 4UL), (store.Get(global).Lo, store.Get(global).Hi));
        var constant = store.NewGlobal(new(false, ValType.I64), Val.I64(5));
        Assert.Throws<WasmtimeException>(() => store.Set(constant, Val.I64(6)));
        Assert.Throws<WasmtimeException>(() => store.NewGlobal(new(true, ValType.I64), Val.I32(5)));

        var table = store.NewTable(new(AddrType.I32, new(1, 3), RefType.Extern), Val.Null(NativeValKind.ExternRef));
        var element = store.NewExtern(8);
        Assert.Equal(1UL, store.Grow(table, 2, element));
        Assert.Equal(3UL, store.SizeOf(table));
        Assert.Throws<WasmtimeException>(() => store.Grow(table, 1, Val.Null(NativeValKind.ExternRef)));
        store.Set(table, 0, element);
        NativeStore.Release(ref element);
        Assert.True(store.TryGet(table, 0, out var got));
        Assert.Equal(8U, store.NumberOf(got));
        NativeStore.Release(ref got);
        Assert.False(store.TryGet(table, 3, out _));
        Assert.Throws<NotSupportedException>(() => store.NewTable(new(AddrType.I64, new(1), RefType.Func), Val.Null(NativeValKind.FuncRef)));

        var memory = store.NewMemory(new(AddrType.I64, new(1, 2)));
        Assert.Equal(1UL, store.Grow(memory, 1));
        Assert.Throws<WasmtimeException>(() => store.Grow(memory, 1));
        Assert.Equal(2UL, store.SizeOf(memory));
        Assert.Equal(16, store.Read(memory, (2 << 16) - 16, 100).Length);
        Assert.Empty(store.Read(memory, 2 << 16, 1));
    }

    [WasmtimeFact]
    public void A_shared_memory_is_one_for_all_stores_of_its_engine()
    {
        using var shared = SharedMemory.Create(Engine, new(AddrType.I32, new(1, 1), Shared: true));
        using var one = new NativeStore(Engine);
        using var two = new NativeStore(Engine);
        const string Text = """
            (module (import "" "m" (memory 1 1 shared))
              (func (export "put") (i32.atomic.store (i32.const 8) (i32.const 0x04030201)))
              (func (export "get") (result i32) (i32.atomic.load (i32.const 8))))
            """;
        Extern here = shared.ToExtern(), there = shared.ToExtern();
        var writer = Instantiate(one, Text, here);
        var reader = Instantiate(two, Text, there);
        NativeStore.Release(ref here);
        NativeStore.Release(ref there);
        Assert.IsType<Completion.Returned>(one.Call(Export(one, writer, "put"), [], []));
        var results = new Val[1];
        Assert.IsType<Completion.Returned>(two.Call(Export(two, reader, "get"), [], results));
        Assert.Equal(0x04030201U, results[0].Bits32);
        Assert.Equal([1, 2, 3, 4], shared.Read(8, 4));
    }

    [WasmtimeFact]
    public void Limits_of_a_store_hold()
    {
        using var store = new NativeStore(Engine, new StoreLimits(MemoryBytes: 3 << 16, TableElements: 10));
        var instance = Instantiate(store, """
            (module (memory 1) (table 1 funcref)
              (func (export "m") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "t") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))
            """);
        uint Call(string name, uint by)
        {
            var results = new Val[1];
            Assert.IsType<Completion.Returned>(store.Call(Export(store, instance, name), [Val.I32(by)], results));
            return results[0].Bits32;
        }
        Assert.Equal((1U, uint.MaxValue), (Call("m", 2), Call("m", 1)));
        Assert.Equal((1U, uint.MaxValue), (Call("t", 9), Call("t", 1)));
        using var module = Engine.Compile(Wat.Binary("(module (memory 4))"));
        Assert.IsType<Completion.Refused>(store.Instantiate(module, [], out _));
    }

    [WasmtimeFact]
    public void Numbers_of_items_in_a_store_are_limited()
    {
        static string Ends(StoreLimits limits, params string[] modules)
        {
            using var store = new NativeStore(Engine, limits);
            return string.Join(", ", modules.Select(wat =>
            {
                using var module = Engine.Compile(Wat.Binary(wat));
                return store.Instantiate(module, [], out _).GetType().Name;
            }));
        }
        Assert.Equal("Returned, Refused", Ends(new StoreLimits(Tables: 1), "(module (table 1 funcref))", "(module (table 1 funcref))"));
        Assert.Equal("Returned, Refused", Ends(new StoreLimits(Memories: 2), "(module (memory 1) (memory 1))", "(module (memory 1))"));
        Assert.Equal("Returned, Returned, Refused", Ends(new StoreLimits(Instances: 2), "(module)", "(module)", "(module)"));
    }

    [WasmtimeFact]
    public void A_thousand_engines_modules_and_stores_leave_nothing_behind()
    {
        byte[] binary = Wat.Binary("""(module (import "" "f" (func)) (func (export "g") (call 0)))""");
        int before = Handles();
        for (int i = 0; i < 1000; i++)
        {
            using var engine = i % 100 == 0 ? new NativeEngine(new EngineConfig()) : null;
            var used = engine ?? Engine;
            using var module = used.Compile(binary);
            using var store = new NativeStore(used);
            var host = store.NewFunc(FuncType.Empty, (_, _, _) => HostEnd.Return);
            Assert.IsType<Completion.Returned>(store.Instantiate(module, [Extern.Of(host)], out var instance));
            Assert.IsType<Completion.Returned>(store.Call(Export(store, instance, "g"), [], []));
        }
        Assert.InRange(Handles() - before, -100, 20);
    }

    private static int Handles() => OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;
}
