using System.Buffers.Binary;
using System.Numerics;

namespace Conformance.Fuzz;

/// <summary>
/// The one source of decisions: everything that is made up is a function of the numbers drawn here. They come from a seed (SplitMix64: the same on
/// every machine) or from a tape of bytes, and can be recorded as a tape, which then gives the same decisions again. A tape that is used up gives
/// zeros, so the choice 0 must always be the simplest one, and lead to an end.
/// </summary>
public sealed class Decisions
{
    private readonly byte[]? _tape;
    private int _at;
    private ulong _state;
    private List<byte>? _record;

    private Decisions(ulong seed, byte[]? tape)
    {
        _state = seed;
        _tape = tape;
    }

    /// <summary>Decisions from a seed.</summary>
    public Decisions(ulong seed) : this(seed, null) { }

    /// <summary>Decisions from a tape: of a recording, of a fuzzer, or any bytes.</summary>
    public static Decisions FromTape(ReadOnlySpan<byte> tape) => new(0, tape.ToArray());

    /// <summary>Decisions from a seed that are recorded.</summary>
    public static Decisions Recorded(ulong seed) => new(seed, null) { _record = [] };

    /// <summary>The tape of a recording so far.</summary>
    public byte[] Tape => [.. _record ?? throw new InvalidOperationException("nothing is recorded")];

    /// <summary>Whether a tape has been read to its end.</summary>
    public bool AtEnd => _tape is not null && _at >= _tape.Length;

    /// <summary>Any 64 bits.</summary>
    public ulong Next() => _tape is null ? Keep(Random(), 8) : Read(8);

    /// <summary>A number from 0 to <paramref name="count"/> - 1; 0, without a decision, when there is nothing to choose from.</summary>
    public int Below(int count)
    {
        if (count <= 1) return 0;
        int width = Width((uint)count - 1);
        return _tape is null ? (int)Keep(Random() % (ulong)count, width) : (int)(Read(width) % (ulong)count);
    }

    /// <summary>True once in <paramref name="n"/>; false is the simple choice.</summary>
    public bool OneIn(int n) => Below(n) == n - 1;

    public byte Byte() => (byte)Below(256);

    /// <summary>One of the items; the first is the simple choice.</summary>
    public T Of<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>One of the indices in proportion to the weights; the first is the simple choice.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        int sum = 0;
        foreach (int weight in weights) sum += weight;
        int drawn = Below(sum), index = 0;
        while (drawn >= weights[index]) drawn -= weights[index++];
        return index;
    }

    private ulong Random()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>The bytes that a number takes on a tape.</summary>
    private static int Width(uint most) => (BitOperations.Log2(most) >> 3) + 1;

    private ulong Keep(ulong value, int width)
    {
        for (int i = 0; _record is not null && i < width; i++) _record.Add((byte)(value >> (8 * i)));
        return value;
    }

    private ulong Read(int width)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        int count = Math.Min(width, _tape!.Length - _at);
        if (count > 0) _tape.AsSpan(_at, count).CopyTo(bytes);
        _at += Math.Max(count, 0);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
