using System.Collections.Concurrent;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Harness.Suites;
using Conformance.Runtimes.Reference;

namespace Conformance.Harness.Tests.Suites;

/// <summary>The official suites on the reference, one case a file, where they are found; else one case that says why not.</summary>
public class OfficialSuiteTests
{
    private static readonly SuitePlaces Places = SuitePlaces.FromEnvironment();

    public static TheoryData<string> Files(string suite) => [.. SuiteLocator.Locate(SuiteList.Pinned.Find(suite)!, Places) is { Found: true } location ? SuiteList.ScriptsBelow(location.Folder!) : []];

    [SuiteTheory("testsuite"), MemberData(nameof(Files), "testsuite")]
    public void Testsuite(string file) => Passes("testsuite", file);

    [SuiteTheory("threads"), MemberData(nameof(Files), "threads")]
    public void Threads(string file) => Passes("threads", file);

    [SuiteTheory("stack-switching"), MemberData(nameof(Files), "stack-switching")]
    public void StackSwitching(string file) => Passes("stack-switching", file);

    [SuiteTheory("wasm-1.0"), MemberData(nameof(Files), "wasm-1.0")]
    public void Wasm1(string file) => Passes("wasm-1.0", file);

    [SuiteTheory("wasm-2.0"), MemberData(nameof(Files), "wasm-2.0")]
    public void Wasm2(string file) => Passes("wasm-2.0", file);

    /// <summary>Every route that a module can take, through the runner: nothing is lost on the way to the result, and results merge to the whole.</summary>
    [SuiteTheory("testsuite")]
    [InlineData(ModuleRoute.Binary)]
    [InlineData(ModuleRoute.Direct)]
    [InlineData(ModuleRoute.RoundTrip)]
    public void The_whole_mirror(ModuleRoute route)
    {
        var selection = Selection.Of(["testsuite"], SuiteList.Pinned, Places);
        var options = new RunOptions { Runtime = new ReferenceRuntime(), Files = selection.Files, Suites = selection.Suites, IsWhole = selection.IsWhole, Modules = route, Jobs = 2, FileTimeout = TimeSpan.FromMinutes(2) };
        var run = route == ModuleRoute.Binary ? Runner.Run(options) : Merge.Of([Runner.Run(options with { Shard = new(2, 2) }), Runner.Run(options with { Shard = new(1, 2) })]);
        Assert.Empty(run.Problems);
        Assert.True(run.IsGreen);
        Assert.True(run.Totals.SuiteFound);
        Assert.Equal(run.Totals.Commands, run.Totals.Passed);
        if (selection.Suites[0].Pinned is { } pinned)
            Assert.Equal((pinned.Files, pinned.Commands, pinned.Messages), (run.Totals.Files, run.Totals.Passed, run.Totals.Messages.Prefix));
    }

    public static TheoryData<string> LitmusFiles => [.. LitmusTable.Known.Tests.Select(t => t.File)];

    [SuiteTheory("threads"), MemberData(nameof(LitmusFiles))]
    public void Litmus_tests_have_the_outcomes_that_the_memory_model_allows(string path)
    {
        var test = LitmusTable.Known.Find(path)!;
        var file = Selections.GetOrAdd("threads", name => Selection.Of([name], SuiteList.Pinned, Places)).Files.Single(f => f.Key == path);
        var options = new RunOptions { Runtime = new ReferenceRuntime(), Files = [file] };
        var exploration = Explorer.Explore(file, options);
        Assert.True(exploration is { IsComplete: true, Cut: 0, Deadlocks: 0 });
        var report = LitmusTable.Report(test, exploration);
        Assert.Empty(report.Forbidden);
        Assert.Equal(test.Exact, report.Seen.All(s => s.Runs > 0));
        foreach (var rule in Enum.GetValues<ThreadRule>())
            Assert.Empty(LitmusTable.Report(test, Explorer.Sample(file, options with { Threads = rule }, 200)).Forbidden);
    }

    private static readonly ConcurrentDictionary<string, Selection> Selections = new();

    private static void Passes(string suite, string path)
    {
        var file = Selections.GetOrAdd(suite, name => Selection.Of([name], SuiteList.Pinned, Places)).Files.Single(f => f.Path == path);
        var result = ScriptRunner.Run(file, new RunOptions { Runtime = new ReferenceRuntime(), Files = [file], FileTimeout = TimeSpan.FromMinutes(2) });
        Assert.Null(result.Error);
        Assert.NotEmpty(result.Commands);
        Assert.Equal(result.Totals.Commands, result.Totals.SumOfVerdicts);
        Assert.Empty(result.Commands.Where(c => c.Verdict != Verdict.Passed).Select(c => $"{path}:{c.Line}:{c.Column}: {c.Text}"));
    }
}

/// <summary>A theory that is skipped at discovery, with the reason, when a suite is not found.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SuiteTheoryAttribute : TheoryAttribute
{
    public SuiteTheoryAttribute(string suite)
    {
        var location = SuiteLocator.Locate(SuiteList.Pinned.Find(suite)!, SuitePlaces.FromEnvironment());
        if (!location.Found) Skip = $"suite {suite}: NOT RUN ({location.Why})";
    }
}
