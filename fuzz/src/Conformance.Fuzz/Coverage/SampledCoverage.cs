using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Fuzz.Coverage;

/// <summary>
/// Runs some of a campaign's cases once more, on a reference that is watched. Which ones is a function of the block's number, so that the coverage of a campaign
/// is the same however it was interrupted or shared out.
/// </summary>
public sealed class SampledCoverage : IReach
{
    /// <summary>Blocks of a layer of which one case is watched: a watched run takes several times as long, and all together may take 2 % of a campaign.</summary>
    private const int BlocksPerCase = 4;

    private readonly RuleCoverage _coverage = new();
    private readonly ThreadLocal<CaseRunner> _runner;

    public SampledCoverage() => _runner = new(() => new CaseRunner(new ReferenceRuntime(ReferenceLimits.Generous, _coverage), Profile.Wasm3 with { Features = ReferenceArbiter.Features }));

    public int? CaseOf(CaseBlock block) => block.InLayer % BlocksPerCase == 0 ? (int)(block.InLayer / BlocksPerCase % CaseBlock.Size) : null;

    public void Watch(FuzzCase fuzzCase, Case sent)
    {
        // A text is parsed, and not run.
        if (fuzzCase.Source is null) _runner.Value!.Run(sent);
    }

    public IEnumerable<string> Reached() => _coverage.Cells().Where(c => c.Reached).Select(CoverageCells.NameOf);
}
