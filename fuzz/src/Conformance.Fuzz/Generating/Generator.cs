using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Chains;
using Conformance.Fuzz.Generating.Modules;
using Conformance.Fuzz.Generating.Singles;
using Conformance.Fuzz.Generating.Texts;

namespace Conformance.Fuzz.Generating;

/// <summary>All layers, and their version.</summary>
public static class Generator
{
    /// <summary>Changes whenever the same seed may give another case.</summary>
    public const int Version = 6;

    /// <summary>All layers, the simplest first.</summary>
    public static ImmutableArray<ILayer> Layers { get; } =
    [
        new SingleLayer(), new ChainLayer(), new ModuleLayer(), new ScriptLayer(), new DamageLayer(new ModuleLayer()),
        new TextLayer([(new ModuleLayer(), 8), (new ScriptLayer(), 2), (new ChainLayer(), 2), (new SingleLayer(), 1)]),
    ];

    /// <summary>The layer of a name, or null.</summary>
    public static ILayer? Find(string name) => Layers.FirstOrDefault(l => l.Name == name);

    /// <summary>The decisions of a case: layers do not see each other's.</summary>
    public static Decisions DecisionsOf(CaseName name) => Decisions.Recorded(Mix(name));

    private static ulong Mix(CaseName name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in name.Layer) hash = (hash ^ c) * 0x100000001B3;
        return hash ^ (name.Seed * 0x2545F4914F6CDD1D);
    }
}
