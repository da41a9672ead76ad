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

    private static string Verdict(byte[] bytes)
    {
        try
        {
            Validator.Validate(BinaryDecoder.Decode(bytes, Profile.Wasm3), new Engine(), Profile.Wasm3);
            return "valid";
        }
        catch (MalformedException)
        {
            return "malformed";
        }
        catch (InvalidException)
        {
            return "invalid";
        }
    }
}
