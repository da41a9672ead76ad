using System.Collections.Immutable;
using System.Text;
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

    /// <summary>The module id of a <c>module</c> command that makes an instance, whether or not the rest of it can be parsed.</summary>
    public string? ModuleId => Keyword == "module" && !IsInlineModule ? ScriptParser.ModuleIdOf(this) : null;

    /// <summary>Whether the whole script is the fields of one module.</summary>
    public bool IsInlineModule { get; }

    /// <summary>How many <c>script</c> and <c>thread</c> commands it stands in.</summary>
    public int Depth { get; }

    public override string ToString() => $"{At}: {Keyword}";
}

/// <summary>A script cut into commands.</summary>
/// <param name="Commands">The commands, in order.</param>
/// <param name="Error">What keeps the rest of the script from being cut: unbalanced parentheses or an unclosed comment; else null.</param>
public sealed record ScriptCommands(ImmutableArray<CommandSource> Commands, MalformedException? Error);

/// <summary>Cuts a script into commands by balanced parentheses, so that a syntax error in one command is that command's error alone.</summary>
public static class ScriptReader
{
    private static readonly HashSet<string> FieldKeywords =
        ["type", "rec", "import", "func", "table", "memory", "global", "tag", "export", "start", "elem", "data"];

    /// <summary>Never throws; a script of bare module fields is one command.</summary>
    public static ScriptCommands Split(ReadOnlyMemory<byte> script)
    {
        var commands = Split(script, 0, script.Length, Region.Text(1, 1), depth: 0);
        if (commands.Commands is not [var first, ..] || !FieldKeywords.Contains(first.Keyword)) return commands;
        return new ScriptCommands([new CommandSource(script, 0, script.Length, first.At, "module", isInlineModule: true, depth: 0)], null);
    }

    /// <summary>Cuts the part of a script from <paramref name="start"/> to <paramref name="end"/>.</summary>
    internal static ScriptCommands Split(ReadOnlyMemory<byte> script, int start, int end, Region at, int depth)
    {
        var scan = new Scan(script.Span, start, end, at);
        var commands = ImmutableArray.CreateBuilder<CommandSource>();
        while (scan.SkipSpace())
        {
            int from = scan.Pos;
            var where = scan.At;
            bool annotation = scan.IsAnnotation;
            string keyword = annotation ? "" : scan.Keyword();
            if (!scan.SkipOne())
            {
                scan.Error ??= new MalformedException(where, "unexpected token: unbalanced parentheses");
                break;
            }
            if (!annotation) commands.Add(new CommandSource(script, from, scan.Pos, where, keyword, isInlineModule: false, depth));
        }
        return new ScriptCommands(commands.ToImmutable(), scan.Error);
    }

    /// <summary>A walk over the text that knows parentheses, strings and comments, and nothing else.</summary>
    private ref struct Scan(ReadOnlySpan<byte> text, int start, int end, Region at)
    {
        private readonly ReadOnlySpan<byte> _text = text[..end];
        private int _line = at.Line;
        private int _lineStart = start - (at.Column - 1);

        public int Pos { get; private set; } = start;

        public MalformedException? Error { get; set; }

        public readonly Region At => Region.Text(_line, Pos - _lineStart + 1);

        public readonly bool IsAnnotation => Peek(0) == '(' && Peek(1) == '@' && (Peek(2) == '"' || Chars.Is(Peek(2), Chars.IdChar));

        private readonly byte Peek(int ahead) => Pos + ahead < _text.Length ? _text[Pos + ahead] : (byte)0;

        /// <summary>Skips white space and comments; false at the end.</summary>
        public bool SkipSpace()
        {
            while (Pos < _text.Length)
            {
                byte c = _text[Pos];
                if (c is (byte)' ' or (byte)'\t') Pos++;
                else if (c is (byte)'\n' or (byte)'\r') Newline();
                else if (c == ';' && Peek(1) == ';') LineComment();
                else if (c != '(' || Peek(1) != ';') return true;
                else if (!BlockComment()) return false;
            }
            return false;
        }

        /// <summary>The word after the parenthesis at hand and any annotations behind it.</summary>
        public readonly string Keyword()
        {
            var ahead = this;
            if (ahead.Peek(0) != '(') return "";
            ahead.Pos++;
            while (ahead.SkipSpace() && ahead.IsAnnotation)
                if (!ahead.SkipOne()) return "";
            int from = ahead.Pos;
            while (Chars.Is(ahead.Peek(0), Chars.IdChar)) ahead.Pos++;
            return Encoding.UTF8.GetString(_text[from..ahead.Pos]);
        }

        /// <summary>Skips a parenthesized group, or a run of other characters; false when it has no end.</summary>
        public bool SkipOne()
        {
            if (Peek(0) != '(')
            {
                if (Peek(0) == ')') return false;
                int from = Pos;
                while (Pos < _text.Length && !(_text[Pos] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'(' or (byte)')')) Character();
                return Pos > from;
            }
            int depth = 0;
            while (SkipSpace())
            {
                byte c = _text[Pos];
                if (c is not ((byte)'(' or (byte)')'))
                {
                    Character();
                    continue;
                }
                Pos++;
                depth += c == '(' ? 1 : -1;
                if (depth == 0) return true;
            }
            return false;
        }

        /// <summary>Skips a character, or a string; a string that is not closed ends with its line.</summary>
        private void Character()
        {
            if (_text[Pos++] != '"') return;
            while (Pos < _text.Length && _text[Pos] is not ((byte)'\n' or (byte)'\r'))
            {
                byte c = _text[Pos++];
                if (c == '"') return;
                if (c == '\\' && Pos < _text.Length && _text[Pos] is not ((byte)'\n' or (byte)'\r')) Pos++;
            }
        }

        private void LineComment()
        {
            int length = _text[Pos..].IndexOfAny((byte)'\n', (byte)'\r');
            Pos = length < 0 ? _text.Length : Pos + length;
        }

        private bool BlockComment()
        {
            var open = At;
            int depth = 0;
            do
            {
                if (Pos >= _text.Length)
                {
                    Error ??= new MalformedException(open, "unclosed comment");
                    return false;
                }
                byte c = _text[Pos];
                int step = c == '(' && Peek(1) == ';' ? 1 : c == ';' && Peek(1) == ')' ? -1 : 0;
                depth += step;
                if (c is (byte)'\n' or (byte)'\r') Newline();
                else Pos += step == 0 ? 1 : 2;
            }
            while (depth > 0);
            return true;
        }

        private void Newline()
        {
            Pos += _text[Pos] == '\r' && Peek(1) == '\n' ? 2 : 1;
            _line++;
            _lineStart = Pos;
        }
    }
}
