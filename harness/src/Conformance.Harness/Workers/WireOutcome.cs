using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Conformance.Harness.Runtimes;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>Outcomes as the protocol writes them.</summary>
internal static class WireOutcome
{
    /// <summary>Writes <c>is</c> and the outcome's members.</summary>
    public static void Write(Utf8JsonWriter json, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Loaded: json.WriteString("is", "loaded"); break;
            case Outcome.Instantiated: json.WriteString("is", "instantiated"); break;
            case Outcome.Returned o:
                json.WriteString("is", "returned");
                Values(json, "values", o.Values);
                break;
            case Outcome.Trapped o: Trapped(json, o); break;
            case Outcome.Threw o:
                json.WriteString("is", "threw");
                if (o.Tag is not null) json.WriteString("tag", o.Tag);
                if (!o.Values.IsDefault) Values(json, "values", o.Values);
                break;
            case Outcome.Exhausted o: Say(json, "exhausted", o.Message); break;
            case Outcome.Suspended o: Say(json, "suspended", o.Message); break;
            case Outcome.Malformed o: Refused(json, "malformed", o.Message, o.At); break;
            case Outcome.Invalid o: Refused(json, "invalid", o.Message, o.At); break;
            case Outcome.Rejected o: Say(json, "rejected", o.Message); break;
            case Outcome.MalformedCustom o: Refused(json, "malformedCustom", o.Message, o.At); break;
            case Outcome.InvalidCustom o: Refused(json, "invalidCustom", o.Message, o.At); break;
            case Outcome.Unlinkable o: Say(json, "unlinkable", o.Message); break;
            case Outcome.Inapplicable o: Why(json, "inapplicable", o.Why); break;
            case Outcome.Unsupported o: Why(json, "unsupported", o.Why); break;
            case Outcome.AdapterLimit o: Why(json, "limit", o.Why); break;
            case Outcome.TimedOut o: Why(json, "timedOut", o.Why); break;
            case Outcome.Crashed o: Why(json, "crashed", o.Why); break;
            default: throw new UnreachableException($"outcome {outcome.GetType().Name}");
        }
    }

    private static void Trapped(Utf8JsonWriter json, Outcome.Trapped trap)
    {
        Say(json, "trapped", trap.Message);
        json.WriteStartArray("kinds");
        foreach (var kind in trap.Kinds) json.WriteStringValue(kind.ToString());
        json.WriteEndArray();
        if (trap.Backtrace.IsDefaultOrEmpty) return;
        json.WriteStartArray("frames");
        foreach (var frame in trap.Backtrace)
        {
            json.WriteStartObject();
            if (frame.Module is not null) json.WriteString("module", frame.Module);
            if (frame.Function is { } function) json.WriteNumber("function", function);
            if (frame.Name is not null) json.WriteString("name", frame.Name);
            if (frame.FunctionOffset is { } offset) json.WriteNumber("offset", offset);
            if (frame.ModuleOffset is { } at) json.WriteNumber("at", at);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Values(Utf8JsonWriter json, string member, ImmutableArray<Value> values)
    {
        json.WriteStartArray(member);
        foreach (var value in values) json.WriteStringValue(WireValue.Text(value));
        json.WriteEndArray();
    }

    private static void Say(Utf8JsonWriter json, string word, string message)
    {
        json.WriteString("is", word);
        json.WriteString("message", message);
    }

    private static void Refused(Utf8JsonWriter json, string word, string message, Region at)
    {
        Say(json, word, message);
        if (at.IsBinary) json.WriteNumber("offset", at.Offset);
    }

    private static void Why(Utf8JsonWriter json, string word, string why)
    {
        json.WriteString("is", word);
        json.WriteString("why", why);
    }

    /// <summary>Reads an answer's outcome. Modules and instances get the handles of the request.</summary>
    /// <exception cref="ProtocolException">The answer is none that the protocol knows.</exception>
    public static Outcome Read(JsonElement answer, IModule? module, IInstance? instance) => Word(answer) switch
    {
        "loaded" when module is not null => new Outcome.Loaded(module),
        "instantiated" when instance is not null => new Outcome.Instantiated(instance),
        "returned" => new Outcome.Returned(Values(answer, "values")),
        "trapped" => new Outcome.Trapped(Kinds(answer), Text(answer, "message"), Frames(answer)),
        "threw" => new Outcome.Threw(OptionalText(answer, "tag"), answer.TryGetProperty("values", out _) ? Values(answer, "values") : default),
        "exhausted" => new Outcome.Exhausted(Text(answer, "message")),
        "suspended" => new Outcome.Suspended(Text(answer, "message")),
        "malformed" => new Outcome.Malformed(Text(answer, "message"), At(answer)),
        "invalid" => new Outcome.Invalid(Text(answer, "message"), At(answer)),
        "rejected" => new Outcome.Rejected(Text(answer, "message")),
        "malformedCustom" => new Outcome.MalformedCustom(Text(answer, "message"), At(answer)),
        "invalidCustom" => new Outcome.InvalidCustom(Text(answer, "message"), At(answer)),
        "unlinkable" => new Outcome.Unlinkable(Text(answer, "message")),
        "inapplicable" => new Outcome.Inapplicable(Text(answer, "why")),
        "unsupported" => new Outcome.Unsupported(Text(answer, "why")),
        "limit" => new Outcome.AdapterLimit(Text(answer, "why")),
        "timedOut" => new Outcome.TimedOut(Text(answer, "why")),
        "crashed" => new Outcome.Crashed(Text(answer, "why")),
        var other => throw new ProtocolException($"the answer `{other}` does not fit its request"),
    };

    public static string Word(JsonElement answer) => Text(answer, "is");

    public static string Text(JsonElement answer, string member) =>
        OptionalText(answer, member) ?? throw new ProtocolException($"an answer lacks `{member}`");

    public static string? OptionalText(JsonElement answer, string member) =>
        !answer.TryGetProperty(member, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw new ProtocolException($"`{member}` is no string");

    public static long? OptionalNumber(JsonElement answer, string member) =>
        !answer.TryGetProperty(member, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number
        : throw new ProtocolException($"`{member}` is no whole number");

    public static IEnumerable<JsonElement> Items(JsonElement answer, string member) =>
        !answer.TryGetProperty(member, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
        : throw new ProtocolException($"`{member}` is no list");

    public static IEnumerable<string> Texts(JsonElement answer, string member) => Items(answer, member).Select(item =>
        item.ValueKind == JsonValueKind.String ? item.GetString()! : throw new ProtocolException($"`{member}` holds what is no string"));

    public static ImmutableArray<Value> Values(JsonElement answer, string member) => [.. Texts(answer, member).Select(WireValue.Parse)];

    /// <summary>The bytes of an answer's <c>hex</c>.</summary>
    public static byte[] Hex(JsonElement answer) => Hex(Text(answer, "hex"));

    public static byte[] Hex(string digits)
    {
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            throw new ProtocolException("`hex` is no even number of hexadecimal digits");
        }
    }

    private static ImmutableArray<TrapKind> Kinds(JsonElement answer) =>
        [.. Texts(answer, "kinds").Select(word => Enum.TryParse(word, out TrapKind kind) ? kind : throw new ProtocolException($"`{word}` is no kind of trap"))];

    private static Region At(JsonElement answer) => OptionalNumber(answer, "offset") is { } offset ? Region.Binary(offset) : Region.None;

    private static ImmutableArray<BacktraceFrame> Frames(JsonElement answer) =>
    [
        .. Items(answer, "frames").Select(frame => frame.ValueKind != JsonValueKind.Object ? throw new ProtocolException("a frame is no object")
            : new BacktraceFrame(OptionalText(frame, "module"), (uint?)OptionalNumber(frame, "function"), OptionalText(frame, "name"),
                OptionalNumber(frame, "offset"), OptionalNumber(frame, "at"))),
    ];
}
