using System.CommandLine;
using System.Text.Json;
using Conformance.Fuzz.Coverage;
using Conformance.Harness.Running;
using Conformance.Harness.Suites;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance coverage</c>: which rules, operand classes and outcomes scripts reach.</summary>
internal static class CoverageCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Scripts, folders or names of suites.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<FileInfo> Json = new("--json") { Description = "Write every cell and whether it was reached.", HelpName = "FILE" };
    private static readonly Option<int> Most = new Option<int>("--unreached") { Description = "How many unreached cells of each kind to list; -1 for all.", HelpName = "N", DefaultValueFactory = _ => 20 }.AtLeast(-1);

    public static Command Create()
    {
        var command = new Command("coverage", """
            Run scripts on the reference and tell what they reach of the specification: execution rules, validation rules of valid modules,
            instructions, the class of every operand (zero, least, NaN, …), and kinds of trap; with the cells that nothing reached.
            `fuzz run` counts the same of its campaign.
            """) { Paths, Json, Most };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        using var interrupt = new Interrupt();
        var selection = Selection.Of(args.GetValue(Paths)!, SuiteList.Pinned, SuitePlaces.FromEnvironment());
        if (!selection.Errors.IsEmpty) throw new CliException(string.Join("\nconformance: ", selection.Errors));
        if (selection.Files.IsEmpty) throw new CliException("no scripts");
        var coverage = new RuleCoverage();
        var result = Runner.Run(new RunOptions { Runtime = new ReferenceRuntime(null, coverage), Files = selection.Files, FileTimeout = TimeSpan.FromMinutes(5) }, null, interrupt.Token);
        var cells = coverage.Cells().ToList();
        Console.WriteLine($"{result.Files.Length} scripts, {result.Totals.Commands:N0} commands, {result.Totals.Passed:N0} passed; {coverage.Steps:N0} steps");
        foreach (var kind in cells.GroupBy(c => c.Kind))
        {
            var missing = kind.Where(c => !c.Reached).ToList();
            Console.WriteLine($"{RuleCoverage.Words(kind.Key)}: {kind.Count() - missing.Count} of {kind.Count()} reached");
            int most = args.GetValue(Most) < 0 ? int.MaxValue : args.GetValue(Most);
            foreach (var cell in missing.Take(most)) Console.WriteLine($"  not reached: {cell.Name}");
            if (missing.Count > most) Console.WriteLine($"  and {missing.Count - most} more (--unreached -1)");
        }
        if (args.GetValue(Json) is { } file)
            OutputFile.Write(file, JsonSerializer.Serialize(cells.GroupBy(c => c.Kind).ToDictionary(g => g.Key.ToString(), g => g.GroupBy(c => c.Name).ToDictionary(c => c.Key, c => c.Any(x => x.Reached))), Indented));
        return interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted : result.Totals.IsGreen ? ExitCode.AsExpected : ExitCode.NotAsExpected;
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
