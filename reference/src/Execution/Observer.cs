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
