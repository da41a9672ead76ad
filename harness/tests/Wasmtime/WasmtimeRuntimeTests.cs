using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Conformance.Runtimes.Wasmtime;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Wasmtime;

/// <summary>Wasmtime as a runtime under test.</summary>
public sealed class WasmtimeRuntimeTests
{
    public static TheoryData<string> Names => [.. WasmtimeRuntime.Configurations.Select(c => c.Name)];

    [WasmtimeTheory]
    [MemberData(nameof(Names))]
    public void Every_configuration_runs_modules_and_says_what_it_is(string name)
    {
        using var runtime = WasmtimeRuntime.Create(name)!;
        Assert.Equal((name, WasmtimeLibrary.Version, false), (runtime.Info.Name, runtime.Info.Version, runtime.Info.DistinguishesMalformed));
        using var store = runtime.Store(Profile.Wasm2);
        var instance = store.Run("""(module (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))""");
        Assert.Equal([Value.I32(42)], store.Call(instance, "f", Value.I32(14)));
    }

    [Fact]
    public void An_unknown_name_is_no_configuration() => Assert.Null(WasmtimeRuntime.Create("wasmtime-o7"));

    /// <summary>Each probe traps in the reference with one kind, which must be among those that Wasmtime's number stands for.</summary>
    [WasmtimeTheory]
    [InlineData("(unreachable)")]
    [InlineData("(drop (i32.load (i32.const -1)))")]
    [InlineData("(memory.init $d (i32.const 0) (i32.const 0) (i32.const 9))")]
    [InlineData("(drop (i32.atomic.load (i32.const 1)))")]
    [InlineData("(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))")]
    [InlineData("(drop (i32.div_s (i32.const 1) (global.get $0)))")]
    [InlineData("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))")]
    [InlineData("(drop (i32.trunc_f32_s (f32.const nan)))")]
    [InlineData("(drop (i32.trunc_f32_s (f32.const 1e30)))")]
    [InlineData("(call_indirect $t (i32.const 0))")]
    [InlineData("(call_indirect $t (i32.const 99))")]
    [InlineData("(call_indirect $t (param i32) (i32.const 0) (i32.const 1))")]
    [InlineData("(drop (table.get $t (i32.const 99)))")]
    [InlineData("(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 9))")]
    [InlineData("(call_ref $f (ref.null $f))")]
    [InlineData("(drop (ref.as_non_null (ref.null any)))")]
    [InlineData("(drop (struct.get $s 0 (ref.null $s)))")]
    [InlineData("(drop (array.len (ref.null array)))")]
    [InlineData("(drop (i31.get_u (ref.null i31)))")]
    [InlineData("(throw_ref (ref.null exn))")]
    [InlineData("(drop (array.get $a (array.new_default $a (i32.const 2)) (i32.const 2)))")]
    [InlineData("(drop (array.new_data $a $d (i32.const 0) (i32.const 9)))")]
    [InlineData("(drop (array.new_elem $r $e (i32.const 0) (i32.const 9)))")]
    [InlineData("(drop (ref.cast (ref $s) (ref.i31 (i32.const 0))))")]
    [InlineData("(drop (ref.cast (ref i31) (ref.null any)))")]
    public void A_trap_is_of_the_reference_s_kind(string body)
    {
        string wat = $"""
            (module
              (type $f (func)) (type $s (struct (field i32))) (type $a (array i32)) (type $r (array funcref))
              (memory 1) (table $t 2 2 funcref) (elem (table $t) (i32.const 1) func $g) (elem $e func $g) (data $d "abc")
              (global $0 (mut i32) (i32.const 0))
              (func $g)
              (func (export "run") {body}))
            """;
        var profile = Profile.Wasm3 with { Features = Features.Wasm3 | Features.Threads };
        using var store = Wat.Wasmtime.Store(profile);
        using var reference = new ReferenceRuntime().Store(profile);
        var trap = Assert.IsType<Outcome.Trapped>(store.Invoke(store.Run(wat), "run", []));
        var expected = Assert.IsType<Outcome.Trapped>(reference.Invoke(reference.Run(wat), "run", []));
        Assert.Contains(Assert.Single(expected.Kinds), trap.Kinds);
        Assert.Equal(expected.Backtrace.Select(f => f.Function), trap.Backtrace.Select(f => f.Function));
    }

    [WasmtimeTheory]
    [InlineData("(module (memory 1) (data (i32.const 65536) \"a\"))", TrapKind.DataSegOob)]
    [InlineData("(module (table 1 funcref) (elem (i32.const 1) func $f) (func $f))", TrapKind.ElemSegOob)]
    public void A_segment_that_does_not_fit_is_a_trap_of_instantiation(string wat, TrapKind kind)
    {
        using var store = Wat.Wasmtime.Store();
        Assert.Contains(kind, Assert.IsType<Outcome.Trapped>(store.Instantiate(store.Load(wat))).Kinds);
    }

    [WasmtimeFact]
    public void Every_kind_of_trap_but_those_of_proposals_is_in_the_partition()
    {
        var told = Enumerable.Range(0, 256).SelectMany(code => Traps.Kinds((byte)code)).ToHashSet();
        Assert.Equal([TrapKind.DescNull, TrapKind.DescCastFail], Enum.GetValues<TrapKind>().Except(told));
    }

    [WasmtimeFact]
    public void A_backtrace_has_function_indices_names_and_offsets_in_the_module()
    {
        const string Text = """
            (module $m
              (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
              (func (export "outer") (result i32) (nop) (call $inner (i32.const 0))))
            """;
        using var store = Wat.Wasmtime.Store();
        using var reference = new ReferenceRuntime().Store();
        var frames = Assert.IsType<Outcome.Trapped>(store.Invoke(store.Run(Text), "outer", [])).Backtrace;
        var expected = Assert.IsType<Outcome.Trapped>(reference.Invoke(reference.Run(Text), "outer", [])).Backtrace;
        Assert.Equal([0U, 1U], frames.Select(f => f.Function!.Value));
        Assert.Equal(("m", "inner"), (frames[0].Module, frames[0].Name));
        Assert.Equal(expected.Select(f => f.ModuleOffset), frames.Select(f => f.ModuleOffset));
    }

    [WasmtimeFact]
    public void Exhaustion_is_no_trap()
    {
        using var store = Wat.Wasmtime.Store();
        var instance = store.Run("""
            (module (type $a (array i64))
              (func $f (export "f") (call $f))
              (func (export "big") (drop (array.new_default $a (i32.const -1)))))
            """);
        Assert.Equal("call stack exhausted", Assert.IsType<Outcome.Exhausted>(store.Invoke(instance, "f", [])).Message);
        Assert.IsType<Outcome.Exhausted>(store.Invoke(instance, "big", []));
    }

    [WasmtimeFact]
    public void An_exception_has_the_tag_s_name_and_its_payload()
    {
        using var store = Wat.Wasmtime.Store();
        var instance = store.Run("""
            (module
              (tag $a (export "a") (param i32 externref)) (tag $b (export "b") (param i32 externref)) (tag $c)
              (func (export "throw") (param externref) (throw $b (i32.const 5) (local.get 0)))
              (func (export "hidden") (throw $c)))
            """);
        var threw = Assert.IsType<Outcome.Threw>(store.Invoke(instance, "throw", [Value.Extern(3)]));
        Assert.Equal("with tag \"b\"", threw.Tag);
        Assert.Equal([Value.I32(5), Value.Extern(3)], [.. threw.Values]);
        Assert.Equal("with a tag that no instance exports", Assert.IsType<Outcome.Threw>(store.Invoke(instance, "hidden", [])).Tag);
        Assert.IsType<Outcome.Threw>(store.Instantiate(store.Load("(module (tag $t) (func $s (throw $t)) (start $s))")));
    }

    [WasmtimeFact]
    public void References_cross_by_kind_and_number()
    {
        using var store = Wat.Wasmtime.Store();
        var instance = store.Run("""
            (module (type $s (struct)) (type $a (array i8))
              (func (export "id") (param externref anyref funcref exnref) (result externref anyref funcref exnref) local.get 0 local.get 1 local.get 2 local.get 3)
              (func (export "any") (param externref) (result anyref) (any.convert_extern (local.get 0)))
              (func (export "ext") (param anyref) (result externref) (extern.convert_any (local.get 0)))
              (func $f (export "all") (result anyref anyref anyref funcref externref)
                (ref.i31 (i32.const -1)) (struct.new $s) (array.new_default $a (i32.const 1)) (ref.func $f) (extern.convert_any (struct.new $s))))
            """);
        Assert.Equal([Value.Extern(0), Value.Host(1), Value.Null(HeapType.Func), Value.Null(HeapType.Exn)],
            store.Call(instance, "id", Value.Extern(0), Value.Host(1), Value.Null(HeapType.NoFunc), Value.Null(HeapType.Exn)));
        Assert.Equal([Value.Host(7)], store.Call(instance, "any", Value.Extern(7)));
        Assert.Equal([Value.Extern(8)], store.Call(instance, "ext", Value.Host(8)));
        Assert.Equal([Value.Reference(RefKind.I31, 0x7FFFFFFF), Value.Reference(RefKind.Struct), Value.Reference(RefKind.Array), Value.Reference(RefKind.Func), Value.Reference(RefKind.Extern)],
            store.Call(instance, "all"));
    }

    [WasmtimeFact]
    public void Requests_that_make_no_sense_are_inapplicable()
    {
        using var store = Wat.Wasmtime.Store();
        var instance = store.Run("""(module (func (export "f") (param i32)) (global (export "g") i64 (i64.const 5)) (memory (export "m") 1))""");
        Assert.IsType<Outcome.Inapplicable>(store.Invoke(instance, "nothing", []));
        Assert.IsType<Outcome.Inapplicable>(store.Invoke(instance, "g", []));
        Assert.IsType<Outcome.Inapplicable>(store.Invoke(instance, "f", []));
        Assert.IsType<Outcome.Inapplicable>(store.Invoke(instance, "f", [Value.I64(1)]));
        Assert.IsType<Outcome.Inapplicable>(store.Get(instance, "f"));
        Assert.Equal(Value.I64(5), Assert.Single(Assert.IsType<Outcome.Returned>(store.Get(instance, "g")).Values));
        Assert.Null(store.ReadMemory(instance, "g", 0, 1));
        Assert.Equal([0, 0], store.ReadMemory(instance, "m", 65534, 10));
    }

    [WasmtimeFact]
    public void Imports_are_resolved_by_name_and_all_names_before_any_type()
    {
        using var store = Wat.Wasmtime.Store();
        const string User = """(module (import "a" "f" (func (result i32))) (export "g" (func 0)))""";
        store.Register("a", store.Run("""(module (func (export "f") (result i32) (i32.const 1)))"""));
        var before = store.Run(User);
        store.Register("a", store.Run("""(module (func (export "f") (result i32) (i32.const 2)))"""));
        Assert.Equal([Value.I32(1), Value.I32(2)], [.. store.Call(before, "g"), .. store.Call(store.Run(User), "g")]);
        string Refused(string wat) => Assert.IsType<Outcome.Unlinkable>(store.Instantiate(store.Load(wat))).Message;
        Assert.StartsWith("unknown import", Refused("""(module (import "a" "f" (func)) (import "a" "h" (func)))"""), StringComparison.Ordinal);
        Assert.StartsWith("incompatible import type", Refused("""(module (import "a" "f" (func)))"""), StringComparison.Ordinal);
    }

    [WasmtimeFact]
    public void The_spectest_module_has_every_item_of_its_profile()
    {
        var printed = new List<string>();
        var profile = Profile.Wasm3 with { Features = Features.Wasm3 | Features.Threads };
        using var store = Wat.Wasmtime.Store(profile, printed.Add);
        var instance = store.Run("""
            (module
              (import "spectest" "print_i32_f32" (func $p (param i32 f32)))
              (import "spectest" "print_f64" (func $q (param f64)))
              (import "spectest" "global_f32" (global f32)) (import "spectest" "global_i64" (global i64))
              (import "spectest" "table" (table 10 20 funcref)) (import "spectest" "table64" (table i64 10 20 funcref))
              (import "spectest" "memory" (memory 1 2)) (import "spectest" "shared_memory" (memory 1 1 shared))
              (func (export "f") (result f32 i64) (call $p (i32.const 1) (f32.const 2)) (global.get 0) (global.get 1)))
            """);
        Assert.Equal([Value.F32(0x4426a666), Value.I64(666)], store.Call(instance, "f"));
        Assert.Equal([$"print_i32_f32: {Value.I32(1)}, {Value.F32(0x40000000)}"], printed);
    }

    [WasmtimeFact]
    public void Fuel_ends_an_action_and_is_full_again_for_the_next()
    {
        using var runtime = WasmtimeRuntime.Create("wasmtime", o => o with { Fuel = 10_000 })!;
        using var store = runtime.Store();
        var instance = store.Run("""
            (module (func (export "loop") (loop (br 0)))
              (func (export "any") (param anyref) (result i32) (i32.const 1)))
            """);
        Assert.IsType<Outcome.Exhausted>(store.Invoke(instance, "loop", []));
        Assert.Equal([Value.I32(1)], store.Call(instance, "any", Value.Host(1)));
        Assert.IsType<Outcome.Exhausted>(store.Instantiate(store.Load("(module (func $s (loop (br 0))) (start $s))")));
    }

    [WasmtimeFact]
    public void An_interrupt_ends_its_own_store_s_actions_for_good_and_no_other_s()
    {
        using var store = Wat.Wasmtime.Store();
        using var other = Wat.Wasmtime.Store();
        const string Text = """
            (module (func (export "loop") (loop (br 0)))
              (func (export "count") (result i32) (local i32)
                (loop $l (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 300000000)))) (local.get 0)))
            """;
        var (looping, counting) = (store.Run(Text), other.Run(Text));
        var counter = Task.Run(() => other.Invoke(counting, "count", []));
        var interrupter = Task.Run(() =>
        {
            Thread.Sleep(20);
            store.Interrupt();
        });
        Assert.IsType<Outcome.TimedOut>(store.Invoke(looping, "loop", []));
        Assert.IsType<Outcome.TimedOut>(store.Invoke(looping, "loop", []));
        Assert.Equal(Value.I32(300_000_000), Assert.Single(Assert.IsType<Outcome.Returned>(counter.Result).Values));
        interrupter.Wait();
    }

    [WasmtimeFact]
    public void A_store_that_is_disposed_of_while_it_waits_lives_on_until_it_is_woken()
    {
        var profile = Profile.Wasm3 with { Features = Features.Wasm3 | Features.Threads };
        using var main = Wat.Wasmtime.Store(profile);
        var memory = main.Run("""(module (memory (export "m") 1 1 shared) (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1))))""");
        var waiting = Wat.Wasmtime.Store(profile);
        Assert.IsType<Outcome.Inapplicable>(main.Share(memory, waiting));

        var shared = main.Run("""(module (memory (export "m") 1 1 shared))""");
        main.Register("m", shared);
        waiting.Register("m", Assert.IsType<Outcome.Instantiated>(main.Share(shared, waiting)).Instance);
        var waiter = waiting.Run("""(module (import "m" "m" (memory 1 1 shared)) (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))""");
        var notifier = main.Run("""(module (import "m" "m" (memory 1 1 shared)) (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1))))""");
        var wait = Task.Factory.StartNew(() => waiting.Invoke(waiter, "wait", []), TaskCreationOptions.LongRunning);
        bool disposed = false;
        while (main.Call(notifier, "notify")[0].Lo == 0)
        {
            if (!disposed && wait.Status == TaskStatus.Running) waiting.Dispose();
            disposed |= wait.Status == TaskStatus.Running;
            Thread.Sleep(1);
            if (wait.IsCompleted) break;
        }
        // Woken, or refused because it was disposed of before it had begun.
        if (wait.IsFaulted) Assert.IsType<ObjectDisposedException>(wait.Exception!.InnerException);
        else Assert.Equal(Value.I32(0), Assert.Single(Assert.IsType<Outcome.Returned>(wait.Result).Values));
        waiting.Dispose();
    }

    [WasmtimeFact]
    public void Features_that_a_profile_lacks_are_refused()
    {
        using var store = Wat.Wasmtime.Store(Profile.Wasm1);
        foreach (string wat in new[]
        {
            "(module (func (result i32 i32) (i32.const 1) (i32.const 2)))", "(module (func (param v128)))", "(module (func (param externref)))", "(module (memory 1) (memory 1))",
            "(module (memory i64 1))", "(module (tag))", "(module (func return_call 0))", "(module (type (struct)))", "(module (memory 1 1 shared))",
            "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
        })
            Assert.IsType<Outcome.Rejected>(store.Load(Wat.Binary(wat)));
    }

    [WasmtimeTheory]
    [InlineData(Features.CustomDescriptors, "custom-descriptors")]
    [InlineData(Features.LegacyExceptions, "legacy-exceptions")]
    [InlineData(Features.StackSwitching, "stack switching")]
    public void Features_that_Wasmtime_lacks_are_unsupported(Features feature, string named)
    {
        using var store = Wat.Wasmtime.Store(Profile.Wasm3 with { Features = Features.Wasm3 | feature });
        Assert.Contains(named, Assert.IsType<Outcome.Unsupported>(store.Load(Wat.Binary("(module)"))).Why, StringComparison.Ordinal);
    }

    [WasmtimeFact]
    public void What_a_compiler_lacks_is_unsupported_and_what_is_invalid_is_rejected_all_the_same()
    {
        using var winch = WasmtimeRuntime.Create("wasmtime-winch")!;
        using var store = winch.Store();
        Assert.IsType<Outcome.Unsupported>(store.Load(Wat.Binary("(module (type (struct)))")));
        Assert.IsType<Outcome.Rejected>(store.Load(Wat.Binary("(module (type $s (struct)) (func (result i32) (struct.new $s)))")));
        Assert.IsType<Outcome.Rejected>(store.Load(Wat.Binary("(module (func (result i32) (i64.const 1)))")));
        Assert.IsType<Outcome.Rejected>(store.Load(new byte[] { 1, 2, 3 }));
    }

    [WasmtimeFact]
    public void A_message_is_the_innermost_cause_without_its_position()
    {
        using var store = Wat.Wasmtime.Store();
        string Refused(byte[] binary) => Assert.IsType<Outcome.Rejected>(store.Load(binary)).Message;
        Assert.Equal("type mismatch: expected i32, found i64", Refused(Wat.Binary("(module (func (result i32) (i64.const 1)))")));
        Assert.StartsWith("magic header not detected: bad magic number", Refused([.. "abcdefgh"u8]), StringComparison.Ordinal);
        Assert.Equal("unexpected end-of-file", Refused([.. "\0asm"u8, 1, 0, 0, 0, 5]));
    }

    [WasmtimeFact]
    public void Elements_of_a_table_are_read()
    {
        using var store = Wat.Wasmtime.Store();
        var instance = store.Run("""(module (table (export "t") 3 funcref) (elem (i32.const 1) func $f) (func $f))""");
        Assert.Equal([Value.Reference(RefKind.Func), Value.Null(HeapType.Func)], [.. store.ReadTable(instance, "t", 1, 9)!.Value]);
        Assert.Null(store.ReadTable(instance, "u", 0, 1));
    }
}
