using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Where an index of a module stands in, and what becomes of it.</summary>
public enum IndexSpace
{
    Type, Func, Table, Mem, Global, Tag, Elem, Data, Local,
}

/// <summary>Visits or changes every index in a module's syntax but labels, fields and lanes, in one walk that knows all of its places.</summary>
/// <param name="map">Gives the new index for one of a space.</param>
public sealed class IndexRewriter(Func<IndexSpace, uint, uint> map)
{
    private uint At(IndexSpace space, uint x) => map(space, x);

    public Module Rewrite(Module m) => m with
    {
        Types = [.. m.Types.Select(r => new RecType([.. r.SubTypes.Select(Rewrite)]))],
        Imports = [.. m.Imports.Select(i => i with { Type = Rewrite(i.Type) })],
        Funcs = [.. m.Funcs.Select(Rewrite)],
        Tables = [.. m.Tables.Select(t => new Table(Rewrite(t.Type), t.Init is null ? null : Rewrite(t.Init)))],
        Tags = [.. m.Tags.Select(t => new Tag(At(IndexSpace.Type, t.Type)))],
        Globals = [.. m.Globals.Select(g => new Global(new(g.Type.Mutable, Rewrite(g.Type.Val)), Rewrite(g.Init)))],
        Exports = [.. m.Exports.Select(e => e with { Index = At(SpaceOf(e.Kind), e.Index) })],
        Start = m.Start is { } start ? new Start(At(IndexSpace.Func, start.Func)) : null,
        Elems = [.. m.Elems.Select(e => new Elem(Rewrite(e.Type), [.. e.Inits.Select(Rewrite)], Rewrite(e.Mode, IndexSpace.Table)))],
        Datas = [.. m.Datas.Select(d => new Data(d.Init, Rewrite(d.Mode, IndexSpace.Mem)))],
    };

    public static IndexSpace SpaceOf(ExternKind kind) => kind switch
    {
        ExternKind.Func => IndexSpace.Func,
        ExternKind.Table => IndexSpace.Table,
        ExternKind.Memory => IndexSpace.Mem,
        ExternKind.Global => IndexSpace.Global,
        ExternKind.Tag => IndexSpace.Tag,
        _ => throw new System.Diagnostics.UnreachableException($"export kind {(byte)kind}"),
    };

    public Func Rewrite(Func f) => new(At(IndexSpace.Type, f.Type), [.. f.Locals.Select(l => new Locals(l.Count, Rewrite(l.Type)))], Rewrite(f.Body));

    public Expr Rewrite(Expr e) => new([.. e.Instrs.Select(Rewrite)]);

    private SubType Rewrite(SubType s) => new(s.Final, [.. s.Supers.Select(Rewrite)], Rewrite(s.Comp), s.Describes is { } d ? Rewrite(d) : null, s.Descriptor is { } c ? Rewrite(c) : null);

    private CompType Rewrite(CompType comp) => comp switch
    {
        StructType s => new StructType([.. s.Fields.Select(Rewrite)]),
        ArrayType a => new ArrayType(Rewrite(a.Field)),
        FuncType f => new FuncType([.. f.Params.Select(Rewrite)], [.. f.Results.Select(Rewrite)]),
        ContType c => new ContType(Rewrite(c.Func)),
        _ => throw new System.Diagnostics.UnreachableException($"type {comp}"),
    };

    private FieldType Rewrite(FieldType f) => new(f.Mutable, f.Storage with { Val = Rewrite(f.Storage.Val) });

    public ValType Rewrite(ValType t) => t.IsRef ? Rewrite(t.Ref) : t;

    private RefType Rewrite(RefType t) => new(t.Nullable, Rewrite(t.Heap));

    private HeapType Rewrite(HeapType t) => t.Kind == HeapKind.TypeIdx ? t with { Index = At(IndexSpace.Type, t.Index) } : t;

    private TableType Rewrite(TableType t) => t with { Elem = Rewrite(t.Elem) };

    private ExternType Rewrite(ExternType t) => t switch
    {
        ExternType.Func f => f with { Type = Rewrite(f.Type) },
        ExternType.Table f => new ExternType.Table(Rewrite(f.Type)),
        ExternType.Mem => t,
        ExternType.Global g => new ExternType.Global(new(g.Type.Mutable, Rewrite(g.Type.Val))),
        ExternType.Tag g => new ExternType.Tag(Rewrite(g.Type)),
        _ => throw new System.Diagnostics.UnreachableException($"extern type {t.Kind}"),
    };

    private SegmentMode Rewrite(SegmentMode mode, IndexSpace space) => mode is SegmentMode.Active active ? new SegmentMode.Active(At(space, active.Index), Rewrite(active.Offset)) : mode;

    private BlockType Rewrite(BlockType t) => t.IsIdx ? BlockType.Idx(At(IndexSpace.Type, t.TypeIdx)) : t.IsResult ? BlockType.Of(Rewrite(t.Result)) : t;

    public Instr Rewrite(Instr instr) => instr switch
    {
        Idx i when SpaceOf(i.Def.Immediates[0]) is { } space => i with { X = At(space, i.X) },
        Idx2 i => i with
        {
            X = SpaceOf(i.Def.Immediates[0]) is { } first ? At(first, i.X) : i.X,
            Y = SpaceOf(i.Def.Immediates[1]) is { } second ? At(second, i.Y) : i.Y,
        },
        Mem i => i with { Arg = i.Arg with { Mem = At(IndexSpace.Mem, i.Arg.Mem) } },
        MemLane i => i with { Arg = i.Arg with { Mem = At(IndexSpace.Mem, i.Arg.Mem) } },
        Block i => i with { Type = Rewrite(i.Type) },
        TryTable i => i with { Type = Rewrite(i.Type), Catches = [.. i.Catches.Select(c => c.Kind <= CatchKind.CatchRef ? c with { Tag = At(IndexSpace.Tag, c.Tag) } : c)] },
        SelectT i => i with { Types = [.. i.Types.Select(Rewrite)] },
        RefNull i => i with { Heap = Rewrite(i.Heap) },
        Cast i => i with { Type = Rewrite(i.Type) },
        BrOnCast i => i with { From = Rewrite(i.From), To = Rewrite(i.To) },
        Resume i => i with
        {
            Type = At(IndexSpace.Type, i.Type),
            Tag = i.Def.Immediates.Contains(Imm.TagIdx) ? At(IndexSpace.Tag, i.Tag) : i.Tag,
            Handlers = [.. i.Handlers.Select(h => h with { Tag = At(IndexSpace.Tag, h.Tag) })],
        },
        _ => instr,
    };

    private static IndexSpace? SpaceOf(Imm imm) => imm switch
    {
        Imm.FuncIdx => IndexSpace.Func,
        Imm.TypeIdx => IndexSpace.Type,
        Imm.TableIdx => IndexSpace.Table,
        Imm.MemIdx => IndexSpace.Mem,
        Imm.GlobalIdx => IndexSpace.Global,
        Imm.LocalIdx => IndexSpace.Local,
        Imm.TagIdx => IndexSpace.Tag,
        Imm.ElemIdx => IndexSpace.Elem,
        Imm.DataIdx => IndexSpace.Data,
        Imm.BlockType or Imm.CatchVec or Imm.LabelIdx or Imm.LabelVec or Imm.FieldIdx or Imm.U32 or Imm.MemArg or Imm.LaneIdx or Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64
            or Imm.V128 or Imm.Lanes16 or Imm.ValTypeVec or Imm.HeapType or Imm.RefType or Imm.CastOp or Imm.OnVec or Imm.Fence or _ => null,
    };
}
