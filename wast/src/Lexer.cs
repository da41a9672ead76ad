using System.Buffers;
using System.Text;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// The lexical grammar (6.3), over bytes. One pass makes a list of tokens that ends in <see cref="TokenKind.End"/>, or in
/// <see cref="TokenKind.Error"/> where the text stops being tokens: a parser meets that error only when it gets there, so that an error of
/// syntax before it comes first. Comments and annotations are skipped; annotations are kept apart when asked for.
/// </summary>
internal sealed class Lexer
{
    private readonly ReadOnlyMemory<byte> _source;
    private readonly int _end;
    private readonly Features _features;
    private readonly bool _annotations;
    private int _pos;
    private int _line;
    private int _lineStart;

    private Token[] _tokens = ArrayPool<Token>.Shared.Rent(64);
    private int _count;

    private Lexer(ReadOnlyMemory<byte> source, int start, int end, Region at, Features features, bool record)
    {
        _source = source;
        _pos = start;
        _end = end;
        _line = at.Line;
        _lineStart = start - (at.Column - 1);
        _features = features;
        _annotations = (features & Features.Annotations) != 0;
        Annotations = record ? [] : null;
    }

    /// <summary>The identifiers met, numbered.</summary>
    public Symbols Symbols { get; } = new();

    /// <summary>The annotations at the top level of annotations, in order; null when they are not kept.</summary>
    public List<Annotation>? Annotations { get; }

    /// <summary>Makes the tokens of <paramref name="source"/> from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <param name="source">The text.</param>
    /// <param name="start">The first offset.</param>
    /// <param name="end">The offset after the last.</param>
    /// <param name="at">The line and column of <paramref name="start"/>.</param>
    /// <param name="features">Keywords of other features are unknown operators; <see cref="Features.CustomSections"/> keeps annotations.</param>
    /// <param name="tokens">The tokens, in an array of the shared pool that may be longer.</param>
    public static Lexer Run(ReadOnlyMemory<byte> source, int start, int end, Region at, Features features, out Token[] tokens)
    {
        var lexer = new Lexer(source, start, end, at, features, (features & Features.CustomSections) != 0);
        lexer.All();
        tokens = lexer._tokens;
        return lexer;
    }

    private void All()
    {
        var source = _source.Span;
        while (true)
        {
            var token = Next(source, inAnnotation: false);
            if (token.Kind == TokenKind.AnnotOpen)
                token = SkipAnnotation(source, token);
            else if (token.Kind == TokenKind.Reserved)
                token = Error(LexicalError.UnknownOperator, token);
            if (token.Kind == TokenKind.AnnotOpen) continue;
            if (_count + 1 >= _tokens.Length) Grow();
            _tokens[_count++] = token;
            if (token.Kind is not (TokenKind.End or TokenKind.Error)) continue;
            _tokens[_count] = Make(TokenKind.End, 0);    // the last token may be looked beyond
            return;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<Token>.Shared.Rent(_tokens.Length * 2);
        _tokens.CopyTo(larger, 0);
        ArrayPool<Token>.Shared.Return(_tokens);
        _tokens = larger;
    }

    /// <summary>The next token, or an error; in an annotation, any run of characters is one.</summary>
    private Token Next(ReadOnlySpan<byte> source, bool inAnnotation)
    {
        if (SkipSpace(source) is { } error) return error;
        if (_pos == _end) return Make(TokenKind.End, 0);
        byte c = source[_pos];
        if (Chars.Is(c, Chars.IdChar) || c == '"') return Run(source, inAnnotation);
        switch (c)
        {
            case (byte)'(':
                return _annotations && Peek(source, 1) == '@' ? OpenAnnotation(source, inAnnotation) : Take(TokenKind.LParen, 1);
            case (byte)')':
                return Take(TokenKind.RParen, 1);
            case (byte)',' or (byte)';' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}':
                return Take(TokenKind.Reserved, 1);
            default:
                if (Utf8Length(source, _pos) == 0) return Error(LexicalError.MalformedUtf8);
                if (inAnnotation) return Error(LexicalError.IllegalCharacter);
                return Error(c < 0x80 ? LexicalError.MisplacedControl : LexicalError.MisplacedUnicode);
        }
    }

    /// <summary>Skips white space and comments.</summary>
    private Token? SkipSpace(ReadOnlySpan<byte> source)
    {
        while (_pos < _end)
        {
            switch (source[_pos])
            {
                case (byte)' ' or (byte)'\t':
                    _pos++;
                    break;
                case (byte)'\n' or (byte)'\r':
                    Newline(source);
                    break;
                case (byte)';' when Peek(source, 1) == ';':
                    if (LineComment(source) is { } lineError) return lineError;
                    break;
                case (byte)'(' when Peek(source, 1) == ';':
                    if (BlockComment(source) is { } blockError) return blockError;
                    break;
                default:
                    return null;
            }
        }
        return null;
    }

    /// <summary>LF, CR and CR LF each end a line.</summary>
    private void Newline(ReadOnlySpan<byte> source)
    {
        _pos += source[_pos] == '\r' && Peek(source, 1) == '\n' ? 2 : 1;
        _line++;
        _lineStart = _pos;
    }

    private Token? LineComment(ReadOnlySpan<byte> source)
    {
        while (_pos < _end && source[_pos] is not ((byte)'\n' or (byte)'\r'))
        {
            int n = Utf8Length(source, _pos);
            if (n == 0) return Error(LexicalError.MalformedUtf8);
            _pos += n;
        }
        return null;
    }

    private Token? BlockComment(ReadOnlySpan<byte> source)
    {
        var start = Make(TokenKind.Error, 2);
        int depth = 0;
        do
        {
            if (_pos == _end) return start with { Value = (int)LexicalError.UnclosedComment };
            byte c = source[_pos];
            if (c == '(' && Peek(source, 1) == ';')
            {
                depth++;
                _pos += 2;
            }
            else if (c == ';' && Peek(source, 1) == ')')
            {
                depth--;
                _pos += 2;
            }
            else if (c is (byte)'\n' or (byte)'\r')
            {
                Newline(source);
            }
            else
            {
                int n = Utf8Length(source, _pos);
                if (n == 0) return Error(LexicalError.MalformedUtf8);
                _pos += n;
            }
        }
        while (depth > 0);
        return null;
    }

    /// <summary>The longest run of identifier characters and strings: one token, or none.</summary>
    private Token Run(ReadOnlySpan<byte> source, bool inAnnotation)
    {
        int start = _pos, i = _pos;
        int strings = 0;
        bool chars = false;
        while (i < _end)
        {
            byte c = source[i];
            if (Chars.Is(c, Chars.IdChar))
            {
                chars = true;
                i++;
            }
            else if (c == '"')
            {
                var (after, error, errorAt) = StringEnd(source, i);
                if (after < 0)
                {
                    // The longest match ends before a string that is none; alone, the string is the error.
                    if (i == start) return ErrorAt(error, errorAt);
                    break;
                }
                i = after;
                strings++;
            }
            else
            {
                break;
            }
        }

        int length = i - start;
        var token = Make(TokenKind.Reserved, length);
        _pos = i;
        if (!chars) return strings == 1 ? token with { Kind = TokenKind.String } : token;
        var run = source.Slice(start, length);
        if (strings == 0) return Classify(run, token, inAnnotation);
        return strings == 1 && run[0] == '$' && run[1] == '"' && run[^1] == '"' && _annotations ? QuotedId(run, token, inAnnotation) : token;
    }

    /// <summary><c>$"..."</c>: the identifier that the string denotes.</summary>
    private Token QuotedId(ReadOnlySpan<byte> run, Token token, bool inAnnotation)
    {
        // A run such as $a"b" is reserved: the string must begin right behind the dollar, and end the run.
        var bytes = Literals.DecodeString(run[1..]);
        if (bytes.Length == 0) return Error(LexicalError.EmptyIdentifier, token);
        if (inAnnotation) return token;
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? token with { Kind = TokenKind.Id, Value = Symbols.Intern(bytes) }
            : Error(LexicalError.MalformedUtf8, token);
    }

    private Token Classify(ReadOnlySpan<byte> run, Token token, bool inAnnotation)
    {
        byte c = run[0];
        if (c == '$')
        {
            if (run.Length == 1) return Error(LexicalError.EmptyIdentifier, token);
            return inAnnotation ? token : token with { Kind = TokenKind.Id, Value = Symbols.Intern(run[1..]) };
        }
        if (inAnnotation) return token;
        if (c is >= (byte)'a' and <= (byte)'z')
        {
            if (Keywords.Find(run, _features) is var word and not Word.None) return token with { Kind = TokenKind.Word, Value = (int)word };
            if (run.StartsWith("offset="u8) && Literals.IsNat(run[7..])) return Number(TokenKind.OffsetEq, token, 7);
            if (run.StartsWith("align="u8) && Literals.IsNat(run[6..])) return Number(TokenKind.AlignEq, token, 6);
        }
        return Literals.NumberKind(run) is var kind and not TokenKind.Reserved ? token with { Kind = kind } : token;
    }

    private static Token Number(TokenKind kind, Token token, int prefix) =>
        token with { Kind = kind, Start = token.Start + prefix, Length = token.Length - prefix };

    /// <summary>The offset after the string that begins at <paramref name="i"/>, or -1 and what is wrong with it.</summary>
    private (int After, LexicalError Error, int ErrorAt) StringEnd(ReadOnlySpan<byte> source, int i)
    {
        int start = i++;
        while (i < _end)
        {
            byte c = source[i];
            if (c == '"') return (i + 1, default, 0);
            if (c is (byte)'\n' or (byte)'\r') return (-1, LexicalError.UnclosedString, start);
            if (c is < 0x20 or 0x7F) return (-1, LexicalError.ControlInString, i);
            if (c == '\\')
            {
                int n = EscapeLength(source[i.._end]);
                if (n == 0) return (-1, LexicalError.IllegalEscape, i);
                i += n;
                continue;
            }
            int length = Utf8Length(source, i);
            if (length == 0) return (-1, LexicalError.MalformedUtf8, i);
            i += length;
        }
        return (-1, LexicalError.UnclosedString, start);
    }

    /// <summary>The length of the escape at the start of <paramref name="s"/>, or 0.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> s)
    {
        if (s.Length < 2) return 0;
        if (s[1] is (byte)'n' or (byte)'r' or (byte)'t' or (byte)'\\' or (byte)'\'' or (byte)'"') return 2;
        if (s[1] != 'u') return s.Length > 2 && Chars.Is(s[1], Chars.HexDigit) && Chars.Is(s[2], Chars.HexDigit) ? 3 : 0;
        if (s.Length < 4 || s[2] != '{') return 0;
        int close = s.IndexOf((byte)'}');
        return close > 0 && Literals.TryHexScalar(s[3..close], out _) ? close + 1 : 0;
    }

    /// <summary><c>(@id</c>, with no space between; inside an annotation, without an id it is only a parenthesis.</summary>
    private Token OpenAnnotation(ReadOnlySpan<byte> source, bool inAnnotation)
    {
        int start = _pos + 2, i = start;
        while (i < _end && Chars.Is(source[i], Chars.IdChar)) i++;
        if (i == start && i < _end && source[i] == '"' && StringEnd(source, i).After is var after and > 0)
        {
            var id = Literals.DecodeString(source[start..after]);
            if (id.Length == 0) return Error(LexicalError.EmptyAnnotationId);
            if (!System.Text.Unicode.Utf8.IsValid(id)) return Error(LexicalError.MalformedUtf8);
            i = after;
        }
        if (i == start) return inAnnotation ? Take(TokenKind.LParen, 1) : Error(LexicalError.EmptyAnnotationId);
        var token = Make(TokenKind.AnnotOpen, 2) with { Start = start, Length = i - start };
        _pos = i;
        return token;
    }

    /// <summary>Skips to the end of an annotation; returns its opening, or an error.</summary>
    private Token SkipAnnotation(ReadOnlySpan<byte> source, Token open)
    {
        List<Token>? items = Annotations is null ? null : [];
        int depth = 1;
        while (true)
        {
            var token = Next(source, inAnnotation: true);
            switch (token.Kind)
            {
                case TokenKind.Error:
                    return token;
                case TokenKind.End:
                    return Error(LexicalError.UnclosedAnnotation, open);
                case TokenKind.LParen or TokenKind.AnnotOpen:
                    depth++;
                    break;
                case TokenKind.RParen:
                    depth--;
                    break;
                case TokenKind.Nat or TokenKind.Int or TokenKind.Float or TokenKind.String or TokenKind.Id or TokenKind.Word
                    or TokenKind.OffsetEq or TokenKind.AlignEq or TokenKind.Reserved:
                default:
                    break;
            }
            if (depth == 0) break;
            items?.Add(token);
        }
        Annotations?.Add(new Annotation(Id(source, open), _count, open, items!));
        return open;
    }

    private static string Id(ReadOnlySpan<byte> source, Token open)
    {
        var text = source.Slice(open.Start, open.Length);
        return Encoding.UTF8.GetString(text[0] == '"' ? Literals.DecodeString(text) : text);
    }

    /// <summary>The length of the UTF-8 sequence at <paramref name="i"/>, or 0 when there is none.</summary>
    private int Utf8Length(ReadOnlySpan<byte> source, int i)
    {
        if (source[i] < 0x80) return 1;
        return Rune.DecodeFromUtf8(source[i.._end], out _, out int n) == OperationStatus.Done ? n : 0;
    }

    private byte Peek(ReadOnlySpan<byte> source, int ahead) => _pos + ahead < _end ? source[_pos + ahead] : (byte)0;

    private Token Make(TokenKind kind, int length) => new(kind, _pos, length, _line, _pos - _lineStart + 1);

    private Token Take(TokenKind kind, int length)
    {
        var token = Make(kind, length);
        _pos += length;
        return token;
    }

    private Token Error(LexicalError error) => Make(TokenKind.Error, 1) with { Value = (int)error };

    private Token ErrorAt(LexicalError error, int offset) => new(TokenKind.Error, offset, 1, _line, offset - _lineStart + 1, (int)error);

    private static Token Error(LexicalError error, Token at) => at with { Kind = TokenKind.Error, Value = (int)error };
}

/// <summary>An annotation that was skipped.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Before">The index of the token it stands before.</param>
/// <param name="Open">Where it begins.</param>
/// <param name="Items">The tokens in it, parentheses included; what is neither those nor a string is <see cref="TokenKind.Reserved"/>.</param>
internal sealed record Annotation(string Id, int Before, Token Open, List<Token> Items)
{
    public Region At => Region.Text(Open.Line, Open.Column);
}
