using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating;

/// <summary>Which bits of results the specification leaves open (4.3.3, <c>nans</c>): NaNs of some float operators, and of no other instruction.</summary>
internal static class NaNRules
{
    /// <summary>Whether a NaN that the instruction gives may be one of several.</summary>
    public static bool MakesNaN(InstrDef row) => row.Num is
        "fadd" or "fsub" or "fmul" or "fdiv" or "fsqrt" or "fmin" or "fmax" or "fceil" or "ffloor" or "ftrunc" or "fnearest" or "promote" or "demote"
        or "frelaxed_madd" or "frelaxed_nmadd" or "frelaxed_min" or "frelaxed_max";

    /// <summary>
    /// The NaNs that the instruction may give for operands, in the four words of its result: when all NaNs among the operands are canonical, only
    /// canonical ones; else any arithmetic one. Relaxed minima and maxima may also hand on an operand's as it is, and so a signalling one where there
    /// is one. Vectors go lane by lane.
    /// </summary>
    public static void Allow(InstrDef row, ReadOnlySpan<V128> operands, Span<NaNSet> sets)
    {
        sets.Clear();
        if (!MakesNaN(row)) return;
        bool isVector = row.Results[0].Type.Kind == ValKind.V128;
        bool to64 = row.Mnemonic.StartsWith("f64", StringComparison.Ordinal);
        bool from64 = row.Num switch { "promote" => false, "demote" => true, _ => to64 };
        int lanes = !isVector ? 1 : to64 || from64 ? 2 : 4;
        for (int i = 0; i < lanes; i++)
        {
            bool canonical = true, signalling = false;
            foreach (var operand in operands)
            {
                canonical &= from64 ? IsCanonical64(Lane64(operand, i)) : IsCanonical32(Lane32(operand, i));
                signalling |= from64 ? IsSignalling64(Lane64(operand, i)) : IsSignalling32(Lane32(operand, i));
            }
            bool any = signalling && row.Num is ("frelaxed_min" or "frelaxed_max");
            sets[to64 ? 2 * i : i] = (to64, canonical) switch
            {
                (true, _) when any => NaNSet.Any64,
                (false, _) when any => NaNSet.Any32,
                (true, true) => NaNSet.Canonical64,
                (true, false) => NaNSet.Arithmetic64,
                (false, true) => NaNSet.Canonical32,
                (false, false) => NaNSet.Arithmetic32,
            };
        }
    }

    /// <summary>Makes the NaN canonical, and positive, that may be on top of the stack, or in the lanes there; needs a local of the value's type.</summary>
    public static void Canonicalize(Body body, ValKind kind, LaneType lane, uint local)
    {
        bool is64 = lane == LaneType.F64;
        ulong nan = is64 ? 0x7FF8_0000_0000_0000UL : kind == ValKind.V128 ? 0x7FC0_0000_7FC0_0000UL : 0x7FC0_0000UL;
        body.Tee(local).Const(kind, new V128(nan, nan)).Get(local).Get(local);
        if (kind == ValKind.V128) body.Op(is64 ? Op.F64x2Eq : Op.F32x4Eq).Op(Op.V128Bitselect);
        else body.Op(is64 ? Op.F64Eq : Op.F32Eq).Op(Op.Select);
    }

    private static uint Lane32(V128 v, int i) => (uint)((i < 2 ? v.Lo : v.Hi) >> (32 * (i & 1)));

    private static ulong Lane64(V128 v, int i) => i == 0 ? v.Lo : v.Hi;

    /// <summary>Whether it is no NaN, or a canonical one.</summary>
    private static bool IsCanonical32(uint bits) => (bits & 0x7FFF_FFFF) is <= 0x7F80_0000 or 0x7FC0_0000;

    private static bool IsSignalling32(uint bits) => (bits & 0x7FFF_FFFF) is > 0x7F80_0000 and < 0x7FC0_0000;

    private static bool IsSignalling64(ulong bits) => (bits & 0x7FFF_FFFF_FFFF_FFFF) is > 0x7FF0_0000_0000_0000 and < 0x7FF8_0000_0000_0000;

    private static bool IsCanonical64(ulong bits) => (bits & 0x7FFF_FFFF_FFFF_FFFF) is <= 0x7FF0_0000_0000_0000 or 0x7FF8_0000_0000_0000;
}
