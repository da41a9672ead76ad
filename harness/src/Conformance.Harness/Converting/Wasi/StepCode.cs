using System.Collections.Immutable;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Conformance.Harness.Converting.Wasi;

/// <summary>A command cannot be written as code of a module; the message says why.</summary>
internal sealed class InexpressibleException(string reason) : Exception(reason);

/// <summary>Actions and result patterns as instructions.</summary>
internal static class StepCode
{
    /// <summary>The constants of a call.</summary>
    /// <exception cref="InexpressibleException">An argument is one that only a host can make.</exception>
    public static IEnumerable<Instr> Arguments(ImmutableArray<Literal> arguments, FuncType type)
    {
        if (arguments.Length != type.Params.Length) throw new InexpressibleException("the number of arguments is not that of the function");
        return [.. arguments.Zip(type.Params, Argument)];
    }

    private static Instr Argument(Literal literal, ValType type) => literal switch
    {
        Literal.Num n when n.Type == type.Kind => Constants.Of(n.Type, new V128(n.Bits, 0)),
        Literal.Vec v when type.IsVec => Constants.Of(ValKind.V128, v.Bits),
        Literal.Null when type is { IsRef: true, Ref.Nullable: true } => new RefNull(Op.RefNull, type.Ref.Heap),
        Literal.Host or Literal.Extern => throw new InexpressibleException("only a host can make host references"),
        _ => throw new InexpressibleException("an argument is not of the parameter's type"),
    };

    /// <summary>Takes a local's value and leaves 1 if it does not match a pattern, else 0.</summary>
    /// <exception cref="InexpressibleException">Only a host can tell.</exception>
    public static IEnumerable<Instr> Mismatch(ResultPattern pattern, ValType type, uint local)
    {
        switch (pattern)
        {
            case ResultPattern.Equal { Value: Literal.Num n } when n.Type == type.Kind:
                return [.. Bits(type, local), .. n.Type is ValKind.I32 or ValKind.F32 ? Differs32((uint)n.Bits) : Differs64(n.Bits)];
            case ResultPattern.Equal { Value: Literal.Vec v } when type.IsVec:
                return Lanes(local, Op.I64x2ExtractLane, [Differs64(v.Bits.Lo), Differs64(v.Bits.Hi)]);
            case ResultPattern.Nan n when n.Type == type.Kind:
                return [.. Bits(type, local), .. Nan(n.Class, n.Type == ValKind.F32)];
            case ResultPattern.Lanes l when type.IsVec:
                bool narrow = l.Shape == VecShape.F32x4;
                return Lanes(local, narrow ? Op.I32x4ExtractLane : Op.I64x2ExtractLane,
                    [.. l.Patterns.Select(p => p.Nan is { } nan ? Nan(nan, narrow) : narrow ? Differs32((uint)p.Bits) : Differs64(p.Bits))]);
            case ResultPattern.AnyNull or ResultPattern.Equal { Value: Literal.Null } when type.IsRef:
                return [Get(local), new Plain(Op.RefIsNull), new Plain(Op.I32Eqz)];
            case ResultPattern.Ref { Class: RefClass.Any or RefClass.Func or RefClass.Extern or RefClass.Exn } when type.IsRef:
                return [Get(local), new Plain(Op.RefIsNull)];
            case ResultPattern.Ref r when type.IsRef:
                return [Get(local), new Cast(Op.RefTest, new(false, HeapOf(r.Class))), new Plain(Op.I32Eqz)];
            case ResultPattern.Either e:
                return Joined(e.Alternatives.Select(a => Mismatch(a, type, local)), Op.I32And);
            case ResultPattern.Equal { Value: Literal.Host or Literal.Extern }:
                throw new InexpressibleException("only a host can tell which host reference it is");
            default:
                throw new InexpressibleException("the expected result is not of the function's type");
        }
    }

    /// <summary>As <see cref="Mismatch"/> for the NaN of a class in either float type.</summary>
    public static IEnumerable<Instr> NotNan(NanKind nan, ValType type, uint local) => type.Kind is ValKind.F32 or ValKind.F64
        ? [.. Bits(type, local), .. Nan(nan, type.Kind == ValKind.F32)]
        : throw new InexpressibleException("the result is no float");

    private static HeapType HeapOf(RefClass kind) => kind switch
    {
        RefClass.Eq => HeapType.Eq,
        RefClass.I31 => HeapType.I31,
        RefClass.Struct => HeapType.Struct,
        RefClass.Array => HeapType.Array,
        RefClass.Any or RefClass.Func or RefClass.Exn or RefClass.Extern or _ => throw new System.Diagnostics.UnreachableException($"reference class {(byte)kind}"),
    };

    private static Idx Get(uint local) => new(Op.LocalGet, local);

    /// <summary>A number's bits as an integer.</summary>
    private static IEnumerable<Instr> Bits(ValType type, uint local)
    {
        yield return Get(local);
        if (type.Kind == ValKind.F32) yield return new Plain(Op.I32ReinterpretF32);
        if (type.Kind == ValKind.F64) yield return new Plain(Op.I64ReinterpretF64);
    }

    private static IEnumerable<Instr> Differs32(uint bits) => [new Const(Op.I32Const, bits), new Plain(Op.I32Ne)];

    private static IEnumerable<Instr> Differs64(ulong bits) => [new Const(Op.I64Const, bits), new Plain(Op.I64Ne)];

    /// <summary>Whether bits are not a NaN of a class: canonical has one bit of payload exactly, arithmetic at least that bit.</summary>
    private static IEnumerable<Instr> Nan(NanKind nan, bool narrow) => narrow
        ? [new Const(Op.I32Const, nan == NanKind.Canonical ? 0x7fff_ffffUL : 0x7fc0_0000UL), new Plain(Op.I32And), .. Differs32(0x7fc0_0000)]
        : [new Const(Op.I64Const, nan == NanKind.Canonical ? 0x7fff_ffff_ffff_ffffUL : 0x7ff8_0000_0000_0000UL), new Plain(Op.I64And), .. Differs64(0x7ff8_0000_0000_0000)];

    private static IEnumerable<Instr> Lanes(uint local, Op extract, ImmutableArray<IEnumerable<Instr>> mismatches) =>
        Joined(mismatches.Select((m, i) => m.Prepend(new Lane(extract, (byte)i)).Prepend(Get(local))), Op.I32Or);

    private static IEnumerable<Instr> Joined(IEnumerable<IEnumerable<Instr>> flags, Op join) => [.. flags.SelectMany((flag, i) => i == 0 ? flag : flag.Append(new Plain(join)))];
}
