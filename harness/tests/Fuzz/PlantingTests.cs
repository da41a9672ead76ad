using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Planting;
using Conformance.Harness.Cases;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Fuzz;

/// <summary>Planted bugs are compiled, run in a worker, and are seen there.</summary>
public sealed class PlantingTests(PlantingTests.Planted planted) : IClassFixture<PlantingTests.Planted>
{
    /// <summary>i32.clz of 0 is 31, and the reference built in the same way.</summary>
    public sealed class Planted : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("mutants").FullName;

        public Mutant Mutant { get; } = Assert.Single(MutantReader.Read(Path.Combine(Repo.Root, "fuzz/mutants")).Select(["S02"]));

        public MutantBuilds Builds { get; }

        public Planted() => Builds = new(SourceTree.Read(Repo.Root), Folder);

        public BuiltMutant Built => new(Mutant, Mutant.Id, Worker(Builds.Build(Mutant)));

        public BuiltMutant Control => new(null, MutationRun.Control, Worker(Builds.BuildOriginal()));

        private static WorkerSpec Worker(string assembly) => WorkerFolder.Create(assembly, AppContext.BaseDirectory, "mutant");

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }

    [Fact]
    public void A_mutant_is_seen_by_its_script_and_the_reference_built_alike_is_not()
    {
        Assert.Null(TriggerCheck.FirstFailure(planted.Mutant, new ReferenceRuntime()));
        Assert.Null(Failure(planted.Control));
        Assert.Equal("line 2: assert_return: expected i32 32 (0x00000020), got i32 31 (0x0000001f)", Failure(planted.Built));
        int compiled = planted.Builds.Compiled;
        _ = planted.Built;
        Assert.Equal(compiled, planted.Builds.Compiled);
    }

    private string? Failure(BuiltMutant built)
    {
        using var worker = OutOfProcessRuntime.Start(built.Worker);
        return TriggerCheck.FirstFailure(planted.Mutant, worker);
    }

    [Fact]
    public void An_edit_that_does_not_compile_is_named()
    {
        var broken = planted.Mutant with { Edits = [planted.Mutant.Edits[0] with { Replace = "nothing;" }] };
        string message = Assert.Throws<PlantingException>(() => planted.Builds.Build(broken)).Message;
        Assert.StartsWith($"rules.yaml: S02: the edit in line {planted.Mutant.Edits[0].At} does not compile: reference/src/Numerics/I32.cs(", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fuzzer_kills_a_mutant_and_spares_the_reference_in_the_same_place()
    {
        var options = new MutationOptions { Layers = [new("single", 1)], Time = TimeSpan.FromSeconds(60), Generator = new(Features.None) };
        using var log = new MutationLog(Path.Combine(planted.Folder, "log.jsonl"), options.Key);
        var run = new MutationRun(options, log, Reference(ReferenceLimits.Generous), Reference(ReferenceLimits.Floor));
        run.Run([planted.Control, planted.Built], CancellationToken.None);
        Assert.NotNull(log.Scores[planted.Mutant.Id].Kill);
        Assert.Null(log.Scores[MutationRun.Control].Kill);
        Assert.Equal((0, 0), (log.Scores[MutationRun.Control].Flakes, run.KitFailures.Count));
        Assert.InRange(run.Spent, 0.1, 60);
    }

    private static InProcessEngine Reference(Wasm.Execution.StoreOptions limits) => new(new ReferenceRuntime(limits), Profile.Wasm3 with { Features = Features.None });
}
