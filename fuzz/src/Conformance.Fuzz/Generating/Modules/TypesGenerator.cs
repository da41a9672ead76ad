using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>The types that a module begins with: recursive groups of structures, arrays and functions, with subtyping; continuations; the pool.</summary>
internal sealed class TypesGenerator(Swarm swarm, Decisions d)
{
    private readonly TypeSpace _types = new();
    private readonly List<SubType> _group = [];
    private readonly List<bool> _made = [];
    private int _start;
    private int _size;

    public TypeSpace Generate()
    {
        if (!swarm.Has(Features.Gc)) return _types;
        if (d.OneIn(40)) Many();
        int groups = d.Below(5);
        for (int i = 0; i < groups; i++)
        {
            _start = _types.Count;
            _size = d.Below(3) == 0 ? d.Below(4) : 1;
            if (swarm.Has(Features.CustomDescriptors) && d.OneIn(3))
            {
                Described();
            }
            else
            {
                for (int j = 0; j < _size; j++) SubType();
            }
            _types.Add([.. _group], System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_made));
            _group.Clear();
            _made.Clear();
        }
        return _types;
    }

    /// <summary>More types than small numbers count; some groups are empty, some equal.</summary>
    private void Many()
    {
        int count = 60 + d.Below(12);
        for (int i = 0; i < count; i++)
        {
            if (i % 7 == 3) _types.Add([], []);
            var t = Numbers[i / 4 % Numbers.Length];
            _types.Add([new SubType(i % 4 == 0, [], new StructType([.. Enumerable.Repeat(new FieldType(i % 8 < 4, new StorageType(t)), i % 4)]))], [true]);
        }
    }

    private void SubType()
    {
        int super = d.OneIn(2) ? Super() : -1;
        bool final = d.OneIn(3);
        ImmutableArray<HeapType> supers = super < 0 ? [] : [HeapType.Idx((uint)super)];
        bool made = true;
        CompType comp = super >= 0
            ? TypeAt(super).Comp switch
            {
                StructType s => Struct(s.Fields, ref made),
                ArrayType a => a.Field.Mutable || !d.OneIn(2) ? a : new ArrayType(new FieldType(false, Narrowed(a.Field.Storage))),
                FuncType f => new FuncType([.. f.Params.Select(Widened)], [.. f.Results.Select(t => Narrowed(new StorageType(t)).Val)]),
                var other => other,
            }
            : d.Below(6) switch
            {
                3 or 4 => new ArrayType(Field(ref made)),
                5 => Func(),
                _ => Struct([], ref made),
            };
        // Of a type that holds itself without null nothing can be made; what stands below needs its super type's fields as well.
        if (super >= 0 && comp is not FuncType) made &= IsMade(super);
        if (comp is FuncType) made = false;
        _group.Add(new SubType(final, supers, comp));
        _made.Add(made);
    }

    /// <summary>A type and its descriptor.</summary>
    private void Described()
    {
        uint x = (uint)(_start + _group.Count);
        bool made = true;
        _size = 2;
        _group.Add(new SubType(d.OneIn(3), [], Struct([], ref made), Descriptor: HeapType.Idx(x + 1)));
        _made.Add(made);
        bool descriptorMade = true;
        _group.Add(new SubType(d.OneIn(3), [], Struct([], ref descriptorMade), Describes: HeapType.Idx(x)));
        _made.Add(descriptorMade);
        _made[0] &= descriptorMade;
    }

    private StructType Struct(ImmutableArray<FieldType> above, ref bool made)
    {
        var fields = ImmutableArray.CreateBuilder<FieldType>();
        foreach (var field in above) fields.Add(field.Mutable ? field : field with { Storage = Narrowed(field.Storage) });
        int more = above.IsEmpty ? d.Below(5) : d.Below(3);
        for (int i = 0; i < more; i++) fields.Add(Field(ref made));
        return new StructType(fields.ToImmutable());
    }

    private FuncType Func()
    {
        bool made = true;
        int ps = d.Below(3), ts = d.Below(3);
        var sig = ImmutableArray.CreateBuilder<ValType>();
        for (int i = 0; i < ps; i++) sig.Add(Field(ref made).Storage.Val);
        var results = ImmutableArray.CreateBuilder<ValType>();
        for (int i = 0; i < ts; i++) results.Add(Field(ref made).Storage.Val);
        return new FuncType(sig.ToImmutable(), results.ToImmutable());
    }

    private FieldType Field(ref bool made) => new(d.Below(3) != 2, Storage(ref made));

    private StorageType Storage(ref bool made)
    {
        switch (d.Below(12))
        {
            case 0 or 1: return new StorageType(ValType.I32);
            case 2: return StorageType.I8;
            case 3: return StorageType.I16;
            case 4: return new StorageType(ValType.I64);
            case 5: return new StorageType(d.OneIn(2) ? ValType.F64 : ValType.F32);
            case 6: return new StorageType(swarm.Has(Features.Simd) ? ValType.V128 : ValType.I64);
            case 7: return new StorageType(new RefType(true, d.Of<HeapType>([HeapType.Any, HeapType.Eq, HeapType.I31, HeapType.Extern, HeapType.Func, HeapType.Struct, HeapType.Array])));
            case 8: return new StorageType(ValType.RefNonNull(d.Of<HeapType>([HeapType.I31, HeapType.Eq, HeapType.Any])));
            default:
                {
                    int count = _start + _size;
                    int x = d.Below(count);
                    // Without null only what earlier groups define: it can be made first.
                    bool nullable = x >= _start || !IsMade(x) || !d.OneIn(4);
                    return new StorageType(new RefType(nullable, HeapType.Idx((uint)x)));
                }
        }
    }

    /// <summary>A storage type that matches: of references a narrower one now and then.</summary>
    private StorageType Narrowed(StorageType type)
    {
        if (!type.Val.IsRef || !d.OneIn(3)) return type;
        var (nullable, heap) = type.Val.Ref;
        if (heap.Kind == HeapKind.Any) return new StorageType(new RefType(nullable, d.OneIn(2) ? HeapType.I31 : HeapType.Eq));
        if (heap.Kind == HeapKind.Eq) return new StorageType(new RefType(nullable, nullable && d.OneIn(2) ? HeapType.Struct : HeapType.I31));
        return heap.Kind == HeapKind.I31 ? new StorageType(new RefType(false, heap)) : type;
    }

    /// <summary>A type that is matched: of references a wider one now and then.</summary>
    private ValType Widened(ValType type)
    {
        if (!type.IsRef || !d.OneIn(3)) return type;
        var heap = type.Ref.Heap;
        if (heap.Kind is HeapKind.I31 or HeapKind.Struct or HeapKind.Array && d.OneIn(2)) heap = HeapType.Eq;
        else if (heap.Kind is HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.Eq) heap = HeapType.Any;
        return new RefType(true, heap);
    }

    /// <summary>A type that may be declared above, or -1.</summary>
    private int Super()
    {
        int count = _start + _group.Count;
        if (count == 0) return -1;
        int x = d.Below(count);
        var type = TypeAt(x);
        return type.Final || type.Describes is not null || type.Descriptor is not null || type.Comp is ContType ? -1 : x;
    }

    private SubType TypeAt(int x) => x < _start ? _types[x] : _group[x - _start];

    private bool IsMade(int x) => x < _start ? _types.IsMade(x) : _made[x - _start];

    private static readonly ValType[] Numbers = [ValType.I32, ValType.I64, ValType.F32, ValType.F64];

    /// <summary>The pool of value types of a module: numbers several times, so that most things are of few types.</summary>
    public static ImmutableArray<ValType> Pool(ModulePlan m, Decisions d)
    {
        var pool = ImmutableArray.CreateBuilder<ValType>();
        pool.Add(ValType.I32);
        pool.Add(ValType.I64);
        pool.Add(d.OneIn(2) ? ValType.F32 : ValType.F64);
        pool.Add(d.Of(Numbers));
        if (m.Has(Features.Simd))
        {
            pool.Add(ValType.V128);
            // Now and then there is little else.
            for (int i = d.OneIn(2) ? 3 : 0; i > 0; i--) pool.Add(ValType.V128);
        }
        if (m.Has(Features.ReferenceTypes) && d.OneIn(2)) pool.Add(d.OneIn(2) ? ValType.ExternRef : ValType.FuncRef);
        if (m.Has(Features.Exceptions) && d.OneIn(4)) pool.Add(ValType.RefNull(HeapType.Exn));
        if (!m.Has(Features.Gc)) return pool.ToImmutable();

        int refs = 1 + d.Below(4);
        for (int i = 0; i < refs; i++)
        {
            int x = d.Below(m.Types.Count + 1) - 1;
            bool nullable = !d.OneIn(3);
            if (x < 0 || m.Types[x].Comp is ContType || d.OneIn(3))
                pool.Add(new RefType(nullable, d.Of<HeapType>([HeapType.Any, HeapType.Eq, HeapType.I31, HeapType.Struct, HeapType.Array, HeapType.Extern, HeapType.Func])));
            else
                pool.Add(new RefType(nullable || !m.Types.IsMade(x), HeapType.Idx((uint)x)));
        }
        return pool.ToImmutable();
    }
}
