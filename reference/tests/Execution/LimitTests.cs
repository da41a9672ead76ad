using Wasm.Execution;
using Wasm.Syntax;

namespace Wasm.Reference.Tests.Execution;

public class LimitTests
{
    private const string Runaway = """(module (func $f (export "f") (result i32) (i32.add (call $f) (i32.const 1))))""";

    [Fact]
    public void Runaway_recursion_exhausts_the_call_stack_and_not_the_process()
    {
        var inst = Run.Instance(Runaway);
        for (int i = 0; i < 3; i++)
        {
            var end = Assert.Throws<Exhaustion>(() => inst.Invoke("f"));
            Assert.Equal(ExhaustionKind.CallStack, end.Kind);
            Assert.Equal("call stack exhausted", end.Message);
            Assert.Equal(64, end.Backtrace.Length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void The_call_depth_is_exactly_the_limit(int depth)
    {
        var inst = Run.Instance("""
            (module (func $f (export "f") (param i32) (result i32)
              (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1)) (else (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1))))))))
            """, new StoreOptions { MaxCallDepth = depth });
        Assert.Equal(depth, inst.I32("f", Val.I32(depth - 1)));
        Assert.Throws<Exhaustion>(() => inst.Invoke("f", Val.I32(depth)));
    }

    [Fact]
    public void Large_frames_exhaust_the_operand_stack()
    {
        string locals = string.Join(' ', Enumerable.Repeat("i64", 1000));
        var inst = Run.Instance($"(module (func $f (export \"f\") (local {locals}) (call $f)))", new StoreOptions { MaxOperandSlots = 100_000 });
        Assert.Equal(ExhaustionKind.OperandStack, Assert.Throws<Exhaustion>(() => inst.Invoke("f")).Kind);
    }

    [Fact]
    public void A_million_tail_calls_take_no_stack()
    {
        const string Wat = """
            (module (type $t (func (param i32) (result i32))) (table funcref (elem $even $odd)) (elem declare func $even)
              (func $even (export "even") (param i32) (result i32)
                (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1)) (else (return_call $odd (i32.sub (local.get 0) (i32.const 1))))))
              (func $odd (param i32) (result i32)
                (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0)) (else (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
              (func (export "ref") (param i32) (result i32) (return_call_ref $t (local.get 0) (ref.func $even))))
            """;
        var inst = Run.Instance(Wat, new StoreOptions { MaxCallDepth = 1 });
        Assert.Equal(1, inst.I32("even", Val.I32(1_000_000)));
        Assert.Equal(0, inst.I32("ref", Val.I32(1_000_001)));
    }

    [Fact]
    public void A_tail_call_to_another_module_and_to_the_host_returns_to_the_right_caller()
    {
        var store = Run.Store();
        var other = Run.Instance(store, """(module (global $g i32 (i32.const 7)) (func (export "f") (param i32) (result i32) (i32.add (global.get $g) (local.get 0))))""");
        var host = store.AllocFunc(new FuncType([ValType.I32], [ValType.I32]), args => [Val.I32(args[0].AsI32 * 100)]);
        var inst = Run.Instance(store, """
            (module (import "" "f" (func $f (param i32) (result i32))) (import "" "h" (func $h (param i32) (result i32))) (global $g i32 (i32.const 1000))
              (func $tailf (param i32) (result i32) (return_call $f (local.get 0)))
              (func $tailh (param i32) (result i32) (i32.const 5) (drop) (return_call $h (local.get 0)))
              (func (export "run") (result i32) (i32.add (global.get $g) (i32.add (call $tailf (i32.const 2)) (i32.add (call $tailh (i32.const 3)) (global.get $g))))))
            """, ("f", other.Func("f")), ("h", host));
        Assert.Equal(1000 + 9 + 300 + 1000, inst.I32("run"));
    }

    [Fact]
    public void Fuel_counts_the_same_in_one_run_or_in_pieces()
    {
        const string Wat = """
            (module (func $g (param i32) (result i32) (local.get 0))
              (func (export "f") (param i32) (result i32) (loop $l (drop (call $g (local.get 0))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0)))
            """;
        var store = Run.Store(new StoreOptions { Fuel = 1_000_000 });
        var inst = Run.Instance(store, Wat);
        inst.Invoke("f", Val.I32(50_000));
        // One step for each call and each branch taken.
        Assert.Equal(1_000_000ul - 50_000 - 49_999, store.Fuel);

        store.Fuel = 1_000_000;
        var machine = store.Start(inst.Func("f"), Val.I32(50_000));
        int pieces = 0;
        while (machine.Run(7) == MachineStatus.Paused)
            pieces++;
        Assert.Equal(0u, machine.Finish()[0].AsI32);
        Assert.Equal(1_000_000ul - 99_999, store.Fuel);
        Assert.Equal(99_999 / 7, pieces);

        store.Fuel = 99_998;
        Assert.Equal(ExhaustionKind.Fuel, Assert.Throws<Exhaustion>(() => inst.Invoke("f", Val.I32(50_000))).Kind);
        store.Fuel = 99_999;
        inst.Invoke("f", Val.I32(50_000));
        Assert.Equal(0ul, store.Fuel);
    }

    [Theory]
    [InlineData("(loop $l (try_table (catch_all $l) (throw $e)))")]
    [InlineData("(loop $l (try_table (catch_all $l) (call $throws)))")]
    public void What_throws_and_catches_forever_takes_steps(string body)
    {
        var store = Run.Store(new StoreOptions { Fuel = 1000 });
        var inst = Run.Instance(store, $$"""(module (tag $e) (func $throws (throw $e)) (func (export "f") {{body}}))""");
        Assert.Equal(ExhaustionKind.Fuel, Assert.Throws<Exhaustion>(() => inst.Invoke("f")).Kind);
        Assert.Equal(0ul, store.Fuel);
        store.Fuel = 1000;
        var machine = store.Start(inst.Func("f"));
        Assert.Equal(MachineStatus.Paused, machine.Run(7));
        Assert.Equal(MachineStatus.Paused, machine.Run(7));
        Assert.Equal(1000ul - 14, store.Fuel);
    }

    [Fact]
    public async Task Another_thread_interrupts_an_endless_loop()
    {
        var store = Run.Store();
        var inst = Run.Instance(store, """(module (func (export "f") (loop (br 0))))""");
        var run = Task.Run(() => inst.Invoke("f"));
        await Task.Delay(50);
        store.Interrupt();
        Assert.Equal(ExhaustionKind.Interrupted, (await Assert.ThrowsAsync<Exhaustion>(() => run)).Kind);
        Assert.Throws<Exhaustion>(() => inst.Invoke("f"));
        store.ClearInterrupt();
        Assert.Equal(MachineStatus.Paused, store.Start(inst.Func("f")).Run(1000));
    }

    [Fact]
    public void The_allocation_budget_is_spent_by_structures_and_arrays_alike()
    {
        const string Wat = """
            (module (type $s (struct (field i32))) (type $a (array i64))
              (func (export "s") (loop (drop (struct.new_default $s)) (br 0)))
              (func (export "a") (param i32) (drop (array.new_default $a (local.get 0)))))
            """;
        var inst = Run.Instance(Wat, new StoreOptions { MaxAllocatedBytes = 1_000_000 });
        Assert.Equal(ExhaustionKind.Allocation, Assert.Throws<Exhaustion>(() => inst.Invoke("a", Val.I32(1_000_000))).Kind);
        Assert.Equal(ExhaustionKind.Allocation, Assert.Throws<Exhaustion>(() => inst.Invoke("s")).Kind);
        Assert.Equal(ExhaustionKind.Allocation, Assert.Throws<Exhaustion>(() => Run.Instance(Wat).Invoke("a", Val.I32(-1))).Kind);
    }

    [Fact]
    public void Memory_costs_nothing_until_it_is_touched()
    {
        var inst = Run.Instance("""
            (module (memory 65536) (memory $big i64 0x10_0000)
              (func (export "f") (result i32) (i32.store (i32.const -4) (i32.const 7)) (i32.load (i32.const 0xffff_fffc)))
              (func (export "g") (result i32) (i32.store $big (i64.const 0xf_ffff_fffc) (i32.const 9)) (i32.load $big (i64.const 0xf_ffff_fffc))))
            """);
        Assert.Equal(7, inst.I32("f"));
        Assert.Equal(9, inst.I32("g"));
    }

    [Theory]
    [InlineData("(memory i64 0x1_0000_0000_0000)", ExhaustionKind.Memory)]
    [InlineData("(memory i64 0x20_0000)", ExhaustionKind.Memory)]
    [InlineData("(table 0xffff_ffff funcref)", ExhaustionKind.Table)]
    [InlineData("(table i64 0xffff_ffff_ffff_ffff funcref)", ExhaustionKind.Table)]
    public void A_definition_beyond_the_limits_validates_but_cannot_be_instantiated(string field, ExhaustionKind kind) =>
        Assert.Equal(kind, Assert.Throws<Exhaustion>(() => Run.Instance($"(module {field})")).Kind);

    [Fact]
    public void Growth_moves_no_value_and_fails_beyond_maximum_limit_or_choice()
    {
        const string Wat = """
            (module (memory 1 5) (table $t 1 4 externref)
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "store") (i32.store (i32.const 100) (i32.const 42)))
              (func (export "load") (result i32) (i32.load (i32.const 100)))
              (func (export "tgrow") (param externref i32) (result i32) (table.grow $t (local.get 0) (local.get 1)))
              (func (export "tget") (param i32) (result externref) (table.get $t (local.get 0))))
            """;
        var inst = Run.Instance(Wat);
        inst.Invoke("store");
        Assert.Equal([1, 3, -1, 5], new[] { 2, 2, 1, 0 }.Select(n => inst.I32("grow", Val.I32(n))));
        Assert.Equal(42, inst.I32("load"));
        Assert.Equal(1, inst.I32("tgrow", Val.RefExtern(3), Val.I32(3)));
        Assert.Equal(-1, inst.I32("tgrow", Val.RefExtern(3), Val.I32(1)));
        Assert.Equal(Val.RefExtern(3), inst.Invoke("tget", Val.I32(3))[0]);

        var asked = new List<(bool, ulong, ulong)>();
        bool Fails(bool memory, ulong size, ulong delta)
        {
            asked.Add((memory, size, delta));
            return true;
        }
        var failing = Run.Instance(Wat, new StoreOptions { GrowFails = Fails });
        Assert.Equal(-1, failing.I32("grow", Val.I32(2)));
        Assert.Equal([(true, 1ul, 2ul)], asked);
        Assert.Equal(-1, Run.Instance(Wat, new StoreOptions { MaxMemoryBytes = 2 << 16 }).I32("grow", Val.I32(2)));
    }

    [Fact]
    public void The_deterministic_profile_has_canonical_nans()
    {
        const string Wat = """
            (module (func (export "add") (param f32) (result f32) (f32.add (local.get 0) (f32.const 1)))
              (func (export "vec") (param f64) (result f64) (local v128) (local.set 1 (f64x2.sqrt (f64x2.splat (local.get 0)))) (f64x2.extract_lane 1 (local.get 1)))
              (func (export "neg") (param f32) (result f32) (f32.neg (local.get 0))))
            """;
        var free = Run.Instance(Wat);
        var deterministic = Run.Instance(Wat, StoreOptions.Deterministic);
        Assert.Equal(0xFFC0_1234, free.Invoke("add", Val.F32(0xFF80_1234))[0].AsI32);
        Assert.Equal(0x7FC0_0000u, deterministic.Invoke("add", Val.F32(0xFF80_1234))[0].AsI32);
        Assert.Equal(0x7FF8_0000_0000_0000u, deterministic.Invoke("vec", Val.F64(0xFFF0_0000_0000_0001))[0].AsI64);
        Assert.Equal(0x7F80_1234u, deterministic.Invoke("neg", Val.F32(0xFF80_1234))[0].AsI32);
    }
}
