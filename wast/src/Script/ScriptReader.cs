using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text.Script;

/// <summary>A command of a script before it is parsed: where it stands and what it begins with.</summary>
public sealed class CommandSource
{
    internal CommandSource(ReadOnlyMemory<byte> script, int start, int end, Region at, string keyword, bool isInlineModule, int depth)
    {
        Script = script;
        Start = start;
        End = end;
        At = at;
        Keyword = keyword;
        IsInlineModule = isInlineModule;
        Depth = depth;
    }

    /// <summary>The whole script.</summary>
    internal ReadOnlyMemory<byte> Script { get; }

    /// <summary>The offset of the opening parenthesis in the script.</summary>
    public int Start { get; }

    /// <summary>The offset after the closing parenthesis.</summary>
    public int End { get; }

    /// <summary>The command's text.</summary>
    public ReadOnlyMemory<byte> Text => Script[Start..End];

    /// <summary>The line and column of the opening parenthesis.</summary>
    public Region At { get; }

    /// <summary>The word after the opening parenthesis, such as <c>assert_return</c>; empty when there is none. <c>module</c> for an inline module.</summary>
    public string Keyword { get; }

    /// <summary>The module id of a <c>module</c> command, whether or not the rest of it can be parsed.</summary>
    public string? ModuleId => throw new NotImplementedException();

    /// <summary>Whether the whole script is the fields of one module.</summary>
    public bool IsInlineModule { get; }

    /// <summary>How many <c>script</c> and <c>thread</c> commands it stands in.</summary>
    public int Depth { get; }
}

/// <summary>A script cut into commands.</summary>
/// <param name="Commands">The commands, in order.</param>
/// <param name="Error">What keeps the rest of the script from being cut: unbalanced parentheses, an unclosed string or comment; else null.</param>
public sealed record ScriptCommands(ImmutableArray<CommandSource> Commands, MalformedException? Error);

/// <summary>Cuts a script into commands by balanced parentheses, so that a syntax error in one command is that command's error alone.</summary>
public static class ScriptReader
{
    /// <summary>Never throws; a script of bare module fields is one command.</summary>
    public static ScriptCommands Split(ReadOnlyMemory<byte> script) => throw new NotImplementedException();
}

/// <summary>Parses one command.</summary>
public static class ScriptParser
{
    /// <exception cref="MalformedException">The command is not of the script language, or its module not of the text format.</exception>
    /// <exception cref="MalformedCustomException">An annotation that the profile interprets cannot be read.</exception>
    /// <exception cref="InvalidCustomException">An annotation that the profile interprets contradicts its module.</exception>
    public static Command Parse(CommandSource command, Profile profile) => throw new NotImplementedException();
}
