using System.CommandLine;
using Conformance.Harness.Workers;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance worker-test</c>: does a worker keep to the protocol?</summary>
internal static class WorkerTestCommand
{
    private static readonly Argument<string[]> Command = new("COMMAND") { Description = "The worker's program and arguments, or the name of an engine.", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("worker-test", """
            Check a worker: its frames, what it declares, its values, traps and exceptions.

            Example: conformance worker-test -- node worker.js
            """) { Command };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        string[] words = args.GetValue(Command)!;
        var spec = new WorkerSpec("worker", [.. words]);
        if (words.Length == 1 && RuntimeCatalog.Names.Contains(words[0]))
        {
            (var known, string? whyNot) = RuntimeCatalog.Worker(RuntimeCatalog.FindOwn(words[0]) is null ? words[0] : $"worker:{words[0]}");
            spec = known ?? throw new CliException($"{words[0]}: {whyNot}");
        }
        int bad = 0;
        foreach (var check in WorkerTest.Run(spec))
        {
            if (check.Passed == false) bad++;
            Console.WriteLine($"{(check.Passed is { } passed ? passed ? "ok     " : "FAILED " : "absent ")} {check.Text}");
        }
        Console.WriteLine(bad == 0 ? "The worker keeps to the protocol." : $"{bad} faults.");
        return bad == 0 ? ExitCode.AsExpected : ExitCode.NotAsExpected;
    }
}
