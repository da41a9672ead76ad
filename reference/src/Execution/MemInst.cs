using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>
/// <c>meminst</c>. A shared memory may be used from stores in several threads; all others belong to one store. Sizes are in pages of the memory's
/// page size, addresses in bytes.
/// </summary>
public sealed unsafe class MemInst : Extern
{
    /// <summary>Stands for memory 0 of an instance that has none.</summary>
    internal static readonly MemInst Empty = new(new MemType(AddrType.I32, new Limits(0, 0)), 0);

    private readonly LinearMemory _memory;
    private readonly ulong _most;    // bytes

    /// <summary>The first byte, and the size in bytes: what every access is checked against.</summary>
    internal byte* Base;
    internal ulong Bytes;

    /// <exception cref="Exhaustion">The minimum exceeds the limit, or the system's addresses.</exception>
    internal MemInst(MemType type, ulong limit)
    {
        MemType = type;
        _most = Math.Min(Math.Min(limit, long.MaxValue), BytesOf(Math.Min(type.Limits.Max ?? ulong.MaxValue, MostPages)));
        ulong bytes = BytesOf(type.Limits.Min);
        if (bytes > _most) throw new Exhaustion(ExhaustionKind.Memory);
        // A shared memory grows without moving, so its whole range is reserved; others may move, so they start small.
        _memory = LinearMemory.Reserve(type.Shared ? _most : bytes) ?? throw new Exhaustion(ExhaustionKind.Memory);
        Base = _memory.Base;
        Bytes = bytes;
        if (type.Shared) Waits = new WaitQueue();
    }

    /// <summary>The type as declared.</summary>
    public MemType MemType { get; }

    /// <inheritdoc/>
    public override ExternType Type => new ExternType.Mem(MemType with { Limits = new Limits(Pages, MemType.Limits.Max) });

    /// <summary><c>mem_size</c>, in pages.</summary>
    public ulong Pages => Volatile.Read(ref Bytes) >> (int)MemType.PageSizeLog2;

    /// <summary>The threads that wait on this memory, when it is shared.</summary>
    internal WaitQueue? Waits { get; }

    private ulong MostPages => MemType.Addr == AddrType.I32 ? 1UL << (32 - (int)MemType.PageSizeLog2) : ulong.MaxValue;

    private ulong BytesOf(ulong pages) => pages > ulong.MaxValue >> (int)MemType.PageSizeLog2 ? ulong.MaxValue : pages << (int)MemType.PageSizeLog2;

    /// <summary><c>growmem</c>. Returns the old size in pages, or -1 when the memory cannot grow.</summary>
    internal long Grow(ulong pages)
    {
        if (Waits is null) return GrowOwned(pages);
        lock (Waits) return GrowOwned(pages);
    }

    /// <summary><c>mem_grow</c>.</summary>
    /// <returns>Whether it grew.</returns>
    public bool TryGrow(ulong pages) => Grow(pages) >= 0;

    private long GrowOwned(ulong pages)
    {
        ulong old = Pages;
        ulong more = BytesOf(pages);
        if (more > _most || Bytes > _most - more) return -1;
        ulong bytes = Bytes + more;
        if (bytes > _memory.Reserved && !_memory.Extend(Math.Min(_most, Math.Max(bytes, _memory.Reserved * 2))) && !_memory.Extend(bytes)) return -1;
        Base = _memory.Base;
        Volatile.Write(ref Bytes, bytes);
        return (long)old;
    }

    /// <summary>Bytes <paramref name="at"/> to <paramref name="at"/> + <paramref name="n"/>; false when they are not all inside.</summary>
    internal bool TryBytes(ulong at, ulong n, out byte* start)
    {
        ulong size = Volatile.Read(ref Bytes);
        bool inside = n <= size && at <= size - n;
        start = inside ? Base + at : null;
        return inside;
    }

    /// <summary>Copies out, for the embedder.</summary>
    /// <returns>Whether all of it is inside the memory; nothing is copied when not.</returns>
    public bool TryRead(ulong at, Span<byte> destination)
    {
        if (!TryBytes(at, (ulong)destination.Length, out byte* start)) return false;
        new ReadOnlySpan<byte>(start, destination.Length).CopyTo(destination);
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Copies in, for the embedder.</summary>
    /// <returns>Whether all of it is inside the memory; nothing is written when not.</returns>
    public bool TryWrite(ulong at, ReadOnlySpan<byte> source)
    {
        if (!TryBytes(at, (ulong)source.Length, out byte* start)) return false;
        source.CopyTo(new Span<byte>(start, source.Length));
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Gives the bytes back now; the memory then has size 0.</summary>
    internal void Release()
    {
        Bytes = 0;
        Base = null;
        _memory.Dispose();
    }
}
