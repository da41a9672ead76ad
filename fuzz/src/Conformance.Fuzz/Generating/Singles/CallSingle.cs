using Conformance.Fuzz.Generating.Building;
using Conformance.Harness.Cases;
using Wasm.Syntax;

#pragma warning disable IDE0010, IDE0072 // only the instructions of this test

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>Calls: many parameters and results of mixed types, directly, by table and by reference, ordinary and as tail calls, to the host too.</summary>
internal sealed class CallSingle
{
    private const int MostTailCalls = 25_000;

    private readonly Op _op;
    private readonly Rig _rig;
    private readonly ValKind[] _params;
    private readonly int[] _order;
    private readonly ValType[] _paramTypes, _resultTypes;
    private readonly uint _type;
    private readonly uint[] _callees;
    private readonly uint _back;
    private readonly uint[] _tables = new uint[2];
    private readonly AddrType[] _addrs = new AddrType[2];

    private CallSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        // A reference to a function is made to be called.
        _op = row.Op == Op.RefFunc ? Op.CallRef : row.Op;
        bool multi = (options.Features & Features.MultiValue) != 0;
        bool hasSimd = (options.Features & Features.Simd) != 0;
        _params = new ValKind[1 + d.Below(d.OneIn(4) ? 20 : 7)];
        var columns = new (ValKind, LaneType, Role)[_params.Length + 1];
        columns[0] = (ValKind.I32, LaneType.I32, Role.Value);
        for (int i = 0; i < _params.Length; i++)
        {
            _params[i] = (ValKind)((int)ValKind.I32 + d.Below(hasSimd ? 5 : 4));
            columns[i + 1] = (_params[i], Values.LaneOf(_params[i]), Role.Value);
        }
        _order = new int[multi ? d.Below(9) : d.Below(2)];
        for (int i = 0; i < _order.Length; i++) _order[i] = d.Below(_params.Length);
        int forms = 1 + d.Below(3);
        _rig = new Rig(d, options, columns, 1 + d.Below(32), forms + 2, (uint)(16 + 16 * _order.Length));
        _rig.FillRows();
        var module = _rig.Module;
        uint step = module.FuncType([ValType.I32], [ValType.I32]);
        _back = module.ImportFunc(CaseHost.Name, CaseHost.Back, step);
        _paramTypes = [.. _params.Select(Rig.TypeOf)];
        _resultTypes = [.. _order.Select(i => Rig.TypeOf(_params[i]))];
        // Types that can be called through a supertype, where there are such.
        bool sub = (options.Features & Features.Gc) != 0 && d.OneIn(2);
        uint super = sub ? module.Type(new SubType(false, [], new FuncType([.. _paramTypes], [.. _resultTypes]))) : module.FuncType(_paramTypes, _resultTypes);
        uint below = sub ? module.Type(new SubType(true, [HeapType.Idx(super)], new FuncType([.. _paramTypes], [.. _resultTypes]))) : super;
        _type = sub && d.OneIn(3) ? below : super;
        _callees = [Callee(super, false), Callee(below, true), module.Func(step, new Body(1).Get(0))];
        int tables = _op is Op.CallIndirect or Op.ReturnCallIndirect ? (options.Features & Features.ReferenceTypes) != 0 ? 2 : 1 : 0;
        if (_op is Op.CallRef or Op.ReturnCallRef) foreach (uint f in _callees) module.Refer(f);
        for (int t = 0; t < tables; t++) _tables[t] = Table(t);
        if (tables == 1) (_tables[1], _addrs[1]) = (_tables[0], _addrs[0]);
        for (int i = 0; i < _rig.Rows; i++)
            _rig.Put(i, 0, d.Below(4) switch { 0 => d.Of<ulong>([0xFFFF_FFFF, 0x8000_0000, 8, 7, 0x100]), _ => (ulong)d.Below(9) });
        for (int i = 0; i < forms; i++) Form();
        if (_op is Op.ReturnCall or Op.ReturnCallIndirect or Op.ReturnCallRef) Host();
        if (_op == Op.ReturnCall && d.OneIn(3)) Deep();
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new CallSingle(row, d, options)._rig.Finish();

    /// <summary>Returns some of its parameters in some order; with calls in between when told.</summary>
    private uint Callee(uint type, bool calls)
    {
        var body = new Body(_params.Length);
        if (calls)
        {
            // Parameters change, but only after they were read.
            for (int i = 0; i < _order.Length; i++) body.Get((uint)_order[i]);
            for (uint i = 0; i < _params.Length; i++) body.Const(_params[i], new V128(i, i)).Set(i);
            body.I32(41).Call(_back).Op(Op.Drop);
        }
        else
        {
            for (int i = 0; i < _order.Length; i++) body.Get((uint)_order[i]);
        }
        return _rig.Module.Func(type, body);
    }

    private uint Table(int t)
    {
        var module = _rig.Module;
        var addr = _rig.Has(Features.Memory64) && _rig.D.OneIn(4) ? AddrType.I64 : AddrType.I32;
        _addrs[t] = addr;
        uint table = module.Table(new TableType(addr, new Limits(8), RefType.Func));
        // Null, and functions of the right and of other types, in another order in each table.
        var funcs = new uint[6];
        for (int i = 0; i < funcs.Length; i++) funcs[i] = _callees[(i + t + (i == 3 ? 1 : 0)) % 3];
        module.Elem(new Elem(new RefType(false, HeapType.Func), [.. funcs.Select(f => new Body(0).X(Op.RefFunc, f).ToExpr())],
            new SegmentMode.Active(table, new Body(0).Addr(addr, (ulong)t).ToExpr())));
        return table;
    }

    private void Form()
    {
        var d = _rig.D;
        var body = _rig.Begin();
        uint output = _rig.Output();
        bool tail = _op is Op.ReturnCall or Op.ReturnCallIndirect or Op.ReturnCallRef;
        int t = d.Below(2);
        if (tail)
        {
            // The frame that the call replaces has another size, and parameters of its own.
            bool before = d.OneIn(2);
            ValType[] types = before ? [ValType.I32, .. _paramTypes] : [.. _paramTypes, ValType.I32];
            var caller = new Body(types.Length);
            for (int i = d.Below(4); i > 0; i--) caller.Local(d.OneIn(2) ? ValType.I64 : ValType.F32);
            for (int i = d.Below(3); i > 0; i--) caller.I32(i);
            for (uint i = 0; i < _params.Length; i++) caller.Get(before ? i + 1 : i);
            Target(caller, t, () => caller.Get(before ? 0 : (uint)_params.Length));
            uint f = _rig.Module.Func(_rig.Module.FuncType(types, _resultTypes), caller);
            if (before) _rig.Load(body, 0);
            PushAll(body);
            if (!before) _rig.Load(body, 0);
            body.Call(f);
        }
        else
        {
            PushAll(body);
            Target(body, t, () => _rig.Load(body, 0));
        }
        for (int i = _order.Length - 1; i >= 0; i--)
        {
            uint x = body.Local(_resultTypes[i]);
            body.Set(x);
            Rig.StoreLocal(body, x, _params[_order[i]], output, (uint)(16 + 16 * i));
        }
        Rig.Mark(body, 1, output);
        _rig.Sweep(body, _rig.Rows);
    }

    private void PushAll(Body body)
    {
        for (int i = 0; i < _params.Length; i++)
        {
            if (_rig.D.OneIn(4)) body.Get(_rig.LoadLocal(body, i + 1));
            else _rig.Load(body, i + 1);
        }
    }

    /// <summary>The call itself, of what the selector says.</summary>
    private void Target(Body body, int t, Action select)
    {
        var d = _rig.D;
        switch (_op)
        {
            case Op.CallIndirect or Op.ReturnCallIndirect:
                select();
                if (_addrs[t] == AddrType.I64) body.Op(d.OneIn(2) ? Op.I64ExtendI32S : Op.I64ExtendI32U);
                body.XY(_op, _tables[t], _type);
                break;
            case Op.CallRef or Op.ReturnCallRef:
                var type = ValType.RefNull(HeapType.Idx(_type));
                select();
                body.I32(7).Op(Op.I32And).If(BlockType.Of(type)).X(Op.RefFunc, _callees[1]).Else().Add(new RefNull(Op.RefNull, HeapType.Idx(_type))).End();
                body.X(_op, _type);
                break;
            default:
                body.X(_op, _callees[d.Below(2)]);
                break;
        }
    }

    /// <summary>A tail call to the host, which calls back.</summary>
    private void Host()
    {
        uint step = _rig.Module.FuncType([ValType.I32], [ValType.I32]);
        var body = _rig.Begin();
        uint output = _rig.Output();
        var caller = new Body(1);
        caller.Get(0).I32(1).Op(Op.I32Add);
        if (_op == Op.ReturnCall) caller.X(Op.ReturnCall, _back);
        else if (_op == Op.ReturnCallRef)
        {
            _rig.Module.Refer(_back);
            caller.X(Op.RefFunc, _back).X(Op.ReturnCallRef, step);
        }
        else
        {
            uint table = _rig.Module.Table(new TableType(AddrType.I32, new Limits(1), RefType.Func));
            if (table != 0 && !_rig.Has(Features.ReferenceTypes)) return;
            _rig.Module.Elem(new Elem(new RefType(false, HeapType.Func), [new Body(0).X(Op.RefFunc, _back).ToExpr()], new SegmentMode.Active(table, new Body(0).I32(0).ToExpr())));
            caller.I32(0).XY(Op.ReturnCallIndirect, table, step);
        }
        _rig.Load(Rig.BeginStore(body), 0).Call(_rig.Module.Func(step, caller));
        Rig.Store(body, ValKind.I32, output);
        _rig.Module.Export(CaseHost.Back, ExternKind.Func, _rig.Module.Func(step, new Body(1).Get(0).I32(3).Op(Op.I32Mul)));
        _rig.Sweep(body, _rig.Rows);
    }

    /// <summary>So many tail calls that frames that stay exhaust the stack.</summary>
    private void Deep()
    {
        var module = _rig.Module;
        uint type = module.FuncType([ValType.I32, ValType.I64], [ValType.I64]);
        uint self = module.Declare();
        var loop = new Body(2).Get(0).Op(Op.I32Eqz).If().Get(1).Op(Op.Return).End()
            .Get(0).I32(1).Op(Op.I32Sub).Get(1).I64(3).Op(Op.I64Mul).Get(0).Op(Op.I64ExtendI32U).Op(Op.I64Add).X(Op.ReturnCall, self);
        module.Define(self, type, loop);
        var body = _rig.Begin();
        uint output = _rig.Output();
        Rig.Store(Rig.BeginStore(body).I32(MostTailCalls).I64(1).Call(self), ValKind.I64, output);
        _rig.Sweep(body, 1);
    }
}
