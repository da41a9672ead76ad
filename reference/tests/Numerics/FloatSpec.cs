using System.Numerics;

namespace Wasm.Reference.Tests.Numerics;

/// <summary>A float format of IEEE 754 and its landmarks as bits.</summary>
internal sealed record FloatFormat(int Bits, int MantissaBits)
{
    public static FloatFormat Of(int n) => n == 32 ? new(32, 23) : new(64, 52);

    public ulong Sign => 1UL << (Bits - 1);
    public ulong Infinity => (Sign - 1) & ~(MinNormal - 1);
    public ulong MinNormal => 1UL << MantissaBits;
    public ulong Quiet => MinNormal >> 1;
    public ulong CanonicalNan => Infinity | Quiet;
    public ulong One => Infinity >> 1 & ~(MinNormal - 1);

    /// <summary>The exponent of the lowest bit of subnormals.</summary>
    public int LowestExponent => 2 - (1 << (Bits - MantissaBits - 2)) - MantissaBits;

    public ulong FromDouble(double d) => FloatSpec.Convert(FloatFormat.Of(64), this, BitConverter.DoubleToUInt64Bits(d)).Bits;
}

/// <summary>What a float operator may give: certain bits, or any NaN of a class.</summary>
internal readonly record struct Expected(ulong Bits, bool AnyNan = false, bool Canonical = false)
{
    public bool Allows(FloatFormat format, ulong actual) => !AnyNan
        ? actual == Bits
        : Canonical ? (actual & ~format.Sign) == format.CanonicalNan : (actual & format.CanonicalNan) == format.CanonicalNan;
}

/// <summary>The float operators as 4.3.3 defines them, computed exactly on unbounded integers and rounded once: independent of the code under test.</summary>
internal static class FloatSpec
{
    /// <summary>(-1)^Negative * Mantissa * 2^Exponent, or an infinity.</summary>
    private readonly record struct Real(bool Negative, BigInteger Mantissa, int Exponent, bool Infinite = false)
    {
        public bool IsZero => !Infinite && Mantissa.IsZero;

        public Real Scaled(int exponent) => this with { Mantissa = Mantissa << (Exponent - exponent), Exponent = exponent };
    }

    public static bool IsNan(FloatFormat f, ulong a) => (a & ~f.Sign) > f.Infinity;

    /// <param name="op">The operator, such as <c>fadd</c>.</param>
    /// <param name="f">The format of operands and result.</param>
    /// <param name="args">Bits.</param>
    public static Expected Apply(string op, FloatFormat f, params ulong[] args)
    {
        ulong a = args[0], b = args.Length > 1 ? args[1] : 0;
        switch (op)
        {
            case "fabs": return new(a & ~f.Sign);
            case "fneg": return new(a ^ f.Sign);
            case "fcopysign": return new((a & ~f.Sign) | (b & f.Sign));
            case "fpmin": return new(Compare("flt", f, b, a) ? b : a);
            case "fpmax": return new(Compare("flt", f, a, b) ? b : a);
            case "feq" or "fne" or "flt" or "fgt" or "fle" or "fge": return new(Compare(op, f, a, b) ? 1UL : 0);
            default: break;
        }
        if (args.Any(x => IsNan(f, x))) return Nans(f, args);
        Real x = Read(f, a), y = Read(f, b);
        return op switch
        {
            "fadd" => Add(f, x, y),
            "fsub" => Add(f, x, y with { Negative = !y.Negative }),
            "fmul" => Multiply(f, x, y),
            "fdiv" => Divide(f, x, y),
            "fsqrt" => SquareRoot(f, x),
            "fmin" => new(Order(x, y) is var c && c < 0 || c == 0 && x.Negative ? a : b),
            "fmax" => new(Order(x, y) is var d && d > 0 || d == 0 && y.Negative ? a : b),
            "fceil" => Whole(f, x, (q, half) => !x.Negative && half != 0 ? q + 1 : q),
            "ffloor" => Whole(f, x, (q, half) => x.Negative && half != 0 ? q + 1 : q),
            "ftrunc" => Whole(f, x, (q, half) => q),
            "fnearest" => Whole(f, x, (q, half) => half == 3 || half == 2 && !q.IsEven ? q + 1 : q),
            "fma" => MultiplyAdd(f, x, y, Read(f, args[2])),
            _ => throw new ArgumentException($"no float operator {op}"),
        };
    }

    /// <summary>nans: canonical when every NaN among the operands is (or there is none), else any with its quiet bit set.</summary>
    public static Expected Nans(FloatFormat f, params ulong[] args) =>
        new(0, AnyNan: true, Canonical: args.All(a => !IsNan(f, a) || (a & ~f.Sign) == f.CanonicalNan));

    private static bool Compare(string op, FloatFormat f, ulong a, ulong b)
    {
        if (IsNan(f, a) || IsNan(f, b)) return op == "fne";
        int order = Order(Read(f, a), Read(f, b));
        return op switch { "feq" => order == 0, "fne" => order != 0, "flt" => order < 0, "fgt" => order > 0, "fle" => order <= 0, _ => order >= 0 };
    }

    private static int Order(Real x, Real y)
    {
        if (x.Infinite || y.Infinite) return Rank(x).CompareTo(Rank(y));
        int e = Math.Min(x.Exponent, y.Exponent);
        return Value(x.Scaled(e)).CompareTo(Value(y.Scaled(e)));
    }

    private static int Rank(Real x) => !x.Infinite ? 0 : x.Negative ? -1 : 1;

    private static BigInteger Value(Real x) => x.Negative ? -x.Mantissa : x.Mantissa;

    private static Expected Add(FloatFormat f, Real x, Real y)
    {
        if (x.Infinite && y.Infinite) return x.Negative == y.Negative ? Infinite(f, x.Negative) : Nans(f);
        if (x.Infinite || y.Infinite) return Infinite(f, x.Infinite ? x.Negative : y.Negative);
        int e = Math.Min(x.Exponent, y.Exponent);
        var sum = Value(x.Scaled(e)) + Value(y.Scaled(e));
        // An exact zero is positive, but for the sum of two negative zeroes.
        return Round(f, sum.IsZero ? x.IsZero && x.Negative && y.Negative : sum.Sign < 0, BigInteger.Abs(sum), e);
    }

    private static Expected Multiply(FloatFormat f, Real x, Real y)
    {
        bool negative = x.Negative != y.Negative;
        if (x.Infinite || y.Infinite) return x.IsZero || y.IsZero ? Nans(f) : Infinite(f, negative);
        return Round(f, negative, x.Mantissa * y.Mantissa, x.Exponent + y.Exponent);
    }

    private static Expected MultiplyAdd(FloatFormat f, Real x, Real y, Real z)
    {
        bool negative = x.Negative != y.Negative;
        if ((x.Infinite || y.Infinite) && (x.IsZero || y.IsZero)) return Nans(f);
        return Add(f, new(negative, x.Mantissa * y.Mantissa, x.Exponent + y.Exponent, x.Infinite || y.Infinite), z);
    }

    private static Expected Divide(FloatFormat f, Real x, Real y)
    {
        bool negative = x.Negative != y.Negative;
        if (x.Infinite && y.Infinite || x.IsZero && y.IsZero) return Nans(f);
        if (x.Infinite || y.IsZero) return Infinite(f, negative);
        if (y.Infinite) return new(negative ? f.Sign : 0);
        var quotient = BigInteger.DivRem(x.Mantissa << 128, y.Mantissa, out var rest);
        return Round(f, negative, quotient, x.Exponent - y.Exponent - 128, !rest.IsZero);
    }

    private static Expected SquareRoot(FloatFormat f, Real x)
    {
        if (x.IsZero) return new(x.Negative ? f.Sign : 0);
        if (x.Negative) return Nans(f);
        if (x.Infinite) return Infinite(f, false);
        var even = x.Scaled((x.Exponent & 1) == 0 ? x.Exponent - 128 : x.Exponent - 129);
        // The whole square root by bisection.
        BigInteger low = 0, high = BigInteger.One << (int)(even.Mantissa.GetBitLength() / 2 + 1);
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            if (middle * middle <= even.Mantissa) low = middle;
            else high = middle;
        }
        return Round(f, false, low, even.Exponent / 2, low * low != even.Mantissa);
    }

    /// <param name="f">The format.</param>
    /// <param name="x">The operand.</param>
    /// <param name="choose">From the whole part of the magnitude and what is cut off (0 nothing, 1 less than a half, 2 a half, 3 more) the result's magnitude.</param>
    private static Expected Whole(FloatFormat f, Real x, Func<BigInteger, int, BigInteger> choose)
    {
        if (x.Infinite) return Infinite(f, x.Negative);
        if (x.Exponent >= 0) return Round(f, x.Negative, x.Mantissa, x.Exponent);
        var whole = x.Mantissa >> -x.Exponent;
        var twice = (x.Mantissa - (whole << -x.Exponent)) << 1;
        int cut = twice.IsZero ? 0 : 2 + twice.CompareTo(BigInteger.One << -x.Exponent);
        return Round(f, x.Negative, choose(whole, cut), 0);
    }

    /// <summary>trunc towards zero, or null for NaNs and infinities.</summary>
    public static BigInteger? Truncate(FloatFormat f, ulong a)
    {
        if (IsNan(f, a)) return null;
        var x = Read(f, a);
        if (x.Infinite) return null;
        var magnitude = x.Exponent >= 0 ? x.Mantissa << x.Exponent : x.Mantissa >> -x.Exponent;
        return x.Negative ? -magnitude : magnitude;
    }

    /// <summary>The integer rounded to the format.</summary>
    public static Expected FromInteger(FloatFormat f, BigInteger i) => Round(f, i.Sign < 0, BigInteger.Abs(i), 0);

    /// <summary>demote, promote.</summary>
    public static Expected Convert(FloatFormat from, FloatFormat to, ulong a)
    {
        if (IsNan(from, a)) return Nans(from, a);
        var x = Read(from, a);
        return x.Infinite ? Infinite(to, x.Negative) : Round(to, x.Negative, x.Mantissa, x.Exponent);
    }

    private static Expected Infinite(FloatFormat f, bool negative) => new(f.Infinity | (negative ? f.Sign : 0));

    private static Real Read(FloatFormat f, ulong a)
    {
        bool negative = (a & f.Sign) != 0;
        a &= ~f.Sign;
        if (a == f.Infinity) return new(negative, 0, 0, true);
        int exponent = (int)(a >> f.MantissaBits);
        ulong fraction = a & (f.MinNormal - 1);
        return exponent == 0 ? new(negative, fraction, f.LowestExponent) : new(negative, fraction | f.MinNormal, f.LowestExponent + exponent - 1);
    }

    /// <summary>Rounds to nearest, ties to even.</summary>
    /// <param name="f">The format.</param>
    /// <param name="negative">The sign, of zero too.</param>
    /// <param name="m">The magnitude's mantissa.</param>
    /// <param name="e">The magnitude's exponent.</param>
    /// <param name="sticky">Whether the magnitude is greater than that by less than one unit of the mantissa.</param>
    private static Expected Round(FloatFormat f, bool negative, BigInteger m, int e, bool sticky = false)
    {
        ulong sign = negative ? f.Sign : 0;
        m = (m << 1) | (sticky ? 1 : 0);
        e--;
        if (m.IsZero) return new(sign);
        int exponent = Math.Max(f.LowestExponent, e + (int)m.GetBitLength() - f.MantissaBits - 1);
        int cut = exponent - e;
        BigInteger kept = cut > 0 ? m >> cut : m << -cut;
        if (cut > 0)
        {
            var rest = m - (kept << cut);
            int order = rest.CompareTo(BigInteger.One << (cut - 1));
            if (order > 0 || order == 0 && !kept.IsEven) kept += 1;
        }
        // A carry out of the mantissa moves into the exponent field by itself.
        var bits = kept + ((BigInteger)(exponent - f.LowestExponent) << f.MantissaBits);
        return new(bits >= f.Infinity ? sign | f.Infinity : sign | (ulong)bits);
    }
}
