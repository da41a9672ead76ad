using System.Collections.Immutable;

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

/// <summary>One thread of execution: a stack of frames and operands that can be run in pieces. Belongs to its store's thread.</summary>
public abstract class Machine
{
    private protected Machine(Store store) => Store = store;

    public Store Store { get; }

    public MachineStatus Status { get; private protected set; }

    /// <summary>The results, when <see cref="MachineStatus.Done"/>.</summary>
    public Val[] Results { get; private protected set; } = [];

    /// <summary>
    /// When <see cref="MachineStatus.Failed"/>: <see cref="Trap"/>, <see cref="Thrown"/>, <see cref="Suspended"/>, <see cref="Exhaustion"/>, or a host
    /// function's own exception.
    /// </summary>
    public Exception? Failure { get; private protected set; }

    /// <summary>Runs until the end, a scheduling point, or for about <paramref name="budget"/> steps (taken branches and calls).</summary>
    public abstract MachineStatus Run(long budget = long.MaxValue);

    /// <summary>The results; throws <see cref="Failure"/> when there is one.</summary>
    /// <exception cref="InvalidOperationException">The machine has not ended.</exception>
    public Val[] Finish()
    {
        if (Failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(Failure);
        return Status == MachineStatus.Done ? Results : throw new InvalidOperationException($"the machine is {Status}");
    }

    /// <summary>When <see cref="MachineStatus.Blocked"/>: whether it was notified, so that <see cref="Run"/> goes on.</summary>
    public abstract bool WasNotified { get; }

    /// <summary>When <see cref="MachineStatus.Blocked"/>: the wait's timeout in nanoseconds; negative is forever.</summary>
    public long WaitTimeout { get; private protected set; } = -1;

    /// <summary>When <see cref="MachineStatus.Blocked"/>: ends the wait as timed out.</summary>
    public abstract void TimeOut();

    /// <summary>The frames, innermost first.</summary>
    public abstract ImmutableArray<WasmFrame> Backtrace();
}
