namespace Wasm.Numerics;

/// <summary>
/// Floating-point operators on f32 (4.3.3): pure functions on bits. A NaN result follows <c>nans</c>: a NaN operand comes out quiet with its payload,
/// and where there is none the result is canonical; the sign is the processor's. <see cref="Canon"/> makes any NaN the positive canonical one.
/// </summary>
public static class F32
{
    public const uint Sign = 0x8000_0000;
    public const uint Infinity = 0x7F80_0000;
    public const uint CanonicalNan = 0x7FC0_0000;
    private const uint Quiet = 0x0040_0000;

    private static float F(uint a) => BitConverter.UInt32BitsToSingle(a);

    private static uint B(float a) => BitConverter.SingleToUInt32Bits(a);

    public static bool IsNan(uint a) => (a & ~Sign) > Infinity;

    /// <summary>The deterministic profile's choice of NaN.</summary>
    public static uint Canon(uint a) => IsNan(a) ? CanonicalNan : a;

    public static uint Add(uint a, uint b) => B(F(a) + F(b));                       // fadd
    public static uint Sub(uint a, uint b) => B(F(a) - F(b));                       // fsub
    public static uint Mul(uint a, uint b) => B(F(a) * F(b));                       // fmul
    public static uint Div(uint a, uint b) => B(F(a) / F(b));                       // fdiv

    // fmin, fmax: -0 is less than +0, and a NaN operand is the result, made quiet.
    public static uint Min(uint a, uint b) =>
        IsNan(a) ? a | Quiet : IsNan(b) ? b | Quiet : F(a) < F(b) ? a : F(b) < F(a) ? b : a | b;

    public static uint Max(uint a, uint b) =>
        IsNan(a) ? a | Quiet : IsNan(b) ? b | Quiet : F(a) > F(b) ? a : F(b) > F(a) ? b : a & b;

    public static uint Copysign(uint a, uint b) => (a & ~Sign) | (b & Sign);        // fcopysign

    public static uint Abs(uint a) => a & ~Sign;                                    // fabs
    public static uint Neg(uint a) => a ^ Sign;                                     // fneg
    public static uint Sqrt(uint a) => B(MathF.Sqrt(F(a)));                         // fsqrt
    public static uint Ceil(uint a) => IsNan(a) ? a | Quiet : B(MathF.Ceiling(F(a)));       // fceil
    public static uint Floor(uint a) => IsNan(a) ? a | Quiet : B(MathF.Floor(F(a)));        // ffloor
    public static uint Trunc(uint a) => IsNan(a) ? a | Quiet : B(MathF.Truncate(F(a)));     // ftrunc

    // fnearest: ties to even, and a result of zero keeps the operand's sign.
    public static uint Nearest(uint a) => IsNan(a) ? a | Quiet : Copysign(B(MathF.Round(F(a), MidpointRounding.ToEven)), a);

    public static bool Eq(uint a, uint b) => F(a) == F(b);                          // feq
    public static bool Ne(uint a, uint b) => F(a) != F(b);                          // fne
    public static bool Lt(uint a, uint b) => F(a) < F(b);                           // flt
    public static bool Gt(uint a, uint b) => F(a) > F(b);                           // fgt
    public static bool Le(uint a, uint b) => F(a) <= F(b);                          // fle
    public static bool Ge(uint a, uint b) => F(a) >= F(b);                          // fge

    // fpmin, fpmax: the pseudo-minimum and -maximum, b < a ? b : a and a < b ? b : a.
    public static uint PMin(uint a, uint b) => F(b) < F(a) ? b : a;
    public static uint PMax(uint a, uint b) => F(a) < F(b) ? b : a;
}
