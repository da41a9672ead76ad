using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Wasm.Execution;

/// <summary>Where a machine stands.</summary>
public enum MachineStatus : byte
{
    /// <summary>Can go on: not started, or out of its budget.</summary>
    Paused,
    /// <summary>Can go on, and will access a shared memory next (<see cref="StoreOptions.Scheduled"/>).</summary>
    AtSharedAccess,
    /// <summary>Waits on a shared memory (<see cref="StoreOptions.Scheduled"/>); goes on once notified or timed out.</summary>
    Blocked,
    /// <summary>Returned: <see cref="Machine.Results"/>.</summary>
    Done,
    /// <summary>Ended otherwise: <see cref="Machine.Failure"/>.</summary>
    Failed,
}

/// <summary>
/// One thread of execution: a stack of frames and operands that can be run in pieces. It belongs to its store's thread. Calls of wasm functions take
/// no CLR stack; only host functions that call back do.
/// </summary>
public abstract unsafe partial class Machine
{
    // The bottom of every stack, and the return of a host function that was called in tail position.
    private static readonly Code[] Stubs = MakeStubs();
    private protected static readonly Code* HaltCode = (Code*)Unsafe.AsPointer(ref Stubs[0]);
    private protected static readonly Code* ContReturnCode = HaltCode + 1;
    private protected static readonly Code* ReturnCode = HaltCode + 2;

    private readonly FuncInst _func;
    private readonly Val[] _args;
    private bool _started;

    /// <summary>The stack that runs; its parents are those that resumed it.</summary>
    private protected Stack _stack = null!;

    /// <summary>Why the machine ends, without a backtrace yet.</summary>
    private protected Exception? _failure;

    /// <summary>The steps granted by <see cref="Refill"/> and not yet taken; -1 when one was taken too many.</summary>
    private protected int _fuel;

    /// <summary>The steps of this run that were not granted yet.</summary>
    private long _budget;

    /// <summary>Why <see cref="Refill"/> granted nothing.</summary>
    private protected Exit _refused;

    /// <summary>With <see cref="Exit.GrowCells"/>: how many are needed.</summary>
    private protected int _needed;

    private protected Machine(Store store, FuncInst func, ReadOnlySpan<Val> args)
    {
        Store = store;
        _func = func;
        _args = args.ToArray();
    }

    public Store Store { get; }

    public MachineStatus Status { get; private set; }

    /// <summary>The results, when <see cref="MachineStatus.Done"/>.</summary>
    public Val[] Results { get; private set; } = [];

    /// <summary>
    /// When <see cref="MachineStatus.Failed"/>: <see cref="Trap"/>, <see cref="Thrown"/>, <see cref="Suspended"/>, <see cref="Exhaustion"/>, or a host
    /// function's own exception.
    /// </summary>
    public Exception? Failure { get; private set; }

    /// <summary>The results; throws <see cref="Failure"/> when there is one.</summary>
    /// <exception cref="InvalidOperationException">The machine has not ended.</exception>
    public Val[] Finish()
    {
        if (Failure is not null) ExceptionDispatchInfo.Throw(Failure);
        return Status == MachineStatus.Done ? Results : throw new InvalidOperationException($"the machine is {Status}");
    }

    /// <summary>Runs until the end, a scheduling point, or for <paramref name="budget"/> steps: one for each branch taken and each call.</summary>
    public MachineStatus Run(long budget = long.MaxValue)
    {
        if (Status is MachineStatus.Done or MachineStatus.Failed) return Status;
        if (Status == MachineStatus.Blocked && !EndWait())
        {
            if (!Store.Interrupted) return Status;
            TimeOut();    // so that no notification is spent on a machine that is not going to go on
            EndWait();
        }
        _budget = budget;
        if (!Store.EnterHost())
        {
            Exhaust(ExhaustionKind.CallStack);
            return Ended(MachineStatus.Failed);
        }
        try
        {
            if (Store.Interrupted)
            {
                Exhaust(ExhaustionKind.Interrupted);
                return Ended(MachineStatus.Failed);
            }
            if (!_started && !Begin()) return Ended(_failure is null ? MachineStatus.Done : MachineStatus.Failed);
            if (_fuel < 0)
            {
                // The step that went beyond the last budget.
                _fuel += Refill();
                if (_fuel < 0) return _refused == Exit.Paused ? Status = MachineStatus.Paused : Ended(MachineStatus.Failed);
            }
            return Loop();
        }
        finally
        {
            Store.LeaveHost();
            if (_fuel > 0)
            {
                Store.ReturnFuel(_fuel);
                _fuel = 0;
            }
        }
    }

    /// <summary>Sets up the first stack; false when it is over at once, as for a host function.</summary>
    private bool Begin()
    {
        _started = true;
        var types = _func.FuncType.Params;
        if (_func is not WasmFunc func)
        {
            Results = RunHost((HostFunc)_func, _args);
            return false;
        }
        var code = func.Code ?? CodeOf(func);
        if (code.Cells > Store.Options.MaxOperandSlots) return Exhaust(ExhaustionKind.OperandStack);
        if (Store.Frames >= Store.Options.MaxCallDepth) return Exhaust(ExhaustionKind.CallStack);
        _stack = new Stack(func, code.Entry, HaltCode, Math.Max(code.Cells, 64), Store.Frames, Store.Options.MaxCallDepth);
        fixed (ulong* cells = _stack.Cells)
            Cells.Write(_args, types, cells, ref _stack.FirstRef);
        return true;
    }

    private MachineStatus Loop()
    {
        while (true)
        {
            var stack = _stack;
            Exit exit;
            fixed (ulong* cells = stack.Cells)
            {
                _cells = cells;
                _end = cells + stack.Cells.Length;
                _frames = stack.Frames;
                _depth = stack.Depth;
                SwitchInstance(stack.Func.Module);
                exit = Enter();
            }
            switch (exit)
            {
                case Exit.Done:
                    fixed (ulong* cells = stack.Cells)
                        Results = Cells.Read(_func.FuncType.Results, cells, ref stack.FirstRef);
                    return Ended(MachineStatus.Done);
                case Exit.GrowCells:
                    if (stack.GrowCells(_needed, Store.Options.MaxOperandSlots)) break;
                    Exhaust(ExhaustionKind.OperandStack);
                    return Ended(MachineStatus.Failed);
                case Exit.Cont:
                    if (Continuation(stack)) break;
                    return Ended(MachineStatus.Failed);
                case Exit.ContReturn:
                    ReturnFromContinuation(stack);
                    break;
                case Exit.Switched:
                    break;
                case Exit.Paused:
                    return Status = MachineStatus.Paused;
                case Exit.AtSharedAccess:
                    return Status = MachineStatus.AtSharedAccess;
                case Exit.Blocked:
                    return Status = MachineStatus.Blocked;
                case Exit.Failed:
                    return Ended(MachineStatus.Failed);
                default:
                    throw new UnreachableException($"exit {(byte)exit}");
            }
        }
    }

    /// <summary>Runs the current stack, whose cells are pinned, until something outside the loop must be done.</summary>
    private protected abstract Exit Enter();

    // What the loop keeps in fields, while it runs, of the current stack and instance.

    private protected ulong* _cells;
    private protected ulong* _end;
    private protected Frame[] _frames = [];
    private protected int _depth;
    private protected ModuleInst _inst = null!;
    private protected byte* _mem;
    private protected ulong _memSize;

    /// <summary>Whether the next instruction was observed already, but could not run.</summary>
    private protected bool _again;

    private protected WasmFunc CurrentFunc => _frames[_depth].Func;

    private protected void SwitchInstance(ModuleInst inst)
    {
        _inst = inst;
        ReloadMemory();
    }

    /// <summary>Memory 0 may have moved or grown.</summary>
    private protected void ReloadMemory()
    {
        _mem = _inst.Mem0.Base;
        _memSize = _inst.Mem0.Bytes;
    }

    private protected bool GrowFrames()
    {
        if (!_stack.GrowFrames(Store.Options.MaxCallDepth)) return Exhaust(ExhaustionKind.CallStack);
        _frames = _stack.Frames;
        return true;
    }

    /// <summary>The loop is about to be left, or to call what looks at the stack.</summary>
    private protected void Save(Code* pc, ulong* s, int fuel)
    {
        _stack.Depth = _depth;
        _stack.Pc = pc;
        _stack.Base = (int)(s - _cells);
        _fuel = fuel;
    }

    /// <summary>After unwinding: whether the same stack goes on, so that the loop needs not be left.</summary>
    private protected bool Resumes()
    {
        if (_frames != _stack.Frames) return false;
        _depth = _stack.Depth;
        SwitchInstance(_stack.Func.Module);
        return true;
    }

    private MachineStatus Ended(MachineStatus status)
    {
        if (status == MachineStatus.Failed)
        {
            var frames = Backtrace();
            switch (_failure)
            {
                case Trap trap:
                    trap.Backtrace = trap.Backtrace.AddRange(frames);
                    break;
                case Thrown thrown:
                    thrown.Backtrace = thrown.Backtrace.IsEmpty ? frames : thrown.Backtrace;
                    break;
                case Exhaustion exhaustion:
                    exhaustion.Backtrace = exhaustion.Backtrace.AddRange(frames);
                    break;
                case Suspended suspended:
                    suspended.Backtrace = suspended.Backtrace.IsEmpty ? frames : suspended.Backtrace;
                    break;
                default:
                    HostException.Attach(_failure!, frames);
                    break;
            }
            Failure = _failure;
        }
        _stack = null!;
        return Status = status;
    }

    private protected bool Exhaust(ExhaustionKind kind)
    {
        _failure = new Exhaustion(kind);
        return false;
    }

    /// <summary>Grants steps; 0 when the fuel or the budget is used up or another thread interrupts.</summary>
    private protected int Refill()
    {
        // Few enough that an interruption is prompt, many enough to cost nothing.
        const int Slice = 1 << 14;
        if (Store.Interrupted)
        {
            Exhaust(ExhaustionKind.Interrupted);
            _refused = Exit.Failed;
            return 0;
        }
        if (_budget == 0)
        {
            _refused = Exit.Paused;
            return 0;
        }
        int steps = Store.TakeFuel((int)Math.Min(_budget, Slice));
        if (steps == 0)
        {
            Exhaust(ExhaustionKind.Fuel);
            _refused = Exit.Failed;
            return 0;
        }
        _budget -= steps;
        return steps;
    }

    // Backtraces

    private const int MostFrames = 64;

    /// <summary>The frames, innermost first; of very deep stacks the innermost 64.</summary>
    public ImmutableArray<WasmFrame> Backtrace()
    {
        var frames = ImmutableArray.CreateBuilder<WasmFrame>();
        for (var stack = _stack; stack is not null && frames.Count < MostFrames; stack = stack.Parent)
        {
            var pc = stack.Pc;
            for (int k = stack.Depth; k > 0 && frames.Count < MostFrames; k--)
            {
                frames.Add(FrameOf(stack.Frames[k].Func, pc));
                pc = stack.Frames[k].Pc - 1;
            }
        }
        return frames.ToImmutable();
    }

    private static WasmFrame FrameOf(WasmFunc func, Code* pc)
    {
        var code = func.Code!;
        int index = code.Source[code.IndexOf(pc)];
        var instr = code.Func.Body.Instrs[index];
        var names = func.Module.Names;
        long offset = instr.At.Offset;
        return new WasmFrame(names.Module, func.Index, names.Funcs.Find(func.Index), instr, index, offset < 0 ? -1 : offset - code.Func.At.Offset, offset);
    }

    private static Code[] MakeStubs()
    {
        var stubs = GC.AllocateUninitializedArray<Code>(3, pinned: true);
        stubs[0] = new Code(LOp.Halt);
        stubs[1] = new Code(LOp.ContReturn);
        stubs[2] = new Code(LOp.Return);
        return stubs;
    }

    private protected FuncCode CodeOf(WasmFunc func) => func.Code = Lowering.CodeOf(func.Module.Info, func.Index, Store.LoweringOptions);
}

/// <summary>A machine that an observer watches.</summary>
public sealed unsafe partial class Machine<TObserver> : Machine where TObserver : struct, IObserver
{
    private TObserver _observer;

    internal Machine(Store store, FuncInst func, ReadOnlySpan<Val> args, TObserver observer) : base(store, func, args) => _observer = observer;

    /// <summary>The observer, with what it has gathered.</summary>
    public ref TObserver Observer => ref _observer;

    private protected override Exit Enter() => Execute();

    private void Observe(Code* pc, ulong* s)
    {
        bool again = _again;
        _again = false;
        // The stubs at the bottom stand for no source.
        if (again || _depth == 0 || pc == ReturnCode) return;
        Save(pc, s, _fuel);
        var code = CurrentFunc.Code!;
        _observer.Before(new Step(this, _stack, code, code.IndexOf(pc)));
    }
}
