using System.Text.Encodings.Web;
using System.Text.Json;
using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>A matrix as JSON (<c>reports/schema/matrix.v1.schema.json</c>): a summary, then each runtime's full result as a run of its own would write it.</summary>
public static class MatrixJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Matrix matrix, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteNumber("matrix", Matrix.FormatVersion);
        json.WriteStartArray("runtimes");
        foreach (var run in matrix.Runs)
        {
            json.WriteStartObject();
            json.WriteString("name", run.Runtime.Name);
            json.WriteString("version", run.Runtime.Version);
            json.WriteBoolean("asExpected", run.IsGreen);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("notRun");
        foreach (var missing in matrix.NotRun)
        {
            json.WriteStartObject();
            json.WriteString("name", missing.Name);
            json.WriteString("why", missing.Why);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("folders");
        foreach (string folder in matrix.Folders) WriteFolder(json, matrix, folder);
        json.WriteEndArray();
        json.WriteStartArray("deviations");
        foreach (var run in matrix.Runs)
            foreach (var deviation in Matrix.Deviations(run)) WriteDeviation(json, run, deviation);
        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach (var run in matrix.Runs)
        {
            using var result = new MemoryStream();
            ResultJson.Write(run, result);
            json.WriteRawValue(result.GetBuffer().AsSpan(0, (int)result.Length), skipInputValidation: true);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static void WriteFolder(Utf8JsonWriter json, Matrix matrix, string folder)
    {
        json.WriteStartObject();
        json.WriteString("folder", folder);
        json.WriteStartArray("runtimes");
        foreach (var run in matrix.Runs)
        {
            if (Matrix.Of(run, folder) is not { } totals) continue;
            json.WriteStartObject();
            json.WriteString("name", run.Runtime.Name);
            json.WriteNumber("files", totals.Files);
            json.WriteNumber("commands", totals.Commands);
            foreach (var verdict in Enum.GetValues<Verdict>())
                if (totals.Of(verdict) > 0) json.WriteNumber(verdict.Name(), totals.Of(verdict));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDeviation(Utf8JsonWriter json, RunResult run, Deviation deviation)
    {
        string cause = deviation.Cause.ToString();
        json.WriteStartObject();
        json.WriteString("runtime", run.Runtime.Name);
        json.WriteString("cause", char.ToLowerInvariant(cause[0]) + cause[1..]);
        json.WriteString("reason", deviation.Reason);
        if (deviation.Link is not null) json.WriteString("link", deviation.Link);
        json.WriteStartArray("places");
        foreach (var (file, command) in deviation.Commands) json.WriteStringValue(file.Place(command));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
