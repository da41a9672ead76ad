using System.Collections.Immutable;
using System.Text;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Text.Script;

namespace Conformance.Harness.Converting;

/// <summary>
/// A script whose modules are all in the binary format, for runners that do not read the text format of modules (<c>.bin.wast</c>). Every command has
/// the verdict that it had. Text stays text where it is what an assertion is about: where it must be malformed, or a custom annotation is wrong.
/// </summary>
/// <param name="Text">The script; its first line names the profile where that is not 3.0.</param>
/// <param name="LeftOut">What could not be cut into commands, with the reason.</param>
public sealed record BinaryScript(string Text, ImmutableArray<string> LeftOut)
{
    /// <summary>Converts a script.</summary>
    /// <param name="script">The script's bytes.</param>
    /// <param name="profile">What its modules are parsed under.</param>
    public static BinaryScript Convert(ReadOnlyMemory<byte> script, Profile profile)
    {
        var split = ScriptReader.Split(script);
        var text = new StringBuilder();
        if (profile != Profile.Wasm3) text.Append($";;! features: {profile.Name}\n");
        foreach (var source in split.Commands)
            text.Append(Print(source, profile)).Append('\n');
        return new(text.ToString(), split.Error is { } error ? [$"{error.At}: the rest of the script: {error.Message}"] : []);
    }

    /// <summary>The command with its modules encoded; a command that cannot be parsed stays as it is, and fails as it did.</summary>
    private static string Print(CommandSource source, Profile profile)
    {
        try
        {
            var command = ScriptParser.Parse(source, profile);
            return command is UnsupportedCommand ? Verbatim(source) : ScriptPrinter.Print(Encode(command, profile));
        }
        catch (PhaseException)
        {
            return Verbatim(source);
        }
    }

    private static string Verbatim(CommandSource source) => Encoding.UTF8.GetString(source.Text.Span);

    private static Command Encode(Command command, Profile profile) => command switch
    {
        ModuleCommand c => c with { Definition = Encode(c.Definition, profile) },
        AssertInvalid c => c with { Definition = Encode(c.Definition, profile) },
        AssertRefused { Definition: Textual } c => c with { Definition = Encode(c.Definition, profile) },
        AssertUnlinkable c => c with { Target = Encode(c.Target, profile) },
        AssertUninstantiable c => c with { Target = Encode(c.Target, profile) },
        ThreadCommand c => c with { Commands = Encode(c.Commands, profile) },
        ScriptCommand c => c with { Commands = Encode(c.Commands, profile) },
        _ => command,
    };

    private static ImmutableArray<CommandSource> Encode(ImmutableArray<CommandSource> commands, Profile profile) =>
        ScriptReader.Split(Encoding.UTF8.GetBytes(string.Join('\n', commands.Select(c => Print(c, profile))))).Commands;

    private static Target Encode(Target target, Profile profile) => target is Target.Module m ? m with { Definition = Encode(m.Definition, profile) } : target;

    /// <summary>The definition in the binary format; quoted text that cannot be parsed stays.</summary>
    internal static Definition Encode(Definition definition, Profile profile)
    {
        try
        {
            var module = definition switch
            {
                Textual t => t.Module,
                Quoted q => TextParser.ParseModule(q.Text.AsMemory(), profile),
                _ => null,
            };
            return module is null ? definition : new Encoded([.. BinaryEncoder.Encode(module)], definition.At);
        }
        catch (PhaseException)
        {
            return definition;
        }
    }
}
