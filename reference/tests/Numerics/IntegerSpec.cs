using System.Numerics;

namespace Wasm.Reference.Tests.Numerics;

/// <summary>The integer operators as 4.3.2 defines them, on unbounded integers: slow, and independent of the code under test.</summary>
internal static class IntegerSpec
{
    public static BigInteger Signed(int n, BigInteger i) => i < BigInteger.One << (n - 1) ? i : i - (BigInteger.One << n);

    public static BigInteger Unsigned(int n, BigInteger i) => ((i % (BigInteger.One << n)) + (BigInteger.One << n)) % (BigInteger.One << n);

    /// <param name="op">The operator without its sign, such as <c>iadd_sat</c>.</param>
    /// <param name="n">The width in bits.</param>
    /// <param name="signed">Whether operands are taken as signed, for operators that come in both forms.</param>
    /// <param name="args">Bits, as integers without sign.</param>
    /// <returns>Bits, or null where the operator is undefined.</returns>
    public static BigInteger? Apply(string op, int n, bool signed, params BigInteger[] args)
    {
        BigInteger i1 = args[0], i2 = args.Length > 1 ? args[1] : 0;
        BigInteger j1 = signed ? Signed(n, i1) : i1, j2 = signed ? Signed(n, i2) : i2;
        BigInteger k = i2 % n;
        return op switch
        {
            "iclz" => n - (int)i1.GetBitLength(),
            "ictz" => Enumerable.Range(0, n).TakeWhile(b => (i1 >> b).IsEven).Count(),
            "ipopcnt" => Enumerable.Range(0, n).Count(b => !(i1 >> b).IsEven),
            "ineg" => Unsigned(n, -i1),
            "iabs" => Unsigned(n, BigInteger.Abs(Signed(n, i1))),
            "inot" => (BigInteger.One << n) - 1 - i1,
            "iadd" => Unsigned(n, i1 + i2),
            "isub" => Unsigned(n, i1 - i2),
            "imul" => Unsigned(n, i1 * i2),
            "idiv" => i2.IsZero || BigInteger.Divide(j1, j2) is var q && signed && q == BigInteger.One << (n - 1) ? null : Unsigned(n, q),
            "irem" => i2.IsZero ? null : Unsigned(n, BigInteger.Remainder(j1, j2)),
            "iand" => i1 & i2,
            "iandnot" => i1 & ((BigInteger.One << n) - 1 - i2),
            "ior" => i1 | i2,
            "ixor" => i1 ^ i2,
            "ishl" => Unsigned(n, i1 << (int)k),
            "ishr" => Unsigned(n, j1 >> (int)k),
            "irotl" => Unsigned(n, (i1 << (int)k) | (i1 >> (int)(n - k))),
            "irotr" => Unsigned(n, (i1 >> (int)k) | (i1 << (int)(n - k))),
            "imin" => Unsigned(n, BigInteger.Min(j1, j2)),
            "imax" => Unsigned(n, BigInteger.Max(j1, j2)),
            "iadd_sat" => Saturate(n, signed, j1 + j2),
            "isub_sat" => Saturate(n, signed, j1 - j2),
            "iavgr" => (i1 + i2 + 1) >> 1,
            "iq15mulr_sat" => Saturate(n, true, (Signed(n, i1) * Signed(n, i2) + (1 << 14)) >> 15),
            "ieqz" => Bool(i1.IsZero),
            "inez" => Bool(!i1.IsZero),
            "ieq" => Bool(i1 == i2),
            "ine" => Bool(i1 != i2),
            "ilt" => Bool(j1 < j2),
            "igt" => Bool(j1 > j2),
            "ile" => Bool(j1 <= j2),
            "ige" => Bool(j1 >= j2),
            "ibitselect" => (i1 & args[2]) | (i2 & ((BigInteger.One << n) - 1 - args[2])),
            _ => throw new ArgumentException($"no integer operator {op}"),
        };
    }

    /// <summary>sat_u, sat_s: the nearest integer of n bits, as bits.</summary>
    public static BigInteger Saturate(int n, bool signed, BigInteger i)
    {
        BigInteger low = signed ? -(BigInteger.One << (n - 1)) : 0, high = (BigInteger.One << (signed ? n - 1 : n)) - 1;
        return Unsigned(n, BigInteger.Max(low, BigInteger.Min(high, i)));
    }

    private static BigInteger Bool(bool b) => b ? 1 : 0;
}
