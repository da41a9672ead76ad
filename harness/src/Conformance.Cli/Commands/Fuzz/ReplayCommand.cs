using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Conformance.Fuzz;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Wasm.Text;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz replay</c>: one case again, byte for byte.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> Which = new("CASE") { Description = "A case's name (VERSION:LAYER:SEED), a finding's folder or its finding.json, or a tape (with --layer)." };
    private static readonly Option<string> LayerOption = new("--layer") { Description = "The layer that a tape is for.", HelpName = "NAME" };
    private static readonly Option<string[]> Runtime = new("--runtime", "-r") { Description = "Engines to run it on beside the reference, by name or NAME=COMMAND; several by commas or by repeating the option. Default: the reference alone.", HelpName = "NAMES" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Leave the modules' text out." };
    private static readonly Option<DirectoryInfo> Dump = new("--dump") { Description = "Write the case here: module-N.wasm and .wat, case.json, case.tape.", HelpName = "DIR" };

    public static Command Create()
    {
        var command = new Command("replay", """
            Make a case again, byte for byte, show its modules and actions, and run it: each action's results side by side.
            Exit code 3 when an engine does not do what the reference does.
            """) { Which, LayerOption, Runtime, Quiet, Dump };
        WasmtimeChoice.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        WasmtimeChoice.Apply(args);
        var saved = Find(args.GetValue(Which)!, args.GetValue(LayerOption));
        var made = saved.Case;
        Show(saved, args.GetValue(Quiet));
        if (args.GetValue(Dump) is { } folder) Write(saved, folder);

        string[] names = [.. RuntimeCatalog.Split(args.GetValue(Runtime) ?? [])];
        using var panel = names.Length == 0 ? null : FuzzPanel.Start(names, new Terminal(noColor: false, Verbosity.Normal));
        ImmutableArray<CampaignEngine> engines = panel?.Engines ?? [];
        var arbiter = FuzzParts.Arbiter();
        var sent = made.ToCase();
        var columns = new List<(string Name, CaseResult Result, Verdict? Verdict)>();
        if (!made.IsRelaxed || engines.IsEmpty) columns.Add(("reference", arbiter.Expect(made, sent, null), null));
        foreach (var engine in engines)
        {
            if (engine.IsParser != made.Source is not null)
            {
                Console.WriteLine($"{engine.Name}: {(engine.IsParser ? "parses text, and does nothing else" : "gets no text")}");
                continue;
            }
            if ((made.Features & ~engine.Info.Features) is not 0 and var missing)
            {
                Console.WriteLine($"{engine.Name}: lacks {missing}");
                continue;
            }
            var expected = arbiter.Expect(made, sent, engine);
            // The specification lets each engine choose, so the reference chooses as it does.
            if (made.IsRelaxed) columns.Add(($"reference as {engine.Name}", expected, null));
            using var started = engine.Start();
            var observed = started.Run([sent])[0];
            columns.Add(($"{engine.Name} {engine.Info.Version}", observed, arbiter.Compare(made, sent, expected, observed, engine)));
        }
        Compare(made, columns);
        try
        {
            if (!made.IsRelaxed) made.Check(arbiter.Expect(made, sent, null));
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine($"reference: WRONG: {e.Message}");
            return ExitCode.Finding;
        }
        return columns.Any(c => c.Verdict is Verdict.Difference) ? ExitCode.Finding : ExitCode.AsExpected;
    }

    /// <summary>The case that a name, a folder, a file or a tape means.</summary>
    internal static SavedCase Find(string which, string? layer)
    {
        if (CaseName.Parse(which) is { } name) return Generate(name);
        string path = Path.GetFullPath(which);
        string? folder = Directory.Exists(path) ? path : Path.GetFileName(path) is "finding.json" or SavedCase.CaseFile or SavedCase.TapeFile && layer is null ? Path.GetDirectoryName(path) : null;
        try
        {
            if (folder is not null && File.Exists(Path.Combine(folder, SavedCase.CaseFile))) return Checked(SavedCase.Load(folder));
            if (!File.Exists(path)) throw new CliException($"{which}: no name of a case (VERSION:LAYER:SEED), and no such file or folder");
            if (layer is null) throw new CliException($"{which}: a tape alone; --layer says what for");
            byte[] tape = File.ReadAllBytes(path);
            return new(new(Generator.Version, layer, 0), LayerOf(layer).Generate(Decisions.FromTape(tape), GeneratorOptions.Default), tape);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CliException(e.Message);
        }
    }

    private static SavedCase Generate(CaseName name)
    {
        if (name.Version != Generator.Version)
            throw new CliException($"{name}: this kit generates version {Generator.Version}, which may give another case for the seed; a finding's folder has the case itself");
        var decisions = Generator.DecisionsOf(name);
        var made = LayerOf(name.Layer).Generate(decisions, GeneratorOptions.Default);
        return new(name, made, decisions.Tape);
    }

    private static ILayer LayerOf(string name) =>
        Generator.Find(name) ?? throw new CliException($"no layer `{name}`; known are {string.Join(", ", Generator.Layers.Select(l => l.Name))}");

    /// <summary>A saved case is what it is; that its tape still makes it is worth a word only when it does not.</summary>
    private static SavedCase Checked(SavedCase saved)
    {
        if (saved.Name.Version == Generator.Version && Generator.Find(saved.Name.Layer) is { } layer && saved.Tape.Length > 0)
        {
            var again = layer.Generate(Decisions.FromTape(saved.Tape), GeneratorOptions.Default);
            if (again.Modules.Length != saved.Case.Modules.Length || again.Modules.Zip(saved.Case.Modules).Any(m => !m.First.Bytes.AsSpan().SequenceEqual(m.Second.Bytes)))
                Console.Error.WriteLine($"{saved.Name}: the generator makes another case of the tape by now; this is the one that was saved");
        }
        return saved;
    }

    private static void Show(SavedCase saved, bool quiet)
    {
        var made = saved.Case;
        Console.WriteLine($"case {saved.Name}: features {made.Features}{(made.IsRelaxed ? ", relaxed" : "")}, weight {made.Weight}, a tape of {saved.Tape.Length} bytes");
        for (int i = 0; i < made.Modules.Length; i++)
        {
            byte[] bytes = made.Modules[i].Bytes;
            Console.WriteLine($"module {i}: {bytes.Length} bytes, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}");
            if (!quiet) Console.WriteLine(made.Source is not null ? Encoding.UTF8.GetString(bytes) : made.Modules[i].Syntax is { } syntax ? TextPrinter.Print(syntax).TrimEnd() : "  (bytes that no encoder makes; --dump writes them)");
        }
    }

    private static void Write(SavedCase saved, DirectoryInfo folder)
    {
        try
        {
            folder.Create();
            saved.Save(folder.FullName);
            for (int i = 0; i < saved.Case.Modules.Length; i++)
                if (saved.Case.Modules[i].Syntax is { } syntax) File.WriteAllText(Path.Combine(folder.FullName, Path.ChangeExtension(SavedCase.ModuleFile(i), ".wat")), TextPrinter.Print(syntax));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }

    private static void Compare(FuzzCase made, List<(string Name, CaseResult Result, Verdict? Verdict)> columns)
    {
        int width = columns.Select(c => c.Name.Length).DefaultIfEmpty(0).Max();
        for (int i = 0; i < made.Actions.Length; i++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"action {i}: {ActionText.Of(made.Actions[i])}"));
            foreach (var (name, result, verdict) in columns)
            {
                string mark = verdict switch
                {
                    Verdict.Difference d when d.Action == i => $"   <-- differs ({d.Class}): {d.Expected} expected, {d.Observed} observed",
                    Verdict.Inconclusive n when n.Action == i => $"   <-- not compared from here: {n.Cause}",
                    _ => "",
                };
                Console.WriteLine($"  {name.PadRight(width)}  {(i < result.Results.Length ? ActionText.Of(result.Results[i]) : "no result")}{mark}");
            }
        }
        foreach (var (name, _, verdict) in columns)
            if (verdict is not null) Console.WriteLine($"{name}: {(verdict is Verdict.Difference ? "DIFFERS" : verdict is Verdict.Inconclusive ? "not compared to the end" : "as the reference")}");
    }
}
