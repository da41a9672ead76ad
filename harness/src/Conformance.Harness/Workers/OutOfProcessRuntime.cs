using System.Collections.Concurrent;
using System.Text.Json;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Workers;

/// <summary>
/// An engine in worker processes. Each store has a worker to itself, or one of several stores in it where the engine has threads; workers are used again
/// for other scripts. What a worker cannot do by its declaration is unsupported; what it does wrong is its own verdict and ends the worker.
/// </summary>
public sealed class OutOfProcessRuntime : IRuntime, IDisposable
{
    private readonly WorkerSpec _spec;
    private readonly ConcurrentBag<WorkerProcess> _idle = [];
    private readonly ConcurrentDictionary<WorkerProcess, bool> _all = new();
    private readonly Action<IStore>? _onStore;
    private int _started;
    private long _endedTicks;

    private OutOfProcessRuntime(WorkerSpec spec, WorkerLimits limits, Action<IStore>? onStore)
    {
        _spec = spec;
        Limits = limits;
        _onStore = onStore;
        Facts = null!;
        Info = null!;
    }

    public RuntimeInfo Info { get; private set; }

    public WorkerFacts Facts { get; private set; }

    public WorkerLimits Limits { get; }

    /// <summary>How many workers were started, the first one included.</summary>
    public int Started => _started;

    /// <summary>The processor time of all workers so far.</summary>
    public TimeSpan ProcessorTime => new(Interlocked.Read(ref _endedTicks) + _all.Keys.Sum(w => w.ProcessorTime.Ticks));

    /// <summary>Starts a first worker, asks it what it can do, probes its features and calibrates its trap messages.</summary>
    /// <exception cref="WorkerStartException">It cannot be started or does not speak the protocol.</exception>
    public static OutOfProcessRuntime Start(WorkerSpec spec, WorkerLimits? limits = null, Action<IStore>? onStore = null)
    {
        var runtime = new OutOfProcessRuntime(spec, limits ?? WorkerLimits.Default, onStore);
        try
        {
            var (worker, facts) = runtime.StartWorker();
            runtime._idle.Add(worker);
            runtime.Adopt(facts);
            runtime.Adopt(Probes.Run(runtime, facts));
            return runtime;
        }
        catch (Exception e) when (e is WorkerLostException or ProtocolException or WorkerStartException)
        {
            runtime.Dispose();
            throw new WorkerStartException($"{spec.Name}: {e.Message}", e);
        }
    }

    private void Adopt(WorkerFacts facts)
    {
        Facts = facts;
        Info = new RuntimeInfo
        {
            Name = _spec.Name,
            Version = facts.Name == _spec.Name ? facts.Version : $"{facts.Name} {facts.Version}",
            Features = facts.Features,
            DistinguishesMalformed = facts.DistinguishesMalformed,
            SpeaksSuiteMessages = facts.SpeaksSuiteMessages,
            Threads = facts.Threads,
            ObeysProfiles = facts.ObeysProfiles,
        };
    }

    public IStore CreateStore(StoreRequest request)
    {
        var store = new WorkerStore(this, request);
        _onStore?.Invoke(store);
        return store;
    }

    /// <summary>An idle worker, or a new one.</summary>
    internal WorkerProcess Rent()
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.Lost is null) return idle;
            Dismiss(idle);
        }
        return StartWorker().Worker;
    }

    /// <summary>Takes a worker back. One that is lost or has grown too large is dismissed.</summary>
    internal void Return(WorkerProcess worker)
    {
        if (worker.Lost is null && worker.Memory < Limits.Reuse) _idle.Add(worker);
        else Dismiss(worker);
    }

    /// <summary>Ends a worker that was rented.</summary>
    internal void Dismiss(WorkerProcess worker)
    {
        var time = worker.ProcessorTime;
        if (_all.TryRemove(worker, out _)) Interlocked.Add(ref _endedTicks, time.Ticks);
        worker.Dispose();
    }

    private (WorkerProcess Worker, WorkerFacts Facts) StartWorker()
    {
        var worker = new WorkerProcess(_spec, Limits);
        Interlocked.Increment(ref _started);
        _all[worker] = true;
        try
        {
            using var hello = worker.Ask(System.Text.Encoding.UTF8.GetBytes($"\"do\":\"hello\",\"protocol\":{Protocol.Version},\"kit\":{JsonSerializer.Serialize(Runner.ToolVersion)}"), Limits.Start);
            return (worker, WorkerFacts.Read(hello.RootElement));
        }
        catch
        {
            Dismiss(worker);
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var worker in _all.Keys) Dismiss(worker);
    }
}
