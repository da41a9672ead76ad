using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>
/// A load, a store or an atomic access: at both ends of a memory, across its pages and beyond, with addresses that are constants, computed or kept
/// over much else, and with static offsets from 0 to the largest.
/// </summary>
internal sealed class MemorySingle
{
    private const int MostConstants = 12;

    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly uint _width;
    private readonly uint _mem;
    private readonly AddrType _addr;
    private readonly ulong _size;
    private readonly ulong[] _offsets = new ulong[4];
    private readonly uint[] _added = new uint[4];
    private readonly bool _isAtomic;

    private MemorySingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        _width = 1u << row.NaturalAlign;
        _isAtomic = row.Feature == Features.Threads;
        bool apart = (options.Features & Features.MultiMemory) != 0 && d.OneIn(3);
        bool is64 = apart && (options.Features & Features.Memory64) != 0 && d.OneIn(2);
        // Which address type memory 0 has is known only when the rig is made: the column has room for both.
        Span<(ValKind, LaneType, Role)> columns = stackalloc (ValKind, LaneType, Role)[row.Params.Length];
        columns[0] = (ValKind.I64, LaneType.I64, Role.Value);
        for (int i = 1; i < columns.Length; i++)
        {
            var kind = row.Params[i].Type.Kind;
            columns[i] = (kind, kind == ValKind.V128 ? (LaneType)d.Below(6) : Values.LaneOf(kind), Role.Value);
        }
        int forms = 1 + d.Below(4);
        _rig = new Rig(d, options, columns, 1 + d.Below(48), forms);
        bool shared = _isAtomic && d.OneIn(2);
        if (apart)
        {
            _rig.MakeMemory();
            bool tiny = _rig.Has(Features.CustomPageSizes) && d.OneIn(3);
            ulong pages = tiny ? (ulong)(64 + d.Below(200)) : (ulong)(1 + d.Below(2));
            if (tiny && d.OneIn(8)) pages = 0x10000;
            _addr = is64 ? AddrType.I64 : AddrType.I32;
            _mem = _rig.Module.Memory(new MemType(_addr, new Limits(pages, shared ? pages + 1 : null), shared, tiny ? 0u : 16));
            _rig.Module.Export("tested", ExternKind.Memory, _mem);
            _size = tiny ? pages : pages << 16;
        }
        else
        {
            _addr = _rig.Addr;
            if (shared) (_rig.IsShared, _rig.MostPages) = (true, _rig.MemoryBytes / 0x10000 + 1);
            _size = _rig.MemoryBytes;
        }
        Contents();
        for (int i = 0; i < _offsets.Length; i++)
        {
            _offsets[i] = Offset();
            _added[i] = (uint)d.Below(4) switch { 0 => 1, 1 => (uint)d.Below(1 << 16), 2 => (uint)-d.Below(64), _ => 1u << 31 };
        }
        _rig.FillRows();
        Rows();
        for (int i = 0; i < forms; i++) Form();
        _rig.Digest(apart ? "tested" : "mem");
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new MemorySingle(row, d, options)._rig.Finish();

    /// <summary>Bytes that differ, at the beginning and at the end.</summary>
    private void Contents()
    {
        ulong seed = _rig.D.Next() | 1;
        int length = (int)Math.Min(_size / 2, 256);
        foreach (ulong at in (ReadOnlySpan<ulong>)[0, _size - (ulong)length])
        {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++)
            {
                seed = seed * 6364136223846793005 + 1442695040888963407;
                bytes[i] = (byte)(seed >> 56);
            }
            _rig.Module.Data(bytes, _mem, _addr, at);
        }
    }

    private ulong Offset()
    {
        var d = _rig.D;
        ulong offset = d.Below(12) switch
        {
            0 or 1 or 2 => 0,
            3 => (ulong)d.Below(64),
            4 => _width,
            5 => (ulong)d.Below((int)_size),
            6 => _size - _width,
            7 => _size - (ulong)d.Below((int)_width + 1),
            8 => _size + (ulong)d.Below(16),
            9 => d.Of<ulong>([0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFF0, 0xFFFF_0000]),
            10 => 8192,
            _ => _addr == AddrType.I64 ? d.Of<ulong>([0x1_0000_0000, 0x1_0000_0008, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 7, 1UL << 48, 0xFFFF_FFFF_0000_0000])
                : 0xFFFF_FFFF - (ulong)d.Below(16),
        };
        return _addr == AddrType.I64 ? offset : (uint)offset;
    }

    private void Rows()
    {
        var d = _rig.D;
        for (int row = 0; row < _rig.Rows; row++)
        {
            ulong address = d.Below(12) switch
            {
                0 => 0,
                1 => (ulong)d.Below(64),
                2 or 3 => _size - _width,
                4 => _size - (ulong)d.Below(2 * (int)_width),
                5 => _size + (ulong)d.Below(16),
                6 => (ulong)d.Below((int)_size),
                7 => (ulong)d.Below(256) * _width,
                8 => (ulong)(0x10000 - d.Below((int)_width + 1)),
                9 => (ulong)-d.Below(32),
                10 => d.Of<ulong>([0x8000_0000, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0010, 1UL << 63]),
                _ => _rig.Values.I64(),
            };
            if (_isAtomic && !d.OneIn(8)) address &= ~(ulong)(_width - 1);
            // So that the static offset, and what is added to the address, lead there.
            int aimed = d.Below(6);
            if (aimed >= 2)
            {
                address -= _offsets[aimed & 3];
                if (d.OneIn(3)) address -= _added[aimed & 3];
            }
            // The upper half is not part of a 32-bit address; that nobody takes it for one is tested too.
            if (_addr == AddrType.I32) address = (uint)address | 0xDEAD_BEEF_0000_0000;
            _rig.Put(row, 0, address);
            if (_row.Op is Op.MemoryAtomicWait32 or Op.MemoryAtomicWait64) _rig.Put(row, 2, d.Of<ulong>([0, 1, 1000]));
        }
    }

    private void Form()
    {
        var d = _rig.D;
        bool loads = _row.Results.Length == 1;
        int way = d.Below(8), chosen = d.Below(4);
        uint align = _isAtomic || d.Below(3) == 0 ? (uint)_row.NaturalAlign : (uint)d.Below(_row.NaturalAlign + 1);
        var arg = new MemArg(_mem, align, _offsets[chosen]);
        Instr instr = _row.LaneCount > 0 ? new MemLane(_row.Op, arg, (byte)(d.OneIn(3) ? _row.LaneCount - 1 : d.Below(_row.LaneCount))) : new Mem(_row.Op, arg);
        var body = _rig.Begin();
        uint output = _rig.Output();
        if (way == 1)
        {
            int rows = Math.Min(_rig.Rows, MostConstants);
            for (int k = 0; k < rows; k++) body.Block();
            var labels = ImmutableArray.CreateBuilder<uint>(rows - 1);
            for (uint k = 0; k + 1 < rows; k++) labels.Add(k);
            body.Get(0).Add(new BrTable(Op.BrTable, labels.MoveToImmutable(), (uint)rows - 1));
            for (int k = 0; k < rows; k++)
            {
                body.End();
                if (loads) Rig.BeginStore(body);
                body.Addr(_addr, _rig.At(k, 0).Lo);
                for (int i = 1; i < _row.Params.Length; i++)
                {
                    if (d.OneIn(2)) body.Const(_row.Params[i].Type.Kind, _rig.At(k, i));
                    else _rig.Load(body, i);
                }
                Finish(body.Add(instr), loads, output);
                if (k + 1 < rows) body.Op(Op.Return);
            }
            _rig.Sweep(body, rows);
            return;
        }

        uint address = body.Local(_addr == AddrType.I64 ? ValType.I64 : ValType.I32);
        if (way == 2)    // much is kept on the stack meanwhile
        {
            const int kept = 18;
            Address(body, 0, chosen).Set(address);
            for (uint k = 0; k < kept; k++) body.Addr(_rig.Addr, 4 * k).Access(Op.I32Load, 0);
            body.Get(address);
            for (int i = 1; i < _row.Params.Length; i++) _rig.Load(body, i);
            body.Add(instr);
            if (loads)
            {
                var kind = _row.Results[0].Type.Kind;
                uint result = body.Local(Rig.TypeOf(kind));
                body.Set(result);
                Rig.StoreLocal(body, result, kind, output);
            }
            for (int k = 1; k < kept; k++) body.Op(Op.I32Xor);
            body.Op(Op.Drop);
            if (!loads) Rig.Mark(body, 1, output);
            _rig.Sweep(body, _rig.Rows);
            return;
        }
        bool ignore = loads && way == 3, branch = loads && way == 4;
        var branching = branch ? Branching.Begin(body, d, output) : default;
        if (loads && !ignore && !branch) Rig.BeginStore(body);
        Address(body, d.Below(6), chosen);
        if (d.OneIn(3)) body.Tee(address);
        for (int i = 1; i < _row.Params.Length; i++) _rig.Load(body, i);
        body.Add(instr);
        if (branch) branching.End(body, _row.Results[0].Type.Kind, false);
        else if (ignore) Rig.Mark(body.Op(Op.Drop), 1, output);
        else Finish(body, loads, output);
        _rig.Sweep(body, _rig.Rows);
    }

    private void Finish(Body body, bool loads, uint output)
    {
        if (loads) Rig.Store(body, _row.Results[0].Type.Kind, output);
        else Rig.Mark(body, 1, output);
    }

    /// <summary>Pushes the row's address, as it stands there or computed from it.</summary>
    private Body Address(Body body, int way, int chosen)
    {
        _rig.Load(body, 0);
        if (_addr == AddrType.I64)
        {
            return way switch
            {
                1 => body.I64(_added[chosen]).Op(Op.I64Add),
                2 => body.I64(1).Op(Op.I64Shl),
                3 => body.Op(Op.I32WrapI64).Op(Op.I64ExtendI32U),
                4 => body.Op(Op.I32WrapI64).Op(Op.I64ExtendI32S),
                _ => body,
            };
        }
        body.Op(Op.I32WrapI64);
        return way switch
        {
            1 => body.I32(_added[chosen]).Op(Op.I32Add),
            2 => body.I32(1 + chosen).Op(Op.I32Shl),
            3 => body.I32(_added[chosen]).Op(Op.I32Sub).I32(_added[chosen]).Op(Op.I32Add),
            4 => body.I32(~(_width - 1)).Op(Op.I32And),
            _ => body,
        };
    }
}
