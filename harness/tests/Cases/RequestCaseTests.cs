using System.Collections.Immutable;
using Conformance.Harness.Cases;
using Conformance.Harness.Engines;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Tests.Wasmtime;
using Conformance.Harness.Tests.Workers;
using Conformance.Harness.Workers;

namespace Conformance.Harness.Tests.Cases;

/// <summary>Cases on workers that have no request for them.</summary>
public sealed class RequestCaseTests
{
    /// <summary>The reference behind a proxy that hides some of its requests: what can be read is, by itself or through modules of the kit.</summary>
    [ProxyTheory]
    [InlineData("--without", "cases")]
    [InlineData("--without", "cases,get,memory,table,define")]
    [InlineData("--without", "cases,get,memory", "--batches", "yes")]
    public void A_case_shows_the_same_by_requests(params string[] options)
    {
        using var engine = Assert.IsType<RequestCaseEngine>(CaseEngines.Start(Programs.Proxy(options)));
        Assert.Null(engine.NoLinks);
        Check(engine, CaseSamples.All);
        // Of exceptions it is only told that they were thrown.
        Check(engine, [.. CaseSamples.WithExceptions.Select(s => (s.Name, s.Case, string.Join('\n', s.Wanted.Split('\n').Select(line => line.StartsWith("threw", StringComparison.Ordinal) ? "threw ? ?" : line))))]);
        Assert.False(engine.Info.TellsTags);
    }

    [Fact]
    public void A_worker_that_runs_cases_gets_them_as_they_are()
    {
        using var engine = CaseEngines.Start(Programs.Reference);
        Assert.IsType<WorkerCaseEngine>(engine);
        Assert.True(engine.Info.TellsTags);
    }

    /// <summary>More values than are read in one go, and more than are read at all.</summary>
    [ProxyTheory]
    [InlineData("--without", "cases")]
    [InlineData("--without", "cases", "--batches", "yes")]
    public void A_trace_is_read_to_its_end_or_told_to_be_too_long(params string[] options)
    {
        using var engine = CaseEngines.Start(Programs.Proxy(options));
        byte[] module = Wat.Binary("""
            (module (import "host" "emit32" (func $e32 (param i32))) (import "host" "emit64" (func $e64 (param i64)))
              (func (export "f") (param $n i32)
                (loop $next
                  (if (i32.and (local.get $n) (i32.const 1)) (then (call $e32 (local.get $n))) (else (call $e64 (i64.extend_i32_u (local.get $n)))))
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
            """);
        var results = engine.Run([new([module], [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(3)]), new CaseAction.Invoke(0, "f", [Value.I32(300)]), new CaseAction.Invoke(0, "f", [Value.I32(5000)])])])[0].Results;
        Assert.Equal([Value.I32(3), Value.I64(2), Value.I32(1)], results[1].Trace.AsEnumerable());
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? Value.I64((ulong)(300 - i)) : Value.I32((uint)(300 - i))), results[2].Trace.AsEnumerable());
        Assert.Contains("too long", Assert.IsType<Outcome.AdapterLimit>(Assert.IsType<ActionResult.Ended>(results[3]).Outcome).Why, StringComparison.Ordinal);
    }

    /// <summary>An importer that gets an instance of its own sees no state: nothing that has imports can be run, the rest can.</summary>
    [ProxyFact]
    public void An_engine_that_links_modules_and_not_instances_loses_what_depends_on_them()
    {
        using var engine = Assert.IsType<RequestCaseEngine>(CaseEngines.Start(Programs.Proxy("--without", "cases,memory,get", "--copies", "yes")));
        Assert.Equal("it links modules, not instances", engine.NoLinks);
        byte[] alone = Wat.Binary("""(module (memory (export "m") 1) (func (export "f") (result i32) (i32.const 5)))"""), importing = Wat.Binary("""(module (import "host" "emit32" (func (param i32))))""");
        Assert.Equal(
            "[]\n[i32:5]\nlimit of the adapter: it links modules, not instances\nlimit of the adapter: it links modules, not instances\nnot run",
            CaseSamples.Text(engine.Run([new([alone, importing],
                [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", []), new CaseAction.Digest(0, "m"), new CaseAction.Instantiate(1), new CaseAction.Invoke(1, "f", [])])])[0]));
    }

    [ProxyFact]
    public void A_validator_judges_modules_and_does_nothing_else()
    {
        using var engine = CaseEngines.Start(Programs.Proxy("--without", "cases,instantiate,register,invoke,memory,get,table,define,share"));
        byte[] module = Wat.Binary("(module)");
        Assert.Equal("[]\nrefused\nunsupported: reference does not `instantiate`\nrefused\nnot run",
            CaseSamples.Text(engine.Run([new([module, [0]], [new CaseAction.Load(0), new CaseAction.Load(1), new CaseAction.Instantiate(0), new CaseAction.Instantiate(1), new CaseAction.Invoke(0, "f", [])])])[0]));
    }

    [ProxyFact]
    public void A_worker_that_does_not_exchange_i64_is_refused_with_the_reason()
    {
        var e = Assert.Throws<WorkerStartException>(() => CaseEngines.Start(Programs.Proxy("--without", "cases", "--values", "i32")));
        Assert.Contains("values of type i64 do not cross", e.Message, StringComparison.Ordinal);
    }

    [ProxyFact]
    public void The_test_of_workers_knows_batches()
    {
        var check = Assert.Single(WorkerTest.Run(Programs.Proxy("--batches", "yes")), c => c.Text.Contains("batch", StringComparison.Ordinal));
        Assert.True(check.Passed, check.Text);
    }

    /// <summary>The next cases are none the worse, and what a case did before the loss is known.</summary>
    [ProxyTheory]
    [InlineData("die", typeof(Outcome.Crashed), "signal 9", false)]
    [InlineData("die", typeof(Outcome.Crashed), "signal 9", true)]
    [InlineData("hang", typeof(Outcome.TimedOut), "no answer in", true)]
    [InlineData("garbage", typeof(Outcome.Crashed), "Segmentation fault", true)]
    [InlineData("no value", typeof(Outcome.Crashed), "protocol violation", false)]
    public void A_loss_is_the_last_result_of_the_case_that_caused_it(string fault, Type outcome, string why, bool batches)
    {
        var time = TimeSpan.FromSeconds(fault == "hang" ? 3 : 60);
        using var engine = CaseEngines.Start(Programs.Proxy(["--without", "cases", .. batches ? (string[])["--batches", "yes"] : []]), new WorkerCaseOptions { Batch = time, Single = time });
        byte[] module = Wat.Binary($"""
            (module (import "host" "emit32" (func $emit (param i32))) (func (export "f") (param i32) (result i32) (call $emit (local.get 0)) (local.get 0)) (func (export "{fault}")))
            """);
        Case Echo(uint n) => new([module], [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(n)])]);
        var bad = new Case([module], [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(7)]), new CaseAction.Invoke(0, fault, []), new CaseAction.Invoke(0, "f", [Value.I32(8)])]);
        var results = engine.Run([Echo(1), bad, Echo(2)]);
        Assert.Equal("[]\n[i32:1] {i32:1}", CaseSamples.Text(results[0]));
        Assert.Equal("[]\n[i32:2] {i32:2}", CaseSamples.Text(results[2]));
        Assert.Equal("[]\n[i32:7] {i32:7}", CaseSamples.Text(new CaseResult(results[1].Results[..^1])));
        var lost = Assert.IsType<ActionResult.Ended>(results[1].Results[^1]).Outcome;
        Assert.IsType(outcome, lost);
        Assert.Contains(why, lost.ToString(), StringComparison.Ordinal);
        Assert.Equal(batches ? 2 : 1, engine.Restarts);
    }

    [EngineFact("wabt")]
    public void Wabt_runs_the_samples_in_batches()
    {
        using var engine = Assert.IsType<RequestCaseEngine>(CaseEngines.Start(EngineCatalog.Find("wabt")!.Locate(Programs.Places).Spec!));
        Assert.True(engine.Facts.Has(Protocol.Batch));
        Check(engine, CaseSamples.All);
    }

    private static void Check(RequestCaseEngine engine, ImmutableArray<(string Name, Case Case, string Wanted)> samples)
    {
        Assert.Equal(samples.Select(s => s.Wanted), engine.Run([.. samples.Select(s => s.Case)]).Select(CaseSamples.Text));
        Assert.Equal(0, engine.Restarts);
    }
}
