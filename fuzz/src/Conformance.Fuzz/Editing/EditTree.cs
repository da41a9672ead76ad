using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>A run of a body and what may stand there instead, each lighter than what does: the likeliest first.</summary>
public sealed class EditNode(Run run)
{
    public Run Run => run;

    /// <summary>Code that may stand there, each lighter than what does.</summary>
    public List<ImmutableArray<Instr>> Instead { get; } = [];

    /// <summary>Places within this one.</summary>
    public List<EditNode> Inner { get; } = [];
}

/// <summary>
/// Smaller variants of a body, as places of which each may be changed by itself or with any that is not within it: statements go; an instruction becomes, with
/// all that computes its operands, a constant, or one of its operands; blocks become their content. Types fit; the rest is for the validator to say.
/// </summary>
public sealed class EditTree
{
    private readonly ImmutableArray<Instr> _body;
    private readonly ModuleView _view;
    private readonly Dictionary<Run, EditNode> _nodes = [];
    private readonly Func<int, ImmutableArray<ImmutableArray<Value>>> _seen;

    private EditTree(ImmutableArray<Instr> body, ImmutableArray<ValType> results, BodyShape shape, ModuleView view, Func<int, ImmutableArray<ImmutableArray<Value>>> seen)
    {
        (_body, _view, _seen) = (body, view, seen);
        var whole = new Run(0, body.Length - 1);
        if (Simplest(results) is { } simplest) Add(whole, simplest);
        // What nobody calls need not return.
        Add(whole, [new Plain(Op.Unreachable)]);
        foreach (var statement in shape.Statements) Add(statement, []);
        foreach (var unused in shape.Unused) Add(unused, []);
        var structures = shape.Structures.ToDictionary(s => s.End);
        Tree? last = null;
        foreach (var tree in shape.Trees)
        {
            Add(tree, structures.GetValueOrDefault(tree.At));
            if (_body[tree.At].Op == Op.Drop && last is { Results.Length: 1, Outer.IsEmpty: false, Diverges: false } && last.At == tree.At - 1 && !structures.ContainsKey(last.At))
                Add(last.Run with { To = tree.Run.To }, [.. Between(last, -1), .. Drops(last.Outer.Length + last.Others)]);
            last = tree;
        }
    }

    /// <summary>The places of a body, those that are in no other.</summary>
    /// <param name="body">The body.</param>
    /// <param name="view">Its module.</param>
    /// <param name="seen">The results that an instruction was seen to give; empty when it was not seen to run.</param>
    public static ImmutableArray<EditNode> Of(CodeBody body, ModuleView view, Func<int, ImmutableArray<ImmutableArray<Value>>> seen)
    {
        if (body.Expr.Instrs.Length < 2 || body.Shape(view) is not { } shape) return [];
        return Nest(new EditTree(body.Expr.Instrs, body.Results, shape, view, seen)._nodes.Values);
    }

    private static ImmutableArray<EditNode> Nest(IEnumerable<EditNode> nodes)
    {
        var roots = ImmutableArray.CreateBuilder<EditNode>();
        var around = new Stack<EditNode>();
        foreach (var node in nodes.Where(n => n.Instead.Count > 0).OrderBy(n => n.Run.From).ThenByDescending(n => n.Run.To))
        {
            while (around.TryPeek(out var last) && last.Run.To <= node.Run.From) around.Pop();
            if (!around.TryPeek(out var outer)) roots.Add(node);
            else if (outer.Run.Contains(node.Run)) outer.Inner.Add(node);
            else continue;
            around.Push(node);
        }
        return roots.ToImmutable();
    }

    private void Add(Run run, ImmutableArray<Instr> with)
    {
        if (run.Length == 0 || Weight.Of(with.AsSpan()) >= Weight.Of(_body.AsSpan()[run.From..run.To])) return;
        if (!_nodes.TryGetValue(run, out var node)) _nodes[run] = node = new EditNode(run);
        foreach (var other in node.Instead)
            if (other.AsSpan().SequenceEqual(with.AsSpan())) return;
        node.Instead.Add(with);
    }

    private void Add(Tree tree, Structure? structure)
    {
        var instr = _body[tree.At];
        if (!tree.Diverges) Known(tree);
        if (structure is not null) Contents(tree, structure);
        else Operands(tree, instr);
        switch (instr)
        {
            case Idx { Op: Op.ReturnCall } call: Add(tree.Run, [.. Slice(tree.Run.From, tree.At), new Idx(Op.Call, call.X)]); break;
            case Idx { Op: Op.CallRef or Op.ReturnCallRef } call: Calls(tree, call.X); break;
            case Idx2 { Op: Op.CallIndirect or Op.ReturnCallIndirect } call: Calls(tree, call.Y); break;
            case Idx { Op: Op.BrIf } br when tree.Operands is [.., var condition] && condition.Run.To == tree.At:
                Add(tree.Run, [.. Slice(tree.Run.From, condition.Run.From), new Idx(Op.Br, br.X)]);
                break;
            // What is left where it was going anyway.
            case Plain { Op: Op.Return } when tree.At == _body.Length - 2: Add(tree.Run, Slice(tree.Run.From, tree.At)); break;
            case Idx { Op: Op.Br, X: 0 } when _body[tree.At + 1].Op == Op.End: Add(tree.Run, Slice(tree.Run.From, tree.At)); break;
            case BrTable br when tree.Operands is [.., var index] && index.Run.To == tree.At:
                foreach (uint label in br.Labels.Add(br.Default).Distinct().Take(3)) Add(tree.Run, [.. Slice(tree.Run.From, index.Run.From), new Idx(Op.Br, label)]);
                break;
            default: break;
        }
    }

    private ImmutableArray<Instr> Slice(int from, int to) => _body[from..to];

    /// <summary>Values that were seen, and the simplest ones.</summary>
    private void Known(Tree tree)
    {
        ImmutableArray<Instr> drops = Drops(tree.Outer.Length);
        foreach (var values in _seen(tree.At))
            if (values.Length == tree.Results.Length) Add(tree.Run, [.. drops, .. values.Select(Constant)]);
        if (Simplest(tree.Results) is { } simplest) Add(tree.Run, [.. drops, .. simplest]);
        if (tree.Results is [{ IsRef: true } only])
            foreach (var simple in Simple(only)) Add(tree.Run, [.. drops, .. simple]);
    }

    private void Operands(Tree tree, Instr instr)
    {
        if (tree.Results is [var result])
        {
            if (tree.Outer is [var outer] && tree.Run.Length == 1 && Fits(outer, result)) Add(tree.Run, []);
            foreach (var (run, type) in tree.Operands)
                if (Fits(type, result)) Add(tree.Run, Slice(run.From, run.To));
        }
        if (tree.Diverges) return;
        if (instr is Idx2 { Op: Op.ArrayNewFixed } array && tree.Operands.Length == array.Y) Shorter(tree, array);
        int below = tree.Outer.Length + tree.Others;
        // What stands between the operands stays.
        var values = _seen(tree.At) is [var first, ..] && first.Length == tree.Results.Length ? [.. first.Select(Constant)] : Simplest(tree.Results);
        if (values is { } constants && tree.Operands.Length > 0)
        {
            Add(tree.Run, [.. Between(tree, -1), .. Drops(below), .. constants]);
            for (int k = 0; k < tree.Operands.Length; k++) Add(tree.Run, [.. Between(tree, k), .. Drops(below + 1), .. constants]);
        }
        if (tree.Results.Length == 1 && below == 0)
            for (int k = 0; k < tree.Operands.Length; k++)
                if (Fits(tree.Operands[k].Type, tree.Results[0])) Add(tree.Run, Between(tree, k));
    }

    /// <summary>The code before an instruction without its operands, but for one.</summary>
    private ImmutableArray<Instr> Between(Tree tree, int but)
    {
        var between = ImmutableArray.CreateBuilder<Instr>();
        int at = tree.Run.From;
        for (int k = 0; k < tree.Operands.Length; k++)
        {
            if (k == but) continue;
            between.AddRange(_body.AsSpan()[at..tree.Operands[k].Run.From]);
            at = tree.Operands[k].Run.To;
        }
        between.AddRange(_body.AsSpan()[at..tree.At]);
        return between.ToImmutable();
    }

    /// <summary>An array of fewer elements.</summary>
    private void Shorter(Tree tree, Idx2 array)
    {
        int n = tree.Operands.Length;
        for (int size = n; size >= 1; size /= 2)
            for (int from = 0; from + size <= n; from += size)
            {
                var kept = tree.Operands.RemoveRange(from, size);
                Add(tree.Run, [.. kept.SelectMany(o => Slice(o.Run.From, o.Run.To)), array with { Y = (uint)kept.Length }]);
            }
    }

    private static ImmutableArray<Instr> Drops(int count) => [.. Enumerable.Repeat(new Plain(Op.Drop), count)];

    private static bool Fits(ValType type, ValType wanted) => type == wanted || (type.IsRef && wanted.IsRef) || wanted.Kind == ValKind.Bot;

    /// <summary>A direct call of a function of the type.</summary>
    private void Calls(Tree tree, uint type)
    {
        if (tree.Operands is not [.., var callee] || callee.Run.To != tree.At) return;
        if (_body[callee.Run.From] is Idx { Op: Op.RefFunc } named && callee.Run.Length == 1) Add(named.X);
        int count = 0;
        for (uint f = 0; f < _view.FuncTypes.Length && count < 4; f++)
            if (_view.FuncTypes[(int)f] == type)
            {
                Add(f);
                count++;
            }

        void Add(uint f) => this.Add(tree.Run, [.. Slice(tree.Run.From, callee.Run.From), new Idx(Op.Call, f)]);
    }

    /// <summary>A block's content, or an arm of an <c>if</c>.</summary>
    private void Contents(Tree tree, Structure s)
    {
        var before = Slice(tree.Run.From, s.Opener);
        if (_body[s.Opener].Op == Op.If)
        {
            var whole = before.Add(new Plain(Op.Drop));
            before = s.Condition is { } condition ? Slice(tree.Run.From, condition.From) : whole;
            if (Labels.Inner(_body, s.Opener + 1, s.Else < 0 ? s.End : s.Else) is { } then) Arm(then);
            if (s.Else >= 0 && Labels.Inner(_body, s.Else + 1, s.End) is { } otherwise) Arm(otherwise);

            void Arm(ImmutableArray<Instr> arm)
            {
                Add(tree.Run, [.. before, .. arm]);
                Add(tree.Run, [.. whole, .. arm]);
            }
        }
        else
        {
            if (Labels.Inner(_body, s.Opener + 1, s.End) is { } content) Add(tree.Run, [.. before, .. content]);
            // What always leaves the block might as well fall out of it.
            int depth = 0;
            for (int at = s.Opener + 1; at < s.End && _body[s.Opener].Op != Op.Loop; at++)
            {
                if (Labels.Opens(_body[at].Op)) depth++;
                else if (Labels.Closes(_body[at].Op)) depth--;
                else if (depth == 0 && _body[at] is Idx { Op: Op.Br, X: 0 } && Labels.Inner(_body, s.Opener + 1, at) is { } left) Add(tree.Run, [.. before, .. left]);
            }
        }
    }

    /// <summary>Code that gives the simplest values, or null where there are none.</summary>
    private ImmutableArray<Instr>? Simplest(ImmutableArray<ValType> types)
    {
        var code = ImmutableArray.CreateBuilder<Instr>();
        foreach (var type in types)
        {
            if (Simple(type) is not [var simple, ..]) return null;
            code.AddRange(simple);
        }
        return code.ToImmutable();
    }

    /// <summary>The instruction that gives a number or a vector that was seen.</summary>
    public static Instr Constant(Value value) => Constants.Of(value.Kind, new V128(value.Lo, value.Hi));

    /// <summary>The simplest code that gives a value of a type: none where there is none; for references several.</summary>
    private ImmutableArray<ImmutableArray<Instr>> Simple(ValType type)
    {
        if (BodyEdits.Constant(type) is { } constant) return [[constant]];
        if (!type.IsRef) return [];
        var heap = type.Ref.Heap;
        return heap.Kind switch
        {
            HeapKind.I31 or HeapKind.Eq or HeapKind.Any => [[new Const(Op.I32Const, 0), new Plain(Op.RefI31)]],
            HeapKind.TypeIdx when heap.Index < _view.Types.Length => _view.Types[(int)heap.Index].Comp switch
            {
                StructType => [[new Idx(Op.StructNewDefault, heap.Index)]],
                ArrayType => [[new Idx2(Op.ArrayNewFixed, heap.Index, 0)]],
                FuncType when _view.FuncTypes.IndexOf(heap.Index) is >= 0 and var f => [[new Idx(Op.RefFunc, (uint)f)]],
                _ => [],
            },
            HeapKind.TypeIdx or HeapKind.Bot or HeapKind.Struct or HeapKind.Array or HeapKind.None or HeapKind.Func or HeapKind.NoFunc or HeapKind.Exn or HeapKind.NoExn
                or HeapKind.Extern or HeapKind.NoExtern or HeapKind.Cont or HeapKind.NoCont or HeapKind.RecIdx or HeapKind.Def or _ => [],
        };
    }
}
