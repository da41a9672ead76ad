using System.Numerics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>
/// How much a case holds, as one number: an edit is tried only if it makes it less, so that a reduction ends. Instructions count most; simple ones less than
/// others, and constants by their bits.
/// </summary>
public static class Weight
{
    private const long Simple = 100, Ordinary = 150;

    /// <summary>The weight of a run of instructions.</summary>
    public static long Of(ReadOnlySpan<Instr> instrs)
    {
        long weight = 0;
        foreach (var instr in instrs) weight += Of(instr);
        return weight;
    }

    /// <summary>The weight of an instruction.</summary>
    public static long Of(Instr instr) => instr switch
    {
        Const c => Simple + BitOperations.Log2(c.Bits + 1),
        VConst { Op: Op.V128Const } v => Simple + BitOperations.Log2(v.Value.Lo + 1) + BitOperations.Log2(v.Value.Hi + 1),
        RefNull => Simple,
        Idx { Op: Op.LocalGet } => Simple + 20,
        Plain { Op: Op.Nop or Op.Drop or Op.Unreachable } => Simple - 20,
        Plain { Op: Op.End } => 1,
        Mem m => Ordinary + BitOperations.Log2(m.Arg.Offset + 1) + (m.Arg.Mem > 0 ? 1 : 0),
        BrTable b => (2 * Ordinary) + (10 * b.Labels.Length),
        TryTable t => (2 * Ordinary) + (20 * t.Catches.Length),
        Idx { Op: Op.Call } => 2 * Ordinary,
        Idx { Op: Op.ReturnCall } => 4 * Ordinary,
        Idx { Op: Op.CallRef or Op.ReturnCallRef } or Idx2 { Op: Op.CallIndirect or Op.ReturnCallIndirect } => 5 * Ordinary,
        _ => Ordinary,
    };

    /// <summary>The weight of a module: its definitions and all their code.</summary>
    public static long Of(Module module)
    {
        long weight = 0;
        foreach (var group in module.Types)
            foreach (var type in group.SubTypes)
                weight += 10 + (type.Comp is FuncType f ? f.Params.Length + f.Results.Length : type.Comp is StructType s ? s.Fields.Length : 1) + type.Supers.Length;
        weight += 700L * module.Imports.Length;
        foreach (var func in module.Funcs) weight += 400 + (10 * Math.Min(func.Locals.Sum(l => (long)l.Count), 1000)) + Of(func.Body.Instrs.AsSpan());
        foreach (var table in module.Tables) weight += 50 + (table.Init is { } init ? Of(init.Instrs.AsSpan()) : 0) + BitOperations.Log2(table.Type.Limits.Min + 1);
        foreach (var mem in module.Mems) weight += 50 + BitOperations.Log2(mem.Type.Limits.Min + 1);
        foreach (var global in module.Globals) weight += 50 + Of(global.Init.Instrs.AsSpan());
        foreach (var elem in module.Elems) weight += elem.Mode is SegmentMode.Declarative ? 40 + (10 * elem.Inits.Length) : 50 + elem.Inits.Sum(i => Of(i.Instrs.AsSpan())) + Of(elem.Mode);
        foreach (var data in module.Datas) weight += 50 + data.Init.Length + Of(data.Mode);
        return weight + (50 * module.Tags.Length) + (30 * module.Exports.Length) + (module.Start is null ? 0 : 50) + (20 * module.Customs.Length);
    }

    private static long Of(SegmentMode mode) => mode is SegmentMode.Active active ? Of(active.Offset.Instrs.AsSpan()) : 0;
}
