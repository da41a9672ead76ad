namespace Wasm.Reference.Tests.Numerics;

/// <summary>
/// Operands that tell right from nearly right: limits of the integer types, neighbours of powers of two, every class of float, and second operands
/// that are related to the first.
/// </summary>
internal static class Samples
{
    /// <summary>Integers of <paramref name="n"/> bits: all limits, powers of two and their neighbours, and some without structure.</summary>
    public static ulong[] Integers(int n)
    {
        ulong mask = Mask(n);
        var all = new SortedSet<ulong> { 0, mask, 0x5555_5555_5555_5555 & mask, 0xAAAA_AAAA_AAAA_AAAA & mask, 0x0123_4567_89AB_CDEF & mask };
        foreach (int k in new[] { 0, 1, 3, 4, 6, 7, 8, 11, 14, 15, 16, 20, 23, 24, 25, 30, 31, 32, 33, 47, 52, 53, 54, 61, 62, 63 }.Where(k => k < n))
            foreach (ulong near in new[] { (1UL << k) - 1, 1UL << k, (1UL << k) + 1 })
            {
                all.Add(near & mask);
                all.Add((0 - near) & mask);
            }
        // Halfway between two floats, and one beside it: a conversion that rounds twice, or drops bits, takes these the wrong way.
        foreach (int p in new[] { 24, 53 })
            for (int k = Math.Max(p, n - 12); k < n; k++)
                foreach (ulong odd in new ulong[] { 0, 1 })
                {
                    ulong tie = (1UL << k) + (odd << (k - p + 1)) + (1UL << (k - p));
                    all.UnionWith([(tie - 1) & mask, tie & mask, (tie + 1) & mask, (0 - tie) & mask, (1 - tie) & mask, (0 - tie - 1) & mask]);
                }
        return [.. all];
    }

    /// <summary>Floats of <paramref name="n"/> bits as bits: zeroes, subnormals, limits, halves, integers near the limits of the integer types, NaNs.</summary>
    public static ulong[] Floats(int n)
    {
        var format = FloatFormat.Of(n);
        var all = new SortedSet<ulong>();
        foreach (double d in new[] { 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4.5, 10, 0.1, 3.141592653589793, 127.5, 65504, 1e10, 1e-10, 1e30, 1e-30 })
            all.Add(format.FromDouble(d));
        // Halfway between two f32, normal and subnormal, and one beside it, for demote.
        foreach (double tie in new[] { 1 + Math.ScaleB(1, -24), 1 + 3 * Math.ScaleB(1, -24), Math.ScaleB(1, -150), 3 * Math.ScaleB(1, -150), 1e-40 })
            foreach (int step in new[] { -1, 0, 1 })
                all.Add((ulong)Math.Max(0, (long)format.FromDouble(tie) + step));
        foreach (int k in new[] { 7, 8, 15, 16, 23, 24, 31, 32, 52, 53, 62, 63, 64 })
            foreach (int step in new[] { -1, 0, 1 })
                all.Add((ulong)((long)format.FromDouble(Math.ScaleB(1, k)) + step));
        all.UnionWith([1, 2, format.MinNormal - 1, format.MinNormal, format.MinNormal + 1, format.Infinity - 1, format.Infinity, format.One - 1, format.One + 1]);
        // Near half the largest and around the square roots of the limits, where products overflow and underflow.
        all.UnionWith([format.Infinity - (1UL << format.MantissaBits), format.FromDouble(n == 32 ? 1.8446743e19 : 1.3407807929942596e154)]);
        all.UnionWith([format.FromDouble(n == 32 ? 1.0842022e-19 : 1.4916681462400413e-154), format.One + 0x155]);
        all.UnionWith([format.CanonicalNan, format.CanonicalNan + 1, format.Infinity + 1, format.CanonicalNan | format.CanonicalNan >> 2, format.Sign - 1]);
        return [.. all, .. all.Select(a => a | format.Sign)];
    }

    public static ulong[] Of(string type) => type switch
    {
        "i8" => Integers(8),
        "i16" => Integers(16),
        "i32" => Integers(32),
        "i64" => Integers(64),
        "f32" => Floats(32),
        "f64" => Floats(64),
        _ => throw new ArgumentException(type),
    };

    /// <summary>Every pair from the samples, then pairs of random bits whose second operand is often near, equal or opposite to the first.</summary>
    public static IEnumerable<(ulong A, ulong B)> Pairs(string type, int random = 1500)
    {
        ulong[] samples = Of(type);
        foreach (ulong a in samples)
            foreach (ulong b in samples)
                yield return (a, b);
        int n = int.Parse(type[1..]);
        var source = new Random(n);
        for (int i = 0; i < random; i++)
        {
            ulong a = (ulong)source.NextInt64(long.MinValue, long.MaxValue) & Mask(n);
            ulong other = (ulong)source.NextInt64(long.MinValue, long.MaxValue) & Mask(n);
            ulong sign = 1UL << (n - 1);
            yield return (a, source.Next(8) switch { 0 => a, 1 => a ^ sign, 2 => (a + 1) & Mask(n), 3 => (a - 1) & Mask(n), 4 => (0 - a) & Mask(n), _ => other });
        }
    }

    public static ulong Mask(int n) => n == 64 ? ulong.MaxValue : (1UL << n) - 1;
}
