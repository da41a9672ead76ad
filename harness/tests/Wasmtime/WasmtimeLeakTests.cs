using Conformance.Runtimes.Wasmtime;

namespace Conformance.Harness.Tests.Wasmtime;

/// <summary>Tests that count what the whole process holds, and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

/// <summary>The official suite on Wasmtime in this process, again and again.</summary>
[Collection(AloneCollection.Name)]
public sealed class WasmtimeLeakTests
{
    /// <summary>Mappings are where a leak of stacks, memories or code would show; what .NET itself maps is bounded.</summary>
    [WasmtimeSuiteTheory("testsuite")]
    [InlineData(6)]
    public void The_mirror_again_and_again_leaves_nothing_behind(int times)
    {
        using var runtime = WasmtimeRuntime.Create("wasmtime")!;
        for (int i = 0; i < 2; i++) WasmtimeSuiteTests.Run(runtime, "testsuite");
        var before = Held();
        for (int i = 0; i < times; i++) WasmtimeSuiteTests.Run(runtime, "testsuite");
        var after = Held();
        Assert.InRange(after.Files - before.Files, -1000, 10);
        Assert.InRange(after.Mappings - before.Mappings, -10_000, 150);
        Assert.InRange(after.Managed - before.Managed, -(1L << 30), 16 << 20);
    }

    private static (int Files, int Mappings, long Managed) Held()
    {
        long managed = GC.GetTotalMemory(true);
        return OperatingSystem.IsLinux() ? (Directory.GetFiles("/proc/self/fd").Length, File.ReadLines("/proc/self/maps").Count(), managed) : (0, 0, managed);
    }
}
