using System.Diagnostics;
using System.Globalization;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Coverage;
using Conformance.Fuzz.Generating;

namespace Conformance.Fuzz.Tests.Campaigns;

public sealed class CampaignFolderTests : IDisposable
{
    /// <summary>How often a campaign is killed; CONFORMANCE_KILLS asks for more.</summary>
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("CONFORMANCE_KILLS"), CultureInfo.InvariantCulture, out int n) ? n : 4;

    private readonly TestCampaign _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_campaign_that_is_killed_again_and_again_loses_no_finding_and_counts_none_twice()
    {
        var random = new Random();
        string killed = Path.Combine(_test.Folder, "killed");
        for (int i = 0; i < Kills; i++) Assert.NotEqual(0, Child(killed, random.Next(1, 3000)));
        Assert.Equal(0, Child(killed, 0));

        var (parts, options) = ChildCampaign();
        var whole = _test.Run(parts, options, "whole");
        var state = CampaignFolder.Load(killed);
        Assert.True(whole.Findings.Count + whole.Repetitions.Count > 50, $"{whole.Findings.Count} + {whole.Repetitions.Count}");
        Assert.Equal(CampaignTests.Counts(whole), CampaignTests.Counts(state));
        string[] lines = [.. File.ReadAllLines(Path.Combine(killed, CampaignFolder.JournalFile)).Where(l => !l.StartsWith("{\"checkpoint", StringComparison.Ordinal))];
        Assert.Equal(lines.Distinct(), lines);
        Assert.Equal(state.Findings.Values.Select(f => f.Folder).OfType<int>().Order().Select(Finding.FolderName),
            Directory.EnumerateDirectories(Path.Combine(killed, CampaignFolder.FindingsFolder)).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
    }

    /// <summary>The campaign that the child process runs.</summary>
    internal static (CampaignParts Parts, CampaignOptions Options) ChildCampaign()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("honest"), FakeEngine.Create("liar", FakeEngine.Lies), FakeEngine.Create("crasher", FakeEngine.Dies), FakeEngine.Create("slow", n =>
        {
            if (n % 16 == 0) Thread.Sleep(1);
            return null;
        }));
        return (parts, TestCampaign.Options(parts, 30_000, "tiny:3,single:1"));
    }

    /// <summary>Runs the campaign in a process of its own, which is killed when the journal has grown by so many bytes; its exit code.</summary>
    private static int Child(string folder, int bytes)
    {
        using var process = Process.Start("dotnet", ["exec", typeof(CampaignFolderTests).Assembly.Location, "campaign", folder, bytes.ToString(CultureInfo.InvariantCulture)]);
        process.WaitForExit();
        return process.ExitCode;
    }

    [Fact]
    public void A_torn_last_line_is_dropped_and_any_other_bad_line_is_an_error_with_its_number()
    {
        var (parts, options) = ChildCampaign();
        options = options with { Cases = 2000 };
        var whole = _test.Run(parts, options);
        string file = Path.Combine(_test.Folder, "out", CampaignFolder.JournalFile);
        byte[] bytes = File.ReadAllBytes(file);
        int last = bytes.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        foreach (int length in new[] { 1, 20, bytes.Length - 5 }.Select(l => Math.Min(l, bytes.Length - 1)).Append(last + 3).Append(last))
        {
            File.WriteAllBytes(file, bytes[..length]);
            Assert.Equal(CampaignTests.Counts(whole), CampaignTests.Counts(_test.Run(parts, options)));
        }
        File.WriteAllBytes(file, bytes);
        string[] lines = File.ReadAllLines(file);
        lines[2] = lines[2][..^2];
        File.WriteAllLines(file, lines);
        Assert.Contains($"{CampaignFolder.JournalFile}:3: ", Assert.Throws<CampaignFolderException>(() => CampaignFolder.Load(Path.Combine(_test.Folder, "out"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_reached_is_kept_goes_on_growing_and_is_merged_as_a_union()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("honest"));
        CampaignState Run(string name, string shard, long cases) => _test.Run(parts with { Reach = new FakeReach() }, TestCampaign.Options(parts, cases, shard: shard), name);
        static string Names(CampaignState state) => string.Join(' ', state.Cells);
        string whole = Names(Run("whole", "1/1", 64 * 6));
        Assert.InRange(whole.Split(' ').Length, 3, 6);
        Assert.Equal(whole, Names(CampaignFolder.Load(Path.Combine(_test.Folder, "whole"))));

        // The journal of a campaign that was cut off, and goes on with nothing in memory.
        string journal = Path.Combine(_test.Folder, "whole", CampaignFolder.JournalFile);
        string[] lines = File.ReadAllLines(journal);
        Assert.Contains(lines, l => l.StartsWith("{\"cells\":[\"Trap/", StringComparison.Ordinal));
        File.WriteAllText(journal, lines[0] + "\n{\"cells\":[\"Trap/kept\"]}\n");
        Assert.Equal($"{whole} Trap/kept", Names(Run("whole", "1/1", 64 * 6)));

        var (one, two, three) = (Run("1", "1/3", 64 * 2), Run("2", "2/3", 64 * 2), Run("3", "3/3", 64 * 2));
        Assert.Equal(whole, Names(one.MergedWith(two).MergedWith(three)));
        Assert.Equal(whole, Names(three.MergedWith(one.MergedWith(two))));
        CampaignFolder.Merge([Path.Combine(_test.Folder, "2"), Path.Combine(_test.Folder, "3"), Path.Combine(_test.Folder, "1")], Path.Combine(_test.Folder, "merged"));
        Assert.Equal(whole, Names(CampaignFolder.Load(Path.Combine(_test.Folder, "merged"))));
    }

    [Fact]
    public void A_report_lists_the_cells_that_were_not_reached_or_says_that_none_were_counted()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("honest"));
        var state = _test.Run(parts, TestCampaign.Options(parts, 64));
        Assert.Contains("It was not counted.", CampaignReport.Of(state, KnownIssues.None).Markdown(), StringComparison.Ordinal);
        state = state with { Cells = [.. CoverageCells.All.Where(c => c != "Instruction/i32.clz")] };
        string markdown = CampaignReport.Of(state, KnownIssues.None).Markdown();
        Assert.EndsWith("Not reached of the instructions:\n\n- i32.clz\n", markdown, StringComparison.Ordinal);
        Assert.Contains("\"unreached\": [\n        \"i32.clz\"\n", System.Text.Encoding.UTF8.GetString(CampaignReport.Of(state, KnownIssues.None).ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_refuses_other_options_and_says_which()
    {
        var (parts, options) = ChildCampaign();
        _test.Run(parts, options with { Cases = 200 });
        string folder = Path.Combine(_test.Folder, "out");
        string message = Assert.Throws<CampaignFolderException>(() => CampaignFolder.Open(folder, options with { Seed = 2, Cases = 200 })).Message;
        Assert.Contains("seed: 1 there, 2 here", message, StringComparison.Ordinal);
        Assert.DoesNotContain("layers", message, StringComparison.Ordinal);
        message = Assert.Throws<CampaignFolderException>(() => CampaignFolder.Open(folder, options with { Engines = [new("honest", "2")] })).Message;
        Assert.Contains("engines: honest 1, liar 1, crasher 1, slow 1 there, honest 2 here", message, StringComparison.Ordinal);
        Assert.Contains("cases: 200 there, 30000 here", message, StringComparison.Ordinal);
        CampaignFolder.Open(folder, options with { Cases = 200 }).Dispose();
    }

    [Fact]
    public void A_folder_is_of_one_process_at_a_time()
    {
        var (_, options) = ChildCampaign();
        string folder = Path.Combine(_test.Folder, "out");
        using var open = CampaignFolder.Open(folder, options);
        Assert.Contains("another process", Assert.Throws<CampaignFolderException>(() => CampaignFolder.Open(folder, options)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(CampaignFolder.Load(folder).Parts);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_any_more_ends_the_campaign_with_its_name()
    {
        var parts = TestCampaign.Parts(FakeEngine.Create("liar", FakeEngine.Lies));
        string folder = Path.Combine(_test.Folder, "out");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, CampaignFolder.FindingsFolder), "a file where a folder should be");
        string message = Assert.Throws<CampaignFolderException>(() => _test.Run(parts, TestCampaign.Options(parts, 20_000))).Message;
        Assert.StartsWith($"{folder}: cannot be written: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_complete_campaign_runs_no_further()
    {
        var (parts, options) = ChildCampaign();
        options = options with { Cases = 500 };
        string file = Path.Combine(_test.Folder, "out", CampaignFolder.JournalFile);
        _test.Run(parts, options);
        string before = File.ReadAllText(file);
        _test.Run(parts, options);
        Assert.Equal(before, File.ReadAllText(file));
    }

    [Fact]
    public void A_finding_is_kept_with_all_that_it_takes_to_run_it_again()
    {
        var (parts, options) = ChildCampaign();
        var state = _test.Run(parts, options);
        var finding = state.Findings.Values.First(f => f.Folder is not null);
        string folder = CampaignFolder.FolderOf(Path.Combine(_test.Folder, "out"), finding.Folder!.Value);
        Assert.Equal(["case.json", "case.tape", "finding.json"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
        var saved = SavedCase.Load(folder);
        Assert.Equal(finding.Case, saved.Name);
        var fromTape = parts.Layers.First(l => l.Name == saved.Name.Layer).Generate(Decisions.FromTape(saved.Tape), GeneratorOptions.Default);
        Assert.Equal(fromTape.Actions.Select(ActionText.Of), saved.Case.Actions.Select(ActionText.Of));
    }

    [Fact]
    public void Merging_is_associative_and_commutative_and_a_part_counts_once()
    {
        var (parts, options) = ChildCampaign();
        for (int i = 1; i <= 3; i++) _test.Run(parts, options with { Cases = 3000, Shard = new(i, 3) }, $"{i}");
        string At(string name) => Path.Combine(_test.Folder, name);
        void Merge(string target, params string[] from) => CampaignFolder.Merge([.. from.Select(At)], At(target));
        Merge("123", "1", "2", "3");
        Merge("12", "1", "2");
        Merge("(12)3", "12", "3");
        Merge("23", "3", "2");
        Merge("1(23)", "23", "1");
        Merge("twice", "123", "2", "12");
        var all = Contents(At("123"));
        Assert.Contains(all.Keys, f => f.EndsWith("case.tape", StringComparison.Ordinal));
        foreach (string other in new[] { "(12)3", "1(23)", "twice" }) Assert.Equal(all, Contents(At(other)));

        var merged = CampaignFolder.Load(At("123"));
        Assert.Equal(Enumerable.Range(1, 3).Sum(i => CampaignFolder.Load(At($"{i}")).Totals.Cases), merged.Totals.Cases);
        Assert.Throws<CampaignFolderException>(() => Merge("123", "1"));
        Assert.Throws<CampaignFolderException>(() => CampaignFolder.Open(At("123"), options));
        _test.Run(parts, options with { Cases = 100, Layers = [new("tiny", 1)] }, "other");
        Assert.Contains("layers", Assert.Throws<CampaignFolderException>(() => Merge("mixed", "1", "other")).Message, StringComparison.Ordinal);
    }

    private static SortedDictionary<string, string> Contents(string folder) => new(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetRelativePath(folder, f), f => Convert.ToBase64String(File.ReadAllBytes(f))), StringComparer.Ordinal);
}
