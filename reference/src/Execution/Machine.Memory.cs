using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wasm.Numerics;
using Wasm.Syntax;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

#pragma warning disable IDE0010 // only the instructions of this family come here

namespace Wasm.Execution;

// Memory instructions that are not in the loop: growth and bulk instructions, and accesses to other memories than a plain memory 0.
public abstract unsafe partial class Machine
{
    /// <summary>Operands and result are in consecutive cells.</summary>
    private protected bool MemoryInstr(Code* i, ulong* s, ModuleInst inst)
    {
        switch ((Op)i->X)
        {
            // Step/memory.grow-*
            case Op.MemoryGrow:
                {
                    var mem = inst.Mems[i->B];
                    s[0] = Grown(Fails(true, mem.Pages, s[0]) ? -1 : mem.Grow(s[0]), mem.MemType.Addr);
                    return true;
                }

            // Step_read/memory.fill-*
            case Op.MemoryFill:
                if (!inst.Mems[i->B].TryBytes(s[0], s[2], out byte* filled)) return TrapAs(TrapKind.MemOob);
                NativeMemory.Fill(filled, (nuint)s[2], (byte)s[1]);
                return true;

            // Step_read/memory.copy-*
            case Op.MemoryCopy:
                if (!inst.Mems[i->B].TryBytes(s[0], s[2], out byte* to) || !inst.Mems[i->C].TryBytes(s[1], s[2], out byte* from)) return TrapAs(TrapKind.MemOob);
                Buffer.MemoryCopy(from, to, s[2], s[2]);
                return true;

            // Step_read/memory.init-*
            case Op.MemoryInit:
                return InitMemory(inst.Mems[i->B], s[0], inst.Datas[i->C], (uint)s[1], (uint)s[2]) || TrapAs(TrapKind.MemOob);

            // Step/data.drop
            case Op.DataDrop:
                inst.Datas[i->B].Drop();
                return true;

            default:
                throw new UnreachableException($"{(Op)i->X} is no memory instruction");
        }
    }

    /// <summary><c>memory.init</c>; false when out of bounds, and then nothing is written.</summary>
    internal static bool InitMemory(MemInst mem, ulong at, DataInst data, ulong from, ulong n)
    {
        if (!Inside(from, n, (ulong)data.Bytes.Length) || !mem.TryBytes(at, n, out byte* to)) return false;
        data.Bytes.Slice((int)from, (int)n).CopyTo(new Span<byte>(to, (int)n));
        return true;
    }

    /// <summary>A load or store, of numbers or vectors, on any memory.</summary>
    private protected bool AccessMemory(Code* i, ulong* s, ModuleInst inst)
    {
        var op = (Op)i->X;
        ulong offset = i[1].Number, ea = s[i->B] + offset;
        if (ea < offset || !inst.Mems[i->C].TryBytes(ea, 1UL << InstrTable.Of(op).NaturalAlign, out byte* p)) return TrapAs(TrapKind.MemOob);
        ulong* a = s + i->A;
        var v = (Vec*)a;
        int lane = i[1].X;
        switch (op)
        {
            // Step_read/load-num-val, Step_read/load-pack-val
            case Op.I32Load or Op.F32Load or Op.I64Load32U: *a = *(uint*)p; break;
            case Op.I64Load or Op.F64Load: *a = *(ulong*)p; break;
            case Op.I32Load8S: *a = (uint)*(sbyte*)p; break;
            case Op.I32Load8U or Op.I64Load8U: *a = *p; break;
            case Op.I32Load16S: *a = (uint)*(short*)p; break;
            case Op.I32Load16U or Op.I64Load16U: *a = *(ushort*)p; break;
            case Op.I64Load8S: *a = (ulong)*(sbyte*)p; break;
            case Op.I64Load16S: *a = (ulong)*(short*)p; break;
            case Op.I64Load32S: *a = (ulong)*(int*)p; break;

            // Step/store-num-val, Step/store-pack-val
            case Op.I32Store or Op.F32Store or Op.I64Store32: *(uint*)p = (uint)*a; break;
            case Op.I64Store or Op.F64Store: *(ulong*)p = *a; break;
            case Op.I32Store8 or Op.I64Store8: *p = (byte)*a; break;
            case Op.I32Store16 or Op.I64Store16: *(ushort*)p = (ushort)*a; break;

            // Step_read/vload-val, Step/vstore-val
            case Op.V128Load: *v = *(Vec*)p; break;
            case Op.V128Store: *(Vec*)p = *v; break;

            // Step_read/vload-pack-val
            case Op.V128Load8x8S: *v = I16x8.ExtendLowI8x16S(Low(p)); break;
            case Op.V128Load8x8U: *v = I16x8.ExtendLowI8x16U(Low(p)); break;
            case Op.V128Load16x4S: *v = I32x4.ExtendLowI16x8S(Low(p)); break;
            case Op.V128Load16x4U: *v = I32x4.ExtendLowI16x8U(Low(p)); break;
            case Op.V128Load32x2S: *v = I64x2.ExtendLowI32x4S(Low(p)); break;
            case Op.V128Load32x2U: *v = I64x2.ExtendLowI32x4U(Low(p)); break;

            // Step_read/vload-splat-val, Step_read/vload-zero-val
            case Op.V128Load8Splat: *v = I8x16.Splat(*p); break;
            case Op.V128Load16Splat: *v = I16x8.Splat(*(ushort*)p); break;
            case Op.V128Load32Splat: *v = I32x4.Splat(*(uint*)p); break;
            case Op.V128Load64Splat: *v = I64x2.Splat(*(ulong*)p); break;
            case Op.V128Load32Zero: *v = Vector128.CreateScalar(*(uint*)p).AsByte(); break;
            case Op.V128Load64Zero: *v = Low(p); break;

            // Step_read/vload_lane-val: the vector operand is the cell in the Ext's a.
            case Op.V128Load8Lane: *v = I8x16.ReplaceLane(*(Vec*)(s + i[1].A), lane, *p); break;
            case Op.V128Load16Lane: *v = I16x8.ReplaceLane(*(Vec*)(s + i[1].A), lane, *(ushort*)p); break;
            case Op.V128Load32Lane: *v = I32x4.ReplaceLane(*(Vec*)(s + i[1].A), lane, *(uint*)p); break;
            case Op.V128Load64Lane: *v = I64x2.ReplaceLane(*(Vec*)(s + i[1].A), lane, *(ulong*)p); break;

            // Step/vstore_lane-val
            case Op.V128Store8Lane: *p = (byte)I8x16.ExtractLaneU(*v, lane); break;
            case Op.V128Store16Lane: *(ushort*)p = (ushort)I16x8.ExtractLaneU(*v, lane); break;
            case Op.V128Store32Lane: *(uint*)p = I32x4.ExtractLane(*v, lane); break;
            case Op.V128Store64Lane: *(ulong*)p = I64x2.ExtractLane(*v, lane); break;

            default: throw new UnreachableException($"{op} is no load or store");
        }
        return true;
    }

    private static Vec Low(byte* p) => Vector128.CreateScalar(*(ulong*)p).AsByte();
}
