using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Text.Script;
using Wasm.Validation;

namespace Conformance.Harness.Converting.Wasi;

/// <summary>Makes command modules of steps.</summary>
internal sealed class CommandModuleWriter(string fileName, Profile profile, List<LeftOut> leftOut)
{
    private const string Start = "_start", Host = "spectest";
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostItem> _host = SpecTestHost.For(profile).Items.ToDictionary(i => i.Name, StringComparer.Ordinal);

    public List<CommandModule> Modules { get; } = [];

    /// <summary>The modules of instances that are linked to each other.</summary>
    public void Group(ImmutableArray<Step> steps)
    {
        var done = ImmutableArray.CreateBuilder<Step>();
        var probe = new Linked(new Merger(), HostModuleFor(steps.Select(s => s.Instance)));
        bool hasState = steps.Any(s => s.Instance.HasState);
        Region? unknown = null;
        int assertions = 0;
        foreach (var step in steps)
        {
            if (unknown is { } since)
            {
                leftOut.Add(new(step.At, step.Kind, $"it may see what line {since.Line} does, which was left out"));
                continue;
            }
            try
            {
                switch (step)
                {
                    case Step.Unknown:
                        unknown = step.At;
                        break;
                    case Step.TrapActing:
                        Write(step, Merge([.. hasState ? done : done.Where(s => s is Step.Instantiate), step], isTrap: true), Ending.Trap, 1);
                        break;
                    case Step.TrapInstantiating:
                        Write(step, Merge([.. done, step], isTrap: true), Ending.Trap, 1);
                        // What it has written to others before it trapped is not to be had in a module that goes on.
                        if (step.Instance.Links.Values.Any(owner => owner is not null) || step.Instance.Group != step.Instance) unknown = step.At;
                        break;
                    case Step.Instantiate:
                        probe.Add(step.Instance);
                        done.Add(step);
                        break;
                    case Step.Act act:
                        // Tried here, so that what cannot be expressed is found at its own step.
                        _ = Act(probe.Merger, probe.Parts[act.Instance], act.Command, act.Action, 0, ImmutableArray.CreateBuilder<ValType>());
                        done.Add(step);
                        if (act.Command is Assertion) assertions++;
                        break;
                    default:
                        throw new System.Diagnostics.UnreachableException($"step {step.GetType().Name}");
                }
            }
            catch (InexpressibleException e)
            {
                leftOut.Add(new(step.At, step.Kind, e.Message));
                if (hasState) unknown = step.At;
            }
        }
        if (done.Count > 0) Write(done[0], Merge(done.ToImmutable(), isTrap: false), Ending.Success, assertions);
    }

    /// <summary>The module that an assertion says is invalid, as a command that would end well.</summary>
    public void Refused(AssertInvalid command)
    {
        try
        {
            var module = command.Definition switch
            {
                Textual t => t.Module,
                Encoded e => BinaryDecoder.Decode(e.Bytes.AsMemory(), profile),
                Quoted q => TextParser.ParseModule(q.Text.AsMemory(), profile),
                _ => throw new System.Diagnostics.UnreachableException(command.Definition.GetType().Name),
            };
            if (!module.Imports.IsEmpty) throw new InexpressibleException("an engine may refuse it for its imports");
            module = module with
            {
                Types = module.Types.Add(new([new(FuncType.Empty)])),
                Funcs = module.Funcs.Add(new((uint)module.TypeCount, [], new([new Plain(Op.End)]))),
                Exports = module.Exports.Add(new(Start, ExternKind.Func, (uint)module.Funcs.Length)),
            };
            if (IsValid(module, profile)) throw new InexpressibleException("with a function and a type more it is valid");
            // A command line cannot ask an engine to do without.
            if (IsValid(module, Profile.All)) throw new InexpressibleException("with features beyond its profile, which an engine may have, it is valid");
            Write(command.At, module, Ending.Refused, 1);
        }
        catch (Exception e) when (e is PhaseException or InexpressibleException)
        {
            leftOut.Add(new(command.At, command.Kind, e.Message));
        }
    }

    private static bool IsValid(Module module, Profile profile)
    {
        try
        {
            Validator.Validate(module, new Engine(), profile);
            return true;
        }
        catch (InvalidException)
        {
            return false;
        }
    }

    private void Write(Step step, Module module, Ending expect, int assertions) => Write(step.At, module, expect, assertions);

    private void Write(Region at, Module module, Ending expect, int assertions)
    {
        string stem = Path.GetFileNameWithoutExtension(fileName), suffix = expect == Ending.Success ? "" : "." + expect.ToString().ToLowerInvariant();
        string name = $"{stem}.{at.Line}{suffix}.wasm";
        for (int i = 2; !_names.Add(name); i++) name = $"{stem}.{at.Line}.{i}{suffix}.wasm";
        Modules.Add(new(name, [.. BinaryEncoder.Encode(module)], expect, at.Line, assertions));
    }

    /// <summary>One module that takes the steps. In one that must trap, a check that fails ends with success, and so does its end.</summary>
    private Module Merge(ImmutableArray<Step> steps, bool isTrap)
    {
        var merger = new Merger();
        var wasi = new Dictionary<string, Item>(StringComparer.Ordinal)
        {
            ["fd_write"] = merger.Import(Support.Wasi, "fd_write", new([ValType.I32, ValType.I32, ValType.I32, ValType.I32], [ValType.I32])),
            ["proc_exit"] = merger.Import(Support.Wasi, "proc_exit", new([ValType.I32], [])),
        };
        var instances = steps.Select(s => s.Instance).Distinct().ToArray();
        var linked = new Linked(merger, HostModuleFor(instances));
        var parts = linked.Parts;
        foreach (var instance in instances) linked.Add(instance);

        var support = Support.Fail(fileName, isTrap ? 0 : 1, merger.FirstMemory);
        uint fail = merger.Add(support, import => import.Module == Support.Wasi ? wasi[import.Name] : new(ExternKind.Memory, 0), isLate: true).Exports["fail"].Index;
        uint type = merger.Type(FuncType.Empty);
        var calls = new List<Instr>();
        foreach (var step in steps)
        {
            var locals = ImmutableArray.CreateBuilder<ValType>();
            Instr[] code = step switch
            {
                Step.Instantiate or Step.TrapInstantiating => [.. parts[step.Instance].Init],
                Step.Act act => [.. Act(merger, parts[act.Instance], act.Command, act.Action, fail, locals)],
                Step.TrapActing trap => [.. Ignoring(merger, parts[trap.Instance], trap.Action)],
                _ => throw new System.Diagnostics.UnreachableException($"step {step.GetType().Name}"),
            };
            if (code.Length > 0) calls.Add(new Idx(Op.Call, merger.Func(type, locals.ToImmutable(), code)));
        }
        uint start = merger.Func(type, [], calls);
        var exports = ImmutableArray.Create(new Export(Start, ExternKind.Func, start));
        return merger.Build(merger.FirstMemory is null ? exports : exports.Add(new("memory", ExternKind.Memory, 0)));
    }

    /// <summary>Instances that are linked to each other and to the host's items, in a merged module.</summary>
    private sealed class Linked(Merger merger, Module host)
    {
        private readonly Part _host = merger.Add(host, _ => throw new System.Diagnostics.UnreachableException("the host imports nothing"), isLate: false);

        public Merger Merger => merger;

        public Dictionary<ScriptInstance, Part> Parts { get; } = [];

        public void Add(ScriptInstance instance) => Parts.Add(instance, merger.Add(instance.Module,
            import => (instance.Links[import.Module] is { } owner ? Parts[owner] : _host).Exports[import.Name], isLate: Parts.Count > 0));
    }

    /// <summary>The items of the host module that instances import.</summary>
    private Module HostModuleFor(IEnumerable<ScriptInstance> instances)
    {
        var module = new Module();
        var names = instances.Distinct().SelectMany(i => i.Module.Imports.Where(import => i.Links[import.Module] is null)).Select(i => i.Name).Distinct();
        foreach (var item in names.Select(n => _host[n]))
            module = item switch
            {
                HostItem.Print f => module with
                {
                    Types = module.Types.Add(new([new(f.Type)])),
                    Funcs = module.Funcs.Add(new((uint)module.Types.Length, [], new([new Plain(Op.End)]))),
                    Exports = module.Exports.Add(new(f.Name, ExternKind.Func, (uint)module.Funcs.Length)),
                },
                HostItem.Global g => module with
                {
                    Globals = module.Globals.Add(new(g.Type, new([.. StepCode.Arguments([new Literal.Num(g.Type.Val.Kind, g.Value.Lo)], new([g.Type.Val], [])), new Plain(Op.End)]))),
                    Exports = module.Exports.Add(new(g.Name, ExternKind.Global, (uint)module.Globals.Length)),
                },
                HostItem.Table t => module with
                {
                    Tables = module.Tables.Add(new(t.Type, null)),
                    Exports = module.Exports.Add(new(t.Name, ExternKind.Table, (uint)module.Tables.Length)),
                },
                HostItem.Memory m => module with
                {
                    Mems = module.Mems.Add(new(m.Type)),
                    Exports = module.Exports.Add(new(m.Name, ExternKind.Memory, (uint)module.Mems.Length)),
                },
                _ => throw new System.Diagnostics.UnreachableException($"host item {item.Name}"),
            };
        return module;
    }

    // Steps as code

    private static IEnumerable<Instr> Act(Merger merger, Part part, Command command, Wasm.Text.Script.Action action, uint fail, ImmutableArray<ValType>.Builder locals)
    {
        var (code, results) = Evaluate(merger, part, action);
        IEnumerable<Instr> failed = [new Const(Op.I32Const, (ulong)command.At.Line), new Idx(Op.Call, fail)];
        switch (command)
        {
            case AssertReturn c:
                if (c.Results.Length != results.Length) throw new InexpressibleException("the number of results is not that of the function");
                return Checked(c.Results.Select((r, i) => StepCode.Mismatch(r, results[i], (uint)i)));
            case AssertReturnNan c when results.Length == 1: return Checked([StepCode.NotNan(c.Nan, results[0], 0)]);
            case AssertReturnFunc when results.Length == 1: return Checked([StepCode.Mismatch(new ResultPattern.Ref(RefClass.Func), results[0], 0)]);
            case AssertException:
                // The clause's label is that of the block around it.
                return
                [
                    new Block(Op.Block, BlockType.Empty), new TryTable(Op.TryTable, BlockType.Empty, [new(CatchKind.CatchAll, 0, 0)]),
                    .. code, .. Drops(results), new Plain(Op.End), .. failed, new Plain(Op.End),
                ];
            case ActionCommand: return [.. code, .. Drops(results)];
            default: throw new InexpressibleException("the number of results is not that of the function");
        }

        IEnumerable<Instr> Checked(IEnumerable<IEnumerable<Instr>> mismatches)
        {
            locals.AddRange(results);
            return
            [
                .. code,
                .. Enumerable.Range(1, results.Length).Select(i => new Idx(Op.LocalSet, (uint)(results.Length - i))),
                .. mismatches.SelectMany(m => (IEnumerable<Instr>)[.. m, new Block(Op.If, BlockType.Empty), .. failed, new Plain(Op.End)]),
            ];
        }
    }

    private static IEnumerable<Instr> Ignoring(Merger merger, Part part, Wasm.Text.Script.Action action)
    {
        var (code, results) = Evaluate(merger, part, action);
        return [.. code, .. Drops(results)];
    }

    private static IEnumerable<Instr> Drops(ImmutableArray<ValType> results) => results.Select(_ => new Plain(Op.Drop));

    private static (IEnumerable<Instr> Code, ImmutableArray<ValType> Results) Evaluate(Merger merger, Part part, Wasm.Text.Script.Action action)
    {
        if (!part.Exports.TryGetValue(action.Name, out var item)) throw new InexpressibleException($"there is no export {action.Name}");
        if (action is Invoke invoke && item.Kind == ExternKind.Func)
        {
            var type = merger.FuncTypeOf(item.Index);
            return ([.. StepCode.Arguments(invoke.Arguments, type), new Idx(Op.Call, item.Index)], type.Results);
        }
        if (action is Get && item.Kind == ExternKind.Global) return ([new Idx(Op.GlobalGet, item.Index)], [merger.GlobalTypeOf(item.Index).Val]);
        throw new InexpressibleException($"the export {action.Name} is of another kind");
    }
}
