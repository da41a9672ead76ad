namespace Wasm.Text;

/// <summary>An index space: how many things are in it, and which of them have identifiers.</summary>
/// <param name="category">What is in it, in the words of error messages.</param>
internal sealed class IndexSpace(string category)
{
    private Dictionary<int, uint>? _indices;
    private Dictionary<uint, string>? _renamed;

    public string Category => category;

    public uint Count { get; private set; }

    /// <summary>The names that annotations give to indices, over any identifiers.</summary>
    public IEnumerable<KeyValuePair<uint, string>> Renamed => _renamed ?? Enumerable.Empty<KeyValuePair<uint, string>>();

    public bool HasNames => _indices is { Count: > 0 } || _renamed is not null;

    /// <summary>The identifiers bound, with their indices, in the order of binding.</summary>
    public IEnumerable<KeyValuePair<int, uint>> Bound => _indices ?? Enumerable.Empty<KeyValuePair<int, uint>>();

    /// <summary>Adds one, under a symbol unless that is -1; false when the symbol is taken.</summary>
    public bool Add(int symbol)
    {
        uint index = Count++;
        return symbol < 0 || (_indices ??= []).TryAdd(symbol, index);
    }

    /// <summary>Adds some without identifiers.</summary>
    public void AddUnnamed(uint count) => Count += count;

    /// <summary>Names the one that is added next.</summary>
    public void RenameNext(string name) => (_renamed ??= [])[Count] = name;

    public bool TryFind(int symbol, out uint index)
    {
        index = 0;
        return _indices is not null && _indices.TryGetValue(symbol, out index);
    }

    public void Clear()
    {
        _indices?.Clear();
        _renamed = null;
        Count = 0;
    }
}
