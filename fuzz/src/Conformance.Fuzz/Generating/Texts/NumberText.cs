using System.Globalization;
using System.Numerics;
using System.Text;
using Wasm.Text;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>Numbers in all their spellings (6.3.1, 6.3.2).</summary>
internal sealed class NumberText(Decisions d, Style style)
{
    /// <summary>An unsigned number: indices, limits, offsets, lane indices.</summary>
    public string Nat(ulong value)
    {
        if (style.Takes(Sugar.Base))
            return d.Below(3) switch
            {
                0 => "0x" + Digits(Hex(value)),
                1 => "0x" + Digits(new string('0', 1 + d.Below(20)) + Hex(value)),
                _ => Digits(new string('0', 1 + d.Below(20)) + Text(value)),
            };
        return Digits(Text(value));
    }

    /// <summary>An integer of so many bits, which has two spellings when it is negative.</summary>
    public string Int(ulong bits, int width)
    {
        ulong mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        bits &= mask;
        bool negative = (bits >> (width - 1)) != 0;
        if (style.Takes(Sugar.Sign))
        {
            if (negative) return Nat(bits);
            return (bits == 0 && d.OneIn(2) ? "-" : "+") + Nat(bits);
        }
        return negative ? "-" + Nat((~bits + 1) & mask) : Nat(bits);
    }

    /// <summary>An f32 by its bits.</summary>
    public string F32(uint bits) => Float(bits, 23, 8, FloatText.PrintF32(bits));

    /// <summary>An f64 by its bits.</summary>
    public string F64(ulong bits) => Float(bits, 52, 11, FloatText.PrintF64(bits));

    private string Float(ulong bits, int fractionBits, int exponentBits, string shortest)
    {
        bool many = style.Takes(Sugar.FloatDigits), form = style.Takes(Sugar.FloatForm);
        if (!many && !form) return shortest;
        ulong fraction = bits & ((1UL << fractionBits) - 1);
        int biased = (int)(bits >> fractionBits) & ((1 << exponentBits) - 1), bias = (1 << (exponentBits - 1)) - 1;
        string sign = (bits >> (fractionBits + exponentBits)) != 0 ? "-" : d.OneIn(3) ? "+" : "";
        if (biased == (1 << exponentBits) - 1)
            return sign + (fraction == 0 ? "inf" : fraction == 1UL << (fractionBits - 1) && !d.OneIn(2) ? "nan" : "nan:0x" + Digits(new string('0', d.Below(3)) + Hex(fraction)));
        ulong significand = biased == 0 ? fraction : fraction | (1UL << fractionBits);
        int exponent = Math.Max(biased, 1) - bias - fractionBits;
        if (significand == 0) return sign + Zero();
        if (exponent >= 0 && exponent + fractionBits < 63 && d.OneIn(2)) return sign + Nat(significand << exponent);
        return sign + (d.OneIn(2) ? Decimal(significand, exponent, many, shortest.TrimStart('-')) : Hexadecimal(significand, exponent, many));
    }

    private string Zero() => d.Of<string>(["0", "0.0", "0.", "0e5", "0E-99999999999999999999", "0x0", "0x0.0p0", "0x0P-9999999", "00_0.0_0e+0_1", "0.000000000000000000000000000000000000001e-9999"]);

    /// <summary>Decimal: the shortest digits, the exact ones, or some just before the midpoint to the next number; the point anywhere.</summary>
    private string Decimal(ulong significand, int exponent, bool many, string shortest)
    {
        string digits;
        int power;
        if (!many) (digits, power) = Split(shortest);
        else
        {
            // The midpoint rounds to the even significand; one unit less in one more digit does so always.
            bool beside = d.OneIn(2);
            var (value, two) = beside ? (((BigInteger)significand << 1) + 1, exponent - 1) : ((BigInteger)significand, exponent);
            (value, power) = two >= 0 ? (value << two, 0) : (value * BigInteger.Pow(5, -two), two);
            if (beside && ((significand & 1) != 0 || d.OneIn(2)))
            {
                int further = 1 + d.Below(40);
                value = (value * BigInteger.Pow(10, further)) - 1;
                power -= further;
            }
            digits = value.ToString(CultureInfo.InvariantCulture);
        }
        if (d.OneIn(3))
        {
            int zeros = 1 + d.Below(4);
            digits += new string('0', zeros);
            power -= zeros;
        }
        if (d.OneIn(3)) digits = new string('0', 1 + d.Below(4)) + digits;
        int point = d.Below(Math.Min(digits.Length, 30) + 1);   // digits behind the point
        if (point == digits.Length) digits = "0" + digits;
        string text = Digits(digits[..^point]);
        if (point > 0) text += "." + Digits(digits[^point..]);
        else if (d.OneIn(2)) text += ".";
        power += point;
        if (power == 0 && d.OneIn(2)) return text;
        return text + Exponent(d.OneIn(2) ? "E" : "e", power);
    }

    private static (string Digits, int Power) Split(string shortest)
    {
        int e = shortest.IndexOf('e', StringComparison.Ordinal);
        int power = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string digits = e < 0 ? shortest : shortest[..e];
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? (digits, power) : (digits.Remove(point, 1), power - (digits.Length - point - 1));
    }

    /// <summary>Hexadecimal: the significand shifted, perhaps with digits behind that are less than half a unit; the point anywhere.</summary>
    private string Hexadecimal(ulong significand, int exponent, bool many)
    {
        var value = (BigInteger)significand;
        int shift = d.Below(8);
        value <<= shift;
        exponent -= shift;
        if (many)
        {
            // Half a unit rounds to the even significand, less than that does so always.
            int further = 1 + d.Below(80);
            bool even = (significand & 1) == 0 && d.OneIn(2);
            var half = BigInteger.One << (shift + further - 1);
            value = (value << further) + (even ? half : half - 1);
            exponent -= further;
        }
        string digits = value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        if (d.OneIn(3)) digits = digits.ToUpperInvariant();
        if (d.OneIn(3)) digits = new string('0', 1 + d.Below(4)) + digits;
        if (d.OneIn(3))
        {
            int zeros = 1 + d.Below(4);
            digits += new string('0', zeros);
            exponent -= 4 * zeros;
        }
        int point = d.Below(digits.Length + 1);
        if (point == digits.Length) digits = "0" + digits;
        string text = "0x" + Digits(digits[..^point]);
        if (point > 0) text += "." + Digits(digits[^point..]);
        else if (d.OneIn(2)) text += ".";
        exponent += 4 * point;
        if (exponent == 0 && d.OneIn(2)) return text;
        return text + Exponent(d.OneIn(2) ? "P" : "p", exponent);
    }

    private string Exponent(string letter, int power) =>
        letter + (power < 0 ? "-" : d.OneIn(2) ? "+" : "") + Digits((d.OneIn(4) ? new string('0', 1 + d.Below(3)) : "") + Text((ulong)Math.Abs((long)power)));

    /// <summary>Digits, perhaps with underscores, each between two of them.</summary>
    private string Digits(string digits)
    {
        if (digits.Length < 2 || !style.Has(Sugar.Underscore)) return digits;
        StringBuilder? text = null;
        for (int i = 0; i < digits.Length; i++)
        {
            if (i > 0 && style.Takes(Sugar.Underscore)) (text ??= new StringBuilder(digits[..i])).Append('_');
            text?.Append(digits[i]);
        }
        return text?.ToString() ?? digits;
    }

    private string Hex(ulong value) => value.ToString(d.OneIn(3) ? "X" : "x", CultureInfo.InvariantCulture);

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
