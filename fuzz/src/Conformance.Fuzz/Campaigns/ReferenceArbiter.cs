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
/// <param name="features">What modules are held to.</param>
public sealed class ReferenceArbiter(Func<StoreOptions, IRuntime> reference, Features features = ReferenceArbiter.Features) : IArbiter
{
    /// <summary>
    /// What modules are held to: a layer says what its cases use, and an engine that has less does not get them. Custom sections are nobody's concern: no engine
    /// must look into them.
    /// </summary>
    public const Features Features = Wasm.Syntax.Features.All & ~Wasm.Syntax.Features.CustomSections;

    private readonly Dictionary<(StoreOptions Limits, RelaxedChoices Choices), CaseRunner> _runners = [];

    public CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine) => Runner(ReferenceLimits.Generous, engine).Run(sent);

    public CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine, ulong fuel) => Runner(ReferenceLimits.Generous with { Fuel = fuel }, engine).Run(sent);

    public bool IsDetermined(FuzzCase fuzzCase, Case sent, CaseResult expected, CampaignEngine engine, ulong fuel) =>
        Comparer.Compare(fuzzCase, expected, Runner(ReferenceLimits.Generous with { Fuel = fuel, NaN = NaNChoice.Canonical }, engine).Run(sent), engine.Facts) is not Verdict.Difference;

    public Verdict Compare(FuzzCase fuzzCase, Case sent, CaseResult expected, CaseResult observed, CampaignEngine engine) =>
        Comparer.Compare(fuzzCase, expected, observed, engine.Facts, () => Runner(ReferenceLimits.Floor, fuzzCase.IsRelaxed ? engine : null).Run(sent));

    private CaseRunner Runner(StoreOptions limits, CampaignEngine? engine)
    {
        var choices = engine?.Choices ?? RelaxedChoices.Deterministic;
        if (!_runners.TryGetValue((limits, choices), out var runner))
            _runners[(limits, choices)] = runner = new CaseRunner(reference(limits with { Relaxed = choices }), Profile.Wasm3 with { Features = features });
        return runner;
    }
}
