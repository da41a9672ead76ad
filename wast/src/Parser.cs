using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// The grammar of modules (6.4 to 6.6) over a list of tokens. This part is what the others share: the tokens, errors, and literals.
/// <para>
/// Errors of syntax are thrown where they are met. Errors of meaning (an unknown identifier, a constant out of range) are kept, the first of
/// them, and thrown when the module's syntax has been seen to the end: in a module that is malformed twice, syntax comes first, as in the
/// reference interpreter, which parses before it resolves.
/// </para>
/// </summary>
internal sealed partial class Parser : IDisposable
{
    private readonly ReadOnlyMemory<byte> _source;
    private readonly Profile _profile;
    private readonly Lexer _lexer;
    private readonly Symbols _symbols;
    private readonly Token[] _tokens;
    private int _i;
    private MalformedException? _deferred;

    /// <summary>Makes the tokens of a part of a text and stands before the first.</summary>
    public Parser(ReadOnlyMemory<byte> source, int start, int end, Region at, Profile profile)
    {
        _source = source;
        _profile = profile;
        _lexer = Lexer.Run(source, start, end, at, profile.Features, out _tokens);
        _symbols = _lexer.Symbols;
    }

    public void Dispose() => ArrayPool<Token>.Shared.Return(_tokens);

    /// <summary>The token at hand.</summary>
    public ref readonly Token Cur => ref _tokens[_i];

    public Region At => RegionOf(Cur);

    public void Advance()
    {
        if (_tokens[_i].Kind is TokenKind.End or TokenKind.Error) throw Unexpected();
        _i++;
    }

    public bool Is(TokenKind kind) => _tokens[_i].Kind == kind;

    public bool IsWord(Word word) => _tokens[_i].Kind == TokenKind.Word && _tokens[_i].Value == (int)word;

    /// <summary>Whether a parenthesis and this keyword are at hand.</summary>
    public bool IsOpen(Word word) => _tokens[_i].Kind == TokenKind.LParen && _tokens[_i + 1] is { Kind: TokenKind.Word } next && next.Value == (int)word;

    public bool TryWord(Word word)
    {
        if (!IsWord(word)) return false;
        _i++;
        return true;
    }

    public bool TryOpen(Word word)
    {
        if (!IsOpen(word)) return false;
        _i += 2;
        return true;
    }

    public bool TryClose()
    {
        if (!Is(TokenKind.RParen)) return false;
        _i++;
        return true;
    }

    public void Expect(TokenKind kind)
    {
        if (_tokens[_i].Kind != kind) throw Unexpected();
        _i++;
    }

    public void Expect(Word word)
    {
        if (!TryWord(word)) throw Unexpected();
    }

    public void ExpectEnd()
    {
        if (!Is(TokenKind.End)) throw Unexpected();
    }

    public ReadOnlySpan<byte> TextOf(in Token token) => _source.Span.Slice(token.Start, token.Length);

    /// <summary>The error that the token at hand is, or that it cannot stand here.</summary>
    public MalformedException Unexpected() => Unexpected(Cur);

    public MalformedException Unexpected(in Token token) =>
        new(RegionOf(token), token.Kind == TokenKind.Error ? LexicalMessage(token) : "unexpected token");

    /// <summary>The error where a parenthesis may stand, but not with the word behind it.</summary>
    public MalformedException UnexpectedOpen() => Is(TokenKind.LParen) ? Unexpected(_tokens[_i + 1]) : Unexpected();

    /// <summary>The run of characters at hand, or behind the parenthesis at hand, that is no token; empty when there is none.</summary>
    public string NoToken()
    {
        ref readonly var token = ref _tokens[Is(TokenKind.LParen) ? _i + 1 : _i];
        return token.Kind == TokenKind.Error ? Lossy(TextOf(token)) : "";
    }

    /// <summary>A keyword that the profile's features do not have.</summary>
    private MalformedException UnknownOperator() => new(At, $"unknown operator {Lossy(TextOf(Cur))}");

    /// <summary>Keeps an error of meaning, unless there is one already.</summary>
    private void Defer(in Token at, string message) => _deferred ??= new MalformedException(RegionOf(at), message);

    private static Region RegionOf(in Token token) => Region.Text(token.Line, token.Column);

    private string LexicalMessage(in Token token) => (LexicalError)token.Value switch
    {
        LexicalError.UnknownOperator => $"unknown operator {Lossy(TextOf(token))}",
        LexicalError.EmptyIdentifier => "empty identifier",
        LexicalError.EmptyAnnotationId => "empty annotation id",
        LexicalError.UnclosedAnnotation => "unclosed annotation",
        LexicalError.UnclosedComment => "unclosed comment",
        LexicalError.UnclosedString => "unclosed string literal",
        LexicalError.ControlInString => "illegal control character in string literal",
        LexicalError.IllegalEscape => "illegal escape",
        LexicalError.MalformedUtf8 => "malformed UTF-8 encoding",
        LexicalError.MisplacedControl => "misplaced control character",
        LexicalError.MisplacedUnicode => "misplaced unicode character",
        LexicalError.IllegalCharacter => "illegal character",
        _ => throw new UnreachableException($"lexical error {token.Value}"),
    };

    private static string Lossy(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text.Length > 100 ? text[..100] : text);

    // Literals

    /// <summary><c>name</c>: a string of well-formed UTF-8.</summary>
    public string Name()
    {
        ref readonly var token = ref Cur;
        if (token.Kind != TokenKind.String) throw Unexpected();
        var text = TextOf(token);
        var bytes = text.IndexOf((byte)'\\') < 0 ? text[1..^1] : Literals.DecodeString(text);
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) throw new MalformedException(RegionOf(token), "malformed UTF-8 encoding");
        _i++;
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary><c>string*</c>, concatenated.</summary>
    public ImmutableArray<byte> Strings()
    {
        if (!Is(TokenKind.String)) return [];
        var first = Literals.DecodeString(TextOf(Cur));
        _i++;
        if (!Is(TokenKind.String)) return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(first);
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(first);
        for (; Is(TokenKind.String); _i++)
            bytes.Write(Literals.DecodeString(TextOf(Cur)));
        return [.. bytes.WrittenSpan];
    }

    /// <summary>The identifier at hand, if it is one; its symbol, or -1.</summary>
    private int OptId() => Is(TokenKind.Id) ? _tokens[_i++].Value : -1;

    /// <summary>The identifier at hand without its dollar, or null.</summary>
    public string? OptIdName() => OptId() is var symbol and >= 0 ? _symbols.NameOf(symbol) : null;

    /// <summary>An unsigned literal of at most 32 bits.</summary>
    public uint U32() => (uint)Nat(Cur, uint.MaxValue, "i32 constant out of range");

    private ulong U64() => Nat(Cur, ulong.MaxValue, "i64 constant out of range");

    /// <summary>An unsigned literal that must not exceed <paramref name="max"/>; the range belongs to the syntax.</summary>
    private ulong Nat(in Token token, ulong max, string message)
    {
        if (token.Kind is not (TokenKind.Nat or TokenKind.OffsetEq or TokenKind.AlignEq)) throw Unexpected();
        if (!Literals.TryNat(TextOf(token), out ulong value) || value > max) throw new MalformedException(RegionOf(token), message);
        _i++;
        return value;
    }

    /// <summary>A number literal of a numeric type: its bits. That it fits its type is meaning, not syntax.</summary>
    public ulong Number(ValKind type)
    {
        var token = Cur;
        if (!IsNumber(token)) throw Unexpected();
        _i++;
        if (!TryNumber(token, type, out ulong bits)) Defer(token, "constant out of range");
        return bits;
    }

    private static bool IsNumber(in Token token) => token.Kind is TokenKind.Nat or TokenKind.Int or TokenKind.Float;

    private bool TryNumber(in Token token, ValKind type, out ulong bits)
    {
        var text = TextOf(token);
        bits = 0;
        switch (type)
        {
            case ValKind.I32:
                return token.Kind != TokenKind.Float && Literals.TryInt(text, 32, out bits);
            case ValKind.I64:
                return token.Kind != TokenKind.Float && Literals.TryInt(text, 64, out bits);
            case ValKind.F32:
                bool fits = FloatText.TryParseF32(text, out uint single);
                bits = single;
                return fits;
            case ValKind.F64:
                return FloatText.TryParseF64(text, out bits);
            case ValKind.Bot or ValKind.V128 or ValKind.Ref:
            default:
                throw new UnreachableException($"number of type {type}");
        }
    }

    /// <summary>Throws the error of meaning that was kept, if any.</summary>
    public void ThrowDeferred()
    {
        if (_deferred is not null) throw _deferred;
    }
}
