using System.Collections.Immutable;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;

namespace Conformance.Fuzz.Findings;

/// <summary>Reduces a case on which an engine differs from the reference, for as long as it differs in the same way.</summary>
/// <param name="arbiter">The reference and the comparison.</param>
/// <param name="engine">The engine that differs.</param>
/// <param name="running">A running one.</param>
public sealed class FindingReducer(IArbiter arbiter, CampaignEngine engine, ICaseEngine running)
{
    private const int MostMemory = 1 << 22;

    /// <summary>Steps that a case may have: a candidate that loops forever should not take long to do so.</summary>
    private static readonly ImmutableArray<ulong> Fuels = [5_000, 100_000, 5_000_000];

    private ulong _fuel = Fuels[^1];
    private bool _isDetermined;

    /// <summary>How the engine differs on a case, or null when it does not.</summary>
    public Verdict.Difference? Difference(FuzzCase c)
    {
        var sent = c.ToCase();
        return arbiter.Compare(c, sent, arbiter.Expect(c, sent, engine), running.Run([sent])[0], engine) as Verdict.Difference;
    }

    /// <summary>The smallest case found in the time, or null when the engine does not differ on the case.</summary>
    /// <param name="found">The case.</param>
    /// <param name="limit">When to stop.</param>
    /// <param name="spent">The time so far; by the clock, unless it is counted otherwise.</param>
    /// <param name="also">What must hold of a case besides.</param>
    public Reduction? Reduce(FuzzCase found, TimeSpan limit, Func<TimeSpan>? spent = null, Func<FuzzCase, bool>? also = null)
    {
        if (Difference(found) is not { } first) return null;
        // Memories are compared by a hash; a script compares the words that differ.
        if (WithoutDigest(found, first) is { } lowered && Difference(lowered) is { } second) (found, first) = (lowered, second);
        _fuel = FuelFor(fuel => arbiter.Expect(found, found.ToCase(), engine, fuel));
        _isDetermined = IsDetermined(found);
        var reducer = new Reducer(candidate => Still(candidate, first.Class) && also?.Invoke(candidate) != false, limit)
        {
            // Probes are calls, which are steps too.
            Run = probed => arbiter.Expect(probed, probed.ToCase(), engine, Math.Min(20 * _fuel, Fuels[^1])),
            Spent = spent,
            IsLong = _fuel == Fuels[^1],
        };
        return reducer.Reduce(found) with { Class = first.Class };
    }

    /// <summary>The smallest text found in the time that the parser under test takes differently from the kit's, in the same way; or null when the two do not differ.</summary>
    /// <param name="found">A case of a text.</param>
    /// <param name="limit">When to stop.</param>
    public (TextReduction Reduction, Verdict.Difference Difference)? ReduceText(FuzzCase found, TimeSpan limit)
    {
        if (Difference(found) is not { } first) return null;
        var reduction = new TextReducer(text => Of(text) is { } c && Difference(c)?.Class == first.Class, limit).Reduce(found.Modules[0].Bytes);
        return Of(reduction.Text) is { } reduced && Difference(reduced) is { } difference ? (reduction, difference) : null;

        // What the kit's parser reads is what is expected.
        FuzzCase? Of(byte[] text)
        {
            var c = found with { Modules = [new FuzzModule(text)], Source = null };
            return arbiter.Expect(c, c.ToCase(), null).Results[0] is ActionResult.Parsed ? c : null;
        }
    }

    private bool IsDetermined(FuzzCase c)
    {
        var sent = c.ToCase();
        return arbiter.IsDetermined(c, sent, arbiter.Expect(c, sent, engine, _fuel), engine, _fuel);
    }

    /// <summary>What the reference answers to a case, with the engine's choices.</summary>
    public CaseResult Expected(FuzzCase c) => arbiter.Expect(c, c.ToCase(), engine);

    /// <summary>The steps to allow what becomes of a case.</summary>
    /// <param name="run">Runs the case on the reference with no more than so many steps.</param>
    public static ulong FuelFor(Func<ulong, CaseResult> run)
    {
        foreach (ulong fuel in Fuels)
            if (!IsExhausted(run(fuel))) return fuel;
        return Fuels[^1];
    }

    private static bool IsExhausted(CaseResult result)
    {
        foreach (var action in result.Results)
            if (action is ActionResult.Ended { Outcome: Outcome.Exhausted } || (action is ActionResult.Swept swept && swept.Outcomes.Any(o => o is Outcome.Exhausted))) return true;
        return false;
    }

    private bool Still(FuzzCase candidate, string difference)
    {
        var sent = candidate.ToCase();
        var expected = arbiter.Expect(candidate, sent, engine, _fuel);
        if (IsExhausted(expected) || !Allowed.IsItself(candidate, expected)) return false;
        if (arbiter.Compare(candidate, sent, expected, running.Run([sent])[0], engine) is not Verdict.Difference found || !IsAlike(found.Class, difference)) return false;
        if (_isDetermined && !arbiter.IsDetermined(candidate, sent, expected, engine, _fuel)) return false;
        if (_fuel == Fuels[^1]) _fuel = FuelFor(fuel => arbiter.Expect(candidate, sent, engine, fuel));
        return true;
    }

    /// <summary>
    /// Whether two classes are of one kind. That bits are wrong is one, wherever they are seen: where that is, is an edit's to choose. Everything else is as it was.
    /// </summary>
    private static bool IsAlike(string a, string b) => a == b || (IsBits(a) && IsBits(b));

    private static bool IsBits(string difference) => difference is "values" or "memory" or "trace";

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
