using System.Collections.Immutable;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;

namespace Conformance.Fuzz.Findings;

/// <summary>Reduces a case on which an engine differs from the reference, for as long as it differs in the same way.</summary>
/// <param name="arbiter">The reference and the comparison.</param>
/// <param name="engine">The engine that differs.</param>
/// <param name="running">A running one.</param>
public sealed class FindingReducer(IArbiter arbiter, CampaignEngine engine, ICaseEngine running)
{
    private const int MostMemory = 1 << 22;

    /// <summary>How the engine differs on a case, or null when it does not.</summary>
    public Verdict.Difference? Difference(FuzzCase c)
    {
        var sent = c.ToCase();
        return arbiter.Compare(c, sent, arbiter.Expect(c, sent, engine), running.Run([sent])[0], engine) as Verdict.Difference;
    }

    /// <summary>The smallest case found in the time, or null when the engine does not differ on the case.</summary>
    public Reduction? Reduce(FuzzCase found, TimeSpan limit)
    {
        if (Difference(found) is not { } first) return null;
        // Memories are compared by a hash; a script compares the words that differ.
        if (WithoutDigest(found, first) is { } lowered && Difference(lowered) is { } second) (found, first) = (lowered, second);
        return new Reducer(candidates => Still(candidates, first.Class), limit).Reduce(found);
    }

    /// <summary>What the reference answers to a case, with the engine's choices.</summary>
    public CaseResult Expected(FuzzCase c) => arbiter.Expect(c, c.ToCase(), engine);

    private ImmutableArray<bool> Still(ImmutableArray<FuzzCase> candidates, string difference)
    {
        ImmutableArray<Case> sent = [.. candidates.Select(c => c.ToCase())];
        var observed = running.RunAsync(sent);
        var expected = candidates.Select((c, i) => arbiter.Expect(c, sent[i], engine)).ToImmutableArray();
        var results = observed.GetAwaiter().GetResult();
        return [.. candidates.Select((c, i) => arbiter.Compare(c, sent[i], expected[i], results[i], engine) is Verdict.Difference d && d.Class == difference)];
    }

    private FuzzCase? WithoutDigest(FuzzCase c, Verdict.Difference difference)
    {
        if (difference.Action >= c.Actions.Length || c.Actions[difference.Action] is not CaseAction.Digest digest) return null;
        int at = difference.Action;
        var reading = c with { Actions = c.Actions.SetItem(at, new CaseAction.Memory(digest.Instance, digest.Name, 0, MostMemory)) };
        var sent = reading.ToCase();
        if (arbiter.Expect(reading, sent, engine).Results[at] is not ActionResult.Bytes expected || running.Run([sent])[0].Results.ElementAtOrDefault(at) is not ActionResult.Bytes observed) return null;
        int common = expected.Data.AsSpan().CommonPrefixLength(observed.Data) & ~3;
        return common + 4 > Math.Min(expected.Data.Length, observed.Data.Length) ? null
            : c with { Actions = c.Actions.SetItem(at, new CaseAction.Memory(digest.Instance, digest.Name, common, 4)) };
    }
}
