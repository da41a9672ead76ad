using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Conformance.Fuzz.Planting;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz mutants</c>: bugs that were planted on purpose, and whether they show.</summary>
internal static class MutantsCommand
{
    private static readonly Option<string[]> Only = new("--only") { Description = "Only these mutants.", HelpName = "ID…", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> List = new("--list") { Description = "List the mutants and what they break, and end." };
    private static readonly Option<bool> Triggers = new("--triggers") { Description = "Check that each mutant can be seen at all: its own script passes on the reference, and not on the mutant." };
    private static readonly Option<DirectoryInfo> Builds = new("--builds") { Description = "Where compiled mutants are kept.", HelpName = "DIR" };

    public static Command Create()
    {
        var command = new Command("mutants", """
            Plant the bugs of fuzz/mutants in copies of the reference, one each, and check that each shows: the script kept with it
            passes on the reference and not on the mutant.
            """) { Only, List, Triggers, Builds };
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
            var mutants = list.Select(args.GetValue(Only) ?? []);
            if (args.GetValue(List)) return Print(list, mutants);
            var builds = new MutantBuilds(SourceTree.Read(checkout), args.GetValue(Builds)?.FullName ?? Path.Combine(checkout, "artifacts/mutants"));
            return CheckTriggers(mutants, builds, interrupt.Token);
        }
        catch (PlantingException e)
        {
            throw new CliException(e.Message);
        }
    }

    private static int Print(MutantList list, IReadOnlyList<Mutant> mutants)
    {
        foreach (var mutant in mutants)
            Console.WriteLine($"{mutant.Id}  {mutant.Plant} ({mutant.Origin}){(mutant.Equivalent is { } reason ? $"; EQUIVALENT: {reason}" : "")}{(mutant.Beyond is { } beyond ? $"; beyond the fuzzer: {beyond}" : "")}");
        foreach (var skipped in list.Skipped)
            Console.WriteLine($"{skipped.Id}  NOT PLANTED: {skipped.Why}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{mutants.Count} mutants, {mutants.Count(m => m.Id[0] == 'M')} of real bugs, {mutants.Count(m => m.Equivalent is not null)} equivalent; {list.Skipped.Length} not planted"));
        return ExitCode.AsExpected;
    }

    private static int CheckTriggers(IReadOnlyList<Mutant> mutants, MutantBuilds builds, CancellationToken cancel)
    {
        var reference = new ReferenceRuntime();
        int seen = 0, wrong = 0, equivalent = 0;
        foreach (var mutant in mutants)
        {
            if (cancel.IsCancellationRequested) return ExitCode.Interrupted;
            long begin = Stopwatch.GetTimestamp();
            string assembly, outcome;
            try
            {
                assembly = builds.Build(mutant);
            }
            catch (PlantingException e)
            {
                wrong++;
                Console.WriteLine($"{mutant.Id,-4} WRONG: {e.Message}");
                continue;
            }
            double built = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (mutant.Kill.Length == 0)
            {
                equivalent++;
                outcome = $"equivalent: {mutant.Equivalent}";
            }
            else if (TriggerCheck.FirstFailure(mutant, reference) is var failure && mutant.Differs != failure is not null)
            {
                wrong++;
                outcome = $"WRONG: the script {(failure is null ? "passes" : "fails")} on the reference: {failure}";
            }
            else
            {
                using var worker = OutOfProcessRuntime.Start(WorkerFolder.Create(assembly, AppContext.BaseDirectory, mutant.Id));
                string? difference = TriggerCheck.FirstFailure(mutant, worker);
                bool same = difference == failure;
                if (same) wrong++;
                else seen++;
                outcome = same ? "WRONG: the script ends alike on the mutant" : $"seen: {difference}";
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mutant.Id,-4} {built,5:0.0} s build {Stopwatch.GetElapsedTime(begin).TotalSeconds - built,5:0.0} s run  {outcome}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mutants.Count} mutants: {seen} seen, {equivalent} equivalent, {wrong} wrong"));
        return wrong == 0 ? ExitCode.AsExpected : ExitCode.NotAsExpected;
    }
}
