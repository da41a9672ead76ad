using System.Numerics;
using Wasm.Numerics;
using Wasm.Syntax;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Reference.Tests.Numerics;

/// <summary>Every relaxed instruction of the table under every choice, against the lists that the definitions of 4.3.6 give.</summary>
public class RelaxedTests
{
    /// <summary>Each relaxed instruction with the number of its choices.</summary>
    public static IEnumerable<object[]> Choices => InstrTable.Rows.Where(d => d.Feature == Features.RelaxedSimd)
        .SelectMany(d => Enumerable.Range(0, d.Num is "frelaxed_min" or "frelaxed_max" || d.Mnemonic.Contains("_u", StringComparison.Ordinal) || d.Num == "irelaxed_laneselect" ? 4 : d.Num is "relaxed_dot" or "relaxed_dot_add" ? 3 : 2)
            .Select(c => new object[] { d.Mnemonic, c }));

    [Theory]
    [MemberData(nameof(Choices))]
    public void Relaxed_operators_give_what_their_choice_says(string mnemonic, int choice)
    {
        var def = InstrTable.ByMnemonic[mnemonic][0];
        var shape = VectorTests.Shape.Of(mnemonic);
        string[] name = mnemonic.Split(".relaxed_");
        // f32x4.relaxed_madd is Relaxed.MaddF32x4; where the mnemonic says more, that alone: Relaxed.TruncF32x4S.
        bool second = name[1].Contains('_', StringComparison.Ordinal) || name[1] == "swizzle";
        var method = Operators.Find("Relaxed", name[1] + (second ? "" : name[0]));
        foreach (var args in VectorTests.Arguments(def, shape))
        {
            var actual = (Vec)Operators.Call(method, [.. args, choice]);
            var expected = Expect(def, shape, [.. args.Cast<Vec>()], choice);
            int width = 128 / expected.Length;
            var format = FloatFormat.Of(width == 64 ? 64 : 32);
            Assert.True(expected.Zip(Operators.Lanes(actual, width)).All(l => l.First.Allows(format, l.Second)),
                $"{mnemonic} {string.Join(' ', args)}: got {actual}, expected {string.Join(' ', expected)}");
        }
    }

    private static Expected[] Expect(InstrDef def, VectorTests.Shape shape, Vec[] v, int choice)
    {
        int n = shape.Width;
        ulong[][] lanes = [.. v.Select(x => Operators.Lanes(x, n))];
        var indices = Enumerable.Range(0, 128 / n);
        switch (def.Num)
        {
            case "relaxed_swizzle":
                return [.. indices.Select(i => lanes[1][i] is var j && j < 16 ? lanes[0][j] : j >= 128 || choice == 0 ? 0 : lanes[0][j % 16]).Select(Bits)];
            case "irelaxed_laneselect":
                return [.. indices.Select(i => lanes[2][i] is var m && choice == 0 || (choice == 3 && n == 16) ? m : choice == 2 && n == 16 ? ((m & 0x8000) != 0 ? 0xFF00ul : 0) | ((m & 0x80) != 0 ? 0xFFul : 0) : m >> (n - 1) != 0 ? Samples.Mask(n) : 0)
                    .Select((m, i) => Bits((lanes[0][i] & m) | (lanes[1][i] & ~m)))];
            case "irelaxed_q15mulr":
                return [.. indices.Select(i => lanes[0][i] == 0x8000 && lanes[1][i] == 0x8000 ? choice == 0 ? 0x7FFFul : 0x8000
                    : (ulong)IntegerSpec.Apply("iq15mulr_sat", 16, true, lanes[0][i], lanes[1][i])!.Value).Select(Bits)];
            case "relaxed_dot":
                return [.. Dot(v, choice).Select(s => Bits((ulong)IntegerSpec.Unsigned(16, s)))];
            case "relaxed_dot_add" when choice == 2:
                return [.. Products(v, choice).Chunk(4).Select((p, i) => Bits((ulong)IntegerSpec.Unsigned(32, p[0] + p[1] + p[2] + p[3] + lanes[2][i])))];
            case "relaxed_dot_add":
                return [.. Dot(v, choice).Chunk(2).Select((s, i) => Bits((ulong)IntegerSpec.Unsigned(32, s[0] + s[1] + lanes[2][i])))];
            case "relaxed_trunc":
                return Truncate(def, v[0], choice);
            case "frelaxed_madd" or "frelaxed_nmadd":
                return [.. indices.Select(i => Madd(FloatFormat.Of(n), def.Num == "frelaxed_nmadd", lanes[0][i], lanes[1][i], lanes[2][i], choice))];
            default:
                return [.. indices.Select(i => MinMax(FloatFormat.Of(n), def.Num!["frelaxed_".Length..], lanes[0][i], lanes[1][i], choice))];
        }
    }

    private static Expected Bits(ulong bits) => new(bits);

    private static IEnumerable<BigInteger> Products(Vec[] v, int choice) =>
        Operators.Lanes(v[0], 8).Zip(Operators.Lanes(v[1], 8), (x, y) => IntegerSpec.Signed(8, x) * (choice == 0 ? IntegerSpec.Signed(8, y) : y));

    private static IEnumerable<BigInteger> Dot(Vec[] v, int choice) =>
        Products(v, choice).Chunk(2).Select(p => IntegerSpec.Signed(16, IntegerSpec.Saturate(16, true, p[0] + p[1])));

    private static Expected[] Truncate(InstrDef def, Vec v, int choice)
    {
        bool signed = Operators.IsSigned(def), wide = def.Mnemonic.Contains("f64x2", StringComparison.Ordinal);
        var format = FloatFormat.Of(wide ? 64 : 32);
        var results = Operators.Lanes(v, format.Bits).Select(x =>
        {
            bool fits = FloatSpec.Truncate(format, x) is { } whole && IntegerSpec.Saturate(32, signed, whole) == IntegerSpec.Unsigned(32, whole)
                && whole >= (signed ? int.MinValue : 0) && whole <= (signed ? int.MaxValue : uint.MaxValue);
            return fits || choice == 0 ? Bits(ScalarTests.Saturated(format, 32, signed, x))
                : Bits(signed ? 0x8000_0000 : choice switch { 1 => 0xFFFF_FFFF, 2 => 0xFFFF_FFFE, _ => 0x8000_0000 });
        });
        return [.. results.Concat([Bits(0), Bits(0)]).Take(4)];
    }

    private static Expected Madd(FloatFormat f, bool negated, ulong a, ulong b, ulong c, int choice)
    {
        if (negated) a ^= f.Sign;
        if (choice == 1) return FloatSpec.Apply("fma", f, a, b, c);
        var product = FloatSpec.Apply("fmul", f, a, b);
        // A NaN of the product reaches the sum; which one is left open where it is.
        return product.AnyNan ? FloatSpec.Nans(f, product.Canonical ? f.CanonicalNan : f.CanonicalNan + 1, c) : FloatSpec.Apply("fadd", f, product.Bits, c);
    }

    private static Expected MinMax(FloatFormat f, string op, ulong a, ulong b, int choice)
    {
        var strict = FloatSpec.Apply($"f{op}", f, a, b);
        ulong zero = op == "min" ? f.Sign : 0;
        if (FloatSpec.IsNan(f, a)) return choice switch { 0 => strict, 1 => Bits(a), _ => Bits(b) };
        if (FloatSpec.IsNan(f, b)) return choice switch { 0 => strict, 2 => Bits(b), _ => Bits(a) };
        if ((a | b) == f.Sign && a != b) return choice switch { 0 => strict, 1 => Bits(a), 2 => Bits(b), _ => Bits(zero) };
        return strict;
    }

    [Fact]
    public void The_default_and_the_deterministic_choices_are_all_zero()
    {
        foreach (var property in typeof(RelaxedChoices).GetProperties().Where(p => p.PropertyType == typeof(int)))
            Assert.Equal(0, property.GetValue(RelaxedChoices.Deterministic));
        Assert.Equal(new RelaxedChoices(), RelaxedChoices.Deterministic);
    }
}
