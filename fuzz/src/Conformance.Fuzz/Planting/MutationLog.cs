using System.Text;
using System.Text.Json;
using Conformance.Fuzz.Campaigns;

namespace Conformance.Fuzz.Planting;

/// <summary>
/// A measurement in a file of JSON lines that is only ever added to: what it is a measurement of, then a line whenever a mutant got further. A file that
/// ends in the middle of a line is continued before that line.
/// </summary>
public sealed class MutationLog : IDisposable
{
    private readonly FileStream _file;
    private readonly Dictionary<string, MutantScore> _scores = [];
    private readonly Lock _gate = new();

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What is measured (<see cref="MutationOptions.Key"/>).</param>
    /// <exception cref="PlantingException">The file is of another measurement, or is none.</exception>
    public MutationLog(string path, string key)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            Read(path, key);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>How far each mutant got, by id.</summary>
    public IReadOnlyDictionary<string, MutantScore> Scores => _scores;

    /// <summary>The processor time so far, of the kit and the workers, in seconds.</summary>
    public double Spent { get; private set; }

    /// <summary>Adds a line.</summary>
    public void Add(MutantScore score, double spent)
    {
        lock (_gate)
        {
            _scores[score.Id] = score;
            Spent = Math.Max(Spent, spent);
            Append(json =>
            {
                score.Write(json);
                json.WriteNumber("spent", Math.Round(Spent, 3));
            });
        }
    }

    private void Read(string path, string key)
    {
        byte[] bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        int whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        _file.SetLength(whole);
        _file.Seek(0, SeekOrigin.End);
        string[] lines = Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            Append(json => json.WriteString("measurement", key));
            return;
        }
        try
        {
            using var first = JsonDocument.Parse(lines[0]);
            string there = Json.Text(first.RootElement, "measurement");
            if (there != key) throw new PlantingException($"{path}: a measurement of other options: {there} there, {key} here");
            foreach (string line in lines.AsSpan(1))
            {
                using var document = JsonDocument.Parse(line);
                var score = MutantScore.Read(document.RootElement);
                _scores[score.Id] = score;
                Spent = Json.Double(document.RootElement, "spent");
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new PlantingException($"{path}: not a measurement: {e.Message}", e);
        }
    }

    private void Append(Action<Utf8JsonWriter> write)
    {
        _file.Write(Json.Bytes(json =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }));
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
