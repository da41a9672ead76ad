namespace Conformance.Fuzz.Generating;

/// <summary>All layers, and their version.</summary>
public static class Generator
{
    /// <summary>Changes whenever the same seed may give another case.</summary>
    public const int Version = 1;

    /// <summary>The decisions of a case: layers do not see each other's.</summary>
    public static Decisions DecisionsOf(CaseName name) => Decisions.Recorded(Mix(name));

    private static ulong Mix(CaseName name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in name.Layer) hash = (hash ^ c) * 0x100000001B3;
        return hash ^ (name.Seed * 0x2545F4914F6CDD1D);
    }
}
