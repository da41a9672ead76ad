namespace Conformance.Fuzz.Editing;

/// <summary>Fewer bytes of what may be no module, by its sections.</summary>
public static class SectionEdits
{
    private const int Header = 8;

    /// <summary>The bytes without some sections, and without some of one section, whose size is set right; large cuts first.</summary>
    public static IEnumerable<byte[]> Less(byte[] bytes)
    {
        var sections = Sections(bytes);
        for (int count = sections.Count; count >= 1; count /= 2)
            for (int first = sections.Count - count; first >= 0; first -= count)
                yield return [.. bytes[..sections[first].At], .. bytes[sections[first + count - 1].End..]];
        foreach (var (at, content, end) in sections)
            for (int size = (end - content + 1) / 2; size >= 1; size /= 2)
                for (int from = end - size; from >= content; from -= size)
                    yield return [.. bytes[..(at + 1)], .. Leb((uint)(end - content - size)), .. bytes[content..from], .. bytes[(from + size)..]];
        // What is no section, and all where there are none.
        int rest = sections.Count > 0 ? sections[^1].End : Math.Min(Header, bytes.Length);
        for (int size = bytes.Length - rest; size >= 1; size /= 2)
            for (int from = bytes.Length - size; from >= rest; from -= size) yield return [.. bytes[..from], .. bytes[(from + size)..]];
    }

    /// <summary>Where sections begin, where their contents do, and where they end; as far as they are whole.</summary>
    private static List<(int At, int Content, int End)> Sections(byte[] bytes)
    {
        var sections = new List<(int, int, int)>();
        int at = Header;
        while (at < bytes.Length)
        {
            int content = at + 1, shift = 0;
            ulong size = 0;
            bool more = true;
            while (more && content < bytes.Length && shift < 35)
            {
                size |= (ulong)(bytes[content] & 0x7F) << shift;
                more = bytes[content++] >= 0x80;
                shift += 7;
            }
            if (more || size > (ulong)(bytes.Length - content)) break;
            sections.Add((at, content, content + (int)size));
            at = content + (int)size;
        }
        return sections;
    }

    private static List<byte> Leb(uint n)
    {
        var bytes = new List<byte>();
        for (; n >= 0x80; n >>= 7) bytes.Add((byte)(n | 0x80));
        bytes.Add((byte)n);
        return bytes;
    }
}
