using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Damage;

/// <summary>
/// Damages the instructions of a module and leaves the rest whole, so that the bytes are well-formed and it is the validator that must answer:
/// instructions are exchanged, moved, doubled and dropped, and their indices changed.
/// </summary>
public static class InstrMutator
{
    /// <summary>A damaged copy, or null when the module has no function to damage.</summary>
    public static Module? Mutate(Module module, Module other, Decisions d)
    {
        if (module.Funcs.IsEmpty) return null;
        int edits = d.OneIn(2) ? 1 : 1 + d.Below(4);
        for (int i = 0; i < edits; i++)
        {
            int f = d.Below(module.Funcs.Length);
            var func = module.Funcs[f];
            if (func.Body.Instrs.Length > 20_000) return null;
            module = module with { Funcs = module.Funcs.SetItem(f, Edit(func, other, d)) };
        }
        return module;
    }

    private static Func Edit(Func func, Module other, Decisions d)
    {
        var body = func.Body.Instrs;
        // The last end stays: without it the function could not be encoded.
        int at = d.Below(body.Length);
        int last = body.Length - 1;
        switch (d.Below(11))
        {
            case 9 when Labelled(body, d) is { } labelled: return With(func, labelled);
            case 0 when at < last: return With(func, body.RemoveAt(at));
            case 1: return With(func, body.Insert(at, body[d.Below(last)]));
            case 2 when at < last: return With(func, body.SetItem(at, body[d.Below(last)]));
            case 3 when Foreign(other, d) is { } instr: return With(func, body.Insert(at, instr));
            case 4 when at < last && Foreign(other, d) is { } instr: return With(func, body.SetItem(at, instr));
            case 5 when Indexed(body, d) is { } indexed: return With(func, indexed);
            case 6 when at < last: return With(func, body.SetItem(at, Retyped(body[at], d)));
            case 7 when Enclosed(body, d) is { } enclosed: return With(func, enclosed);
            case 8: return func with { Locals = func.Locals.Add(new((uint)d.Below(4), Types[d.Below(Types.Length)])) };
            default: return func with { Type = (uint)d.Below(8) };
        }
    }

    /// <summary>The body with its beginning, up to a <c>local.set</c>, in a block: what was set there is not set behind it.</summary>
    private static ImmutableArray<Instr>? Enclosed(ImmutableArray<Instr> body, Decisions d)
    {
        int depth = 0, ends = 0, chosen = -1;
        for (int i = 0; i < body.Length - 1; i++)
        {
            if (body[i].Op is Op.Block or Op.Loop or Op.If or Op.TryTable or Op.Try) depth++;
            else if (body[i].Op is Op.End or Op.Delegate) depth--;
            else if (depth == 0 && body[i].Op == Op.LocalSet && d.Below(++ends) == 0) chosen = i;
        }
        return chosen < 0 ? null : body.Insert(chosen + 1, new Plain(Op.End)).Insert(0, new Block(Op.Block, BlockType.Empty));
    }

    /// <summary>The body with a label more in one of its <c>br_table</c>s.</summary>
    private static ImmutableArray<Instr>? Labelled(ImmutableArray<Instr> body, Decisions d)
    {
        int tables = 0, chosen = -1;
        for (int i = 0; i < body.Length; i++)
            if (body[i] is Wasm.Syntax.BrTable && d.Below(++tables) == 0) chosen = i;
        if (chosen < 0) return null;
        var table = (Wasm.Syntax.BrTable)body[chosen];
        return body.SetItem(chosen, table with { Labels = table.Labels.Add((uint)d.Below(6)) });
    }

    private static readonly ValType[] Types =
        [ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.FuncRef, ValType.ExternRef, ValType.RefNonNull(HeapType.Any), ValType.RefNull(HeapType.Idx(0)), ValType.RefNonNull(HeapType.Idx(1))];

    private static Func With(Func func, ImmutableArray<Instr> body) => func with { Body = new Expr(body) };

    private static Instr? Foreign(Module other, Decisions d)
    {
        if (other.Funcs.IsEmpty) return null;
        var body = other.Funcs[d.Below(other.Funcs.Length)].Body.Instrs;
        return body.Length < 2 ? null : body[d.Below(body.Length - 1)];
    }

    private static uint Index(uint x, Decisions d) => d.Below(6) switch { 0 => 0, 1 => x + 1, 2 => x - 1, 3 => (uint)d.Below(8), 4 => uint.MaxValue, _ => (uint)d.Below(64) };

    /// <summary>The body with another immediate in one instruction: the forms of immediates that it has are as likely as each other, however many instructions have each.</summary>
    private static ImmutableArray<Instr>? Indexed(ImmutableArray<Instr> body, Decisions d)
    {
        var forms = Enumerable.Range(0, body.Length - 1).GroupBy(i => body[i].GetType()).Where(form => HasIndex(body[form.First()])).ToArray();
        if (forms.Length == 0) return null;
        int[] places = [.. forms[d.Below(forms.Length)]];
        int at = places[d.Below(places.Length)];
        return body.SetItem(at, Indexed(body[at], d));
    }

    private static bool HasIndex(Instr instr) => instr is Idx or Idx2 or Mem or MemLane or Lane or Wasm.Syntax.BrTable or BrOnCast;

    private static Instr Indexed(Instr instr, Decisions d) => instr switch
    {
        Idx i => i with { X = Index(i.X, d) },
        Idx2 i when d.OneIn(2) => i with { X = Index(i.X, d) },
        Idx2 i => i with { Y = Index(i.Y, d) },
        Mem m => m with { Arg = Argument(m.Arg, m.Op, d) },
        MemLane m when d.OneIn(2) => m with { Arg = Argument(m.Arg, m.Op, d) },
        MemLane m => m with { Lane = d.Byte() },
        Lane l => l with { Index = d.Byte() },
        Wasm.Syntax.BrTable b => b with { Default = Index(b.Default, d) },
        BrOnCast b => b with { Label = Index(b.Label, d), From = b.To, To = b.From },
        _ => instr,
    };

    /// <summary>Another memory, alignment or offset; of alignments above all the least that is too large.</summary>
    private static MemArg Argument(MemArg arg, Op op, Decisions d) => d.Below(4) switch
    {
        0 => arg with { Align = (uint)InstrTable.Of(op).NaturalAlign + 1 },
        1 => arg with { Align = (uint)d.Below(8) },
        2 => arg with { Offset = d.OneIn(3) ? ulong.MaxValue : d.Next() & 0xFFFF },
        _ => arg with { Mem = Index(arg.Mem, d) },
    };

    private static Instr Retyped(Instr instr, Decisions d) => instr switch
    {
        Block b => b with { Type = d.OneIn(2) ? BlockType.Of(Types[d.Below(Types.Length)]) : BlockType.Idx((uint)d.Below(8)) },
        SelectT s => s with { Types = [Types[d.Below(Types.Length)]] },
        RefNull r => r with { Heap = Types[5 + d.Below(5)].Ref.Heap },
        // Another operator with the same form of immediates: none.
        Plain p => p with { Op = PlainOps[d.Below(PlainOps.Length)] },
        _ => instr,
    };

    private static readonly Op[] PlainOps = [.. InstrTable.Rows.Where(r => r.Immediates.IsEmpty && r.Op is not (Op.Else or Op.End or Op.CatchAll)).Select(r => r.Op)];
}
