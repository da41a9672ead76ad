namespace Wasm.Execution;

/// <summary>The threads that wait on the addresses of one shared memory; first come, first notified.</summary>
internal sealed class WaitQueue
{
    private readonly Dictionary<ulong, LinkedList<Waiter>> _waiting = [];

    /// <summary>Adds a waiter; the caller holds the lock on this queue, under which it compared the value.</summary>
    public Waiter Add(ulong address)
    {
        if (!_waiting.TryGetValue(address, out var list)) _waiting[address] = list = new LinkedList<Waiter>();
        var waiter = new Waiter(this, address);
        list.AddLast(waiter);
        return waiter;
    }

    /// <summary>Wakes up to <paramref name="count"/> waiters and returns how many.</summary>
    public uint Notify(ulong address, uint count)
    {
        lock (this)
        {
            if (!_waiting.TryGetValue(address, out var list)) return 0;
            uint woken = 0;
            while (woken < count && list.First is { } first)
            {
                list.RemoveFirst();
                first.Value.Notified = true;
                woken++;
            }
            if (list.Count == 0) _waiting.Remove(address);
            if (woken > 0) Monitor.PulseAll(this);
            return woken;
        }
    }

    /// <summary>Takes a waiter out that gave up; the caller holds the lock.</summary>
    public void Remove(Waiter waiter)
    {
        if (!_waiting.TryGetValue(waiter.Address, out var list)) return;
        list.Remove(waiter);
        if (list.Count == 0) _waiting.Remove(waiter.Address);
    }
}

/// <summary>One wait on an address of a shared memory.</summary>
internal sealed class Waiter(WaitQueue queue, ulong address)
{
    public WaitQueue Queue => queue;
    public ulong Address => address;

    /// <summary>Set under the queue's lock.</summary>
    public bool Notified { get; set; }
}
