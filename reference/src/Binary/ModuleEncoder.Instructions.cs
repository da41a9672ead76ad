using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Binary;

// Instructions (5.4).
internal sealed partial class ModuleEncoder
{
    private void Expr(Expr expr)
    {
        foreach (var instr in expr.Instrs) Instr(instr);
    }

    private void Instr(Instr instr)
    {
        ref readonly var row = ref InstrRow.Of(instr.Op);
        Opcode(row.Def);
        switch (row.Shape)
        {
            case InstrShape.Plain or InstrShape.Else or InstrShape.End or InstrShape.CatchAll:
                break;
            case InstrShape.Idx or InstrShape.CheckedIdx or InstrShape.Catch or InstrShape.Delegate:
                _out.U32(((Idx)instr).X);
                break;
            case InstrShape.Idx2:
                var (first, second) = row.Def.Swapped ? (((Idx2)instr).Y, ((Idx2)instr).X) : (((Idx2)instr).X, ((Idx2)instr).Y);
                _out.U32(first);
                _out.U32(second);
                break;
            case InstrShape.Mem:
                MemArg(((Mem)instr).Arg);
                break;
            case InstrShape.MemLane:
                MemArg(((MemLane)instr).Arg);
                _out.Byte(((MemLane)instr).Lane);
                break;
            case InstrShape.Lane:
                _out.Byte(((Lane)instr).Index);
                break;
            case InstrShape.I32:
                _out.Signed((int)((Const)instr).Bits);
                break;
            case InstrShape.I64:
                _out.Signed((long)((Const)instr).Bits);
                break;
            case InstrShape.F32:
                _out.F32((uint)((Const)instr).Bits);
                break;
            case InstrShape.F64:
                _out.F64(((Const)instr).Bits);
                break;
            case InstrShape.V128:
                _out.F64(((VConst)instr).Value.Lo);
                _out.F64(((VConst)instr).Value.Hi);
                break;
            case InstrShape.Block:
                BlockType(((Block)instr).Type);
                break;
            case InstrShape.TryTable:
                BlockType(((TryTable)instr).Type);
                Vec(((TryTable)instr).Catches, Catch);
                break;
            case InstrShape.BrTable:
                Vec(((BrTable)instr).Labels, _out.U32);
                _out.U32(((BrTable)instr).Default);
                break;
            case InstrShape.Select:
                ValTypeVec(((SelectT)instr).Types);
                break;
            case InstrShape.RefNull:
                HeapType(((RefNull)instr).Heap);
                break;
            case InstrShape.Cast:
                HeapType(((Cast)instr).Type.Heap);
                break;
            case InstrShape.BrOnCast:
                BrOnCast((BrOnCast)instr);
                break;
            case InstrShape.Resume:
                Resume((Resume)instr, row.Def);
                break;
            case InstrShape.Fence:
                _out.Byte(0);
                break;
            case InstrShape.None:
            default:
                throw new UnreachableException($"shape of {instr}");
        }
    }

    private void Opcode(InstrDef def)
    {
        byte prefix = def.Prefix;
        if (prefix == 0)
            _out.Byte((byte)def.Code);
        else
        {
            _out.Byte(prefix);
            _out.U32(def.Code);
        }
    }

    private void MemArg(MemArg arg)
    {
        const uint hasIdx = 0x40;
        _out.U32(arg.Mem == 0 ? arg.Align : arg.Align | hasIdx);
        if (arg.Mem != 0) _out.U32(arg.Mem);
        _out.U64(arg.Offset);
    }

    private void BlockType(BlockType type)
    {
        if (type.IsEmpty) _out.Byte(0x40);
        else if (type.IsResult) ValType(type.Result);
        else _out.Signed(type.TypeIdx);
    }

    private void Catch(Catch clause)
    {
        _out.Byte((byte)clause.Kind);
        if (clause.Kind is CatchKind.Catch or CatchKind.CatchRef) _out.U32(clause.Tag);
        _out.U32(clause.Label);
    }

    private void BrOnCast(BrOnCast instr)
    {
        _out.Byte((byte)((instr.From.Nullable ? 1 : 0) | (instr.To.Nullable ? 2 : 0)));
        _out.U32(instr.Label);
        HeapType(instr.From.Heap);
        HeapType(instr.To.Heap);
    }

    private void Resume(Resume instr, InstrDef def)
    {
        _out.U32(instr.Type);
        if (def.Immediates.Length == 3) _out.U32(instr.Tag);
        Vec(instr.Handlers, OnClause);
    }

    private void OnClause(OnClause clause)
    {
        _out.Byte(clause.Label is null ? (byte)1 : (byte)0);
        _out.U32(clause.Tag);
        if (clause.Label is { } label) _out.U32(label);
    }
}
