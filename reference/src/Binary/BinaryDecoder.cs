using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>The binary format, read (chapter 5).</summary>
public static class BinaryDecoder
{
    /// <summary>Decodes a module. Positions in it are byte offsets from the first byte of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="profile">What it may use. An opcode or encoding of any other feature is malformed.</param>
    /// <exception cref="MalformedException">The bytes are not a module.</exception>
    public static Module Decode(ReadOnlyMemory<byte> bytes, Profile profile) => new ModuleDecoder(bytes.Span, profile).Module();
}
