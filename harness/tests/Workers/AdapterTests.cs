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
public sealed class AdapterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adapters-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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

    [ProxyFact]
    public void A_repl_with_names_for_modules_calls_all_of_them()
    {
        string python = Programs.Proxy().Command[0];
        using var runtime = OutOfProcessRuntime.Start(
            new WorkerSpec("repl", [python, Path.Combine(Programs.Places.Workers!, "spec_repl.py"), python, Path.Combine(Repo.Root, "harness", "tests", "Workers", "repl.py"), "--named"]));
        var result = Run("""
            (module $a (func (export "f") (result i32) i32.const 0))
            (module $b (func (export "f") (result i32) i32.const 0) (func (export "a b \"c\"") (result i32) i32.const 0))
            (assert_return (invoke $a "f") (i32.const 1)) (assert_return (invoke $b "f") (i32.const 2))
            (register "a" $a) (module (import "a" "f" (func (result i32))))
            (assert_unlinkable (module (import "nowhere" "f" (func))) "unknown import")
            (invoke $a "end")
            """, runtime);
        Assert.All(result.Commands[..^1], c => Assert.Equal(Verdict.Passed, c.Verdict));
    }

    /// <summary>Calls that can change something are made again for the next one, and only those; registrations are where they can be made.</summary>
    [ProxyFact]
    public void A_shell_that_only_runs_scripts_is_asked_by_assertions()
    {
        string python = Programs.Proxy().Command[0], shell = Path.Combine(Repo.Root, "harness", "tests", "Workers", "shell.py");
        // The stand-in for wasm-opt refuses the kit's probes, which need not be run here.
        foreach (var (program, does) in ((string, string)[])[("wasm-shell", $"exec '{python}' '{shell}' \"$@\""), ("wasm-opt", """
            for file; do :; done
            if grep -q worse "$file"; then kill -ABRT $$; fi
            if grep -q -E 'up|nowhere|start' "$file"; then exit 0; fi
            echo '[wasm-validator error in function f] unexpected false: refused, on' >&2
            exit 1
            """)])
        {
            string file = Path.Combine(_folder, program);
            File.WriteAllText(file, $"#!/bin/sh\n{does}\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        var environment = ImmutableDictionary<string, string>.Empty.Add("CONFORMANCE_WASM_SHELL", Path.Combine(_folder, "wasm-shell"));
        using var runtime = OutOfProcessRuntime.Start(new WorkerSpec("wasm-shell", [python, Path.Combine(Programs.Places.Workers!, "wasm_shell.py")], environment));
        Assert.Equal("108", runtime.Info.Version);
        var result = Run("""
            (module $m (global $n (mut i32) (i32.const 0)) (func (export "up") (result i32) (global.set $n (i32.const 1)) (global.get $n)) (func (export "t")) (func (export "e")))
            (module $other (global $n (mut i32) (i32.const 0)) (func (export "up") (result i32) (global.get $n)))
            (register "m" $m)
            (module $u (import "m" "up" (func $up (result i32))) (func (export "use") (result i32) call $up))
            (assert_return (invoke $m "up") (i32.const 1)) (assert_return (invoke $u "use") (i32.const 2)) (assert_exception (invoke $m "e")) (assert_return (invoke $m "up") (i32.const 3))
            (assert_return (invoke $other "up") (i32.const 1)) (assert_return (invoke $other "up") (i32.const 1))
            (assert_trap (invoke $m "t") "unreachable")
            (assert_unlinkable (module (import "nowhere" "g" (global i32))) "unknown import")
            (assert_invalid (module (func (export "bad") i32.const 0)) "type mismatch") (assert_invalid (module (func (export "worse") i32.const 0)) "type mismatch")
            (assert_trap (module (global (mut i32) (i32.const 0)) (func (export "trap at start"))) "unreachable")
            (register "m" $other) (module $v (import "m" "up" (func $up (result i32))) (func (export "use") (result i32) call $up))
            (register "m" $m) (module (import "m" "up" (func (result i32))))
            (register "v" $v) (module (import "m" "up" (func (result i32))) (import "v" "use" (func (result i32))))
            """, runtime);
        // No probe traps in the stand-in, so nobody knows what its message means. What depends on both that the name was given to comes too late for the first.
        Verdict[] expected =
        [
            Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed,
            Verdict.Failed, Verdict.Passed, Verdict.Passed, Verdict.Crashed, Verdict.Failed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.AdapterLimit,
        ];
        Assert.Equal(expected, result.Commands.Select(c => c.Verdict));
    }

    [EngineFact("wasm-shell")]
    public void Binaryen_runs_by_scripts() => Serves("wasm-shell");

    [EngineFact("wasm3")]
    public void Wasm3_runs_by_its_repl()
    {
        using var runtime = OutOfProcessRuntime.Start(EngineCatalog.Find("wasm3")!.Locate(Programs.Places).Spec!);
        var result = Run("""
            (module (global $n (mut i64) (i64.const 0)) (memory (export "mem") 1)
              (func (export "up") (result i64) (global.set $n (i64.add (global.get $n) (i64.const 1))) (global.get $n))
              (func (export "f") (param f64 f32) (result f32 f64) local.get 1 local.get 0) (func (export "t") unreachable) (func (export "d") (result i32) i32.const 1 i32.const 0 i32.div_u))
            (assert_return (invoke "up") (i64.const 1)) (assert_return (invoke "up") (i64.const 2))
            (assert_return (invoke "f" (f64.const nan:0x4000000000001) (f32.const -0)) (f32.const -0) (f64.const nan:0x4000000000001))
            (assert_trap (invoke "t") "unreachable") (assert_trap (invoke "d") "integer divide by zero")
            (assert_invalid (module (func i32.const 0)) "type mismatch") (assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
            """, runtime);
        Assert.All(result.Commands, c => Assert.Equal(Verdict.Passed, c.Verdict));
    }

    [EngineFact("toywasm")]
    public void Toywasm_runs_by_its_repl() => Serves("toywasm");

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
            (assert_invalid (module (func (result i32) i64.const 0)) "type mismatch") (assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
            """, runtime);
        bool runs = runtime.Facts.Has(Protocol.Instantiate);
        var verdicts = result.Commands.Select(c => c.Verdict).ToArray();
        Assert.All(verdicts[^2..], v => Assert.Equal(Verdict.Passed, v));
        Assert.All(verdicts[..^2], v => Assert.Equal(runs ? Verdict.Passed : Verdict.Unsupported, v));
    }

    private static FileResult Run(string script, OutOfProcessRuntime runtime) =>
        ScriptRunner.Run(new ScriptFile("", "adapters.wast", null, Profile.Wasm3, System.Text.Encoding.UTF8.GetBytes(script)), new RunOptions { Runtime = runtime, Files = [] });
}
