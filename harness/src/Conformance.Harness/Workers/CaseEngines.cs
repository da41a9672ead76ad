using Conformance.Harness.Cases;

namespace Conformance.Harness.Workers;

/// <summary>Engines of cases in worker processes.</summary>
public static class CaseEngines
{
    /// <summary>Starts a worker: one that runs cases gets many in a request, any other gets a case in the requests that it has.</summary>
    /// <exception cref="WorkerStartException">It cannot be started, does not speak the protocol, or does not exchange what cases are made of.</exception>
    public static ICaseEngine Start(WorkerSpec spec, WorkerCaseOptions? options = null)
    {
        options ??= WorkerCaseOptions.Default;
        // A worker that does not read is as late as one that does not answer.
        var runtime = OutOfProcessRuntime.Start(spec, options.Limits with { Request = options.Batch });
        try
        {
            return runtime.Facts.Has(Protocol.Cases) ? new WorkerCaseEngine(runtime, options) : new RequestCaseEngine(runtime, options);
        }
        catch
        {
            runtime.Dispose();
            throw;
        }
    }
}
