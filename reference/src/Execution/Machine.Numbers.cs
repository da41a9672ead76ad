using System.Diagnostics;
using Wasm.Numerics;
using Wasm.Syntax;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

#pragma warning disable IDE0010, IDE0072 // only the instructions of this family come here

namespace Wasm.Execution;

// Numeric instructions that are not in the loop.
public abstract unsafe partial class Machine
{
    private protected static ulong TruncSat(ushort op, ulong a) => (Op)op switch
    {
        Op.I32TruncSatF32S => Conversions.I32TruncSatF32S((uint)a),
        Op.I32TruncSatF32U => Conversions.I32TruncSatF32U((uint)a),
        Op.I32TruncSatF64S => Conversions.I32TruncSatF64S(a),
        Op.I32TruncSatF64U => Conversions.I32TruncSatF64U(a),
        Op.I64TruncSatF32S => Conversions.I64TruncSatF32S((uint)a),
        Op.I64TruncSatF32U => Conversions.I64TruncSatF32U((uint)a),
        Op.I64TruncSatF64S => Conversions.I64TruncSatF64S(a),
        Op.I64TruncSatF64U => Conversions.I64TruncSatF64U(a),
        _ => throw new UnreachableException($"{(Op)op} does not truncate"),
    };

    private protected static void Wide(ushort op, ulong* s) => (s[0], s[1]) = (Op)op switch
    {
        Op.I64Add128 => WideArithmetic.Add128(s[0], s[1], s[2], s[3]),
        Op.I64Sub128 => WideArithmetic.Sub128(s[0], s[1], s[2], s[3]),
        Op.I64MulWideS => WideArithmetic.MulWideS(s[0], s[1]),
        Op.I64MulWideU => WideArithmetic.MulWideU(s[0], s[1]),
        _ => throw new UnreachableException($"{(Op)op} is not wide"),
    };

    private protected static void Canon(ulong* to, ulong* from, bool f64) =>
        *(Vec*)to = f64 ? F64x2.Canon(*(Vec*)from) : F32x4.Canon(*(Vec*)from);

    /// <summary>Sign-extends a packed field of so many bits to an i32.</summary>
    private protected static ulong Extend(ulong field, int bits) => bits == 8 ? I32.Extend8S((uint)field) : I32.Extend16S((uint)field);
}
