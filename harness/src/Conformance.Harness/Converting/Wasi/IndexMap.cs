using Wasm.Syntax;

namespace Conformance.Harness.Converting.Wasi;

/// <summary>Where the index spaces of one module lie in those of the module that it becomes part of.</summary>
/// <param name="Types">What is added to its type indices.</param>
/// <param name="Elems">What is added to its element segments.</param>
/// <param name="Datas">What is added to its data segments.</param>
internal sealed record IndexMap(uint Types, uint Elems, uint Datas)
{
    // Imports come first in these; each stands for what it was linked to.

    public List<uint> Funcs { get; } = [];

    public List<uint> Tables { get; } = [];

    public List<uint> Mems { get; } = [];

    public List<uint> Globals { get; } = [];

    public List<uint> Tags { get; } = [];

    /// <summary>The index space of a kind.</summary>
    public List<uint> Of(ExternKind kind) => kind switch
    {
        ExternKind.Func => Funcs,
        ExternKind.Table => Tables,
        ExternKind.Memory => Mems,
        ExternKind.Global => Globals,
        ExternKind.Tag => Tags,
        _ => throw new System.Diagnostics.UnreachableException($"extern kind {(byte)kind}"),
    };

    // Types

    public RecType Of(RecType rec) => rec with { SubTypes = [.. rec.SubTypes.Select(Of)] };

    private SubType Of(SubType sub) => sub with
    {
        Supers = [.. sub.Supers.Select(Of)],
        Comp = Of(sub.Comp),
        Describes = sub.Describes is { } describes ? Of(describes) : null,
        Descriptor = sub.Descriptor is { } descriptor ? Of(descriptor) : null,
    };

    private CompType Of(CompType comp) => comp switch
    {
        StructType s => new StructType([.. s.Fields.Select(Of)]),
        ArrayType a => new ArrayType(Of(a.Field)),
        FuncType f => new FuncType([.. f.Params.Select(Of)], [.. f.Results.Select(Of)]),
        ContType c => new ContType(Of(c.Func)),
        _ => throw new System.Diagnostics.UnreachableException($"composite type {comp.GetType().Name}"),
    };

    private FieldType Of(FieldType field) => field with { Storage = field.Storage with { Val = Of(field.Storage.Val) } };

    public ValType Of(ValType val) => val.IsRef ? Of(val.Ref) : val;

    public RefType Of(RefType reference) => reference with { Heap = Of(reference.Heap) };

    private HeapType Of(HeapType heap) => heap.Kind == HeapKind.TypeIdx ? heap with { Index = heap.Index + Types } : heap;

    private BlockType Of(BlockType block) => block.IsIdx ? BlockType.Idx(block.TypeIdx + Types) : block.IsResult ? BlockType.Of(Of(block.Result)) : block;

    // Instructions

    public Expr Of(Expr expr) => new([.. expr.Instrs.Select(Of)]);

    public Instr Of(Instr instr) => instr switch
    {
        Idx i => i with { X = Index(i.Def.Immediates[0], i.X) },
        Idx2 i => i with { X = Index(i.Def.Immediates[0], i.X), Y = Index(i.Def.Immediates[1], i.Y) },
        Mem i => i with { Arg = Of(i.Arg) },
        MemLane i => i with { Arg = Of(i.Arg) },
        Block i => i with { Type = Of(i.Type) },
        TryTable i => i with { Type = Of(i.Type), Catches = [.. i.Catches.Select(Of)] },
        SelectT i => i with { Types = [.. i.Types.Select(Of)] },
        RefNull i => i with { Heap = Of(i.Heap) },
        Cast i => i with { Type = Of(i.Type) },
        BrOnCast i => i with { From = Of(i.From), To = Of(i.To) },
        Resume i => i with { Type = i.Type + Types, Tag = i.Op == Op.ResumeThrow ? Tags[(int)i.Tag] : i.Tag, Handlers = [.. i.Handlers.Select(h => h with { Tag = Tags[(int)h.Tag] })] },
        _ => instr,
    };

    private MemArg Of(MemArg arg) => arg with { Mem = Mems[(int)arg.Mem] };

    private Catch Of(Catch clause) => clause.Kind is CatchKind.Catch or CatchKind.CatchRef ? clause with { Tag = Tags[(int)clause.Tag] } : clause;

    private uint Index(Imm kind, uint x) => kind switch
    {
        Imm.TypeIdx => x + Types,
        Imm.ElemIdx => x + Elems,
        Imm.DataIdx => x + Datas,
        Imm.FuncIdx => Funcs[(int)x],
        Imm.TableIdx => Tables[(int)x],
        Imm.MemIdx => Mems[(int)x],
        Imm.GlobalIdx => Globals[(int)x],
        Imm.TagIdx => Tags[(int)x],
        Imm.BlockType or Imm.CatchVec or Imm.LabelIdx or Imm.LabelVec or Imm.LocalIdx or Imm.FieldIdx or Imm.U32 or Imm.MemArg or Imm.LaneIdx
            or Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64 or Imm.V128 or Imm.Lanes16 or Imm.ValTypeVec or Imm.HeapType or Imm.RefType or Imm.CastOp
            or Imm.OnVec or Imm.Fence or _ => x,
    };
}
