using System.Collections.Immutable;

namespace Wasm.Syntax;

/// <summary>
/// <c>deftype</c>: one type of a rolled recursive group (2.3.13). Canonicalized per <c>Engine</c>, so that type equality, which is iso-recursive,
/// is equality of references. Only the engine makes them.
/// </summary>
public sealed class DefType
{
    internal DefType(int index, int groupSize, SubType rolled)
    {
        Index = index;
        GroupSize = groupSize;
        Rolled = rolled;
    }

    /// <summary>The position in its recursive group.</summary>
    public int Index { get; }

    /// <summary>The number of types in its recursive group.</summary>
    public int GroupSize { get; }

    /// <summary>The definition with <c>rec.i</c> for the types of its own group and defined types for all others.</summary>
    public SubType Rolled { get; }

    /// <summary><c>unroll</c>: the definition with defined types throughout.</summary>
    public SubType Unrolled { get; internal set; } = null!;

    /// <summary><c>expand</c>: its composite type, with defined types throughout.</summary>
    public CompType Expand => Unrolled.Comp;

    /// <summary>The declared super type, if any.</summary>
    public DefType? Super { get; internal set; }

    /// <summary>All super types from the root down to this type itself: <c>Supers[Depth] == this</c>. Matching is one comparison.</summary>
    public ImmutableArray<DefType> Supers { get; internal set; }

    /// <summary>The number of proper super types.</summary>
    public int Depth => Supers.Length - 1;

    /// <summary>The described type, or null (custom descriptors).</summary>
    public DefType? Describes { get; internal set; }

    /// <summary>The descriptor type, or null (custom descriptors).</summary>
    public DefType? Descriptor { get; internal set; }

    /// <summary>Whether this type is <paramref name="other"/> or declared below it.</summary>
    public bool IsSubTypeOf(DefType other) => ReferenceEquals(this, other) || (other.Depth < Supers.Length && ReferenceEquals(Supers[other.Depth], other));

    public override string ToString() => GroupSize == 1 ? Rolled.Comp.ToString()! : $"(rec.{Index} {Rolled.Comp})";
}
