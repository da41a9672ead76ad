using System.Collections.Immutable;
using System.Text;
using Conformance.Fuzz.Generating.Building;
using Conformance.Harness.Cases;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>
/// Layer <c>text</c>: a module of another layer in the text format, with random sugar. What a parser makes of it must be the module, but for names and
/// custom sections.
/// </summary>
/// <param name="whole">Makes the modules, with weights; the first one's are the simplest.</param>
public sealed class TextLayer(ImmutableArray<(ILayer Layer, int Weight)> whole) : ILayer
{
    /// <summary>What text is made for: the modules of other proposals have instructions of their own.</summary>
    private const Features Known = Features.Wasm3;

    private readonly int[] _weights = [.. whole.Select(w => w.Weight)];

    public string Name => "text";

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        var from = whole[decisions.Weighted(_weights)].Layer.Generate(decisions, options with { Features = options.Features & Known });
        var module = from.Modules[decisions.Below(from.Modules.Length)].Syntax! with { Customs = [], DataCount = null };
        if ((FeatureUse.Of(module) & ~Known) != 0) module = new Module();
        module = Segments.Add(module, decisions, options.Features);
        var style = new Style(decisions, options.Features);
        string text = ModuleText.Write(module, decisions, style);
        return new FuzzCase
        {
            Modules = [new FuzzModule(Encoding.UTF8.GetBytes(text))],
            Actions = [new CaseAction.Parse(0)],
            Features = FeatureUse.Of(module) | style.Used,
            Source = module,
        };
    }
}
