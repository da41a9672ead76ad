using System.Collections.Immutable;
using System.Globalization;
using Conformance.Harness.Suites;

namespace Conformance.Harness.Scripts;

/// <summary>What the memory model allows for a litmus test.</summary>
/// <param name="File">The end of the script's path.</param>
/// <param name="Memory">The memory that the script's threads leave their results in.</param>
/// <param name="Words">The addresses of the results.</param>
/// <param name="Allowed">The allowed combinations, as decimal numbers with spaces between.</param>
/// <param name="Exact">Whether the interleavings of accesses give all of them.</param>
public sealed record LitmusTest(string File, string Memory, ImmutableArray<int> Words, ImmutableArray<string> Allowed, bool Exact);

/// <summary>An exploration seen through a litmus test.</summary>
/// <param name="Seen">The number of runs for every allowed combination, 0 for those that were never seen.</param>
/// <param name="Forbidden">Combinations that were seen and are not allowed.</param>
public sealed record LitmusReport(ImmutableArray<(string Outcome, int Runs)> Seen, ImmutableArray<(string Outcome, int Runs)> Forbidden);

/// <summary>The content of <c>corpus/litmus.yaml</c>.</summary>
public sealed record LitmusTable(ImmutableArray<LitmusTest> Tests)
{
    private static readonly Lazy<LitmusTable> Embedded = new(() =>
    {
        using var stream = typeof(LitmusTable).Assembly.GetManifestResourceStream("litmus.yaml")!;
        return Parse(new StreamReader(stream).ReadToEnd());
    });

    /// <summary>The table that this build of the kit carries.</summary>
    public static LitmusTable Known => Embedded.Value;

    /// <summary>The test of a script by the end of its path, or null.</summary>
    public LitmusTest? Find(string path) => Tests.FirstOrDefault(t => ("/" + path.Replace('\\', '/')).EndsWith("/" + t.File, StringComparison.Ordinal));

    /// <summary>Sorts the outcomes of an exploration by a test.</summary>
    public static LitmusReport Report(LitmusTest test, Exploration exploration)
    {
        var runs = exploration.Outcomes
            .GroupBy(o => string.Join(' ', test.Words.Select(at => o.Words.GetValueOrDefault((test.Memory, at)).ToString(CultureInfo.InvariantCulture))))
            .ToDictionary(g => g.Key, g => g.Sum(o => o.Count), StringComparer.Ordinal);
        return new([.. test.Allowed.Select(a => (a, runs.GetValueOrDefault(a)))], [.. runs.Where(r => !test.Allowed.Contains(r.Key)).Select(r => (r.Key, r.Value))]);
    }

    /// <exception cref="FormatException">The text is not a table of litmus tests; the message begins with the line.</exception>
    public static LitmusTable Parse(string yaml)
    {
        var tests = ImmutableArray.CreateBuilder<LitmusTest>();
        if (Yaml.Root(yaml) is { } root)
            foreach (var (_, list) in Yaml.Entries(root, "litmus"))
                foreach (var node in Yaml.Items(list))
                {
                    var test = new LitmusTest("", "", [], [], false);
                    foreach (var (key, value) in Yaml.Entries(node, "file", "memory", "words", "allowed", "exact"))
                        test = key switch
                        {
                            "file" => test with { File = Yaml.Scalar(value) },
                            "memory" => test with { Memory = Yaml.Scalar(value) },
                            "words" => test with { Words = [.. Yaml.Items(value).Select(Yaml.Int)] },
                            "allowed" => test with { Allowed = [.. Yaml.Items(value).Select(Yaml.Scalar)] },
                            _ => test with { Exact = Yaml.Scalar(value) == "true" },
                        };
                    tests.Add(test);
                }
        return new(tests.ToImmutable());
    }
}
