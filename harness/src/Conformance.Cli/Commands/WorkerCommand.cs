using System.CommandLine;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance worker</c>: serves a runtime of the kit over the worker protocol.</summary>
internal static class WorkerCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The runtime to serve." };

    public static Command Create()
    {
        var command = new Command("worker", "Serve a runtime over the worker protocol (PROTOCOL.md): requests on standard input, answers on standard output.") { Name };
        ReferenceOptions.AddTo(command);
        command.SetAction(args =>
        {
            string name = args.GetValue(Name)!;
            var own = RuntimeCatalog.FindOwn(name) ?? throw new CliException($"unknown runtime `{name}`; known are: {string.Join(", ", RuntimeCatalog.Own.Select(r => r.Name))}");
            if (own.WhyNot() is { } missing) throw new CliException(missing);
            using var input = Console.OpenStandardInput();
            using var output = Console.OpenStandardOutput();
            // Standard output is for answers; whatever else prints goes where it does no harm.
            Console.SetOut(Console.Error);
            WorkerHost.Serve(name == ReferenceRuntime.Name ? new ReferenceRuntime(ReferenceOptions.Read(args)) : own.Create(true), input, output);
            return ExitCode.AsExpected;
        });
        return command;
    }
}
