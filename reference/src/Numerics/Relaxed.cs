using System.Collections.Immutable;
using System.Runtime.Intrinsics;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Numerics;

/// <summary>
/// The implementation's choices for relaxed operators (4.3.6), each an index into the list that the operator's rule gives. They are fixed for a whole
/// execution; the deterministic profile has 0 throughout.
/// </summary>
public sealed record RelaxedChoices
{
    /// <summary>0 rounds twice, 1 is fused.</summary>
    public int Fmadd { get; init; }

    /// <summary>0 is fmin. With a NaN on one side 1 gives the left operand, 2 the right one, 3 the one that is none; of zeroes of opposite sign 1 gives the left one, 2 the right one, 3 -0.</summary>
    public int Fmin { get; init; }

    /// <summary>0 is fmax; the others as for <see cref="Fmin"/>, with +0.</summary>
    public int Fmax { get; init; }

    /// <summary>
    /// 0 takes the second operand's lanes as signed, 1 as unsigned; 2 too, but <c>i32x4.relaxed_dot_i8x16_i7x16_add_s</c> adds the four products without saturating
    /// pairs of them. The last is not in the rule: the official test (relaxed_dot_product.wast) allows it, since it is what VPDPBUSD of x86 does.
    /// </summary>
    public int Idot { get; init; }

    /// <summary>0 saturates, 1 wraps to the smallest integer.</summary>
    public int Iq15mulr { get; init; }

    /// <summary>For NaNs and values out of range: 0 saturates, 1 gives all ones, 2 all but the lowest, 3 only the top bit.</summary>
    public int TruncU { get; init; }

    /// <summary>For NaNs and values out of range: 0 saturates, 1 gives the smallest integer.</summary>
    public int TruncS { get; init; }

    /// <summary>For indices 16 to 127: 0 gives zero, 1 the lane of the index modulo 16.</summary>
    public int Swizzle { get; init; }

    /// <summary>
    /// 0 selects by every bit of the mask, 1 by its lane's top bit; 2 and 3 too, but in <c>i16x8</c>, for which x86 has no blend, 2 by each byte's top bit and 3 by every
    /// bit. The last two are not in the rule, which has one choice for all shapes: the official test (relaxed_laneselect.wast) allows them.
    /// </summary>
    public int Laneselect { get; init; }

    public static RelaxedChoices Deterministic { get; } = new();

    /// <summary>The operators that have a choice, each with the number of its alternatives.</summary>
    public static ImmutableArray<RelaxedOperator> Operators { get; } =
    [
        new("fmadd",      2, (c, n) => c with { Fmadd = n }),
        new("fmin",       4, (c, n) => c with { Fmin = n }),
        new("fmax",       4, (c, n) => c with { Fmax = n }),
        new("idot",       3, (c, n) => c with { Idot = n }),
        new("iq15mulr",   2, (c, n) => c with { Iq15mulr = n }),
        new("trunc_u",    4, (c, n) => c with { TruncU = n }),
        new("trunc_s",    2, (c, n) => c with { TruncS = n }),
        new("swizzle",    2, (c, n) => c with { Swizzle = n }),
        new("laneselect", 4, (c, n) => c with { Laneselect = n }),
    ];
}

/// <summary>A relaxed operator.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">Alternatives: choices are the numbers below.</param>
/// <param name="With">The choices with this operator's.</param>
public sealed record RelaxedOperator(string Name, int Count, Func<RelaxedChoices, int, RelaxedChoices> With);

/// <summary>Relaxed vector operators, by choice.</summary>
public static class Relaxed
{
    public static Vec Swizzle(Vec a, Vec indices, int choice)
    {
        if (choice == 0) return I8x16.Swizzle(a, indices);
        // A negative index gives 0 in any case.
        var negative = Vector128.LessThan(indices.AsSByte(), Vector128<sbyte>.Zero).AsByte();
        return Vector128.Shuffle(a, (indices & Vector128.Create((byte)0x0F)) | negative);
    }

    public static Vec TruncF32x4S(Vec a, int choice) => choice == 0 ? I32x4.TruncSatF32x4S(a)
        : Lanes(a, f => Conversions.I32TruncF32SFault(f) == Conversions.TruncFault.None ? Conversions.I32TruncSatF32S(f) : 0x8000_0000);

    public static Vec TruncF32x4U(Vec a, int choice) => choice == 0 ? I32x4.TruncSatF32x4U(a)
        : Lanes(a, f => Conversions.I32TruncF32UFault(f) == Conversions.TruncFault.None ? Conversions.I32TruncSatF32U(f) : Other(choice));

    public static Vec TruncF64x2SZero(Vec a, int choice) => choice == 0 ? I32x4.TruncSatF64x2SZero(a)
        : TwoLanes(a, d => Conversions.I32TruncF64SFault(d) == Conversions.TruncFault.None ? Conversions.I32TruncSatF64S(d) : 0x8000_0000);

    public static Vec TruncF64x2UZero(Vec a, int choice) => choice == 0 ? I32x4.TruncSatF64x2UZero(a)
        : TwoLanes(a, d => Conversions.I32TruncF64UFault(d) == Conversions.TruncFault.None ? Conversions.I32TruncSatF64U(d) : Other(choice));

    private static uint Other(int choice) => choice switch { 1 => 0xFFFF_FFFF, 2 => 0xFFFF_FFFE, _ => 0x8000_0000 };

    private static Vec Lanes(Vec a, Func<uint, uint> f)
    {
        var u = a.AsUInt32();
        return Vector128.Create(f(u[0]), f(u[1]), f(u[2]), f(u[3])).AsByte();
    }

    private static Vec TwoLanes(Vec a, Func<ulong, uint> f)
    {
        var u = a.AsUInt64();
        return Vector128.Create(f(u[0]), f(u[1]), 0, 0).AsByte();
    }

    public static Vec MaddF32x4(Vec a, Vec b, Vec c, int choice) => choice == 0
        ? F32x4.Add(F32x4.Mul(a, b), c)
        : Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();

    public static Vec NmaddF32x4(Vec a, Vec b, Vec c, int choice) => MaddF32x4(F32x4.Neg(a), b, c, choice);

    public static Vec MaddF64x2(Vec a, Vec b, Vec c, int choice) => choice == 0
        ? F64x2.Add(F64x2.Mul(a, b), c)
        : Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).AsByte();

    public static Vec NmaddF64x2(Vec a, Vec b, Vec c, int choice) => MaddF64x2(F64x2.Neg(a), b, c, choice);

    public static Vec LaneselectI8x16(Vec a, Vec b, Vec mask, int choice) => V128Ops.Bitselect(a, b, choice == 0 ? mask : (mask.AsSByte() >> 7).AsByte());

    public static Vec LaneselectI16x8(Vec a, Vec b, Vec mask, int choice) => V128Ops.Bitselect(a, b, choice switch
    {
        0 or 3 => mask,
        2 => (mask.AsSByte() >> 7).AsByte(),
        _ => (mask.AsInt16() >> 15).AsByte(),
    });

    public static Vec LaneselectI32x4(Vec a, Vec b, Vec mask, int choice) => V128Ops.Bitselect(a, b, choice == 0 ? mask : (mask.AsInt32() >> 31).AsByte());

    public static Vec LaneselectI64x2(Vec a, Vec b, Vec mask, int choice) => V128Ops.Bitselect(a, b, choice == 0 ? mask : (mask.AsInt64() >> 63).AsByte());

    public static Vec MinF32x4(Vec a, Vec b, int choice) => choice == 0 ? F32x4.Min(a, b) : Lanes32(a, b, choice, F32.Min, F32.Sign);

    public static Vec MaxF32x4(Vec a, Vec b, int choice) => choice == 0 ? F32x4.Max(a, b) : Lanes32(a, b, choice, F32.Max, 0);

    public static Vec MinF64x2(Vec a, Vec b, int choice) => choice == 0 ? F64x2.Min(a, b) : Lanes64(a, b, choice, F64.Min, F64.Sign);

    public static Vec MaxF64x2(Vec a, Vec b, int choice) => choice == 0 ? F64x2.Max(a, b) : Lanes64(a, b, choice, F64.Max, 0);

    private static Vec Lanes32(Vec a, Vec b, int choice, Func<uint, uint, uint> otherwise, uint zero)
    {
        Span<uint> lanes = stackalloc uint[4];
        for (int i = 0; i < 4; i++)
        {
            uint x = a.AsUInt32()[i], y = b.AsUInt32()[i];
            // frelaxed_min, frelaxed_max: a NaN on the left, a NaN on the right, zeroes of opposite sign. What is `nan(n)` there is the operand, as processors hand it on.
            lanes[i] = F32.IsNan(x) ? choice == 1 ? x : y
                : F32.IsNan(y) ? choice == 2 ? y : x
                : (x ^ y) == F32.Sign && (x & ~F32.Sign) == 0 ? choice switch { 1 => x, 2 => y, _ => zero }
                : otherwise(x, y);
        }
        return Vector128.Create<uint>(lanes).AsByte();
    }

    private static Vec Lanes64(Vec a, Vec b, int choice, Func<ulong, ulong, ulong> otherwise, ulong zero)
    {
        Span<ulong> lanes = stackalloc ulong[2];
        for (int i = 0; i < 2; i++)
        {
            ulong x = a.AsUInt64()[i], y = b.AsUInt64()[i];
            lanes[i] = F64.IsNan(x) ? choice == 1 ? x : y
                : F64.IsNan(y) ? choice == 2 ? y : x
                : (x ^ y) == F64.Sign && (x & ~F64.Sign) == 0 ? choice switch { 1 => x, 2 => y, _ => zero }
                : otherwise(x, y);
        }
        return Vector128.Create<ulong>(lanes).AsByte();
    }

    public static Vec Q15MulrS(Vec a, Vec b, int choice)
    {
        var result = I16x8.Q15MulrSatS(a, b);
        if (choice == 0) return result;
        // Only the smallest integer by itself overflows; without saturation it wraps to itself.
        var min = Vector128.Create(short.MinValue);
        var both = Vector128.Equals(a.AsInt16(), min) & Vector128.Equals(b.AsInt16(), min);
        return Vector128.ConditionalSelect(both, min, result.AsInt16()).AsByte();
    }

    /// <summary>relaxed_dot: the sums of the products of pairs of i8 lanes, saturated to i16.</summary>
    public static Vec DotI8x16I7x16S(Vec a, Vec b, int choice)
    {
        Span<short> lanes = stackalloc short[8];
        for (int i = 0; i < 8; i++)
            lanes[i] = (short)Math.Clamp(Product(a, b, 2 * i, choice) + Product(a, b, 2 * i + 1, choice), short.MinValue, short.MaxValue);
        return Vector128.Create<short>(lanes).AsByte();
    }

    private static int Product(Vec a, Vec b, int lane, int choice) => (sbyte)a[lane] * (choice == 0 ? (sbyte)b[lane] : b[lane]);

    /// <summary>relaxed_dot_add: pairs of the i16 sums, added to the i32 lanes of <paramref name="c"/>.</summary>
    public static Vec DotI8x16I7x16AddS(Vec a, Vec b, Vec c, int choice) => I32x4.Add(choice == 2 ? Fours(a, b) : I32x4.ExtaddPairwiseI16x8S(DotI8x16I7x16S(a, b, choice)), c);

    /// <summary>The sums of four products each, as i32.</summary>
    private static Vec Fours(Vec a, Vec b)
    {
        Span<int> lanes = stackalloc int[4];
        for (int i = 0; i < 16; i++) lanes[i / 4] += Product(a, b, i, 2);
        return Vector128.Create<int>(lanes).AsByte();
    }
}
