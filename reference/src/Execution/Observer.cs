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
public readonly unsafe ref struct Step
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

    /// <summary>The frames on the stack, this one included.</summary>
    public int Depth => _stack.Depth;

    /// <summary>The index in the body of the instruction that this one was made for.</summary>
    public int SourceIndex => _code.Source[_pc];

    public Instr Source => _code.Func.Body.Instrs[SourceIndex];

    /// <summary>Whether this is the first lowered instruction of its source instruction.</summary>
    public bool IsFirst => _pc == 0 || _code.Source[_pc - 1] != _code.Source[_pc];

    /// <summary>The operands of the source instruction, the upper sixteen at most; empty unless the store is <see cref="StoreOptions.Unfused"/>.</summary>
    public Val[] Operands => Values(_code.InstrCells?[SourceIndex].Operands);

    /// <summary>What stands where a source instruction of this frame put its results.</summary>
    /// <param name="source">The index in the body of an instruction that this frame ran before.</param>
    public Val[] ResultsOf(int source) => Values(_code.InstrCells?[source].Results);

    private Val[] Values((int Cell, ValKind Kind)[]? places)
    {
        if (places is null) return [];
        var values = new Val[places.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int cell = _stack.Base + places[i].Cell;
            values[i] = places[i].Kind switch
            {
                ValKind.I32 => Val.I32((uint)_stack.Cells[cell]),
                ValKind.I64 => Val.I64(_stack.Cells[cell]),
                ValKind.F32 => Val.F32((uint)_stack.Cells[cell]),
                ValKind.F64 => Val.F64(_stack.Cells[cell]),
                ValKind.V128 => Val.V128(new V128(_stack.Cells[cell], _stack.Cells[cell + 1])),
                // Of which type the reference is known to be is no longer there.
                ValKind.Ref => Val.Of(ValType.RefNull(HeapType.Any), default, _stack.Refs[cell]),
                ValKind.Bot => default,
                _ => throw new System.Diagnostics.UnreachableException($"value kind {(byte)places[i].Kind}"),
            };
        }
        return values;
    }

    /// <summary>Every source instruction that this one stands for, by its index in the body: the main one and those that vanished into it.</summary>
    public IEnumerable<int> Sources
    {
        get
        {
            var owner = _code.Owner;
            int pc = _pc;
            return Enumerable.Range(0, owner.Length).Where(source => owner[source] == pc);
        }
    }
}
