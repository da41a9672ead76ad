using System.Text.Json;
using Conformance.Fuzz.Campaigns;

namespace Conformance.Fuzz.Planting;

/// <summary>The case that told a mutant from the reference.</summary>
/// <param name="Case">Its name, or the script's place for the suite.</param>
/// <param name="Layer">Its layer, or <c>suite</c>.</param>
/// <param name="Class">How they differ, without the case's own numbers.</param>
/// <param name="Expected">What the reference did.</param>
/// <param name="Observed">What the mutant did.</param>
public sealed record Kill(string Case, string Layer, string Class, string Expected, string Observed);

/// <summary>How far one mutant got.</summary>
public sealed record MutantScore
{
    public required string Id { get; init; }

    /// <summary>The number of the next batch of cases.</summary>
    public long Batches { get; init; }

    /// <summary>Cases so far, the killing one included; each operand vector of a single instruction is one.</summary>
    public long Cases { get; init; }

    /// <summary>The processor time of its workers, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Differences that were not there again.</summary>
    public int Flakes { get; init; }

    public Kill? Kill { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("id", Id);
        json.WriteNumber("batches", Batches);
        json.WriteNumber("cases", Cases);
        json.WriteNumber("seconds", Math.Round(Seconds, 3));
        if (Flakes > 0) json.WriteNumber("flakes", Flakes);
        if (Kill is null) return;
        json.WriteStartObject("kill");
        json.WriteString("case", Kill.Case);
        json.WriteString("layer", Kill.Layer);
        json.WriteString("class", Kill.Class);
        json.WriteString("expected", Kill.Expected);
        json.WriteString("observed", Kill.Observed);
        json.WriteEndObject();
    }

    internal static MutantScore Read(JsonElement json) => new()
    {
        Id = Json.Text(json, "id"),
        Batches = Json.Long(json, "batches"),
        Cases = Json.Long(json, "cases"),
        Seconds = Json.Double(json, "seconds"),
        Flakes = (int)Json.LongOrZero(json, "flakes"),
        Kill = Json.Has(json, "kill") && Json.Member(json, "kill") is var kill
            ? new Kill(Json.Text(kill, "case"), Json.Text(kill, "layer"), Json.Text(kill, "class"), Json.Text(kill, "expected"), Json.Text(kill, "observed")) : null,
    };
}
