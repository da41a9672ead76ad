using System.Text.Json;

namespace Conformance.Harness.Workers;

/// <summary>
/// Where the stores of one script live: a worker, and what it needs to be made again. After the first loss a new worker gets the requests again that the
/// lost one had answered; after the second the home is closed. A home of several stores is not made again: their threads' order cannot be.
/// </summary>
internal sealed class WorkerHome(OutOfProcessRuntime runtime) : IDisposable
{
    private readonly List<byte[]> _log = [];
    private readonly Lock _gate = new();
    private WorkerProcess? _worker;
    private WorkerLostException? _firstLoss, _closed;
    private int _stores;
    private bool _interrupted;

    /// <summary>The number for another store.</summary>
    public int Enter() => Interlocked.Increment(ref _stores) - 1;

    /// <summary>Asks and remembers, when asked to, what must be asked again after a loss.</summary>
    /// <exception cref="WorkerLostException">The worker was lost by this request, or the home is closed.</exception>
    public JsonDocument Ask(byte[] body, bool remember)
    {
        var worker = Worker();
        try
        {
            var answer = worker.Ask(body);
            if (remember) Remember(body);
            return answer;
        }
        catch (WorkerLostException e)
        {
            throw Lose(e);
        }
    }

    /// <summary>What is asked again after a loss though no answer to it was waited for.</summary>
    public void Remember(byte[] body)
    {
        lock (_gate) _log.Add(body);
    }

    /// <summary>An answer was none: the worker is as good as lost.</summary>
    public WorkerLostException Violated(ProtocolException violation)
    {
        lock (_gate)
        {
            var loss = new WorkerLostException($"protocol violation: {violation.Message}", timedOut: false);
            _worker?.Lose(loss.Message, timedOut: false);
            return Lose(loss);
        }
    }

    private WorkerLostException Lose(WorkerLostException loss)
    {
        lock (_gate)
        {
            if (_interrupted) return new WorkerLostException("interrupted", timedOut: true);
            if (_worker is not null) runtime.Return(_worker);
            _worker = null;
            if (_stores > 1) _closed ??= new WorkerLostException($"the worker was lost before this command, and with it the state of {_stores} threads", timedOut: false);
            else if (_firstLoss is not null) _closed ??= new WorkerLostException("the worker was lost a second time in this file before this command", timedOut: false);
            _firstLoss ??= loss;
            return loss;
        }
    }

    private WorkerProcess Worker()
    {
        lock (_gate)
        {
            if (_interrupted) throw new WorkerLostException("interrupted", timedOut: true);
            if (_closed is not null) throw _closed;
            if (_worker is not null) return _worker;
            try
            {
                _worker = runtime.Rent();
                foreach (byte[] body in _log) _worker.Ask(body).Dispose();
                return _worker;
            }
            catch (Exception e) when (e is WorkerLostException or WorkerStartException or ProtocolException)
            {
                if (_worker is not null) runtime.Return(_worker);
                _worker = null;
                _closed = new WorkerLostException(_firstLoss is null ? e.Message : $"the state could not be rebuilt: {e.Message}", timedOut: false);
                throw _closed;
            }
        }
    }

    /// <summary>Ends the request that runs, and all that follow.</summary>
    public void Interrupt()
    {
        _interrupted = true;
        _worker?.Lose("interrupted", timedOut: true);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (Interlocked.Decrement(ref _stores) > 0) return;
            if (_worker is not null) runtime.Return(_worker);
            _worker = null;
        }
    }
}
