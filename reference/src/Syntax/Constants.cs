using System.Diagnostics;

namespace Wasm.Syntax;

/// <summary>Constant instructions by type and bits.</summary>
public static class Constants
{
    /// <summary>The instruction that gives a number or a vector.</summary>
    /// <param name="kind">The kind of its type.</param>
    /// <param name="bits">Its bits; those beyond its width do not count.</param>
    public static Instr Of(ValKind kind, V128 bits) => kind switch
    {
        ValKind.I32 => new Const(Op.I32Const, (uint)bits.Lo),
        ValKind.I64 => new Const(Op.I64Const, bits.Lo),
        ValKind.F32 => new Const(Op.F32Const, (uint)bits.Lo),
        ValKind.F64 => new Const(Op.F64Const, bits.Lo),
        ValKind.V128 => new VConst(Op.V128Const, bits),
        ValKind.Bot or ValKind.Ref or _ => throw new UnreachableException($"a constant of kind {kind}"),
    };
}
