using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Conformance.Harness.Cases;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Workers;

/// <summary>
/// Modules by which cases are observed on an engine that runs no cases: they take nothing but that instances are linked and exports of i32 and i64 are called.
/// Their own code is of version 1.0, but for functions with many results where the engine has these: they save requests.
/// </summary>
internal static class CaseObservers
{
    /// <summary>The results of a function with many.</summary>
    public const int Many = 16;

    /// <summary>Values of a trace that are kept; later ones are only counted.</summary>
    public const int MostEmitted = 1 << 16;

    private static readonly ConcurrentDictionary<(AddrType Addr, uint PageSizeLog2, bool Many), Module> Readers = new();
    private static readonly Lazy<byte[]> OneResult = new(() => BinaryEncoder.Encode(Parse(HostText(many: false)))), ManyResults = new(() => BinaryEncoder.Encode(Parse(HostText(many: true))));
    private static readonly Lazy<Module> BackLinker = new(() => Parse($"""
        (module (import "" "{CaseHost.Back}" (func $back (param i32) (result i32))) (import "{CaseHost.Name}" "table" (table 1 funcref)) (elem (i32.const 0) $back))
        """));

    /// <summary>
    /// The host module of cases. <c>count</c> : [] -> [i32] is how many values were emitted, <c>at</c> : [i32] -> [i64] the value of a number, or of this and the numbers
    /// that follow; <c>wide</c> : [i32] -> [i64] has, for n, bits that tell which of the values from number 64 n on are i64.
    /// </summary>
    /// <param name="many">Whether <c>at</c> has <see cref="Many"/> results.</param>
    public static byte[] Host(bool many) => (many ? ManyResults : OneResult).Value;

    /// <summary>A module that makes the host's <c>back</c> call the one that an instance exports.</summary>
    /// <param name="name">The name that the instance is registered under.</param>
    public static byte[] LinkBack(string name) => BinaryEncoder.Encode(BackLinker.Value with { Imports = [BackLinker.Value.Imports[0] with { Module = name }, BackLinker.Value.Imports[1]] });

    /// <summary>
    /// A module that reads a memory: <c>length</c> : [] -> [i64] in bytes, <c>hash</c> : [] -> [i32] as <see cref="MemoryHash"/> has it, and <c>at</c> : [i32] -> [i64],
    /// eight bytes from an address on, or these and what follows; beyond its end there are zeros.
    /// </summary>
    /// <param name="name">The name that the instance is registered under.</param>
    /// <param name="export">The memory's name.</param>
    /// <param name="type">The memory's type.</param>
    /// <param name="many">Whether <c>at</c> has <see cref="Many"/> results.</param>
    public static byte[] ReaderOf(string name, string export, MemType type, bool many)
    {
        var reader = Readers.GetOrAdd((type.Addr, type.PageSizeLog2, many), key => Parse(ReaderText(key.Addr, key.PageSizeLog2, key.Many)));
        // Whatever its size is now, this type takes it; a shared memory's must have a maximum.
        var import = type with { Limits = new(0, type.Shared ? type.Limits.Max : null) };
        return BinaryEncoder.Encode(reader with { Imports = [new(name, export, new ExternType.Mem(import))] });
    }

    // Without its names, which would only cost time.
    private static Module Parse(string text) => TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.All) with { Customs = [] };

    private static string HostText(bool many) => $$"""
        (module
          (memory 9)
          (global $count (mut i32) (i32.const 0))
          (func $emit (param $value i64) (param $wide i32) (local $at i32)
            (if (i32.lt_u (global.get $count) (i32.const {{MostEmitted}}))
              (then
                (i64.store (i32.shl (global.get $count) (i32.const 3)) (local.get $value))
                (local.set $at (i32.shr_u (global.get $count) (i32.const 3)))
                (i32.store8 offset={{8 * MostEmitted}} (local.get $at)
                  (i32.or (i32.load8_u offset={{8 * MostEmitted}} (local.get $at)) (i32.shl (local.get $wide) (i32.and (global.get $count) (i32.const 7)))))))
            (global.set $count (i32.add (global.get $count) (i32.const 1))))
          (func (export "{{CaseHost.Emit32}}") (param i32) (call $emit (i64.extend_i32_u (local.get 0)) (i32.const 0)))
          (func (export "{{CaseHost.Emit64}}") (param i64) (call $emit (local.get 0) (i32.const 1)))
          (func (export "count") (result i32) (global.get $count))
          (func (export "wide") (param i32) (result i64) (i64.load offset={{8 * MostEmitted}} (i32.shl (local.get 0) (i32.const 3))))
          (func (export "at") (param i32) (result {{Results(many)}})
            {{Repeated(many, k => $"(i64.load offset={8 * k} (i32.shl (local.get 0) (i32.const 3)))")}})
          (type $back (func (param i32) (result i32)))
          (table (export "table") 1 funcref)
          (elem (i32.const 0) $none)
          (func $none (type $back) (i32.add (local.get 0) (i32.const 1)))
          (func (export "{{CaseHost.Back}}") (type $back) (call_indirect (type $back) (local.get 0) (i32.const 0))))
        """;

    private static string ReaderText(AddrType addr, uint pageSizeLog2, bool many)
    {
        bool large = addr == AddrType.I64;
        string At(string at) => large ? $"(i64.extend_i32_u {at})" : at;
        string size = large ? "(memory.size)" : "(i64.extend_i32_u (memory.size))";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            (module
              (import "" "" (memory {{(large ? "i64 " : "")}}0{{(pageSizeLog2 == 16 ? "" : $" (pagesize {1UL << (int)pageSizeLog2})")}}))
              (func $length (export "length") (result i64) (i64.shl {{size}} (i64.const {{pageSizeLog2}})))
              (func $eight (param $at i32) (result i64) (local $i i32) (local $value i64)
                (if (i64.le_u (i64.add (i64.extend_i32_u (local.get $at)) (i64.const 8)) (call $length)) (then (return (i64.load {{At("(local.get $at)")}}))))
                (block $done
                  (loop $next
                    (br_if $done (i32.ge_u (local.get $i) (i32.const 8)))
                    (br_if $done (i64.ge_u (i64.add (i64.extend_i32_u (local.get $at)) (i64.extend_i32_u (local.get $i))) (call $length)))
                    (local.set $value (i64.or (local.get $value)
                      (i64.shl (i64.load8_u {{At("(i32.add (local.get $at) (local.get $i))")}}) (i64.extend_i32_u (i32.shl (local.get $i) (i32.const 3))))))
                    (local.set $i (i32.add (local.get $i) (i32.const 1)))
                    (br $next)))
                (local.get $value))
              (func (export "at") (param i32) (result {{Results(many)}})
                {{Repeated(many, k => $"(call $eight (i32.add (local.get 0) (i32.const {8 * k})))")}})
              (func $step (param $hash i32) (param $word i32) (param $index i32) (result i32)
                (if (i32.eqz (local.get $word)) (then (return (local.get $hash))))
                (local.set $hash (i32.mul (i32.xor (local.get $hash) (local.get $word)) (i32.const 0x9E3779B1)))
                (local.set $hash (i32.mul (i32.xor (i32.xor (local.get $hash) (i32.shr_u (local.get $hash) (i32.const 15))) (local.get $index)) (i32.const 0x9E3779B1)))
                (i32.xor (local.get $hash) (i32.shr_u (local.get $hash) (i32.const 13))))
              (func (export "hash") (result i32) (local $at i64) (local $end i64) (local $eight i64) (local $hash i32)
                (local.set $end (call $length))
                (block $done
                  (loop $next
                    (br_if $done (i64.ge_u (local.get $at) (local.get $end)))
                    ;; Most of a memory is zeros.
                    (if (i64.le_u (i64.add (local.get $at) (i64.const 32)) (local.get $end))
                      (then
                        (if (i64.eqz (i64.or
                              (i64.or (i64.load {{Near}}) (i64.load offset=8 {{Near}}))
                              (i64.or (i64.load offset=16 {{Near}}) (i64.load offset=24 {{Near}}))))
                          (then (local.set $at (i64.add (local.get $at) (i64.const 32))) (br $next)))))
                    (local.set $eight (call $eight (i32.wrap_i64 (local.get $at))))
                    (local.set $hash (call $step (local.get $hash) (i32.wrap_i64 (local.get $eight)) (i32.wrap_i64 (i64.shr_u (local.get $at) (i64.const 2)))))
                    (local.set $hash (call $step (local.get $hash) (i32.wrap_i64 (i64.shr_u (local.get $eight) (i64.const 32)))
                      (i32.add (i32.wrap_i64 (i64.shr_u (local.get $at) (i64.const 2))) (i32.const 1))))
                    (local.set $at (i64.add (local.get $at) (i64.const 8)))
                    (br $next)))
                (local.get $hash)))
            """).Replace(Near, large ? "(local.get $at)" : "(i32.wrap_i64 (local.get $at))", StringComparison.Ordinal);
    }

    /// <summary>Stands for the address of <c>$at</c> in the memory's own address type.</summary>
    private const string Near = "{at}";

    private static string Results(bool many) => string.Join(' ', Enumerable.Repeat("i64", many ? Many : 1));

    private static string Repeated(bool many, Func<int, string> one) => string.Join('\n', Enumerable.Range(0, many ? Many : 1).Select(one));
}
