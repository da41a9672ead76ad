using Conformance.Fuzz.Campaigns;

namespace Conformance.Fuzz.Tests.Campaigns;

public sealed class KnownIssueTests : IDisposable
{
    private readonly TestCampaign _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_finding_is_known_when_every_engine_in_it_is_explained()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("honest"), FakeEngine.Create("liar", FakeEngine.Lies), FakeEngine.Create("crasher", FakeEngine.Dies));
        var state = _test.Run(parts, TestCampaign.Options(parts, 5000));
        Assert.True(CampaignReport.Of(state, Issues("engine: \"li*\"", "class: \"values\"")).Signatures.Single(s => s.IsUnknown).Signature.Engines is ["crasher"]);
        Assert.False(CampaignReport.Of(state, Issues("engine: \"*r\"")).HasUnknown);
        foreach (string other in new[] { "class: \"returned -> trap\"", "layers: [module]", "versions: [\"2*\"]", "instructions: [f32.min]" })
            Assert.Equal(2, CampaignReport.Of(state, Issues("engine: \"*\"", other)).Signatures.Count(s => s.IsUnknown));
    }

    [Fact]
    public void A_suspected_bug_of_ours_is_never_known()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("a"), FakeEngine.Create("b")) with { Arbiter = () => new FakeArbiter { WrongAt = 5 } };
        Assert.True(CampaignReport.Of(_test.Run(parts, TestCampaign.Options(parts, 5000)), Issues("engine: \"*\"")).HasUnknown);
    }

    [Theory]
    [InlineData("issues:\n  - engine: a\n    reason: r\n", "line 2: a known issue needs engine, reason and link")]
    [InlineData("issues:\n  - engine: a\n    opcode: x\n", "line 3: unknown key `opcode`")]
    public void A_wrong_entry_is_an_error_with_its_line(string yaml, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => KnownIssues.Parse(yaml)).Message, StringComparison.Ordinal);

    private static KnownIssues Issues(params string[] lines) => KnownIssues.Parse($"issues:\n  - {string.Join("\n    ", lines)}\n    reason: a test\n    link: none\n");
}
