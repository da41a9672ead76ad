using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>What a worker that runs cases is allowed.</summary>
public sealed record WorkerCaseOptions
{
    public static WorkerCaseOptions Default { get; } = new();

    /// <summary>Memory and start. A worker that has grown beyond <see cref="WorkerLimits.Reuse"/> is replaced between batches.</summary>
    public WorkerLimits Limits { get; init; } = WorkerLimits.Default;

    /// <summary>For a batch, from the moment it is the next to be answered.</summary>
    public TimeSpan Batch { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For one case, when a batch has failed.</summary>
    public TimeSpan Single { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether to find out which action of a case the worker is lost on; if not, a lost case has no other result than the loss.</summary>
    public bool Locates { get; init; } = true;

    /// <summary>What modules are held to; null for all that the engine has.</summary>
    public Features? Features { get; init; }
}

/// <summary>
/// An engine of cases in a worker process. Batches are sent ahead, so that the worker always has the next one; a thread of the engine's own sends them and reads
/// the answers. After a loss new workers get the batch's cases one at a time.
/// </summary>
public sealed class WorkerCaseEngine : ICaseEngine
{
    /// <summary>Batches that the worker has at once.</summary>
    private const int Ahead = 2;

    private static readonly JsonWriterOptions Bare = new() { SkipValidation = true };

    private readonly OutOfProcessRuntime _runtime;
    private volatile WorkerCaseOptions _options;
    private readonly BlockingCollection<Batch> _queue = [];
    private readonly Queue<Batch> _sent = new();
    private readonly Thread _thread;
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);
    private readonly Dictionary<string, Outcome> _explained = new(StringComparer.Ordinal);
    private readonly Func<Outcome, Outcome> _explain;
    private readonly CaseWorker _worker;
    private bool _hasGrown;

    private sealed class Batch(ImmutableArray<Case> cases)
    {
        public ImmutableArray<Case> Cases => cases;

        public TaskCompletionSource<ImmutableArray<CaseResult>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public WorkerProcess.Pending? Pending { get; set; }
    }

    internal WorkerCaseEngine(OutOfProcessRuntime runtime, WorkerCaseOptions options)
    {
        _runtime = runtime;
        _worker = new(runtime);
        _options = options;
        _explain = Explain;
        Info = options.Features is { } features ? runtime.Info with { Features = runtime.Info.Features & features } : runtime.Info;
        _thread = new Thread(Loop) { IsBackground = true, Name = $"cases of {Info.Name}" };
        _thread.Start();
    }

    /// <summary>Starts a worker, probes its features and calibrates its trap messages.</summary>
    /// <exception cref="WorkerStartException">It cannot be started, does not speak the protocol, or does not run cases.</exception>
    public static WorkerCaseEngine Start(WorkerSpec spec, WorkerCaseOptions? options = null)
    {
        options ??= WorkerCaseOptions.Default;
        // A worker that does not read is as late as one that does not answer.
        var runtime = OutOfProcessRuntime.Start(spec, options.Limits with { Request = options.Batch });
        if (runtime.Facts.Has(Protocol.Cases)) return new(runtime, options);
        string why = runtime.Facts.WhyNot(Protocol.Cases);
        runtime.Dispose();
        throw new WorkerStartException($"{spec.Name}: {why}");
    }

    public RuntimeInfo Info { get; }

    /// <summary>What the worker said of itself and the kit measured: for reports.</summary>
    public WorkerFacts Facts => _runtime.Facts;

    public long Memory => _worker.Memory;

    public TimeSpan ProcessorTime => _runtime.ProcessorTime;

    public int Restarts => _worker.Restarts;

    /// <summary>Sets the time for a batch and for one case, of what is begun from now on.</summary>
    public TimeSpan Longest { set => _options = _options with { Batch = value, Single = value }; }

    /// <summary>Batches that a worker was lost on while each of their cases by itself was answered.</summary>
    public int Unattributed { get; private set; }

    public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases) => RunAsync(cases).GetAwaiter().GetResult();

    public Task<ImmutableArray<CaseResult>> RunAsync(ImmutableArray<Case> cases)
    {
        var batch = new Batch(cases);
        _queue.Add(batch);
        return batch.Done.Task;
    }

    private void Loop()
    {
        while (true)
        {
            Batch? next;
            if (_sent.Count == 0)
            {
                if (!_queue.TryTake(out next, Timeout.Infinite)) return;
            }
            else if (_sent.Count >= Ahead || IsToBeReplaced || !_queue.TryTake(out next)) next = null;
            var batch = next ?? _sent.Dequeue();
            try
            {
                if (next is not null)
                {
                    Send(next);
                    _sent.Enqueue(next);
                }
                else Finish(batch);
            }
            catch (Exception e)
            {
                // A worker that cannot be started again, or a fault of the kit: whoever waits must know.
                batch.Pending?.Dispose();
                batch.Done.TrySetException(e);
            }
        }
    }

    /// <summary>Whether the worker gets no more; what is on its way to it is still answered.</summary>
    private bool IsToBeReplaced => _hasGrown || _worker.Current?.Lost is not null;

    private void Send(Batch batch)
    {
        // A worker is replaced when nothing is on its way to it.
        if (_sent.Count == 0 && IsToBeReplaced) Leave(_worker.Current?.Lost is not null);
        batch.Pending = _worker.Get().Begin(Body(batch.Cases.AsSpan()));
    }

    private void Finish(Batch batch)
    {
        ImmutableArray<CaseResult>? results = null;
        Exception? loss = null;
        try
        {
            using var answer = batch.Pending!.Wait(_options.Batch);
            results = Read(answer, batch.Cases.AsSpan());
            _hasGrown = _worker.Memory > _options.Limits.Reuse;
        }
        catch (WorkerLostException e)
        {
            loss = e;
        }
        catch (ProtocolException e)
        {
            _worker.Current?.Lose($"protocol violation: {e.Message}", timedOut: false);
            loss = e;
        }
        batch.Pending!.Dispose();
        if (loss is not null)
        {
            results = Singly(batch.Cases, loss);
            // The others went down with it.
            foreach (var other in _sent)
            {
                other.Pending!.Dispose();
                other.Pending = _worker.Get().Begin(Body(other.Cases.AsSpan()));
            }
        }
        batch.Done.SetResult(results!.Value);
    }

    /// <summary>Runs cases one at a time.</summary>
    private ImmutableArray<CaseResult> Singly(ImmutableArray<Case> cases, Exception loss)
    {
        var results = ImmutableArray.CreateBuilder<CaseResult>(cases.Length);
        bool attributed = false;
        Leave(lost: true);
        // One alone that nothing was sent ahead of has been run singly.
        if (cases is [var only] && !_options.Locates) return [Lost(only, loss)];
        foreach (var @case in cases)
        {
            try
            {
                results.Add(Ask(@case));
            }
            catch (Exception e) when (e is WorkerLostException or ProtocolException)
            {
                Leave(lost: true);
                attributed = true;
                results.Add(Lost(@case, e));
            }
        }
        if (!attributed) Unattributed++;
        return results.MoveToImmutable();
    }

    private CaseResult Ask(Case @case)
    {
        using var pending = _worker.Get().Begin(Body([@case]));
        using var answer = pending.Wait(_options.Single);
        return Read(answer, [@case])[0];
    }

    /// <summary>The result of a case that ends the worker: what it gives up to the action that does it, and the loss.</summary>
    private CaseResult Lost(Case @case, Exception loss)
    {
        // The longest beginning that is answered, by bisection; the whole is known not to be.
        var known = ImmutableArray<ActionResult>.Empty;
        for (int answered = 0, lost = _options.Locates ? @case.Actions.Length : 0; lost - answered > 1;)
        {
            int count = (answered + lost) / 2;
            try
            {
                known = Ask(@case with { Actions = @case.Actions[..count] }).Results;
                answered = count;
            }
            catch (Exception e) when (e is WorkerLostException or ProtocolException)
            {
                Leave(lost: true);
                (lost, loss) = (count, e);
            }
        }
        return new([.. known, new ActionResult.Ended(CaseWorker.OutcomeOf(loss))]);
    }

    private void Leave(bool lost)
    {
        _worker.Leave(lost);
        _hasGrown = false;
    }

    /// <summary>A request's members without its number.</summary>
    private ReadOnlySpan<byte> Body(ReadOnlySpan<Case> cases)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Bare))
        {
            json.WriteStartObject();
            json.WriteString("do", Protocol.Cases);
            if (_options.Features is { } features)
            {
                json.WriteStartArray("features");
                foreach (string feature in Profiles.NamesOf(features)) json.WriteStringValue(feature);
                json.WriteEndArray();
            }
            json.WriteStartArray("cases");
            foreach (var @case in cases) WireCase.Write(json, @case);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return _buffer.WrittenSpan[1..^1];
    }

    private ImmutableArray<CaseResult> Read(JsonDocument answer, ReadOnlySpan<Case> cases)
    {
        var root = answer.RootElement;
        if (WireOutcome.Word(root) != Protocol.Cases || !root.TryGetProperty("cases", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != cases.Length)
            throw new ProtocolException($"{cases.Length} cases were answered with `{WireOutcome.Word(root)}`");
        var results = ImmutableArray.CreateBuilder<CaseResult>(cases.Length);
        foreach (var result in list.EnumerateArray()) results.Add(WireCase.ReadResult(result, cases[results.Count], _explain));
        return results.MoveToImmutable();
    }

    /// <summary>A trap with the kinds that its message stands for, or as the exhaustion that it is.</summary>
    private Outcome Explain(Outcome outcome)
    {
        if (outcome is not Outcome.Trapped trap || Facts.TellsKinds) return outcome;
        if (_explained.TryGetValue(trap.Message, out var known)) return known;
        var explained = Facts.Explain(trap);
        // Messages may have numbers in them.
        if (_explained.Count < 1000) _explained[trap.Message] = explained;
        return explained;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        // What it waits for ends with the worker.
        if (!_thread.Join(TimeSpan.FromSeconds(1))) _worker.Current?.Lose("the engine was disposed of", timedOut: false);
        _thread.Join(TimeSpan.FromSeconds(5));
        _runtime.Dispose();
        _queue.Dispose();
    }
}
