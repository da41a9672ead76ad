using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

#pragma warning disable IDE0010, IDE0072 // only the instructions of this test

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>
/// Structured control and variables: values are carried by branches of all kinds to labels of different heights, around loops that exchange them,
/// and through locals and globals.
/// </summary>
internal sealed class RouteSingle
{
    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly ValKind[] _kinds;
    private readonly ValType[] _types;

    private enum Route
    {
        Table, Chain, Loop, If, Variables, Select,
    }

    private RouteSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        bool multi = (options.Features & Features.MultiValue) != 0;
        _kinds = new ValKind[multi ? 1 + d.Below(7) : 1];
        var columns = new (ValKind, LaneType, Role)[_kinds.Length + 1];
        columns[0] = (ValKind.I32, LaneType.I32, Role.Value);
        for (int i = 0; i < _kinds.Length; i++)
        {
            // The same type again lets exchanged values go unnoticed by validation.
            _kinds[i] = i > 0 && d.OneIn(2) ? _kinds[i - 1] : (ValKind)((int)ValKind.I32 + d.Below((options.Features & Features.Simd) != 0 ? 5 : 4));
            columns[i + 1] = (_kinds[i], Values.LaneOf(_kinds[i]), Role.Value);
        }
        _types = [.. _kinds.Select(Rig.TypeOf)];
        int forms = 1 + d.Below(4);
        _rig = new Rig(d, options, columns, 1 + d.Below(32), forms, (uint)(16 + 16 * _kinds.Length));
        _rig.FillRows();
        for (int i = 0; i < _rig.Rows; i++)
            _rig.Put(i, 0, d.Below(4) switch { 0 => (ulong)d.Below(10), 1 => d.Of<ulong>([0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, 0x100, 0x1_0001]), _ => (ulong)(i % 9) });
        for (int i = 0; i < forms; i++) Form();
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new RouteSingle(row, d, options)._rig.Finish();

    private bool Multi => _rig.Has(Features.MultiValue);

    private BlockType ResultsOnly => _types.Length == 1 ? BlockType.Of(_types[0]) : BlockType.Idx(_rig.Module.FuncType([], _types));

    private void Form()
    {
        var d = _rig.D;
        var route = _row.Op switch
        {
            Op.BrTable => Route.Table,
            Op.BrIf or Op.Br or Op.Block or Op.End or Op.Return => (Route)d.Below(2),
            Op.Loop => Route.Loop,
            Op.If or Op.Else => Route.If,
            Op.LocalGet or Op.LocalSet or Op.LocalTee or Op.GlobalGet or Op.GlobalSet or Op.Drop => Route.Variables,
            Op.Select or Op.SelectT => Route.Select,
            _ => (Route)d.Below(6),
        };
        if (route == Route.Loop && !Multi) route = Route.Variables;
        var body = _rig.Begin();
        uint output = _rig.Output();
        if (_row.Op == Op.Nop) body.Op(Op.Nop);
        else if (_row.Op == Op.AtomicFence) body.Op(Op.AtomicFence);
        switch (route)
        {
            case Route.Table or Route.Chain:
                Branches(body, output, route == Route.Table);
                break;
            case Route.Loop:
                Loop(body, output);
                break;
            case Route.If:
                If(body, output);
                break;
            case Route.Variables:
                Variables(body, output);
                break;
            case Route.Select:
                Select(body, output);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"route {route}");
        }
        _rig.Sweep(body, _rig.Rows);
    }

    private void PushAll(Body body)
    {
        for (int i = 0; i < _kinds.Length; i++) _rig.Load(body, i + 1);
    }

    /// <summary>Writes the values on the stack, the last one on top.</summary>
    private void StoreAll(Body body, uint output)
    {
        for (int i = _kinds.Length - 1; i >= 0; i--)
        {
            uint x = body.Local(_types[i]);
            body.Set(x);
            Rig.StoreLocal(body, x, _kinds[i], output, (uint)(16 + 16 * i));
        }
    }

    /// <summary>Nested blocks with something of their own below what branches bring to their ends.</summary>
    private void Branches(Body body, uint output, bool table)
    {
        var d = _rig.D;
        int blocks = 1 + d.Below(8);
        for (int k = 0; k < blocks; k++)
        {
            body.Block(ResultsOnly);
            for (int junk = d.Below(3); junk > 0; junk--) body.Const(_rig.AnyKind(), new V128(d.Next(), 0));
        }
        PushAll(body);
        if (table)
        {
            var labels = ImmutableArray.CreateBuilder<uint>();
            for (int i = d.Below(12); i > 0; i--) labels.Add((uint)d.Below(blocks));
            uint otherwise = (uint)d.Below(blocks);
            if (_row.Op != Op.BrTable && d.OneIn(3)) labels.Clear();
            _rig.Load(body, 0);
            body.Add(new BrTable(Op.BrTable, labels.ToImmutable(), otherwise));
        }
        else
        {
            for (uint k = 0; k + 1 < blocks; k++)
            {
                _rig.Load(body, 0);
                body.I32(k).Op(d.OneIn(4) ? Op.I32LeS : Op.I32Eq);
                if (d.OneIn(4)) body.Op(Op.I32Eqz);
                body.BrIf(k);
            }
            if (d.OneIn(2)) body.Br((uint)blocks - 1);
            // What follows an unconditional branch has any type.
            if (body.Count > 0 && d.OneIn(4)) body.Br((uint)blocks - 1).Op(Op.Drop);
            body.Br((uint)blocks - 1);
        }
        for (int k = 0; k < blocks; k++)
        {
            body.End();
            StoreAll(body, output);
            Rig.Mark(body, k + 1, output).Op(Op.Return);
        }
    }

    /// <summary>A loop whose parameters change places each time.</summary>
    private void Loop(Body body, uint output)
    {
        var d = _rig.D;
        uint count = body.Local(ValType.I32);
        _rig.Load(body, 0).I32(7).Op(Op.I32And).Set(count);
        Span<uint> locals = stackalloc uint[_kinds.Length];
        for (int i = 0; i < locals.Length; i++) locals[i] = body.Local(_types[i]);
        // Only values of one type can change places.
        int turn = d.Below(_kinds.Length);
        PushAll(body);
        body.Loop(BlockType.Idx(_rig.Module.FuncType(_types, _types)));
        for (int i = locals.Length - 1; i >= 0; i--) body.Set(locals[i]);
        for (int i = 0; i < locals.Length; i++)
        {
            int j = (i + 1 + turn) % locals.Length;
            body.Get(locals[_kinds[j] == _kinds[i] ? j : i]);
        }
        body.Get(count).I32(1).Op(Op.I32Sub).Tee(count).I32(0).Op(Op.I32GtS);
        body.BrIf(0).End();
        StoreAll(body, output);
        Rig.Mark(body, 1, output);
    }

    private void If(Body body, uint output)
    {
        var d = _rig.D;
        bool parameters = Multi && d.OneIn(2);
        uint condition = body.Local(ValType.I32);
        _rig.Load(body, 0).Set(condition);
        if (parameters) PushAll(body);
        body.Get(condition);
        Test(body);
        body.If(parameters ? BlockType.Idx(_rig.Module.FuncType(_types, _types)) : ResultsOnly);
        if (!parameters) PushAll(body);
        Rig.Mark(body, 1, output);
        if (d.OneIn(3)) body.Br(0);
        if (!parameters || d.OneIn(2))
        {
            body.Else();
            Rig.Mark(body, 2, output);
            if (parameters)
                for (int i = 0; i < _kinds.Length; i++) body.Op(Op.Drop);
            for (int i = 0; i < _kinds.Length; i++) _rig.Load(body, 1 + Alike(i));
            if (d.OneIn(3)) body.Br(0);
        }
        body.End();
        StoreAll(body, output);
    }

    private void Test(Body body)
    {
        var d = _rig.D;
        switch (d.Below(5))
        {
            case 0: body.Op(Op.I32Eqz); break;
            case 1: body.I32(d.Below(9)).Op((Op)((int)Op.I32Eq + d.Below(10))); break;
            case 2: body.I32(3).Op(Op.I32And); break;
            case 3: body.Op(Op.I64ExtendI32S).I64((ulong)d.Below(9)).Op((Op)((int)Op.I64Eq + d.Below(10))); break;
            default: break;
        }
    }

    /// <summary>Another column of the same kind, or the same.</summary>
    private int Alike(int i)
    {
        int j = _rig.D.Below(_kinds.Length);
        return _kinds[j] == _kinds[i] ? j : i;
    }

    /// <summary>Values go to locals and globals and come back, and some are read before they are overwritten.</summary>
    private void Variables(Body body, uint output)
    {
        var d = _rig.D;
        Span<uint> locals = stackalloc uint[_kinds.Length];
        Span<uint> globals = stackalloc uint[_kinds.Length];
        for (int i = 0; i < locals.Length; i++)
        {
            locals[i] = _rig.LoadLocal(body, i + 1);
            globals[i] = _rig.Module.Global(_types[i]);
        }
        int steps = 2 + d.Below(8);
        for (int s = 0; s < steps; s++)
        {
            int i = d.Below(locals.Length), j = Alike(i);
            switch (d.Below(6))
            {
                case 0:    // exchanged by way of the stack
                    body.Get(locals[i]).Get(locals[j]).Set(locals[i]).Set(locals[j]);
                    break;
                case 1:
                    body.Get(locals[i]).X(Op.GlobalSet, globals[i]);
                    break;
                case 2:
                    body.X(Op.GlobalGet, globals[i]).Set(locals[j]);
                    break;
                case 3:    // read, overwritten, and only then used
                    body.Get(locals[i]).X(Op.GlobalGet, globals[j]).Tee(locals[i]).Op(Op.Drop).X(Op.GlobalSet, globals[j]);
                    break;
                case 4:
                    body.Get(locals[i]).Get(locals[j]).Tee(locals[i]).X(Op.GlobalSet, globals[j]).Set(locals[j]);
                    break;
                default:
                    body.Get(locals[i]).Block(BlockType.Empty).Get(locals[j]).Set(locals[i]).End().X(Op.GlobalSet, globals[i]);
                    break;
            }
        }
        for (int i = 0; i < locals.Length; i++)
        {
            body.Get(locals[i]);
            Rig.StoreLocal(body, locals[i], _kinds[i], output, (uint)(16 + 16 * i));
            body.Op(Op.Drop);
            if (i > 0) continue;
            Rig.Store(body.Get(1).X(Op.GlobalGet, globals[0]), _kinds[0], output);
        }
    }

    private void Select(Body body, uint output)
    {
        var d = _rig.D;
        for (int i = 0; i < _kinds.Length; i++)
        {
            int j = Alike(i);
            Rig.BeginStore(body);
            Operand(body, i);
            Operand(body, j);
            if (j == i) body.Op(Op.Drop).Const(_kinds[i], new V128(d.Next(), d.Next()));
            if (d.OneIn(3)) body.I32(d.Of([0, 1, -1, int.MinValue]));
            else
            {
                _rig.Load(body, 0);
                Test(body);
            }
            if (_row.Op == Op.SelectT) body.Add(new SelectT(Op.SelectT, [_types[i]]));
            else body.Op(Op.Select);
            Rig.Store(body, _kinds[i], output, (uint)(16 + 16 * i));
        }
        Rig.Mark(body, 1, output);
    }

    private void Operand(Body body, int i)
    {
        if (_rig.D.OneIn(4)) body.Const(_kinds[i], _rig.Values.Of(_kinds[i], Values.LaneOf(_kinds[i])));
        else if (_rig.D.OneIn(2)) body.Get(_rig.LoadLocal(body, i + 1));
        else _rig.Load(body, i + 1);
    }
}
