using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>A store in a worker. What the worker does wrong is the outcome of the request that it did it on.</summary>
internal sealed partial class WorkerStore : IStore
{
    private static readonly JsonWriterOptions Bare = new() { SkipValidation = true };

    private readonly OutOfProcessRuntime _runtime;
    private readonly StoreRequest _request;
    private readonly WorkerHome _home;
    private readonly int _number;
    private readonly Dictionary<string, Outcome> _unregistered = new(StringComparer.Ordinal);
    private long _lastHandle;
    private Outcome? _broken;

    public WorkerStore(OutOfProcessRuntime runtime, StoreRequest request)
    {
        _runtime = runtime;
        _request = request;
        bool joins = request.Beside is WorkerStore && runtime.Facts.Threads;
        _home = joins ? ((WorkerStore)request.Beside!)._home : new WorkerHome(runtime);
        _number = _home.Enter();
        byte[] reset = Body(Protocol.Reset, json =>
        {
            json.WriteString("version", request.Profile.Version switch
            {
                SpecVersion.V1 => "1.0",
                SpecVersion.V2 => "2.0",
                SpecVersion.V3 => "3.0",
                _ => throw new System.Diagnostics.UnreachableException($"version {(int)request.Profile.Version}"),
            });
            json.WriteStartArray("features");
            foreach (string feature in Profiles.NamesOf(request.Profile.Features)) json.WriteStringValue(feature);
            json.WriteEndArray();
        });
        // The first request of a home begins with a worker, which is when the reset is sent.
        if (!joins) _home.Remember(reset);
        else _broken = Tell(reset);
    }

    private WorkerFacts Facts => _runtime.Facts;

    private sealed record WorkerModule(long Number, byte[] Binary) : IModule;

    private sealed record WorkerInstance(long Number, WorkerModule Of, WorkerStore Store) : IInstance
    {
        /// <summary>The name that the instance is registered under for the kit's own modules, or null.</summary>
        public string? Name { get; set; }

        /// <summary>By export, the instance that bridges it, or why there is none.</summary>
        public Dictionary<string, (long? Bridge, Outcome? Refused)> Bridges { get; } = new(StringComparer.Ordinal);

        public Module? Module { get; set; }
    }

    public void Define(HostModule module)
    {
        var items = module with { Items = [.. module.Items.Where(item => HostBinary.IsPossible(item, Facts.Features))] };
        if (Facts.Has(Protocol.Define))
        {
            Note(module.Name, Tell(Body(Protocol.Define, json => WireHost.Write(json, items))));
            return;
        }
        if (!Facts.Has(Protocol.Instantiate) || !Facts.Has(Protocol.Register)) return;
        var instances = ImmutableArray.CreateBuilder<long>();
        foreach (byte[] binary in HostBinary.Of(items))
            if (LoadRaw(binary) is Outcome.Loaded { Module: WorkerModule loaded } && InstantiateRaw(loaded) is Outcome.Instantiated { Instance: WorkerInstance instance }) instances.Add(instance.Number);
        if (instances.Count > 0) Note(module.Name, Tell(RegisterBody(module.Name, instances.ToImmutable())));
    }

    public Outcome Load(ReadOnlyMemory<byte> binary) =>
        FeatureGate.Explain(LoadRaw(binary.ToArray()), binary, _request.Profile, Facts.Features, Facts.ObeysProfiles);

    private Outcome LoadRaw(byte[] binary)
    {
        long number = ++_lastHandle;
        byte[] body = Body(Protocol.Load, json =>
        {
            json.WriteNumber("module", number);
            json.WriteString("hex", Convert.ToHexStringLower(binary));
        });
        var outcome = Ask(body, remember: false, new WorkerModule(number, binary), null);
        // Modules that were refused are no state.
        if (outcome is Outcome.Loaded) _home.Remember(body);
        return outcome;
    }

    public Outcome Instantiate(IModule module) =>
        Facts.Has(Protocol.Instantiate) ? WhyUnregistered((WorkerModule)module) ?? InstantiateRaw((WorkerModule)module) : new Outcome.Unsupported(Facts.WhyNot(Protocol.Instantiate));

    /// <summary>Why the worker did not register what a name that the module imports from stands for; null when there is no such name.</summary>
    private Outcome? WhyUnregistered(WorkerModule module)
    {
        if (_unregistered.Count == 0) return null;
        try
        {
            return BinaryDecoder.Decode(module.Binary, _request.Profile with { Features = _request.Profile.Features | Facts.Features }).Imports
                .Select(import => _unregistered.GetValueOrDefault(import.Module)).FirstOrDefault(why => why is not null);
        }
        catch (PhaseException)
        {
            return null;
        }
    }

    private Outcome InstantiateRaw(WorkerModule module)
    {
        var instance = new WorkerInstance(++_lastHandle, module, this);
        byte[] body = Body(Protocol.Instantiate, json =>
        {
            json.WriteNumber("module", module.Number);
            json.WriteNumber("instance", instance.Number);
        });
        var outcome = Explain(Ask(body, remember: true, null, instance), bridged: false);
        if (outcome is Outcome.Instantiated) _instantiated[instance.Number] = instance;
        return outcome;
    }

    public void Register(string name, IInstance instance)
    {
        if (Facts.Has(Protocol.Register)) Note(name, Tell(RegisterBody(name, [((WorkerInstance)instance).Number])));
    }

    /// <summary>Keeps why a name stands for nothing, or forgets it.</summary>
    private void Note(string name, Outcome? refused)
    {
        if (refused is null) _unregistered.Remove(name);
        else _unregistered[name] = refused;
    }

    private byte[] RegisterBody(string name, ImmutableArray<long> instances) => Body(Protocol.Register, json =>
    {
        json.WriteString("name", name);
        json.WriteStartArray("instances");
        foreach (long instance in instances) json.WriteNumberValue(instance);
        json.WriteEndArray();
    });

    public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments)
    {
        if (!Facts.Has(Protocol.Invoke)) return new Outcome.Unsupported(Facts.WhyNot(Protocol.Invoke));
        var target = (WorkerInstance)instance;
        if (Find(target, name, ExternKind.Func, out var module, out var export) is { } missing) return missing;
        var type = Bridge.TypeOfFunc(module, export.Index);
        if (Mismatch(type, arguments) is { } mismatch) return mismatch;
        if (type.Params.Concat(type.Results).All(Facts.Crosses)) return Explain(InvokeRaw(target.Number, name, arguments), bridged: false);
        if (!Facts.Hosts && arguments.Any(a => a.Kind == ValKind.Ref && a.Ref != RefKind.Null)) return new Outcome.AdapterLimit("the worker has no references of the host");
        if (BridgeTo(target, module, export, out long bridge) is { } refused) return refused;
        return Raise(module, type.Results, Explain(InvokeRaw(bridge, name, Bridge.Lower(arguments)), bridged: true));
    }

    private Outcome InvokeRaw(long instance, string name, ImmutableArray<Value> arguments) => Ask(Body(Protocol.Invoke, json =>
    {
        json.WriteNumber("instance", instance);
        json.WriteString("name", name);
        WireOutcome.Values(json, "args", arguments);
    }), remember: true, null, null);

    public Outcome Get(IInstance instance, string name)
    {
        var target = (WorkerInstance)instance;
        if (Find(target, name, ExternKind.Global, out var module, out var export) is { } missing) return missing;
        var type = Bridge.TypeOfGlobal(module, export.Index).Val;
        if (Facts.Has(Protocol.Get) && Facts.Crosses(type))
            return Ask(Body(Protocol.Get, json =>
            {
                json.WriteNumber("instance", target.Number);
                json.WriteString("name", name);
            }), remember: false, null, null);
        if (!Facts.Has(Protocol.Invoke)) return new Outcome.Unsupported(Facts.WhyNot(Protocol.Get));
        if (BridgeTo(target, module, export, out long bridge) is { } refused) return refused;
        return Raise(module, [type], InvokeRaw(bridge, name, []));
    }

    public byte[]? ReadMemory(IInstance instance, string name, ulong offset, int length) =>
        Facts.Has(Protocol.Memory) ? Read<byte[]>(Protocol.Memory, instance, name, offset, length, "bytes", WireOutcome.Hex) : null;

    public ImmutableArray<Value>? ReadTable(IInstance instance, string name, ulong offset, int length) =>
        Facts.Has(Protocol.Table) ? Read<ImmutableArray<Value>?>(Protocol.Table, instance, name, offset, length, "elements", answer => WireOutcome.Values(answer, "values")) : null;

    private T? Read<T>(string request, IInstance instance, string name, ulong offset, int length, string word, Func<JsonElement, T> read)
    {
        byte[] body = Body(request, json =>
        {
            json.WriteNumber("instance", ((WorkerInstance)instance).Number);
            json.WriteString("name", name);
            json.WriteNumber("offset", offset);
            json.WriteNumber("length", length);
        });
        try
        {
            using var answer = _home.Ask(body, remember: false);
            return WireOutcome.Word(answer.RootElement) == word ? read(answer.RootElement) : default;
        }
        catch (ProtocolException e)
        {
            _home.Violated(e);
            return default;
        }
        catch (WorkerLostException)
        {
            return default;
        }
    }

    public Outcome Share(IInstance instance, IStore other)
    {
        if (!Facts.Has(Protocol.Share)) return new Outcome.Unsupported(Facts.WhyNot(Protocol.Share));
        var (from, to) = ((WorkerInstance)instance, (WorkerStore)other);
        if (to._home != _home) return new Outcome.AdapterLimit("the stores are in different workers");
        var there = new WorkerInstance(++to._lastHandle, from.Of, to);
        return Ask(Body(Protocol.Share, json =>
        {
            json.WriteNumber("instance", from.Number);
            json.WriteNumber("to", to._number);
            json.WriteNumber("as", there.Number);
        }), remember: true, null, there);
    }

    public void Interrupt() => _home.Interrupt();

    public void Dispose() => _home.Dispose();

    /// <summary>The export of a name, or what is wrong with the request.</summary>
    private Outcome? Find(WorkerInstance instance, string name, ExternKind kind, out Module module, out Export export)
    {
        (module, export) = (null!, null!);
        try
        {
            module = instance.Module ??= BinaryDecoder.Decode(instance.Of.Binary, _request.Profile with { Features = _request.Profile.Features | Facts.Features });
        }
        catch (PhaseException e)
        {
            return new Outcome.AdapterLimit($"the kit cannot read the module that the engine took: {e.Message}");
        }
        export = module.Exports.FirstOrDefault(e => e.Name == name)!;
        if (export is null) return new Outcome.Inapplicable($"undefined export \"{name}\"");
        return export.Kind == kind ? null : new Outcome.Inapplicable($"export \"{name}\" is not a {kind.ToString().ToLowerInvariant()}");
    }

    /// <summary>What is wrong with the arguments for a function, or null.</summary>
    internal static Outcome.Inapplicable? Mismatch(FuncType type, ImmutableArray<Value> arguments)
    {
        if (type.Params.Length != arguments.Length) return new($"{arguments.Length} arguments for {type}");
        for (int i = 0; i < arguments.Length; i++)
        {
            var (parameter, argument) = (type.Params[i], arguments[i]);
            if (parameter.Kind != argument.Kind) return new($"argument {i + 1} is {argument} for {type}");
            if (argument.Kind == ValKind.Ref && argument.Ref == RefKind.Null && !parameter.Ref.Nullable) return new($"argument {i + 1} is null for {type}");
        }
        return null;
    }

    /// <summary>A request's members without its number and without the closing brace.</summary>
    private byte[] Body(string request, Action<Utf8JsonWriter>? members)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, Bare))
        {
            json.WriteStartObject();
            json.WriteString("do", request);
            if (_number != 0) json.WriteNumber("store", _number);
            members?.Invoke(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan[1..^1].ToArray();
    }

    private Outcome Ask(byte[] body, bool remember, IModule? module, IInstance? instance)
    {
        if (_broken is not null) return _broken;
        try
        {
            using var answer = _home.Ask(body, remember);
            if (_request.Output is { } output)
                foreach (string line in WireOutcome.Texts(answer.RootElement, "output")) output(line);
            var outcome = WireOutcome.Read(answer.RootElement, module, instance);
            return outcome is Outcome.Threw { Tag: null } && WireOutcome.OptionalNumber(answer.RootElement, "instance") is { } number && WireOutcome.OptionalText(answer.RootElement, "name") is { } name
                ? Payload(number, name) : outcome;
        }
        catch (ProtocolException e)
        {
            return Lost(_home.Violated(e));
        }
        catch (WorkerLostException e)
        {
            return Lost(e);
        }
    }

    /// <summary>A request that is done, or else answered in a general way: then the answer.</summary>
    private Outcome? Tell(byte[] body)
    {
        if (_broken is not null) return _broken;
        try
        {
            using var answer = _home.Ask(body, remember: true);
            string word = WireOutcome.Word(answer.RootElement);
            if (word == "done") return null;
            return WireOutcome.Read(answer.RootElement, null, null) is (Outcome.Inapplicable or Outcome.Unsupported or Outcome.AdapterLimit or Outcome.TimedOut or Outcome.Crashed) and var general
                ? general : throw new ProtocolException($"the answer `{word}` does not fit its request");
        }
        catch (ProtocolException e)
        {
            return _broken = Lost(_home.Violated(e));
        }
        catch (WorkerLostException e)
        {
            return _broken = Lost(e);
        }
    }

    private static Outcome Lost(WorkerLostException loss) => loss.TimedOut ? new Outcome.TimedOut(loss.Message) : new Outcome.Crashed(loss.Message);

    /// <summary>Puts what the kit measured into an outcome: the kinds of a trap, and that some traps are exhaustions.</summary>
    private Outcome Explain(Outcome outcome, bool bridged)
    {
        if (outcome is Outcome.Trapped told) outcome = Facts.Explain(told);
        if (outcome is not Outcome.Trapped trap) return outcome;
        // The outermost frame is the bridge's.
        return bridged && trap.Backtrace.Length > 1 ? trap with { Backtrace = trap.Backtrace[..^1] } : trap;
    }
}
