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
