using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>The fields of a module, in any order that means the same, with the abbreviations of imports, exports and segments (6.6).</summary>
internal sealed partial class ModuleText
{
    /// <summary>What is left to be written, each in its own order; in the order of the simplest style.</summary>
    private enum Queue
    {
        Types, Imports, Tables, Mems, Tags, Globals, Exports, Start, Elems, Funcs, Datas,
    }

    private readonly int[] _next = new int[Enum.GetValues<Queue>().Length];

    private int Left(Queue queue) => Count(queue) - _next[(int)queue];

    private int Count(Queue queue) => queue switch
    {
        Queue.Types => _module.Types.Length,
        Queue.Imports => _module.Imports.Length,
        Queue.Tables => _module.Tables.Length,
        Queue.Mems => _module.Mems.Length,
        Queue.Tags => _module.Tags.Length,
        Queue.Globals => _module.Globals.Length,
        Queue.Exports => _module.Exports.Length,
        Queue.Start => _module.Start is null ? 0 : 1,
        Queue.Elems => _module.Elems.Length,
        Queue.Funcs => _module.Funcs.Length,
        Queue.Datas => _module.Datas.Length,
        _ => throw new UnreachableException($"queue {queue}"),
    };

    private void Fields()
    {
        int typeIndex = 0;
        Span<Queue> ready = stackalloc Queue[_next.Length];
        while (true)
        {
            int count = 0;
            for (var queue = Queue.Types; queue <= Queue.Datas; queue++)
            {
                if (Left(queue) == 0) continue;
                // Imports come before all definitions of what can be imported.
                if (queue is Queue.Tables or Queue.Mems or Queue.Tags or Queue.Globals or Queue.Funcs && Left(Queue.Imports) > 0) continue;
                ready[count++] = queue;
            }
            if (count == 0) return;
            var chosen = ready[_style.Takes(Sugar.FieldOrder) ? _d.Below(count) : 0];
            int x = _next[(int)chosen]++;
            switch (chosen)
            {
                case Queue.Types:
                    _out.Line();
                    TypeField(_module.Types[x], typeIndex);
                    typeIndex += _module.Types[x].SubTypes.Length;
                    break;
                case Queue.Imports: ImportField(_module.Imports[x]); break;
                case Queue.Tables: TableField(_module.Tables[x], x); break;
                case Queue.Mems: MemoryField(_module.Mems[x], x); break;
                case Queue.Tags:
                    DefinitionOf(ExternKind.Tag, x);
                    TypeUse(_module.Tags[x].Type, _style.Has(Sugar.Id) ? Ids(ParamsOf(_module.Tags[x].Type)) : null);
                    _out.Close();
                    break;
                case Queue.Globals:
                    DefinitionOf(ExternKind.Global, x);
                    Write(_module.Globals[x].Type);
                    Instrs(_module.Globals[x].Init);
                    _out.Close();
                    break;
                case Queue.Exports: ExportField(_module.Exports[x]); break;
                case Queue.Start:
                    _out.Line();
                    _out.Open("start");
                    Use(Externs(ExternKind.Func), _module.Start!.Func);
                    _out.Close();
                    break;
                case Queue.Elems: ElemField(_module.Elems[x], x); break;
                case Queue.Funcs: FuncField(_module.Funcs[x], x); break;
                case Queue.Datas: DataField(_module.Datas[x], x); break;
                default: throw new UnreachableException($"queue {chosen}");
            }
        }
    }

    private int ParamsOf(uint type) => type < _types.Length && _types[(int)type].Comp is FuncType func ? func.Params.Length : 0;

    // Imports and exports

    private readonly int[] _importedSoFar = new int[5];

    private void ImportField(Import import)
    {
        var kind = import.Type.Kind;
        int x = _importedSoFar[(int)kind]++;
        if (_style.Takes(Sugar.InlineImport))
        {
            InlineExports(kind, (uint)x, () => Begin(kind, x));
            _out.Open("import");
            Names(import);
            _out.Close();
            ImportType(import.Type);
            _out.Close();
            return;
        }
        _out.Line();
        _out.Open("import");
        Names(import);
        _out.Open(Keyword(kind));
        Define(Externs(kind), x);
        ImportType(import.Type);
        _out.Close();
        _out.Close();

        void Names(Import names)
        {
            _out.Atom(_quoting.Name(names.Module));
            _out.Atom(_quoting.Name(names.Name));
        }
    }

    private void ImportType(ExternType type)
    {
        switch (type)
        {
            case ExternType.Func func:
                if (func.Exact) _out.Open("exact");
                TypeUse(func.Type.Index, _style.Has(Sugar.Id) ? Ids(ParamsOf(func.Type.Index)) : null);
                if (func.Exact) _out.Close();
                break;
            case ExternType.Table table: Write(table.Type); break;
            case ExternType.Mem mem: Write(mem.Type); break;
            case ExternType.Global global: Write(global.Type); break;
            case ExternType.Tag tag: TypeUse(tag.Type.Index); break;
            default: throw new UnreachableException($"import type {type}");
        }
    }

    private void ExportField(Export export)
    {
        _out.Line();
        _out.Open("export");
        _out.Atom(_quoting.Name(export.Name));
        _out.Open(Keyword(export.Kind));
        Use(Externs(export.Kind), export.Index);
        _out.Close();
        _out.Close();
    }

    private void Begin(ExternKind kind, int x)
    {
        _out.Line();
        _out.Open(Keyword(kind));
        Define(Externs(kind), x);
    }

    /// <summary>Opens a definition, with the exports that stand in it.</summary>
    private void DefinitionOf(ExternKind kind, int defined)
    {
        int x = _imported[(int)kind] + defined;
        InlineExports(kind, (uint)x, () => Begin(kind, x));
    }

    /// <summary>Exports keep their order: those before one that is written inline are written as fields first.</summary>
    private void InlineExports(ExternKind kind, uint x, Action begin)
    {
        ref int next = ref _next[(int)Queue.Exports];
        int own = -1;
        if (_style.Takes(Sugar.InlineExport))
            for (int i = next; own < 0 && i < _module.Exports.Length; i++)
                if (_module.Exports[i].Kind == kind && _module.Exports[i].Index == x) own = i;
        while (next < own) ExportField(_module.Exports[next++]);
        begin();
        for (; own >= 0 && next < _module.Exports.Length && _module.Exports[next] is var export && export.Kind == kind && export.Index == x; next++)
        {
            _out.Open("export");
            _out.Atom(_quoting.Name(export.Name));
            _out.Close();
        }
    }

    // Tables, memories and segments

    private void TableField(Table table, int defined)
    {
        uint x = (uint)(_imported[(int)ExternKind.Table] + defined);
        // A segment inside has no identifier, but counts: those before it are written first.
        ref int next = ref _next[(int)Queue.Elems];
        int e = next;
        while (e < _module.Elems.Length && !(_elemIds[e] is null && Fits(table, x, _module.Elems[e]))) e++;
        bool inline = e < _module.Elems.Length && _style.Takes(Sugar.InlineSegment);
        for (; inline && next < e; next++) ElemField(_module.Elems[next], next);
        DefinitionOf(ExternKind.Table, defined);
        if (inline)
        {
            next++;
            Write(table.Type.Addr);
            Write(table.Type.Elem);
            _out.Open("elem");
            ElemInits(_module.Elems[e], IsOfFuncs(_module.Elems[e]));
            _out.Close();
        }
        else
        {
            Write(table.Type);
            if (table.Init is { } init) Instrs(init);
        }
        _out.Close();
    }

    /// <summary>Whether a segment is what an abbreviation in a table stands for: all of a table that is as large as it.</summary>
    private static bool Fits(Table table, uint x, Elem elem) =>
        table is { Init: null, Type: var type } && elem.Mode is SegmentMode.Active { Index: var index, Offset: var offset } && index == x && IsZero(offset, type.Addr)
        && type.Limits.Min == (ulong)elem.Inits.Length && type.Limits.Max == type.Limits.Min
        && (IsOfFuncs(elem) ? type.Elem == RefType.Func : type.Elem == elem.Type && !(elem.Inits.IsEmpty && elem.Type == RefType.Func));

    private void MemoryField(Memory memory, int defined)
    {
        uint x = (uint)(_imported[(int)ExternKind.Memory] + defined);
        ref int next = ref _next[(int)Queue.Datas];
        int i = next;
        while (i < _module.Datas.Length && !(_dataIds[i] is null && Fits(memory, x, _module.Datas[i]))) i++;
        bool inline = i < _module.Datas.Length && _style.Takes(Sugar.InlineSegment);
        for (; inline && next < i; next++) DataField(_module.Datas[next], next);
        DefinitionOf(ExternKind.Memory, defined);
        if (inline)
        {
            next++;
            Write(memory.Type.Addr);
            _out.Open("data");
            Strings(_module.Datas[i].Init.AsSpan());
            _out.Close();
        }
        else
        {
            Write(memory.Type);
        }
        _out.Close();
    }

    private static bool Fits(Memory memory, uint x, Data data) =>
        memory.Type is { Shared: false, PageSizeLog2: 16, Limits: var limits } && data.Mode is SegmentMode.Active { Index: var index, Offset: var offset } && index == x && IsZero(offset, memory.Type.Addr)
        && limits.Min == ((ulong)data.Init.Length + 0xFFFF) >> 16 && limits.Max == limits.Min;

    private static bool IsZero(Expr offset, AddrType addr) =>
        offset.Instrs is [Const { Bits: 0, Op: var op }, { Op: Op.End }] && op == (addr == AddrType.I64 ? Op.I64Const : Op.I32Const);

    /// <summary>Whether the elements can be written as function indices.</summary>
    private static bool IsOfFuncs(Elem elem)
    {
        if (elem.Type != new RefType(false, HeapType.Func)) return false;
        foreach (var init in elem.Inits)
            if (init.Instrs is not [Idx { Op: Op.RefFunc }, { Op: Op.End }]) return false;
        return true;
    }

    private void ElemField(Elem elem, int x)
    {
        _out.Line();
        _out.Open("elem");
        Define(_elemIds, x);
        bool funcs = IsOfFuncs(elem) && !_style.Takes(Sugar.ElemExprs, Features.FunctionReferences), keyword = true;
        switch (elem.Mode)
        {
            case SegmentMode.Active active:
                bool written = active.Index != 0 || _style.Takes(Sugar.ZeroIndex, Features.ReferenceTypes);
                if (written)
                {
                    _out.Open("table");
                    Use(Externs(ExternKind.Table), active.Index);
                    _out.Close();
                }
                Clause("offset", active.Offset);
                // Function indices of table 0 may stand alone, as they did in 1.0.
                keyword = !funcs || written || _style.Takes(Sugar.ZeroIndex, Features.ReferenceTypes);
                break;
            case SegmentMode.Passive:
                break;
            case SegmentMode.Declarative:
                _out.Atom("declare");
                break;
            default:
                throw new UnreachableException($"element mode {elem.Mode}");
        }
        if (!funcs) Write(elem.Type);
        else if (keyword) _out.Atom("func");
        ElemInits(elem, funcs);
        _out.Close();
    }

    private void ElemInits(Elem elem, bool funcs)
    {
        foreach (var init in elem.Inits)
            if (funcs) Use(Externs(ExternKind.Func), ((Idx)init.Instrs[0]).X);
            else Clause("item", init);
    }

    private void DataField(Data data, int x)
    {
        _out.Line();
        _out.Open("data");
        Define(_dataIds, x);
        if (data.Mode is SegmentMode.Active active)
        {
            if (active.Index != 0 || _style.Takes(Sugar.ZeroIndex, Features.BulkMemory))
            {
                _out.Open("memory");
                Use(Externs(ExternKind.Memory), active.Index);
                _out.Close();
            }
            Clause("offset", active.Offset);
        }
        Strings(data.Init.AsSpan());
        _out.Close();
    }

    private void Strings(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty && _style.Has(Sugar.Strings) && !_style.Takes(Sugar.Strings)) return;
        do
        {
            int length = _style.Takes(Sugar.Strings) ? _d.Below(bytes.Length + 1) : bytes.Length;
            _out.Atom(_quoting.Bytes(bytes[..length]));
            bytes = bytes[length..];
        }
        while (!bytes.IsEmpty);
    }

    /// <summary>An expression in a clause, or as one folded instruction.</summary>
    private void Clause(string keyword, Expr expr)
    {
        if (expr.Instrs.Length > 1 && !_style.Takes(Sugar.Clause))
        {
            FoldedExpr(expr);
            return;
        }
        _out.Open(keyword);
        Instrs(expr);
        _out.Close();
    }
}
