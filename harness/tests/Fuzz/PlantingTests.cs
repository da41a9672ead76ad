using Conformance.Fuzz.Planting;
using Conformance.Harness.Tests.Repository;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;

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

    private static string? Failure(Mutant mutant, string assembly)
    {
        using var worker = OutOfProcessRuntime.Start(WorkerFolder.Create(assembly, AppContext.BaseDirectory, "mutant"));
        return TriggerCheck.FirstFailure(mutant, worker);
    }
}
