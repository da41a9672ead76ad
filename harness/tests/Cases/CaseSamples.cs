using System.Collections.Immutable;
using System.Globalization;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Tests.Wasmtime;

namespace Conformance.Harness.Tests.Cases;

/// <summary>Cases with what they must give on every engine, by name.</summary>
internal static class CaseSamples
{
    private const string Host = """(import "host" "emit32" (func $e32 (param i32))) (import "host" "emit64" (func $e64 (param i64))) (import "host" "back" (func $back (param i32) (result i32)))""";

    /// <summary>The lines of what is wanted have one action each: its result, and the trace in braces.</summary>
    public static ImmutableArray<(string Name, Case Case, string Wanted)> All { get; } =
    [
        ("verdicts", new([Wat.Binary("(module)"), [0, 1, 2, 3], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 3, 2, 1, 0], Wat.Binary("""(module (import "host" "none" (func)))""")],
            [new CaseAction.Load(0), new CaseAction.Load(1), new CaseAction.Load(2), new CaseAction.Instantiate(1), new CaseAction.Instantiate(3), new CaseAction.Get(1, "g"), new CaseAction.Instantiate(0)]),
            "[]\nrefused\nrefused\nrefused\nunlinkable\nnot run\n[]"),
        ("values and state", new([Wat.Binary("""
            (module (memory (export "m") 1 2) (global (export "g") (mut i64) (i64.const -5))
              (func (export "add") (param i32 i64) (result i64) (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
              (func (export "two") (result i32 i64) (i32.const -1) (i64.const -1))
              (func (export "set") (param i32) (i32.store (i32.const 4) (local.get 0)) (global.set 0 (i64.extend_i32_u (local.get 0))))
              (func (export "store then trap") (i32.store (i32.const 8) (i32.const 7)) (unreachable)))
            """)],
            [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "add", [Value.I32(0xFFFFFFFF), Value.I64(2)]), new CaseAction.Invoke(0, "two", []), new CaseAction.Digest(0, "m"),
             new CaseAction.Invoke(0, "set", [Value.I32(0x80000001)]), new CaseAction.Invoke(0, "store then trap", []), new CaseAction.Memory(0, "m", 4, 8), new CaseAction.Memory(0, "m", 65534, 8),
             new CaseAction.Digest(0, "m"), new CaseAction.Get(0, "g"), new CaseAction.Memory(0, "g", 0, 1), new CaseAction.Invoke(1, "add", [])]),
            $"[]\n[i64:1]\n[i32:ffffffff i64:ffffffffffffffff]\n65536 {MemoryHash.Of(new byte[8])}\n[]\ntrap\n0100008007000000\n0000\n65536 {MemoryHash.Of([0, 0, 0, 0, 1, 0, 0, 0x80, 7])}\n[i64:80000001]\ninapplicable\nnot run"),
        ("a sweep", new([Wat.Binary("""
            (module (global $n (export "n") (mut i32) (i32.const 0))
              (func (export "run") (param i32)
                (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 3))) (then (unreachable)))
                (global.set $n (i32.add (global.get $n) (local.get 0)))))
            """)],
            [new CaseAction.Instantiate(0), new CaseAction.Sweep(0, "run", 8), new CaseAction.Get(0, "n")]),
            "[]\nswept 8: 0 trap, 3 trap, 6 trap\n[i32:13]"),
        ("traces and call-backs", new([Wat.Binary($$"""
            (module {{Host}} (func $start (call $e32 (call $back (i32.const 41)))) (start $start)
              (func (export "back") (param i32) (result i32) (call $e64 (i64.extend_i32_s (local.get 0)))
                (if (i32.eqz (local.get 0)) (then (unreachable))) (i32.mul (local.get 0) (i32.const 2)))
              (func (export "f") (param i32) (result i32) (call $back (local.get 0))))
            """), Wat.Binary($$"""(module {{Host}} (func (export "back") (param i32) (result i32) (i32.const 7)) (func $start unreachable) (start $start))""")],
            [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(0xFFFFFFF0)]), new CaseAction.Invoke(0, "f", [Value.I32(0)]), new CaseAction.Instantiate(1), new CaseAction.Invoke(0, "f", [Value.I32(1)])]),
            "[] {i32:2a}\n[i32:ffffffe0] {i64:fffffffffffffff0}\ntrap {i64:0}\ntrap\n[i32:2] {i64:1}"),
        ("linked modules", new([Wat.Binary("""(module (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") (mut i32) (i32.const 1)))"""),
            Wat.Binary("""
                (module (import "a" "m" (memory 1)) (import "a" "g" (global $g (mut i32))) (data (i32.const 0) "abcd") (data (i32.const 65536) "x")
                  (func $start (global.set $g (i32.const 9))) (start $start))
                """)],
            [new CaseAction.Instantiate(1), new CaseAction.Instantiate(0, "a"), new CaseAction.Instantiate(1), new CaseAction.Memory(1, "m", 0, 4), new CaseAction.Get(1, "g"), new CaseAction.Get(2, "g")]),
            "unlinkable\n[]\ntrap\n61626364\n[i32:1]\nnot run"),
        ("names of instances that could not be made", new([Wat.Binary("""(module (func $start unreachable) (start $start))"""), Wat.Binary("""(module (import "a" "g" (global i32)) (export "g" (global 0)))"""),
            Wat.Binary("""(module (global (export "g") i32 (i32.const 7)))""")],
            [new CaseAction.Instantiate(0, "a"), new CaseAction.Instantiate(1), new CaseAction.Instantiate(2, "a"), new CaseAction.Instantiate(0, "a"), new CaseAction.Instantiate(1), new CaseAction.Get(4, "g")]),
            "trap\nunlinkable\n[]\ntrap\n[]\n[i32:7]"),
        ("an import that nobody exports, of a type that has JavaScript's undefined", new([Wat.Binary("""(module)"""), Wat.Binary("""(module (import "a" "none" (global externref)))""")],
            [new CaseAction.Instantiate(0, "a"), new CaseAction.Instantiate(1)]),
            "[]\nunlinkable"),
    ];

    /// <summary>What takes exceptions.</summary>
    public static ImmutableArray<(string Name, Case Case, string Wanted)> WithExceptions { get; } =
    [
        ("exceptions", new([Wat.Binary("""
            (module (tag $a (export "tag a") (param i32 i64)) (tag $b (export "tag b")) (tag $hidden (param i32)) (tag $f (export "tag f") (param f32))
              (func (export "a") (throw $a (i32.const -2) (i64.const -3))) (func (export "b") (throw $b))
              (func (export "hidden") (throw $hidden (i32.const 1))) (func (export "f") (throw $f (f32.const 1.5))))
            """), Wat.Binary("""(module (import "x" "tag b" (tag $b)) (export "again" (tag $b)) (tag $own (export "tag own")) (func (export "b") (throw $b)) (func (export "own") (throw $own)) (func $start (throw $own)))"""),
            Wat.Binary("""(module (tag $own (export "own")) (func $start (throw $own)) (start $start))""")],
            [new CaseAction.Instantiate(0, "x"), new CaseAction.Invoke(0, "a", []), new CaseAction.Invoke(0, "b", []), new CaseAction.Invoke(0, "hidden", []), new CaseAction.Invoke(0, "f", []),
             new CaseAction.Instantiate(2), new CaseAction.Instantiate(1), new CaseAction.Invoke(2, "b", []), new CaseAction.Invoke(2, "own", [])]),
            "[]\nthrew 0:tag a [i32:fffffffe i64:fffffffffffffffd]\nthrew 0:tag b []\nthrew ? ?\nthrew 0:tag f ?\nthrew ? ?\n[]\nthrew 0:tag b []\nthrew 2:tag own []"),
        ("failures through call-backs", new([Wat.Binary($$"""
            (module {{Host}} (tag $t (export "t") (param i32))
              (func (export "back") (param i32) (result i32) (if (result i32) (local.get 0) (then (throw $t (local.get 0))) (else (unreachable))))
              (func (export "f") (param i32) (result i32) (call $back (local.get 0)))
              (func (export "caught") (param i32) (result i32) (block $h (result i32) (try_table (result i32) (catch $t $h) (call $back (local.get 0)))))
              (func (export "all") (param i32) (result i32) (block $h (drop (try_table (result i32) (catch_all $h) (call $back (local.get 0))))) (i32.const 99)))
            """)],
            [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(5)]), new CaseAction.Invoke(0, "f", [Value.I32(0)]), new CaseAction.Invoke(0, "caught", [Value.I32(6)]),
             new CaseAction.Invoke(0, "all", [Value.I32(7)]), new CaseAction.Invoke(0, "caught", [Value.I32(0)]), new CaseAction.Invoke(0, "all", [Value.I32(0)])]),
            "[]\nthrew 0:t [i32:5]\ntrap\n[i32:6]\n[i32:63]\ntrap\ntrap"),
    ];

    public static string Text(CaseResult result) => string.Join('\n', result.Results.Select(Text));

    private static string Text(ActionResult result) => result switch
    {
        ActionResult.Ended r => Text(r.Outcome),
        ActionResult.Swept r => $"swept {r.Outcomes.Length}: {string.Join(", ", r.Outcomes.Select((o, i) => o is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{i} {Text(o)}")).Where(t => t.Length > 0))}",
        ActionResult.Bytes r => Convert.ToHexStringLower(r.Data),
        ActionResult.Digested r => string.Create(CultureInfo.InvariantCulture, $"{r.Length} {r.Hash}"),
        ActionResult.NotRun => "not run",
        _ => result.ToString(),
    } + (result.Trace.IsEmpty ? "" : $" {{{Text(result.Trace)}}}");

    private static string Text(Outcome outcome) => outcome switch
    {
        Outcome.Returned o => $"[{Text(o.Values)}]",
        Outcome.Threw o => $"threw {o.Tag ?? "?"} {(o.Values.IsDefault ? "?" : $"[{Text(o.Values)}]")}",
        Outcome.Trapped => "trap",
        Outcome.Malformed or Outcome.Invalid or Outcome.Rejected => "refused",
        Outcome.Unlinkable => "unlinkable",
        Outcome.Inapplicable => "inapplicable",
        _ => outcome.ToString(),
    };

    private static string Text(ImmutableArray<Value> values) => string.Join(' ', values.Select(Conformance.Harness.Workers.WireValue.Text));
}
