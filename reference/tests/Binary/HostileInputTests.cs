using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>Any bytes end in a module or in a malformed exception, at a cost that the bytes pay for.</summary>
public class HostileInputTests
{
    [Fact]
    public void A_million_open_blocks_are_a_flat_body()
    {
        const int depth = 1_000_000;
        byte[] body = [0, .. Enumerable.Repeat<byte[]>([0x02, 0x40], depth).SelectMany(b => b), .. Enumerable.Repeat<byte>(0x0B, depth + 1)];
        var module = new Module
        {
            Types = [new RecType([new SubType(FuncType.Empty)])],
            Funcs = [new Func(0, [], new Expr([.. Enumerable.Repeat<Instr>(new Block(Op.Block, BlockType.Empty), depth),
                .. Enumerable.Repeat<Instr>(new Plain(Op.End), depth + 1)]))],
        };
        byte[] bytes = BinaryEncoder.Encode(module);
        Assert.Equal(body, bytes[^body.Length..]);
        Assert.Equal(module, Hex.Decode(bytes, Profile.Wasm3));
    }

    [Theory]
    [InlineData("01 FF FF 03 {0} 60 00 00")]                  // types
    [InlineData("01 {0} 01 60 {0}")]                          // parameters
    [InlineData("01 {0} 01 4E {0}")]                          // a recursive group
    [InlineData("02 {0} {0}")]
    [InlineData("03 {0} {0} 00 00 00 00 00 00 00")]
    [InlineData("07 {0} {0}")]
    [InlineData("09 {0} {0}")]
    [InlineData("09 {0} 01 00 41 00 0B {0}")]
    [InlineData("0A {0} {0}")]
    [InlineData("0A {0} 01 {0} {0}")]                         // locals
    [InlineData("0A {0} 01 {0} 00 0E {0}")]                   // labels of br_table
    public void Counts_that_no_bytes_back_allocate_nothing(string sections)
    {
        // The counts are as great as the file allows: its tail is long, but is no vector of what is counted.
        byte[] bytes = [.. Hex.Module(string.Format(null, sections, "80 80 80 04")), .. Enumerable.Repeat<byte>(0xFF, 8 << 20)];
        Assert.Throws<MalformedException>(() => Hex.Decode(bytes, Profile.All));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MalformedException>(() => Hex.Decode(bytes, Profile.All));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void A_billion_locals_are_one_run()
    {
        var module = Hex.Decode(Hex.Function("01 80 80 80 80 04 7E 0B"), Profile.Wasm1);
        Assert.Equal(new Locals(1 << 30, ValType.I64), Assert.Single(module.Funcs[0].Locals));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_modules_are_modules_or_malformed(int seed)
    {
        var random = new Random(seed);
        byte[] original = BinaryEncoder.Encode(Sample.Module);
        int decoded = 0;
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = Mutate(original, random);
            Module module;
            try
            {
                module = Hex.Decode(bytes, Profile.All);
            }
            catch (MalformedException e)
            {
                Assert.InRange(e.At.Offset, 0, bytes.Length);
                continue;
            }
            decoded++;
            byte[] canonical = BinaryEncoder.Encode(module);
            var again = Hex.Decode(canonical, Profile.All);
            Assert.Equal(module, again);
            Assert.Equal(canonical, BinaryEncoder.Encode(again));
        }
        Assert.InRange(decoded, 100, 4900);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                default: bytes.RemoveRange(at, Math.Min(random.Next(1, 3), bytes.Count - at)); break;
            }
        }
        return [.. bytes];
    }
}
