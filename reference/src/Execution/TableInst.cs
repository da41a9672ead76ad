using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary><c>tableinst</c>.</summary>
public sealed class TableInst : Extern
{
    private readonly ulong _limit;
    internal object?[] Elems;
    internal int Size;

    /// <exception cref="Exhaustion">The minimum exceeds <paramref name="limit"/>.</exception>
    internal TableInst(TableType type, object? init, ulong limit)
    {
        TableType = type;
        _limit = Math.Min(limit, (ulong)Array.MaxLength);
        if (type.Limits.Min > _limit) throw new Exhaustion(ExhaustionKind.Table);
        Size = (int)type.Limits.Min;
        Elems = Size == 0 ? [] : new object?[Size];
        if (init is not null) Elems.AsSpan().Fill(init);
    }

    /// <summary>The type as declared.</summary>
    public TableType TableType { get; }

    /// <inheritdoc/>
    public override ExternType Type => new ExternType.Table(TableType with { Limits = new Limits((ulong)Size, TableType.Limits.Max) });

    /// <summary>The number of elements the table may grow to: its maximum, the address type's and the store's limit.</summary>
    private ulong Most => Math.Min(_limit, Math.Min(TableType.Limits.Max ?? ulong.MaxValue, TableType.Addr == AddrType.I32 ? uint.MaxValue : ulong.MaxValue));

    /// <summary><c>growtable</c>. Returns the old size, or -1 when the table cannot grow.</summary>
    internal long Grow(ulong n, object? init)
    {
        int old = Size;
        if (n > Most || (ulong)old > Most - n) return -1;
        int size = old + (int)n;
        if (size > Elems.Length)
            Array.Resize(ref Elems, (int)Math.Min(Most, (ulong)Math.Max(size, Math.Min(Elems.Length * 2L, Array.MaxLength))));
        if (init is not null) Elems.AsSpan(old, (int)n).Fill(init);
        Size = size;
        return old;
    }

    /// <summary><c>table_size</c>, in elements.</summary>
    public int Length => Size;

    /// <summary><c>table_read</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public Val Read(ulong i)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, (ulong)Size);
        return Val.Reference(TableType.Elem, Elems[i]);
    }

    /// <summary><c>table_write</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ArgumentException">The value is not of the element type.</exception>
    public void Write(ulong i, Val value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, (ulong)Size);
        RefTypes.Check(value, TableType.Elem);
        Elems[i] = value.Ref;
    }

    /// <summary><c>table_grow</c> by <paramref name="n"/> elements.</summary>
    /// <returns>Whether it grew.</returns>
    /// <exception cref="ArgumentException">The value is not of the element type.</exception>
    public bool TryGrow(ulong n, Val init)
    {
        RefTypes.Check(init, TableType.Elem);
        return Grow(n, init.Ref) >= 0;
    }

    internal Span<object?> Span => Elems.AsSpan(0, Size);
}
