using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Wasm.Syntax;

namespace Wasm.Text.Script;

/// <summary>
/// The script language, written. A printed command parses back to one of the same meaning: modules are equal, values have the same bits; layout,
/// comments and the spelling of numbers are the printer's.
/// </summary>
public static class ScriptPrinter
{
    private const int BytesPerLine = 64;

    /// <summary>Commands, one after the other, each on lines of its own.</summary>
    /// <exception cref="NotSupportedException">A command is not supported, or see <see cref="TextPrinter.Print(Module)"/>.</exception>
    public static void Print(IEnumerable<Command> commands, TextWriter writer)
    {
        foreach (var command in commands)
        {
            Print(command, writer);
            writer.Write('\n');
        }
    }

    /// <summary>One command.</summary>
    /// <exception cref="NotSupportedException">The command is not supported, or see <see cref="TextPrinter.Print(Module)"/>.</exception>
    public static string Print(Command command)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        Print(command, writer);
        return writer.ToString();
    }

    private static void Print(Command command, TextWriter writer)
    {
        switch (command)
        {
            case ModuleCommand module:
                Print(module.Definition, module.IsDefinition ? "module definition" : "module", module.Id, "", writer);
                break;
            case InstanceCommand instance:
                writer.Write(Instance(instance.Id, instance.Module));
                break;
            case Register register:
                writer.Write($"(register {StringText.Name(register.Name)}{Id(register.Instance)})");
                break;
            case ActionCommand action:
                writer.Write(Print(action.Action));
                break;
            case AssertReturn assert:
                writer.Write($"(assert_return {Print(assert.Action)}{string.Concat(assert.Results.Select(r => " " + Print(r)))})");
                break;
            case AssertReturnNan assert:
                writer.Write($"({assert.Kind} {Print(assert.Action)})");
                break;
            case AssertReturnFunc assert:
                writer.Write($"({assert.Kind} {Print(assert.Action)})");
                break;
            case AssertException assert:
                writer.Write($"({assert.Kind} {Print(assert.Action)})");
                break;
            case AssertTrap assert:
                writer.Write($"({assert.Kind} {Print(assert.Action)} {StringText.Name(assert.Message)})");
                break;
            case AssertExhaustion assert:
                writer.Write($"({assert.Kind} {Print(assert.Action)} {StringText.Name(assert.Message)})");
                break;
            case AssertSuspension assert:
                writer.Write($"({assert.Kind} {Print(assert.Action)} {StringText.Name(assert.Message)})");
                break;
            case AssertUninstantiable assert:
                Print("assert_trap", assert.Target, assert.Message, writer);
                break;
            case AssertUnlinkable assert:
                Print(assert.Kind, assert.Target, assert.Message, writer);
                break;
            case AssertRefused assert:
                Print(assert.Kind, new Target.Module(assert.Id, assert.Definition), assert.Message, writer);
                break;
            case ThreadCommand thread:
                writer.Write($"(thread{Id(thread.Id)}{string.Concat(thread.Shared.Select(s => $" (shared (module{Id(s)}))"))}");
                Print(thread.Commands, writer);
                break;
            case Wait wait:
                writer.Write($"(wait{Id(wait.Thread)})");
                break;
            case ScriptCommand script:
                writer.Write($"(script{Id(script.Id)}");
                Print(script.Commands, writer);
                break;
            case Input input:
                writer.Write($"(input{Id(input.Id)} {StringText.Name(input.File)})");
                break;
            case Output output:
                writer.Write($"(output{Id(output.Id)}{(output.File is null ? "" : " " + StringText.Name(output.File))})");
                break;
            case UnsupportedCommand unsupported:
                throw new NotSupportedException($"{unsupported.At}: {unsupported.Reason}");
            default:
                throw new UnreachableException($"command {command}");
        }
    }

    /// <summary>Commands inside a command, which are parsed only when they run: their text as it stands.</summary>
    private static void Print(ImmutableArray<CommandSource> commands, TextWriter writer)
    {
        foreach (var command in commands) writer.Write("\n  " + Encoding.UTF8.GetString(command.Text.Span));
        writer.Write(')');
    }

    private static void Print(string keyword, Target target, string message, TextWriter writer)
    {
        writer.Write($"({keyword}\n  ");
        if (target is Target.Instance instance) writer.Write(Instance(instance.Id, instance.Of));
        else if (target is Target.Module module) Print(module.Definition, "module", module.Id, "  ", writer);
        writer.Write($"\n  {StringText.Name(message)})");
    }

    // Modules

    private static void Print(Definition definition, string head, string? id, string indent, TextWriter writer)
    {
        switch (definition)
        {
            case Textual textual:
                new ModulePrinter(textual.Module, writer, head, id, indent).Print();
                break;
            case Encoded encoded:
                Strings($"({head}{Id(id)} binary", encoded.Bytes.AsSpan(), indent, writer);
                break;
            case Quoted quoted:
                Strings($"({head}{Id(id)} quote", quoted.Text.AsSpan(), indent, writer);
                break;
            default:
                throw new UnreachableException($"definition {definition}");
        }
    }

    /// <summary>Bytes as strings, cut behind line feeds.</summary>
    private static void Strings(string head, ReadOnlySpan<byte> bytes, string indent, TextWriter writer)
    {
        writer.Write(head);
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, BytesPerLine);
            if (bytes[..length].IndexOf((byte)'\n') is var feed and >= 0) length = feed + 1;
            writer.Write($"\n{indent}  {StringText.Bytes(bytes[..length])}");
            bytes = bytes[length..];
        }
        writer.Write(')');
    }

    private static string Instance(string? id, string? module) => id is not null && module is null
        ? throw new UnreachableException("an instance has an identifier only if its module is named")
        : $"(module instance{Id(id)}{Id(module)})";

    private static string Id(string? name) => name is null ? "" : " " + StringText.Id(name);

    // Actions and values

    private static string Print(Action action) => action switch
    {
        Invoke invoke => $"(invoke{Id(invoke.Instance)} {StringText.Name(invoke.Name)}{string.Concat(invoke.Arguments.Select(a => " " + Print(a)))})",
        Get get => $"(get{Id(get.Instance)} {StringText.Name(get.Name)})",
        _ => throw new UnreachableException($"action {action}"),
    };

    private static string Print(Literal literal) => literal switch
    {
        Literal.Num num => $"({num.Type.ToString().ToLowerInvariant()}.const {Number(num.Type, num.Bits)})",
        Literal.Vec vec => $"(v128.const {Shape(vec.Shape)}{Lanes(vec.Shape, vec.Bits)})",
        // No module is at hand: the heap type is abstract or an index.
        Literal.Null @null => $"(ref.null {@null.Heap})",
        Literal.Host host => $"(ref.host {host.Number})",
        Literal.Extern @extern => $"(ref.extern {@extern.Number})",
        _ => throw new UnreachableException($"literal {literal}"),
    };

    private static string Print(ResultPattern pattern)
    {
        // Alternatives may stand in alternatives, to any depth.
        var text = new StringBuilder();
        var rest = new Stack<ResultPattern?>([pattern]);
        while (rest.TryPop(out var next))
        {
            if (next is null)
            {
                text.Append(')');
                continue;
            }
            if (text.Length > 0) text.Append(' ');
            if (next is not ResultPattern.Either either)
            {
                text.Append(PrintSimple(next));
                continue;
            }
            text.Append("(either");
            rest.Push(null);
            for (int i = either.Alternatives.Length - 1; i >= 0; i--) rest.Push(either.Alternatives[i]);
        }
        return text.ToString();
    }

    private static string PrintSimple(ResultPattern pattern) => pattern switch
    {
        ResultPattern.Equal equal => Print(equal.Value),
        ResultPattern.Nan nan => $"({nan.Type.ToString().ToLowerInvariant()}.const {Print(nan.Class)})",
        ResultPattern.Lanes lanes => $"(v128.const {Shape(lanes.Shape)}{string.Concat(lanes.Patterns.Select(p => " " + Lane(lanes.Shape, p)))})",
        ResultPattern.AnyNull => "(ref.null)",
        ResultPattern.Ref { Class: RefClass.Any } => "(ref)",
        ResultPattern.Ref reference => $"(ref.{reference.Class.ToString().ToLowerInvariant()})",
        _ => throw new UnreachableException($"pattern {pattern}"),
    };

    private static string Lane(VecShape shape, LanePattern lane) =>
        lane.Nan is { } nan ? Print(nan) : Number(shape == VecShape.F32x4 ? ValKind.F32 : ValKind.F64, lane.Bits);

    private static string Print(NanKind nan) => nan == NanKind.Canonical ? "nan:canonical" : "nan:arithmetic";

    private static string Number(ValKind type, ulong bits) => type switch
    {
        ValKind.I32 => ((int)bits).ToString(CultureInfo.InvariantCulture),
        ValKind.I64 => ((long)bits).ToString(CultureInfo.InvariantCulture),
        ValKind.F32 => FloatText.PrintF32((uint)bits),
        ValKind.F64 => FloatText.PrintF64(bits),
        ValKind.Bot or ValKind.V128 or ValKind.Ref or _ => throw new UnreachableException($"number of type {type}"),
    };

    private static string Shape(VecShape shape) => shape.ToString().ToLowerInvariant();

    private static string Lanes(VecShape shape, V128 value)
    {
        ReadOnlySpan<byte> bytes = value.ToArray();
        var lanes = shape switch
        {
            VecShape.I8x16 => Each(MemoryMarshal.Cast<byte, sbyte>(bytes), b => $"{b}"),
            VecShape.I16x8 => Each(MemoryMarshal.Cast<byte, short>(bytes), s => $"{s}"),
            VecShape.I32x4 => Each(MemoryMarshal.Cast<byte, int>(bytes), i => Number(ValKind.I32, (uint)i)),
            VecShape.I64x2 => Each(MemoryMarshal.Cast<byte, long>(bytes), l => Number(ValKind.I64, (ulong)l)),
            VecShape.F32x4 => Each(MemoryMarshal.Cast<byte, uint>(bytes), FloatText.PrintF32),
            VecShape.F64x2 => Each(MemoryMarshal.Cast<byte, ulong>(bytes), FloatText.PrintF64),
            _ => throw new UnreachableException($"shape {shape}"),
        };
        return lanes;

        static string Each<T>(ReadOnlySpan<T> values, Func<T, string> print)
        {
            var text = new StringBuilder();
            foreach (var value in values) text.Append(' ').Append(print(value));
            return text.ToString();
        }
    }
}
