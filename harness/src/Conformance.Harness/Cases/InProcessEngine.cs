using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Cases;

/// <summary>A runtime of this process as an engine of cases: nothing survives what ends its process.</summary>
/// <param name="runtime">The runtime; disposed of with the engine where it can be.</param>
/// <param name="profile">What modules are held to; its features are those that the engine has.</param>
public sealed class InProcessEngine(IRuntime runtime, Profile profile) : ICaseEngine
{
    private readonly CaseRunner _runner = new(runtime, profile);

    public RuntimeInfo Info { get; } = runtime.Info with { Features = runtime.Info.Features & profile.Features };

    public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases)
    {
        var results = ImmutableArray.CreateBuilder<CaseResult>(cases.Length);
        foreach (var @case in cases) results.Add(_runner.Run(@case));
        return results.MoveToImmutable();
    }

    /// <summary>Runs one case.</summary>
    public CaseResult Run(Case @case) => _runner.Run(@case);

    public void Dispose() => (runtime as IDisposable)?.Dispose();
}
