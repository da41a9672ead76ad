using System.CommandLine;
using Conformance.Fuzz.Targets;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz target</c>: runs a target of the coverage-guided fuzzers on files.</summary>
internal static class TargetCommand
{
    private static readonly Argument<string> Name = new("TARGET") { Description = string.Join("; ", FuzzTargets.All.Select(t => $"{t.Name}: {t.About}")) + "." };
    private static readonly Argument<FileInfo[]> Files = new("FILE") { Description = "Inputs, for instance what a fuzzer has found.", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("target", "Run a target of the coverage-guided fuzzers (fuzz/README.md) on files. Exit code 3 when something escapes it.") { Name, Files };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        var target = FuzzTargets.Find(args.GetValue(Name)!) ?? throw new CliException($"no target `{args.GetValue(Name)}`; there are: {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}");
        int escaped = 0;
        foreach (var file in args.GetValue(Files)!)
        {
            if (!file.Exists) throw new CliException($"{file} does not exist");
            try
            {
                target(File.ReadAllBytes(file.FullName));
                Console.WriteLine($"{file}: nothing escapes");
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                escaped++;
                Console.WriteLine($"{file}: {e}");
            }
        }
        return escaped > 0 ? ExitCode.Finding : ExitCode.AsExpected;
    }
}
