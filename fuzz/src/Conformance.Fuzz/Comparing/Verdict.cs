namespace Conformance.Fuzz.Comparing;

/// <summary>What a comparison of an engine's result with the reference's came to.</summary>
public abstract record Verdict
{
    private Verdict() { }

    /// <summary>Everything that can be seen is as it must be, to the end.</summary>
    public sealed record Agree : Verdict
    {
        public static Agree Instance { get; } = new();
    }

    /// <summary>
    /// Up to an action everything is as it must be; how that one ended is the implementation's own to choose, so nothing after it means anything.
    /// </summary>
    /// <param name="Action">The action's index.</param>
    /// <param name="Cause">Why, in a few words that are the same for all such cases.</param>
    public sealed record Inconclusive(int Action, string Cause) : Verdict;

    /// <summary>The first difference.</summary>
    /// <param name="Action">The action's index.</param>
    /// <param name="Class">How they differ, without the case's own numbers: <c>returned -> trap</c>, <c>memory</c>, <c>trace</c>.</param>
    /// <param name="Expected">What the reference did.</param>
    /// <param name="Observed">What the engine did.</param>
    public sealed record Difference(int Action, string Class, string Expected, string Observed) : Verdict;
}
