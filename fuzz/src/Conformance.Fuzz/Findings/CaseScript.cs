using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Text.Script;

namespace Conformance.Fuzz.Findings;

/// <summary>
/// A case as a script that any runner of .wast files can run: what the reference answered are its assertions. The host module becomes a wasm module
/// that records what it is given; memories are read through functions that are added to the modules behind everything that was there.
/// </summary>
public sealed class CaseScript
{
    private const string HostId = "host";

    private readonly FuzzCase _case;
    private readonly CaseResult _reference;
    private readonly List<Command> _commands = [];
    private readonly List<string> _leftOut = [];
    private readonly List<(FuzzModule Module, bool Exists)> _instances = [];
    private int _emitted;

    private CaseScript(FuzzCase c, CaseResult reference)
    {
        _case = c;
        _reference = reference;
    }

    /// <summary>The script.</summary>
    /// <param name="c">The case.</param>
    /// <param name="reference">What the reference answered.</param>
    /// <param name="heading">Lines of comment at its head.</param>
    /// <param name="leftOut">What a script cannot say of it, with reasons; empty when the script says all.</param>
    public static string Write(FuzzCase c, CaseResult reference, IEnumerable<string> heading, out ImmutableArray<string> leftOut)
    {
        var script = new CaseScript(c, reference);
        script.Convert();
        leftOut = [.. script._leftOut];
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        // Profile `all` accepts whatever the generator may use.
        if ((c.Features & ~Features.Wasm3) != 0) writer.Write(";;! features: all\n");
        foreach (string line in heading.Concat(leftOut.Select(l => $"left out: {l}"))) writer.Write($";; {line}\n");
        writer.Write('\n');
        ScriptPrinter.Print(script._commands, writer);
        return writer.ToString();
    }

    private void Convert()
    {
        bool hosted = _case.Modules.Any(m => m.Syntax is not { } s || s.Imports.Any(i => i.Module == CaseHost.Name));
        if (hosted)
        {
            Add(new ModuleCommand(HostId, false, Text(UsesBack ? RecorderWithBack : Recorder), Region.None));
            Add(new Register(CaseHost.Name, HostId, Region.None));
        }
        for (int i = 0; i < Math.Min(_case.Actions.Length, _reference.Results.Length); i++)
        {
            Convert(i, _case.Actions[i], _reference.Results[i]);
            foreach (var emitted in _reference.Results[i].Trace)
                Add(new AssertReturn(new Invoke(HostId, "at", [new Literal.Num(ValKind.I32, (uint)_emitted++)], Region.None), [Equal(Value.I64(emitted.Lo))], Region.None));
        }
        if (_emitted > MostEmitted) _leftOut.Add($"{_emitted - MostEmitted} values of the trace that the recorder has no room for");
        if (hosted) Add(new AssertReturn(new Invoke(HostId, "count", [], Region.None), [Equal(Value.I32((uint)_emitted))], Region.None));
    }

    private bool UsesBack => _case.Modules.Any(m => m.Syntax is not { } s || s.Imports.Any(i => i.Module == CaseHost.Name && i.Name == CaseHost.Back));

    private void Convert(int index, CaseAction action, ActionResult result)
    {
        switch (action, result)
        {
            case (CaseAction.Load load, ActionResult.Ended ended): Load(_case.Modules[load.Module], ended.Outcome); break;
            case (CaseAction.Instantiate make, ActionResult.Ended ended): Instantiate(make, ended.Outcome); break;
            case (CaseAction.Invoke invoke, ActionResult.Ended ended):
                if (ended.Outcome is Outcome.Threw threw && Caught(invoke, threw)) break;
                Ended(new Invoke(Id(invoke.Instance), invoke.Name, [.. invoke.Args.Select(Number)], Region.None), ended.Outcome);
                break;
            case (CaseAction.Sweep sweep, ActionResult.Swept swept):
                for (int k = 0; k < swept.Outcomes.Length; k++)
                    Ended(new Invoke(Id(sweep.Instance), sweep.Name, [new Literal.Num(ValKind.I32, (uint)k)], Region.None), swept.Outcomes[k] ?? new Outcome.Returned([]));
                break;
            case (CaseAction.Get get, ActionResult.Ended { Outcome: Outcome.Returned returned }):
                Add(new AssertReturn(new Get(Id(get.Instance), get.Name, Region.None), [.. returned.Values.Select(Equal)], Region.None));
                break;
            case (CaseAction.Memory memory, ActionResult.Bytes bytes): Memory(index, memory, bytes.Data); break;
            case (CaseAction.Digest digest, ActionResult.Digested digested): Digest(digest, digested.Length); break;
            case (_, ActionResult.NotRun): break;
            default: _leftOut.Add($"{ActionText.Of(action)}: {(result is ActionResult.Ended e ? e.Outcome.ToString() : result.GetType().Name)}"); break;
        }
    }

    private void Load(FuzzModule module, Outcome outcome)
    {
        if (Refused(module, outcome) is { } refused) Add(refused);
        else Add(new ModuleCommand(null, true, Definition(module), Region.None));
    }

    private void Instantiate(CaseAction.Instantiate make, Outcome outcome)
    {
        var module = _case.Modules[make.Module];
        int number = _instances.Count;
        bool exists = outcome is Outcome.Returned or Outcome.Instantiated;
        _instances.Add((module, exists));
        switch (outcome)
        {
            case Outcome.Returned or Outcome.Instantiated:
                Add(new ModuleCommand(Id(number), false, Definition(module), Region.None));
                if (make.As is { } name) Add(new Register(name, Id(number), Region.None));
                if (UsesBack && module.Syntax?.Exports.Any(e => e.Name == CaseHost.Back && e.Kind == ExternKind.Func) == true)
                {
                    Add(new Register(Instance(number), Id(number), Region.None));
                    Add(new ModuleCommand(null, false, Text($"""
                        (module (import "{Instance(number)}" "back" (func $b (param i32) (result i32))) (import "host" "callback" (table 1 funcref)) (elem (i32.const 0) $b))
                        """), Region.None));
                }
                break;
            case Outcome.Trapped trap: Add(new AssertUninstantiable(new Target.Module(null, Definition(module)), Plain(trap.Message), Region.None)); break;
            case Outcome.Threw: Add(new AssertUninstantiable(new Target.Module(null, Definition(module)), "unhandled exception", Region.None)); break;
            case Outcome.Unlinkable unlinkable: Add(new AssertUnlinkable(new Target.Module(null, Definition(module)), Plain(unlinkable.Message), Region.None)); break;
            default:
                if (Refused(module, outcome) is { } refused) Add(refused);
                else _leftOut.Add($"instantiation of module {make.Module}: {outcome}");
                break;
        }
    }

    private static AssertRefused? Refused(FuzzModule module, Outcome outcome) => outcome switch
    {
        Outcome.Malformed o => new AssertMalformed(null, new Encoded([.. module.Bytes], Region.None), Plain(o.Message), Region.None),
        Outcome.Invalid o => new AssertInvalid(null, module.Syntax is { } syntax ? new Textual(syntax, default, Region.None) : new Encoded([.. module.Bytes], Region.None), Plain(o.Message), Region.None),
        _ => null,
    };

    private void Ended(Invoke invoke, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Returned returned: Add(new AssertReturn(invoke, [.. returned.Values.Select(Equal)], Region.None)); break;
            case Outcome.Trapped trap: Add(new AssertTrap(invoke, Plain(trap.Message), Region.None)); break;
            case Outcome.Threw: Add(new AssertException(invoke, Region.None)); break;
            default: _leftOut.Add($"{invoke.Name}: {outcome}"); break;
        }
    }

    /// <summary>
    /// An exception by its tag and payload: a module that catches it says what a script could not. False where tag or payload are not known, or types are such that
    /// another module cannot name them by themselves.
    /// </summary>
    private bool Caught(CaseAction.Invoke invoke, Outcome.Threw threw)
    {
        if (threw.Values.IsDefault || threw.Tag?.Split(':', 2) is not [var number, var export] || !int.TryParse(number, CultureInfo.InvariantCulture, out int instance)) return false;
        if (TypeOf(invoke.Instance, invoke.Name, ExternKind.Func) is not { } called || TypeOf(instance, export, ExternKind.Tag) is not { } tag) return false;
        var results = new FuncType([], tag.Params);
        var block = results.Results.Length switch { 0 => BlockType.Empty, 1 => BlockType.Of(results.Results[0]), _ => BlockType.Idx(2) };
        var module = new Module
        {
            Types = [new([new(called)]), new([new(tag)]), new([new(results)])],
            Imports = [new(Instance(invoke.Instance), invoke.Name, new ExternType.Func(HeapType.Idx(0))), new(Instance(instance), export, new ExternType.Tag(HeapType.Idx(1)))],
            Funcs =
            [
                new(2, [], new(
                [
                    new Block(Op.Block, block),
                    new TryTable(Op.TryTable, BlockType.Empty, [new Catch(CatchKind.Catch, 0, 0)]),
                    .. invoke.Args.Select(EditTree.Constant),
                    new Idx(Op.Call, 0),
                    .. called.Results.Select(_ => new Plain(Op.Drop)),
                    new Plain(Op.End),
                    new Plain(Op.Unreachable),
                    new Plain(Op.End),
                    new Plain(Op.End),
                ])),
            ],
            Exports = [new("caught", ExternKind.Func, 1)],
        };
        foreach (int named in new[] { invoke.Instance, instance }.Distinct()) Add(new Register(Instance(named), Id(named), Region.None));
        string id = string.Create(CultureInfo.InvariantCulture, $"c{_caught++}");
        Add(new ModuleCommand(id, false, new Textual(module, default, Region.None), Region.None));
        Add(new AssertReturn(new Invoke(id, "caught", [], Region.None), [.. threw.Values.Select(Equal)], Region.None));
        return true;
    }

    private int _caught;

    /// <summary>The name that an instance is registered under for what only the script needs.</summary>
    private static string Instance(int number) => string.Create(CultureInfo.InvariantCulture, $"instance {number}");

    /// <summary>The type of an instance's function or tag, when it is final and by itself.</summary>
    private FuncType? TypeOf(int instance, string name, ExternKind kind)
    {
        if (_instances[instance].Module.Syntax is not { } module || module.Exports.FirstOrDefault(e => e.Name == name && e.Kind == kind) is not { } export) return null;
        var view = new ModuleView(module);
        uint x = kind == ExternKind.Tag ? view.Tags[(int)export.Index] : view.FuncTypes[(int)export.Index];
        return view.Types[(int)x] is { Final: true, Supers.IsEmpty: true, Comp: FuncType type } && module.Types.Any(g => g.SubTypes is [var only] && ReferenceEquals(only, view.Types[(int)x]))
            && type.Params.Concat(type.Results).All(t => !t.IsRef || t.Ref.Heap.IsAbstract) ? type : null;
    }

    private void Memory(int index, CaseAction.Memory memory, byte[] data)
    {
        if (IsBytesOnly(memory)) return;
        var sets = _case.NaNs.FirstOrDefault(p => p.Action == index)?.Sets ?? [];
        for (int at = 0; at + 4 <= data.Length; at += 4)
        {
            var set = at / 4 < sets.Length ? sets[at / 4] : NaNSet.Exact;
            uint low = BitConverter.ToUInt32(data, at);
            bool wide = set is NaNSet.Canonical64 or NaNSet.Arithmetic64 or NaNSet.Any64 && at + 8 <= data.Length;
            ulong bits = wide ? BitConverter.ToUInt64(data, at) : low;
            var kind = set is NaNSet.Canonical32 or NaNSet.Canonical64 ? NanKind.Canonical : NanKind.Arithmetic;
            bool isNaN = wide ? double.IsNaN(BitConverter.UInt64BitsToDouble(bits)) : set != NaNSet.Exact && float.IsNaN(BitConverter.UInt32BitsToSingle(low));
            string peek = isNaN ? wide ? "peekf64" : "peekf32" : wide ? "peek64" : "peek32";
            ResultPattern pattern = isNaN ? new ResultPattern.Nan(wide ? ValKind.F64 : ValKind.F32, kind) : Equal(wide ? Value.I64(bits) : Value.I32(low));
            Add(new AssertReturn(new Invoke(Id(memory.Instance), $"{peek} {memory.Name}", [new Literal.Num(ValKind.I32, (uint)(memory.Offset + at))], Region.None), [pattern], Region.None));
            if (wide) at += 4;
        }
    }

    /// <summary>Nothing can be added to bytes that reads their memories; that it is left out is told.</summary>
    private bool IsBytesOnly(CaseAction action)
    {
        if (action.OnExport() is not var (instance, _) || _instances[instance].Module.Syntax is not null) return false;
        _leftOut.Add($"{ActionText.Of(action)}: its module is bytes only");
        return true;
    }

    private void Digest(CaseAction.Digest digest, ulong length)
    {
        if (IsBytesOnly(digest)) return;
        Add(new AssertReturn(new Invoke(Id(digest.Instance), $"size {digest.Name}", [], Region.None), [Equal(Value.I64(length))], Region.None));
    }

    /// <summary>A module with functions that read the memories which the case reads, when there are any.</summary>
    private Definition Definition(FuzzModule module)
    {
        if (module.Syntax is not { } syntax) return new Encoded([.. module.Bytes], Region.None);
        var view = new ModuleView(syntax);
        foreach (var export in syntax.Exports.Where(e => e.Kind == ExternKind.Memory))
        {
            if (_case.Actions.Any(a => a is CaseAction.Memory m && m.Name == export.Name && _case.Modules[ModuleOf(m.Instance)] == module))
            {
                syntax = Reader(syntax, view, export, "peek32", ValType.I32, Op.I32Load);
                if (_case.NaNs.Length > 0)
                {
                    syntax = Reader(syntax, view, export, "peek64", ValType.I64, Op.I64Load);
                    syntax = Reader(syntax, view, export, "peekf32", ValType.F32, Op.F32Load);
                    syntax = Reader(syntax, view, export, "peekf64", ValType.F64, Op.F64Load);
                }
            }
            if (_case.Actions.Any(a => a is CaseAction.Digest d && d.Name == export.Name && _case.Modules[ModuleOf(d.Instance)] == module)) syntax = Sizer(syntax, view, export);
        }
        return new Textual(syntax, default, Region.None);
    }

    private int ModuleOf(int instance) => _case.Actions.OfType<CaseAction.Instantiate>().ElementAt(instance).Module;

    private static Module Reader(Module module, ModuleView view, Export memory, string name, ValType result, Op load)
    {
        ImmutableArray<Instr> body = [new Idx(Op.LocalGet, 0)];
        if (view.Mems[(int)memory.Index].Addr == AddrType.I64) body = body.Add(new Plain(Op.I64ExtendI32U));
        return With(module, $"{name} {memory.Name}", new FuncType([ValType.I32], [result]), body.Add(new Mem(load, new MemArg(memory.Index, 0, 0))));
    }

    private static Module Sizer(Module module, ModuleView view, Export memory)
    {
        var type = view.Mems[(int)memory.Index];
        ImmutableArray<Instr> body = [new Idx(Op.MemorySize, memory.Index)];
        if (type.Addr == AddrType.I32) body = body.Add(new Plain(Op.I64ExtendI32U));
        return With(module, $"size {memory.Name}", new FuncType([], [ValType.I64]), body.AddRange(new Const(Op.I64Const, type.PageSizeLog2), new Plain(Op.I64Shl)));
    }

    private static Module With(Module module, string export, FuncType type, ImmutableArray<Instr> body) => module with
    {
        Types = module.Types.Add(new([new(type)])),
        Funcs = module.Funcs.Add(new((uint)module.TypeCount, [], new(body.Add(new Plain(Op.End))))),
        Exports = module.Exports.Add(new(export, ExternKind.Func, (uint)(module.Imports.Count(i => i.Type.Kind == ExternKind.Func) + module.Funcs.Length))),
    };

    private void Add(Command command) => _commands.Add(command);

    private static string Id(int instance) => string.Create(CultureInfo.InvariantCulture, $"i{instance}");

    private static Literal Number(Value value) => new Literal.Num(value.Kind, value.Lo);

    private static ResultPattern Equal(Value value) => new ResultPattern.Equal(Number(value));

    /// <summary>A message without what follows the suite's text: operands and explanations.</summary>
    private static string Plain(string message)
    {
        int end = message.IndexOfAny([':', '"']);
        string text = (end < 0 ? message : message[..end]).TrimEnd();
        if (text.EndsWith(" for", StringComparison.Ordinal)) text = text[..^4];
        return text.TrimEnd("0123456789".ToCharArray()).TrimEnd();
    }

    // Without its names: not every runner reads the annotation that they would be printed as.
    private static Textual Text(string module) => new(TextParser.ParseModule(Encoding.UTF8.GetBytes(module), Profile.Wasm3) with { Customs = [] }, default, Region.None);

    /// <summary>What fits into the recorder's memory.</summary>
    private const int MostEmitted = 16 * 65536 / 8;

    private const string Emitting = """
          (memory 16)
          (global $count (mut i32) (i32.const 0))
          (func $emit (param $value i64)
            (i64.store (i32.shl (global.get $count) (i32.const 3)) (local.get $value))
            (global.set $count (i32.add (global.get $count) (i32.const 1))))
          (func (export "emit32") (param $value i32) (call $emit (i64.extend_i32_u (local.get $value))))
          (func (export "emit64") (param $value i64) (call $emit (local.get $value)))
          (func (export "count") (result i32) (global.get $count))
          (func (export "at") (param $index i32) (result i64) (i64.load (i32.shl (local.get $index) (i32.const 3))))
        """;

    private const string Recorder = $"(module {Emitting})";

    private const string RecorderWithBack = $$"""
        (module {{Emitting}}
          (type $back (func (param i32) (result i32)))
          (table (export "callback") 1 funcref)
          (func (export "back") (param $x i32) (result i32)
            (if (result i32) (ref.is_null (table.get (i32.const 0)))
              (then (i32.add (local.get $x) (i32.const 1)))
              (else (call_indirect (type $back) (local.get $x) (i32.const 0))))))
        """;
}
