namespace Wasm.Text;

/// <summary>An index space: how many things are in it, and which of them have identifiers.</summary>
/// <param name="category">What is in it, in the words of error messages.</param>
internal sealed class IndexSpace(string category)
{
    private Dictionary<int, uint>? _indices;

    public string Category => category;

    public uint Count { get; private set; }

    /// <summary>The identifiers bound, with their indices, in the order of binding.</summary>
    public IEnumerable<KeyValuePair<int, uint>> Bound => _indices ?? Enumerable.Empty<KeyValuePair<int, uint>>();

    /// <summary>Adds one, under a symbol unless that is -1; false when the symbol is taken.</summary>
    public bool Add(int symbol)
    {
        uint index = Count++;
        return symbol < 0 || (_indices ??= []).TryAdd(symbol, index);
    }

    /// <summary>Adds some without identifiers.</summary>
    public void Add(uint count) => Count += count;

    public bool TryFind(int symbol, out uint index)
    {
        index = 0;
        return _indices is not null && _indices.TryGetValue(symbol, out index);
    }

    public void Clear()
    {
        _indices?.Clear();
        Count = 0;
    }
}
