using System.Collections.Immutable;
using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Cases;

/// <summary>An engine that runs cases, many in one go.</summary>
public interface ICaseEngine : IDisposable
{
    /// <summary>Name, version, and the features that modules may use.</summary>
    RuntimeInfo Info { get; }

    /// <summary>Resident bytes of the engine's own process; 0 when it has none. May be asked from another thread.</summary>
    long Memory => 0;

    /// <summary>The processor time of the engine's own processes so far, those that have ended included; zero when it has none.</summary>
    TimeSpan ProcessorTime => TimeSpan.Zero;

    /// <summary>How often it was started again after it died, hung or answered garbage. May be asked from another thread.</summary>
    int Restarts => 0;

    /// <summary>
    /// Runs the cases, each in a store of its own, and answers them in order. An engine that dies or hangs is started again, and the cases that it
    /// had not answered are run one at a time, so that the loss is the last result of the case that caused it. Never throws for what a case does.
    /// </summary>
    ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases);

    /// <summary>
    /// Begins to run the cases; the caller may do other things, such as making the next ones, until it needs the results. Batches that were begun are run in
    /// order. An engine in this process has run them when it returns.
    /// </summary>
    Task<ImmutableArray<CaseResult>> RunAsync(ImmutableArray<Case> cases) => Task.FromResult(Run(cases));
}
