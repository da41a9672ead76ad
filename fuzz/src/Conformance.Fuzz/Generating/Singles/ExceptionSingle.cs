using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>Exceptions thrown with payloads of several types, from here and from callees, caught by clauses in any order, thrown on, or not caught.</summary>
internal sealed class ExceptionSingle
{
    private const int Kinds = 8;

    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly ValType[][] _payloads;
    private readonly uint[] _tags;
    private readonly uint _thrower;

    // Columns: what happens, then an i32 and an i64 that go into payloads.
    private const int What = 0, Small = 1, Large = 2;

    private ExceptionSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        int forms = 1 + d.Below(3);
        _rig = new Rig(d, options, [(ValKind.I32, LaneType.I32, Role.Value), (ValKind.I32, LaneType.I32, Role.Value), (ValKind.I64, LaneType.I64, Role.Value)],
            Kinds + d.Below(24), forms, 48);
        _rig.FillRows();
        for (int i = 0; i < _rig.Rows; i++) _rig.Put(i, What, (ulong)(i < Kinds ? i : d.Below(Kinds)));
        bool multi = _rig.Has(Features.MultiValue);
        // What leaves uncaught has to cross to the host: integers only. Two tags of one type are still two.
        _payloads = [[ValType.I32], multi ? [ValType.I64, ValType.I32] : [ValType.I64], [], [ValType.I32]];
        _tags = [.. _payloads.Select(p => _rig.Module.Tag(_rig.Module.FuncType(p, [])))];
        for (int i = 0; i < _tags.Length; i++) _rig.Module.Export($"tag{i}", ExternKind.Tag, _tags[i]);
        _thrower = Thrower();
        for (int i = 0; i < forms; i++) Form();
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new ExceptionSingle(row, d, options)._rig.Finish();

    private uint ThrowerType => _rig.Module.FuncType([ValType.I32, ValType.I32, ValType.I64], [ValType.I32]);

    /// <summary>A function of kind, i32 and i64 that throws as the kind says, traps, or returns.</summary>
    private uint Thrower()
    {
        var d = _rig.D;
        var body = new Body(3);
        for (int k = 0; k < Kinds; k++) body.Block();
        body.Get(0).Add(new BrTable(Op.BrTable, [.. Enumerable.Range(0, Kinds - 1).Select(k => (uint)k)], Kinds - 1));
        for (int k = 0; k < Kinds; k++)
        {
            body.End();
            switch (k)
            {
                case 1 or 2 or 3 or 4:
                    int tag = k - 1;
                    // Something lies below the payload.
                    for (int junk = d.Below(3); junk > 0; junk--) body.I64((ulong)junk);
                    Payload(body, tag);
                    body.X(Op.Throw, _tags[tag]);
                    break;
                case 5:
                    if (d.OneIn(2)) body.Op(Op.Unreachable);
                    else body.I32(1).I32(0).Op(Op.I32DivU).Op(Op.Return);
                    break;
                case 6:    // caught at home
                    body.Block();
                    body.Add(new TryTable(Op.TryTable, BlockType.Empty, [new Catch(CatchKind.CatchAll, 0, 0)]));
                    Payload(body, 0);
                    body.X(Op.Throw, _tags[0]).End().End().I32(66).Op(Op.Return);
                    break;
                case 7:    // thrown through a frame
                    body.I32(1).Get(1).Get(2).Call(ThrowerIndex).Op(Op.Return);
                    break;
                default:
                    body.I32(60).Op(Op.Return);
                    break;
            }
        }
        uint f = _rig.Module.Func(ThrowerType, body.Op(Op.Unreachable));
        if (f != ThrowerIndex) throw new System.Diagnostics.UnreachableException("the thrower is the first function");
        return f;
    }

    private const uint ThrowerIndex = 0;

    private void Payload(Body body, int tag)
    {
        foreach (var t in _payloads[tag]) body.Get(t.Kind == ValKind.I32 ? 1u : 2u);
    }

    private void Form()
    {
        var d = _rig.D;
        var body = _rig.Begin();
        uint output = _rig.Output();
        int count = d.Below(5);
        if (_row.Op is Op.TryTable or Op.ThrowRef) count = Math.Max(count, 1);
        var clauses = new Catch[count];
        for (uint i = 0; i < count; i++)
        {
            var kind = (CatchKind)d.Below(4);
            if (_row.Op == Op.ThrowRef && i == 0) kind = d.OneIn(2) ? CatchKind.CatchAllRef : CatchKind.CatchRef;
            clauses[i] = new Catch(kind, kind is CatchKind.Catch or CatchKind.CatchRef ? _tags[d.Below(_tags.Length)] : 0, i);
        }
        // A block for each clause, the first one innermost.
        for (int i = count - 1; i >= 0; i--)
        {
            body.Block(TypeOf(clauses[i]));
            if (d.OneIn(2)) body.I64(7);
        }
        bool leaves = d.OneIn(6), tails = _rig.Has(Features.TailCalls) && d.OneIn(4);
        body.I32(1000);
        body.Add(new TryTable(Op.TryTable, leaves ? BlockType.Empty : BlockType.Of(ValType.I32), [.. clauses]));
        if (leaves)
        {
            // Out of the block before it throws: its clauses are no longer asked.
            body.Br(0).End();
            Call(body, false);
        }
        else
        {
            bool junk = d.OneIn(3);
            if (junk) body.I64(9);
            bool nested = d.OneIn(4);
            if (nested) body.Block(BlockType.Of(ValType.I32));
            Call(body, tails);
            if (nested) body.End();
            if (junk || d.OneIn(3)) body.Br(0);
            body.End();
        }
        uint sum = body.Local(ValType.I32);
        body.Op(Op.I32Add).Set(sum);
        Rig.StoreLocal(body, sum, ValKind.I32, output, 4);
        Rig.Mark(body, 100, output).Op(Op.Return);
        for (int i = 0; i < count; i++)
        {
            body.End();
            Caught(body, clauses[i], output, i + 1);
            body.Op(Op.Return);
        }
        body.Op(Op.Unreachable);
        _rig.Sweep(body, _rig.Rows);
    }

    private void Call(Body body, bool tails)
    {
        var d = _rig.D;
        uint f = _thrower;
        if (tails)
        {
            // The frame with a handler is gone when the callee throws.
            var caller = new Body(3).Block().Add(new TryTable(Op.TryTable, BlockType.Empty, [new Catch(CatchKind.CatchAll, 0, 0)]))
                .Get(0).Get(1).Get(2).X(Op.ReturnCall, _thrower).End().End().I32(77);
            f = _rig.Module.Func(ThrowerType, caller);
        }
        else if (_row.Op == Op.Throw && d.OneIn(3))
        {
            // From this very function.
            uint small = _rig.LoadLocal(body, Small), large = _rig.LoadLocal(body, Large);
            int tag = d.Below(_tags.Length);
            _rig.Load(body, What).I32(1).Op(Op.I32Eq).If();
            foreach (var t in _payloads[tag]) body.Get(t.Kind == ValKind.I32 ? small : large);
            body.X(Op.Throw, _tags[tag]).End();
        }
        for (int column = What; column <= Large; column++) _rig.Load(body, column);
        body.Call(f);
    }

    private BlockType TypeOf(Catch clause)
    {
        ValType[] types = [.. clause.Kind is CatchKind.Catch or CatchKind.CatchRef ? _payloads[clause.Tag] : [],
            .. clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef ? (ReadOnlySpan<ValType>)[ValType.RefNull(HeapType.Exn)] : []];
        return types.Length switch
        {
            0 => BlockType.Empty,
            1 => BlockType.Of(types[0]),
            _ => BlockType.Idx(_rig.Module.FuncType([], types)),
        };
    }

    /// <summary>Writes which clause it was and the payload; a reference is thrown again, around it another handler or none.</summary>
    private void Caught(Body body, Catch clause, uint output, int mark)
    {
        var d = _rig.D;
        uint exn = uint.MaxValue;
        if (clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef)
        {
            exn = body.Local(ValType.RefNull(HeapType.Exn));
            body.Set(exn);
        }
        if (clause.Kind is CatchKind.Catch or CatchKind.CatchRef) Payload(body, (int)clause.Tag, output, 8);
        Rig.Mark(body, mark, output);
        if (exn == uint.MaxValue) return;
        int again = _row.Op == Op.ThrowRef ? 1 + d.Below(4) : d.Below(4);
        if (again == 0) return;
        if (again == 1)
        {
            body.Get(exn).Op(Op.ThrowRef);
            return;
        }
        if (again == 2 && d.OneIn(4))
        {
            body.Add(new RefNull(Op.RefNull, HeapType.Exn)).Op(Op.ThrowRef);
            return;
        }
        int tag = d.Below(2);
        var second = new Catch(CatchKind.Catch, _tags[tag], 0);
        body.Block(TypeOf(second)).Add(new TryTable(Op.TryTable, BlockType.Empty, [second])).Get(exn).Op(Op.ThrowRef).End().Op(Op.Unreachable).End();
        Payload(body, tag, output, 24);
        Rig.Mark(body, 50, output, 40);
    }

    private void Payload(Body body, int tag, uint output, uint offset)
    {
        var types = _payloads[tag];
        for (int i = types.Length - 1; i >= 0; i--)
        {
            uint x = body.Local(types[i]);
            body.Set(x);
            Rig.StoreLocal(body, x, types[i].Kind, output, offset + 8 * (uint)i);
        }
    }
}
