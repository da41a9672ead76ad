using System.Collections.Immutable;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;

namespace Conformance.Fuzz.Campaigns;

/// <summary>
/// What says how a case must end: the reference, and the policy of comparison. Each lane has one of its own and uses it on its own thread.
/// </summary>
public interface IArbiter
{
    /// <summary>Runs a case on the reference, with the choices of an engine where the specification leaves any.</summary>
    /// <param name="fuzzCase">The case.</param>
    /// <param name="sent">The case as engines get it.</param>
    /// <param name="engine">The engine whose choices count, when <see cref="FuzzCase.IsRelaxed"/>; otherwise null.</param>
    CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine);

    /// <summary>The same with no more than so many steps: what needs more ends as exhausted.</summary>
    CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine, ulong fuel) => Expect(fuzzCase, sent, engine);

    /// <summary>
    /// Whether the case ends as it did whatever NaNs are chosen where the specification leaves a choice: else that an engine differs says nothing of it.
    /// </summary>
    bool IsDetermined(FuzzCase fuzzCase, Case sent, CaseResult expected, CampaignEngine engine, ulong fuel) => true;

    /// <summary>Compares what an engine did with what the reference did.</summary>
    Verdict Compare(FuzzCase fuzzCase, Case sent, CaseResult expected, CaseResult observed, CampaignEngine engine);
}

/// <summary>What a campaign reaches of the specification. Used by all lanes.</summary>
public interface IReach
{
    /// <summary>The index of the case of a block that is watched, or null when none is; a function of the block alone.</summary>
    int? CaseOf(CaseBlock block);

    /// <summary>Runs a case, and watches it.</summary>
    void Watch(FuzzCase fuzzCase, Case sent);

    /// <summary>The names of the cells that were reached so far by what this process watched; a name may come twice.</summary>
    IEnumerable<string> Reached();
}

/// <summary>All that a campaign works with.</summary>
/// <param name="Layers">The layers by name.</param>
/// <param name="Engines">The engines, in the order of the command.</param>
/// <param name="Arbiter">Makes the arbiter of a lane.</param>
/// <param name="Generator">What the layers may use.</param>
/// <param name="Reach">The coverage, when it is counted.</param>
public sealed record CampaignParts(ImmutableArray<ILayer> Layers, ImmutableArray<CampaignEngine> Engines, Func<IArbiter> Arbiter, GeneratorOptions Generator, IReach? Reach = null);
