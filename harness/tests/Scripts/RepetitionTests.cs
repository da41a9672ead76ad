using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Scripts;

/// <summary>The same run again and again.</summary>
public sealed class RepetitionTests
{
    private static RunOptions Options(IRuntime runtime) => new()
    {
        Runtime = runtime,
        Files = [new ScriptFile("", "a.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(Script))],
    };

    private const string Script = """
        (module (func (export "f") (result i32) (i32.const 1)))
        (assert_return (invoke "f") (i32.const 1))
        """;

    [Fact]
    public void Every_round_is_told_and_the_last_result_is_the_run_s()
    {
        var rounds = new List<Round>();
        var run = Repetition.Run(Options(new ReferenceRuntime()), 3, rounds.Add);
        Assert.Equal([1, 2, 3], rounds.Select(r => r.Number));
        Assert.All(rounds, r => Assert.True(r.Held is { Resident: > 0, Managed: > 0, Threads: > 0 }));
        Assert.True(run.IsGreen);
        Assert.Equal(2, run.Totals.Passed);
    }

    [Fact]
    public void A_verdict_that_changes_is_a_problem_even_if_the_last_round_is_good()
    {
        int stores = 0;
        var runtime = new Faulty(new ReferenceRuntime(), () => ++stores == 2);
        var run = Repetition.Run(Options(runtime), 3, _ => { });
        Assert.Equal(2, run.Totals.Passed);
        Assert.Equal(["round 2: a.wast:1:1: crashed, passed in round 1", "round 2: a.wast:2:1: crashed, passed in round 1"], run.Problems.ToArray());
        Assert.False(run.IsGreen);
    }

    /// <summary>A runtime some of whose stores can load nothing.</summary>
    private sealed class Faulty(IRuntime inner, Func<bool> isFaulty) : IRuntime
    {
        public RuntimeInfo Info => inner.Info with { Steppable = false };

        public IStore CreateStore(StoreRequest request) => isFaulty() ? new Store() : inner.CreateStore(request);

        private sealed class Store : IStore
        {
            public void Define(HostModule module) { }

            public Outcome Load(ReadOnlyMemory<byte> binary) => new Outcome.Crashed("of no use");

            public Outcome Instantiate(IModule module) => throw new NotSupportedException();

            public void Register(string name, IInstance instance) => throw new NotSupportedException();

            public Outcome Invoke(IInstance instance, string name, System.Collections.Immutable.ImmutableArray<Value> arguments) => throw new NotSupportedException();

            public Outcome Get(IInstance instance, string name) => throw new NotSupportedException();

            public void Interrupt() { }

            public void Dispose() { }
        }
    }
}
