using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>The names of the reduction rules (4.3), by instruction. Where a rule has several cases, the name is what they have in common.</summary>
public static class StepRules
{
    /// <summary>For example <c>Step_pure/relop</c> for <c>i32.eq</c>, and <c>Step_read/local.get</c>; constants are values, and have none.</summary>
    public static string Of(Instr instr)
    {
        string name = instr.Def.Rule switch
        {
            "const" or "vconst" => "",
            "block" when instr.Op == Op.End => "label-vals",
            "if" when instr.Op == Op.Else => "label-vals",
            "select-impl" or "select-expl" => "select",
            "load-val" => "load-num",
            "store-val" => "store-num",
            "vload-val" => "vload",
            var rule => rule,
        };
        return name.Length == 0 ? "value" : $"{Relation(instr.Op, name)}/{name}";
    }

    private static string Relation(Op op, string name)
    {
        if (op is >= Op.I32Eqz and <= Op.I64Extend32S or >= Op.I32TruncSatF32S and <= Op.I64TruncSatF64U) return "Step_pure";
        if (op is >= Op.V128Const and < Op.MemoryAtomicNotify && !name.StartsWith("vload", StringComparison.Ordinal) && !name.StartsWith("vstore", StringComparison.Ordinal))
            return "Step_pure";
        return name switch
        {
            "local.set" or "global.set" or "table.set" or "table.grow" or "memory.grow" or "elem.drop" or "data.drop" or "struct.new" or "struct.set"
                or "array.set" or "array.new_fixed" or "throw" => "Step",
            "unreachable" or "nop" or "drop" or "select" or "if" or "label-vals" or "br" or "br_if" or "br_table" or "br_on_null" or "br_on_non_null" or "return"
                or "call_indirect" or "return_call_indirect" or "local.tee" or "ref.is_null" or "ref.as_non_null" or "ref.eq" or "ref.i31" or "i31.get"
                or "array.new" or "any.convert_extern" or "extern.convert_any" => "Step_pure",
            _ => name.StartsWith("store", StringComparison.Ordinal) || name.StartsWith("vstore", StringComparison.Ordinal) ? "Step" : "Step_read",
        };
    }
}
