using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>
/// Reads the values of the binary format (5.2) from a module's bytes. Every failure is a <see cref="MalformedException"/> with the offset
/// of the byte that is to blame; nothing is allocated before its bytes are known to be there.
/// </summary>
/// <param name="bytes">The bytes.</param>
/// <param name="origin">The module's offset of the first of them, for positions.</param>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, long origin = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The offset of the next byte in the bytes given.</summary>
    public int Pos;

    public readonly int Length => _bytes.Length;

    public readonly bool AtEnd => Pos == _bytes.Length;

    public readonly int Left => _bytes.Length - Pos;

    public readonly Region At(int pos) => Region.Binary(origin + pos);

    public readonly MalformedException Error(int pos, string message) => new(At(pos), message);

    public readonly MalformedException UnexpectedEnd() => Error(_bytes.Length, "unexpected end of section or function");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Byte()
    {
        int pos = Pos;
        if ((uint)pos >= (uint)_bytes.Length) throw UnexpectedEnd();
        Pos = pos + 1;
        return _bytes[pos];
    }

    /// <summary>The next byte without taking it; -1 at the end.</summary>
    public readonly int Peek() => (uint)Pos < (uint)_bytes.Length ? _bytes[Pos] : -1;

    /// <summary>Takes the next byte if it is <paramref name="b"/>.</summary>
    public bool Take(byte b)
    {
        if (Peek() != b) return false;
        Pos++;
        return true;
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > Left) throw UnexpectedEnd();
        var taken = _bytes.Slice(Pos, count);
        Pos += count;
        return taken;
    }

    public void Zero()
    {
        if (Byte() != 0) throw Error(Pos - 1, "zero byte expected");
    }

    // Integers are LEB128 (5.2.2). The one-byte case is nearly all there is, so it stands apart.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint U32()
    {
        int pos = Pos;
        if ((uint)pos < (uint)_bytes.Length && _bytes[pos] < 0x80)
        {
            Pos = pos + 1;
            return _bytes[pos];
        }
        return (uint)Unsigned(32);
    }

    public ulong U64() => Unsigned(64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int S32()
    {
        int pos = Pos;
        if ((uint)pos < (uint)_bytes.Length && _bytes[pos] < 0x80)
        {
            Pos = pos + 1;
            return _bytes[pos] << 25 >> 25;
        }
        return (int)Signed(32);
    }

    public long S33() => Signed(33);

    public long S64() => Signed(64);

    /// <summary><c>uN</c>: the unused bits of the last byte must be zero.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong Unsigned(int bits)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            int left = bits - shift;
            if (left <= 0) throw Error(Pos, "integer representation too long");
            byte b = Byte();
            if (left < 7 && (b & 0x7F) >= 1 << left) throw Error(Pos - 1, "integer too large");
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }

    /// <summary><c>sN</c>: the unused bits of the last byte must repeat the sign.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Signed(int bits)
    {
        long value = 0;
        for (int shift = 0; ; shift += 7)
        {
            int left = bits - shift;
            if (left <= 0) throw Error(Pos, "integer representation too long");
            byte b = Byte();
            if (left < 7)
            {
                int unused = -1 << (left - 1) & 0x7F;
                if ((b & unused) != 0 && (b & unused) != unused) throw Error(Pos - 1, "integer too large");
            }
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80) return (b & 0x40) == 0 || shift >= 57 ? value : value | -1L << (shift + 7);
        }
    }

    public uint F32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong F64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>
    /// The length of a vector or of a piece of the module. No element is empty, so it cannot exceed the bytes that are left, its own counted in:
    /// what is short by that little ends unexpectedly, as the suite has it.
    /// </summary>
    public int Len()
    {
        int at = Pos;
        int left = Left;
        uint n = U32();
        return n <= (uint)left ? (int)n : throw Error(at, "length out of bounds");
    }

    /// <summary><c>name</c> (5.2.4).</summary>
    public string Name()
    {
        int at = Pos;
        var utf8 = Bytes(Len());
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw Error(at, "malformed UTF-8 encoding");
    }

    /// <summary>A name for a reader's eyes: what is not UTF-8 is replaced, what is missing left out.</summary>
    public string NameLeniently() => Encoding.UTF8.GetString(Bytes((int)Math.Min(U32(), (uint)Left)));

    public ImmutableArray<byte> ByteVec() => [.. Bytes(Len())];
}
