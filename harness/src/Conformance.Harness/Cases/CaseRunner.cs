using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Cases;

/// <summary>Runs cases on a runtime in this process, each in a store of its own. One thread at a time.</summary>
public sealed class CaseRunner
{
    private static readonly ActionResult Nothing = new ActionResult.Ended(new Outcome.Returned([]));
    private static readonly ActionResult NotRun = new ActionResult.NotRun();

    private readonly IRuntime _runtime;
    private readonly StoreRequest _request;
    private readonly List<Value> _trace = [];
    private readonly List<IInstance?> _instances = [];
    private readonly Dictionary<int, Outcome> _modules = [];

    /// <param name="runtime">The runtime.</param>
    /// <param name="profile">What modules are held to.</param>
    public CaseRunner(IRuntime runtime, Profile profile)
    {
        _runtime = runtime;
        _request = new StoreRequest(profile, Emitted: _trace.Add);
    }

    /// <summary>Runs a case. What escapes is a fault of the runtime or its adapter.</summary>
    public CaseResult Run(Case @case)
    {
        _trace.Clear();
        _instances.Clear();
        _modules.Clear();
        using var store = _runtime.CreateStore(_request);
        store.Define(CaseHost.Module);
        var results = ImmutableArray.CreateBuilder<ActionResult>(@case.Actions.Length);
        foreach (var action in @case.Actions)
        {
            var result = Do(store, @case, action);
            if (_trace.Count > 0)
            {
                result = result with { Trace = [.. _trace] };
                _trace.Clear();
            }
            results.Add(result);
        }
        return new(results.MoveToImmutable());
    }

    private ActionResult Do(IStore store, Case @case, CaseAction action)
    {
        switch (action)
        {
            case CaseAction.Load a: return Ended(Load(store, @case, a.Module));
            case CaseAction.Parse a: return Parse(@case.Modules[a.Module]);
            case CaseAction.Instantiate a: return Instantiate(store, @case, a);
            case CaseAction.Invoke a: return Instance(a.Instance) is { } invoked ? Ended(store.Invoke(invoked, a.Name, a.Args)) : NotRun;
            case CaseAction.Get a: return Instance(a.Instance) is { } read ? Ended(store.Get(read, a.Name)) : NotRun;
            case CaseAction.Sweep a: return Instance(a.Instance) is { } swept ? Sweep(store, swept, a) : NotRun;
            case CaseAction.Memory a:
                if (Instance(a.Instance) is not { } ofBytes) return NotRun;
                return store.ReadMemory(ofBytes, a.Name, (ulong)a.Offset, a.Length) is { } bytes ? new ActionResult.Bytes(bytes) : NoMemory(a.Name);
            case CaseAction.Digest a:
                if (Instance(a.Instance) is not { } ofDigest) return NotRun;
                return store.Digest(ofDigest, a.Name) is (var length, var hash) ? new ActionResult.Digested(length, hash) : NoMemory(a.Name);
            default: throw new UnreachableException($"action {action}");
        }
    }

    private IInstance? Instance(int number) => number < _instances.Count ? _instances[number] : null;

    private Outcome Load(IStore store, Case @case, int module)
    {
        if (!_modules.TryGetValue(module, out var outcome)) _modules[module] = outcome = store.Load(@case.Modules[module]);
        return outcome;
    }

    /// <summary>By the kit's own parser, whatever the runtime: as in scripts, all of them get binaries.</summary>
    private ActionResult Parse(byte[] text)
    {
        try
        {
            return new ActionResult.Parsed(BinaryEncoder.Encode(TextParser.ParseModule(text, _request.Profile)));
        }
        catch (MalformedException e)
        {
            return new ActionResult.Ended(new Outcome.Malformed(e.Message, e.At));
        }
    }

    private ActionResult Instantiate(IStore store, Case @case, CaseAction.Instantiate action)
    {
        var outcome = Load(store, @case, action.Module);
        if (outcome is Outcome.Loaded loaded) outcome = store.Instantiate(loaded.Module);
        var instance = (outcome as Outcome.Instantiated)?.Instance;
        _instances.Add(instance);
        if (instance is not null && action.As is { } name) store.Register(name, instance);
        return Ended(outcome);
    }

    private ActionResult.Swept Sweep(IStore store, IInstance instance, CaseAction.Sweep action)
    {
        var outcomes = new Outcome?[action.Count];
        store.Sweep(instance, action.Name, action.Count, (i, outcome) => outcomes[i] = Plain(outcome));
        return new([.. outcomes]);
    }

    private ActionResult Ended(Outcome outcome) => outcome switch
    {
        Outcome.Loaded or Outcome.Instantiated or Outcome.Returned { Values.IsEmpty: true } => Nothing,
        _ => new ActionResult.Ended(Plain(outcome)),
    };

    /// <summary>An exception's tag by the number of the instance, its payload when it crosses.</summary>
    private Outcome Plain(Outcome outcome)
    {
        if (outcome is not Outcome.Threw threw) return outcome;
        string? tag = threw.Export is (var instance, var name) ? string.Create(CultureInfo.InvariantCulture, $"{_instances.IndexOf(instance)}:{name}") : null;
        // Behind JavaScript a payload is read by its tag.
        bool crosses = tag is not null && !threw.Values.IsDefault;
        for (int i = 0; crosses && i < threw.Values.Length; i++) crosses = threw.Values[i].Kind is ValKind.I32 or ValKind.I64;
        return new Outcome.Threw(tag, crosses ? threw.Values : default);
    }

    private static ActionResult.Ended NoMemory(string name) => new(new Outcome.Inapplicable($"no memory \"{name}\""));
}
