using Conformance.Harness.Backtraces;
using Conformance.Harness.Expectations;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Conformance.Harness.Tests.Repository;
using Conformance.Runtimes.Reference;
using Conformance.Runtimes.Wasmtime;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Harness.Tests.Wasmtime;

/// <summary>A theory over suites on Wasmtime; skipped with the reason when either is missing.</summary>
internal sealed class WasmtimeSuiteTheoryAttribute : TheoryAttribute
{
    public WasmtimeSuiteTheoryAttribute(params string[] suites)
    {
        if (!WasmtimeLibrary.IsAvailable(out string why)) Skip = $"Wasmtime: NOT RUN ({why})";
        else if (suites.Select(s => SuiteLocator.Locate(SuiteList.Pinned.Find(s)!, SuitePlaces.FromEnvironment())).FirstOrDefault(l => !l.Found) is { } missing)
            Skip = $"suite {missing.Suite.Name}: NOT RUN ({missing.Why})";
    }
}

/// <summary>The official suites on Wasmtime in this process.</summary>
public sealed class WasmtimeSuiteTests
{
    internal static RunResult Run(IRuntime runtime, string suite, ExpectationFile? expectations = null)
    {
        var selection = Selection.Of([suite], SuiteList.Pinned, SuitePlaces.FromEnvironment());
        return Runner.Run(new RunOptions { Runtime = runtime, Files = selection.Files, Suites = selection.Suites, IsWhole = selection.IsWhole, Jobs = 2, FileTimeout = TimeSpan.FromMinutes(2), Expectations = expectations });
    }

    private static ExpectationFile Expectations(string name) => ExpectationFile.Load(Path.Combine(Repo.Root, $"harness/expectations/{name}.yaml"));

    [WasmtimeSuiteTheory("testsuite")]
    [InlineData("wasmtime", 950)]
    [InlineData("wasmtime-winch", 2542)]
    [InlineData("wasmtime-pulley", 1209)]
    public void The_mirror_passes_but_for_what_is_unsupported(string name, int unsupported)
    {
        using var runtime = WasmtimeRuntime.Create(name)!;
        var run = Run(runtime, "testsuite", Expectations(name));
        Assert.Empty(run.Problems);
        Assert.Empty(Bad(run));
        Assert.Equal((unsupported, run.Totals.Commands - unsupported), (run.Totals.Unsupported, run.Totals.Passed));
        // Files whose feature has no switch are unsupported as a whole.
        Assert.All(run.Files.Where(f => f.Path.StartsWith("legacy/", StringComparison.Ordinal) || f.Path.StartsWith("proposals/custom-descriptors/", StringComparison.Ordinal)),
            f => Assert.Empty(f.Commands.Where(c => c.Verdict is not (Verdict.Unsupported or Verdict.Passed))));
    }

    [WasmtimeSuiteTheory("wasm-1.0", "wasm-2.0", "threads")]
    [InlineData("wasm-1.0")]
    [InlineData("wasm-2.0")]
    [InlineData("threads")]
    public void Other_suites_are_as_expected(string suite)
    {
        using var runtime = WasmtimeRuntime.Create("wasmtime")!;
        var run = Run(runtime, suite, Expectations("wasmtime"));
        Assert.Empty(run.Problems);
        Assert.Empty(Bad(run));
        Assert.Equal(0, run.Totals.Unsupported);
    }

    [WasmtimeFact]
    public void The_own_corpus_is_as_expected()
    {
        using var runtime = WasmtimeRuntime.Create("wasmtime")!;
        var run = Run(runtime, "corpus", Expectations("wasmtime"));
        Assert.Empty(run.Problems);
        Assert.Empty(Bad(run));
    }

    private static IEnumerable<string> Bad(RunResult run) =>
        run.Files.SelectMany(f => f.Commands.Where(c => c.Verdict is Verdict.Failed or Verdict.Crashed or Verdict.TimedOut or Verdict.UnexpectedPass or Verdict.AdapterLimit)
            .Select(c => $"{f.Key}:{c.Line}: {c.Kind}: {c.Verdict} {c.Actual} {c.Detail}"));

    /// <summary>
    /// Every asserted trap of the mirror has the frames of the reference, but that with optimization, Wasmtime may give a trap the offset of an earlier
    /// instruction from which straight code leads to it. Where it does not trap, the feature is unsupported.
    /// </summary>
    [WasmtimeSuiteTheory("testsuite")]
    [InlineData("wasmtime", "*", 4863, 120)]
    [InlineData("wasmtime-o0", "un*", 76, 0)]
    [InlineData("wasmtime-winch", "un*", 67, 0)]
    public void Backtraces_are_those_of_the_reference(string name, string filter, int same, int earlier)
    {
        using var wasmtime = WasmtimeRuntime.Create(name)!;
        var files = Selection.Of(["testsuite"], SuiteList.Pinned, SuitePlaces.FromEnvironment(), filter: filter).Files;
        var traps = BacktraceComparison.Run(files, new ReferenceRuntime(), wasmtime, jobs: 2);
        Assert.Empty(traps.Where(t => t.Agreement is Agreement.OtherOffset or Agreement.OtherFunctions or Agreement.Untold));
        Assert.All(traps.Where(t => t.Agreement == Agreement.NoTrap), t => Assert.Equal(Verdict.Unsupported, t.Verdict));
        Assert.Equal((same, earlier), (traps.Count(t => t.Agreement == Agreement.Same), traps.Count(t => t.Agreement == Agreement.EarlierInStraightCode)));
    }
}
