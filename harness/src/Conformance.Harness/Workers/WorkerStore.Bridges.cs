using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

internal sealed partial class WorkerStore
{
    private readonly Dictionary<long, WorkerInstance> _instantiated = [];

    /// <summary>
    /// The instance that bridges an export. All exports of an instance that need it are bridged by one module; when the engine refuses that one,
    /// the export gets a module to itself, so that no export suffers from another.
    /// </summary>
    private Outcome? BridgeTo(WorkerInstance target, Module module, Export export, out long bridge)
    {
        bridge = 0;
        if (target.Bridges.Count == 0)
        {
            Export[] all = [.. module.Exports.Where(e => e.Kind is ExternKind.Func or ExternKind.Global && !Bridge.TypesOf(module, e).All(Facts.Crosses))];
            var shared = Build(target, Bridge.Of(module, NameOf(target), all, Facts.Hosts));
            if (IsLost(shared.Refused)) return shared.Refused;
            if (shared.Bridge is not null)
                foreach (var e in all) target.Bridges[e.Name] = shared;
        }
        if (!target.Bridges.TryGetValue(export.Name, out var known))
        {
            known = Build(target, Bridge.Of(module, NameOf(target), [export], Facts.Hosts));
            if (IsLost(known.Refused)) return known.Refused;
            target.Bridges[export.Name] = known;
        }
        bridge = known.Bridge ?? 0;
        return known.Refused;
    }

    private static bool IsLost(Outcome? outcome) => outcome is Outcome.Crashed or Outcome.TimedOut;

    private (long? Bridge, Outcome? Refused) Build(WorkerInstance target, Module module)
    {
        var outcome = LoadRaw(BinaryEncoder.Encode(module));
        if (outcome is Outcome.Loaded { Module: WorkerModule loaded }) outcome = InstantiateRaw(loaded);
        return outcome switch
        {
            Outcome.Instantiated { Instance: WorkerInstance instance } => (instance.Number, null),
            _ when IsLost(outcome) => (null, outcome),
            _ => (null, new Outcome.AdapterLimit($"no way to exchange values with {NameOf(target)}: {outcome}")),
        };
    }

    /// <summary>The name that an instance is registered under for bridges.</summary>
    private string NameOf(WorkerInstance instance)
    {
        if (instance.Name is { } name) return name;
        instance.Name = $"{Protocol.HostModule}:{instance.Number}";
        Register(instance.Name, instance);
        return instance.Name;
    }

    private static Outcome Raise(Module module, ImmutableArray<ValType> types, Outcome outcome)
    {
        if (outcome is not Outcome.Returned returned) return outcome;
        try
        {
            return new Outcome.Returned(Bridge.Raise(module, types, returned.Values));
        }
        catch (ProtocolException e)
        {
            return new Outcome.Crashed($"the bridge returned what it cannot: {e.Message}");
        }
    }

    /// <summary>Reads what the exception carries that the worker threw last.</summary>
    /// <param name="number">An instance that exports its tag.</param>
    /// <param name="name">The export.</param>
    private Outcome Payload(long number, string name)
    {
        if (!_instantiated.TryGetValue(number, out var instance) || Find(instance, name, ExternKind.Tag, out var module, out var export) is not null)
            return new Outcome.Threw(null, default);
        var type = Bridge.TypeOfTag(module, export.Index);
        string tag = $"with tag {type}";
        if (!Facts.Hosts) return new Outcome.Threw(tag, default);
        if (Build(instance, Bridge.OfPayload(module, NameOf(instance), export, Facts.Hosts)).Bridge is not { } bridge) return new Outcome.Threw(tag, default);
        return Raise(module, type.Params, InvokeRaw(bridge, "payload", [])) is Outcome.Returned payload ? new Outcome.Threw(tag, payload.Values) : new Outcome.Threw(tag, default);
    }
}
