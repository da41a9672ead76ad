using System.CommandLine;
using Conformance.Cli.Commands;
using Wasm.Execution;
using Wasm.Numerics;

namespace Conformance.Cli;

/// <summary>The options of the reference: its limits, and its choice at each nondeterminism of the specification.</summary>
internal static class ReferenceOptions
{
    private static readonly (string Name, Func<RelaxedChoices, int, RelaxedChoices> With)[] Choices =
    [
        ("fmadd", (c, n) => c with { Fmadd = n }),
        ("fmin", (c, n) => c with { Fmin = n }),
        ("fmax", (c, n) => c with { Fmax = n }),
        ("idot", (c, n) => c with { Idot = n }),
        ("iq15mulr", (c, n) => c with { Iq15mulr = n }),
        ("trunc_u", (c, n) => c with { TruncU = n }),
        ("trunc_s", (c, n) => c with { TruncS = n }),
        ("swizzle", (c, n) => c with { Swizzle = n }),
        ("laneselect", (c, n) => c with { Laneselect = n }),
    ];

    private static string Names => string.Join(", ", Choices.Select(c => c.Name));

    private static readonly Option<int> MaxCallDepth = new("--max-call-depth") { Description = "The reference's limit on nested calls.", HelpName = "N" };
    private static readonly Option<long> Fuel = new("--fuel") { Description = "The reference's limit on steps (calls and taken branches).", HelpName = "N" };
    private static readonly Option<string> MaxMemory = new("--max-memory") { Description = "The reference's limit on one memory, such as 512M or 4G.", HelpName = "BYTES" };
    private static readonly Option<bool> Deterministic = new("--deterministic") { Description = "The reference follows the deterministic profile: canonical NaNs, first choice of every relaxed operator." };
    private static readonly Option<string> NaN = new("--nan") { Description = "The NaN that the reference's operators give: propagate (the processor's) or canonical.", HelpName = "CHOICE" };
    private static readonly Option<string> RelaxedOption = new("--relaxed") { Description = $"The reference's choices for relaxed operators, such as fmadd=1,swizzle=1. Names: {Names}; numbers as the specification lists the alternatives.", HelpName = "NAME=N,…" };

    public static void AddTo(Command command)
    {
        foreach (var option in new Option[] { MaxCallDepth, Fuel, MaxMemory, Deterministic, NaN, RelaxedOption })
            command.Options.Add(option);
    }

    public static StoreOptions Read(ParseResult args)
    {
        var options = args.GetValue(Deterministic) ? StoreOptions.Deterministic : StoreOptions.Default;
        if (args.GetValue(MaxCallDepth) is > 0 and var depth) options = options with { MaxCallDepth = depth };
        if (args.GetValue(Fuel) is > 0 and var fuel) options = options with { Fuel = (ulong)fuel };
        if (args.GetValue(MaxMemory) is { } memory) options = options with { MaxMemoryBytes = RunCommand.Size("--max-memory", memory) };
        if (args.GetValue(NaN) is { } nan)
            options = options with { NaN = nan switch { "propagate" => NaNChoice.Propagate, "canonical" => NaNChoice.Canonical, _ => throw new CliException($"--nan {nan}: expected propagate or canonical") } };
        if (args.GetValue(RelaxedOption) is { } relaxed) options = options with { Relaxed = ReadRelaxed(options.Relaxed, relaxed) };
        return options;
    }

    private static RelaxedChoices ReadRelaxed(RelaxedChoices choices, string text)
    {
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=');
            var choice = Choices.FirstOrDefault(c => c.Name == sides[0]);
            if (sides.Length != 2 || choice.With is null || !int.TryParse(sides[1], out int n) || n is < 0 or > 3)
                throw new CliException($"--relaxed {text}: `{part}` is not NAME=N; names: {Names}");
            choices = choice.With(choices, n);
        }
        return choices;
    }
}
