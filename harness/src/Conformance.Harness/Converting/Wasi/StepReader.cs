using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Text.Script;
using Action = Wasm.Text.Script.Action;

namespace Conformance.Harness.Converting.Wasi;

/// <summary>An instance of a script.</summary>
internal sealed class ScriptInstance(Module module)
{
    private ScriptInstance? _joined;

    public Module Module => module;

    /// <summary>The instance that each imported module name stands for; null for the host module of the suites.</summary>
    public Dictionary<string, ScriptInstance?> Links { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether anything of it can change: code that writes to a memory, table, global, structure or array.</summary>
    public bool HasState { get; } = module.Funcs.Any(f => f.Body.Instrs.Any(Writes));

    /// <summary>One instance for all that are linked to each other.</summary>
    public ScriptInstance Group
    {
        get
        {
            var root = this;
            while (root._joined is not null) root = root._joined;
            return root;
        }
    }

    public void Join(ScriptInstance other)
    {
        if (Group != other.Group) Group._joined = other.Group;
    }

    private static readonly string[] Writing = ["store", ".set", ".grow", ".fill", ".copy", ".init", ".drop", ".atomic."];

    private static bool Writes(Instr instr) => instr.Op != Op.LocalSet && Writing.Any(w => instr.Def.Mnemonic.Contains(w, StringComparison.Ordinal));
}

/// <summary>What happens to an instance.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="At">The position of the command.</param>
/// <param name="Kind">The command's kind.</param>
internal abstract record Step(ScriptInstance Instance, Region At, string Kind)
{
    /// <summary>It is instantiated.</summary>
    public sealed record Instantiate(ScriptInstance Instance, Region At, string Kind) : Step(Instance, At, Kind);

    /// <summary>Its instantiation traps.</summary>
    public sealed record TrapInstantiating(ScriptInstance Instance, Region At, string Kind) : Step(Instance, At, Kind);

    /// <summary>An action ends as the command says, and the script goes on.</summary>
    public sealed record Act(ScriptInstance Instance, Command Command, Action Action) : Step(Instance, Command.At, Command.Kind);

    /// <summary>An action traps, or exhausts the stack.</summary>
    public sealed record TrapActing(ScriptInstance Instance, Command Command, Action Action) : Step(Instance, Command.At, Command.Kind);

    /// <summary>Something happens that a module cannot do; what comes after may see its effects.</summary>
    public sealed record Unknown(ScriptInstance Instance, Region At, string Kind) : Step(Instance, At, Kind);
}

/// <summary>Reads a script as the steps of its instances.</summary>
internal sealed class StepReader(Profile profile)
{
    private readonly Dictionary<string, Module> _modules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScriptInstance> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScriptInstance> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostItem> _host = SpecTestHost.For(profile).Items.ToDictionary(i => i.Name, StringComparer.Ordinal);
    private readonly List<Step> _steps = [];
    private const string Latest = "", Host = "spectest";

    /// <summary>The memories and tables of the host are shared by all that import them.</summary>
    private ScriptInstance? _hostUser;

    public List<LeftOut> LeftOut { get; } = [];

    public List<AssertInvalid> Invalid { get; } = [];

    /// <summary>The steps of instances that are linked to each other, in the order of the script.</summary>
    public IEnumerable<ImmutableArray<Step>> Groups => _steps.GroupBy(s => s.Instance.Group).Select(g => g.ToImmutableArray());

    public void Read(ReadOnlyMemory<byte> script)
    {
        var split = ScriptReader.Split(script);
        foreach (var source in split.Commands)
        {
            try
            {
                Read(ScriptParser.Parse(source, profile));
            }
            catch (Exception e) when (e is PhaseException or InexpressibleException)
            {
                LeftOut.Add(new(source.At, source.Keyword, e.Message));
                if (source.Keyword == "module") Bind(_instances, source.ModuleId, null);
            }
        }
        if (split.Error is { } error) LeftOut.Add(new(error.At, "script", $"the rest: {error.Message}"));
    }

    private void Read(Command command)
    {
        switch (command)
        {
            case ModuleCommand c:
                var module = Load(c.Definition);
                Bind(_modules, c.Id, module);
                if (!c.IsDefinition) Instantiate(c, module, c.Id);
                break;
            case InstanceCommand c: Instantiate(c, Find(_modules, c.Module, "module"), c.Id); break;
            case Register c: _names[c.Name] = Find(_instances, c.Instance, "instance"); break;
            case ActionCommand c: Act(c, c.Action); break;
            case AssertReturn c: Act(c, c.Action); break;
            case AssertReturnNan c: Act(c, c.Action); break;
            case AssertReturnFunc c: Act(c, c.Action); break;
            case AssertException c: Act(c, c.Action); break;
            case AssertTrap c: Trap(c, c.Action); break;
            case AssertExhaustion c: Trap(c, c.Action); break;
            case AssertSuspension c:
                _steps.Add(new Step.Unknown(Find(_instances, c.Action.Instance, "instance"), c.At, c.Kind));
                throw new InexpressibleException("a suspension ends a command in no agreed way");
            case AssertUninstantiable c:
                var target = c.Target is Target.Module m ? Load(m.Definition) : Find(_modules, ((Target.Instance)c.Target).Of, "module");
                if (c.Target is Target.Module named) Bind(_modules, named.Id, target);
                _steps.Add(new Step.TrapInstantiating(Link(target), c.At, c.Kind));
                break;
            case AssertInvalid c: Invalid.Add(c); break;
            case AssertUnlinkable: throw new InexpressibleException("a command module has nothing to be linked with");
            case AssertMalformed: throw new InexpressibleException("a malformed module cannot be made a command");
            case AssertMalformedCustom or AssertInvalidCustom: throw new InexpressibleException("engines may ignore custom sections");
            case ThreadCommand c:
                foreach (string shared in c.Shared) _steps.Add(new Step.Unknown(Find(_instances, shared, "instance"), c.At, c.Kind));
                throw new InexpressibleException("a command module has one thread");
            case Wait: throw new InexpressibleException("a command module has one thread");
            case UnsupportedCommand c: throw new InexpressibleException(c.Reason);
            default: throw new InexpressibleException("a command module has no meta commands");
        }
    }

    private Module Load(Definition definition)
    {
        var module = definition switch
        {
            Textual t => t.Module,
            Encoded e => BinaryDecoder.Decode(e.Bytes.AsMemory(), profile),
            Quoted q => TextParser.ParseModule(q.Text.AsMemory(), profile),
            _ => throw new System.Diagnostics.UnreachableException(definition.GetType().Name),
        };
        return module;
    }

    private void Instantiate(Command command, Module module, string? id)
    {
        Bind(_instances, id, null);
        var instance = Link(module);
        _steps.Add(new Step.Instantiate(instance, command.At, command.Kind));
        Bind(_instances, id, instance);
    }

    private ScriptInstance Link(Module module)
    {
        var instance = new ScriptInstance(module);
        foreach (var import in module.Imports)
        {
            if (_names.TryGetValue(import.Module, out var owner))
            {
                if (!owner.Module.Exports.Any(e => e.Name == import.Name && e.Kind == import.Type.Kind)) throw Unknown(import);
                instance.Links[import.Module] = owner;
                instance.Join(owner);
                continue;
            }
            if (import.Module != Host || !_host.TryGetValue(import.Name, out var item)) throw Unknown(import);
            instance.Links[import.Module] = null;
            if (item is HostItem.Print or HostItem.Global) continue;
            _hostUser?.Join(instance);
            _hostUser ??= instance;
        }
        return instance;
    }

    private static InexpressibleException Unknown(Import import) => new($"what it imports is not known: {import.Module}.{import.Name}");

    private void Act(Command command, Action action) => _steps.Add(new Step.Act(Find(_instances, action.Instance, "instance"), command, action));

    private void Trap(Command command, Action action) => _steps.Add(new Step.TrapActing(Find(_instances, action.Instance, "instance"), command, action));

    private static void Bind<T>(Dictionary<string, T> slots, string? id, T? value) where T : class
    {
        foreach (string? key in new[] { id, Latest })
            if (key is null) continue;
            else if (value is null) slots.Remove(key);
            else slots[key] = value;
    }

    private static T Find<T>(Dictionary<string, T> slots, string? id, string what) where T : class =>
        slots.TryGetValue(id ?? Latest, out var value) ? value : throw new InexpressibleException($"there is no {what}: what makes it was left out");
}
