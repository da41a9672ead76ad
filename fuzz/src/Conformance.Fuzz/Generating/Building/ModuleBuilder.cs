using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Building;

/// <summary>Puts a module together; every method adds a definition and returns its index. Imports of functions must come before functions.</summary>
internal sealed class ModuleBuilder
{
    private readonly List<RecType> _types = [];
    private readonly List<(FuncType Type, uint Index)> _funcTypes = [];
    private readonly List<Import> _imports = [];
    private readonly List<Func?> _funcs = [];
    private readonly List<Table> _tables = [];
    private readonly List<Memory> _mems = [];
    private readonly List<Tag> _tags = [];
    private readonly List<Global> _globals = [];
    private readonly List<Export> _exports = [];
    private readonly List<Elem> _elems = [];
    private readonly List<Data> _datas = [];
    private readonly List<uint> _referred = [];
    private uint _typeCount;

    /// <summary>The type index of a function type; equal ones are one.</summary>
    public uint FuncType(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        foreach (var (type, index) in _funcTypes)
            if (type.Params.AsSpan().SequenceEqual(parameters) && type.Results.AsSpan().SequenceEqual(results)) return index;
        var made = new FuncType([.. parameters], [.. results]);
        uint x = Type(new SubType(made));
        _funcTypes.Add((made, x));
        return x;
    }

    /// <summary>A type in a group of its own.</summary>
    public uint Type(SubType type)
    {
        _types.Add(new RecType([type]));
        return _typeCount++;
    }

    /// <summary>A recursive group; the first one's index.</summary>
    public uint Rec(params ImmutableArray<SubType> types)
    {
        _types.Add(new RecType(types));
        _typeCount += (uint)types.Length;
        return _typeCount - (uint)types.Length;
    }

    /// <summary>The index that the next type gets.</summary>
    public uint NextType => _typeCount;

    public uint ImportFunc(string module, string name, uint type)
    {
        _imports.Add(new Import(module, name, new ExternType.Func(HeapType.Idx(type))));
        return (uint)_imports.Count - 1;
    }

    public uint Func(uint type, Body body) => Add(_funcs, body.ToFunc(type)) + (uint)_imports.Count;

    /// <summary>A function whose body comes later.</summary>
    public uint Declare() => Add(_funcs, null) + (uint)_imports.Count;

    public void Define(uint f, uint type, Body body) => _funcs[(int)f - _imports.Count] = body.ToFunc(type);

    public uint Table(TableType type, Expr? init = null) => Add(_tables, new Table(type, init));

    public uint Memory(MemType type) => Add(_mems, new Memory(type));

    public uint Tag(uint type) => Add(_tags, new Tag(type));

    public uint Global(ValType type, Expr init, bool mutable = true) => Add(_globals, new Global(new GlobalType(mutable, type), init));

    /// <summary>A mutable global of a number or vector type, at first 0.</summary>
    public uint Global(ValType type) => Global(type, new Body(0).Const(type.Kind, default).ToExpr());

    public uint Elem(Elem elem) => Add(_elems, elem);

    public uint Data(byte[] bytes, SegmentMode? mode = null) =>
        Add(_datas, new Data(System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(bytes), mode ?? SegmentMode.Passive.Instance));

    /// <summary>A data segment that instantiation copies to a place of a memory.</summary>
    public uint Data(byte[] bytes, uint mem, AddrType addr, ulong offset) =>
        Data(bytes, new SegmentMode.Active(mem, new Body(0).Addr(addr, offset).ToExpr()));

    /// <summary>Lets <c>ref.func</c> name a function.</summary>
    public void Refer(uint f) => _referred.Add(f);

    public void Export(string name, ExternKind kind, uint index) => _exports.Add(new Export(name, kind, index));

    public Module Build()
    {
        if (_referred.Count > 0)
            _elems.Add(new Elem(RefType.Func, [.. _referred.Select(f => new Body(0).X(Op.RefFunc, f).ToExpr())], SegmentMode.Declarative.Instance));
        var funcs = ImmutableArray.CreateBuilder<Func>(_funcs.Count);
        foreach (var func in _funcs) funcs.Add(func ?? throw new InvalidOperationException("a function has no body"));
        return new Module
        {
            Types = [.. _types],
            Imports = [.. _imports],
            Funcs = funcs.MoveToImmutable(),
            Tables = [.. _tables],
            Mems = [.. _mems],
            Tags = [.. _tags],
            Globals = [.. _globals],
            Exports = [.. _exports],
            Elems = [.. _elems],
            Datas = [.. _datas],
        };
    }

    private static uint Add<T>(List<T> list, T item)
    {
        list.Add(item);
        return (uint)list.Count - 1;
    }
}
