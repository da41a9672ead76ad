using System.Diagnostics;
using System.Globalization;
using System.Text;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Findings;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Workers;
using Wasm.Execution;

namespace Conformance.Fuzz.Planting;

/// <summary>
/// Reduces the cases that killed mutants, each to a script that passes on the reference and does not on the mutant. What is measured is all of it: the start of a
/// worker, the reduction, and nothing of the compiling.
/// </summary>
/// <param name="generator">What the cases were made with.</param>
/// <param name="reference">Makes the reference with these limits.</param>
/// <param name="budget">The processor time for one case, of the kit and the worker.</param>
public sealed class KillReducer(GeneratorOptions generator, Func<StoreOptions, IRuntime> reference, TimeSpan budget)
{
    /// <summary>The first case of a worker takes long on a busy machine. Few candidates that never end do not run out of steps; each takes the second.</summary>
    private static readonly TimeSpan LongestFirst = TimeSpan.FromSeconds(20), LongestCase = TimeSpan.FromSeconds(2);

    private readonly ReferenceArbiter _arbiter = new(reference, generator.Features);

    /// <summary>The processor time for one case.</summary>
    public TimeSpan Budget => budget;

    /// <summary>What a killing case became.</summary>
    /// <param name="Kill">Its measures.</param>
    /// <param name="Script">The script, or null when there is none.</param>
    public sealed record Outcome(ReducedKill Kill, string? Script);

    /// <summary>Reduces the case of a kill.</summary>
    public Outcome Reduce(BuiltMutant mutant, Kill kill)
    {
        var result = new ReducedKill { Id = mutant.Id, Case = kill.Case, Class = kill.Class, Budget = budget.TotalSeconds };
        if (CaseName.Parse(kill.Case) is not { } name || Generator.Find(name.Layer) is not { } layer) return new(result with { Error = "there is no case to reduce" }, null);
        var found = layer.Generate(Generator.DecisionsOf(name), generator);
        ulong fuel = FindingReducer.FuelFor(f => _arbiter.Expect(found, found.ToCase(), null, f));
        using var scripts = OutOfProcessRuntime.Start(Limited(mutant.Worker, ForScripts(fuel)));
        var begin = Environment.CpuUsage.TotalTime + scripts.ProcessorTime;
        long clock = Stopwatch.GetTimestamp();
        using var engine = WorkerCaseEngine.Start(Limited(mutant.Worker, fuel), new WorkerCaseOptions { Features = generator.Features, Batch = LongestFirst, Single = LongestFirst, Locates = false });
        TimeSpan Spent() => Environment.CpuUsage.TotalTime + scripts.ProcessorTime + engine.ProcessorTime - begin;
        var described = new CampaignEngine(engine.Info, mutant.Id, IsOptimizing: false, () => engine) { Facts = new EngineFacts(engine.Info.Features, engine.Facts.ObeysProfiles, generator.Features) };
        var reducer = new FindingReducer(_arbiter, described, engine);
        if (reducer.Difference(found) is null) return new(result with { Error = "the mutant does not differ on the case" }, null);
        engine.Longest = LongestCase;
        if (reducer.Reduce(found, budget, Spent) is not { } reduction) return new(result with { Error = "the mutant does not differ on the case" }, null);
        var script = Write(mutant, kill, reducer, reduction.Case, scripts, fuel);
        if (script.Kill.Shows is null && Write(mutant, kill, reducer, found, scripts, fuel).Kill.Shows is not null)
        {
            // Few bugs depend on what a script does beside: then each candidate is tried as a script too.
            int tried = reduction.Tried;
            reduction = reducer.Reduce(found, budget, Spent, c => Write(mutant, kill, reducer, c, scripts, fuel).Kill.Shows is not null)!;
            reduction = reduction with { Tried = reduction.Tried + tried };
            script = Write(mutant, kill, reducer, reduction.Case, scripts, fuel);
        }
        return script with
        {
            Kill = script.Kill with
            {
                Class = reduction.Class,
                InstrsBefore = Reduction.InstrsOf(found),
                Instrs = reduction.Instrs,
                Bytes = reduction.Case.Modules.Sum(m => m.Bytes.Length),
                IsBytes = reduction.Case.Modules.Any(m => m.Syntax is null),
                Tried = reduction.Tried,
                Seconds = Spent().TotalSeconds,
                Elapsed = Stopwatch.GetElapsedTime(clock).TotalSeconds,
                IsMinimal = reduction.IsMinimal,
            },
        };
    }

    /// <summary>What a mutant does forever ends as early as what the reference does.</summary>
    private static WorkerSpec Limited(WorkerSpec worker, ulong fuel) => worker with { Command = [.. worker.Command, "--fuel", fuel.ToString(CultureInfo.InvariantCulture)] };

    /// <summary>The steps of a script: it also looks at memories and traces, by calls.</summary>
    private static ulong ForScripts(ulong fuel) => 100 * fuel;

    /// <summary>A case as a script, run on both.</summary>
    private Outcome Write(BuiltMutant mutant, Kill kill, FindingReducer reducer, FuzzCase c, IRuntime scripts, ulong fuel)
    {
        var result = new ReducedKill { Id = mutant.Id, Case = kill.Case, Class = kill.Class, Budget = budget.TotalSeconds };
        string script = CaseScript.Write(c, reducer.Expected(c), [$"{mutant.Id}: {mutant.Mutant?.Plant}", $"{kill.Class}; reduced from case {kill.Case}"], out var leftOut);
        string file = $"{mutant.Id}.wast";
        byte[] source = Encoding.UTF8.GetBytes(script);
        result = result with { LeftOut = leftOut };
        if (TriggerCheck.FirstFailure(file, source, reference(ReferenceLimits.Generous with { Fuel = ForScripts(fuel) })) is { } failure) return new(result with { Error = $"the script does not pass on the reference: {failure}" }, script);
        if (TriggerCheck.FirstFailure(file, source, scripts) is { } shows) return new(result with { Shows = shows }, script);
        return new(mutant.Mutant?.Unscripted is { } why ? result with { Unscripted = why } : result with { Error = "the script passes on the mutant" }, script);
    }
}
