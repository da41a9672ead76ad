using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Judging;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Conformance.Harness.Scripts;

/// <summary>The script language's literals and patterns as values and patterns of the harness.</summary>
internal static class Translate
{
    public static Value Of(Literal literal) => literal switch
    {
        Literal.Num { Type: ValKind.I32 } n => Value.I32((uint)n.Bits),
        Literal.Num { Type: ValKind.I64 } n => Value.I64(n.Bits),
        Literal.Num { Type: ValKind.F32 } n => Value.F32((uint)n.Bits),
        Literal.Num { Type: ValKind.F64 } n => Value.F64(n.Bits),
        Literal.Vec v => Value.V128(v.Bits),
        Literal.Null n => Value.Null(n.Heap),
        Literal.Host h => Value.Host(h.Number),
        Literal.Extern e => Value.Extern(e.Number),
        _ => throw new UnreachableException($"literal {literal}"),
    };

    public static ImmutableArray<Value> Of(ImmutableArray<Literal> literals) => [.. literals.Select(Of)];

    public static Pattern Of(ResultPattern pattern) => pattern switch
    {
        ResultPattern.Equal { Value: Literal.Null n } => new Pattern.Null(n.Heap),
        ResultPattern.Equal { Value: Literal.Vec v } => Vector(v),
        ResultPattern.Equal e => new Pattern.Exactly(Of(e.Value)),
        ResultPattern.Nan n => new Pattern.Nan(Of(n.Class), n.Type),
        ResultPattern.Lanes l => new Pattern.Vector(Of(l.Shape), [.. l.Patterns.Select(p => p.Nan is { } nan ? new Judging.LanePattern(0, Of(nan)) : new Judging.LanePattern(p.Bits))]),
        ResultPattern.AnyNull => new Pattern.Null(null),
        ResultPattern.Ref r => Of(r.Class),
        ResultPattern.Either e => new Pattern.Either([.. e.Alternatives.Select(Of)]),
        _ => throw new UnreachableException($"pattern {pattern}"),
    };

    public static NanClass Of(NanKind nan) => nan switch
    {
        NanKind.Canonical => NanClass.Canonical,
        NanKind.Arithmetic => NanClass.Arithmetic,
        _ => throw new UnreachableException($"NaN class {(byte)nan}"),
    };

    private static Pattern Of(RefClass reference) => reference switch
    {
        RefClass.Any => new Pattern.AnyRef(),
        RefClass.Eq => new Pattern.EqRef(),
        RefClass.I31 => new Pattern.OfKind(RefKind.I31),
        RefClass.Struct => new Pattern.OfKind(RefKind.Struct),
        RefClass.Array => new Pattern.OfKind(RefKind.Array),
        RefClass.Func => new Pattern.OfKind(RefKind.Func),
        RefClass.Exn => new Pattern.OfKind(RefKind.Exn),
        RefClass.Extern => new Pattern.OfKind(RefKind.Extern),
        _ => throw new UnreachableException($"reference class {(byte)reference}"),
    };

    private static LaneShape Of(VecShape shape) => shape switch
    {
        VecShape.I8x16 => LaneShape.I8x16,
        VecShape.I16x8 => LaneShape.I16x8,
        VecShape.I32x4 => LaneShape.I32x4,
        VecShape.I64x2 => LaneShape.I64x2,
        VecShape.F32x4 => LaneShape.F32x4,
        VecShape.F64x2 => LaneShape.F64x2,
        _ => throw new UnreachableException($"shape {(byte)shape}"),
    };

    private static Pattern.Vector Vector(Literal.Vec vector)
    {
        var shape = Of(vector.Shape);
        var value = Value.V128(vector.Bits);
        return new(shape, [.. Enumerable.Range(0, LaneText.Count(shape)).Select(i => new Judging.LanePattern(LaneText.Lane(value, shape, i)))]);
    }
}
