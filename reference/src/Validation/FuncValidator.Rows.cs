using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>The instructions whose type is in the instruction table: one rule for all of them.</summary>
internal sealed partial class FuncValidator
{
    private void Row(Instr instr, InstrDef def)
    {
        ValType at = default, t = default;
        switch (instr)
        {
            case Plain or Const:
                break;

            case Mem { Arg: var arg }:
                at = MemArg(arg, def);
                break;

            case MemLane { Arg: var arg, Lane: var lane }:
                at = MemArg(arg, def);
                LaneIdx(lane, def.LaneCount);
                break;

            case Lane { Index: var lane }:
                LaneIdx(lane, def.LaneCount);
                break;

            case VConst { Op: Op.I8x16Shuffle, Value: var lanes }:
                // A lane index above 31 has one of the upper three bits set.
                if (((lanes.Lo | lanes.Hi) & 0xE0E0_E0E0_E0E0_E0E0) != 0) throw Error("invalid lane index");
                break;

            case VConst:
                break;

            case Idx { X: var x }:
                (at, t) = Operand(def.Immediates[0], x);
                break;

            // memory.init
            case Idx2 { X: var x, Y: var y }:
                at = Addr(c.Mem(x, _at).Addr);
                c.Data(y, _at);
                break;

            default:
                throw new System.Diagnostics.UnreachableException($"shape of {instr}");
        }

        if (!def.ParamTypes.IsDefault)
        {
            Pop(def.ParamTypes);
            Push(def.ResultTypes);
        }
        else
        {
            Pop(Resolve(def.Params, at, t));
            Push(Resolve(def.Results, at, t));
        }
    }

    /// <summary>What the variables of a signature stand for, given the memory, table or global that an index names.</summary>
    private (ValType Addr, ValType Elem) Operand(Imm imm, uint x)
    {
        if (imm == Imm.GlobalIdx) return (default, c.Global(x, _at).Val);
        if (imm == Imm.MemIdx) return (Addr(c.Mem(x, _at).Addr), default);
        if (imm == Imm.TableIdx)
        {
            var table = c.Table(x, _at);
            return (Addr(table.Addr), table.Elem);
        }
        if (imm == Imm.DataIdx) c.Data(x, _at);
        else if (imm == Imm.ElemIdx) _ = c.Elem(x, _at);
        else throw new System.Diagnostics.UnreachableException($"immediate {imm}");
        return default;
    }

    private ReadOnlySpan<ValType> Resolve(ImmutableArray<SigType> types, ValType at, ValType t)
    {
        for (int i = 0; i < types.Length; i++)
            _signature[i] = types[i].Var == SigVar.Addr ? at : types[i].Var == SigVar.Elem ? t : types[i].Type;
        return _signature.AsSpan(0, types.Length);
    }

    // Memarg_ok
    private ValType MemArg(MemArg arg, InstrDef def)
    {
        var mem = c.Mem(arg.Mem, _at);
        if (def.Feature == Features.Threads)
        {
            if (arg.Align != def.NaturalAlign) throw Error("atomic alignment must be natural");
        }
        else if (arg.Align > def.NaturalAlign)
        {
            throw Error("alignment must not be larger than natural");
        }
        if (mem.Addr == AddrType.I32 && arg.Offset > uint.MaxValue) throw Error("offset out of range");
        return Addr(mem.Addr);
    }

    private void LaneIdx(byte lane, int count)
    {
        if (lane >= count) throw Error("invalid lane index");
    }

    internal static ValType Addr(AddrType type) => type == AddrType.I64 ? ValType.I64 : ValType.I32;

    /// <summary>The smaller of two address types: what a length that fits both has.</summary>
    private static ValType Addr(AddrType at1, AddrType at2) => at1 == AddrType.I64 ? Addr(at2) : ValType.I32;
}
