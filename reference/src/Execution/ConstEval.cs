using System.Diagnostics;
using System.Runtime.InteropServices;
using Wasm.Numerics;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>Evaluates constant expressions (3.3.10) on a stack of values, one instruction after the other.</summary>
internal sealed class ConstEval(Store store, ModuleInst inst)
{
    private readonly List<Val> _stack = [];

    /// <exception cref="Exhaustion">An allocation exceeds a limit.</exception>
    /// <exception cref="Trap">A descriptor is null.</exception>
    public Val Evaluate(Expr expr)
    {
        _stack.Clear();
        foreach (var instr in expr.Instrs)
            Step(instr);
        return _stack[^1];
    }

    private void Step(Instr instr)
    {
        switch (instr)
        {
            case { Op: Op.End }:
                break;
            case Const c:
                _stack.Add(Val.Of(c.Def.Results[0].Type, new V128(c.Bits, 0), null));
                break;
            case VConst c:
                _stack.Add(Val.V128(c.Value));
                break;
            case Idx { Op: Op.GlobalGet, X: var x }:
                _stack.Add(inst.Globals[x].Value);
                break;
            case Idx { Op: Op.RefFunc, X: var x }:
                _stack.Add(Val.RefFunc(inst.Funcs[x]));
                break;
            case RefNull reference:
                _stack.Add(Val.Null(inst.Info.Close(reference.Heap)));
                break;
            case { Op: Op.RefI31 }:
                _stack.Add(Val.RefI31(Pop().AsI32));
                break;
            case { Op: Op.I32Add or Op.I32Sub or Op.I32Mul }:
                uint b = Pop().AsI32, a = Pop().AsI32;
                _stack.Add(Val.I32(instr.Op == Op.I32Add ? I32.Add(a, b) : instr.Op == Op.I32Sub ? I32.Sub(a, b) : I32.Mul(a, b)));
                break;
            case { Op: Op.I64Add or Op.I64Sub or Op.I64Mul }:
                ulong d = Pop().AsI64, c64 = Pop().AsI64;
                _stack.Add(Val.I64(instr.Op == Op.I64Add ? I64.Add(c64, d) : instr.Op == Op.I64Sub ? I64.Sub(c64, d) : I64.Mul(c64, d)));
                break;
            case { Op: Op.AnyConvertExtern }:
                Retype(HeapType.Any);
                break;
            case { Op: Op.ExternConvertAny }:
                Retype(HeapType.Extern);
                break;
            case Idx { Op: Op.StructNew or Op.StructNewDefault or Op.StructNewDesc or Op.StructNewDefaultDesc, X: var x }:
                _stack.Add(Struct(instr.Op, inst.Types[x]));
                break;
            case Idx { Op: Op.ArrayNew or Op.ArrayNewDefault, X: var x }:
                uint n = Pop().AsI32;
                _stack.Add(Array(inst.Types[x], n, instr.Op == Op.ArrayNew ? Pop() : null));
                break;
            case Idx2 { Op: Op.ArrayNewFixed, X: var x, Y: var length }:
                _stack.Add(Fixed(inst.Types[x], (int)length));
                break;
            default:
                throw new UnreachableException($"validated: {instr} is not constant");
        }
    }

    private Val Pop()
    {
        var val = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return val;
    }

    private void Retype(HeapType heap)
    {
        var val = Pop();
        _stack.Add(Val.Reference(new RefType(val.Ref is null, heap), val.Ref));
    }

    private Val Struct(Op op, DefType type)
    {
        StructInst? descriptor = null;
        if (op is Op.StructNewDesc or Op.StructNewDefaultDesc) descriptor = (StructInst?)Pop().Ref ?? throw new Trap(TrapKind.DescNull);
        var layout = StructLayout.Of(type);
        if (!store.Allocate(layout.Bytes)) throw new Exhaustion(ExhaustionKind.Allocation);
        var made = new StructInst(type, layout, descriptor);
        var fields = ((StructType)type.Expand).Fields;
        if (op is Op.StructNew or Op.StructNewDesc)
        {
            for (int i = fields.Length - 1; i >= 0; i--)
            {
                var val = Pop();
                int place = layout.Place[i];
                if (val.Type.IsRef)
                {
                    made.Ref(place) = val.Ref;
                    continue;
                }
                made.Num(place) = val.Bits.Lo & StructLayout.MaskOf(fields[i].Storage);
                if (val.Type.IsVec) made.Num(place + 1) = val.Bits.Hi;
            }
        }
        return Val.Reference(new RefType(false, HeapType.Of(type)), made);
    }

    private unsafe Val Array(DefType type, ulong length, Val? init)
    {
        var array = ArrayInst.New(store, type, length) ?? throw new Exhaustion(ExhaustionKind.Allocation);
        if (init is { } val)
        {
            ulong* cells = stackalloc ulong[] { val.Bits.Lo, val.Bits.Hi };
            array.Fill(0, array.Length, cells, val.Ref);
        }
        return Val.Reference(new RefType(false, HeapType.Of(type)), array);
    }

    private unsafe Val Fixed(DefType type, int length)
    {
        var array = ArrayInst.New(store, type, (ulong)length) ?? throw new Exhaustion(ExhaustionKind.Allocation);
        var vals = CollectionsMarshal.AsSpan(_stack)[^length..];
        ulong* cells = stackalloc ulong[2];
        for (int i = 0; i < length; i++)
        {
            (cells[0], cells[1]) = (vals[i].Bits.Lo, vals[i].Bits.Hi);
            array.Write(i, cells, vals[i].Ref);
        }
        _stack.RemoveRange(_stack.Count - length, length);
        return Val.Reference(new RefType(false, HeapType.Of(type)), array);
    }
}
