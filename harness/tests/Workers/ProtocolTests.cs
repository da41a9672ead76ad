using System.Text;
using System.Text.Json;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Scripts;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Workers;

public class ProtocolTests
{
    public static TheoryData<string> Values =>
    [
        "i32:0", "i32:ffffffff", "i64:8000000000000000", "f32:7fa00001", "f64:fff4000000000001", "v128:0123456789abcdef0011223344556677",
        "null", "null:func", "null:extern", "null:noexn", "i31:7", "i31", "struct", "array", "func", "exn", "cont", "extern:4294967295", "extern", "host:0", "ref",
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_read_as_it_is_written(string text) => Assert.Equal(text, WireValue.Text(WireValue.Parse(text)));

    [Theory]
    [InlineData("i32:100000000")]
    [InlineData("i32:-1")]
    [InlineData("i32:")]
    [InlineData("i32")]
    [InlineData("v128:100000000000000000000000000000000")]
    [InlineData("null:i32")]
    [InlineData("extern:4294967296")]
    [InlineData("extern:x")]
    [InlineData("")]
    public void What_is_no_value_is_refused(string text) => Assert.Throws<ProtocolException>(() => WireValue.Parse(text));

    private static List<JsonElement> Serve(params string[] requests)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(requests.Select((r, i) => $"{{\"id\":{i + 1},{r}}}\n"))));
        using var output = new MemoryStream();
        WorkerHost.Serve(new ReferenceRuntime(), input, output);
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    [Fact]
    public void Requests_are_answered_in_order_with_their_numbers()
    {
        var answers = Serve(
            """
            "do":"hello","protocol":1
            """, """
            "do":"reset","version":"3.0","features":["simd"]
            """, """
            "do":"load","module":1,"hex":"0061736d01000000"
            """, """
            "do":"instantiate","module":1,"instance":7
            """, """
            "do":"invoke","instance":7,"name":"f","args":[]
            """, """
            "do":"invoke","instance":8,"name":"f","args":[]
            """, """
            "do":"load","module":2,"hex":"0061736d02000000"
            """, """
            "do":"bye"
            """, """
            "do":"hello","protocol":1
            """);
        Assert.Equal(Enumerable.Range(1, 8), answers.Select(a => a.GetProperty("id").GetInt32()));
        Assert.Equal(["hello", "done", "loaded", "instantiated", "inapplicable", "inapplicable", "malformed", "done"], answers.Select(a => a.GetProperty("is").GetString()));
        Assert.Equal(4, answers[6].GetProperty("offset").GetInt32());
    }

    [Fact]
    public void A_reset_holds_to_its_features()
    {
        // (module (memory 1) (memory 1))
        const string Load = "\"do\":\"load\",\"module\":1,\"hex\":\"0061736d010000000505020001 0001\"";
        string Reset(string version, string features) => $"\"do\":\"reset\",\"version\":\"{version}\",\"features\":[{features}]";
        var answers = Serve(Reset("1.0", ""), Load.Replace(" ", "", StringComparison.Ordinal), Reset("3.0", "\"multi-memory\""), Load.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(["done", "invalid", "done", "loaded"], answers.Select(a => a.GetProperty("is").GetString()));
    }

    [Fact]
    public void The_document_names_every_request_answer_and_type()
    {
        string text = Repo.Read("harness/PROTOCOL.md");
        foreach (string word in Protocol.Obligatory.Concat(Protocol.Optional)) Assert.Contains($"| `{word}` |", text, StringComparison.Ordinal);
        foreach (string word in Protocol.ValueTypes) Assert.Contains(word, text, StringComparison.Ordinal);
        foreach (string word in Enum.GetNames<TrapKind>().Concat(Conformance.Harness.Suites.Profiles.NamesOf(Features.All))) Assert.Matches($"(?<![\\w-]){word}(?![\\w-])", text);
        Assert.Contains($"version {Protocol.Version}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_workers_are_small()
    {
        foreach (string worker in Repo.Files.Where(f => f.StartsWith("harness/engines/workers/", StringComparison.Ordinal)))
            Assert.InRange(Repo.Read(worker).Split('\n').Length - 1, 1, 150);
    }

    /// <summary>The probes are right where every kind is told.</summary>
    [Fact]
    public void Every_probe_traps_with_its_kind_on_the_reference()
    {
        var kinds = new HashSet<TrapKind>();
        foreach (var (kind, _, binary) in Probes.Traps())
        {
            using var store = new ReferenceRuntime().CreateStore(new StoreRequest(Profile.All));
            var outcome = store.Instantiate(Assert.IsType<Outcome.Loaded>(store.Load(binary)).Module);
            if (outcome is Outcome.Instantiated made) outcome = store.Invoke(made.Instance, "f", []);
            Assert.Equal(kind, Assert.Single(Assert.IsType<Outcome.Trapped>(outcome).Kinds));
            kinds.Add(kind);
        }
        Assert.Empty(Enum.GetValues<TrapKind>().Except(kinds));
    }

    /// <summary>An engine that lacks the feature must refuse the module, or its probe says nothing.</summary>
    [Fact]
    public void Every_feature_has_a_probe_that_is_refused_without_it()
    {
        foreach (var (feature, binary) in Probes.OfEachFeature())
        {
            Assert.IsType<Outcome.Loaded>(Load(Features.All));
            Assert.IsNotType<Outcome.Loaded>(Load(Features.All & ~feature));

            Outcome Load(Features features)
            {
                using var store = new ReferenceRuntime().CreateStore(new StoreRequest(Profile.All with { Features = features }));
                return store.Load(binary);
            }
        }
        var probed = Probes.OfEachFeature().Aggregate(Features.None, (all, p) => all | p.Feature);
        Assert.Equal(Features.Annotations | Features.CustomSections, Features.All & ~probed);
    }

    [Fact]
    public void Numbers_in_messages_do_not_count()
    {
        var partition = TrapPartition.Empty.With("segment 0 of 65536 bytes", TrapKind.DataSegOob).With("boom", TrapKind.MemOob).With("boom", TrapKind.TableOob).WithExhaustion("no room").WithExhaustion("boom");
        Assert.Equal(TrapKind.DataSegOob, Assert.Single(partition.Of("segment 12 of 1 bytes")));
        Assert.Equal(new[] { TrapKind.MemOob, TrapKind.TableOob }, partition.Of("boom").AsEnumerable());
        Assert.Empty(partition.Of("bang"));
        Assert.True(partition.IsExhaustion("no room"));
        Assert.False(partition.IsExhaustion("boom"));
    }

    [Fact]
    public void A_worker_of_the_kit_tells_what_its_runtime_is()
    {
        using var runtime = OutOfProcessRuntime.Start(Programs.Reference);
        Assert.Equal("reference", runtime.Info.Name);
        Assert.True(runtime.Info is { DistinguishesMalformed: true, SpeaksSuiteMessages: true, Threads: true });
        Assert.Equal(Features.All, runtime.Info.Features);
    }

    [Fact]
    public void A_worker_of_the_kit_passes_the_test_for_workers() => Assert.Empty(WorkerTest.Run(Programs.Reference).Where(c => c.Passed != true).Select(c => c.Text));

    /// <summary>Floats, vectors and references arrive whole through modules that know integers only.</summary>
    [ProxyFact]
    public void A_worker_of_integers_passes_the_test_for_workers()
    {
        var checks = WorkerTest.Run(Programs.Proxy("--values", "i32,i64")).ToList();
        Assert.Empty(checks.Where(c => c.Passed == false).Select(c => c.Text));
        Assert.Contains(checks, c => c is { Passed: null } && c.Text.Contains("of type v128 do not cross", StringComparison.Ordinal));
    }

    /// <summary>An engine that has a feature but for some instructions loses their probes.</summary>
    [ProxyFact]
    public void A_probe_that_is_refused_is_no_fault_of_the_worker()
    {
        // array.init_data
        var checks = WorkerTest.Run(Programs.Proxy("--lacks", "fb12")).ToList();
        Assert.Empty(checks.Where(c => c.Passed == false).Select(c => c.Text));
        Assert.Contains(new WorkerCheck(null, "a probe of ArrNewDataOob: rejected: unsupported opcode"), checks);
    }

    /// <summary>The registry of the engine may hold something else under the name, which must not be taken for what was to be registered.</summary>
    [ProxyFact]
    public void What_a_worker_cannot_register_is_a_limit_of_who_imports_it()
    {
        const string Script = """
            (module $m (func (export "f")))
            (register "other" $m) (register "taken" $m)
            (module (import "other" "f" (func)))
            (module (import "other" "f" (func)) (import "taken" "f" (func)))
            (assert_unlinkable (module (import "taken" "g" (func))) "unknown import")
            (assert_unlinkable (module (import "other" "g" (func))) "unknown import")
            """;
        using var runtime = OutOfProcessRuntime.Start(Programs.Proxy("--unregistered", "taken"));
        var result = ScriptRunner.Run(new ScriptFile("", "taken.wast", null, Profile.Wasm3, Encoding.UTF8.GetBytes(Script)), new RunOptions { Runtime = runtime, Files = [] });
        Assert.Equal([Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.Passed, Verdict.AdapterLimit, Verdict.AdapterLimit, Verdict.Passed], result.Commands.Select(c => c.Verdict));
        Assert.Contains("taken is taken", result.Commands[4].Text, StringComparison.Ordinal);
        Assert.Equal(1, runtime.Started);
    }

    [Fact]
    public void Threads_share_memories_in_one_worker()
    {
        const string Script = """
            (module $m (memory (export "memory") 1 1 shared))
            (thread $t (shared (module $m))
              (register "mem" $m)
              (module (memory (import "mem" "memory") 1 1 shared) (func (export "put") (i32.atomic.store (i32.const 0) (i32.const 42))))
              (invoke "put"))
            (wait $t)
            (register "mem" $m)
            (module (memory (import "mem" "memory") 1 1 shared) (func (export "take") (result i32) (i32.atomic.load (i32.const 0))))
            (assert_return (invoke "take") (i32.const 42))
            """;
        using var runtime = OutOfProcessRuntime.Start(Programs.Reference);
        var result = ScriptRunner.Run(new ScriptFile("", "threads.wast", null, Profile.All, Encoding.UTF8.GetBytes(Script)), new RunOptions { Runtime = runtime, Files = [] });
        Assert.All(result.Commands, c => Assert.Equal(Verdict.Passed, c.Verdict));
        Assert.Equal(1, runtime.Started);
    }

    [EngineFact("node")]
    public void Node_passes_the_test_for_workers() => PassesTheTest("node");

    [EngineFact("bun")]
    public void Bun_passes_the_test_for_workers() => PassesTheTest("bun");

    [EngineFact("deno")]
    public void Deno_passes_the_test_for_workers() => PassesTheTest("deno");

    [EngineFact("jsc")]
    public void Jsc_passes_the_test_for_workers() => PassesTheTest("jsc");

    [EngineFact("gjs")]
    public void Gjs_passes_the_test_for_workers() => PassesTheTest("gjs");

    [EngineFact("wasm-tools")]
    public void A_validator_passes_the_test_for_workers() => PassesTheTest("wasm-tools");

    private static void PassesTheTest(string engine)
    {
        var (spec, _) = Engines.EngineCatalog.Find(engine)!.Locate(Programs.Places);
        Assert.Empty(WorkerTest.Run(spec!).Where(c => c.Passed == false).Select(c => c.Text));
    }
}
