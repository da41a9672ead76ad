using System.Globalization;
using System.Text;

namespace Wasm.Text;

/// <summary>Strings and identifiers as the text format writes them (6.3.3, 6.3.5), with everything escaped that a reader might not see.</summary>
internal static class StringText
{
    /// <summary>A string literal of bytes.</summary>
    public static string Bytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        foreach (byte b in bytes)
        {
            if (b is (byte)'"' or (byte)'\\') text.Append('\\').Append((char)b);
            else if (b is >= 0x20 and < 0x7F) text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"\\{b:x2}");
        }
        return text.Append('"').ToString();
    }

    /// <summary>A string literal of a name.</summary>
    public static string Name(string name)
    {
        var text = new StringBuilder(name.Length + 2).Append('"');
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') text.Append('\\').Append(rune);
            else if (rune.Value == ' ' || IsVisible(Rune.GetUnicodeCategory(rune))) text.Append(rune);
            else text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }
        return text.Append('"').ToString();
    }

    /// <summary>An identifier: plain, or quoted where it must be.</summary>
    /// <param name="name">The name without its dollar; not empty.</param>
    public static string Id(string name)
    {
        foreach (char c in name)
            if (c >= 0x80 || !Chars.Is((byte)c, Chars.IdChar)) return "$" + Name(name);
        return "$" + name;
    }

    private static bool IsVisible(UnicodeCategory category) => category
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
        or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
        or UnicodeCategory.OtherPunctuation or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol
        or UnicodeCategory.OtherSymbol;
}
