using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>
/// The context <c>C</c> (3.1.1) as far as a module defines it: the index spaces, which grow in the order of validation, with closed types.
/// What is only of one function (locals, labels, results) is in <see cref="FuncValidator"/>.
/// </summary>
internal sealed class Context(Engine engine, Profile profile)
{
    private Dictionary<DefType, uint>? _indices;

    public Engine Engine { get; } = engine;
    public Profile Profile { get; } = profile;

    public List<DefType> Types { get; } = [];
    public List<DefType> Funcs { get; } = [];
    public List<TableType> Tables { get; } = [];
    public List<MemType> Mems { get; } = [];
    public List<GlobalType> Globals { get; } = [];
    public List<DefType> Tags { get; } = [];
    public List<RefType> Elems { get; } = [];
    public uint Datas { get; set; }

    /// <summary>For each function, whether its type is known exactly: it is defined here, or so imported (custom descriptors).</summary>
    public List<bool> ExactFuncs { get; } = [];

    /// <summary><c>C.refs</c>: the functions that occur outside function bodies.</summary>
    public HashSet<uint> Refs { get; } = [];

    public bool Has(Features feature) => Profile.Has(feature);

    public DefType Type(uint x, Region at) => x < Types.Count ? Types[(int)x] : throw Unknown("type", x, at);
    public DefType Func(uint x, Region at) => x < Funcs.Count ? Funcs[(int)x] : throw Unknown("function", x, at);
    public TableType Table(uint x, Region at) => x < Tables.Count ? Tables[(int)x] : throw Unknown("table", x, at);
    public MemType Mem(uint x, Region at) => x < Mems.Count ? Mems[(int)x] : throw Unknown("memory", x, at);
    public GlobalType Global(uint x, Region at) => x < Globals.Count ? Globals[(int)x] : throw Unknown("global", x, at);
    public DefType Tag(uint x, Region at) => x < Tags.Count ? Tags[(int)x] : throw Unknown("tag", x, at);
    public RefType Elem(uint x, Region at) => x < Elems.Count ? Elems[(int)x] : throw Unknown("elem segment", x, at);

    public void Data(uint x, Region at)
    {
        if (x >= Datas) throw Unknown("data segment", x, at);
    }

    public FuncType FuncType(uint x, Region at) =>
        Type(x, at).Expand as FuncType ?? throw new InvalidException(at, $"non-function type {x}");

    public StructType StructType(uint x, Region at) =>
        Type(x, at).Expand as StructType ?? throw new InvalidException(at, $"non-structure type {x}");

    public FieldType ArrayType(uint x, Region at) =>
        Type(x, at).Expand is ArrayType { Field: var field } ? field : throw new InvalidException(at, $"non-array type {x}");

    /// <summary>The function type of a continuation type.</summary>
    public FuncType ContType(uint x, Region at) =>
        Type(x, at).Expand is ContType cont ? FuncTypeOf(cont) : throw new InvalidException(at, $"non-continuation type {x}");

    public static FuncType FuncTypeOf(ContType cont) => (FuncType)cont.Func.Def!.Expand;

    // Heaptype_ok, Reftype_ok, Valtype_ok: type uses name a type; the result is closed.

    public HeapType Close(HeapType type, Region at) => type.Kind == HeapKind.TypeIdx ? HeapType.Of(Type(type.Index, at), type.Exact) : type;

    public RefType Close(RefType type, Region at) => new(type.Nullable, Close(type.Heap, at));

    public ValType Close(ValType type, Region at) => type.IsRef ? Close(type.Ref, at) : type;

    // Types in messages are written as in the module: defined types as their first index.

    public uint IndexOf(DefType type)
    {
        if (_indices is null || _indices.Count == 0)
        {
            _indices = [];
            for (int i = 0; i < Types.Count; i++)
                _indices.TryAdd(Types[i], (uint)i);
        }
        return _indices.TryGetValue(type, out uint x) ? x : uint.MaxValue;
    }

    public HeapType Open(HeapType type) => type.Kind == HeapKind.Def && IndexOf(type.Def!) is var x && x != uint.MaxValue ? HeapType.Idx(x, type.Exact) : type;

    public string Show(RefType type) => new RefType(type.Nullable, Open(type.Heap)).ToString();

    public string Show(ValType type) => type.IsRef ? Show(type.Ref) : type.ToString();

    public string Show(ImmutableArray<ValType> types) => Show(types.AsSpan());

    public string Show(ReadOnlySpan<ValType> types)
    {
        var text = new System.Text.StringBuilder("[");
        foreach (var type in types)
            text.Append(text.Length == 1 ? "" : " ").Append(Show(type));
        return text.Append(']').ToString();
    }

    public static InvalidException Unknown(string what, uint x, Region at) => new(at, $"unknown {what} {x}");
}
