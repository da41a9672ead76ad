using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wasm.Syntax;
using Wasm.Text.Script;
using Action = Wasm.Text.Script.Action;

namespace Conformance.Harness.Converting;

/// <summary>The dialects of the JSON form of scripts. They differ in how identifiers and modules are written.</summary>
public enum JsonDialect
{
    /// <summary>
    /// wabt's <c>wast2json</c>: identifiers with <c>$</c>; text only where it must be malformed, since it is not validated; integers without a sign.
    /// Its reader wants the members in one order, with the type of an assertion's module behind the message.
    /// </summary>
    Wabt,

    /// <summary>
    /// wasm-tools' <c>json-from-wast</c>: identifiers without <c>$</c>; quoted modules as text, and where they can be encoded their encoding as
    /// <c>binary_filename</c> too; integers with a sign; results only where they are asserted.
    /// </summary>
    WasmTools,
}

/// <summary>A script in its JSON form and the module files that it names.</summary>
/// <param name="Json">The JSON text.</param>
/// <param name="Files">The modules by file name.</param>
/// <param name="LeftOut">The commands that the form cannot express, each with the reason.</param>
public sealed partial record ScriptJson(string Json, ImmutableArray<(string Name, ImmutableArray<byte> Bytes)> Files, ImmutableArray<string> LeftOut)
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
        string json = System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
        return new(dialect == JsonDialect.Wabt ? WabtEscapes(json) : json, writer.Files.ToImmutable(), writer.LeftOut.ToImmutable());
    }

    /// <summary>wabt reads no escape but <c>\u00xx</c>, and other characters as they are.</summary>
    private static string WabtEscapes(string json) => Escape().Replace(json, m =>
    {
        char c = m.Value[1] switch
        {
            'u' => (char)ushort.Parse(m.ValueSpan[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            var itself => itself,
        };
        return c < 0x80 ? $"\\u{(int)c:x4}" : c.ToString();
    });

    [GeneratedRegex(@"\\(u[0-9A-Fa-f]{4}|.)")]
    private static partial Regex Escape();

    private sealed class Writer(string stem, Profile profile, JsonDialect dialect, ArrayBufferWriter<byte> buffer)
    {
        public ImmutableArray<(string Name, ImmutableArray<byte> Bytes)>.Builder Files { get; } = ImmutableArray.CreateBuilder<(string, ImmutableArray<byte>)>();

        public ImmutableArray<string>.Builder LeftOut { get; } = ImmutableArray.CreateBuilder<string>();

        private int _modules;
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
            _json.WriteNumber("line", LineOf(command));
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

        /// <summary>Of an assertion, the line of what it is about: where both tools point to.</summary>
        private static int LineOf(Command command) => (command switch
        {
            AssertReturn c => c.Action.At,
            AssertReturnNan c => c.Action.At,
            AssertReturnFunc c => c.Action.At,
            AssertException c => c.Action.At,
            AssertTrap c => c.Action.At,
            AssertExhaustion c => c.Action.At,
            AssertSuspension c => c.Action.At,
            AssertUninstantiable { Target: Target.Module m } => m.Definition.At,
            AssertUnlinkable { Target: Target.Module m } => m.Definition.At,
            AssertRefused c => c.Definition.At,
            _ => command.At,
        }).Line;

        private void Body(Command command)
        {
            switch (command)
            {
                case ModuleCommand c: Name("name", c.Id); Definition(c.Definition); break;
                case InstanceCommand c: Name("instance", c.Id); Name("module", c.Module); break;
                case Register c: Name("name", c.Instance); _json.WriteString("as", c.Name); break;
                case ActionCommand c: Action(c.Action); Unasserted(); break;
                case AssertReturn { Results: [ResultPattern.Either e] } c when dialect == JsonDialect.Wabt: Action(c.Action); Patterns("either", e.Alternatives); break;
                case AssertReturn c: Action(c.Action); Patterns("expected", c.Results); break;
                case AssertReturnNan c: Action(c.Action); break;
                case AssertReturnFunc c: Action(c.Action); break;
                case AssertException c: Action(c.Action); Unasserted(); break;
                case AssertTrap c: Action(c.Action); Text(c.Message); Unasserted(); break;
                case AssertExhaustion c: Action(c.Action); Text(c.Message); Unasserted(); break;
                case AssertSuspension c: Action(c.Action); Text(c.Message); Unasserted(); break;
                case AssertUninstantiable { Target: Target.Module m } c: Definition(m.Definition, c.Message); break;
                case AssertUnlinkable { Target: Target.Module m } c: Definition(m.Definition, c.Message); break;
                case AssertRefused c: Definition(c.Definition, c.Message); break;
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

        /// <summary>wabt's reader wants the types of results also where nothing is said of them, and does not look at them.</summary>
        private void Unasserted()
        {
            if (dialect == JsonDialect.Wabt) Patterns("expected", []);
        }

        private void Text(string message) => _json.WriteString("text", message);

        /// <summary>Identifiers are kept without their <c>$</c>.</summary>
        private string Id(string id) => dialect == JsonDialect.Wabt ? "$" + id.TrimStart('$') : id.TrimStart('$');

        private void Name(string property, string? id)
        {
            if (id is not null) _json.WriteString(property, Id(id));
        }

        /// <param name="definition">The module.</param>
        /// <param name="message">What an assertion says of it; null for the commands that define it.</param>
        private void Definition(Definition definition, string? message = null)
        {
            string name = $"{stem}.{_modules++}";
            var binary = BinaryScript.Encode(definition, profile) is Encoded e ? e.Bytes : default;
            bool isText = definition is Quoted && (binary.IsDefault || dialect == JsonDialect.WasmTools);
            string file = name + (isText ? ".wat" : ".wasm");
            Files.Add((file, isText ? ((Quoted)definition).Text : binary));
            _json.WriteString("filename", file);
            if (dialect == JsonDialect.Wabt)
            {
                if (message is null) return;
                Text(message);
                _json.WriteString("module_type", isText ? "text" : "binary");
                return;
            }
            _json.WriteString("module_type", isText ? "text" : "binary");
            if (isText && !binary.IsDefault)
            {
                Files.Add((name + ".wasm", binary));
                _json.WriteString("binary_filename", name + ".wasm");
            }
            if (message is not null) Text(message);
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

        private void Patterns(string name, ImmutableArray<ResultPattern> patterns)
        {
            _json.WriteStartArray(name);
            foreach (var pattern in patterns) Pattern(pattern);
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
                case Literal.Num n: Scalar(TypeName(n.Type), Number(n.Bits, n.Type == ValKind.I32 ? 32 : n.Type == ValKind.I64 ? 64 : 0)); break;
                case Literal.Vec v: Vector(v.Shape, Lanes(v)); break;
                case Literal.Null n: Scalar(n.Heap.IsAbstract ? new RefType(true, n.Heap).ToString() : "refnull", dialect == JsonDialect.WasmTools && IsBottom(n.Heap) ? null : "null"); break;
                case Literal.Host h: Scalar("anyref", h.Number.ToString(CultureInfo.InvariantCulture)); break;
                case Literal.Extern e: Scalar("externref", e.Number.ToString(CultureInfo.InvariantCulture)); break;
                default: throw new System.Diagnostics.UnreachableException(literal.GetType().Name);
            }
        }

        /// <summary>A type whose only value is null.</summary>
        private static bool IsBottom(HeapType heap) => heap.Kind is HeapKind.None or HeapKind.NoFunc or HeapKind.NoExn or HeapKind.NoExtern or HeapKind.NoCont;

        /// <summary>Bits in decimal digits; integers of a width other than 0 with their sign where the dialect has it so.</summary>
        private string Number(ulong bits, int width) => dialect == JsonDialect.WasmTools && width > 0
            ? ((long)(bits << (64 - width)) >> (64 - width)).ToString(CultureInfo.InvariantCulture)
            : bits.ToString(CultureInfo.InvariantCulture);

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

        private IEnumerable<string> Lanes(Literal.Vec vector)
        {
            int bits = LaneBits(vector.Shape), width = vector.Shape is VecShape.F32x4 or VecShape.F64x2 ? 0 : bits;
            var all = new UInt128(vector.Bits.Hi, vector.Bits.Lo);
            for (int at = 0; at < 128; at += bits)
                yield return Number((ulong)((all >> at) & ((UInt128.One << bits) - 1)), width);
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
