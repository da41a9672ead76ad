using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>
/// One case as ordinary requests. The host module is a wasm module that keeps the trace, and what the worker cannot read itself is read by modules that import it
/// (<see cref="CaseObservers"/>): so all that a case shows can be seen where instances are linked and functions called. What then is missing still is a limit of the adapter,
/// as the result of the action that needs it.
/// </summary>
internal sealed partial class CaseDialogue
{
    /// <summary>Values of a trace that are read; what a longer one holds is not known.</summary>
    private const int MostRead = 4096;

    /// <summary>Values of a trace that are read unasked where asking first would take another batch.</summary>
    private const int ReadAhead = 4 * CaseObservers.Many;

    private static readonly Profile Widest = Profile.All with { Features = Features.All & ~Features.CustomSections };
    private static readonly ActionResult Nothing = new ActionResult.Ended(new Outcome.Returned([])), NotRun = new ActionResult.NotRun();

    private readonly CaseExchange _exchange;
    private readonly WorkerFacts _facts;
    private readonly string? _noLinks;
    private readonly Case _case;
    private readonly bool _many, _hosted;
    private readonly Module?[] _syntax;
    private readonly CaseReply?[] _loads;
    private readonly List<Instance> _instances = [];
    private readonly Dictionary<string, Func<Outcome?>> _whyUnregistered = new(StringComparer.Ordinal);
    private readonly Dictionary<(Instance, string), Observer> _observers = [];
    private long _module, _instance, _host;

    /// <param name="exchange">Where the requests go; its worker is held to the right features by the first of them.</param>
    /// <param name="facts">What the worker can do.</param>
    /// <param name="noLinks">Why modules cannot be linked to instances; null where they can.</param>
    /// <param name="features">What modules are held to.</param>
    /// <param name="case">The case.</param>
    public CaseDialogue(CaseExchange exchange, WorkerFacts facts, string? noLinks, Features features, Case @case)
    {
        _exchange = exchange;
        _facts = facts;
        _noLinks = noLinks;
        _case = @case;
        _many = facts.Features.HasFlag(Features.MultiValue);
        _syntax = [.. @case.Modules.Select(Decoded)];
        _loads = new CaseReply?[@case.Modules.Length];
        _module = @case.Modules.Length;
        _hosted = _syntax.Any(s => s is not null && s.Imports.Any(i => i.Module == CaseHost.Name));
        exchange.Ask(Protocol.Reset, Awaited.Done, json =>
        {
            json.WriteString("version", "3.0");
            json.WriteStartArray("features");
            foreach (string feature in Profiles.NamesOf(features)) json.WriteStringValue(feature);
            json.WriteEndArray();
        });
    }

    private sealed record Instance(long Number, Module? Syntax)
    {
        public required CaseReply Load { get; init; }

        /// <summary>Why it cannot be asked for; null when it can, or that is not known yet.</summary>
        public required Func<Outcome?> WhyNot { get; init; }

        public CaseReply? Made { get; set; }

        /// <summary>The name that it is registered under for observers.</summary>
        public string? Name { get; set; }

        public bool MayExist => Made is { MayHold: true };

        public Outcome End => Load.Outcome is not Outcome.Loaded ? Load.Outcome! : WhyNot() ?? Made!.Outcome!;

        public bool Exists => End is Outcome.Instantiated;
    }

    /// <summary>A module of the kit beside an instance.</summary>
    private sealed record Observer(long Number, ImmutableArray<CaseReply> Steps)
    {
        public Outcome? Failure => Steps.FirstOrDefault(s => !s.MayHold)?.Outcome;
    }

    /// <summary>Runs the case.</summary>
    /// <exception cref="CaseLostException">The worker was lost.</exception>
    public CaseResult Run()
    {
        int count = _case.Actions.Length;
        if (_hosted && _noLinks is null) MakeHost();
        var ends = new Func<ActionResult>[count];
        var counts = new CaseReply?[count];
        for (int i = 0; i < count; i++)
        {
            _exchange.Action = i;
            ends[i] = Do(_case.Actions[i]);
            if (_host != 0 && _case.Actions[i] is CaseAction.Instantiate or CaseAction.Invoke or CaseAction.Sweep) counts[i] = Call(_host, "count");
        }
        List<CaseReply> values = [], widths = [];
        _exchange.Settle();
        if (Array.FindLast(counts, c => c is not null) is { } last) ReadTrace(values, widths, last.Outcome is { } known ? Emitted(known) ?? 0 : ReadAhead);
        _exchange.Flush();
        int total = counts.OfType<CaseReply>().Select(c => Emitted(c.Outcome!) ?? 0).DefaultIfEmpty().Max();
        if (values.Count * Step < Math.Min(total, MostRead))
        {
            ReadTrace(values, widths, total);
            _exchange.Flush();
        }
        return new(Traced([.. ends.Select(end => end())], counts, values, widths));
    }

    private int Step => _many ? CaseObservers.Many : 1;

    private static Module? Decoded(byte[] bytes)
    {
        try
        {
            return BinaryDecoder.Decode(bytes, Widest);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private Func<ActionResult> Do(CaseAction action) => action switch
    {
        CaseAction.Load a when Load(a.Module) is var load => () => Ended(load.Outcome!),
        CaseAction.Instantiate a => Instantiate(a),
        CaseAction.Invoke a => On(a.Instance, instance => Invoke(instance, a.Name, a.Args)),
        CaseAction.Sweep a => On(a.Instance, instance => Sweep(instance, a)),
        CaseAction.Memory a => On(a.Instance, instance => Memory(instance, a.Name, a.Offset, a.Length)),
        CaseAction.Digest a => On(a.Instance, instance => Digest(instance, a.Name)),
        CaseAction.Get a => On(a.Instance, instance => Get(instance, a.Name)),
        CaseAction.Parse or _ => throw new UnreachableException($"action {action}: engines get binaries"),
    };

    private Func<ActionResult> On(int number, Func<Instance, Func<ActionResult>> act)
    {
        if (number >= _instances.Count || !_instances[number].MayExist) return () => NotRun;
        var instance = _instances[number];
        var end = act(instance);
        return () => instance.Exists ? end() : NotRun;
    }

    // Instances

    private CaseReply Load(int module) => _loads[module] ??= Load(_case.Modules[module], module + 1);

    private CaseReply Load(byte[] bytes, long number)
    {
        return _exchange.Ask(Protocol.Load, Awaited.Loaded, json =>
        {
            json.WriteNumber("module", number);
            json.WriteString("hex", Convert.ToHexStringLower(bytes));
        });
    }

    private Func<ActionResult> Instantiate(CaseAction.Instantiate action)
    {
        var load = Load(action.Module);
        var syntax = _syntax[action.Module];
        // Later registrations of the names are none of its business.
        Func<Outcome?>[] why = [.. syntax?.Imports.Select(i => i.Module).Distinct().Select(WhyUnregistered).OfType<Func<Outcome?>>() ?? []];
        bool unlinkable = _noLinks is not null && syntax is { Imports.IsEmpty: false };
        var instance = new Instance(++_instance, syntax)
        {
            Load = load,
            WhyNot = () => !_facts.Has(Protocol.Instantiate) ? new Outcome.Unsupported(_facts.WhyNot(Protocol.Instantiate))
                : unlinkable ? new Outcome.AdapterLimit(_noLinks!) : why.Select(w => w()).FirstOrDefault(w => w is not null),
        };
        _instances.Add(instance);
        _exchange.Settle();
        if (load.MayHold && (load.Outcome is null ? _facts.Has(Protocol.Instantiate) && !unlinkable : instance.WhyNot() is null))
        {
            instance.Made = Make(instance.Number, action.Module + 1);
            _exchange.Settle();
        }
        if (instance.MayExist)
        {
            if (action.As is { } name)
            {
                var registered = Register(name, instance.Number);
                var before = WhyUnregistered(name);
                // What could not be made takes no name: in a batch, that is known only afterwards.
                _whyUnregistered[name] = () => !instance.Exists ? before?.Invoke() : registered.MayHold ? null : registered.Outcome;
            }
            if (_host != 0 && syntax?.Exports.Any(e => e.Name == CaseHost.Back && e.Kind == ExternKind.Func) == true)
                Beside(instance, CaseObservers.LinkBack(NameOf(instance)));
        }
        return () => Ended(instance.End);
    }

    private Func<Outcome?>? WhyUnregistered(string name) => _whyUnregistered.GetValueOrDefault(name);

    private CaseReply Make(long instance, long module) => _exchange.Ask(Protocol.Instantiate, Awaited.Instantiated, json =>
    {
        json.WriteNumber("module", module);
        json.WriteNumber("instance", instance);
    });

    private CaseReply Register(string name, long instance) => _exchange.Ask(Protocol.Register, Awaited.Done, json =>
    {
        json.WriteString("name", name);
        json.WriteStartArray("instances");
        json.WriteNumberValue(instance);
        json.WriteEndArray();
    });

    private string NameOf(Instance instance)
    {
        if (instance.Name is { } name) return name;
        instance.Name = string.Create(CultureInfo.InvariantCulture, $"{Protocol.HostModule}:{instance.Number}");
        Register(instance.Name, instance.Number);
        return instance.Name;
    }

    /// <summary>Instantiates a module of the kit. What becomes of it is known later; where it fails, what would be called is not there.</summary>
    private Observer Beside(Instance? instance, byte[] binary)
    {
        _module++;
        // The instances of the case come first, so that they are numbered as if they were alone.
        long number = 1_000_000 + _module;
        var load = Load(binary, _module);
        _exchange.Settle();
        if (!load.MayHold) return new(number, [load]);
        var made = Make(number, _module);
        _exchange.Settle();
        return new(number, [load, made]);
    }

    private void MakeHost()
    {
        var host = Beside(null, CaseObservers.Host(_many));
        var registered = host.Failure is null ? Register(CaseHost.Name, host.Number) : null;
        _exchange.Settle();
        _whyUnregistered[CaseHost.Name] = () => (host.Failure ?? (registered!.MayHold ? null : registered.Outcome)) is { } why ? new Outcome.AdapterLimit($"no host module: {why}") : null;
        if (host.Failure is null) _host = host.Number;
    }

    // Calls

    private CaseReply Call(long instance, string name, params ReadOnlySpan<Value> arguments)
    {
        string[] args = new string[arguments.Length];
        for (int i = 0; i < args.Length; i++) args[i] = WireValue.Text(arguments[i]);
        return _exchange.Ask(Protocol.Invoke, Awaited.Call, json =>
        {
            json.WriteNumber("instance", instance);
            json.WriteString("name", name);
            json.WriteStartArray("args");
            foreach (string arg in args) json.WriteStringValue(arg);
            json.WriteEndArray();
        });
    }

    private Func<ActionResult> Invoke(Instance instance, string name, ImmutableArray<Value> arguments)
    {
        if (WhyNot(instance, name, arguments) is { } why) return () => Ended(why);
        var reply = Call(instance.Number, name, arguments.AsSpan());
        return () => Ended(Explained(reply.Outcome!));
    }

    private Func<ActionResult> Sweep(Instance instance, CaseAction.Sweep action)
    {
        if (WhyNot(instance, action.Name, [Value.I32(0)]) is { } why) return () => new ActionResult.Swept([.. Enumerable.Repeat(why, action.Count)]);
        var replies = new CaseReply[action.Count];
        for (int i = 0; i < replies.Length; i++) replies[i] = Call(instance.Number, action.Name, Value.I32((uint)i));
        return () => new ActionResult.Swept([.. replies.Select(r => r.Outcome is Outcome.Returned { Values.IsEmpty: true } ? null : Explained(r.Outcome!))]);
    }

    /// <summary>Why a function cannot be called, as far as that can be known without asking; a worker need not check it.</summary>
    private Outcome? WhyNot(Instance instance, string name, ImmutableArray<Value> arguments)
    {
        if (!_facts.Has(Protocol.Invoke)) return new Outcome.Unsupported(_facts.WhyNot(Protocol.Invoke));
        if (instance.Syntax is not { } module) return null;
        return module.Exports.FirstOrDefault(e => e.Name == name && e.Kind == ExternKind.Func) is { } export ? WorkerStore.Mismatch(Bridge.TypeOfFunc(module, export.Index), arguments)
            : new Outcome.Inapplicable($"no function \"{name}\"");
    }

    private Outcome Explained(Outcome outcome) => outcome switch
    {
        Outcome.Trapped trap => _facts.Explain(trap),
        // Which export the tag is, in the numbers of the case, is not known; nor is the payload's reading the same for all workers.
        Outcome.Threw => new Outcome.Threw(null, default),
        _ => outcome,
    };

    private ActionResult Ended(Outcome outcome) => Explained(outcome) switch
    {
        Outcome.Loaded or Outcome.Instantiated or Outcome.Returned { Values.IsEmpty: true } => Nothing,
        var end => new ActionResult.Ended(end),
    };
}
