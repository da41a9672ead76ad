using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>Modules as hexadecimal digits; blanks do not count.</summary>
internal static class Hex
{
    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Magic and version, then the sections.</summary>
    public static byte[] Module(string sections) => [.. "\0asm\x01\0\0\0"u8, .. Bytes(sections)];

    /// <summary>A module with one function without parameters and results; <paramref name="body"/> is the locals and the expression.</summary>
    public static byte[] Function(string body)
    {
        byte[] code = Bytes(body);
        return Module($"01 04 01 60 00 00  03 02 01 00  0A {code.Length + 2:X2} 01 {code.Length:X2} {Convert.ToHexString(code)}");
    }

    /// <summary>Where the body of <see cref="Function"/> begins.</summary>
    public const int BodyOffset = 22;

    public static Module Decode(byte[] bytes, Profile profile) => BinaryDecoder.Decode(bytes, profile);

    public static Profile With(Features features) => Profile.Wasm3 with { Features = Profile.Wasm3.Features | features };

    public static Profile Without(Features features) => Profile.All with { Features = Profile.All.Features & ~features };
}
