using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Conformance.Harness.Converting;
using Conformance.Harness.Converting.Wasi;
using Conformance.Harness.Running;
using Conformance.Harness.Suites;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance convert</c>: scripts in the forms that other runners read.</summary>
internal static class ConvertCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Scripts, folders or names of suites.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> To = new("--to") { Description = "The form: wabt, wasm-tools, bin.wast or wasi.", HelpName = "FORM", DefaultValueFactory = _ => "wabt" };
    private static readonly Option<DirectoryInfo> Output = new("--output", "-o") { Description = "The folder to write to; scripts keep their paths below it.", HelpName = "DIR", Required = true };
    private static readonly Option<string> Features = new("--features") { Description = "A profile for all scripts.", HelpName = "NAME" };

    /// <summary>The files that a script becomes, and what the form cannot express.</summary>
    private sealed record Converted(ImmutableArray<(string Name, ImmutableArray<byte> Bytes)> Files, ImmutableArray<string> LeftOut);

    public static Command Create()
    {
        var command = new Command("convert", """
            Write scripts in a form that other runners read. What the form cannot express is listed on standard error.

            Forms:
              wabt        the JSON of wabt's wast2json with a file a module, as spectest-interp reads it
              wasm-tools  the JSON of `wasm-tools json-from-wast`, with a file a module
              bin.wast    the script with every module in the binary format, for runners that do not read the text format of modules
              wasi        WASI preview 1 command modules that check themselves, for engines that have no more than a command line;
                          SCRIPT.json says for each how it must end: success (exit code 0), trap or refused (another exit code)

            Example: conformance convert testsuite --to wabt -o out
            """) { Paths, To, Output, Features };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        Func<byte[], ScriptFile, Converted> convert = args.GetValue(To) switch
        {
            "wabt" => (script, file) => Json(script, file, JsonDialect.Wabt),
            "wasm-tools" => (script, file) => Json(script, file, JsonDialect.WasmTools),
            "bin.wast" => Binary,
            "wasi" => Wasi,
            var other => throw new CliException($"--to {other}: expected wabt, wasm-tools, bin.wast or wasi"),
        };
        var profile = args.GetValue(Features) is { } name ? RunCommand.ParseProfile(name) : null;
        var selection = Selection.Of(args.GetValue(Paths)!, SuiteList.Pinned, SuitePlaces.FromEnvironment(), profile);
        if (!selection.Errors.IsEmpty) throw new CliException(string.Join("\nconformance: ", selection.Errors));
        int leftOut = 0;
        foreach (var file in selection.Files)
        {
            string folder = args.GetValue(Output)!.FullName;
            if (!Path.IsPathRooted(file.Path)) folder = Path.Combine(folder, file.Suite, Path.GetDirectoryName(file.Path) ?? "");
            try
            {
                var converted = convert(File.ReadAllBytes(file.FullPath!), file);
                Directory.CreateDirectory(folder);
                foreach (var (written, bytes) in converted.Files) File.WriteAllBytes(Path.Combine(folder, written), bytes.AsSpan());
                foreach (string line in converted.LeftOut) Console.Error.WriteLine($"{file.Path}:{line}");
                leftOut += converted.LeftOut.Length;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CliException(e.Message);
            }
        }
        Console.WriteLine($"{selection.Files.Length} scripts written, {leftOut} commands left out");
        return ExitCode.AsExpected;
    }

    private static Converted Json(byte[] script, ScriptFile file, JsonDialect dialect)
    {
        var converted = ScriptJson.Convert(script, Path.GetFileName(file.Path), file.Profile, dialect);
        return new([(Stem(file) + ".json", Utf8(converted.Json)), .. converted.Files], converted.LeftOut);
    }

    private static Converted Binary(byte[] script, ScriptFile file)
    {
        var converted = BinaryScript.Convert(script, file.Profile);
        return new([(Stem(file) + ".bin.wast", Utf8(converted.Text))], converted.LeftOut);
    }

    private static Converted Wasi(byte[] script, ScriptFile file)
    {
        var converted = WasiScript.Convert(script, Path.GetFileName(file.Path), file.Profile);
        return new([(Stem(file) + ".json", Utf8(converted.Manifest)), .. converted.Modules.Select(m => (m.Name, m.Bytes))], [.. converted.LeftOut.Select(l => l.ToString())]);
    }

    private static string Stem(ScriptFile file) => Path.GetFileNameWithoutExtension(file.Path);

    private static ImmutableArray<byte> Utf8(string text) => [.. Encoding.UTF8.GetBytes(text)];
}
