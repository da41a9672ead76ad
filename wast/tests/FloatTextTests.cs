using System.Globalization;
using System.Numerics;
using System.Text;

namespace Wasm.Text.Tests;

public class FloatTextTests
{
    [Theory]
    [InlineData("0", 0x0000_0000u)]
    [InlineData("-0", 0x8000_0000u)]
    [InlineData("-0.0e99999999999999999999", 0x8000_0000u)]
    [InlineData("1", 0x3f80_0000u)]
    [InlineData("+1_0.5_0e+0_1", 0x42d2_0000u)]
    [InlineData("inf", 0x7f80_0000u)]
    [InlineData("-inf", 0xff80_0000u)]
    [InlineData("nan", 0x7fc0_0000u)]
    [InlineData("-nan", 0xffc0_0000u)]
    [InlineData("nan:0x1", 0x7f80_0001u)]
    [InlineData("nan:0x7f_ffff", 0x7fff_ffffu)]
    [InlineData("0x1p-149", 0x0000_0001u)]
    [InlineData("0x1p-150", 0x0000_0000u)]                          // a tie with zero, which is even
    [InlineData("0x1.000001p-150", 0x0000_0001u)]
    [InlineData("0x1.00000000000000000000000001p-150", 0x0000_0001u)]   // only a sticky digit is above the tie
    [InlineData("0x1.fffffefp127", 0x7f7f_ffffu)]
    [InlineData("0x1.fffffep127", 0x7f7f_ffffu)]
    [InlineData("0x1.000001p0", 0x3f80_0000u)]                      // ties to even, downwards
    [InlineData("0x1.000003p0", 0x3f80_0002u)]                      // and upwards
    [InlineData("0x1.00000100000000001p0", 0x3f80_0001u)]
    [InlineData("0x0.00000000000000000000000000000000000000000000000000000000000000000000001p+280", 0x3d80_0000u)]
    [InlineData("340282346638528859811704183484516925440", 0x7f7f_ffffu)]
    [InlineData("340282356779733661637539395458142568447", 0x7f7f_ffffu)]
    [InlineData("1.1754943508222875e-38", 0x0080_0000u)]
    [InlineData("1.4012984643e-45", 0x0000_0001u)]
    [InlineData("7.006492321624085e-46", 0x0000_0000u)]
    [InlineData("7.0064923216240869e-46", 0x0000_0001u)]
    [InlineData("1e-99999999999999999999", 0x0000_0000u)]
    [InlineData("0x1p-99999999999999999999", 0x0000_0000u)]
    [InlineData("0x0p99999999999999999999", 0x0000_0000u)]
    [InlineData("1e+0000000000000000000000", 0x3f80_0000u)]
    [InlineData("16777217", 0x4b80_0000u)]                          // midway, to even
    [InlineData("16777217.0000000000000000000000001", 0x4b80_0001u)]
    [InlineData("1.00000017881393432617187499", 0x3f80_0001u)]      // a double in between would be midway: it must not be rounded twice
    [InlineData("1.00000017881393432617187500", 0x3f80_0002u)]
    [InlineData("0x1.0000010000000000000000000000000001p0", 0x3f80_0001u)]
    public void Reads_f32(string literal, uint bits)
    {
        Assert.True(FloatText.TryParseF32(Encoding.UTF8.GetBytes(literal), out uint read));
        Assert.Equal(bits, read);
    }

    [Theory]
    [InlineData("340282356779733661637539395458142568448")]     // the tie above the largest float
    [InlineData("0x1.ffffffp127")]
    [InlineData("0x1p128")]
    [InlineData("1e39")]
    [InlineData("1e999999999999999999999")]
    [InlineData("0x1p99999999999999999999")]
    [InlineData("nan:0x0")]
    [InlineData("nan:0x800000")]
    [InlineData("nan:0xffffffffffffffffffffffff")]
    public void Refuses_f32_out_of_range(string literal) => Assert.False(FloatText.TryParseF32(Encoding.UTF8.GetBytes(literal), out _));

    [Theory]
    [InlineData("0x1p-1074", 1UL)]
    [InlineData("0x1p-1075", 0UL)]
    [InlineData("0x1.8p-1074", 2UL)]
    [InlineData("0x1.fffffffffffff7ffffffffffffffffffp1023", 0x7fef_ffff_ffff_ffffUL)]
    [InlineData("2.2250738585072011e-308", 0x000f_ffff_ffff_ffffUL)]
    [InlineData("4.9406564584124654e-324", 1UL)]
    [InlineData("9007199254740993", 0x4340_0000_0000_0000UL)]
    [InlineData("9007199254740993.00000000000000000000000000001", 0x4340_0000_0000_0001UL)]
    [InlineData("nan:0xf_ffff_ffff_ffff", 0x7fff_ffff_ffff_ffffUL)]
    public void Reads_f64(string literal, ulong bits)
    {
        Assert.True(FloatText.TryParseF64(Encoding.UTF8.GetBytes(literal), out ulong read));
        Assert.Equal(bits, read);
    }

    [Theory]
    [InlineData("0x1.fffffffffffff8p1023")]
    [InlineData("1.7976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641669288791094655555e308")]
    [InlineData("nan:0x10000000000000")]
    public void Refuses_f64_out_of_range(string literal) => Assert.False(FloatText.TryParseF64(Encoding.UTF8.GetBytes(literal), out _));

    [Fact]
    public void Values_midway_between_two_floats_go_to_the_even_one_and_a_digit_more_decides()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            uint bits = (uint)random.Next(1, 0x7f7f_ffff);
            // The exact midpoint of this float and the next, in decimal.
            var (low, high) = (Exact(bits), Exact(bits + 1));
            string middle = Decimal((low + high) / 2);
            Assert.True(FloatText.TryParseF32(Encoding.UTF8.GetBytes(middle), out uint read));
            Assert.Equal((bits & 1) == 0 ? bits : bits + 1, read);
            Assert.True(FloatText.TryParseF32(Encoding.UTF8.GetBytes(middle.Insert(middle.IndexOf('e'), "00000000000000001")), out read));
            Assert.Equal(bits + 1, read);
        }
    }

    [Theory]
    [InlineData(767)]
    [InlineData(800)]
    [InlineData(801)]
    [InlineData(5000)]
    [InlineData(1_000_000)]
    public void Any_number_of_digits_decides(int digits)
    {
        // 9007199254740993 is midway between two doubles.
        string midway = "9007199254740993." + new string('0', digits);
        Assert.True(FloatText.TryParseF64(Encoding.UTF8.GetBytes(midway), out ulong even));
        Assert.True(FloatText.TryParseF64(Encoding.UTF8.GetBytes(midway + "1"), out ulong above));
        Assert.True(FloatText.TryParseF64(Encoding.UTF8.GetBytes($"0.{new string('0', digits)}9007199254740993e{digits + 16}"), out ulong shifted));
        Assert.True(FloatText.TryParseF64(Encoding.UTF8.GetBytes($"9007199254740993{new string('0', digits)}e-{digits}"), out ulong trailing));
        Assert.Equal(0x4340_0000_0000_0000UL, even);
        Assert.Equal(0x4340_0000_0000_0001UL, above);
        Assert.Equal(even, shifted);
        Assert.Equal(even, trailing);
    }

    [Fact]
    public void Decimals_are_read_as_the_library_reads_them()
    {
        var random = new Random(3);
        for (int i = 0; i < 20000; i++)
        {
            string digits = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)('0' + random.Next(10))));
            string literal = $"{random.Next(10)}.{digits}e{random.Next(-340, 309)}";
            double expected = double.Parse(literal, CultureInfo.InvariantCulture);
            Assert.Equal(double.IsFinite(expected), FloatText.TryParseF64(Encoding.UTF8.GetBytes(literal), out ulong f64));
            if (double.IsFinite(expected)) Assert.Equal(BitConverter.DoubleToUInt64Bits(expected), f64);
            float narrow = float.Parse(literal, CultureInfo.InvariantCulture);
            Assert.Equal(float.IsFinite(narrow), FloatText.TryParseF32(Encoding.UTF8.GetBytes(literal), out uint f32));
            if (float.IsFinite(narrow)) Assert.Equal(BitConverter.SingleToUInt32Bits(narrow), f32);
        }
    }

    [Theory]
    [InlineData(0u, "0")]
    [InlineData(0x8000_0000u, "-0")]
    [InlineData(0x3dcc_cccdu, "0.1")]
    [InlineData(0x7f7f_ffffu, "3.4028235e+38")]
    [InlineData(1u, "1e-45")]
    [InlineData(0xff80_0000u, "-inf")]
    [InlineData(0x7fc0_0000u, "nan")]
    [InlineData(0xffa0_0000u, "-nan:0x200000")]
    public void Prints_f32(uint bits, string literal) => Assert.Equal(literal, FloatText.PrintF32(bits));

    [Fact]
    public void Printed_powers_of_two_read_back_to_the_same_bits()
    {
        for (uint exponent = 0; exponent < 0xFF; exponent++) Assert.True(FloatText.TryParseF32(Encoding.UTF8.GetBytes(FloatText.PrintF32(exponent << 23)), out uint read) && read == exponent << 23);
        for (ulong exponent = 0; exponent < 0x7FF; exponent++) Assert.True(FloatText.TryParseF64(Encoding.UTF8.GetBytes(FloatText.PrintF64(exponent << 52)), out ulong read) && read == exponent << 52);
        Assert.Equal("2.9802322387695312e-08", FloatText.PrintF64(0x3E60_0000_0000_0000));
    }

    [Fact]
    public void Printed_floats_read_back_to_the_same_bits()
    {
        var random = new Random(2);
        for (int i = 0; i < 20000; i++)
        {
            uint f32 = (uint)random.NextInt64();
            ulong f64 = (ulong)random.NextInt64() ^ (ulong)random.NextInt64() << 1;
            Assert.True(FloatText.TryParseF32(Encoding.UTF8.GetBytes(FloatText.PrintF32(f32)), out uint read32));
            Assert.True(FloatText.TryParseF64(Encoding.UTF8.GetBytes(FloatText.PrintF64(f64)), out ulong read64));
            Assert.Equal(f32, read32);
            Assert.Equal(f64, read64);
        }
    }

    /// <summary>The float in units of 2^-150, half of the smallest subnormal.</summary>
    private static BigInteger Exact(uint bits)
    {
        int exponent = (int)(bits >> 23);
        BigInteger significand = exponent == 0 ? bits & 0x7f_ffff : (bits & 0x7f_ffff) | 0x80_0000;
        return significand << (Math.Max(exponent, 1));
    }

    /// <summary>Units of 2^-150 in decimal digits: n * 5^150 * 10^-150, with a point for digits to be added behind.</summary>
    private static string Decimal(BigInteger units) =>
        (units * BigInteger.Pow(5, 150)).ToString(CultureInfo.InvariantCulture) + ".0e-150";
}
