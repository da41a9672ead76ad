using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wasm.Syntax;
using Wasm.Validation;

namespace Wasm.Execution;

/// <summary>What a body is lowered for; code of different options is not exchangeable.</summary>
[Flags]
internal enum LoweringOptions
{
    None = 0,
    /// <summary>Every source instruction keeps a lowered one, with its operands in cells of their own.</summary>
    Unfused = 1,
    CanonicalNaN = 2,
    /// <summary>A scheduling point before each access to a shared memory.</summary>
    Scheduled = 4,
    All = Unfused | CanonicalNaN | Scheduled,
}

/// <summary>
/// Lowers a valid body to register form. The operand stack is run through with places instead of values: <c>local.get</c> and constants stay places
/// until an instruction uses them; everything else has a cell of its own, given by its height ("home"). Structured control becomes jumps, and code
/// that cannot be reached is left out. At a label every value is at home, so that all ways to it agree.
/// </summary>
internal sealed unsafe partial class Lowering
{
    /// <summary>Beyond this no stack can hold the frame: calling the function exhausts the stack.</summary>
    private const int MostCells = 1 << 26;

    private readonly ModuleInfo _info;
    private readonly LoweringOptions _options;
    private readonly Func _func;
    private readonly FuncType _type;
    private readonly List<Code> _code = [];
    private readonly List<int> _source = [];
    private readonly int[] _owner;
    private readonly List<int> _unowned = [];
    private readonly List<Control> _controls = [];
    private readonly List<Stub> _stubs = [];
    private readonly List<(Handler Handler, Label? Label)> _handlers = [];
    private readonly List<(OnHandler Handler, Label? Label)[]> _resumes = [];
    private readonly List<RefType> _types = [];

    private readonly StepShape[]? _shapes;

    /// <summary>The source instruction being lowered.</summary>
    private int _at;

    /// <summary>Whether this place in the body cannot be reached; then how many blocks were opened since.</summary>
    private bool _dead;
    private int _deadDepth;

    private Lowering(ModuleInfo info, uint index, LoweringOptions options)
    {
        _info = info;
        _options = options;
        _func = info.Module.Funcs[(int)index - (info.Funcs.Length - info.Module.Funcs.Length)];
        _type = info.FuncTypeOf(index);
        _owner = new int[_func.Body.Instrs.Length];
        Array.Fill(_owner, -1);
        if (!Fuses) _shapes = new StepShape[_owner.Length];
    }

    private bool Fuses => (_options & LoweringOptions.Unfused) == 0;

    /// <summary>The code of a function that the module defines, lowered at its first call.</summary>
    public static FuncCode CodeOf(ModuleInfo info, uint index, LoweringOptions options)
    {
        var all = info.Lowered ??= new FuncCode?[]?[(int)LoweringOptions.All + 1];
        var codes = all[(int)options] ??= new FuncCode?[info.Funcs.Length];
        // Two threads may lower the same body; the codes are alike, and either may stay.
        return codes[index] ??= new Lowering(info, index, options).Lower();
    }

    private FuncCode Lower()
    {
        if (!LayOutLocals()) return TooLarge();
        var results = KindsOf(_type.Results);
        _controls.Add(new Control
        {
            Op = Op.Block,
            Label = new Label(results, 0) { IsFunction = true },
            Results = results,
            BaseCell = _localCells,
            LabelTypes = _type.Results,
        });
        var body = _func.Body.Instrs;
        for (_at = 0; _at < body.Length; _at++)
        {
            var instr = body[_at];
            if (_dead && Skip(instr)) continue;
            _lowest = _count;
            _popped.Clear();
            Instruction(instr);
            _shapes?[_at] = ShapeOf();
            if (_maxCell > MostCells) return TooLarge();
        }
        _at = body.Length - 1;
        Stubs();
        return Finish();
    }

    /// <summary>What the source instruction took and left; only meaningful when every value is at home.</summary>
    private StepShape ShapeOf()
    {
        _popped.Reverse();
        var results = new (int, ValKind)[Math.Max(0, _count - _lowest)];
        for (int k = 0; k < results.Length; k++)
            results[k] = (_stack[_lowest + k].Cell, _stack[_lowest + k].Kind);
        return new StepShape([.. _popped], results);
    }

    /// <summary>Whether an instruction that cannot be reached is passed over: all are but the delimiters of the innermost block.</summary>
    private bool Skip(Instr instr)
    {
        if (instr is Block or TryTable)
        {
            _deadDepth++;
            return true;
        }
        bool ends = instr.Op is Op.End or Op.Delegate;
        if (!ends && instr.Op is not (Op.Else or Op.Catch or Op.CatchAll)) return true;
        if (_deadDepth == 0) return false;
        if (ends) _deadDepth--;
        return true;
    }

    // Control instructions

    /// <summary>A place that branches go to, with the values they carry in cells from <paramref name="cell"/> on.</summary>
    private sealed class Label(ValKind[] kinds, int cell)
    {
        public ValKind[] Kinds => kinds;
        public int Cell => cell;
        public int Target { get; set; } = -1;
        public bool IsFunction { get; init; }
        /// <summary>Instructions to be patched, and those from which their distance counts.</summary>
        public List<(int At, int From)> Uses { get; } = [];
        /// <summary>Whether a handler or code out of line leads here.</summary>
        public bool IsAwaited { get; set; }
        public bool IsUsed => Uses.Count > 0 || IsAwaited;
    }

    /// <summary>An open block.</summary>
    private sealed class Control
    {
        public required Op Op { get; set; }
        public required Label Label { get; init; }
        public ValKind[] Params { get; init; } = [];
        public required ValKind[] Results { get; init; }
        /// <summary>The stack below the parameters.</summary>
        public int Height { get; init; }
        public required int BaseCell { get; init; }
        /// <summary>Of an <c>if</c>: the branch to <c>else</c>, or -1.</summary>
        public int ElseBranch { get; set; } = -1;
        /// <summary>Of a <c>try</c>: the range of its body.</summary>
        public int Start { get; init; }
        public int BodyEnd { get; set; } = -1;
        public ImmutableArray<Catch> Catches { get; init; } = [];
        public required ImmutableArray<ValType> LabelTypes { get; init; }
    }

    /// <summary>Code out of line: what a branch with values does on its way.</summary>
    private sealed record Stub(List<Code> Moves, Label? Label, int Source)
    {
        public List<(int At, int From)> Uses { get; } = [];
    }

    private Label LabelOf(uint l) => _controls[_controls.Count - 1 - (int)l].Label;

    private void Enter(Op op, BlockType blockType, int branch = -1, ImmutableArray<Catch> catches = default)
    {
        var type = _info.Close(blockType);
        var parameters = KindsOf(type.Params);
        var results = KindsOf(type.Results);
        int height = _count - parameters.Length;
        int cell = CellAt(height);
        if (op is Op.Loop or Op.Try or Op.TryTable) PlaceLabel();
        var label = op == Op.Loop ? new Label(parameters, cell) { Target = _code.Count } : new Label(results, cell);
        _controls.Add(new Control
        {
            Op = op,
            Label = label,
            Params = parameters,
            Results = results,
            Height = height,
            BaseCell = cell,
            ElseBranch = branch,
            LabelTypes = op == Op.Loop ? type.Params : type.Results,
            Start = _code.Count,
            Catches = catches.IsDefault ? [] : catches,
        });
    }

    private void Else()
    {
        var control = _controls[^1];
        if (!_dead)
        {
            MoveTo(control.Label);
            Jump(LOp.Br, control.Label);
        }
        Patch(control.ElseBranch, control.ElseBranch, _code.Count);
        control.ElseBranch = -1;
        PlaceLabel();
        Reset(control.Height);
        PushAll(control.Params);
        _dead = false;
    }

    private void End()
    {
        var control = _controls[^1];
        _controls.RemoveAt(_controls.Count - 1);
        if (control.Op == Op.TryTable) AddHandlers(control);
        if (control.Label.IsFunction)
        {
            if (!_dead) Return();
            return;
        }
        if (control.Op == Op.Loop)
        {
            if (!_dead) return;
            Reset(control.Height);
            return;
        }
        var label = control.Label;
        bool isCatch = control.Op is Op.Catch or Op.CatchAll;
        if (control.ElseBranch >= 0) label.Uses.Add((control.ElseBranch, control.ElseBranch));
        if (!_dead && !label.IsUsed && !isCatch) return;
        if (!_dead) MoveTo(label);
        Reset(control.Height);
        if (_dead && !label.IsUsed) return;
        PushAll(control.Results);
        label.Target = _code.Count;
        foreach (var (at, from) in label.Uses)
            Patch(at, from, label.Target);
        PlaceLabel();
        _dead = false;
    }

    /// <summary>Handlers of a <c>try_table</c> put the payload where the label wants it: nothing is left to do on the way.</summary>
    private void AddHandlers(Control control)
    {
        foreach (var clause in control.Catches)
        {
            var label = LabelOf(clause.Label);
            label.IsAwaited = true;
            var kind = clause.Kind switch
            {
                CatchKind.Catch => HandlerKind.Catch,
                CatchKind.CatchRef => HandlerKind.CatchRef,
                CatchKind.CatchAll => HandlerKind.CatchAll,
                CatchKind.CatchAllRef => HandlerKind.CatchAllRef,
                _ => throw new UnreachableException($"catch kind {(byte)clause.Kind}"),
            };
            _handlers.Add((new Handler(kind, control.Start, _code.Count, clause.Tag, _controls.Count, label.Cell, -1), label));
        }
    }

    /// <summary>Begins a clause of the legacy <c>try</c>. The exception caught has a cell below the payload, for <c>rethrow</c>.</summary>
    private void LegacyCatch(HandlerKind kind, uint tag)
    {
        var control = _controls[^1];
        if (!_dead)
        {
            MoveTo(control.Label);
            Jump(LOp.Br, control.Label);
        }
        if (control.BodyEnd < 0) control.BodyEnd = _code.Count;
        Reset(control.Height);
        int cell = Push(ValKind.Ref);
        if (kind == HandlerKind.LegacyCatch) PushAll(KindsOf(((FuncType)_info.Tags[(int)tag].Expand).Params));
        control.Op = kind == HandlerKind.LegacyCatch ? Op.Catch : Op.CatchAll;
        PlaceLabel();
        _handlers.Add((new Handler(kind, control.Start, control.BodyEnd, tag, _controls.Count - 1, cell, _code.Count), null));
        _dead = false;
    }

    private void LegacyDelegate(uint l)
    {
        int depth = _controls.Count - 1;
        _handlers.Add((new Handler(HandlerKind.Delegate, _controls[^1].Start, _code.Count, (uint)(depth - 1 - (int)l), depth, 0, -1), null));
        End();
    }

    private void Branch(Label label)
    {
        if (label.IsFunction)
        {
            Return();
        }
        else
        {
            MoveTo(label);
            Jump(LOp.Br, label);
        }
        _dead = true;
    }

    /// <summary>Before a conditional branch to a label with more values than a few: brings them home, so that one instruction can move them.</summary>
    private void Prepare(Label label)
    {
        if (label.Kinds.Length > FewMoves) Flush();
    }

    /// <summary>
    /// A conditional branch, already emitted at <paramref name="at"/>. When the values that it carries are not where the label wants them, it goes
    /// there by a stub.
    /// </summary>
    private Stub? BranchWhen(int at, Label label, int from)
    {
        if (!label.IsFunction && IsInPlace(label))
        {
            Use(label, at, from);
            return null;
        }
        var stub = new Stub(label.IsFunction ? ReturnMoves() : Moves(label), label.IsFunction ? null : label, _at);
        stub.Uses.Add((at, from));
        label.IsAwaited = true;
        _stubs.Add(stub);
        return stub;
    }

    private void BranchTable(BrTable instr)
    {
        int cell = CellOf(Pop());
        MaterializeTop(LabelOf(instr.Default).Kinds.Length);
        int table = Emit(new Code(LOp.BrTable, 0, cell, instr.Labels.Length));
        var stubs = new Dictionary<Label, Stub>();
        for (int k = 0; k <= instr.Labels.Length; k++)
        {
            var label = LabelOf(k < instr.Labels.Length ? instr.Labels[k] : instr.Default);
            int at = EmitExt(new Code(LOp.Ext));
            if (stubs.TryGetValue(label, out var known)) known.Uses.Add((at, table));
            else if (BranchWhen(at, label, table) is { } stub) stubs[label] = stub;
        }
        _dead = true;
    }

    private void Jump(LOp op, Label label)
    {
        int at = Emit(new Code(op));
        Use(label, at, at);
    }

    private void Use(Label label, int at, int from)
    {
        if (label.Target >= 0) Patch(at, from, label.Target);
        else label.Uses.Add((at, from));
    }

    private void Patch(int at, int from, int target)
    {
        var code = _code[at];
        code.A = target - from;
        _code[at] = code;
    }

    private int TypeIndex(RefType type)
    {
        _types.Add(type);
        return _types.Count - 1;
    }

    // The end

    private void Stubs()
    {
        foreach (var stub in _stubs)
        {
            _at = stub.Source;
            foreach (var (at, from) in stub.Uses)
                Patch(at, from, _code.Count);
            foreach (var move in stub.Moves)
                EmitOutOfLine(move);
            if (stub.Label is null) continue;
            int jump = EmitOutOfLine(new Code(LOp.Br));
            Patch(jump, jump, stub.Label.Target);
        }
    }

    private FuncCode Finish()
    {
        // A handler whose label is the function's returns what it caught.
        int returns = -1;
        int Resolve(Label label)
        {
            if (!label.IsFunction) return label.Target;
            if (returns < 0) returns = EmitOutOfLine(new Code(LOp.Return));
            return returns;
        }
        Handler[] handlers = [.. _handlers.Select(h => h.Label is null ? h.Handler : h.Handler with { Target = Resolve(h.Label) })];
        OnHandler[][] resumes =
            [.. _resumes.Select(r => r.Select(h => h.Label is null ? h.Handler : h.Handler with { Target = Resolve(h.Label) }).ToArray())];
        return Make(_code, _source, Math.Max(_maxCell, CellsOf(_type.Results)), handlers, resumes);
    }

    /// <summary>Code for a function whose frame fits no stack.</summary>
    private FuncCode TooLarge()
    {
        _types.Clear();
        return Make([new Code(LOp.Unreachable)], [0], int.MaxValue / 2, [], []);
    }

    private FuncCode Make(List<Code> code, List<int> source, int cells, Handler[] handlers, OnHandler[][] resumes)
    {
        var instrs = GC.AllocateUninitializedArray<Code>(code.Count, pinned: true);
        code.CopyTo(instrs);
        return new FuncCode
        {
            Instrs = instrs,
            Entry = (Code*)Unsafe.AsPointer(ref instrs[0]),
            Cells = cells,
            ParamCells = CellsOf(_type.Params),
            LocalCells = _localCells,
            ResultCells = CellsOf(_type.Results),
            HasRefLocals = _hasRefLocals,
            Handlers = handlers,
            Types = [.. _types],
            Resumes = resumes,
            Source = [.. source],
            Owner = _owner,
            Shapes = _shapes,
            Func = _func,
        };
    }
}
