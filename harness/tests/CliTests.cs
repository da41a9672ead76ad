using System.Diagnostics;
using System.Text;

namespace Conformance.Harness.Tests;

/// <summary>The command line as a user meets it: output and exit codes of the program itself.</summary>
public sealed class CliTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Good = """
        (module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
        (assert_return (invoke "f" (i32.const 1)) (i32.const 2))
        """;

    private const string Bad = """
        (module (func (export "f") (result f32) (f32.const 1.5)))
        (assert_return (invoke "f") (f32.const 1.5))
          (assert_return (invoke "f") (f32.const -1.5))
        """;

    [Fact]
    public void A_script_that_passes_ends_with_0()
    {
        var run = Conformance(["run", Script("good.wast", Good)]);
        Assert.Equal(0, run.Code);
        Assert.Contains("2 commands (1 assertions) in 1 files: 2 passed, 0 failed, 0 skipped", run.Out);
    }

    [Fact]
    public void A_failure_names_file_line_column_and_both_values_with_their_bits()
    {
        string path = Script("bad.wast", Bad);
        var run = Conformance(["run", path]);
        Assert.Equal(1, run.Code);
        Assert.Contains($"{path}:3:3: assert_return: expected f32 -1.5 (0xbfc00000), got f32 1.5 (0x3fc00000)", run.Out);
        Assert.Contains("3 commands (2 assertions) in 1 files: 2 passed, 1 failed, 0 skipped", run.Out);
    }

    [Fact]
    public void A_log_has_no_colour() => Assert.DoesNotContain("\u001b", Conformance(["run", Script("bad.wast", Bad)]).Out);

    [Theory]
    [InlineData("run", "no-such-file.wast")]
    [InlineData("run", "--shard", "5/4", "good.wast")]
    [InlineData("run", "--features", "9.9", "good.wast")]
    [InlineData("run", "--messages", "loud", "good.wast")]
    [InlineData("run", "--max-memory", "much", "good.wast")]
    [InlineData("run", "--relaxed", "fmadd=9", "good.wast")]
    [InlineData("run", "--expectations", "no-such-file.yaml", "good.wast")]
    [InlineData("run", "--runtime", "no-such-runtime", "good.wast")]
    [InlineData("run", "--no-such-option", "good.wast")]
    [InlineData("suite", "path", "no-such-suite")]
    [InlineData("report", "diff", "good.wast", "good.wast")]
    [InlineData("no-such-command")]
    public void A_wrong_use_ends_with_2_and_says_why(params string[] args)
    {
        Script("good.wast", Good);
        var run = Conformance(args);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("conformance: ", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Fact]
    public void What_is_no_library_of_Wasmtime_s_is_refused_with_the_reason()
    {
        string script = Script("good.wast", Good), other = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!,
            OperatingSystem.IsWindows() ? "clrjit.dll" : OperatingSystem.IsMacOS() ? "libSystem.Native.dylib" : "libSystem.Native.so");
        foreach (var (library, why) in new[] { (script, "cannot be loaded"), (other, "functions of Wasmtime"), ("no-such-library", "does not exist") })
            foreach (string[] where in new string[][] { [], ["--in-process"] })
            {
                var run = Conformance(["run", script, "--runtime", "wasmtime", "--wasmtime", library, .. where]);
                Assert.Equal(2, run.Code);
                Assert.Contains(why, run.Error, StringComparison.Ordinal);
            }
    }

    [Fact]
    public void An_explanation_has_the_command_each_engine_s_answer_and_links()
    {
        string script = Script("bad.wast", Bad);
        var run = Conformance(["explain", $"{script}:3", "--runtime", "reference"]);
        Assert.Equal(1, run.Code);
        Assert.Contains("(assert_return (invoke \"f\") (f32.const -1.5))", run.Out, StringComparison.Ordinal);
        Assert.Contains("reference\n    failed: f32 1.5 (0x3fc00000)\n    assert_return: expected f32 -1.5 (0xbfc00000), got", run.Out, StringComparison.Ordinal);
        Assert.Contains("https://webassembly.github.io/spec/core/exec/instructions.html#exec-const", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, Conformance(["explain", script, "--runtime", "reference"]).Code);
        Assert.Equal(2, Conformance(["explain", $"{script}:3", "--runtime", "no-such-runtime"]).Code);
    }

    [Fact]
    public void Backtraces_of_a_runtime_are_compared_by_a_command()
    {
        string script = Script("trap.wast", """(module (func (export "f") (unreachable))) (assert_trap (invoke "f") "unreachable")""");
        var run = Conformance(["backtraces", script, "--runtime", "reference"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("1 asserted traps in 1 files", run.Out, StringComparison.Ordinal);
        Assert.Contains("1  the same frames", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_input_is_a_script()
    {
        var run = Conformance(["run", "-"], input: ";;! features: 1.0\n" + Good);
        Assert.Equal(0, run.Code);
        Assert.Contains("2 passed", run.Out);
    }

    [Fact]
    public void Without_the_official_suite_the_first_line_says_so_and_the_kits_corpus_runs()
    {
        var run = Conformance(["run", "--no-download"], withSuites: false);
        Assert.StartsWith("official suite: NOT RUN (", run.Out);
        Assert.Contains("0 failed", run.Out);
        Assert.Equal(0, run.Code);
        var required = Conformance(["run", "--no-download", "--require-suite"], withSuites: false);
        Assert.Equal(2, required.Code);
    }

    [Fact]
    public void Merged_shards_are_the_whole_run()
    {
        for (int i = 0; i < 5; i++) Script($"s/{i}.wast", i == 3 ? Bad : Good);
        Assert.Equal(1, Conformance(["run", "s", "--json", "whole.json"]).Code);
        for (int i = 1; i <= 3; i++) Conformance(["run", "s", "--shard", $"{i}/3", "--json", $"part{i}.json"]);
        Assert.Equal(1, Conformance(["report", "merge", "part3.json", "part1.json", "part2.json", "--json", "merged.json", "--markdown", "merged.md", "--junit", "merged.xml", "--html", "merged.html"]).Code);
        var diff = Conformance(["report", "diff", "whole.json", "merged.json"]);
        Assert.Equal("no differences\n", diff.Out);
        Assert.Equal(0, diff.Code);
        Assert.True(File.Exists(Path.Combine(_folder, "merged.html")));
    }

    [Fact]
    public void A_diff_tells_what_newly_fails()
    {
        Script("s/a.wast", Good);
        Conformance(["run", "s", "--json", "old.json"]);
        Script("s/a.wast", Good.Replace("(i32.const 2)", "(i32.const 3)", StringComparison.Ordinal));
        Conformance(["run", "s", "--json", "new.json"]);
        var diff = Conformance(["report", "diff", "old.json", "new.json"]);
        Assert.Equal(1, diff.Code);
        Assert.StartsWith("newly failing (1):\n  s/a.wast:2:1\n", diff.Out);
        Assert.Equal(0, Conformance(["report", "diff", "new.json", "old.json"]).Code);
    }

    [Fact]
    public void An_expectation_counts_only_with_a_reason_and_fails_once_it_passes()
    {
        string script = Script("s/a.wast", Bad);
        string[] run = ["run", "s", "--expectations", "e.yaml"];
        Assert.Equal(1, Conformance([.. run, "--update-expectations"]).Code);
        Assert.Equal(1, Conformance(run).Code);
        string yaml = Path.Combine(_folder, "e.yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace("reason: \"\"", "reason: \"the test is wrong\"", StringComparison.Ordinal)
            .Replace("temporary: \"\"", "temporary: \"its repair\"", StringComparison.Ordinal));
        var expected = Conformance(run);
        Assert.Equal(0, expected.Code);
        Assert.Contains("1 expected failures", expected.Out);
        File.WriteAllText(script, Bad.Replace("-1.5", "1.5", StringComparison.Ordinal));
        Assert.Equal(1, Conformance(run).Code);
        Script("s/a.wast", "\n\n" + Good);
        Assert.Equal(1, Conformance(run).Code);     // it matches nothing
    }

    [Fact]
    public void Failed_from_runs_only_what_was_not_as_expected()
    {
        Script("s/a.wast", Good);
        Script("s/b.wast", Bad);
        Conformance(["run", "s", "--json", "old.json"]);
        var again = Conformance(["run", "s", "--failed-from", "old.json"]);
        Assert.Contains("in 1 files", again.Out);
        Assert.Equal(1, again.Code);
    }

    [Fact]
    public void Two_runs_write_the_same_result_but_for_durations()
    {
        for (int i = 0; i < 6; i++) Script($"s/{i}.wast", i % 2 == 0 ? Bad : Good);
        Conformance(["run", "s", "--json", "a.json", "--jobs", "1"]);
        Conformance(["run", "s", "--json", "b.json", "--jobs", "4"]);
        Assert.Equal(WithoutDurations("a.json"), WithoutDurations("b.json"));
    }

    private string WithoutDurations(string file) =>
        System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(Path.Combine(_folder, file)), "\"milliseconds\": ?[0-9.]+", "");

    [Fact]
    public void Annotations_are_written_for_GitHub()
    {
        var run = Conformance(["run", Script("bad.wast", Bad)], environment: ("GITHUB_ACTIONS", "true"));
        Assert.Contains("::error file=", run.Out);
    }

    [Fact]
    public void Exec_prints_typed_results()
    {
        string module = Script("m.wat", """(module (func (export "f") (param i32 f64) (result f64 i32) (local.get 1) (i32.sub (i32.const 0) (local.get 0))))""");
        var run = Conformance(["exec", module, "--invoke", "f", "--", "0x10", "-nan:0x8000000000001"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("0xfff8000000000001", run.Out);
        Assert.Contains("i32.const -16", run.Out);
    }

    [Fact]
    public void Exec_shows_a_trap_with_its_backtrace()
    {
        string module = Script("m.wat", """
            (module $m
              (func $div (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
              (func $main (export "main") (result i32) (call $div (i32.const 0))))
            """);
        var run = Conformance(["exec", module, "--invoke", "main"]);
        Assert.Equal(1, run.Code);
        Assert.StartsWith("trap: integer divide by zero\n", run.Error);
        Assert.Matches(@"(?s)at m!div \(func 0\) 0x[0-9a-f]+.*i32\.div_s.*at m!main \(func 1\) 0x[0-9a-f]+.*call", run.Error);
    }

    [Fact]
    public void Exec_traces_offset_rule_operands_and_result_of_every_step()
    {
        string module = Script("m.wat", """(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 2))))""");
        var run = Conformance(["exec", module, "--invoke", "f", "40", "--trace"]);
        Assert.Equal("i32.const 42\n", run.Out);
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^ *0x[0-9a-f]+ +func 0  Step_pure/binop  i32\.add \(i32\.const 40\) \(i32\.const 2\) -> \(i32\.const 42\)$", lines[2]);
    }

    [Fact]
    public void Print_and_parse_are_inverse_and_validate_tells_the_phase()
    {
        string module = Script("m.wat", """(module $m (func $f (export "f") (param $x i32) (result i32) (local.get $x)))""");
        Assert.Equal(0, Conformance(["parse", module, "-o", "m.wasm"]).Code);
        Assert.Equal(0, Conformance(["print", "m.wasm", "-o", "n.wat"]).Code);
        Assert.Equal(0, Conformance(["parse", "n.wat", "-o", "n.wasm"]).Code);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "m.wasm")), File.ReadAllBytes(Path.Combine(_folder, "n.wasm")));
        Assert.Equal("valid\n", Conformance(["validate", "m.wasm"]).Out);
        var invalid = Conformance(["validate", Script("i.wat", "(module (func (result i32)))")]);
        Assert.Equal(1, invalid.Code);
        Assert.Contains("i.wat:1:", invalid.Error);
        Assert.Contains(": invalid: type mismatch", invalid.Error);
        Assert.Contains(": malformed: ", Conformance(["validate", Script("x.wat", "(module")]).Error);
    }

    [Fact]
    public void Every_command_has_help_that_names_its_options()
    {
        foreach (string command in new[] { "run", "suite", "report", "validate", "print", "parse", "exec", "litmus", "convert", "fuzz" })
        {
            var help = Conformance([command, "--help"]);
            Assert.Equal(0, help.Code);
            Assert.Contains("Usage:", help.Out);
        }
    }

    private string Script(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private (int Code, string Out, string Error) Conformance(string[] args, string? input = null, bool withSuites = true, (string Name, string Value)? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "conformance.dll"), .. args])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("GITHUB_ACTIONS");
        if (!withSuites)
        {
            start.Environment.Remove("WASM_SUITES");
            start.Environment.Remove("WASM_TESTSUITE");
            start.Environment["WASM_CONFORMANCE_CACHE"] = Path.Combine(_folder, "cache");
        }
        if (environment is { } variable) start.Environment[variable.Name] = variable.Value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result.ReplaceLineEndings("\n"), error.Result.ReplaceLineEndings("\n"));
    }
}
