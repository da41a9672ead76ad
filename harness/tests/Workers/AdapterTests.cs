using System.Collections.Immutable;
using Conformance.Harness.Engines;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Workers;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Workers;

/// <summary>Workers for engines that do not speak the protocol.</summary>
public class AdapterTests
{
    [Fact]
    public void Every_engine_has_its_script_and_a_script_is_short()
    {
        string folder = Programs.Places.Workers!;
        Assert.All(EngineCatalog.Entries, e => Assert.True(File.Exists(Path.Combine(folder, e.Script)), e.Script));
        Assert.All(Directory.GetFiles(folder, "*.*").Where(f => Path.GetExtension(f) is ".js" or ".py"), f => Assert.InRange(File.ReadLines(f).Count(), 1, 150));
    }

    [ProxyFact]
    public void A_repl_for_the_specifications_tests_runs_what_it_can()
    {
        string python = Programs.Proxy().Command[0];
        using var runtime = OutOfProcessRuntime.Start(new WorkerSpec("repl", [python, Path.Combine(Programs.Places.Workers!, "spec_repl.py"), python, Path.Combine(Repo.Root, "harness", "tests", "Workers", "repl.py")]));
        Assert.Equal("wasm3 1.2.3", runtime.Info.Version);
        var result = Run("""
            (module $a (func (export "f") (result i32) i32.const 0) (func (export "t")) (func (export "end")))
            (assert_return (invoke "f") (i32.const 1))
            (assert_trap (invoke "t") "unreachable")
            (register "a")
            (module $b (import "a" "f" (func (result i32))) (func (export "f") (param f64) (result i32 f64) i32.const 0 local.get 0))
            (assert_return (invoke "f" (f64.const -0)) (i32.const 2) (f64.const -0))
            (assert_return (invoke $a "f") (i32.const 1))
            (register "again" $a)
            (module (import "again" "f" (func (result i32))))
            (assert_unlinkable (module (import "nowhere" "f" (func))) "unknown import")
            (assert_invalid (module (func (export "bad") i32.const 0)) "type mismatch")
            (invoke $b "end")
            """, runtime);
        // No probe traps in the fake engine, so nobody knows what its message means.
        Verdict[] verdicts = [Verdict.Passed, Verdict.Passed, Verdict.Failed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.AdapterLimit, Verdict.Passed, Verdict.AdapterLimit, Verdict.Passed, Verdict.Passed];
        Assert.Equal(verdicts, result.Commands[..^1].Select(c => c.Verdict));
    }

    [ProxyFact]
    public void A_worker_without_its_library_says_what_is_missing()
    {
        var spec = new WorkerSpec("wamr", [Programs.Proxy().Command[0], Path.Combine(Programs.Places.Workers!, "wamr.py")], ImmutableDictionary<string, string>.Empty.Add("CONFORMANCE_LIBIWASM", ""));
        Assert.Contains("CONFORMANCE_LIBIWASM names no libiwasm", Assert.Throws<WorkerStartException>(() => OutOfProcessRuntime.Start(spec)).Message, StringComparison.Ordinal);
    }

    /// <summary>Bits, references and traps cross; WAMR gives each importer an instance of its own, and has modules of its own called env.</summary>
    [EngineFact("wamr")]
    public void Wamr_runs_in_its_library()
    {
        using var runtime = OutOfProcessRuntime.Start(EngineCatalog.Find("wamr")!.Locate(Programs.Places).Spec!);
        var result = Run("""
            (module $m (global $n (export "n") (mut i32) (i32.const 0)) (func (export "up") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
              (func (export "f") (param f32 v128 externref i64) (result i64 externref f32) local.get 3 local.get 2 local.get 0)
              (func (export "t") unreachable) (func (export "d") (result i32) i32.const 1 i32.const 0 i32.div_u) (func $r (export "r") call $r))
            (assert_return (invoke "f" (f32.const nan:0x200001) (v128.const i64x2 1 2) (ref.extern 5) (i64.const -1)) (i64.const -1) (ref.extern 5) (f32.const nan:0x200001))
            (assert_trap (invoke "t") "unreachable") (assert_trap (invoke "d") "integer divide by zero") (assert_exhaustion (invoke "r") "call stack exhausted")
            (register "m")
            (module $u (import "m" "up" (func $up (result i32))) (func (export "use") (result i32) call $up))
            (assert_return (invoke $u "use") (i32.const 1)) (assert_return (invoke $u "use") (i32.const 2)) (assert_return (get $m "n") (i32.const 0))
            (assert_unlinkable (module (import "m" "no" (func))) "unknown import") (assert_trap (module (func $s unreachable) (start $s)) "unreachable")
            (assert_invalid (module (func i32.const 0)) "type mismatch") (assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
            (register "env" $m)
            (module (import "env" "up" (func)))
            """, runtime);
        Assert.Equal([.. Enumerable.Repeat(Verdict.Passed, 15), Verdict.AdapterLimit], result.Commands.Select(c => c.Verdict));
        Assert.Equal(1, runtime.Started);
    }

    [EngineFact("wabt")]
    public void Wabt_runs_by_scripts() => Serves("wabt");

    [EngineFact("wabt-npm")]
    public void The_validator_of_wabt() => Serves("wabt-npm");

    [EngineFact("binaryen")]
    public void The_validator_of_Binaryen() => Serves("binaryen");

    /// <summary>Bits cross, modules share state, traps are of their kinds; a validator loses what it cannot do and judges the rest.</summary>
    private static void Serves(string engine)
    {
        using var runtime = OutOfProcessRuntime.Start(EngineCatalog.Find(engine)!.Locate(Programs.Places).Spec!);
        var result = Run("""
            (module $m (global $n (mut i32) (i32.const 0)) (memory (export "mem") 1)
              (func (export "up") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
              (func (export "f") (param f32) (result f32) local.get 0) (func (export "t") unreachable) (func (export "d") (result i32) i32.const 1 i32.const 0 i32.div_u))
            (register "m")
            (module $u (import "m" "up" (func $up (result i32))) (import "m" "mem" (memory 1)) (data (i32.const 0) "x") (func (export "use") (result i32) call $up) (func (export "load") (result i32) i32.const 0 i32.load8_u))
            (assert_return (invoke $u "use") (i32.const 1)) (assert_return (invoke $m "up") (i32.const 2)) (assert_return (invoke $u "use") (i32.const 3))
            (assert_return (invoke $u "load") (i32.const 120)) (assert_return (invoke $m "f" (f32.const nan:0x200001)) (f32.const nan:0x200001))
            (assert_trap (invoke $m "t") "unreachable") (assert_trap (invoke $m "d") "integer divide by zero") (assert_return (invoke $m "up") (i32.const 4))
            (assert_invalid (module (func i32.const 0)) "type mismatch") (assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
            """, runtime);
        bool runs = runtime.Facts.Has(Protocol.Instantiate);
        var verdicts = result.Commands.Select(c => c.Verdict).ToArray();
        Assert.All(verdicts[^2..], v => Assert.Equal(Verdict.Passed, v));
        Assert.All(verdicts[..^2], v => Assert.Equal(runs ? Verdict.Passed : Verdict.Unsupported, v));
    }

    private static FileResult Run(string script, OutOfProcessRuntime runtime) =>
        ScriptRunner.Run(new ScriptFile("", "adapters.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(script)), new RunOptions { Runtime = runtime, Files = [] });
}
