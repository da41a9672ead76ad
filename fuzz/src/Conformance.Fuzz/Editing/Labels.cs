using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Blocks and the labels of branches in flat bodies.</summary>
public static class Labels
{
    /// <summary>Whether an instruction opens a block.</summary>
    public static bool Opens(Op op) => op is Op.Block or Op.Loop or Op.If or Op.TryTable or Op.Try;

    /// <summary>Whether an instruction ends the innermost block.</summary>
    public static bool Closes(Op op) => op is Op.End or Op.Delegate;

    /// <summary>Whether a run opens and closes the same blocks.</summary>
    public static bool IsBalanced(ImmutableArray<Instr> body, int from, int to)
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

    /// <summary>A block's content with its labels one less, or null when something in it branches to the block.</summary>
    public static ImmutableArray<Instr>? Inner(ImmutableArray<Instr> body, int from, int to)
    {
        bool targeted = false;
        var inner = Map(body, from, to, (label, depth) =>
        {
            targeted |= label == depth;
            return label > depth ? label - 1 : label;
        });
        return targeted ? null : inner;
    }

    /// <summary>A run with other labels, given each label and the number of blocks of the run that it is in.</summary>
    public static ImmutableArray<Instr> Map(ImmutableArray<Instr> body, int from, int to, Func<uint, uint, uint> map)
    {
        var mapped = ImmutableArray.CreateBuilder<Instr>(to - from);
        uint depth = 0;
        for (int i = from; i < to; i++)
        {
            var instr = body[i];
            if (Closes(instr.Op)) depth--;
            uint here = depth;
            mapped.Add(With(instr, label => map(label, here)));
            if (Opens(instr.Op)) depth++;
        }
        return mapped.MoveToImmutable();
    }

    private static Instr With(Instr instr, Func<uint, uint> label) => instr switch
    {
        Idx i when i.Def.Immediates[0] == Imm.LabelIdx => i with { X = label(i.X) },
        BrTable b => b with { Labels = [.. b.Labels.Select(label)], Default = label(b.Default) },
        BrOnCast b => b with { Label = label(b.Label) },
        TryTable t => t with { Catches = [.. t.Catches.Select(c => c with { Label = label(c.Label) })] },
        Resume r => r with { Handlers = [.. r.Handlers.Select(h => h with { Label = h.Label is { } l ? label(l) : null })] },
        _ => instr,
    };
}
