using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Workers;

/// <summary>The worker that an engine of cases has at the moment. It is used by one thread; what is told of it may be asked by any.</summary>
/// <param name="runtime">Starts workers.</param>
internal sealed class CaseWorker(OutOfProcessRuntime runtime)
{
    private volatile WorkerProcess? _current;
    private volatile int _restarts;

    /// <summary>The one that runs, or has run last; null when the next has not been started.</summary>
    public WorkerProcess? Current => _current;

    /// <summary>Resident bytes now.</summary>
    public long Memory => _current?.Memory ?? 0;

    /// <summary>Workers that were lost.</summary>
    public int Restarts => _restarts;

    /// <summary>The one that runs; it is started when there is none.</summary>
    public WorkerProcess Get() => _current ??= runtime.Rent();

    /// <summary>Gives the worker back, or away: the next case gets another.</summary>
    /// <param name="lost">Whether it is of no more use.</param>
    public void Leave(bool lost)
    {
        if (_current is not { } worker) return;
        _current = null;
        if (lost) worker.Lose("it is not used any more", timedOut: false);
        runtime.Dismiss(worker);
        if (lost) _restarts++;
    }

    /// <summary>The loss of a worker, or its breach of the protocol, as the end of a case.</summary>
    public static Outcome OutcomeOf(Exception loss) => loss switch
    {
        WorkerLostException { TimedOut: true } => new Outcome.TimedOut(loss.Message),
        WorkerLostException => new Outcome.Crashed(loss.Message),
        _ => new Outcome.Crashed($"protocol violation: {loss.Message}"),
    };
}
