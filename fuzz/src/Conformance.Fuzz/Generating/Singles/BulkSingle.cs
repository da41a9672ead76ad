using Conformance.Fuzz.Generating.Building;
using Conformance.Harness.Cases;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>The size of a memory, its growth, and the bulk instructions on memories and data segments.</summary>
internal sealed class BulkSingle
{
    private const int SegmentLength = 48;

    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly uint _x, _y;
    private readonly AddrType _xAddr, _yAddr;
    private readonly ulong _xSize, _ySize;
    private readonly uint _pageLog2 = 16;
    private readonly uint _back;
    private readonly uint _data;

    private BulkSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        // Destination, source or value, length; 64 bits each, of which a 32-bit memory takes the lower half.
        var column = (ValKind.I64, LaneType.I64, Role.Value);
        _rig = new Rig(d, options, [column, column, column], 1 + d.Below(32), 2, pages: 2);
        _back = row.Op == Op.MemoryGrow ? _rig.Module.ImportFunc(CaseHost.Name, CaseHost.Back, _rig.Module.FuncType([ValType.I32], [ValType.I32])) : 0;
        if (row.Op is Op.MemoryGrow or Op.MemorySize || d.OneIn(2)) _rig.MostPages = _rig.MemoryBytes / 0x10000 + (ulong)d.Below(5);
        (_x, _xAddr, _xSize) = (0, _rig.Addr, _rig.MemoryBytes);
        (_y, _yAddr, _ySize) = (_x, _xAddr, _xSize);
        if (_rig.Has(Features.MultiMemory) && d.OneIn(2))
        {
            _rig.MakeMemory();
            (_x, _xAddr, _xSize, _pageLog2) = Extra("x");
            if (d.OneIn(2)) (_y, _yAddr, _ySize, _) = Extra("y");
            else if (d.OneIn(2)) (_y, _yAddr, _ySize) = (_x, _xAddr, _xSize);
        }
        byte[] segment = new byte[SegmentLength];
        for (int i = 0; i < segment.Length; i++) segment[i] = (byte)(0x80 + i);
        if (row.Op is Op.MemoryInit or Op.DataDrop) _data = _rig.Module.Data(segment);
        foreach (uint mem in _x == _y ? (ReadOnlySpan<uint>)[_x] : [_x, _y])
        {
            byte[] bytes = new byte[64];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i + 1 + 16 * mem);
            var addr = mem == _x ? _xAddr : _yAddr;
            _rig.Module.Data(bytes, mem, addr, 0);
            _rig.Module.Data(bytes, mem, addr, (mem == _x ? _xSize : _ySize) - 64);
        }
        Rows();
        if (row.Op is Op.MemoryGrow or Op.MemorySize) Growth();
        else Copies();
        _rig.Digest("mem");
        if (_x != 0) _rig.Digest("x");
        if (_y != _x && _y != 0) _rig.Digest("y");
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new BulkSingle(row, d, options)._rig.Finish();

    private (uint, AddrType, ulong, uint) Extra(string name)
    {
        var d = _rig.D;
        var addr = _rig.Has(Features.Memory64) && d.OneIn(2) ? AddrType.I64 : AddrType.I32;
        bool tiny = _rig.Has(Features.CustomPageSizes) && d.OneIn(3);
        ulong pages = tiny ? (ulong)(128 + d.Below(300)) : (ulong)(1 + d.Below(2));
        if (tiny && d.OneIn(8)) pages = 0x10000;
        uint mem = _rig.Module.Memory(new MemType(addr, new Limits(pages, pages + (ulong)d.Below(4)), false, tiny ? 0u : 16));
        _rig.Module.Export(name, ExternKind.Memory, mem);
        return (mem, addr, tiny ? pages : pages << 16, tiny ? 0u : 16);
    }

    private void Rows()
    {
        var d = _rig.D;
        ulong source = _row.Op is Op.MemoryInit or Op.DataDrop ? SegmentLength : _ySize;
        for (int row = 0; row < _rig.Rows; row++)
        {
            ulong n = d.Below(10) switch
            {
                0 or 1 => 0,
                2 => 1,
                3 or 4 => (ulong)d.Below(40),
                5 => (ulong)d.Below(300),
                6 => d.Of<ulong>([ulong.MaxValue, 0xFFFF_FFFF, 0x8000_0000, 0x1_0000_0000, 0x1_0000_0001]),
                7 => SegmentLength,
                8 => 16,
                _ => 0x10000,
            };
            ulong to = Near(_xSize, n), from = Near(source, n);
            if (_row.Op == Op.MemoryFill) from = _rig.Values.I32();
            else if (_x == _y && _row.Op == Op.MemoryCopy && d.OneIn(2)) from = to + (ulong)d.Below(9) - 4;
            if (_row.Op == Op.MemoryGrow) to = Delta();
            _rig.Put(row, 0, to);
            _rig.Put(row, 1, from);
            _rig.Put(row, 2, n);
        }
    }

    private ulong Near(ulong size, ulong n) => _rig.D.Below(8) switch
    {
        0 => 0,
        1 or 2 => (ulong)_rig.D.Below(64),
        3 => size - n,
        4 => size - n + 1,
        5 => size + (ulong)_rig.D.Below(2),
        6 => size - (ulong)_rig.D.Below(64),
        _ => _rig.D.Of<ulong>([ulong.MaxValue, 0x8000_0000, 0x1_0000_0000, 0xFFFF_FFFF, 1UL << 63]),
    };

    /// <summary>By how much to grow: what is possible is small, since every memory has a maximum.</summary>
    private ulong Delta() => _rig.D.Below(8) switch
    {
        0 or 1 => 0,
        2 or 3 => 1,
        4 => (ulong)_rig.D.Below(6),
        5 => ulong.MaxValue,
        6 => _rig.D.Of<ulong>([0x10000, 0xFFFF, 0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0x1_0000_0000, 0x1_0000_0001, 1UL << 48, 1UL << 63]),
        _ => ulong.MaxValue - (ulong)_rig.D.Below(4),
    };

    private void Push(Body body, int column, AddrType addr)
    {
        _rig.Load(body, column);
        if (addr == AddrType.I32) body.Op(Op.I32WrapI64);
    }

    private void Copies()
    {
        var d = _rig.D;
        var lengthAddr = _row.Op == Op.MemoryCopy && (_xAddr == AddrType.I32 || _yAddr == AddrType.I32) ? AddrType.I32 : _xAddr;
        int dropAt = d.OneIn(2) ? d.Below(_rig.Rows + 1) : -1;
        for (int form = 0; form < 2; form++)
        {
            var body = _rig.Begin();
            uint output = _rig.Output();
            if (_row.Op is Op.MemoryInit or Op.DataDrop)
            {
                if (dropAt >= 0) body.Get(0).I32(dropAt).Op(Op.I32Eq).If().X(Op.DataDrop, _data).End();
                if (_row.Op == Op.DataDrop && form == 1) body.X(Op.DataDrop, _data);
                Push(body, 0, _xAddr);
                Push(body, 1, AddrType.I32);
                Push(body, 2, AddrType.I32);
                body.XY(Op.MemoryInit, _x, _data);
            }
            else if (_row.Op == Op.MemoryFill)
            {
                Push(body, 0, _xAddr);
                Push(body, 1, AddrType.I32);
                if (form == 1 && d.OneIn(2)) body.Addr(_xAddr, (ulong)d.Below(40));
                else Push(body, 2, _xAddr);
                body.X(Op.MemoryFill, _x);
            }
            else
            {
                Push(body, 0, _xAddr);
                Push(body, 1, _yAddr);
                if (form == 1 && d.OneIn(2)) body.Addr(lengthAddr, (ulong)d.Below(40));
                else Push(body, 2, lengthAddr);
                body.XY(Op.MemoryCopy, _x, _y);
            }
            Rig.Mark(body, 1, output);
            _rig.Sweep(body, _rig.Rows);
        }
    }

    /// <summary>Sizes before and after, and the last byte of the memory after; once directly, once by way of the host.</summary>
    private void Growth()
    {
        var d = _rig.D;
        bool growing = _row.Op == Op.MemoryGrow;
        var val = _xAddr == AddrType.I64 ? ValType.I64 : ValType.I32;
        var kind = val.Kind;
        uint grow = _rig.Module.Func(_rig.Module.FuncType([val], [val]), new Body(1).Get(0).X(Op.MemoryGrow, _x));
        if (growing)
        {
            var back = new Body(1);
            back.Get(0);
            if (_xAddr == AddrType.I64) back.Op(Op.I64ExtendI32U).Call(grow).Op(Op.I32WrapI64);
            else back.Call(grow);
            _rig.Module.Export(CaseHost.Back, ExternKind.Func, _rig.Module.Func(_rig.Module.FuncType([ValType.I32], [ValType.I32]), back));
        }
        for (int form = 0; form < 2; form++)
        {
            var body = _rig.Begin();
            uint output = _rig.Output();
            uint size = body.Local(val);
            // A place of the memory is at hand before it grows.
            Rig.Store(body.Get(1).Addr(_xAddr, 0).Access(Op.I32Load8U, 3, _x), ValKind.I32, output, 12);
            body.Get(1);
            if (!growing) body.X(Op.MemorySize, _x);
            else if (form == 1)
            {
                // Small: the host takes 32 bits.
                Push(body, 0, AddrType.I32);
                body.I32(3).Op(Op.I32And).Call(_back);
                if (_xAddr == AddrType.I64) body.Op(Op.I64ExtendI32S);
            }
            else
            {
                Push(body, 0, _xAddr);
                if (d.OneIn(2)) body.Call(grow);
                else body.X(Op.MemoryGrow, _x);
            }
            Rig.Store(body, kind, output);
            // The last byte can be written, and in every other row the one behind it is tried.
            body.X(Op.MemorySize, _x);
            if (_pageLog2 == 16) body.Addr(_xAddr, 16).Op(_xAddr == AddrType.I64 ? Op.I64Shl : Op.I32Shl);
            body.Set(size);
            if (_xAddr == AddrType.I64) body.Get(size).Get(0).I32(1).Op(Op.I32And).Op(Op.I64ExtendI32U).I64(1).Op(Op.I64Sub).Op(Op.I64Add);
            else body.Get(size).Get(0).I32(1).Op(Op.I32And).I32(1).Op(Op.I32Sub).Op(Op.I32Add);
            body.Get(0).Access(Op.I32Store8, 0, _x);
            Rig.Mark(body, 7, output, 8);
            _rig.Sweep(body, _rig.Rows);
        }
    }
}
