using System.Diagnostics;
using System.Globalization;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Generating;
using YamlDotNet.RepresentationModel;

namespace Conformance.Fuzz.Tests.Campaigns;

/// <summary>The commands themselves, on the reference in a worker and on a worker that lies.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "conformance.dll");

    private static readonly string Liar = $"liar=dotnet exec {typeof(TestProgram).Assembly.Location} worker";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"campaign-{Guid.NewGuid():N}");

    public CommandTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Exit_codes_say_whether_anything_unknown_was_found()
    {
        string[] run = ["fuzz", "run", "--layers", "single", "--cases", "1", "--seed", "5", "--jobs", "1", "--out"];
        var (code, output) = Conformance([.. run, At("same"), "--runtime", "reference"]);
        Assert.True(code == 0, output);
        (code, output) = Conformance([.. run, At("liar"), "--runtime", Liar]);
        Assert.True(code == 3, output);
        Assert.Contains("undecided: single: memory of ", output, StringComparison.Ordinal);
        // The same command has nothing more to do, another one is refused.
        Assert.Equal(3, Conformance([.. run, At("liar"), "--runtime", Liar]).Code);
        (code, output) = Conformance([.. run, At("liar"), "--runtime", Liar, "--shard", "1/2"]);
        Assert.True(code == 2, output);
        Assert.Contains("shard: 1/1 there, 1/2 here", output, StringComparison.Ordinal);

        // What is known gives no alarm.
        File.WriteAllText(At("known.yaml"), "issues:\n  - engine: liar\n    reason: it lies\n    link: this test\n");
        Assert.Equal(3, Conformance("fuzz", "report", At("liar"), "--junit", At("report.xml"), "--json", At("report.json")).Code);
        Assert.Contains("<failure", File.ReadAllText(At("report.xml")), StringComparison.Ordinal);
        Assert.Equal(0, Conformance("fuzz", "report", At("liar"), "--known-issues", At("known.yaml")).Code);

        (code, output) = Conformance("fuzz", "replay", Path.Combine(At("liar"), "findings", "001"), "--runtime", $"reference,{Liar}", "--dump", At("dump"));
        Assert.True(code == 3, output);
        Assert.Contains("<-- differs (memory)", output, StringComparison.Ordinal);
        byte[] kept = File.ReadAllBytes(Path.Combine(At("liar"), "findings", "001", "module-0.wasm"));
        Assert.Equal(kept, File.ReadAllBytes(Path.Combine(At("dump"), "module-0.wasm")));
        var named = CampaignFolder.Load(At("liar")).Findings.Values.Single(f => f.Folder == 1).Case;
        Assert.Equal(0, Conformance("fuzz", "replay", named.ToString(), "--dump", At("named"), "--quiet").Code);
        Assert.Equal(kept, File.ReadAllBytes(Path.Combine(At("named"), "module-0.wasm")));
        (code, output) = Conformance("fuzz", "replay", (named with { Version = named.Version + 1 }).ToString());
        Assert.True(code == 2, output);
    }

    [PosixFact]
    public void A_campaign_that_is_interrupted_says_so_and_has_saved_everything()
    {
        using var process = Start(["fuzz", "run", "--layers", "single", "--runtime", "reference", "--jobs", "1", "--out", At("out")]);
        string journal = Path.Combine(At("out"), CampaignFolder.JournalFile);
        while (!File.Exists(journal) || new FileInfo(journal).Length == 0) Thread.Sleep(10);
        // Not SIGINT: a program that is started in the background of a script is started deaf to it.
        using (var kill = System.Diagnostics.Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {process.Id}")])) kill.WaitForExit();
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 130, output);
        Assert.StartsWith("{\"checkpoint", File.ReadAllLines(journal)[^1], StringComparison.Ordinal);
    }

    /// <summary>The manifest's own command, once an index, with another volume, fewer indices and cases, and the worker of this assembly as the engine.</summary>
    [PosixFact]
    public void The_shards_of_the_Kubernetes_job_merge_to_the_whole_campaign()
    {
        var job = Manifest();
        var container = (YamlMappingNode)job["spec"]["template"]["spec"]["containers"][0];
        var environment = ((YamlSequenceNode)container["env"]).ToDictionary(e => e["name"].ToString(), e => e["value"].ToString());
        Assert.Equal("Indexed", job["spec"]["completionMode"].ToString());
        Assert.Equal(job["spec"]["completions"].ToString(), environment["SHARDS"]);
        Assert.Equal(environment["RESULTS"], container["volumeMounts"][0]["mountPath"].ToString());

        const int Shards = 2;
        environment["SHARDS"] = "2";
        environment["RUNTIME"] = Liar;
        environment["CASES"] = "1";
        environment["RESULTS"] = At("results");
        string bin = At("bin"), program = Path.Combine(bin, "conformance");
        Directory.CreateDirectory(bin);
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet exec \"{Program}\" \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        string[] command = [.. ((YamlSequenceNode)container["command"]).Concat((YamlSequenceNode)container["args"]).Select(n => n.ToString())];
        for (int index = 0; index < Shards; index++)
        {
            environment["JOB_COMPLETION_INDEX"] = index.ToString(CultureInfo.InvariantCulture);
            var (code, output) = Finish(Start(command[0], command[1..], environment));
            Assert.True(code == 0, output);
        }

        Assert.Equal(3, Conformance("fuzz", "merge", Path.Combine(At("results"), "1"), Path.Combine(At("results"), "0"), "--out", At("merged")).Code);
        // One block of each of two shards is the campaign of two blocks.
        var merged = CampaignFolder.Load(At("merged"));
        Assert.Equal(["1/2", "2/2"], merged.Parts.Values.Select(p => p.Options.Shard.ToString()));
        Assert.Equal(2 * CaseBlock.Size, merged.Totals.Scripts);
        Assert.NotEmpty(merged.Findings);
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["run", "--runtime", "nosuch"], "unknown runtime `nosuch`" },
        { ["run", "--runtime", "reference,worker:reference", "--cases", "1"], "2 engines are called `reference`" },
        { ["run", "--runtime", "reference", "--jobs", "0"], "--jobs 0: at least 1" },
        { ["run", "--runtime", "reference", "--time", "abc"], "--time abc: not a time" },
        { ["run", "--runtime", "reference", "--layers", "nosuch"], "--layers nosuch: no such layer" },
        { ["replay", $"{Generator.Version}:nosuch:1"], "no layer `nosuch`" },
        { ["replay", "nosuch"], "nosuch: no name of a case" },
        { ["report", "."], ": no campaign folder" },
        { ["merge", ".", "--out", "merged"], ": no campaign folder" },
        { ["mutants", "--only", "M00"], "there is no mutant M00" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_said_in_a_line_and_ends_with_exit_code_2(string[] arguments, string said)
    {
        var (code, output) = Conformance(["fuzz", .. arguments]);
        Assert.True(code == 2 && output.Contains(said, StringComparison.Ordinal) && !output.Contains("   at ", StringComparison.Ordinal), $"{code}: {output}");
    }

    [Fact]
    public void A_benchmark_leaves_out_the_layers_that_an_engine_does_not_get()
    {
        var (code, output) = Conformance("fuzz", "bench", "--runtime", "reference", "--layers", "text", "--time", "0.01s");
        Assert.True(code == 0, output);
        Assert.Contains("| text | 1.0 |", output, StringComparison.Ordinal);
        Assert.DoesNotContain("| text | reference |", output, StringComparison.Ordinal);
    }

    private static YamlMappingNode Manifest([System.Runtime.CompilerServices.CallerFilePath] string file = "")
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "kubernetes", "job.yaml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static (int Code, string Output) Conformance(params string[] arguments) => Finish(Start(arguments));

    private static Process Start(string[] arguments) => Start("dotnet", ["exec", Program, .. arguments], []);

    private static Process Start(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static (int Code, string Output) Finish(Process process)
    {
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
    }
}
