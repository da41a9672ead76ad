namespace Wasm.Text;

/// <summary>Classes of characters in the lexical grammar.</summary>
internal static class Chars
{
    /// <summary>Letters, digits, and the symbols that identifiers may hold.</summary>
    public const byte IdChar = 1;
    public const byte Digit = 2;
    public const byte HexDigit = 4;

    private static readonly byte[] Classes = Build();

    public static bool Is(byte c, byte charClass) => (Classes[c] & charClass) != 0;

    /// <summary>The value of a hexadecimal digit.</summary>
    public static int HexValue(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

    private static byte[] Build()
    {
        byte[] classes = new byte[256];
        for (int c = 'a'; c <= 'z'; c++) classes[c] = classes[c - 32] = IdChar;
        for (int c = '0'; c <= '9'; c++) classes[c] = IdChar | Digit | HexDigit;
        for (int c = 'a'; c <= 'f'; c++) classes[c] = classes[c - 32] = IdChar | HexDigit;
        foreach (byte c in "_+-*/\\^~=<>!?@#$%&|:`.'"u8) classes[c] = IdChar;
        return classes;
    }
}
