using System.Collections.Immutable;

namespace Wasm.Syntax;

/// <summary>
/// The kinds of heap type (2.3.3). The abstract ones, then the three forms of a type use: an index into the module's types,
/// an index into the enclosing recursive group (<c>rec.i</c>, only inside a rolled group), and a defined type itself.
/// </summary>
public enum HeapKind : byte
{
    Bot,
    Any, Eq, I31, Struct, Array, None,
    Func, NoFunc,
    Exn, NoExn,
    Extern, NoExtern,
    Cont, NoCont,
    TypeIdx, RecIdx, Def,
}

/// <summary><c>heaptype ::= absheaptype | typeuse</c>, and <c>(exact typeuse)</c> of custom descriptors.</summary>
/// <param name="Kind">Which form.</param>
/// <param name="Index">The type index of <see cref="HeapKind.TypeIdx"/> or the group index of <see cref="HeapKind.RecIdx"/>.</param>
/// <param name="Def">The defined type of <see cref="HeapKind.Def"/>.</param>
/// <param name="Exact">Whether subtypes are excluded (custom descriptors).</param>
public readonly record struct HeapType(HeapKind Kind, uint Index = 0, DefType? Def = null, bool Exact = false)
{
    public static HeapType Bot => new(HeapKind.Bot);
    public static HeapType Any => new(HeapKind.Any);
    public static HeapType Eq => new(HeapKind.Eq);
    public static HeapType I31 => new(HeapKind.I31);
    public static HeapType Struct => new(HeapKind.Struct);
    public static HeapType Array => new(HeapKind.Array);
    public static HeapType None => new(HeapKind.None);
    public static HeapType Func => new(HeapKind.Func);
    public static HeapType NoFunc => new(HeapKind.NoFunc);
    public static HeapType Exn => new(HeapKind.Exn);
    public static HeapType NoExn => new(HeapKind.NoExn);
    public static HeapType Extern => new(HeapKind.Extern);
    public static HeapType NoExtern => new(HeapKind.NoExtern);
    public static HeapType Cont => new(HeapKind.Cont);
    public static HeapType NoCont => new(HeapKind.NoCont);

    public static HeapType Idx(uint x, bool exact = false) => new(HeapKind.TypeIdx, x, null, exact);

    public static HeapType Rec(uint i, bool exact = false) => new(HeapKind.RecIdx, i, null, exact);

    public static HeapType Of(DefType def, bool exact = false) => new(HeapKind.Def, 0, def, exact);

    public bool IsAbstract => Kind < HeapKind.TypeIdx;

    public override string ToString()
    {
        string use = Kind switch
        {
            HeapKind.TypeIdx => $"{Index}",
            HeapKind.RecIdx => $"rec.{Index}",
            // In short: the full definition may mention further types, to any depth.
            HeapKind.Def => Def!.Rolled.Comp switch
            {
                StructType => "(type struct)",
                ArrayType => "(type array)",
                FuncType => "(type func)",
                _ => "(type cont)",
            },
            HeapKind.Bot or HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None
                or HeapKind.Func or HeapKind.NoFunc or HeapKind.Exn or HeapKind.NoExn or HeapKind.Extern or HeapKind.NoExtern
                or HeapKind.Cont or HeapKind.NoCont or _ => Kind.ToString().ToLowerInvariant(),
        };
        return Exact ? $"(exact {use})" : use;
    }
}

/// <summary><c>reftype ::= ref null? heaptype</c> (2.3.4).</summary>
public readonly record struct RefType(bool Nullable, HeapType Heap)
{
    public static RefType Func => new(true, HeapType.Func);
    public static RefType Extern => new(true, HeapType.Extern);

    /// <summary>The short form where the text format has one (<c>funcref</c>), else <c>(ref null? ht)</c>.</summary>
    public override string ToString() => (Nullable, Heap.Kind) switch
    {
        (true, HeapKind.Any) => "anyref",
        (true, HeapKind.Eq) => "eqref",
        (true, HeapKind.I31) => "i31ref",
        (true, HeapKind.Struct) => "structref",
        (true, HeapKind.Array) => "arrayref",
        (true, HeapKind.None) => "nullref",
        (true, HeapKind.Func) => "funcref",
        (true, HeapKind.NoFunc) => "nullfuncref",
        (true, HeapKind.Exn) => "exnref",
        (true, HeapKind.NoExn) => "nullexnref",
        (true, HeapKind.Extern) => "externref",
        (true, HeapKind.NoExtern) => "nullexternref",
        (true, HeapKind.Cont) => "contref",
        (true, HeapKind.NoCont) => "nullcontref",
        (true, _) => $"(ref null {Heap})",
        (false, _) => $"(ref {Heap})",
    };
}

/// <summary>The kinds of value type; <see cref="Bot"/> is the bottom type of the validation algorithm.</summary>
public enum ValKind : byte
{
    Bot,
    I32, I64, F32, F64,
    V128,
    Ref,
}

/// <summary><c>valtype ::= numtype | vectype | reftype</c>, and <c>bot</c> in validation (2.3.5).</summary>
public readonly record struct ValType
{
    // The parts of the reference type side by side, so that a value type takes two words: validation copies them a lot.
    private readonly DefType? _def;
    private readonly uint _index;
    private readonly HeapKind _heap;
    private readonly bool _nullable;
    private readonly bool _exact;

    public ValKind Kind { get; }

    /// <summary>The reference type; meaningful when <see cref="Kind"/> is <see cref="ValKind.Ref"/>.</summary>
    public RefType Ref => new(_nullable, new HeapType(_heap, _index, _def, _exact));

    private ValType(ValKind kind, RefType reference)
    {
        Kind = kind;
        _nullable = reference.Nullable;
        _heap = reference.Heap.Kind;
        _index = reference.Heap.Index;
        _def = reference.Heap.Def;
        _exact = reference.Heap.Exact;
    }

    public static ValType Bot => default;
    public static ValType I32 => new(ValKind.I32, default);
    public static ValType I64 => new(ValKind.I64, default);
    public static ValType F32 => new(ValKind.F32, default);
    public static ValType F64 => new(ValKind.F64, default);
    public static ValType V128 => new(ValKind.V128, default);
    public static ValType FuncRef => RefType.Func;
    public static ValType ExternRef => RefType.Extern;

    public static implicit operator ValType(RefType reference) => new(ValKind.Ref, reference);

    public static ValType RefNull(HeapType heap) => new RefType(true, heap);

    public static ValType RefNonNull(HeapType heap) => new RefType(false, heap);

    public bool IsNum => Kind is >= ValKind.I32 and <= ValKind.F64;

    public bool IsVec => Kind == ValKind.V128;

    public bool IsRef => Kind == ValKind.Ref;

    public bool Equals(ValType other) => Kind == other.Kind && _heap == other._heap && _nullable == other._nullable && _exact == other._exact
        && _index == other._index && ReferenceEquals(_def, other._def);

    public override int GetHashCode() =>
        HashCode.Combine((int)Kind | (int)_heap << 8 | (_nullable ? 1 << 16 : 0) | (_exact ? 1 << 17 : 0), _index, _def);

    /// <summary><c>i32</c>, <c>v128</c>, <c>(ref null 3)</c>, <c>bot</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValKind.Bot => "bot",
        ValKind.I32 => "i32",
        ValKind.I64 => "i64",
        ValKind.F32 => "f32",
        ValKind.F64 => "f64",
        ValKind.V128 => "v128",
        ValKind.Ref => Ref.ToString(),
        _ => throw new System.Diagnostics.UnreachableException($"value type {(byte)Kind}"),
    };
}

/// <summary>The packed types of fields.</summary>
public enum PackType : byte
{
    /// <summary>Not packed: the field holds a value type.</summary>
    None,
    I8,
    I16,
}

/// <summary><c>storagetype ::= valtype | packtype</c>.</summary>
public readonly record struct StorageType(ValType Val, PackType Pack = PackType.None)
{
    public static StorageType I8 => new(ValType.I32, PackType.I8);
    public static StorageType I16 => new(ValType.I32, PackType.I16);

    public bool IsPacked => Pack != PackType.None;

    /// <summary><c>unpack</c>: the type of the value read or written; <see cref="Val"/> already is i32 for packed types.</summary>
    public ValType Unpacked => Val;

    public override string ToString() => Pack switch
    {
        PackType.I8 => "i8",
        PackType.I16 => "i16",
        PackType.None => Val.ToString(),
        _ => throw new System.Diagnostics.UnreachableException($"pack type {(byte)Pack}"),
    };
}

/// <summary><c>fieldtype ::= mut? storagetype</c>.</summary>
public readonly record struct FieldType(bool Mutable, StorageType Storage)
{
    public override string ToString() => Mutable ? $"(mut {Storage})" : Storage.ToString();
}

/// <summary><c>comptype ::= struct fieldtype* | array fieldtype | func resulttype -> resulttype</c>, and <c>cont typeuse</c>.</summary>
public abstract record CompType
{
    /// <summary>Whether the two have the same shape and the same types, index by index.</summary>
    public abstract bool SameAs(CompType other);
}

public sealed record StructType(ImmutableArray<FieldType> Fields) : CompType
{
    public override bool SameAs(CompType other) => other is StructType s && Fields.AsSpan().SequenceEqual(s.Fields.AsSpan());

    public bool Equals(StructType? other) => other is not null && SameAs(other);

    public override int GetHashCode() => Hash.Of(Fields.AsSpan(), 1);

    public override string ToString() => $"(struct{string.Concat(Fields.Select(f => $" (field {f})"))})";
}

public sealed record ArrayType(FieldType Field) : CompType
{
    public override bool SameAs(CompType other) => other is ArrayType a && Field == a.Field;

    public override string ToString() => $"(array {Field})";
}

public sealed record FuncType(ImmutableArray<ValType> Params, ImmutableArray<ValType> Results) : CompType
{
    public static FuncType Empty { get; } = new([], []);

    public override bool SameAs(CompType other) => other is FuncType f
        && Params.AsSpan().SequenceEqual(f.Params.AsSpan()) && Results.AsSpan().SequenceEqual(f.Results.AsSpan());

    public bool Equals(FuncType? other) => other is not null && SameAs(other);

    public override int GetHashCode() => HashCode.Combine(Hash.Of(Params.AsSpan(), 2), Hash.Of(Results.AsSpan(), 3));

    public override string ToString() =>
        $"(func{(Params.IsEmpty ? "" : $" (param {string.Join(' ', Params)})")}{(Results.IsEmpty ? "" : $" (result {string.Join(' ', Results)})")})";
}

/// <summary><c>cont typeuse</c> of stack switching; the heap type is a type use of a function type.</summary>
public sealed record ContType(HeapType Func) : CompType
{
    public override bool SameAs(CompType other) => other is ContType c && Func == c.Func;

    public override string ToString() => $"(cont {Func})";
}

/// <summary>
/// <c>subtype ::= sub final? typeuse* comptype</c>, with the <c>describes</c> and <c>descriptor</c> clauses of custom descriptors.
/// Super types and clauses are type uses (index, group index or defined type).
/// </summary>
public sealed record SubType(bool Final, ImmutableArray<HeapType> Supers, CompType Comp, HeapType? Describes = null, HeapType? Descriptor = null)
{
    /// <summary>A final type without super types: what a plain <c>(type (func …))</c> abbreviates.</summary>
    public SubType(CompType comp) : this(true, [], comp) { }

    public bool Equals(SubType? other) => other is not null && Final == other.Final && Describes == other.Describes && Descriptor == other.Descriptor
        && Supers.AsSpan().SequenceEqual(other.Supers.AsSpan()) && Comp.SameAs(other.Comp);

    public override int GetHashCode() => HashCode.Combine(Final, Comp.GetHashCode(), Hash.Of(Supers.AsSpan(), 4), Describes, Descriptor);
}

/// <summary><c>rectype ::= rec subtype*</c>.</summary>
public sealed record RecType(ImmutableArray<SubType> SubTypes, Region At = default)
{
    /// <summary>Equal when the types are; the position does not count.</summary>
    public bool Equals(RecType? other) => other is not null && SubTypes.AsSpan().SequenceEqual(other.SubTypes.AsSpan());

    public override int GetHashCode() => Hash.Of(SubTypes.AsSpan(), 5);
}

/// <summary><c>addrtype ::= i32 | i64</c>.</summary>
public enum AddrType : byte
{
    I32,
    I64,
}

/// <summary><c>limits ::= [min .. max?]</c>; units are pages or elements.</summary>
public readonly record struct Limits(ulong Min, ulong? Max = null)
{
    public override string ToString() => Max is { } max ? $"{Min} {max}" : $"{Min}";
}

/// <summary><c>memtype ::= addrtype limits page</c>; <paramref name="PageSizeLog2"/> is 16 unless custom page sizes say 0.</summary>
public readonly record struct MemType(AddrType Addr, Limits Limits, bool Shared = false, uint PageSizeLog2 = 16)
{
    public override string ToString() => $"{(Addr == AddrType.I64 ? "i64 " : "")}{Limits}{(Shared ? " shared" : "")}"
        + (PageSizeLog2 == 16 ? "" : $" (pagesize {(PageSizeLog2 < 64 ? 1UL << (int)PageSizeLog2 : 0)})");
}

/// <summary><c>tabletype ::= addrtype limits reftype</c>.</summary>
public readonly record struct TableType(AddrType Addr, Limits Limits, RefType Elem)
{
    public override string ToString() => $"{(Addr == AddrType.I64 ? "i64 " : "")}{Limits} {Elem}";
}

/// <summary><c>globaltype ::= mut? valtype</c>.</summary>
public readonly record struct GlobalType(bool Mutable, ValType Val)
{
    public override string ToString() => Mutable ? $"(mut {Val})" : Val.ToString();
}

/// <summary><c>externtype</c> (2.3.17). Functions and tags name their type by a type use.</summary>
public abstract record ExternType
{
    /// <summary><c>func</c>, <c>table</c>, <c>memory</c>, <c>global</c> or <c>tag</c>.</summary>
    public abstract ExternKind Kind { get; }

    /// <summary>A resolved type use as what it defines, one level deep.</summary>
    private static string Use(HeapType type) => type.Def is { } def ? def.ToString() : $"(type {type})";

    /// <param name="Type">A type use.</param>
    /// <param name="Exact">The import must have exactly this type (custom descriptors).</param>
    public sealed record Func(HeapType Type, bool Exact = false) : ExternType
    {
        public override ExternKind Kind => ExternKind.Func;

        public override string ToString() => Exact ? $"(exact {Use(Type)})" : Use(Type);
    }

    public sealed record Table(TableType Type) : ExternType
    {
        public override ExternKind Kind => ExternKind.Table;

        public override string ToString() => $"(table {Type})";
    }

    public sealed record Mem(MemType Type) : ExternType
    {
        public override ExternKind Kind => ExternKind.Memory;

        public override string ToString() => $"(memory {Type})";
    }

    public sealed record Global(GlobalType Type) : ExternType
    {
        public override ExternKind Kind => ExternKind.Global;

        public override string ToString() => $"(global {Type})";
    }

    public sealed record Tag(HeapType Type) : ExternType
    {
        public override ExternKind Kind => ExternKind.Tag;

        public override string ToString() => $"(tag {Use(Type)})";
    }
}

/// <summary>The kinds of import and export; the values are those of the binary format (5.4.9).</summary>
public enum ExternKind : byte
{
    Func = 0,
    Table = 1,
    Memory = 2,
    Global = 3,
    Tag = 4,
}

internal static class Hash
{
    public static int Of<T>(ReadOnlySpan<T> items, int seed)
    {
        var hash = new HashCode();
        hash.Add(seed);
        foreach (var item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }
}
