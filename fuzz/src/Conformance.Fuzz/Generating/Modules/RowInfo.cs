using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Whose NaNs a value may have: those that the specification leaves open are of one width, the others of none.</summary>
internal enum NaNs : byte
{
    /// <summary>Every bit of the value is determined.</summary>
    None,
    /// <summary>An f32, or f32 lanes, may be any of several NaNs.</summary>
    F32,
    /// <summary>An f64, or f64 lanes, may be any of several NaNs.</summary>
    F64,
}

/// <summary>What has to be done about an operand, lest the instruction trap.</summary>
internal enum Guard : byte
{
    None,
    /// <summary>A divisor that is not 0.</summary>
    Divisor,
    /// <summary>A float within the range of the integer type.</summary>
    Truncation,
}

/// <summary>A row of the instruction table whose type is enough to use it, with what the generator needs to know besides.</summary>
internal sealed class RowInfo
{
    private RowInfo(InstrDef def)
    {
        Op = def.Op;
        Feature = def.Feature;
        Align = def.NaturalAlign;
        Lanes = def.LaneCount;
        Shuffles = def.Immediates.Contains(Imm.Lanes16);
        IsAtomic = def.Prefix == 0xFE;
        Params = [.. def.Params.Select(t => t.Var == SigVar.Addr ? ValType.I32 : t.Type)];
        Results = [.. def.Results.Select(t => t.Var == SigVar.Addr ? ValType.I32 : t.Type)];
        Family = FamilyOf(def);
        Guard = def.Num switch
        {
            "idiv" or "irem" when !def.Mnemonic.Contains('x', StringComparison.Ordinal) => Guard.Divisor,
            "trunc" => Guard.Truncation,
            _ => Guard.None,
        };
        Plain = def.Immediates.IsEmpty ? new Plain(def.Op) : null;
        (Makes, Passes, Accepts) = NaNsOf(def);
    }

    public Op Op { get; }

    public Features Feature { get; }

    /// <summary>The natural alignment of a memory access; -1 for others.</summary>
    public int Align { get; }

    public bool IsMemory => Align >= 0;

    public bool IsAtomic { get; }

    /// <summary>The lanes that an index may name; 0 when there is none.</summary>
    public int Lanes { get; }

    public bool Shuffles { get; }

    /// <summary>The operands; an address stands here as i32.</summary>
    public ImmutableArray<ValType> Params { get; }

    public ImmutableArray<ValType> Results { get; }

    /// <summary>One of 64 families, which a swarm leaves out as a whole.</summary>
    public int Family { get; }

    public Guard Guard { get; }

    /// <summary>The NaNs that the instruction itself may choose.</summary>
    public NaNs Makes { get; }

    /// <summary>Its operands' NaNs that it hands on as they are.</summary>
    public NaNs Passes { get; }

    /// <summary>The NaNs whose choice makes no difference to it.</summary>
    public NaNs Accepts { get; }

    /// <summary>The instruction, when it has no immediates.</summary>
    public Instr? Plain { get; }

    /// <summary>The rows without a variable result: numeric, vector and memory instructions, and the few of references.</summary>
    public static ImmutableArray<RowInfo> All { get; } = [.. InstrTable.Rows.Where(IsPlainlyTyped).Select(r => new RowInfo(r))];

    /// <summary>The rows with one result of a kind.</summary>
    public static RowInfo[] Giving(ValKind kind) => ByResult[(int)kind];

    /// <summary>The rows without results that access memory.</summary>
    public static RowInfo[] Stores { get; } = [.. All.Where(r => r.IsMemory && r.Results.IsEmpty)];

    /// <summary>The rows with two results.</summary>
    public static RowInfo[] Wide { get; } = [.. All.Where(r => r.Results.Length == 2)];

    private static readonly RowInfo[][] ByResult = [.. Enum.GetValues<ValKind>().Select(k => All.Where(r => r.Results is [var t] && t.Kind == k).ToArray())];

    /// <summary>NaN operand i: what may be left open there when <paramref name="nan"/> may be left open in the result.</summary>
    public NaNs AcceptedAt(int i, NaNs nan)
    {
        if (Op is Op.F32Copysign or Op.F64Copysign && i == 1) return NaNs.None;
        if (Accepts != NaNs.None) return Accepts;
        return Passes != NaNs.None && Passes == nan ? Passes : NaNs.None;
    }

    private static bool IsPlainlyTyped(InstrDef def) => def.HasType
        && def.Immediates.All(i => i is Imm.MemArg or Imm.LaneIdx or Imm.Lanes16)
        && def.Op is not (Op.Nop or Op.MemoryAtomicWait32 or Op.MemoryAtomicWait64 or Op.RefI31);

    private static int FamilyOf(InstrDef def)
    {
        string shape = def.Mnemonic[..Math.Max(def.Mnemonic.IndexOf('.', StringComparison.Ordinal), 0)];
        uint hash = 2166136261;
        foreach (char c in $"{shape} {def.Rule} {(def.Rule is "binop" or "vbinop" ? def.Num : "")}") hash = (hash ^ c) * 16777619;
        return (int)(hash ^ hash >> 15) & 63;
    }

    private static (NaNs Makes, NaNs Passes, NaNs Accepts) NaNsOf(InstrDef def)
    {
        var shape = ShapeOf(def.Mnemonic);
        return (def.Num, def.Op) switch
        {
            ("promote", _) => (NaNs.F64, 0, NaNs.F32),
            ("demote", _) => (NaNs.F32, 0, NaNs.F64),
            _ when NaNRules.MakesNaN(def) => (shape, 0, shape),
            ("fabs" or "fneg" or "fpmin" or "fpmax" or "fcopysign", _) => (0, shape, 0),
            ("feq" or "fne" or "flt" or "fgt" or "fle" or "fge", _) => (0, 0, shape),
            ("trunc" or "trunc_sat", _) => (0, 0, ShapeOf(def.Mnemonic[(def.Mnemonic.LastIndexOf("_f", StringComparison.Ordinal) + 1)..])),
            (_, Op.F32x4Splat or Op.F32x4ExtractLane or Op.F32x4ReplaceLane or Op.F64x2Splat or Op.F64x2ExtractLane or Op.F64x2ReplaceLane) => (0, shape, 0),
            _ => default,
        };
    }

    private static NaNs ShapeOf(string name) =>
        name.StartsWith("f32", StringComparison.Ordinal) ? NaNs.F32 : name.StartsWith("f64", StringComparison.Ordinal) ? NaNs.F64 : NaNs.None;
}
