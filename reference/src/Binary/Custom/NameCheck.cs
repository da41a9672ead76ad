using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Binary.Custom;

/// <summary>Checks that everything a name section names is there.</summary>
internal sealed class NameCheck(Module module, Region at)
{
    private readonly ImmutableArray<CompType> _types = [.. module.Types.SelectMany(r => r.SubTypes).Select(s => s.Comp)];
    private readonly ImmutableArray<Import> _importedFuncs = [.. module.Imports.Where(i => i.Type.Kind == ExternKind.Func)];

    public void Check(NameSection names)
    {
        Space("function", names.Funcs, FuncCount);
        Space("type", names.Types, _types.Length);
        Space("table", names.Tables, Imported(ExternKind.Table) + module.Tables.Length);
        Space("memory", names.Mems, Imported(ExternKind.Memory) + module.Mems.Length);
        Space("global", names.Globals, Imported(ExternKind.Global) + module.Globals.Length);
        Space("element segment", names.Elems, module.Elems.Length);
        Space("data segment", names.Datas, module.Datas.Length);
        Space("tag", names.Tags, Imported(ExternKind.Tag) + module.Tags.Length);
        Spaces("function", "local", names.Locals, FuncCount, LocalCount);
        Spaces("function", "label", names.Labels, FuncCount, LabelCount);
        Spaces("type", "field", names.Fields, _types.Length, FieldCount);
    }

    private int FuncCount => _importedFuncs.Length + module.Funcs.Length;

    private int Imported(ExternKind kind) => module.Imports.Count(i => i.Type.Kind == kind);

    private void Space(string what, NameMap names, long count, string suffix = "")
    {
        // The last index is the greatest.
        if (!names.IsEmpty && names.Entries[^1].Index is var last && last >= count)
            throw new InvalidCustomException(at, $"@name section: invalid {what} index {last}{suffix}");
    }

    private void Spaces(string of, string what, IndirectNameMap names, int count, Func<uint, long> size)
    {
        foreach (var (index, map) in names.Entries)
        {
            if (index >= count) throw new InvalidCustomException(at, $"@name section: invalid {of} index {index}");
            Space(what, map, size(index), $" for {of} {index}");
        }
    }

    private long LocalCount(uint func)
    {
        bool imported = func < _importedFuncs.Length;
        uint type = imported ? ((ExternType.Func)_importedFuncs[(int)func].Type).Type.Index : Defined(func).Type;
        long parameters = type < _types.Length && _types[(int)type] is FuncType { Params: var ts }
            ? ts.Length
            : throw new InvalidCustomException(at, $"@name section: invalid type index {type} for function {func}");
        return imported ? parameters : parameters + Defined(func).Locals.Sum(l => (long)l.Count);
    }

    private long LabelCount(uint func) =>
        func < _importedFuncs.Length ? 0 : Defined(func).Body.Instrs.Count(i => i is Block or TryTable);

    private long FieldCount(uint type) => _types[(int)type] is StructType { Fields: var fields }
        ? fields.Length
        : throw new InvalidCustomException(at, $"@name section: non-struct type {type}");

    private Func Defined(uint func) => module.Funcs[(int)func - _importedFuncs.Length];
}
