using System.Collections.Immutable;
using System.Reflection;

namespace Wasm.Syntax;

/// <summary>The forms of immediates, in the words of the grammar.</summary>
public enum Imm : byte
{
    BlockType,
    /// <summary>The clauses of <c>try_table</c>.</summary>
    CatchVec,
    LabelIdx,
    /// <summary>The labels of <c>br_table</c>, the default last.</summary>
    LabelVec,
    FuncIdx, TypeIdx, TableIdx, MemIdx, GlobalIdx, LocalIdx, TagIdx, ElemIdx, DataIdx, FieldIdx,
    /// <summary>The element count of <c>array.new_fixed</c>.</summary>
    U32,
    MemArg,
    LaneIdx,
    I32, I64, F32, F64,
    V128,
    /// <summary>The lane indices of <c>i8x16.shuffle</c>.</summary>
    Lanes16,
    /// <summary>The types of <c>select</c>.</summary>
    ValTypeVec,
    HeapType,
    /// <summary>A reference type whose null is in the opcode.</summary>
    RefType,
    /// <summary>Label and two reference types, their nulls in a flag byte.</summary>
    CastOp,
    /// <summary>The clauses of <c>resume</c>.</summary>
    OnVec,
    /// <summary>The zero byte of <c>atomic.fence</c>; absent from the text.</summary>
    Fence,
}

/// <summary>A row of the instruction table, written on a member of <see cref="Op"/>.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class InstrAttribute(string mnemonic, string? type, params Imm[] immediates) : Attribute
{
    public string Mnemonic { get; } = mnemonic;
    public string? Type { get; } = type;
    public Imm[] Immediates { get; } = immediates;
    public string? Rule { get; init; }
    public string? Num { get; init; }
    public Features Feature { get; init; }
    public bool Swapped { get; init; }
}

/// <summary>A type in a row's signature: a value type, or one of the two variables.</summary>
public readonly record struct SigType(SigVar Var, ValType Type)
{
    public override string ToString() => Var switch
    {
        SigVar.Addr => "at",
        SigVar.Elem => "t",
        SigVar.None => Type.ToString(),
        _ => throw new System.Diagnostics.UnreachableException($"signature variable {(byte)Var}"),
    };
}

public enum SigVar : byte
{
    None,
    /// <summary><c>at</c>: the address type of the memory or table that the immediate names.</summary>
    Addr,
    /// <summary><c>t</c>: the type of the global, or of the elements of the table, that the immediate names.</summary>
    Elem,
}

/// <summary>A row of the instruction table, read.</summary>
public sealed class InstrDef
{
    public Op Op { get; }

    /// <summary>The keyword of the text format; <c>select</c>, <c>ref.test</c>, <c>ref.cast</c> and <c>ref.cast_desc_eq</c> stand in two rows.</summary>
    public string Mnemonic { get; }

    public ImmutableArray<Imm> Immediates { get; }

    /// <summary>Whether the instruction's type is <see cref="Params"/> to <see cref="Results"/>; otherwise it has a validation rule of its own.</summary>
    public bool HasType { get; }

    public ImmutableArray<SigType> Params { get; }

    public ImmutableArray<SigType> Results { get; }

    /// <summary>The validation rule's name after <c>Instr_ok/</c>.</summary>
    public string Rule { get; }

    /// <summary>The numeric operator of chapter 4.3, such as <c>iadd</c>.</summary>
    public string? Num { get; }

    /// <summary>What the instruction needs beyond 1.0.</summary>
    public Features Feature { get; }

    /// <summary>Whether the binary format has the two immediates the other way round.</summary>
    public bool Swapped { get; }

    /// <summary>The byte before the opcode, or 0.</summary>
    public byte Prefix => (ushort)Op > 0xFF ? (byte)(0xF0 | (ushort)Op >> 12) : (byte)0;

    /// <summary>The opcode after the prefix.</summary>
    public uint Code => (ushort)Op > 0xFF ? (uint)Op & 0xFFF : (uint)Op;

    /// <summary>For loads and stores: log2 of the bytes accessed; the natural alignment. -1 for other instructions.</summary>
    public int NaturalAlign { get; }

    /// <summary>For instructions with a lane index: the number of lanes that it may name. 0 for others.</summary>
    public int LaneCount { get; }

    /// <summary><see cref="Params"/> when no variable occurs in the signature; else default.</summary>
    internal ImmutableArray<ValType> ParamTypes { get; }

    /// <summary><see cref="Results"/> when no variable occurs in the signature; else default.</summary>
    internal ImmutableArray<ValType> ResultTypes { get; }

    internal InstrDef(Op op, InstrAttribute row)
    {
        Op = op;
        Mnemonic = row.Mnemonic;
        Immediates = [.. row.Immediates];
        Rule = row.Rule ?? row.Mnemonic;
        Num = row.Num;
        Feature = row.Feature;
        Swapped = row.Swapped;
        HasType = row.Type is not null;
        (Params, Results) = row.Type is null ? ([], []) : Signature(row.Type);
        NaturalAlign = Immediates.Contains(Imm.MemArg) ? AlignOf(row.Mnemonic) : -1;
        if (Immediates.Contains(Imm.LaneIdx)) LaneCount = NaturalAlign >= 0 ? 16 >> NaturalAlign : LanesOf(row.Mnemonic);
        if (HasType && Params.Concat(Results).All(t => t.Var == SigVar.None))
            (ParamTypes, ResultTypes) = ([.. Params.Select(t => t.Type)], [.. Results.Select(t => t.Type)]);
    }

    private static (ImmutableArray<SigType>, ImmutableArray<SigType>) Signature(string type)
    {
        int arrow = type.IndexOf("->", StringComparison.Ordinal);
        return (Types(type[..arrow]), Types(type[(arrow + 2)..]));
    }

    private static ImmutableArray<SigType> Types(string text) =>
        [.. text.Replace("(ref i31)", "(ref-i31)", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Type)];

    private static SigType Type(string word) => word switch
    {
        "at" => new(SigVar.Addr, default),
        "t" => new(SigVar.Elem, default),
        "i32" => new(SigVar.None, ValType.I32),
        "i64" => new(SigVar.None, ValType.I64),
        "f32" => new(SigVar.None, ValType.F32),
        "f64" => new(SigVar.None, ValType.F64),
        "v128" => new(SigVar.None, ValType.V128),
        "eqref" => new(SigVar.None, ValType.RefNull(HeapType.Eq)),
        "i31ref" => new(SigVar.None, ValType.RefNull(HeapType.I31)),
        "arrayref" => new(SigVar.None, ValType.RefNull(HeapType.Array)),
        "(ref-i31)" => new(SigVar.None, ValType.RefNonNull(HeapType.I31)),
        _ => throw new System.Diagnostics.UnreachableException($"signature word {word}"),
    };

    /// <summary>The width of an access, read off its mnemonic: the last number before the sign, or the type's width.</summary>
    private static int AlignOf(string mnemonic)
    {
        string access = mnemonic[(mnemonic.IndexOf('.', StringComparison.Ordinal) + 1)..];
        foreach (var (mark, log2) in Widths)
            if (access.Contains(mark, StringComparison.Ordinal)) return log2;
        return mnemonic[..3] switch
        {
            "i32" or "f32" => 2,
            "i64" or "f64" => 3,
            "v12" => 4,
            _ => access.EndsWith("64", StringComparison.Ordinal) ? 3 : 2,    // memory.atomic.wait64; wait32, notify
        };
    }

    /// <summary>The number of lanes of the shape that a mnemonic begins with, such as <c>i16x8</c>.</summary>
    private static int LanesOf(string mnemonic) =>
        int.Parse(mnemonic.AsSpan()[(mnemonic.IndexOf('x', StringComparison.Ordinal) + 1)..mnemonic.IndexOf('.', StringComparison.Ordinal)]);

    private static readonly (string Mark, int Log2)[] Widths =
    [
        ("8x8", 3), ("16x4", 3), ("32x2", 3),
        ("load8", 0), ("store8", 0), ("rmw8", 0),
        ("load16", 1), ("store16", 1), ("rmw16", 1),
        ("load32", 2), ("store32", 2), ("rmw32", 2),
        ("load64", 3), ("store64", 3),
    ];

    public override string ToString() => Mnemonic;
}

/// <summary>The instruction table: the rows of <see cref="Op"/>, by opcode and by mnemonic.</summary>
public static class InstrTable
{
    private static readonly InstrDef?[] ByCode = new InstrDef?[ushort.MaxValue + 1];

    /// <summary>All rows in the order of opcodes.</summary>
    public static ImmutableArray<InstrDef> Rows { get; }

    /// <summary>The rows of each mnemonic: one, or two where text decides by the immediates.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<InstrDef>> ByMnemonic { get; }

    static InstrTable()
    {
        var rows = ImmutableArray.CreateBuilder<InstrDef>();
        foreach (var field in typeof(Op).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var op = (Op)field.GetRawConstantValue()!;
            var def = new InstrDef(op, field.GetCustomAttribute<InstrAttribute>()!);
            ByCode[(ushort)op] = def;
            rows.Add(def);
        }
        rows.Sort((a, b) => a.Op.CompareTo(b.Op));
        Rows = rows.ToImmutable();
        ByMnemonic = Rows.GroupBy(d => d.Mnemonic).ToDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>The row of a known opcode.</summary>
    public static InstrDef Of(Op op) => ByCode[(ushort)op]!;

    /// <summary>The row of an opcode as read from a binary, or null.</summary>
    /// <param name="prefix">The prefix byte <c>0xFB</c> to <c>0xFE</c>, or 0.</param>
    /// <param name="code">The opcode.</param>
    public static InstrDef? Find(byte prefix, uint code) =>
        prefix == 0 ? ByCode[code & 0xFF] : code <= 0xFFF ? ByCode[(prefix & 0xF) << 12 | (int)code] : null;
}
