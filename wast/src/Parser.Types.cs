using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>Types (6.4), and type uses, which may stand for types that the module does not spell out (6.6.4).</summary>
internal sealed partial class Parser
{
    private readonly IndexSpace _typeSpace = new("type");

    /// <summary>The field names of each type of the module, by type index; null where it has none.</summary>
    private readonly List<IndexSpace?> _fields = [];

    /// <summary>The types by index, explicit ones first; null where a type has not been reached.</summary>
    private readonly List<SubType?> _subTypes = [];
    private int _nextType;

    /// <summary>Type uses inside types, to be checked when all types are known.</summary>
    private readonly List<TypeUse> _uncheckedUses = [];
    private readonly ImmutableArray<RecType>.Builder _recTypes = ImmutableArray.CreateBuilder<RecType>();

    /// <summary>Implicit types, appended behind the explicit ones in the order of their first use.</summary>
    private readonly List<RecType> _implicitTypes = [];

    /// <summary>The first plain function type of each shape: what a type use without index stands for.</summary>
    private readonly Dictionary<FuncType, uint> _plainFuncTypes = [];

    private readonly ImmutableArray<ValType>.Builder _params = ImmutableArray.CreateBuilder<ValType>();
    private readonly ImmutableArray<ValType>.Builder _results = ImmutableArray.CreateBuilder<ValType>();

    /// <summary>A type use: an index, or a function type inline, or both.</summary>
    private readonly record struct TypeUse(uint? Index, Token At, FuncType Inline);

    // Heap types, reference types, value types

    private bool TryHeapType(out HeapType heap)
    {
        heap = default;
        ref readonly var token = ref Cur;
        if (token.Kind is TokenKind.Nat or TokenKind.Id)
        {
            if (!_profile.Has(Features.FunctionReferences)) return false;
            heap = HeapType.Idx(Index(_typeSpace));
            return true;
        }
        if (TryOpen(Word.Exact))
        {
            heap = HeapType.Idx(Index(_typeSpace), exact: true);
            Expect(TokenKind.RParen);
            return true;
        }
        if (Lookup(AbstractHeaps) is not { } kind) return false;
        heap = new HeapType(kind);
        _i++;
        return true;
    }

    public HeapType HeapTypeOf() => TryHeapType(out var heap) ? heap : throw Unexpected();

    private static readonly HeapKind?[] AbstractHeaps = ByWord(
        (Word.Any, HeapKind.Any),
        (Word.Eq, HeapKind.Eq),
        (Word.I31, HeapKind.I31),
        (Word.Struct, HeapKind.Struct),
        (Word.Array, HeapKind.Array),
        (Word.NoneType, HeapKind.None),
        (Word.Func, HeapKind.Func),
        (Word.NoFunc, HeapKind.NoFunc),
        (Word.Exn, HeapKind.Exn),
        (Word.NoExn, HeapKind.NoExn),
        (Word.Extern, HeapKind.Extern),
        (Word.NoExtern, HeapKind.NoExtern),
        (Word.Cont, HeapKind.Cont),
        (Word.NoCont, HeapKind.NoCont));

    /// <summary>The short forms of nullable references.</summary>
    private static readonly HeapKind?[] ShortRefs = ByWord(
        (Word.AnyRef, HeapKind.Any),
        (Word.EqRef, HeapKind.Eq),
        (Word.I31Ref, HeapKind.I31),
        (Word.StructRef, HeapKind.Struct),
        (Word.ArrayRef, HeapKind.Array),
        (Word.NullRef, HeapKind.None),
        (Word.FuncRef, HeapKind.Func),
        (Word.NullFuncRef, HeapKind.NoFunc),
        (Word.ExnRef, HeapKind.Exn),
        (Word.NullExnRef, HeapKind.NoExn),
        (Word.ExternRef, HeapKind.Extern),
        (Word.NullExternRef, HeapKind.NoExtern),
        (Word.ContRef, HeapKind.Cont),
        (Word.NullContRef, HeapKind.NoCont));

    private static readonly ValType?[] NumVecTypes = ByWord(
        (Word.I32, ValType.I32),
        (Word.I64, ValType.I64),
        (Word.F32, ValType.F32),
        (Word.F64, ValType.F64),
        (Word.V128, ValType.V128));

    /// <summary>A table from keywords that are no mnemonics.</summary>
    private static T?[] ByWord<T>(params ReadOnlySpan<(Word Word, T Value)> rows) where T : struct
    {
        var table = new T?[(int)Word.FirstMnemonic];
        foreach (var (word, value) in rows) table[(int)word] = value;
        return table;
    }

    /// <summary>What a table has for the token at hand; null when that is no keyword of it.</summary>
    private T? Lookup<T>(T?[] table) where T : struct =>
        Is(TokenKind.Word) && Cur.Value < table.Length ? table[Cur.Value] : null;

    private bool TryRefType(out RefType type)
    {
        type = default;
        if (_profile.Has(Features.FunctionReferences) && TryOpen(Word.Ref))
        {
            bool nullable = TryWord(Word.Null);
            type = new RefType(nullable, HeapTypeOf());
            Expect(TokenKind.RParen);
            return true;
        }
        if (Lookup(ShortRefs) is not { } kind) return false;
        type = new RefType(true, new HeapType(kind));
        _i++;
        return true;
    }

    private RefType RefTypeOf() => TryRefType(out var type) ? type : throw Unexpected();

    private bool TryValType(out ValType type)
    {
        if (Lookup(NumVecTypes) is { } numeric)
        {
            type = numeric;
            _i++;
            return true;
        }
        type = default;
        // In 1.0, reference types are the types of table elements only.
        if (!_profile.Has(Features.ReferenceTypes) || !TryRefType(out var reference)) return false;
        type = reference;
        return true;
    }

    private ValType ValTypeOf() => TryValType(out var type) ? type : throw Unexpected();

    private FieldType FieldTypeOf()
    {
        if (!TryOpen(Word.Mut)) return new FieldType(false, StorageTypeOf());
        var field = new FieldType(true, StorageTypeOf());
        Expect(TokenKind.RParen);
        return field;
    }

    private StorageType StorageTypeOf() =>
        TryWord(Word.I8) ? StorageType.I8 : TryWord(Word.I16) ? StorageType.I16 : new StorageType(ValTypeOf());

    private GlobalType GlobalTypeOf()
    {
        if (!TryOpen(Word.Mut)) return new GlobalType(false, ValTypeOf());
        var type = new GlobalType(true, ValTypeOf());
        Expect(TokenKind.RParen);
        return type;
    }

    // Limits, memory types, table types

    private AddrType OptAddrType()
    {
        if (!_profile.Has(Features.Memory64)) return AddrType.I32;
        if (IsWord(Word.F32) || IsWord(Word.F64)) throw new MalformedException(At, "malformed address type");
        if (TryWord(Word.I64)) return AddrType.I64;
        _ = TryWord(Word.I32);
        return AddrType.I32;
    }

    private Limits LimitsOf()
    {
        bool wide = _profile.Has(Features.Memory64);
        ulong min = wide ? U64() : U32();
        return Is(TokenKind.Nat) ? new Limits(min, wide ? U64() : U32()) : new Limits(min);
    }

    private MemType MemTypeOf()
    {
        var addr = OptAddrType();
        return MemTypeRest(addr);
    }

    private MemType MemTypeRest(AddrType addr)
    {
        var limits = LimitsOf();
        bool shared = IsWord(Word.Shared);
        if (shared && !_profile.Has(Features.Threads)) throw UnknownOperator();
        if (shared) _i++;
        return new MemType(addr, limits, shared, OptPageSize());
    }

    /// <summary><c>(pagesize n)</c>: the exponent of 2.</summary>
    private uint OptPageSize()
    {
        if (!TryOpen(Word.PageSize)) return 16;
        var token = Cur;
        ulong size = U64();
        if (!System.Numerics.BitOperations.IsPow2(size)) throw new MalformedException(RegionOf(token), "invalid custom page size");
        Expect(TokenKind.RParen);
        return (uint)System.Numerics.BitOperations.Log2(size);
    }

    private TableType TableTypeOf()
    {
        var addr = OptAddrType();
        var limits = LimitsOf();
        return new TableType(addr, limits, RefTypeOf());
    }

    // Function types and type uses

    /// <summary><c>(param ...)* (result ...)*</c>.</summary>
    /// <param name="locals">Binds named parameters, where names may stand; null where they may not.</param>
    /// <param name="names">Whether parameters may have names.</param>
    private FuncType FuncTypeOf(bool names, IndexSpace? locals = null)
    {
        if (!IsOpen(Word.Param) && !IsOpen(Word.Result)) return FuncType.Empty;
        _params.Clear();
        _results.Clear();
        while (TryOpen(Word.Param))
        {
            RenameNext(locals);
            if (names && Is(TokenKind.Id))
            {
                BindLocal(locals);
                _params.Add(ValTypeOf());
            }
            else
            {
                uint n = 0;
                for (; TryValType(out var type); n++) _params.Add(type);
                locals?.AddUnnamed(n);
            }
            Expect(TokenKind.RParen);
        }
        while (TryOpen(Word.Result))
        {
            while (TryValType(out var type)) _results.Add(type);
            Expect(TokenKind.RParen);
        }
        return new FuncType(_params.ToImmutable(), _results.ToImmutable());
    }

    private void BindLocal(IndexSpace? locals)
    {
        var token = Cur;
        _i++;
        if (locals is not null && !locals.Add(token.Value)) Defer(token, $"duplicate {locals.Category} {Print(token.Value)}");
    }

    private TypeUse TypeUseOf(bool names, IndexSpace? locals = null)
    {
        var at = Cur;
        uint? index = null;
        if (TryOpen(Word.Type))
        {
            at = Cur;
            index = Index(_typeSpace);
            Expect(TokenKind.RParen);
        }
        return new TypeUse(index, at, FuncTypeOf(names, locals));
    }

    /// <summary>The type index that a type use stands for; adds the type when there is none like it.</summary>
    private uint Resolve(in TypeUse use)
    {
        if (use.Index is not { } x) return ImplicitType(use.Inline, use.At);
        if (use.Inline.Params.IsEmpty && use.Inline.Results.IsEmpty) return x;
        if (FuncTypeAt(x, use.At) is { } type && !type.SameAs(use.Inline)) Defer(use.At, "inline function type does not match explicit type");
        return x;
    }

    private uint ImplicitType(FuncType type, in Token at)
    {
        if (_plainFuncTypes.TryGetValue(type, out uint x)) return x;
        x = _typeSpace.Count;
        _typeSpace.AddUnnamed(1);
        _subTypes.Add(new SubType(type));
        _fields.Add(null);
        _implicitTypes.Add(new RecType([new SubType(type)], RegionOf(at)));
        _plainFuncTypes.Add(type, x);
        return x;
    }

    /// <summary>The function type with an index; keeps an error when there is none.</summary>
    private FuncType? FuncTypeAt(uint x, in Token at)
    {
        if (x >= _subTypes.Count || _subTypes[(int)x] is not { } type)
            Defer(at, $"unknown type {x}");
        else if (type.Comp is FuncType func)
            return func;
        else
            Defer(at, $"non-function type {x}");
        return null;
    }

    // Definitions

    /// <summary><c>(type $id? subtype)</c> or <c>(rec (type ...)*)</c>; identifiers have been bound before.</summary>
    private void TypeField()
    {
        var at = At;
        Expect(TokenKind.LParen);
        if (!TryWord(Word.Rec))
        {
            AddGroup(new RecType([TypeDef()], at));
            return;
        }
        var group = ImmutableArray.CreateBuilder<SubType>();
        while (IsOpen(Word.Type))
        {
            _i++;
            group.Add(TypeDef());
        }
        Expect(TokenKind.RParen);
        AddGroup(new RecType(group.ToImmutable(), at));
    }

    /// <summary>A type alone is the abbreviation of a group of one, so a type use can stand for either.</summary>
    private void AddGroup(RecType group)
    {
        _recTypes.Add(group);
        if (group.SubTypes is [{ Final: true, Supers: [], Describes: null, Descriptor: null, Comp: FuncType func }])
            _plainFuncTypes.TryAdd(func, (uint)_nextType - 1);
    }

    /// <summary>The rest of <c>(type $id? subtype)</c> after the parenthesis.</summary>
    private SubType TypeDef()
    {
        Expect(Word.Type);
        _ = OptId();
        SubType type;
        if (TryOpen(Word.Sub))
        {
            bool final = TryWord(Word.Final);
            var supers = ImmutableArray.CreateBuilder<HeapType>();
            while (Is(TokenKind.Nat) || Is(TokenKind.Id))
                supers.Add(HeapType.Idx(Index(_typeSpace)));
            type = DescType(final, supers.ToImmutable());
            Expect(TokenKind.RParen);
        }
        else
        {
            type = DescType(true, []);
        }
        Expect(TokenKind.RParen);
        _subTypes[_nextType++] = type;
        return type;
    }

    /// <summary><c>(describes x)? (descriptor y)? comptype</c>.</summary>
    private SubType DescType(bool final, ImmutableArray<HeapType> supers)
    {
        var describes = OptClause(Word.Describes);
        var descriptor = OptClause(Word.Descriptor);
        return new SubType(final, supers, CompTypeOf(), describes, descriptor);
    }

    private HeapType? OptClause(Word word)
    {
        if (!TryOpen(word)) return null;
        var type = HeapType.Idx(Index(_typeSpace));
        Expect(TokenKind.RParen);
        return type;
    }

    private CompType CompTypeOf()
    {
        IndexSpace? fields = null;
        CompType comp;
        if (TryOpen(Word.Func)) comp = FuncTypeOf(names: true);
        else if (TryOpen(Word.Struct)) comp = StructTypeOf(out fields);
        else if (TryOpen(Word.Array)) comp = new ArrayType(FieldTypeOf());
        else if (TryOpen(Word.Cont)) comp = ContTypeOf();
        else throw UnexpectedOpen();
        Expect(TokenKind.RParen);
        _fields[_nextType] = fields;
        return comp;
    }

    private StructType StructTypeOf(out IndexSpace? names)
    {
        names = null;
        var fields = ImmutableArray.CreateBuilder<FieldType>();
        while (TryOpen(Word.Field))
        {
            string? name = TakeName(_i, "field");
            if (names is null && (name is not null || Is(TokenKind.Id)))
            {
                names = new IndexSpace("field");
                names.AddUnnamed((uint)fields.Count);
            }
            if (name is not null) names!.RenameNext(name);
            if (Is(TokenKind.Id))
            {
                BindLocal(names);
                fields.Add(FieldTypeOf());
            }
            else
            {
                uint n = 0;
                for (; !Is(TokenKind.RParen); n++) fields.Add(FieldTypeOf());
                names?.AddUnnamed(n);
            }
            Expect(TokenKind.RParen);
        }
        return new StructType(fields.ToImmutable());
    }

    /// <summary><c>cont x</c> or <c>cont typeuse</c>.</summary>
    private ContType ContTypeOf()
    {
        if (Is(TokenKind.Nat) || Is(TokenKind.Id)) return new ContType(HeapType.Idx(Index(_typeSpace)));
        var use = TypeUseOf(names: false);
        if (use.Index is not { } x) return new ContType(HeapType.Idx(Resolve(use)));
        // The type named may stand further on; what is written beside it can be checked when all types are there.
        _uncheckedUses.Add(use);
        return new ContType(HeapType.Idx(x));
    }
}
