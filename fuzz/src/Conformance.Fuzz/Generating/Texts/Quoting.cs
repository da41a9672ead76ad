using System.Buffers;
using System.Globalization;
using System.Text;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>Strings and identifiers (6.3.3, 6.3.5).</summary>
internal sealed class Quoting(Decisions d, Style style)
{
    private const string Symbols = "!#$%&'*+-./:<=>?@\\^_`|~";

    /// <summary>A string literal of bytes.</summary>
    public string Bytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        while (!bytes.IsEmpty)
        {
            byte b = bytes[0];
            bool isRune = Rune.DecodeFromUtf8(bytes, out var rune, out int length) == OperationStatus.Done;
            if (style.Takes(Sugar.Escape))
            {
                string? named = b switch { (byte)'\t' => "\\t", (byte)'\n' => "\\n", (byte)'\r' => "\\r", (byte)'"' => "\\\"", (byte)'\'' => "\\'", (byte)'\\' => "\\\\", _ => null };
                if (named is not null && !d.OneIn(3))
                {
                    text.Append(named);
                    bytes = bytes[1..];
                }
                else if (isRune && d.OneIn(2))
                {
                    string hex = rune.Value.ToString(d.OneIn(2) ? "X" : "x", CultureInfo.InvariantCulture);
                    if (d.OneIn(3)) hex = new string('0', 1 + d.Below(3)) + hex;
                    if (d.OneIn(4) && hex.Length > 1) hex = hex.Insert(1 + d.Below(hex.Length - 1), "_");
                    text.Append("\\u{").Append(hex).Append('}');
                    bytes = bytes[length..];
                }
                else if (isRune && length > 1 && Rune.IsLetterOrDigit(rune))
                {
                    text.Append(rune);
                    bytes = bytes[length..];
                }
                else
                {
                    text.Append('\\').Append(b.ToString(d.OneIn(2) ? "X2" : "x2", CultureInfo.InvariantCulture));
                    bytes = bytes[1..];
                }
                continue;
            }
            if (b is (byte)'"' or (byte)'\\') text.Append('\\').Append((char)b);
            else if (b is >= 0x20 and < 0x7F) text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"\\{b:x2}");
            bytes = bytes[1..];
        }
        return text.Append('"').ToString();
    }

    /// <summary>A string literal of a name.</summary>
    public string Name(string name) => Bytes(Encoding.UTF8.GetBytes(name));

    /// <summary>An identifier: plain where it can be, or quoted.</summary>
    public string Id(string name)
    {
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && !Symbols.Contains(c, StringComparison.Ordinal)) return "$" + Name(name);
        return style.Takes(Sugar.QuotedId, Features.Annotations) ? "$" + Name(name) : "$" + name;
    }

    /// <summary>A new name for an identifier.</summary>
    /// <param name="taken">The names of the same space.</param>
    public string Fresh(HashSet<string> taken)
    {
        string name = d.Of<string>(["f", "x", "0", "1", "i32", "module", "a.b", "=", "$", "_", "f-g", "#1", "|!&", "\\", "'", "nan", "0x1", "loop", "A"]);
        if (style.Takes(Sugar.QuotedId, Features.Annotations)) name = d.Of<string>(["a b", "α", "(", ")", "\"", ";;", "\0", "😀", " ", "a\nb"]);
        string unique = name;
        for (int n = 2; !taken.Add(unique); n++) unique = string.Create(CultureInfo.InvariantCulture, $"{name}{n}");
        return unique;
    }
}
