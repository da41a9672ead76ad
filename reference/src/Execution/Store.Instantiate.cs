using Wasm.Syntax;
using Wasm.Validation;

namespace Wasm.Execution;

// Modules (4.7): linking, allocation, instantiation.
public sealed partial class Store
{
    private ModuleInst Link(ModuleInfo module, Func<Import, Extern?> resolve)
    {
        var imports = module.Module.Imports;
        var externs = new Extern[imports.Length];
        for (int i = 0; i < externs.Length; i++)
        {
            externs[i] = resolve(imports[i])
                ?? throw new UnlinkableException(imports[i].At, $"unknown import \"{imports[i].Module}\" \"{imports[i].Name}\"");
        }
        for (int i = 0; i < externs.Length; i++)
        {
            if (!Matching.Match(externs[i].Type, module.Imports[i]))
            {
                throw new UnlinkableException(imports[i].At,
                    $"incompatible import type for \"{imports[i].Module}\" \"{imports[i].Name}\": expected {module.Imports[i]}, got {Shown(externs[i].Type, module.Imports[i])}");
            }
        }
        return new ModuleInst(module, this)
        {
            Funcs = Space<FuncInst>(externs, module.Funcs.Length),
            Tables = Space<TableInst>(externs, module.Tables.Length),
            Mems = Space<MemInst>(externs, module.Mems.Length),
            Globals = Space<GlobalInst>(externs, module.Globals.Length),
            Tags = Space<TagInst>(externs, module.Tags.Length),
        };
    }

    /// <summary>An index space with the imports in it.</summary>
    private static T[] Space<T>(Extern[] externs, int length) where T : Extern
    {
        if (length == 0) return [];
        var space = new T[length];
        int next = 0;
        foreach (var value in externs)
            if (value is T instance) space[next++] = instance;
        return space;
    }

    /// <summary><c>allocmodule</c>, with the initializers in the order in which they are evaluated.</summary>
    private void Allocate(ModuleInst inst)
    {
        var info = inst.Info;
        var module = info.Module;
        int First<T>(T[] space, int defined) => space.Length - defined;

        int tag = First(inst.Tags, module.Tags.Length);
        for (; tag < inst.Tags.Length; tag++)
            inst.Tags[tag] = new TagInst(info.Tags[tag]);
        for (int x = First(inst.Funcs, module.Funcs.Length); x < inst.Funcs.Length; x++)
            inst.Funcs[x] = new WasmFunc(inst, (uint)x);
        var constants = new ConstEval(this, inst);
        int global = First(inst.Globals, module.Globals.Length);
        foreach (var definition in module.Globals)
            inst.Globals[global] = new GlobalInst(info.Globals[global++], constants.Evaluate(definition.Init));
        int table = First(inst.Tables, module.Tables.Length);
        foreach (var definition in module.Tables)
        {
            object? init = definition.Init is null ? null : constants.Evaluate(definition.Init).Ref;
            inst.Tables[table] = new TableInst(info.Tables[table++], init, Options.MaxTableElements);
        }
        int mem = First(inst.Mems, module.Mems.Length);
        for (; mem < inst.Mems.Length; mem++)
            inst.Mems[mem] = AllocMem(info.Mems[mem]);
        if (inst.Mems.Length > 0) inst.Mem0 = inst.Mems[0];
        inst.Datas = [.. module.Datas.Select(data => new DataInst(data.Init))];
        inst.Elems = new ElemInst[module.Elems.Length];
        for (int x = 0; x < inst.Elems.Length; x++)
        {
            var inits = module.Elems[x].Inits;
            object?[] elems = new object?[inits.Length];
            for (int k = 0; k < elems.Length; k++)
                elems[k] = constants.Evaluate(inits[k]).Ref;
            inst.Elems[x] = new ElemInst(info.Elems[x], elems);
        }
        inst.Exports = [.. module.Exports.Select(export => new ExportInst(export.Name, ExternOf(inst, export)))];
    }

    private static Extern ExternOf(ModuleInst inst, Export export) => export.Kind switch
    {
        ExternKind.Func => inst.Funcs[export.Index],
        ExternKind.Table => inst.Tables[export.Index],
        ExternKind.Memory => inst.Mems[export.Index],
        ExternKind.Global => inst.Globals[export.Index],
        ExternKind.Tag => inst.Tags[export.Index],
        _ => throw new System.Diagnostics.UnreachableException($"export kind {(byte)export.Kind}"),
    };

    /// <summary><c>rundata</c> and <c>runelem</c>: elements first, then data, each in order.</summary>
    private void RunSegments(ModuleInst inst)
    {
        var module = inst.Info.Module;
        var constants = new ConstEval(this, inst);
        if (inst.Info.Profile.Version == SpecVersion.V1) CheckSegments(inst, constants);
        for (int x = 0; x < module.Elems.Length; x++)
        {
            var mode = module.Elems[x].Mode;
            if (mode is SegmentMode.Passive) continue;
            if (mode is SegmentMode.Active active)
            {
                var elem = inst.Elems[x];
                if (!Machine.InitTable(inst.Tables[active.Index], constants.Evaluate(active.Offset).AsI64, elem, 0, (ulong)elem.Elems.Length))
                    throw SegmentTrap(TrapKind.ElemSegOob, inst);
            }
            inst.Elems[x].Drop();
        }
        for (int x = 0; x < module.Datas.Length; x++)
        {
            if (module.Datas[x].Mode is not SegmentMode.Active active) continue;
            var data = inst.Datas[x];
            if (!Machine.InitMemory(inst.Mems[active.Index], constants.Evaluate(active.Offset).AsI64, data, 0, (ulong)data.Bytes.Length))
                throw SegmentTrap(TrapKind.DataSegOob, inst);
            data.Drop();
        }
    }

    /// <summary>What an import got, for a message. The type of every function is exact, which matters only where the import asks for that.</summary>
    private static ExternType Shown(ExternType got, ExternType expected) =>
        got is ExternType.Func func && expected is not ExternType.Func { Exact: true } ? func with { Exact = false } : got;

    private static Trap SegmentTrap(TrapKind kind, ModuleInst inst) => new(kind) { Backtrace = [new WasmFrame(inst.Names.Module, 0, "(instantiation)", null, 0, -1, -1)] };

    /// <summary>1.0 checks the bounds of all segments before it writes any, and calls failure a link error.</summary>
    private static void CheckSegments(ModuleInst inst, ConstEval constants)
    {
        var module = inst.Info.Module;
        foreach (var elem in module.Elems)
        {
            if (elem.Mode is not SegmentMode.Active active) continue;
            if (!Machine.Inside(constants.Evaluate(active.Offset).AsI32, (ulong)elem.Inits.Length, (ulong)inst.Tables[active.Index].Size))
                throw new UnlinkableException(elem.At, "elements segment does not fit table");
        }
        foreach (var data in module.Datas)
        {
            if (data.Mode is not SegmentMode.Active active) continue;
            if (!Machine.Inside(constants.Evaluate(active.Offset).AsI32, (ulong)data.Init.Length, inst.Mems[active.Index].Bytes))
                throw new UnlinkableException(data.At, "data segment does not fit memory");
        }
    }
}
