using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Tests.Wasmtime;
using Conformance.Runtimes.Reference;
using Conformance.Runtimes.Wasmtime;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Cases;

/// <summary>Cases on runtimes of this process.</summary>
public sealed class CaseRunnerTests
{
    public static TheoryData<string> Samples => [.. CaseSamples.All.Concat(CaseSamples.WithExceptions).Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_reference_runs_every_sample(string name)
    {
        using var engine = new InProcessEngine(new ReferenceRuntime(), Profile.Wasm3);
        Check(engine, name);
    }

    [WasmtimeTheory]
    [MemberData(nameof(Samples))]
    public void Wasmtime_runs_every_sample(string name)
    {
        using var engine = new InProcessEngine(new WasmtimeRuntime(name, new WasmtimeOptions()), Profile.Wasm3);
        Check(engine, name);
    }

    [Fact]
    public void A_trap_is_of_the_kind_that_happened_behind_the_call_back()
    {
        var (_, @case, _) = CaseSamples.All.Single(s => s.Name == "traces and call-backs");
        using var engine = new InProcessEngine(new ReferenceRuntime(), Profile.Wasm3);
        Assert.Equal([TrapKind.Unreachable], Trap(engine.Run(@case)));
    }

    [WasmtimeFact]
    public void A_trap_of_Wasmtime_is_of_the_kind_that_happened_behind_the_call_back()
    {
        var (_, @case, _) = CaseSamples.All.Single(s => s.Name == "traces and call-backs");
        using var engine = new InProcessEngine(new WasmtimeRuntime("wasmtime", new WasmtimeOptions()), Profile.Wasm3);
        Assert.Equal([TrapKind.Unreachable], Trap(engine.Run(@case)));
    }

    private static IEnumerable<TrapKind> Trap(CaseResult result) => Assert.IsType<Outcome.Trapped>(Assert.IsType<ActionResult.Ended>(result.Results[2]).Outcome).Kinds;

    private static void Check(InProcessEngine engine, string name)
    {
        var (_, @case, wanted) = CaseSamples.All.Concat(CaseSamples.WithExceptions).Single(s => s.Name == name);
        // Twice: nothing of a case is left for the next.
        foreach (var result in engine.Run([@case, @case])) Assert.Equal(wanted, CaseSamples.Text(result));
    }
}
