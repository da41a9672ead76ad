using System.Runtime.Intrinsics;

namespace Wasm.Syntax;

/// <summary>A 128-bit vector as bits; byte 0 of the little-endian form is the lowest byte of <see cref="Lo"/>.</summary>
public readonly record struct V128(ulong Lo, ulong Hi)
{
    public static V128 Zero => default;

    /// <summary>Reads 16 bytes in little-endian order.</summary>
    public static V128 From(ReadOnlySpan<byte> bytes) => new(
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));

    public void CopyTo(Span<byte> bytes)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, Lo);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Hi);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[16];
        CopyTo(bytes);
        return bytes;
    }

    public Vector128<ulong> ToVector() => Vector128.Create(Lo, Hi);

    public static V128 From(Vector128<ulong> vector) => new(vector[0], vector[1]);

    /// <summary><c>i64x2</c> in hexadecimal, high half first.</summary>
    public override string ToString() => $"0x{Hi:x16}_{Lo:x16}";
}
