using System.Buffers.Binary;
using System.Diagnostics;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;

namespace Conformance.Fuzz.Comparing;

/// <summary>The bits that may stand where the reference wrote a NaN (<c>nans_N{z*}</c>, 4.3.3).</summary>
public static class Allowed
{
    private const uint Exponent32 = 0x7F80_0000, Quiet32 = 0x0040_0000;
    private const ulong Exponent64 = 0x7FF0_0000_0000_0000, Quiet64 = 0x0008_0000_0000_0000;

    /// <summary>The bytes that a set speaks of.</summary>
    public static int Width(NaNSet set) => set is NaNSet.Canonical64 or NaNSet.Arithmetic64 or NaNSet.Any64 ? 8 : 4;

    /// <summary>Whether an engine's bits may stand where the reference's do. A number is that number; a NaN is one of its set.</summary>
    public static bool Holds(NaNSet set, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> observed)
    {
        if (expected.SequenceEqual(observed)) return true;
        if (set == NaNSet.Exact || expected.Length < Width(set) || observed.Length < Width(set)) return false;
        if (Width(set) == 4)
        {
            uint e = BinaryPrimitives.ReadUInt32LittleEndian(expected), o = BinaryPrimitives.ReadUInt32LittleEndian(observed);
            return (e & ~(1u << 31)) > Exponent32 && IsIn(set, o);
        }
        ulong e64 = BinaryPrimitives.ReadUInt64LittleEndian(expected), o64 = BinaryPrimitives.ReadUInt64LittleEndian(observed);
        return (e64 & ~(1ul << 63)) > Exponent64 && IsIn(set, o64);
    }

    /// <summary>Whether every NaN that the reference wrote where several are allowed is one of those: what a place may hold is said for what wrote it.</summary>
    public static bool IsItself(FuzzCase @case, CaseResult reference)
    {
        foreach (var places in @case.NaNs)
        {
            if (places.Action >= reference.Results.Length || reference.Results[places.Action] is not ActionResult.Bytes bytes) continue;
            for (int i = 0; i < places.Sets.Length; i++)
            {
                var set = places.Sets[i];
                if (set == NaNSet.Exact || (4 * i) + Width(set) > bytes.Data.Length) continue;
                ulong bits = Width(set) == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Data.AsSpan(4 * i)) : BinaryPrimitives.ReadUInt64LittleEndian(bytes.Data.AsSpan(4 * i));
                if (IsIn(Width(set) == 4 ? NaNSet.Any32 : NaNSet.Any64, bits) && !IsIn(set, bits)) return false;
            }
        }
        return true;
    }

    private static bool IsIn(NaNSet set, ulong bits) => set switch
    {
        NaNSet.Canonical32 => ((uint)bits & ~(1u << 31)) == (Exponent32 | Quiet32),
        NaNSet.Arithmetic32 => ((uint)bits & (Exponent32 | Quiet32)) == (Exponent32 | Quiet32),
        NaNSet.Canonical64 => (bits & ~(1ul << 63)) == (Exponent64 | Quiet64),
        NaNSet.Arithmetic64 => (bits & (Exponent64 | Quiet64)) == (Exponent64 | Quiet64),
        NaNSet.Any32 => ((uint)bits & ~(1u << 31)) > Exponent32,
        NaNSet.Any64 => (bits & ~(1ul << 63)) > Exponent64,
        NaNSet.Exact or _ => throw new UnreachableException($"set {set}"),
    };
}
