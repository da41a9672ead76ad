using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Scripts;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>What a check of a worker found.</summary>
/// <param name="Passed">False for a fault, null for what the worker does not have.</param>
/// <param name="Text">What was checked, and what was wrong or is missing.</param>
public sealed record WorkerCheck(bool? Passed, string Text);

/// <summary>The test that an author runs on a worker: does it keep to the protocol, and is what it answers true?</summary>
public static class WorkerTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs all checks; each is given as soon as it is done. The first that makes the others pointless is the last.</summary>
    public static IEnumerable<WorkerCheck> Run(WorkerSpec spec, WorkerLimits? limits = null)
    {
        var allowed = limits ?? WorkerLimits.Default;
        foreach (var check in Frames(spec, allowed)) yield return check;
        OutOfProcessRuntime? runtime = null;
        WorkerCheck? failed = null;
        try
        {
            runtime = OutOfProcessRuntime.Start(spec, allowed);
        }
        catch (WorkerStartException e)
        {
            failed = new(false, e.Message);
        }
        if (failed is not null)
        {
            yield return failed;
            yield break;
        }
        using (runtime)
        {
            foreach (var check in Declared(runtime!.Facts)) yield return check;
            foreach (var check in Script(runtime)) yield return check;
            foreach (var check in Embedding(runtime)) yield return check;
            if (runtime.Facts.Has(Protocol.Batch)) yield return Batch(runtime);
            foreach (var check in Traps(runtime)) yield return check;
            yield return runtime.Started == 1 ? new(true, "one worker served it all") : new(false, $"{runtime.Started} workers were started: the others were lost");
        }
    }

    private static IEnumerable<WorkerCheck> Frames(WorkerSpec spec, WorkerLimits limits)
    {
        yield return Check("hello is answered, with unknown members in it", () =>
        {
            using var worker = new WorkerProcess(spec, limits);
            using var hello = worker.Ask("\"do\":\"hello\",\"protocol\":1,\"kit\":\"test\",\"unknown\":{\"a\":[1,null]}"u8, limits.Start);
            WorkerFacts.Read(hello.RootElement);
        });
        yield return Check("requests sent ahead are answered in order", () =>
        {
            using var worker = new WorkerProcess(spec, limits);
            worker.Ask("\"do\":\"hello\",\"protocol\":1"u8, limits.Start).Dispose();
            const int Ahead = 50;
            var order = new List<int>();
            var threads = Enumerable.Range(0, Ahead).Select(i => new Thread(() =>
            {
                try
                {
                    using var answer = worker.Ask("\"do\":\"reset\",\"version\":\"3.0\",\"features\":[]"u8, Patience);
                    if (WireOutcome.Word(answer.RootElement) == "done") lock (order) order.Add(i);
                }
                catch (Exception e) when (e is WorkerLostException or ProtocolException)
                {
                    // Counted as missing.
                }
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            if (order.Count != Ahead) throw new ProtocolException($"{order.Count} of {Ahead} answers came{(worker.Lost is { } lost ? $": {lost.Message}" : "")}");
        });
        yield return Check("a large module is read and loaded", () =>
        {
            using var worker = new WorkerProcess(spec, limits);
            worker.Ask("\"do\":\"hello\",\"protocol\":1"u8, limits.Start).Dispose();
            worker.Ask("\"do\":\"reset\",\"version\":\"3.0\",\"features\":[]"u8).Dispose();
            // A custom section of two megabytes.
            const int Size = 1 << 21;
            byte[] module = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0, 0, 0x82, 0x80, 0x80, 0x01, 1, (byte)'x', .. new byte[Size]];
            using var answer = worker.Ask(Encoding.UTF8.GetBytes($"\"do\":\"load\",\"module\":1,\"hex\":\"{Convert.ToHexStringLower(module)}\""));
            if (WireOutcome.Word(answer.RootElement) != "loaded") throw new ProtocolException($"the answer was {answer.RootElement}");
        });
        yield return Check("the worker ends after bye", () => Ends(spec, limits, worker => worker.Ask("\"do\":\"bye\""u8, Patience).Dispose()));
        yield return Check("the worker ends with its input", () => Ends(spec, limits, worker => worker.CloseInput()));
    }

    private static void Ends(WorkerSpec spec, WorkerLimits limits, Action<WorkerProcess> end)
    {
        using var worker = new WorkerProcess(spec, limits);
        worker.Ask("\"do\":\"hello\",\"protocol\":1"u8, limits.Start).Dispose();
        end(worker);
        if (!worker.WaitForEnd(Patience)) throw new ProtocolException($"it still runs after {Patience.TotalSeconds} s");
    }

    private static WorkerCheck Check(string what, Action check)
    {
        try
        {
            check();
            return new(true, what);
        }
        catch (Exception e) when (e is WorkerLostException or WorkerStartException or ProtocolException or JsonException or CaseLostException)
        {
            return new(false, $"{what}: {e.Message}");
        }
    }

    private static IEnumerable<WorkerCheck> Declared(WorkerFacts facts)
    {
        foreach (string request in Protocol.Optional)
            if (!facts.Has(request) && request is not (Protocol.Share or Protocol.Batch)) yield return new(null, $"request `{request}`: {facts.WhyNot(request)}");
        foreach (string type in Protocol.ValueTypes)
            if (!facts.Values.Contains(type)) yield return new(null, $"values of type {type} do not cross: the kit bridges them");
        foreach (string feature in Suites.Profiles.NamesOf(Features.All & ~facts.Features))
            yield return new(null, $"feature {feature}");
        if (!facts.DistinguishesMalformed) yield return new(null, "malformed and invalid modules are not told apart");
    }

    /// <summary>The script's commands by its comments.</summary>
    private static IEnumerable<WorkerCheck> Script(OutOfProcessRuntime runtime)
    {
        using var stream = typeof(WorkerTest).Assembly.GetManifestResourceStream("worker-test.wast")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        byte[] source = copy.ToArray();
        string[] lines = Encoding.UTF8.GetString(source).Split('\n');
        var result = ScriptRunner.Run(new ScriptFile("", "worker-test.wast", null, Profile.Wasm3, source), new RunOptions { Runtime = runtime, Files = [] });
        foreach (var section in result.Commands.GroupBy(c => SectionOf(lines, c.Line)))
        {
            var bad = section.Where(c => c.Verdict is not (Verdict.Passed or Verdict.Unsupported or Verdict.AdapterLimit)).ToList();
            foreach (var command in bad) yield return new(false, $"{section.Key}: line {command.Line} {lines[command.Line - 1].Trim()}: {command.Text}");
            int missing = section.Count(c => c.Verdict is Verdict.Unsupported or Verdict.AdapterLimit);
            if (bad.Count == 0)
                yield return missing == section.Count() ? new(null, $"{section.Key}: {section.First().Detail}") : new(true, $"{section.Key}: {section.Count() - missing} commands{(missing == 0 ? "" : $", {missing} not supported")}");
        }
    }

    private static string SectionOf(string[] lines, int line)
    {
        for (int i = line - 1; i >= 0; i--)
            if (lines[i].StartsWith(";; ", StringComparison.Ordinal)) return lines[i][3..];
        return "";
    }

    /// <summary>What no command of a script asks for: memories, payloads, undefined exports, what a reset forgets.</summary>
    private static IEnumerable<WorkerCheck> Embedding(OutOfProcessRuntime runtime)
    {
        if (!runtime.Facts.Has(Protocol.Instantiate) || !runtime.Facts.Has(Protocol.Invoke)) yield break;
        using var store = runtime.CreateStore(new StoreRequest(Profile.Wasm3 with { Features = runtime.Facts.Features & Features.Wasm3 }));
        if (Instantiate(store, "(memory (export \"m\") 1) (data (i32.const 65534) \"\\01\\ff\") (func (export \"f\"))") is not { } instance)
        {
            yield return new(false, "a module with a memory is not instantiated");
            yield break;
        }
        if (runtime.Facts.Has(Protocol.Memory))
            yield return store.ReadMemory(instance, "m", 65534, 10) is { } bytes && bytes.SequenceEqual(new byte[] { 1, 0xff })
                ? new(true, "a memory is read, and no further than its end") : new(false, "reading ten bytes of a memory two before its end does not give two bytes 01 ff");
        yield return store.Invoke(instance, "no such", []) is Outcome.Inapplicable ? new(true, "an undefined export is told") : new(false, "invoking an undefined export is not answered with `inapplicable`");
        if (runtime.Facts.Features.HasFlag(Features.Exceptions))
        {
            var thrown = Instantiate(store, "(tag $e (export \"e\") (param i32 f64)) (func (export \"f\") i32.const 7 f64.const nan:0x4000000000001 throw $e)") is { } thrower ? store.Invoke(thrower, "f", []) : null;
            ImmutableArray<Value> payload = [Value.I32(7), Value.F64(0x7ff4000000000001)];
            yield return thrown is Outcome.Threw { Values: { IsDefault: false } values } && values.SequenceEqual(payload) ? new(true, "the payload of an exception is told, bit by bit")
                : thrown is Outcome.Threw { Values.IsDefault: true } ? new(null, "the payload of an exception is not told") : new(false, $"an exception's payload is wrong: {thrown}");
        }
        if (!runtime.Facts.Has(Protocol.Register)) yield break;
        store.Register("left behind", instance);
        store.Dispose();
        using var next = runtime.CreateStore(new StoreRequest(Profile.Wasm1));
        yield return Instantiate(next, "(import \"left behind\" \"f\" (func))") is null ? new(true, "reset forgets registrations") : new(false, "what was registered before a reset can still be imported");
    }

    /// <summary>A batch whose requests depend on each other, on what traps, and on what could not be made.</summary>
    private static WorkerCheck Batch(OutOfProcessRuntime runtime) => Check("the requests of a batch are answered as if each came alone, and with `inapplicable` where they name what could not be made", () =>
    {
        var worker = runtime.Rent();
        var exchange = new CaseExchange(worker, batches: true, Patience);
        string[] modules =
        [
            Convert.ToHexStringLower(Probes.Binary("(global $n (mut i32) (i32.const 6)) (func (export \"up\") (result i32) global.get $n i32.const 1 i32.add global.set $n global.get $n) (func (export \"trap\") unreachable)")),
            Convert.ToHexStringLower(Probes.Binary("(import \"nowhere\" \"f\" (func))")),
            "0061736d0100000001",
        ];
        var replies = new List<CaseReply> { exchange.Ask(Protocol.Reset, Awaited.Done, WriteReset) };
        for (int i = 0; i < modules.Length; i++)
        {
            int number = i + 1;
            replies.Add(exchange.Ask(Protocol.Load, Awaited.Loaded, json => Members(json, ("module", number), ("hex", modules[number - 1]))));
            replies.Add(exchange.Ask(Protocol.Instantiate, Awaited.Instantiated, json => Members(json, ("module", number), ("instance", number))));
        }
        foreach (var (instance, name) in new[] { (1, "up"), (2, "f"), (1, "trap"), (1, "up"), (3, "f") })
            replies.Add(exchange.Ask(Protocol.Invoke, Awaited.Call, json =>
            {
                Members(json, ("instance", instance), ("name", name));
                json.WriteStartArray("args");
                json.WriteEndArray();
            }));
        try
        {
            exchange.Flush();
        }
        finally
        {
            runtime.Return(worker);
        }
        string got = string.Join(", ", replies.Select(r => r.Outcome switch
        {
            Outcome.Rejected or Outcome.Malformed => "refused",
            Outcome.Returned { Values: [var value] } => WireValue.Text(value),
            Outcome.Returned => "done",
            var outcome => outcome!.GetType().Name.ToLowerInvariant(),
        }));
        const string Wanted = "done, loaded, instantiated, loaded, unlinkable, refused, inapplicable, i32:7, inapplicable, trapped, i32:8, inapplicable";
        if (got != Wanted) throw new ProtocolException($"the answers were {got} in place of {Wanted}");
    });

    private static void WriteReset(Utf8JsonWriter json)
    {
        json.WriteString("version", "3.0");
        json.WriteStartArray("features");
        json.WriteEndArray();
    }

    private static void Members(Utf8JsonWriter json, params ReadOnlySpan<(string Name, object Value)> members)
    {
        foreach (var (name, value) in members)
            if (value is int number) json.WriteNumber(name, number);
            else json.WriteString(name, (string)value);
    }

    private static IInstance? Instantiate(IStore store, string fields) =>
        store.Load(Probes.Binary(fields)) is Outcome.Loaded loaded && store.Instantiate(loaded.Module) is Outcome.Instantiated made ? made.Instance : null;

    /// <summary>Every probe of a trap must trap, and where the worker tells kinds, with its kind.</summary>
    private static IEnumerable<WorkerCheck> Traps(OutOfProcessRuntime runtime)
    {
        if (!runtime.Facts.Has(Protocol.Instantiate) || !runtime.Facts.Has(Protocol.Invoke)) yield break;
        var kinds = new SortedSet<TrapKind>();
        foreach (var (kind, needs, binary) in Probes.Traps())
        {
            if (!runtime.Facts.Features.HasFlag(needs)) continue;
            using var store = runtime.CreateStore(new StoreRequest(Profile.All with { Features = runtime.Facts.Features }));
            var outcome = store.Load(binary);
            if (outcome is Outcome.Loaded loaded) outcome = store.Instantiate(loaded.Module);
            if (outcome is Outcome.Instantiated made) outcome = store.Invoke(made.Instance, "f", []);
            if (outcome is Outcome.Trapped trap && trap.Kinds.Contains(kind)) kinds.Add(kind);
            // A part of a feature that the engine lacks: the feature's own module has an instruction of it that the engine knows.
            else if (outcome is Outcome.Rejected or Outcome.Malformed or Outcome.Invalid or Outcome.Unsupported) yield return new(null, $"a probe of {kind}: {outcome}");
            else yield return new(false, $"a probe of {kind}: {outcome}{(outcome is Outcome.Trapped t ? $", which is {string.Join(" or ", t.Kinds)}" : "")}");
        }
        yield return new(true, $"{kinds.Count} kinds of trap{(runtime.Facts.TellsKinds ? "" : $", told by {runtime.Facts.Traps.Kinds.Count} messages")}");
    }
}
