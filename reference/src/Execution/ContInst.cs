using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>
/// <c>continst</c> of stack switching: a computation that can be resumed once. Either it has not begun, and is a function; or it is suspended, and is
/// a chain of stacks.
/// </summary>
public sealed class ContInst
{
    internal ContInst(DefType type, FuncInst func)
    {
        Type = type;
        Func = func;
    }

    internal ContInst(DefType type, Stack top, Stack bottom)
    {
        Type = type;
        Top = top;
        Bottom = bottom;
    }

    public DefType Type { get; }

    /// <summary>Whether it was resumed, bound or switched to already.</summary>
    public bool IsConsumed => Func is null && Top is null;

    /// <summary>The function, until there are stacks.</summary>
    internal FuncInst? Func { get; private set; }

    /// <summary>The stack that suspended.</summary>
    internal Stack? Top { get; private set; }

    /// <summary>The outermost stack, which the next <c>resume</c> links to its own; the same as <see cref="Top"/> unless resumes are nested in it.</summary>
    internal Stack? Bottom { get; private set; }

    internal void Begin(Stack stack)
    {
        Func = null;
        Top = Bottom = stack;
    }

    internal void Consume()
    {
        Func = null;
        Top = Bottom = null;
    }
}
