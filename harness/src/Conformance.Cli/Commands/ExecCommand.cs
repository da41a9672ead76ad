using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Validation;
using FloatText = Wasm.Text.FloatText;

namespace Conformance.Cli.Commands;

/// <summary><c>conformance exec</c>: instantiates a module on the reference and invokes an export.</summary>
internal static class ExecCommand
{
    private static readonly Option<string> Invoke = new("--invoke") { Description = "The export to invoke. Without it the module is only instantiated.", HelpName = "NAME" };
    private static readonly Argument<string[]> Arguments = new("ARG")
    {
        Description = "Arguments, read by the parameters' types: 42, 0x2a, -1.5, nan:0x1; v128 as 32 hexadecimal digits; references as null, or a number for a host reference.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<bool> Trace = new("--trace") { Description = "Print one line a step to standard error: offset, rule, operands, result." };

    public static Command Create()
    {
        var command = new Command("exec", "Instantiate a module on the reference and invoke an export; print typed results, or the trap with its backtrace. Put -- before negative arguments.")
        { ModuleCommands.File, Arguments, Invoke, ModuleCommands.Features, Trace };
        ReferenceOptions.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult args)
    {
        int code = ExitCode.AsExpected;
        int phase = ModuleCommands.Guard(args, () => code = Execute(args));
        return phase == ExitCode.AsExpected ? code : phase;
    }

    private static int Execute(ParseResult args)
    {
        var profile = ModuleCommands.Profile(args);
        var engine = new Engine();
        var module = ModuleCommands.Read(args);
        // A text module is encoded and decoded, so that backtraces have the offsets of its binary.
        module = BinaryDecoder.Decode(BinaryEncoder.Encode(module), profile);
        using var store = new Store(engine, ReferenceOptions.Read(args) with { Unfused = args.GetValue(Trace) });
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            store.Interrupt();
        };
        try
        {
            var spectest = ReferenceHost.Allocate(store, SpecTestHost.For(profile), Console.WriteLine);
            var instance = store.Instantiate(Validator.Validate(module, engine, profile), import => import.Module == "spectest" ? spectest.GetValueOrDefault(import.Name) : null);
            if (args.GetValue(Invoke) is not { } name) return ExitCode.AsExpected;
            var export = instance.Export(name) ?? throw new CliException($"no export `{name}`; there are: {string.Join(", ", instance.Exports.Select(e => e.Name).Order(StringComparer.Ordinal))}");
            if (export is not FuncInst func) throw new CliException($"export `{name}` is a {export.Type.Kind.ToString().ToLowerInvariant()}, not a function");
            var values = Values(func.FuncType.Params, args.GetValue(Arguments) ?? []);
            foreach (var result in args.GetValue(Trace) ? InvokeTraced(store, func, values) : store.Invoke(func, values))
                Console.WriteLine(result);
            return ExitCode.AsExpected;
        }
        catch (Trap e)
        {
            return Report($"trap: {e.Message}", e.Backtrace);
        }
        catch (Thrown e)
        {
            return Report($"uncaught exception: {string.Join(", ", e.Payload)}", e.Backtrace);
        }
        catch (Suspended e)
        {
            return Report($"suspension: {e.Message}", e.Backtrace);
        }
        catch (Exhaustion e)
        {
            Report($"exhaustion: {e.Message}", e.Backtrace);
            return e.Kind == ExhaustionKind.Interrupted ? ExitCode.Interrupted : ExitCode.NotAsExpected;
        }
    }

    private static Val[] InvokeTraced(Store store, FuncInst func, Val[] values)
    {
        var machine = store.Start(func, new Tracer(Console.Error), values);
        machine.Run();
        machine.Observer.Finish();
        return machine.Finish();
    }

    private static int Report(string what, ImmutableArray<WasmFrame> frames)
    {
        Console.Error.WriteLine(what);
        foreach (var frame in frames)
            Console.Error.WriteLine($"  {frame}");
        return ExitCode.NotAsExpected;
    }

    private static Val[] Values(ImmutableArray<ValType> types, string[] words)
    {
        if (words.Length != types.Length) throw new CliException($"{words.Length} arguments given, {types.Length} expected: {string.Join(' ', types)}");
        return [.. types.Zip(words, Value)];
    }

    private static Val Value(ValType type, string word)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(word);
        switch (type.Kind)
        {
            case ValKind.I32 when Integer(word, 32) is { } bits: return Val.I32((uint)bits);
            case ValKind.I64 when Integer(word, 64) is { } bits: return Val.I64(bits);
            case ValKind.F32 when FloatText.TryParseF32(utf8, out uint bits): return Val.F32(bits);
            case ValKind.F64 when FloatText.TryParseF64(utf8, out ulong bits): return Val.F64(bits);
            case ValKind.V128 when word.StartsWith("0x", StringComparison.Ordinal) && UInt128.TryParse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits):
                return Val.V128(new V128((ulong)bits, (ulong)(bits >> 64)));
            case ValKind.Ref when word == "null" && type.Ref.Nullable: return Val.Of(type, default, null);
            case ValKind.Ref when ulong.TryParse(word, CultureInfo.InvariantCulture, out ulong n): return Val.Of(type, default, new HostRef(n));
            case ValKind.Bot or ValKind.I32 or ValKind.I64 or ValKind.F32 or ValKind.F64 or ValKind.V128 or ValKind.Ref:
            default:
                throw new CliException($"`{word}` is no value of type {type}");
        }
    }

    /// <summary>A decimal or hexadecimal integer, signed or unsigned, of so many bits.</summary>
    private static ulong? Integer(string word, int bits)
    {
        bool negative = word.StartsWith('-');
        string digits = word.TrimStart('-', '+').Replace("_", "", StringComparison.Ordinal);
        bool hex = digits.StartsWith("0x", StringComparison.Ordinal);
        if (!UInt128.TryParse(hex ? digits.AsSpan(2) : digits, hex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out var n)) return null;
        var limit = negative ? UInt128.One << (bits - 1) : (UInt128.One << bits) - 1;
        if (n > limit) return null;
        return negative ? (ulong)(0 - n) & (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1) : (ulong)n;
    }
}
