using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>
/// The mask of one case: which features and which families of instructions it may use. Leaving things out makes room for what is left: two
/// instructions out of five hundred seldom meet, two out of fifty often do.
/// </summary>
internal sealed class Swarm
{
    private readonly ulong _families;
    private readonly ulong _habits;

    private Swarm(Features features, ulong families, ulong habits, int risk)
    {
        Features = features;
        _families = families;
        _habits = habits;
        Risk = risk;
    }

    public Features Features { get; }

    /// <summary>A place that may trap is left unguarded once in so many; 0: never.</summary>
    public int Risk { get; }

    public bool Has(Features feature) => (Features & feature) == feature;

    /// <summary>Whether a row may occur.</summary>
    public bool Allows(RowInfo row) => Has(row.Feature) && (_families >> row.Family & 1) != 0;

    /// <summary>
    /// What a weight becomes in this case: each is left, doubled, tripled or, seldom, dropped. The first stays, since it is the way out.
    /// </summary>
    public void Tune(ReadOnlySpan<int> weights, Span<int> tuned, int salt)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            int habit = (int)(_habits >> ((i * 5 + salt * 11) & 63)) & 7;
            tuned[i] = i == 0 ? weights[0] : weights[i] * Habits[habit] / 2;
        }
    }

    private static readonly int[] Habits = [2, 2, 2, 1, 4, 6, 0, 3];

    /// <summary>Draws a mask; the simplest has no feature.</summary>
    public static Swarm Draw(Decisions d, Features available)
    {
        var features = Features.None;
        if (d.OneIn(16))
        {
            features = available;
        }
        else
        {
            foreach (var (feature, keep, of) in Chances)
                if ((available & feature) == feature && d.Below(of) >= of - keep) features |= feature;
        }
        foreach (var (feature, needs) in Needs)
            if ((features & feature) != 0 && (features & needs) != needs) features &= ~feature;

        ulong families = d.Below(4) == 0 ? ulong.MaxValue : d.Next() | d.Next();
        int risk = d.Below(8) switch { 6 => 24, 7 => 6, _ => 0 };
        return new Swarm(features, families, d.Below(3) == 0 ? 0 : d.Next(), risk);
    }

    private static readonly (Features Feature, int Keep, int Of)[] Chances =
    [
        (Features.SignExtension, 7, 8), (Features.SaturatingFloatToInt, 7, 8), (Features.MultiValue, 15, 16), (Features.BulkMemory, 7, 8),
        (Features.ReferenceTypes, 15, 16), (Features.Simd, 1, 2), (Features.ExtendedConst, 3, 4), (Features.TailCalls, 5, 8),
        (Features.Exceptions, 5, 8), (Features.MultiMemory, 5, 8), (Features.Memory64, 3, 8), (Features.FunctionReferences, 7, 8),
        (Features.Gc, 5, 8), (Features.RelaxedSimd, 3, 8),
        (Features.Threads, 3, 8), (Features.CustomPageSizes, 3, 8), (Features.WideArithmetic, 1, 2), (Features.CustomDescriptors, 3, 8),
        (Features.LegacyExceptions, 1, 4), (Features.StackSwitching, 3, 8),
    ];

    // In an order in which each feature's needs are settled before it.
    private static readonly (Features Feature, Features Needs)[] Needs =
    [
        (Features.FunctionReferences, Features.ReferenceTypes), (Features.Exceptions, Features.ReferenceTypes),
        (Features.Gc, Features.FunctionReferences), (Features.RelaxedSimd, Features.Simd), (Features.CustomDescriptors, Features.Gc),
        (Features.StackSwitching, Features.FunctionReferences | Features.Exceptions), (Features.LegacyExceptions, Features.Exceptions),
    ];
}
