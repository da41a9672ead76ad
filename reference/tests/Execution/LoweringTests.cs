using Wasm.Execution;

namespace Wasm.Reference.Tests.Execution;

/// <summary>Bodies at which a translation to registers can go wrong; each runs fused and unfused.</summary>
public class LoweringTests
{
    public static TheoryData<string, string> Bodies => new()
    {
        // An operand that is still in a local when the local changes.
        { "(param i32) (result i32) local.get 0 i32.const 7 local.set 0 local.get 0 i32.sub", "i32.const -2" },
        { "(param i32) (result i32) local.get 0 local.get 0 i32.const 1 i32.add local.tee 0 i32.mul", "i32.const 30" },
        { "(param i32) (result i32) local.get 0 (block (local.set 0 (i32.const 9))) local.get 0 i32.sub", "i32.const -4" },
        { "(param i32) (result i32) local.get 0 (if (local.get 0) (then (local.set 0 (i32.const 9)))) local.get 0 i32.sub", "i32.const -4" },
        { "(param i32) (result i32) (local i32) local.get 0 local.tee 1 local.get 1 i32.const 1 local.set 1 i32.add", "i32.const 10" },
        // Results exchanged on their way to the first cells.
        { "(param i32) (result i32 i32) (local i32) (local.set 1 (i32.const 8)) local.get 1 local.get 0", "i32.const 8 i32.const 5" },
        { "(param i32) (result i32 i32) (local i32) (local.set 1 (i32.const 8)) (br_if 0 (local.get 1) (local.get 0) (i32.const 1))", "i32.const 8 i32.const 5" },
        { "(param i32) (result i32 i64) local.get 0 (i64.const 3) return", "i32.const 5 i64.const 3" },
        // Values that a branch moves over others.
        { "(param i32) (result i32) (block (result i32) i32.const 1 i32.const 2 local.get 0 br 0)", "i32.const 5" },
        { "(param i32) (result i32) (block (result i32) i32.const 1 (br_if 0 (i32.const 3) (local.get 0)) drop)", "i32.const 3" },
        { "(param i32) (result i32) (block (result i32 i32) i32.const 9 (br 0 (i32.const 3) (local.get 0))) i32.sub", "i32.const -2" },
        { "(param i32) (result i32 i32 i32 i32 i32 i32) i32.const 0 (block (result i32 i32 i32 i32 i32 i32) i32.const 9 (i32.const 1) (i32.const 2) (local.get 0) (i32.const 4) (i32.const 5) (i32.const 6) (br_if 0 (local.get 0)) br 0) br 0",
            "i32.const 1 i32.const 2 i32.const 5 i32.const 4 i32.const 5 i32.const 6" },
        { "(param i32) (result i32) (loop $l (param) (result i32) (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0)) local.get 0)", "i32.const 0" },
        { "(param i32) (result i32) i32.const 0 (loop $l (param i32) (result i32) local.get 0 i32.add (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) br_if $l)", "i32.const 15" },
        { "(param i32) (result i32) (block (result i32) (block (result i32) i32.const 1 (br_table 0 1 0 (i32.const 40) (local.get 0))) i32.const 2 i32.add)", "i32.const 42" },
        { "(param i32) (result i32) (block (result i32) (block (result i32) i32.const 1 (br_table 0 1 0 (i32.const 40) (i32.const 1))) i32.const 2 i32.add)", "i32.const 40" },
        // Comparisons: fused, negated, with constants on either side, of floats.
        { "(param i32) (result i32) (if (result i32) (i32.eqz (i32.lt_s (local.get 0) (i32.const 6))) (then i32.const 1) (else i32.const 2))", "i32.const 2" },
        { "(param i32) (result i32) (if (result i32) (i32.eqz (i32.eqz (local.get 0))) (then i32.const 1) (else i32.const 2))", "i32.const 1" },
        { "(param i32) (result i32) (i32.gt_s (i32.const 4) (local.get 0))", "i32.const 0" },
        { "(param i32) (result i32) (i32.ge_u (i32.const 5) (local.get 0))", "i32.const 1" },
        { "(param i32) (result i32) (if (result i32) (f64.lt (f64.const nan) (f64.convert_i32_s (local.get 0))) (then i32.const 1) (else i32.const 2))", "i32.const 2" },
        { "(param i32) (result i32) (if (result i32) (i32.eqz (f32.ge (f32.const nan) (f32.convert_i32_s (local.get 0)))) (then i32.const 1) (else i32.const 2))", "i32.const 1" },
        { "(param i32) (result i32) (local i32) (local.set 1 (i32.lt_s (local.get 0) (i32.const 9))) (if (result i32) (i32.eqz (local.get 1)) (then i32.const 7) (else (local.get 1)))", "i32.const 1" },
        { "(param i32) (result i32) (i64.eqz (i64.extend_i32_u (local.get 0))) (if (result i32) (then i32.const 1) (else i32.const 2))", "i32.const 2" },
        { "(param i32) (result i64) (i64.sub (i64.const 0x1_0000_0000) (i64.extend_i32_u (i32.sub (local.get 0) (i32.const 6))))", "i64.const 1" },
        { "(param i32) (result i64) (i64.add (i64.extend_i32_s (local.get 0)) (i64.const -0x8000_0001))", "i64.const -2147483644" },
        // A vector takes two cells.
        { "(param i32) (result i32) i32.const 3 (i32x4.splat (local.get 0)) (i32x4.splat (i32.const 2)) i32x4.mul i32x4.extract_lane 3 i32.add", "i32.const 13" },
        { "(param i32) (result i32) (local v128 i32) (local.set 2 (i32.const 8)) (local.set 1 (i32x4.splat (local.get 0))) (i32.add (local.get 2) (i32x4.extract_lane 1 (local.get 1)))", "i32.const 13" },
        { "(param i32) (result i32) (select (i32x4.splat (local.get 0)) (i32x4.splat (i32.const 1)) (i32.const 0)) i32x4.extract_lane 0", "i32.const 1" },
        { "(param i32) (result i32) (block (result v128 i32) (i64.const 0) (br 0 (i32x4.splat (local.get 0)) (i32.const 4))) (local.set 0) i32x4.extract_lane 2 local.get 0 i32.sub", "i32.const 1" },
        // Reinterpretation is no instruction at all.
        { "(param i32) (result i32) (i32.reinterpret_f32 (f32.neg (f32.reinterpret_i32 (local.get 0))))", "i32.const -2147483643" },
        // Code that cannot be reached.
        { "(param i32) (result i32) (block (result i32) (br 0 (i32.const 3)) (block (param i32) (drop)) (i32.add) (if (then unreachable)))", "i32.const 3" },
        { "(param i32) (result i32) (if (local.get 0) (then (return (i32.const 1))) (else (return (i32.const 2)))) unreachable", "i32.const 1" },
        { "(param i32) (result i32) (loop (result i32) (br_if 1 (i32.const 4) (local.get 0)) (drop) (br 0))", "i32.const 4" },
        // Handlers give the payload where the label wants it.
        { "(param i32) (result i32) i32.const 1 (block (result i32) (try_table (catch $e 0) (throw $e (local.get 0))) i32.const 0) i32.add", "i32.const 6" },
        { "(param i32) (result i32) (try_table (result i32) (catch $e 0) (throw $e (local.get 0)))", "i32.const 5" },
        { "(param i32) (result i32) (block (result i32 exnref) (try_table (catch_ref $e 0) (throw $e (local.get 0))) unreachable) drop", "i32.const 5" },
        { "(param i32) (result i32) (local i32) (block (try_table (catch_all 0) (local.set 1 (i32.const 4)) (call $throw (local.get 0)))) local.get 1", "i32.const 4" },
        { "(param i32) (result i32) i32.const 1 try (result i32) local.get 0 call $throw i32.const 0 catch $e i32.const 2 i32.mul end i32.add", "i32.const 11" },
        { "(param i32) (result i32) try (result i32) try local.get 0 call $throw delegate 0 i32.const 0 catch $e end", "i32.const 5" },
        { "(param i32) (result i32) try (result i32) try (result i32) local.get 0 call $throw i32.const 0 catch_all rethrow 0 end catch $e i32.const 1 i32.add end", "i32.const 6" },
        { "(param i32) (result i32) try (result i32) i32.const 9 try local.get 0 call $throw catch $e drop end catch_all i32.const 0 end", "i32.const 9" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_body_gives_the_same_however_it_is_lowered(string body, string results)
    {
        string wat = $"(module (tag $e (param i32)) (func $throw (param i32) (throw $e (local.get 0))) (func (export \"f\") {body}))";
        foreach (var options in new[] { StoreOptions.Default, new StoreOptions { Unfused = true }, StoreOptions.Deterministic, new StoreOptions { Scheduled = true } })
            Run.Instance(wat, options).Returns(results, "f", Val.I32(5));
    }

    [Fact]
    public void A_branch_with_many_values_is_one_move_however_often_it_is_taken()
    {
        // 500 branches with 1000 values each: moved one by one they would be 500,000 instructions.
        string types = string.Join(' ', Enumerable.Repeat("i32", 1000));
        string values = string.Join(' ', Enumerable.Range(0, 1000).Select(i => $"i32.const {i}"));
        string branches = string.Concat(Enumerable.Repeat("local.get 0 br_if 0 ", 500));
        var inst = Run.Instance($"(module (func (export \"f\") (param i32) (result {types}) i32.const 7 (block (result {types}) i32.const 7 {values} {branches} br 0) br 0))");
        Assert.Equal(Enumerable.Range(0, 1000), inst.Invoke("f", Val.I32(1)).Select(v => (int)v.AsI32));
        Assert.Equal(Enumerable.Range(0, 1000), inst.Invoke("f", Val.I32(0)).Select(v => (int)v.AsI32));
    }

    [Fact]
    public void Every_source_instruction_has_a_lowered_one_that_stands_for_it()
    {
        var seen = new HashSet<int>();
        var store = Run.Store();
        var inst = Run.Instance(store, """
            (module (func (export "f") (param i32) (result i32) (local i32)
              (block (loop (br_if 1 (i32.ge_s (local.get 1) (local.get 0))) (local.set 1 (i32.add (local.get 1) (i32.const 1))) (nop) (br 0)))
              (select (local.get 1) (i32.const 2) (i32.eqz (local.get 0)))))
            """);
        var machine = store.Start(inst.Func("f"), new Coverage(seen), Val.I32(3));
        machine.Run();
        // All but the ends that only branches reach.
        int count = inst.Info.Module.Funcs[0].Body.Instrs.Length;
        Assert.Equal(Enumerable.Range(0, count).Where(i => inst.Info.Module.Funcs[0].Body.Instrs[i].Op != Wasm.Syntax.Op.End),
            seen.Where(i => inst.Info.Module.Funcs[0].Body.Instrs[i].Op != Wasm.Syntax.Op.End).Order());
    }

    private readonly struct Coverage(HashSet<int> seen) : IObserver
    {
        public static bool IsActive => true;

        public void Before(in Step step)
        {
            foreach (int source in step.Sources)
                seen.Add(source);
        }
    }

    [Fact]
    public void The_tracer_prints_offset_rule_operands_and_results()
    {
        var store = Run.Store(new StoreOptions { Unfused = true });
        var inst = Run.Instance(store, """(module (func $g (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))) (func (export "f") (result i32) (call $g (i32.const 4))))""");
        var output = new StringWriter { NewLine = "\n" };
        var machine = store.Start(inst.Func("f"), new Tracer(output));
        machine.Run();
        machine.Observer.Finish();
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Collection(lines,
            l => Assert.EndsWith("value  i32.const -> (i32.const 4)", l),
            l => Assert.EndsWith("Step_read/call  call (i32.const 4)", l),
            l => Assert.EndsWith("Step_read/local.get  local.get -> (i32.const 4)", l),
            l => Assert.EndsWith("value  i32.const -> (i32.const 1)", l),
            l => Assert.EndsWith("Step_pure/binop  i32.add (i32.const 4) (i32.const 1) -> (i32.const 5)", l),
            l => Assert.EndsWith("end", l),
            l => Assert.EndsWith("call (i32.const 4) returned (i32.const 5)", l),
            l => Assert.EndsWith("end", l));
    }
}
