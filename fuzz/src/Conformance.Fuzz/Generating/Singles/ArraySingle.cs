using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

#pragma warning disable IDE0010 // only the instructions of this test

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>
/// Arrays: two that are kept, into which elements, ranges and segments are written at and beyond their ends, and new ones of all lengths; at the end
/// the two are told, so that a trap that wrote is seen.
/// </summary>
internal sealed class ArraySingle
{
    private const int SegmentBytes = 40;
    private const int SegmentElems = 6;

    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly Slot _slot;
    private readonly uint _x, _y;
    private readonly uint[] _kept;
    private readonly uint _pick;
    private readonly uint _fold, _foldY;
    private readonly uint _data, _elem;
    private readonly int _length;

    // Columns: whether the array is null, and which; value; index, source, length.
    private const int Which = 0, Value = 1, Index = 2, From = 3, Count = 4;

    private ArraySingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        bool data = row.Op is Op.ArrayNewData or Op.ArrayInitData, elems = row.Op is Op.ArrayNewElem or Op.ArrayInitElem;
        var storage = elems ? new StorageType(ValType.RefNull(d.OneIn(2) ? HeapType.I31 : HeapType.Any)) : Slot.Draw(d, options.Features, !data);
        if (row.Op is Op.ArrayGetS or Op.ArrayGetU && !storage.IsPacked) storage = d.OneIn(2) ? StorageType.I8 : StorageType.I16;
        if (row.Op is Op.ArrayGet && storage.IsPacked) storage = new(ValType.I32);
        var i32 = (ValKind.I32, LaneType.I32, Role.Value);
        int forms = 1 + d.Below(3);
        _rig = new Rig(d, options, [i32, Slot.ColumnOf(storage), i32, i32, i32], 1 + d.Below(32), forms + 1, 48);
        var module = _rig.Module;
        _slot = Slot.Of(_rig, storage);
        _x = module.Type(new SubType(new ArrayType(new FieldType(true, storage))));
        // The other array is of the same type, or of one that only copies from.
        bool immutable = row.Op == Op.ArrayCopy && d.OneIn(3);
        _y = immutable ? module.Type(new SubType(new ArrayType(new FieldType(false, storage)))) : _x;
        _length = 1 + d.Below(12);
        _kept = [Keep(_x, _length), Keep(_y, 1 + d.Below(12))];
        _pick = Pick();
        _fold = FoldOf(_x);
        _foldY = _y == _x ? _fold : FoldOf(_y);
        byte[] bytes = new byte[SegmentBytes];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(0x70 + 5 * i);
        if (data) _data = module.Data(bytes);
        if (elems)
        {
            var inits = ImmutableArray.CreateBuilder<Expr>(SegmentElems);
            for (uint i = 0; i < SegmentElems; i++) inits.Add(new Body(0).I32(200 + i).Op(Op.RefI31).ToExpr());
            _elem = module.Elem(new Elem(storage.Unpacked.Ref, inits.MoveToImmutable(), SegmentMode.Passive.Instance));
        }
        Rows(data, elems);
        for (int i = 0; i < forms; i++) Form();
        Dump();
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new ArraySingle(row, d, options)._rig.Finish();

    private uint Keep(uint type, int length)
    {
        var init = new Body(0);
        for (int i = 0; i < length; i++) _slot.PushConst(init, (ulong)(i * 0x0101_0101 + 0x80));
        return _rig.Module.Global(ValType.RefNull(HeapType.Idx(type)), init.XY(Op.ArrayNewFixed, type, (uint)length).ToExpr());
    }

    /// <summary>The kept array, or null in one row of eight.</summary>
    private uint Pick()
    {
        var type = ValType.RefNull(HeapType.Idx(_x));
        var body = new Body(1).Get(0).I32(7).Op(Op.I32And).If(BlockType.Of(type)).X(Op.GlobalGet, _kept[0]).Else().Add(new RefNull(Op.RefNull, HeapType.None)).End();
        return _rig.Module.Func(_rig.Module.FuncType([ValType.I32], [type]), body);
    }

    /// <summary>A function that makes an i64 of an array's length and elements.</summary>
    private uint FoldOf(uint type)
    {
        var body = new Body(1);
        uint i = body.Local(ValType.I32), hash = body.Local(ValType.I64);
        body.Get(0).Op(Op.ArrayLen).Op(Op.I64ExtendI32U).Set(hash);
        body.Block().Loop().Get(i).Get(0).Op(Op.ArrayLen).Op(Op.I32GeU).BrIf(1);
        body.Get(hash).I64(0x9E3779B97F4A7C15).Op(Op.I64Mul).Get(0).Get(i).X(_slot.Storage.IsPacked ? Op.ArrayGetU : Op.ArrayGet, type);
        _slot.Fold(body).Op(Op.I64Xor).Set(hash).Get(i).I32(1).Op(Op.I32Add).Set(i).Br(0).End().End().Get(hash);
        return _rig.Module.Func(_rig.Module.FuncType([ValType.RefNull(HeapType.Idx(type))], [ValType.I64]), body);
    }

    private void Rows(bool data, bool elems)
    {
        var d = _rig.D;
        _rig.FillRows();
        bool makes = _row.Op is Op.ArrayNew or Op.ArrayNewDefault or Op.ArrayNewData or Op.ArrayNewElem;
        ulong source = data ? SegmentBytes : elems ? SegmentElems : (ulong)_length;
        for (int row = 0; row < _rig.Rows; row++)
        {
            ulong n = d.Below(7) switch { 0 or 1 => 0, 2 => 1, 3 or 4 => (ulong)d.Below(5), 5 => (ulong)d.Below(13), _ => makes ? 41 : d.Of<ulong>([0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF]) };
            // An element of the data segment has several bytes, and may begin anywhere.
            ulong bytes = data ? n * (ulong)Math.Max(1, _slot.Storage.Pack switch { PackType.I8 => 1, PackType.I16 => 2, PackType.None or _ => (int)Rig.SizeOf(_slot.Kind) }) : n;
            ulong to = Near((ulong)_length, n), from = Near(source, bytes);
            if (_row.Op == Op.ArrayCopy && d.OneIn(2)) from = to + (ulong)d.Below(5) - 2;
            _rig.Put(row, Which, (ulong)d.Below(8));
            _rig.Put(row, Index, to);
            _rig.Put(row, From, from);
            _rig.Put(row, Count, n);
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
        _ => _rig.D.Of<ulong>([0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF]),
    };

    private void Form()
    {
        var d = _rig.D;
        var body = _rig.Begin();
        uint output = _rig.Output();
        int drop = d.OneIn(2) ? d.Below(_rig.Rows + 1) : -1;
        switch (_row.Op)
        {
            case Op.ArrayNew:
                _slot.Push(_rig, body.Get(1), Value);
                _rig.Load(body, Count);
                New(body.X(Op.ArrayNew, _x), output);
                break;
            case Op.ArrayNewDefault:
                _rig.Load(body.Get(1), Count);
                New(body.X(Op.ArrayNewDefault, _x), output);
                break;
            case Op.ArrayNewFixed:
                int n = d.Below(9);
                body.Get(1);
                for (int i = 0; i < n; i++)
                {
                    if (d.OneIn(2)) _slot.PushConst(body, d.Next());
                    else _slot.Push(_rig, body, Value);
                }
                New(body.XY(Op.ArrayNewFixed, _x, (uint)n), output);
                break;
            case Op.ArrayNewData or Op.ArrayNewElem:
                Dropped(body, drop);
                _rig.Load(body.Get(1), From);
                _rig.Load(body, Count);
                New(body.XY(_row.Op, _x, _row.Op == Op.ArrayNewData ? _data : _elem), output);
                break;
            case Op.ArrayGet or Op.ArrayGetS or Op.ArrayGetU:
                Array(body.Get(1));
                _rig.Load(body, Index);
                Rig.Store(_slot.Tell(body.X(_row.Op, _x)), _slot.Kind, output);
                break;
            case Op.ArrayLen:
                Array(body.Get(1));
                Rig.Store(body.Op(Op.ArrayLen), ValKind.I32, output);
                break;
            case Op.ArraySet:
                Array(body);
                _rig.Load(body, Index);
                _slot.Push(_rig, body, Value).X(Op.ArraySet, _x);
                break;
            case Op.ArrayFill:
                Array(body);
                _rig.Load(body, Index);
                _slot.Push(_rig, body, Value);
                _rig.Load(body, Count).X(Op.ArrayFill, _x);
                break;
            case Op.ArrayCopy:
                Array(body);
                _rig.Load(body, Index);
                bool same = _x == _y && d.OneIn(2);
                if (same) Array(body);
                else body.X(Op.GlobalGet, _kept[1]);
                _rig.Load(body, From);
                _rig.Load(body, Count).XY(Op.ArrayCopy, _x, _y);
                break;
            case Op.ArrayInitData or Op.ArrayInitElem:
                Dropped(body, drop);
                Array(body);
                _rig.Load(body, Index);
                _rig.Load(body, From);
                _rig.Load(body, Count).XY(_row.Op, _x, _row.Op == Op.ArrayInitData ? _data : _elem);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{_row} is not of arrays");
        }
        Rig.Store(Rig.BeginStore(body).X(Op.GlobalGet, _kept[0]).Call(_fold), ValKind.I64, output, 32);
        Rig.Mark(body, 7, output, 40);
        _rig.Sweep(body, _rig.Rows);
    }

    private void Array(Body body) => _rig.Load(body, Which).Call(_pick);

    /// <summary>Tells the array on the stack; the address lies below it.</summary>
    private void New(Body body, uint output) => Rig.Store(body.Call(_fold), ValKind.I64, output, 16);

    private void Dropped(Body body, int at)
    {
        if (at < 0) return;
        body.Get(0).I32(at).Op(Op.I32Eq).If();
        if (_row.Op is Op.ArrayNewData or Op.ArrayInitData) body.X(Op.DataDrop, _data);
        else body.X(Op.ElemDrop, _elem);
        body.End();
    }

    private void Dump()
    {
        var body = _rig.Begin();
        uint output = _rig.Output();
        Rig.Store(Rig.BeginStore(body).X(Op.GlobalGet, _kept[0]).Call(_fold), ValKind.I64, output);
        Rig.Store(Rig.BeginStore(body).X(Op.GlobalGet, _kept[1]).Call(_foldY), ValKind.I64, output, 8);
        _rig.Sweep(body, 1, 0);
    }
}
