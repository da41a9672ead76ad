using Conformance.Harness.Results;
using Conformance.Harness.Running;

namespace Conformance.Harness.Scripts;

/// <summary>Runs one script on a runtime.</summary>
public static class ScriptRunner
{
    /// <summary>The detail of commands that a cancelled run did not get to.</summary>
    public const string Cancelled = "the run was cancelled";

    public static FileResult Run(ScriptFile file, RunOptions options, bool suiteFound, CancellationToken cancel) => throw new NotImplementedException();
}
