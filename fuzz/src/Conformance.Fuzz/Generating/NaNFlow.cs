using Wasm.Syntax;

namespace Conformance.Fuzz.Generating;

/// <summary>Which NaNs may be open in a value: those of f32 or of f64, a scalar's or lanes'.</summary>
internal enum Open : byte
{
    None, F32, F64,
}

/// <summary>How a row that only computes goes along with operands whose NaNs are open.</summary>
internal sealed class NaNFlow
{
    private static readonly NaNFlow?[] ByOp = new NaNFlow?[ushort.MaxValue + 1];

    private readonly Open _takes;
    private readonly Open _makes;
    private readonly bool _passes;
    private readonly bool _firstOnly;

    private NaNFlow(InstrDef row)
    {
        var own = Of(row.Mnemonic);
        switch (row.Num)
        {
            case "promote": (_takes, _makes) = (Open.F32, Open.F64); break;
            case "demote": (_takes, _makes) = (Open.F64, Open.F32); break;
            case "feq" or "fne" or "flt" or "fgt" or "fle" or "fge": _takes = own; break;
            case "trunc" or "trunc_sat" or "relaxed_trunc": _takes = Of(row.Mnemonic[(row.Mnemonic.LastIndexOf("_f", StringComparison.Ordinal) + 1)..]); break;
            case "fabs" or "fneg" or "fpmin" or "fpmax": (_takes, _passes) = (own, true); break;
            case "fcopysign": (_takes, _passes, _firstOnly) = (own, true, true); break;
            default:
                if (NaNRules.MakesNaN(row)) (_takes, _makes) = (own, own);
                else if (own != Open.None && row.Rule is "vsplat" or "vextract_lane" or "vreplace_lane") (_takes, _passes) = (own, true);
                break;
        }
    }

    /// <summary>The row's.</summary>
    public static NaNFlow Of(InstrDef row) => ByOp[(ushort)row.Op] ??= new NaNFlow(row);

    /// <summary>Which NaNs may be open in an operand without a difference in what is determined of the result.</summary>
    public Open Takes(int operand) => _firstOnly && operand > 0 ? Open.None : _takes;

    /// <summary>Which NaNs are open in the result, given whether any are in its operands.</summary>
    public Open Gives(bool open) => _makes != Open.None ? _makes : _passes && open ? _takes : Open.None;

    private static Open Of(string name) =>
        name.StartsWith("f32", StringComparison.Ordinal) ? Open.F32 : name.StartsWith("f64", StringComparison.Ordinal) ? Open.F64 : Open.None;
}
