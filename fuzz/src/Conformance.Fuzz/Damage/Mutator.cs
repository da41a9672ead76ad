using System.Text;

namespace Conformance.Fuzz.Damage;

/// <summary>
/// Damages a module, binary or text, with one to eight small edits. What comes out may be anything; the kit must answer it with a module or a
/// phase error.
/// </summary>
public static class Mutator
{
    private const int MostEdits = 8;

    /// <summary>No case grows beyond this, so that memory stays bounded whatever is spliced.</summary>
    private const int MostBytes = 1 << 18;

    /// <summary>Bytes that mean something in the binary format: LEB borders, block and type codes, prefixes.</summary>
    private static readonly byte[] TellingBytes =
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x0B, 0x10, 0x11, 0x1F, 0x20, 0x3F, 0x40, 0x41, 0x42, 0x4E, 0x4F, 0x50, 0x5E, 0x5F, 0x60, 0x63, 0x64,
        0x6F, 0x70, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0xC0, 0xD0, 0xE0, 0xF0, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF,
    ];

    private static readonly byte[][] TellingRuns =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x80, 0x80, 0x80, 0x78], [0x80, 0x80, 0x80, 0x80, 0x00],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F],
        [0x02, 0x40], [0x03, 0x40], [0x04, 0x40], [0x06, 0x40], [0x1F, 0x40, 0x00], [0x0B], [0x0B, 0x0B, 0x0B],
    ];

    private static readonly byte[][] TellingTokens =
    [
        .. new[]
        {
            "(", ")", "((", "))", "(module", "(func", "(type", "(rec", "(sub", "(param", "(result", "(local", "(block", "(loop", "(if", "(then", "(else", "block", "loop", "if", "else", "end",
            "$x", "$", "$\"\\u{41}\"", "\"", "\"\\", "\"\\ff\"", "(;", ";)", ";;", "(@a", "(@", "(@custom", "0", "-1", "0x", "0x1p", "nan", "nan:0x1", "inf", "1e999", "0xffffffff", "4294967296",
            "18446744073709551616", "offset=4294967295", "align=3", "i32.const", "v128.const", "i8x16", "ref.null", "(ref", "null", "(import", "(export", "\"a\"", "(memory", "(table", "(global", "(mut",
            "(elem", "(data", "(start", "(tag", "i64", "shared", "(pagesize", "(exact", "(on", "(catch", "(do", "select", "br_table", "call_indirect", "\0", "\x7f", "é",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>A damaged copy.</summary>
    /// <param name="module">The module to damage.</param>
    /// <param name="other">Another one to splice from.</param>
    /// <param name="text">Whether they are text.</param>
    /// <param name="decisions">What to do.</param>
    public static byte[] Mutate(ReadOnlySpan<byte> module, ReadOnlySpan<byte> other, bool text, Decisions decisions)
    {
        var bytes = new List<byte>(module.Length + 64);
        bytes.AddRange(module);
        int edits = 1 + decisions.Below(MostEdits);
        if (decisions.OneIn(2)) edits = 1;      // half the cases carry one mistake only: those reach deepest
        for (int i = 0; i < edits && bytes.Count < MostBytes; i++)
        {
            if (text) EditText(bytes, other, decisions);
            else EditBinary(bytes, other, decisions);
        }
        if (bytes.Count > MostBytes) bytes.RemoveRange(MostBytes, bytes.Count - MostBytes);
        return [.. bytes];
    }

    private static void EditBinary(List<byte> bytes, ReadOnlySpan<byte> other, Decisions d)
    {
        int at = d.Below(bytes.Count + 1);
        switch (d.Below(12))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << d.Below(8)); break;
            case 1 when at < bytes.Count: bytes[at] = d.Byte(); break;
            case 2 when at < bytes.Count: bytes[at] = TellingBytes[d.Below(TellingBytes.Length)]; break;
            case 3 when at < bytes.Count: bytes[at] += d.OneIn(2) ? (byte)1 : (byte)0xFF; break;
            case 4: bytes.Insert(at, TellingBytes[d.Below(TellingBytes.Length)]); break;
            case 5: bytes.InsertRange(at, TellingRuns[d.Below(TellingRuns.Length)]); break;
            case 6 when at < bytes.Count: bytes.RemoveRange(at, 1 + d.Below(Math.Min(16, bytes.Count - at))); break;
            case 7: Repeat(bytes, at, 1 + d.Below(16), 1 + d.Below(d.OneIn(64) ? 4096 : 4)); break;
            case 8: Splice(bytes, at, other, 1 + d.Below(64), d); break;
            case 9 when d.OneIn(4): bytes.RemoveRange(at, bytes.Count - at); break;
            case 10 when at < bytes.Count: Overwrite(bytes, at, other, 1 + d.Below(16), d); break;
            default: if (at < bytes.Count) bytes[at] = (byte)(bytes[at] + d.Below(16) - 8); break;
        }
    }

    private static void EditText(List<byte> bytes, ReadOnlySpan<byte> other, Decisions d)
    {
        int at = TokenStart(bytes, d.Below(bytes.Count + 1));
        switch (d.Below(16))
        {
            case 12 or 13 or 14: Exchange(bytes, at, other, d); break;
            case 0: Cut(bytes, at, TokenEnd(bytes, at)); break;
            case 1: Cut(bytes, at, TokenEnd(bytes, at)); Insert(bytes, at, TellingTokens[d.Below(TellingTokens.Length)]); break;
            case 2: Insert(bytes, at, TellingTokens[d.Below(TellingTokens.Length)]); break;
            case 3: Repeat(bytes, at, Math.Max(1, TokenEnd(bytes, at) - at + 1), 1 + d.Below(d.OneIn(64) ? 4096 : 3)); break;
            case 4: Repeat(bytes, at, 1 + d.Below(64), 1 + d.Below(d.OneIn(64) ? 2048 : 3)); break;
            case 5: Splice(bytes, at, other, 1 + d.Below(64), d); break;
            case 6: Cut(bytes, at, Math.Min(bytes.Count, at + 1 + d.Below(64))); break;
            case 7 when at < bytes.Count: bytes[at] = d.Byte(); break;
            case 8 when at < bytes.Count: bytes[at] ^= (byte)(1 << d.Below(8)); break;
            case 9: Insert(bytes, at, [d.OneIn(2) ? (byte)'(' : (byte)')']); break;
            case 10 when d.OneIn(4): Cut(bytes, at, bytes.Count); break;
            default: Overwrite(bytes, at, other, 1 + d.Below(24), d); break;
        }
    }

    /// <summary>Puts a token of the other text, of the same class, in place of one: the text stays well-formed more often.</summary>
    private static void Exchange(List<byte> bytes, int at, ReadOnlySpan<byte> other, Decisions d)
    {
        int end = TokenEnd(bytes, at);
        if (at >= bytes.Count || other.IsEmpty) return;
        for (int tries = 0; tries < 8; tries++)
        {
            int from = d.Below(other.Length);
            while (from > 0 && !IsBreak(other[from - 1])) from--;
            int to = from;
            while (to < other.Length && !IsBreak(other[to])) to++;
            if (to == from || Class(other[from]) != Class(bytes[at])) continue;
            bytes.RemoveRange(at, end - at);
            bytes.InsertRange(at, other[from..to].ToArray());
            return;
        }
    }

    private static int Class(byte first) => first switch
    {
        (byte)'$' => 1,
        (byte)'"' => 2,
        (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' => 3,
        >= (byte)'a' and <= (byte)'z' => 4,
        _ => 0,
    };

    private static bool IsBreak(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'(' or (byte)')';

    private static int TokenStart(List<byte> bytes, int at)
    {
        while (at > 0 && !IsBreak(bytes[at - 1])) at--;
        return at;
    }

    private static int TokenEnd(List<byte> bytes, int at)
    {
        if (at < bytes.Count && IsBreak(bytes[at])) return at + 1;
        while (at < bytes.Count && !IsBreak(bytes[at])) at++;
        return at;
    }

    private static void Cut(List<byte> bytes, int from, int to) => bytes.RemoveRange(from, Math.Max(0, to - from));

    private static void Insert(List<byte> bytes, int at, byte[] token)
    {
        bytes.InsertRange(at, token);
        bytes.Insert(at + token.Length, (byte)' ');
    }

    private static void Repeat(List<byte> bytes, int at, int length, int times)
    {
        length = Math.Min(length, bytes.Count - at);
        if (length == 0) return;
        times = Math.Min(times, MostBytes / length);
        byte[] piece = new byte[length * times];
        for (int i = 0; i < piece.Length; i++)
            piece[i] = bytes[at + i % length];
        bytes.InsertRange(at, piece);
    }

    private static void Splice(List<byte> bytes, int at, ReadOnlySpan<byte> other, int length, Decisions d)
    {
        if (other.IsEmpty) return;
        int from = d.Below(other.Length);
        bytes.InsertRange(at, other.Slice(from, Math.Min(length, other.Length - from)).ToArray());
    }

    private static void Overwrite(List<byte> bytes, int at, ReadOnlySpan<byte> other, int length, Decisions d)
    {
        if (other.IsEmpty) return;
        int from = d.Below(other.Length);
        length = Math.Min(length, Math.Min(other.Length - from, bytes.Count - at));
        for (int i = 0; i < length; i++)
            bytes[at + i] = other[from + i];
    }
}
