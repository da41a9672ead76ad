using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Wasmtime;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Wasmtime;

/// <summary>Wasmtime in worker processes.</summary>
public sealed class WasmtimeWorkerTests
{
    private static OutOfProcessRuntime Start(string name, WorkerLimits? limits = null) =>
        OutOfProcessRuntime.Start(new WorkerSpec(name, ["dotnet", Path.Combine(AppContext.BaseDirectory, "conformance.dll"), "worker", name]), limits);

    private static FileResult Run(OutOfProcessRuntime runtime, string script, Profile profile, TimeSpan? timeout = null) =>
        ScriptRunner.Run(new ScriptFile("", "test.wast", null, profile, System.Text.Encoding.UTF8.GetBytes(script)), new RunOptions { Runtime = runtime, Files = [], FileTimeout = timeout ?? TimeSpan.FromMinutes(2) });

    [WasmtimeFact]
    public void An_abort_of_the_engine_is_the_verdict_of_its_command_and_the_state_is_rebuilt()
    {
        using var runtime = Start("wasmtime-stack-switching");
        var result = Run(runtime, """
            (module
              (type $f (func)) (type $k (cont $f))
              (global $n (mut i32) (i32.const 0))
              (func $g) (elem declare func $g)
              (func (export "up") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
              (func (export "switch") (resume $k (cont.new $k (ref.func $g)))))
            (assert_return (invoke "up") (i32.const 1))
            (assert_return (invoke "switch"))
            (assert_return (invoke "up") (i32.const 2))
            """, Profile.All with { Features = Features.Wasm3 | Features.StackSwitching });
        Assert.Equal([Verdict.Passed, Verdict.Passed, Verdict.Crashed, Verdict.Passed], result.Commands.Select(c => c.Verdict));
        Assert.Contains("ended by signal", result.Commands[2].Actual, StringComparison.Ordinal);
        Assert.Equal(2, runtime.Started);
    }

    [WasmtimeFact]
    public void An_endless_loop_ends_by_the_limit_of_a_command()
    {
        using var runtime = Start("wasmtime-pulley", WorkerLimits.Default with { Request = TimeSpan.FromSeconds(1) });
        var result = Run(runtime, """
            (module (func (export "loop") (loop (br 0))) (func (export "one") (result i32) (i32.const 1)))
            (invoke "loop")
            (assert_return (invoke "one") (i32.const 1))
            """, Profile.Wasm3);
        Assert.Equal([Verdict.Passed, Verdict.TimedOut, Verdict.Passed], result.Commands.Select(c => c.Verdict));
    }

    [WasmtimeSuiteTheory("testsuite", "threads")]
    [InlineData("testsuite")]
    [InlineData("threads")]
    public void Verdicts_and_what_was_seen_are_the_same_as_in_process(string suite)
    {
        using var inside = WasmtimeRuntime.Create("wasmtime")!;
        using var outside = Start("wasmtime");
        var selection = Selection.Of([suite], SuiteList.Pinned, SuitePlaces.FromEnvironment());
        var options = new RunOptions { Runtime = inside, Files = selection.Files, Suites = selection.Suites, Jobs = 2, FileTimeout = TimeSpan.FromMinutes(2) };
        static IEnumerable<string> Commands(RunResult run) => run.Files.SelectMany(f => f.Commands.Select(c => $"{f.Key}:{c.Line}:{c.Column} {c.Kind} {c.Verdict} {c.Message} {c.Actual} {c.Detail}"));
        Assert.Equal(Commands(Runner.Run(options)), Commands(Runner.Run(options with { Runtime = outside })));
    }
}
