using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>A run of instructions, <paramref name="From"/> included and <paramref name="To"/> not.</summary>
public readonly record struct Run(int From, int To)
{
    public int Length => To - From;

    /// <summary>Whether another run lies in this one, or is it.</summary>
    public bool Contains(Run other) => From <= other.From && other.To <= To;
}

/// <summary>An instruction with all that computes its operands.</summary>
/// <param name="At">The instruction; for a structured one its <c>end</c>.</param>
/// <param name="Run">It and its operands, as far as they are code of their own.</param>
/// <param name="Outer">The types of the operands that are not in the run: what lies on the stack before it and is taken.</param>
/// <param name="Results">The types of what it leaves; <c>bot</c> where that cannot be told.</param>
/// <param name="Operands">The last operands, those that are each by itself in the run; in order.</param>
/// <param name="Others">The number of operands between those: values that code in the run gives together with others.</param>
/// <param name="Diverges">Whether what follows cannot be reached.</param>
public sealed record Tree(int At, Run Run, ImmutableArray<ValType> Outer, ImmutableArray<ValType> Results, ImmutableArray<(Run Run, ValType Type)> Operands, int Others, bool Diverges);

/// <summary>A structured instruction.</summary>
/// <param name="Opener">Where it begins.</param>
/// <param name="Else">Its <c>else</c>, or -1.</param>
/// <param name="End">Its <c>end</c>.</param>
/// <param name="Type">Its type.</param>
/// <param name="Condition">The code of an <c>if</c>'s condition, or null when that is not by itself.</param>
public sealed record Structure(int Opener, int Else, int End, FuncType Type, Run? Condition);

/// <summary>
/// How a valid body hangs together: which instructions compute whose operands, which leave the stack as it was, which blocks there are. Found by the algorithm of
/// validation with places in the stack of types; types are not checked.
/// </summary>
public sealed class BodyShape
{
    private struct Slot
    {
        public ValType Type;

        /// <summary>Where the code begins that gives it; -1 for what a block takes from outside.</summary>
        public int Start;

        /// <summary>Where that code ends.</summary>
        public int End;

        /// <summary>Whether it is the first of what the code gives.</summary>
        public bool IsFirst;

        /// <summary>Whether it is all that the code gives.</summary>
        public bool IsOnly;
    }

    private sealed class Frame(int opener, Op op, FuncType type, int height)
    {
        public int Opener => opener;
        public Op Op => op;
        public FuncType Type => type;

        /// <summary>The height of the stack below its parameters.</summary>
        public int Height => height;
        public int Else { get; set; } = -1;
        /// <summary>Where the code begins that cannot be reached, or -1.</summary>
        public int Dead { get; set; } = -1;

        public bool IsUnreachable => Dead >= 0;
        public int Start { get; init; }
        public ImmutableArray<ValType> Outer { get; init; } = [];
        public Run? Condition { get; init; }

        /// <summary>By height above the frame's: the places in a row where the stack had that height and was not lower between.</summary>
        public List<List<int>?> Rows { get; } = [];

        public ImmutableArray<ValType> Label => op == Op.Loop ? type.Params : type.Results;
    }

    private sealed class Unknown : Exception;

    private const int MostLocals = 10_000;

    private readonly ImmutableArray<Instr> _body;
    private readonly ModuleView _view;
    private readonly ImmutableArray<ValType> _locals;
    private readonly List<Slot> _stack = [];
    private readonly Stack<Frame> _frames = new();
    private readonly ImmutableArray<Tree>.Builder _trees = ImmutableArray.CreateBuilder<Tree>();
    private readonly ImmutableArray<Structure>.Builder _structures = ImmutableArray.CreateBuilder<Structure>();
    private readonly ImmutableArray<Run>.Builder _statements = ImmutableArray.CreateBuilder<Run>(), _unused = ImmutableArray.CreateBuilder<Run>();

    private BodyShape(ImmutableArray<Instr> body, ImmutableArray<ValType> results, ImmutableArray<ValType> locals, ModuleView view)
    {
        (_body, _locals, _view) = (body, locals, view);
        _frames.Push(new Frame(-1, Op.Block, new FuncType([], results), 0));
        Mark(0);
        for (int at = 0; at < body.Length; at++) Step(at);
        if (_frames.Count > 0) throw new Unknown();
        Trees = _trees.ToImmutable();
        Structures = _structures.ToImmutable();
        Statements = _statements.ToImmutable();
        Unused = _unused.ToImmutable();
    }

    /// <summary>The shape of a function's body; null when it is none, or has instructions that are not known here (legacy exceptions, stack switching).</summary>
    public static BodyShape? Of(Func func, ModuleView view) =>
        view.FuncTypeAt(func.Type) is not { } type || func.Locals.Sum(l => (long)l.Count) > MostLocals ? null : Of(func.Body, type.Results, view.LocalsOf(func), view);

    /// <summary>The shape of an expression that gives values of these types.</summary>
    public static BodyShape? Of(Expr expr, ImmutableArray<ValType> results, ImmutableArray<ValType> locals, ModuleView view)
    {
        try
        {
            return new BodyShape(expr.Instrs, results, locals, view);
        }
        catch (Unknown)
        {
            return null;
        }
    }

    public ImmutableArray<Tree> Trees { get; }

    public ImmutableArray<Structure> Structures { get; }

    /// <summary>Runs that take nothing from the stack and leave nothing on it, none of which can be cut into two such.</summary>
    public ImmutableArray<Run> Statements { get; }

    /// <summary>Code that cannot be reached, and code of values that nothing takes: what lies on the stack below the operands of a branch.</summary>
    public ImmutableArray<Run> Unused { get; }

    /// <summary>The code of each of the function's results, as the end of its body finds them; empty when some have no code of their own.</summary>
    public ImmutableArray<Run> Results { get; private set; } = [];

    private void Step(int at)
    {
        var instr = _body[at];
        switch (instr)
        {
            case Block { Op: Op.Block or Op.Loop or Op.If } b: Enter(at, b.Op, b.Type); break;
            case TryTable t: Enter(at, t.Op, t.Type); break;
            case Plain { Op: Op.Else }: Else(at); break;
            case Plain { Op: Op.End }: End(at); break;
            default:
                var (pops, pushes, diverges) = Effect(instr);
                Take(at, pops, out int from, out var outer, out var operands, out int others);
                if (pushes.IsDefault) pushes = Resolve(instr, operands);
                Give(new Tree(at, new Run(from, at + 1), outer, pushes, operands, others, diverges));
                break;
        }
    }

    private void Enter(int at, Op op, BlockType blockType)
    {
        var type = _view.TypeOf(blockType) ?? throw new Unknown();
        Take(at, type.Params.Length + (op == Op.If ? 1 : 0), out int from, out var outer, out var operands, out _);
        var frame = new Frame(at, op, type, _stack.Count)
        {
            Start = from,
            Outer = outer,
            Condition = op == Op.If && operands.Length > 0 && operands[^1].Run is var last && last.To == at ? last : null,
        };
        _frames.Push(frame);
        Open(at, frame);
    }

    private void Open(int at, Frame frame)
    {
        _stack.RemoveRange(frame.Height, _stack.Count - frame.Height);
        Close(frame, frame.Height - 1);
        foreach (var t in frame.Type.Params) _stack.Add(new Slot { Type = t, Start = -1, End = at + 1 });
        Mark(at + 1);
    }

    private void Else(int at)
    {
        var frame = _frames.Peek();
        if (frame.Op != Op.If || frame.Else >= 0) throw new Unknown();
        frame.Else = at;
        EndOfDead(frame, at);
        Open(at, frame);
    }

    private void End(int at)
    {
        if (_frames.Count == 1 && _stack.Count == _frames.Peek().Type.Results.Length && _stack.All(s => s is { IsOnly: true, Start: >= 0 })) Results = [.. _stack.Select(s => new Run(s.Start, s.End))];
        var frame = _frames.Pop();
        EndOfDead(frame, at);
        _stack.RemoveRange(frame.Height, _stack.Count - frame.Height);
        Close(frame, frame.Height - 1);
        if (_frames.Count == 0)
        {
            if (at != _body.Length - 1) throw new Unknown();
            return;
        }
        _structures.Add(new Structure(frame.Opener, frame.Else, at, frame.Type, frame.Condition));
        Give(new Tree(at, new Run(frame.Start, at + 1), frame.Outer, frame.Type.Results, [], 0, Diverges: false));
    }

    private void EndOfDead(Frame frame, int at)
    {
        if (frame.IsUnreachable && frame.Dead < at) _unused.Add(new Run(frame.Dead, at));
        frame.Dead = -1;
    }

    /// <summary>Takes operands, and says where the code of those begins that are code of their own.</summary>
    private void Take(int at, int count, out int from, out ImmutableArray<ValType> outer, out ImmutableArray<(Run Run, ValType Type)> operands, out int others)
    {
        var frame = _frames.Peek();
        int there = Math.Min(count, _stack.Count - frame.Height);
        if (there < count && !frame.IsUnreachable) throw new Unknown();
        int bottom = _stack.Count - there, first = bottom;
        while (first < _stack.Count && (!_stack[first].IsFirst || _stack[first].Start < 0)) first++;
        from = first < _stack.Count ? _stack[first].Start : at;
        var types = ImmutableArray.CreateBuilder<ValType>(first - bottom);
        for (int i = bottom; i < first; i++) types.Add(_stack[i].Type);
        outer = types.MoveToImmutable();
        int alone = _stack.Count;
        while (alone > first && _stack[alone - 1] is { IsOnly: true, Start: >= 0 }) alone--;
        others = alone - first;
        var own = ImmutableArray.CreateBuilder<(Run, ValType)>(_stack.Count - alone);
        for (int i = alone; i < _stack.Count; i++) own.Add((new Run(_stack[i].Start, _stack[i].End), _stack[i].Type));
        operands = own.MoveToImmutable();
        _stack.RemoveRange(bottom, there);
        Close(frame, bottom);
    }

    private void Give(Tree tree)
    {
        _trees.Add(tree);
        if (tree.Diverges)
        {
            var frame = _frames.Peek();
            if (!frame.IsUnreachable) frame.Dead = tree.At + 1;
            for (int i = frame.Height; i < _stack.Count; i++)
                if (_stack[i] is { IsOnly: true, Start: >= 0 } slot) _unused.Add(new Run(slot.Start, slot.End));
            _stack.RemoveRange(frame.Height, _stack.Count - frame.Height);
            Close(frame, frame.Height);
        }
        // What takes some of what lies below is no whole: its results have no code of their own.
        bool whole = tree.Outer.IsEmpty;
        for (int i = 0; i < tree.Results.Length; i++)
            _stack.Add(new Slot { Type = tree.Results[i], Start = whole ? tree.Run.From : -1, End = tree.At + 1, IsFirst = i == 0, IsOnly = tree.Results.Length == 1 });
        Mark(tree.At + 1);
    }

    /// <summary>The stack was so low: rows of places where it was higher end.</summary>
    private void Close(Frame frame, int height)
    {
        for (int h = frame.Rows.Count - 1; h > height - frame.Height; h--)
        {
            if (frame.Rows[h] is { } row)
                for (int i = 1; i < row.Count; i++) _statements.Add(new Run(row[i - 1], row[i]));
            frame.Rows.RemoveAt(h);
        }
    }

    private void Mark(int at)
    {
        var frame = _frames.Peek();
        int height = _stack.Count - frame.Height;
        while (frame.Rows.Count <= height) frame.Rows.Add(null);
        (frame.Rows[height] ??= []).Add(at);
    }

    /// <summary>What an instruction takes and leaves. Results are default where they follow from the operands.</summary>
    private (int Pops, ImmutableArray<ValType> Pushes, bool Diverges) Effect(Instr instr)
    {
        switch (instr)
        {
            case Idx { Op: Op.Br } i: return (Label(i.X).Length, [], true);
            case Idx { Op: Op.BrIf } i: return (Label(i.X).Length + 1, Label(i.X), false);
            case BrTable b: return (Label(b.Default).Length + 1, [], true);
            case Plain { Op: Op.Return }: return (_frames.Last().Type.Results.Length, [], true);
            case Idx { Op: Op.Throw } i: return ((i.X < _view.Tags.Length ? _view.FuncTypeAt(_view.Tags[(int)i.X]) : null)?.Params.Length ?? throw new Unknown(), [], true);
            case Plain { Op: Op.ThrowRef }: return (1, [], true);
            case Plain { Op: Op.Unreachable }: return (0, [], true);
            case Idx { Op: Op.ReturnCall } i: return (_view.TypeOfFunc(i.X)?.Params.Length ?? throw new Unknown(), [], true);
            case Idx { Op: Op.ReturnCallRef } i: return ((_view.FuncTypeAt(i.X)?.Params.Length ?? throw new Unknown()) + 1, [], true);
            case Idx2 { Op: Op.ReturnCallIndirect } i: return ((_view.FuncTypeAt(i.Y)?.Params.Length ?? throw new Unknown()) + 1, [], true);
            case Idx { Op: Op.BrOnNull } i: return (Label(i.X).Length + 1, default, false);
            case Idx { Op: Op.BrOnNonNull } i when Label(i.X).Length > 0: return (Label(i.X).Length, Label(i.X).RemoveAt(Label(i.X).Length - 1), false);
            case BrOnCast b when Label(b.Label).Length > 0:
                var rest = Label(b.Label).RemoveAt(Label(b.Label).Length - 1);
                var difference = b.From with { Nullable = b.From.Nullable && !b.To.Nullable };
                return (rest.Length + 1, rest.Add(b.Op == Op.BrOnCast ? difference : b.To), false);
            case Plain { Op: Op.Select or Op.RefAsNonNull or Op.AnyConvertExtern or Op.ExternConvertAny }: return (instr.Op == Op.Select ? 3 : 1, default, false);
            default:
                if (StackEffect.Of(instr, _view, _locals) is not { } effect) throw new Unknown();
                return (effect.Pops, effect.Pushes, false);
        }
    }

    /// <summary>Results that follow from the operands, where these are by themselves.</summary>
    private ImmutableArray<ValType> Resolve(Instr instr, ImmutableArray<(Run, ValType Type)> operands)
    {
        var top = operands.Length > 0 ? operands[^1].Type : ValType.Bot;
        switch (instr)
        {
            case Idx { Op: Op.BrOnNull } i: return Label(i.X).Add(NonNull(top));
            case Plain { Op: Op.Select }: return [operands.Length == 3 ? operands[0].Type : ValType.Bot];
            case Plain { Op: Op.AnyConvertExtern }: return [top.IsRef ? new RefType(top.Ref.Nullable, HeapType.Any) : ValType.Bot];
            case Plain { Op: Op.ExternConvertAny }: return [top.IsRef ? new RefType(top.Ref.Nullable, HeapType.Extern) : ValType.Bot];
            default: return [NonNull(top)];
        }
    }

    private static ValType NonNull(ValType type) => type.IsRef ? type.Ref with { Nullable = false } : ValType.Bot;

    private ImmutableArray<ValType> Label(uint l) => l < (uint)_frames.Count ? _frames.ElementAt((int)l).Label : throw new Unknown();
}
