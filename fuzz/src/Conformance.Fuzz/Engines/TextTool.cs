using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Conformance.Harness.Cases;
using Conformance.Harness.Engines;
using Conformance.Harness.Runtimes;

namespace Conformance.Fuzz.Engines;

/// <summary>
/// A parser under test: all texts of a block in one script, in one process. A script that is refused, or ends the process, is cut in halves until the module is
/// alone.
/// </summary>
public sealed partial class TextTool : ICaseEngine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ParserEntry _entry;
    private readonly string _program, _folder;

    /// <summary>One process at a time: all write into the same folder.</summary>
    private readonly Lock _gate = new();
    private TimeSpan _spent;

    /// <param name="entry">What it is.</param>
    /// <param name="program">The program's file.</param>
    /// <exception cref="IOException">The program cannot be started or does not tell its version.</exception>
    public TextTool(ParserEntry entry, string program)
    {
        _entry = entry;
        _program = program;
        _folder = Path.Combine(Path.GetTempPath(), $"conformance-text-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_folder);
        var (code, output) = Start(["--version"]);
        if (code != 0 || Version().Match(output) is not { Success: true } version) throw new IOException($"{program} --version: {output.Trim()}");
        Info = new RuntimeInfo { Name = entry.Name, Version = version.Value, Features = entry.Features };
    }

    public RuntimeInfo Info { get; }

    /// <summary>On Linux the time of the processes that have ended, whoever started them; elsewhere zero.</summary>
    public TimeSpan ProcessorTime => _spent;

    public int Restarts { get; private set; }

    public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases)
    {
        lock (_gate) return RunAll(cases);
    }

    private ImmutableArray<CaseResult> RunAll(ImmutableArray<Case> cases)
    {
        var texts = new List<byte[]>();
        foreach (var @case in cases)
            foreach (var action in @case.Actions)
                if (TextOf(@case, action) is { } text) texts.Add(text);
        var parsed = new ActionResult[texts.Count];
        if (texts.Count > 0) Parse(texts, parsed, 0, texts.Count);

        int next = 0;
        var results = ImmutableArray.CreateBuilder<CaseResult>(cases.Length);
        foreach (var @case in cases)
            results.Add(new([.. @case.Actions.Select(action => TextOf(@case, action) is null ? new ActionResult.Ended(new Outcome.Unsupported("it parses, and does nothing else")) : parsed[next++])]));
        return results.MoveToImmutable();
    }

    public Task<ImmutableArray<CaseResult>> RunAsync(ImmutableArray<Case> cases) => Task.Run(() => Run(cases));

    /// <summary>The text that an action asks for; loading one is parsing it.</summary>
    private static byte[]? TextOf(Case @case, CaseAction action) => action is CaseAction.Parse or CaseAction.Load ? @case.Modules[action.OfModule()!.Value] : null;

    private void Parse(List<byte[]> texts, ActionResult[] results, int from, int count)
    {
        if (Once(texts, results, from, count) is not { } failure) return;
        if (count == 1)
        {
            results[from] = new ActionResult.Ended(failure);
            return;
        }
        if (failure is not Outcome.Malformed) Restarts++;
        Parse(texts, results, from, count / 2);
        Parse(texts, results, from + (count / 2), count - (count / 2));
    }

    /// <summary>Parses some texts together; how it ended when that failed.</summary>
    private Outcome? Once(List<byte[]> texts, ActionResult[] results, int from, int count)
    {
        string script = Path.Combine(_folder, "texts.wast"), json = Path.Combine(_folder, "texts.json");
        using (var file = File.Create(script))
            for (int i = from; i < from + count; i++)
            {
                file.Write(texts[i]);
                file.WriteByte((byte)'\n');
            }
        File.Delete(json);
        var (code, output) = Start([.. _entry.Arguments.Select(a => a switch { ParserEntry.Script => script, ParserEntry.Json => json, ParserEntry.Folder => _folder, _ => a })]);
        if (code is null) return new Outcome.TimedOut($"no answer in {Limit.TotalSeconds} s");
        if (code != 0) return code is 1 or 2 ? new Outcome.Malformed(Reason(output)) : new Outcome.Crashed(string.Create(CultureInfo.InvariantCulture, $"exit code {code}: {output.Trim()}"));
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(json));
            var files = document.RootElement.GetProperty("commands").EnumerateArray().Where(c => c.GetProperty("type").GetString() == "module").Select(c => c.GetProperty("filename").GetString()!).ToList();
            if (files.Count != count) return new Outcome.Crashed($"{files.Count} modules of {count} texts");
            for (int i = 0; i < count; i++)
            {
                string file = Path.Combine(_folder, files[i]);
                results[from + i] = new ActionResult.Parsed(File.ReadAllBytes(file));
                File.Delete(file);
            }
            return null;
        }
        catch (Exception e) when (e is JsonException or IOException or KeyNotFoundException or InvalidOperationException)
        {
            return new Outcome.Crashed($"what it wrote cannot be read: {e.Message}");
        }
    }

    /// <summary>The reason in what a tool says: the first line with an error, without the place.</summary>
    private static string Reason(string output) => Error().Match(output) is { Success: true } match ? match.Groups["what"].Value.Trim() : output.Trim();

    // wabt: FILE:LINE:COLUMN: error: what; wasm-tools: error: what
    [GeneratedRegex(@"\berror: (?<what>.+)$", RegexOptions.Multiline)]
    private static partial Regex Error();

    [GeneratedRegex(@"\d+(\.\d+)+")]
    private static partial Regex Version();

    /// <summary>Runs the program; its exit code, null when it was ended for its time, and what it said.</summary>
    private (int? Code, string Output) Start(ImmutableArray<string> arguments)
    {
        try
        {
            var before = OfChildren();
            using var process = Process.Start(new ProcessStartInfo(_program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _folder })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            bool ended = process.WaitForExit(Limit);
            if (!ended) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            string said = output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult();
            _spent += OfChildren() - before;
            return (ended ? process.ExitCode : null, said);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{_program} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>The processor time of the children of this process that have ended.</summary>
    private static TimeSpan OfChildren()
    {
        if (!OperatingSystem.IsLinux()) return TimeSpan.Zero;
        // Behind the name, which may hold blanks, in parentheses: 13 fields on are the two times, in hundredths of a second.
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
