using System.Text;
using Conformance.Fuzz.Coverage;
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
}
