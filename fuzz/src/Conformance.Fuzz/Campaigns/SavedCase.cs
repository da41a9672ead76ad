using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Fuzz.Campaigns;

/// <summary>
/// A case in a folder, complete in itself: <c>case.json</c> (name, actions, what the comparison needs), <c>module-N.wasm</c>, and <c>case.tape</c> with the
/// decisions that made it; of a text <c>module-0.wat</c> and the binary that it stands for. It can be run by any version of the kit; the tape serves the version that wrote it.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Case">The case.</param>
/// <param name="Tape">The tape, or empty when there is none.</param>
public sealed record SavedCase(CaseName Name, FuzzCase Case, byte[] Tape)
{
    public const string CaseFile = "case.json", TapeFile = "case.tape";

    private const string TextFile = "module-0.wat";

    /// <summary>Writes the files; the folder exists.</summary>
    public void Save(string folder)
    {
        if (Case.Source is { } source)
        {
            File.WriteAllBytes(Path.Combine(folder, TextFile), Case.Modules[0].Bytes);
            File.WriteAllBytes(Path.Combine(folder, ModuleFile(0)), BinaryEncoder.Encode(source));
        }
        else
        {
            for (int i = 0; i < Case.Modules.Length; i++) File.WriteAllBytes(Path.Combine(folder, ModuleFile(i)), Case.Modules[i].Bytes);
        }
        File.WriteAllBytes(Path.Combine(folder, TapeFile), Tape);
        File.WriteAllBytes(Path.Combine(folder, CaseFile), Json.Bytes(Write, indented: true));
    }

    public static string ModuleFile(int index) => string.Create(CultureInfo.InvariantCulture, $"module-{index}.wasm");

    /// <exception cref="FormatException">A file is not as it must be; the message begins with its path.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static SavedCase Load(string folder)
    {
        string path = Path.Combine(folder, CaseFile), tape = Path.Combine(folder, TapeFile);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var made = Json.Reading(() => Read(document.RootElement, folder));
            return new(Json.Reading(() => Json.NameOfCase(document.RootElement)), made, File.Exists(tape) ? File.ReadAllBytes(tape) : []);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    private static FuzzCase Read(JsonElement json, string folder)
    {
        byte[] File(string name) => System.IO.File.ReadAllBytes(Path.Combine(folder, name));
        var text = Json.BoolOrFalse(json, "text") ? new FuzzModule(File(TextFile)) : null;
        int count = Json.Int(json, "modules");
        if (count < 0 || (text is not null && count != 1)) throw new FormatException("`modules` is not their number");
        // Not by the number alone, which may be any: each must be there.
        var modules = ImmutableArray.CreateBuilder<FuzzModule>();
        while (modules.Count < count) modules.Add(text ?? Module(File(ModuleFile(modules.Count))));
        var made = new FuzzCase
        {
            Modules = modules.ToImmutable(),
            Source = text is null ? null : Module(File(ModuleFile(0))).Syntax ?? throw new FormatException($"{ModuleFile(0)} is no module"),
            Actions = [.. Json.Items(json, "actions").Select(ReadAction)],
            Features = (Features)Json.ULong(json, "features"),
            NaNs = [.. Json.Items(json, "nans").Select(ReadNaNs)],
            IsRelaxed = Json.Bool(json, "relaxed"),
            MayBeRefused = Json.BoolOrFalse(json, "mayBeRefused"),
            Weight = Json.Int(json, "weight"),
            Subject = Json.TextOrNull(json, "subject"),
        };
        foreach (var action in made.Actions)
            if (action.OfModule() is { } module && !(module >= 0 && module < count)) throw new FormatException($"`{ActionText.Of(action)}`: there is no such module");
        if (text is not null && !made.Actions.All(a => a is CaseAction.Parse)) throw new FormatException("a text is parsed, and nothing else");
        if (made.NaNs.Any(p => !(p.Action >= 0 && p.Action < made.Actions.Length))) throw new FormatException("`nans` name an action that is not there");
        return made;
    }

    /// <summary>With its syntax, when the bytes are what it encodes to.</summary>
    private static FuzzModule Module(byte[] bytes)
    {
        try
        {
            var module = new FuzzModule(BinaryDecoder.Decode(bytes, Profile.All));
            return module.Bytes.AsSpan().SequenceEqual(bytes) ? module : new FuzzModule(bytes);
        }
        catch (Exception e) when (e is MalformedException or InvalidException)
        {
            return new FuzzModule(bytes);
        }
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("case", Name.ToString());
        json.WriteNumber("modules", Case.Modules.Length);
        if (Case.Source is not null) json.WriteBoolean("text", true);
        json.WriteNumber("features", (ulong)Case.Features);
        json.WriteBoolean("relaxed", Case.IsRelaxed);
        if (Case.MayBeRefused) json.WriteBoolean("mayBeRefused", true);
        json.WriteNumber("weight", Case.Weight);
        if (Case.Subject is not null) json.WriteString("subject", Case.Subject);
        json.WriteStartArray("nans");
        foreach (var places in Case.NaNs)
        {
            json.WriteStartObject();
            json.WriteNumber("action", places.Action);
            json.WriteBase64String("sets", [.. places.Sets.Select(s => (byte)s)]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("actions");
        foreach (var action in Case.Actions) WriteAction(json, action);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static NaNPlaces ReadNaNs(JsonElement json) => new(Json.Int(json, "action"), [.. Json.Base64(json, "sets").Select(b => Enum.IsDefined((NaNSet)b) ? (NaNSet)b : throw new FormatException($"there is no set {b} of NaNs"))]);

    private static void WriteAction(Utf8JsonWriter json, CaseAction action)
    {
        json.WriteStartObject();
        json.WriteString("do", ActionText.Kind(action));
        switch (action)
        {
            case CaseAction.Load a:
                json.WriteNumber("module", a.Module);
                break;
            case CaseAction.Parse a:
                json.WriteNumber("module", a.Module);
                break;
            case CaseAction.Instantiate a:
                json.WriteNumber("module", a.Module);
                if (a.As is not null) json.WriteString("as", a.As);
                break;
            case CaseAction.Invoke a:
                Export(json, a.Instance, a.Name);
                json.WriteStartArray("arguments");
                foreach (var value in a.Args) json.WriteStringValue(value.Kind == ValKind.I32 ? $"i32:{value.Lo:x8}" : $"i64:{value.Lo:x16}");
                json.WriteEndArray();
                break;
            case CaseAction.Sweep a:
                Export(json, a.Instance, a.Name);
                json.WriteNumber("count", a.Count);
                break;
            case CaseAction.Memory a:
                Export(json, a.Instance, a.Name);
                json.WriteNumber("offset", a.Offset);
                json.WriteNumber("length", a.Length);
                break;
            case CaseAction.Digest a:
                Export(json, a.Instance, a.Name);
                break;
            case CaseAction.Get a:
                Export(json, a.Instance, a.Name);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"action {action}");
        }
        json.WriteEndObject();

        static void Export(Utf8JsonWriter json, int instance, string name)
        {
            json.WriteNumber("instance", instance);
            json.WriteString("export", name);
        }
    }

    private static CaseAction ReadAction(JsonElement json)
    {
        int Number(string name) => Json.Int(json, name) is >= 0 and var number ? number : throw new FormatException($"`{name}` is negative");
        string export = Json.TextOrNull(json, "export") ?? "";
        return Json.Text(json, "do") switch
        {
            "parse" => new CaseAction.Parse(Number("module")),
            "load" => new CaseAction.Load(Number("module")),
            "instantiate" => new CaseAction.Instantiate(Number("module"), Json.TextOrNull(json, "as")),
            "invoke" => new CaseAction.Invoke(Number("instance"), export, [.. Json.Texts(json, "arguments").Select(ReadValue)]),
            "sweep" => new CaseAction.Sweep(Number("instance"), export, Number("count") is <= CaseAction.MostSwept and var count ? count : throw new FormatException("`count` is too large")),
            "memory" => new CaseAction.Memory(Number("instance"), export, Number("offset"), Number("length")),
            "digest" => new CaseAction.Digest(Number("instance"), export),
            "get" => new CaseAction.Get(Number("instance"), export),
            var other => throw new FormatException($"unknown action `{other}`"),
        };
    }

    private static Value ReadValue(string text) => text.Split(':') switch
    {
        ["i32", var bits] when uint.TryParse(bits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) => Value.I32(value),
        ["i64", var bits] when ulong.TryParse(bits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) => Value.I64(value),
        _ => throw new FormatException($"`{text}` is not an argument"),
    };
}
