using Wasm.Syntax;

namespace Wasm.Binary.Custom;

/// <summary>Checks that branch hints stand on branches.</summary>
internal static class BranchHintCheck
{
    public static void Check(Module module, CustomSection section, BranchHints hints)
    {
        int imported = CustomSections.ImportedFuncs(module);
        foreach (var (index, items) in hints.Funcs)
        {
            if (index < imported || index - imported >= module.Funcs.Length)
                throw new InvalidCustomException(section.At, $"@{BranchHints.Name} section: invalid function index {index}");
            var func = module.Funcs[(int)index - imported];
            var offsets = Offsets(func);
            foreach (var hint in items)
            {
                int i = Array.BinarySearch(offsets, hint.Offset);
                if (i < 0) throw new InvalidCustomException(section.At, $"@{BranchHints.Name} section: invalid offset {hint.Offset} in function {index}");
                var instr = func.Body.Instrs[i];
                if (instr.Op is not (Op.If or Op.BrIf)) throw new InvalidCustomException(instr.At, $"@{BranchHints.Name} annotation: invalid target");
            }
        }
    }

    /// <summary>Where the instructions stand: in the bytes they were decoded from, else in the canonical encoding.</summary>
    private static uint[] Offsets(Func func) => func.At.IsBinary && func.Body.Instrs.All(i => i.At.IsBinary)
        ? [.. func.Body.Instrs.Select(i => (uint)(i.At.Offset - func.At.Offset))]
        : BinaryEncoder.InstrOffsets(func);
}
