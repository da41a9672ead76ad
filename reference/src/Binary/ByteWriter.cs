using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Wasm.Binary;

/// <summary>Writes the values of the binary format (5.2), integers in their shortest form.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    public byte[] ToArray() => Written.ToArray();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Byte(byte b)
    {
        if (Count == _bytes.Length) Grow(1);
        _bytes[Count++] = b;
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void U32(uint n)
    {
        if (n < 0x80) Byte((byte)n);
        else U64(n);
    }

    public void U64(ulong n)
    {
        for (; n >= 0x80; n >>= 7) Byte((byte)(n | 0x80));
        Byte((byte)n);
    }

    /// <summary>Every <c>sN</c>: the shortest form does not depend on the width.</summary>
    public void Signed(long n)
    {
        for (; n is < -0x40 or >= 0x40; n >>= 7) Byte((byte)(n | 0x80));
        Byte((byte)(n & 0x7F));
    }

    public void F32(uint bits) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), bits);

    public void F64(ulong bits) => BinaryPrimitives.WriteUInt64LittleEndian(Room(8), bits);

    public void Name(string name)
    {
        int length = Encoding.UTF8.GetByteCount(name);
        U32((uint)length);
        Encoding.UTF8.GetBytes(name, Room(length));
    }

    public void ByteVec(ReadOnlySpan<byte> bytes)
    {
        U32((uint)bytes.Length);
        Bytes(bytes);
    }

    /// <summary>Begins a piece that its size precedes; returns the mark that <see cref="EndSized"/> wants.</summary>
    public int BeginSized()
    {
        Byte(0);    // most sizes need no more; EndSized makes room for those that do
        return Count;
    }

    /// <summary>Ends the piece begun at <paramref name="start"/> and sets its size before it.</summary>
    public void EndSized(int start)
    {
        int size = Count - start;
        int more = 0;
        for (int n = size; n >= 0x80; n >>= 7) more++;
        if (more > 0)
        {
            Room(more);
            _bytes.AsSpan(start, size).CopyTo(_bytes.AsSpan(start + more));
        }
        int end = Count;
        Count = start - 1;
        U32((uint)size);
        Count = end;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Count < count) Grow(count);
        Count += count;
        return _bytes.AsSpan(Count - count, count);
    }

    private void Grow(int count) => Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, (long)Count + count)));
}
