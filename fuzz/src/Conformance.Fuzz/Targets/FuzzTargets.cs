using System.Collections.Immutable;
using System.Text;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;
using StoreOptions = Wasm.Execution.StoreOptions;

namespace Conformance.Fuzz.Targets;

/// <summary>
/// Targets for coverage-guided fuzzers: any bytes go in, and nothing comes out but a return. An exception that leaves one is a finding. They hold no
/// state between inputs.
/// </summary>
public static class FuzzTargets
{
    /// <summary>A target: it returns, or throws what is a finding.</summary>
    public delegate void Target(ReadOnlySpan<byte> input);

    /// <summary>All targets by name.</summary>
    public static ImmutableArray<(string Name, string About, Target Fuzz)> All { get; } =
    [
        ("decode",       "decodes; a module is encoded and decoded again, and must be equal",                             Decode.Fuzz),
        ("validate",     "decodes and validates",                                                                         Validate.Fuzz),
        ("parse-text",   "parses a module in the text format and validates it",                                           ParseText.Fuzz),
        ("round-trip",   "decodes, prints, and parses what was printed; the modules must be equal",                       RoundTrip.Fuzz),
        ("execute",      "decodes, validates, instantiates, and invokes every export within limits of time and memory",   Execute.Fuzz),
        ("differential", "the same calls with instructions fused and not fused; outcomes and memories must be equal",     Differential.Fuzz),
    ];

    /// <summary>A target by its name, or null.</summary>
    public static Target? Find(string name) => All.FirstOrDefault(t => t.Name == name).Fuzz;

    /// <summary>The module that the input is, or null when it is none.</summary>
    internal static Module? ModuleOf(ReadOnlySpan<byte> input)
    {
        try
        {
            return BinaryDecoder.Decode(input.ToArray(), Profile.All);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>The valid module that the input is, or null.</summary>
    internal static ModuleInfo? ValidModuleOf(ReadOnlySpan<byte> input, Engine engine) => ModuleOf(input) is { } module ? Valid(module, engine) : null;

    internal static ModuleInfo? Valid(Module module, Engine engine)
    {
        try
        {
            return Validator.Validate(module, engine, Profile.All);
        }
        catch (InvalidException)
        {
            return null;
        }
    }
}

/// <summary>Bytes to module to bytes.</summary>
public static class Decode
{
    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        if (FuzzTargets.ModuleOf(input) is not { } module) return;
        var again = BinaryDecoder.Decode(BinaryEncoder.Encode(module), Profile.All);
        if (!again.Equals(module)) throw new InvalidOperationException("a module that is encoded and decoded is another module");
    }
}

/// <summary>Bytes to a valid module.</summary>
public static class Validate
{
    public static void Fuzz(ReadOnlySpan<byte> input) => FuzzTargets.ValidModuleOf(input, new Engine());
}

/// <summary>Text to a valid module.</summary>
public static class ParseText
{
    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        try
        {
            FuzzTargets.Valid(TextParser.ParseModule(input.ToArray(), Profile.All), new Engine());
        }
        catch (Exception e) when (e is MalformedException or MalformedCustomException or InvalidCustomException)
        {
            // It is no module, and its parser said so.
        }
    }
}

/// <summary>Bytes to text to the same module.</summary>
public static class RoundTrip
{
    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        if (FuzzTargets.ModuleOf(input) is not { } module) return;
        string text;
        try
        {
            text = TextPrinter.Print(module);
        }
        catch (NotSupportedException)
        {
            return;      // it has no text of a bearable size
        }
        if (!TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.All).Equals(module)) throw new InvalidOperationException("a module that is printed and parsed is another module");
    }
}

/// <summary>Bytes to a run.</summary>
public static class Execute
{
    public static void Fuzz(ReadOnlySpan<byte> input) => Runs.Of(input, unfused: false);
}

/// <summary>Bytes to two runs of the reference: with instructions fused, and one by one.</summary>
public static class Differential
{
    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        string fused = Runs.Of(input, unfused: false), plain = Runs.Of(input, unfused: true);
        if (fused != plain) throw new InvalidOperationException($"fused and unfused code differ:\n{fused}\nand\n{plain}");
    }
}

/// <summary>Calls of all exports of a module within limits, and their outcomes in words.</summary>
internal static class Runs
{
    private static readonly StoreOptions Limits = StoreOptions.Deterministic with
    {
        MaxCallDepth = 200,
        MaxOperandSlots = 1 << 16,
        MaxMemoryBytes = 1 << 22,
        MaxTableElements = 10_000,
        MaxAllocatedBytes = 1 << 22,
        MaxArrayBytes = 1 << 20,
        Fuel = 20_000,
        Scheduled = true,
    };

    public static string Of(ReadOnlySpan<byte> input, bool unfused)
    {
        var engine = new Engine();
        if (FuzzTargets.ValidModuleOf(input, engine) is not { } info) return "";
        using var store = new Store(engine, Limits with { Unfused = unfused });
        var words = new StringBuilder();
        try
        {
            var instance = store.Instantiate(info, _ => null);
            foreach (var export in instance.Exports)
            {
                if (export.Value is not FuncInst func) continue;
                words.Append(export.Name.Length).Append(':').Append(Invoke(store, func)).Append('\n');
            }
        }
        catch (Exception e) when (e is UnlinkableException or Trap or Thrown or Suspended or Exhaustion)
        {
            words.Append(e.GetType().Name);
        }
        return words.ToString();
    }

    private static string Invoke(Store store, FuncInst func)
    {
        var arguments = new Val[func.FuncType.Params.Length];
        for (int i = 0; i < arguments.Length; i++)
            if (Argument(func.FuncType.Params[i], i) is { } argument) arguments[i] = argument;
            else return "no argument";
        var machine = store.Start(func, arguments);
        // A wait on shared memory has nobody to end it.
        while (machine.Run() is MachineStatus.AtSharedAccess or MachineStatus.Paused)
        {
            // It goes on.
        }
        return machine.Status switch
        {
            MachineStatus.Done => string.Join(' ', machine.Results.Select(r => r.ToString())),
            MachineStatus.Blocked => "waits",
            MachineStatus.Failed => machine.Failure is Trap or Thrown or Suspended or Exhaustion ? machine.Failure.GetType().Name : throw new InvalidOperationException("the machine failed", machine.Failure),
            MachineStatus.AtSharedAccess or MachineStatus.Paused or _ => machine.Status.ToString(),
        };
    }

    private static Val? Argument(ValType type, int i) => type.Kind switch
    {
        ValKind.I32 => Val.I32(i + 1),
        ValKind.I64 => Val.I64(i + 1L),
        ValKind.F32 => Val.F32(0x3FC0_0000),
        ValKind.F64 => Val.F64(0x3FF8_0000_0000_0000),
        ValKind.V128 => Val.V128(new V128(1, 2)),
        ValKind.Ref => type.Ref.Nullable ? Val.Reference(type.Ref, null) : null,
        ValKind.Bot or _ => null,
    };
}
