using System.CommandLine;
using System.Globalization;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Findings;
using Conformance.Harness.Running;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz reduce</c>: a finding as the smallest script that shows it.</summary>
internal static class ReduceCommand
{
    private static readonly Argument<string> Which = new("CASE") { Description = "A case's name (VERSION:LAYER:SEED), or a finding's folder." };
    private static readonly Option<string[]> Runtime = new("--runtime", "-r") { Description = "The engine that differs, by name or NAME=COMMAND.", HelpName = "NAME", Required = true };
    private static readonly Option<FileInfo> Output = new("--output", "-o") { Description = "Where the script is written. Default: the standard output.", HelpName = "FILE" };
    private static readonly Option<string> Land = new("--land") { Description = "Write the script to corpus/regressions/NAME.wast of this checkout.", HelpName = "NAME" };
    private static readonly Option<string> Time = new("--time") { Description = "How long at most: 30s, 5m.", HelpName = "T", DefaultValueFactory = _ => "30s" };

    public static Command Create()
    {
        var command = new Command("reduce", """
            Make a case smaller for as long as the engine differs from the reference in the same way, and write it as a script
            whose assertions are what the reference does. Any runner of .wast files can run it.
            """) { Which, Runtime, Output, Land, Time };
        WasmtimeChoice.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        WasmtimeChoice.Apply(args);
        var limit = FuzzRunCommand.ParseTime("--time", args.GetValue(Time)!);
        var saved = ReplayCommand.Find(args.GetValue(Which)!, null);
        using var panel = FuzzPanel.Start([.. RuntimeCatalog.Split(args.GetValue(Runtime)!)], new Terminal(noColor: false, Verbosity.Normal));
        if (panel.Engines is not [var engine]) throw new CliException("--runtime: one engine, please");
        using var running = engine.Start();
        var reducer = new FindingReducer(FuzzParts.Arbiter(), engine, running);
        if (saved.Case.Source is not null) return ReduceText(args, saved, engine, reducer, limit);
        if (reducer.Reduce(saved.Case, limit) is not { } reduction)
        {
            Console.Error.WriteLine($"{saved.Name}: {engine.Name} does what the reference does");
            return ExitCode.NotAsExpected;
        }
        if (reducer.Difference(reduction.Case) is not { } difference)
        {
            Console.Error.WriteLine($"{saved.Name}: {engine.Name} differed at first, and on the same case no longer: it does not do the same every time");
            return ExitCode.NotAsExpected;
        }
        string script = CaseScript.Write(reduction.Case, reducer.Expected(reduction.Case),
            [$"{engine.Name} {engine.Info.Version}: {difference.Class}: {difference.Expected} expected, {difference.Observed} observed", $"reduced from case {saved.Name}"], out var leftOut);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{reduction.Instrs} instructions after {reduction.Tried} candidates in {reduction.Time.TotalSeconds:0.0} s{(reduction.IsMinimal ? "" : " (time was up)")}"));
        foreach (string line in leftOut) Console.Error.WriteLine($"not in the script: {line}");
        if (!PassesOnReference(script)) Console.Error.WriteLine("the script does not pass on the reference: the difference needs what a script cannot say");
        return Write(args, script);
    }

    /// <summary>A text is a script by itself, or the text of an invalid module; what a parser makes of it no assertion can say, so a comment does.</summary>
    private static int ReduceText(ParseResult args, SavedCase saved, CampaignEngine engine, FindingReducer reducer, TimeSpan limit)
    {
        if (reducer.ReduceText(saved.Case, limit) is not { } found)
        {
            Console.Error.WriteLine($"{saved.Name}: {engine.Name} does what the reference does");
            return ExitCode.NotAsExpected;
        }
        var (reduction, difference) = found;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{reduction.Text.Length} bytes after {reduction.Tried} candidates in {reduction.Time.TotalSeconds:0.0} s{(reduction.IsMinimal ? "" : " (time was up)")}"));
        string module = System.Text.Encoding.UTF8.GetString(reduction.Text).Trim();
        if (!PassesOnReference(module)) module = $"(assert_invalid {module} \"\")";
        return Write(args, $"""
            ;; {engine.Name} {engine.Info.Version}: {difference.Class}: {difference.Expected} expected, {difference.Observed} observed
            ;; reduced from case {saved.Name}

            {module}

            """);
    }

    private static int Write(ParseResult args, string script)
    {
        string? path = args.GetValue(Land) is { } name
            ? Path.Combine(KitFiles.Find("corpus", "corpus") ?? throw new CliException("--land: this is no checkout"), "regressions", Path.ChangeExtension(name, ".wast"))
            : args.GetValue(Output)?.FullName;
        if (path is null) Console.Write(script);
        else
        {
            OutputFile.Write(new FileInfo(path), script);
            Console.WriteLine(path);
        }
        return ExitCode.Finding;
    }

    private static bool PassesOnReference(string script)
    {
        var file = new ScriptFile("", "reduced.wast", null, Wasm.Syntax.Profile.All, System.Text.Encoding.UTF8.GetBytes(script));
        return Runner.Run(new RunOptions { Runtime = new ReferenceRuntime(), Files = [file] }).Totals.IsGreen;
    }
}
