using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Numerics;

/// <summary>Vector operators on the shape i32x4 (4.3.5): lane-wise integer operators on vectors of 16 bytes, lane 0 first.</summary>
public static class I32x4
{
    public static Vec Splat(uint a) => Vector128.Create((int)a).AsByte();                                                          // vsplat
    public static uint ExtractLane(Vec a, int lane) => a.AsUInt32().GetElement(lane);                                              // vextract_lane
    public static Vec ReplaceLane(Vec a, int lane, uint b) => a.AsUInt32().WithElement(lane, b).AsByte();                          // vreplace_lane

    public static Vec Eq(Vec a, Vec b) => Vector128.Equals(a.AsInt32(), b.AsInt32()).AsByte();                                     // ieq
    public static Vec Ne(Vec a, Vec b) => ~Vector128.Equals(a.AsInt32(), b.AsInt32()).AsByte();                                    // ine
    public static Vec LtS(Vec a, Vec b) => Vector128.LessThan(a.AsInt32(), b.AsInt32()).AsByte();                                  // ilt_s
    public static Vec LtU(Vec a, Vec b) => Vector128.LessThan(a.AsUInt32(), b.AsUInt32()).AsByte();                                // ilt_u
    public static Vec GtS(Vec a, Vec b) => Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).AsByte();                               // igt_s
    public static Vec GtU(Vec a, Vec b) => Vector128.GreaterThan(a.AsUInt32(), b.AsUInt32()).AsByte();                             // igt_u
    public static Vec LeS(Vec a, Vec b) => Vector128.LessThanOrEqual(a.AsInt32(), b.AsInt32()).AsByte();                           // ile_s
    public static Vec LeU(Vec a, Vec b) => Vector128.LessThanOrEqual(a.AsUInt32(), b.AsUInt32()).AsByte();                         // ile_u
    public static Vec GeS(Vec a, Vec b) => Vector128.GreaterThanOrEqual(a.AsInt32(), b.AsInt32()).AsByte();                        // ige_s
    public static Vec GeU(Vec a, Vec b) => Vector128.GreaterThanOrEqual(a.AsUInt32(), b.AsUInt32()).AsByte();                      // ige_u

    // iabs: the smallest integer is its own absolute value.
    public static Vec Abs(Vec a) => Vector128.ConditionalSelect(Vector128.LessThan(a.AsInt32(), Vector128<int>.Zero), -a.AsInt32(), a.AsInt32()).AsByte(); // iabs
    public static Vec Neg(Vec a) => (-a.AsInt32()).AsByte();                                                                       // ineg
    public static bool AllTrue(Vec a) => !Vector128.EqualsAny(a.AsInt32(), Vector128<int>.Zero);                                   // inez
    public static uint Bitmask(Vec a) => a.AsInt32().ExtractMostSignificantBits();                                                 // ibitmask
    public static Vec Add(Vec a, Vec b) => (a.AsInt32() + b.AsInt32()).AsByte();                                                   // iadd
    public static Vec Sub(Vec a, Vec b) => (a.AsInt32() - b.AsInt32()).AsByte();                                                   // isub
    public static Vec Mul(Vec a, Vec b) => (a.AsInt32() * b.AsInt32()).AsByte();                                                   // imul
    public static Vec Shl(Vec a, uint n) => (a.AsInt32() << (int)(n & 31)).AsByte();                                               // ishl
    public static Vec ShrS(Vec a, uint n) => (a.AsInt32() >> (int)(n & 31)).AsByte();                                              // ishr_s
    public static Vec ShrU(Vec a, uint n) => (a.AsUInt32() >> (int)(n & 31)).AsByte();                                             // ishr_u
    public static Vec MinS(Vec a, Vec b) => Vector128.Min(a.AsInt32(), b.AsInt32()).AsByte();                                      // imin_s
    public static Vec MinU(Vec a, Vec b) => Vector128.Min(a.AsUInt32(), b.AsUInt32()).AsByte();                                    // imin_u
    public static Vec MaxS(Vec a, Vec b) => Vector128.Max(a.AsInt32(), b.AsInt32()).AsByte();                                      // imax_s
    public static Vec MaxU(Vec a, Vec b) => Vector128.Max(a.AsUInt32(), b.AsUInt32()).AsByte();                                    // imax_u

    public static Vec ExtendLowI16x8S(Vec a) => Vector128.WidenLower(a.AsInt16()).AsByte();                                        // extend_low_s
    public static Vec ExtmulLowI16x8S(Vec a, Vec b) => (Vector128.WidenLower(a.AsInt16()) * Vector128.WidenLower(b.AsInt16())).AsByte(); // extmul_low_s
    public static Vec ExtendLowI16x8U(Vec a) => Vector128.WidenLower(a.AsUInt16()).AsByte();                                       // extend_low_u
    public static Vec ExtmulLowI16x8U(Vec a, Vec b) => (Vector128.WidenLower(a.AsUInt16()) * Vector128.WidenLower(b.AsUInt16())).AsByte(); // extmul_low_u
    public static Vec ExtendHighI16x8S(Vec a) => Vector128.WidenUpper(a.AsInt16()).AsByte();                                       // extend_high_s
    public static Vec ExtmulHighI16x8S(Vec a, Vec b) => (Vector128.WidenUpper(a.AsInt16()) * Vector128.WidenUpper(b.AsInt16())).AsByte(); // extmul_high_s
    public static Vec ExtendHighI16x8U(Vec a) => Vector128.WidenUpper(a.AsUInt16()).AsByte();                                      // extend_high_u
    public static Vec ExtmulHighI16x8U(Vec a, Vec b) => (Vector128.WidenUpper(a.AsUInt16()) * Vector128.WidenUpper(b.AsUInt16())).AsByte(); // extmul_high_u
    public static Vec ExtaddPairwiseI16x8S(Vec a) => (((a.AsInt32() << 16) >> 16) + (a.AsInt32() >> 16)).AsByte();                 // extadd_pairwise_s
    public static Vec ExtaddPairwiseI16x8U(Vec a) => (((a.AsUInt32() << 16) >> 16) + (a.AsUInt32() >> 16)).AsByte();               // extadd_pairwise_u

    /// <summary>dot_i16x8_s: the sum of the products of each pair of signed i16 lanes.</summary>
    public static Vec DotI16x8S(Vec a, Vec b) => (Even(a) * Even(b) + Odd(a) * Odd(b)).AsByte();

    private static Vector128<int> Even(Vec a) => (a.AsInt32() << 16) >> 16;

    private static Vector128<int> Odd(Vec a) => a.AsInt32() >> 16;

    // trunc_sat: the conversions of .NET saturate and send NaN to 0.
    public static Vec TruncSatF32x4S(Vec a) => Vector128.ConvertToInt32(a.AsSingle()).AsByte();

    public static Vec TruncSatF32x4U(Vec a) => Vector128.ConvertToUInt32(a.AsSingle()).AsByte();

    public static Vec TruncSatF64x2SZero(Vec a) =>
        Vector128.Create(Conversions.I32TruncSatF64S(a.AsUInt64()[0]), Conversions.I32TruncSatF64S(a.AsUInt64()[1]), 0, 0).AsByte();

    public static Vec TruncSatF64x2UZero(Vec a) =>
        Vector128.Create(Conversions.I32TruncSatF64U(a.AsUInt64()[0]), Conversions.I32TruncSatF64U(a.AsUInt64()[1]), 0, 0).AsByte();
}
