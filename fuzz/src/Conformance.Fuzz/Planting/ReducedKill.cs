using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Fuzz.Campaigns;

namespace Conformance.Fuzz.Planting;

/// <summary>The case that killed a mutant, made small.</summary>
public sealed record ReducedKill
{
    /// <summary>The mutant.</summary>
    public required string Id { get; init; }

    /// <summary>The killing case, and how the mutant differed on it.</summary>
    public required string Case { get; init; }

    /// <summary>How the mutant differed, on the case and on what it became.</summary>
    public required string Class { get; init; }

    /// <summary>The most seconds that were given.</summary>
    public required double Budget { get; init; }

    /// <summary>The instructions of the case (<see cref="Findings.Reduction.Instrs"/>).</summary>
    public int InstrsBefore { get; init; }

    /// <summary>The instructions of the smallest case.</summary>
    public int Instrs { get; init; }

    /// <summary>The bytes of the smallest case's modules.</summary>
    public int Bytes { get; init; }

    /// <summary>Whether a module is bytes that are no syntax: then these are its size, and instructions cannot be counted.</summary>
    public bool IsBytes { get; init; }

    /// <summary>Candidates that were run.</summary>
    public int Tried { get; init; }

    /// <summary>The processor time of the kit and the mutant's workers, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The time by the clock, in seconds.</summary>
    public double Elapsed { get; init; }

    /// <summary>Whether no edit made it smaller; false when the time was up before.</summary>
    public bool IsMinimal { get; init; }

    /// <summary>What the script cannot say of the case.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];

    /// <summary>What the script shows on the mutant: its first failure. Null when <see cref="Error"/> is not.</summary>
    public string? Shows { get; init; }

    /// <summary>Why there need be no script that tells the mutant from the reference; null when there is one, and when there should be.</summary>
    public string? Unscripted { get; init; }

    /// <summary>Why there is no script though there should be, or null.</summary>
    public string? Error { get; init; }

    /// <summary>An object on lines of its own.</summary>
    public byte[] ToJson() => Json.Bytes(Write, indented: true);

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("case", Case);
        json.WriteString("class", Class);
        json.WriteNumber("budget", Budget);
        json.WriteNumber("instructionsBefore", InstrsBefore);
        json.WriteNumber("instructions", Instrs);
        json.WriteNumber("bytes", Bytes);
        if (IsBytes) json.WriteBoolean("bytesOnly", true);
        json.WriteNumber("candidates", Tried);
        json.WriteNumber("seconds", Math.Round(Seconds, 3));
        json.WriteNumber("elapsed", Math.Round(Elapsed, 3));
        json.WriteBoolean("minimal", IsMinimal);
        json.WriteStartArray("leftOut");
        foreach (string line in LeftOut) json.WriteStringValue(line);
        json.WriteEndArray();
        if (Shows is not null) json.WriteString("shows", Shows);
        if (Unscripted is not null) json.WriteString("unscripted", Unscripted);
        if (Error is not null) json.WriteString("error", Error);
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">It is not such an object.</exception>
    public static ReducedKill FromJson(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            return Json.Reading(() => new ReducedKill
            {
                Id = Json.Text(json, "id"),
                Case = Json.Text(json, "case"),
                Class = Json.Text(json, "class"),
                Budget = Json.Double(json, "budget"),
                InstrsBefore = Json.Int(json, "instructionsBefore"),
                Instrs = Json.Int(json, "instructions"),
                Bytes = Json.Int(json, "bytes"),
                IsBytes = Json.BoolOrFalse(json, "bytesOnly"),
                Tried = Json.Int(json, "candidates"),
                Seconds = Json.Double(json, "seconds"),
                Elapsed = Json.Double(json, "elapsed"),
                IsMinimal = Json.Bool(json, "minimal"),
                LeftOut = Json.Texts(json, "leftOut"),
                Shows = Json.TextOrNull(json, "shows"),
                Unscripted = Json.TextOrNull(json, "unscripted"),
                Error = Json.TextOrNull(json, "error"),
            });
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
