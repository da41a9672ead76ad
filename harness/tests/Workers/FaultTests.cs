using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Harness.Workers;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Workers;

/// <summary>Whatever a worker does, the run ends, the command that met it has the verdict, and all commands are counted.</summary>
public class FaultTests
{
    private static readonly WorkerLimits Strict = new() { Request = TimeSpan.FromSeconds(3), Memory = 400L << 20 };

    private static readonly WorkerLimits Patient = Strict with { Request = TimeSpan.FromSeconds(60) };

    private static string Script(params string[] commands) => $"""
        (module
          (global $n (mut i32) (i32.const 0))
          (memory (export "memory") 1)
          (func (export "up") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
          {string.Join("\n  ", Faults.Select(f => $"(func (export \"{f}\"))"))})
        (register "counter")
        (module $user (import "counter" "up" (func $up (result i32))) (func (export "use") (result i32) (call $up)))
        (module $own (func (export "up") (result i32) (i32.const 100)) {string.Join(" ", Faults.Select(f => $"(func (export \"{f}\"))"))})
        (assert_return (invoke $user "use") (i32.const 1))
        (assert_return (invoke $user "use") (i32.const 2))
        {string.Join("\n", commands)}
        """;

    private static readonly string[] Faults = ["die", "die after", "exit", "hang", "garbage", "no json", "other id", "twice", "no outcome", "no value", "close", "leak"];

    private static FileResult Run(string script, OutOfProcessRuntime runtime) =>
        ScriptRunner.Run(new ScriptFile("", "faults.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(script)), new RunOptions { Runtime = runtime, Files = [] });

    [ProxyTheory]
    [InlineData("die", Verdict.Crashed, "ended by signal 9")]
    [InlineData("exit", Verdict.Crashed, "exit code 3: out of luck")]
    [InlineData("hang", Verdict.TimedOut, "no answer in 3 s")]
    [InlineData("garbage", Verdict.Crashed, "protocol violation: a line is no answer: Segmentation fault")]
    [InlineData("no json", Verdict.Crashed, "protocol violation: a line is no answer")]
    [InlineData("other id", Verdict.Crashed, "protocol violation: an answer to no request")]
    [InlineData("no outcome", Verdict.Crashed, "protocol violation: the answer `loaded` does not fit its request")]
    [InlineData("no value", Verdict.Crashed, "protocol violation: `i33:0` is no value")]
    [InlineData("close", Verdict.Crashed, "closed its output")]
    [InlineData("leak", Verdict.Crashed, "exceeded the limit of 400 MiB")]
    public void A_fault_is_the_verdict_of_its_command_and_the_state_is_rebuilt(string fault, Verdict verdict, string why)
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy(), fault == "hang" ? Strict : Patient);
        var result = Run(Script($"(invoke $own \"{fault}\")", "(assert_return (invoke $user \"use\") (i32.const 3))", "(assert_return (invoke $own \"up\") (i32.const 100))"), runtime);
        Assert.Equal([.. Enumerable.Repeat(Verdict.Passed, 6), verdict, Verdict.Passed, Verdict.Passed], result.Commands.Select(c => c.Verdict));
        Assert.Contains(why, result.Commands[6].Actual, StringComparison.Ordinal);
        Assert.Equal(result.Commands.Length, result.Totals.SumOfVerdicts);
        Assert.Equal(2, runtime.Started);
    }

    [ProxyFact]
    public void An_answer_given_twice_is_a_fault_too()
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy(), Strict);
        var result = Run(Script("(invoke $own \"twice\")", "(assert_return (invoke $own \"up\") (i32.const 100))", "(assert_return (invoke $own \"up\") (i32.const 100))"), runtime);
        Assert.Contains(result.Commands, c => c.Verdict == Verdict.Crashed && c.Actual!.Contains("protocol violation", StringComparison.Ordinal));
        Assert.Equal(result.Commands.Length, result.Totals.SumOfVerdicts);
    }

    [ProxyFact]
    public void After_a_second_fault_the_rest_of_the_file_is_crashed_and_the_next_file_is_not()
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy(), Strict);
        var result = Run(Script("(invoke $own \"die\")", "(invoke $own \"garbage\")", "(assert_return (invoke $own \"up\") (i32.const 100))", "(module)"), runtime);
        Assert.Equal([Verdict.Crashed, Verdict.Crashed, Verdict.Crashed, Verdict.Crashed], result.Commands.Skip(6).Select(c => c.Verdict));
        Assert.Contains("a second time in this file", result.Commands[8].Actual, StringComparison.Ordinal);
        Assert.Equal(result.Commands.Length, result.Totals.SumOfVerdicts);
        Assert.Equal([.. Enumerable.Repeat(Verdict.Passed, 6)], Run(Script(), runtime).Commands.Select(c => c.Verdict));
    }

    [ProxyFact]
    public void The_time_limit_of_a_file_ends_a_worker_that_hangs()
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy());
        var options = new RunOptions { Runtime = runtime, Files = [], FileTimeout = TimeSpan.FromSeconds(2) };
        var result = ScriptRunner.Run(new ScriptFile("", "faults.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(Script("(invoke $own \"hang\")", "(module)"))), options);
        Assert.Equal([Verdict.TimedOut, Verdict.TimedOut], result.Commands.Skip(6).Select(c => c.Verdict));
    }

    [ProxyFact]
    public void Several_files_at_a_time_share_no_fault()
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy(), Strict);
        ScriptFile File(int i) => new("", $"{i}.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(i % 2 == 0 ? Script() : Script("(invoke $own \"die\")", "(assert_return (invoke $user \"use\") (i32.const 3))")));
        var run = Runner.Run(new RunOptions { Runtime = runtime, Files = [.. Enumerable.Range(0, 8).Select(File)], Jobs = 3 });
        Assert.Equal(4, run.Totals.Crashed);
        Assert.Equal(run.Totals.Commands - 4, run.Totals.Passed);
    }

    /// <summary>It is lost again when the state is rebuilt: the request that it died after is part of the state.</summary>
    [ProxyFact]
    public void A_worker_that_dies_between_two_requests_is_missed_by_the_second()
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy(), Patient);
        var result = Run(Script("(invoke $own \"die after\")", "(assert_return (invoke $own \"up\") (i32.const 100))", "(assert_return (invoke $own \"up\") (i32.const 100))"), runtime);
        Assert.Equal([.. Enumerable.Repeat(Verdict.Passed, 7), Verdict.Crashed, Verdict.Crashed], result.Commands.Select(c => c.Verdict));
        Assert.All(result.Commands.Skip(7), c => Assert.Contains("ended by signal 9", c.Actual, StringComparison.Ordinal));
        Assert.Equal([.. Enumerable.Repeat(Verdict.Passed, 6)], Run(Script(), runtime).Commands.Select(c => c.Verdict));
    }

    [ProxyFact]
    public void A_run_of_all_faults_finishes_and_its_totals_add_up()
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy(), Strict);
        ScriptFile File(string fault) => new("", $"{fault}.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(Script($"(invoke $own \"{fault}\")", "(assert_return (invoke $user \"use\") (i32.const 3))")));
        string[] faults = [.. Faults.Where(f => f is not ("twice" or "die after"))];
        var run = Runner.Run(new RunOptions { Runtime = runtime, Files = [.. faults.Select(File)], Jobs = 4 });
        Assert.Null(run.Incomplete);
        Assert.Empty(run.Problems);
        Assert.Equal(faults, run.Files.Select(f => f.Path[..^5]));
        // The one that hangs and, on a machine too slow for it to fill its memory in time, the one that leaks.
        Assert.InRange(run.Totals.TimedOut, 1, 2);
        Assert.Equal(faults.Length, run.Totals.Crashed + run.Totals.TimedOut);
        Assert.Equal(faults.Length * 7, run.Totals.Passed);
        Assert.Equal((run.Totals.Commands, faults.Length * 8), (run.Totals.SumOfVerdicts, run.Totals.Commands));
    }

    [Theory]
    [InlineData("no-such-program-at-all", "cannot start")]
    [InlineData("dotnet --version", "a line is no answer")]
    public void A_program_that_is_no_worker_is_refused_with_the_reason(string command, string why)
    {
        var e = Assert.Throws<WorkerStartException>(() => OutOfProcessRuntime.Start(new WorkerSpec("none", [.. command.Split(' ')]), Strict));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}
