using System.Collections.Immutable;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Numerics;

namespace Conformance.Fuzz.Campaigns;

/// <summary>An engine as a campaign uses it: what it is, and how to start as many of it as there are lanes.</summary>
/// <param name="Info">Name, version, and the features that modules may use.</param>
/// <param name="Family">Who wrote it: the tiers of one engine share its bugs, so only families have votes.</param>
/// <param name="IsOptimizing">Whether it compiles slowly, and so gets a case less often.</param>
/// <param name="Start">Starts one; each is used by one thread at a time.</param>
public sealed record CampaignEngine(RuntimeInfo Info, string Family, bool IsOptimizing, Func<ICaseEngine> Start)
{
    public string Name => Info.Name;

    /// <summary>Whether it parses text, and does nothing else.</summary>
    public bool IsParser { get; init; }

    /// <summary>Whether it can be given a case.</summary>
    public bool Takes(FuzzCase fuzzCase) => IsParser == fuzzCase.Source is not null && (fuzzCase.Features & ~Info.Features) == 0;

    /// <summary>What a comparison must know of it.</summary>
    public EngineFacts Facts { get; init; } = new(Info.Features, ObeysProfiles: false, Asked: ReferenceArbiter.Features);

    /// <summary>What it was seen to choose where relaxed instructions leave a choice.</summary>
    public RelaxedChoices Choices { get; init; } = RelaxedChoices.Deterministic;

    /// <summary>The relaxed instructions on which it keeps to no choice: a difference in a module with one of them says little of the rest.</summary>
    public ImmutableArray<string> Unpredictable { get; init; } = [];
}
