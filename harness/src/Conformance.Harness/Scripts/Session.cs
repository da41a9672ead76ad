using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Judging;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;
using Wasm.Text.Script;
using Action = Wasm.Text.Script.Action;

namespace Conformance.Harness.Scripts;

/// <summary>
/// One thread of a script: its store, its name spaces and its results. Commands run one after another, each by itself: whatever happens to one
/// is its own verdict. The sequence pauses where the scheduler may switch to another thread.
/// </summary>
internal sealed partial class Session
{
    private readonly FileRun _run;
    private readonly IStore _store;
    private readonly Slots<Defined> _modules = new("module");
    private readonly Slots<IInstance> _instances = new("instance");
    private readonly Slots<Quote> _scripts = new("script");
    private readonly Slots<Session> _threads = new("thread");
    private readonly Dictionary<string, Missing> _missingNames = new(StringComparer.Ordinal);
    private readonly List<Entry> _entries = [];
    private readonly Stack<string> _inputs = new();
    private List<CommandSource> _quote = [];

    /// <summary>How the instantiation ended that the running command has tried, if it has.</summary>
    private Outcome? _instantiated;

    public Session(FileRun run)
    {
        _run = run;
        _store = run.CreateStore();
    }

    /// <summary>A module under its name: what the runtime made of it, and its definition for <c>output</c>.</summary>
    private sealed record Defined(IModule Module, Definition Definition);

    private sealed record Quote(ImmutableArray<CommandSource> Commands);

    /// <summary>A result, or the thread whose results stand here.</summary>
    private readonly record struct Entry(CommandResult? Result, Session? Thread);

    /// <summary>The results in the order of the script, those of threads where they stand. Only after all threads have ended.</summary>
    public IEnumerable<CommandResult> Results => _entries.SelectMany(e => e.Result is { } result ? [result] : e.Thread!.Results);

    private bool IsScheduled => _run.Options.Threads == ThreadRule.Scheduler && _store is ISteppableStore;

    /// <summary>Runs commands. Nothing happens between two steps of the sequence.</summary>
    public IEnumerable<Pause> Run(ImmutableArray<CommandSource> commands)
    {
        foreach (var source in commands)
        {
            if (_run.IsStopped)
            {
                MarkStopped(source);
                continue;
            }
            var clock = Stopwatch.StartNew();
            if (Parse(source, clock) is not { } command) continue;
            _quote.Add(source);
            switch (command)
            {
                case ThreadCommand thread:
                    foreach (var pause in Thread(thread, clock)) yield return pause;
                    break;
                case Wait wait:
                    foreach (var pause in Wait(wait, clock)) yield return pause;
                    break;
                case ScriptCommand script:
                    foreach (var pause in Script(script, clock)) yield return pause;
                    break;
                case Input input:
                    foreach (var pause in Input(input, clock)) yield return pause;
                    break;
                default:
                    if (ActionOf(command) is var (action, demand))
                    {
                        var box = new OutcomeBox();
                        foreach (var pause in Perform(action, box)) yield return pause;
                        Record(command, clock, box.Missing is { } missing ? Depends(missing) : Acted(action, command, Judge.Of(demand, box.Outcome!, _run.Rules)));
                        if (box.Outcome is Outcome.Returned returned) Observe(command, returned);
                        Tell(box.Outcome);
                    }
                    else
                    {
                        _instantiated = null;
                        Record(command, clock, Guard(() => Simple(command)));
                        Tell(_instantiated);
                    }
                    break;
            }
        }
    }

    /// <summary>The command, or null after its failure was recorded.</summary>
    private Command? Parse(CommandSource source, Stopwatch clock)
    {
        try
        {
            return ScriptParser.Parse(source, _run.File.Profile);
        }
        catch (PhaseException e)
        {
            var judgement = new Judgement(Verdict.Failed, Actual: $"{e.Phase}: {e.Message} at {e.At}", Detail: "the command cannot be parsed");
            Record(source, KindOf(source.Keyword), clock, judgement);
            if (source.Keyword == "module") EmptyInstance(source.ModuleId, source.At, judgement.Verdict);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var judgement = new Judgement(Verdict.Crashed, Actual: Describe(e), Detail: "the command could not be parsed");
            Record(source, KindOf(source.Keyword), clock, judgement);
            if (source.Keyword == "module") EmptyInstance(source.ModuleId, source.At, judgement.Verdict);
        }
        return null;
    }

    /// <summary>Commands that are an action and what they demand of it.</summary>
    private static (Action Action, Demand Demand)? ActionOf(Command command) => command switch
    {
        ActionCommand c => (c.Action, new Demand.AnyReturn()),
        AssertReturn c => (c.Action, new Demand.Return([.. c.Results.Select(Translate.Of)])),
        AssertReturnNan c => (c.Action, new Demand.Return([new Pattern.Nan(Translate.Of(c.Nan), null)])),
        AssertReturnFunc c => (c.Action, new Demand.Return([new Pattern.OfKind(RefKind.Func)])),
        AssertTrap c => (c.Action, new Demand.Trap(c.Message)),
        AssertException c => (c.Action, new Demand.Exception()),
        AssertExhaustion c => (c.Action, new Demand.Exhaustion(c.Message)),
        AssertSuspension c => (c.Action, new Demand.Suspension(c.Message)),
        _ => null,
    };

    /// <summary>Commands that are neither actions nor made of other commands.</summary>
    private Judgement Simple(Command command) => command switch
    {
        ModuleCommand c => Module(c),
        InstanceCommand c => Instance(c),
        Register c => Register(c),
        AssertMalformed c => Refused(c, new Demand.Malformed(c.Message)),
        AssertInvalid c => Refused(c, new Demand.Invalid(c.Message)),
        AssertMalformedCustom c => Refused(c, new Demand.MalformedCustom(c.Message)),
        AssertInvalidCustom c => Refused(c, new Demand.InvalidCustom(c.Message)),
        AssertUnlinkable c => NotInstantiated(c.Target, c.At, new Demand.Unlinkable(c.Message)),
        AssertUninstantiable c => NotInstantiated(c.Target, c.At, new Demand.Trap(c.Message, OfModule: true)),
        Output c => Output(c),
        UnsupportedCommand c => new(Verdict.Unsupported, Detail: c.Reason),
        _ => throw new UnreachableException($"command {command}"),
    };

    /// <summary>Tells whoever wants whole outcomes that of the command recorded last.</summary>
    private void Tell(Outcome? outcome)
    {
        if (outcome is not null) _run.Options.Judged?.Invoke(_run.File, _entries[^1].Result!, outcome);
    }

    private sealed class OutcomeBox
    {
        public Outcome? Outcome { get; set; }

        public Missing? Missing { get; set; }
    }

    private IEnumerable<Pause> Perform(Action action, OutcomeBox box)
    {
        var (instance, missing) = _instances.Find(action.Instance);
        if (instance is null)
        {
            box.Missing = missing;
            yield break;
        }
        if (IsScheduled && action is Invoke invoke)
        {
            IExecution? execution = null;
            box.Outcome = GuardOutcome(() =>
            {
                execution = ((ISteppableStore)_store).Begin(instance, invoke.Name, Translate.Of(invoke.Arguments));
                return null;
            });
            while (box.Outcome is null)
            {
                var state = ExecutionState.Ended;
                box.Outcome = GuardOutcome(() =>
                {
                    state = execution!.Step();
                    return state == ExecutionState.Ended ? execution.Outcome : null;
                });
                if (box.Outcome is not null) break;
                yield return new Pause(execution!, state == ExecutionState.Waiting, null);
            }
            yield break;
        }
        box.Outcome = GuardOutcome(() => action is Invoke i
            ? _store.Invoke(instance, i.Name, Translate.Of(i.Arguments))
            : _store.Get(instance, action.Name));
    }

    private Judgement Register(Register command)
    {
        var (instance, missing) = _instances.Find(command.Instance);
        if (instance is null)
        {
            _missingNames[command.Name] = missing;
            _names.Remove(command.Name);
            return Depends(missing);
        }
        _missingNames.Remove(command.Name);
        _names[command.Name] = instance;
        _store.Register(command.Name, instance);
        return new(Verdict.Passed);
    }

    private static Judgement Depends(Missing missing) => new(missing.Verdict, Actual: missing.Reason);

    /// <summary>A request to the runtime; what escapes it is a crash.</summary>
    private static Outcome? GuardOutcome(Func<Outcome?> request)
    {
        try
        {
            return request();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Outcome.Crashed(Describe(e));
        }
    }

    private static Judgement Guard(Func<Judgement> command)
    {
        try
        {
            return command();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(Verdict.Crashed, Actual: Describe(e));
        }
    }

    private static string Describe(Exception e)
    {
        string? where = e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains(" in ", StringComparison.Ordinal) || l.Contains("at ", StringComparison.Ordinal))?.Trim();
        return $"{e.GetType().Name}: {e.Message}{(where is null ? "" : $" {where}")}";
    }

    private void Record(Command command, Stopwatch clock, Judgement judgement) => Record(command.At, command.Kind, clock,
        judgement.ExpectedMessage is null && command is Assertion { Expected: { } text } ? judgement with { ExpectedMessage = text } : judgement);

    private void Record(CommandSource source, string kind, Stopwatch clock, Judgement judgement) => Record(source.At, kind, clock, judgement);

    private void Record(Region at, string kind, Stopwatch clock, Judgement judgement) => _entries.Add(new(new CommandResult
    {
        File = _inputs.Count > 0 ? Path.GetRelativePath(_run.Folder!, _inputs.Peek()).Replace('\\', '/') : null,
        Line = at.Line,
        Column = at.Column,
        Kind = kind,
        Verdict = judgement.Verdict,
        ExpectedMessage = judgement.ExpectedMessage,
        Message = judgement.Message,
        Expected = judgement.Expected,
        Actual = judgement.Actual,
        Detail = judgement.Detail,
        Milliseconds = clock.Elapsed.TotalMilliseconds,
    }, null));

    /// <summary>The kind of a command that was not parsed, as near as its keyword tells.</summary>
    private static string KindOf(string keyword) => keyword switch
    {
        "invoke" or "get" => "action",
        "" => "command",
        _ => keyword,
    };

    private void MarkStopped(CommandSource source) => Mark(source, _run.IsCancelled
        ? new(Verdict.Skipped, Detail: ScriptRunner.Cancelled)
        : new(Verdict.TimedOut, Detail: $"{_run.TimeLimit} was spent before this command"));

    /// <summary>Gives a command that is not run, and all commands in it, a verdict: every command is counted.</summary>
    private void Mark(CommandSource source, Judgement judgement)
    {
        var pending = new Stack<CommandSource>([source]);
        while (pending.TryPop(out var next))
        {
            Command? parsed = null;
            try
            {
                if (next.Keyword is "thread" or "script" || next.Keyword.StartsWith("assert_", StringComparison.Ordinal)) parsed = ScriptParser.Parse(next, _run.File.Profile);
            }
            catch (PhaseException)
            {
                // What is in it cannot be told; it counts as one command, as it would when run.
            }
            var clock = Stopwatch.StartNew();
            if (parsed is Assertion) Record(parsed, clock, judgement);
            else Record(next, KindOf(next.Keyword), clock, judgement);
            var inner = parsed switch
            {
                ThreadCommand t => t.Commands,
                ScriptCommand s => s.Commands,
                _ => [],
            };
            foreach (var command in inner.Reverse()) pending.Push(command);
        }
    }
}

/// <summary>A point where the scheduler may switch threads.</summary>
/// <param name="Execution">The invocation that is paused, or null.</param>
/// <param name="IsWaiting">Whether it is suspended in a wait.</param>
/// <param name="Thread">The thread whose end is waited for, or null.</param>
internal readonly record struct Pause(IExecution? Execution, bool IsWaiting, Session? Thread);
