using System.Collections.Immutable;
using Conformance.Fuzz.Planting;

namespace Conformance.Fuzz.Tests;

public sealed class MutationLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mutation-log").FullName;

    private string File => Path.Combine(_folder, "sub", "log.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly MutantScore Alive = new() { Id = "A", Batches = 3, Cases = 48, Seconds = 1.5 };

    private static readonly MutantScore Killed = new() { Id = "B", Batches = 1, Cases = 7, Seconds = 0.25, Flakes = 1, Kill = new("1:single:7", "single", "memory", "\"00\"", "01") };

    [Fact]
    public void A_measurement_goes_on_where_it_was_even_if_it_ended_within_a_line()
    {
        using (var log = new MutationLog(File, "key"))
        {
            log.Add(Alive with { Batches = 1 }, 1);
            log.Add(Alive, 2.5);
            log.Add(Killed, 4);
        }
        byte[] whole = System.IO.File.ReadAllBytes(File);
        using (var again = new MutationLog(File, "key"))
        {
            Assert.Equal([Alive, Killed], again.Scores.Values.OrderBy(s => s.Id));
            Assert.Equal(4, again.Spent);
        }
        System.IO.File.WriteAllBytes(File, whole[..^9]);
        using (var cut = new MutationLog(File, "key"))
        {
            Assert.Equal([Alive], cut.Scores.Values);
            Assert.Equal(2.5, cut.Spent);
            cut.Add(Killed, 4);
        }
        Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_measurement_of_something_else_is_not_continued()
    {
        new MutationLog(File, "one").Dispose();
        Assert.Contains("one there, another here", Assert.Throws<PlantingException>(() => new MutationLog(File, "another")).Message, StringComparison.Ordinal);
        System.IO.File.WriteAllText(File, "no JSON\n");
        Assert.Contains("not a measurement", Assert.Throws<PlantingException>(() => new MutationLog(File, "one")).Message, StringComparison.Ordinal);
        System.IO.File.WriteAllText(File, """
            {"measurement":"one"}
            {"id":"M01","batches":1.5,"cases":1,"seconds":1,"spent":1}

            """);
        Assert.Contains("not a measurement: `batches` is not an integer of 64 bits", Assert.Throws<PlantingException>(() => new MutationLog(File, "one")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50, 3)]
    [InlineData(90, 5)]
    [InlineData(20, 1)]
    [InlineData(100, 5)]
    public void A_percentile_is_the_least_number_that_so_many_do_not_exceed(int percent, long expected) =>
        Assert.Equal(expected, MutationReport.Percentile([1, 2, 3, 4, 5], percent));

    [Fact]
    public void The_report_counts_no_equivalent_mutant_and_says_what_is_wrong()
    {
        static Mutant Make(string id, string? equivalent = null) => new() { Id = id, Source = "f", Origin = "o", Plant = "p", Trigger = "t", Edits = [], Equivalent = equivalent };
        ImmutableArray<Mutant> mutants = [Make("A"), Make("B"), Make("E", "no one looks")];
        var scores = new Dictionary<string, MutantScore> { ["A"] = Alive, ["B"] = Killed };
        string text = MutationReport.Text("fuzzer", mutants, scores, 10);
        Assert.Contains("1 of 2 mutants killed (50.0 %)", text, StringComparison.Ordinal);
        Assert.Contains("survivor A: p", text, StringComparison.Ordinal);
        Assert.False(MutationReport.IsWrong(mutants, scores));
        scores["E"] = Killed with { Id = "E" };
        Assert.True(MutationReport.IsWrong(mutants, scores));
        Assert.Contains("WRONG: E is said to be equivalent", MutationReport.Text("fuzzer", mutants, scores, 10), StringComparison.Ordinal);
        scores.Remove("E");
        scores[MutationRun.Control] = Killed with { Id = MutationRun.Control };
        Assert.True(MutationReport.IsWrong(mutants, scores));
    }
}
