using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>The index spaces of a module's syntax, imports first. Nothing is checked: an index out of range is the caller's to avoid.</summary>
public sealed class ModuleView
{
    public ModuleView(Module module)
    {
        Module = module;
        Types = [.. module.Types.SelectMany(r => r.SubTypes)];
        var funcs = new List<uint>();
        var tables = new List<TableType>();
        var mems = new List<MemType>();
        var globals = new List<GlobalType>();
        var tags = new List<uint>();
        foreach (var import in module.Imports)
            switch (import.Type)
            {
                case ExternType.Func f: funcs.Add(f.Type.Index); break;
                case ExternType.Table t: tables.Add(t.Type); break;
                case ExternType.Mem m: mems.Add(m.Type); break;
                case ExternType.Global g: globals.Add(g.Type); break;
                case ExternType.Tag t: tags.Add(t.Type.Index); break;
                default: throw new System.Diagnostics.UnreachableException($"import of {import.Type.Kind}");
            }
        (ImportedFuncs, ImportedTables, ImportedMems, ImportedGlobals, ImportedTags) = (funcs.Count, tables.Count, mems.Count, globals.Count, tags.Count);
        FuncTypes = [.. funcs, .. module.Funcs.Select(f => f.Type)];
        Tables = [.. tables, .. module.Tables.Select(t => t.Type)];
        Mems = [.. mems, .. module.Mems.Select(m => m.Type)];
        Globals = [.. globals, .. module.Globals.Select(g => g.Type)];
        Tags = [.. tags, .. module.Tags.Select(t => t.Type)];
    }

    public Module Module { get; }

    public ImmutableArray<SubType> Types { get; }

    /// <summary>The type index of every function.</summary>
    public ImmutableArray<uint> FuncTypes { get; }

    public ImmutableArray<TableType> Tables { get; }

    public ImmutableArray<MemType> Mems { get; }

    public ImmutableArray<GlobalType> Globals { get; }

    /// <summary>The type index of every tag.</summary>
    public ImmutableArray<uint> Tags { get; }

    public int ImportedFuncs { get; }

    public int ImportedTables { get; }

    public int ImportedMems { get; }

    public int ImportedGlobals { get; }

    public int ImportedTags { get; }

    /// <summary>The function type at a type index, or null when it is another kind of type or none.</summary>
    public FuncType? FuncTypeAt(uint x) => x < (uint)Types.Length ? Types[(int)x].Comp as FuncType : null;

    /// <summary>The type of a function.</summary>
    public FuncType? TypeOfFunc(uint x) => x < (uint)FuncTypes.Length ? FuncTypeAt(FuncTypes[(int)x]) : null;

    /// <summary>The type of a block.</summary>
    public FuncType? TypeOf(BlockType type) => type.IsEmpty ? FuncType.Empty : type.IsResult ? new FuncType([], [type.Result]) : FuncTypeAt(type.TypeIdx);

    /// <summary>The types of a function's locals, parameters first.</summary>
    public ImmutableArray<ValType> LocalsOf(Func func) =>
        [.. FuncTypeAt(func.Type)?.Params ?? [], .. func.Locals.SelectMany(l => Enumerable.Repeat(l.Type, (int)l.Count))];
}
