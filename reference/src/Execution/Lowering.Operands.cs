using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Execution;

// The operand stack of places, and the emission of instructions on them.
internal sealed unsafe partial class Lowering
{
    /// <summary>A few values are moved one by one; more are brought home first and moved as a range.</summary>
    private const int FewMoves = 4;

    private enum Form : byte
    {
        /// <summary>In its home cell.</summary>
        Home,
        /// <summary>Still in a local.</summary>
        Local,
        /// <summary>A constant.</summary>
        Const,
    }

    /// <summary>Where an operand is.</summary>
    private struct Operand
    {
        public Form Form;
        public ValKind Kind;
        /// <summary>The home cell.</summary>
        public int Cell;
        public int Local;
        /// <summary>Of a local: one more than the operand below that is the same local, or 0.</summary>
        public int Below;
        public ulong Bits;
        /// <summary>The source instruction that vanished into this operand, or -1.</summary>
        public int Source;
    }

    private Operand[] _stack = new Operand[16];
    private int _count;
    private int _nextCell;
    private int _maxCell;

    /// <summary>The operands below this height are at home.</summary>
    private int _flushed;

    // How far down the source instruction went, and what it took.
    private int _lowest;
    private readonly List<(int Cell, ValKind Kind)> _popped = [];

    // Locals: kind and cell of each; one more than the topmost operand that is this local, or 0.
    private ValKind[] _localKinds = [];
    private int[] _localCellOf = [];
    private int[] _topOf = [];
    private int _localCells;
    private bool _hasRefLocals;

    /// <summary>The instruction just emitted, when its result may still be sent elsewhere, and the length of the code then.</summary>
    private int _producer = -1;
    private int _producerEnd;

    /// <summary>The last place where code may arrive from elsewhere.</summary>
    private int _lastLabel;

    private static int Size(ValKind kind) => kind == ValKind.V128 ? 2 : 1;

    private static ValKind[] KindsOf(ImmutableArray<ValType> types)
    {
        if (types.IsEmpty) return [];
        var kinds = new ValKind[types.Length];
        for (int i = 0; i < kinds.Length; i++)
            kinds[i] = types[i].Kind;
        return kinds;
    }

    private static int CellsOf(ImmutableArray<ValType> types)
    {
        int cells = 0;
        foreach (var type in types)
            cells += Size(type.Kind);
        return cells;
    }

    private bool LayOutLocals()
    {
        ulong cells = (ulong)CellsOf(_type.Params), count = (ulong)_type.Params.Length;
        foreach (var run in _func.Locals)
        {
            cells += (ulong)run.Count * (ulong)Size(run.Type.Kind);
            count += run.Count;
        }
        if (cells > MostCells) return false;
        _localKinds = new ValKind[count];
        _localCellOf = new int[count];
        _topOf = new int[count];
        int x = 0;
        foreach (var type in _type.Params)
            Add(type.Kind);
        foreach (var run in _func.Locals)
        {
            _hasRefLocals |= run is { Type.IsRef: true, Count: > 0 };
            for (uint k = 0; k < run.Count; k++)
                Add(run.Type.Kind);
        }
        _nextCell = _maxCell = _localCells;
        return true;

        void Add(ValKind kind)
        {
            _localKinds[x] = kind;
            _localCellOf[x++] = _localCells;
            _localCells += Size(kind);
        }
    }

    // The stack

    private int CellAt(int height) => height < _count ? _stack[height].Cell : _nextCell;

    private ref Operand PushPlace(ValKind kind)
    {
        if (_count == _stack.Length) Array.Resize(ref _stack, _count * 2);
        ref var operand = ref _stack[_count++];
        operand = new Operand { Form = Form.Home, Kind = kind, Cell = _nextCell, Source = -1 };
        _nextCell += Size(kind);
        _maxCell = Math.Max(_maxCell, _nextCell);
        return ref operand;
    }

    /// <summary>Pushes a value that will be at home, and returns its cell.</summary>
    private int Push(ValKind kind) => PushPlace(kind).Cell;

    private void PushAll(ReadOnlySpan<ValKind> kinds)
    {
        foreach (var kind in kinds)
            Push(kind);
    }

    private void PushAll(ImmutableArray<ValType> types)
    {
        foreach (var type in types)
            Push(type.Kind);
    }

    private void PushConst(ValKind kind, ulong bits)
    {
        ref var operand = ref PushPlace(kind);
        if (!Fuses)
        {
            Emit(Code.Wide(LOp.Const, operand.Cell, bits));
            return;
        }
        operand.Form = Form.Const;
        operand.Bits = bits;
        operand.Source = _at;
    }

    private void PushLocal(int x)
    {
        ref var operand = ref PushPlace(_localKinds[x]);
        if (!Fuses)
        {
            Emit(Copy(operand.Kind, operand.Cell, _localCellOf[x]));
            return;
        }
        operand.Form = Form.Local;
        operand.Local = x;
        operand.Source = _at;
        operand.Below = _topOf[x];
        _topOf[x] = _count;
    }

    private Operand Pop()
    {
        var operand = _stack[--_count];
        _nextCell = operand.Cell;
        if (_count < _lowest)
        {
            _lowest = _count;
            if (!Fuses) _popped.Add((operand.Cell, operand.Kind));
        }
        _flushed = Math.Min(_flushed, _count);
        if (operand.Form == Form.Local) _topOf[operand.Local] = operand.Below;
        if (operand.Source >= 0) _unowned.Add(operand.Source);
        return operand;
    }

    /// <summary>Pushes an operand again that was just popped, where it is.</summary>
    private void Repush(in Operand popped)
    {
        ref var operand = ref PushPlace(popped.Kind);
        operand.Form = popped.Form;
        operand.Bits = popped.Bits;
        if (popped.Form != Form.Local) return;
        operand.Local = popped.Local;
        operand.Below = _topOf[popped.Local];
        _topOf[popped.Local] = _count;
    }

    private void Reset(int height)
    {
        while (_count > height)
            Pop();
    }

    private int CellOf(in Operand operand)
    {
        switch (operand.Form)
        {
            case Form.Home:
                return operand.Cell;
            case Form.Local:
                return _localCellOf[operand.Local];
            case Form.Const:
                Emit(Code.Wide(LOp.Const, operand.Cell, operand.Bits));
                return operand.Cell;
            default:
                throw new UnreachableException($"form {(byte)operand.Form}");
        }
    }

    /// <summary>Brings everything home.</summary>
    private void Flush()
    {
        for (int k = _flushed; k < _count; k++)
        {
            if (_stack[k].Form == Form.Local) _topOf[_stack[k].Local] = 0;
            Materialize(ref _stack[k]);
        }
        _flushed = _count;
    }

    /// <summary>Brings the upper <paramref name="n"/> home.</summary>
    private void MaterializeTop(int n)
    {
        for (int k = _count - 1; k >= Math.Max(_count - n, _flushed); k--)
        {
            if (_stack[k].Form == Form.Local) _topOf[_stack[k].Local] = _stack[k].Below;
            Materialize(ref _stack[k]);
        }
    }

    /// <summary>Brings every operand home that is still in a local which is about to change.</summary>
    private void MaterializeLocal(int x)
    {
        for (int k = _topOf[x]; k != 0;)
        {
            ref var operand = ref _stack[k - 1];
            k = operand.Below;
            Materialize(ref operand);
        }
        _topOf[x] = 0;
    }

    private void Materialize(ref Operand operand)
    {
        if (operand.Form == Form.Home) return;
        if (operand.Source >= 0) _unowned.Add(operand.Source);
        Emit(Move(operand.Cell, operand));
        operand.Form = Form.Home;
        operand.Source = -1;
    }

    /// <summary>Brings the upper <paramref name="n"/> home, takes them off, and returns the first one's cell.</summary>
    private int TakeTop(int n)
    {
        MaterializeTop(n);
        Reset(_count - n);
        return _nextCell;
    }

    // Locals

    // Step/local.set
    private void LocalSet(int x)
    {
        var operand = Pop();
        Store(x, operand);
    }

    // Step_pure/local.tee
    private void LocalTee(int x)
    {
        var operand = Pop();
        int emitted = _code.Count;
        Store(x, operand);
        // When the producer wrote the local at once, or when the value is in another local, it now is in this one.
        bool retargeted = _code.Count == emitted && operand.Form == Form.Home;
        if (retargeted || operand.Form == Form.Local) Repush(operand with { Form = Form.Local, Local = x });
        else Repush(operand);
    }

    private void Store(int x, in Operand operand)
    {
        if (operand.Form == Form.Local && operand.Local == x)
        {
            _unowned.Add(_at);
            return;
        }
        if (_topOf[x] != 0) MaterializeLocal(x);
        int producer = _producer;
        if (Retarget(operand, _localCellOf[x])) _owner[_at] = producer;
        else Emit(Move(_localCellOf[x], operand));
    }

    // Moves

    private static Code Copy(ValKind kind, int to, int from) =>
        new(kind == ValKind.Ref ? LOp.CopyRef : kind == ValKind.V128 ? LOp.CopyVec : LOp.Copy, to, from);

    private Code Move(int to, in Operand operand) => operand.Form == Form.Const
        ? Code.Wide(LOp.Const, to, operand.Bits)
        : Copy(operand.Kind, to, operand.Form == Form.Local ? _localCellOf[operand.Local] : operand.Cell);

    /// <summary>Lets the instruction just emitted write its result elsewhere, when the operand is that result.</summary>
    private bool Retarget(in Operand operand, int cell)
    {
        if (!Fuses || operand.Form != Form.Home || _producer < 0 || _producerEnd != _code.Count || _code[_producer].A != operand.Cell) return false;
        var code = _code[_producer];
        code.A = cell;
        _code[_producer] = code;
        _producer = -1;
        return true;
    }

    /// <summary>Whether the values that a branch carries are where its label wants them.</summary>
    private bool IsInPlace(Label label)
    {
        int n = label.Kinds.Length;
        if (n == 0) return true;
        if (_stack[_count - n].Cell != label.Cell) return false;
        for (int k = Math.Max(_flushed, _count - n); k < _count; k++)
            if (_stack[k].Form != Form.Home) return false;
        return true;
    }

    /// <summary>Moves the values that a branch carries to their places. Upwards, which is safe because no home is above its label's.</summary>
    private void MoveTo(Label label)
    {
        int n = label.Kinds.Length;
        if (n == 1 && _stack[_count - 1].Cell != label.Cell && Retarget(_stack[_count - 1], label.Cell)) return;
        if (n > FewMoves) Flush();
        if (IsInPlace(label)) return;
        foreach (var move in Moves(label))
            Emit(move);
    }

    private List<Code> Moves(Label label)
    {
        int n = label.Kinds.Length;
        if (n > FewMoves) return [new Code(LOp.CopyRange, label.Cell, _stack[_count - n].Cell, _nextCell - _stack[_count - n].Cell)];
        var moves = new List<Code>(n);
        int to = label.Cell;
        for (int k = _count - n; k < _count; k++)
        {
            if (_stack[k].Form != Form.Home || _stack[k].Cell != to) moves.Add(Move(to, _stack[k]));
            to += Size(_stack[k].Kind);
        }
        return moves;
    }

    private void Return()
    {
        int n = _type.Results.Length;
        if (n == 1 && Retarget(_stack[_count - 1], 0))
        {
            Emit(new Code(LOp.Return));
            return;
        }
        if (n > 1) MaterializeTop(n);
        foreach (var move in ReturnMoves())
            Emit(move);
    }

    /// <summary>Moves the results to the first cells, and returns. There they may overwrite locals, so several are brought home first.</summary>
    private List<Code> ReturnMoves()
    {
        int n = _type.Results.Length;
        if (n == 0) return [new Code(LOp.Return)];
        var first = _stack[_count - n];
        if (n > 1)
        {
            var moves = new List<Code>();
            for (int k = Math.Max(_flushed, _count - n); k < _count; k++)
                if (_stack[k].Form != Form.Home) moves.Add(Move(_stack[k].Cell, _stack[k]));
            if (first.Cell != 0) moves.Add(new Code(LOp.CopyRange, 0, first.Cell, _nextCell - first.Cell));
            moves.Add(new Code(LOp.Return));
            return moves;
        }
        if (first.Form == Form.Const || first.Kind == ValKind.V128) return [Move(0, first), new Code(LOp.Return)];
        int cell = first.Form == Form.Local ? _localCellOf[first.Local] : first.Cell;
        if (cell == 0) return [new Code(LOp.Return)];
        return [new Code(first.Kind == ValKind.Ref ? LOp.ReturnRef : LOp.ReturnNum, 0, cell)];
    }

    // Emission

    private int Emit(Code code)
    {
        int at = EmitExt(code);
        _owner[_at] = at;
        foreach (int source in _unowned)
            _owner[source] = at;
        _unowned.Clear();
        return at;
    }

    /// <summary>Emits an instruction whose result, in <see cref="Code.A"/>, may still be sent elsewhere.</summary>
    private int EmitResult(Code code)
    {
        _producer = Emit(code);
        _producerEnd = _code.Count;
        return _producer;
    }

    private int EmitExt(Code code)
    {
        _code.Add(code);
        _source.Add(_at);
        return _code.Count - 1;
    }

    private int EmitOutOfLine(Code code) => EmitExt(code);

    /// <summary>The source instruction needs no code; the next one stands for it too, unless nothing may vanish.</summary>
    private void Vanish()
    {
        if (Fuses) _unowned.Add(_at);
        else Emit(new Code(LOp.Nop));
    }

    /// <summary>Code may arrive here from elsewhere: nothing before it is the only producer.</summary>
    private void PlaceLabel()
    {
        _producer = -1;
        _lastLabel = _code.Count;
    }
}
