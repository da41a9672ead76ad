using System.Text;
using Conformance.Fuzz.Findings;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Tests.Findings;

/// <summary>A case as a script says what the case does, and nothing that is not so.</summary>
public sealed class CaseScriptTests
{
    private const string Module = """
        (module
          (import "host" "emit64" (func $emit (param i64)))
          (import "host" "back" (func $back (param i32) (result i32)))
          (tag $e (export "tag0") (param i32)) (tag $other (param i32))
          (memory (export "mem") 1 3)
          (global (export "g") (mut i32) (i32.const 7))
          (func (export "back") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 10)))
          (func (export "store") (param i32) (i32.store (i32.shl (local.get 0) (i32.const 2)) (i32.add (local.get 0) (i32.const 1))))
          (func (export "nan") (f32.store (i32.const 12) (f32.const -nan)) (drop (memory.grow (i32.const 1))))
          (func (export "call") (param i32) (result i32) (call $emit (i64.const 77)) (call $back (local.get 0)))
          (func (export "trap") (unreachable))
          (func (export "throw") (throw $e (i32.const 1))))
        """;

    private static readonly FuzzCase Case = new()
    {
        Modules = [new FuzzModule(TextParser.ParseModule(Encoding.UTF8.GetBytes(Module), Profile.Wasm3) with { Customs = [] }), new FuzzModule([0, 97, 115, 109, 1, 0, 0, 0]), new FuzzModule([0, 97, 115])],
        Actions =
        [
            new CaseAction.Instantiate(0, "m0"),
            new CaseAction.Sweep(0, "store", 3),
            new CaseAction.Invoke(0, "nan", []),
            new CaseAction.Memory(0, "mem", 0, 16),
            new CaseAction.Digest(0, "mem"),
            new CaseAction.Invoke(0, "call", [Value.I32(4)]),
            new CaseAction.Invoke(0, "trap", []),
            new CaseAction.Invoke(0, "throw", []),
            new CaseAction.Get(0, "g"),
            new CaseAction.Load(1),
            new CaseAction.Load(2),
        ],
        Features = Features.Wasm3,
        NaNs = [new(3, [NaNSet.Exact, NaNSet.Exact, NaNSet.Exact, NaNSet.Canonical32])],
        MayBeRefused = true,
    };

    private static readonly CaseResult Reference = new CaseRunner(new ReferenceRuntime(), Profile.Wasm3).Run(Case.ToCase());

    private static RunResult Run(string script) => Runner.Run(new RunOptions
    {
        Runtime = new ReferenceRuntime(),
        Files = [new ScriptFile("", "case.wast", null, Profile.Wasm3, Encoding.UTF8.GetBytes(script))],
    });

    [Fact]
    public void It_passes_on_the_reference_and_leaves_nothing_out()
    {
        string script = CaseScript.Write(Case, Reference, ["a case"], out var leftOut);

        Assert.Empty(leftOut);
        var run = Run(script);
        Assert.All(run.Files[0].Commands, c => Assert.True(c.Verdict == Verdict.Passed, $"{c.Line}: {c.Kind}: {c.Detail} {c.Actual}"));
        // The sweep, nan, four words, the size, call and what it emitted, the count, trap, throw, g, and what is no module.
        Assert.Equal(3 + 1 + 4 + 1 + 2 + 1 + 3 + 1, run.Totals.Assertions);
    }

    [Theory]
    [InlineData("(i32.const 10)", "(i32.const 11)")]
    [InlineData("(i64.const 77)", "(i64.const 78)")]
    [InlineData("(f32.const -nan)", "(f32.const nan:0x600000)")]
    [InlineData("(memory.grow (i32.const 1))", "(memory.grow (i32.const 2))")]
    [InlineData("(unreachable)", "(drop (i32.div_u (i32.const 1) (i32.const 0)))")]
    [InlineData("(throw $e (i32.const 1))", "(nop)")]
    [InlineData("(throw $e (i32.const 1))", "(throw $e (i32.const 2))")]
    [InlineData("(throw $e (i32.const 1))", "(throw $other (i32.const 1))")]
    [InlineData("(i32.const 7)", "(i32.const 8)")]
    [InlineData("(i32.shl (local.get 0) (i32.const 2))", "(i32.const 0)")]
    public void It_fails_on_a_module_that_does_something_else(string what, string other)
    {
        var changed = Case with { Modules = Case.Modules.SetItem(0, new FuzzModule(TextParser.ParseModule(Encoding.UTF8.GetBytes(Module.Replace(what, other, StringComparison.Ordinal)), Profile.Wasm3) with { Customs = [] })) };

        Assert.False(Run(CaseScript.Write(changed, Reference, [], out _)).Totals.IsGreen);
    }

    [Fact]
    public void It_fails_on_a_module_that_tells_the_host_what_the_reference_does_not()
    {
        FuzzCase Telling(int condition) => new()
        {
            Modules = [new FuzzModule(TextParser.ParseModule(Encoding.UTF8.GetBytes($"""
                (module (import "host" "emit32" (func $emit (param i32))) (func (export "f") (if (i32.const {condition}) (then (call $emit (i32.const 0))))))
                """), Profile.Wasm3) with { Customs = [] })],
            Actions = [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [])],
            Features = Features.Wasm3,
        };
        var silent = new CaseRunner(new ReferenceRuntime(), Profile.Wasm3).Run(Telling(0).ToCase());

        Assert.True(Run(CaseScript.Write(Telling(0), silent, [], out _)).Totals.IsGreen);
        Assert.False(Run(CaseScript.Write(Telling(1), silent, [], out _)).Totals.IsGreen);
    }

    [Fact]
    public void A_generated_module_that_is_none_is_a_fault_of_the_generator()
    {
        Case.Check(Reference);
        Assert.Throws<InvalidOperationException>(() => (Case with { MayBeRefused = false }).Check(Reference));
    }
}
