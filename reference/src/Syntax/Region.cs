namespace Wasm.Syntax;

/// <summary>
/// Where a piece of syntax stands: a byte offset in a binary module, or a line and column in text.
/// Positions are a property of errors and instructions; they never take part in comparing modules.
/// </summary>
public readonly record struct Region
{
    // Text positions set the top bit: line in bits 24..62, column in bits 0..23.
    private const ulong TextBit = 1UL << 63;
    private readonly ulong _bits;

    private Region(ulong bits) => _bits = bits;

    /// <summary>No known position.</summary>
    public static Region None => default;

    /// <summary>A position in a binary module, in bytes from the module's first byte.</summary>
    public static Region Binary(long offset) => new((ulong)offset + 1);

    /// <summary>A position in text; lines and columns count from 1, columns in bytes.</summary>
    public static Region Text(int line, int column) => new(TextBit | ((ulong)(uint)line << 24) | (uint)Math.Min(column, 0xFF_FFFF));

    public bool IsText => (_bits & TextBit) != 0;

    public bool IsBinary => !IsText && _bits != 0;

    /// <summary>The line in text, or 0.</summary>
    public int Line => IsText ? (int)((_bits & ~TextBit) >> 24) : 0;

    /// <summary>The column in text, or 0.</summary>
    public int Column => IsText ? (int)(_bits & 0xFF_FFFF) : 0;

    /// <summary>The byte offset in a binary module, or -1.</summary>
    public long Offset => IsBinary ? (long)(_bits - 1) : -1;

    /// <summary><c>12:5</c> in text, <c>0x2a</c> in a binary, <c>?</c> when unknown.</summary>
    public override string ToString() => IsText ? $"{Line}:{Column}" : IsBinary ? $"0x{Offset:x}" : "?";
}
