using Conformance.Fuzz.Damage;
using Conformance.Fuzz.Generating;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Fuzz.Tests;

public sealed class DamageLayerTests
{
    [Fact]
    public void Damaged_modules_are_of_all_three_verdicts_and_nothing_else_comes_of_them()
    {
        var layer = Generator.Find("damage")!;
        var verdicts = new Dictionary<string, int>();
        for (ulong seed = 0; seed < 1500; seed++)
        {
            var module = layer.Generate(Generator.DecisionsOf(new(Generator.Version, layer.Name, seed)), GeneratorOptions.Default).Modules[0];
            string verdict = Verdict(module.Bytes);
            verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
        }
        Assert.Equal(["invalid", "malformed", "valid"], verdicts.Keys.Order());
        Assert.All(verdicts.Values, count => Assert.InRange(count, 50, 1400));
    }

    [Fact]
    public void Sections_are_doubled_exchanged_and_dropped_and_their_sizes_written_in_other_ways()
    {
        var whole = Generator.Find("module")!;
        var verdicts = new HashSet<string>();
        for (ulong seed = 0; seed < 40; seed++)
        {
            var decisions = Generator.DecisionsOf(new(Generator.Version, whole.Name, seed));
            byte[] module = whole.Generate(decisions, GeneratorOptions.Default).Modules[0].Bytes;
            for (int i = 0; i < 20; i++)
                if (SectionMutator.Mutate(module, decisions) is { } damaged) verdicts.Add(Verdict(damaged, text: true));
        }
        // A size may be longer than it needs to be, but not have bits beyond 32; and each section comes once, in order.
        Assert.Contains("valid", verdicts);
        Assert.Contains(verdicts, v => v.Contains("integer too large", StringComparison.Ordinal));
        Assert.Contains(verdicts, v => v.Contains("unexpected content after last section", StringComparison.Ordinal));
        Assert.Contains(verdicts, v => v.Contains("function and code section have inconsistent lengths", StringComparison.Ordinal));
    }

    private static string Verdict(byte[] bytes, bool text = false)
    {
        try
        {
            Validator.Validate(BinaryDecoder.Decode(bytes, Profile.Wasm3), new Engine(), Profile.Wasm3);
            return "valid";
        }
        catch (MalformedException e)
        {
            return text ? e.Message : "malformed";
        }
        catch (InvalidException)
        {
            return "invalid";
        }
    }
}
