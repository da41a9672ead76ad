using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text.Script;
using Action = Wasm.Text.Script.Action;

namespace Conformance.Harness.Converting;

/// <summary>The dialects of the JSON form of scripts. They differ in how identifiers and modules are written.</summary>
public enum JsonDialect
{
    /// <summary>wabt's <c>wast2json</c>: identifiers with <c>$</c>; text modules only where they must be malformed.</summary>
    Wabt,

    /// <summary>wasm-tools' <c>json-from-wast</c>: identifiers without <c>$</c>; every binary module names its file as <c>binary_filename</c> too.</summary>
    WasmTools,
}

/// <summary>A script in its JSON form and the module files that it names.</summary>
/// <param name="Json">The JSON text.</param>
/// <param name="Files">The modules by file name.</param>
/// <param name="LeftOut">The commands that the form cannot express, each with the reason.</param>
public sealed record ScriptJson(string Json, ImmutableArray<(string Name, ImmutableArray<byte> Bytes)> Files, ImmutableArray<string> LeftOut)
{
    /// <summary>Converts a script.</summary>
    /// <param name="script">The script's bytes.</param>
    /// <param name="fileName">Its file name; module files are named after it.</param>
    /// <param name="profile">What its modules are parsed under.</param>
    /// <param name="dialect">The dialect.</param>
    public static ScriptJson Convert(ReadOnlyMemory<byte> script, string fileName, Profile profile, JsonDialect dialect)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new Writer(Path.GetFileNameWithoutExtension(fileName), profile, dialect, buffer);
        writer.Script(script, fileName);
        return new(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n", writer.Files.ToImmutable(), writer.LeftOut.ToImmutable());
    }

    private sealed class Writer(string stem, Profile profile, JsonDialect dialect, ArrayBufferWriter<byte> buffer)
    {
        public ImmutableArray<(string Name, ImmutableArray<byte> Bytes)>.Builder Files { get; } = ImmutableArray.CreateBuilder<(string, ImmutableArray<byte>)>();

        public ImmutableArray<string>.Builder LeftOut { get; } = ImmutableArray.CreateBuilder<string>();

        private readonly Utf8JsonWriter _json = new(buffer, new JsonWriterOptions { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

        public void Script(ReadOnlyMemory<byte> script, string fileName)
        {
            var split = ScriptReader.Split(script);
            _json.WriteStartObject();
            _json.WriteString("source_filename", fileName);
            Commands(split.Commands);
            _json.WriteEndObject();
            _json.Flush();
            if (split.Error is { } error) LeftOut.Add($"{error.At}: the rest of the script: {error.Message}");
        }

        private void Commands(ImmutableArray<CommandSource> sources)
        {
            _json.WriteStartArray("commands");
            foreach (var source in sources)
                Command(source);
            _json.WriteEndArray();
        }

        private void Command(CommandSource source)
        {
            Command command;
            try
            {
                command = ScriptParser.Parse(source, profile);
            }
            catch (PhaseException e)
            {
                LeftOut.Add($"{source.At}: {source.Keyword}: {e.Message}");
                return;
            }
            if (Reason(command) is { } reason)
            {
                LeftOut.Add($"{source.At}: {command.Kind}: {reason}");
                return;
            }
            _json.WriteStartObject();
            _json.WriteString("type", command.Kind);
            _json.WriteNumber("line", command.At.Line);
            Body(command);
            _json.WriteEndObject();
        }

        /// <summary>Why the form cannot express a command, or null.</summary>
        private static string? Reason(Command command) => command switch
        {
            UnsupportedCommand u => u.Reason,
            ScriptCommand or Input or Output => "the form has no meta commands",
            AssertUninstantiable { Target: Target.Instance } or AssertUnlinkable { Target: Target.Instance } => "the form has no assertions on instances",
            _ => null,
        };

        private void Body(Command command)
        {
            switch (command)
            {
                case ModuleCommand c: Name("name", c.Id); Definition(c.Definition); break;
                case InstanceCommand c: Name("instance", c.Id); Name("module", c.Module); break;
                case Register c: Name("name", c.Instance); _json.WriteString("as", c.Name); break;
                case ActionCommand c: Action(c.Action); Expected([]); break;
                case AssertReturn c: Action(c.Action); Expected(c.Results); break;
                case AssertReturnNan c: Action(c.Action); break;
                case AssertReturnFunc c: Action(c.Action); break;
                case AssertException c: Action(c.Action); Expected([]); break;
                case AssertTrap c: Action(c.Action); Text(c.Message); Expected([]); break;
                case AssertExhaustion c: Action(c.Action); Text(c.Message); Expected([]); break;
                case AssertSuspension c: Action(c.Action); Text(c.Message); Expected([]); break;
                case AssertUninstantiable { Target: Target.Module m } c: Definition(m.Definition); Text(c.Message); break;
                case AssertUnlinkable { Target: Target.Module m } c: Definition(m.Definition); Text(c.Message); break;
                case AssertRefused c: Definition(c.Definition); Text(c.Message); break;
                case ThreadCommand c:
                    Name("name", c.Id);
                    _json.WriteStartArray("shared_module");
                    foreach (string shared in c.Shared) _json.WriteStringValue(Id(shared));
                    _json.WriteEndArray();
                    Commands(c.Commands);
                    break;
                case Wait c: Name("thread", c.Thread); break;
                default: throw new System.Diagnostics.UnreachableException(command.Kind);
            }
        }

        private void Text(string message) => _json.WriteString("text", message);

        /// <summary>Identifiers are kept without their <c>$</c>.</summary>
        private string Id(string id) => dialect == JsonDialect.Wabt ? "$" + id.TrimStart('$') : id.TrimStart('$');

        private void Name(string property, string? id)
        {
            if (id is not null) _json.WriteString(property, Id(id));
        }

        private void Definition(Definition definition)
        {
            bool isText = definition is Quoted;
            string name = $"{stem}.{Files.Count}.{(isText ? "wat" : "wasm")}";
            Files.Add((name, definition switch
            {
                Textual t => [.. BinaryEncoder.Encode(t.Module)],
                Encoded e => e.Bytes,
                Quoted q => q.Text,
                _ => throw new System.Diagnostics.UnreachableException(definition.GetType().Name),
            }));
            _json.WriteString("filename", name);
            _json.WriteString("module_type", isText ? "text" : "binary");
            if (dialect == JsonDialect.WasmTools && !isText) _json.WriteString("binary_filename", name);
        }

        private void Action(Action action)
        {
            _json.WriteStartObject("action");
            _json.WriteString("type", action is Invoke ? "invoke" : "get");
            Name("module", action.Instance);
            _json.WriteString("field", action.Name);
            if (action is Invoke invoke)
            {
                _json.WriteStartArray("args");
                foreach (var argument in invoke.Arguments) Literal(argument);
                _json.WriteEndArray();
            }
            _json.WriteEndObject();
        }

        private void Expected(ImmutableArray<ResultPattern> results)
        {
            _json.WriteStartArray("expected");
            foreach (var result in results) Pattern(result);
            _json.WriteEndArray();
        }

        private void Pattern(ResultPattern pattern)
        {
            switch (pattern)
            {
                case ResultPattern.Equal e: Literal(e.Value); break;
                case ResultPattern.Nan n: Scalar(TypeName(n.Type), NanName(n.Class)); break;
                case ResultPattern.Lanes l: Vector(l.Shape, l.Patterns.Select(p => p.Nan is { } nan ? NanName(nan) : p.Bits.ToString(CultureInfo.InvariantCulture))); break;
                case ResultPattern.AnyNull: Scalar("refnull", null); break;
                case ResultPattern.Ref r: Scalar(RefName(r.Class), null); break;
                case ResultPattern.Either e:
                    _json.WriteStartObject();
                    _json.WriteString("type", "either");
                    _json.WriteStartArray("values");
                    foreach (var alternative in e.Alternatives) Pattern(alternative);
                    _json.WriteEndArray();
                    _json.WriteEndObject();
                    break;
                default: throw new System.Diagnostics.UnreachableException(pattern.GetType().Name);
            }
        }

        private void Literal(Literal literal)
        {
            switch (literal)
            {
                case Literal.Num n: Scalar(TypeName(n.Type), n.Bits.ToString(CultureInfo.InvariantCulture)); break;
                case Literal.Vec v: Vector(v.Shape, Lanes(v)); break;
                case Literal.Null n: Scalar(n.Heap.IsAbstract ? new RefType(true, n.Heap).ToString() : "refnull", "null"); break;
                case Literal.Host h: Scalar("anyref", h.Number.ToString(CultureInfo.InvariantCulture)); break;
                case Literal.Extern e: Scalar("externref", e.Number.ToString(CultureInfo.InvariantCulture)); break;
                default: throw new System.Diagnostics.UnreachableException(literal.GetType().Name);
            }
        }

        private void Scalar(string type, string? value)
        {
            _json.WriteStartObject();
            _json.WriteString("type", type);
            if (value is not null) _json.WriteString("value", value);
            _json.WriteEndObject();
        }

        private void Vector(VecShape shape, IEnumerable<string> lanes)
        {
            _json.WriteStartObject();
            _json.WriteString("type", "v128");
            _json.WriteString("lane_type", LaneType(shape));
            _json.WriteStartArray("value");
            foreach (string lane in lanes) _json.WriteStringValue(lane);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        private static IEnumerable<string> Lanes(Literal.Vec vector)
        {
            int bits = LaneBits(vector.Shape);
            var all = new UInt128(vector.Bits.Hi, vector.Bits.Lo);
            for (int at = 0; at < 128; at += bits)
                yield return ((all >> at) & ((UInt128.One << bits) - 1)).ToString(CultureInfo.InvariantCulture);
        }

        private static int LaneBits(VecShape shape) => shape switch
        {
            VecShape.I8x16 => 8,
            VecShape.I16x8 => 16,
            VecShape.I32x4 or VecShape.F32x4 => 32,
            VecShape.I64x2 or VecShape.F64x2 => 64,
            _ => throw new System.Diagnostics.UnreachableException($"shape {(byte)shape}"),
        };

        private static string LaneType(VecShape shape) => shape.ToString().ToLowerInvariant().Split('x')[0];

        private static string TypeName(ValKind kind) => kind.ToString().ToLowerInvariant();

        private static string NanName(NanKind kind) => kind == NanKind.Canonical ? "nan:canonical" : "nan:arithmetic";

        private static string RefName(RefClass kind) => kind switch
        {
            RefClass.Any => "anyref",
            RefClass.Eq => "eqref",
            RefClass.I31 => "i31ref",
            RefClass.Struct => "structref",
            RefClass.Array => "arrayref",
            RefClass.Func => "funcref",
            RefClass.Exn => "exnref",
            RefClass.Extern => "externref",
            _ => throw new System.Diagnostics.UnreachableException($"reference class {(byte)kind}"),
        };
    }
}
