using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

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

    public static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"`{name}` is null");

    public static string? TextOrNull(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

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
        if (json.TryGetProperty(name, out var members))
            foreach (var member in members.EnumerateObject()) counts[member.Name] = member.Value.GetInt64();
        return counts;
    }
}
