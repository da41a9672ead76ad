using System.Collections.Immutable;
using Conformance.Harness.Cases;
using Conformance.Harness.Engines;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Tests.Wasmtime;
using Conformance.Harness.Tests.Workers;
using Conformance.Harness.Workers;
using Wasm.Execution;

namespace Conformance.Harness.Tests.Cases;

/// <summary>Cases in worker processes.</summary>
public sealed class WorkerCaseTests
{
    [Fact]
    public void The_reference_runs_the_samples_over_the_protocol()
    {
        using var engine = WorkerCaseEngine.Start(Programs.Reference);
        Check(engine, [.. CaseSamples.All, .. CaseSamples.WithExceptions]);
    }

    [EngineFact("node")]
    public void Node_runs_the_samples() => Check("node", [.. CaseSamples.All, .. CaseSamples.WithExceptions]);

    [EngineFact("bun")]
    public void Bun_runs_the_samples() => Check("bun", [.. CaseSamples.All, .. CaseSamples.WithExceptions]);

    [EngineFact("deno")]
    public void Deno_runs_the_samples() => Check("deno", [.. CaseSamples.All, .. CaseSamples.WithExceptions]);

    [EngineFact("jsc")]
    public void The_shell_jsc_runs_the_samples() => Check("jsc", CaseSamples.All);

    [EngineFact("gjs")]
    public void Gjs_runs_the_samples() => Check("gjs", CaseSamples.All);

    [Fact]
    public async Task Batches_that_are_begun_are_answered_in_order()
    {
        using ICaseEngine engine = WorkerCaseEngine.Start(Programs.Reference);
        byte[] module = Wat.Binary("""(module (func (export "f") (param i32) (result i32) (local.get 0)))""");
        var runs = Enumerable.Range(0, 20).Select(i => engine.RunAsync([.. Enumerable.Range(0, 16).Select(k => Echo(module, (uint)((16 * i) + k)))])).ToArray();
        for (int i = 0; i < runs.Length; i++)
        {
            var results = await runs[i];
            Assert.Equal(Enumerable.Range(0, 16).Select(k => $"[]\n[i32:{(16 * i) + k:x}]"), results.Select(CaseSamples.Text));
        }
        Assert.Equal(0, engine.Restarts);
    }

    [UnixFact]
    public async Task A_worker_that_has_grown_is_replaced_though_there_is_always_more_to_do()
    {
        string started = Path.GetTempFileName();
        try
        {
            // The shell writes a line for each process that becomes a worker.
            var spec = Programs.Reference with { Command = ["sh", "-c", "echo >> \"$0\"; exec \"$@\"", started, .. Programs.Reference.Command] };
            using (ICaseEngine engine = WorkerCaseEngine.Start(spec, new WorkerCaseOptions { Limits = WorkerLimits.Default with { Reuse = 1 }, Batch = TimeSpan.FromSeconds(60) }))
            {
                byte[] module = Wat.Binary("""(module (func (export "f") (param i32) (result i32) (local.get 0)))""");
                var runs = Enumerable.Range(0, 6).Select(i => engine.RunAsync([Echo(module, (uint)i)])).ToArray();
                for (int i = 0; i < runs.Length; i++) Assert.Equal($"[]\n[i32:{i:x}]", CaseSamples.Text(Assert.Single(await runs[i])));
                Assert.Equal(0, engine.Restarts);
            }
            Assert.InRange(File.ReadAllLines(started).Length, 3, 7);
        }
        finally
        {
            File.Delete(started);
        }
    }

    private static Case Echo(byte[] module, uint n) => new([module], [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(n)])]);

    /// <summary>The proxy does what a case's export is called after.</summary>
    [ProxyTheory]
    [InlineData("die", typeof(Outcome.Crashed), "signal 9")]
    [InlineData("hang", typeof(Outcome.TimedOut), "no answer in")]
    [InlineData("garbage", typeof(Outcome.Crashed), "Segmentation fault")]
    [InlineData("no value", typeof(Outcome.Crashed), "protocol violation")]
    public async Task A_loss_is_the_last_result_of_the_case_that_caused_it(string fault, Type outcome, string why)
    {
        var options = new WorkerCaseOptions { Batch = TimeSpan.FromSeconds(fault == "hang" ? 3 : 60), Single = TimeSpan.FromSeconds(fault == "hang" ? 3 : 60) };
        using var engine = WorkerCaseEngine.Start(Programs.Proxy(), options);
        byte[] module = Wat.Binary($"""(module (func (export "f") (param i32) (result i32) (local.get 0)) (func (export "{fault}")))""");
        var bad = new Case([module], [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(7)]), new CaseAction.Invoke(0, fault, []), new CaseAction.Invoke(0, "f", [Value.I32(8)])]);
        var first = engine.RunAsync([Echo(module, 1), bad, Echo(module, 2)]);
        var second = engine.RunAsync([Echo(module, 3)]);
        var results = await first;
        Assert.Equal("[]\n[i32:1]", CaseSamples.Text(results[0]));
        Assert.Equal("[]\n[i32:2]", CaseSamples.Text(results[2]));
        Assert.Equal("[]\n[i32:3]", CaseSamples.Text(Assert.Single(await second)));
        Assert.Equal("[]\n[i32:7]", CaseSamples.Text(new CaseResult(results[1].Results[..^1])));
        var lost = Assert.IsType<ActionResult.Ended>(results[1].Results[^1]).Outcome;
        Assert.IsType(outcome, lost);
        Assert.Contains(why, lost.ToString(), StringComparison.Ordinal);
        Assert.InRange(engine.Restarts, 2, 5);
        Assert.Equal(0, engine.Unattributed);
    }

    [Fact]
    public void A_loss_is_all_that_is_known_when_its_action_is_not_asked_for()
    {
        using var engine = WorkerCaseEngine.Start(Programs.Proxy(), new WorkerCaseOptions { Batch = TimeSpan.FromSeconds(60), Single = TimeSpan.FromSeconds(60), Locates = false });
        byte[] module = Wat.Binary("""(module (func (export "f") (param i32) (result i32) (local.get 0)) (func (export "die")))""");
        var bad = new Case([module], [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(7)]), new CaseAction.Invoke(0, "die", [])]);
        Assert.IsType<Outcome.Crashed>(Assert.IsType<ActionResult.Ended>(Assert.Single(engine.Run([bad])[0].Results)).Outcome);
        Assert.Equal(1, engine.Restarts);
        Assert.Equal("[]\n[i32:1]", CaseSamples.Text(engine.Run([Echo(module, 1)])[0]));
    }

    private static void Check(string name, ImmutableArray<(string, Case, string)> samples)
    {
        using var engine = WorkerCaseEngine.Start(EngineCatalog.Find(name)!.Locate(Programs.Places).Spec!);
        Check(engine, samples);
        Assert.True(engine.Memory > 0);
        // What a trap's message stands for was measured.
        var result = engine.Run([CaseSamples.All.Single(s => s.Name == "traces and call-backs").Case])[0].Results[2];
        Assert.Contains(TrapKind.Unreachable, Assert.IsType<Outcome.Trapped>(Assert.IsType<ActionResult.Ended>(result).Outcome).Kinds);
    }

    private static void Check(WorkerCaseEngine engine, ImmutableArray<(string Name, Case Case, string Wanted)> samples)
    {
        var results = engine.Run([.. samples.Select(s => s.Case)]);
        Assert.Equal(samples.Select(s => s.Wanted), results.Select(CaseSamples.Text));
        Assert.Equal(0, engine.Restarts);
    }
}
