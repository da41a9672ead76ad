using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Numerics;

/// <summary>
/// Vector operators on the shape f32x4 (4.3.5): lane-wise floating-point operators on vectors of 16 bytes. NaN results are those of <see cref="F32"/>.
/// </summary>
public static class F32x4
{
    private static Vector128<float> F(Vec a) => a.AsSingle();

    private static Vector128<uint> Sign => Vector128.Create(F32.Sign);

    public static Vec Splat(uint a) => Vector128.Create(a).AsByte();                                    // vsplat
    public static uint ExtractLane(Vec a, int lane) => a.AsUInt32().GetElement(lane);                   // vextract_lane
    public static Vec ReplaceLane(Vec a, int lane, uint b) => a.AsUInt32().WithElement(lane, b).AsByte();   // vreplace_lane

    public static Vec Eq(Vec a, Vec b) => Vector128.Equals(F(a), F(b)).AsByte();                        // feq
    public static Vec Ne(Vec a, Vec b) => ~Vector128.Equals(F(a), F(b)).AsByte();                       // fne
    public static Vec Lt(Vec a, Vec b) => Vector128.LessThan(F(a), F(b)).AsByte();                      // flt
    public static Vec Gt(Vec a, Vec b) => Vector128.GreaterThan(F(a), F(b)).AsByte();                   // fgt
    public static Vec Le(Vec a, Vec b) => Vector128.LessThanOrEqual(F(a), F(b)).AsByte();               // fle
    public static Vec Ge(Vec a, Vec b) => Vector128.GreaterThanOrEqual(F(a), F(b)).AsByte();            // fge

    public static Vec Abs(Vec a) => (a.AsUInt32() & ~Sign).AsByte();                                    // fabs
    public static Vec Neg(Vec a) => (a.AsUInt32() ^ Sign).AsByte();                                     // fneg
    public static Vec Sqrt(Vec a) => Vector128.Sqrt(F(a)).AsByte();                                     // fsqrt
    public static Vec Add(Vec a, Vec b) => (F(a) + F(b)).AsByte();                                      // fadd
    public static Vec Sub(Vec a, Vec b) => (F(a) - F(b)).AsByte();                                      // fsub
    public static Vec Mul(Vec a, Vec b) => (F(a) * F(b)).AsByte();                                      // fmul
    public static Vec Div(Vec a, Vec b) => (F(a) / F(b)).AsByte();                                      // fdiv

    // fceil, ffloor, ftrunc, fnearest: the result has the operand's sign, zero too; a NaN becomes quiet.
    public static Vec Ceil(Vec a) => Rounded(a, Vector128.Ceiling(F(a)));
    public static Vec Floor(Vec a) => Rounded(a, Vector128.Floor(F(a)));
    public static Vec Trunc(Vec a) => Rounded(a, Vector128.Truncate(F(a)));
    public static Vec Nearest(Vec a) => Rounded(a, Vector128.Round(F(a), MidpointRounding.ToEven));

    private static Vec Rounded(Vec a, Vector128<float> result) => QuietNan(a, result.AsByte() | (a & Sign.AsByte()));

    // fmin, fmax: -0 is less than +0, and a NaN operand is the result, made quiet.
    public static Vec Min(Vec a, Vec b) =>
        QuietNan(a, QuietNan(b, Vector128.ConditionalSelect(Lt(a, b), a, Vector128.ConditionalSelect(Lt(b, a), b, a | b))));

    public static Vec Max(Vec a, Vec b) =>
        QuietNan(a, QuietNan(b, Vector128.ConditionalSelect(Gt(a, b), a, Vector128.ConditionalSelect(Gt(b, a), b, a & b))));

    public static Vec PMin(Vec a, Vec b) => Vector128.ConditionalSelect(Lt(b, a), b, a);                // fpmin
    public static Vec PMax(Vec a, Vec b) => Vector128.ConditionalSelect(Lt(a, b), b, a);                // fpmax

    /// <summary>The lanes of <paramref name="a"/> that are NaNs, made quiet; elsewhere <paramref name="otherwise"/>.</summary>
    private static Vec QuietNan(Vec a, Vec otherwise) =>
        Vector128.ConditionalSelect(Eq(a, a), otherwise, a | Vector128.Create(F32.CanonicalNan).AsByte());

    /// <summary>The deterministic profile's choice: every NaN lane becomes the canonical NaN.</summary>
    public static Vec Canon(Vec a) => Vector128.ConditionalSelect(Eq(a, a), a, Vector128.Create(F32.CanonicalNan).AsByte());

    public static Vec ConvertI32x4S(Vec a) => Vector128.ConvertToSingle(a.AsInt32()).AsByte();          // convert_s

    public static Vec ConvertI32x4U(Vec a)                                                              // convert_u
    {
        var u = a.AsUInt32();
        return Vector128.Create(Conversions.F32ConvertI32U(u[0]), Conversions.F32ConvertI32U(u[1]), Conversions.F32ConvertI32U(u[2]), Conversions.F32ConvertI32U(u[3])).AsByte();
    }

    public static Vec DemoteF64x2Zero(Vec a)                                                            // demote
    {
        var d = a.AsUInt64();
        return Vector128.Create(Conversions.F32DemoteF64(d[0]), Conversions.F32DemoteF64(d[1]), 0, 0).AsByte();
    }
}
