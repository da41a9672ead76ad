using System.Text;
using Conformance.Fuzz.Campaigns;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Fuzz.Tests.Campaigns;

public sealed class CampaignTests : IDisposable
{
    private readonly TestCampaign _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Engines_that_agree_with_the_reference_give_no_finding()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("a"), FakeEngine.Create("b"));
        var state = _test.Run(parts, TestCampaign.Options(parts, 5000));
        Assert.Empty(state.Findings);
        var totals = state.Totals;
        Assert.Equal(5056, totals.Cases);
        Assert.Equal(totals.Cases, totals.Useful);
        Assert.All(totals.Cells.Values, cell => Assert.Equal(cell.Cases, cell.Compared));
    }

    [Fact]
    public void An_engine_that_lies_crashes_or_hangs_is_found_and_the_campaign_goes_on()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("honest"), FakeEngine.Create("liar", FakeEngine.Lies), FakeEngine.Create("crasher", FakeEngine.Dies), FakeEngine.Create("hanger", FakeEngine.Hangs));
        var state = _test.Run(parts, TestCampaign.Options(parts, 20_000));
        var report = CampaignReport.Of(state, KnownIssues.None);
        Assert.Equal(20_032, state.Totals.Cases);
        Assert.Equal(["tiny: invoke: crash: crasher", "tiny: invoke: hang: hanger", "tiny: invoke: values: liar"], report.Signatures.Select(s => s.Signature.ToString()));
        Assert.All(report.Signatures, s => Assert.Equal(Suspect.Engine, s.Suspect));
        Assert.True(report.HasUnknown);
        Assert.True(state.Parts.Values.Single().Restarts["crasher"] > 0);
        // The first few are rerun; two lanes may do so at the same time.
        foreach (var s in report.Signatures) Assert.True(s.Repeated > 0 && s.Confirmed is >= 2 and <= 9, s.ToString());
    }

    [Fact]
    public void The_reference_alone_against_two_families_is_suspected_and_listed_first()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("liar", FakeEngine.Lies), FakeEngine.Create("b1", family: "b"), FakeEngine.Create("b2", family: "b")) with { Arbiter = () => new FakeArbiter { WrongAt = 42 } };
        var report = CampaignReport.Of(_test.Run(parts, TestCampaign.Options(parts, 20_000)), KnownIssues.None);
        Assert.Equal(Suspect.Reference, report.Signatures[0].Suspect);
        Assert.Equal("tiny: invoke: values: liar, b1, b2", report.Signatures[0].Signature.ToString());
        Assert.StartsWith("suspected bug of ours", report.Markdown().Split("### ")[1], StringComparison.Ordinal);
        Assert.Contains(report.Signatures, s => s.Suspect == Suspect.Engine);
    }

    [Theory]
    [InlineData("a,b", "", Suspect.Reference)]
    [InlineData("a,a", "", Suspect.Undecided)]
    [InlineData("a", "b", Suspect.Engine)]
    [InlineData("a,b", "c", Suspect.Engine)]
    [InlineData("a", "a", Suspect.Engine)]
    [InlineData("", "a,b", Suspect.NotReproduced)]
    public void Families_vote(string differing, string agreeing, Suspect suspect) =>
        Assert.Equal(suspect, Vote.Of(differing.Split(',', StringSplitOptions.RemoveEmptyEntries), agreeing.Split(',', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void A_difference_that_does_not_come_again_is_no_finding()
    {
        int left = 1;
        var parts = TestCampaign.Parts(FakeEngine.Create("flaky", n => n > 500 && Interlocked.Decrement(ref left) == 0 ? new Outcome.Returned([]) : null), FakeEngine.Create("b"));
        var report = CampaignReport.Of(_test.Run(parts, TestCampaign.Options(parts, 2000)), KnownIssues.None);
        Assert.Equal(Suspect.NotReproduced, Assert.Single(report.Signatures).Suspect);
        Assert.False(report.HasUnknown);
    }

    [Fact]
    public void What_escapes_from_the_generator_or_the_reference_is_a_bug_of_ours_and_the_campaign_goes_on()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("a")) with
        {
            Layers = [new FakeLayer("tiny") { FailsAt = 17 }],
            Arbiter = () => new FakeArbiter { FailsAt = 18 },
        };
        var state = _test.Run(parts, TestCampaign.Options(parts, 10_000));
        var report = CampaignReport.Of(state, KnownIssues.None);
        Assert.Equal(["tiny: kit: generator failed: InvalidOperationException: ", "tiny: kit: reference failed: InvalidOperationException: "], report.Signatures.Select(s => s.Signature.ToString()));
        Assert.All(report.Signatures, s => Assert.Equal(Suspect.Reference, s.Suspect));
        Assert.Equal(["the generator failed", "the reference failed"], state.Totals.Layers["tiny"].Discards.Keys);
    }

    [Fact]
    public void Exhaustion_and_missing_features_are_discards_and_never_agreement()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("a", n => n % 10 == 0 ? new Outcome.Exhausted("stack") : null, features: 0)) with { Layers = [new FakeLayer("tiny"), new FakeLayer("gc", Features.Gc)] };
        var totals = _test.Run(parts, TestCampaign.Options(parts, 6400, "tiny:1,gc:1")).Totals;
        var (tiny, gc) = (totals.Layers["tiny"], totals.Layers["gc"]);
        Assert.Equal((3200, 0), (gc.Cases, gc.Useful));
        Assert.Equal(["no engine has its features"], gc.Discards.Keys);
        Assert.Equal(["exhaustion"], tiny.Discards.Keys);
        Assert.Equal(tiny.Cases, tiny.Useful + tiny.Discards["exhaustion"]);
        Assert.InRange(tiny.Discards["exhaustion"], 200, 450);
    }

    [Fact]
    public void What_the_engine_of_a_block_lacks_goes_to_the_next_that_has_it()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("old", features: 0), FakeEngine.Create("new")) with { Layers = [new FakeLayer("gc", Features.Gc)] };
        var totals = _test.Run(parts, TestCampaign.Options(parts, 6400, "gc:1")).Totals;
        Assert.Equal((6400, 6400), (totals.Cases, totals.Useful));
        Assert.Equal([("gc", "new")], totals.Cells.Keys);
    }

    [Fact]
    public void An_engine_that_cannot_be_started_again_is_lost_and_the_others_go_on()
    {
        var good = FakeEngine.Create("good");
        var gone = FakeEngine.Create("gone") with { Start = () => throw new InvalidOperationException("no such program") };
        var parts = TestCampaign.Parts(good, gone);
        var state = _test.Run(parts, TestCampaign.Options(parts, 2000));
        Assert.Equal("no such program", state.Parts.Values.Single().Lost["gone"]);
        Assert.Contains("gone was lost", CampaignReport.Of(state, KnownIssues.None).Markdown(), StringComparison.Ordinal);

        parts = TestCampaign.Parts(gone);
        Assert.Throws<EngineLostException>(() => _test.Run(parts, TestCampaign.Options(parts, 2000), "none"));
    }

    [Fact]
    public void A_campaign_is_the_same_with_any_number_of_lanes()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("liar", FakeEngine.Lies), FakeEngine.Create("b"), FakeEngine.Create("c", optimizing: true));
        var options = TestCampaign.Options(parts, 10_000, "tiny:2,single:1");
        string one = Counts(_test.Run(parts, options, "one", jobs: 1)), four = Counts(_test.Run(parts, options, "four", jobs: 4));
        Assert.Equal(one, four);
    }

    [Fact]
    public void Shards_share_no_case_and_miss_none()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("liar", _ => new Outcome.Returned([]))) with { Layers = [new FakeLayer("tiny")] };
        string[] Names(string shard, int blocks)
        {
            var state = _test.Run(parts, TestCampaign.Options(parts, blocks * CaseBlock.Size, shard: shard), shard.Replace('/', '-'));
            return [.. state.Findings.Keys.Concat(state.Repetitions.Keys)];
        }
        string[] whole = Names("1/1", 9), shards = [.. Names("1/3", 3), .. Names("2/3", 3), .. Names("3/3", 3)];
        Assert.Equal(9 * CaseBlock.Size, whole.Length);
        Assert.Equal(whole.Order(StringComparer.Ordinal), shards.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_layer_has_its_share_of_the_blocks_and_its_cases_in_a_row()
    {
        var schedule = new Schedule([new("single", 4), new("module", 1)], [false]);
        var whole = Enumerable.Range(0, 60).Select(n => schedule.BlockAt(n)).ToList();
        Assert.Equal(whole.Count, whole.Select(b => (b.Layer, b.First)).Distinct().Count());
        foreach (int layer in new[] { 0, 1 })
        {
            var firsts = whole.Where(b => b.Layer == layer).Select(b => b.First).Order().ToList();
            Assert.Equal(Enumerable.Range(0, firsts.Count).Select(i => (long)i * CaseBlock.Size), firsts);
        }
        Assert.Equal(48, whole.Count(b => b.Layer == 0));
    }

    [Fact]
    public void Module_blocks_go_to_one_engine_in_turn_and_some_to_all_and_optimizing_tiers_get_one_in_four()
    {
        var schedule = new Schedule([new("module", 1)], [false, false, true, false]);
        var given = Enumerable.Range(0, 1600).Select(n => schedule.EnginesOf(schedule.BlockAt(n))).ToList();
        Assert.Equal(100, given.Count(g => g.Length == 4));
        Assert.Equal(1500, given.Count(g => g.Length == 1));
        Assert.Equal(400, given.Count(g => g is [2]));
        foreach (int cheap in new[] { 0, 1, 3 }) Assert.InRange(given.Count(g => g.Length == 1 && g[0] == cheap), 350, 390);
        var singles = new Schedule([new("single", 1)], [false, true]);
        Assert.All(Enumerable.Range(0, 50), n => Assert.Equal(2, singles.EnginesOf(singles.BlockAt(n)).Length));
    }

    /// <summary>Counts and findings without times and places.</summary>
    internal static string Counts(CampaignState state)
    {
        var text = new StringBuilder();
        foreach (var (name, l) in state.Totals.Layers) text.AppendLine($"{name} {l.Scripts} {l.Cases} {l.Useful} {string.Join(',', l.Discards)}");
        foreach (var (key, c) in state.Totals.Cells) text.AppendLine($"{key} {c.Cases} {c.Compared} {string.Join(',', c.Inconclusive)}");
        foreach (string name in state.Findings.Keys.Concat(state.Repetitions.Keys).Order(StringComparer.Ordinal)) text.AppendLine(name);
        return text.ToString();
    }
}
