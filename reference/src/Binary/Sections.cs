using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>Which sections a module is encoded with: those that are not empty.</summary>
public static class Sections
{
    /// <summary>Whether the module's encoding has the section.</summary>
    public static bool IsPresent(Module module, SectionId id) => id switch
    {
        SectionId.Custom => !module.Customs.IsEmpty,
        SectionId.Type => !module.Types.IsEmpty,
        SectionId.Import => !module.Imports.IsEmpty,
        SectionId.Func or SectionId.Code => !module.Funcs.IsEmpty,
        SectionId.Table => !module.Tables.IsEmpty,
        SectionId.Memory => !module.Mems.IsEmpty,
        SectionId.Tag => !module.Tags.IsEmpty,
        SectionId.Global => !module.Globals.IsEmpty,
        SectionId.Export => !module.Exports.IsEmpty,
        SectionId.Start => module.Start is not null,
        SectionId.Elem => !module.Elems.IsEmpty,
        SectionId.DataCount => module.DataCount is not null || NeedsDataCount(module),
        SectionId.Data => !module.Datas.IsEmpty,
        _ => throw new UnreachableException($"section {id}"),
    };

    /// <summary>
    /// The section that a custom section asked to stand after <paramref name="after"/> stands after in the encoding: that one or the last present
    /// before it, <see cref="SectionId.Custom"/> if there is none. So a place is the same whether it was read or decoded.
    /// </summary>
    public static SectionId PlaceAfter(Module module, SectionId after)
    {
        for (int i = SectionOrder.All.IndexOf(after); i >= 0; i--)
            if (IsPresent(module, SectionOrder.All[i])) return SectionOrder.All[i];
        return SectionId.Custom;
    }

    /// <summary>Whether a function names a data segment, so that validation in one pass must know how many there are.</summary>
    private static bool NeedsDataCount(Module module)
    {
        foreach (var func in module.Funcs)
        {
            foreach (var instr in func.Body.Instrs)
            {
                if (InstrRow.Of(instr.Op).NamesData) return true;
            }
        }
        return false;
    }
}
