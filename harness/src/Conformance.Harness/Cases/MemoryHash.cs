using System.Runtime.InteropServices;

namespace Conformance.Harness.Cases;

/// <summary>
/// The hash that engines and kit compare memories by: over the little-endian 32-bit words, of which zeros do not count, so that a mostly empty memory costs
/// little. Written down in PROTOCOL.md; every worker computes the same.
/// </summary>
public static class MemoryHash
{
    private const uint Prime = 0x9E3779B1;

    /// <summary>The hash of the bytes; their number is a multiple of 4, or the last word is filled up with zeros.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0;
        var words = MemoryMarshal.Cast<byte, uint>(bytes);
        for (int i = 0; i < words.Length; i++)
            if (words[i] is not 0 and var word) hash = Step(hash, word, i);
        uint last = 0;
        for (int i = words.Length * 4; i < bytes.Length; i++) last |= (uint)bytes[i] << (8 * (i % 4));
        return last == 0 ? hash : Step(hash, last, words.Length);
    }

    private static uint Step(uint hash, uint word, int index)
    {
        hash = (hash ^ word) * Prime;
        hash = (hash ^ (hash >> 15) ^ (uint)index) * Prime;
        return hash ^ (hash >> 13);
    }
}
