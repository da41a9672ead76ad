using System.CommandLine;
using System.Globalization;
using Conformance.Cli.Commands;
using Wasm.Execution;
using Wasm.Numerics;

namespace Conformance.Cli;

/// <summary>The options of the reference: its limits, and its choice at each nondeterminism of the specification.</summary>
internal static class ReferenceOptions
{
    private static string Names => string.Join(", ", RelaxedChoices.Operators.Select(o => o.Name));

    private static readonly Option<int> MaxCallDepth = new Option<int>("--max-call-depth") { Description = "The reference's limit on nested calls.", HelpName = "N" }.AtLeast(1);
    private static readonly Option<long> Fuel = new Option<long>("--fuel") { Description = "The reference's limit on steps (calls and taken branches).", HelpName = "N" }.AtLeast(1);
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
            var op = RelaxedChoices.Operators.FirstOrDefault(o => o.Name == sides[0]);
            if (sides.Length != 2 || op is null || !int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int n))
                throw new CliException($"--relaxed {text}: `{part}` is not NAME=N; names: {Names}");
            if (n >= op.Count) throw new CliException($"--relaxed {text}: {op.Name} is 0 to {op.Count - 1}");
            choices = op.With(choices, n);
        }
        return choices;
    }
}
