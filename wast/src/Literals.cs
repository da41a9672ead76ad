using System.Text;

namespace Wasm.Text;

/// <summary>Numbers and strings of the text format (6.3): their grammar and their values. Floats have a file of their own.</summary>
internal static class Literals
{
    /// <summary>The kind of number that a run of characters is, or <see cref="TokenKind.Reserved"/>.</summary>
    public static TokenKind NumberKind(ReadOnlySpan<byte> s)
    {
        bool sign = s.Length > 0 && s[0] is (byte)'+' or (byte)'-';
        if (sign) s = s[1..];
        if (s.SequenceEqual("inf"u8) || s.SequenceEqual("nan"u8)) return TokenKind.Float;
        if (s.StartsWith("nan:0x"u8)) return Digits(s, 6, Chars.HexDigit) == s.Length ? TokenKind.Float : TokenKind.Reserved;
        bool hex = s.StartsWith("0x"u8);
        byte digit = hex ? Chars.HexDigit : Chars.Digit;
        int i = Digits(s, hex ? 2 : 0, digit);
        if (i < 0) return TokenKind.Reserved;
        if (i == s.Length) return sign ? TokenKind.Int : TokenKind.Nat;
        if (s[i] == '.')
        {
            i++;
            if (i < s.Length && Chars.Is(s[i], digit)) i = Digits(s, i, digit);
            if (i < 0) return TokenKind.Reserved;
            if (i == s.Length) return TokenKind.Float;
        }
        if ((s[i] | 0x20) != (hex ? 'p' : 'e')) return TokenKind.Reserved;
        i++;
        if (i < s.Length && s[i] is (byte)'+' or (byte)'-') i++;
        return Digits(s, i, Chars.Digit) == s.Length ? TokenKind.Float : TokenKind.Reserved;
    }

    public static bool IsNat(ReadOnlySpan<byte> s) => NumberKind(s) == TokenKind.Nat;

    /// <summary>The offset after the digits from <paramref name="i"/> on, with single underscores between them; -1 when there are none or an underscore is amiss.</summary>
    private static int Digits(ReadOnlySpan<byte> s, int i, byte digit)
    {
        if (i >= s.Length || !Chars.Is(s[i], digit)) return -1;
        while (i < s.Length)
        {
            if (Chars.Is(s[i], digit)) i++;
            else if (s[i] != '_') break;
            else if (i + 1 < s.Length && Chars.Is(s[i + 1], digit)) i++;
            else return -1;
        }
        return i;
    }

    /// <summary>The value of an unsigned integer, or false when it does not fit 64 bits.</summary>
    public static bool TryNat(ReadOnlySpan<byte> s, out ulong value)
    {
        value = 0;
        bool hex = s.StartsWith("0x"u8);
        foreach (byte c in hex ? s[2..] : s)
        {
            if (c == '_') continue;
            uint digit = (uint)Chars.HexValue(c);
            if (hex)
            {
                if (value >> 60 != 0) return false;
                value = value << 4 | digit;
            }
            else
            {
                if (value > (ulong.MaxValue - digit) / 10) return false;
                value = value * 10 + digit;
            }
        }
        return true;
    }

    /// <summary>An integer of <paramref name="width"/> bits, signed or unsigned (6.3.3): its bits, or false when out of range.</summary>
    public static bool TryInt(ReadOnlySpan<byte> s, int width, out ulong bits)
    {
        bool negative = s[0] == '-';
        if (!TryNat(s[0] is (byte)'+' or (byte)'-' ? s[1..] : s, out ulong n))
        {
            bits = 0;
            return false;
        }
        ulong mask = ulong.MaxValue >> (64 - width);
        bits = (negative ? 0 - n : n) & mask;
        // With a sign the value is read as signed, without one as unsigned; both ranges are accepted.
        return s[0] == '+' ? n <= mask : negative ? n <= (mask >> 1) + 1 : n <= mask;
    }

    /// <summary>The value of a <c>\u{...}</c> escape's digits, or false when they are no Unicode scalar value.</summary>
    public static bool TryHexScalar(ReadOnlySpan<byte> digits, out Rune rune)
    {
        rune = default;
        if (Digits(digits, 0, Chars.HexDigit) != digits.Length) return false;
        uint value = 0;
        foreach (byte c in digits)
        {
            if (c == '_') continue;
            value = value << 4 | (uint)Chars.HexValue(c);
            if (value > 0x10FFFF) return false;
        }
        return Rune.TryCreate(value, out rune);
    }

    /// <summary>The bytes that a string token denotes; its escapes have been checked.</summary>
    /// <param name="token">The token's text, quotes included.</param>
    public static byte[] DecodeString(ReadOnlySpan<byte> token)
    {
        var s = token[1..^1];
        if (s.IndexOf((byte)'\\') < 0) return s.ToArray();
        byte[] bytes = new byte[s.Length];    // an escape is never shorter than what it denotes
        int n = 0;
        for (int i = 0; i < s.Length; i++)
        {
            if (s[i] != '\\')
            {
                bytes[n++] = s[i];
                continue;
            }
            byte c = s[++i];
            switch (c)
            {
                case (byte)'n': bytes[n++] = (byte)'\n'; break;
                case (byte)'r': bytes[n++] = (byte)'\r'; break;
                case (byte)'t': bytes[n++] = (byte)'\t'; break;
                case (byte)'\\' or (byte)'\'' or (byte)'"': bytes[n++] = c; break;
                case (byte)'u':
                    int close = i + s[i..].IndexOf((byte)'}');
                    _ = TryHexScalar(s[(i + 2)..close], out var rune);
                    n += rune.EncodeToUtf8(bytes.AsSpan(n));
                    i = close;
                    break;
                default:
                    bytes[n++] = (byte)(Chars.HexValue(c) << 4 | Chars.HexValue(s[++i]));
                    break;
            }
        }
        return bytes[..n];
    }
}
