using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>
/// Validates instruction sequences by the algorithm of appendix 7.3: a stack of operand types and a stack of control frames. One object
/// serves all bodies and constant expressions of a module, so that the stacks are allocated once. Types on the stacks are closed.
/// </summary>
internal sealed partial class FuncValidator(Context c)
{
    /// <summary>A control frame.</summary>
    private struct Frame
    {
        /// <summary>The instruction that opened it; <c>block</c> for the body itself.</summary>
        public Op Op;
        public ImmutableArray<ValType> Start, End;
        /// <summary>The height of the operand stack when it was entered.</summary>
        public int Height;
        /// <summary>The number of locals set when it was entered.</summary>
        public int Inits;
        /// <summary>The rest cannot be reached: below <see cref="Height"/>, the stack holds whatever is asked for.</summary>
        public bool Unreachable;

        public readonly ImmutableArray<ValType> Label => Op == Op.Loop ? Start : End;
    }

    private ValType[] _stack = new ValType[64];
    private int _height;
    private Frame[] _frames = new Frame[16];
    private int _depth;
    private Region _at;

    // Locals by runs, never expanded: a module may declare 2^32 of them in a few bytes. The first ones are also held singly.
    private const int Single = 256;
    private readonly ValType[] _firstLocals = new ValType[Single];
    private ulong[] _runEnds = new ulong[16];
    private ValType[] _runTypes = new ValType[16];
    private int _runs;
    private ulong _locals;
    private int _params;

    // The locals without a default value that were set, and the order in which, so that the end of a block unsets them.
    private readonly HashSet<uint> _set = [];
    private readonly Stack<uint> _inits = [];

    // For row signatures with variables in them.
    private readonly ValType[] _signature = new ValType[8];
    private readonly Dictionary<ValType, ImmutableArray<ValType>> _singles = [];

    // Func_ok
    public void Func(Func func, FuncType type)
    {
        _runs = 0;
        _locals = 0;
        foreach (var t in type.Params)
            AddLocals(1, t);
        _params = type.Params.Length;
        foreach (var run in func.Locals)
            AddLocals(run.Count, c.Close(run.Type, func.At));
        Body(func.Body, type.Results, func.At);
    }

    // Expr_ok
    public void Expr(Expr expr, ValType type, Region at)
    {
        _runs = 0;
        _locals = 0;
        _params = 0;
        Body(expr, One(type), at);
    }

    private void Body(Expr body, ImmutableArray<ValType> results, Region at)
    {
        _height = 0;
        _depth = 0;
        _set.Clear();
        _inits.Clear();
        _at = at;
        Enter(Op.Block, [], results);
        var instrs = body.Instrs;
        for (int i = 0; i < instrs.Length; i++)
        {
            var instr = instrs[i];
            _at = instr.At;
            var def = instr.Def;
            if (def.HasType) Row(instr, def);
            else Rule(instr);
            if (_depth == 0 && i + 1 < instrs.Length) throw Error("unexpected content after the end of an expression");
        }
        if (_depth != 0) throw Error("END opcode expected");
    }

    // Locals

    private void AddLocals(uint count, ValType type)
    {
        if (count == 0) return;
        for (ulong x = _locals; x < Math.Min(_locals + count, Single); x++)
            _firstLocals[x] = type;
        if (_runs == _runEnds.Length)
        {
            Array.Resize(ref _runEnds, 2 * _runs);
            Array.Resize(ref _runTypes, 2 * _runs);
        }
        _locals += count;
        _runEnds[_runs] = _locals;
        _runTypes[_runs++] = type;
    }

    private ValType Local(uint x)
    {
        if (x >= _locals) throw Context.Unknown("local", x, _at);
        if (x < Single) return _firstLocals[x];
        int run = Array.BinarySearch(_runEnds, 0, _runs, x + 1UL);
        return _runTypes[run < 0 ? ~run : run];
    }

    private bool IsSet(uint x, ValType type) => x < _params || Matching.Defaultable(type) || _set.Contains(x);

    private void Set(uint x, ValType type)
    {
        if (!IsSet(x, type) && _set.Add(x)) _inits.Push(x);
    }

    private void Unset(int inits)
    {
        while (_inits.Count > inits)
            _set.Remove(_inits.Pop());
    }

    // Operands

    private void Push(ValType type)
    {
        if (_height == _stack.Length) Array.Resize(ref _stack, 2 * _height);
        _stack[_height++] = type;
    }

    private void Push(ImmutableArray<ValType> types) => Push(types.AsSpan());

    private void Push(ReadOnlySpan<ValType> types)
    {
        if (types.Length == 1)
        {
            Push(types[0]);
            return;
        }
        if (_stack.Length - _height < types.Length) Array.Resize(ref _stack, Math.Max(2 * _stack.Length, _height + types.Length));
        types.CopyTo(_stack.AsSpan(_height));
        _height += types.Length;
    }

    /// <summary>Compares the top of the stack with the types, and tells how many of them are there.</summary>
    private int Check(ReadOnlySpan<ValType> types)
    {
        int count = types.Length;
        if (_height - count < _frames[_depth - 1].Height)
        {
            if (!_frames[_depth - 1].Unreachable) throw Mismatch(types);
            count = _height - _frames[_depth - 1].Height;
        }
        int skip = types.Length - count;
        var top = _stack.AsSpan(_height - count, count);
        for (int i = 0; i < top.Length; i++)
            if (!Fits(in top[i], in types[skip + i])) throw Mismatch(types);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits(in ValType t1, in ValType t2) =>
        t1.Kind == t2.Kind ? t1.Kind != ValKind.Ref || Matching.Match(t1, t2) : t1.Kind == ValKind.Bot;

    private void Pop(ImmutableArray<ValType> types) => _height -= Check(types.AsSpan());

    private void Pop(ReadOnlySpan<ValType> types) => _height -= Check(types);

    private void Pop(ValType type)
    {
        if (_height > _frames[_depth - 1].Height && Fits(in _stack[_height - 1], in type)) _height--;
        else _height -= Check(new ReadOnlySpan<ValType>(in type));
    }

    /// <summary>Pops the same type a number of times, which may be more than there is memory for.</summary>
    private void Pop(ValType type, uint count)
    {
        while (count-- != 0 && !Bottomless)
            Pop(type);
    }

    /// <summary>Nothing is left on the stack, but all that may be asked for is there.</summary>
    private bool Bottomless => _frames[_depth - 1] is { Unreachable: true } frame && _height == frame.Height;

    /// <summary>Pops a type that no rule has to know; <see cref="ValType.Bot"/> where the code cannot be reached.</summary>
    private ValType PopAny(string expected)
    {
        ref var frame = ref _frames[_depth - 1];
        if (_height > frame.Height) return _stack[--_height];
        return frame.Unreachable ? ValType.Bot : throw Error($"type mismatch: instruction requires {expected} but stack has []");
    }

    private RefType PopRef()
    {
        var type = PopAny("reference type");
        return type.IsRef ? type.Ref
            : type.Kind == ValKind.Bot ? new RefType(false, HeapType.Bot)
            : throw Error($"type mismatch: instruction requires reference type but stack has {c.Show(type)}");
    }

    // Control

    private void Enter(Op op, ImmutableArray<ValType> start, ImmutableArray<ValType> end)
    {
        if (_depth == _frames.Length) Array.Resize(ref _frames, 2 * _depth);
        _frames[_depth++] = new Frame { Op = op, Start = start, End = end, Height = _height, Inits = _inits.Count };
        Push(start);
    }

    /// <summary>Leaves the innermost frame: its results, and nothing else, are on the stack.</summary>
    private Frame Exit()
    {
        ref var frame = ref _frames[_depth - 1];
        int count = Check(frame.End.AsSpan());
        if (_height - count != frame.Height)
            throw Error($"type mismatch: block requires {c.Show(frame.End)} but stack has {c.Show(_stack.AsSpan(frame.Height, _height - frame.Height))}");
        _height = frame.Height;
        Unset(frame.Inits);
        _depth--;
        return frame;
    }

    private void Unreachable()
    {
        ref var frame = ref _frames[_depth - 1];
        _height = frame.Height;
        frame.Unreachable = true;
    }

    private ImmutableArray<ValType> Label(uint l) =>
        l < (uint)_depth ? _frames[_depth - 1 - (int)l].Label : throw Context.Unknown("label", l, _at);

    /// <summary>The last type of a label and those before it; the label must have one, to which a reference is sent.</summary>
    private (ImmutableArray<ValType> Types, ValType Last) SplitLabel(uint l, string required)
    {
        var types = Label(l);
        if (types.IsEmpty) throw Error($"type mismatch: instruction requires {required} but label has []");
        return (types, types[^1]);
    }

    /// <summary>All types but the last.</summary>
    private static ReadOnlySpan<ValType> Lead(ImmutableArray<ValType> types) => types.AsSpan()[..^1];

    // Blocktype_ok

    private (ImmutableArray<ValType> Start, ImmutableArray<ValType> End) Close(BlockType type)
    {
        if (type.IsEmpty) return ([], []);
        if (type.IsResult) return ([], One(c.Close(type.Result, _at)));
        var func = c.FuncType(type.TypeIdx, _at);
        return (func.Params, func.Results);
    }

    /// <summary>A list of one type; the same list for the same type.</summary>
    private ImmutableArray<ValType> One(ValType type)
    {
        if (_singles.TryGetValue(type, out var types)) return types;
        types = [type];
        _singles.Add(type, types);
        return types;
    }

    // Errors

    private InvalidException Error(string message) => new(_at, message);

    private InvalidException Mismatch(ReadOnlySpan<ValType> required)
    {
        ref var frame = ref _frames[_depth - 1];
        int count = Math.Min(required.Length, _height - frame.Height);
        var found = new ValType[frame.Unreachable ? required.Length : count];    // unreachable types come first, as bot
        _stack.AsSpan(_height - count, count).CopyTo(found.AsSpan(found.Length - count));
        return Error($"type mismatch: instruction requires {c.Show(required)} but stack has {c.Show(found)}");
    }

    private InvalidException Misplaced(Instr instr) => Error($"misplaced {instr.Def.Mnemonic}");
}
