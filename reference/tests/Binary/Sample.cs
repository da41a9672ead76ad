using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>A module with every section, every form of type, segment and immediate. It is not valid, only well-formed.</summary>
internal static class Sample
{
    /// <summary>An instruction of each row, with immediates that differ from each other; delimiters are left to <see cref="Body"/>.</summary>
    public static Instr Instance(InstrDef def) => def.Immediates.AsSpan() switch
    {
        [] or [Imm.Fence] => new Plain(def.Op),
        [Imm.MemArg] => new Mem(def.Op, new MemArg(3, 2, 0x1_2345_6789)),
        [Imm.MemArg, Imm.LaneIdx] => new MemLane(def.Op, new MemArg(0, 1, 200), 5),
        [Imm.LaneIdx] => new Lane(def.Op, 200),
        [Imm.I32] => new Const(def.Op, 0xFFFF_FF7F),
        [Imm.I64] => new Const(def.Op, 0x8000_0000_0000_0000),
        [Imm.F32] => new Const(def.Op, 0x7FA0_0001),
        [Imm.F64] => new Const(def.Op, 0x7FF0_0000_0000_0001),
        [Imm.V128] => new VConst(def.Op, new V128(0x0706_0504_0302_0100, 0x8F0E_0D0C_0B0A_0908)),
        [Imm.Lanes16] => new VConst(def.Op, new V128(0x0706_0504_0302_0100, 0x1F1E_1D1C_1B1A_1918)),
        [Imm.BlockType] => new Block(def.Op, BlockType.Idx(70)),
        [Imm.BlockType, Imm.CatchVec] => new TryTable(def.Op, BlockType.Of(ValType.I64),
            [new Catch(CatchKind.Catch, 1, 2), new Catch(CatchKind.CatchRef, 200, 0), new Catch(CatchKind.CatchAll, 0, 3), new Catch(CatchKind.CatchAllRef, 0, 4)]),
        [Imm.LabelVec] => new BrTable(def.Op, [1, 300, 0], 2),
        [Imm.ValTypeVec] => new SelectT(def.Op, [ValType.RefNull(HeapType.Idx(300))]),
        [Imm.HeapType] => new RefNull(def.Op, HeapType.Idx(64)),
        [Imm.RefType] => new Cast(def.Op, new RefType(def.Op is Op.RefTestNull or Op.RefCastNull or Op.RefCastDescEqNull, HeapType.Idx(7, exact: true))),
        [Imm.CastOp] => new BrOnCast(def.Op, 3, new RefType(true, HeapType.Any), new RefType(false, HeapType.I31)),
        [Imm.TypeIdx, Imm.OnVec] => new Resume(def.Op, 5, 0, [new OnClause(1, 300), new OnClause(2, null)]),
        [Imm.TypeIdx, Imm.TagIdx, Imm.OnVec] => new Resume(def.Op, 5, 6, [new OnClause(0, 0)]),
        [_] => new Idx(def.Op, 300),
        [_, _] => new Idx2(def.Op, 1, 300),
        _ => throw new InvalidOperationException($"immediates of {def}"),
    };

    /// <summary>The row's instance with what must stand before and after it.</summary>
    public static Expr Body(Op op)
    {
        var instr = Instance(InstrTable.Of(op));
        var end = new Plain(Op.End);
        var structured = new Block(Op.If, BlockType.Empty);
        var legacy = new Block(Op.Try, BlockType.Of(ValType.F32));
        return new Expr(op == Op.End ? [end]
            : op == Op.Else ? [structured, instr, end, end]
            : op is Op.Catch or Op.CatchAll ? [legacy, instr, end, end]
            : op == Op.Delegate ? [legacy, instr, end]
            : instr is Block or TryTable ? [instr, end, end]
            : [instr, end]);
    }

    private static readonly Expr Zero = new([new Const(Op.I32Const, 0), new Plain(Op.End)]);

    private static Expr FuncRef(uint x) => new([new Idx(Op.RefFunc, x), new Plain(Op.End)]);

    private static readonly RefType NonNullFunc = new(false, HeapType.Func);

    private static readonly ImmutableArray<HeapKind> AbstractHeapTypes =
        [.. Enum.GetValues<HeapKind>().Where(k => k != HeapKind.Bot && new HeapType(k).IsAbstract)];

    public static Module Module { get; } = new()
    {
        Types =
        [
            new RecType([new SubType(FuncType.Empty)]),
            new RecType([new SubType(new FuncType([ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128], [ValType.FuncRef]))]),
            new RecType([new SubType(new FuncType([.. AbstractHeapTypes.Select(k => ValType.RefNull(new HeapType(k)))],
                [.. AbstractHeapTypes.Select(k => ValType.RefNonNull(new HeapType(k)))]))]),
            new RecType(
            [
                new SubType(false, [], new StructType([new FieldType(true, StorageType.I8), new FieldType(false, StorageType.I16)]), null, HeapType.Idx(4)),
                new SubType(true, [HeapType.Idx(200)], new ArrayType(new FieldType(true, new StorageType(ValType.RefNonNull(HeapType.Idx(1))))), HeapType.Idx(3), HeapType.Idx(5)),
            ]),
            new RecType([]),
            new RecType([new SubType(true, [], new ContType(HeapType.Idx(0)))]),
            new RecType([new SubType(new StructType([new FieldType(false, new StorageType(ValType.RefNull(HeapType.Idx(70, exact: true))))]))]),
        ],
        Imports =
        [
            new Import("m", "func", new ExternType.Func(HeapType.Idx(0))),
            new Import("m", "exact", new ExternType.Func(HeapType.Idx(1), Exact: true)),
            new Import("", "table", new ExternType.Table(new TableType(AddrType.I64, new Limits(1, ulong.MaxValue), RefType.Extern))),
            new Import("λ", "memory", new ExternType.Mem(new MemType(AddrType.I64, new Limits(1, 2), true, 0))),
            new Import("m", "global", new ExternType.Global(new GlobalType(true, ValType.F64))),
            new Import("m", "tag", new ExternType.Tag(HeapType.Idx(0))),
        ],
        Funcs =
        [
            new Func(0, [], Zero),
            new Func(1, [new Locals(2, ValType.I32), new Locals(1 << 30, ValType.RefNull(HeapType.Idx(0)))], Zero),
            .. InstrTable.Rows.Select(d => new Func(0, [], Body(d.Op))),
        ],
        Tables =
        [
            new Table(new TableType(AddrType.I32, new Limits(0), RefType.Func), null),
            new Table(new TableType(AddrType.I32, new Limits(3, 5), NonNullFunc), FuncRef(1)),
        ],
        Mems = [new Memory(new MemType(AddrType.I32, new Limits(1))), new Memory(new MemType(AddrType.I32, new Limits(0, 65536), true))],
        Tags = [new Tag(0), new Tag(1)],
        Globals = [new Global(new GlobalType(false, ValType.I32), Zero), new Global(new GlobalType(true, NonNullFunc), FuncRef(2))],
        Exports =
        [
            new Export("f", ExternKind.Func, 2), new Export("", ExternKind.Table, 0), new Export("a\0b", ExternKind.Memory, 1),
            new Export("g", ExternKind.Global, 300), new Export("t", ExternKind.Tag, 1),
        ],
        Start = new Start(2),
        Elems =
        [
            new Elem(NonNullFunc, [FuncRef(1), FuncRef(300)], new SegmentMode.Active(0, Zero)),
            new Elem(NonNullFunc, [FuncRef(1)], SegmentMode.Passive.Instance),
            new Elem(NonNullFunc, [], new SegmentMode.Active(1, Zero)),
            new Elem(NonNullFunc, [FuncRef(2)], SegmentMode.Declarative.Instance),
            new Elem(RefType.Func, [FuncRef(2)], new SegmentMode.Active(0, Zero)),
            new Elem(RefType.Func, [new Expr([new RefNull(Op.RefNull, HeapType.Func), new Plain(Op.End)])], SegmentMode.Passive.Instance),
            new Elem(RefType.Extern, [new Expr([new RefNull(Op.RefNull, HeapType.Extern), new Plain(Op.End)])], new SegmentMode.Active(0, Zero)),
            new Elem(RefType.Func, [], new SegmentMode.Active(2, Zero)),
            new Elem(new RefType(true, HeapType.Idx(0)), [FuncRef(2)], SegmentMode.Declarative.Instance),
        ],
        Datas =
        [
            new Data([1, 2, 3], new SegmentMode.Active(0, Zero)),
            new Data([], SegmentMode.Passive.Instance),
            new Data([.. Enumerable.Range(0, 200).Select(i => (byte)i)], new SegmentMode.Active(1, Zero)),
        ],
        Customs =
        [
            new CustomSection("first", [1], SectionId.Custom),
            new CustomSection("first", [2], SectionId.Custom),
            .. SectionOrder.All.Select(id => new CustomSection($"after {id}", [(byte)id], id)),
            new CustomSection("last", [], SectionId.Data),
        ],
    };
}
