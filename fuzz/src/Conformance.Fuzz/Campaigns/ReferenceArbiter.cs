using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Execution;
using Wasm.Numerics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Campaigns;

/// <summary>The reference in this process and the <see cref="Comparer"/>.</summary>
/// <param name="reference">Makes the reference with these limits and choices.</param>
public sealed class ReferenceArbiter(Func<StoreOptions, IRuntime> reference) : IArbiter
{
    /// <summary>
    /// What modules are held to: a layer says what its cases use, and an engine that has less does not get them. Custom sections are nobody's concern: no engine
    /// must look into them.
    /// </summary>
    public const Features Features = Wasm.Syntax.Features.All & ~Wasm.Syntax.Features.CustomSections;

    private readonly Dictionary<RelaxedChoices, CaseRunner> _runners = [];
    private readonly Dictionary<RelaxedChoices, CaseRunner> _canonical = [];
    private readonly Dictionary<RelaxedChoices, CaseRunner> _floors = [];

    public CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine) =>
        Runner(_runners, ReferenceLimits.Generous, engine).Run(sent);

    public Verdict Compare(FuzzCase fuzzCase, Case sent, CaseResult expected, CaseResult observed, CampaignEngine engine) =>
        Comparer.Compare(fuzzCase, expected, observed, engine.Facts, () => Runner(_floors, ReferenceLimits.Floor, fuzzCase.IsRelaxed ? engine : null).Run(sent));

    public bool IsSettled(FuzzCase fuzzCase, Case sent, CampaignEngine engine) =>
        Comparer.Compare(fuzzCase, Expect(fuzzCase, sent, engine), Runner(_canonical, ReferenceLimits.Generous with { NaN = NaNChoice.Canonical }, engine).Run(sent), engine.Facts) is not Verdict.Difference;

    private CaseRunner Runner(Dictionary<RelaxedChoices, CaseRunner> runners, StoreOptions limits, CampaignEngine? engine)
    {
        var choices = engine?.Choices ?? RelaxedChoices.Deterministic;
        if (!runners.TryGetValue(choices, out var runner))
            runners[choices] = runner = new CaseRunner(reference(limits with { Relaxed = choices }), Profile.Wasm3 with { Features = Features });
        return runner;
    }
}
