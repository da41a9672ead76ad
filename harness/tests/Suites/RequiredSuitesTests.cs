namespace Conformance.Harness.Tests.Suites;

public class RequiredSuitesTests
{
    /// <summary>Where the suites are known to be there, tests that were skipped for want of them would hide a fault.</summary>
    [Fact]
    public void Suites_are_there_when_the_environment_requires_them()
    {
        if (Environment.GetEnvironmentVariable("CONFORMANCE_REQUIRE_SUITE") != "1") return;
        string? suites = Environment.GetEnvironmentVariable("WASM_SUITES");
        Assert.True(Directory.Exists(suites), $"WASM_SUITES is {suites ?? "not set"}");
        Assert.All(new[] { "testsuite", "threads", "stack-switching", "wasm-1.0", "wasm-2.0" }, suite => Assert.True(Directory.Exists(Path.Combine(suites!, suite)), suite));
    }
}
