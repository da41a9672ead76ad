using System.CommandLine;
using Conformance.Fuzz.Generating;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary><c>conformance fuzz</c>: one file a command.</summary>
internal static class FuzzCommand
{
    public static Command Create() => new("fuzz", $"""
        Search for faults with made-up input.

        Examples:
          conformance fuzz run                                  the engines that are found, until Ctrl-C; again: goes on
          conformance fuzz run --runtime wasmtime-o0,node --time 10m --out night
          conformance fuzz report night                         what was found
          conformance fuzz replay night/findings/001            a finding: modules, actions, results
          conformance fuzz replay {Generator.Version}:module:1000000000017        any case, by its name
          conformance fuzz run --shard 1/4 --seed 7 --cases 4M --out part1    a quarter of a fleet, for `fuzz merge`
        """)
    {
        FuzzRunCommand.Create(),
        ReplayCommand.Create(),
        ReduceCommand.Create(),
        FuzzReportCommand.Create(),
        MergeCommand.Create(),
        BenchCommand.Create(),
        DamageCommand.Create(),
        TargetCommand.Create(),
        MutantsCommand.Create(),
    };
}
