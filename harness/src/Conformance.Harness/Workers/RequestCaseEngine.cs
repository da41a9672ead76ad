using System.Collections.Immutable;
using System.Text;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Workers;

/// <summary>
/// An engine of cases in a worker that has no request for them: each case is a conversation in ordinary requests (<see cref="CaseDialogue"/>), one case after the other.
/// What the worker cannot do is the result of the actions that need it, as unsupported or a limit of the adapter. When it is lost, a new worker gets the next case.
/// </summary>
public sealed class RequestCaseEngine : ICaseEngine
{
    private readonly OutOfProcessRuntime _runtime;
    private readonly WorkerCaseOptions _options;
    private readonly Features _features;
    private readonly CaseWorker _worker;

    /// <summary>Finds out whether modules can be linked to the engine's instances.</summary>
    /// <exception cref="WorkerStartException">The worker does not exchange i32 and i64.</exception>
    internal RequestCaseEngine(OutOfProcessRuntime runtime, WorkerCaseOptions options)
    {
        _runtime = runtime;
        _worker = new(runtime);
        _options = options;
        _features = runtime.Info.Features & (options.Features ?? Features.All);
        Info = runtime.Info with { Features = _features, TellsTags = false };
        foreach (var type in new[] { ValType.I32, ValType.I64 })
            if (!Facts.Crosses(type)) throw new WorkerStartException($"{Info.Name}: it runs no cases, and values of type {type} do not cross, which cases are made of");
        NoLinks = Probe();
    }

    public RuntimeInfo Info { get; }

    /// <summary>What the worker said of itself and the kit measured: for reports.</summary>
    public WorkerFacts Facts => _runtime.Facts;

    /// <summary>Why modules cannot be linked to instances, so that neither traces nor what the worker does not read can be seen, nor modules with imports run; null where they can.</summary>
    public string? NoLinks { get; }

    /// <summary>How it is driven, and what then is not compared.</summary>
    public string Unseen => $"it runs no cases, so each is {(Facts.Has(Protocol.Batch) ? "a batch of requests" : "made of requests")}; the tag and payload of exceptions are not told"
        + (NoLinks is null ? "" : $"; modules with imports, traces and what the worker does not read are left out: {NoLinks}");

    public long Memory => _worker.Memory;

    public TimeSpan ProcessorTime => _runtime.ProcessorTime;

    public int Restarts => _worker.Restarts;

    public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases)
    {
        var results = ImmutableArray.CreateBuilder<CaseResult>(cases.Length);
        foreach (var @case in cases) results.Add(Run(@case));
        return results.MoveToImmutable();
    }

    private CaseResult Run(Case @case)
    {
        try
        {
            return Ask(@case, Facts.Has(Protocol.Batch), NoLinks);
        }
        catch (CaseLostException loss)
        {
            if (!_options.Locates) return new([new ActionResult.Ended(loss.Loss)]);
            // Which request of a batch it was is found out one by one.
            if (Facts.Has(Protocol.Batch))
                try
                {
                    return Ask(@case, batches: false, NoLinks);
                }
                catch (CaseLostException found)
                {
                    loss = found;
                }
            // What was emitted up to there has not been read.
            try
            {
                return new([.. Ask(@case with { Actions = @case.Actions[..loss.Action] }, Facts.Has(Protocol.Batch), NoLinks).Results, new ActionResult.Ended(loss.Loss)]);
            }
            catch (CaseLostException)
            {
                return new([new ActionResult.Ended(loss.Loss)]);
            }
        }
    }

    private CaseResult Ask(Case @case, bool batches, string? noLinks)
    {
        if (_worker.Current is { } used && (used.Lost is not null || used.Memory > _options.Limits.Reuse)) _worker.Leave(used.Lost is not null);
        try
        {
            return new CaseDialogue(new(_worker.Get(), batches, _options.Single), Facts, noLinks, _features, @case).Run();
        }
        catch (CaseLostException)
        {
            _worker.Leave(lost: true);
            throw;
        }
    }

    /// <summary>Why modules cannot be linked to instances: an engine may give each importer an instance of its own, or have no imports at all.</summary>
    private string? Probe()
    {
        foreach (string request in new[] { Protocol.Instantiate, Protocol.Register, Protocol.Invoke })
            if (!Facts.Has(request)) return Facts.WhyNot(request);
        ImmutableArray<ActionResult> results;
        try
        {
            results = Ask(Question.Value, Facts.Has(Protocol.Batch), noLinks: null).Results;
        }
        catch (CaseLostException loss)
        {
            return $"its instances cannot be linked: {loss.Message}";
        }
        if (results is [_, ActionResult.Ended { Outcome: Outcome.Returned { Values: [{ Lo: 7 }] }, Trace: [{ Lo: 42 }, { Lo: ulong.MaxValue }] }, ActionResult.Digested { Length: 65536 } digest]
            && digest.Hash == MemoryHash.Of([0, 0, 0, 0, (byte)'a'])) return null;
        var first = results.OfType<ActionResult.Ended>().Select(r => r.Outcome).FirstOrDefault(o => o is not Outcome.Returned);
        return first is null ? "it links modules, not instances" : $"its instances cannot be linked: {first}";
    }

    /// <summary>Is the host's trace the one that the module wrote, does a call back reach the instance, is its memory the one that a reader sees?</summary>
    private static readonly Lazy<Case> Question = new(() => new(
        [
            BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes($$"""
                (module (import "{{CaseHost.Name}}" "{{CaseHost.Emit32}}" (func $emit32 (param i32))) (import "{{CaseHost.Name}}" "{{CaseHost.Emit64}}" (func $emit64 (param i64)))
                  (import "{{CaseHost.Name}}" "{{CaseHost.Back}}" (func $back (param i32) (result i32)))
                  (memory (export "m") 1)
                  (func (export "{{CaseHost.Back}}") (param i32) (result i32) (i32.store8 (i32.const 4) (i32.const 97)) (i32.add (local.get 0) (i32.const 4)))
                  (func (export "f") (result i32) (call $emit32 (i32.const 42)) (call $emit64 (i64.const -1)) (call $back (i32.const 3))))
                """), Profile.Wasm3) with { Customs = [] }),
        ],
        [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", []), new CaseAction.Digest(0, "m")]));

    public void Dispose() => _runtime.Dispose();
}
