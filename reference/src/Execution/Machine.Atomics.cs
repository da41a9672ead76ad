using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wasm.Syntax;

#pragma warning disable IDE0010 // only the instructions of this family come here

namespace Wasm.Execution;

// Atomic instructions (threads). Operands and result are in consecutive cells.
public abstract unsafe partial class Machine
{
    private Waiter? _waiter;
    private int _waitCell;
    private bool _timedOut;

    /// <summary>When <see cref="MachineStatus.Blocked"/>: whether it was notified, so that <see cref="Run"/> goes on.</summary>
    public bool WasNotified => _waiter is { Notified: true };

    /// <summary>When <see cref="MachineStatus.Blocked"/>: the wait's timeout in nanoseconds; negative is forever.</summary>
    public long WaitTimeout { get; private set; }

    /// <summary>When <see cref="MachineStatus.Blocked"/>: ends the wait as timed out, unless it was notified.</summary>
    public void TimeOut()
    {
        if (_waiter is null) return;
        lock (_waiter.Queue)
        {
            if (_waiter.Notified) return;
            _waiter.Queue.Remove(_waiter);
            _timedOut = true;
        }
    }

    /// <summary>Gives a blocked wait its result, if it is over.</summary>
    private bool EndWait()
    {
        if (!WasNotified && !_timedOut) return false;
        _stack.Cells[_waitCell] = WasNotified ? 0UL : 2;
        _waiter = null;
        return true;
    }

    private protected Exit AtomicInstr(Code* i, ulong* s, ModuleInst inst)
    {
        var op = (Op)i->X;
        var mem = inst.Mems[i->B];
        ulong offset = i[1].Number, ea = s[0] + offset;
        int width = 1 << InstrTable.Of(op).NaturalAlign;
        if ((ea & (ulong)(width - 1)) != 0) return TrapOut(TrapKind.MemMisaligned);
        bool waits = op is Op.MemoryAtomicWait32 or Op.MemoryAtomicWait64;
        if (waits && mem.Waits is null) return TrapOut(TrapKind.AtomicWaitUnshared);
        if (ea < offset || !mem.TryBytes(ea, (ulong)width, out byte* p)) return TrapOut(TrapKind.MemOob);
        switch (op)
        {
            case Op.MemoryAtomicNotify:
                s[0] = mem.Waits?.Notify(ea, (uint)s[1]) ?? 0;
                break;
            case Op.MemoryAtomicWait32 or Op.MemoryAtomicWait64:
                return Wait(mem.Waits!, ea, p, width, s);
            case >= Op.I32AtomicLoad and <= Op.I64AtomicLoad32U:
                s[0] = Load(p, width);
                break;
            case >= Op.I32AtomicStore and <= Op.I64AtomicStore32:
                ReadModifyWrite(p, width, Modification.Xchg, s[1]);
                break;
            case >= Op.I32AtomicRmwAdd and <= Op.I64AtomicRmw32XchgU:
                s[0] = ReadModifyWrite(p, width, (Modification)((op - Op.I32AtomicRmwAdd) / 7), s[1]);
                break;
            case >= Op.I32AtomicRmwCmpxchg and <= Op.I64AtomicRmw32CmpxchgU:
                s[0] = CompareExchange(p, width, s[1], s[2]);
                break;
            default:
                throw new UnreachableException($"{op} is no atomic instruction");
        }
        return Exit.Done;
    }

    private Exit TrapOut(TrapKind kind)
    {
        TrapAs(kind);
        return Exit.Failed;
    }

    /// <summary>The modifications in the order of their opcodes, seven widths each.</summary>
    private enum Modification
    {
        Add,
        Sub,
        And,
        Or,
        Xor,
        Xchg,
    }

    private static ulong Load(byte* p, int width) => width switch
    {
        1 => Volatile.Read(ref *p),
        2 => Volatile.Read(ref *(ushort*)p),
        4 => Volatile.Read(ref *(uint*)p),
        _ => Volatile.Read(ref *(ulong*)p),
    };

    /// <summary>Compares the low bytes; returns what was there.</summary>
    private static ulong CompareExchange(byte* p, int width, ulong expected, ulong replacement) => width switch
    {
        1 => Interlocked.CompareExchange(ref *p, (byte)replacement, (byte)expected),
        2 => Interlocked.CompareExchange(ref *(ushort*)p, (ushort)replacement, (ushort)expected),
        4 => CompareExchange32((uint*)p, (uint)expected, (uint)replacement),
        _ => Interlocked.CompareExchange(ref *(ulong*)p, replacement, expected),
    };

    /// <summary>
    /// A call of its own: x64's instruction leaves the register with the expected value alone when it succeeds, and inlined into the switch the JIT takes
    /// that register for the result, zero-extended, though it still holds 64 bits. As an argument the value is moved there, and cut, first.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint CompareExchange32(uint* p, uint expected, uint replacement) => Interlocked.CompareExchange(ref *p, replacement, expected);

    private static ulong ReadModifyWrite(byte* p, int width, Modification modification, ulong operand)
    {
        ulong old = Load(p, width);
        while (true)
        {
            ulong modified = modification switch
            {
                Modification.Add => old + operand,
                Modification.Sub => old - operand,
                Modification.And => old & operand,
                Modification.Or => old | operand,
                Modification.Xor => old ^ operand,
                Modification.Xchg => operand,
                _ => throw new UnreachableException($"modification {modification}"),
            };
            ulong found = CompareExchange(p, width, old, modified);
            if (found == old) return old;
            old = found;
        }
    }

    /// <summary><c>memory.atomic.wait</c>: 0 when notified, 1 when the value is another, 2 when the time is over.</summary>
    private Exit Wait(WaitQueue queue, ulong address, byte* p, int width, ulong* s)
    {
        long timeout = (long)s[2];
        lock (queue)
        {
            if (Load(p, width) != (width == 4 ? (uint)s[1] : s[1]))
            {
                s[0] = 1;
                return Exit.Done;
            }
            if (timeout == 0)
            {
                s[0] = 2;
                return Exit.Done;
            }
            _waiter = queue.Add(address);
            if (Store.Options.Scheduled)
            {
                WaitTimeout = timeout;
                _timedOut = false;
                fixed (ulong* cells = _stack.Cells)
                    _waitCell = (int)(s - cells);
                return Exit.Blocked;
            }
            return Park(_waiter, timeout, s);
        }
    }

    /// <summary>Blocks the OS thread; the lock on the queue is held but while it sleeps.</summary>
    private Exit Park(Waiter waiter, long timeout, ulong* s)
    {
        const int Look = 10;    // milliseconds between looks for an interruption
        var clock = Stopwatch.StartNew();
        _waiter = null;
        while (!waiter.Notified)
        {
            double left = timeout < 0 ? double.MaxValue : timeout / 1e6 - clock.Elapsed.TotalMilliseconds;
            if (left <= 0 || Store.Interrupted)
            {
                waiter.Queue.Remove(waiter);
                s[0] = 2;
                if (!Store.Interrupted) return Exit.Done;
                Exhaust(ExhaustionKind.Interrupted);
                return Exit.Failed;
            }
            Monitor.Wait(waiter.Queue, (int)Math.Min(Look, Math.Ceiling(left)));
        }
        s[0] = 0;
        return Exit.Done;
    }
}
