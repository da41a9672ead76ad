using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Conformance.Harness.Backtraces;
using Conformance.Harness.Results;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance backtraces</c>: the wasm frames of every trap that scripts assert, compared with the reference's.</summary>
internal static class BacktracesCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Scripts, folders, names of suites. Default: the official suite.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Runtime = new("--runtime") { Description = "The runtime that is compared with the reference.", HelpName = "NAME", DefaultValueFactory = _ => "wasmtime" };
    private static readonly Option<bool> InProcess = new("--in-process") { Description = "Host a native engine in this process." };
    private static readonly Option<string> Filter = new("--filter") { Description = "Only scripts whose path or name matches.", HelpName = "GLOB" };
    private static readonly Option<string> Features = new("--features") { Description = "A profile for all scripts.", HelpName = "NAME" };
    private static readonly Option<int> Jobs = OptionRange.Jobs("Files at a time.");
    private static readonly Option<bool> All = new("--all") { Description = "List the explained differences too." };

    public static Command Create()
    {
        var command = new Command("backtraces", """
            Compare the backtrace of every asserted trap with the reference's: function index and offset in the module of every frame.

            Two differences are explained and do no harm: a runtime that lacks a feature does not trap, and an optimizing compiler may report a trap at an
            earlier instruction from which only straight code leads to it. --all lists them. Exit code 1 when there is any other.

            Example: conformance backtraces testsuite --runtime wasmtime-o0 --filter 'call_*'
            """) { Paths, Runtime, InProcess, Filter, Features, Jobs, All };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        using var interrupt = new Interrupt();
        var list = SuiteList.Pinned;
        string[] paths = args.GetValue(Paths) is { Length: > 0 } given ? given : [list.Suites.First(s => s.Official).Name];
        var profile = args.GetValue(Features) is { } features ? RunCommand.ParseProfile(features) : null;
        var selection = Selection.Of(paths, list, SuitePlaces.FromEnvironment(), profile, args.GetValue(Filter));
        if (!selection.Errors.IsEmpty) throw new CliException(string.Join("\nconformance: ", selection.Errors));
        if (selection.Suites.FirstOrDefault(s => !s.Found) is { } absent) throw new CliException($"suite `{absent.Name}` is not here: {absent.Why}");
        if (selection.Files.IsEmpty) throw new CliException("no scripts found");

        string name = args.GetValue(Runtime)!;
        using var hosted = RunCommand.CreateRuntime(name, args.GetValue(InProcess), WorkerLimits.Default, out string? whyNot);
        if (hosted is null) throw new CliException($"{name}: NOT RUN: {whyNot}");
        ImmutableArray<ComparedTrap> traps;
        using (var progress = new Terminal(noColor: false, Verbosity.Normal).Progress(2 * selection.Files.Length))
            traps = BacktraceComparison.Run(selection.Files, new ReferenceRuntime(), hosted.Value, args.GetValue(Jobs), progress, interrupt.Token);

        foreach (var trap in traps.Where(t => IsFault(t) || (args.GetValue(All) && t.Agreement is Agreement.EarlierInStraightCode or Agreement.NoTrap)))
            Show(trap);
        Console.WriteLine($"{Count(traps.Length)} asserted traps in {selection.Files.Length} files, reference and {hosted.Value.Info.Name} {hosted.Value.Info.Version}:");
        foreach (var agreement in Enum.GetValues<Agreement>())
            if (traps.Count(t => t.Agreement == agreement) is > 0 and var count) Console.WriteLine($"{Count(count),8}  {Words(agreement)}");
        return interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted : traps.Any(IsFault) ? ExitCode.NotAsExpected : ExitCode.AsExpected;
    }

    /// <summary>Whether a difference is one that nothing explains.</summary>
    private static bool IsFault(ComparedTrap trap) => trap.Agreement switch
    {
        Agreement.Same or Agreement.NoFrames or Agreement.EarlierInStraightCode => false,
        Agreement.NoTrap => trap.Verdict is not (Verdict.Unsupported or Verdict.AdapterLimit),
        Agreement.OtherOffset or Agreement.NoOffsets or Agreement.OtherFunctions or Agreement.Untold or _ => true,
    };

    private static void Show(ComparedTrap trap)
    {
        Console.WriteLine($"{trap.Place}: {trap.Kind}: {(trap.Agreement == Agreement.NoTrap ? trap.Verdict.Name() : Words(trap.Agreement))}");
        if (trap.Agreement == Agreement.NoTrap) return;
        Console.WriteLine($"    reference  {Text(trap.Expected)}");
        Console.WriteLine($"    other      {Text(trap.Actual)}");
        if (trap.Between is { } between) Console.WriteLine($"    code       {between}");
    }

    private static string Text(ImmutableArray<BacktraceFrame> frames) => frames.IsEmpty ? "(no frames)" : string.Join(" < ", frames.Select(f =>
        $"func {f.Function}{(f.ModuleOffset is { } offset ? $" 0x{offset:x}" : "")}"));

    private static string Words(Agreement agreement) => agreement switch
    {
        Agreement.Same => "the same frames",
        Agreement.NoFrames => "no frames on either: a segment did not fit at instantiation",
        Agreement.EarlierInStraightCode => "the same functions, the innermost offset earlier: straight code leads from it to the trap",
        Agreement.OtherOffset => "the same functions at other offsets",
        Agreement.NoOffsets => "the same functions, no offsets told",
        Agreement.OtherFunctions => "other functions",
        Agreement.Untold => "no frames told",
        Agreement.NoTrap => "no trap there",
        _ => throw new System.Diagnostics.UnreachableException($"agreement {(int)agreement}"),
    };

    private static string Count(int n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
