using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>Constant expressions (3.4.13).</summary>
/// <param name="c">The context, which grows as globals are defined.</param>
/// <param name="funcs">Types the expressions.</param>
/// <param name="importedGlobals">The number of imported globals; before GC, expressions saw only those.</param>
internal sealed class ConstExprs(Context c, FuncValidator funcs, int importedGlobals)
{
    // Expr_ok_const
    public void Check(Expr expr, ValType type, Region at)
    {
        foreach (var instr in expr.Instrs)
            if (!IsConst(instr)) throw new InvalidException(instr.At == Region.None ? at : instr.At, "constant expression required");
        funcs.Expr(expr, type, at);
    }

    // Instr_const
    private bool IsConst(Instr instr)
    {
        switch (instr)
        {
            case Const or RefNull or VConst { Op: Op.V128Const }:
                return true;

            case Plain:
                return instr.Op is Op.RefI31 or Op.AnyConvertExtern or Op.ExternConvertAny or Op.End
                    || (instr.Op is Op.I32Add or Op.I32Sub or Op.I32Mul or Op.I64Add or Op.I64Sub or Op.I64Mul && c.Has(Features.ExtendedConst));

            case Idx { Op: Op.GlobalGet, X: var x }:
                if (x >= importedGlobals && !c.Has(Features.Gc)) throw Context.Unknown("global", x, instr.At);
                return !c.Global(x, instr.At).Mutable;

            case Idx:
                return instr.Op is Op.RefFunc or Op.StructNew or Op.StructNewDefault or Op.StructNewDesc or Op.StructNewDefaultDesc
                    or Op.ArrayNew or Op.ArrayNewDefault;

            case Idx2:
                return instr.Op is Op.ArrayNewFixed;

            default:
                return false;
        }
    }
}
