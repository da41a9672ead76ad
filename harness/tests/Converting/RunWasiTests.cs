using System.Diagnostics;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Tests.Workers;

namespace Conformance.Harness.Tests.Converting;

/// <summary>The script that runs command modules on an engine with a command line, on an engine that does what a file says.</summary>
public sealed class RunWasiTests : IDisposable
{
    private const string Engine = """
        case $(cat "$1") in
            ends) exit 0 ;;
            traps) echo 'error instantiating: wasm error: unreachable'; exit 1 ;;
            is-refused) echo "error compiling $1: function[$(printf %s "$1" | wc -c)]: opcode 0x12 is disabled (at offset 0x3a)" >&2; exit 1 ;;
            is-unknown) echo "error compiling $1: unknown section 13" >&2; exit 1 ;;
            is-wrong) echo 's.wast:3: not as expected'; exit 1 ;;
        esac
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("run-wasi-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ProxyFact]
    public void Modules_are_counted_by_how_they_had_to_end_and_did()
    {
        (string File, string Does, string Ended)[] modules =
        [
            ("a.1.wasm", "ends", "ok"), ("a.2.wasm", "is-refused", "refused"), ("a.3.wasm", "is-wrong", "failed"), ("a.4.wasm", "traps", "failed"),
            ("a.5.trap.wasm", "traps", "ok"), ("a.6.trap.wasm", "is-refused", "refused"), ("a.7.trap.wasm", "ends", "failed"),
            ("a.8.refused.wasm", "is-refused", "ok"), ("a.9.refused.wasm", "ends", "failed"), ("b c.10.wasm", "ends", "ok"),
            ("a.11.wasm", "is-unknown", "refused"),
        ];
        File.WriteAllText(Path.Combine(_folder, "engine.sh"), Engine);
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        foreach (var (file, does, _) in modules) File.WriteAllText(Path.Combine(_folder, "out", file), does);

        var (code, text) = Run();
        Assert.Equal(1, code);
        Assert.Equal(["all", "11", "4", "3", "4"], text.Split('\n').Single(line => line.StartsWith("all ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        // What must be refused is not counted.
        Assert.Equal(["refused      2 error compiling FILE: function[#]: opcode 0x12 is disabled", "refused      1 error compiling FILE: unknown section #"],
            text.Split('\n').Where(line => line.StartsWith("refused ", StringComparison.Ordinal) && line.Contains("FILE", StringComparison.Ordinal)));
        Assert.Equal(modules.Select(m => $"{m.Ended} out/{m.File}").Order(StringComparer.Ordinal),
            File.ReadAllLines(Path.Combine(_folder, "results.tsv")).Select(line => line.Split('\t')).Select(f => $"{f[0]} {f[2]}").Order(StringComparer.Ordinal));

        foreach (var (file, _, _) in modules.Where(m => m.Ended == "failed")) File.Delete(Path.Combine(_folder, "out", file));
        Assert.Equal(0, Run().Code);
        foreach (string file in Directory.GetFiles(Path.Combine(_folder, "out"))) File.Delete(file);
        Assert.Equal(2, Run().Code);
    }

    private (int Code, string Text) Run()
    {
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Repo.Root, "harness", "engines", "run-wasi.sh"), "out", "sh", "engine.sh"])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RESULTS"] = "results.tsv";
        using var process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}
