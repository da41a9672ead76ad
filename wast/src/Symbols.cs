using System.Text;

namespace Wasm.Text;

/// <summary>The identifiers of one text, numbered: equal bytes have equal numbers. A string is made only for those that are asked for.</summary>
internal sealed class Symbols
{
    private readonly List<(int Start, int Length, uint Hash)> _entries = [];
    private readonly List<string?> _names = [];
    private byte[] _bytes = new byte[256];
    private int _used;
    private int[] _slots = new int[32];    // entry + 1; 0 is free

    public int Intern(ReadOnlySpan<byte> id)
    {
        uint hash = ByteHash.Of(id);
        int mask = _slots.Length - 1;
        for (int i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            if (_slots[i] == 0)
            {
                _slots[i] = Add(id, hash);
                if (_entries.Count * 2 > _slots.Length) Grow();
                return _entries.Count - 1;
            }
            var (start, length, h) = _entries[_slots[i] - 1];
            if (h == hash && id.SequenceEqual(_bytes.AsSpan(start, length))) return _slots[i] - 1;
        }
    }

    /// <summary>The identifier without its <c>$</c>.</summary>
    public string NameOf(int symbol)
    {
        var (start, length, _) = _entries[symbol];
        return _names[symbol] ??= Encoding.UTF8.GetString(_bytes, start, length);
    }

    private int Add(ReadOnlySpan<byte> id, uint hash)
    {
        if (_used + id.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + id.Length));
        id.CopyTo(_bytes.AsSpan(_used));
        _entries.Add((_used, id.Length, hash));
        _names.Add(null);
        _used += id.Length;
        return _entries.Count;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int n = 0; n < _entries.Count; n++)
        {
            int i = (int)_entries[n].Hash & mask;
            while (_slots[i] != 0) i = (i + 1) & mask;
            _slots[i] = n + 1;
        }
    }
}

internal static class ByteHash
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte b in bytes)
            hash = (hash ^ b) * 16777619;
        return hash ^ (hash >> 15);
    }
}
