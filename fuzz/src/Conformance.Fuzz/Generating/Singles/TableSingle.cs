using Conformance.Fuzz.Generating.Building;
using Conformance.Harness.Cases;
using Wasm.Syntax;

#pragma warning disable IDE0010 // only the instructions of this test

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>The instructions on tables and element segments; at the end the tables' contents are told.</summary>
internal sealed class TableSingle
{
    private const int SegmentLength = 8;

    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly RefType _type;
    private readonly Table _x, _y;
    private readonly uint _segment;
    private readonly uint _make, _tell;

    private readonly record struct Table(uint Index, AddrType Addr, ulong Size);

    private TableSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        // Index, value, source, length.
        var wide = (ValKind.I64, LaneType.I64, Role.Value);
        _rig = new Rig(d, options, [wide, (ValKind.I32, LaneType.I32, Role.Value), wide, wide], 1 + d.Below(32), 2);
        var module = _rig.Module;
        uint emit = module.ImportFunc(CaseHost.Name, CaseHost.Emit32, module.FuncType([ValType.I32], []));
        uint id = module.FuncType([], [ValType.I32]);
        _type = d.Below(4) switch
        {
            2 when _rig.Has(Features.FunctionReferences) => new RefType(true, HeapType.Idx(id)),
            3 when _rig.Has(Features.Gc) => new RefType(true, d.Of([HeapType.I31, HeapType.Eq, HeapType.Any])),
            _ => RefType.Func,
        };
        bool isFunc = _type.Heap.Kind is HeapKind.Func or HeapKind.TypeIdx;
        var inits = new Expr[SegmentLength];
        for (uint i = 0; i < SegmentLength; i++)
        {
            if (!isFunc) inits[i] = new Body(0).I32(100 + i).Op(Op.RefI31).ToExpr();
            else if (i == SegmentLength - 1) inits[i] = new Body(0).Add(new RefNull(Op.RefNull, _type.Heap)).ToExpr();
            else inits[i] = new Body(0).X(Op.RefFunc, module.Func(id, new Body(0).I32(100 + i))).ToExpr();
        }
        // Table 0 has the references that values are made of, and a place to call them from.
        uint source = module.Table(new TableType(AddrType.I32, new Limits(SegmentLength + 1), _type));
        _x = NewTable();
        _y = d.OneIn(2) ? NewTable() : _x;
        module.Elem(new Elem(_type, [.. inits], new SegmentMode.Active(source, new Body(0).I32(0).ToExpr())));
        module.Elem(new Elem(_type, [.. inits[..3]], new SegmentMode.Active(_x.Index, new Body(0).Addr(_x.Addr, 0).ToExpr())));
        if (_y != _x) module.Elem(new Elem(_type, [.. inits[3..6]], new SegmentMode.Active(_y.Index, new Body(0).Addr(_y.Addr, 1).ToExpr())));
        _segment = module.Elem(new Elem(_type, [.. inits], SegmentMode.Passive.Instance));
        _make = module.Func(module.FuncType([ValType.I32], [_type]), new Body(1).Get(0).I32(7).Op(Op.I32And).X(Op.TableGet, source));
        var tell = new Body(1).Get(0).Op(Op.RefIsNull).If(BlockType.Of(ValType.I32)).I32(-1).Else();
        if (isFunc) tell.I32(SegmentLength).Get(0).X(Op.TableSet, source).I32(SegmentLength).XY(Op.CallIndirect, source, id).End();
        else tell.Get(0).Add(new Cast(Op.RefCastNull, new RefType(true, HeapType.I31))).Op(Op.I31GetS).End();
        _tell = module.Func(module.FuncType([_type], [ValType.I32]), tell);

        Rows();
        int dropAt = d.OneIn(2) ? d.Below(_rig.Rows + 1) : -1;
        for (int form = 0; form < 2; form++) Form(dropAt);
        Dump(emit);
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new TableSingle(row, d, options)._rig.Finish();

    private Table NewTable()
    {
        var d = _rig.D;
        var addr = _rig.Has(Features.Memory64) && d.OneIn(3) ? AddrType.I64 : AddrType.I32;
        ulong size = (ulong)(4 + d.Below(8));
        var type = new TableType(addr, new Limits(size, size + (ulong)d.Below(8)), _type);
        bool initialized = _rig.Has(Features.FunctionReferences) && d.OneIn(4);
        return new Table(_rig.Module.Table(type, initialized ? new Body(0).Add(new RefNull(Op.RefNull, _type.Heap)).ToExpr() : null), addr, size);
    }

    private void Rows()
    {
        var d = _rig.D;
        ulong source = _row.Op is Op.TableInit or Op.ElemDrop ? SegmentLength : _y.Size;
        for (int row = 0; row < _rig.Rows; row++)
        {
            ulong n = d.Below(8) switch
            {
                0 or 1 => 0,
                2 => 1,
                3 or 4 => (ulong)d.Below(5),
                5 => _x.Size,
                6 => d.Of<ulong>([ulong.MaxValue, 0xFFFF_FFFF, 0x8000_0000, 0x1_0000_0000, 0x1_0000_0001, 10_000_000]),
                _ => SegmentLength,
            };
            ulong to = Near(_x.Size, n), from = Near(source, n);
            if (_row.Op == Op.TableCopy && _x == _y && d.OneIn(2)) from = to + (ulong)d.Below(5) - 2;
            _rig.Put(row, 0, to);
            _rig.Put(row, 1, (ulong)d.Below(16));
            _rig.Put(row, 2, from);
            _rig.Put(row, 3, n);
        }
    }

    private ulong Near(ulong size, ulong n) => _rig.D.Below(8) switch
    {
        0 => 0,
        1 or 2 => (ulong)_rig.D.Below((int)size),
        3 => size - n,
        4 => size - n + 1,
        5 => size + (ulong)_rig.D.Below(2),
        6 => size - 1,
        _ => _rig.D.Of<ulong>([ulong.MaxValue, 0x8000_0000, 0x1_0000_0000, 0x1_0000_0001, 1UL << 63]),
    };

    private Body Push(Body body, int column, AddrType addr)
    {
        _rig.Load(body, column);
        return addr == AddrType.I32 ? body.Op(Op.I32WrapI64) : body;
    }

    private Body Value(Body body) => _rig.Load(body, 1).Call(_make);

    private void Form(int dropAt)
    {
        var body = _rig.Begin();
        uint output = _rig.Output();
        var index = _x.Addr == AddrType.I64 ? ValKind.I64 : ValKind.I32;
        switch (_row.Op)
        {
            case Op.TableGet:
                Rig.BeginStore(body);
                Rig.Store(Push(body, 0, _x.Addr).X(Op.TableGet, _x.Index).Call(_tell), ValKind.I32, output);
                break;
            case Op.TableSet:
                Push(body, 0, _x.Addr);
                Value(body).X(Op.TableSet, _x.Index);
                break;
            case Op.TableSize:
                Value(body);
                Push(body, 3, _x.Addr).X(Op.TableGrow, _x.Index).Op(Op.Drop);
                Rig.Store(Rig.BeginStore(body).X(Op.TableSize, _x.Index), index, output);
                break;
            case Op.TableGrow:
                Rig.BeginStore(body);
                Value(body);
                Rig.Store(Push(body, 3, _x.Addr).X(Op.TableGrow, _x.Index), index, output);
                break;
            case Op.TableFill:
                Push(body, 0, _x.Addr);
                Value(body);
                Push(body, 3, _x.Addr).X(Op.TableFill, _x.Index);
                break;
            case Op.TableCopy:
                Push(body, 0, _x.Addr);
                Push(body, 2, _y.Addr);
                Push(body, 3, _x.Addr == AddrType.I64 && _y.Addr == AddrType.I64 ? AddrType.I64 : AddrType.I32).XY(Op.TableCopy, _x.Index, _y.Index);
                break;
            case Op.TableInit or Op.ElemDrop:
                if (dropAt >= 0) body.Get(0).I32(dropAt).Op(Op.I32Eq).If().X(Op.ElemDrop, _segment).End();
                if (_row.Op == Op.ElemDrop && _rig.D.OneIn(3)) body.X(Op.ElemDrop, _segment);
                Push(body, 0, _x.Addr);
                Push(body, 2, AddrType.I32);
                Push(body, 3, AddrType.I32).XY(Op.TableInit, _x.Index, _segment);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{_row} is not of tables");
        }
        Rig.Mark(body, 7, output, 12);
        _rig.Sweep(body, _rig.Rows);
    }

    /// <summary>Tells size and elements of both tables.</summary>
    private void Dump(uint emit)
    {
        var body = _rig.Begin();
        foreach (var table in _x == _y ? (ReadOnlySpan<Table>)[_x] : [_x, _y])
        {
            bool is64 = table.Addr == AddrType.I64;
            uint i = body.Local(is64 ? ValType.I64 : ValType.I32);
            body.Block().Loop();
            body.Get(i).X(Op.TableSize, table.Index).Op(is64 ? Op.I64GeU : Op.I32GeU).BrIf(1);
            body.Get(i).X(Op.TableGet, table.Index).Call(_tell).Call(emit);
            body.Get(i).Addr(table.Addr, 1).Op(is64 ? Op.I64Add : Op.I32Add).Set(i).Br(0).End().End();
        }
        _rig.Sweep(body, 1, 0);
    }
}
