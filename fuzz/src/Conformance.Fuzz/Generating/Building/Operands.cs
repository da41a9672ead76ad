using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Building;

/// <summary>The operands of the rows whose instructions only compute: no memory, table, type or label is named.</summary>
internal static class Operands
{
    private static readonly (ValKind Kind, LaneType Lane, Role Role)[]?[] ByOp = new (ValKind, LaneType, Role)[]?[ushort.MaxValue + 1];

    static Operands()
    {
        foreach (var row in InstrTable.Rows)
            if (IsPure(row)) ByOp[(ushort)row.Op] = [.. row.Params.Select((t, i) => Operand(row, i, t.Type.Kind))];
    }

    /// <summary>The rows, constants among them.</summary>
    public static InstrDef[] Rows { get; } = [.. InstrTable.Rows.Where(IsPure)];

    public static ReadOnlySpan<(ValKind Kind, LaneType Lane, Role Role)> Of(InstrDef row) => ByOp[(ushort)row.Op];

    /// <summary>The instruction, with immediates made up.</summary>
    public static Instr Instr(InstrDef row, Decisions d)
    {
        if (row.LaneCount > 0) return new Lane(row.Op, (byte)(d.Below(3) switch { 0 => 0, 1 => row.LaneCount - 1, _ => d.Below(row.LaneCount) }));
        return row.Op == Op.I8x16Shuffle ? new VConst(row.Op, Shuffle(d)) : new Plain(row.Op);
    }

    /// <summary>Whether bits may be the operand's in a lane of a type; vectors without a shape of their own have any.</summary>
    public static bool IsShapeless(InstrDef row) => row.Mnemonic.StartsWith("v128.", StringComparison.Ordinal) || row.Op is Op.I8x16Shuffle;

    private static bool IsPure(InstrDef row) => row.HasType && row.Results.Length > 0
        && row.Immediates.All(i => i is Imm.LaneIdx or Imm.Lanes16 or Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64 or Imm.V128)
        && row.Params.Concat(row.Results).All(t => t.Var == SigVar.None && t.Type.Kind is not (ValKind.Ref or ValKind.Bot));

    private static (ValKind, LaneType, Role) Operand(InstrDef row, int i, ValKind kind)
    {
        var lane = kind == ValKind.V128 || row.Rule == "vshiftop" ? Shape(row) : Values.LaneOf(kind);
        var role = i == 1 && row.Num is "ishl" or "ishr" or "irotl" or "irotr" ? Role.Count
            : i == 1 && row.Num is "swizzle" or "relaxed_swizzle" ? Role.Lanes
            : Role.Value;
        return (kind, lane, i == 0 ? Role.Value : role);
    }

    /// <summary>The last shape in the mnemonic: of operators between shapes it is the operand's.</summary>
    private static LaneType Shape(InstrDef row)
    {
        int last = -1;
        var shape = LaneType.I8;
        foreach (var (name, lane) in Shapes)
        {
            int at = row.Mnemonic.LastIndexOf(name, StringComparison.Ordinal);
            if (at > last) (last, shape) = (at, lane);
        }
        return shape;
    }

    private static V128 Shuffle(Decisions d)
    {
        Span<byte> lanes = stackalloc byte[16];
        int how = d.Below(8), n = d.Below(32);
        for (int i = 0; i < 16; i++)
        {
            lanes[i] = (byte)(how switch
            {
                0 => i,
                1 => (i + n) & 31,
                2 => n,
                3 => i & 1 | (i >> 1 << 1) ^ (n & 30),
                4 => (i & 1) == 0 ? i : i + 16,
                5 => 14 + d.Below(4),
                _ => d.Below(32),
            } & 31);
        }
        return V128.From(lanes);
    }

    private static readonly (string, LaneType)[] Shapes =
        [("i8x16", LaneType.I8), ("i16x8", LaneType.I16), ("i32x4", LaneType.I32), ("i64x2", LaneType.I64), ("f32x4", LaneType.F32), ("f64x2", LaneType.F64)];
}
