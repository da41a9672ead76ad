using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>
/// Canonicalizes types, so that equal types of all modules and stores of one engine are the same object. Thread-safe; holds types weakly,
/// so that any number of modules may come and go.
/// </summary>
public sealed class Engine
{
    /// <summary>A group in a hash bucket; <paramref name="Group"/> dies with the last type of the group.</summary>
    private readonly record struct Entry(int Hash, int Next, WeakReference<DefType[]>? Group);

    private readonly Lock _lock = new();
    private int[] _buckets = new int[64];       // 1 + the index of the first entry
    private Entry[] _entries = new Entry[64];
    private int _count;

    /// <summary>
    /// <c>roll</c>: the defined types of a recursive group. Type uses must be closed but for <see cref="HeapKind.TypeIdx"/> from
    /// <paramref name="start"/> on, which name the group's own types, and those below it, which name <paramref name="types"/>.
    /// </summary>
    public ImmutableArray<DefType> Roll(RecType group, uint start, IReadOnlyList<DefType> types)
    {
        var rolled = new SubType[group.SubTypes.Length];
        for (int i = 0; i < rolled.Length; i++)
            rolled[i] = Roll(group.SubTypes[i], start, types);
        return ImmutableCollectionsMarshal.AsImmutableArray(Intern(rolled));
    }

    /// <summary>The defined type of a function type by itself: final, in a group of one. Its type uses must be closed.</summary>
    public DefType Of(FuncType type) => Intern([new SubType(type)])[0];

    /// <summary>The number of recursive groups that are alive.</summary>
    public int CountGroups()
    {
        lock (_lock)
        {
            int alive = 0;
            for (int i = 0; i < _count; i++)
                if (_entries[i].Group!.TryGetTarget(out _)) alive++;
            return alive;
        }
    }

    private DefType[] Intern(ReadOnlySpan<SubType> rolled)
    {
        int hash = Hash.Of(rolled, 6);
        lock (_lock)
        {
            for (int i = _buckets[Bucket(hash)] - 1; i >= 0; i = _entries[i].Next)
                if (_entries[i].Hash == hash && _entries[i].Group!.TryGetTarget(out var known) && Same(known, rolled))
                    return known;

            var group = Unroll(rolled);
            if (_count == _entries.Length) Sweep();
            Add(hash, new WeakReference<DefType[]>(group));
            return group;
        }
    }

    private static bool Same(DefType[] known, ReadOnlySpan<SubType> rolled)
    {
        if (known.Length != rolled.Length) return false;
        for (int i = 0; i < rolled.Length; i++)
            if (!known[i].Rolled.Equals(rolled[i])) return false;
        return true;
    }

    /// <summary>Drops the dead, and grows when more than half are alive.</summary>
    private void Sweep()
    {
        var old = _entries;
        int alive = 0;
        foreach (var entry in old)
            if (entry.Group!.TryGetTarget(out _)) alive++;
        int size = alive > old.Length / 2 ? old.Length * 2 : old.Length;
        _entries = new Entry[size];
        _buckets = new int[size];
        _count = 0;
        foreach (var entry in old)
            if (entry.Group!.TryGetTarget(out _)) Add(entry.Hash, entry.Group);
    }

    private void Add(int hash, WeakReference<DefType[]> group)
    {
        ref int bucket = ref _buckets[Bucket(hash)];
        _entries[_count] = new(hash, bucket - 1, group);
        bucket = ++_count;
    }

    // The number of buckets is a power of two.
    private int Bucket(int hash) => hash & (_buckets.Length - 1);

    private static DefType[] Unroll(ReadOnlySpan<SubType> rolled)
    {
        var group = new DefType[rolled.Length];
        for (int i = 0; i < group.Length; i++)
            group[i] = new DefType(i, group, rolled[i]);
        foreach (var type in group)
        {
            type.Unrolled = Unroll(type.Rolled, group);
            type.Describes = type.Unrolled.Describes?.Def;
            type.Descriptor = type.Unrolled.Descriptor?.Def;
            // A forward use is refused by validation, which sees the group only after it was rolled.
            if (type.Rolled.Supers is [var use, ..] && (use.Kind == HeapKind.Def || use.Index < type.Index))
                type.SetSuper(type.Unrolled.Supers[0].Def!);
        }
        return group;
    }

    // subst: type uses replaced throughout; what has none is kept as it is.

    private static SubType Roll(SubType type, uint start, IReadOnlyList<DefType> types) =>
        Subst(type, use => use.Kind != HeapKind.TypeIdx ? use
            : use.Index >= start ? HeapType.Rec(use.Index - start, use.Exact)
            : HeapType.Of(types[(int)use.Index], use.Exact));

    private static SubType Unroll(SubType type, DefType[] group) =>
        Subst(type, use => use.Kind == HeapKind.RecIdx ? HeapType.Of(group[(int)use.Index], use.Exact) : use);

    private static SubType Subst(SubType type, Func<HeapType, HeapType> subst)
    {
        var comp = Subst(type.Comp, subst);
        if (ReferenceEquals(comp, type.Comp) && type.Supers.IsEmpty && type.Describes is null && type.Descriptor is null) return type;
        return new(type.Final, [.. type.Supers.Select(subst)], comp,
            type.Describes is { } described ? subst(described) : null,
            type.Descriptor is { } descriptor ? subst(descriptor) : null);
    }

    private static CompType Subst(CompType type, Func<HeapType, HeapType> subst)
    {
        switch (type)
        {
            case FuncType func:
                var @params = Subst(func.Params, subst);
                var results = Subst(func.Results, subst);
                return @params == func.Params && results == func.Results ? func : new FuncType(@params, results);
            case StructType @struct:
                var fields = @struct.Fields;
                for (int i = 0; i < fields.Length; i++)
                    if (Subst(fields[i], subst) != fields[i])
                        return new StructType([.. fields.Select(f => Subst(f, subst))]);
                return @struct;
            case ArrayType array:
                var field = Subst(array.Field, subst);
                return field == array.Field ? array : new ArrayType(field);
            case ContType cont:
                return new ContType(subst(cont.Func));
            default:
                throw new System.Diagnostics.UnreachableException($"composite type {type}");
        }
    }

    private static ImmutableArray<ValType> Subst(ImmutableArray<ValType> types, Func<HeapType, HeapType> subst)
    {
        foreach (var type in types)
            if (type.IsRef && subst(type.Ref.Heap) != type.Ref.Heap)
                return [.. types.Select(t => Subst(t, subst))];
        return types;
    }

    private static FieldType Subst(FieldType type, Func<HeapType, HeapType> subst) =>
        type with { Storage = type.Storage with { Val = Subst(type.Storage.Val, subst) } };

    private static ValType Subst(ValType type, Func<HeapType, HeapType> subst) =>
        type.IsRef ? new RefType(type.Ref.Nullable, subst(type.Ref.Heap)) : type;
}
