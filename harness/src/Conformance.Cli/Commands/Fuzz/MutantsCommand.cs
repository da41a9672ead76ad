using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Generating;
using Conformance.Fuzz.Planting;
using Conformance.Harness.Cases;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;
using Wasm.Syntax;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz mutants</c>: bugs that were planted on purpose, and whether they show.</summary>
internal static class MutantsCommand
{
    private static readonly Option<string> Time = new("--time") { Description = "Processor time for all mutants together, of the kit and the workers, such as 90s or 10m; builds do not count.", HelpName = "T", DefaultValueFactory = _ => "10m" };
    private static readonly Option<string> TimeOfOne = new("--time-of-one") { Description = "Processor time of one mutant's workers after which it has survived.", HelpName = "T" };
    private static readonly Option<string[]> Only = new("--only") { Description = "Only these mutants.", HelpName = "ID…", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Layers = new("--layers") { Description = "The layers and their weights, as in `fuzz run`.", HelpName = "NAME:WEIGHT,…" };
    private static readonly Option<ulong> SeedOption = new Option<ulong>("--seed") { Description = "The seed of the cases.", HelpName = "N", DefaultValueFactory = _ => 1 }.AtMost(CampaignOptions.MaxSeed);
    private static readonly Option<int> Jobs = new Option<int>("--jobs", "-j") { Description = "Mutants at a time.", HelpName = "N", DefaultValueFactory = _ => 1 }.AtLeast(1);
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "The folder of the measurement. One that is there is continued.", HelpName = "DIR", DefaultValueFactory = _ => new DirectoryInfo("fuzz-out/mutants") };
    private static readonly Option<string> Baseline = new("--baseline") { Description = "Measure what else would find them: `uniform` (the same fuzzer, values of random bits) or `suite` (the official suite alone).", HelpName = "WHICH" };
    private static readonly Option<bool> List = new("--list") { Description = "List the mutants and what they break, and end." };
    private static readonly Option<bool> Triggers = new("--triggers") { Description = "Check that each mutant can be seen at all: its own script passes on the reference, and not on the mutant." };
    private static readonly Option<DirectoryInfo> Builds = new("--builds") { Description = "Where compiled mutants are kept. Default: artifacts/mutants of the checkout.", HelpName = "DIR" };
    private static readonly Option<bool> Reduce = new("--reduce") { Description = "Reduce the case that killed each mutant, to a script in the folder of the measurement." };
    private static readonly Option<string> ReduceTime = new("--reduce-time") { Description = "Processor time for the reduction of one kill; the smallest case so far is kept.", HelpName = "T", DefaultValueFactory = _ => "5s" };

    public static Command Create()
    {
        var command = new Command("mutants", """
            Plant the bugs of fuzz/mutants in copies of the reference, one each, and see which of them the fuzzer finds.

            Each mutant is one more engine in a worker; the reference in this process says what is right. They take turns, and one that is killed has no more.
            Prints a line a mutant, the score, cases to a kill, and the survivors. Interrupted or not, the same command goes on where it was.
            Exit code 1 when the measurement itself is wrong: the reference differs from itself, or an equivalent mutant is killed.

            With --reduce the case that killed a mutant is made as small as it gets, for as long as the mutant differs in the same way, and written to
            DIR/NAME-reduced/ID.wast. Its assertions come from the reference; each script is run on both, and one that does not pass on the
            reference or does not fail on the mutant is an error (exit code 1). The time of this is not that of the measurement.

            Examples:
              conformance fuzz mutants                          ten minutes of one core
              conformance fuzz mutants --only M01 M02 --time 60s
              conformance fuzz mutants --baseline suite         what the official suite alone finds
              conformance fuzz mutants --triggers               each mutant against its own script
              conformance fuzz mutants --reduce                 and the kills as small scripts, with their sizes and times
            """) { Time, TimeOfOne, Only, Layers, SeedOption, Jobs, Out, Baseline, List, Triggers, Builds, Reduce, ReduceTime };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        try
        {
            using var interrupt = new Interrupt();
            string checkout = Path.GetDirectoryName(KitFiles.Find("Conformance.sln", "Conformance.sln"))
                ?? throw new CliException("planted bugs are edits of sources: run this in a checkout");
            var list = MutantReader.Read(Path.Combine(checkout, "fuzz/mutants"));
            var mutants = list.Select([.. RuntimeCatalog.Split(args.GetValue(Only) ?? [])]);
            if (args.GetValue(List)) return Print(list, mutants);
            var builds = new MutantBuilds(SourceTree.Read(checkout), args.GetValue(Builds)?.FullName ?? Path.Combine(checkout, "artifacts/mutants"));
            if (args.GetValue(Triggers)) return CheckTriggers(mutants, builds, interrupt.Token);
            return args.GetValue(Baseline) switch
            {
                null => Measure(args, mutants, builds, uniform: false, interrupt.Token),
                "uniform" => Measure(args, mutants, builds, uniform: true, interrupt.Token),
                "suite" => MeasureSuite(args, mutants, builds, interrupt.Token),
                var other => throw new CliException($"--baseline {other}: known are uniform and suite"),
            };
        }
        catch (Exception e) when (e is PlantingException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }

    private static int Print(MutantList list, ImmutableArray<Mutant> mutants)
    {
        foreach (var mutant in mutants)
            Console.WriteLine($"{mutant.Id}  {mutant.Plant} ({mutant.Origin}){(mutant.Equivalent is { } reason ? $"; EQUIVALENT: {reason}" : "")}{(mutant.Beyond is { } beyond ? $"; beyond the fuzzer: {beyond}" : "")}");
        foreach (var skipped in list.Skipped)
            Console.WriteLine($"{skipped.Id}  NOT PLANTED: {skipped.Why}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{mutants.Length} mutants, {mutants.Count(m => m.Id[0] == 'M')} of real bugs, {mutants.Count(m => m.Equivalent is not null)} equivalent; {list.Skipped.Length} not planted"));
        return ExitCode.AsExpected;
    }

    // Scripts

    private static int CheckTriggers(ImmutableArray<Mutant> mutants, MutantBuilds builds, CancellationToken cancel)
    {
        var reference = new ReferenceRuntime();
        int seen = 0, wrong = 0, equivalent = 0;
        foreach (var mutant in mutants)
        {
            if (cancel.IsCancellationRequested) return ExitCode.Interrupted;
            var (outcome, isWrong) = CheckTrigger(mutant, builds, reference);
            if (isWrong) wrong++;
            else if (mutant.Kill.Length == 0) equivalent++;
            else seen++;
            Console.WriteLine($"{mutant.Id,-4} {outcome}");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mutants.Length} mutants: {seen} seen, {equivalent} equivalent, {wrong} wrong"));
        return wrong == 0 ? ExitCode.AsExpected : ExitCode.NotAsExpected;
    }

    private static (string Outcome, bool IsWrong) CheckTrigger(Mutant mutant, MutantBuilds builds, ReferenceRuntime reference)
    {
        string assembly;
        try
        {
            assembly = builds.Build(mutant);
        }
        catch (PlantingException e)
        {
            return ($"WRONG: {e.Message}", true);
        }
        if (mutant.Kill.Length == 0) return ($"equivalent: {mutant.Equivalent}", false);
        string? failure = TriggerCheck.FirstFailure(mutant, reference);
        if (mutant.Differs != failure is not null) return ($"WRONG: the script {(failure is null ? "passes" : "fails")} on the reference: {failure}", true);
        using var worker = OutOfProcessRuntime.Start(WorkerFolder.Create(assembly, AppContext.BaseDirectory, mutant.Id));
        string? difference = TriggerCheck.FirstFailure(mutant, worker);
        return difference == failure ? ("WRONG: the script ends alike on the mutant", true) : ($"seen: {difference}", false);
    }

    // Scores

    private static int Measure(ParseResult args, ImmutableArray<Mutant> mutants, MutantBuilds builds, bool uniform, CancellationToken cancel)
    {
        // What the engines of a campaign have: the generator keeps to it. With pages of a byte, as a memory of more than 65,535 of the others takes 4 GiB.
        var features = Features.Wasm3 | Features.CustomPageSizes;
        var options = new MutationOptions
        {
            Layers = args.GetValue(Layers) is { Length: > 0 } layers ? FuzzRunCommand.ParseLayers(layers) : FuzzParts.MutantLayers,
            Seed = args.GetValue(SeedOption),
            Time = FuzzRunCommand.ParseTime("--time", args.GetValue(Time)!),
            TimeOfOne = args.GetValue(TimeOfOne) is { } one ? FuzzRunCommand.ParseTime("--time-of-one", one) : null,
            Jobs = args.GetValue(Jobs),
            Generator = new GeneratorOptions(features, uniform),
        };
        string name = string.Create(CultureInfo.InvariantCulture, $"{(uniform ? "uniform" : "fuzzer")}-{options.Seed}");
        using var log = new MutationLog(Path.Combine(args.GetValue(Out)!.FullName, $"{name}.jsonl"), options.Key);
        var built = Build(mutants, builds, cancel);
        using var reference = Reference(features, ReferenceLimits.Generous);
        using var floor = Reference(features, ReferenceLimits.Floor);
        MutationRun? run = null;
        run = new MutationRun(options, log, reference, floor) { Progress = score => Show(mutants, log, score, run!.Spent) };
        run.Run(built, cancel);
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
        Console.Write(MutationReport.Text(name, mutants, log.Scores, run.Spent));
        foreach (var (kitCase, failure) in run.KitFailures.Take(5)) Console.WriteLine($"WRONG: {kitCase}: the kit failed: {failure.GetType().Name}: {failure.Message}");
        bool wrong = MutationReport.IsWrong(mutants, log.Scores) || run.KitFailures.Count > 0;
        if (args.GetValue(Reduce) && !cancel.IsCancellationRequested)
        {
            var reducer = new KillReducer(options.Generator, limits => new ReferenceRuntime(limits), FuzzRunCommand.ParseTime("--reduce-time", args.GetValue(ReduceTime)!));
            wrong |= !ReduceKills(reducer, built, log.Scores, Path.Combine(args.GetValue(Out)!.FullName, $"{name}-reduced"), cancel);
        }
        return cancel.IsCancellationRequested ? ExitCode.Interrupted : wrong ? ExitCode.NotAsExpected : ExitCode.AsExpected;
    }

    /// <summary>Reduces the kills that were not; whether all of them are scripts that show the mutant.</summary>
    private static bool ReduceKills(KillReducer reducer, ImmutableArray<BuiltMutant> mutants, IReadOnlyDictionary<string, MutantScore> scores, string folder, CancellationToken cancel)
    {
        var kills = ImmutableArray.CreateBuilder<ReducedKill>();
        foreach (var mutant in mutants)
        {
            if (cancel.IsCancellationRequested) break;
            if (mutant.Id == MutationRun.Control || scores.GetValueOrDefault(mutant.Id)?.Kill is not { } kill) continue;
            string path = Path.Combine(folder, $"{mutant.Id}.json");
            if (Known(path, kill, reducer.Budget) is { } known)
            {
                kills.Add(known);
                continue;
            }
            var (reduced, script) = reducer.Reduce(mutant, kill);
            if (script is not null) OutputFile.Write(new FileInfo(Path.ChangeExtension(path, ".wast")), script);
            // Behind the script: what is there is whole.
            OutputFile.Write(new FileInfo(path), reduced.ToJson());
            kills.Add(reduced);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reduced.Id} {reduced.Instrs} instructions in {reduced.Seconds:0.0} s {reduced.Error}"));
        }
        Console.WriteLine();
        Console.Write(ReductionReport.Text(kills.ToImmutable()));
        OutputFile.Write(new FileInfo(Path.Combine(folder, "summary.json")), ReductionReport.ToJson(kills.ToImmutable()));
        return kills.All(k => k.Error is null);
    }

    /// <summary>What was measured before of the same kill.</summary>
    private static ReducedKill? Known(string path, Kill kill, TimeSpan budget)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return ReducedKill.FromJson(File.ReadAllBytes(path)) is var known && known.Case == kill.Case && known.Budget == budget.TotalSeconds ? known : null;
        }
        catch (FormatException e)
        {
            throw new CliException($"{path}: not a reduction: {e.Message}");
        }
    }

    private static InProcessEngine Reference(Features features, Wasm.Execution.StoreOptions limits) =>
        new(new ReferenceRuntime(limits), Profile.Wasm3 with { Features = features });

    private static int MeasureSuite(ParseResult args, ImmutableArray<Mutant> mutants, MutantBuilds builds, CancellationToken cancel)
    {
        var official = SuiteList.Pinned.Suites.First(s => s.Official);
        var selection = Selection.Of([official.Name], SuiteList.Pinned, SuitePlaces.FromEnvironment());
        if (selection.Files.IsEmpty) throw new CliException($"the official suite is not to be had: `conformance suite fetch` gets it. {string.Join(' ', selection.Errors)}");
        using var log = new MutationLog(Path.Combine(args.GetValue(Out)!.FullName, "suite.jsonl"), $"{official.Name} {official.Commit}");
        var built = Build(mutants, builds, cancel);
        double spent = log.Spent;
        foreach (var mutant in built)
        {
            if (cancel.IsCancellationRequested) break;
            if (log.Scores.ContainsKey(mutant.Id)) continue;
            var score = SuiteBaseline.Run(mutant, selection.Files, cancel);
            if (cancel.IsCancellationRequested) break;
            spent += score.Seconds;
            log.Add(score, spent);
            Show(mutants, log, score, spent);
        }
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
        Console.Write(MutationReport.Text("suite", mutants, log.Scores, spent));
        return cancel.IsCancellationRequested ? ExitCode.Interrupted : log.Scores.GetValueOrDefault(MutationRun.Control)?.Kill is not null ? ExitCode.NotAsExpected : ExitCode.AsExpected;
    }

    private static ImmutableArray<BuiltMutant> Build(ImmutableArray<Mutant> mutants, MutantBuilds builds, CancellationToken cancel)
    {
        long begin = Stopwatch.GetTimestamp();
        var built = ImmutableArray.CreateBuilder<BuiltMutant>();
        built.Add(new(null, MutationRun.Control, WorkerFolder.Create(builds.BuildOriginal(), AppContext.BaseDirectory, MutationRun.Control)));
        foreach (var mutant in mutants)
        {
            if (cancel.IsCancellationRequested) throw new CliException("interrupted while building", ExitCode.Interrupted);
            built.Add(new(mutant, mutant.Id, WorkerFolder.Create(builds.Build(mutant), AppContext.BaseDirectory, mutant.Id)));
            if (!Console.IsErrorRedirected) Console.Error.Write($"\rbuilt {built.Count} of {mutants.Length}  ");
        }
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
        if (builds.Compiled > 0) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{builds.Compiled} mutants compiled in {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s, which does not count"));
        return built.ToImmutable();
    }

    private static void Show(ImmutableArray<Mutant> mutants, MutationLog log, MutantScore score, double spent)
    {
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{spent,5:0} s  {mutants.Count(m => log.Scores.GetValueOrDefault(m.Id)?.Kill is not null)} of {mutants.Length} killed; {score.Id} {(score.Kill is { } kill ? $"killed by {kill.Layer}: {kill.Class}" : "alive")} after {score.Cases:N0} cases");
        if (Console.IsErrorRedirected) Console.Error.WriteLine(line);
        else Console.Error.Write($"\r{line,-100}");
    }
}
