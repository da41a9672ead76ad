using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Judging;
using Conformance.Harness.Results;
using Conformance.Harness.Runtimes;
using Wasm.Text.Script;

namespace Conformance.Harness.Scripts;

internal sealed partial class Session
{
    private readonly List<Session> _started = [];
    private Thread? _osThread;
    private volatile bool _ended;

    /// <summary>Whether all its commands have run.</summary>
    public bool HasEnded => _ended;

    /// <summary>The threads it started, for the scheduler.</summary>
    public event Action<Session, ImmutableArray<CommandSource>>? Started;

    /// <summary>
    /// <c>(thread $id? (shared (module $inst))* cmd*)</c>: a thread with a store, a registry and names of its own. Of this one's it knows
    /// the shared instances alone.
    /// </summary>
    private IEnumerable<Pause> Thread(ThreadCommand command, Stopwatch clock)
    {
        if (!_run.Options.Runtime.Info.Threads)
        {
            NotStarted(command, clock, new(Verdict.Unsupported, Detail: "the runtime has no threads"));
            yield break;
        }
        if (_run.Options.Threads == Running.ThreadRule.Scheduler && _store is not ISteppableStore)
        {
            NotStarted(command, clock, new(Verdict.Unsupported, Detail: "the runtime cannot be scheduled step by step"));
            yield break;
        }
        if (_threads.Has(command.Id))
        {
            NotStarted(command, clock, Doubled("thread", command.Id!));
            yield break;
        }
        var thread = new Session(_run);
        foreach (string id in command.Shared)
        {
            var (instance, missing) = _instances.Find(id);
            if (instance is null)
            {
                NotStarted(command, clock, Depends(missing));
                yield break;
            }
            var shared = GuardOutcome(() => _store.Share(instance, thread._store))!;
            if (shared is not Outcome.Instantiated { Instance: var there })
            {
                NotStarted(command, clock, Judge.Of(new Demand.Instance(), shared, _run.Rules));
                yield break;
            }
            thread._instances.BindOnly(id, there);
            ObserveShared(id, instance);
            if (_modules.Find(id).Value is { } defined) thread._modules.BindOnly(id, defined);
        }
        Record(command, clock, new(Verdict.Passed));
        _entries.Add(new(null, thread));
        _threads.Bind(command.Id, thread);
        _started.Add(thread);
        if (Started is { } scheduler)
        {
            thread.Started = scheduler;
            scheduler(thread, command.Commands);
            yield break;
        }
        thread._osThread = new Thread(() => thread.RunToEnd(command.Commands)) { IsBackground = true, Name = $"thread {command.Id}" };
        thread._osThread.Start();
    }

    /// <summary>Every command of a thread that could not be started has a verdict too.</summary>
    private void NotStarted(ThreadCommand command, Stopwatch clock, Judgement judgement)
    {
        Record(command, clock, judgement);
        _threads.Empty(command.Id, new(judgement.Verdict, $"no thread (thread at line {command.At.Line} {Fate(judgement.Verdict)})"));
        var dependent = new Missing(judgement.Verdict, $"no thread (thread at line {command.At.Line} {Fate(judgement.Verdict)})");
        foreach (var inner in command.Commands) Mark(inner, Depends(dependent));
        if (!LeavesDoubt(judgement.Verdict)) return;
        foreach (string id in command.Shared)
            if (_instances.Find(id).Value is { } shared) Doubt(shared, judgement.Verdict, "thread", command.At);
    }

    /// <summary><c>(wait $id?)</c>: goes on when the thread has ended.</summary>
    private IEnumerable<Pause> Wait(Wait command, Stopwatch clock)
    {
        var (thread, missing) = _threads.Find(command.Thread);
        if (thread is null)
        {
            Record(command, clock, Depends(missing));
            yield break;
        }
        // When the run is stopped its stores are interrupted, so that the thread ends soon.
        if (thread._osThread is { } running) running.Join();
        else
            while (!thread._ended && !_run.IsStopped) yield return new Pause(null, true, thread);
        Record(command, clock, !_run.IsStopped ? new(Verdict.Passed)
            : _run.IsCancelled ? new(Verdict.Skipped, Detail: ScriptRunner.Cancelled)
            : new(Verdict.TimedOut, Detail: $"{_run.TimeLimit} was spent waiting"));
    }

    /// <summary>Runs all commands on the calling thread, then waits for the threads that were started and never waited for.</summary>
    public void RunToEnd(ImmutableArray<CommandSource> commands)
    {
        foreach (var pause in Run(commands))
            throw new UnreachableException($"only a scheduler's session pauses: {pause}");
        foreach (var thread in _started)
            // When the run is stopped its stores are interrupted, so that the thread ends soon.
            if (thread._osThread is { } running) running.Join();
        _ended = true;
    }

    /// <summary>Runs for a scheduler.</summary>
    public IEnumerable<Pause> RunScheduled(ImmutableArray<CommandSource> commands)
    {
        foreach (var pause in Run(commands)) yield return pause;
        foreach (var thread in _started)
            while (!thread._ended && !_run.IsStopped) yield return new Pause(null, true, thread);
        _ended = true;
    }

    /// <summary>Tells an explorer what an assertion saw.</summary>
    private void Observe(Command command, Outcome.Returned returned)
    {
        if (command is AssertReturn && returned.Values.Length > 0) _run.Observe?.Invoke(command.At.Line, Value.Text(returned.Values));
    }

    /// <summary>Tells an explorer which memories threads share.</summary>
    private void ObserveShared(string id, IInstance instance)
    {
        if (_run.Share is not { } share || _modules.Find(id).Value is not { } defined) return;
        foreach (var export in ModuleOf(defined.Definition).Exports)
            if (export.Kind == Wasm.Syntax.ExternKind.Memory) share($"{Slots<Session>.Id(id)}.{export.Name}", (offset, length) => _store.ReadMemory(instance, export.Name, offset, length));
    }
}
