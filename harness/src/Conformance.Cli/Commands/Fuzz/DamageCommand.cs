using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Conformance.Fuzz.Damage;
using Conformance.Harness.Suites;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz damage</c>: mutated modules must end in a module or a phase error.</summary>
internal static class DamageCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Scripts, folders or names of suites whose modules are damaged. Default: the official suite, else the kit's corpus.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<long> Cases = new Option<long>("--cases") { Description = "The number of cases.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 }.AtLeast(1);
    private static readonly Option<long> First = new Option<long>("--first") { Description = "The number of the first case.", HelpName = "N" }.AtLeast(0);
    private static readonly Option<ulong> SeedOption = new("--seed") { Description = "The seed.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Jobs = OptionRange.Jobs("Threads.");
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "Where cases that fail are kept.", HelpName = "DIR", DefaultValueFactory = _ => new DirectoryInfo("fuzz-out/damage") };

    public static Command Create()
    {
        var damage = new Command("damage", """
            Damage the modules of scripts, text and binary, and decode or parse and validate what comes out.
            Every case must end in a module or a phase error, in bounded time and memory. Exit code 3 when one does not.
            """) { Paths, Cases, First, SeedOption, Jobs, Out };
        damage.SetAction(Run);
        return damage;
    }

    private static int Run(ParseResult args)
    {
        using var interrupt = new Interrupt();
        var places = SuitePlaces.FromEnvironment();
        string[] paths = args.GetValue(Paths) is { Length: > 0 } given ? given : SuiteLocator.Locate(SuiteList.Pinned.Suites.First(s => s.Official), places).Found
            ? [SuiteList.Pinned.Suites.First(s => s.Official).Name] : [KitFiles.Find("corpus", "corpus") ?? throw new CliException("no scripts: name some")];
        var selection = Selection.Of(paths, SuiteList.Pinned, places);
        if (!selection.Errors.IsEmpty) throw new CliException(string.Join("\nconformance: ", selection.Errors));
        var seeds = Seeds.Of(selection.Files.Select(f => (ReadOnlyMemory<byte>)File.ReadAllBytes(f.FullPath!)));
        if (seeds.IsEmpty) throw new CliException("the scripts hold no modules");
        Console.Error.WriteLine($"{seeds.Count(s => s.IsText)} text and {seeds.Count(s => !s.IsText)} binary modules of {selection.Files.Length} scripts");

        var folder = args.GetValue(Out)!;
        long begin = Stopwatch.GetTimestamp(), shown = begin;
        var run = new DamageRun(seeds, args.GetValue(SeedOption))
        {
            Found = finding => Keep(folder, args.GetValue(SeedOption), finding),
            Progress = totals =>
            {
                if (Stopwatch.GetElapsedTime(shown) < TimeSpan.FromSeconds(Console.IsErrorRedirected ? 30 : 1)) return;
                shown = Stopwatch.GetTimestamp();
                Console.Error.Write((Console.IsErrorRedirected ? "" : "\r") + Line(totals, begin) + (Console.IsErrorRedirected ? "\n" : "  "));
            },
        };
        var totals = run.Run(args.GetValue(First), args.GetValue(Cases), args.GetValue(Jobs), interrupt.Token);
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
        Console.WriteLine(Line(totals, begin));
        return totals.Findings > 0 ? ExitCode.Finding : interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.AsExpected;
    }

    private static string Line(DamageTotals t, long begin) => string.Create(CultureInfo.InvariantCulture,
        $"{t.Cases:N0} cases: {t.Valid:N0} valid, {t.Malformed:N0} malformed, {t.Invalid:N0} invalid, {t.Findings:N0} findings; {t.Cases / Stopwatch.GetElapsedTime(begin).TotalSeconds:N0} cases/s, peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");

    private static void Keep(DirectoryInfo folder, ulong seed, DamageFinding finding)
    {
        string stem = Path.Combine(folder.FullName, $"{seed}-{finding.Case}");
        string module = stem + (finding.IsText ? ".wat" : ".wasm"), kept = "";
        try
        {
            OutputFile.Write(new FileInfo(module), [.. finding.Bytes]);
            OutputFile.Write(new FileInfo(stem + ".txt"), finding.What + "\n");
        }
        catch (CliException e)
        {
            // The case can be made again by its number; the others go on.
            kept = $" (not kept: {e.Message})";
        }
        Console.Error.WriteLine($"\nfinding: {module}{kept}: {finding.What.Split('\n')[0]}");
    }
}
