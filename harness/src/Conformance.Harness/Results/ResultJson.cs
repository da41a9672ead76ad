using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conformance.Harness.Expectations;

namespace Conformance.Harness.Results;

/// <summary>Result files. The format is documented by <c>reports/schema/run.v1.schema.json</c>; a command stands on one line.</summary>
public static class ResultJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(RunResult run, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteNumber("version", run.Version);
        json.WriteString("tool", run.Tool);
        json.WriteStartObject("runtime");
        json.WriteString("name", run.Runtime.Name);
        json.WriteString("version", run.Runtime.Version);
        Strings(json, "features", run.Runtime.Features);
        json.WriteBoolean("distinguishesMalformed", run.Runtime.DistinguishesMalformed);
        json.WriteEndObject();
        json.WriteStartArray("suites");
        foreach (var suite in run.Suites)
        {
            json.WriteStartObject();
            json.WriteString("name", suite.Name);
            Optional(json, "repository", suite.Repository);
            Optional(json, "commit", suite.Commit);
            json.WriteBoolean("found", suite.Found);
            Optional(json, "why", suite.Why);
            json.WriteBoolean("official", suite.Official);
            if (suite.Pinned is { } pinned)
            {
                json.WriteStartObject("pinned");
                json.WriteNumber("files", pinned.Files);
                json.WriteNumber("commands", pinned.Commands);
                json.WriteNumber("messages", pinned.Messages);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("settings");
        json.WriteString("messages", run.Settings.Messages);
        json.WriteString("references", run.Settings.References);
        json.WriteString("modules", run.Settings.Modules);
        json.WriteString("threads", run.Settings.Threads);
        json.WriteBoolean("whole", run.Settings.Whole);
        Optional(json, "shard", run.Settings.Shard);
        json.WriteEndObject();
        WriteTotals(json, run.Totals);
        Strings(json, "problems", run.Problems);
        Optional(json, "incomplete", run.Incomplete);
        if (!run.NotRun.IsEmpty) Strings(json, "notRun", run.NotRun);
        json.WriteNumber("milliseconds", Round(run.Milliseconds));
        json.WriteStartArray("files");
        var line = new ArrayBufferWriter<byte>(1024);
        using var lineJson = new Utf8JsonWriter(line, OneLine);
        foreach (var file in run.Files)
        {
            json.WriteStartObject();
            json.WriteString("suite", file.Suite);
            json.WriteString("path", file.Path);
            json.WriteString("profile", file.Profile);
            WriteTotals(json, file.Totals);
            Optional(json, "error", file.Error);
            json.WriteNumber("milliseconds", Round(file.Milliseconds));
            json.WriteStartArray("commands");
            foreach (var command in file.Commands)
            {
                line.ResetWrittenCount();
                lineJson.Reset(line);
                WriteCommand(lineJson, command);
                lineJson.Flush();
                json.WriteRawValue(line.WrittenSpan, skipInputValidation: true);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static void WriteTotals(Utf8JsonWriter json, Totals totals)
    {
        json.WriteStartObject("totals");
        json.WriteNumber("files", totals.Files);
        json.WriteNumber("commands", totals.Commands);
        json.WriteNumber("assertions", totals.Assertions);
        json.WriteNumber("passed", totals.Passed);
        json.WriteNumber("failed", totals.Failed);
        json.WriteNumber("expectedFailures", totals.ExpectedFailures);
        json.WriteNumber("unexpectedPasses", totals.UnexpectedPasses);
        json.WriteNumber("unsupported", totals.Unsupported);
        json.WriteNumber("adapterLimits", totals.AdapterLimits);
        json.WriteNumber("crashed", totals.Crashed);
        json.WriteNumber("timedOut", totals.TimedOut);
        json.WriteNumber("skipped", totals.Skipped);
        json.WriteBoolean("suiteFound", totals.SuiteFound);
        json.WriteStartObject("messages");
        json.WriteNumber("expected", totals.Messages.Expected);
        json.WriteNumber("prefix", totals.Messages.Prefix);
        json.WriteNumber("exact", totals.Messages.Exact);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCommand(Utf8JsonWriter json, CommandResult command)
    {
        json.WriteStartObject();
        Optional(json, "file", command.File);
        json.WriteNumber("line", command.Line);
        json.WriteNumber("column", command.Column);
        json.WriteString("kind", command.Kind);
        json.WriteString("verdict", command.Verdict.Name());
        Optional(json, "expectedMessage", command.ExpectedMessage);
        if (command.Message is { } level) json.WriteString("message", level.Name());
        Optional(json, "expected", command.Expected);
        Optional(json, "actual", command.Actual);
        Optional(json, "detail", command.Detail);
        if (command.Known is { } known)
        {
            json.WriteStartObject("known");
            json.WriteString("cause", ExpectationFile.NameOf(known.Cause));
            json.WriteString("reason", known.Reason);
            Optional(json, "link", known.Link);
            json.WriteEndObject();
        }
        json.WriteNumber("milliseconds", Round(command.Milliseconds));
        json.WriteEndObject();
    }

    private static double Round(double milliseconds) => Math.Round(milliseconds, 3);

    /// <summary>Text as JSON can hold it: a lone surrogate becomes the replacement character.</summary>
    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, Encoding.UTF8.GetBytes(value));
    }

    private static void Strings(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>Reads a result file.</summary>
    /// <exception cref="FormatException">It is not one, is of another version, or its totals do not agree with its commands.</exception>
    public static RunResult Read(Stream stream)
    {
        try
        {
            using var document = JsonDocument.Parse(stream);
            var root = document.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version != RunResult.FormatVersion) throw new FormatException($"result format {version}; this build reads format {RunResult.FormatVersion}");
            var runtime = root.GetProperty("runtime");
            var settings = root.GetProperty("settings");
            var run = new RunResult
            {
                Tool = Text(root, "tool"),
                Runtime = new(Text(runtime, "name"), Text(runtime, "version"), Texts(runtime, "features"), runtime.GetProperty("distinguishesMalformed").GetBoolean()),
                Suites = [.. root.GetProperty("suites").EnumerateArray().Select(s => new SuiteResult(Text(s, "name"), TextOrNull(s, "repository"), TextOrNull(s, "commit"),
                    s.GetProperty("found").GetBoolean(), TextOrNull(s, "why"), s.GetProperty("official").GetBoolean(), Pinned(s)))],
                Settings = new(Text(settings, "messages"), Text(settings, "references"), Text(settings, "modules"), Text(settings, "threads"),
                    settings.GetProperty("whole").GetBoolean(), TextOrNull(settings, "shard")),
                Totals = ReadTotals(root.GetProperty("totals")),
                Problems = Texts(root, "problems"),
                Incomplete = TextOrNull(root, "incomplete"),
                NotRun = root.TryGetProperty("notRun", out _) ? Texts(root, "notRun") : [],
                Milliseconds = root.GetProperty("milliseconds").GetDouble(),
                Files = [.. root.GetProperty("files").EnumerateArray().Select(ReadFile)],
            };
            var sum = Totals.Sum(run.Files.Select(f => f.Totals), run.Totals.SuiteFound);
            if (sum != run.Totals) throw new FormatException($"the totals of the run are not those of its files: {run.Totals} instead of {sum}");
            return run;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"not a result file: {e.Message}", e);
        }
    }

    private static SuiteCounts? Pinned(JsonElement suite) => suite.TryGetProperty("pinned", out var pinned)
        ? new(pinned.GetProperty("files").GetInt32(), pinned.GetProperty("commands").GetInt32(), pinned.GetProperty("messages").GetInt32())
        : null;

    private static FileResult ReadFile(JsonElement json)
    {
        ImmutableArray<CommandResult> commands = [.. json.GetProperty("commands").EnumerateArray().Select(ReadCommand)];
        var file = new FileResult
        {
            Suite = Text(json, "suite"),
            Path = Text(json, "path"),
            Profile = Text(json, "profile"),
            Totals = ReadTotals(json.GetProperty("totals")),
            Error = TextOrNull(json, "error"),
            Milliseconds = json.GetProperty("milliseconds").GetDouble(),
            Commands = commands,
        };
        return file.Totals == Totals.Of(commands, file.Totals.SuiteFound) ? file : throw new FormatException($"{file.Key}: the totals are not those of the commands");
    }

    private static CommandResult ReadCommand(JsonElement json) => new()
    {
        File = TextOrNull(json, "file"),
        Line = json.GetProperty("line").GetInt32(),
        Column = json.GetProperty("column").GetInt32(),
        Kind = string.Intern(Text(json, "kind")),
        Verdict = Enum.TryParse<Verdict>(Text(json, "verdict"), ignoreCase: true, out var verdict) ? verdict : throw new FormatException($"unknown verdict `{Text(json, "verdict")}`"),
        ExpectedMessage = TextOrNull(json, "expectedMessage"),
        Message = TextOrNull(json, "message") switch
        {
            null => null,
            "none" => MessageLevel.None,
            "prefix" => MessageLevel.Prefix,
            "exact" => MessageLevel.Exact,
            var other => throw new FormatException($"unknown level of message match `{other}`"),
        },
        Expected = TextOrNull(json, "expected"),
        Actual = TextOrNull(json, "actual"),
        Detail = TextOrNull(json, "detail"),
        Known = json.TryGetProperty("known", out var known)
            ? new(ExpectationFile.CauseOf(Text(known, "cause")) ?? throw new FormatException($"unknown cause `{Text(known, "cause")}`"), Text(known, "reason"), TextOrNull(known, "link"))
            : null,
        Milliseconds = json.GetProperty("milliseconds").GetDouble(),
    };

    private static Totals ReadTotals(JsonElement json)
    {
        int Count(string name) => json.GetProperty(name).GetInt32();
        var messages = json.GetProperty("messages");
        return new Totals
        {
            Files = Count("files"),
            Commands = Count("commands"),
            Assertions = Count("assertions"),
            Passed = Count("passed"),
            Failed = Count("failed"),
            ExpectedFailures = Count("expectedFailures"),
            UnexpectedPasses = Count("unexpectedPasses"),
            Unsupported = Count("unsupported"),
            AdapterLimits = Count("adapterLimits"),
            Crashed = Count("crashed"),
            TimedOut = Count("timedOut"),
            Skipped = Count("skipped"),
            SuiteFound = json.GetProperty("suiteFound").GetBoolean(),
            Messages = new(messages.GetProperty("expected").GetInt32(), messages.GetProperty("prefix").GetInt32(), messages.GetProperty("exact").GetInt32()),
        };
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"`{name}` is null");

    private static string? TextOrNull(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static ImmutableArray<string> Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(e => e.GetString()!)];
}
