using System.Collections.Immutable;

namespace Wasm.Syntax;

/// <summary>
/// <c>deftype</c>: one type of a rolled recursive group (2.3.13). Canonicalized per <c>Engine</c>, so that type equality, which is iso-recursive,
/// is equality of references. Only the engine makes them.
/// </summary>
public sealed class DefType
{
    private readonly DefType[] _group;    // keeps the whole group alive, so that a group is interned or collected as one
    private DefType _jump;                // a proper super type further up, or this type itself at the root

    internal DefType(int index, DefType[] group, SubType rolled)
    {
        Index = index;
        _group = group;
        _jump = this;
        Rolled = rolled;
    }

    /// <summary>The position in its recursive group.</summary>
    public int Index { get; }

    /// <summary>The number of types in its recursive group.</summary>
    public int GroupSize => _group.Length;

    /// <summary>The recursive group it is of.</summary>
    public ImmutableArray<DefType> Group => System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(_group);

    /// <summary>The definition with <c>rec.i</c> for the types of its own group and defined types for all others.</summary>
    public SubType Rolled { get; }

    /// <summary><c>unroll</c>: the definition with defined types throughout.</summary>
    public SubType Unrolled { get; internal set; } = null!;

    /// <summary><c>expand</c>: its composite type, with defined types throughout.</summary>
    public CompType Expand => Unrolled.Comp;

    /// <summary>The declared super type, if any.</summary>
    public DefType? Super { get; private set; }

    /// <summary>The number of proper super types.</summary>
    public int Depth { get; private set; }

    /// <summary>The described type, or null (custom descriptors).</summary>
    public DefType? Describes { get; internal set; }

    /// <summary>The descriptor type, or null (custom descriptors).</summary>
    public DefType? Descriptor { get; internal set; }

    /// <summary>What execution computes once from the type: the layout of a structure.</summary>
    internal object? Layout { get; set; }

    /// <summary>Declares the super type, whose own is known already.</summary>
    internal void SetSuper(DefType super)
    {
        Super = super;
        Depth = super.Depth + 1;
        // Jumps of equal length are joined to one of double length: the digits of a skew binary number. So a chain of any length costs one
        // reference a type, and is searched in logarithmic time.
        var far = super._jump;
        _jump = super.Depth - far.Depth == far.Depth - far._jump.Depth ? far._jump : super;
    }

    /// <summary>Whether this type is <paramref name="other"/> or declared below it.</summary>
    public bool IsSubTypeOf(DefType other)
    {
        var type = this;
        while (type.Depth > other.Depth)
            type = type._jump.Depth >= other.Depth ? type._jump : type.Super!;
        return ReferenceEquals(type, other);
    }

    /// <summary>The composite type, with the defined types that it mentions in short, since they may be arbitrarily deep.</summary>
    public override string ToString() => GroupSize == 1 ? Rolled.Comp.ToString()! : $"(rec.{Index} {Rolled.Comp})";
}
