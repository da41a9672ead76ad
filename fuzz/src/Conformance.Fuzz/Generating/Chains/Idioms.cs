using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Chains;

// Shapes of expressions that compilers know by heart.
internal sealed partial class Expressions
{
    private Open? Idiom(ValKind kind, int ops) => kind switch
    {
        ValKind.I32 or ValKind.I64 => Integer(kind, ops),
        ValKind.F32 or ValKind.F64 => Float(kind, ops),
        ValKind.V128 => Vector(ops),
        ValKind.Bot or ValKind.Ref or _ => null,
    };

    /// <summary>The instruction for i32, or its like for i64 (which stands at the same distance).</summary>
    private static Op For(ValKind kind, Op i32) =>
        kind == ValKind.I32 ? i32 : i32 <= Op.I32GeU ? Nth(Op.I64Eqz, i32 - Op.I32Eqz) : Nth(Op.I64Clz, i32 - Op.I32Clz);

    /// <summary>The instruction for f32, or its like for f64.</summary>
    private static Op ForFloat(ValKind kind, Op f32) =>
        kind == ValKind.F32 ? f32 : f32 <= Op.F32Ge ? Nth(Op.F64Eq, f32 - Op.F32Eq) : Nth(Op.F64Abs, f32 - Op.F32Abs);

    private static Op Nth(Op first, int n) => (Op)((int)first + n);

    private Body Number(ValKind kind, ulong n) => _body.Const(kind, new V128(n, 0));

    // Conditions

    /// <summary>Pushes an i32 that is used as a condition.</summary>
    private void Condition(int ops)
    {
        var kind = (ValKind)((int)ValKind.I32 + d.Below(4));
        switch (d.Below(6))
        {
            case 0:
                Closed(ValKind.I32, ops);
                break;
            case 1:    // a constant decides
                _body.I32(d.Of<int>([0, 1, -1, int.MinValue, 0x100]));
                break;
            case 2:
                Closed(ValKind.I32, ops);
                Closed(ValKind.I32, 0);
                _body.Op(Op.I32And);
                break;
            default:
                Compare(kind, ops);
                break;
        }
        for (int n = d.Below(3); n > 0; n--) _body.Op(Op.I32Eqz);
    }

    /// <summary>Pushes a comparison; either side may be a constant.</summary>
    private void Compare(ValKind kind, int ops)
    {
        bool isFloat = kind is ValKind.F32 or ValKind.F64;
        bool constantFirst = d.OneIn(4), constantLast = d.OneIn(3);
        if (constantFirst) Constant(kind, _rig.Values.Of(kind, Values.LaneOf(kind)));
        else Value(kind, ops);
        if (constantLast) Constant(kind, _rig.Values.Of(kind, Values.LaneOf(kind)));
        else Value(kind, 0);
        // What is open in a float makes no difference to a comparison.
        _body.Op(isFloat ? ForFloat(kind, Nth(Op.F32Eq, d.Below(6))) : For(kind, Nth(Op.I32Eq, d.Below(10))));
    }

    /// <summary>One of two values, chosen in one of the ways.</summary>
    private Open Choice(ValKind kind, int ops)
    {
        bool typed = _rig.Has(Features.ReferenceTypes);
        var block = BlockType.Of(Rig.TypeOf(kind));
        switch (d.Below(4))
        {
            case 0:
                Closed(kind, ops - 1);
                Closed(kind, 0);
                Condition(1);
                if (typed && d.OneIn(3)) _body.Add(new SelectT(Op.SelectT, [Rig.TypeOf(kind)]));
                else _body.Op(Op.Select);
                return Open.None;
            case 1:
                Condition(1);
                _body.If(block);
                Closed(kind, ops - 1);
                _body.Else();
                Closed(kind, 0);
                _body.End();
                return Open.None;
            case 2:
                _body.Block(block);
                Closed(kind, ops - 1);
                Condition(1);
                _body.BrIf(0).Op(Op.Drop);
                Closed(kind, 0);
                _body.End();
                return Open.None;
            default:    // the least or greatest, as it is written by hand
                if (kind == ValKind.V128) goto case 0;
                uint a = Kept(kind, ops - 1), b = Kept(kind, 0);
                bool isFloat = kind is ValKind.F32 or ValKind.F64;
                _body.Get(a).Get(b).Get(d.OneIn(2) ? a : b).Get(d.OneIn(2) ? b : a);
                _body.Op(isFloat ? ForFloat(kind, Nth(Op.F32Eq, d.Below(6))) : For(kind, Nth(Op.I32Eq, d.Below(10)))).Op(Op.Select);
                return Open.None;
        }
    }

    /// <summary>A determined value in a local of its own.</summary>
    private uint Kept(ValKind kind, int ops)
    {
        Closed(kind, ops);
        uint x = _body.Local(Rig.TypeOf(kind));
        _body.Set(x);
        return x;
    }

    /// <summary>A local that is read, and overwritten before what was read is used.</summary>
    private Open Overwritten(ValKind kind, Op op)
    {
        uint x = Kept(kind, 0);
        _body.Get(x);
        Closed(kind, 0);
        if (d.OneIn(2)) _body.Tee(x);
        else _body.Set(x).Get(x);
        _body.Op(op);
        if (d.OneIn(2)) _body.Get(x).Op(op);
        return Open.None;
    }

    // Integers

    private Open? Integer(ValKind kind, int ops)
    {
        uint width = kind == ValKind.I32 ? 32u : 64;
        switch (d.Below(16))
        {
            case 0:    // a rotation or funnel shift, by a constant or a variable
                {
                    uint x = Kept(kind, ops - 2), y = d.OneIn(3) ? Kept(kind, 0) : x;
                    bool left = d.OneIn(2);
                    var (first, second) = left ? (Op.I32Shl, Op.I32ShrU) : (Op.I32ShrU, Op.I32Shl);
                    if (d.OneIn(2))
                    {
                        ulong n = d.Below(3) switch { 0 => 0, 1 => width, _ => (ulong)d.Below((int)width) };
                        _body.Get(x);
                        Number(kind, n).Op(For(kind, first)).Get(y);
                        Number(kind, width - n).Op(For(kind, second));
                    }
                    else
                    {
                        uint n = Kept(kind, 0);
                        _body.Get(x).Get(n).Op(For(kind, first)).Get(y);
                        Number(kind, d.OneIn(2) ? width : 0).Get(n).Op(For(kind, Op.I32Sub)).Op(For(kind, second));
                    }
                    _body.Op(For(kind, d.Of<Op>([Op.I32Or, Op.I32Or, Op.I32Xor, Op.I32Add])));
                    return Open.None;
                }
            case 1:    // bits cut out
                Closed(kind, ops - 2);
                Number(kind, (ulong)d.Below((int)width + 2)).Op(For(kind, d.Of<Op>([Op.I32ShrU, Op.I32ShrS, Op.I32Shl])));
                Number(kind, d.Below(3) switch { 0 => (1UL << d.Below((int)width)) - 1, 1 => 0xFF, _ => _rig.Values.Lane(Values.LaneOf(kind)) });
                _body.Op(For(kind, d.Of<Op>([Op.I32And, Op.I32Or])));
                return Open.None;
            case 2:    // sign extended by two shifts
                {
                    ulong n = (ulong)d.Below((int)width + 1);
                    Closed(kind, ops - 2);
                    Number(kind, n).Op(For(kind, Op.I32Shl));
                    Number(kind, d.OneIn(4) ? n + 1 : n).Op(For(kind, d.OneIn(2) ? Op.I32ShrS : Op.I32ShrU));
                    return Open.None;
                }
            case 3:    // constants added and subtracted, on either side
                {
                    var values = _rig.Values;
                    var lane = Values.LaneOf(kind);
                    if (d.OneIn(3))
                    {
                        Constant(kind, values.Of(kind, lane));
                        Closed(kind, ops - 2);
                        _body.Op(For(kind, d.OneIn(2) ? Op.I32Sub : Op.I32Add));
                    }
                    else
                    {
                        Closed(kind, ops - 2);
                        Constant(kind, values.Of(kind, lane));
                        _body.Op(For(kind, d.OneIn(2) ? Op.I32Sub : Op.I32Add));
                    }
                    Constant(kind, values.Of(kind, lane));
                    _body.Op(For(kind, d.Of<Op>([Op.I32Sub, Op.I32Add, Op.I32Mul, Op.I32Xor])));
                    return Open.None;
                }
            case 4:    // divided by a constant, and multiplied again
                {
                    ulong n = d.Below(3) switch { 0 => 1UL << d.Below((int)width), 1 => (ulong)(1 + d.Below(20)), _ => _rig.Values.Lane(Values.LaneOf(kind)) };
                    Closed(kind, ops - 1);
                    Number(kind, n).Op(For(kind, Nth(Op.I32DivS, d.Below(4))));
                    if (d.OneIn(2)) Number(kind, n).Op(For(kind, Op.I32Mul));
                    return Open.None;
                }
            case 5:
                return Choice(kind, ops);
            case 6:    // a load is widened or cut
                if (kind == ValKind.I64)
                {
                    Load(ValKind.I32);
                    _body.Op(d.OneIn(2) ? Op.I64ExtendI32S : Op.I64ExtendI32U);
                    return Open.None;
                }
                Load(ValKind.I64);
                _body.Op(Op.I32WrapI64);
                return Open.None;
            case 7:    // a load whose bits are counted, or compared with 0
                Load(kind);
                _body.Op(For(kind, d.Of<Op>([Op.I32Popcnt, Op.I32Clz, Op.I32Ctz])));
                return Open.None;
            case 8:    // narrow values extended
                if (!_rig.Has(Features.SignExtension)) return null;
                if (d.OneIn(2)) Load(kind);
                else Closed(kind, ops - 1);
                _body.Op(kind == ValKind.I32 ? Nth(Op.I32Extend8S, d.Below(2)) : Nth(Op.I64Extend8S, d.Below(3)));
                return Open.None;
            case 9:
                return Overwritten(kind, For(kind, d.Of<Op>([Op.I32Sub, Op.I32Add, Op.I32Xor, Op.I32Shl, Op.I32Mul])));
            case 10:    // cut and widened again
                if (kind == ValKind.I32)
                {
                    Closed(ValKind.I32, ops - 2);
                    _body.Op(d.OneIn(2) ? Op.I64ExtendI32S : Op.I64ExtendI32U);
                    if (d.OneIn(2)) _body.I64(d.Next()).Op(d.Of<Op>([Op.I64Add, Op.I64ShrU, Op.I64Mul, Op.I64Rotl]));
                    _body.Op(Op.I32WrapI64);
                    return Open.None;
                }
                Closed(ValKind.I64, ops - 2);
                _body.Op(Op.I32WrapI64).Op(d.OneIn(2) ? Op.I64ExtendI32S : Op.I64ExtendI32U);
                return Open.None;
            case 11:    // a float and back
                {
                    var from = d.OneIn(2) ? ValKind.F64 : ValKind.F32;
                    Value(from, ops - 1);
                    if (!_rig.Has(Features.SaturatingFloatToInt) || d.OneIn(3))
                        _body.Op(Nth(kind == ValKind.I32 ? Op.I32TruncF32S : Op.I64TruncF32S, d.Below(2) + (from == ValKind.F64 ? 2 : 0)));
                    else
                        _body.Op(Nth(kind == ValKind.I32 ? Op.I32TruncSatF32S : Op.I64TruncSatF32S, d.Below(2) + (from == ValKind.F64 ? 2 : 0)));
                    return Open.None;
                }
            case 12 when kind == ValKind.I32 && _rows[(int)ValKind.V128].Length > 0:    // a test of a vector, which may be a load at the end of memory
                Closed(ValKind.V128, d.OneIn(2) ? 0 : ops - 1);
                if (d.OneIn(3)) _body.Op(Op.V128Not);
                _body.Op(d.Of<Op>([Op.V128AnyTrue, Op.V128AnyTrue, Op.I8x16AllTrue, Op.I16x8AllTrue, Op.I32x4AllTrue, Op.I64x2AllTrue,
                    Op.I8x16Bitmask, Op.I16x8Bitmask, Op.I32x4Bitmask, Op.I64x2Bitmask]));
                return Open.None;
            case 13 when kind == ValKind.I32:
                Condition(ops - 1);
                return Open.None;
            case 14:    // all ones or all zeros, by a sign or a comparison
                Number(kind, 0);
                if (kind == ValKind.I32) Condition(1);
                else
                {
                    Closed(kind, ops - 2);
                    Number(kind, 63).Op(Op.I64ShrU);
                }
                _body.Op(For(kind, Op.I32Sub));
                return Open.None;
            default:    // by way of a global
                {
                    uint g = _rig.Module.Global(Rig.TypeOf(kind));
                    Closed(kind, ops - 1);
                    _body.X(Op.GlobalSet, g).X(Op.GlobalGet, g);
                    Closed(kind, 0);
                    _body.Op(For(kind, d.Of<Op>([Op.I32Sub, Op.I32And, Op.I32Shl]))).X(Op.GlobalGet, g).Op(For(kind, Op.I32Xor));
                    return Open.None;
                }
        }
    }

    // Floats

    private Open? Float(ValKind kind, int ops)
    {
        bool is64 = kind == ValKind.F64;
        var own = is64 ? Open.F64 : Open.F32;
        switch (d.Below(12))
        {
            case 0:
                return Choice(kind, ops);
            case 1:    // a product and a sum: to be rounded twice
                Value(kind, ops - 2);
                Value(kind, 0);
                _body.Op(ForFloat(kind, Op.F32Mul));
                Value(kind, 0);
                _body.Op(ForFloat(kind, d.OneIn(2) ? Op.F32Add : Op.F32Sub));
                return own;
            case 2:    // to the other width and back
                Value(kind, ops - 2);
                if (is64) _body.Op(Op.F32DemoteF64).Op(Op.F64PromoteF32);
                else _body.Op(Op.F64PromoteF32).Op(Op.F32DemoteF64);
                return own;
            case 3:    // signs
                {
                    var open = Value(kind, ops - 2);
                    _body.Op(ForFloat(kind, d.OneIn(2) ? Op.F32Abs : Op.F32Neg)).Op(ForFloat(kind, d.OneIn(2) ? Op.F32Abs : Op.F32Neg));
                    return open;
                }
            case 4:    // an operation that seems to do nothing: not to zeros and NaNs
                {
                    ulong one = is64 ? 0x3FF0_0000_0000_0000UL : 0x3F80_0000, sign = is64 ? 1UL << 63 : 0x8000_0000;
                    bool first = d.OneIn(3);
                    var (op, n) = d.Below(8) switch
                    {
                        0 => (Op.F32Add, 0UL),
                        1 => (Op.F32Add, sign),
                        2 => (Op.F32Sub, 0UL),
                        3 => (Op.F32Sub, sign),
                        4 => (Op.F32Mul, one),
                        5 => (Op.F32Mul, one | sign),
                        6 => (Op.F32Div, one),
                        _ => (Op.F32Mul, 0UL),
                    };
                    if (first) Number(kind, n);
                    Value(kind, ops - 1);
                    if (!first) Number(kind, n);
                    _body.Op(ForFloat(kind, op));
                    return own;
                }
            case 5:    // a rounding of a load
                Load(kind);
                _body.Op(ForFloat(kind, Nth(Op.F32Ceil, d.Below(5))));
                return own;
            case 6:    // to an integer and back
                Value(kind, ops - 2);
                if (_rig.Has(Features.SaturatingFloatToInt))
                    _body.Op(Nth(d.OneIn(2) ? Op.I32TruncSatF32S : Op.I64TruncSatF32S, d.Below(2) + (is64 ? 2 : 0)));
                else _body.Op(Nth(Op.I64TruncF32S, d.Below(2) + (is64 ? 2 : 0)));
                Back(kind);
                return Open.None;
            case 7:    // bits taken for an integer
                Closed(kind, ops - 2);
                if (is64) _body.Op(Op.I64ReinterpretF64).I64(d.Of<ulong>([1UL << 63, long.MaxValue, 1])).Op(d.Of<Op>([Op.I64Xor, Op.I64And, Op.I64Add])).Op(Op.F64ReinterpretI64);
                else _body.Op(Op.I32ReinterpretF32).I32(d.Of<uint>([1u << 31, int.MaxValue, 1])).Op(d.Of<Op>([Op.I32Xor, Op.I32And, Op.I32Add])).Op(Op.F32ReinterpretI32);
                return Open.None;
            case 8:    // an integer converted after a change of width
                if (d.OneIn(2))
                {
                    Closed(ValKind.I32, ops - 2);
                    _body.Op(d.OneIn(2) ? Op.I64ExtendI32S : Op.I64ExtendI32U).Op(Nth(is64 ? Op.F64ConvertI64S : Op.F32ConvertI64S, d.Below(2)));
                    return Open.None;
                }
                Closed(ValKind.I64, ops - 2);
                _body.Op(Op.I32WrapI64).Op(Nth(is64 ? Op.F64ConvertI32S : Op.F32ConvertI32S, d.Below(2)));
                return Open.None;
            case 9:
                {
                    var open = Value(kind, ops - 2);
                    Closed(kind, 0);
                    _body.Op(ForFloat(kind, Op.F32Copysign));
                    if (d.OneIn(2)) _body.Op(ForFloat(kind, d.OneIn(2) ? Op.F32Neg : Op.F32Abs));
                    return open;
                }
            case 10:    // the same twice
                {
                    uint x = Kept(kind, ops - 1);
                    _body.Get(x).Get(x).Op(ForFloat(kind, Nth(Op.F32Add, d.Below(6))));
                    if (d.OneIn(3)) _body.Op(ForFloat(kind, Op.F32Sqrt));
                    return own;
                }
            default:
                Overwritten(kind, ForFloat(kind, Op.F32Copysign));
                return Open.None;
        }
    }

    /// <summary>Converts the integer that was made last.</summary>
    private void Back(ValKind kind)
    {
        var last = _body.Last!.Def.Results[0].Type.Kind;
        var first = (kind, last) switch
        {
            (ValKind.F32, ValKind.I32) => Op.F32ConvertI32S,
            (ValKind.F32, _) => Op.F32ConvertI64S,
            (_, ValKind.I32) => Op.F64ConvertI32S,
            _ => Op.F64ConvertI64S,
        };
        _body.Op(Nth(first, d.Below(2)));
    }

    // Vectors

    private Open? Vector(int ops)
    {
        const ValKind V = ValKind.V128;
        switch (d.Below(14))
        {
            case 0 when d.OneIn(2):    // lanes moved twice, with nothing between
                {
                    uint first = Kept(V, 0), second = Kept(V, 0);
                    Closed(V, ops - 2);
                    _body.Get(first).Op(Op.I8x16Swizzle).Get(second).Op(Op.I8x16Swizzle);
                    return Open.None;
                }
            case 0:
                Closed(V, ops - 2);
                for (int i = 0; i < 2; i++)
                {
                    if (d.OneIn(3)) Closed(V, 0);
                    else Constant(V, _rig.Values.Of(V, LaneType.I8, Role.Lanes));
                    _body.Op(Op.I8x16Swizzle);
                }
                return Open.None;
            case 1:    // of one vector, or of two, and then again
                {
                    uint x = Kept(V, ops - 2), y = d.OneIn(2) ? Kept(V, 0) : x;
                    _body.Get(x).Get(y).Add(Operands.Instr(InstrTable.Of(Op.I8x16Shuffle), d));
                    if (d.OneIn(2)) _body.Get(d.OneIn(2) ? x : y).Add(Operands.Instr(InstrTable.Of(Op.I8x16Shuffle), d));
                    return Open.None;
                }
            case 2:    // a constant that is all ones in one half
                Closed(V, ops - 1);
                Constant(V, d.Of<V128>([new(ulong.MaxValue, 0), new(0, ulong.MaxValue), new(ulong.MaxValue, ulong.MaxValue), new(0, 0), new(0xFFFF_FFFF, 0xFFFF_FFFF)]));
                _body.Op(d.Of<Op>([Op.V128And, Op.V128Or, Op.V128Xor, Op.V128Andnot]));
                return Open.None;
            case 3:    // bits chosen by a comparison, by a constant, or by anything
                {
                    Closed(V, ops - 2);
                    Closed(V, 0);
                    if (d.OneIn(3)) Constant(V, _rig.Values.Of(V, (LaneType)d.Below(4)));
                    else if (d.OneIn(2)) Closed(V, 0);
                    else
                    {
                        Closed(V, 0);
                        Closed(V, 0);
                        _body.Op(d.Of<Op>([Op.I8x16LtS, Op.I16x8GtU, Op.I32x4Eq, Op.I64x2LtS, Op.F32x4Lt, Op.F64x2Ge]));
                    }
                    _body.Op(Op.V128Bitselect);
                    return Open.None;
                }
            case 4:    // one's complement before or after
                Closed(V, ops - 2);
                if (d.OneIn(2)) _body.Op(Op.V128Not);
                Closed(V, 0);
                if (d.OneIn(2)) _body.Op(Op.V128Not);
                _body.Op(d.Of<Op>([Op.V128And, Op.V128Or, Op.V128Xor, Op.V128Andnot]));
                if (d.OneIn(2)) _body.Op(Op.V128Not);
                return Open.None;
            case 5:    // a load in all lanes
                switch (d.Below(6))
                {
                    case 0: Load(Op.I32Load8U); _body.Op(Op.I8x16Splat); break;
                    case 1: Load(Op.I32Load16S); _body.Op(Op.I16x8Splat); break;
                    case 2: Load(Op.I32Load); _body.Op(Op.I32x4Splat); break;
                    case 3: Load(Op.I64Load); _body.Op(Op.I64x2Splat); break;
                    case 4: Load(Op.F32Load); _body.Op(Op.F32x4Splat); break;
                    default: Load(Op.F64Load); _body.Op(Op.F64x2Splat); break;
                }
                return Open.None;
            case 6:    // widened and narrowed, or only one of them
                Closed(V, ops - 2);
                if (d.OneIn(2)) _body.Op(Nth(Op.I16x8ExtendLowI8x16S, d.Below(4)));
                Closed(V, 0);
                _body.Op(d.Of<Op>([Op.I8x16NarrowI16x8S, Op.I8x16NarrowI16x8U, Op.I16x8NarrowI32x4S, Op.I16x8NarrowI32x4U]));
                if (d.OneIn(2)) _body.Op(d.Of<Op>([Op.I16x8ExtendHighI8x16S, Op.I16x8ExtendLowI8x16U, Op.I32x4ExtendHighI16x8U, Op.I32x4ExtendLowI16x8S, Op.I64x2ExtendHighI32x4S]));
                return Open.None;
            case 7:    // half a load widened
                Load(V);
                _body.Op(d.Of<Op>([Op.I16x8ExtendLowI8x16S, Op.I16x8ExtendHighI8x16U, Op.I32x4ExtendLowI16x8S, Op.I32x4ExtendHighI16x8U, Op.I64x2ExtendLowI32x4U,
                    Op.I64x2ExtendHighI32x4S, Op.F64x2ConvertLowI32x4S, Op.F64x2ConvertLowI32x4U]));
                return Open.None;
            case 8:    // one lane of another vector, or from memory
                Closed(V, ops - 2);
                switch (d.Below(3))
                {
                    case 0:
                        Closed(V, 0);
                        _body.Add(Operands.Instr(InstrTable.Of(Op.I32x4ExtractLane), d)).Add(Operands.Instr(InstrTable.Of(d.Of<Op>([Op.I8x16ReplaceLane, Op.I16x8ReplaceLane, Op.I32x4ReplaceLane])), d));
                        break;
                    case 1:
                        Closed(V, 0);
                        _body.Add(Operands.Instr(InstrTable.Of(Op.F64x2ExtractLane), d)).Add(Operands.Instr(InstrTable.Of(Op.F64x2ReplaceLane), d));
                        break;
                    default:
                        Lane();
                        break;
                }
                return Open.None;
            case 9:
                return Choice(V, ops);
            case 10:    // shifted by a constant, or by a masked count
                {
                    Closed(V, ops - 1);
                    int shape = d.Below(4);
                    Count(ValKind.I32, (LaneType)shape);
                    _body.Op(Nth(Shifts[shape], d.Below(3)));
                    return Open.None;
                }
            case 11:    // arithmetic on a load
                Load(V);
                return Apply1(d.Of<Op>([Op.F32x4Ceil, Op.F32x4Nearest, Op.F64x2Trunc, Op.F64x2Floor, Op.F64x2PromoteLowF32x4, Op.F32x4DemoteF64x2Zero, Op.I32x4TruncSatF64x2UZero,
                    Op.I8x16Popcnt, Op.F32x4Sqrt, Op.I32x4TruncSatF32x4U, Op.F32x4ConvertI32x4U]));
            case 12:    // compared with 0, on either side
                {
                    bool first = d.OneIn(2);
                    if (first) Constant(V, default);
                    Closed(V, ops - 1);
                    if (!first) Constant(V, default);
                    _body.Op(d.Of<Op>([Op.I8x16GtS, Op.I16x8LtS, Op.I32x4Eq, Op.I32x4GtU, Op.I64x2GtS, Op.I64x2Ne, Op.F32x4Lt, Op.F64x2Eq, Op.I32x4Sub, Op.I8x16Sub]));
                    return Open.None;
                }
            default:    // a product and a sum of lanes
                {
                    bool is64 = d.OneIn(2);
                    Value2(V, is64 ? Open.F64 : Open.F32, ops - 2);
                    Value2(V, is64 ? Open.F64 : Open.F32, 0);
                    _body.Op(is64 ? Op.F64x2Mul : Op.F32x4Mul);
                    Value2(V, is64 ? Open.F64 : Open.F32, 0);
                    _body.Op(is64 ? Op.F64x2Add : Op.F32x4Sub);
                    return is64 ? Open.F64 : Open.F32;
                }
        }
    }

    private static readonly Op[] Shifts = [Op.I8x16Shl, Op.I16x8Shl, Op.I32x4Shl, Op.I64x2Shl];

    /// <summary>An instruction on the determined operand on the stack.</summary>
    private Open Apply1(Op op)
    {
        _body.Op(op);
        return NaNFlow.Of(InstrTable.Of(op)).Gives(false);
    }

    /// <summary>A vector in which only NaNs of one width may be open.</summary>
    private void Value2(ValKind kind, Open allowed, int ops) => Take(kind, Value(kind, ops), allowed);

    /// <summary>Reads a lane from memory into the vector on the stack.</summary>
    private void Lane()
    {
        int log2 = d.Below(4);
        uint v = _body.Local(ValType.V128);
        _body.Set(v);
        ulong offset = Address(1u << log2);
        _body.Get(v).Add(new MemLane(Nth(Op.V128Load8Lane, log2), new MemArg(0, (uint)d.Below(log2 + 1), offset), (byte)d.Below(16 >> log2)));
    }
}
