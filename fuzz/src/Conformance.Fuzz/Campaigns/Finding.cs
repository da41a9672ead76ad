using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Conformance.Fuzz.Generating;

namespace Conformance.Fuzz.Campaigns;

/// <summary>Whose fault a finding seems to be.</summary>
public enum Suspect
{
    /// <summary>The reference stands alone against two or more families, or the kit itself failed: looked at first.</summary>
    Reference,

    /// <summary>Some family agrees with the reference, others do not.</summary>
    Engine,

    /// <summary>One family against the reference, and no other to ask.</summary>
    Undecided,

    /// <summary>It did not happen again when the case ran alone.</summary>
    NotReproduced,
}

/// <summary>What an engine did with the case of a finding.</summary>
/// <param name="Engine">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Family">Its family.</param>
/// <param name="Differs">Whether it differed from the reference in both reruns.</param>
/// <param name="Observed">What it did at the first differing action, in words; null when it did as expected or its answer says nothing.</param>
public sealed record Observation(string Engine, string Version, string Family, bool Differs, string? Observed);

/// <summary>What findings with one cause have in common, as far as can be told from outside.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Action">The kind of the first differing action: <c>invoke</c>, <c>digest</c>, …</param>
/// <param name="Instruction">The mnemonic under test, where there is one.</param>
/// <param name="Class">How it differs: <c>values</c>, <c>returned -> trapped</c>, …</param>
/// <param name="Engines">The engines that differ, in order.</param>
public sealed record Signature(string Layer, string Action, string? Instruction, string Class, ImmutableArray<string> Engines)
{
    public bool Equals(Signature? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Layer}: {Action}{(Instruction is null ? "" : $" of {Instruction}")}: {Class}: {string.Join(", ", Engines)}";

    /// <summary>A short name: the first 8 hexadecimal digits of a hash of the text.</summary>
    public string Id
    {
        get
        {
            byte[] hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(ToString()));
            return Convert.ToHexStringLower(hash.AsSpan(0, 4));
        }
    }
}

/// <summary>A case in which an engine did not do what the reference did, rerun and voted on.</summary>
public sealed record Finding
{
    public required CaseName Case { get; init; }

    public required Signature Signature { get; init; }

    public required Suspect Suspect { get; init; }

    /// <summary>The first differing action: its index, and what it is in words.</summary>
    public required int ActionIndex { get; init; }

    public required string Action { get; init; }

    /// <summary>What the reference did.</summary>
    public required string Expected { get; init; }

    /// <summary>What every engine did that was asked.</summary>
    public required ImmutableArray<Observation> Observations { get; init; }

    /// <summary>The names of the instructions in its modules, in order, once each.</summary>
    public ImmutableArray<string> Instructions { get; init; } = [];

    /// <summary>The bytes of its modules together.</summary>
    public int Size { get; init; }

    /// <summary>The number of its folder in <c>findings</c>; null when it was only counted, because its signature has enough of them.</summary>
    public int? Folder { get; init; }

    /// <summary>The engines that differed when the case first ran: a later case that begins like this one needs no rerun.</summary>
    public string Key { get; init; } = "";

    /// <summary>The name of a finding's folder.</summary>
    public static string FolderName(int number) => number.ToString("D3", CultureInfo.InvariantCulture);

    /// <summary>Its place in lists.</summary>
    internal string SortKey => SortKeyOf(Case);

    /// <summary>Cases in order: by layer, then by seed.</summary>
    internal static string SortKeyOf(CaseName name) => string.Create(CultureInfo.InvariantCulture, $"{name.Layer} {name.Seed:D20} {name.Version}");

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("case", Case.ToString());
        json.WriteString("signature", Signature.Id);
        json.WriteString("suspect", Name(Suspect));
        json.WriteString("layer", Signature.Layer);
        json.WriteString("kind", Signature.Action);
        if (Signature.Instruction is not null) json.WriteString("instruction", Signature.Instruction);
        json.WriteString("class", Signature.Class);
        Texts(json, "engines", Signature.Engines);
        json.WriteNumber("actionIndex", ActionIndex);
        json.WriteString("action", Action);
        json.WriteString("expected", Expected);
        json.WriteStartArray("observations");
        foreach (var o in Observations)
        {
            json.WriteStartObject();
            json.WriteString("engine", o.Engine);
            json.WriteString("version", o.Version);
            json.WriteString("family", o.Family);
            json.WriteBoolean("differs", o.Differs);
            if (o.Observed is not null) json.WriteString("observed", o.Observed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Texts(json, "instructions", Instructions);
        json.WriteNumber("size", Size);
        if (Folder is { } folder) json.WriteNumber("folder", folder);
        json.WriteString("key", Key);
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <exception cref="FormatException">A member is missing or not as expected.</exception>
    public static Finding Read(JsonElement json) => Json.Reading(() => new Finding
    {
        Case = Json.NameOfCase(json),
        Signature = new(Json.Text(json, "layer"), Json.Text(json, "kind"), Json.TextOrNull(json, "instruction"), Json.Text(json, "class"), Json.Texts(json, "engines")),
        Suspect = Enum.GetValues<Suspect>().Cast<Suspect?>().FirstOrDefault(s => Name(s!.Value) == Json.Text(json, "suspect")) ?? throw new FormatException($"unknown suspect `{Json.Text(json, "suspect")}`"),
        ActionIndex = Json.Int(json, "actionIndex"),
        Action = Json.Text(json, "action"),
        Expected = Json.Text(json, "expected"),
        Observations = [.. Json.Items(json, "observations").Select(o =>
            new Observation(Json.Text(o, "engine"), Json.Text(o, "version"), Json.Text(o, "family"), Json.Bool(o, "differs"), Json.TextOrNull(o, "observed")))],
        Instructions = Json.Texts(json, "instructions"),
        Size = Json.Int(json, "size"),
        Folder = Json.Has(json, "folder") ? Json.Int(json, "folder") : null,
        Key = Json.Text(json, "key"),
    });

    internal static string Name(Suspect suspect) => suspect switch
    {
        Suspect.Reference => "reference",
        Suspect.Engine => "engine",
        Suspect.Undecided => "undecided",
        Suspect.NotReproduced => "notReproduced",
        _ => throw new System.Diagnostics.UnreachableException($"suspect {(int)suspect}"),
    };
}

/// <summary>A case that begins as a finding did that was rerun often enough, and is only counted.</summary>
/// <param name="Case">The case.</param>
/// <param name="Signature">The signature's short name.</param>
public readonly record struct Repetition(CaseName Case, string Signature);
