using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>Prints a module, field by field.</summary>
internal sealed partial class ModulePrinter
{
    /// <summary>Bytes of data in one string.</summary>
    private const int BytesPerLine = 64;

    private readonly Module _module;
    private readonly TextWriter _out;
    private readonly ImmutableArray<SubType> _types;
    private readonly Identifiers _ids;
    private readonly string _head;
    private readonly string _indent;

    public ModulePrinter(Module module, TextWriter writer)
    {
        _module = module;
        _out = writer;
        _types = [.. module.Types.SelectMany(r => r.SubTypes)];
        _ids = new Identifiers(module, _types);
        _head = "module";
        _indent = "";
    }

    /// <summary>A module in a script, whose identifier is the command's.</summary>
    /// <param name="module">The module.</param>
    /// <param name="writer">Where it is printed.</param>
    /// <param name="head">Its keywords before the identifier.</param>
    /// <param name="id">The identifier, or null.</param>
    /// <param name="indent">What all lines but the first begin with.</param>
    public ModulePrinter(Module module, TextWriter writer, string head, string? id, string indent) : this(module, writer)
    {
        _ids = new Identifiers(module, _types, id, hasId: true);
        _head = head;
        _indent = indent;
    }

    public void Print()
    {
        if (_module.Funcs.Sum(f => f.Locals.Sum(l => (long)l.Count)) is var locals and > TextPrinter.MaxLocals)
            throw new NotSupportedException($"{locals} locals: text has no form for runs of them");
        _out.Write($"({_head}");
        if (_ids.Module is { } name) _out.Write(" " + StringText.Id(name));
        Types();
        Imports();
        uint x = Imported(ExternKind.Table);
        foreach (var table in _module.Tables) TableField(table, x++);
        x = Imported(ExternKind.Memory);
        foreach (var mem in _module.Mems) Field("memory", _ids.Mems, x++, mem.Type.ToString());
        x = Imported(ExternKind.Tag);
        foreach (var tag in _module.Tags) Field("tag", _ids.Tags, x++, TypeUse(tag.Type, null));
        x = Imported(ExternKind.Global);
        foreach (var global in _module.Globals) GlobalField(global, x++);
        foreach (var export in _module.Exports) Line($"(export {StringText.Name(export.Name)} ({Keyword(export.Kind)} {Id(Space(export.Kind), export.Index)}))");
        if (_module.Start is { } start) Line($"(start {Id(_ids.Funcs, start.Func)})");
        x = 0;
        foreach (var elem in _module.Elems) ElemField(elem, x++);
        x = Imported(ExternKind.Func);
        foreach (var func in _module.Funcs) FuncField(func, x++);
        x = 0;
        foreach (var data in _module.Datas) DataField(data, x++);
        foreach (var custom in _module.Customs) CustomField(custom);
        _out.Write(')');
    }

    // Lines and indices

    private void Line(string text)
    {
        NewLine(1);
        _out.Write(text);
    }

    private void NewLine(int depth)
    {
        _out.Write('\n');
        _out.Write(_indent);
        for (int i = Math.Min(depth, MaxDepth); i > 0; i--) _out.Write("  ");
    }

    /// <summary>A field that fits a line.</summary>
    private void Field(string keyword, IReadOnlyDictionary<uint, string> ids, uint x, string rest) => Line($"({keyword} {Definition(ids, x)} {rest})");

    private static string Id(IReadOnlyDictionary<uint, string> ids, uint x) => ids.TryGetValue(x, out string? id) ? id : $"{x}";

    /// <summary>The identifier where something is defined, or its index in a comment.</summary>
    private static string Definition(IReadOnlyDictionary<uint, string> ids, uint x) => ids.TryGetValue(x, out string? id) ? id : $"(;{x};)";

    private uint Imported(ExternKind kind) => (uint)_module.Imports.Count(i => i.Type.Kind == kind);

    private IReadOnlyDictionary<uint, string> Space(ExternKind kind) => kind switch
    {
        ExternKind.Func => _ids.Funcs,
        ExternKind.Table => _ids.Tables,
        ExternKind.Memory => _ids.Mems,
        ExternKind.Global => _ids.Globals,
        ExternKind.Tag => _ids.Tags,
        _ => throw new UnreachableException($"kind {kind}"),
    };

    private static string Keyword(ExternKind kind) => kind.ToString().ToLowerInvariant();

    // Imports

    private void Imports()
    {
        var next = new uint[5];
        foreach (var import in _module.Imports)
        {
            var kind = import.Type.Kind;
            string type = import.Type switch
            {
                ExternType.Func { Exact: true } func => $"(exact {TypeUse(func.Type.Index, null)})",
                ExternType.Func func => TypeUse(func.Type.Index, null),
                ExternType.Table table => Print(table.Type),
                ExternType.Mem mem => mem.Type.ToString(),
                ExternType.Global global => Print(global.Type),
                ExternType.Tag tag => TypeUse(tag.Type.Index, null),
                _ => throw new UnreachableException($"import type {import.Type}"),
            };
            string definition = Definition(Space(kind), next[(int)kind]++);
            Line($"(import {StringText.Name(import.Module)} {StringText.Name(import.Name)} ({Keyword(kind)} {definition} {type}))");
        }
    }

    // Definitions

    private void TableField(Table table, uint x)
    {
        if (table.Init is { Instrs.Length: 1 }) throw new NotSupportedException($"table {x} has an empty initializer: in text that is none");
        Field("table", _ids.Tables, x, Print(table.Type) + (table.Init is { } init ? " " + Instrs(init) : ""));
    }

    private void GlobalField(Global global, uint x) => Field("global", _ids.Globals, x, $"{Print(global.Type)} {Instrs(global.Init)}");

    private void ElemField(Elem elem, uint x)
    {
        NewLine(1);
        _out.Write($"(elem {Definition(_ids.Elems, x)}");
        bool indices = elem.Type == new RefType(false, HeapType.Func) && elem.Inits.All(i => i.Instrs is [Idx { Op: Op.RefFunc }, { Op: Op.End }]);
        string type = indices ? " func" : " " + Print(elem.Type);
        switch (elem.Mode)
        {
            case SegmentMode.Active { Index: 0 } active:
                // Function indices of table 0 stand alone, as they did in 1.0.
                _out.Write($" {Folded("offset", active.Offset)}{(indices ? "" : type)}");
                break;
            case SegmentMode.Active active:
                _out.Write($" (table {Id(_ids.Tables, active.Index)}) {Folded("offset", active.Offset)}{type}");
                break;
            case SegmentMode.Passive:
                _out.Write(type);
                break;
            case SegmentMode.Declarative:
                _out.Write(" declare" + type);
                break;
            default:
                throw new UnreachableException($"element mode {elem.Mode}");
        }
        foreach (var init in elem.Inits)
        {
            _out.Write(' ');
            _out.Write(indices ? Id(_ids.Funcs, ((Idx)init.Instrs[0]).X) : Folded("item", init));
        }
        _out.Write(')');
    }

    private void DataField(Data data, uint x)
    {
        NewLine(1);
        _out.Write($"(data {Definition(_ids.Datas, x)}");
        if (data.Mode is SegmentMode.Active active)
            _out.Write($"{(active.Index == 0 ? "" : $" (memory {Id(_ids.Mems, active.Index)})")} {Folded("offset", active.Offset)}");
        Strings(data.Init.AsSpan());
        _out.Write(')');
    }

    private void Strings(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= BytesPerLine)
        {
            _out.Write(" " + StringText.Bytes(bytes));
            return;
        }
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(BytesPerLine, bytes.Length)..])
        {
            NewLine(2);
            _out.Write(StringText.Bytes(bytes[..Math.Min(BytesPerLine, bytes.Length)]));
        }
    }

    private void CustomField(CustomSection custom)
    {
        if (_ids.ReplacesSection && custom.Name == Binary.Custom.NameSection.Name) return;
        NewLine(1);
        string place = custom.After == SectionId.Custom ? "before first" : $"after {custom.After.ToString().ToLowerInvariant()}";
        _out.Write($"(@custom {StringText.Name(custom.Name)} ({place})");
        Strings(custom.Bytes.AsSpan());
        _out.Write(')');
    }

    // Expressions outside functions, on one line

    /// <summary>The instructions but the last <c>end</c>.</summary>
    private string Instrs(Expr expr) => string.Join(' ', expr.Instrs.SkipLast(1).Select(i => Print(i)));

    /// <summary>A clause with an expression; just the instruction, folded, when it is one.</summary>
    private string Folded(string keyword, Expr expr) =>
        expr.Instrs is [not (Block or TryTable), { Op: Op.End }] ? $"({Instrs(expr)})" : $"({keyword}{(expr.Instrs.Length > 1 ? " " : "")}{Instrs(expr)})";
}
