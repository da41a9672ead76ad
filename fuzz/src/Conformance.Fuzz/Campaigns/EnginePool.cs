using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Cases;

namespace Conformance.Fuzz.Campaigns;

/// <summary>An engine could not be started again.</summary>
public sealed class EngineLostException(string engine, string why) : Exception($"{engine}: {why}");

/// <summary>The answer to a block of cases, and how long the engine took.</summary>
public readonly record struct BlockAnswer(ImmutableArray<CaseResult> Results, TimeSpan Time);

/// <summary>
/// As many of one engine as are busy at the same time, at most one a lane, each on a thread of its own. They start when they are first needed, so that an engine
/// that is seldom asked is seldom twice in memory.
/// </summary>
public sealed class EnginePool : IDisposable
{
    /// <summary>Failed starts in a row after which the engine counts as lost.</summary>
    private const int MostFailures = 3;

    /// <summary>Blocks that an engine has at once, so that it need not wait for the next one.</summary>
    private const int Ahead = 2;

    private const string Ended = "the campaign has ended";

    private readonly CampaignEngine _engine;
    private readonly int _most;
    private readonly Lock _gate = new();
    private readonly Queue<(ImmutableArray<Case> Cases, TaskCompletionSource<BlockAnswer> Answer)> _work = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly List<Thread> _threads = [];
    private readonly List<ICaseEngine> _running = [];
    private int _idle, _failures;
    private long _restarts;
    private bool _closed;
    private string? _lost;

    /// <summary>A pool without an engine yet.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="most">How many of it run at the same time at most.</param>
    public EnginePool(CampaignEngine engine, int most)
    {
        _engine = engine;
        _most = most;
    }

    /// <summary>Why the engine could not be started again; null while it can.</summary>
    public string? Lost => _lost;

    /// <summary>Resident bytes of all of them.</summary>
    public long Memory
    {
        get
        {
            lock (_gate) return _running.Sum(e => e.Memory);
        }
    }

    /// <summary>How often one was started again.</summary>
    public long Restarts
    {
        get
        {
            lock (_gate) return _restarts + _running.Sum(e => (long)e.Restarts);
        }
    }

    /// <summary>Runs cases in one request. The task fails with <see cref="EngineLostException"/> when there is no engine any more.</summary>
    public Task<BlockAnswer> Run(ImmutableArray<Case> cases)
    {
        // Whoever waits must not go on with its own work on the engine's thread.
        var answer = new TaskCompletionSource<BlockAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lost is not null)
            {
                answer.SetException(new EngineLostException(_engine.Name, _lost));
                return answer.Task;
            }
            _work.Enqueue((cases, answer));
            if (_idle < _work.Count && _threads.Count < _most)
            {
                var thread = new Thread(Serve) { IsBackground = true, Name = $"cases of {_engine.Name}" };
                _threads.Add(thread);
                thread.Start();
            }
        }
        _ready.Release();
        return answer.Task;
    }

    private sealed record Sent(ImmutableArray<Case> Cases, TaskCompletionSource<BlockAnswer> Answer, Task<ImmutableArray<CaseResult>> Results, long Begin);

    private void Serve()
    {
        ICaseEngine? engine = null;
        var sent = new Queue<Sent>();
        long answered = 0;
        while (true)
        {
            if (sent.Count == 0)
            {
                lock (_gate) _idle++;
                _ready.Wait();
                lock (_gate) _idle--;
            }
            if (sent.Count == 0 || (sent.Count < Ahead && _ready.Wait(0)))
            {
                (ImmutableArray<Case> Cases, TaskCompletionSource<BlockAnswer> Answer) work;
                lock (_gate)
                    if (_closed || !_work.TryDequeue(out work)) break;
                Send(ref engine, sent, work.Cases, work.Answer);
                continue;
            }
            var first = sent.Dequeue();
            try
            {
                var results = first.Results.GetAwaiter().GetResult();
                if (results.Length != first.Cases.Length) throw new InvalidOperationException($"{_engine.Name} answered {results.Length} of {first.Cases.Length} cases");
                var time = Stopwatch.GetElapsedTime(Math.Max(first.Begin, answered));
                answered = Stopwatch.GetTimestamp();
                _failures = 0;
                first.Answer.SetResult(new(results, time));
            }
            catch (Exception e)
            {
                // It is of no more use, and what else it had is asked again.
                Failed(ref engine, e);
                Sent[] again = [first, .. sent];
                sent.Clear();
                foreach (var other in again) Send(ref engine, sent, other.Cases, other.Answer);
            }
        }
        Dismiss(engine);
        foreach (var left in sent) left.Answer.SetException(new EngineLostException(_engine.Name, Ended));
    }

    /// <summary>Gives cases to the engine, which is started if need be.</summary>
    private void Send(ref ICaseEngine? engine, Queue<Sent> sent, ImmutableArray<Case> cases, TaskCompletionSource<BlockAnswer> answer)
    {
        while (_lost is null)
        {
            try
            {
                engine ??= Start();
                long begin = Stopwatch.GetTimestamp();
                sent.Enqueue(new(cases, answer, engine.RunAsync(cases), begin));
                return;
            }
            catch (Exception e)
            {
                Failed(ref engine, e);
            }
        }
        answer.SetException(new EngineLostException(_engine.Name, _lost));
    }

    private void Failed(ref ICaseEngine? engine, Exception e)
    {
        Dismiss(engine);
        engine = null;
        lock (_gate)
        {
            _restarts++;
            if (++_failures >= MostFailures) _lost = e.Message;
        }
    }

    private ICaseEngine Start()
    {
        var engine = _engine.Start();
        lock (_gate) _running.Add(engine);
        return engine;
    }

    private void Dismiss(ICaseEngine? engine)
    {
        if (engine is null) return;
        lock (_gate)
        {
            _running.Remove(engine);
            _restarts += engine.Restarts;
        }
        engine.Dispose();
    }

    public void Dispose()
    {
        List<Thread> threads;
        lock (_gate)
        {
            _closed = true;
            threads = [.. _threads];
        }
        if (threads.Count > 0) _ready.Release(threads.Count);
        foreach (var thread in threads) thread.Join();
        while (_work.TryDequeue(out var work)) work.Answer.SetException(new EngineLostException(_engine.Name, Ended));
        _ready.Dispose();
    }
}
