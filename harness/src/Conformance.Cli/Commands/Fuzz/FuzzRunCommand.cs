using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Coverage;
using Conformance.Fuzz.Generating;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz run</c>: a campaign.</summary>
internal static class FuzzRunCommand
{
    private static readonly Option<string> Time = new("--time") { Description = "How long: 90s, 10m, 2h; interruptions do not count. Default: until Ctrl-C.", HelpName = "T" };
    private static readonly Option<string> Cases = new("--cases") { Description = "How many cases, with K or M for thousands or millions: a script, or an operand vector of a single instruction. The campaign ends with the block of 64 scripts that completes them.", HelpName = "N" };
    private static readonly Option<ulong> SeedOption = new Option<ulong>("--seed")
    {
        Description = "The seed; campaigns of different seeds share no case. Default: today's date, so that every day tries something new.",
        HelpName = "S",
        DefaultValueFactory = _ => ulong.Parse(DateTime.Now.ToString("yyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
    }.AtMost(CampaignOptions.MaxSeed);

    private static readonly Option<long> First = new Option<long>("--first") { Description = "The number of the first block of 64 scripts: begins where another campaign of the seed ended.", HelpName = "N" }.AtLeast(0);
    private static readonly Option<string> Shard = new("--shard") { Description = "Run every Nth block only, beginning with the Ith, for `fuzz merge`; --cases is for this part alone.", HelpName = "I/N" };
    private static readonly Option<int> Jobs = OptionRange.Jobs("Lanes: threads that make cases, with as many of each engine as they keep busy.");
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "The campaign's folder; the same command goes on with it. Default: fuzz-out/DATE.", HelpName = "DIR" };
    internal static readonly Option<string[]> Layers = new("--layers") { Description = $"Layers and their weights in blocks, such as single:1,module:4. Known: {string.Join(", ", Generator.Layers.Select(l => l.Name))}. Default: {string.Join(',', FuzzParts.DefaultLayers)}.", HelpName = "NAME:W,…" };
    private static readonly Option<bool> NoCoverage = new("--no-coverage") { Description = "Do not count what the campaign reaches of the specification. Counting it takes about 2 % of the time: one case in 256 runs once more, watched." };
    internal static readonly Option<FileInfo> Known = new("--known-issues") { Description = "Findings that are explained already. Default: the kit's fuzz/known-issues.yaml.", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("run", """
            Run made-up cases on engines and compare all that can be seen with the reference.
            Exit codes: 0 nothing unknown was found, 3 an unknown finding, 2 a usage or environment error, 130 after Ctrl-C with everything saved.
            The folder holds all that is known (campaign.jsonl, findings/NNN); killed at any moment, the same command goes on with it.
            """) { FuzzPanel.Runtime, Time, Cases, SeedOption, First, Shard, Jobs, Out, Layers, NoCoverage, Known };
        WasmtimeChoice.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        using var interrupt = new Interrupt();
        WasmtimeChoice.Apply(args);
        var terminal = new Terminal(noColor: false, Verbosity.Normal);
        var issues = LoadIssues(args.GetValue(Known));
        var layers = ParseLayers(args.GetValue(Layers));
        int jobs = args.GetValue(Jobs);
        string date = DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        ulong seed = args.GetValue(SeedOption);
        var limits = (
            Cases: args.GetValue(Cases) is { } cases ? (long?)ParseCount("--cases", cases) : null,
            Time: args.GetValue(Time) is { } time ? (TimeSpan?)ParseTime("--time", time) : null,
            Shard: args.GetValue(Shard) is { } shard ? CampaignShard.Parse(shard) ?? throw new CliException($"--shard {shard}: not of the form I/N with 1 ≤ I ≤ N") : CampaignShard.Whole);

        using var panel = FuzzPanel.Start([.. RuntimeCatalog.Split(args.GetValue(FuzzPanel.Runtime) ?? [])], terminal);
        var options = new CampaignOptions
        {
            Seed = seed,
            First = args.GetValue(First),
            Shard = limits.Shard,
            // Parsers alone can do nothing but parse.
            Layers = args.GetValue(Layers) is not { Length: > 0 } && panel.Engines.All(e => e.IsParser) ? [.. layers.Where(l => Schedule.IsForParsers(l.Layer))] : layers,
            Engines = [.. panel.Engines.Select(e => new EngineVersion(e.Name, e.Info.Version))],
            Cases = limits.Cases,
            Time = limits.Time,
        };
        string path = args.GetValue(Out)?.FullName ?? Path.GetFullPath(Path.Combine("fuzz-out", date));
        var parts = new CampaignParts(Generator.Layers, panel.Engines, FuzzParts.Arbiter, GeneratorOptions.Default, args.GetValue(NoCoverage) ? null : new SampledCoverage());
        try
        {
            using var folder = CampaignFolder.Open(path, options);
            terminal.Note($"{path}: seed {seed}, layers {string.Join(", ", options.Layers)}, engines {string.Join(", ", options.Engines)}");
            using (var live = new CampaignTerminal(issues, folder.State))
                new Campaign(parts, options, folder, jobs) { Recorded = live.Found }.Run(live.Show, interrupt.Token);
            var report = CampaignReport.Of(folder.State, issues);
            FuzzReportCommand.Summary(report, path);
            return interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted
                : report.HasUnknown ? ExitCode.Finding
                : folder.State.Parts.Values.Any(p => !p.Lost.IsEmpty) ? ExitCode.Usage
                : ExitCode.AsExpected;
        }
        catch (Exception e) when (e is CampaignFolderException or EngineLostException)
        {
            throw new CliException(e.Message);
        }
    }

    /// <summary>The known issues of a file, or of the kit's.</summary>
    internal static KnownIssues LoadIssues(FileInfo? given)
    {
        string? path = given?.FullName ?? KitFiles.Find("fuzz/known-issues.yaml", "fuzz/known-issues.yaml");
        if (path is null) return KnownIssues.None;
        try
        {
            return KnownIssues.Load(path);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }

    internal static ImmutableArray<LayerWeight> ParseLayers(string[]? values)
    {
        if (values is null or []) return FuzzParts.DefaultLayers;
        var layers = ImmutableArray.CreateBuilder<LayerWeight>();
        foreach (string item in values.SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            string[] parts = item.Split(':');
            int weight = 1;
            if (parts.Length > 2 || (parts.Length == 2 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out weight) && weight is >= 1 and <= 1000)))
                throw new CliException($"--layers {item}: not of the form NAME or NAME:WEIGHT with a weight from 1 to 1000");
            if (Generator.Find(parts[0]) is null) throw new CliException($"--layers {item}: no such layer; known are {string.Join(", ", Generator.Layers.Select(l => l.Name))}");
            if (layers.Any(l => l.Layer == parts[0])) throw new CliException($"--layers: {parts[0]} is there twice");
            layers.Add(new(parts[0], weight));
        }
        return layers.ToImmutable();
    }

    internal static long ParseCount(string option, string text)
    {
        long factor = text.Length > 0 ? char.ToUpperInvariant(text[^1]) switch { 'K' => 1000, 'M' => 1_000_000, _ => 1 } : 1;
        return long.TryParse(factor == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long n) && n >= 1 && n <= long.MaxValue / factor / 2 ? n * factor
            : throw new CliException($"{option} {text}: not a number; examples: 5000, 200K, 10M");
    }

    internal static TimeSpan ParseTime(string option, string text)
    {
        double factor = text.Length > 0 ? text[^1] switch { 'm' => 60, 'h' => 3600, _ => 1 } : 1;
        return double.TryParse(text.TrimEnd('s', 'm', 'h'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double n) && n > 0 && n * factor < 1e8 ? TimeSpan.FromSeconds(n * factor)
            : throw new CliException($"{option} {text}: not a time; examples: 90s, 10m, 2h");
    }
}
