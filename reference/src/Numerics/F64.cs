namespace Wasm.Numerics;

/// <summary>
/// Floating-point operators on f64 (4.3.3): pure functions on bits. A NaN result follows <c>nans</c>: a NaN operand comes out quiet with its payload,
/// and where there is none the result is canonical; the sign is the processor's. <see cref="Canon"/> makes any NaN the positive canonical one.
/// </summary>
public static class F64
{
    public const ulong Sign = 0x8000_0000_0000_0000;
    public const ulong Infinity = 0x7FF0_0000_0000_0000;
    public const ulong CanonicalNan = 0x7FF8_0000_0000_0000;
    private const ulong Quiet = 0x0008_0000_0000_0000;

    private static double F(ulong a) => BitConverter.UInt64BitsToDouble(a);

    private static ulong B(double a) => BitConverter.DoubleToUInt64Bits(a);

    public static bool IsNan(ulong a) => (a & ~Sign) > Infinity;

    /// <summary>The deterministic profile's choice of NaN.</summary>
    public static ulong Canon(ulong a) => IsNan(a) ? CanonicalNan : a;

    public static ulong Add(ulong a, ulong b) => B(F(a) + F(b));                       // fadd
    public static ulong Sub(ulong a, ulong b) => B(F(a) - F(b));                       // fsub
    public static ulong Mul(ulong a, ulong b) => B(F(a) * F(b));                       // fmul
    public static ulong Div(ulong a, ulong b) => B(F(a) / F(b));                       // fdiv

    // fmin, fmax: -0 is less than +0, and a NaN operand is the result, made quiet.
    public static ulong Min(ulong a, ulong b) =>
        IsNan(a) ? a | Quiet : IsNan(b) ? b | Quiet : F(a) < F(b) ? a : F(b) < F(a) ? b : a | b;

    public static ulong Max(ulong a, ulong b) =>
        IsNan(a) ? a | Quiet : IsNan(b) ? b | Quiet : F(a) > F(b) ? a : F(b) > F(a) ? b : a & b;

    public static ulong Copysign(ulong a, ulong b) => (a & ~Sign) | (b & Sign);        // fcopysign

    public static ulong Abs(ulong a) => a & ~Sign;                                    // fabs
    public static ulong Neg(ulong a) => a ^ Sign;                                     // fneg
    public static ulong Sqrt(ulong a) => B(Math.Sqrt(F(a)));                         // fsqrt
    public static ulong Ceil(ulong a) => IsNan(a) ? a | Quiet : B(Math.Ceiling(F(a)));       // fceil
    public static ulong Floor(ulong a) => IsNan(a) ? a | Quiet : B(Math.Floor(F(a)));        // ffloor
    public static ulong Trunc(ulong a) => IsNan(a) ? a | Quiet : B(Math.Truncate(F(a)));     // ftrunc

    // fnearest: ties to even, and a result of zero keeps the operand's sign.
    public static ulong Nearest(ulong a) => IsNan(a) ? a | Quiet : Copysign(B(Math.Round(F(a), MidpointRounding.ToEven)), a);

    public static bool Eq(ulong a, ulong b) => F(a) == F(b);                          // feq
    public static bool Ne(ulong a, ulong b) => F(a) != F(b);                          // fne
    public static bool Lt(ulong a, ulong b) => F(a) < F(b);                           // flt
    public static bool Gt(ulong a, ulong b) => F(a) > F(b);                           // fgt
    public static bool Le(ulong a, ulong b) => F(a) <= F(b);                          // fle
    public static bool Ge(ulong a, ulong b) => F(a) >= F(b);                          // fge

    // fpmin, fpmax: the pseudo-minimum and -maximum, b < a ? b : a and a < b ? b : a.
    public static ulong PMin(ulong a, ulong b) => F(b) < F(a) ? b : a;
    public static ulong PMax(ulong a, ulong b) => F(a) < F(b) ? b : a;
}
