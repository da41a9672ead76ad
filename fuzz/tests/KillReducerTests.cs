using System.Collections.Immutable;
using System.Text;
using Conformance.Fuzz.Generating;
using Conformance.Fuzz.Planting;
using Conformance.Fuzz.Tests.Campaigns;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;

namespace Conformance.Fuzz.Tests;

public sealed class KillReducerTests
{
    private static readonly WorkerSpec Worker = new("relaxed", ["dotnet", "exec", typeof(TestProgram).Assembly.Location, "relaxed"]);

    /// <summary>The first case about an instruction that the worker does otherwise.</summary>
    private static string CaseAbout(string mnemonic)
    {
        var layer = Generator.Find("single")!;
        for (ulong seed = 0; ; seed++)
            if (new CaseName(Generator.Version, "single", seed) is var name && layer.Generate(Generator.DecisionsOf(name), GeneratorOptions.Default).Subject == mnemonic) return name.ToString();
    }

    [Fact]
    public void A_kill_becomes_a_script_that_passes_on_the_reference_and_not_on_the_mutant()
    {
        var reducer = new KillReducer(GeneratorOptions.Default, limits => new ReferenceRuntime(limits), TimeSpan.FromMinutes(1));
        var mutant = new BuiltMutant(null, "R1", Worker);
        var (kill, script) = reducer.Reduce(mutant, new Kill(CaseAbout("i8x16.relaxed_swizzle"), "single", "memory", "", ""));

        Assert.Null(kill.Error);
        Assert.True(kill.IsMinimal);
        Assert.InRange(kill.Instrs, 3, 6);
        Assert.True(kill.InstrsBefore > 20);
        Assert.Empty(kill.LeftOut);
        Assert.NotNull(kill.Shows);
        byte[] source = Encoding.UTF8.GetBytes(script!);
        Assert.Null(TriggerCheck.FirstFailure("r1.wast", source, new ReferenceRuntime()));
        using var worker = OutOfProcessRuntime.Start(Worker);
        Assert.Equal(kill.Shows, TriggerCheck.FirstFailure("r1.wast", source, worker));
    }

    [Fact]
    public void A_case_that_shows_nothing_and_a_kill_without_a_case_are_errors()
    {
        var reducer = new KillReducer(GeneratorOptions.Default, limits => new ReferenceRuntime(limits), TimeSpan.FromMinutes(1));
        var mutant = new BuiltMutant(null, "R1", Worker);
        Assert.Equal("the mutant does not differ on the case", reducer.Reduce(mutant, new Kill(CaseAbout("i32.rotl"), "single", "memory", "", "")).Kill.Error);
        Assert.Equal("there is no case to reduce", reducer.Reduce(mutant, new Kill("start", "start", "the worker does not start", "", "")).Kill.Error);
    }

    private static ReducedKill Kill(int n, double seconds, string? error = null) => new()
    {
        Id = $"M{n:00}",
        Case = "2:single:7",
        Class = "memory",
        Budget = 5,
        InstrsBefore = 100,
        Instrs = n,
        Bytes = 10 * n,
        Tried = 30,
        Seconds = seconds,
        Elapsed = 2 * seconds,
        IsMinimal = error is null,
        LeftOut = ["\"x\": y"],
        Shows = error is null ? "line 3: (assert_return)" : null,
        Error = error,
    };

    [Theory]
    [InlineData(null)]
    [InlineData("the script passes on the mutant")]
    public void A_reduction_is_read_as_it_was_written(string? error)
    {
        var kill = Kill(3, 0.25, error) with { IsBytes = error is null };
        var read = ReducedKill.FromJson(kill.ToJson());
        Assert.Equal(kill.LeftOut, read.LeftOut, StringComparer.Ordinal);
        Assert.Equal(kill with { LeftOut = default }, read with { LeftOut = default });
        Assert.Equal("no script has a host", ReducedKill.FromJson((kill with { Unscripted = "no script has a host" }).ToJson()).Unscripted);
        Assert.Throws<FormatException>(() => ReducedKill.FromJson("{}"u8.ToArray()));
        Assert.Throws<FormatException>(() => ReducedKill.FromJson("no JSON"u8.ToArray()));
    }

    [Fact]
    public void The_report_counts_the_kills_that_have_a_script()
    {
        ImmutableArray<ReducedKill> kills = [Kill(9, 3), Kill(1, 0.5), Kill(0, 0.5) with { IsBytes = true }, Kill(2, 0.1), Kill(77, 5.1, "the script passes on the mutant"), Kill(4, 1),
            Kill(88, 5.1) with { Shows = null, Unscripted = "no script has a host" }];
        string text = ReductionReport.Text(kills);
        Assert.Contains("5 of 7 kills reduced", text, StringComparison.Ordinal);
        Assert.Contains("instructions: median 2, 90th percentile 9, most 9", text, StringComparison.Ordinal);
        Assert.Contains("seconds of one core: median 0.50, 90th percentile 3.00, most 3.00", text, StringComparison.Ordinal);
        Assert.Contains("not counted: 1 kills by bytes that are no module", text, StringComparison.Ordinal);
        Assert.Contains("1 more without a script", text, StringComparison.Ordinal);
        Assert.Contains("no script: no script has a host", text, StringComparison.Ordinal);
        Assert.Contains("ERROR: the script passes on the mutant", text, StringComparison.Ordinal);

        using var json = System.Text.Json.JsonDocument.Parse(ReductionReport.ToJson(kills));
        Assert.Equal(5, json.RootElement.GetProperty("reduced").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("instructions").GetProperty("median").GetInt32());
        Assert.Equal(0.5, json.RootElement.GetProperty("seconds").GetProperty("median").GetDouble());
        Assert.Equal(7, json.RootElement.GetProperty("mutants").GetArrayLength());
    }
}
