using System.CommandLine;
using Conformance.Harness.Engines;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;
using Wasm.Syntax;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance engines list|install</c>: which engines are here, and how to get the others.</summary>
internal static class EnginesCommand
{
    private static readonly Option<bool> NoStart = new("--no-start") { Description = "Do not start the engines: without versions and features." };
    private static readonly Argument<string[]> Names = new("NAME") { Description = "What to install: npm (Node, Deno, Bun, Binaryen and wabt by the lock file), wasmtime (the pinned library, through pip). Default: all.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> From = new("--from") { Description = "Wasmtime from here instead of through pip: the wheel, a zip file of its layout or the library; a folder that holds one; or the address of one.", HelpName = "PLACE" };

    public static Command Create()
    {
        var list = new Command("list", "Show the engines: what is found where, in which version, with which features; and how to get what is missing.") { NoStart };
        list.SetAction(args =>
        {
            WasmtimeChoice.Apply(args);
            return List(args.GetValue(NoStart));
        });
        WasmtimeChoice.AddTo(list);
        var install = new Command("install", """
            Install pinned engines into the kit's cache. What is installed has the published checksum; anything else is refused, and an installation that
            fails or is interrupted leaves the cache as it was. No registry is named here: npm and pip ask the one that you have configured.

            Examples:
              conformance engines install                              all
              conformance engines install wasmtime                     the library for this platform, through `pip download`
              conformance engines install wasmtime --from FILE.whl     a wheel that was got in another way
            """) { Names, From };
        install.SetAction(args => Install(args.GetValue(Names)!, args.GetValue(From)));
        return new Command("engines", "The engines that scripts can be run on.") { list, install };
    }

    private static int List(bool noStart)
    {
        var places = RuntimeCatalog.Places();
        var missing = new List<(string Why, List<string> Names)>();
        foreach (var own in RuntimeCatalog.Own)
            Show(own.Name, own.About, own.WhyNot(), own.IsNative ? $"worker:{own.Name}" : null, own.IsNative ? own.Where() ?? "" : "built in");
        foreach (var entry in EngineCatalog.Entries)
        {
            var (spec, found) = entry.Locate(places);
            Show(entry.Name, entry.About, spec is null ? found.Why : null, entry.Name, $"{found.Path} ({found.Source})");
        }
        foreach (var parser in ParserCatalog.Entries)
        {
            var found = parser.Program.Find(places);
            Show(parser.Name, $"{parser.About}; for `fuzz run`", found.Path is null ? found.Why : null, null, $"{found.Path} ({found.Source})");
        }
        Line("NAME=COMMAND", "any worker that speaks the protocol (PROTOCOL.md; `conformance worker-test`)");
        if (missing.Count > 0) Console.WriteLine("\nNot on this machine:");
        foreach (var (why, names) in missing)
        {
            Console.WriteLine($"  {string.Join(", ", names)}");
            Console.WriteLine($"    {why}");
        }
        return ExitCode.AsExpected;

        void Show(string name, string about, string? whyNot, string? worker, string where)
        {
            if (whyNot is not null)
            {
                int known = missing.FindIndex(m => m.Why == whyNot);
                if (known < 0) missing.Add((whyNot, [name]));
                else missing[known].Names.Add(name);
                return;
            }
            Line(name, about);
            if (where.Length > 0) Line("", where);
            if (noStart || worker is null) return;
            using var hosted = RunCommand.StartWorker(worker, WorkerLimits.Default, out string? broken);
            if (hosted is null)
            {
                Line("", $"cannot be used: {broken}");
                return;
            }
            var info = hosted.Value.Info;
            string without = string.Join(", ", Profiles.NamesOf(Features.Wasm3 & ~info.Features)), beyond = string.Join(", ", Profiles.NamesOf(info.Features & ~Features.Wasm3));
            Line("", $"{info.Version}; 3.0{(without.Length == 0 ? "" : $" without {without}")}{(beyond.Length == 0 ? "" : $", with {beyond}")}");
        }
    }

    /// <summary>A name, or nothing, and what belongs to it, below each other.</summary>
    private static void Line(string name, string text) => Console.WriteLine($"{name,-26}{text}");

    private static int Install(string[] names, string? from)
    {
        var installers = names.Length == 0 ? [.. EngineInstallers.All] : names.Select(name => EngineInstallers.All.FirstOrDefault(i => i.Name == name)
            ?? throw new CliException($"nothing called `{name}` can be installed; there are: {string.Join(", ", EngineInstallers.All.Select(i => i.Name))}")).ToArray();
        if (from is not null && installers.Length != 1) throw new CliException("--from needs one name");
        using var interrupt = new Interrupt();
        bool good = true;
        foreach (var installer in installers)
            try
            {
                Console.Error.WriteLine($"{installer.Name}: {installer.About} …");
                Console.WriteLine($"{installer.Name}: {installer.Install(from, interrupt.Token)}");
            }
            catch (OperationCanceledException)
            {
                throw new CliException($"{installer.Name}: interrupted; nothing was changed", ExitCode.Interrupted);
            }
            catch (CliException e) when (installers.Length > 1)
            {
                Console.Error.WriteLine($"conformance: {e.Message}");
                good = false;
            }
        return good ? ExitCode.AsExpected : ExitCode.Usage;
    }
}
