using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>
/// A valid module and its context <c>C</c> (3.1.1): every index space, imports first, with closed types (type uses are defined types).
/// What lowering, instantiation and the embedder need to know of types.
/// </summary>
public sealed class ModuleInfo
{
    public required Module Module { get; init; }
    public required Engine Engine { get; init; }
    public required Profile Profile { get; init; }

    public required ImmutableArray<DefType> Types { get; init; }
    public required ImmutableArray<DefType> Funcs { get; init; }
    public required ImmutableArray<TableType> Tables { get; init; }
    public required ImmutableArray<MemType> Mems { get; init; }
    public required ImmutableArray<GlobalType> Globals { get; init; }
    public required ImmutableArray<DefType> Tags { get; init; }
    public required ImmutableArray<RefType> Elems { get; init; }

    /// <summary>The types of the imports, closed, in order.</summary>
    public required ImmutableArray<ExternType> Imports { get; init; }

    /// <summary>The types of the exports, closed, in order.</summary>
    public required ImmutableArray<ExternType> Exports { get; init; }

    /// <summary>The lowered bodies, by lowering options and function; execution fills it.</summary>
    internal Execution.FuncCode?[]?[]? Lowered { get; set; }

    public FuncType FuncTypeOf(uint func) => (FuncType)Funcs[(int)func].Expand;

    /// <summary><c>clos</c>: the type with defined types for indices.</summary>
    public HeapType Close(HeapType type) => type.Kind == HeapKind.TypeIdx ? HeapType.Of(Types[(int)type.Index], type.Exact) : type;

    public RefType Close(RefType type) => new(type.Nullable, Close(type.Heap));

    public ValType Close(ValType type) => type.IsRef ? Close(type.Ref) : type;

    /// <summary>The function type of a block type, closed.</summary>
    public FuncType Close(BlockType type) =>
        type.IsIdx ? (FuncType)Types[(int)type.TypeIdx].Expand : type.IsResult ? new FuncType([], [Close(type.Result)]) : FuncType.Empty;
}
