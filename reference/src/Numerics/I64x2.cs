using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Numerics;

/// <summary>Vector operators on the shape i64x2 (4.3.5): lane-wise integer operators on vectors of 16 bytes, lane 0 first.</summary>
public static class I64x2
{
    public static Vec Splat(ulong a) => Vector128.Create((long)a).AsByte();                                                        // vsplat
    public static ulong ExtractLane(Vec a, int lane) => a.AsUInt64().GetElement(lane);                                             // vextract_lane
    public static Vec ReplaceLane(Vec a, int lane, ulong b) => a.AsUInt64().WithElement(lane, b).AsByte();                         // vreplace_lane

    public static Vec Eq(Vec a, Vec b) => Vector128.Equals(a.AsInt64(), b.AsInt64()).AsByte();                                     // ieq
    public static Vec Ne(Vec a, Vec b) => ~Vector128.Equals(a.AsInt64(), b.AsInt64()).AsByte();                                    // ine
    public static Vec LtS(Vec a, Vec b) => Vector128.LessThan(a.AsInt64(), b.AsInt64()).AsByte();                                  // ilt_s
    public static Vec GtS(Vec a, Vec b) => Vector128.GreaterThan(a.AsInt64(), b.AsInt64()).AsByte();                               // igt_s
    public static Vec LeS(Vec a, Vec b) => Vector128.LessThanOrEqual(a.AsInt64(), b.AsInt64()).AsByte();                           // ile_s
    public static Vec GeS(Vec a, Vec b) => Vector128.GreaterThanOrEqual(a.AsInt64(), b.AsInt64()).AsByte();                        // ige_s

    // iabs: the smallest integer is its own absolute value.
    public static Vec Abs(Vec a) => Vector128.ConditionalSelect(Vector128.LessThan(a.AsInt64(), Vector128<long>.Zero), -a.AsInt64(), a.AsInt64()).AsByte(); // iabs
    public static Vec Neg(Vec a) => (-a.AsInt64()).AsByte();                                                                       // ineg
    public static bool AllTrue(Vec a) => !Vector128.EqualsAny(a.AsInt64(), Vector128<long>.Zero);                                  // inez
    public static uint Bitmask(Vec a) => a.AsInt64().ExtractMostSignificantBits();                                                 // ibitmask
    public static Vec Add(Vec a, Vec b) => (a.AsInt64() + b.AsInt64()).AsByte();                                                   // iadd
    public static Vec Sub(Vec a, Vec b) => (a.AsInt64() - b.AsInt64()).AsByte();                                                   // isub
    public static Vec Mul(Vec a, Vec b) => (a.AsInt64() * b.AsInt64()).AsByte();                                                   // imul
    public static Vec Shl(Vec a, uint n) => (a.AsInt64() << (int)(n & 63)).AsByte();                                               // ishl
    public static Vec ShrS(Vec a, uint n) => (a.AsInt64() >> (int)(n & 63)).AsByte();                                              // ishr_s
    public static Vec ShrU(Vec a, uint n) => (a.AsUInt64() >> (int)(n & 63)).AsByte();                                             // ishr_u

    public static Vec ExtendLowI32x4S(Vec a) => Vector128.WidenLower(a.AsInt32()).AsByte();                                        // extend_low_s
    public static Vec ExtmulLowI32x4S(Vec a, Vec b) => (Vector128.WidenLower(a.AsInt32()) * Vector128.WidenLower(b.AsInt32())).AsByte(); // extmul_low_s
    public static Vec ExtendLowI32x4U(Vec a) => Vector128.WidenLower(a.AsUInt32()).AsByte();                                       // extend_low_u
    public static Vec ExtmulLowI32x4U(Vec a, Vec b) => (Vector128.WidenLower(a.AsUInt32()) * Vector128.WidenLower(b.AsUInt32())).AsByte(); // extmul_low_u
    public static Vec ExtendHighI32x4S(Vec a) => Vector128.WidenUpper(a.AsInt32()).AsByte();                                       // extend_high_s
    public static Vec ExtmulHighI32x4S(Vec a, Vec b) => (Vector128.WidenUpper(a.AsInt32()) * Vector128.WidenUpper(b.AsInt32())).AsByte(); // extmul_high_s
    public static Vec ExtendHighI32x4U(Vec a) => Vector128.WidenUpper(a.AsUInt32()).AsByte();                                      // extend_high_u
    public static Vec ExtmulHighI32x4U(Vec a, Vec b) => (Vector128.WidenUpper(a.AsUInt32()) * Vector128.WidenUpper(b.AsUInt32())).AsByte(); // extmul_high_u
}
