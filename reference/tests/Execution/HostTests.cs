using Wasm.Execution;
using Wasm.Syntax;

namespace Wasm.Reference.Tests.Execution;

public class HostTests
{
    private static readonly FuncType Unary = new([ValType.I32], [ValType.I32]);

    private const string Caller = """
        (module $m (import "" "h" (func $h (param i32) (result i32))) (import "" "e" (tag $e (param i32)))
          (func $inner (export "inner") (param i32) (result i32) (i32.add (call $h (local.get 0)) (i32.const 1)))
          (func (export "run") (param i32) (result i32) (call $inner (local.get 0)))
          (func (export "catch") (param i32) (result i32) (block (result i32) (try_table (result i32) (catch $e 0) (call $inner (local.get 0))))))
        """;

    private static ModuleInst Instance(Store store, HostCode code, out TagInst tag)
    {
        tag = store.AllocTag(new FuncType([ValType.I32], []));
        return Run.Instance(store, Caller, ("h", store.AllocFunc(Unary, code, "h")), ("e", tag));
    }

    private sealed class OwnException : Exception;

    [Fact]
    public void A_host_exception_passes_untouched_and_carries_the_wasm_frames()
    {
        var thrown = new OwnException();
        var inst = Instance(Run.Store(), _ => throw thrown, out _);
        var caught = Assert.Throws<OwnException>(() => inst.Invoke("run", Val.I32(1)));
        Assert.Same(thrown, caught);
        Assert.Equal(["inner call", "func 1 call"], caught.WasmBacktrace().Select(f => $"{f.FuncName ?? $"func {f.FuncIndex - 1}"} {f.Instr}"));
    }

    [Fact]
    public void A_host_raises_wasm_exceptions_and_traps()
    {
        var store = Run.Store();
        TagInst? tag = null;
        var inst = Instance(store, args => throw new Thrown(store.AllocExn(tag!, args[0])), out tag);
        Assert.Equal(9, inst.I32("catch", Val.I32(9)));
        var thrown = Assert.Throws<Thrown>(() => inst.Invoke("run", Val.I32(9)));
        Assert.Same(tag, thrown.Tag);
        Assert.Equal(Val.I32(9), Assert.Single(thrown.Payload));
        Assert.Equal(2, thrown.Backtrace.Length);

        var trapping = Instance(Run.Store(), _ => throw new Trap(TrapKind.Unreachable), out _);
        Assert.Equal(2, Assert.Throws<Trap>(() => trapping.Invoke("catch", Val.I32(9))).Backtrace.Length);
    }

    [Fact]
    public void What_the_host_throws_in_a_tail_call_passes_the_handlers_of_the_frame_that_is_left()
    {
        var store = Run.Store();
        var tag = store.AllocTag(new FuncType([ValType.I32], []));
        var host = store.AllocFunc(Unary, args => throw new Thrown(store.AllocExn(tag, args[0])), "h");
        var inst = Run.Instance(store, """
            (module
              (import "" "h" (func $h (param i32) (result i32)))
              (import "" "t" (tag $t (param i32)))
              (table funcref (elem $h))
              (elem declare func $h)
              (type $f (func (param i32) (result i32)))
              (func $direct (export "direct") (param i32) (result i32)
                (block (result i32) (try_table (catch $t 0) (return_call $h (local.get 0))) (unreachable)) (drop) (i32.const -1))
              (func $indirect (export "indirect") (param i32) (result i32)
                (block (result i32) (try_table (catch $t 0) (return_call_indirect (type $f) (local.get 0) (i32.const 0))) (unreachable)) (drop) (i32.const -1))
              (func $ref (export "ref") (param i32) (result i32)
                (block (result i32) (try_table (catch $t 0) (return_call_ref $f (local.get 0) (ref.func $h))) (unreachable)) (drop) (i32.const -1))
              (func (export "caught") (param i32) (result i32)
                (block $b (result i32) (try_table (result i32) (catch $t $b) (call $direct (local.get 0))) (drop) (i32.const -2))))
            """, ("h", host), ("t", tag));
        foreach (string name in new[] { "direct", "indirect", "ref" })
            Assert.Equal(Val.I32(9), Assert.Single(Assert.Throws<Thrown>(() => inst.Invoke(name, Val.I32(9))).Payload));
        Assert.Equal(9, inst.I32("caught", Val.I32(9)));
    }

    [Fact]
    public void A_host_calls_back_and_unbounded_recursion_through_it_ends()
    {
        ModuleInst? inst = null;
        inst = Instance(Run.Store(), args => args[0].AsI32 == 0 ? [Val.I32(0)] : inst!.Invoke("inner", Val.I32(args[0].AsI32 - 1)), out _);
        Assert.Equal(51, inst.I32("inner", Val.I32(50)));

        ModuleInst? endless = null;
        endless = Instance(Run.Store(), args => endless!.Invoke("inner", args[0]), out _);
        Assert.Equal(ExhaustionKind.CallStack, Assert.Throws<Exhaustion>(() => endless.Invoke("inner", Val.I32(1))).Kind);
        Assert.Equal(ExhaustionKind.CallStack, Assert.Throws<Exhaustion>(() => endless.Invoke("inner", Val.I32(1))).Kind);
    }

    [Fact]
    public void Calls_back_share_the_call_depth_and_the_fuel()
    {
        ModuleInst? inst = null;
        var store = Run.Store(new StoreOptions { MaxCallDepth = 10, Fuel = 1000 });
        inst = Instance(store, args => args[0].AsI32 == 0 ? [Val.I32(0)] : inst!.Invoke("inner", Val.I32(args[0].AsI32 - 1)), out _);
        Assert.Equal(10, inst.I32("inner", Val.I32(9)));
        Assert.Throws<Exhaustion>(() => inst.Invoke("inner", Val.I32(10)));
        store.Fuel = 3;
        Assert.Equal(ExhaustionKind.Fuel, Assert.Throws<Exhaustion>(() => Run.Instance(store, """
            (module (import "" "h" (func $h (param i32) (result i32))) (func (export "f") (loop (drop (call $h (i32.const 0))) (br 0))))
            """, ("h", inst.Func("inner"))).Invoke("f")).Kind);
    }

    [Fact]
    public void What_the_host_does_to_a_memory_is_seen_at_once()
    {
        var store = Run.Store();
        var mem = store.AllocMem(new MemType(AddrType.I32, new Limits(1)));
        var grow = store.AllocFunc(new FuncType([], []), _ =>
        {
            mem.TryGrow(100);
            mem.TryWrite(80 << 16, [1, 2, 3, 4]);
            return [];
        });
        var inst = Run.Instance(store, """
            (module (import "" "mem" (memory 1)) (import "" "grow" (func $grow))
              (func (export "f") (result i32) (i32.store (i32.const 0) (i32.const 1)) (call $grow) (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 0x50_0000)))))
            """, ("mem", mem), ("grow", grow));
        Assert.Equal(0x04030202, inst.I32("f"));
    }

    [Fact]
    public void Wrong_results_of_a_host_function_are_the_hosts_mistake()
    {
        Assert.Throws<InvalidOperationException>(() => Instance(Run.Store(), _ => [], out _).Invoke("run", Val.I32(1)));
        Assert.Throws<InvalidOperationException>(() => Instance(Run.Store(), _ => [Val.I64(1)], out _).Invoke("run", Val.I32(1)));
        Assert.Throws<ArgumentException>(() => Instance(Run.Store(), args => [args[0]], out _).Invoke("run", Val.I64(1)));
        Assert.Throws<ArgumentException>(() => Instance(Run.Store(), args => [args[0]], out _).Invoke("run"));
    }

    [Fact]
    public void Host_references_keep_their_identity_and_their_side_of_the_boundary()
    {
        var inst = Run.Instance("""
            (module (func (export "in") (param externref) (result anyref) (any.convert_extern (local.get 0)))
              (func (export "out") (param anyref) (result externref) (extern.convert_any (local.get 0)))
              (func (export "test") (param anyref) (result i32) (ref.test eqref (local.get 0))))
            """);
        inst.Returns("ref.host 3", "in", Val.RefExtern(3));
        inst.Returns("ref.extern 3", "out", Val.RefHost(3));
        inst.Returns("ref.i31 7", "in", inst.Invoke("out", Val.RefI31(7)));
        inst.Returns("ref.null extern", "out", Val.Null(HeapType.Any));
        Assert.Equal(0, inst.I32("test", Val.RefHost(3)));
        Assert.Equal(1, inst.I32("test", Val.RefI31(3)));
    }
}
