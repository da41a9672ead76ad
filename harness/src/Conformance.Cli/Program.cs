using System.CommandLine;
using Conformance.Cli;
using Conformance.Cli.Commands;
using Conformance.Cli.Commands.Fuzz;
using Conformance.Harness.Workers;

// Names in scripts are UTF-8 whatever the terminal's habits.
Console.OutputEncoding = new System.Text.UTF8Encoding(false);

var root = new RootCommand("""
    Runs WebAssembly test scripts (.wast) on a reference interpreter and judges every command strictly.

    Examples:
      conformance run                                the main job: the official suite, fetched if need be
      conformance run threads wasm-1.0               two suites by name; `suite list` shows all
      conformance run my.wast --features all         one script
      conformance run --shard 1/4 --json part1.json  a quarter, for `report merge`
      conformance exec fib.wat --invoke run 30       a function of a module
      conformance litmus SB.wast                     what threads may see

    Exit codes: 0 all as expected, 1 something is not, 2 a usage or environment error, 3 a finding, 130 interrupted.
    """)
{
    RunCommand.Create(),
    SuiteCommand.Create(),
    ReportCommand.Create(),
    ModuleCommands.Validate(),
    ModuleCommands.Print(),
    ModuleCommands.Parse(),
    ExecCommand.Create(),
    LitmusCommand.Create(),
    ConvertCommand.Create(),
    CoverageCommand.Create(),
    FuzzCommand.Create(),
    ExplainCommand.Create(),
    BacktracesCommand.Create(),
    EnginesCommand.Create(),
    WorkerCommand.Create(),
    WorkerTestCommand.Create(),
};

try
{
    var parsed = root.Parse(args);
    if (parsed.Errors.Count > 0)
    {
        foreach (var error in parsed.Errors)
            Console.Error.WriteLine($"conformance: {ForUsers(error.Message)}");
        Console.Error.WriteLine("Try `conformance --help`, or `--help` behind a command.");
        return ExitCode.Usage;
    }
    // Errors for the user are caught below; anything else is a bug and shows where.
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CliException e)
{
    Console.Error.WriteLine($"conformance: {e.Message}");
    return e.Code;
}
catch (WorkerStartException e)
{
    // An engine that ran, and cannot be started again.
    Console.Error.WriteLine($"conformance: {e.Message}");
    return ExitCode.Usage;
}

// A type of .NET tells a user nothing.
static string ForUsers(string message) =>
    message.IndexOf(" as expected type", StringComparison.Ordinal) is >= 0 and var end ? message[..end] : message;
