using System.Numerics;
using Wasm.Numerics;
using Wasm.Syntax;

namespace Wasm.Reference.Tests.Numerics;

/// <summary>Every scalar numeric instruction of the table against the definitions of 4.3, over boundary values and pairs of them.</summary>
public class ScalarTests
{
    private static readonly string[] Scalar = ["unop", "binop", "testop", "relop"];

    public static TheoryData<string> OnIntegers => [.. Rows(d => Scalar.Contains(d.Rule) && d.Params[0].Type.ToString()[0] == 'i')];

    public static TheoryData<string> OnFloats => [.. Rows(d => Scalar.Contains(d.Rule) && d.Params[0].Type.ToString()[0] == 'f')];

    public static TheoryData<string> OfConversion => [.. Rows(d => d.Rule == "cvtop" && d.Num != "reinterpret")];

    private static IEnumerable<string> Rows(Func<InstrDef, bool> chosen) =>
        InstrTable.Rows.Where(d => d.Num is not null && chosen(d)).Select(d => d.Mnemonic);

    [Theory]
    [MemberData(nameof(OnIntegers))]
    public void Integer_operators_are_those_of_the_specification(string mnemonic)
    {
        var def = InstrTable.ByMnemonic[mnemonic][0];
        string type = def.Params[0].ToString();
        int n = int.Parse(type[1..]);
        bool signed = Operators.IsSigned(def);
        var method = Operators.Of(def);
        foreach (var (a, b) in Samples.Pairs(type))
        {
            var expected = def.Num == "iextend" ? Extend(mnemonic, n, a) : IntegerSpec.Apply(def.Num!, n, signed, a, b);
            if (expected is null)
            {
                // Undefined: the machine traps, by these two tests.
                bool overflows = n == 32 ? I32.DivSOverflows((uint)a, (uint)b) : I64.DivSOverflows(a, b);
                Assert.True(b == 0 || overflows, $"{mnemonic} {a:x} {b:x}");
                continue;
            }
            Assert.False(mnemonic.EndsWith("div_s", StringComparison.Ordinal) && (n == 32 ? I32.DivSOverflows((uint)a, (uint)b) : I64.DivSOverflows(a, b)));
            ulong actual = def.Params.Length == 1 ? Operators.Scalar(method, a) : Operators.Scalar(method, a, b);
            Assert.True((ulong)expected.Value == actual, $"{mnemonic} {a:x} {b:x}: expected {(ulong)expected.Value:x}, got {actual:x}");
        }
    }

    // iextend_{N,K}: the low K bits as a signed integer.
    private static BigInteger Extend(string mnemonic, int n, ulong a)
    {
        int k = int.Parse(string.Concat(mnemonic[4..].Where(char.IsDigit)));
        return IntegerSpec.Unsigned(n, IntegerSpec.Signed(k, a & Samples.Mask(k)));
    }

    [Theory]
    [MemberData(nameof(OnFloats))]
    public void Float_operators_are_those_of_the_specification(string mnemonic)
    {
        var def = InstrTable.ByMnemonic[mnemonic][0];
        string type = def.Params[0].ToString();
        var format = FloatFormat.Of(int.Parse(type[1..]));
        var method = Operators.Of(def);
        if (def.Params.Length == 1)
        {
            foreach (ulong a in Samples.Of(type).Concat(Samples.Pairs(type).Skip(1000).Select(p => p.A)))
                Check(FloatSpec.Apply(def.Num!, format, a), Operators.Scalar(method, a), [a]);
            return;
        }
        foreach (var (a, b) in Samples.Pairs(type))
            Check(FloatSpec.Apply(def.Num!, format, a, b), Operators.Scalar(method, a, b), [a, b]);

        void Check(Expected expected, ulong actual, ulong[] args) => Assert.True(
            expected.Allows(format, actual), $"{mnemonic} {string.Join(' ', args.Select(a => a.ToString("x")))}: expected {expected}, got {actual:x}");
    }

    [Theory]
    [MemberData(nameof(OfConversion))]
    public void Conversions_are_those_of_the_specification(string mnemonic)
    {
        var def = InstrTable.ByMnemonic[mnemonic][0];
        string from = def.Params[0].ToString(), to = def.Results[0].ToString();
        bool signed = Operators.IsSigned(def);
        // A partial truncation is the total one, under a test of its own.
        var method = Operators.Find("Conversions", mnemonic.Replace(".trunc_f", ".trunc_sat_f", StringComparison.Ordinal));
        var format = FloatFormat.Of(int.Parse((from[0] == 'f' ? from : to)[1..]));
        foreach (ulong a in Samples.Of(from).Concat(Samples.Pairs(from, 20000).TakeLast(20000).Select(p => p.A)))
        {
            ulong actual = Operators.Scalar(method, a);
            string what = $"{mnemonic} {a:x}: got {actual:x}";
            int n = int.Parse(to[1..]);
            switch (def.Num)
            {
                case "wrap":
                    Assert.True((a & Samples.Mask(n)) == actual, what);
                    break;
                case "extend":
                    Assert.True((signed ? (ulong)(int)a : a) == actual, what);
                    break;
                case "convert":
                    var value = signed ? IntegerSpec.Signed(int.Parse(from[1..]), a) : a;
                    Assert.True(FloatSpec.FromInteger(format, value).Bits == actual, what);
                    break;
                case "demote" or "promote":
                    var target = FloatFormat.Of(n);
                    Assert.True(FloatSpec.Convert(format, target, a).Allows(target, actual), what);
                    break;
                case "trunc_sat":
                    Assert.True(Saturated(format, n, signed, a) == actual, what);
                    break;
                case "trunc":
                    object fault = Operators.Call(Operators.Find("Conversions", mnemonic + "fault"), a);
                    var whole = FloatSpec.Truncate(format, a);
                    var expected = FloatSpec.IsNan(format, a) ? Conversions.TruncFault.Nan
                        : whole is { } w && IntegerSpec.Saturate(n, signed, w) == IntegerSpec.Unsigned(n, w) && InRange(n, signed, w) ? Conversions.TruncFault.None
                        : Conversions.TruncFault.Overflow;
                    Assert.True(expected == (Conversions.TruncFault)fault, $"{what}, fault {fault}, expected {expected}");
                    if (expected == Conversions.TruncFault.None) Assert.True((ulong)IntegerSpec.Unsigned(n, whole!.Value) == actual, what);
                    break;
                default:
                    Assert.Fail($"no expectation for {def.Num}");
                    break;
            }
        }
    }

    internal static ulong Saturated(FloatFormat format, int n, bool signed, ulong a)
    {
        if (FloatSpec.IsNan(format, a)) return 0;
        var infinity = BigInteger.One << 2000;
        var whole = FloatSpec.Truncate(format, a) ?? ((a & format.Sign) != 0 ? -infinity : infinity);
        return (ulong)IntegerSpec.Saturate(n, signed, whole);
    }

    private static bool InRange(int n, bool signed, BigInteger i) =>
        i >= (signed ? -(BigInteger.One << (n - 1)) : 0) && i < BigInteger.One << (signed ? n - 1 : n);

    [Fact]
    public void Canon_turns_every_nan_and_nothing_else_into_the_positive_canonical_one()
    {
        foreach (ulong a in Samples.Floats(32))
            Assert.Equal(FloatSpec.IsNan(FloatFormat.Of(32), a) ? 0x7FC0_0000u : (uint)a, F32.Canon((uint)a));
        foreach (ulong a in Samples.Floats(64))
            Assert.Equal(FloatSpec.IsNan(FloatFormat.Of(64), a) ? 0x7FF8_0000_0000_0000ul : a, F64.Canon(a));
    }

    [Fact]
    public void Wide_arithmetic_works_on_128_bits()
    {
        ulong[] samples = [.. Samples.Integers(64).Where((_, i) => i % 3 == 0)];
        var modulus = BigInteger.One << 128;
        foreach (ulong a in samples)
            foreach (ulong b in samples)
            {
                Assert.Equal(IntegerSpec.Unsigned(128, (BigInteger)a * b), Wide(WideArithmetic.MulWideU(a, b)));
                Assert.Equal(IntegerSpec.Unsigned(128, IntegerSpec.Signed(64, a) * IntegerSpec.Signed(64, b)), Wide(WideArithmetic.MulWideS(a, b)));
                foreach (ulong c in samples)
                {
                    var (x, y) = (Wide((a, c)), Wide((b, ~a)));
                    Assert.Equal((x + y) % modulus, Wide(WideArithmetic.Add128(a, c, b, ~a)));
                    Assert.Equal((x - y + modulus) % modulus, Wide(WideArithmetic.Sub128(a, c, b, ~a)));
                }
            }
    }

    private static BigInteger Wide((ulong Lo, ulong Hi) pair) => ((BigInteger)pair.Hi << 64) | pair.Lo;
}
