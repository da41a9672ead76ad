using System.Numerics;
using Wasm.Syntax;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Reference.Tests.Numerics;

/// <summary>Every vector instruction of the table, lane by lane, against the definitions of the scalar operators.</summary>
public class VectorTests
{
    private static readonly string[] WithoutOperand = ["vconst"];

    public static TheoryData<string> OnVectors => [.. InstrTable.Rows
        .Where(d => d.Feature == Features.Simd && d.NaturalAlign < 0 && !WithoutOperand.Contains(d.Rule)).Select(d => d.Mnemonic)];

    [Theory]
    [MemberData(nameof(OnVectors))]
    public void Vector_operators_are_the_scalar_ones_on_lanes(string mnemonic)
    {
        var def = InstrTable.ByMnemonic[mnemonic][0];
        var method = Operators.Of(def);
        var shape = Shape.Of(mnemonic);
        foreach (var args in Arguments(def, shape))
        {
            object actual = Operators.Call(method, args);
            string what = $"{mnemonic} {string.Join(' ', args)}: got {actual}";
            switch (Expect(def, shape, args))
            {
                case ulong scalar:
                    Assert.True(scalar == actual switch { bool b => b ? 1UL : 0, uint u => u, ulong u => u, _ => 0xBAD }, $"{what}, expected {scalar:x}");
                    break;
                case Expected[] lanes:
                    var format = FloatFormat.Of(128 / lanes.Length == 32 ? 32 : 64);
                    ulong[] got = Operators.Lanes((Vec)actual, 128 / lanes.Length);
                    Assert.True(lanes.Zip(got).All(l => l.First.Allows(format, l.Second)), $"{what}, expected {string.Join(' ', lanes)}");
                    break;
                default:
                    Assert.Fail($"no expectation for {mnemonic}");
                    break;
            }
        }
    }

    /// <summary>The result's lanes, or a scalar.</summary>
    private static object Expect(InstrDef def, Shape shape, object[] args)
    {
        int n = shape.Width;
        bool signed = Operators.IsSigned(def);
        ulong[] a = args[0] is Vec v ? Operators.Lanes(v, n) : [];
        ulong[] b = args.Length > 1 && args[1] is Vec w ? Operators.Lanes(w, n) : [];
        string op = def.Mnemonic[(def.Mnemonic.IndexOf('.', StringComparison.Ordinal) + 1)..];
        switch (def.Rule)
        {
            case "vvunop" or "vvbinop" or "vvternop":
                ulong[] c = args.Length > 2 ? Operators.Lanes((Vec)args[2], n) : b;
                return Bits(a.Select((x, i) => IntegerSpec.Apply(def.Num!, n, false, x, b.Length > 0 ? b[i] : 0, c.Length > 0 ? c[i] : 0)!.Value));
            case "vvtestop":
                return a.Any(x => x != 0) ? 1UL : 0;
            case "vtestop":
                return a.All(x => x != 0) ? 1UL : 0;
            case "vunop" or "vbinop":
                return a.Select((x, i) => shape.IsFloat
                    ? b.Length > 0 ? FloatSpec.Apply(def.Num!, FloatFormat.Of(n), x, b[i]) : FloatSpec.Apply(def.Num!, FloatFormat.Of(n), x)
                    : new Expected((ulong)IntegerSpec.Apply(def.Num!, n, signed, x, b.Length > 0 ? b[i] : 0)!.Value)).ToArray();
            case "vrelop":
                return Bits(a.Select((x, i) => (shape.IsFloat ? FloatSpec.Apply(def.Num!, FloatFormat.Of(n), x, b[i]).Bits != 0
                    : !IntegerSpec.Apply(def.Num!, n, signed, x, b[i])!.Value.IsZero) ? (BigInteger)Samples.Mask(n) : 0));
            case "vshiftop":
                return Bits(a.Select(x => IntegerSpec.Apply(def.Num!, n, signed, x, (ulong)args[1])!.Value));
            case "vbitmask":
                return a.Select((x, i) => (x >> (n - 1)) << i).Aggregate(0UL, (x, y) => x | y);
            case "vswizzlop":
                return Bits(b.Select(i => i < 16 ? (BigInteger)a[i] : 0));
            case "vshuffle":
                return Bits(Operators.Lanes((Vec)args[2], 8).Select(i => (BigInteger)(i < 16 ? a[i] : b[i - 16])));
            case "vsplat":
                return Bits(Enumerable.Repeat((BigInteger)((ulong)args[0] & Samples.Mask(n)), 128 / n));
            case "vextract_lane":
                ulong lane = a[(int)(ulong)args[1]];
                return signed ? (ulong)IntegerSpec.Unsigned(32, IntegerSpec.Signed(n, lane)) : lane;
            case "vreplace_lane":
                return Bits(a.Select((x, i) => (BigInteger)((ulong)i == (ulong)args[1] ? (ulong)args[2] & Samples.Mask(n) : x)));
            case "vnarrow":
                return Bits(Operators.Lanes((Vec)args[0], 2 * n).Concat(Operators.Lanes((Vec)args[1], 2 * n))
                    .Select(x => IntegerSpec.Saturate(n, signed, IntegerSpec.Signed(2 * n, x))));
            case "vcvtop":
                return Convert(def, shape, Shape.Of(op[op.IndexOfAny(['i', 'f'], op.LastIndexOf('x') - 3)..]), (Vec)args[0], signed);
            case "vextunop":
                return Bits(Pairs(Wide(args[0], n, signed, 0, 256 / n)).Select(p => IntegerSpec.Unsigned(n, p.X + p.Y)));
            case "vextbinop" when def.Num == "extmul":
                int from = op.Contains("_high", StringComparison.Ordinal) ? 128 / n : 0;
                return Bits(Wide(args[0], n, signed, from, 128 / n).Zip(Wide(args[1], n, signed, from, 128 / n), (x, y) => IntegerSpec.Unsigned(n, x * y)));
            case "vextbinop" when def.Num == "dot":
                return Bits(Pairs(Wide(args[0], n, true, 0, 256 / n).Zip(Wide(args[1], n, true, 0, 256 / n), (x, y) => x * y))
                    .Select(p => IntegerSpec.Unsigned(n, p.X + p.Y)));
            default:
                throw new ArgumentException($"no expectation for rule {def.Rule}");
        }
    }

    /// <summary>The lanes of half the width, from lane <paramref name="skip"/> on, as integers.</summary>
    private static IEnumerable<BigInteger> Wide(object v, int n, bool signed, int skip, int take) =>
        Operators.Lanes((Vec)v, n / 2).Skip(skip).Take(take).Select(x => signed ? IntegerSpec.Signed(n / 2, x) : x);

    private static IEnumerable<(BigInteger X, BigInteger Y)> Pairs(IEnumerable<BigInteger> lanes) => lanes.Chunk(2).Select(p => (p[0], p[1]));

    private static Expected[] Bits(IEnumerable<BigInteger> lanes) => [.. lanes.Select(x => new Expected((ulong)x))];

    private static Expected[] Convert(InstrDef def, Shape to, Shape from, Vec v, bool signed)
    {
        ulong[] lanes = Operators.Lanes(v, from.Width);
        if (def.Mnemonic.Contains("_high", StringComparison.Ordinal)) lanes = lanes[(lanes.Length / 2)..];
        var results = lanes.Take(128 / to.Width).Select(x => def.Num switch
        {
            "extend" => new((ulong)IntegerSpec.Unsigned(to.Width, signed ? IntegerSpec.Signed(from.Width, x) : x)),
            "convert" => FloatSpec.FromInteger(FloatFormat.Of(to.Width), signed ? IntegerSpec.Signed(from.Width, x) : x),
            "trunc_sat" => new(ScalarTests.Saturated(FloatFormat.Of(from.Width), to.Width, signed, x)),
            "demote" or "promote" => FloatSpec.Convert(FloatFormat.Of(from.Width), FloatFormat.Of(to.Width), x),
            _ => throw new ArgumentException(def.Num),
        });
        return [.. results.Concat(Enumerable.Repeat(new Expected(0), 128 / to.Width)).Take(128 / to.Width)];
    }

    /// <summary>Vectors of boundary lanes, each lane of the first operand against many of the second, and random ones.</summary>
    internal static IEnumerable<object[]> Arguments(InstrDef def, Shape shape)
    {
        // The lanes of the operands are those of the shape named last: i16x8.extend_low_i8x16_s. The i7x16 of a relaxed dot product is an i8x16.
        string op = def.Mnemonic.Replace("i7x16", "i8x16", StringComparison.Ordinal);
        int x = op.LastIndexOf('x');
        var operand = def.Rule is "vcvtop" or "vextunop" or "vextbinop" or "vextternop" or "vnarrow" ? Shape.Of(op[op.LastIndexOfAny(['i', 'f'], x - 2)..]) : shape;
        var random = new Random(op.Length);
        ulong[] pool = Samples.Of(operand.Lane);
        int count = def.Params.Count(p => p.Type == ValType.V128);
        int rounds = count == 1 ? 200 : 1200;
        for (int round = 0; round < rounds; round++)
        {
            var args = new List<object>();
            for (int i = 0; i < count; i++)
            {
                ulong[] lanes = new ulong[128 / operand.Width];
                for (int l = 0; l < lanes.Length; l++)
                    lanes[l] = random.Next(8) == 0 ? (ulong)random.NextInt64() & Samples.Mask(operand.Width) : pool[random.Next(pool.Length)];
                if (i > 0 && random.Next(4) == 0) lanes[0] = Operators.Lanes((Vec)args[0], operand.Width)[0];
                args.Add(Operators.Vector(operand.Width, lanes));
            }
            if (round == 0) args = [.. Enumerable.Repeat((object)Vec.Zero, count)];
            if (round == 1) args = [.. Enumerable.Repeat((object)Vec.AllBitsSet, count)];
            // Masks and indices within and beyond their range.
            if (def.Rule == "vswizzlop") args[1] = Operators.Vector(8, [.. Enumerable.Range(0, 16).Select(_ => (ulong)random.Next(random.Next(2) == 0 ? 16 : 256))]);
            if (def.Rule == "vshuffle") args.Add(Operators.Vector(8, [.. Enumerable.Range(0, 16).Select(_ => (ulong)random.Next(32))]));
            if (def.Rule == "vshiftop") args.Add((ulong)(uint)random.Next(random.Next(2) == 0 ? 130 : int.MaxValue));
            if (def.Rule == "vsplat") args.Add(pool[random.Next(pool.Length)]);
            if (def.Rule is "vextract_lane" or "vreplace_lane") args.Add((ulong)random.Next(128 / shape.Width));
            if (def.Rule == "vreplace_lane") args.Add(pool[random.Next(pool.Length)]);
            yield return [.. args];
        }
    }

    /// <summary>A shape such as <c>i8x16</c>; <c>v128</c> counts as <c>i64x2</c>.</summary>
    internal readonly record struct Shape(string Lane, int Width)
    {
        public bool IsFloat => Lane[0] == 'f';

        public static Shape Of(string text)
        {
            string lane = text.StartsWith("v128", StringComparison.Ordinal) ? "i64" : text[..text.IndexOf('x', StringComparison.Ordinal)];
            return new(lane, int.Parse(lane[1..]));
        }
    }
}
