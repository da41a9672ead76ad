using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wasm.Syntax;

namespace Conformance.Harness.Converting.Wasi;

/// <summary>How a command module must end.</summary>
public enum Ending
{
    /// <summary>With exit code 0: everything that it asserts holds.</summary>
    Success,

    /// <summary>With another exit code, because it traps. If it does not trap, it ends with 0.</summary>
    Trap,

    /// <summary>With another exit code, because the module is invalid. If it is run all the same, it ends with 0.</summary>
    Refused,
}

/// <summary>A WASI preview 1 command module that checks itself.</summary>
/// <param name="Name">Its file name: <c>SCRIPT.LINE.wasm</c>, with <c>.trap</c> or <c>.refused</c> before the extension.</param>
/// <param name="Bytes">The module.</param>
/// <param name="Expect">How it must end.</param>
/// <param name="Line">The line of the first command in it, or of the assertion that it must trap or be refused for.</param>
/// <param name="Assertions">How many assertions it stands for.</param>
public sealed record CommandModule(string Name, ImmutableArray<byte> Bytes, Ending Expect, int Line, int Assertions);

/// <summary>A command that is in no command module.</summary>
/// <param name="At">Its position.</param>
/// <param name="Kind">Its kind, such as <c>assert_unlinkable</c>.</param>
/// <param name="Reason">Why it cannot be had.</param>
public sealed record LeftOut(Region At, string Kind, string Reason)
{
    public override string ToString() => $"{At}: {Kind}: {Reason}";
}

/// <summary>
/// A script as command modules, for engines that have no more than a command line. Instances that import from each other are linked into one module
/// with a <c>_start</c> that does what the script does with them, in its order. What ends a module in another way than by going on is a module of
/// its own: each trap, with what happens before it, and each invalid module.
/// </summary>
/// <param name="Modules">The modules.</param>
/// <param name="LeftOut">The commands that are in none of them.</param>
/// <param name="Manifest">As JSON: the files, how each must end, and what was left out.</param>
public sealed record WasiScript(ImmutableArray<CommandModule> Modules, ImmutableArray<LeftOut> LeftOut, string Manifest)
{
    /// <summary>Converts a script.</summary>
    /// <param name="script">The script's bytes.</param>
    /// <param name="fileName">Its file name; modules are named after it, and it stands in their messages.</param>
    /// <param name="profile">What its modules are parsed under.</param>
    public static WasiScript Convert(ReadOnlyMemory<byte> script, string fileName, Profile profile)
    {
        var reader = new StepReader(profile);
        reader.Read(script);
        var writer = new CommandModuleWriter(fileName, profile, reader.LeftOut);
        foreach (var steps in reader.Groups) writer.Group(steps);
        foreach (var invalid in reader.Invalid) writer.Refused(invalid);
        ImmutableArray<CommandModule> modules = [.. writer.Modules.OrderBy(m => m.Line)];
        ImmutableArray<LeftOut> leftOut = [.. reader.LeftOut.OrderBy(l => l.At.Line)];
        return new(modules, leftOut, Json(fileName, modules, leftOut));
    }

    private static string Json(string fileName, ImmutableArray<CommandModule> modules, ImmutableArray<LeftOut> leftOut)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("script", fileName);
            json.WriteStartArray("modules");
            foreach (var module in modules)
            {
                json.WriteStartObject();
                json.WriteString("file", module.Name);
                json.WriteString("expect", module.Expect.ToString().ToLowerInvariant());
                json.WriteNumber("line", module.Line);
                json.WriteNumber("assertions", module.Assertions);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("leftOut");
            foreach (var command in leftOut)
            {
                json.WriteStartObject();
                json.WriteNumber("line", command.At.Line);
                json.WriteString("command", command.Kind);
                json.WriteString("reason", command.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
