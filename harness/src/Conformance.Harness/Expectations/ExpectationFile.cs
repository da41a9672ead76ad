using System.Collections.Immutable;
using System.Text;
using Conformance.Harness.Results;
using Conformance.Harness.Suites;

namespace Conformance.Harness.Expectations;

/// <summary>Whose doing it is that a command does not pass. In the file: <c>cause</c>.</summary>
public enum ExpectationCause
{
    /// <summary><c>engine</c>: the engine is wrong. What a temporary entry means that names no cause.</summary>
    Engine,

    /// <summary><c>permitted</c>: a specification permits it, such as a limit. What a permanent entry means that names no cause.</summary>
    Permitted,

    /// <summary><c>message</c>: the outcome's class is right; the engine's words are those of something else.</summary>
    Message,

    /// <summary><c>feature</c>: the engine lacks, or has, a part of a feature that cannot be asked for by itself.</summary>
    Feature,

    /// <summary><c>adapter</c>: the adapter cannot tell.</summary>
    Adapter,
}

/// <summary>One command that is known not to pass on a runtime.</summary>
/// <param name="File">The file's key: suite and path.</param>
/// <param name="Line">The line of the command.</param>
/// <param name="Kind">The command's keyword; an entry whose line holds another command matches nothing.</param>
/// <param name="Verdict">Failed, crashed or timed out.</param>
/// <param name="Reason">Why. An entry without a reason excuses nothing.</param>
/// <param name="Temporary">What will remove it; null for a permanent one.</param>
/// <param name="Permanent">The clause that excuses it; null for a temporary one.</param>
public sealed record Expectation(string File, int Line, string Kind, Verdict Verdict, string Reason, string? Temporary, string? Permanent)
{
    /// <summary>The cause that the entry names; null for the one that goes with temporary or permanent.</summary>
    public ExpectationCause? NamedCause { get; init; }

    public ExpectationCause Cause => NamedCause ?? (Permanent is null ? ExpectationCause.Engine : ExpectationCause.Permitted);

    /// <summary>Where it is reported or discussed; null when that is not known.</summary>
    public string? Link { get; init; }

    /// <summary>What the entry still needs before it excuses anything, or null.</summary>
    public string? Needs =>
        string.IsNullOrWhiteSpace(Reason) ? "the expectation needs a reason"
        : string.IsNullOrWhiteSpace(Temporary) == string.IsNullOrWhiteSpace(Permanent) ? "the expectation needs one of `temporary: what removes it` and `permanent: the clause`"
        : null;

    public override string ToString() => $"{File}:{Line}: {Kind}";
}

/// <summary>
/// The expectations of one runtime. Applying them turns a failure that an entry names into an expected failure, and a pass that an entry names
/// into an unexpected pass. An entry that names no command is a problem of the run.
/// </summary>
public sealed record ExpectationFile(ImmutableArray<Expectation> Entries)
{
    private const string Head = """
        # Commands that are known not to pass on this runtime, each with its reason and either
        #   temporary: what will remove the entry, or
        #   permanent: the clause of the specification that excuses it.
        # An entry whose command passes, or that names no command, fails the run.

        expectations:

        """;

    public static ExpectationFile Empty { get; } = new(ImmutableArray<Expectation>.Empty);

    /// <summary>Reads a file and those that it extends; one that does not exist is empty.</summary>
    /// <exception cref="FormatException">A file is not a list of expectations; the message begins with path and line.</exception>
    public static ExpectationFile Load(string path) => File.Exists(path) ? Load(path, []) : Empty;

    private static ExpectationFile Load(string path, ImmutableArray<string> extending)
    {
        try
        {
            string text = File.ReadAllText(path);
            extending = extending.Add(Path.GetFullPath(path));
            var entries = ImmutableArray.CreateBuilder<Expectation>();
            foreach (var (name, node) in Extended(text))
            {
                string other = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(extending[^1])!, name));
                if (extending.Contains(other)) throw Yaml.Error(node, $"{name} extends this file");
                if (!File.Exists(other)) throw Yaml.Error(node, $"{name} does not exist");
                entries.AddRange(Load(other, extending).Entries);
            }
            entries.AddRange(Parse(text).Entries);
            return entries.GroupBy(e => (e.File, e.Line, e.Kind)).FirstOrDefault(g => g.Count() > 1) is { } doubled
                ? throw new FormatException($"a second expectation for {doubled.First()}") : new(entries.ToImmutable());
        }
        catch (FormatException e) when (!e.Data.Contains(nameof(path)))
        {
            throw new FormatException($"{path}: {e.Message}", e) { Data = { [nameof(path)] = path } };
        }
    }

    /// <summary>The names of the files whose entries are this one's too: <c>extends: [NAME, …]</c>, relative to it.</summary>
    private static IEnumerable<(string Name, YamlDotNet.RepresentationModel.YamlNode Node)> Extended(string yaml) =>
        Yaml.Root(yaml) is not { } root ? [] : Yaml.Entries(root, Keys).Where(e => e.Key == "extends").SelectMany(e => Yaml.Items(e.Value)).Select(n => (Yaml.Scalar(n), n));

    private static readonly string[] Keys = ["extends", "expectations"];

    /// <summary>The entries of one file without those that it extends.</summary>
    /// <exception cref="FormatException">The text is not a list of expectations; the message begins with the line.</exception>
    public static ExpectationFile Parse(string yaml)
    {
        var entries = ImmutableArray.CreateBuilder<Expectation>();
        var seen = new HashSet<(string, int, string)>();
        if (Yaml.Root(yaml) is { } root)
            foreach (var (_, list) in Yaml.Entries(root, Keys).Where(e => e.Key == "expectations"))
                foreach (var node in Yaml.Items(list))
                {
                    var entry = new Expectation("", 0, "", Verdict.Failed, "", null, null);
                    var lines = ImmutableArray.CreateBuilder<int>();
                    foreach (var (key, value) in Yaml.Entries(node, "file", "line", "lines", "kind", "verdict", "cause", "reason", "link", "temporary", "permanent"))
                        if (key == "line") lines.Add(Yaml.Int(value));
                        else if (key == "lines") lines.AddRange(Yaml.Items(value).Select(Yaml.Int));
                        else
                            entry = key switch
                            {
                                "file" => entry with { File = Yaml.Scalar(value) },
                                "kind" => entry with { Kind = Yaml.Scalar(value) },
                                "verdict" => entry with { Verdict = Failure(value) },
                                "cause" => entry with { NamedCause = CauseOf(Yaml.Scalar(value)) ?? throw Yaml.Error(value, $"unknown cause `{Yaml.Scalar(value)}`; known are {string.Join(", ", Enum.GetValues<ExpectationCause>().Select(NameOf))}") },
                                "reason" => entry with { Reason = Yaml.Scalar(value) },
                                "link" => entry with { Link = Yaml.Scalar(value) },
                                "temporary" => entry with { Temporary = Yaml.Scalar(value) },
                                _ => entry with { Permanent = Yaml.Scalar(value) },
                            };
                    if (entry.File.Length == 0 || lines.Count == 0 || entry.Kind.Length == 0) throw Yaml.Error(node, "an expectation needs file, line and kind");
                    foreach (int line in lines)
                    {
                        var one = entry with { Line = line };
                        if (!seen.Add((one.File, one.Line, one.Kind))) throw Yaml.Error(node, $"a second expectation for {one}");
                        entries.Add(one);
                    }
                }
        return new(entries.ToImmutable());
    }

    /// <summary>A cause as it stands in files.</summary>
    public static string NameOf(ExpectationCause cause) => cause.ToString().ToLowerInvariant();

    /// <summary>The cause of a name; null when there is none.</summary>
    public static ExpectationCause? CauseOf(string name) => Enum.GetValues<ExpectationCause>().Where(c => NameOf(c) == name).Select(c => (ExpectationCause?)c).FirstOrDefault();

    private static Verdict Failure(YamlDotNet.RepresentationModel.YamlNode node) => Yaml.Scalar(node) switch
    {
        "failed" => Verdict.Failed,
        "crashed" => Verdict.Crashed,
        "timedOut" => Verdict.TimedOut,
        var other => throw Yaml.Error(node, $"verdict `{other}` cannot be expected; failed, crashed and timedOut can"),
    };

    /// <summary>The file's result with these expectations applied, and the entries that named a command of it.</summary>
    public (FileResult Result, ImmutableHashSet<Expectation> Used) Apply(FileResult file)
    {
        var entries = Entries.Where(e => e.File == file.Key).ToDictionary(e => (e.Line, e.Kind));
        if (entries.Count == 0) return (file, []);
        var used = ImmutableHashSet.CreateBuilder<Expectation>();
        var commands = ImmutableArray.CreateBuilder<CommandResult>(file.Commands.Length);
        foreach (var command in file.Commands)
        {
            if (command.File is not null || !entries.TryGetValue((command.Line, command.Kind), out var entry))
            {
                commands.Add(command);
                continue;
            }
            used.Add(entry);
            commands.Add(entry.Needs is { } needs ? command with { Detail = Join(command.Detail, needs) }
                : command.Verdict == entry.Verdict ? command with { Verdict = Verdict.ExpectedFailure, Known = new(entry.Cause, entry.Reason, entry.Link), Detail = Join(command.Detail, $"{Mark(entry)}: {entry.Reason}") }
                : command.Verdict == Verdict.Passed ? command with { Verdict = Verdict.UnexpectedPass, Detail = $"the expectations say that it fails: {entry.Reason}" }
                : command);
        }
        var applied = commands.ToImmutable();
        return (file with { Commands = applied, Totals = Totals.Of(applied, file.Totals.SuiteFound) }, used.ToImmutable());
    }

    private static string Mark(Expectation entry) => entry.Permanent is null ? $"temporary, until {entry.Temporary}" : $"permanent, {entry.Permanent}";

    private static string Join(string? detail, string more) => detail is null ? more : $"{detail}; {more}";

    /// <summary>The text of an expectations file with an entry for every bad command that has none. The new entries need a reason.</summary>
    /// <param name="text">The file as it is; its comments and entries stay.</param>
    /// <param name="run">The run with this file's expectations applied.</param>
    public static string Update(string text, RunResult run)
    {
        var known = Parse(text).Entries.Select(e => (e.File, e.Line, e.Kind)).ToHashSet();
        var builder = new StringBuilder(text.Length == 0 ? Head : text);
        if (builder[^1] != '\n') builder.Append('\n');
        foreach (var file in run.Files)
            foreach (var command in file.Commands)
            {
                if (command.Verdict is not (Verdict.Failed or Verdict.Crashed or Verdict.TimedOut) || command.File is not null) continue;
                if (!known.Add((file.Key, command.Line, command.Kind))) continue;
                builder.Append($"  - file: {Quote(file.Key)}\n    line: {command.Line}\n    kind: {command.Kind}\n");
                if (command.Verdict != Verdict.Failed) builder.Append($"    verdict: {command.Verdict.Name()}\n");
                builder.Append($"    # {command.Text.ReplaceLineEndings(" ")}\n    reason: \"\"\n    temporary: \"\"\n");
            }
        return builder.ToString();
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
