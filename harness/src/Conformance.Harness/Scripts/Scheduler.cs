using System.Collections.Immutable;
using Wasm.Text.Script;

namespace Conformance.Harness.Scripts;

/// <summary>Where a scheduler's decisions come from.</summary>
internal interface IChoices
{
    /// <summary>One of <paramref name="count"/> possibilities, at least two, from 0.</summary>
    int Choose(int count);
}

/// <summary>Random decisions from a seed.</summary>
internal sealed class RandomChoices(ulong seed) : IChoices
{
    private ulong _state = seed;

    public int Choose(int count)
    {
        // SplitMix64: the same on every platform and version, which System.Random does not promise.
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return (int)((z ^ (z >> 31)) % (ulong)count);
    }
}

/// <summary>
/// Runs the threads of a script in one operating system thread. A thread runs alone until its next access to a shared memory; there, any thread
/// that can go on may be chosen to. What lies between two such points no other thread can observe, so that nothing is lost by not switching there.
/// (Instantiation is one step, active segments and start function included.)
/// </summary>
internal sealed class Scheduler(IChoices choices)
{
    private sealed class Task(Session session, IEnumerator<Pause> steps)
    {
        public Session Session => session;
        public IEnumerator<Pause> Steps => steps;
        public Pause Pause { get; set; }
    }

    private readonly List<Task> _tasks = [];
    private readonly Queue<Task> _new = new();

    /// <summary>The number of steps that a run may take before it is given up; 0 for no limit.</summary>
    public int MaxSteps { get; init; }

    /// <summary>Whether the run was given up.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether all threads that were left waited for ever.</summary>
    public bool IsDeadlocked { get; private set; }

    public void Run(FileRun run, Session main, ImmutableArray<CommandSource> commands)
    {
        main.Started += Add;
        Add(main, commands);
        for (int steps = 1; ; steps++)
        {
            // A new thread runs at once to its first shared access: until then nobody can tell when it ran.
            while (_new.TryDequeue(out var started))
            {
                _tasks.Add(started);
                Step(started);
            }
            if (_tasks.Count == 0) return;
            if (MaxSteps > 0 && steps > MaxSteps)
            {
                IsCut = true;
                return;
            }
            var able = Able(run);
            if (able.Count == 0)
            {
                // Only the file's time limit or a cancellation ends this; both interrupt the executions.
                IsDeadlocked = true;
                if (MaxSteps > 0) return;
                Thread.Sleep(10);
                if (run.IsStopped)
                    foreach (var task in _tasks.ToArray()) Step(task);
                continue;
            }
            var (chosen, byTime) = able[able.Count == 1 ? 0 : choices.Choose(able.Count)];
            if (byTime) chosen.Pause.Execution!.TimeOut();
            Step(chosen);
        }
    }

    private void Add(Session session, ImmutableArray<CommandSource> commands) => _new.Enqueue(new(session, session.RunScheduled(commands).GetEnumerator()));

    private void Step(Task task)
    {
        if (task.Steps.MoveNext()) task.Pause = task.Steps.Current;
        else _tasks.Remove(task);
    }

    /// <summary>What may happen next: a thread goes on, or a thread's wait ends by time.</summary>
    private List<(Task Task, bool ByTime)> Able(FileRun run)
    {
        var able = new List<(Task, bool)>();
        foreach (var task in _tasks)
        {
            var (execution, isWaiting, thread) = task.Pause;
            if (thread is not null)
            {
                if (thread.HasEnded || run.IsStopped) able.Add((task, false));
            }
            else if (!isWaiting || execution!.CanResume || run.IsStopped) able.Add((task, false));
            else if (execution.CanTimeOut) able.Add((task, true));
        }
        // Joining a thread that has ended commutes with everything else: doing it first leaves fewer orders to explore.
        int join = able.FindIndex(a => a.Item1.Pause.Thread is not null);
        return join >= 0 ? [able[join]] : able;
    }
}
