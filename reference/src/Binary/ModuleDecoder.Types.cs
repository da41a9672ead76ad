using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Binary;

// Types (5.3).
internal ref partial struct ModuleDecoder
{
    private const byte ExactPrefix = 0x62;

    private const int PageSizeBits = 64;

    /// <summary><c>valtype</c>.</summary>
    /// <param name="malformed">What to say when it is none: that depends on what else the place allows.</param>
    private ValType ValType(string malformed = "malformed reference type")
    {
        switch (_in.Peek())
        {
            case 0x7F: _in.Pos++; return Syntax.ValType.I32;
            case 0x7E: _in.Pos++; return Syntax.ValType.I64;
            case 0x7D: _in.Pos++; return Syntax.ValType.F32;
            case 0x7C: _in.Pos++; return Syntax.ValType.F64;
            case 0x7B when Has(Features.Simd): _in.Pos++; return Syntax.ValType.V128;
            case 0x70 when !Has(Features.ReferenceTypes): throw _in.Error(_in.Pos, malformed);
            default: return RefType(malformed);
        }
    }

    /// <summary><c>reftype</c>.</summary>
    private RefType RefType(string malformed = "malformed reference type")
    {
        int at = _in.Pos;
        byte b = OneByteCode();
        if (b is 0x63 or 0x64 && Has(Features.FunctionReferences))
            return new RefType(b == 0x63, HeapType(malformed == "malformed reference type" ? "malformed heap type" : malformed));
        return AbsHeapType(b) is { } heap ? new RefType(true, heap) : throw _in.Error(at, malformed);
    }

    /// <summary><c>heaptype</c>.</summary>
    private HeapType HeapType(string malformed = "malformed heap type")
    {
        int at = _in.Pos;
        // Type indices are the non-negative s33; negative numbers of one byte are codes.
        if (_in.Peek() is >= 0x40 and < 0x80)
        {
            byte b = _in.Byte();
            if (b == ExactPrefix && Has(Features.CustomDescriptors)) return Syntax.HeapType.Idx(ExactIdx(malformed), exact: true);
            return AbsHeapType(b) ?? throw _in.Error(at, malformed);
        }
        if (!Has(Features.FunctionReferences)) throw _in.Error(at, "malformed reference type");
        return Syntax.HeapType.Idx(TypeIdx33());
    }

    /// <summary>
    /// A type index after the exactness prefix. It is a u32, so the prefix's own byte could be the index 98; it is a repeated prefix, which the
    /// suite wants refused here, unless the type section is long enough to define that many types, of two bytes or more each.
    /// </summary>
    private uint ExactIdx(string malformed)
    {
        if (_in.Peek() == ExactPrefix && _typeBytes <= 2 * ExactPrefix) throw _in.Error(_in.Pos, malformed);
        return _in.U32();
    }

    /// <summary>A non-negative s33. A negative one of several bytes is no code either: codes have one byte.</summary>
    private uint TypeIdx33()
    {
        int at = _in.Pos;
        long x = _in.S33();
        return x >= 0 ? (uint)x : throw _in.Error(at + 1, "integer representation too long");
    }

    /// <summary>An s7, as a byte below 0x80.</summary>
    private byte OneByteCode()
    {
        byte b = _in.Byte();
        return b < 0x80 ? b : throw _in.Error(_in.Pos, "integer representation too long");
    }

    private readonly HeapType? AbsHeapType(byte code)
    {
        var (kind, feature) = code switch
        {
            0x75 => (HeapKind.NoCont, Features.StackSwitching),
            0x74 => (HeapKind.NoExn, Features.Exceptions),
            0x73 => (HeapKind.NoFunc, Features.Gc),
            0x72 => (HeapKind.NoExtern, Features.Gc),
            0x71 => (HeapKind.None, Features.Gc),
            0x70 => (HeapKind.Func, Features.None),    // as the element type of tables, part of 1.0
            0x6F => (HeapKind.Extern, Features.ReferenceTypes),
            0x6E => (HeapKind.Any, Features.Gc),
            0x6D => (HeapKind.Eq, Features.Gc),
            0x6C => (HeapKind.I31, Features.Gc),
            0x6B => (HeapKind.Struct, Features.Gc),
            0x6A => (HeapKind.Array, Features.Gc),
            0x69 => (HeapKind.Exn, Features.Exceptions),
            0x68 => (HeapKind.Cont, Features.StackSwitching),
            _ => (HeapKind.Bot, Features.None),
        };
        return kind != HeapKind.Bot && Has(feature) ? new HeapType(kind) : null;
    }

    private ImmutableArray<ValType> ValTypeVec()
    {
        int n = _in.Len();
        var types = new VecBuilder<ValType>(n);
        for (int i = 0; i < n; i++) types.Add(ValType());
        return types.ToImmutable();
    }

    private bool Mutability()
    {
        byte b = _in.Byte();
        return b <= 1 ? b == 1 : throw _in.Error(_in.Pos - 1, "malformed mutability");
    }

    private StorageType StorageType()
    {
        if (_in.Take(0x78)) return Syntax.StorageType.I8;
        if (_in.Take(0x77)) return Syntax.StorageType.I16;
        return new StorageType(ValType("malformed storage type"));
    }

    private FieldType FieldType()
    {
        var storage = StorageType();
        return new FieldType(Mutability(), storage);
    }

    private StructType StructType()
    {
        int n = _in.Len();
        var fields = new VecBuilder<FieldType>(n);
        for (int i = 0; i < n; i++) fields.Add(FieldType());
        return new StructType(fields.ToImmutable());
    }

    private FuncType FuncType()
    {
        var parameters = ValTypeVec();
        return new FuncType(parameters, ValTypeVec());
    }

    private ContType ContType()
    {
        int at = _in.Pos;
        var func = HeapType();
        return !func.IsAbstract ? new ContType(func) : throw _in.Error(at, "malformed heap type");
    }

    private CompType CompType()
    {
        int at = _in.Pos;
        return OneByteCode() switch
        {
            0x60 => FuncType(),
            0x5F when Has(Features.Gc) => StructType(),
            0x5E when Has(Features.Gc) => new ArrayType(FieldType()),
            0x5D when Has(Features.StackSwitching) => ContType(),
            _ => throw _in.Error(at, "malformed definition type"),
        };
    }

    private SubType SubType()
    {
        bool final = true;
        ImmutableArray<HeapType> supers = [];
        if (Has(Features.Gc) && _in.Peek() is 0x50 or 0x4F)
        {
            final = _in.Byte() == 0x4F;
            int n = _in.Len();
            var uses = new VecBuilder<HeapType>(n);
            for (int i = 0; i < n; i++) uses.Add(Syntax.HeapType.Idx(_in.U32()));
            supers = uses.ToImmutable();
        }
        HeapType? describes = Has(Features.CustomDescriptors) && _in.Take(0x4C) ? Syntax.HeapType.Idx(_in.U32()) : null;
        HeapType? descriptor = Has(Features.CustomDescriptors) && _in.Take(0x4D) ? Syntax.HeapType.Idx(_in.U32()) : null;
        return new SubType(final, supers, CompType(), describes, descriptor);
    }

    private RecType RecType()
    {
        var at = _in.At(_in.Pos);
        if (!Has(Features.Gc) || !_in.Take(0x4E)) return new RecType([SubType()], at);
        int n = _in.Len();
        var types = new VecBuilder<SubType>(n);
        for (int i = 0; i < n; i++) types.Add(SubType());
        return new RecType(types.ToImmutable(), at);
    }

    /// <summary><c>limits</c> with what memory types put into the same flags.</summary>
    private MemType Limits(bool memory)
    {
        const byte max = 1, shared = 2, addr64 = 4, pageSize = 8;
        int at = _in.Pos;
        // Until something was added to it, the flag was an integer of one bit.
        byte flags = HasAny(Features.Memory64 | Features.Threads | Features.CustomPageSizes) ? _in.Byte() : (byte)_in.Unsigned(1);
        int allowed = max
            | (Has(Features.Memory64) ? addr64 : 0)
            | (memory && Has(Features.Threads) ? shared : 0)
            | (memory && Has(Features.CustomPageSizes) ? pageSize : 0);
        if ((flags & ~allowed) != 0) throw _in.Error(at, "malformed limits flags");
        ulong min = Bound();
        var limits = new Limits(min, (flags & max) != 0 ? Bound() : null);
        uint log2 = 16;
        if ((flags & pageSize) != 0)
        {
            at = _in.Pos;
            log2 = _in.U32();
            if (log2 >= PageSizeBits) throw _in.Error(at, "invalid custom page size");
        }
        return new MemType((flags & addr64) != 0 ? AddrType.I64 : AddrType.I32, limits, (flags & shared) != 0, log2);
    }

    private ulong Bound() => Has(Features.Memory64) ? _in.U64() : _in.U32();

    private MemType MemType() => Limits(memory: true);

    private TableType TableType()
    {
        var elem = RefType();
        var limits = Limits(memory: false);
        return new TableType(limits.Addr, limits.Limits, elem);
    }

    private GlobalType GlobalType()
    {
        var type = ValType();
        return new GlobalType(Mutability(), type);
    }

    private uint TagType()
    {
        _in.Zero();
        return _in.U32();
    }

    private ExternType ExternType()
    {
        int at = _in.Pos;
        return _in.Byte() switch
        {
            0x00 => new ExternType.Func(Syntax.HeapType.Idx(_in.U32())),
            0x01 => new ExternType.Table(TableType()),
            0x02 => new ExternType.Mem(MemType()),
            0x03 => new ExternType.Global(GlobalType()),
            0x04 when HasTags => new ExternType.Tag(Syntax.HeapType.Idx(TagType())),
            0x20 when Has(Features.CustomDescriptors) => new ExternType.Func(Syntax.HeapType.Idx(_in.U32()), Exact: true),
            _ => throw _in.Error(at, "malformed import kind"),
        };
    }
}
