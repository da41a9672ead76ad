using System.CommandLine;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Conformance.Harness.Suites;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance litmus</c>: the outcomes that a multi-threaded script can have.</summary>
internal static class LitmusCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Scripts with `thread` commands.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> How = new("--how") { Description = "all: every interleaving of accesses to shared memory; random: a seeded scheduler; os: threads of the system.", HelpName = "HOW", DefaultValueFactory = _ => "all" };
    private static readonly Option<int> Runs = new Option<int>("--runs") { Description = "The number of runs, or for `all` their bound.", HelpName = "N", DefaultValueFactory = _ => 10_000 }.AtLeast(1);
    private static readonly Option<ulong> SeedOption = new("--seed") { Description = "The scheduler's first seed.", HelpName = "N" };
    private static readonly Option<string[]> Allow = new("--allow")
    {
        Description = "An outcome that is allowed, as words of the shared memory: 24=1,32=0. Repeat it; then what is seen beside them is a failure, and what is never seen is listed.",
        HelpName = "WORDS",
    };
    private static readonly Option<string> Features = new("--features") { Description = "A profile for all scripts.", HelpName = "NAME" };

    public static Command Create()
    {
        var command = new Command("litmus", "Run multi-threaded scripts many times and list the outcomes seen. Exit code 1 when a run failed an assertion.") { Paths, How, Runs, SeedOption, Allow, Features };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        using var interrupt = new Interrupt();
        string how = args.GetValue(How)!;
        if (how is not ("all" or "random" or "os")) throw new CliException($"--how {how}: expected all, random or os");
        var profile = args.GetValue(Features) is { } name ? RunCommand.ParseProfile(name) : null;
        var selection = Selection.Of(args.GetValue(Paths)!, SuiteList.Pinned, SuitePlaces.FromEnvironment(), profile);
        if (!selection.Errors.IsEmpty) throw new CliException(string.Join("\nconformance: ", selection.Errors));
        var options = new RunOptions
        {
            Runtime = new ReferenceRuntime(),
            Files = selection.Files,
            Threads = how == "os" ? ThreadRule.OS : ThreadRule.Scheduler,
            Seed = args.GetValue(SeedOption),
        };
        bool failed = false;
        foreach (var file in selection.Files)
        {
            var result = how == "all"
                ? Explorer.Explore(file, options, args.GetValue(Runs), cancel: interrupt.Token)
                : Explorer.Sample(file, options, args.GetValue(Runs), interrupt.Token);
            Console.WriteLine($"{file.Key}: {result.Runs} runs{(how == "all" ? result.IsComplete ? ", every interleaving" : ", not every interleaving" : "")}"
                + (result.Cut > 0 ? $", {result.Cut} cut off at the bound on steps" : "") + (result.Deadlocks > 0 ? $", {result.Deadlocks} deadlocked" : ""));
            if (LitmusTable.Known.Find(file.FullPath ?? file.Key) is { } test)
            {
                var report = LitmusTable.Report(test, result);
                Console.WriteLine($"  allowed for {test.Memory}[{string.Join(", ", test.Words)}]: {string.Join(", ", report.Seen.Select(s => $"({s.Outcome}) {(s.Runs == 0 ? "never seen" : $"seen {s.Runs} times")}"))}");
                foreach (var (forbidden, times) in report.Forbidden)
                {
                    failed = true;
                    Console.WriteLine($"  NOT ALLOWED: ({forbidden}) seen {times} times");
                }
            }
            foreach (var outcome in result.Outcomes)
            {
                Console.WriteLine($"  {outcome.Count,8} x  {(outcome.Text.Length == 0 ? "(nothing observed)" : outcome.Text)}");
                foreach (var failure in outcome.Failures)
                {
                    failed = true;
                    Console.WriteLine($"              {file.Path}:{failure.Line}:{failure.Column}: {failure.Text}");
                }
            }
            failed |= !Compare(args.GetValue(Allow) ?? [], result);
            if (interrupt.Token.IsCancellationRequested) return ExitCode.Interrupted;
        }
        return failed ? ExitCode.NotAsExpected : ExitCode.AsExpected;
    }

    /// <summary>Says which outcomes are not allowed, and which allowed ones were never seen.</summary>
    private static bool Compare(string[] allowed, Exploration result)
    {
        if (allowed.Length == 0) return true;
        var strangers = result.Outcomes.Where(o => !allowed.Any(a => Has(o.Text, a))).ToList();
        foreach (var outcome in strangers)
            Console.WriteLine($"  NOT ALLOWED  {outcome.Text}");
        foreach (string never in allowed.Where(a => !result.Outcomes.Any(o => Has(o.Text, a))))
            Console.WriteLine($"  never seen   {never}");
        return strangers.Count == 0;
    }

    /// <summary>Whether an outcome has all these words; a word that it does not list is zero.</summary>
    private static bool Has(string outcome, string words)
    {
        foreach (string word in words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = word.Split('=');
            if (parts.Length != 2) throw new CliException($"--allow {words}: expected ADDRESS=VALUE, separated by commas");
            bool has = parts[1] == "0" ? !outcome.Contains($"[{parts[0]}]=", StringComparison.Ordinal) : $"{outcome} ".Contains($"[{parts[0]}]={parts[1]} ", StringComparison.Ordinal);
            if (!has) return false;
        }
        return true;
    }
}
