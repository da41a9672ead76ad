using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Conformance.Harness.Results;

namespace Conformance.Harness.Suites;

/// <summary>A pinned suite.</summary>
/// <param name="Name">Its name on the command line and in reports.</param>
/// <param name="About">One line on what it holds.</param>
/// <param name="Official">Whether it is the official mirror.</param>
/// <param name="Repository">Its public git repository.</param>
/// <param name="Commit">The pinned commit, in full.</param>
/// <param name="Path">Its folder in the repository.</param>
/// <param name="Counts">The numbers of its scripts, of their commands (those inside threads included), and of the commands that expect a message.</param>
/// <param name="Checksum">The checksum of its scripts, see <see cref="SuiteList.ChecksumOf"/>.</param>
public sealed record SuiteSpec(string Name, string About, bool Official, string Repository, string Commit, string Path, SuiteCounts Counts, string Checksum);

/// <summary>The content of <c>corpus/suites.yaml</c>: the pinned suites and the profiles of folders.</summary>
public sealed record SuiteList(ImmutableArray<SuiteSpec> Suites, Profiles Profiles)
{
    private static readonly Lazy<SuiteList> Embedded = new(() =>
    {
        using var stream = typeof(SuiteList).Assembly.GetManifestResourceStream("suites.yaml")!;
        return Parse(new StreamReader(stream).ReadToEnd());
    });

    /// <summary>The list that this build of the kit carries.</summary>
    public static SuiteList Pinned => Embedded.Value;

    public SuiteSpec? Find(string name) => Suites.FirstOrDefault(s => s.Name == name);

    /// <exception cref="FormatException">The text is not a list of suites; the message begins with the line.</exception>
    public static SuiteList Parse(string yaml)
    {
        var suites = ImmutableArray.CreateBuilder<SuiteSpec>();
        var globs = ImmutableArray.CreateBuilder<(string, string)>();
        if (Yaml.Root(yaml) is { } root)
            foreach (var (key, value) in Yaml.Entries(root, "suites", "profiles"))
            {
                if (key == "suites")
                    foreach (var node in Yaml.Items(value)) suites.Add(Suite(node));
                else
                    foreach (var (glob, profile) in Yaml.Entries(value))
                    {
                        string name = Yaml.Scalar(profile);
                        Profiles.Parse(name);
                        globs.Add((glob, name));
                    }
            }
        return new SuiteList(suites.ToImmutable(), new Profiles(globs.ToImmutable()));
    }

    private static SuiteSpec Suite(YamlDotNet.RepresentationModel.YamlNode node)
    {
        var suite = new SuiteSpec("", "", false, "", "", ".", new(0, 0, 0), "");
        foreach (var (key, value) in Yaml.Entries(node, "name", "about", "official", "repository", "commit", "path", "files", "commands", "messages", "checksum"))
            suite = key switch
            {
                "name" => suite with { Name = Yaml.Scalar(value) },
                "about" => suite with { About = Yaml.Scalar(value) },
                "official" => suite with { Official = Yaml.Scalar(value) == "true" },
                "repository" => suite with { Repository = Yaml.Scalar(value) },
                "commit" => suite with { Commit = Yaml.Scalar(value) },
                "path" => suite with { Path = Yaml.Scalar(value) },
                "files" => suite with { Counts = suite.Counts with { Files = Yaml.Int(value) } },
                "commands" => suite with { Counts = suite.Counts with { Commands = Yaml.Int(value) } },
                "messages" => suite with { Counts = suite.Counts with { Messages = Yaml.Int(value) } },
                _ => suite with { Checksum = Yaml.Scalar(value) },
            };
        if (suite.Name.Length == 0) throw Yaml.Error(node, "a suite needs a name");
        if (suite.Commit.Length != 40) throw Yaml.Error(node, $"suite `{suite.Name}` needs the full commit");
        if (suite.Checksum.Length != 64) throw Yaml.Error(node, $"suite `{suite.Name}` needs a checksum");
        return suite;
    }

    /// <summary>All scripts below a folder: paths with <c>/</c>, in ordinal order.</summary>
    public static ImmutableArray<string> ScriptsBelow(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.wast", SearchOption.AllDirectories)
            .Select(f => System.IO.Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The checksum of a folder's scripts: SHA-256 over the sorted lines <c>sha256 path</c>.</summary>
    public static string ChecksumOf(string folder)
    {
        var lines = ScriptsBelow(folder)
            .Select(f => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(System.IO.Path.Combine(folder, f))))} {f}\n")
            .Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
