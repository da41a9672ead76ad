using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>Validation of modules (3.5).</summary>
public static class Validator
{
    /// <summary><c>module_validate</c>: checks every rule of chapter 3 and returns the module with its context.</summary>
    /// <param name="module">The module.</param>
    /// <param name="engine">Where its types are canonicalized; instances can only be linked within one engine.</param>
    /// <param name="profile">The features and version to obey, as given to the decoder or parser.</param>
    /// <exception cref="InvalidException">The first rule broken, at the instruction or definition that breaks it.</exception>
    public static ModuleInfo Validate(Module module, Engine engine, Profile profile)
    {
        var c = new Context(engine, profile);
        var funcs = new FuncValidator(c);

        // Module_ok. Definitions see what comes before them: types, imports, and then one kind after the other.
        References(c, module);
        foreach (var group in module.Types)
            Types.RecType(c, group);
        var imports = ImmutableArray.CreateBuilder<ExternType>(module.Imports.Length);
        foreach (var import in module.Imports)
            imports.Add(Import(c, import));
        int importedGlobals = c.Globals.Count;
        foreach (var tag in module.Tags)
            c.Tags.Add(Types.TagType(c, tag.Type, tag.At));
        foreach (var func in module.Funcs)
        {
            _ = c.FuncType(func.Type, func.At);
            AddFunc(c, c.Types[(int)func.Type], c.Has(Features.CustomDescriptors));
        }
        foreach (var mem in module.Mems)
        {
            Types.MemType(mem.Type, mem.At);
            AddMem(c, mem.Type, mem.At);
        }

        var constant = new ConstExprs(c, funcs, importedGlobals);
        foreach (var table in module.Tables)
            Table(c, constant, table);
        foreach (var global in module.Globals)
        {
            var type = Types.GlobalType(c, global.Type, global.At);
            constant.Check(global.Init, type.Val, global.At);
            c.Globals.Add(type);
        }
        foreach (var data in module.Datas)
        {
            Data(c, constant, data);
            c.Datas++;
        }
        foreach (var elem in module.Elems)
            c.Elems.Add(Elem(c, constant, elem));

        for (int i = 0; i < module.Funcs.Length; i++)
            funcs.Func(module.Funcs[i], (FuncType)c.Types[(int)module.Funcs[i].Type].Expand);
        if (module.Start is { } start) Start(c, start);
        var exports = Exports(c, module);

        return new ModuleInfo
        {
            Module = module,
            Engine = engine,
            Profile = profile,
            Types = [.. c.Types],
            Funcs = [.. c.Funcs],
            Tables = [.. c.Tables],
            Mems = [.. c.Mems],
            Globals = [.. c.Globals],
            Tags = [.. c.Tags],
            Elems = [.. c.Elems],
            Imports = imports.MoveToImmutable(),
            Exports = exports,
        };
    }

    /// <summary><c>C.refs</c>: the functions that the module names outside its function bodies, and its start function's mention aside.</summary>
    private static void References(Context c, Module module)
    {
        foreach (var export in module.Exports)
            if (export.Kind == ExternKind.Func) c.Refs.Add(export.Index);
        foreach (var table in module.Tables)
            if (table.Init is { } init) In(init);
        foreach (var global in module.Globals)
            In(global.Init);
        foreach (var elem in module.Elems)
            foreach (var init in elem.Inits)
                In(init);

        void In(Expr expr)
        {
            foreach (var instr in expr.Instrs)
                if (instr is Idx { Op: Op.RefFunc, X: var x }) c.Refs.Add(x);
        }
    }

    // Import_ok
    private static ExternType Import(Context c, Import import)
    {
        var type = Types.ExternType(c, import.Type, import.At);
        switch (type)
        {
            case ExternType.Func { Type: var use, Exact: var exact }: AddFunc(c, use.Def!, exact); break;
            case ExternType.Table { Type: var table }: AddTable(c, table, import.At); break;
            case ExternType.Mem { Type: var mem }: AddMem(c, mem, import.At); break;
            case ExternType.Global { Type: var global }: c.Globals.Add(global); break;
            case ExternType.Tag { Type: var use }: c.Tags.Add(use.Def!); break;
            default: throw new UnreachableException($"extern type {type}");
        }
        return type;
    }

    private static void AddFunc(Context c, DefType type, bool exact)
    {
        c.Funcs.Add(type);
        c.ExactFuncs.Add(exact);
    }

    private static void AddTable(Context c, TableType type, Region at)
    {
        if (c.Tables.Count > 0 && !c.Has(Features.ReferenceTypes)) throw new InvalidException(at, "multiple tables");
        c.Tables.Add(type);
    }

    private static void AddMem(Context c, MemType type, Region at)
    {
        if (c.Mems.Count > 0 && !c.Has(Features.MultiMemory)) throw new InvalidException(at, "multiple memories");
        c.Mems.Add(type);
    }

    // Table_ok
    private static void Table(Context c, ConstExprs constant, Table table)
    {
        var type = Types.TableType(c, table.Type, table.At);
        if (table.Init is { } init) constant.Check(init, type.Elem, table.At);
        // Without an initializer the elements are null.
        else if (!type.Elem.Nullable)
            throw new InvalidException(table.At, $"type mismatch: instruction requires [{c.Show(type.Elem)}] but stack has [{c.Show(type.Elem with { Nullable = true })}]");
        AddTable(c, type, table.At);
    }

    // Data_ok, Datamode_ok
    private static void Data(Context c, ConstExprs constant, Data data)
    {
        if (data.Mode is SegmentMode.Active { Index: var x, Offset: var offset })
            constant.Check(offset, FuncValidator.Addr(c.Mem(x, data.At).Addr), data.At);
    }

    // Elem_ok, Elemmode_ok
    private static RefType Elem(Context c, ConstExprs constant, Elem elem)
    {
        var type = c.Close(elem.Type, elem.At);
        foreach (var init in elem.Inits)
            constant.Check(init, type, elem.At);
        if (elem.Mode is SegmentMode.Active { Index: var x, Offset: var offset })
        {
            var table = c.Table(x, elem.At);
            if (!Matching.Match(type, table.Elem))
                throw new InvalidException(elem.At, $"type mismatch: element segment's type {c.Show(type)} does not match table's element type {c.Show(table.Elem)}");
            constant.Check(offset, FuncValidator.Addr(table.Addr), elem.At);
        }
        return type;
    }

    // Start_ok
    private static void Start(Context c, Start start)
    {
        var func = (FuncType)c.Func(start.Func, start.At).Expand;
        if (!func.Params.IsEmpty || !func.Results.IsEmpty)
            throw new InvalidException(start.At, "start function must not have parameters or results");
    }

    // Export_ok
    private static ImmutableArray<ExternType> Exports(Context c, Module module)
    {
        var types = ImmutableArray.CreateBuilder<ExternType>(module.Exports.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var export in module.Exports)
        {
            uint x = export.Index;
            types.Add(export.Kind switch
            {
                ExternKind.Func => new ExternType.Func(HeapType.Of(c.Func(x, export.At)), c.ExactFuncs[(int)x]),
                ExternKind.Table => new ExternType.Table(c.Table(x, export.At)),
                ExternKind.Memory => new ExternType.Mem(c.Mem(x, export.At)),
                ExternKind.Global => new ExternType.Global(c.Global(x, export.At)),
                ExternKind.Tag => new ExternType.Tag(HeapType.Of(c.Tag(x, export.At))),
                _ => throw new UnreachableException($"extern kind {(byte)export.Kind}"),
            });
            if (!names.Add(export.Name)) throw new InvalidException(export.At, $"duplicate export name \"{export.Name}\"");
        }
        return types.MoveToImmutable();
    }
}
