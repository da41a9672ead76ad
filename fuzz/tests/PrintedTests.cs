using System.Text;
using Conformance.Fuzz.Damage;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Tests;

public class PrintedTests
{
    /// <summary>Damaged modules have names, custom sections, locals and indices that no parser ever made; valid or not, they are printed.</summary>
    [Fact]
    public void What_is_left_of_a_damaged_module_is_the_same_after_printing_and_parsing()
    {
        var run = new DamageRun(DamageTests.Corpus, seed: 20261121);
        int printed = 0;
        Parallel.For(0, 30_000, number =>
        {
            if (Read(run.Case(number)) is not { } module) return;
            string text;
            try
            {
                text = TextPrinter.Print(module);
            }
            catch (NotSupportedException)
            {
                return;
            }
            var again = TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.All);
            Assert.True(module.Equals(again), $"case {number}: {(text.Length < 20_000 ? text : "long")}");
            Interlocked.Increment(ref printed);
        });
        Assert.True(printed > 5_000, $"{printed}");
    }

    private static Module? Read((byte[] Bytes, bool IsText) module)
    {
        try
        {
            return module.IsText ? TextParser.ParseModule(module.Bytes, Profile.All) : BinaryDecoder.Decode(module.Bytes, Profile.All);
        }
        catch (PhaseException)
        {
            return null;
        }
    }
}
