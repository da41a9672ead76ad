namespace Wasm.Text;

/// <summary>The kinds of token (6.3.1), and the two that end a list of them.</summary>
internal enum TokenKind : byte
{
    /// <summary>The end of the text.</summary>
    End,
    LParen,
    RParen,

    /// <summary>An unsigned integer.</summary>
    Nat,

    /// <summary>An integer with a sign.</summary>
    Int,
    Float,
    String,

    /// <summary>An identifier; the value is its symbol.</summary>
    Id,

    /// <summary>A keyword; the value is its <see cref="Word"/>.</summary>
    Word,

    /// <summary><c>offset=n</c>; the token's text is the number.</summary>
    OffsetEq,

    /// <summary><c>align=n</c>; the token's text is the number.</summary>
    AlignEq,

    /// <summary>What follows is not a token; the value is a <see cref="LexicalError"/>. The list ends here: the error is raised when it is reached.</summary>
    Error,

    // Only between the lexer's own methods:

    /// <summary><c>(@id</c>; the token's text is the id, with its quotes if it has any.</summary>
    AnnotOpen,

    /// <summary>A run of characters that is no token.</summary>
    Reserved,
}

internal enum LexicalError
{
    UnknownOperator,
    EmptyIdentifier,
    EmptyAnnotationId,
    UnclosedAnnotation,
    UnclosedComment,
    UnclosedString,
    ControlInString,
    IllegalEscape,
    MalformedUtf8,
    MisplacedControl,
    MisplacedUnicode,
    IllegalCharacter,
}

/// <summary>A token: a piece of the source, no copy of it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Start">The offset of its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column in bytes, from 1.</param>
/// <param name="Value">By kind: a <see cref="Word"/>, a symbol, a <see cref="LexicalError"/>.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, int Line, int Column, int Value = 0);
