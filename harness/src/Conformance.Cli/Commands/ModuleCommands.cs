using System.CommandLine;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance validate|print|parse</c>: one module, binary or text.</summary>
internal static class ModuleCommands
{
    internal static readonly Argument<string> File = new("FILE") { Description = "A module, binary or text (told by its first bytes); - for standard input." };
    internal static readonly Option<string> Features = new("--features") { Description = "The profile: 1.0, 2.0, 3.0, all, or with features added or removed, such as 3.0+threads.", HelpName = "NAME", DefaultValueFactory = _ => "all" };
    private static readonly Option<FileInfo> Output = new("--output", "-o") { Description = "Where to write. Default: standard output.", HelpName = "FILE" };

    public static Command Validate()
    {
        var command = new Command("validate", "Decode or parse a module and validate it. Exit code 1 when it is malformed or invalid.") { File, Features };
        command.SetAction(args => Guard(args, () =>
        {
            Validator.Validate(Read(args), new Engine(), Profile(args));
            Console.WriteLine("valid");
        }));
        return command;
    }

    public static Command Print()
    {
        var command = new Command("print", "Print a module as text.") { File, Features, Output };
        command.SetAction(args => Guard(args, () =>
        {
            string text = TextPrinter.Print(Read(args)) + "\n";
            if (args.GetValue(Output) is { } file) OutputFile.Write(file, text);
            else Console.Write(text);
        }));
        return command;
    }

    public static Command Parse()
    {
        var command = new Command("parse", "Encode a module as binary.") { File, Features, Output };
        command.SetAction(args => Guard(args, () =>
        {
            byte[] bytes = BinaryEncoder.Encode(Read(args));
            if (args.GetValue(Output) is { } file)
            {
                OutputFile.Write(file, bytes);
                return;
            }
            if (!Console.IsOutputRedirected) throw new CliException("a binary module is not for a terminal: give --output FILE, or redirect");
            using var output = Console.OpenStandardOutput();
            output.Write(bytes);
        }));
        return command;
    }

    /// <summary>Runs an action and reports a phase error as <c>FILE:POSITION: phase: message</c>.</summary>
    internal static int Guard(ParseResult args, Action action)
    {
        try
        {
            action();
            return ExitCode.AsExpected;
        }
        catch (PhaseException e)
        {
            Console.Error.WriteLine($"{args.GetValue(File)}:{e.At}: {e.Phase}: {e.Message}");
            return ExitCode.NotAsExpected;
        }
        catch (NotSupportedException e)
        {
            Console.Error.WriteLine($"{args.GetValue(File)}: cannot be printed: {e.Message}");
            return ExitCode.NotAsExpected;
        }
    }

    internal static Profile Profile(ParseResult args) => RunCommand.ParseProfile(args.GetValue(Features)!);

    /// <summary>The module in a file; a binary one begins with a zero byte.</summary>
    internal static Module Read(ParseResult args)
    {
        string path = args.GetValue(File)!;
        try
        {
            byte[] bytes = path == "-" ? StandardInput() : System.IO.File.ReadAllBytes(path);
            return bytes.AsSpan().StartsWith("\0"u8) ? BinaryDecoder.Decode(bytes, Profile(args)) : TextParser.ParseModule(bytes, Profile(args));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {e.Message}");
        }
    }

    private static byte[] StandardInput()
    {
        using var buffer = new MemoryStream();
        using var input = Console.OpenStandardInput();
        input.CopyTo(buffer);
        return buffer.ToArray();
    }
}
