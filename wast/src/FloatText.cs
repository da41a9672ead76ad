using System.Globalization;
using System.Numerics;
using System.Text;

namespace Wasm.Text;

/// <summary>
/// Floats between text and bits (6.3.2): decimal and hexadecimal literals of any length, rounded once, to nearest, ties to even. Nothing passes
/// through a wider or narrower float on the way.
/// </summary>
public static class FloatText
{
    /// <summary>The two formats: significand bits with the hidden one, and the bias of the exponent.</summary>
    private readonly record struct Format(int Precision, int Bias)
    {
        public int FractionBits => Precision - 1;
        public ulong FractionMask => (1UL << FractionBits) - 1;
        public ulong Infinity => (ulong)(2 * Bias + 1) << FractionBits;
        public ulong SignBit => Infinity + (1UL << FractionBits);
        public int MinExponent => 1 - Bias - FractionBits;      // of the lowest bit of a subnormal
    }

    private static readonly Format Single = new(24, 127);
    private static readonly Format Double = new(53, 1023);

    /// <summary>Reads a literal of type f32, which must be a float or integer token.</summary>
    /// <returns>False when the value or the NaN payload is out of range, or the token is not a literal.</returns>
    public static bool TryParseF32(ReadOnlySpan<byte> token, out uint bits)
    {
        bool ok = TryParse(token, Single, out ulong wide);
        bits = (uint)wide;
        return ok;
    }

    /// <summary>Reads a literal of type f64, which must be a float or integer token.</summary>
    /// <returns>False when the value or the NaN payload is out of range, or the token is not a literal.</returns>
    public static bool TryParseF64(ReadOnlySpan<byte> token, out ulong bits) => TryParse(token, Double, out bits);

    private static bool TryParse(ReadOnlySpan<byte> token, Format format, out ulong bits)
    {
        ulong sign = 0;
        bits = 0;
        if (!token.IsEmpty && token[0] is (byte)'+' or (byte)'-')
        {
            if (token[0] == '-') sign = format.SignBit;
            token = token[1..];
        }
        bool ok;
        if (token.SequenceEqual("inf"u8)) (ok, bits) = (true, format.Infinity);
        else if (token.SequenceEqual("nan"u8)) (ok, bits) = (true, format.Infinity | 1UL << (format.FractionBits - 1));
        else if (token.StartsWith("nan:0x"u8)) ok = TryPayload(token[6..], format, out bits);
        else if (token.StartsWith("0x"u8)) ok = TryHex(token[2..], format, out bits);
        else ok = TryDecimal(token, format, out bits);
        bits |= sign;
        return ok;
    }

    private static bool TryPayload(ReadOnlySpan<byte> digits, Format format, out ulong bits)
    {
        bits = 0;
        ulong payload = 0;
        foreach (byte b in digits)
        {
            if (b == '_') continue;
            int digit = HexDigit(b);
            if (digit < 0 || payload > format.FractionMask) return false;
            payload = payload << 4 | (uint)digit;
        }
        if (payload == 0 || payload > format.FractionMask) return false;
        bits = format.Infinity | payload;
        return true;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, Format format, out ulong bits)
    {
        // Sixty leading bits are kept; what follows only matters as whether any of it is not zero.
        ulong significand = 0;
        bool sticky = false, fraction = false, any = false;
        long exponent = 0;
        int i = 0;
        bits = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] == '_') continue;
            if (text[i] == '.')
            {
                if (fraction) return false;
                fraction = true;
                continue;
            }
            int digit = HexDigit(text[i]);
            if (digit < 0) break;
            any = true;
            if (significand >> 56 == 0)
            {
                significand = significand << 4 | (uint)digit;
                if (fraction) exponent -= 4;
            }
            else
            {
                sticky |= digit != 0;
                if (!fraction) exponent += 4;
            }
        }
        if (!any) return false;
        if (i < text.Length)
        {
            if ((text[i] | 0x20) != 'p' || !TryExponent(text[(i + 1)..], out long power)) return false;
            exponent += power;
        }
        return TryRound(significand, sticky, exponent, format, out bits);
    }

    // The midpoint of two doubles has at most 767 significant digits: what follows only matters as whether any of it is not zero.
    private const int SignificantDigits = 800;

    private static bool TryDecimal(ReadOnlySpan<byte> text, Format format, out ulong bits)
    {
        Span<char> digits = stackalloc char[SignificantDigits + 1];
        int count = 0;
        bool sticky = false, fraction = false, any = false;
        long exponent = 0;
        int i = 0;
        bits = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] == '_') continue;
            if (text[i] == '.')
            {
                if (fraction) return false;
                fraction = true;
                continue;
            }
            if (text[i] is < (byte)'0' or > (byte)'9') break;
            any = true;
            if (count == SignificantDigits)
            {
                sticky |= text[i] != '0';
                if (!fraction) exponent++;
                continue;
            }
            if (count > 0 || text[i] != '0') digits[count++] = (char)text[i];
            if (fraction) exponent--;
        }
        if (!any) return false;
        if (i < text.Length)
        {
            if ((text[i] | 0x20) != 'e' || !TryExponent(text[(i + 1)..], out long power)) return false;
            exponent += power;
        }
        if (sticky)
        {
            digits[count++] = '1';
            exponent--;
        }
        while (count > 0 && digits[count - 1] == '0')
        {
            count--;
            exponent++;
        }
        if (count == 0) return true;
        // The value lies between 10^(size-1) and 10^size: far beyond the format it need not be computed.
        long size = count + exponent;
        if (size > 400) return false;
        if (size < -400) return true;
        var number = BigInteger.Parse(digits[..count], NumberStyles.None, CultureInfo.InvariantCulture);
        return exponent >= 0
            ? TryRatio(number * BigInteger.Pow(10, (int)exponent), BigInteger.One, format, out bits)
            : TryRatio(number, BigInteger.Pow(10, (int)-exponent), format, out bits);
    }

    /// <summary>Rounds the quotient of two positive integers: it is scaled so that 60 bits or more of it are whole.</summary>
    private static bool TryRatio(BigInteger numerator, BigInteger denominator, Format format, out ulong bits)
    {
        long shift = 62 - (numerator.GetBitLength() - denominator.GetBitLength());
        if (shift > 0) numerator <<= (int)shift;
        else denominator <<= (int)-shift;
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);     // of 62 or 63 bits
        return TryRound((ulong)quotient, !remainder.IsZero, -shift, format, out bits);
    }

    /// <summary>Rounds <c>significand * 2^exponent</c>, plus a little when <paramref name="sticky"/>, to nearest, ties to even.</summary>
    private static bool TryRound(ulong significand, bool sticky, long exponent, Format format, out ulong bits)
    {
        bits = 0;
        if (significand == 0) return true;      // sticky digits come only after 60 significant bits
        int length = 64 - BitOperations.LeadingZeroCount(significand);
        // The lowest bit kept: so that the result has the format's precision, or less when it is subnormal.
        long lowest = Math.Max(exponent + length - format.Precision, format.MinExponent);
        long drop = lowest - exponent;
        ulong kept;
        if (drop <= 0) kept = significand << (int)-drop;
        else if (drop > 64) return true;
        else
        {
            kept = drop == 64 ? 0 : significand >> (int)drop;
            ulong half = 1UL << (int)(drop - 1);
            ulong rest = significand & (half | (half - 1));
            if (rest > half || (rest == half && (sticky || (kept & 1) != 0))) kept++;
        }
        if (kept >> format.Precision != 0)
        {
            kept >>= 1;
            lowest++;
        }
        if (kept >> format.FractionBits == 0)
        {
            bits = kept;    // subnormal, or zero
            return true;
        }
        long biased = lowest - format.MinExponent + 1;
        if (biased > 2 * format.Bias) return false;
        bits = (ulong)biased << format.FractionBits | (kept & format.FractionMask);
        return true;
    }

    /// <summary>An exponent of any length, held within ±2^40: no literal has digits enough to bring it back from there.</summary>
    private static bool TryExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        bool negative = false, any = false;
        if (!text.IsEmpty && text[0] is (byte)'+' or (byte)'-')
        {
            negative = text[0] == '-';
            text = text[1..];
        }
        foreach (byte b in text)
        {
            if (b == '_') continue;
            if (b is < (byte)'0' or > (byte)'9') return false;
            any = true;
            exponent = Math.Min(exponent * 10 + (b - '0'), 1L << 40);
        }
        if (negative) exponent = -exponent;
        return any;
    }

    private static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };

    /// <summary>The shortest decimal literal that reads back to the same bits; NaNs with their payload.</summary>
    public static string PrintF32(uint bits)
    {
        if (Special(bits, Single) is { } special) return special;
        float value = BitConverter.UInt32BitsToSingle(bits);
        string shortest = Lower(value.ToString("R", CultureInfo.InvariantCulture));
        return (bits & Single.FractionMask) != 0 || (TryParseF32(Encoding.ASCII.GetBytes(shortest), out uint again) && again == bits) ? shortest
            : Lower(value.ToString("G9", CultureInfo.InvariantCulture));
    }

    /// <summary>The shortest decimal literal that reads back to the same bits; NaNs with their payload.</summary>
    public static string PrintF64(ulong bits)
    {
        if (Special(bits, Double) is { } special) return special;
        double value = BitConverter.UInt64BitsToDouble(bits);
        string shortest = Lower(value.ToString("R", CultureInfo.InvariantCulture));
        // Below a power of two numbers are twice as dense as above it, and .NET's shortest digits may be those of the one below.
        return (bits & Double.FractionMask) != 0 || (TryParseF64(Encoding.ASCII.GetBytes(shortest), out ulong again) && again == bits) ? shortest
            : Lower(value.ToString("G17", CultureInfo.InvariantCulture));
    }

    private static string Lower(string text) => text.Replace('E', 'e');

    /// <summary>The literal of an infinity or a NaN, or null for a number. The canonical NaN is plain <c>nan</c>.</summary>
    private static string? Special(ulong bits, Format format)
    {
        if ((bits & format.Infinity) != format.Infinity) return null;
        string sign = (bits & format.SignBit) != 0 ? "-" : "";
        ulong payload = bits & format.FractionMask;
        return sign + (payload == 0 ? "inf" : payload == 1UL << (format.FractionBits - 1) ? "nan" : $"nan:0x{payload:x}");
    }
}
