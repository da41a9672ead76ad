using System.CommandLine;
using Conformance.Harness.Converting;
using Conformance.Harness.Suites;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance convert</c>: scripts in the forms that other runners read.</summary>
internal static class ConvertCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Scripts, folders or names of suites.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> To = new("--to") { Description = "wabt: the JSON of wast2json; wasm-tools: the JSON of json-from-wast.", HelpName = "FORM", DefaultValueFactory = _ => "wabt" };
    private static readonly Option<DirectoryInfo> Output = new("--output", "-o") { Description = "The folder to write to; scripts keep their paths below it.", HelpName = "DIR", Required = true };
    private static readonly Option<string> Features = new("--features") { Description = "A profile for all scripts.", HelpName = "NAME" };

    public static Command Create()
    {
        var command = new Command("convert", "Write scripts as JSON with module files, for other runners. What the form cannot express is listed on standard error.") { Paths, To, Output, Features };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        var dialect = args.GetValue(To) switch
        {
            "wabt" => JsonDialect.Wabt,
            "wasm-tools" => JsonDialect.WasmTools,
            var other => throw new CliException($"--to {other}: expected wabt or wasm-tools"),
        };
        var profile = args.GetValue(Features) is { } name ? RunCommand.ParseProfile(name) : null;
        var selection = Selection.Of(args.GetValue(Paths)!, SuiteList.Pinned, SuitePlaces.FromEnvironment(), profile);
        if (!selection.Errors.IsEmpty) throw new CliException(string.Join("\nconformance: ", selection.Errors));
        int leftOut = 0;
        foreach (var file in selection.Files)
        {
            string folder = Path.Combine(args.GetValue(Output)!.FullName, file.Suite, Path.GetDirectoryName(file.Path) ?? "");
            if (Path.IsPathRooted(file.Path)) folder = args.GetValue(Output)!.FullName;
            var converted = ScriptJson.Convert(File.ReadAllBytes(file.FullPath!), Path.GetFileName(file.Path), file.Profile, dialect);
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, Path.GetFileNameWithoutExtension(file.Path) + ".json"), converted.Json);
            foreach (var (module, bytes) in converted.Files)
                File.WriteAllBytes(Path.Combine(folder, module), [.. bytes]);
            foreach (string line in converted.LeftOut)
                Console.Error.WriteLine($"{file.Path}:{line}");
            leftOut += converted.LeftOut.Length;
        }
        Console.WriteLine($"{selection.Files.Length} scripts written, {leftOut} commands left out");
        return ExitCode.AsExpected;
    }
}
