using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Binary.Custom;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Validation;
using StoreOptions = Wasm.Execution.StoreOptions;

namespace Conformance.Runtimes.Reference;

/// <summary>A store of the reference interpreter, with a registry of instances by name.</summary>
internal sealed class ReferenceStore : ISteppableStore
{
    private readonly StoreRequest _request;
    private readonly Store _store;
    private readonly IReferenceWatcher? _watcher;
    private readonly Dictionary<string, ReferenceInstance> _registry = new(StringComparer.Ordinal);

    /// <summary>The complete instances, oldest first, where somebody asks for them.</summary>
    private readonly List<ReferenceInstance>? _complete;

    public ReferenceStore(StoreRequest request, StoreOptions options, IReferenceWatcher? watcher)
    {
        _watcher = watcher;
        _request = request;
        _store = new Store(new Engine(), options);
        if (watcher is not null) _store.Starter = (func, args) => _store.Start(func, new WatchingObserver(watcher), args);
        if (request.Emitted is not null) _complete = [];
    }

    private sealed record ReferenceModule(ModuleInfo Info) : IModule;

    /// <summary>Exports by name: of a module instance, of the host, or transferred from another store.</summary>
    private sealed class ReferenceInstance(Func<string, Extern?> export, IEnumerable<ExportInst> exports) : IInstance
    {
        public ReferenceInstance(ModuleInst instance) : this(instance.Export, instance.Exports) { }

        public ReferenceInstance(Dictionary<string, Extern> exports) : this(name => exports.GetValueOrDefault(name), exports.Select(e => new ExportInst(e.Key, e.Value))) { }

        public IEnumerable<ExportInst> Exports => exports;

        public Extern? Export(string name) => export(name);
    }

    public void Define(HostModule module) => _registry[module.Name] = new(ReferenceHost.Allocate(_store, module, _request.Output, _request.Emitted, Latest));

    private FuncInst? Latest(string name, FuncType type)
    {
        for (int i = _complete is null ? -1 : _complete.Count - 1; i >= 0; i--)
            if (_complete![i].Export(name) is FuncInst func && func.FuncType.Equals(type)) return func;
        return null;
    }

    public Outcome Load(ReadOnlyMemory<byte> binary)
    {
        try
        {
            return LoadDirect(BinaryDecoder.Decode(binary, _request.Profile));
        }
        catch (MalformedException e)
        {
            return new Outcome.Malformed(e.Message, e.At);
        }
        catch (MalformedCustomException e)
        {
            return new Outcome.MalformedCustom(e.Message, e.At);
        }
    }

    public Outcome LoadDirect(Module module)
    {
        try
        {
            var info = Validator.Validate(module, _store.Engine, _request.Profile);
            _watcher?.Valid(info);
            CustomSections.Check(module, _request.Profile);
            return new Outcome.Loaded(new ReferenceModule(info));
        }
        catch (InvalidException e)
        {
            return new Outcome.Invalid(e.Message, e.At);
        }
        catch (InvalidCustomException e)
        {
            return new Outcome.InvalidCustom(e.Message, e.At);
        }
        catch (MalformedCustomException e)
        {
            return new Outcome.MalformedCustom(e.Message, e.At);
        }
    }

    public Outcome Instantiate(IModule module)
    {
        try
        {
            var instance = _store.Instantiate(((ReferenceModule)module).Info, import => _registry.GetValueOrDefault(import.Module)?.Export(import.Name));
            var made = new ReferenceInstance(instance);
            _complete?.Add(made);
            _watcher?.Ended(null);
            return new Outcome.Instantiated(made);
        }
        catch (UnlinkableException e)
        {
            return new Outcome.Unlinkable(e.Message);
        }
        catch (Exception e) when (Failure(e) is not null)
        {
            _watcher?.Ended(e);
            return Failure(e)!;
        }
    }

    public void Register(string name, IInstance instance) => _registry[name] = (ReferenceInstance)instance;

    public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments)
    {
        if (Start(instance, name, arguments, out var machine) is { } refused) return refused;
        machine!.Run();
        return Ended(machine);
    }

    private Machine Start(FuncInst func, params ReadOnlySpan<Val> arguments) =>
        _watcher is null ? _store.Start(func, arguments) : _store.Start(func, new WatchingObserver(_watcher), arguments);

    private Outcome? Start(IInstance instance, string name, ImmutableArray<Value> arguments, out Machine? machine)
    {
        machine = null;
        switch (((ReferenceInstance)instance).Export(name))
        {
            case null: return new Outcome.Inapplicable($"undefined export \"{name}\"");
            case FuncInst func:
                try
                {
                    machine = Start(func, [.. arguments.Select(Values.ToVal)]);
                    return null;
                }
                catch (ArgumentException e)
                {
                    return new Outcome.Inapplicable(e.Message);
                }
            default: return new Outcome.Inapplicable($"export \"{name}\" is not a function");
        }
    }

    public Outcome Get(IInstance instance, string name) => ((ReferenceInstance)instance).Export(name) switch
    {
        null => new Outcome.Inapplicable($"undefined export \"{name}\""),
        GlobalInst global => new Outcome.Returned([Values.ToValue(global.Value)]),
        _ => new Outcome.Inapplicable($"export \"{name}\" is not a global"),
    };

    public byte[]? ReadMemory(IInstance instance, string name, ulong offset, int length)
    {
        if (((ReferenceInstance)instance).Export(name) is not MemInst memory) return null;
        ulong size = memory.Pages << (int)memory.MemType.PageSizeLog2;
        byte[] bytes = new byte[offset >= size ? 0 : (int)Math.Min(size - offset, (ulong)length)];
        return memory.TryRead(offset, bytes) ? bytes : [];
    }

    public void Sweep(IInstance instance, string name, int count, Action<int, Outcome> ended)
    {
        if (((ReferenceInstance)instance).Export(name) is not FuncInst { FuncType.Params: [{ Kind: ValKind.I32 }] } func)
        {
            for (int i = 0; i < count; i++) ended(i, Invoke(instance, name, [Value.I32((uint)i)]));
            return;
        }
        for (int i = 0; i < count; i++)
        {
            var machine = Start(func, Val.I32(i));
            machine.Run();
            if (machine.Status != MachineStatus.Done || machine.Results.Length > 0) ended(i, Ended(machine));
        }
    }

    public Outcome Share(IInstance instance, IStore other)
    {
        var exports = new Dictionary<string, Extern>(StringComparer.Ordinal);
        foreach (var (name, value) in ((ReferenceInstance)instance).Exports)
        {
            if (value is not MemInst { MemType.Shared: true }) return new Outcome.Inapplicable($"the instance is not sharable: export \"{name}\" is not a shared memory");
            exports[name] = value;
        }
        return new Outcome.Instantiated(new ReferenceInstance(exports));
    }

    public IExecution Begin(IInstance instance, string name, ImmutableArray<Value> arguments) =>
        Start(instance, name, arguments, out var machine) is { } refused ? new Refused(refused) : new Execution(this, machine!);

    public void Interrupt() => _store.Interrupt();

    public void Dispose() => _store.Dispose();

    private Outcome Ended(Machine machine)
    {
        _watcher?.Ended(machine.Failure);
        return machine.Status == MachineStatus.Done
            ? new Outcome.Returned([.. machine.Results.Select(v => Values.ToValue(v))])
            : machine.Failure is { } failure ? Failure(failure) ?? new Outcome.Crashed($"{failure.GetType().Name}: {failure.Message}")
            : throw new UnreachableException($"a machine that ended is {machine.Status}");
    }

    /// <summary>The outcome that an exception of the interpreter stands for, or null for any other exception.</summary>
    private Outcome? Failure(Exception failure) => failure switch
    {
        Trap e => new Outcome.Trapped([e.Kind], e.Message, Frames(e.Backtrace)),
        Thrown e => new Outcome.Threw(TagName(e.Tag), [.. e.Payload.Select(v => Values.ToValue(v))]) { Export = ExportOf(e.Tag) },
        Suspended e => new Outcome.Suspended(e.Message),
        Exhaustion { Kind: ExhaustionKind.Interrupted } => new Outcome.TimedOut("interrupted"),
        Exhaustion e => new Outcome.Exhausted(e.Message),
        _ => null,
    };

    private (IInstance, string)? ExportOf(TagInst tag)
    {
        if (_complete is null) return null;
        foreach (var instance in _complete)
            foreach (var (name, value) in instance.Exports)
                if (value == tag) return (instance, name);
        return null;
    }

    private static string TagName(TagInst tag) => $"with tag {tag.FuncType}";

    private static ImmutableArray<BacktraceFrame> Frames(ImmutableArray<WasmFrame> frames) =>
    [
        .. frames.Select(f => new BacktraceFrame(f.Module, f.Instr is null ? null : f.FuncIndex, f.FuncName, f.OffsetInFunc < 0 ? null : f.OffsetInFunc, f.OffsetInModule < 0 ? null : f.OffsetInModule)),
    ];

    /// <summary>An invocation that was refused before it began.</summary>
    private sealed class Refused(Outcome outcome) : IExecution
    {
        public ExecutionState Step() => ExecutionState.Ended;

        public Outcome Outcome => outcome;

        public bool CanResume => false;

        public bool CanTimeOut => false;

        public void TimeOut() => throw new UnreachableException("it never waits");
    }

    private sealed class Execution(ReferenceStore store, Machine machine) : IExecution
    {
        public ExecutionState Step()
        {
            while (true)
            {
                var status = machine.Run();
                if (status == MachineStatus.AtSharedAccess) return ExecutionState.Paused;
                if (status == MachineStatus.Blocked) return ExecutionState.Waiting;
                if (status is MachineStatus.Done or MachineStatus.Failed) return ExecutionState.Ended;
            }
        }

        public Outcome Outcome => store.Ended(machine);

        public bool CanResume => machine.Status == MachineStatus.Blocked && machine.WasNotified;

        public bool CanTimeOut => machine.Status == MachineStatus.Blocked && machine.WaitTimeout >= 0;

        public void TimeOut() => machine.TimeOut();
    }
}
