using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>
/// Watches a machine. As a structure given to <see cref="Machine{TObserver}"/> it is compiled into the machine; the empty one leaves nothing behind.
/// </summary>
public interface IObserver
{
    /// <summary>Whether to be called at all; constant, so that the compiler removes the calls.</summary>
    static abstract bool IsActive { get; }

    /// <summary>A lowered instruction is about to run.</summary>
    void Before(in Step step);
}

/// <summary>Watches nothing.</summary>
public readonly struct NoObserver : IObserver
{
    public static bool IsActive => false;

    public void Before(in Step step) { }
}

/// <summary>A lowered instruction about to run.</summary>
public readonly ref struct Step
{
    private readonly Stack _stack;
    private readonly FuncCode _code;
    private readonly int _pc;

    internal Step(Machine machine, Stack stack, FuncCode code, int pc)
    {
        Machine = machine;
        _stack = stack;
        _code = code;
        _pc = pc;
    }

    public Machine Machine { get; }

    public WasmFunc Func => _stack.Func;

    /// <summary>The frames of the running stack and those below it.</summary>
    public int Depth => _stack.FramesBelow + _stack.Depth;

    /// <summary>The index in the body of the source instruction that this one was made for.</summary>
    public int SourceIndex => _code.Source[_pc];

    public Instr Source => Body[SourceIndex];

    /// <summary>The body that indices of source instructions count in.</summary>
    public ImmutableArray<Instr> Body => _code.Func.Body.Instrs;

    /// <summary>
    /// Every source instruction that this one stands for, by its index in the body: the main one, those that vanished into it, and structured ones
    /// without effect before it. Empty for code that only carries values to a label.
    /// </summary>
    public ReadOnlySpan<int> Sources => _code.SourcesOf(_pc);

    /// <summary>The operands of the source instruction; needs <see cref="StoreOptions.Unfused"/>, and is empty without.</summary>
    public Val[] Operands => _code.Shapes is { } shapes ? Read(shapes[SourceIndex].Operands) : [];

    /// <summary>
    /// The results of a source instruction of this function that this frame ran just before; needs <see cref="StoreOptions.Unfused"/>.
    /// </summary>
    public Val[] ResultsOf(int sourceIndex) => _code.Shapes is { } shapes ? Read(shapes[sourceIndex].Results) : [];

    private Val[] Read((int Cell, ValKind Kind)[] places)
    {
        var vals = new Val[places.Length];
        for (int i = 0; i < vals.Length; i++)
        {
            int cell = _stack.Base + places[i].Cell;
            vals[i] = places[i].Kind switch
            {
                ValKind.I32 => Val.I32((uint)_stack.Cells[cell]),
                ValKind.I64 => Val.I64(_stack.Cells[cell]),
                ValKind.F32 => Val.F32((uint)_stack.Cells[cell]),
                ValKind.F64 => Val.F64(_stack.Cells[cell]),
                ValKind.V128 => Val.V128(new V128(_stack.Cells[cell], _stack.Cells[cell + 1])),
                ValKind.Ref => Val.Reference(new RefType(true, HeapType.Any), _stack.Refs[cell]),
                ValKind.Bot or _ => throw new System.Diagnostics.UnreachableException("validated: no value has type bot"),
            };
        }
        return vals;
    }
}
