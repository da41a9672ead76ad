using Wasm.Execution;
using Wasm.Syntax;

namespace Wasm.Reference.Tests.Execution;

public class ContinuationTests
{
    [Fact]
    public void A_hundred_thousand_continuations_are_alive_at_once()
    {
        // Each is suspended in the middle of its function, then all are resumed.
        var inst = Run.Instance("""
            (module (type $f (func (param i32) (result i32))) (type $c (cont $f)) (type $g (func (param i32) (result i32))) (type $d (cont $g))
              (tag $yield (param i32) (result i32)) (table $t 100000 (ref null $d)) (elem declare func $body)
              (func $body (param i32) (result i32) (i32.add (local.get 0) (suspend $yield (local.get 0))))
              (func (export "f") (param $n i32) (result i32) (local $i i32) (local $k (ref null $d)) (local $sum i32)
                (loop $l
                  (block $on (result i32 (ref $d)) (resume $c (on $yield $on) (local.get $i) (cont.new $c (ref.func $body))) (unreachable))
                  (local.set $k) (drop)
                  (table.set $t (local.get $i) (local.get $k))
                  (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                (local.set $i (i32.const 0))
                (loop $l
                  (local.set $sum (i32.add (local.get $sum) (resume $d (i32.const 1) (table.get $t (local.get $i)))))
                  (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                (local.get $sum)))
            """);
        Assert.Equal(unchecked((int)(99_999L * 100_000 / 2 + 100_000)), inst.I32("f", Val.I32(100_000)));
    }

    [Fact]
    public void A_suspension_without_handler_is_an_outcome_of_its_own()
    {
        var inst = Run.Instance("""(module $m (tag $t) (func $f (export "f") (suspend $t)))""");
        var suspended = Assert.Throws<Suspended>(() => inst.Invoke("f"));
        Assert.Equal("unhandled tag", suspended.Message);
        Assert.Equal("f", Assert.Single(suspended.Backtrace).FuncName);
    }

    private const string Generators = """
        (module (type $v (func)) (type $c (cont $v)) (type $i (func (param i32))) (type $ci (cont $i)) (type $h (func (param i32) (result i32))) (type $ch (cont $h))
          (import "" "host" (func $host (param i32) (result i32))) (tag $yield (param i32)) (tag $inner) (tag $exn (param i32))
          (elem declare func $three $outer $two $guarded $host $deep)
          (global $log (mut i32) (i32.const 0))
          (func $note (param i32) (global.set $log (i32.add (i32.mul (global.get $log) (i32.const 10)) (local.get 0))))
          (func $three (suspend $yield (i32.const 1)) (suspend $yield (i32.const 2)) (suspend $yield (i32.const 3)))
          (func $drive (param $k (ref null $c))
            (loop $l
              (block $on (result i32 (ref $c)) (resume $c (on $yield $on) (local.get $k)) (return))
              (local.set $k) (call $note) (br $l)))
          (func (export "generate") (result i32) (call $drive (cont.new $c (ref.func $three))) (global.get $log))
          ;; The yields of a continuation inside another one pass its resume, which has no clause for them.
          (func $outer (block $on (result (ref $c)) (resume $c (on $inner $on) (cont.new $c (ref.func $three))) (call $note (i32.const 7)) (return)) (drop))
          (func (export "nested") (result i32) (call $drive (cont.new $c (ref.func $outer))) (global.get $log))
          (func $two (param i32 i32) (call $note (local.get 0)) (call $note (local.get 1)))
          (type $p (func (param i32 i32))) (type $cp (cont $p))
          (func (export "bind") (result i32) (resume $ci (i32.const 5) (cont.bind $cp $ci (i32.const 4) (cont.new $cp (ref.func $two)))) (global.get $log))
          (func $guarded (block $l (result i32) (try_table (catch $exn $l) (suspend $yield (i32.const 1))) (return)) (call $note))
          (func (export "throw") (result i32) (local $k (ref null $c))
            (block $on (result i32 (ref $c)) (resume $c (on $yield $on) (cont.new $c (ref.func $guarded))) (unreachable))
            (local.set $k) (drop) (resume_throw $c $exn (i32.const 8) (local.get $k)) (global.get $log))
          (func (export "unbegun") (result i32) (block $l (result i32) (try_table (catch $exn $l) (resume_throw $c $exn (i32.const 6) (cont.new $c (ref.func $three)))) (unreachable)))
          (func (export "host") (result i32) (resume $ch (i32.const 20) (cont.new $ch (ref.func $host))))
          (func $deep (if (i32.lt_s (global.get $log) (i32.const 1000000)) (then (global.set $log (i32.add (global.get $log) (i32.const 1))) (resume $c (cont.new $c (ref.func $deep))))))
          (func (export "deep") (call $deep)))
        """;

    [Theory]
    [InlineData("generate", 123)]
    [InlineData("nested", 1237)]
    [InlineData("bind", 45)]
    [InlineData("throw", 8)]
    [InlineData("unbegun", 6)]
    [InlineData("host", 21)]
    public void Continuations_resume_bind_throw_and_nest(string name, int result)
    {
        var store = Run.Store();
        var host = store.AllocFunc(new FuncType([ValType.I32], [ValType.I32]), args => [Val.I32(args[0].AsI32 + 1)]);
        foreach (int budget in new[] { int.MaxValue, 1 })
        {
            var machine = store.Start(Run.Instance(store, Generators, ("host", host)).Func(name));
            while (machine.Run(budget) == MachineStatus.Paused) { }
            Assert.Equal(result, (int)machine.Finish()[0].AsI32);
        }
    }

    [Fact]
    public void Nested_resumes_count_towards_the_call_depth()
    {
        var store = Run.Store();
        var host = store.AllocFunc(new FuncType([ValType.I32], [ValType.I32]), args => [args[0]]);
        var inst = Run.Instance(store, Generators, ("host", host));
        Assert.Equal(ExhaustionKind.CallStack, Assert.Throws<Exhaustion>(() => inst.Invoke("deep")).Kind);
    }
}
