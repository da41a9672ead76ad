using System.Numerics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Memories.</summary>
internal sealed partial class BodyGenerator
{
    /// <summary>A load, store or atomic operation.</summary>
    private void Access(RowInfo row)
    {
        int x = d.Below(m.Mems.Count);
        var mem = m.Mems[x];
        // Shared or not, every memory takes atomic operations; only waiting wants a shared one.
        ulong offset = Within(mem, 1u << row.Align, row.IsAtomic);
        for (int i = 1; i < row.Params.Length; i++) Value(row.Params[i]);
        var arg = new MemArg((uint)x, row.IsAtomic ? (uint)row.Align : (uint)d.Below(row.Align + 1), offset);
        Emit(row.Lanes > 0 ? new MemLane(row.Op, arg, (byte)d.Below(row.Lanes)) : new Mem(row.Op, arg));
    }

    private bool Store()
    {
        if (m.Mems.Count == 0) return false;
        var row = d.Of<RowInfo>(RowInfo.Stores);
        if (!m.Swarm.Allows(row)) row = RowInfo.Stores[0];
        Access(row);
        return true;
    }

    /// <summary>
    /// Pushes an address where so many bytes can be accessed, and returns the static offset that goes with it. On a risk the two are anything, or
    /// just too large.
    /// </summary>
    private ulong Within(MemPlan mem, ulong size, bool aligned)
    {
        ulong bytes = mem.Bytes;
        if (bytes < 64 || Risk()) return Anywhere(mem, size);

        ulong align = aligned ? ~(size - 1) : ulong.MaxValue;
        switch (d.Below(6))
        {
            case 0:
                Address(mem.Is64, (ulong)d.Below(32) & align);
                return aligned ? 0 : (ulong)d.Below(16);
            case 1:
                {
                    // The last address, in both parts.
                    ulong offset = (ulong)d.Below(32) & align;
                    Address(mem.Is64, (bytes - size - offset) & align);
                    return offset;
                }
            case 2 when !mem.Is64 && bytes >= 128:
                // An address that is only right when its upper bits are lost.
                I32(d.Below(8) | 0x20000000);
                I32(3);
                Do(Op.I32Shl);
                return (ulong)d.Below(4) * 8 & align;
            default:
                {
                    ulong half = (1UL << BitOperations.Log2(bytes)) / 2;
                    Value(mem.Is64 ? ValType.I64 : ValType.I32);
                    Address(mem.Is64, (half - 1) & align & ~15UL | (aligned ? 0 : (ulong)d.Below(16)));
                    Do(mem.Is64 ? Op.I64And : Op.I32And);
                    return (d.OneIn(4) ? half - size : (ulong)d.Below((int)Math.Min(half - size, 64))) & align;
                }
        }
    }

    private ulong Anywhere(MemPlan mem, ulong size)
    {
        ulong bytes = Math.Max(mem.Bytes, 16);
        switch (d.Below(4))
        {
            case 0:
                Value(mem.Is64 ? ValType.I64 : ValType.I32);
                return 0;
            case 1:
                // By one too far.
                Address(mem.Is64, bytes - size + 1);
                return 0;
            case 2:
                Address(mem.Is64, (ulong)d.Below(8));
                return mem.Is64 ? d.Of<ulong>([0x1_0000_0000, bytes, ulong.MaxValue, ulong.MaxValue - 7, 0x1_0000_0008]) : d.Of<ulong>([uint.MaxValue, bytes, bytes - size, 0x8000_0000]);
            default:
                Address(mem.Is64, mem.Is64 ? ulong.MaxValue - (ulong)d.Below(16) : uint.MaxValue - (ulong)d.Below(16));
                return (ulong)d.Below(32);
        }
    }

    private bool Size(ValKind kind)
    {
        var address = kind == ValKind.I64;
        if (d.OneIn(2))
        {
            int x = Find(m.Mems.Count, i => m.Mems[i].Is64 == address);
            if (x < 0 || kind is not (ValKind.I32 or ValKind.I64)) return false;
            Do(Op.MemorySize, x);
            return true;
        }
        int y = Find(m.Tables.Count, i => !m.Tables[i].Hidden && m.Tables[i].Is64 == address);
        if (y < 0 || kind is not (ValKind.I32 or ValKind.I64) || !m.Has(Features.ReferenceTypes)) return false;
        Emit(new Idx(Op.TableSize, (uint)y));
        return true;
    }

    /// <summary>memory.grow by nothing, a page, too much, or as much as there is.</summary>
    private bool MemoryGrow()
    {
        if (m.Mems.Count == 0) return false;
        int x = d.Below(m.Mems.Count);
        var mem = m.Mems[x];
        // Without a maximum nothing but what must fail, since the memory would grow as it likes.
        ulong by = mem.Type.Limits.Max is null || mem.Type.PageSizeLog2 == 0
            ? d.Of<ulong>([0, ulong.MaxValue, 1UL << 63]) : d.Of<ulong>([0, 1, ulong.MaxValue, 2, 0x10000, 0x1_0000_0000]);
        if (mem.Type.Limits.Max is null && !mem.Is64) by = (uint)by == 0 ? 0 : uint.MaxValue;
        Address(mem.Is64, by);
        Do(Op.MemoryGrow, x);
        Consume(mem.Is64 ? ValType.I64 : ValType.I32);
        return true;
    }

    /// <summary>How far a bulk operation reaches: within n elements, often just, and of no length at the very end; on a risk beyond.</summary>
    private (ulong At, ulong Count) Range(ulong n)
    {
        if (Risk()) return d.Of<(ulong, ulong)>([(n + 1, 0), (n, 1), (0, n + 1), (n - 1, 2), (uint.MaxValue, 1), (1, uint.MaxValue), (uint.MaxValue, 0)]);
        ulong count = Math.Min((ulong)d.Below(24), n);
        return d.Below(4) switch
        {
            0 => (0, count),
            1 => (n - count, count),
            2 => (n, 0),
            _ => (n == count ? 0 : (ulong)d.Below((int)Math.Min(n - count + 1, 64)), count),
        };
    }

    private bool MemoryBulk()
    {
        if (m.Mems.Count == 0 || !m.Has(Features.BulkMemory)) return false;
        int x = d.Below(m.Mems.Count);
        var mem = m.Mems[x];
        switch (d.Below(3))
        {
            case 0:
                {
                    var (at, count) = Range(mem.Bytes);
                    Address(mem.Is64, at);
                    Value(ValType.I32);
                    Address(mem.Is64, count);
                    Do(Op.MemoryFill, x);
                    return true;
                }
            case 1:
                {
                    int y = d.OneIn(2) ? d.Below(m.Mems.Count) : x;
                    var from = m.Mems[y];
                    var (at, count) = Range(Math.Min(mem.Bytes, from.Bytes));
                    Address(mem.Is64, at);
                    Address(from.Is64, x == y && d.OneIn(2) && at > 2 ? at - (ulong)d.Below(3) : at + count < from.Bytes ? at + (ulong)d.Below(2) : at);
                    Address(mem.Is64 && from.Is64, count);
                    Do(Op.MemoryCopy, x, y);
                    return true;
                }
            default:
                {
                    int y = Find(m.Datas.Count, i => !m.Datas[i].Active || Risk());
                    if (y < 0) return false;
                    ulong length = (ulong)m.Datas[y].Length;
                    var (at, count) = Range(length);
                    ulong to = Math.Min((ulong)d.Below(48), mem.Bytes - Math.Min(mem.Bytes, count));
                    Address(mem.Is64, d.OneIn(3) ? mem.Bytes - Math.Min(mem.Bytes, count) : to);
                    I32((int)at);
                    I32((int)count);
                    Do(Op.MemoryInit, x, y);
                    return true;
                }
        }
    }

    /// <summary>Waiting, in one way that ends at once: the value differs, or no time is given. Only on a shared memory.</summary>
    private bool Wait()
    {
        if (!m.Has(Features.Threads)) return false;
        if (d.Below(3) == 0)
        {
            Emit(new Plain(Op.AtomicFence));
            return true;
        }
        int x = Find(m.Mems.Count, i => m.Mems[i].Type.Shared || Risk());
        if (x < 0) return false;
        bool wide = d.OneIn(2);
        ulong offset = Within(m.Mems[x], wide ? 8u : 4u, aligned: true);
        Value(wide ? ValType.I64 : ValType.I32);
        I64(0);
        Emit(new Mem(wide ? Op.MemoryAtomicWait64 : Op.MemoryAtomicWait32, new MemArg((uint)x, wide ? 3u : 2u, offset)));
        Consume(ValType.I32);
        return true;
    }
}
