using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Fuzz.Generating;

namespace Conformance.Fuzz.Campaigns;

/// <summary>The folder cannot be used: of another campaign, in use, or damaged. The message is for the user.</summary>
public sealed class CampaignFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A campaign on disk. <c>campaign.jsonl</c> is only ever appended to: first the options, then checkpoints, findings, repetitions and what of the coverage was newly
/// reached, one object a line; of each part the last checkpoint counts. A finding's line is written behind its folder, and a checkpoint behind all findings of the blocks that it counts, so
/// a process that is killed at any moment loses none, and what it ran twice has the same name. What the kill tore is the last line, and is dropped.
/// </summary>
public sealed class CampaignFolder : IDisposable
{
    /// <summary>The names of its files and of the folder of folders of findings.</summary>
    public const string JournalFile = "campaign.jsonl", FindingsFolder = "findings", LockFile = "campaign.lock";

    private const int Version = 1;
    private const string Partial = ".partial";

    private readonly Lock _gate = new();
    private readonly FileStream _journal, _lock;
    private CampaignState _state;
    private int _lastFolder;

    private CampaignFolder(string path, FileStream locked, FileStream journal, CampaignState state)
    {
        Path = path;
        _lock = locked;
        _journal = journal;
        _state = state;
        _lastFolder = state.Findings.Values.Select(f => f.Folder ?? 0).DefaultIfEmpty(0).Max();
    }

    public string Path { get; }

    /// <summary>What the folder holds now.</summary>
    public CampaignState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Opens a folder for a campaign: a new one, or one that these options began.</summary>
    /// <exception cref="CampaignFolderException">It holds another campaign, is in use, or is damaged.</exception>
    public static CampaignFolder Open(string path, CampaignOptions options)
    {
        FileStream? locked = null, journal = null;
        try
        {
            Directory.CreateDirectory(path);
            // The system gives the lock back when a process ends, however it does.
            locked = new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            journal = new FileStream(System.IO.Path.Combine(path, JournalFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
            byte[] bytes = new byte[journal.Length];
            journal.ReadExactly(bytes);
            var (state, length) = Read(System.IO.Path.Combine(path, JournalFile), bytes);
            journal.Position = journal.Length;
            var folder = new CampaignFolder(path, locked, journal, state);
            if (state.Parts.IsEmpty)
            {
                folder.Append(Json.LineOf("campaign", json => WriteHeader(json, options)), durable: true);
                folder._state = state with { Parts = state.Parts.Add(options.PartKey, Begin(options)) };
            }
            else if (state.Parts.Count > 1)
            {
                throw new CampaignFolderException($"{path}: holds a merged fleet, which no process continues");
            }
            else if (state.Parts.Values.Single().Options.DifferencesTo(options).ToList() is { Count: > 0 } differences)
            {
                throw new CampaignFolderException($"{path}: holds a campaign with other options:\n  {string.Join("\n  ", differences)}\nContinue it with its own, or choose another --out.");
            }
            folder.Sweep();
            return folder;
        }
        catch (Exception e)
        {
            journal?.Dispose();
            locked?.Dispose();
            if (e is IOException or UnauthorizedAccessException) throw new CampaignFolderException($"{path}: cannot be used, perhaps because another process does: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Reads a folder, which may be in use.</summary>
    /// <exception cref="CampaignFolderException">There is no campaign in it, or it is damaged.</exception>
    public static CampaignState Load(string path)
    {
        string file = System.IO.Path.Combine(path, JournalFile);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var state = Read(file, bytes).State;
            return state.Parts.IsEmpty ? throw new CampaignFolderException($"{file}: holds no campaign") : state;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CampaignFolderException($"{path}: no campaign folder: {e.Message}", e);
        }
    }

    /// <summary>The folder of a finding that was saved.</summary>
    public static string FolderOf(string campaign, int number) => System.IO.Path.Combine(campaign, FindingsFolder, Finding.FolderName(number));

    /// <summary>Whether a case has been recorded.</summary>
    public bool Knows(CaseName name)
    {
        string key = Finding.SortKeyOf(name);
        lock (_gate) return _state.Findings.ContainsKey(key) || _state.Repetitions.ContainsKey(key);
    }

    /// <summary>Records a finding; with its case, in a folder of its own. One of the same name is not recorded again.</summary>
    /// <returns>The finding as recorded.</returns>
    /// <exception cref="CampaignFolderException">The folder cannot be written any more; so of all that records.</exception>
    public Finding Record(Finding finding, SavedCase? saved)
    {
        lock (_gate)
        {
            string key = finding.SortKey;
            if (_state.Findings.TryGetValue(key, out var known)) return known;
            finding = finding with { Folder = saved is null ? null : ++_lastFolder };
            if (saved is not null) Writing(() => Save(Path, finding, saved.Save));
            Append(Json.LineOf("finding", finding.Write), durable: true);
            _state = _state with { Findings = _state.Findings.Add(key, finding), Repetitions = _state.Repetitions.Remove(key) };
            return finding;
        }
    }

    /// <summary>Counts a case under a signature. One that is recorded already is not counted again.</summary>
    public void Record(Repetition repetition)
    {
        lock (_gate)
        {
            string key = KeyOf(repetition);
            if (_state.Findings.ContainsKey(key) || _state.Repetitions.ContainsKey(key)) return;
            Append(Json.LineOf("repetition", json => Write(json, repetition)), durable: false);
            _state = _state with { Repetitions = _state.Repetitions.Add(key, repetition) };
        }
    }

    /// <summary>Records cells of the coverage that were reached, those that are new.</summary>
    public void Reach(IEnumerable<string> cells)
    {
        lock (_gate)
        {
            var all = _state.Cells.Union(cells);
            if (all.Count == _state.Cells.Count) return;
            Append(Json.LineOf("cells", json => Write(json, all.Except(_state.Cells))), durable: false);
            _state = _state with { Cells = all };
        }
    }

    /// <summary>Records how far the campaign got.</summary>
    public void Checkpoint(CampaignPart part)
    {
        lock (_gate)
        {
            Append(Json.LineOf("checkpoint", json => Write(json, part)), durable: true);
            _state = _state with { Parts = _state.Parts.SetItem(part.Options.PartKey, part) };
        }
    }

    private static CampaignPart Begin(CampaignOptions options) => new() { Options = options, Next = options.First + options.Shard.Index - 1, Totals = new() };

    /// <summary>A line reaches the operating system in one piece, which survives the process; and the disk where it matters.</summary>
    private void Append(byte[] line, bool durable)
    {
        Writing(() =>
        {
            _journal.Write(line);
            _journal.Flush(flushToDisk: durable);
        });
    }

    private void Writing(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CampaignFolderException($"{Path}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>A finding's folder is complete when it has its name.</summary>
    private static void Save(string campaign, Finding finding, Action<string> save)
    {
        string folder = FolderOf(campaign, finding.Folder!.Value), partial = folder + Partial;
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        save(partial);
        File.WriteAllBytes(System.IO.Path.Combine(partial, "finding.json"), Json.Bytes(finding.Write, indented: true));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(partial, folder);
    }

    /// <summary>Folders of findings that a killed process did not get to record.</summary>
    private void Sweep()
    {
        string findings = System.IO.Path.Combine(Path, FindingsFolder);
        if (!Directory.Exists(findings)) return;
        var known = _state.Findings.Values.Where(f => f.Folder is not null).Select(f => Finding.FolderName(f.Folder!.Value)).ToHashSet();
        foreach (string folder in Directory.EnumerateDirectories(findings).Where(f => !known.Contains(System.IO.Path.GetFileName(f))).ToList())
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Writes the merged state of several folders, with copies of their findings' folders, as a new one.</summary>
    /// <exception cref="CampaignFolderException">A folder is damaged, the parts are not of one fleet, or the new folder is not empty.</exception>
    public static CampaignState Merge(IReadOnlyList<string> folders, string target)
    {
        var state = CampaignState.Empty;
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string folder in folders)
        {
            var loaded = Load(folder);
            try
            {
                state = state.MergedWith(loaded);
            }
            catch (FormatException e)
            {
                throw new CampaignFolderException($"{folder}: {e.Message}", e);
            }
            foreach (var (key, finding) in loaded.Findings.Where(f => f.Value.Folder is not null))
                if (ReferenceEquals(state.Findings[key], finding)) sources[key] = FolderOf(folder, finding.Folder!.Value);
        }
        try
        {
            if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()) throw new CampaignFolderException($"{target}: is not empty");
            Directory.CreateDirectory(target);
            int number = 0;
            var findings = state.Findings.ToBuilder();
            foreach (var (key, finding) in state.Findings.Where(f => f.Value.Folder is not null).ToList())
            {
                findings[key] = finding with { Folder = ++number };
                Save(target, findings[key], folder => Copy(sources[key], folder));
            }
            state = state with { Findings = findings.ToImmutable() };
            using var journal = new FileStream(System.IO.Path.Combine(target, JournalFile), FileMode.CreateNew, FileAccess.Write);
            foreach (var part in state.Parts.Values)
            {
                journal.Write(Json.LineOf("campaign", json => WriteHeader(json, part.Options)));
                journal.Write(Json.LineOf("checkpoint", json => Write(json, part)));
            }
            foreach (var finding in state.Findings.Values) journal.Write(Json.LineOf("finding", finding.Write));
            foreach (var repetition in state.Repetitions.Values) journal.Write(Json.LineOf("repetition", json => Write(json, repetition)));
            if (!state.Cells.IsEmpty) journal.Write(Json.LineOf("cells", json => Write(json, state.Cells)));
            journal.Flush(flushToDisk: true);
            return state;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CampaignFolderException($"{target}: {e.Message}", e);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from)) File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
    }

    /// <summary>The state that a journal tells, and the length of it that does.</summary>
    private static (CampaignState State, long Length) Read(string file, ReadOnlySpan<byte> bytes)
    {
        CampaignOptions? options = null;
        var parts = CampaignState.Empty.Parts.ToBuilder();
        var findings = CampaignState.Empty.Findings.ToBuilder();
        var repetitions = CampaignState.Empty.Repetitions.ToBuilder();
        var cells = CampaignState.Empty.Cells.ToBuilder();
        long length = 0;
        for (int number = 1; bytes.IndexOf((byte)'\n') is >= 0 and var end; number++)
        {
            try
            {
                using var document = JsonDocument.Parse(bytes[..end].ToArray());
                var line = document.RootElement is { ValueKind: JsonValueKind.Object } root && root.EnumerateObject().ToList() is [var member] ? member : throw new FormatException("not an object with one member");
                switch (line.Name)
                {
                    case "campaign":
                        options = ReadHeader(line.Value);
                        parts[options.PartKey] = Begin(options);
                        break;
                    case "checkpoint":
                        if (options is null) throw new FormatException("a checkpoint before its campaign");
                        parts[options.PartKey] = ReadCheckpoint(line.Value, options);
                        break;
                    case "finding":
                        var finding = Finding.Read(line.Value);
                        findings.TryAdd(finding.SortKey, finding);
                        break;
                    case "repetition":
                        var repetition = new Repetition(Json.NameOfCase(line.Value), Json.Text(line.Value, "signature"));
                        repetitions.TryAdd(KeyOf(repetition), repetition);
                        break;
                    case "cells":
                        cells.UnionWith(Json.Texts(document.RootElement, line.Name));
                        break;
                    default:
                        throw new FormatException($"unknown kind of line `{line.Name}`");
                }
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
            {
                throw new CampaignFolderException($"{file}:{number}: {e.Message}", e);
            }
            length += end + 1;
            bytes = bytes[(end + 1)..];
        }
        foreach (string key in findings.Keys) repetitions.Remove(key);
        return (new(parts.ToImmutable(), findings.ToImmutable(), repetitions.ToImmutable(), cells.ToImmutable()), length);
    }

    private static string KeyOf(Repetition repetition) => Finding.SortKeyOf(repetition.Case);

    private static void WriteHeader(Utf8JsonWriter json, CampaignOptions options)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WritePropertyName("options");
        options.Write(json);
        json.WriteEndObject();
    }

    private static CampaignOptions ReadHeader(JsonElement json) => Json.Int(json, "version") is var version and not Version
        ? throw new FormatException($"a campaign of version {version}; this kit reads version {Version}") : CampaignOptions.Read(Json.Member(json, "options"));

    private static void Write(Utf8JsonWriter json, IEnumerable<string> cells)
    {
        json.WriteStartArray();
        foreach (string cell in cells) json.WriteStringValue(cell);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Repetition repetition)
    {
        json.WriteStartObject();
        json.WriteString("case", repetition.Case.ToString());
        json.WriteString("signature", repetition.Signature);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CampaignPart part)
    {
        json.WriteStartObject();
        json.WriteNumber("next", part.Next);
        json.WriteNumber("milliseconds", part.Milliseconds);
        json.WriteBoolean("complete", part.IsComplete);
        Json.Counts(json, "restarts", part.Restarts);
        if (!part.Lost.IsEmpty)
        {
            json.WriteStartObject("lost");
            foreach (var (engine, why) in part.Lost) json.WriteString(engine, why);
            json.WriteEndObject();
        }
        json.WritePropertyName("totals");
        part.Totals.Write(json);
        json.WriteEndObject();
    }

    private static CampaignPart ReadCheckpoint(JsonElement json, CampaignOptions options) => new()
    {
        Options = options,
        Next = Json.Long(json, "next"),
        Milliseconds = Json.Long(json, "milliseconds"),
        IsComplete = Json.Bool(json, "complete"),
        Restarts = Json.Counts(json, "restarts").ToImmutableSortedDictionary(StringComparer.Ordinal),
        Lost = Json.Has(json, "lost") ? Json.Members(json, "lost").ToImmutableSortedDictionary(p => p.Name, p => Json.Text(Json.Member(json, "lost"), p.Name), StringComparer.Ordinal) : ImmutableSortedDictionary<string, string>.Empty,
        Totals = CampaignTotals.Read(Json.Member(json, "totals")),
    };

    public void Dispose()
    {
        lock (_gate)
        {
            _journal.Dispose();
            _lock.Dispose();
        }
    }
}
