using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Conformance.Fuzz.Generating;

namespace Conformance.Fuzz.Campaigns;

/// <summary>One engine of a campaign, by name and version.</summary>
public readonly record struct EngineVersion(string Name, string Version)
{
    public override string ToString() => $"{Name} {Version}";
}

/// <summary>A part of a campaign that one process runs: every <paramref name="Count"/>th block, beginning with number <paramref name="Index"/>.</summary>
/// <param name="Index">From 1.</param>
/// <param name="Count">How many parts there are.</param>
public readonly record struct CampaignShard(int Index, int Count)
{
    /// <summary>The campaign in one part.</summary>
    public static CampaignShard Whole => new(1, 1);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>Reads <c>I/N</c>, or returns null.</summary>
    public static CampaignShard? Parse(string text) =>
        text.Split('/') is [var index, var count]
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int i)
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && i >= 1 && i <= n ? new(i, n) : null;
}

/// <summary>What makes a campaign this one and no other: the same options give the same cases on the same engines.</summary>
public sealed record CampaignOptions
{
    /// <summary>Case seeds of a layer begin at the campaign's seed times this, so that campaigns of different seeds share no case.</summary>
    public const ulong CasesPerSeed = 1_000_000_000_000;

    /// <summary>The greatest seed of a campaign: its cases' seeds still have 64 bits.</summary>
    public const ulong MaxSeed = (ulong.MaxValue / CasesPerSeed) - 1;

    /// <summary>The version of the generator.</summary>
    public int Generator { get; init; } = Generating.Generator.Version;

    /// <summary>The seed, at most <see cref="MaxSeed"/>.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number of the first block: a campaign may begin where an earlier one ended.</summary>
    public long First { get; init; }

    public CampaignShard Shard { get; init; } = CampaignShard.Whole;

    /// <summary>The layers, each once, with their shares of the blocks.</summary>
    public required ImmutableArray<LayerWeight> Layers { get; init; }

    /// <summary>The engines in the order of the panel; names are distinct.</summary>
    public required ImmutableArray<EngineVersion> Engines { get; init; }

    /// <summary>The campaign ends with the block that completes this number of cases; null for no such end.</summary>
    public long? Cases { get; init; }

    /// <summary>The campaign ends after this time, interruptions not counted; null for no such end.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The name of a case by its number within its layer.</summary>
    public CaseName NameOf(int layer, long number) => new(Generator, Layers[layer].Layer, (Seed * CasesPerSeed) + (ulong)number);

    /// <summary>What distinguishes two campaigns, one line an option; none when they are the same.</summary>
    public IEnumerable<string> DifferencesTo(CampaignOptions other) =>
        from pair in Fields().Zip(other.Fields())
        where pair.First.Value != pair.Second.Value
        select $"{pair.First.Name}: {pair.First.Value} there, {pair.Second.Value} here";

    /// <summary>What must be equal for two parts to be of one fleet: their merged counts mean something.</summary>
    public IEnumerable<string> FleetDifferencesTo(CampaignOptions other) =>
        from pair in Fields().Zip(other.Fields())
        where pair.First.Name is "generator" or "layers" or "engines" && pair.First.Value != pair.Second.Value
        select $"{pair.First.Name}: {pair.First.Value} and {pair.Second.Value}";

    /// <summary>Tells parts of a fleet apart, and puts them in order.</summary>
    public string PartKey => string.Create(CultureInfo.InvariantCulture, $"{Seed:D20} {First:D20} {Shard.Count:D6} {Shard.Index:D6} {Cases} {Time}");

    private IEnumerable<(string Name, string Value)> Fields() =>
    [
        ("generator", Text(Generator)),
        ("seed", Text(Seed)),
        ("first", Text(First)),
        ("shard", Shard.ToString()),
        ("layers", string.Join(',', Layers)),
        ("engines", string.Join(", ", Engines)),
        ("cases", Cases is { } cases ? Text(cases) : "no limit"),
        ("time", Time is { } time ? $"{Text(time.TotalSeconds)} s" : "no limit"),
    ];

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>Writes the options as an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("generator", Generator);
        json.WriteNumber("seed", Seed);
        json.WriteNumber("first", First);
        json.WriteString("shard", Shard.ToString());
        json.WriteStartObject("layers");
        foreach (var layer in Layers) json.WriteNumber(layer.Layer, layer.Weight);
        json.WriteEndObject();
        json.WriteStartArray("engines");
        foreach (var engine in Engines)
        {
            json.WriteStartObject();
            json.WriteString("name", engine.Name);
            json.WriteString("version", engine.Version);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (Cases is { } cases) json.WriteNumber("cases", cases);
        if (Time is { } time) json.WriteNumber("seconds", time.TotalSeconds);
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">A member is missing or not as expected.</exception>
    public static CampaignOptions Read(JsonElement json) => Json.Reading(() => new CampaignOptions
    {
        Generator = Json.Int(json, "generator"),
        Seed = Json.ULong(json, "seed"),
        First = Json.Long(json, "first"),
        Shard = CampaignShard.Parse(Json.Text(json, "shard")) ?? throw new FormatException("`shard` is not I/N"),
        Layers = [.. Json.Members(json, "layers").Select(p => new LayerWeight(p.Name, Json.Int(Json.Member(json, "layers"), p.Name)))],
        Engines = ReadEngines(json),
        Cases = Json.Has(json, "cases") ? Json.Long(json, "cases") : null,
        Time = Json.Has(json, "seconds") ? ReadTime(Json.Double(json, "seconds")) : null,
    });

    private static ImmutableArray<EngineVersion> ReadEngines(JsonElement json)
    {
        ImmutableArray<EngineVersion> engines = [.. Json.Items(json, "engines").Select(e => new EngineVersion(Json.Text(e, "name"), Json.Text(e, "version")))];
        return engines.DistinctBy(e => e.Name).Count() == engines.Length ? engines : throw new FormatException("`engines` has a name twice");
    }

    private static TimeSpan ReadTime(double seconds) => seconds >= 0 && seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : throw new FormatException("`seconds` is not a time");
}
