using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Judging;

/// <summary>The shapes that a script writes vectors in.</summary>
public enum LaneShape
{
    I8x16,
    I16x8,
    I32x4,
    I64x2,
    F32x4,
    F64x2,
}

/// <summary>The two classes of NaN that a pattern can ask for; any sign.</summary>
public enum NanClass
{
    /// <summary>The payload is the most significant bit alone.</summary>
    Canonical,

    /// <summary>The payload's most significant bit is set.</summary>
    Arithmetic,
}

/// <summary>What a lane must be: these bits, or a NaN of a class.</summary>
public readonly record struct LanePattern(ulong Bits, NanClass? Nan = null)
{
    public static LanePattern Canonical => new(0, NanClass.Canonical);

    public static LanePattern Arithmetic => new(0, NanClass.Arithmetic);
}

/// <summary>Whether a value matches a pattern; <see cref="Untold"/> when the runtime does not tell enough of it.</summary>
public enum Match
{
    No,
    Untold,
    Yes,
}

/// <summary>What one result of an action must be.</summary>
public abstract record Pattern
{
    private Pattern() { }

    /// <summary>Whether the value matches.</summary>
    public abstract Match Matches(Value value, ReferenceRule rule);

    /// <summary>As in a script, with bits.</summary>
    public abstract override string ToString();

    /// <summary>A number, or a reference of the host by its number: the same type and the same bits.</summary>
    public sealed record Exactly(Value Value) : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule) =>
            value.Kind != Value.Kind ? Match.No
            : Value.Kind != ValKind.Ref ? Is(value.Lo == Value.Lo && value.Hi == Value.Hi)
            : value.Ref == RefKind.Other ? Match.Untold
            : Is(value.Ref == Value.Ref && value.Number == Value.Number);

        public override string ToString() => Value.ToString();
    }

    /// <summary>A NaN of a class; of the given type, or of either float type (the commands of 1.0).</summary>
    public sealed record Nan(NanClass Class, ValKind? Kind) : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule) =>
            Is((Kind is null || value.Kind == Kind) && value.Kind switch
            {
                ValKind.F32 => Judge.IsNan32((uint)value.Lo, Class),
                ValKind.F64 => Judge.IsNan64(value.Lo, Class),
                ValKind.Bot or ValKind.I32 or ValKind.I64 or ValKind.V128 or ValKind.Ref or _ => false,
            });

        public override string ToString() => $"{(Kind is { } kind ? kind == ValKind.F32 ? "f32 " : "f64 " : "")}{(Class == NanClass.Canonical ? "nan:canonical" : "nan:arithmetic")}";
    }

    /// <summary>A vector, lane by lane.</summary>
    public sealed record Vector(LaneShape Shape, ImmutableArray<LanePattern> Lanes) : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule)
        {
            if (value.Kind != ValKind.V128) return Match.No;
            for (int i = 0; i < Lanes.Length; i++)
                if (!LaneMatches(value, i)) return Match.No;
            return Match.Yes;
        }

        public bool LaneMatches(Value value, int lane) => LaneText.Matches(Shape, Lanes[lane], LaneText.Lane(value, Shape, lane));

        public bool Equals(Vector? other) => other is not null && Shape == other.Shape && Lanes.AsSpan().SequenceEqual(other.Lanes.AsSpan());

        public override int GetHashCode() => HashCode.Combine(Shape, Lanes.Length);

        public override string ToString() => LaneText.Pattern(this);
    }

    /// <summary><c>(ref.null)</c> or <c>(ref.null t)</c>.</summary>
    public sealed record Null(HeapType? Type) : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule)
        {
            if (value.Kind != ValKind.Ref) return Match.No;
            if (value.Ref != RefKind.Null) return Match.No;
            if (rule == ReferenceRule.Reference || Type is not { } type) return Match.Yes;
            return value.NullType is { } actual ? Is(Top(type) == Top(actual)) : Match.Untold;
        }

        public override string ToString() => Type is { } type ? $"(ref.null {type})" : "(ref.null)";
    }

    /// <summary><c>(ref)</c>: any reference but a function.</summary>
    public sealed record AnyRef : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule) => value.Kind != ValKind.Ref || value.Ref == RefKind.Func ? Match.No
            : Is(rule == ReferenceRule.Reference || value.Ref != RefKind.Null);

        public override string ToString() => "(ref)";
    }

    /// <summary><c>(ref.eq)</c>: an i31, a structure or an array.</summary>
    public sealed record EqRef : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule) => value.Kind != ValKind.Ref ? Match.No
            : value.Ref == RefKind.Other ? Match.Untold
            : Is(value.Ref is RefKind.I31 or RefKind.Struct or RefKind.Array);

        public override string ToString() => "(ref.eq)";
    }

    /// <summary>A reference of one kind, such as <c>(ref.func)</c>. <c>(ref.extern)</c> is any reference at all for the specification's own interpreter.</summary>
    public sealed record OfKind(RefKind Kind) : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule)
        {
            if (value.Kind != ValKind.Ref) return Match.No;
            if (Kind == RefKind.Extern && rule == ReferenceRule.Reference) return Match.Yes;
            return value.Ref == RefKind.Other ? Match.Untold : Is(value.Ref == Kind);
        }

        public override string ToString() => Value.Reference(Kind).ToString();
    }

    /// <summary><c>(either …)</c>: one of the alternatives, as a whole.</summary>
    public sealed record Either(ImmutableArray<Pattern> Alternatives) : Pattern
    {
        public override Match Matches(Value value, ReferenceRule rule)
        {
            var best = Match.No;
            foreach (var alternative in Alternatives)
                if (alternative.Matches(value, rule) is var match && match > best) best = match;
            return best;
        }

        public bool Equals(Either? other) => other is not null && Alternatives.AsSpan().SequenceEqual(other.Alternatives.AsSpan());

        public override int GetHashCode() => Alternatives.Length;

        public override string ToString() => $"either {string.Join(" or ", Alternatives)}";
    }

    private static Match Is(bool matches) => matches ? Match.Yes : Match.No;

    /// <summary>The top of an abstract heap type's hierarchy; a defined type stands for itself, which only its own null has.</summary>
    private static HeapKind Top(HeapType type) => type.Kind switch
    {
        HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None => HeapKind.Any,
        HeapKind.Func or HeapKind.NoFunc => HeapKind.Func,
        HeapKind.Exn or HeapKind.NoExn => HeapKind.Exn,
        HeapKind.Extern or HeapKind.NoExtern => HeapKind.Extern,
        HeapKind.Cont or HeapKind.NoCont => HeapKind.Cont,
        HeapKind.Def => type.Def!.Expand switch
        {
            FuncType => HeapKind.Func,
            ContType => HeapKind.Cont,
            _ => HeapKind.Any,
        },
        HeapKind.Bot or HeapKind.TypeIdx or HeapKind.RecIdx => type.Kind,
        _ => throw new UnreachableException($"heap type {(byte)type.Kind}"),
    };
}
