namespace Wasm.Numerics;

/// <summary>
/// Conversions (4.3.4): pure functions on bits. The partial ones, <c>trunc</c>, come as a function that is total (it saturates) and a test that
/// says why it is undefined.
/// </summary>
public static class Conversions
{
    /// <summary>Why a truncation traps.</summary>
    public enum TruncFault
    {
        None,
        /// <summary>The operand is a NaN: <c>invalid conversion to integer</c>.</summary>
        Nan,
        /// <summary>The whole part is not representable: <c>integer overflow</c>.</summary>
        Overflow,
    }

    private static float F(uint a) => BitConverter.UInt32BitsToSingle(a);

    private static double D(ulong a) => BitConverter.UInt64BitsToDouble(a);

    private static uint B(float a) => BitConverter.SingleToUInt32Bits(a);

    private static ulong B(double a) => BitConverter.DoubleToUInt64Bits(a);

    public static uint I32WrapI64(ulong a) => (uint)a;                              // wrap
    public static ulong I64ExtendI32S(uint a) => (ulong)(int)a;                     // extend_s
    public static ulong I64ExtendI32U(uint a) => a;                                 // extend_u

    // trunc_sat: .NET's conversions from float saturate and send NaN to 0.
    public static uint I32TruncSatF32S(uint a) => (uint)(int)F(a);
    public static uint I32TruncSatF32U(uint a) => (uint)F(a);
    public static uint I32TruncSatF64S(ulong a) => (uint)(int)D(a);
    public static uint I32TruncSatF64U(ulong a) => (uint)D(a);
    public static ulong I64TruncSatF32S(uint a) => (ulong)(long)F(a);
    public static ulong I64TruncSatF32U(uint a) => (ulong)F(a);
    public static ulong I64TruncSatF64S(ulong a) => (ulong)(long)D(a);
    public static ulong I64TruncSatF64U(ulong a) => (ulong)D(a);

    // trunc is defined when the whole part fits. The bounds are the floats next to the limits of the integer type that are themselves exact.
    public static TruncFault I32TruncF32SFault(uint a) => Fault(F(a), F(a) >= -2147483648f && F(a) < 2147483648f);
    public static TruncFault I32TruncF32UFault(uint a) => Fault(F(a), F(a) > -1f && F(a) < 4294967296f);
    public static TruncFault I32TruncF64SFault(ulong a) => Fault(D(a), D(a) > -2147483649d && D(a) < 2147483648d);
    public static TruncFault I32TruncF64UFault(ulong a) => Fault(D(a), D(a) > -1d && D(a) < 4294967296d);
    public static TruncFault I64TruncF32SFault(uint a) => Fault(F(a), F(a) >= -9223372036854775808f && F(a) < 9223372036854775808f);
    public static TruncFault I64TruncF32UFault(uint a) => Fault(F(a), F(a) > -1f && F(a) < 18446744073709551616f);
    public static TruncFault I64TruncF64SFault(ulong a) => Fault(D(a), D(a) >= -9223372036854775808d && D(a) < 9223372036854775808d);
    public static TruncFault I64TruncF64UFault(ulong a) => Fault(D(a), D(a) > -1d && D(a) < 18446744073709551616d);

    private static TruncFault Fault(double a, bool fits) => fits ? TruncFault.None : double.IsNaN(a) ? TruncFault.Nan : TruncFault.Overflow;

    public static uint F32ConvertI32S(uint a) => B((float)(int)a);
    public static uint F32ConvertI32U(uint a) => B((float)a);
    public static uint F32ConvertI64S(ulong a) => (long)a < 0 ? F32ConvertI64U(0 - a) | F32.Sign : F32ConvertI64U(a);

    /// <summary>Rounded once: where the integer has more bits than a double, what is cut off is first gathered in the lowest bit kept.</summary>
    public static uint F32ConvertI64U(ulong a)
    {
        if (a < 1UL << 53) return B((float)(double)a);      // exact as a double, so rounded once
        // A double of 53 bits with the rest gathered into its lowest bit cannot lie on a tie of 24 bits by accident.
        ulong sticky = (a & 0x7FF) != 0 ? 0x800UL : 0;
        return B((float)(double)((a & ~0x7FFUL) | sticky));
    }

    public static ulong F64ConvertI32S(uint a) => B((double)(int)a);
    public static ulong F64ConvertI32U(uint a) => B((double)a);
    public static ulong F64ConvertI64S(ulong a) => B((double)(long)a);
    public static ulong F64ConvertI64U(ulong a) => B((double)a);

    /// <summary>demote: a NaN keeps the high bits of its payload and becomes quiet.</summary>
    public static uint F32DemoteF64(ulong a) => F64.IsNan(a)
        ? (uint)(a >> 32) & F32.Sign | F32.CanonicalNan | (uint)(a >> 29) & 0x003F_FFFF
        : B((float)D(a));

    /// <summary>promote: a NaN keeps its payload in the high bits and becomes quiet.</summary>
    public static ulong F64PromoteF32(uint a) => F32.IsNan(a)
        ? (ulong)(a & F32.Sign) << 32 | F64.CanonicalNan | (ulong)(a & 0x003F_FFFF) << 29
        : B((double)F(a));
}
