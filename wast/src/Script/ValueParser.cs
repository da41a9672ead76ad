using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text.Script;

/// <summary>The grammar of arguments and of the patterns that results must match.</summary>
internal readonly struct ValueParser(Parser parser)
{
    private static readonly Dictionary<Word, RefClass> Classes = new()
    {
        [Word.Ref] = RefClass.Any,
        [Word.RefStruct] = RefClass.Struct,
        [Word.RefArray] = RefClass.Array,
        [Word.RefExn] = RefClass.Exn,
        [Word.RefExtern] = RefClass.Extern,
    };

    /// <summary><c>const</c>.</summary>
    public Literal Literal()
    {
        parser.Expect(TokenKind.LParen);
        var literal = LiteralRest() ?? throw parser.Unexpected();
        parser.Expect(TokenKind.RParen);
        return literal;
    }

    /// <summary>A constant after its parenthesis, or null when it is none.</summary>
    private Literal? LiteralRest()
    {
        if (parser.TryWord(Word.RefHost)) return new Literal.Host(parser.U32());
        if (parser.TryWord(Word.RefExtern)) return new Literal.Extern(parser.U32());
        if (parser.TryMnemonic(Op.RefNull)) return new Literal.Null(parser.HeapTypeOf());
        if (parser.TryMnemonic(Op.V128Const))
        {
            var bits = parser.Vector(out var shape);
            return new Literal.Vec(shape, bits);
        }
        return TryConstType(out var type) ? new Literal.Num(type, parser.Number(type)) : null;
    }

    private bool TryConstType(out ValKind type)
    {
        type = parser.TryMnemonic(Op.I32Const) ? ValKind.I32
            : parser.TryMnemonic(Op.I64Const) ? ValKind.I64
            : parser.TryMnemonic(Op.F32Const) ? ValKind.F32
            : parser.TryMnemonic(Op.F64Const) ? ValKind.F64
            : ValKind.Bot;
        return type != ValKind.Bot;
    }

    /// <summary><c>result</c>. <c>either</c> may nest: its open lists stand on a stack.</summary>
    public ResultPattern Result()
    {
        var open = new Stack<ImmutableArray<ResultPattern>.Builder>();
        while (true)
        {
            if (parser.TryOpen(Word.Either))
            {
                open.Push(ImmutableArray.CreateBuilder<ResultPattern>());
                continue;
            }
            ResultPattern pattern;
            if (open.Count > 0 && open.Peek().Count > 0 && parser.TryClose())
            {
                pattern = new ResultPattern.Either(open.Pop().ToImmutable());
            }
            else
            {
                parser.Expect(TokenKind.LParen);
                pattern = Simple();
                parser.Expect(TokenKind.RParen);
            }
            if (open.Count == 0) return pattern;
            open.Peek().Add(pattern);
        }
    }

    /// <summary>A pattern other than <c>either</c>, after its parenthesis.</summary>
    private ResultPattern Simple()
    {
        if (TryConstType(out var type))
        {
            if (TryNan() is not { } nan) return new ResultPattern.Equal(new Literal.Num(type, parser.Number(type)));
            return type is ValKind.F32 or ValKind.F64
                ? new ResultPattern.Nan(type, nan)
                : throw new MalformedException(parser.At, "NaN pattern with non-float type");
        }
        if (parser.TryMnemonic(Op.V128Const)) return parser.VectorPattern();
        if (parser.TryMnemonic(Op.RefNull))
            return parser.Is(TokenKind.RParen) ? ResultPattern.AnyNull.Instance : new ResultPattern.Equal(new Literal.Null(parser.HeapTypeOf()));
        if (parser.TryMnemonic(Op.RefFunc)) return new ResultPattern.Ref(RefClass.Func);
        if (parser.TryMnemonic(Op.RefEq)) return new ResultPattern.Ref(RefClass.Eq);
        if (parser.TryMnemonic(Op.RefI31)) return new ResultPattern.Ref(RefClass.I31);
        if (parser.IsNumbered(Word.RefExtern) || parser.IsWord(Word.RefHost)) return new ResultPattern.Equal(LiteralRest()!);
        if (!parser.Is(TokenKind.Word) || !Classes.TryGetValue((Word)parser.Cur.Value, out var refClass)) throw parser.Unexpected();
        parser.Advance();
        return new ResultPattern.Ref(refClass);
    }

    private NanKind? TryNan() => parser.TryNan();
}
