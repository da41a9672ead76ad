using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>
/// Canonicalizes types, so that equal types of all modules and stores of one engine are the same object. Thread-safe; holds types weakly,
/// so that any number of modules may come and go.
/// </summary>
public sealed class Engine
{
    /// <summary>
    /// <c>roll</c>: the defined types of a recursive group. Type uses must be closed but for <see cref="HeapKind.TypeIdx"/> from
    /// <paramref name="start"/> on, which name the group's own types, and those below it, which name <paramref name="types"/>.
    /// </summary>
    public ImmutableArray<DefType> Roll(RecType group, uint start, IReadOnlyList<DefType> types) => throw new NotImplementedException();

    /// <summary>The defined type of a function type by itself: final, in a group of one.</summary>
    public DefType Of(FuncType type) => throw new NotImplementedException();
}
