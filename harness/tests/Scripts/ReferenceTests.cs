using System.Text;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Scripts;

/// <summary>Scripts on the reference interpreter.</summary>
public class ReferenceTests
{
    private static readonly ModuleRoute[] Routes = Enum.GetValues<ModuleRoute>();

    [Fact]
    public void Spectest_has_its_exact_values_and_prints()
    {
        const string Text = """
            (module
              (import "spectest" "global_i32" (global i32)) (import "spectest" "global_i64" (global i64))
              (import "spectest" "global_f32" (global f32)) (import "spectest" "global_f64" (global f64))
              (import "spectest" "table" (table 10 20 funcref)) (import "spectest" "table64" (table i64 10 20 funcref))
              (import "spectest" "memory" (memory 1 2)) (import "spectest" "shared_memory" (memory 1 1 shared))
              (import "spectest" "print" (func $p)) (import "spectest" "print_i32" (func $i (param i32))) (import "spectest" "print_i64" (func $j (param i64)))
              (import "spectest" "print_f32" (func $f (param f32))) (import "spectest" "print_f64" (func $d (param f64)))
              (import "spectest" "print_i32_f32" (func $if (param i32 f32))) (import "spectest" "print_f64_f64" (func $dd (param f64 f64)))
              (export "i" (global 0)) (export "j" (global 1)) (export "f" (global 2)) (export "d" (global 3))
              (func (export "print") (call $p) (call $i (i32.const -1)) (call $dd (f64.const nan:0x1) (f64.const 2)))
            )
            (assert_return (get "i") (i32.const 666)) (assert_return (get "j") (i64.const 666))
            (assert_return (get "f") (f32.const 666.6)) (assert_return (get "d") (f64.const 666.6))
            (assert_return (invoke "print"))
            """;
        var output = new List<string>();
        Passes(Text, Options() with { Output = output.Add });
        Assert.Equal(["print: ", "print_i32: i32 -1 (0xffffffff)", "print_f64_f64: f64 nan:0x1 (0x7ff0000000000001), f64 2 (0x4000000000000000)"], output);
    }

    [Theory]
    [InlineData("""(module (func (export "f") (param i32))) (assert_return (invoke "f"))""")]
    [InlineData("""(module (func (export "f") (param i32))) (assert_return (invoke "f" (i64.const 1)))""")]
    [InlineData("""(module (func (export "f") (param funcref))) (assert_trap (invoke "f" (ref.extern 1)) "unreachable")""")]
    [InlineData("""(module (func (export "f"))) (assert_return (get "f"))""")]
    [InlineData("""(module (global (export "g") i32 (i32.const 1))) (assert_trap (invoke "g") "unreachable")""")]
    [InlineData("""(module (func (export "f"))) (assert_return (invoke "g"))""")]
    public void Requests_that_do_not_fit_fail(string script)
    {
        foreach (var route in Routes) Assert.Equal(Verdict.Failed, Run(script, Options() with { Modules = route }).Commands[^1].Verdict);
    }

    [Fact]
    public void Writes_before_a_failed_instantiation_stay() => Passes("""
        (module $m (memory (export "mem") 1) (table (export "tab") 2 funcref)
          (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
          (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))
        (register "m" $m)
        (assert_trap (module (memory (import "m" "mem") 1) (table (import "m" "tab") 2 funcref) (elem (i32.const 0) $f) (func $f (result i32) (i32.const 7)) (data (i32.const 5) "A") (data (i32.const 65536) "B")) "out of bounds memory access")
        (assert_return (invoke $m "load" (i32.const 5)) (i32.const 65))
        (assert_return (invoke $m "call" (i32.const 0)) (i32.const 7))
        (assert_unlinkable (module (memory (import "m" "mem") 1) (import "m" "nothing" (func)) (data (i32.const 6) "C")) "unknown import")
        (assert_return (invoke $m "load" (i32.const 6)) (i32.const 0))
        """);

    [Fact]
    public void A_missing_import_is_found_before_a_mistyped_one() => Passes("""
        (assert_unlinkable (module (import "spectest" "print" (func (param i32))) (import "nowhere" "f" (func))) "unknown import")
        """);

    [Fact]
    public void A_hang_ends_with_the_files_time()
    {
        var result = Run("""(module (func (export "f") (loop (br 0))) (func (export "g"))) (invoke "f") (invoke "g")""", Options() with { FileTimeout = TimeSpan.FromMilliseconds(100) });
        Assert.Equal([Verdict.TimedOut, Verdict.TimedOut], result.Commands.Skip(1).Select(c => c.Verdict));
    }

    [Fact]
    public void Outcomes_carry_tags_and_backtraces()
    {
        var result = Run("""
            (module $m (tag $e (param i32)) (func $inner (export "t") (unreachable)) (func (export "e") (throw $e (i32.const 9))))
            (assert_return (invoke "t")) (assert_return (invoke "e")) (assert_trap (invoke "e") "unreachable")
            """, Options());
        Assert.Equal(["trap: unreachable", "exception with tag (func (param i32)) with i32 9 (0x00000009)", "exception with tag (func (param i32)) with i32 9 (0x00000009)"], result.Commands.Skip(1).Select(c => c.Actual));
    }

    // Threads.

    private const string StoreBuffering = """
        (module $Mem (memory (export "shared") 1 1 shared))
        (thread $T1 (shared (module $Mem)) (register "mem" $Mem)
          (module (memory (import "mem" "shared") 1 1 shared)
            (func (export "run") (local i32) (i32.atomic.store (i32.const 0) (i32.const 1)) (local.set 0 (i32.atomic.load (i32.const 4))) (i32.store (i32.const 24) (local.get 0))))
          (invoke "run"))
        (thread $T2 (shared (module $Mem)) (register "mem" $Mem)
          (module (memory (import "mem" "shared") 1 1 shared)
            (func (export "run") (local i32) (i32.atomic.store (i32.const 4) (i32.const 1)) (local.set 0 (i32.atomic.load (i32.const 0))) (i32.store (i32.const 32) (local.get 0))))
          (invoke "run"))
        (wait $T1) (wait $T2)
        """;

    [Fact]
    public void Exploration_sees_every_interleaving_once()
    {
        var exploration = Explorer.Explore(Script(StoreBuffering), Options());
        Assert.True(exploration.IsComplete);
        Assert.Equal(20, exploration.Runs);    // 6! / (3! 3!)
        Assert.Equal(["$Mem.shared[0]=1  $Mem.shared[4]=1  $Mem.shared[24]=1", "$Mem.shared[0]=1  $Mem.shared[4]=1  $Mem.shared[24]=1  $Mem.shared[32]=1", "$Mem.shared[0]=1  $Mem.shared[4]=1  $Mem.shared[32]=1"],
            exploration.Outcomes.Select(o => o.Text));
        Assert.All(exploration.Outcomes, o => Assert.Empty(o.Failures));
    }

    [Fact]
    public void Random_schedules_and_threads_of_the_system_stay_within_what_exploration_sees()
    {
        var allowed = Explorer.Explore(Script(StoreBuffering), Options()).Outcomes.Select(o => o.Text).ToHashSet();
        foreach (var rule in Enum.GetValues<ThreadRule>())
            Assert.All(Explorer.Sample(Script(StoreBuffering), Options() with { Threads = rule }, 50).Outcomes.Select(o => o.Text), o => Assert.Contains(o, allowed));
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var runs = Enumerable.Range(0, 3).Select(_ => Explorer.Sample(Script(StoreBuffering), Options() with { Threads = ThreadRule.Scheduler, Seed = 7 }, 5));
        Assert.Single(runs.Select(r => string.Join('|', r.Outcomes.Select(o => $"{o.Text} {o.Count}"))).Distinct());
    }

    private const string Waiting = """
        (module $Mem (memory (export "shared") 1 1 shared))
        (thread $T1 (shared (module $Mem)) (register "mem" $Mem)
          (module (memory (import "mem" "shared") 1 1 shared)
            (func (export "run") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const TIME))))
          (assert_return (invoke "run") (either (i32.const 0) (i32.const 1) (i32.const 2))))
        (thread $T2 (shared (module $Mem)) (register "mem" $Mem)
          (module (memory (import "mem" "shared") 1 1 shared)
            (func (export "run") (result i32) (i32.store (i32.const 0) (i32.const 1)) (memory.atomic.notify (i32.const 0) (i32.const 1))))
          (assert_return (invoke "run") (either (i32.const 0) (i32.const 1))))
        (wait $T1) (wait $T2)
        """;

    [Fact]
    public void Waits_are_explored_with_and_without_their_time()
    {
        var forever = Explorer.Explore(Script(Waiting.Replace("TIME", "-1", StringComparison.Ordinal)), Options());
        Assert.True(forever.IsComplete);
        Assert.Equal(0, forever.Deadlocks);
        // Notified, or the value had changed before the wait began.
        string[] untimed = ["line 5: i32 0 (0x00000000)  line 9: i32 1 (0x00000001)  $Mem.shared[0]=1", "line 5: i32 1 (0x00000001)  line 9: i32 0 (0x00000000)  $Mem.shared[0]=1"];
        Assert.Equal(untimed, forever.Outcomes.Select(o => o.Text));
        var timed = Explorer.Explore(Script(Waiting.Replace("TIME", "1000000000", StringComparison.Ordinal)), Options());
        Assert.Equal([.. untimed, "line 5: i32 2 (0x00000002)  line 9: i32 0 (0x00000000)  $Mem.shared[0]=1"], timed.Outcomes.Select(o => o.Text));
    }

    [Fact]
    public void A_deadlock_is_found()
    {
        var exploration = Explorer.Explore(Script("""
            (module $Mem (memory (export "shared") 1 1 shared))
            (thread $T1 (shared (module $Mem)) (register "mem" $Mem)
              (module (memory (import "mem" "shared") 1 1 shared) (func (export "run") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
              (invoke "run"))
            (wait $T1)
            """), Options());
        Assert.Equal((1, 1), (exploration.Runs, exploration.Deadlocks));
    }

    [Fact]
    public void A_wait_of_a_system_thread_ends_with_the_files_time()
    {
        foreach (var rule in Enum.GetValues<ThreadRule>())
        {
            var result = Run("""
                (module $Mem (memory (export "shared") 1 1 shared))
                (thread $T1 (shared (module $Mem)) (register "mem" $Mem)
                  (module (memory (import "mem" "shared") 1 1 shared) (func (export "run") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
                  (invoke "run"))
                (wait $T1)
                """, Options() with { Threads = rule, FileTimeout = TimeSpan.FromMilliseconds(200) });
            Assert.Equal([Verdict.TimedOut, Verdict.TimedOut], result.Commands.Skip(4).Select(c => c.Verdict));
        }
    }

    [Fact]
    public void Only_shared_memories_are_shared() => Assert.Equal(Verdict.Failed, Run("""
        (module $m (memory (export "a") 1 1 shared) (func (export "f"))) (thread $t (shared (module $m)) (invoke $m "f"))
        """, Options()).Commands[1].Verdict);

    private static void Passes(string script, RunOptions? options = null)
    {
        foreach (var route in Routes)
            Assert.All(Run(script, (options ?? Options()) with { Modules = route, Output = route == ModuleRoute.Binary ? options?.Output : null }).Commands, c => Assert.True(c.Verdict == Verdict.Passed, $"{route}: {c.Line}: {c.Text}"));
    }

    private static FileResult Run(string script, RunOptions options) => ScriptRunner.Run(Script(script), options);

    private static RunOptions Options() => new() { Runtime = new ReferenceRuntime(), Files = [], FileTimeout = TimeSpan.FromSeconds(60) };

    private static ScriptFile Script(string text) => new("", "test.wast", null, Profile.All, Encoding.UTF8.GetBytes(text));
}
