using Wasm.Syntax;

namespace Conformance.Fuzz.Damage;

/// <summary>
/// Damages a binary module in its sections: their order and number, their sizes and how these are written, and the counts that two of them must agree on. What is in
/// the sections stays whole, so that only what holds them together is at fault, or nothing: a number may be longer than it needs to be.
/// </summary>
public static class SectionMutator
{
    private const int Preamble = 8, LongestU32 = 5;

    private readonly record struct Section(byte Id, byte[] Content);

    /// <summary>A damaged copy, or null when the bytes are no sections.</summary>
    public static byte[]? Mutate(ReadOnlySpan<byte> module, Decisions d)
    {
        if (Split(module) is not { Count: > 0 } sections) return null;
        int at = d.Below(sections.Count), padded = -1;
        byte junk = 0;
        switch (d.Below(8))
        {
            case 0: sections.Insert(at + d.Below(sections.Count - at + 1), sections[at]); break;
            case 1: (sections[at], sections[0]) = (sections[0], sections[at]); break;
            case 2: sections.RemoveAt(at); break;
            case 3: sections.Insert(at, new(0, [1, (byte)'x', d.Byte()])); break;
            case 4: padded = at; break;
            case 5: (padded, junk) = (at, (byte)(0x10 << d.Below(3))); break;
            case 6 when sections[at] is { Id: > 0, Content: [< 0x80, ..] begin }:
                sections[at] = new(sections[at].Id, [(byte)(begin[0] | 0x80), 0x80, 0x80, 0x80, d.OneIn(2) ? (byte)(0x10 << d.Below(3)) : (byte)0, .. begin[1..]]);
                break;
            // A function more than bodies, or a body more than functions.
            default:
                at = sections.FindIndex(s => s.Id == (d.OneIn(2) ? (byte)SectionId.Code : (byte)SectionId.Func));
                if (at < 0 || sections[at].Content is not [< 0x7F, ..] content) return null;
                sections[at] = new(sections[at].Id, [(byte)(content[0] + 1), .. content[1..], .. sections[at].Id == (byte)SectionId.Code ? (byte[])[2, 0, 0x0B] : [0]]);
                break;
        }
        var bytes = new List<byte>(module.Length + 16);
        bytes.AddRange(module[..Preamble]);
        for (int i = 0; i < sections.Count; i++)
        {
            bytes.Add(sections[i].Id);
            WriteSize(bytes, (uint)sections[i].Content.Length, i == padded, junk);
            bytes.AddRange(sections[i].Content);
        }
        return [.. bytes];
    }

    private static List<Section>? Split(ReadOnlySpan<byte> module)
    {
        if (module.Length < Preamble) return null;
        var sections = new List<Section>();
        for (int at = Preamble; at < module.Length;)
        {
            byte id = module[at++];
            ulong size = 0;
            for (int shift = 0; ; shift += 7)
            {
                if (at == module.Length || shift > 28) return null;
                byte b = module[at++];
                size |= (ulong)(b & 0x7F) << shift;
                if (b < 0x80) break;
            }
            if (size > (ulong)(module.Length - at)) return null;
            sections.Add(new(id, module.Slice(at, (int)size).ToArray()));
            at += (int)size;
        }
        return sections;
    }

    /// <summary>A size, perhaps as long as it may be; <paramref name="junk"/> are bits of the last byte that have no place in 32 bits.</summary>
    private static void WriteSize(List<byte> bytes, uint size, bool padded, byte junk)
    {
        for (int i = 0; i < LongestU32; i++, size >>= 7)
        {
            bool last = padded ? i == LongestU32 - 1 : size < 0x80;
            bytes.Add((byte)((size & 0x7F) | (last ? junk : 0x80u)));
            if (last) return;
        }
    }
}
