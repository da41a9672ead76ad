using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>An instruction that only computes, with its operands from everywhere and its results used in all ways.</summary>
internal sealed class NumericSingle
{
    /// <summary>The most operand vectors that stand as constants in one function.</summary>
    private const int MostConstants = 16;

    /// <summary>Where an operand comes from.</summary>
    private enum Source
    {
        Local, Load, Const, Call, Global, Block, AtEnd,
        /// <summary>The same local as the first operand.</summary>
        First,
    }

    private enum Use
    {
        Store, Local, Bits, Branch, Drop, Global, Select,
    }

    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly ValKind[] _params;
    private readonly ValKind[] _results;

    private NumericSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        _results = [.. row.Results.Select(t => t.Type.Kind)];
        // A constant is an operand that nothing is done with.
        _params = row.Params.IsEmpty ? _results : [.. row.Params.Select(t => t.Type.Kind)];
        Span<(ValKind, LaneType, Role)> columns = stackalloc (ValKind, LaneType, Role)[_params.Length];
        if (row.Params.IsEmpty) columns[0] = (_params[0], Values.LaneOf(_params[0]), Role.Value);
        else Operands.Of(row).CopyTo(columns);
        if (_params[0] == ValKind.V128 && (Operands.IsShapeless(row) || row.Params.IsEmpty || d.OneIn(8)))
        {
            var lane = (LaneType)d.Below(6);
            for (int i = 0; i < columns.Length; i++)
                if (columns[i].Item1 == ValKind.V128) columns[i].Item2 = lane;
        }
        int forms = 1 + d.Below(5);
        _rig = new Rig(d, options, columns, 1 + d.Below(64), forms);
        _rig.FillRows();
        for (int i = 0; i < forms; i++) Form();
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) =>
        new NumericSingle(row, d, options)._rig.Finish(row.Feature == Features.RelaxedSimd);

    private void Form()
    {
        var d = _rig.D;
        Span<Source> sources = stackalloc Source[_params.Length];
        bool constants = false;
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i] = (Source)d.Below(8);
            if (sources[i] == Source.First && (i == 0 || _params[i] != _params[0] || sources[0] != Source.Local)) sources[i] = Source.Local;
            if (sources[i] == Source.AtEnd && i != sources.Length - 1) sources[i] = Source.Load;
            if (_row.Params.IsEmpty) sources[i] = Source.Const;
            constants |= sources[i] == Source.Const;
        }
        var instr = _row.Params.IsEmpty ? null : Operands.Instr(_row, d);
        var use = (Use)d.Below(7);
        if (_results.Length > 1 && use is not (Use.Drop or Use.Local)) use = Use.Local;
        // In line, in a function of its own, in a block with parameters.
        int wrap = instr is null || constants ? 0 : d.Below(3);
        if (wrap == 2 && !_rig.Has(Features.MultiValue)) wrap = 0;
        int rows = constants ? Math.Min(_rig.Rows, MostConstants) : _rig.Rows;
        uint output = _rig.Output();

        Span<uint> places = stackalloc uint[_params.Length];
        // Constants of one function each, or of one function with a branch for each: compilers treat them differently.
        Span<uint> apart = stackalloc uint[constants && d.OneIn(2) ? rows : 0];
        for (int k = 0; k < apart.Length; k++)
        {
            var own = _rig.Begin();
            for (int i = 0; i < places.Length; i++) places[i] = Prepare(own, i, sources[i]);
            Evaluate(own, k, sources, places, instr, 0, use, output);
            apart[k] = _rig.Module.Func(_rig.Module.FuncType([ValType.I32], []), own);
        }

        var body = _rig.Begin();
        if (apart.IsEmpty)
            for (int i = 0; i < places.Length; i++) places[i] = Prepare(body, i, sources[i]);
        if (constants)
        {
            for (int k = 0; k < rows; k++) body.Block();
            var labels = ImmutableArray.CreateBuilder<uint>(rows - 1);
            for (uint k = 0; k + 1 < rows; k++) labels.Add(k);
            body.Get(0).Add(new BrTable(Op.BrTable, labels.MoveToImmutable(), (uint)rows - 1));
            for (int k = 0; k < rows; k++)
            {
                body.End();
                if (apart.IsEmpty) Evaluate(body, k, sources, places, instr, 0, use, output);
                else body.Get(0).Call(apart[k]);
                if (k + 1 < rows) body.Op(Op.Return);
            }
        }
        else
        {
            Evaluate(body, -1, sources, places, instr, wrap, use, output);
        }
        _rig.Sweep(body, rows);
        if (use is not (Use.Branch or Use.Drop)) AllowNaNs(sources, rows, output);
    }

    /// <summary>What is done once, before the operand is used; gives the local, global or function that it needs.</summary>
    private uint Prepare(Body body, int i, Source source)
    {
        var type = Rig.TypeOf(_params[i]);
        switch (source)
        {
            case Source.Local:
                return _rig.LoadLocal(body, i);
            case Source.Global:
                uint global = _rig.Module.Global(type);
                _rig.Load(body, i).X(Op.GlobalSet, global);
                return global;
            case Source.Call:
                return _rig.Module.Func(_rig.Module.FuncType([type], [type]), new Body(1).Get(0));
            case Source.AtEnd:
                // The last bytes of the memory hold it: who reads more than it wants traps.
                uint at = _rig.MemoryBytes - Rig.SizeOf(_params[i]);
                body.Addr(_rig.Addr, at);
                _rig.Load(body, i).Access(Rig.StoreOf(_params[i]), 0);
                return at;
            case Source.Load or Source.Const or Source.Block or Source.First:
            default:
                return 0;
        }
    }

    private void Push(Body body, int row, int i, Source source, ReadOnlySpan<uint> places)
    {
        switch (source)
        {
            case Source.Local:
                body.Get(places[i]);
                break;
            case Source.First:
                body.Get(places[0]);
                break;
            case Source.Load:
                _rig.Load(body, i);
                break;
            case Source.Const:
                body.Const(_params[i], _rig.At(row, i));
                break;
            case Source.Call:
                _rig.Load(body, i).Call(places[i]);
                break;
            case Source.Global:
                body.X(Op.GlobalGet, places[i]);
                break;
            case Source.Block:
                _rig.Load(body.Block(BlockType.Of(Rig.TypeOf(_params[i]))), i).End();
                break;
            case Source.AtEnd:
                body.Addr(_rig.Addr, places[i]).Access(Rig.LoadOf(_params[i]), 0);
                break;
            default:
                throw new UnreachableException($"source {source}");
        }
    }

    private void Evaluate(Body body, int row, ReadOnlySpan<Source> sources, ReadOnlySpan<uint> places, Instr? instr, int wrap, Use use, uint output)
    {
        var d = _rig.D;
        var kind = _results[0];
        switch (use)
        {
            case Use.Store:
                Rig.BeginStore(body);
                Operation(body, row, sources, places, instr, wrap);
                Rig.Store(body, kind, output);
                break;
            case Use.Local:
                Operation(body, row, sources, places, instr, wrap);
                Span<uint> locals = stackalloc uint[_results.Length];
                // Back to where an operand is, or to a fresh local.
                bool back = _results.Length == 1 && sources[0] == Source.Local && _params[0] == kind && d.OneIn(2);
                for (int i = _results.Length - 1; i >= 0; i--)
                {
                    locals[i] = back ? places[0] : body.Local(Rig.TypeOf(_results[i]));
                    body.Set(locals[i]);
                }
                uint offset = 0;
                for (int i = 0; i < _results.Length; i++)
                {
                    Rig.StoreLocal(body, locals[i], _results[i], output, offset);
                    offset += Rig.SizeOf(_results[i]);
                }
                break;
            case Use.Bits:
                if (kind == ValKind.V128)
                {
                    Operation(body, row, sources, places, instr, wrap);
                    uint whole = body.Local(ValType.V128);
                    Rig.Store(body.Set(whole).Get(1).Get(whole).Add(new Lane(Op.I64x2ExtractLane, 0)), ValKind.I64, output);
                    Rig.Store(body.Get(1).Get(whole).Add(new Lane(Op.I64x2ExtractLane, 1)), ValKind.I64, output, 8);
                    break;
                }
                Rig.BeginStore(body);
                Operation(body, row, sources, places, instr, wrap);
                if (kind is ValKind.F32) Rig.Store(body.Op(Op.I32ReinterpretF32), ValKind.I32, output);
                else if (kind is ValKind.F64) Rig.Store(body.Op(Op.I64ReinterpretF64), ValKind.I64, output);
                else Rig.Store(body, kind, output);
                break;
            case Use.Branch:
                var branching = Branching.Begin(body, d, output);
                Operation(body, row, sources, places, instr, wrap);
                branching.End(body, kind, NaNRules.MakesNaN(_row));
                break;
            case Use.Drop:
                Operation(body, row, sources, places, instr, wrap);
                for (int i = 0; i < _results.Length; i++) body.Op(Op.Drop);
                Rig.Mark(body, 1, output);
                break;
            case Use.Global:
                uint global = _rig.Module.Global(Rig.TypeOf(kind));
                Operation(body, row, sources, places, instr, wrap);
                Rig.Store(body.X(Op.GlobalSet, global).Get(1).X(Op.GlobalGet, global), kind, output);
                break;
            case Use.Select:
                Rig.BeginStore(body);
                Operation(body, row, sources, places, instr, wrap);
                body.Const(kind, new V128(0x0102_0304_0506_0708, 0x090A_0B0C_0D0E_0F00));
                if (d.OneIn(2)) body.I32(1);
                else body.Get(0).I32(3).Op(Op.I32And);
                if (_rig.Has(Features.ReferenceTypes) && d.OneIn(3)) body.Add(new SelectT(Op.SelectT, [Rig.TypeOf(kind)]));
                else body.Op(Op.Select);
                Rig.Store(body, kind, output);
                break;
            default:
                throw new UnreachableException($"use {use}");
        }
    }

    private void Operation(Body body, int row, ReadOnlySpan<Source> sources, ReadOnlySpan<uint> places, Instr? instr, int wrap)
    {
        if (wrap == 1)
        {
            var inner = new Body(_params.Length);
            for (uint i = 0; i < _params.Length; i++) inner.Get(i);
            uint f = _rig.Module.Func(Signature(), inner.Add(instr!));
            PushAll(body, row, sources, places);
            body.Call(f);
            return;
        }
        PushAll(body, row, sources, places);
        if (instr is null) return;
        if (wrap == 2) body.Block(BlockType.Idx(Signature())).Add(instr).End();
        else body.Add(instr);
    }

    private void PushAll(Body body, int row, ReadOnlySpan<Source> sources, ReadOnlySpan<uint> places)
    {
        for (int i = 0; i < _params.Length; i++) Push(body, row, i, sources[i], places);
    }

    private uint Signature() => _rig.Module.FuncType([.. _params.Select(Rig.TypeOf)], [.. _results.Select(Rig.TypeOf)]);

    private void AllowNaNs(ReadOnlySpan<Source> sources, int rows, uint output)
    {
        if (!NaNRules.MakesNaN(_row)) return;
        Span<V128> operands = stackalloc V128[_params.Length];
        Span<NaNSet> sets = stackalloc NaNSet[4];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < operands.Length; i++) operands[i] = _rig.At(row, sources[i] == Source.First ? 0 : i);
            NaNRules.Allow(_row, operands, sets);
            _rig.Allow(output, row, sets);
        }
    }
}
