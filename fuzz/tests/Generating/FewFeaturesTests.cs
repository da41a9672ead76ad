using Conformance.Fuzz.Generating;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;

namespace Conformance.Fuzz.Tests.Generating;

/// <summary>A generator that is given few features makes valid modules within them.</summary>
public sealed class FewFeaturesTests
{
    /// <summary>Those of 1.0, of SpiderMonkey 102 and 2.0, of JavaScriptCore, and of Winch.</summary>
    private static readonly Features[] Real =
    [
        Features.None,
        Features.Wasm2,
        Features.Wasm3 & ~Features.Memory64,
        Features.Wasm3 & ~(Features.ReferenceTypes | Features.FunctionReferences | Features.Gc | Features.RelaxedSimd),
    ];

    public static TheoryData<string, Features> Sets()
    {
        var data = new TheoryData<string, Features>();
        foreach (var layer in Generator.Layers)
            foreach (var features in Real)
                data.Add(layer.Name, features);
        return data;
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Cases_keep_to_the_features_that_are_given(string name, Features features)
    {
        var layer = Generator.Find(name)!;
        for (ulong seed = 0; seed < 150; seed++)
        {
            var made = layer.Generate(Generator.DecisionsOf(new(Generator.Version, name, seed)), new GeneratorOptions(features));
            Assert.True((made.Features & ~features) == 0, $"seed {seed}: {made.Features & ~features}");
            if (made.MayBeRefused) continue;
            foreach (var module in made.Modules)
            {
                var profile = new Profile("few", features, SpecVersion.V3);
                Validator.Validate(made.Source is null ? BinaryDecoder.Decode(module.Bytes, profile) : TextParser.ParseModule(module.Bytes, profile), new Engine(), profile);
            }
        }
    }
}
