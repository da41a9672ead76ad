using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary><c>continst</c> of stack switching: a suspended computation that can be resumed once.</summary>
public sealed class ContInst
{
    internal ContInst(DefType type) => Type = type;

    public DefType Type { get; }
}
