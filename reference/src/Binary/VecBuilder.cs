using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Wasm.Binary;

/// <summary>
/// The elements of a vector of known length. Room is made as they arrive, so that a length that is not backed by elements costs nothing.
/// </summary>
internal struct VecBuilder<T>(int length)
{
    private const int FirstRoom = 256;

    private T[] _items = length == 0 ? [] : new T[Math.Min(length, FirstRoom)];
    private int _count = 0;

    public void Add(T item)
    {
        if (_count == _items.Length) Array.Resize(ref _items, Math.Min(length, 2 * _count));
        _items[_count++] = item;
    }

    public readonly ImmutableArray<T> ToImmutable() => ImmutableCollectionsMarshal.AsImmutableArray(_items);
}
