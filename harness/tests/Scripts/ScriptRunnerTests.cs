using System.Text;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Scripts;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Scripts;

/// <summary>The semantics of the script language, on a runtime that does what its modules' exports say.</summary>
public sealed class ScriptRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scripts-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    // In scripts: [n] stands for a module with the global "n" that tells the instance's number, and whatever other exports are named.

    [Fact]
    public void The_latest_instance_is_the_default() => Passes("""
        [m] (assert_return (get "n") (i32.const 1))
        [m] (assert_return (get "n") (i32.const 2))
        """);

    [Fact]
    public void An_id_names_an_instance() => Passes("""
        (module $a (func (export "n"))) (module $b (func (export "n")))
        (assert_return (get $a "n") (i32.const 1)) (assert_return (get $b "n") (i32.const 2)) (assert_return (get "n") (i32.const 2))
        """);

    [Fact]
    public void Definitions_are_not_instances() => Passes("""
        [m] (module definition $d (func (export "n")))
        (assert_return (get "n") (i32.const 1))
        (module instance $i $d) (module instance $j $d) (module instance)
        (assert_return (get $i "n") (i32.const 2)) (assert_return (get $j "n") (i32.const 3)) (assert_return (get "n") (i32.const 4))
        """);

    [Fact]
    public void A_definition_must_be_valid_even_if_it_is_never_used() =>
        Assert.Equal([Verdict.Failed], Verdicts("""(module definition (func (export "invalid")))"""));

    [Fact]
    public void A_failed_assertion_module_becomes_the_latest_definition_but_not_the_latest_instance() => Passes("""
        [m]
        (assert_trap (module (func (export "start trap"))) "unreachable")
        (assert_return (get "n") (i32.const 1))
        (assert_trap (module instance) "unreachable")
        (assert_unlinkable (module (import "nowhere" "f" (func))) "unknown import")
        (assert_return (get "n") (i32.const 1))
        """);

    [Fact]
    public void Registration_captures_the_instance()
    {
        var runtime = new FakeRuntime();
        Run("""[m] (register "a") (module $b (func)) (register "a" $b) (register "c" $b)""", runtime);
        Assert.Equal(["register a 1", "register a 2", "register c 2"], runtime.Requests);
    }

    [Fact]
    public void A_trap_of_a_module_may_be_an_exception_but_not_the_other_way_round()
    {
        Passes("""(assert_trap (module (func (export "start throw"))) "uncaught exception")""");
        Assert.Equal([Verdict.Passed, Verdict.Failed, Verdict.Failed], Verdicts("""
            (module (func (export "throw")) (func (export "trap"))) (assert_trap (invoke "throw") "unreachable") (assert_exception (invoke "trap"))
            """));
    }

    [Theory]
    [InlineData("trap")]
    [InlineData("throw")]
    [InlineData("exhaust")]
    public void An_action_by_itself_must_return(string name) => Assert.Equal([Verdict.Passed, Verdict.Failed], Verdicts($"""(module (func (export "{name}"))) (invoke "{name}")"""));

    [Theory]
    [InlineData("""(module (import "m" "n" (func)) (func (export "unsupported")))""", Verdict.Unsupported)]
    [InlineData("""(module (import "m" "n" (func)) (func (export "limit")))""", Verdict.AdapterLimit)]
    [InlineData("""(assert_trap (module (import "m" "n" (func)) (func (export "unsupported"))) "unreachable")""", Verdict.Unsupported)]
    [InlineData("""(invoke $m "unsupported call")""", Verdict.Unsupported)]
    [InlineData("""(module (func (export "unsupported")))""", Verdict.Failed)]
    [InlineData("""(module definition (import "m" "n" (func)) (func (export "unsupported")))""", Verdict.Failed)]
    [InlineData("""(assert_return (invoke $m "unsupported call"))""", Verdict.Unsupported)]
    [InlineData("""(assert_return (invoke $m "unsupported call") (i32.const 1))""", Verdict.Failed)]
    [InlineData("""(module (import "m" "n" (func)) (func (export "invalid")))""", Verdict.Failed)]
    public void A_failure_where_something_unsupported_would_have_left_marks_is_not_the_runtimes(string command, Verdict verdict)
    {
        var verdicts = Verdicts($"""
            (module $m (func (export "n")) (func (export "unsupported call"))) (register "m") {command}
            (assert_return (get $m "n") (i32.const 1)) (assert_return (get $m "n") (i32.const 9))
            (module $user (import "m" "n" (func)) (func (export "n"))) (assert_return (get $user "n") (i32.const 9))
            """).ToArray();
        Assert.Equal([Verdict.Passed, verdict, Verdict.Passed, verdict], verdicts[3..]);
    }

    [Fact]
    public void What_was_linked_before_a_call_that_cannot_be_made_is_in_doubt_too() => Assert.Equal(
        [Verdict.Unsupported, Verdict.Unsupported, Verdict.Unsupported, Verdict.Unsupported, Verdict.Failed],
        Verdicts("""
            (module $m (func (export "n"))) (register "m")
            (module $user (import "m" "n" (func)) (func (export "n")) (func (export "unsupported call"))) (register "user")
            (module $beyond (import "user" "n" (func)) (func (export "n"))) (module $other (func (export "n")))
            (assert_return (invoke $user "unsupported call"))
            (assert_return (get $m "n") (i32.const 9)) (assert_return (get $user "n") (i32.const 9)) (assert_return (get $beyond "n") (i32.const 9))
            (assert_return (get $other "n") (i32.const 9))
            """).Skip(6));

    [Fact]
    public void A_thread_that_cannot_run_leaves_doubt_on_what_it_shares_and_keeps_its_texts()
    {
        var commands = Run("""
            [m] (module $s (func (export "n"))) (thread $t (shared (module $s)) (assert_trap (invoke "x") "unreachable")) (wait $t)
            (assert_return (get $s "n") (i32.const 9))
            """, new FakeRuntime { Info = new() { Name = "fake", Version = "1", Features = Features.All } }).Commands;
        Assert.All(commands.Skip(2), c => Assert.Equal(Verdict.Unsupported, c.Verdict));
        Assert.Equal("unreachable", commands[3].ExpectedMessage);
        Assert.Contains("the thread at line 1", commands[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_is_not_invalid() => Assert.Equal([Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Passed, Verdict.Passed, Verdict.Failed], Verdicts("""
        (assert_malformed (module binary "") "unexpected end")
        (assert_invalid (module binary "") "unexpected end")
        (assert_malformed (module (func (export "invalid"))) "type mismatch")
        (assert_invalid (module (func (export "invalid"))) "type mismatch")
        (assert_malformed (module quote "(func (nonsense))") "unknown operator nonsense")
        (assert_invalid (module quote "(func (nonsense))") "unknown operator nonsense")
        """));

    [Fact]
    public void A_quoted_module_can_become_the_current_instance() => Passes("""(module quote "(func (export \"n\"))") (assert_return (get "n") (i32.const 1))""");

    [Fact]
    public void An_inline_module_is_one_command()
    {
        var result = Run("""(func) (func (export "n"))""");
        Assert.Equal([(Verdict.Passed, "module")], result.Commands.Select(c => (c.Verdict, c.Kind)));
    }

    // A bad command, and the rest of its file.

    [Fact]
    public void After_a_failed_module_no_command_runs_on_the_instance_before_it()
    {
        var result = Run("""
            [m] (module $a (func (export "n")))
            (module (func (export "invalid")))
            (assert_return (get "n") (i32.const 2))
            (assert_return (get $a "n") (i32.const 2))
            (register "x")
            (module $c (func (export "invalid")))
            (invoke $c "n")
            (module $c (func (export "n")))
            (assert_return (get $c "n") (i32.const 3))
            """);
        Assert.Equal([Verdict.Passed, Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Failed, Verdict.Passed, Verdict.Passed], result.Commands.Select(c => c.Verdict));
        Assert.Equal("no instance (module at line 2 failed)", result.Commands[3].Actual);
        Assert.Equal("no instance (module at line 6 failed)", result.Commands[7].Actual);
    }

    [Theory]
    [InlineData("""(module $m (func (export "unsupported")))""", Verdict.Unsupported)]
    [InlineData("""(module $m (func (export "limit")))""", Verdict.AdapterLimit)]
    [InlineData("""(module $m (func (export "crash on load")))""", Verdict.Crashed)]
    [InlineData("""(module $m (func (nonsense)))""", Verdict.Failed)]
    [InlineData("""(module $m binary "")""", Verdict.Failed)]
    [InlineData("""(module $m (import "nowhere" "f" (func)))""", Verdict.Failed)]
    [InlineData("""(module $m (func (export "start trap")))""", Verdict.Failed)]
    public void What_needs_a_missing_instance_says_so(string module, Verdict verdict)
    {
        var result = Run($"""
            [m]
            {module}
            (invoke "n") (get $m "n") (assert_trap (invoke "trap") "unreachable") (register "r")
            (module (import "r" "f" (func)))
            (assert_unlinkable (module (import "r" "f" (func))) "unknown import")
            """);
        Assert.All(result.Commands.Skip(2), c => Assert.Equal(verdict, c.Verdict));
        Assert.All(result.Commands.Skip(2).Take(4), c => Assert.StartsWith("no instance (module at line 2 ", c.Actual, StringComparison.Ordinal));
    }

    [Fact]
    public void A_syntax_error_is_one_commands_failure()
    {
        var result = Run("""
            [m] (assert_return (get "n") (i32.const nonsense)) (bogus) (assert_return (get "n") (i32.const 1))
            """);
        Assert.Equal([Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Passed], result.Commands.Select(c => c.Verdict));
        Assert.Equal(["module", "assert_return", "bogus", "assert_return"], result.Commands.Select(c => c.Kind));
    }

    [Fact]
    public void Unbalanced_input_loses_the_rest_and_says_so()
    {
        var result = Run("""[m] (assert_return (get "n") (i32.const 1)) (module (func)""");
        Assert.Equal([Verdict.Passed, Verdict.Passed], result.Commands.Select(c => c.Verdict));
        Assert.NotNull(result.Error);
        var run = Runner.Run(Options(new FakeRuntime()) with { Files = [Script("(module")] });
        Assert.False(run.IsGreen);
        Assert.Single(run.Problems);
    }

    [Fact]
    public void A_crash_is_one_commands_verdict() => Assert.Equal([Verdict.Passed, Verdict.Crashed, Verdict.Passed, Verdict.Unsupported], Verdicts("""
        (module (func (export "n")) (func (export "crash")) (func (export "unsupported call")))
        (assert_return (invoke "crash")) (assert_return (get "n") (i32.const 1)) (assert_return (invoke "unsupported call"))
        """));

    [Fact]
    public void A_wrong_request_fails() => Assert.Equal([Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Failed, Verdict.Failed], Verdicts("""
        [m] (assert_trap (invoke "nowhere") "unreachable") (get "nowhere") (invoke $nowhere "n") (module instance $nowhere)
        """));

    [Fact]
    public void A_name_is_defined_once() => Assert.Equal([Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Passed, Verdict.Failed], Verdicts("""
        (module $a) (module $a) (module definition $a) (module instance $i $a) (module instance $i $a)
        """));

    [Fact]
    public void Values_reach_the_runtime_and_come_back() => Passes("""
        (module (func (export "echo")))
        (assert_return (invoke "echo" (i32.const -1) (f32.const nan:0x200000) (v128.const f32x4 1 -0 nan inf) (ref.extern 3) (ref.host 4) (ref.null func))
          (i32.const 0xffffffff) (f32.const nan:0x200000) (v128.const i32x4 0x3f800000 0x80000000 0x7fc00000 0x7f800000) (ref.extern 3) (ref.host 4) (ref.null))
        (assert_return (invoke "echo" (f64.const nan)) (f64.const nan:canonical))
        (assert_return (invoke "echo" (v128.const f64x2 nan 1)) (v128.const f64x2 nan:arithmetic 1))
        (assert_return (invoke "echo" (i32.const 1)) (either (i32.const 2) (i32.const 1)))
        (assert_return_canonical_nan (invoke "echo" (f32.const nan)))
        (assert_return_arithmetic_nan (invoke "echo" (f64.const nan:0xc000000000000)))
        """);

    // Meta commands.

    [Fact]
    public void A_script_runs_where_it_stands() => Assert.Equal([Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Failed, Verdict.Passed], Verdicts("""
        (script $s [m] (assert_return (get "n") (i32.const 1)) (invoke "nowhere")) (get "n")
        """));

    [Fact]
    public void Input_runs_another_file_below_the_scripts_folder()
    {
        Write("sub/b.wast", """(module (func (export "n"))) (input "c.wat")""");
        Write("sub/c.wat", """(module (func (export "n")))""");
        var result = RunFile("""(input $x "sub/b.wast") (assert_return (get $x "n") (i32.const 2)) (assert_return (get "n") (i32.const 2))""");
        Assert.Equal([(null, "input"), ("sub/b.wast", "module"), ("sub/b.wast", "input"), ("sub/c.wat", "module"), (null, "assert_return"), (null, "assert_return")], result.Commands.Select(c => (c.File, c.Kind)));
        Assert.All(result.Commands, c => Assert.Equal(Verdict.Passed, c.Verdict));
    }

    [Fact]
    public void The_name_of_an_input_stands_for_what_its_file_lacks()
    {
        Write("sub/b.wast", """(module (func (export "unsupported")))""");
        var result = RunFile("""(input $x "sub/b.wast") (assert_return (get $x "n") (i32.const 1))""");
        Assert.Equal([Verdict.Passed, Verdict.Unsupported, Verdict.Unsupported], result.Commands.Select(c => c.Verdict));
    }

    [Theory]
    [InlineData("../outside.wast")]
    [InlineData("sub/../../outside.wast")]
    [InlineData("/etc/hostname")]
    [InlineData("main.wast")]
    [InlineData("nowhere.wast")]
    [InlineData("cycle1.wast")]
    [InlineData("link.wast")]
    [InlineData("")]
    public void Input_reads_nothing_else(string file)
    {
        File.WriteAllText(Path.Combine(_folder, "outside.wast"), "(module)");
        Write("cycle1.wast", """(input "cycle2.wast")""");
        Write("cycle2.wast", """(input "cycle1.wast")""");
        if (!OperatingSystem.IsWindows()) File.CreateSymbolicLink(Path.Combine(_folder, "main", "link.wast"), Path.Combine(_folder, "outside.wast"));
        var result = RunFile($"""(input "{file}")""");
        Assert.Equal(Verdict.Failed, result.Commands[^1].Verdict);
        Assert.DoesNotContain(result.Commands, c => c.Kind == "module");
    }

    [Fact]
    public void Input_does_not_nest_without_end()
    {
        for (int i = 0; i < 40; i++) Write($"{i}.wast", $"""(input "{i + 1}.wast")""");
        var result = RunFile("""(input "0.wast")""");
        Assert.Equal(Verdict.Failed, result.Commands[^1].Verdict);
        Assert.Contains("deep", result.Commands[^1].Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_writes_only_below_the_output_folder()
    {
        Assert.Equal([Verdict.Passed, Verdict.Skipped], Verdicts("""(module) (output "a.wasm")"""));
        string target = Path.Combine(_folder, "out");
        var result = ScriptRunner.Run(Script("""(module $m) (output "sub/a.wasm") (output "../b.wasm") (output $m "s.wast") (output "x.js") (output $nowhere "y.wasm")"""), Options(new FakeRuntime()) with { OutputDir = target });
        Assert.Equal([Verdict.Passed, Verdict.Passed, Verdict.Failed, Verdict.Passed, Verdict.Unsupported, Verdict.Failed], result.Commands.Select(c => c.Verdict));
        Assert.Equal([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0], File.ReadAllBytes(Path.Combine(target, "sub", "a.wasm"))[..8]);
        Assert.Equal("(module $m)\n", File.ReadAllText(Path.Combine(target, "s.wast")));
        Assert.False(File.Exists(Path.Combine(_folder, "b.wasm")));
    }

    // Threads.

    [Fact]
    public void A_thread_knows_the_shared_instances_alone()
    {
        var result = Run("""
            (module $m (func (export "n"))) (register "mem") (module $other (func (export "n")))
            (thread $t (shared (module $m))
              (assert_return (get $m "n") (i32.const 1))
              (get $other "n")
              (get "n")
              (assert_unlinkable (module (import "mem" "f" (func))) "unknown import")
              (thread $u (shared (module $m)) (get $m "n"))
              (wait $u)
            )
            (wait $t) (wait $nowhere)
            """);
        Assert.Equal([Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Failed], result.Commands.Select(c => c.Verdict));
        Assert.Equal(result.Commands.Select(c => (c.Line, c.Column)).Order(), result.Commands.Select(c => (c.Line, c.Column)));
    }

    [Fact]
    public void Commands_of_a_thread_that_cannot_start_are_counted()
    {
        const string Text = """[m] (thread $t (shared (module $nowhere)) (invoke "a") (thread $u (invoke "b") (bogus))) (wait $t)""";
        Assert.Equal([Verdict.Passed, Verdict.Failed, Verdict.Failed, Verdict.Failed, Verdict.Failed, Verdict.Failed, Verdict.Failed], Verdicts(Text));
        var runtime = new FakeRuntime { Info = new() { Name = "fake", Version = "1", Features = Features.All } };
        Assert.Equal(Enumerable.Repeat(Verdict.Unsupported, 6), Run(Text, runtime).Commands.Skip(1).Select(c => c.Verdict));
    }

    // Time and cancellation.

    [Fact]
    public void Time_is_up_for_the_running_command_and_all_behind_it()
    {
        var options = Options(new FakeRuntime()) with { FileTimeout = TimeSpan.FromMilliseconds(50) };
        var result = ScriptRunner.Run(Script("""(module (func (export "hang"))) (thread $t (module (func (export "hang"))) (invoke "hang") (invoke "hang")) (invoke "hang") (wait $t) (module)"""), options);
        // On a busy machine the time may be up before the first of them.
        Assert.All(result.Commands.Take(3), c => Assert.True(c.Verdict is Verdict.Passed or Verdict.TimedOut));
        Assert.Equal(Enumerable.Repeat(Verdict.TimedOut, 5), result.Commands.Skip(3).Select(c => c.Verdict));
    }

    [Fact]
    public void Cancelling_keeps_the_files_that_had_ended()
    {
        using var cancel = new CancellationTokenSource();
        var progress = new CancelOn("hang", cancel);
        var run = Runner.Run(Options(new FakeRuntime()) with { Files = [Script("(module)", "a"), Script("""(module (func (export "hang"))) (invoke "hang") (module)""", "hang"), Script("(module)", "z")] }, progress, cancel.Token);
        Assert.Equal(["a"], run.Files.Select(f => f.Path));
        Assert.Equal(("cancelled", "hang z"), (run.Incomplete, string.Join(' ', run.NotRun)));
        Assert.False(run.IsGreen);
    }

    private sealed class CancelOn(string path, CancellationTokenSource cancel) : IRunProgress
    {
        public void FileStarted(ScriptFile file)
        {
            if (file.Path == path) cancel.CancelAfter(20);
        }

        public void FileEnded(ScriptFile file, FileResult result) { }
    }

    // Runs of several files.

    [Fact]
    public void The_order_of_results_does_not_depend_on_jobs()
    {
        ScriptFile[] files = [.. Enumerable.Range(0, 40).Select(i => Script(string.Concat(Enumerable.Repeat("(module) (bogus)", 40 - i)), $"{i:00}"))];
        var one = Runner.Run(Options(new FakeRuntime()) with { Files = [.. files], Jobs = 1 });
        var eight = Runner.Run(Options(new FakeRuntime()) with { Files = [.. files], Jobs = 8 });
        Assert.Equal(Text(one), Text(eight));
        Assert.Equal(40 * 41, one.Totals.Commands);
        Assert.Equal(one.Totals.Commands, one.Totals.SumOfVerdicts);

        static string Text(RunResult run)
        {
            var stream = new MemoryStream();
            ResultJson.Write(run with { Milliseconds = 0, Files = [.. run.Files.Select(f => f with { Milliseconds = 0, Commands = [.. f.Commands.Select(c => c with { Milliseconds = 0 })] })] }, stream);
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }

    [Fact]
    public void Shards_are_disjoint_and_complete()
    {
        ScriptFile[] files = [.. Enumerable.Range(0, 10).Select(i => Script("(module)", $"{i}"))];
        var options = Options(new FakeRuntime()) with { Files = [.. files] };
        var parts = Enumerable.Range(1, 3).Select(i => Runner.Run(options with { Shard = new(i, 3) })).ToArray();
        Assert.Equal(Runner.Run(options).Totals, Merge.Of(parts).Totals);
        Assert.Equal(10, parts.SelectMany(p => p.Files).Select(f => f.Path).Distinct().Count());
    }

    [Fact]
    public void Fail_fast_stops_behind_the_first_bad_file()
    {
        var run = Runner.Run(Options(new FakeRuntime()) with { Files = [Script("(module)", "a"), Script("(bogus)", "b"), Script("(module)", "c")], FailFast = true });
        Assert.Equal((2, "fail-fast", 1), (run.Files.Length, run.Incomplete, run.NotRun.Length));
    }

    [Fact]
    public void Expectations_that_name_nothing_are_problems()
    {
        const string Yaml = """
            expectations:
              - { file: s/a, line: 1, kind: assert_return, reason: r, temporary: t }
              - { file: s/a, line: 2, kind: module, reason: r, temporary: t }
              - { file: s/z, line: 1, kind: module, reason: r, temporary: t }
              - { file: other/z, line: 1, kind: module, reason: r, temporary: t }
            """;
        var file = Script("""(assert_return (invoke "f"))""", "a") with { Suite = "s" };
        var options = Options(new FakeRuntime()) with { Files = [file], Suites = [new("s", null, null, true)], Expectations = Conformance.Harness.Expectations.ExpectationFile.Parse(Yaml), IsWhole = true };
        var run = Runner.Run(options);
        Assert.Equal(1, run.Totals.ExpectedFailures);
        Assert.Equal(["s/a:2: module: the expectation names no command", "s/z:1: module: the expectation names no file"], run.Problems.AsEnumerable());
        Assert.Single(Runner.Run(options with { IsWhole = false }).Problems);
    }

    [Fact]
    public void The_message_level_is_the_runtimes_default_unless_asked_for()
    {
        const string Text = """(assert_invalid (module (func (export "invalid"))) "other text")""";
        Assert.Equal(Verdict.Passed, Run(Text).Commands[0].Verdict);
        var speaking = new FakeRuntime { Info = new() { Name = "fake", Version = "1", Features = Features.All, SpeaksSuiteMessages = true } };
        Assert.Equal(Verdict.Failed, Run(Text, speaking).Commands[0].Verdict);
        Assert.Equal(Verdict.Failed, ScriptRunner.Run(Script(Text), Options(new FakeRuntime()) with { Messages = MessageRule.Prefix }).Commands[0].Verdict);
        Assert.Equal(Verdict.Passed, ScriptRunner.Run(Script(Text), Options(speaking) with { Messages = MessageRule.None }).Commands[0].Verdict);
    }

    private static void Passes(string script) => Assert.All(Run(script).Commands, c => Assert.True(c.Verdict == Verdict.Passed, $"{c.Line}: {c.Text}"));

    private static IEnumerable<Verdict> Verdicts(string script) => Run(script).Commands.Select(c => c.Verdict);

    private static FileResult Run(string script, IRuntime? runtime = null) => ScriptRunner.Run(Script(script), Options(runtime ?? new FakeRuntime()));

    private static RunOptions Options(IRuntime runtime) => new() { Runtime = runtime, Files = [], FileTimeout = TimeSpan.FromSeconds(30) };

    private static ScriptFile Script(string text, string path = "test.wast") =>
        new("", path, null, Profile.All, Encoding.UTF8.GetBytes(text.Replace("[m]", """(module (func (export "n")))""", StringComparison.Ordinal)));

    private void Write(string path, string text)
    {
        string file = Path.Combine(_folder, "main", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private FileResult RunFile(string text)
    {
        Write("main.wast", text);
        string file = Path.Combine(_folder, "main", "main.wast");
        return ScriptRunner.Run(new ScriptFile("", "main.wast", file, Profile.All), Options(new FakeRuntime()));
    }
}
