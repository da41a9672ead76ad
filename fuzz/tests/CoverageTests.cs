using System.Text;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Coverage;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Tests;

public sealed class CoverageTests
{
    [Fact]
    public void What_a_module_runs_is_reached_and_nothing_else()
    {
        var coverage = new RuleCoverage();
        using var store = new ReferenceRuntime(null, coverage).CreateStore(new StoreRequest(Profile.Wasm3));
        byte[] binary = BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes("""
            (module (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
              (func (export "never") (drop (f32.sqrt (f32.const 1)))))
            """), Profile.Wasm3));
        var module = ((Outcome.Loaded)store.Load(binary)).Module;
        var instance = ((Outcome.Instantiated)store.Instantiate(module)).Instance;
        store.Invoke(instance, "div", [Value.I32(7), Value.I32(0xFFFF_FFFF)]);
        store.Invoke(instance, "div", [Value.I32(7), Value.I32(0)]);

        var reached = coverage.Cells().Where(c => c.Reached).Select(c => c.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "Step_pure/binop", "Step_read/local.get", "Instr_ok/binop", "Instr_ok/unop", "i32.div_s", "DivZero",
            "i32.div_s: operand 1 is positive", "i32.div_s: operand 2 is minus one", "i32.div_s: operand 2 is zero" }, reached);
        Assert.DoesNotContain("f32.sqrt", reached);
        Assert.DoesNotContain("Step_pure/unop", reached);
        Assert.DoesNotContain("DivOverflow", reached);
        Assert.DoesNotContain("i32.div_s: operand 2 is least", reached);
    }

    [Fact]
    public void Start_functions_and_calls_back_from_the_host_are_watched()
    {
        var coverage = new RuleCoverage();
        var runner = new CaseRunner(new ReferenceRuntime(null, coverage), Profile.Wasm3);
        byte[] binary = BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes("""
            (module (import "host" "back" (func $back (param i32) (result i32)))
              (func (export "back") (param i32) (result i32) (i32.clz (local.get 0)))
              (func (export "run") (drop (call $back (i32.const 1))))
              (func $start (drop (i64.ctz (i64.const 4)))) (start $start))
            """), Profile.Wasm3));
        byte[] trapping = BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes("(module (func $start unreachable) (start $start))"), Profile.Wasm3));
        runner.Run(new([binary, trapping], [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "run", []), new CaseAction.Instantiate(1)]));

        var reached = coverage.Cells().Where(c => c.Reached).Select(c => c.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "i32.clz", "i64.ctz", "Unreachable" }, reached);
    }

    [Fact]
    public void A_campaign_watches_one_case_of_four_blocks_and_each_in_its_turn()
    {
        var coverage = new SampledCoverage();
        var schedule = new Schedule([new("module", 1)], [false]);
        var watched = Enumerable.Range(0, 512).Select(n => coverage.CaseOf(schedule.BlockAt(n))).OfType<int>().ToList();
        Assert.Equal(128, watched.Count);
        Assert.Equal(Enumerable.Range(0, CaseBlock.Size), watched.Distinct().Order());

        Assert.Empty(coverage.Reached());
        var made = Generator.Find("chain")!.Generate(Generator.DecisionsOf(new(Generator.Version, "chain", 1)), GeneratorOptions.Default);
        coverage.Watch(made, made.ToCase());
        var reached = coverage.Reached().ToList();
        Assert.Contains("ExecutionRule/Step_read/local.get", reached);
        Assert.Empty(reached.Except(CoverageCells.All));
    }
}
