using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Binary;
using Wasm.Binary.Custom;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime;

/// <summary>
/// A store of Wasmtime with a registry of instances by name. Modules are judged by Wasmtime alone, but for custom sections.
/// A request that is still running when the store is disposed of, such as one that waits for a notification, keeps the store alive until it returns.
/// </summary>
internal sealed partial class WasmtimeStore : IStore
{
    private readonly WasmtimeRuntime _runtime;
    private readonly StoreRequest _request;
    private readonly NativeEngine _engine;
    private readonly NativeStore _store;
    private readonly Dictionary<string, WasmtimeInstance> _registry = new(StringComparer.Ordinal);
    private readonly List<WasmtimeInstance> _instances = [];
    private readonly List<IDisposable> _owned = [];
    private readonly string? _unsupported;

    private readonly Lock _gate = new();
    private int _running;
    private bool _disposed;

    public WasmtimeStore(WasmtimeRuntime runtime, StoreRequest request)
    {
        _runtime = runtime;
        _request = request;
        _engine = runtime.EngineFor(request.Profile.Features);
        _store = new NativeStore(_engine, runtime.Options.Limits);
        if (runtime.Options.Fuel is not null) _store.Fuel = ulong.MaxValue;

        var withoutSwitch = request.Profile.Features & (Features.CustomDescriptors | Features.LegacyExceptions);
        if (withoutSwitch != Features.None)
            _unsupported = $"Wasmtime's C API has no switch for {string.Join(" and ", Profiles.NamesOf(withoutSwitch))}";
        else if (request.Profile.Has(Features.StackSwitching) && !runtime.Info.Features.HasFlag(Features.StackSwitching))
            _unsupported = "stack switching is switched off: Wasmtime's release lacks its run-time support and would end the process";
    }

    private sealed record WasmtimeModule(NativeModule Native, ImmutableArray<(string Module, string Name)> Imports) : IModule;

    public void Define(HostModule module)
    {
        if (_unsupported is not null) return;
        var funcs = new Dictionary<string, Native.Func>(StringComparer.Ordinal);
        var others = module.Items;
        foreach (var item in module.Items)
            if (CodeOf(item) is var (type, code))
                try
                {
                    others = others.Remove(item);
                    funcs[item.Name] = _store.NewFunc(type, code);
                }
                catch (NotSupportedException)
                {
                    // An item that the runtime cannot express is left out.
                }
        var items = new List<WasmtimeInstance.OfModule>();
        if (!others.IsEmpty && !TryDefine(others, items))
            foreach (var item in others) TryDefine([item], items);
        _registry[module.Name] = Keep(new WasmtimeInstance.OfHost(_store, funcs, items));
    }

    /// <summary>A function of the host, or null for an item of another kind.</summary>
    private (FuncType, HostCode)? CodeOf(HostItem item) => item switch
    {
        HostItem.Print print => (print.Type, HostModules.Print(print.Name, _request.Output, ToValue)),
        HostItem.Emit emit => (new([emit.Type], []), HostModules.Emit(_request.Emitted, ToValue)),
        HostItem.Back back => (BackType, HostModules.Back(() => Latest(back.Name))),
        _ => null,
    };

    private static readonly FuncType BackType = new([ValType.I32], [ValType.I32]);

    /// <summary>The function of a name that the latest complete instance with one exports; it has one parameter and one result.</summary>
    private Native.Func? Latest(string name)
    {
        for (int i = _instances.Count - 1; i >= 0; i--)
            if (_instances[i] is WasmtimeInstance.OfModule && _instances[i].Func(name) is { Params: 1, Results: 1 } func) return func.Func;
        return null;
    }

    private bool TryDefine(ImmutableArray<HostItem> items, List<WasmtimeInstance.OfModule> instances)
    {
        if (_runtime.HostModule(_engine, HostModules.Encode(items)) is not { } module) return false;
        if (_store.Instantiate(module, [], out var instance) is not Completion.Returned) return false;
        instances.Add(new(_store, instance));
        return true;
    }

    public Outcome Load(ReadOnlyMemory<byte> binary)
    {
        if (_unsupported is not null) return new Outcome.Unsupported(_unsupported);
        try
        {
            var native = _engine.Compile(binary.Span);
            if (CustomFault(binary) is { } fault)
            {
                native.Dispose();
                return fault;
            }
            lock (_gate) _owned.Add(native);
            return new Outcome.Loaded(new WasmtimeModule(native, native.Imports()));
        }
        catch (WasmtimeException e)
        {
            return _runtime.Refusal(_engine, e.Message, binary.Span, _request.Profile.Features);
        }
    }

    /// <summary>
    /// Wasmtime skips custom sections. Where a profile asks for them to be checked, a module in which the kit's own check finds a fault is beyond it.
    /// </summary>
    private Outcome? CustomFault(ReadOnlyMemory<byte> binary)
    {
        if (!_request.Profile.Has(Features.CustomSections)) return null;
        try
        {
            CustomSections.Check(BinaryDecoder.Decode(binary, _request.Profile), _request.Profile);
            return null;
        }
        catch (Exception e) when (e is MalformedCustomException or InvalidCustomException)
        {
            return new Outcome.Unsupported($"Wasmtime skips custom sections: {e.Message}");
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    public Outcome Instantiate(IModule module)
    {
        var (native, names) = (WasmtimeModule)module;
        using var _ = Enter();
        // All imports are looked up before any type is matched.
        var imports = new Extern[names.Length];
        try
        {
            for (int i = 0; i < imports.Length; i++)
                if (!_registry.TryGetValue(names[i].Module, out var instance) || !instance.TryExport(names[i].Name, out imports[i]))
                    return new Outcome.Unlinkable($"unknown import: `{names[i].Module}::{names[i].Name}` has not been defined");
            Refuel();
            var completion = _store.Instantiate(native, imports, out var result);
            return completion switch
            {
                Completion.Returned => new Outcome.Instantiated(Keep(new WasmtimeInstance.OfModule(_store, result))),
                Completion.Refused r when Messages.IsMismatch(r.Message) => new Outcome.Unlinkable(Messages.Whole(r.Message)),
                _ => Ended(completion),
            };
        }
        finally
        {
            for (int i = 0; i < imports.Length; i++) NativeStore.Release(ref imports[i]);
        }
    }

    public void Register(string name, IInstance instance) => _registry[name] = (WasmtimeInstance)instance;

    public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments)
    {
        using var _ = Enter();
        if (((WasmtimeInstance)instance).Func(name) is not { } func) return NoExport(instance, name, "function");
        if (func.Params != arguments.Length) return new Outcome.Inapplicable($"wrong number of arguments: {arguments.Length} given, {func.Params} expected");
        var args = new Val[arguments.Length];
        var results = new Val[func.Results];
        try
        {
            for (int i = 0; i < args.Length; i++)
                if (ToVal(arguments[i], out args[i]) is { } refused) return refused;
            Refuel();
            var completion = _store.Call(func.Func, args, results);
            return completion is Completion.Returned ? new Outcome.Returned([.. results.Select(v => ToValue(v))]) : Ended(completion);
        }
        finally
        {
            NativeStore.Release(args);
            NativeStore.Release(results);
        }
    }

    public Outcome Get(IInstance instance, string name)
    {
        using var _ = Enter();
        if (!((WasmtimeInstance)instance).TryExport(name, out var item)) return NoExport(instance, name, "global");
        if (item.Kind != NativeExternKind.Global)
        {
            NativeStore.Release(ref item);
            return NoExport(instance, name, "global");
        }
        var value = _store.Get(item.Global);
        var result = ToValue(value);
        NativeStore.Release(ref value);
        return new Outcome.Returned([result]);
    }

    private static Outcome NoExport(IInstance instance, string name, string kind)
    {
        bool exists = ((WasmtimeInstance)instance).TryExport(name, out var item);
        NativeStore.Release(ref item);
        return new Outcome.Inapplicable(exists ? $"export \"{name}\" is not a {kind}" : $"undefined export \"{name}\"");
    }

    public byte[]? ReadMemory(IInstance instance, string name, ulong offset, int length)
    {
        using var _ = Enter();
        if (!((WasmtimeInstance)instance).TryExport(name, out var item)) return null;
        try
        {
            if (item.Kind == NativeExternKind.Memory) return _store.Read(item.Memory, offset, length);
            if (item.Kind != NativeExternKind.SharedMemory) return null;
            using var shared = SharedMemory.Of(item);
            return shared.Read(offset, length);
        }
        finally
        {
            NativeStore.Release(ref item);
        }
    }

    public ImmutableArray<Value>? ReadTable(IInstance instance, string name, ulong offset, int length)
    {
        using var _ = Enter();
        if (!((WasmtimeInstance)instance).TryExport(name, out var item)) return null;
        if (item.Kind != NativeExternKind.Table)
        {
            NativeStore.Release(ref item);
            return null;
        }
        var elements = ImmutableArray.CreateBuilder<Value>();
        for (ulong i = offset; elements.Count < length && _store.TryGet(item.Table, i, out var element); i++)
        {
            elements.Add(ToValue(element));
            NativeStore.Release(ref element);
        }
        return elements.ToImmutable();
    }

    public Outcome Share(IInstance instance, IStore other)
    {
        var there = (WasmtimeStore)other;
        var memories = new Dictionary<string, SharedMemory>(StringComparer.Ordinal);
        Outcome? refused = null;
        foreach (var (name, export) in ((WasmtimeInstance)instance).Exports)
        {
            var item = export;
            if (item.Kind == NativeExternKind.SharedMemory) memories[name] = SharedMemory.Of(item);
            else refused = new Outcome.Inapplicable($"the instance is not sharable: export \"{name}\" is not a shared memory");
            NativeStore.Release(ref item);
        }
        if (refused is null && there._engine != _engine) refused = new Outcome.AdapterLimit("the stores are of different engines");
        var transferred = new WasmtimeInstance.OfMemories(there._store, memories);
        if (refused is not null)
        {
            transferred.Dispose();
            return refused;
        }
        lock (there._gate) there._owned.Add(transferred);
        return new Outcome.Instantiated(transferred);
    }

    public void Interrupt() => _store.Interrupt();

    private WasmtimeInstance Keep(WasmtimeInstance instance)
    {
        _instances.Add(instance);
        return instance;
    }

    private void Refuel()
    {
        if (_runtime.Options.Fuel is { } fuel) _store.Fuel = fuel;
    }

    /// <summary>How a call or an instantiation ended that did not return.</summary>
    private Outcome Ended(Completion completion) => completion switch
    {
        Completion.Trapped t => Traps.Outcome(t.Trap),
        Completion.Threw => Thrown(),
        Completion.Refused when _store.IsInterrupted => new Outcome.TimedOut("interrupted"),
        Completion.Refused r when Messages.IsExhaustion(r.Message) => new Outcome.Exhausted(Messages.Plain(r.Message)),
        Completion.Refused r when Messages.IsArgument(r.Message) => new Outcome.Inapplicable(Messages.Plain(r.Message)),
        Completion.Refused r => new Outcome.Crashed(Messages.Plain(r.Message)),
        _ => throw new System.Diagnostics.UnreachableException($"completion {completion}"),
    };

    private Outcome.Threw Thrown()
    {
        _store.TakeException(out var exception);
        var payload = _store.PayloadOf(exception);
        try
        {
            var export = ExportOf(_store.TagOf(exception));
            string name = export is null ? "with a tag that no instance exports" : $"with tag \"{export.Value.Name}\"";
            return new Outcome.Threw(name, [.. payload.Select(v => ToValue(v))]) { Export = export };
        }
        finally
        {
            NativeStore.Release(payload);
            NativeStore.Release(ref exception);
        }
    }

    /// <summary>Which tag it is: the first export that is it, of the oldest instance that has one.</summary>
    private (IInstance Instance, string Name)? ExportOf(Native.Tag tag)
    {
        foreach (var instance in _instances)
        {
            string? name = null;
            foreach (var (export, exported) in instance.Exports)
            {
                var item = exported;
                if (name is null && item.Kind == NativeExternKind.Tag && _store.Same(item.Tag, tag)) name = export;
                NativeStore.Release(ref item);
            }
            if (name is not null) return (instance, name);
        }
        return null;
    }

    /// <summary>Marks a request as running, so that the store is not disposed of under it.</summary>
    private Running Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _running++;
        }
        return new(this);
    }

    private readonly struct Running(WasmtimeStore store) : IDisposable
    {
        public void Dispose()
        {
            bool free;
            lock (store._gate) free = --store._running == 0 && store._disposed;
            if (free) store.Free();
        }
    }

    public void Dispose()
    {
        bool free;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            free = _running == 0;
        }
        if (free) Free();
    }

    private void Free()
    {
        _conversions = null;
        _store.Dispose();
        foreach (var owned in _owned) owned.Dispose();
    }
}
