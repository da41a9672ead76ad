using System.Runtime.InteropServices;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating;

/// <summary>What the lanes of an operand hold; a scalar is one lane.</summary>
public enum LaneType : byte
{
    I8, I16, I32, I64, F32, F64,
}

/// <summary>What an operand is for: it decides where its boundaries are.</summary>
public enum Role : byte
{
    Value,
    /// <summary>A shift or rotation count: boundaries at multiples of the width.</summary>
    Count,
    /// <summary>Lane indices, below and above 16.</summary>
    Lanes,
}

/// <summary>
/// Operands. They lie at boundaries: limits of the integers and of conversions and their neighbours, powers of two, halves, roundings that are just
/// so, zeros, NaNs with and without payload; a second operand is often made from the first (<see cref="Correlated"/>). Scalars stand in the low bits.
/// </summary>
/// <param name="d">Where decisions come from; 0 gives 0.</param>
/// <param name="uniform">Random bits instead: the baseline that boundaries are measured against.</param>
public sealed class Values(Decisions d, bool uniform = false)
{
    /// <summary>A value of a number or vector type, whose lanes are taken to be of <paramref name="lane"/>.</summary>
    public V128 Of(ValKind kind, LaneType lane, Role role = Role.Value)
    {
        if (uniform) return kind == ValKind.V128 ? new V128(d.Next(), d.Next()) : new V128(d.Next() & Mask(Width(lane)), 0);
        if (kind == ValKind.V128) return role == Role.Lanes ? Indices() : Vector(lane);
        return new V128(role == Role.Count ? Count(Width(lane)) : Lane(lane), 0);
    }

    /// <summary>
    /// An operand that goes with a first one: with probability 3/8 made from it (the same, negated, a neighbour, the other sign, another NaN), else any.
    /// </summary>
    public V128 Correlated(ValKind kind, LaneType lane, Role role, V128 first)
    {
        if (uniform || role != Role.Value || d.Below(8) < 5) return Of(kind, lane, role);
        if (kind != ValKind.V128) return new V128(Related(lane, first.Lo, d.Below(8)), 0);
        int how = d.Below(9);
        if (how == 8)    // each lane in its own way
            return Lanes(lane, first, (self, x) => self.Related(lane, x, self.Below(8)));
        return Lanes(lane, first, (self, x) => self.Related(lane, x, how));
    }

    /// <summary>An i32.</summary>
    public uint I32() => (uint)Lane(LaneType.I32);

    /// <summary>An i64.</summary>
    public ulong I64() => Lane(LaneType.I64);

    /// <summary>The bits of one lane.</summary>
    public ulong Lane(LaneType lane) => uniform ? d.Next() & Mask(Width(lane)) : lane switch
    {
        LaneType.F32 => F32(),
        LaneType.F64 => F64(),
        LaneType.I8 or LaneType.I16 or LaneType.I32 or LaneType.I64 or _ => Int(Width(lane)),
    };

    public static int Width(LaneType lane) => lane switch
    {
        LaneType.I8 => 8,
        LaneType.I16 => 16,
        LaneType.I32 or LaneType.F32 => 32,
        LaneType.I64 or LaneType.F64 or _ => 64,
    };

    public static LaneType LaneOf(ValKind kind) => kind switch
    {
        ValKind.I64 => LaneType.I64,
        ValKind.F32 => LaneType.F32,
        ValKind.F64 => LaneType.F64,
        ValKind.Bot or ValKind.I32 or ValKind.V128 or ValKind.Ref or _ => LaneType.I32,
    };

    private int Below(int n) => d.Below(n);

    private static ulong Mask(int width) => width == 64 ? ulong.MaxValue : (1UL << width) - 1;

    // Integers

    private ulong Int(int width)
    {
        ulong min = 1UL << (width - 1);
        ulong n = d.Below(20) switch
        {
            0 => 0,
            1 => 1,
            2 => ulong.MaxValue,
            // The least and the greatest, of 64 bits also those that an immediate operand of 32 bits can be.
            3 => width == 64 && d.OneIn(2) ? 0xFFFF_FFFF_8000_0000 : min,
            4 => width == 64 && d.OneIn(2) ? 0x7FFF_FFFFUL + (ulong)d.Below(2) : min - 1,
            5 => (ulong)d.Below(256),
            6 => (ulong)-d.Below(256),
            7 => 1UL << d.Below(width),
            8 => (1UL << d.Below(width)) + (ulong)d.Below(5) - 2,
            9 => ~(1UL << d.Below(width)),
            10 => min + (ulong)d.Below(7) - 3,
            11 => Narrow(),
            12 => (ulong)-(long)Narrow(),
            13 => d.Byte() * 0x0101010101010101UL,
            14 => d.Of(Patterns),
            15 => width > 24 ? Rounded(width, 24) : d.Next(),
            16 => width > 53 ? Rounded(width, 53) : width > 24 ? Rounded(width, 24) : d.Next(),
            17 => d.Next() >> d.Below(64),
            18 => (ulong)((long)d.Next() >> d.Below(64)),
            _ => d.Next(),
        };
        return n & Mask(width);
    }

    /// <summary>The limits of the narrower types, and their neighbours.</summary>
    private ulong Narrow() => (1UL << d.Of(NarrowWidths)) + (ulong)d.Below(3) - 1;

    /// <summary>An integer at, or next to, the middle between two floats with <paramref name="precision"/> significant bits.</summary>
    private ulong Rounded(int width, int precision)
    {
        int low = 1 + d.Below(width - precision);    // the bits that rounding drops
        ulong significand = (1UL << (precision - 1) | d.Next() & Mask(precision - 1)) << low;
        if (d.OneIn(4)) significand |= Mask(precision) << low;    // rounds up to the next power of two
        ulong n = significand + (1UL << (low - 1)) + (ulong)(d.Below(3) - 1);
        return d.OneIn(2) ? (ulong)-(long)n : n;
    }

    private ulong Count(int width)
    {
        ulong count = d.Below(8) switch
        {
            0 => 0,
            1 => (ulong)d.Below(width),
            2 => (ulong)(width - 1 + d.Below(3)),
            3 => (ulong)(2 * width - 1 + d.Below(3)),
            4 => (ulong)-d.Below(width + 2),
            5 => (ulong)d.Below(4 * width),
            6 => (1UL << d.Below(width)) + (ulong)d.Below(3) - 1,
            _ => d.Next(),
        };
        return count & Mask(Math.Max(width, 32));
    }

    // Floats

    private ulong F32() => d.Below(20) switch
    {
        0 => 0,
        1 => 0x8000_0000,
        2 => Sign32() | 0x3F80_0000,
        3 or 4 => Sign32() | d.Of(Special32),
        5 => NaN32(),
        6 => BitConverter.SingleToUInt32Bits((d.Below(64) - 32) / 2f) ^ (uint)Near(),
        7 or 8 => (uint)((long)(Sign32() | BitConverter.SingleToUInt32Bits(MathF.ScaleB(1, d.Of(Limits)))) + Near()),
        9 => Sign32() | (uint)d.Below(256) << 23,
        10 => (uint)((long)(Sign32() | (uint)(1 + d.Below(254)) << 23) + Near()),
        11 => Sign32() | (uint)d.Next() & 0x007F_FFFF,
        12 => BitConverter.SingleToUInt32Bits(d.Below(2001) - 1000),
        13 => Sign32() | BitConverter.SingleToUInt32Bits((float)(MathF.ScaleB(1, 21 + d.Below(4)) + d.Below(16) * 0.5)),
        14 => Sign32() | (uint)(0x3F00_0000 + d.Below(0x0200_0000)),    // 1/2 to 8
        15 => Sign32() | (0x7F7F_FFFFu - (uint)d.Below(4)),
        16 => Sign32() | (uint)(0x3800_0000 + d.Below(0x1000_0000)),
        17 => BitConverter.SingleToUInt32Bits((int)Int(32)),
        18 => (uint)d.Next() & 0xFFFF_0000,
        _ => (uint)d.Next(),
    };

    private ulong F64() => d.Below(22) switch
    {
        0 => 0,
        1 => 1UL << 63,
        2 => Sign64() | 0x3FF0_0000_0000_0000,
        3 or 4 => Sign64() | d.Of(Special64),
        5 => NaN64(),
        6 => BitConverter.DoubleToUInt64Bits((d.Below(64) - 32) / 2.0) ^ (ulong)Near(),
        7 or 8 => (Sign64() | BitConverter.DoubleToUInt64Bits(Math.ScaleB(1, d.Of(Limits)))) + (ulong)Near(),
        9 => Sign64() | (ulong)d.Below(2048) << 52,
        10 => (Sign64() | (ulong)(1 + d.Below(2046)) << 52) + (ulong)Near(),
        11 => Sign64() | d.Next() & 0x000F_FFFF_FFFF_FFFF,
        12 => BitConverter.DoubleToUInt64Bits(d.Below(2001) - 1000),
        13 => Sign64() | BitConverter.DoubleToUInt64Bits(Math.ScaleB(1, 50 + d.Below(4)) + d.Below(16) * 0.5),
        14 => Sign64() | 0x3FE0_0000_0000_0000 + (d.Next() & 0x003F_FFFF_FFFF_FFFF),
        15 => Sign64() | (0x7FEF_FFFF_FFFF_FFFF - (ulong)d.Below(4)),
        // A limit of an integer type and a fraction, as exact as can be.
        16 => Sign64() | BitConverter.DoubleToUInt64Bits(Math.ScaleB(1, d.Of(Limits)) + d.Of(Fractions)),
        17 => BitConverter.DoubleToUInt64Bits((long)Int(64)),
        18 or 19 => Demoted(),
        20 => d.Next() & 0xFFFF_FFFF_0000_0000,
        _ => d.Next(),
    };

    /// <summary>A float between two of half the width: the middle or next to it; the smallest subnormals and the largest finite ones included.</summary>
    private ulong Demoted()
    {
        uint f = (uint)F32();
        if ((f & 0x7F80_0000) == 0x7F80_0000) return Sign64() | 0x47EF_FFFF_F000_0000 + (ulong)Near();    // where the largest float ends
        double low = BitConverter.UInt32BitsToSingle(f), high = BitConverter.UInt32BitsToSingle(f + 1);
        if (double.IsInfinity(high)) return BitConverter.DoubleToUInt64Bits(low) + 0x1000_0000 + (ulong)Near();
        return BitConverter.DoubleToUInt64Bits(low + (high - low) / 2) + (ulong)Near();
    }

    private ulong NaN32()
    {
        uint payload = d.Below(5) switch { 0 => 0x40_0000, 1 => 0x40_0001, 2 => 1, 3 => 0x3F_FFFF, _ => (uint)d.Next() & 0x7F_FFFF | 1 };
        return Sign32() | 0x7F80_0000 | payload;
    }

    private ulong NaN64()
    {
        ulong payload = d.Below(6) switch
        {
            0 => 1UL << 51,
            1 => 1UL << 51 | 1,
            2 => 1,
            3 => (1UL << 51) - 1,
            4 => 1UL << (29 + d.Below(22)) | 1UL << 51,
            _ => d.Next() & 0xF_FFFF_FFFF_FFFF | 1,
        };
        return Sign64() | 0x7FF0_0000_0000_0000 | payload;
    }

    private uint Sign32() => d.OneIn(2) ? 0x8000_0000 : 0;

    private ulong Sign64() => d.OneIn(2) ? 1UL << 63 : 0;

    /// <summary>No, one or a few steps to a neighbouring value.</summary>
    private long Near() => d.Below(8) switch { 0 or 1 or 2 => 0, 3 or 4 => 1, 5 or 6 => -1, _ => d.Below(9) - 4 };

    // Vectors

    private V128 Vector(LaneType lane)
    {
        int how = d.Below(10);
        switch (how)
        {
            case 0: return Splat(lane, Lane(lane));
            case 1: return new V128(ulong.MaxValue, 0);
            case 2: return new V128(0, ulong.MaxValue);
            case 3:    // all lanes but one
                {
                    var vector = Splat(lane, Lane(lane));
                    Span<byte> bytes = stackalloc byte[16];
                    vector.CopyTo(bytes);
                    int size = Width(lane) / 8, at = d.Below(16 / size) * size;
                    ulong odd = Lane(lane);
                    for (int i = 0; i < size; i++) bytes[at + i] = (byte)(odd >> (8 * i));
                    return V128.From(bytes);
                }
            case 4: return d.OneIn(2) ? new V128(d.Next(), d.Next()) : d.OneIn(2) ? new V128(ulong.MaxValue, ulong.MaxValue) : Indices();
            case 5: return new V128(Int(64), Int(64));
            default: return Lanes(lane, default, (self, _) => self.Lane(lane));
        }
    }

    private V128 Indices()
    {
        ulong identity = 0x0706_0504_0302_0100, high = 0x0F0E_0D0C_0B0A_0908;
        switch (d.Below(6))
        {
            case 0: return new V128(identity, high);
            case 1: return new V128(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(high), System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(identity));
            case 2: return Splat(LaneType.I8, (ulong)d.Below(256));
            case 3: return Lanes(LaneType.I8, default, (self, _) => (ulong)self.Below(16));
            case 4: return Lanes(LaneType.I8, default, (self, _) => (ulong)self.Below(34));
            default: return Lanes(LaneType.I8, default, (self, _) => (ulong)self.Below(256));
        }
    }

    private static V128 Splat(LaneType lane, ulong x) => lane switch
    {
        LaneType.I8 => new V128(x * 0x0101010101010101, x * 0x0101010101010101),
        LaneType.I16 => new V128(x * 0x0001000100010001, x * 0x0001000100010001),
        LaneType.I32 or LaneType.F32 => new V128(x << 32 | x, x << 32 | x),
        LaneType.I64 or LaneType.F64 or _ => new V128(x, x),
    };

    private V128 Lanes(LaneType lane, V128 from, Func<Values, ulong, ulong> make)
    {
        int width = Width(lane);
        Span<ulong> halves = [from.Lo, from.Hi];
        Span<ulong> made = stackalloc ulong[2];
        for (int h = 0; h < 2; h++)
        {
            made[h] = 0;
            for (int at = 0; at < 64; at += width)
                made[h] |= (make(this, halves[h] >> at & Mask(width)) & Mask(width)) << at;
        }
        return MemoryMarshal.Cast<ulong, V128>(made)[0];
    }

    // Relations

    private ulong Related(LaneType lane, ulong x, int how)
    {
        int width = Width(lane);
        ulong sign = 1UL << (width - 1);
        bool isFloat = lane is LaneType.F32 or LaneType.F64;
        ulong y = how switch
        {
            0 or 1 => x,
            2 => isFloat ? x ^ sign : (ulong)-(long)x,
            3 => x + 1,
            4 => x - 1,
            5 => x ^ sign,
            6 => isFloat ? (x ^ sign) + (ulong)(d.Below(3) - 1) : ~x,
            _ => isFloat ? lane == LaneType.F32 ? NaN32() : NaN64() : x >> d.Below(width),
        };
        return y & Mask(width);
    }

    private static readonly int[] NarrowWidths = [7, 8, 15, 16, 23, 24, 31, 32];

    private static readonly int[] Limits = [31, 32, 63, 64, 7, 8, 15, 16, 23, 24, 52, 53];

    private static readonly double[] Fractions = [-1, -0.5, 0.5, -0.9999, 0.9999, -0.0001, 1];

    private static readonly ulong[] Patterns =
    [
        0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA, 0x3333_3333_3333_3333, 0x0F0F_0F0F_0F0F_0F0F, 0x00FF_00FF_00FF_00FF, 0xFF00_FF00_FF00_FF00,
        0x0000_FFFF_0000_FFFF, 0xFFFF_0000_FFFF_0000, 0xFFFF_FFFF_0000_0000, 0x0000_0000_FFFF_FFFF, 0x8080_8080_8080_8080, 0x7F7F_7F7F_7F7F_7F7F,
        0x8000_8000_8000_8000, 0x7FFF_7FFF_7FFF_7FFF, 0x8000_0000_8000_0000, 0x7FFF_FFFF_7FFF_FFFF, 0x0123_4567_89AB_CDEF, 0x0706_0504_0302_0100,
        0x8000_0080_0000_0001, 0x7FFF_FFBF_FFFF_FFFF,
    ];

    // Infinity; canonical, arithmetic and signalling NaN; subnormals and the smallest normal; the largest; 1/2, 3/2, 5/2 and the neighbours of 1/2 and 1.
    private static readonly uint[] Special32 =
    [
        0x7F80_0000, 0x7FC0_0000, 0x7FC0_1234, 0x7FA0_0000, 0x7F80_0001, 1, 2, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x7F7F_FFFF, 0x3F00_0000,
        0x3FC0_0000, 0x4020_0000, 0x3EFF_FFFF, 0x3F00_0001, 0x3F7F_FFFF, 0x3F80_0001, 0x4EFF_FFFF, 0x4F7F_FFFF, 0x5EFF_FFFF, 0x5F7F_FFFF, 0x40490FDB,
    ];

    private static readonly ulong[] Special64 =
    [
        0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_1234, 0x7FF4_0000_0000_0000, 0x7FF0_0000_0000_0001, 1, 2, 0x000F_FFFF_FFFF_FFFF,
        0x0010_0000_0000_0000, 0x0010_0000_0000_0001, 0x7FEF_FFFF_FFFF_FFFF, 0x3FE0_0000_0000_0000, 0x3FF8_0000_0000_0000, 0x4004_0000_0000_0000,
        0x3FDF_FFFF_FFFF_FFFF, 0x3FE0_0000_0000_0001, 0x3FEF_FFFF_FFFF_FFFF, 0x3FF0_0000_0000_0001, 0x41DF_FFFF_FFC0_0000, 0x41DF_FFFF_FFFF_FFFF,
        0x41EF_FFFF_FFFF_FFFF, 0xC1E0_0000_001F_FFFF, 0x43DF_FFFF_FFFF_FFFF, 0x43EF_FFFF_FFFF_FFFF, 0x36A0_0000_0000_0000, 0x3690_0000_0000_0000,
        0x3690_0000_0000_0001, 0x380F_FFFF_F000_0000, 0x3810_0000_0000_0000, 0x47EF_FFFF_E000_0000, 0x47EF_FFFF_F000_0000, 0x47EF_FFFF_EFFF_FFFF,
    ];
}
