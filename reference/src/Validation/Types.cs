using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>Validation of types (3.2).</summary>
internal static class Types
{
    // Implementation limits (appendix 7.2), those of the engines: what one instruction pops and pushes is bounded by them, so that the time
    // for a module is proportional to its size.
    private const int MaxParams = 1000;
    private const int MaxResults = 1000;

    // Type_ok, Rectype_ok: adds the group to the context.
    public static void RecType(Context c, RecType group)
    {
        uint start = (uint)c.Types.Count;
        Descriptors(group, start);
        foreach (var type in group.SubTypes)
            TypeUses(type, start + (uint)group.SubTypes.Length, group.At);
        c.Types.AddRange(c.Engine.Roll(group, start, c.Types));

        foreach (var type in group.SubTypes)
            SubType(c, type, group.At);
        for (int i = 0; i < group.SubTypes.Length; i++)
            Supers(c, group.SubTypes[i], start + (uint)i, group.At);
    }

    /// <summary>Describing and being described are mutual, within the group, and the described type comes first.</summary>
    private static void Descriptors(RecType group, uint start)
    {
        var types = group.SubTypes;
        for (int i = 0; i < types.Length; i++)
        {
            uint x = start + (uint)i;
            if (types[i].Describes is { } described)
            {
                if (!Within(described)) throw new InvalidException(group.At, "described type is outside rec group");
                if (types[(int)(described.Index - start)].Descriptor?.Index != x)
                    throw new InvalidException(group.At, "described type is not described by descriptor");
                if (described.Index >= x) throw new InvalidException(group.At, "forward use of described type");
            }
            if (types[i].Descriptor is { } descriptor)
            {
                if (!Within(descriptor)) throw new InvalidException(group.At, "descriptor type is outside rec group");
                if (types[(int)(descriptor.Index - start)].Describes?.Index != x)
                    throw new InvalidException(group.At, "type is not described by its descriptor");
            }
        }

        bool Within(HeapType use) => use.Index >= start && use.Index - start < types.Length;
    }

    /// <summary>Every type use names one of the first <paramref name="count"/> types. (The clauses of descriptors were seen to.)</summary>
    private static void TypeUses(SubType type, uint count, Region at)
    {
        foreach (var super in type.Supers)
            Use(super);
        switch (type.Comp)
        {
            case FuncType func:
                foreach (var t in func.Params) Val(t);
                foreach (var t in func.Results) Val(t);
                break;
            case StructType { Fields: var fields }:
                foreach (var field in fields) Val(field.Storage.Val);
                break;
            case ArrayType { Field: var field }:
                Val(field.Storage.Val);
                break;
            case ContType { Func: var use }:
                Use(use);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"composite type {type.Comp}");
        }

        void Val(ValType t)
        {
            if (t.IsRef) Use(t.Ref.Heap);
        }

        void Use(HeapType use)
        {
            if (use.Kind == HeapKind.TypeIdx && use.Index >= count) throw Context.Unknown("type", use.Index, at);
        }
    }

    // Subtype_ok, Comptype_ok: what the type uses require.
    private static void SubType(Context c, SubType type, Region at)
    {
        if (type.Comp is not StructType)
        {
            if (type.Descriptor is not null) throw new InvalidException(at, "descriptor type must be a struct");
            if (type.Describes is not null) throw new InvalidException(at, "described type must be a struct");
        }
        switch (type.Comp)
        {
            case FuncType func:
                if (func.Results.Length > 1 && !c.Has(Features.MultiValue))
                    throw new InvalidException(at, "invalid result arity, larger than 1 is not allowed without multi-value");
                if (func.Params.Length > MaxParams) throw new InvalidException(at, $"too many parameters, {MaxParams} are supported");
                if (func.Results.Length > MaxResults) throw new InvalidException(at, $"too many results, {MaxResults} are supported");
                break;
            // Comptype_ok/cont
            case ContType { Func: { Kind: HeapKind.TypeIdx, Index: var x } }:
                _ = c.FuncType(x, at);
                break;
            default:
                break;
        }
    }

    // Subtype_ok: the type matches its declared super type.
    private static void Supers(Context c, SubType type, uint x, Region at)
    {
        if (type.Supers.IsEmpty) return;
        if (type.Supers.Length > 1) throw new InvalidException(at, $"sub type {x} has more than one super type");
        uint y = type.Supers[0].Index;
        if (y >= x) throw new InvalidException(at, $"forward use of type {y} in sub type definition");
        DefType sub = c.Types[(int)x], super = c.Types[(int)y];
        if (super.Rolled.Final) throw new InvalidException(at, $"sub type {x} has final super type {y}");

        string mismatch = $"sub type {x} does not match super type {y}";
        // A type describes one exactly if its super type does, and then one that matches.
        if (sub.Describes is null != super.Describes is null) throw new InvalidException(at, mismatch);
        if (sub.Describes is { } described && !described.IsSubTypeOf(super.Describes!))
            throw new InvalidException(at, $"described type {type.Describes!.Value.Index} does not match {c.IndexOf(super.Describes!)}");
        // A type has a descriptor if its super type does, and then one that matches.
        if (super.Descriptor is { } expected)
        {
            if (sub.Descriptor is not { } descriptor) throw new InvalidException(at, mismatch);
            if (!descriptor.IsSubTypeOf(expected))
                throw new InvalidException(at, $"descriptor type {type.Descriptor!.Value.Index} does not match {c.IndexOf(expected)}");
        }
        if (!Matching.Match(sub.Expand, super.Expand)) throw new InvalidException(at, mismatch);
    }

    // Limits_ok
    private static void Limits(Limits limits, ulong range, Region at, string message)
    {
        if (limits.Min > range || limits.Max > range) throw new InvalidException(at, message);
        if (limits.Min > limits.Max) throw new InvalidException(at, "size minimum must not be greater than maximum");
    }

    // Memtype_ok
    public static void MemType(MemType type, Region at)
    {
        if (type.PageSizeLog2 is not (0 or 16)) throw new InvalidException(at, "invalid custom page size");
        // A memory may be as large as its addresses reach; sizes are themselves addresses, so of single bytes there is one less.
        var (range, words) = (type.Addr, type.PageSizeLog2) switch
        {
            (AddrType.I32, 16) => (1UL << 16, "65536 pages (4GiB)"),
            (AddrType.I32, _) => (uint.MaxValue, "2^32-1 bytes"),
            (AddrType.I64, 16) => (1UL << 48, "2^48 pages (256 TiB)"),
            _ => (ulong.MaxValue, "2^64-1 bytes"),
        };
        Limits(type.Limits, range, at, $"memory size must be at most {words}");
        if (type.Shared && type.Limits.Max is null) throw new InvalidException(at, "shared memory must have maximum");
    }

    // Tabletype_ok
    public static TableType TableType(Context c, TableType type, Region at)
    {
        var elem = c.Close(type.Elem, at);
        if (type.Addr == AddrType.I32) Limits(type.Limits, uint.MaxValue, at, "table size must be at most 2^32-1");
        else Limits(type.Limits, ulong.MaxValue, at, "table size must be at most 2^64-1");
        return type with { Elem = elem };
    }

    // Globaltype_ok
    public static GlobalType GlobalType(Context c, GlobalType type, Region at) => type with { Val = c.Close(type.Val, at) };

    // Tagtype_ok: results come with stack switching
    public static DefType TagType(Context c, uint x, Region at)
    {
        if (!c.FuncType(x, at).Results.IsEmpty && !c.Has(Features.StackSwitching)) throw new InvalidException(at, "non-empty tag result type");
        return c.Types[(int)x];
    }

    // Externtype_ok
    public static ExternType ExternType(Context c, ExternType type, Region at)
    {
        switch (type)
        {
            case ExternType.Func { Type: var use, Exact: var exact }:
                _ = c.FuncType(use.Index, at);
                return new ExternType.Func(c.Close(use, at), exact);
            case ExternType.Table { Type: var table }:
                return new ExternType.Table(TableType(c, table, at));
            case ExternType.Mem { Type: var mem }:
                MemType(mem, at);
                return type;
            case ExternType.Global { Type: var global }:
                return new ExternType.Global(GlobalType(c, global, at));
            case ExternType.Tag { Type: var use }:
                return new ExternType.Tag(HeapType.Of(TagType(c, use.Index, at)));
            default:
                throw new System.Diagnostics.UnreachableException($"extern type {type}");
        }
    }
}
