using System.Text.Json;

namespace Conformance.Fuzz.Campaigns;

/// <summary>What became of the cases of a layer. Times are whole microseconds, so that sums do not depend on their order.</summary>
public sealed class LayerTotals
{
    /// <summary>Generated cases.</summary>
    public long Scripts { get; set; }

    /// <summary>Cases that count: of single instructions each operand vector.</summary>
    public long Cases { get; set; }

    /// <summary>Cases that were compared to their end with at least one engine.</summary>
    public long Useful { get; set; }

    /// <summary>Of the useful ones, those that were compared with what they were made from and with no engine, because none was there.</summary>
    public long Alone { get; set; }

    /// <summary>Cases that were not, by cause.</summary>
    public SortedDictionary<string, long> Discards { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>What making the cases took.</summary>
    public long GenerateTime { get; set; }

    /// <summary>What running them on the reference took.</summary>
    public long ReferenceTime { get; set; }

    /// <summary>What comparing took.</summary>
    public long CompareTime { get; set; }

    /// <summary>What counting the coverage took.</summary>
    public long WatchTime { get; set; }

    internal void Add(LayerTotals other)
    {
        Scripts += other.Scripts;
        Cases += other.Cases;
        Useful += other.Useful;
        Alone += other.Alone;
        CampaignTotals.Add(Discards, other.Discards);
        GenerateTime += other.GenerateTime;
        ReferenceTime += other.ReferenceTime;
        CompareTime += other.CompareTime;
        WatchTime += other.WatchTime;
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("scripts", Scripts);
        json.WriteNumber("cases", Cases);
        json.WriteNumber("useful", Useful);
        if (Alone > 0) json.WriteNumber("alone", Alone);
        Json.Counts(json, "discards", Discards);
        json.WriteNumber("generateMicroseconds", GenerateTime);
        json.WriteNumber("referenceMicroseconds", ReferenceTime);
        json.WriteNumber("compareMicroseconds", CompareTime);
        if (WatchTime > 0) json.WriteNumber("watchMicroseconds", WatchTime);
        json.WriteEndObject();
    }

    internal static LayerTotals Read(JsonElement json) => new()
    {
        Scripts = Json.Long(json, "scripts"),
        Cases = Json.Long(json, "cases"),
        Useful = Json.Long(json, "useful"),
        Alone = Json.LongOrZero(json, "alone"),
        Discards = Json.Counts(json, "discards"),
        GenerateTime = Json.Long(json, "generateMicroseconds"),
        ReferenceTime = Json.Long(json, "referenceMicroseconds"),
        CompareTime = Json.Long(json, "compareMicroseconds"),
        WatchTime = Json.LongOrZero(json, "watchMicroseconds"),
    };
}

/// <summary>What an engine did with the cases of a layer.</summary>
public sealed class CellTotals
{
    /// <summary>Cases that it was given.</summary>
    public long Cases { get; set; }

    /// <summary>Cases that were compared to their end, differences included.</summary>
    public long Compared { get; set; }

    /// <summary>Cases that say nothing, by cause; those that need a feature it lacks were not given to it.</summary>
    public SortedDictionary<string, long> Inconclusive { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Microseconds from a block's request to its answer.</summary>
    public long Time { get; set; }

    internal void Add(CellTotals other)
    {
        Cases += other.Cases;
        Compared += other.Compared;
        CampaignTotals.Add(Inconclusive, other.Inconclusive);
        Time += other.Time;
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("cases", Cases);
        json.WriteNumber("compared", Compared);
        Json.Counts(json, "inconclusive", Inconclusive);
        json.WriteNumber("microseconds", Time);
        json.WriteEndObject();
    }

    internal static CellTotals Read(JsonElement json) => new()
    {
        Cases = Json.Long(json, "cases"),
        Compared = Json.Long(json, "compared"),
        Inconclusive = Json.Counts(json, "inconclusive"),
        Time = Json.Long(json, "microseconds"),
    };
}

/// <summary>The counts of a campaign, a part of one, or a block. Adding is associative and commutative.</summary>
public sealed class CampaignTotals
{
    public SortedDictionary<string, LayerTotals> Layers { get; } = new(StringComparer.Ordinal);

    /// <summary>By layer and engine.</summary>
    public SortedDictionary<(string Layer, string Engine), CellTotals> Cells { get; } = new(Comparer<(string Layer, string Engine)>.Create(
        (a, b) => string.CompareOrdinal(a.Layer, b.Layer) is not 0 and var order ? order : string.CompareOrdinal(a.Engine, b.Engine)));

    public long Scripts => Layers.Values.Sum(l => l.Scripts);

    public long Cases => Layers.Values.Sum(l => l.Cases);

    public long Useful => Layers.Values.Sum(l => l.Useful);

    /// <summary>The counts of a layer, zeros when it is new.</summary>
    public LayerTotals Layer(string name) => Layers.TryGetValue(name, out var layer) ? layer : Layers[name] = new();

    /// <summary>The counts of a layer on an engine, zeros when they are new.</summary>
    public CellTotals Cell(string layer, string engine) => Cells.TryGetValue((layer, engine), out var cell) ? cell : Cells[(layer, engine)] = new();

    /// <summary>Adds other counts to these.</summary>
    public void Add(CampaignTotals other)
    {
        foreach (var (name, layer) in other.Layers) Layer(name).Add(layer);
        foreach (var ((layer, engine), cell) in other.Cells) Cell(layer, engine).Add(cell);
    }

    internal static void Add(SortedDictionary<string, long> counts, SortedDictionary<string, long> more)
    {
        foreach (var (cause, count) in more) Count(counts, cause, count);
    }

    internal static void Count(SortedDictionary<string, long> counts, string cause, long count) =>
        counts[cause] = counts.GetValueOrDefault(cause) + count;

    /// <summary>Writes the counts as an object: layers, and in each its engines.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("layers");
        foreach (var (name, layer) in Layers)
        {
            json.WritePropertyName(name);
            layer.Write(json);
        }
        json.WriteEndObject();
        json.WriteStartArray("engines");
        foreach (var ((layer, engine), cell) in Cells)
        {
            json.WriteStartObject();
            json.WriteString("layer", layer);
            json.WriteString("engine", engine);
            json.WritePropertyName("counts");
            cell.Write(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">A member is missing or not as expected.</exception>
    public static CampaignTotals Read(JsonElement json) => Json.Reading(() =>
    {
        var totals = new CampaignTotals();
        foreach (var layer in Json.Members(json, "layers")) totals.Layers[layer.Name] = LayerTotals.Read(layer.Value);
        foreach (var cell in Json.Items(json, "engines"))
            totals.Cells[(Json.Text(cell, "layer"), Json.Text(cell, "engine"))] = CellTotals.Read(Json.Member(cell, "counts"));
        return totals;
    });
}
