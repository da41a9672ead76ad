namespace Wasm.Numerics;

/// <summary>128-bit operators of the wide-arithmetic proposal, on pairs of i64: low half first.</summary>
public static class WideArithmetic
{
    public static (ulong Lo, ulong Hi) Add128(ulong aLo, ulong aHi, ulong bLo, ulong bHi)
    {
        ulong lo = aLo + bLo;
        return (lo, aHi + bHi + (lo < aLo ? 1UL : 0));
    }

    public static (ulong Lo, ulong Hi) Sub128(ulong aLo, ulong aHi, ulong bLo, ulong bHi) => (aLo - bLo, aHi - bHi - (aLo < bLo ? 1UL : 0));

    public static (ulong Lo, ulong Hi) MulWideS(ulong a, ulong b)
    {
        ulong hi = (ulong)Math.BigMul((long)a, (long)b, out long lo);
        return ((ulong)lo, hi);
    }

    public static (ulong Lo, ulong Hi) MulWideU(ulong a, ulong b)
    {
        ulong hi = Math.BigMul(a, b, out ulong lo);
        return (lo, hi);
    }
}
