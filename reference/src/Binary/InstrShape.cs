using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>How an instruction's immediates stand in the binary format: what decoder and encoder tell apart.</summary>
internal enum InstrShape : byte
{
    /// <summary>No such opcode.</summary>
    None,
    Plain,
    /// <summary>One index that is just a number.</summary>
    Idx,
    /// <summary>One index with a condition on its encoding or on the module: of a memory or a data segment.</summary>
    CheckedIdx,
    /// <summary>Two indices, or an index and a count.</summary>
    Idx2,
    Mem,
    MemLane,
    Lane,
    I32, I64, F32, F64,
    /// <summary>Sixteen bytes: a constant or lane indices.</summary>
    V128,
    Block,
    TryTable,
    BrTable,
    Select,
    RefNull,
    Cast,
    BrOnCast,
    /// <summary>A type index, perhaps a tag index, and on-clauses.</summary>
    Resume,
    Fence,

    // Delimiters, of which the decoder keeps account.
    Else,
    End,
    Catch,
    CatchAll,
    Delegate,
}

/// <summary>What the binary format needs of a row of the instruction table.</summary>
internal readonly struct InstrRow
{
    public InstrShape Shape { get; }

    public Op Op { get; }

    public Features Feature { get; }

    public InstrDef Def { get; }

    /// <summary>Whether an immediate is the index of a data segment.</summary>
    public bool NamesData { get; }

    private InstrRow(InstrDef def)
    {
        Shape = ShapeOf(def);
        Op = def.Op;
        Feature = def.Feature;
        Def = def;
        NamesData = def.Immediates.Contains(Imm.DataIdx);
    }

    /// <summary>The rows of opcodes without prefix.</summary>
    public static InstrRow[] OneByte { get; } = Page(0);

    /// <summary>The rows after the prefixes <see cref="FirstPrefix"/> to <see cref="LastPrefix"/>; each page is as long as its last opcode needs.</summary>
    public static InstrRow[][] Prefixed { get; } = [Page(0xFB), Page(0xFC), Page(0xFD), Page(0xFE)];

    /// <summary>For each prefix, all features of its rows: the prefix itself is an opcode only with one of them.</summary>
    public static Features[] PrefixFeatures { get; } =
        [.. Prefixed.Select(page => page.Aggregate(Features.None, (all, row) => all | row.Feature))];

    public const byte FirstPrefix = 0xFB;

    public const byte LastPrefix = 0xFE;

    /// <summary>The row of a known opcode.</summary>
    public static ref readonly InstrRow Of(Op op) =>
        ref (ushort)op <= 0xFF ? ref OneByte[(ushort)op] : ref Prefixed[((ushort)op >> 12) - (FirstPrefix & 0xF)][(ushort)op & 0xFFF];

    private static InstrRow[] Page(byte prefix)
    {
        var defs = InstrTable.Rows.Where(d => d.Prefix == prefix).ToArray();
        var page = new InstrRow[prefix == 0 ? 0x100 : defs.Max(d => d.Code) + 1];
        foreach (var def in defs) page[def.Code] = new InstrRow(def);
        return page;
    }

    private static InstrShape ShapeOf(InstrDef def) => def.Op == Op.Else ? InstrShape.Else
        : def.Op == Op.End ? InstrShape.End
        : def.Op == Op.Catch ? InstrShape.Catch
        : def.Op == Op.CatchAll ? InstrShape.CatchAll
        : def.Op == Op.Delegate ? InstrShape.Delegate
        : def.Immediates.AsSpan() switch
        {
            [] => InstrShape.Plain,
            [Imm.MemIdx or Imm.DataIdx] => InstrShape.CheckedIdx,
            [Imm.LabelIdx or Imm.FuncIdx or Imm.TypeIdx or Imm.TableIdx or Imm.GlobalIdx or Imm.LocalIdx or Imm.TagIdx or Imm.ElemIdx] => InstrShape.Idx,
            [Imm.MemArg] => InstrShape.Mem,
            [Imm.MemArg, Imm.LaneIdx] => InstrShape.MemLane,
            [Imm.LaneIdx] => InstrShape.Lane,
            [Imm.I32] => InstrShape.I32,
            [Imm.I64] => InstrShape.I64,
            [Imm.F32] => InstrShape.F32,
            [Imm.F64] => InstrShape.F64,
            [Imm.V128 or Imm.Lanes16] => InstrShape.V128,
            [Imm.BlockType] => InstrShape.Block,
            [Imm.BlockType, Imm.CatchVec] => InstrShape.TryTable,
            [Imm.LabelVec] => InstrShape.BrTable,
            [Imm.ValTypeVec] => InstrShape.Select,
            [Imm.HeapType] => InstrShape.RefNull,
            [Imm.RefType] => InstrShape.Cast,
            [Imm.CastOp] => InstrShape.BrOnCast,
            [Imm.TypeIdx, Imm.OnVec] or [Imm.TypeIdx, Imm.TagIdx, Imm.OnVec] => InstrShape.Resume,
            [Imm.Fence] => InstrShape.Fence,
            [_, _] => InstrShape.Idx2,
            _ => throw new UnreachableException($"immediates of {def}"),
        };
}
