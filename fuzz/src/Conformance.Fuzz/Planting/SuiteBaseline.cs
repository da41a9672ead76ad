using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Workers;

namespace Conformance.Fuzz.Planting;

/// <summary>The baseline that the official suite is: whether any of its assertions tells a mutant from the reference.</summary>
public static class SuiteBaseline
{
    /// <summary>Runs the scripts up to the first file that does not pass.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="files">The scripts, all of which pass on the reference.</param>
    /// <param name="cancel">Ends it early.</param>
    public static MutantScore Run(BuiltMutant mutant, ImmutableArray<ScriptFile> files, CancellationToken cancel)
    {
        using var worker = OutOfProcessRuntime.Start(mutant.Worker, WorkerLimits.Default with { Request = TimeSpan.FromSeconds(10) });
        var run = Runner.Run(new RunOptions { Runtime = worker, Files = files, Jobs = 1, FailFast = true, Messages = MessageRule.None, FileTimeout = TimeSpan.FromSeconds(60) }, cancel: cancel);
        Kill? kill = null;
        foreach (var file in run.Files)
            if (file.Commands.FirstOrDefault(c => c.Verdict is Verdict.Failed or Verdict.Crashed or Verdict.TimedOut) is { } command)
                kill ??= new Kill($"{file.Key}:{command.Line}", "suite", command.Verdict.Name(), command.Expected ?? "", command.Actual ?? command.Detail ?? "");
        return new MutantScore { Id = mutant.Id, Batches = 1, Cases = run.Files.Sum(f => f.Commands.Length), Seconds = worker.ProcessorTime.TotalSeconds, Kill = kill };
    }
}
