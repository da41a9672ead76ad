using System.Collections.Immutable;
using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Planting;
using Conformance.Harness.Cases;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Fuzz;

/// <summary>Planted bugs are compiled, run in a worker, and are seen there.</summary>
public sealed class PlantingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mutants").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_mutant_is_seen_by_its_script_and_the_reference_built_alike_is_not()
    {
        var mutant = Assert.Single(MutantReader.Read(Path.Combine(Repo.Root, "fuzz/mutants")).Select(["S02"]));
        var builds = new MutantBuilds(SourceTree.Read(Repo.Root), _folder);
        Assert.Null(TriggerCheck.FirstFailure(mutant, new ReferenceRuntime()));
        Assert.Null(Failure(mutant, builds.BuildOriginal()));
        Assert.Equal("line 2: assert_return: expected i32 32 (0x00000020), got i32 31 (0x0000001f)", Failure(mutant, builds.Build(mutant)));
        Assert.Equal(2, builds.Compiled);
        builds.Build(mutant);
        Assert.Equal(2, builds.Compiled);

        var broken = mutant with { Edits = [mutant.Edits[0] with { Replace = "nothing;" }] };
        Assert.StartsWith("rules.yaml: S02: the edit in line", Assert.Throws<PlantingException>(() => builds.Build(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fuzzer_kills_a_mutant_and_spares_the_reference_in_the_same_place()
    {
        var mutant = Assert.Single(MutantReader.Read(Path.Combine(Repo.Root, "fuzz/mutants")).Select(["M11"]));
        var builds = new MutantBuilds(SourceTree.Read(Repo.Root), _folder);
        ImmutableArray<BuiltMutant> built =
        [
            new(null, MutationRun.Control, WorkerFolder.Create(builds.BuildOriginal(), AppContext.BaseDirectory, MutationRun.Control)),
            new(mutant, mutant.Id, WorkerFolder.Create(builds.Build(mutant), AppContext.BaseDirectory, mutant.Id)),
        ];
        var options = new MutationOptions { Layers = [new("single", 1)], Time = TimeSpan.FromSeconds(30), Generator = new(Features.Simd) };
        using var log = new MutationLog(Path.Combine(_folder, "log.jsonl"), options.Key);
        var run = new MutationRun(options, log, Reference(ReferenceLimits.Generous), Reference(ReferenceLimits.Floor));
        run.Run(built, CancellationToken.None);
        Assert.NotNull(log.Scores["M11"].Kill);
        Assert.Null(log.Scores[MutationRun.Control].Kill);
        Assert.Equal((0, 0), (log.Scores[MutationRun.Control].Flakes, run.KitFailures.Count));
        Assert.InRange(run.Spent, 0.1, 30);
    }

    private static InProcessEngine Reference(Wasm.Execution.StoreOptions limits) => new(new ReferenceRuntime(limits), Profile.Wasm3 with { Features = Features.Simd });

    private static string? Failure(Mutant mutant, string assembly)
    {
        using var worker = OutOfProcessRuntime.Start(WorkerFolder.Create(assembly, AppContext.BaseDirectory, "mutant"));
        return TriggerCheck.FirstFailure(mutant, worker);
    }
}
