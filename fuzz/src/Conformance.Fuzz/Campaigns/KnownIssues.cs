using System.Collections.Immutable;
using System.IO.Enumeration;
using Conformance.Harness.Suites;
using YamlDotNet.RepresentationModel;

namespace Conformance.Fuzz.Campaigns;

/// <summary>A difference that has been explained. What it does not say matches everything.</summary>
/// <param name="Engine">The engine's name, with <c>*</c> for any part.</param>
/// <param name="Versions">Its versions, with <c>*</c> for any part; empty for all.</param>
/// <param name="Layers">The layers; empty for all.</param>
/// <param name="Instructions">Mnemonics, with <c>*</c>, of which one must be under test or, where the layer does not say what is, occur in the case's modules; empty for all.</param>
/// <param name="Class">The class of the difference, with <c>*</c>; null for all.</param>
/// <param name="Reason">What is wrong, and by which clause of the specification.</param>
/// <param name="Link">Where it is reported, or the case in the corpus that shows it.</param>
public sealed record KnownIssue(string Engine, ImmutableArray<string> Versions, ImmutableArray<string> Layers, ImmutableArray<string> Instructions, string? Class, string Reason, string Link)
{
    /// <summary>Whether it explains what one engine did in a finding.</summary>
    public bool Explains(Finding finding, Observation observation) =>
        Like(Engine, observation.Engine)
        && (Versions.IsEmpty || Versions.Any(v => Like(v, observation.Version)))
        && (Layers.IsEmpty || Layers.Contains(finding.Signature.Layer))
        && (Class is null || Like(Class, finding.Signature.Class))
        && (Instructions.IsEmpty || Instructions.Any(i => finding.Signature.Instruction is { } under ? Like(i, under) : finding.Instructions.Any(name => Like(i, name))));

    private static bool Like(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}

/// <summary>The known issues. A finding is known when every engine that differs in it is explained, so a bug of ours that all engines show never is.</summary>
public sealed record KnownIssues(ImmutableArray<KnownIssue> Entries)
{
    public static KnownIssues None { get; } = new([]);

    /// <summary>The issues that explain a finding, or none when one of its engines is not explained.</summary>
    public ImmutableArray<KnownIssue> Explain(Finding finding)
    {
        var issues = ImmutableArray.CreateBuilder<KnownIssue>();
        if (finding.Suspect == Suspect.Reference) return [];
        foreach (var observation in finding.Observations.Where(o => o.Differs))
        {
            if (Entries.FirstOrDefault(e => e.Explains(finding, observation)) is not { } issue) return [];
            if (!issues.Contains(issue)) issues.Add(issue);
        }
        return issues.ToImmutable();
    }

    /// <exception cref="FormatException">The file is not a list of issues; the message begins with path and line.</exception>
    public static KnownIssues Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    /// <exception cref="FormatException">The text is not a list of issues; the message begins with the line.</exception>
    public static KnownIssues Parse(string yaml)
    {
        var entries = ImmutableArray.CreateBuilder<KnownIssue>();
        if (Yaml.Root(yaml) is { } root)
            foreach (var (_, list) in Yaml.Entries(root, "issues"))
                foreach (var node in Yaml.Items(list)) entries.Add(Entry(node));
        return new(entries.ToImmutable());
    }

    private static KnownIssue Entry(YamlNode node)
    {
        var entry = new KnownIssue("", [], [], [], null, "", "");
        foreach (var (key, value) in Yaml.Entries(node, "engine", "versions", "layers", "instructions", "class", "reason", "link"))
            entry = key switch
            {
                "engine" => entry with { Engine = Yaml.Scalar(value) },
                "versions" => entry with { Versions = Texts(value) },
                "layers" => entry with { Layers = Texts(value) },
                "instructions" => entry with { Instructions = Texts(value) },
                "class" => entry with { Class = Yaml.Scalar(value) },
                "reason" => entry with { Reason = Yaml.Scalar(value) },
                _ => entry with { Link = Yaml.Scalar(value) },
            };
        return entry.Engine.Length > 0 && entry.Reason.Length > 0 && entry.Link.Length > 0 ? entry
            : throw Yaml.Error(node, "a known issue needs engine, reason and link");
    }

    private static ImmutableArray<string> Texts(YamlNode node) => [.. Yaml.Items(node).Select(Yaml.Scalar)];
}
