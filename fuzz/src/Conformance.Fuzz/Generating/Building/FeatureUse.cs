using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Building;

/// <summary>Which features a module needs.</summary>
public static class FeatureUse
{
    /// <summary>The features without which the module is malformed or invalid; perhaps a few more, never fewer.</summary>
    public static Features Of(Module module)
    {
        var used = Features.None;
        foreach (var group in module.Types)
        {
            if (group.SubTypes.Length != 1) used |= Features.Gc;
            foreach (var type in group.SubTypes) used |= Of(type);
        }
        foreach (var import in module.Imports) used |= Of(import.Type);
        foreach (var func in module.Funcs)
        {
            foreach (var run in func.Locals) used |= Of(run.Type);
            used |= Of(func.Body);
        }
        foreach (var table in module.Tables)
        {
            used |= Of(table.Type.Elem) | Of(table.Type.Addr);
            if (table.Init is { } init) used |= Features.FunctionReferences | Constant(init);
        }
        if (Count(module, ExternKind.Table, module.Tables.Length) > 1) used |= Features.ReferenceTypes;
        foreach (var mem in module.Mems) used |= Of(mem.Type);
        if (Count(module, ExternKind.Memory, module.Mems.Length) > 1) used |= Features.MultiMemory;
        if (!module.Tags.IsEmpty) used |= Features.Exceptions;
        foreach (var global in module.Globals) used |= Of(global.Type.Val) | Constant(global.Init);
        // Before GC, constant expressions saw imported globals only.
        uint imported = (uint)Count(module, ExternKind.Global, 0);
        if (module.Globals.Length > 0 && Constants(module).Any(e => e.Instrs.Any(i => i is Idx { Op: Op.GlobalGet, X: var x } && x >= imported))) used |= Features.Gc;
        foreach (var elem in module.Elems)
        {
            // A list of function indices is as old as 1.0.
            bool indices = elem.Type == new RefType(false, HeapType.Func);
            foreach (var init in elem.Inits)
            {
                if (indices && init.Instrs is [Idx { Op: Op.RefFunc }, _]) continue;
                indices = false;
                used |= Constant(init);
            }
            // Other forms came with bulk memory, whatever they hold.
            if (!indices) used |= Features.ReferenceTypes | Features.BulkMemory | Of(elem.Type);
            if (elem.Mode is SegmentMode.Active active) used |= (active.Index == 0 ? 0 : Features.ReferenceTypes | Features.BulkMemory) | Constant(active.Offset);
            else used |= Features.BulkMemory | (elem.Mode is SegmentMode.Declarative ? Features.ReferenceTypes : 0);
        }
        foreach (var data in module.Datas)
        {
            if (data.Mode is SegmentMode.Active active) used |= (active.Index == 0 ? 0 : Features.MultiMemory | Features.BulkMemory) | Constant(active.Offset);
            else used |= Features.BulkMemory;
        }
        return used;
    }

    private static int Count(Module module, ExternKind kind, int defined)
    {
        foreach (var import in module.Imports)
            if (import.Type.Kind == kind) defined++;
        return defined;
    }

    private static IEnumerable<Expr> Constants(Module module)
    {
        foreach (var global in module.Globals) yield return global.Init;
        foreach (var elem in module.Elems)
        {
            foreach (var init in elem.Inits) yield return init;
            if (elem.Mode is SegmentMode.Active active) yield return active.Offset;
        }
        foreach (var data in module.Datas)
            if (data.Mode is SegmentMode.Active active) yield return active.Offset;
    }

    private static Features Of(SubType type)
    {
        var used = type.Final && type.Supers.IsEmpty ? Features.None : Features.Gc;
        if (type.Describes is not null || type.Descriptor is not null) used |= Features.CustomDescriptors;
        switch (type.Comp)
        {
            case FuncType func:
                foreach (var t in func.Params) used |= Of(t);
                foreach (var t in func.Results) used |= Of(t);
                return func.Results.Length > 1 ? used | Features.MultiValue : used;
            case StructType fields:
                foreach (var field in fields.Fields) used |= Of(field.Storage.Val);
                return used | Features.Gc;
            case ArrayType array:
                return used | Features.Gc | Of(array.Field.Storage.Val);
            default:
                return used | Features.StackSwitching | Features.FunctionReferences;
        }
    }

    private static Features Of(ExternType type) => type switch
    {
        ExternType.Table table => Of(table.Type.Elem) | Of(table.Type.Addr),
        ExternType.Mem mem => Of(mem.Type),
        ExternType.Global global => Of(global.Type.Val),
        ExternType.Tag => Features.Exceptions,
        _ => Features.None,
    };

    private static Features Of(MemType type) =>
        Of(type.Addr) | (type.Shared ? Features.Threads : 0) | (type.PageSizeLog2 == 16 ? 0 : Features.CustomPageSizes);

    private static Features Of(AddrType type) => type == AddrType.I64 ? Features.Memory64 : Features.None;

    private static Features Of(ValType type) => type.Kind == ValKind.V128 ? Features.Simd : type.IsRef ? Features.ReferenceTypes | Of(type.Ref) : Features.None;

    private static Features Of(RefType type)
    {
        var used = type.Heap.Kind switch
        {
            HeapKind.Func => Features.None,
            HeapKind.Extern => Features.ReferenceTypes,
            HeapKind.Exn or HeapKind.NoExn => Features.Exceptions | Features.ReferenceTypes,
            HeapKind.Cont or HeapKind.NoCont => Features.StackSwitching | Features.ReferenceTypes,
            HeapKind.TypeIdx or HeapKind.RecIdx or HeapKind.Def => Features.FunctionReferences | Features.ReferenceTypes,
            HeapKind.Bot or HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None or HeapKind.NoFunc
                or HeapKind.NoExtern or _ => Features.Gc | Features.FunctionReferences | Features.ReferenceTypes,
        };
        if (!type.Nullable) used |= Features.FunctionReferences | Features.ReferenceTypes;
        return type.Heap.Exact ? used | Features.CustomDescriptors : used;
    }

    private static Features Constant(Expr expr) => Of(expr) | (expr.Instrs.Length > 2 ? Features.ExtendedConst : 0);

    private static Features Of(Expr expr)
    {
        var used = Features.None;
        foreach (var instr in expr.Instrs)
        {
            used |= instr.Def.Feature;
            used |= instr switch
            {
                Block { Type: var type } => Of(type),
                TryTable { Type: var type } => Of(type),
                RefNull { Heap: var heap } => Of(new RefType(true, heap)),
                Cast { Type: var type } => Of(type),
                BrOnCast { From: var from, To: var to } => Of(from) | Of(to),
                SelectT { Types: [var type] } => Of(type),
                // With the section that counts the segments.
                Idx2 { Op: Op.ArrayNewData or Op.ArrayInitData } => Features.BulkMemory,
                Mem { Arg: var arg } => Of(arg),
                MemLane { Arg: var arg } => Of(arg),
                _ => Features.None,
            };
        }
        return used;
    }

    private static Features Of(BlockType type) => type.IsIdx ? Features.MultiValue : type.IsResult ? Of(type.Result) : Features.None;

    private static Features Of(MemArg arg) => (arg.Mem == 0 ? 0 : Features.MultiMemory) | (arg.Offset > uint.MaxValue ? Features.Memory64 : 0);
}
