using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conformance.Fuzz.Generating;

namespace Conformance.Fuzz.Campaigns;

/// <summary>Reading and writing the kit's JSON: what is not as expected is a <see cref="FormatException"/> that says what.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Page = Line with { Indented = true, NewLine = "\n" };

    /// <summary>What a writer writes, on one line or many, with a line feed at the end.</summary>
    public static byte[] Bytes(Action<Utf8JsonWriter> write, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, indented ? Page : Line)) write(json);
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An object with one member, whose name says what the line is.</summary>
    public static byte[] LineOf(string kind, Action<Utf8JsonWriter> write) => Bytes(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName(kind);
        write(json);
        json.WriteEndObject();
    });

    /// <summary>What <paramref name="read"/> gives; a string that is no text, such as half a surrogate pair, is a <see cref="FormatException"/> too.</summary>
    public static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public static int Int(JsonElement json, string name) => Number(json, name) is var value && value.TryGetInt32(out int n) ? n : throw NotA("integer of 32 bits", name);

    public static long Long(JsonElement json, string name) => Number(json, name) is var value && value.TryGetInt64(out long n) ? n : throw NotA("integer of 64 bits", name);

    public static ulong ULong(JsonElement json, string name) => Number(json, name) is var value && value.TryGetUInt64(out ulong n) ? n : throw NotA("unsigned integer of 64 bits", name);

    public static double Double(JsonElement json, string name) => Number(json, name) is var value && value.TryGetDouble(out double n) ? n : throw NotA("number", name);

    public static long LongOrZero(JsonElement json, string name) => Has(json, name) ? Long(json, name) : 0;

    public static bool Bool(JsonElement json, string name) => Member(json, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null or _ => throw NotA("truth value", name),
    };

    public static bool BoolOrFalse(JsonElement json, string name) => Has(json, name) && Bool(json, name);

    public static string Text(JsonElement json, string name) => Text(Member(json, name), name, "string");

    public static string? TextOrNull(JsonElement json, string name) => Has(json, name) ? Text(json, name) : null;

    public static byte[] Base64(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } value && value.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : throw NotA("string of Base64", name);

    public static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw NotA("list", name);

    public static ImmutableArray<string> Texts(JsonElement json, string name) => [.. Items(json, name).Select(item => Text(item, name, "list of strings"))];

    public static JsonElement.ObjectEnumerator Members(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : throw NotA("object", name);

    public static JsonElement Member(JsonElement json, string name) => Has(json, name) ? json.GetProperty(name) : throw new FormatException($"`{name}` is missing");

    public static bool Has(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object ? json.TryGetProperty(name, out _) : throw new FormatException($"an object with `{name}` is expected");

    private static JsonElement Number(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.Number } value ? value : throw NotA("number", name);

    private static string Text(JsonElement value, string name, string what) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw NotA(what, name);

    private static FormatException NotA(string what, string name) => new($"`{name}` is not a{("aeiou".Contains(what[0], StringComparison.Ordinal) ? "n" : "")} {what}");

    /// <summary>The member <c>case</c>, a case's name.</summary>
    public static CaseName NameOfCase(JsonElement json) => CaseName.Parse(Text(json, "case")) ?? throw new FormatException($"`{Text(json, "case")}` is not the name of a case");

    public static void Counts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        if (counts.Count == 0) return;
        json.WriteStartObject(name);
        foreach (var (key, count) in counts) json.WriteNumber(key, count);
        json.WriteEndObject();
    }

    public static SortedDictionary<string, long> Counts(JsonElement json, string name)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (Has(json, name))
            foreach (var member in Members(json, name)) counts[member.Name] = Long(Member(json, name), member.Name);
        return counts;
    }
}
