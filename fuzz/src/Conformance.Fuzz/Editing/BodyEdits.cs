using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Smaller variants of a function's body, the largest cuts first. They keep blocks balanced; whether they are valid is for the validator to say.</summary>
public static class BodyEdits
{
    /// <summary>Bodies with a run of instructions taken out.</summary>
    public static IEnumerable<ImmutableArray<Instr>> Cuts(ImmutableArray<Instr> body)
    {
        int last = body.Length - 1;
        for (int size = last; size >= 1; size /= 2)
            for (int from = last - size; from >= 0; from -= Math.Max(1, size / 2))
                if (IsBalanced(body, from, from + size)) yield return body.RemoveRange(from, size);
    }

    /// <summary>Bodies in which an instruction and all that computes its operands is replaced by constants, or taken out when it gives nothing.</summary>
    public static IEnumerable<ImmutableArray<Instr>> Folds(ImmutableArray<Instr> body, ModuleView view, ImmutableArray<ValType> locals)
    {
        for (int at = body.Length - 2; at >= 0; at--)
        {
            if (StackEffect.Of(body[at], view, locals) is not { IsPolymorphic: false } effect || body[at] is Const or VConst or RefNull) continue;
            if (effect.Pushes.Any(t => Constant(t) is null)) continue;
            int from = StartOf(body, at, effect.Pops, view, locals);
            if (from < 0) continue;
            yield return body.RemoveRange(from, at - from + 1).InsertRange(from, effect.Pushes.Select(t => Constant(t)!));
        }
    }

    /// <summary>Bodies in which an instruction is replaced by one of its operands.</summary>
    public static IEnumerable<ImmutableArray<Instr>> Hoists(ImmutableArray<Instr> body, ModuleView view, ImmutableArray<ValType> locals)
    {
        for (int at = body.Length - 2; at >= 0; at--)
        {
            if (StackEffect.Of(body[at], view, locals) is not { IsPolymorphic: false, Pops: > 0, Pushes.Length: 1 } effect) continue;
            int end = at;
            var operands = new List<(int From, int To)>();
            for (int k = 0; k < effect.Pops; k++)
            {
                int from = StartOf(body, end, 1, view, locals);
                if (from < 0) break;
                operands.Add((from, end));
                end = from;
            }
            if (operands.Count < effect.Pops) continue;
            foreach (var (from, to) in operands) yield return body.RemoveRange(end, at - end + 1).InsertRange(end, body[from..to]);
        }
    }

    /// <summary>Bodies in which a block is replaced by its content, or an <c>if</c> by one of its arms.</summary>
    public static IEnumerable<ImmutableArray<Instr>> Unwraps(ImmutableArray<Instr> body)
    {
        for (int at = 0; at < body.Length - 1; at++)
        {
            if (body[at].Op is not (Op.Block or Op.Loop or Op.If or Op.TryTable)) continue;
            var (otherwise, end) = Ends(body, at);
            if (end < 0) continue;
            if (body[at].Op == Op.If)
            {
                if (Inner(body, at + 1, otherwise < 0 ? end : otherwise) is { } then) yield return Spliced(body, at, end, then.Insert(0, new Plain(Op.Drop)));
                if (otherwise >= 0 && Inner(body, otherwise + 1, end) is { } other) yield return Spliced(body, at, end, other.Insert(0, new Plain(Op.Drop)));
            }
            else if (Inner(body, at + 1, end) is { } content) yield return Spliced(body, at, end, content);
        }
    }

    /// <summary>Bodies in which one immediate is simpler.</summary>
    public static IEnumerable<ImmutableArray<Instr>> Simpler(ImmutableArray<Instr> body)
    {
        for (int at = 0; at < body.Length; at++)
            switch (body[at])
            {
                case Const { Bits: not 0 } c:
                    yield return body.SetItem(at, c with { Bits = 0 });
                    if (c.Bits > 1) yield return body.SetItem(at, c with { Bits = 1 });
                    break;
                case VConst { Op: Op.V128Const } v when v.Value != default:
                    yield return body.SetItem(at, v with { Value = default });
                    yield return body.SetItem(at, v with { Value = new V128(v.Value.Lo, 0) });
                    break;
                case Mem { Arg.Offset: not 0 } m: yield return body.SetItem(at, m with { Arg = m.Arg with { Offset = 0 } }); break;
                case BrTable { Labels.IsEmpty: false } b: yield return body.SetItem(at, b with { Labels = b.Labels.RemoveAt(b.Labels.Length - 1) }); break;
                case TryTable { Catches.IsEmpty: false } t: yield return body.SetItem(at, t with { Catches = t.Catches.RemoveAt(t.Catches.Length - 1) }); break;
                default: break;
            }
    }

    /// <summary>A body that gives constants, or traps where there are none.</summary>
    public static ImmutableArray<Instr> Trivial(FuncType type) =>
        [.. type.Results.All(r => Constant(r) is not null) ? type.Results.Select(r => Constant(r)!) : [new Plain(Op.Unreachable)], new Plain(Op.End)];

    /// <summary>The simplest constant of a type, or null where there is none.</summary>
    public static Instr? Constant(ValType type) => type.Kind switch
    {
        ValKind.I32 => new Const(Op.I32Const, 0),
        ValKind.I64 => new Const(Op.I64Const, 0),
        ValKind.F32 => new Const(Op.F32Const, 0),
        ValKind.F64 => new Const(Op.F64Const, 0),
        ValKind.V128 => new VConst(Op.V128Const, default),
        ValKind.Ref => type.Ref.Nullable ? new RefNull(Op.RefNull, type.Ref.Heap) : null,
        ValKind.Bot => null,
        _ => throw new System.Diagnostics.UnreachableException($"value kind {(byte)type.Kind}"),
    };

    /// <summary>Where the code begins that computes so many operands of an instruction, or -1 when they do not come from a run of plain instructions.</summary>
    private static int StartOf(ImmutableArray<Instr> body, int at, int operands, ModuleView view, ImmutableArray<ValType> locals)
    {
        int need = operands, from = at;
        while (need > 0)
        {
            if (--from < 0 || StackEffect.Of(body[from], view, locals) is not { IsPolymorphic: false } effect) return -1;
            need -= effect.Pushes.Length;
            if (need < 0) return -1;
            need += effect.Pops;
        }
        return from;
    }

    private static bool IsBalanced(ImmutableArray<Instr> body, int from, int to)
    {
        int depth = 0;
        for (int i = from; i < to; i++)
        {
            if (Opens(body[i].Op)) depth++;
            else if (depth == 0 && body[i].Op is Op.Else or Op.Catch or Op.CatchAll) return false;
            else if (Closes(body[i].Op) && --depth < 0) return false;
        }
        return depth == 0;
    }

    private static bool Opens(Op op) => op is Op.Block or Op.Loop or Op.If or Op.TryTable or Op.Try;

    private static bool Closes(Op op) => op is Op.End or Op.Delegate;

    /// <summary>The <c>else</c> (or -1) and the end of the block that begins at a place; -1 for both when it has another form.</summary>
    private static (int Else, int End) Ends(ImmutableArray<Instr> body, int at)
    {
        int depth = 0, otherwise = -1;
        for (int i = at + 1; i < body.Length; i++)
        {
            if (Opens(body[i].Op)) depth++;
            else if (body[i].Op == Op.Else && depth == 0) otherwise = i;
            else if (Closes(body[i].Op) && depth-- == 0) return (otherwise, i);
        }
        return (-1, -1);
    }

    private static ImmutableArray<Instr> Spliced(ImmutableArray<Instr> body, int at, int end, ImmutableArray<Instr> content) =>
        body.RemoveRange(at, end - at + 1).InsertRange(at, content);

    /// <summary>A block's content with its labels one less, or null when something in it branches to the block.</summary>
    private static ImmutableArray<Instr>? Inner(ImmutableArray<Instr> body, int from, int to)
    {
        var inner = ImmutableArray.CreateBuilder<Instr>(to - from);
        uint depth = 0;
        bool targeted = false;
        uint Label(uint label)
        {
            targeted |= label == depth;
            return label > depth ? label - 1 : label;
        }
        for (int i = from; i < to && !targeted; i++)
        {
            var instr = body[i];
            if (Closes(instr.Op)) depth--;
            inner.Add(Relabelled(instr, Label));
            if (Opens(instr.Op)) depth++;
        }
        return targeted ? null : inner.ToImmutable();
    }

    private static Instr Relabelled(Instr instr, Func<uint, uint> label) => instr switch
    {
        Idx i when i.Def.Immediates[0] == Imm.LabelIdx => i with { X = label(i.X) },
        BrTable b => b with { Labels = [.. b.Labels.Select(label)], Default = label(b.Default) },
        BrOnCast b => b with { Label = label(b.Label) },
        TryTable t => t with { Catches = [.. t.Catches.Select(c => c with { Label = label(c.Label) })] },
        Resume r => r with { Handlers = [.. r.Handlers.Select(h => h with { Label = h.Label is { } l ? label(l) : null })] },
        _ => instr,
    };
}
