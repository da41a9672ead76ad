using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Harness.Suites;
using Conformance.Runtimes.Reference;

namespace Conformance.Harness.Tests.Suites;

/// <summary>
/// The official litmus tests. Two threads leave what they read at addresses 24 and 32; an outcome is that pair. The atomic ones are sequentially
/// consistent; the plain ones may do more, which no interleaving shows.
/// </summary>
public class LitmusTests
{
    [SuiteTheory("threads")]
    [InlineData("SB_atomic.wast", "0 1, 1 0, 1 1")]         // not both before the other's store
    [InlineData("LB_atomic.wast", "0 0, 0 1, 1 0")]         // not both from the other's store that comes later
    [InlineData("MP_atomic.wast", "0 0, 0 42, 1 42")]       // who sees the flag sees the message
    public void Exploration_sees_exactly_what_is_allowed(string file, string allowed)
    {
        var exploration = Explorer.Explore(File(file), Options(ThreadRule.Scheduler));
        Assert.True(exploration.IsComplete);
        Assert.Equal((0, 0), (exploration.Cut, exploration.Deadlocks));
        Assert.Equal(allowed.Split(", "), Outcomes(exploration));
    }

    [SuiteTheory("threads")]
    [InlineData("SB.wast", "0 0, 0 1, 1 0, 1 1")]
    [InlineData("LB.wast", "0 0, 0 1, 1 0, 1 1")]
    [InlineData("MP.wast", "0 0, 0 42, 1 0, 1 42")]
    public void Plain_accesses_stay_within_what_is_allowed(string file, string allowed)
    {
        var exploration = Explorer.Explore(File(file), Options(ThreadRule.Scheduler));
        Assert.True(exploration.IsComplete);
        Assert.Subset(allowed.Split(", ").ToHashSet(), Outcomes(exploration).ToHashSet());
        foreach (var rule in Enum.GetValues<ThreadRule>())
            Assert.Subset(allowed.Split(", ").ToHashSet(), Outcomes(Explorer.Sample(File(file), Options(rule), 100)).ToHashSet());
    }

    private static IEnumerable<string> Outcomes(Exploration exploration)
    {
        Assert.All(exploration.Outcomes, o => Assert.Empty(o.Failures));
        return exploration.Outcomes.Select(o => $"{Word(o.Text, 24)} {Word(o.Text, 32)}").Order(StringComparer.Ordinal);
    }

    /// <summary>A word of the shared memory; what an outcome does not list is zero.</summary>
    private static string Word(string text, int address)
    {
        string mark = $"[{address}]=";
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? "0" : text[(at + mark.Length)..].Split(' ')[0];
    }

    private static ScriptFile File(string path) => Selection.Of(["threads"], SuiteList.Pinned, SuitePlaces.FromEnvironment()).Files.Single(f => f.Path == path);

    private static RunOptions Options(ThreadRule rule) => new() { Runtime = new ReferenceRuntime(), Files = [], Threads = rule };
}
