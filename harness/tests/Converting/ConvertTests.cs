using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Conformance.Harness.Converting;
using Conformance.Harness.Engines;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Suites;
using Conformance.Harness.Tests.Repository;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Converting;

/// <summary>Scripts in the forms that other runners read.</summary>
public class ConvertTests
{
    private const string Script = """
        (module $m (func (export "\09\"€") (param i32) (result i32) (local.get 0)))
        (register "m" $m)
        (assert_return
          (invoke $m "\09\"€" (i32.const -1)) (i32.const -1))
        (assert_trap (invoke "\09\"€" (i32.const 0)) "never")
        (assert_invalid
          (module quote "(func (result i32))") "type mismatch")
        (assert_malformed (module quote "(func") "unexpected token")
        (module quote "(func)")
        """;

    private static List<JsonElement> Commands(JsonDialect dialect, out ScriptJson converted)
    {
        converted = ScriptJson.Convert(Encoding.UTF8.GetBytes(Script), "s.wast", Profile.Wasm3, dialect);
        return [.. JsonDocument.Parse(converted.Json).RootElement.GetProperty("commands").EnumerateArray()];
    }

    [Fact]
    public void The_form_of_wabt_has_its_order_unsigned_integers_and_its_escapes()
    {
        var commands = Commands(JsonDialect.Wabt, out var converted);
        Assert.Equal(["type", "line", "name", "filename"], commands[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal("""{"type":"assert_return","line":4,"action":{"type":"invoke","module":"$m","field":"\u0009\u0022€","args":[{"type":"i32","value":"4294967295"}]},"expected":[{"type":"i32","value":"4294967295"}]}""", Compact(commands[2]));
        Assert.Equal("""{"type":"assert_invalid","line":7,"filename":"s.1.wasm","text":"type mismatch","module_type":"binary"}""", Compact(commands[4]));
        Assert.Equal("""{"type":"module","line":9,"filename":"s.3.wasm"}""", Compact(commands[6]));
        Assert.Equal(["s.0.wasm", "s.1.wasm", "s.2.wat", "s.3.wasm"], converted.Files.Select(f => f.Name));
    }

    [Fact]
    public void The_form_of_wasm_tools_has_signed_integers_and_the_encoding_of_quoted_modules()
    {
        var commands = Commands(JsonDialect.WasmTools, out var converted);
        Assert.Equal("""{"type":"module","line":1,"name":"m","filename":"s.0.wasm","module_type":"binary"}""", Compact(commands[0]));
        Assert.Equal("-1", commands[2].GetProperty("expected")[0].GetProperty("value").GetString());
        Assert.False(commands[3].TryGetProperty("expected", out _));
        Assert.Equal("""{"type":"assert_invalid","line":7,"filename":"s.1.wat","module_type":"text","binary_filename":"s.1.wasm","text":"type mismatch"}""", Compact(commands[4]));
        Assert.Equal("""{"type":"assert_malformed","line":8,"filename":"s.2.wat","module_type":"text","text":"unexpected token"}""", Compact(commands[5]));
        Assert.Equal(["s.0.wasm", "s.1.wat", "s.1.wasm", "s.2.wat", "s.3.wat", "s.3.wasm"], converted.Files.Select(f => f.Name));
    }

    /// <summary>As it stands in the file, without line breaks and the blanks of the layout.</summary>
    private static string Compact(JsonElement command) => string.Concat(command.GetRawText().Split('\n').Select(l => l.TrimStart())).Replace("\": ", "\":", StringComparison.Ordinal);

    public static TheoryData<string> OwnScripts => [.. Directory.GetFiles(Path.Combine(Repo.Root, "corpus", "core"), "*.wast").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(OwnScripts))]
    public void A_script_in_binary_form_has_the_verdicts_of_the_original_and_no_module_as_text(string name)
    {
        byte[] source = File.ReadAllBytes(Path.Combine(Repo.Root, "corpus", "core", name));
        var profile = Profiles.OfFirstLine(source) ?? Profile.Wasm3;
        var converted = BinaryScript.Convert(source, profile);
        Assert.Empty(converted.LeftOut);
        byte[] binary = Encoding.UTF8.GetBytes(converted.Text);
        Assert.Equal(profile.Features, (Profiles.OfFirstLine(binary) ?? Profile.Wasm3).Features);
        Assert.Equal(Verdicts(name, source, profile), Verdicts(name, binary, profile));
        Assert.DoesNotMatch(@"\((func|memory|table|global) ", string.Join('\n', converted.Text.Split('\n').Where(l => !l.TrimStart().StartsWith('"'))));
    }

    private static IEnumerable<(string, Verdict)> Verdicts(string name, byte[] source, Profile profile)
    {
        var file = new ScriptFile("", name, null, profile, source);
        var run = Runner.Run(new RunOptions { Runtime = new ReferenceRuntime(), Files = [file], Suites = [], IsWhole = false, Jobs = 1 }, null, CancellationToken.None);
        return [.. run.Files.Single().Commands.Select(c => (c.Kind, c.Verdict))];
    }

    [ProgramFact("spectest-interp")]
    public void The_reader_of_wabt_takes_the_form_of_wabt()
    {
        var folder = Directory.CreateTempSubdirectory("conformance-convert-");
        try
        {
            var converted = ScriptJson.Convert(Encoding.UTF8.GetBytes(Script.Replace("(assert_trap (invoke \"\\09\\\"€\" (i32.const 0)) \"never\")\n", "", StringComparison.Ordinal)), "s.wast", Profile.Wasm3, JsonDialect.Wabt);
            File.WriteAllText(Path.Combine(folder.FullName, "s.json"), converted.Json);
            foreach (var (name, bytes) in converted.Files) File.WriteAllBytes(Path.Combine(folder.FullName, name), [.. bytes]);
            var start = new ProcessStartInfo(ProgramFactAttribute.Find("spectest-interp")!, [Path.Combine(folder.FullName, "s.json")]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            Assert.Contains("5/5 tests passed.", process.StandardOutput.ReadToEnd());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>A test that needs a program which may not be here.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        if (Find(program) is null) Skip = $"{program}: NOT RUN (neither {Program(program).Variable} names it nor is it on the search path)";
    }

    public static string? Find(string program) => Program(program).Find(new([], null, Environment.GetEnvironmentVariable)).Path;

    private static EngineProgram Program(string name) => new(name, "", ImmutableDictionary<string, string>.Empty);
}
