using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Numerics;

/// <summary>Vector operators on the shape i8x16 (4.3.5): lane-wise integer operators on vectors of 16 bytes, lane 0 first.</summary>
public static class I8x16
{
    public static Vec Splat(uint a) => Vector128.Create((sbyte)a).AsByte();                                                        // vsplat
    public static uint ExtractLaneS(Vec a, int lane) => (uint)a.AsSByte().GetElement(lane);                                        // vextract_lane
    public static uint ExtractLaneU(Vec a, int lane) => a.GetElement(lane);                                               // vextract_lane
    public static Vec ReplaceLane(Vec a, int lane, uint b) => a.WithElement(lane, (byte)b).AsByte();                      // vreplace_lane

    public static Vec Eq(Vec a, Vec b) => Vector128.Equals(a.AsSByte(), b.AsSByte()).AsByte();                                     // ieq
    public static Vec Ne(Vec a, Vec b) => ~Vector128.Equals(a.AsSByte(), b.AsSByte()).AsByte();                                    // ine
    public static Vec LtS(Vec a, Vec b) => Vector128.LessThan(a.AsSByte(), b.AsSByte()).AsByte();                                  // ilt_s
    public static Vec LtU(Vec a, Vec b) => Vector128.LessThan(a, b).AsByte();                                    // ilt_u
    public static Vec GtS(Vec a, Vec b) => Vector128.GreaterThan(a.AsSByte(), b.AsSByte()).AsByte();                               // igt_s
    public static Vec GtU(Vec a, Vec b) => Vector128.GreaterThan(a, b).AsByte();                                 // igt_u
    public static Vec LeS(Vec a, Vec b) => Vector128.LessThanOrEqual(a.AsSByte(), b.AsSByte()).AsByte();                           // ile_s
    public static Vec LeU(Vec a, Vec b) => Vector128.LessThanOrEqual(a, b).AsByte();                             // ile_u
    public static Vec GeS(Vec a, Vec b) => Vector128.GreaterThanOrEqual(a.AsSByte(), b.AsSByte()).AsByte();                        // ige_s
    public static Vec GeU(Vec a, Vec b) => Vector128.GreaterThanOrEqual(a, b).AsByte();                          // ige_u

    // iabs: the smallest integer is its own absolute value.
    public static Vec Abs(Vec a) => Vector128.ConditionalSelect(Vector128.LessThan(a.AsSByte(), Vector128<sbyte>.Zero), -a.AsSByte(), a.AsSByte()).AsByte(); // iabs
    public static Vec Neg(Vec a) => (-a.AsSByte()).AsByte();                                                                       // ineg
    public static bool AllTrue(Vec a) => !Vector128.EqualsAny(a.AsSByte(), Vector128<sbyte>.Zero);                                 // inez
    public static uint Bitmask(Vec a) => a.AsSByte().ExtractMostSignificantBits();                                                 // ibitmask
    public static Vec Add(Vec a, Vec b) => (a.AsSByte() + b.AsSByte()).AsByte();                                                   // iadd
    public static Vec Sub(Vec a, Vec b) => (a.AsSByte() - b.AsSByte()).AsByte();                                                   // isub
    public static Vec Shl(Vec a, uint n) => (a.AsSByte() << (int)(n & 7)).AsByte();                                                // ishl
    public static Vec ShrS(Vec a, uint n) => (a.AsSByte() >> (int)(n & 7)).AsByte();                                               // ishr_s
    public static Vec ShrU(Vec a, uint n) => (a >> (int)(n & 7)).AsByte();                                                // ishr_u
    public static Vec MinS(Vec a, Vec b) => Vector128.Min(a.AsSByte(), b.AsSByte()).AsByte();                                      // imin_s
    public static Vec MinU(Vec a, Vec b) => Vector128.Min(a, b).AsByte();                                        // imin_u
    public static Vec MaxS(Vec a, Vec b) => Vector128.Max(a.AsSByte(), b.AsSByte()).AsByte();                                      // imax_s
    public static Vec MaxU(Vec a, Vec b) => Vector128.Max(a, b).AsByte();                                        // imax_u
    public static Vec AddSatS(Vec a, Vec b) => Vector128.AddSaturate(a.AsSByte(), b.AsSByte()).AsByte();                           // iadd_sat_s
    public static Vec AddSatU(Vec a, Vec b) => Vector128.AddSaturate(a, b).AsByte();                             // iadd_sat_u
    public static Vec SubSatS(Vec a, Vec b) => Vector128.SubtractSaturate(a.AsSByte(), b.AsSByte()).AsByte();                      // isub_sat_s
    public static Vec SubSatU(Vec a, Vec b) => Vector128.SubtractSaturate(a, b).AsByte();                        // isub_sat_u
    // iavgr_u: (a + b + 1) / 2 without a wider lane.
    public static Vec AvgrU(Vec a, Vec b) => ((a | b) - ((a ^ b) >> 1)).AsByte();              // iavgr_u

    /// <summary>swizzle: lanes of <paramref name="a"/> by index; an index beyond 15 gives 0.</summary>
    public static Vec Swizzle(Vec a, Vec indices) => Vector128.Shuffle(a, indices);

    /// <summary>shuffle: lanes of <paramref name="a"/> by index 0 to 15, of <paramref name="b"/> by 16 to 31.</summary>
    public static Vec Shuffle(Vec a, Vec b, Vec indices) =>
        Vector128.Shuffle(a, indices) | Vector128.Shuffle(b, indices - Vector128.Create((byte)16));     // indices below 16 wrap to 240 and above

    /// <summary>ipopcnt, by nibbles.</summary>
    public static Vec Popcnt(Vec a)
    {
        var table = Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
        var nibble = Vector128.Create((byte)0x0F);
        return Vector128.Shuffle(table, a & nibble) + Vector128.Shuffle(table, (a >> 4) & nibble);
    }

    /// <summary>narrow_s: i16 lanes saturated to signed bytes.</summary>
    public static Vec NarrowI16x8S(Vec a, Vec b) => Narrow(a, b, -128, 127);

    /// <summary>narrow_u: signed i16 lanes saturated to unsigned bytes.</summary>
    public static Vec NarrowI16x8U(Vec a, Vec b) => Narrow(a, b, 0, 255);

    private static Vec Narrow(Vec a, Vec b, short min, short max) =>
        Vector128.Narrow(Clamp(a.AsInt16(), min, max).AsUInt16(), Clamp(b.AsInt16(), min, max).AsUInt16());

    private static Vector128<short> Clamp(Vector128<short> a, short min, short max) =>
        Vector128.Min(Vector128.Max(a, Vector128.Create(min)), Vector128.Create(max));
}
