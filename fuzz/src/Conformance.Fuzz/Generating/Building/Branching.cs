using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Building;

/// <summary>
/// Uses a value as a condition, in the ways in which engines fuse a comparison with what comes behind it. What is written to the results is only
/// which way was taken. The value must be determined but for the choice of a NaN.
/// </summary>
internal readonly struct Branching
{
    private const int Ways = 6;

    private readonly Decisions _d;
    private readonly int _way;
    private readonly uint _output;

    private Branching(Decisions d, int way, uint output)
    {
        _d = d;
        _way = way;
        _output = output;
    }

    /// <summary>What comes before the code that pushes the value.</summary>
    public static Branching Begin(Body body, Decisions d, uint output)
    {
        int way = d.Below(Ways);
        switch (way)
        {
            case 1:
                body.Block().Block();
                break;
            case 2:
                body.Get(1).I32(1).I32(2);
                break;
            case 3:
                body.Block().Block().Block();
                break;
            case 4:
                Rig.Mark(body, 2, output);
                break;
            case 5:
                body.Get(1).Block(BlockType.Of(ValType.I32)).I32(1);
                break;
            default:
                break;
        }
        return new Branching(d, way, output);
    }

    /// <summary>Takes the value of the kind that now is on the stack.</summary>
    public void End(Body body, ValKind kind, bool mayBeAnyNaN)
    {
        Condition(body, kind, mayBeAnyNaN);
        switch (_way)
        {
            case 0:
                Rig.Mark(body.If(), 1, _output);
                Rig.Mark(body.Else(), 2, _output).End();
                break;
            case 1:
                body.BrIf(0);
                Rig.Mark(body, 2, _output).Br(1).End();
                Rig.Mark(body, 1, _output).End();
                break;
            case 2:
                Rig.Store(body.Op(Op.Select), ValKind.I32, _output);
                break;
            case 3:
                body.Add(new BrTable(Op.BrTable, [0], 1)).End();
                Rig.Mark(body, 3, _output).Br(1).End();
                Rig.Mark(body, 4, _output).End();
                break;
            case 4:
                Rig.Mark(body.If(), 1, _output).End();
                break;
            default:
                Rig.Store(body.BrIf(0).Op(Op.Drop).I32(2).End(), ValKind.I32, _output);
                break;
        }
    }

    private void Condition(Body body, ValKind kind, bool mayBeAnyNaN)
    {
        switch (kind)
        {
            case ValKind.I32:
                break;
            case ValKind.I64:
                switch (_d.Below(5))
                {
                    case 0: body.Op(Op.I64Eqz); break;
                    case 1: body.I64(0).Op(Op.I64Ne); break;
                    case 2: body.Op(Op.I32WrapI64); break;
                    case 3: body.I64((ulong)_d.Below(3) - 1).Op(After(Op.I64Eq, _d.Below(10))); break;
                    default: body.I64(_d.Next()).Op(Op.I64And).Op(Op.I64Eqz); break;
                }
                break;
            case ValKind.F32:
                body.Const(ValKind.F32, new V128(_d.Of<uint>([0, 0x3F80_0000, 0xBF80_0000]), 0)).Op(After(Op.F32Eq, _d.Below(6)));
                break;
            case ValKind.F64:
                body.Const(ValKind.F64, new V128(_d.Of<ulong>([0, 0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000]), 0)).Op(After(Op.F64Eq, _d.Below(6)));
                break;
            case ValKind.V128:
                body.Op(mayBeAnyNaN ? Op.V128AnyTrue : _d.Of(VectorTests));
                break;
            case ValKind.Bot or ValKind.Ref:
            default:
                throw new System.Diagnostics.UnreachableException($"condition from {kind}");
        }
        switch (_d.Below(8))
        {
            case 0: body.Op(Op.I32Eqz); break;
            case 1: body.Op(Op.I32Eqz).Op(Op.I32Eqz); break;
            case 2: body.I32(_d.Of<int>([1, -1, 0x80, 0xFFFF, int.MinValue])).Op(Op.I32And); break;
            case 3: body.I32(_d.Of<int>([1, -1, 0x80, 0xFFFF, int.MinValue])).Op(Op.I32And).Op(Op.I32Eqz); break;
            case 4: body.I32(_d.Below(3) - 1).Op(After(Op.I32Eq, _d.Below(10))); break;
            default: break;
        }
    }

    private static Op After(Op first, int n) => (Op)((int)first + n);

    private static readonly Op[] VectorTests =
        [Op.V128AnyTrue, Op.I8x16AllTrue, Op.I16x8AllTrue, Op.I32x4AllTrue, Op.I64x2AllTrue, Op.I8x16Bitmask, Op.I16x8Bitmask, Op.I32x4Bitmask, Op.I64x2Bitmask];
}
