using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Numerics;

/// <summary>Vector operators on the shape i16x8 (4.3.5): lane-wise integer operators on vectors of 16 bytes, lane 0 first.</summary>
public static class I16x8
{
    public static Vec Splat(uint a) => Vector128.Create((short)a).AsByte();                                                        // vsplat
    public static uint ExtractLaneS(Vec a, int lane) => (uint)a.AsInt16().GetElement(lane);                                        // vextract_lane
    public static uint ExtractLaneU(Vec a, int lane) => a.AsUInt16().GetElement(lane);                                             // vextract_lane
    public static Vec ReplaceLane(Vec a, int lane, uint b) => a.AsUInt16().WithElement(lane, (ushort)b).AsByte();                  // vreplace_lane

    public static Vec Eq(Vec a, Vec b) => Vector128.Equals(a.AsInt16(), b.AsInt16()).AsByte();                                     // ieq
    public static Vec Ne(Vec a, Vec b) => ~Vector128.Equals(a.AsInt16(), b.AsInt16()).AsByte();                                    // ine
    public static Vec LtS(Vec a, Vec b) => Vector128.LessThan(a.AsInt16(), b.AsInt16()).AsByte();                                  // ilt_s
    public static Vec LtU(Vec a, Vec b) => Vector128.LessThan(a.AsUInt16(), b.AsUInt16()).AsByte();                                // ilt_u
    public static Vec GtS(Vec a, Vec b) => Vector128.GreaterThan(a.AsInt16(), b.AsInt16()).AsByte();                               // igt_s
    public static Vec GtU(Vec a, Vec b) => Vector128.GreaterThan(a.AsUInt16(), b.AsUInt16()).AsByte();                             // igt_u
    public static Vec LeS(Vec a, Vec b) => Vector128.LessThanOrEqual(a.AsInt16(), b.AsInt16()).AsByte();                           // ile_s
    public static Vec LeU(Vec a, Vec b) => Vector128.LessThanOrEqual(a.AsUInt16(), b.AsUInt16()).AsByte();                         // ile_u
    public static Vec GeS(Vec a, Vec b) => Vector128.GreaterThanOrEqual(a.AsInt16(), b.AsInt16()).AsByte();                        // ige_s
    public static Vec GeU(Vec a, Vec b) => Vector128.GreaterThanOrEqual(a.AsUInt16(), b.AsUInt16()).AsByte();                      // ige_u

    // iabs: the smallest integer is its own absolute value.
    public static Vec Abs(Vec a) => Vector128.ConditionalSelect(Vector128.LessThan(a.AsInt16(), Vector128<short>.Zero), -a.AsInt16(), a.AsInt16()).AsByte(); // iabs
    public static Vec Neg(Vec a) => (-a.AsInt16()).AsByte();                                                                       // ineg
    public static bool AllTrue(Vec a) => !Vector128.EqualsAny(a.AsInt16(), Vector128<short>.Zero);                                 // inez
    public static uint Bitmask(Vec a) => a.AsInt16().ExtractMostSignificantBits();                                                 // ibitmask
    public static Vec Add(Vec a, Vec b) => (a.AsInt16() + b.AsInt16()).AsByte();                                                   // iadd
    public static Vec Sub(Vec a, Vec b) => (a.AsInt16() - b.AsInt16()).AsByte();                                                   // isub
    public static Vec Mul(Vec a, Vec b) => (a.AsInt16() * b.AsInt16()).AsByte();                                                   // imul
    public static Vec Shl(Vec a, uint n) => (a.AsInt16() << (int)(n & 15)).AsByte();                                               // ishl
    public static Vec ShrS(Vec a, uint n) => (a.AsInt16() >> (int)(n & 15)).AsByte();                                              // ishr_s
    public static Vec ShrU(Vec a, uint n) => (a.AsUInt16() >> (int)(n & 15)).AsByte();                                             // ishr_u
    public static Vec MinS(Vec a, Vec b) => Vector128.Min(a.AsInt16(), b.AsInt16()).AsByte();                                      // imin_s
    public static Vec MinU(Vec a, Vec b) => Vector128.Min(a.AsUInt16(), b.AsUInt16()).AsByte();                                    // imin_u
    public static Vec MaxS(Vec a, Vec b) => Vector128.Max(a.AsInt16(), b.AsInt16()).AsByte();                                      // imax_s
    public static Vec MaxU(Vec a, Vec b) => Vector128.Max(a.AsUInt16(), b.AsUInt16()).AsByte();                                    // imax_u
    public static Vec AddSatS(Vec a, Vec b) => Vector128.AddSaturate(a.AsInt16(), b.AsInt16()).AsByte();                           // iadd_sat_s
    public static Vec AddSatU(Vec a, Vec b) => Vector128.AddSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();                         // iadd_sat_u
    public static Vec SubSatS(Vec a, Vec b) => Vector128.SubtractSaturate(a.AsInt16(), b.AsInt16()).AsByte();                      // isub_sat_s
    public static Vec SubSatU(Vec a, Vec b) => Vector128.SubtractSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();                    // isub_sat_u
    // iavgr_u: (a + b + 1) / 2 without a wider lane.
    public static Vec AvgrU(Vec a, Vec b) => ((a.AsUInt16() | b.AsUInt16()) - ((a.AsUInt16() ^ b.AsUInt16()) >> 1)).AsByte();      // iavgr_u

    public static Vec ExtendLowI8x16S(Vec a) => Vector128.WidenLower(a.AsSByte()).AsByte();                                        // extend_low_s
    public static Vec ExtmulLowI8x16S(Vec a, Vec b) => (Vector128.WidenLower(a.AsSByte()) * Vector128.WidenLower(b.AsSByte())).AsByte(); // extmul_low_s
    public static Vec ExtendLowI8x16U(Vec a) => Vector128.WidenLower(a).AsByte();                                                  // extend_low_u
    public static Vec ExtmulLowI8x16U(Vec a, Vec b) => (Vector128.WidenLower(a) * Vector128.WidenLower(b)).AsByte();               // extmul_low_u
    public static Vec ExtendHighI8x16S(Vec a) => Vector128.WidenUpper(a.AsSByte()).AsByte();                                       // extend_high_s
    public static Vec ExtmulHighI8x16S(Vec a, Vec b) => (Vector128.WidenUpper(a.AsSByte()) * Vector128.WidenUpper(b.AsSByte())).AsByte(); // extmul_high_s
    public static Vec ExtendHighI8x16U(Vec a) => Vector128.WidenUpper(a).AsByte();                                                 // extend_high_u
    public static Vec ExtmulHighI8x16U(Vec a, Vec b) => (Vector128.WidenUpper(a) * Vector128.WidenUpper(b)).AsByte();              // extmul_high_u
    public static Vec ExtaddPairwiseI8x16S(Vec a) => (((a.AsInt16() << 8) >> 8) + (a.AsInt16() >> 8)).AsByte();                    // extadd_pairwise_s
    public static Vec ExtaddPairwiseI8x16U(Vec a) => (((a.AsUInt16() << 8) >> 8) + (a.AsUInt16() >> 8)).AsByte();                  // extadd_pairwise_u

    /// <summary>iq15mulr_sat_s: <c>sat_s((a * b + 2^14) >> 15)</c>; only the smallest integer by itself saturates.</summary>
    public static Vec Q15MulrSatS(Vec a, Vec b)
    {
        var even = Q15(Even(a), Even(b));
        var odd = Q15(a.AsInt32() >> 16, b.AsInt32() >> 16);
        return ((even & Vector128.Create(0xFFFF)) | (odd << 16)).AsByte();
    }

    private static Vector128<int> Even(Vec a) => (a.AsInt32() << 16) >> 16;

    private static Vector128<int> Q15(Vector128<int> a, Vector128<int> b) =>
        Vector128.Min((a * b + Vector128.Create(0x4000)) >> 15, Vector128.Create(0x7FFF));

    /// <summary>narrow_s: i32 lanes saturated to i16.</summary>
    public static Vec NarrowI32x4S(Vec a, Vec b) => Narrow(a, b, -32768, 32767);

    /// <summary>narrow_u: signed i32 lanes saturated to unsigned i16.</summary>
    public static Vec NarrowI32x4U(Vec a, Vec b) => Narrow(a, b, 0, 65535);

    private static Vec Narrow(Vec a, Vec b, int min, int max) =>
        Vector128.Narrow(Clamp(a.AsInt32(), min, max).AsUInt32(), Clamp(b.AsInt32(), min, max).AsUInt32()).AsByte();

    private static Vector128<int> Clamp(Vector128<int> a, int min, int max) =>
        Vector128.Min(Vector128.Max(a, Vector128.Create(min)), Vector128.Create(max));
}
