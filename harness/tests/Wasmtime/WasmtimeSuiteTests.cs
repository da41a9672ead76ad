using System.Collections.Immutable;
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
    private static RunResult Run(IRuntime runtime, string suite, ExpectationFile? expectations = null)
    {
        var selection = Selection.Of([suite], SuiteList.Pinned, SuitePlaces.FromEnvironment());
        return Runner.Run(new RunOptions { Runtime = runtime, Files = selection.Files, Suites = selection.Suites, IsWhole = selection.IsWhole, Jobs = 2, FileTimeout = TimeSpan.FromMinutes(2), Expectations = expectations });
    }

    private static ExpectationFile Expectations(string name) => ExpectationFile.Parse(Repo.Read($"harness/expectations/{name}.yaml"));

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

    private static IEnumerable<string> Bad(RunResult run) =>
        run.Files.SelectMany(f => f.Commands.Where(c => c.Verdict is Verdict.Failed or Verdict.Crashed or Verdict.TimedOut or Verdict.UnexpectedPass or Verdict.AdapterLimit)
            .Select(c => $"{f.Key}:{c.Line}: {c.Kind}: {c.Verdict} {c.Actual} {c.Detail}"));

    /// <summary>
    /// Every trap of the mirror has the frames of the reference. With optimization, Wasmtime gives a trap that cannot be avoided the offset at which the
    /// straight code before it begins; without, there is no difference.
    /// </summary>
    [WasmtimeSuiteTheory("testsuite")]
    [InlineData("wasmtime-o0", false)]
    [InlineData("wasmtime", true)]
    public void Backtraces_are_those_of_the_reference(string name, bool isOptimizing)
    {
        using var wasmtime = WasmtimeRuntime.Create(name)!;
        int compared = 0, moved = 0;
        foreach (var file in Selection.Of(["testsuite"], SuiteList.Pinned, SuitePlaces.FromEnvironment()).Files)
        {
            if ((file.Profile.Features & ~wasmtime.Info.Features) != Wasm.Syntax.Features.None) continue;
            var expected = TrapsOf(new ReferenceRuntime(), file);
            var actual = TrapsOf(wasmtime, file);
            Assert.Equal((file.Key, expected.Count), (file.Key, actual.Count));
            foreach (var (e, a) in expected.Zip(actual))
            {
                compared++;
                if (e.Select(Place).SequenceEqual(a.Select(Place))) continue;
                moved++;
                Assert.Equal(e.Select(f => f.Function), a.Select(f => f.Function));
                Assert.Equal(e.Skip(1).Select(Place), a.Skip(1).Select(Place));
                Assert.True(a[0].ModuleOffset < e[0].ModuleOffset);
            }
        }
        Assert.True(compared > 4000);
        if (!isOptimizing) Assert.Equal(0, moved);
    }

    private static (uint?, long?) Place(BacktraceFrame frame) => (frame.Function, frame.ModuleOffset);

    /// <summary>The wasm frames of all traps of a script, in order.</summary>
    private static List<ImmutableArray<BacktraceFrame>> TrapsOf(IRuntime runtime, ScriptFile file)
    {
        var recorder = new Recorder(runtime);
        Runner.Run(new RunOptions { Runtime = recorder, Files = [file], FileTimeout = TimeSpan.FromMinutes(2) });
        return recorder.Traps;
    }

    private sealed class Recorder(IRuntime inner) : IRuntime
    {
        public List<ImmutableArray<BacktraceFrame>> Traps { get; } = [];

        public RuntimeInfo Info => inner.Info with { Steppable = false, Direct = false };

        public IStore CreateStore(StoreRequest request) => new Store(this, inner.CreateStore(request with { Beside = null }));

        private Outcome Record(Outcome outcome)
        {
            if (outcome is Outcome.Trapped trap)
                lock (Traps) Traps.Add([.. trap.Backtrace.Where(f => f.Function is not null)]);
            return outcome;
        }

        private sealed class Store(Recorder recorder, IStore inner) : IStore
        {
            private IStore Inner => inner;

            public void Define(HostModule module) => inner.Define(module);

            public Outcome Load(ReadOnlyMemory<byte> binary) => inner.Load(binary);

            public Outcome Instantiate(IModule module) => recorder.Record(inner.Instantiate(module));

            public void Register(string name, IInstance instance) => inner.Register(name, instance);

            public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments) => recorder.Record(inner.Invoke(instance, name, arguments));

            public Outcome Get(IInstance instance, string name) => inner.Get(instance, name);

            public Outcome Share(IInstance instance, IStore other) => inner.Share(instance, ((Store)other).Inner);

            public void Interrupt() => inner.Interrupt();

            public void Dispose() => inner.Dispose();
        }
    }

    /// <summary>Mappings are where a leak of stacks, memories or code would show; what .NET itself maps is bounded.</summary>
    [WasmtimeSuiteTheory("testsuite")]
    [InlineData(6)]
    public void The_mirror_again_and_again_leaves_nothing_behind(int times)
    {
        using var runtime = WasmtimeRuntime.Create("wasmtime")!;
        for (int i = 0; i < 2; i++) Run(runtime, "testsuite");
        var before = Held();
        for (int i = 0; i < times; i++) Run(runtime, "testsuite");
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
