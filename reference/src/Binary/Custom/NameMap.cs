using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Binary.Custom;

/// <summary>A name given to an index.</summary>
public readonly record struct NameAssoc(uint Index, string Name);

/// <summary><c>namemap</c>: names of an index space, in order of their indices, each index once.</summary>
public sealed record NameMap(ImmutableArray<NameAssoc> Entries)
{
    public static NameMap Empty { get; } = new([]);

    public bool IsEmpty => Entries.IsEmpty;

    /// <summary>The name of an index, or null.</summary>
    public string? Find(uint index)
    {
        int i = Entries.AsSpan().BinarySearch(new NameAssoc(index, ""), ByIndex);
        return i >= 0 ? Entries[i].Name : null;
    }

    public bool Equals(NameMap? other) => other is not null && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    public override int GetHashCode() => Entries.Length;

    private static readonly Comparer<NameAssoc> ByIndex = Comparer<NameAssoc>.Create((a, b) => a.Index.CompareTo(b.Index));

    internal static NameMap Read(ref ByteReader reader)
    {
        int n = reader.Len();
        var entries = new VecBuilder<NameAssoc>(n);
        long last = -1;
        for (int i = 0; i < n; i++)
        {
            uint index = NextIndex(ref reader, ref last);
            entries.Add(new NameAssoc(index, reader.Name()));
        }
        return new NameMap(entries.ToImmutable());
    }

    /// <summary>Reads what can be read: in any order, and up to the first entry that is not there.</summary>
    internal static NameMap ReadLeniently(ref ByteReader reader)
    {
        var entries = new SortedDictionary<uint, string>();
        try
        {
            for (uint n = reader.U32(); n > 0; n--)
            {
                uint index = reader.U32();
                entries.TryAdd(index, reader.NameLeniently());
            }
        }
        catch (MalformedException)
        {
            reader.Pos = reader.Length;
        }
        return entries.Count == 0 ? Empty : new NameMap([.. entries.Select(e => new NameAssoc(e.Key, e.Value))]);
    }

    internal void Write(ByteWriter writer)
    {
        writer.U32((uint)Entries.Length);
        foreach (var (index, name) in Entries)
        {
            writer.U32(index);
            writer.Name(name);
        }
    }

    /// <summary>The next index of a map: greater than those before it.</summary>
    internal static uint NextIndex(ref ByteReader reader, ref long last)
    {
        int at = reader.Pos;
        uint index = reader.U32();
        if (index == last) throw reader.Error(at, $"multiple names for index {index}");
        if (index < last) throw reader.Error(at, $"index {index} out of order");
        last = index;
        return index;
    }
}

/// <summary>The names of the index space that belongs to an index, such as a function's locals.</summary>
public sealed record IndirectNameAssoc(uint Index, NameMap Names);

/// <summary><c>indirectnamemap</c>: names of index spaces that belong to an index each, in order, each index once.</summary>
public sealed record IndirectNameMap(ImmutableArray<IndirectNameAssoc> Entries)
{
    public static IndirectNameMap Empty { get; } = new([]);

    public bool IsEmpty => Entries.IsEmpty;

    /// <summary>The names that belong to an index; empty when there are none.</summary>
    public NameMap Of(uint index)
    {
        int i = Entries.AsSpan().BinarySearch(new IndirectNameAssoc(index, NameMap.Empty), ByIndex);
        return i >= 0 ? Entries[i].Names : NameMap.Empty;
    }

    public bool Equals(IndirectNameMap? other) => other is not null && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    public override int GetHashCode() => Entries.Length;

    private static readonly Comparer<IndirectNameAssoc> ByIndex = Comparer<IndirectNameAssoc>.Create((a, b) => a.Index.CompareTo(b.Index));

    internal static IndirectNameMap Read(ref ByteReader reader)
    {
        int n = reader.Len();
        var entries = new VecBuilder<IndirectNameAssoc>(n);
        long last = -1;
        for (int i = 0; i < n; i++)
        {
            uint index = NameMap.NextIndex(ref reader, ref last);
            entries.Add(new IndirectNameAssoc(index, NameMap.Read(ref reader)));
        }
        return new IndirectNameMap(entries.ToImmutable());
    }

    internal static IndirectNameMap ReadLeniently(ref ByteReader reader)
    {
        var entries = new SortedDictionary<uint, NameMap>();
        try
        {
            for (uint n = reader.U32(); n > 0; n--)
            {
                uint index = reader.U32();
                entries.TryAdd(index, NameMap.ReadLeniently(ref reader));
            }
        }
        catch (MalformedException)
        {
            reader.Pos = reader.Length;
        }
        return entries.Count == 0 ? Empty : new IndirectNameMap([.. entries.Select(e => new IndirectNameAssoc(e.Key, e.Value))]);
    }

    internal void Write(ByteWriter writer)
    {
        writer.U32((uint)Entries.Length);
        foreach (var (index, names) in Entries)
        {
            writer.U32(index);
            names.Write(writer);
        }
    }
}
