using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Workers;

/// <summary>Cases and their results as the protocol writes them: actions are lists, and a result that is a list is of what was returned.</summary>
internal static class WireCase
{
    private const string Load = "load", Instantiate = "instantiate", Invoke = "invoke", Sweep = "sweep", Memory = "memory", Digest = "digest", Get = "get";
    private const string Swept = "swept", Bytes = "bytes", Digested = "digested", NotRun = "notRun";

    // The kit's side of the request, the worker's of the answer.

    public static void Write(Utf8JsonWriter json, Case @case)
    {
        json.WriteStartObject();
        json.WriteStartArray("modules");
        foreach (byte[] module in @case.Modules) WriteHex(json, module);
        json.WriteEndArray();
        json.WriteStartArray("actions");
        foreach (var action in @case.Actions) Write(json, action);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Bytes as a string of digits, written without being looked at again.</summary>
    private static void WriteHex(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        int length = (2 * bytes.Length) + 2;
        byte[] text = ArrayPool<byte>.Shared.Rent(length);
        text[0] = text[length - 1] = (byte)'"';
        Convert.TryToHexStringLower(bytes, text.AsSpan(1, length - 2), out _);
        json.WriteRawValue(text.AsSpan(0, length), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(text);
    }

    private static void Write(Utf8JsonWriter json, CaseAction action)
    {
        json.WriteStartArray();
        switch (action)
        {
            case CaseAction.Load a:
                json.WriteStringValue(Load);
                json.WriteNumberValue(a.Module);
                break;
            case CaseAction.Instantiate a:
                json.WriteStringValue(Instantiate);
                json.WriteNumberValue(a.Module);
                if (a.As is not null) json.WriteStringValue(a.As);
                break;
            case CaseAction.Invoke a:
                On(json, Invoke, a.Instance, a.Name);
                foreach (var value in a.Args) json.WriteStringValue(WireValue.Text(value));
                break;
            case CaseAction.Sweep a:
                On(json, Sweep, a.Instance, a.Name);
                json.WriteNumberValue(a.Count);
                break;
            case CaseAction.Memory a:
                On(json, Memory, a.Instance, a.Name);
                json.WriteNumberValue(a.Offset);
                json.WriteNumberValue(a.Length);
                break;
            case CaseAction.Digest a: On(json, Digest, a.Instance, a.Name); break;
            case CaseAction.Get a: On(json, Get, a.Instance, a.Name); break;
            case CaseAction.Parse: throw new UnreachableException("engines get binaries");
            default: throw new UnreachableException($"action {action}");
        }
        json.WriteEndArray();
    }

    private static void On(Utf8JsonWriter json, string word, int instance, string name)
    {
        json.WriteStringValue(word);
        json.WriteNumberValue(instance);
        json.WriteStringValue(name);
    }

    /// <summary>Reads the result of a case.</summary>
    /// <param name="results">The worker's list.</param>
    /// <param name="case">The case, which says how many results there are.</param>
    /// <param name="explain">Puts into an outcome what the kit knows of the engine.</param>
    /// <exception cref="ProtocolException">It is no result of the case.</exception>
    public static CaseResult ReadResult(JsonElement results, Case @case, Func<Outcome, Outcome> explain)
    {
        if (results.ValueKind != JsonValueKind.Array || results.GetArrayLength() != @case.Actions.Length) throw new ProtocolException("a case's result is no list of one result an action");
        var read = ImmutableArray.CreateBuilder<ActionResult>(@case.Actions.Length);
        foreach (var result in results.EnumerateArray()) read.Add(ReadResult(result, explain));
        return new(read.MoveToImmutable());
    }

    private static readonly ActionResult Nothing = new ActionResult.Ended(new Outcome.Returned([])), DidNotRun = new ActionResult.NotRun();

    private static ActionResult ReadResult(JsonElement result, Func<Outcome, Outcome> explain)
    {
        if (result.ValueKind == JsonValueKind.Array)
            return result.GetArrayLength() == 0 ? Nothing : new ActionResult.Ended(new Outcome.Returned(Values(result)));
        if (result.ValueKind != JsonValueKind.Object) throw new ProtocolException("an action's result is neither a list nor an object");
        ActionResult read = WireOutcome.Word(result) switch
        {
            NotRun => DidNotRun,
            Swept => ReadSwept(result, explain),
            Bytes => new ActionResult.Bytes(WireOutcome.Hex(result)),
            Digested => new ActionResult.Digested((ulong)Number(result, "length"), (uint)Number(result, "hash")),
            _ => new ActionResult.Ended(explain(WireOutcome.Read(result, null, null))),
        };
        return result.TryGetProperty("trace", out var trace) ? read with { Trace = Values(trace) } : read;
    }

    private static ActionResult.Swept ReadSwept(JsonElement result, Func<Outcome, Outcome> explain)
    {
        long count = Number(result, "count");
        if (count is < 0 or > CaseAction.MostSwept) throw new ProtocolException($"a sweep of {count}");
        var outcomes = new Outcome?[count];
        foreach (var group in WireOutcome.Items(result, "ended"))
        {
            if (group.ValueKind != JsonValueKind.Array || group.GetArrayLength() != 2 || group[1].ValueKind != JsonValueKind.Array) throw new ProtocolException("`ended` holds what is no outcome with its calls");
            var outcome = group[0].ValueKind == JsonValueKind.Array ? new Outcome.Returned(Values(group[0])) : explain(WireOutcome.Read(group[0], null, null));
            foreach (var index in group[1].EnumerateArray())
                if (index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out int i) && i >= 0 && i < count) outcomes[i] = outcome;
                else throw new ProtocolException("`ended` names a call that is not in the sweep");
        }
        return new([.. outcomes]);
    }

    // The worker's side of the request.

    /// <exception cref="ProtocolException">It is no case.</exception>
    public static Case Read(JsonElement @case)
    {
        var modules = ImmutableArray.CreateBuilder<byte[]>();
        foreach (string hex in WireOutcome.Texts(@case, "modules")) modules.Add(WireOutcome.Hex(hex));
        var actions = ImmutableArray.CreateBuilder<CaseAction>();
        foreach (var action in WireOutcome.Items(@case, "actions")) actions.Add(ReadAction(action));
        return new(modules.ToImmutable(), actions.ToImmutable());
    }

    private static CaseAction ReadAction(JsonElement action)
    {
        try
        {
            int first = action[1].GetInt32();
            switch (action[0].GetString())
            {
                case Load: return new CaseAction.Load(first);
                case Instantiate: return new CaseAction.Instantiate(first, action.GetArrayLength() > 2 ? action[2].GetString() : null);
                case Sweep: return new CaseAction.Sweep(first, Name(action), action[3].GetInt32() is >= 0 and <= CaseAction.MostSwept and var count ? count : throw new ProtocolException("a sweep of that many"));
                case Memory: return new CaseAction.Memory(first, Name(action), action[3].GetInt32(), action[4].GetInt32());
                case Digest: return new CaseAction.Digest(first, Name(action));
                case Get: return new CaseAction.Get(first, Name(action));
                case Invoke:
                    var args = ImmutableArray.CreateBuilder<Value>(action.GetArrayLength() - 3);
                    for (int i = 3; i < action.GetArrayLength(); i++) args.Add(WireValue.Parse(action[i].GetString()!));
                    return new CaseAction.Invoke(first, Name(action), args.MoveToImmutable());
                case var other: throw new ProtocolException($"unknown action `{other}`");
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IndexOutOfRangeException or FormatException or ArgumentOutOfRangeException)
        {
            throw new ProtocolException($"`{action.GetRawText()}` is no action");
        }
    }

    private static string Name(JsonElement action) => action[2].GetString()!;

    /// <summary>Writes the results of a case as a list.</summary>
    public static void Write(Utf8JsonWriter json, CaseResult result)
    {
        json.WriteStartArray();
        foreach (var action in result.Results) Write(json, action);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ActionResult result)
    {
        if (result is ActionResult.Ended { Outcome: Outcome.Returned returned, Trace.IsEmpty: true })
        {
            Values(json, returned.Values);
            return;
        }
        json.WriteStartObject();
        switch (result)
        {
            case ActionResult.Ended r: WireOutcome.Write(json, WithoutFrames(r.Outcome)); break;
            case ActionResult.Swept r: WriteSwept(json, r); break;
            case ActionResult.Bytes r:
                json.WriteString("is", Bytes);
                json.WritePropertyName("hex");
                WriteHex(json, r.Data);
                break;
            case ActionResult.Digested r:
                json.WriteString("is", Digested);
                json.WriteNumber("length", r.Length);
                json.WriteNumber("hash", r.Hash);
                break;
            case ActionResult.NotRun: json.WriteString("is", NotRun); break;
            default: throw new UnreachableException($"result {result}");
        }
        if (!result.Trace.IsEmpty)
        {
            json.WritePropertyName("trace");
            Values(json, result.Trace);
        }
        json.WriteEndObject();
    }

    /// <summary>The calls of a sweep that did not return nothing, those with the same end together.</summary>
    private static void WriteSwept(Utf8JsonWriter json, ActionResult.Swept swept)
    {
        json.WriteString("is", Swept);
        json.WriteNumber("count", swept.Outcomes.Length);
        json.WriteStartArray("ended");
        var groups = new List<(string Key, Outcome Outcome, List<int> Calls)>();
        for (int i = 0; i < swept.Outcomes.Length; i++)
        {
            if (swept.Outcomes[i] is not { } outcome) continue;
            // Traps of several kinds share a message.
            string key = outcome switch
            {
                Outcome.Threw threw => $"{threw}{threw.Values.IsDefault}",
                Outcome.Trapped trap => $"{trap} {string.Join(' ', trap.Kinds)}",
                _ => outcome.ToString(),
            };
            int g = groups.FindIndex(known => known.Key == key && known.Outcome.GetType() == outcome.GetType());
            if (g < 0) groups.Add((key, outcome, [i]));
            else groups[g].Calls.Add(i);
        }
        foreach (var (_, outcome, calls) in groups)
        {
            json.WriteStartArray();
            json.WriteStartObject();
            WireOutcome.Write(json, WithoutFrames(outcome));
            json.WriteEndObject();
            json.WriteStartArray();
            foreach (int call in calls) json.WriteNumberValue(call);
            json.WriteEndArray();
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static Outcome WithoutFrames(Outcome outcome) => outcome is Outcome.Trapped { Backtrace.IsDefaultOrEmpty: false } trap ? trap with { Backtrace = [] } : outcome;

    private static void Values(Utf8JsonWriter json, ImmutableArray<Value> values)
    {
        json.WriteStartArray();
        foreach (var value in values) json.WriteStringValue(WireValue.Text(value));
        json.WriteEndArray();
    }

    private static ImmutableArray<Value> Values(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) throw new ProtocolException("values are no list");
        var values = ImmutableArray.CreateBuilder<Value>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
            values.Add(WireValue.Parse(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw new ProtocolException("values hold what is no string")));
        return values.MoveToImmutable();
    }

    private static long Number(JsonElement element, string member) =>
        WireOutcome.OptionalNumber(element, member) ?? throw new ProtocolException($"a result lacks `{member}`");
}
