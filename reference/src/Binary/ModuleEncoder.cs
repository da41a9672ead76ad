using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>Encodes one module: sections here (5.5), types and instructions in the other parts.</summary>
internal sealed partial class ModuleEncoder
{
    private readonly ByteWriter _out = new();

    /// <summary><c>module</c>.</summary>
    public byte[] Module(Module module)
    {
        _out.Bytes("\0asm\x01\0\0\0"u8);
        Customs(module, SectionId.Custom);
        foreach (var id in SectionOrder.All)
        {
            if (Sections.IsPresent(module, id)) Section(module, id);
            Customs(module, id);
        }
        return _out.ToArray();
    }

    /// <summary>The offset of each instruction from the body's first byte.</summary>
    public uint[] InstrOffsets(Func func)
    {
        LocalsVec(func.Locals);
        uint[] offsets = new uint[func.Body.Instrs.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = (uint)_out.Count;
            Instr(func.Body.Instrs[i]);
        }
        return offsets;
    }

    private void Section(Module module, SectionId id)
    {
        _out.Byte((byte)id);
        int start = _out.BeginSized();
        switch (id)
        {
            case SectionId.Type: Vec(module.Types, RecType); break;
            case SectionId.Import: Vec(module.Imports, Import); break;
            case SectionId.Func: Vec(module.Funcs, func => _out.U32(func.Type)); break;
            case SectionId.Table: Vec(module.Tables, Table); break;
            case SectionId.Memory: Vec(module.Mems, mem => MemType(mem.Type)); break;
            case SectionId.Tag: Vec(module.Tags, tag => TagType(tag.Type)); break;
            case SectionId.Global: Vec(module.Globals, Global); break;
            case SectionId.Export: Vec(module.Exports, Export); break;
            case SectionId.Start: _out.U32(module.Start!.Func); break;
            case SectionId.Elem: Vec(module.Elems, Elem); break;
            case SectionId.DataCount: _out.U32((uint)module.Datas.Length); break;
            case SectionId.Code: Vec(module.Funcs, Code); break;
            case SectionId.Data: Vec(module.Datas, Data); break;
            case SectionId.Custom:
            default: throw new UnreachableException($"section {id}");
        }
        _out.EndSized(start);
    }

    private void Vec<T>(ImmutableArray<T> items, Action<T> write)
    {
        _out.U32((uint)items.Length);
        foreach (var item in items) write(item);
    }

    private void Customs(Module module, SectionId after)
    {
        foreach (var custom in module.Customs)
        {
            if (custom.After != after) continue;
            _out.Byte((byte)SectionId.Custom);
            int start = _out.BeginSized();
            _out.Name(custom.Name);
            _out.Bytes(custom.Bytes.AsSpan());
            _out.EndSized(start);
        }
    }

    private void Import(Import import)
    {
        _out.Name(import.Module);
        _out.Name(import.Name);
        ExternType(import.Type);
    }

    private void Table(Table table)
    {
        if (table.Init is null)
        {
            TableType(table.Type);
            return;
        }
        _out.Byte(0x40);
        _out.Byte(0);
        TableType(table.Type);
        Expr(table.Init);
    }

    private void Global(Global global)
    {
        GlobalType(global.Type);
        Expr(global.Init);
    }

    private void Export(Export export)
    {
        _out.Name(export.Name);
        _out.Byte((byte)export.Kind);
        _out.U32(export.Index);
    }

    private void Elem(Elem elem)
    {
        const uint notActive = 1, explicitIdx = 2, exprs = 4;
        bool indices = elem.Type == new RefType(false, Syntax.HeapType.Func) && elem.Inits.All(IsFuncIdx);
        uint mode = elem.Mode switch
        {
            // The short form of active segments has no room for a type.
            SegmentMode.Active { Index: 0 } when indices || elem.Type == Syntax.RefType.Func => 0,
            SegmentMode.Active => explicitIdx,
            SegmentMode.Passive => notActive,
            SegmentMode.Declarative => notActive | explicitIdx,
            _ => throw new UnreachableException($"element mode {elem.Mode}"),
        };
        _out.U32(indices ? mode : mode | exprs);
        if (elem.Mode is SegmentMode.Active active) Active(active, mode == explicitIdx);
        if (mode != 0)
        {
            if (indices) _out.Byte(0);
            else RefType(elem.Type);
        }
        if (indices) Vec(elem.Inits, init => _out.U32(((Idx)init.Instrs[0]).X));
        else Vec(elem.Inits, Expr);
    }

    private static bool IsFuncIdx(Expr expr) => expr.Instrs is [Idx { Op: Op.RefFunc }, { Op: Op.End }];

    private void Active(SegmentMode.Active active, bool explicitIdx)
    {
        if (explicitIdx) _out.U32(active.Index);
        Expr(active.Offset);
    }

    private void Code(Func func)
    {
        int start = _out.BeginSized();
        LocalsVec(func.Locals);
        Expr(func.Body);
        _out.EndSized(start);
    }

    private void LocalsVec(ImmutableArray<Locals> locals)
    {
        var runs = new List<Locals>(locals.Length);
        foreach (var run in locals)
        {
            if (run.Count == 0) continue;
            if (runs.Count > 0 && runs[^1] is var last && last.Type == run.Type && (ulong)last.Count + run.Count <= uint.MaxValue)
                runs[^1] = last with { Count = last.Count + run.Count };
            else
                runs.Add(run);
        }
        _out.U32((uint)runs.Count);
        foreach (var run in runs)
        {
            _out.U32(run.Count);
            ValType(run.Type);
        }
    }

    private void Data(Data data)
    {
        switch (data.Mode)
        {
            case SegmentMode.Active active:
                _out.U32(active.Index == 0 ? 0u : 2u);
                Active(active, active.Index != 0);
                break;
            case SegmentMode.Passive:
                _out.U32(1);
                break;
            default:
                throw new UnreachableException($"data mode {data.Mode}");
        }
        _out.ByteVec(data.Init.AsSpan());
    }
}
