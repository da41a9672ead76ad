using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Generating;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz bench</c>: what one core does.</summary>
internal static class BenchCommand
{
    /// <summary>Tells the process that it was started on one processor.</summary>
    private const string Pinned = "CONFORMANCE_FUZZ_BENCH_PROCESSOR";

    private static readonly Option<string> Time = new("--time") { Description = "How long each measurement takes.", HelpName = "T", DefaultValueFactory = _ => "3s" };
    private static readonly Option<ulong> SeedOption = new Option<ulong>("--seed") { Description = "The seed of the cases.", HelpName = "S", DefaultValueFactory = _ => 1 }.AtMost(CampaignOptions.MaxSeed);
    private static readonly Option<FileInfo> Markdown = new("--markdown") { Description = "Write the tables here too.", HelpName = "FILE" };
    private static readonly Option<FileInfo> JsonOption = new("--json") { Description = "Write JSON here.", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("bench", """
            Measure every layer on every engine that gets its cases: the kit and the engine together on one processor, one lane, by processor time.
            The tables say where the time goes: making a case, encoding it, the reference, comparing, and the engine's transport, compiling and running.
            """) { FuzzPanel.Runtime, FuzzRunCommand.Layers, Time, SeedOption, Markdown, JsonOption };
        WasmtimeChoice.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        WasmtimeChoice.Apply(args);
        string? processor = Environment.GetEnvironmentVariable(Pinned);
        if (processor is null && OnOneProcessor() is { } code) return code;
        processor = processor is null ? "This system does not let a process be held to one processor: other processors may have helped." : $"All ran on processor {processor}.";

        var time = FuzzRunCommand.ParseTime("--time", args.GetValue(Time)!);
        var layers = FuzzRunCommand.ParseLayers(args.GetValue(FuzzRunCommand.Layers)).Select(l => Generator.Find(l.Layer)!).ToImmutableArray();
        using var panel = FuzzPanel.Start([.. RuntimeCatalog.Split(args.GetValue(FuzzPanel.Runtime) ?? [])], new Terminal(noColor: false, Verbosity.Normal));
        var bench = new Bench(new(Generator.Layers, panel.Engines, FuzzParts.Arbiter, GeneratorOptions.Default), time, args.GetValue(SeedOption));
        var kit = ImmutableArray.CreateBuilder<LayerRate>();
        foreach (var layer in layers)
        {
            Console.Error.WriteLine($"{layer.Name} …");
            kit.Add(bench.Measure(layer));
        }
        var engines = ImmutableArray.CreateBuilder<EngineRate>();
        try
        {
            foreach (var engine in panel.Engines)
            {
                using var started = engine.Start();
                foreach (var layer in layers.Where(l => Schedule.IsForParsers(l.Name) == engine.IsParser))
                {
                    Console.Error.WriteLine($"{layer.Name} on {engine.Name} …");
                    engines.Add(bench.Measure(layer, engine, started, Path.Combine(Path.GetTempPath(), $"conformance-bench-{Environment.ProcessId}")));
                }
            }
        }
        catch (Exception e) when (e is CampaignFolderException or EngineLostException)
        {
            throw new CliException(e.Message);
        }
        var report = new BenchReport(processor, kit.ToImmutable(), [.. layers.SelectMany(l => engines.Where(e => e.Layer == l.Name))]);
        Console.Write(report.Markdown());
        if (args.GetValue(Markdown) is { } markdown) OutputFile.Write(markdown, report.Markdown());
        if (args.GetValue(JsonOption) is { } json) OutputFile.Write(json, report.ToJson());
        return ExitCode.AsExpected;
    }

    /// <summary>Starts this command again where all its threads, and the engines that they start, are on one processor; null when the system has no such thing.</summary>
    private static int? OnOneProcessor()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows()) return null;
        using var self = Process.GetCurrentProcess();
        nint all = self.ProcessorAffinity, one = all & -all;
        // What a thread starts inherits its processors; the threads that run already keep theirs, hence the second process.
        self.ProcessorAffinity = one;
        try
        {
            var command = RuntimeCatalog.Self();
            var start = new ProcessStartInfo(command[0], [.. command.Skip(1), .. Environment.GetCommandLineArgs().Skip(1)]) { UseShellExecute = false };
            start.Environment[Pinned] = BitOperations.TrailingZeroCount(one).ToString(CultureInfo.InvariantCulture);
            using var pinned = Process.Start(start)!;
            pinned.WaitForExit();
            return pinned.ExitCode;
        }
        finally
        {
            self.ProcessorAffinity = all;
        }
    }
}
