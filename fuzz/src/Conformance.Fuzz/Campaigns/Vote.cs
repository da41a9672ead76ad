namespace Conformance.Fuzz.Campaigns;

/// <summary>The vote of the families on a difference. It ranks; it never decides that something is not a finding.</summary>
public static class Vote
{
    /// <summary>Families against the reference, none with it, that make it the suspect.</summary>
    private const int Majority = 2;

    /// <summary>Whose fault it seems to be, from what each engine did in its reruns.</summary>
    /// <param name="differing">The families of the engines that differ.</param>
    /// <param name="agreeing">The families of those that agree with the reference.</param>
    public static Suspect Of(IEnumerable<string> differing, IEnumerable<string> agreeing)
    {
        int against = differing.Distinct(StringComparer.Ordinal).Count();
        // A tier that agrees is a witness even when another tier of its family does not: one of the two is wrong.
        return against == 0 ? Suspect.NotReproduced
            : agreeing.Any() ? Suspect.Engine
            : against >= Majority ? Suspect.Reference
            : Suspect.Undecided;
    }
}
