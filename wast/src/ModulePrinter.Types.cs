using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>Types, with the identifiers of defined types where they have one.</summary>
internal sealed partial class ModulePrinter
{
    private string Print(HeapType heap)
    {
        if (heap.Kind is HeapKind.Def or HeapKind.RecIdx) throw new UnreachableException("a module's types are named by index");
        string use = heap.Kind == HeapKind.TypeIdx ? Id(_ids.Types, heap.Index) : (heap with { Exact = false }).ToString();
        return heap.Exact ? $"(exact {use})" : use;
    }

    private string Print(RefType type) =>
        type.Heap.IsAbstract && !type.Heap.Exact ? type.ToString() : $"(ref {(type.Nullable ? "null " : "")}{Print(type.Heap)})";

    private string Print(ValType type) => type.IsRef ? Print(type.Ref) : type.ToString();

    private string Print(StorageType type) => type.IsPacked ? type.ToString() : Print(type.Val);

    private string Print(FieldType field) => field.Mutable ? $"(mut {Print(field.Storage)})" : Print(field.Storage);

    private string Print(GlobalType type) => type.Mutable ? $"(mut {Print(type.Val)})" : Print(type.Val);

    private string Print(TableType type) => $"{(type.Addr == AddrType.I64 ? "i64 " : "")}{type.Limits} {Print(type.Elem)}";

    // Definitions

    private void Types()
    {
        uint x = 0;
        foreach (var rec in _module.Types)
        {
            if (rec.SubTypes.Length == 1)
            {
                NewLine(1);
                TypeDef(rec.SubTypes[0], x++);
                continue;
            }
            Line("(rec");
            foreach (var type in rec.SubTypes)
            {
                NewLine(2);
                TypeDef(type, x++);
            }
            _out.Write(')');
        }
    }

    private void TypeDef(SubType type, uint x)
    {
        bool plain = type is { Final: true, Supers: [] };
        _out.Write($"(type {Definition(_ids.Types, x)} ");
        if (!plain)
        {
            _out.Write(type.Final ? "(sub final " : "(sub ");
            foreach (var super in type.Supers) _out.Write(Print(super) + " ");
        }
        if (type.Describes is { } describes) _out.Write($"(describes {Print(describes)}) ");
        if (type.Descriptor is { } descriptor) _out.Write($"(descriptor {Print(descriptor)}) ");
        CompType(type.Comp, x);
        _out.Write(plain ? ")" : "))");
    }

    private void CompType(CompType comp, uint x)
    {
        switch (comp)
        {
            case FuncType func:
                _out.Write($"(func{Signature(func, null)})");
                break;
            case StructType structure:
                _out.Write("(struct");
                var ids = _ids.Fields(x);
                for (int i = 0; i < structure.Fields.Length; i++)
                    _out.Write($" (field {(ids.TryGetValue((uint)i, out string? id) ? id + " " : "")}{Print(structure.Fields[i])})");
                _out.Write(')');
                break;
            case ArrayType array:
                _out.Write($"(array {Print(array.Field)})");
                break;
            case ContType cont:
                _out.Write($"(cont {Print(cont.Func)})");
                break;
            default:
                throw new UnreachableException($"composite type {comp}");
        }
    }

    // Type uses

    /// <summary>The index, and the function type that it names, when it names one that is not too large to be repeated.</summary>
    private string TypeUse(uint x, IReadOnlyDictionary<uint, string>? locals) =>
        $"(type {Id(_ids.Types, x)})" + (x < _types.Length && _ids.IsWrittenOut(_types[(int)x]) ? Signature((FuncType)_types[(int)x].Comp, locals) : "");

    /// <summary>Parameters and results, each with a space before it; a parameter with an identifier stands alone.</summary>
    private string Signature(FuncType type, IReadOnlyDictionary<uint, string>? locals)
    {
        var text = new StringBuilder();
        ValTypes(text, "param", type.Params, locals ?? NoIds);
        ValTypes(text, "result", type.Results, NoIds);
        return text.ToString();
    }

    private static readonly IReadOnlyDictionary<uint, string> NoIds = ImmutableDictionary<uint, string>.Empty;

    private void ValTypes(StringBuilder text, string keyword, ImmutableArray<ValType> types, IReadOnlyDictionary<uint, string> ids)
    {
        bool open = false;
        for (int i = 0; i < types.Length; i++)
        {
            if (ids.TryGetValue((uint)i, out string? id))
            {
                text.Append(open ? ")" : "").Append($" ({keyword} {id} {Print(types[i])})");
                open = false;
                continue;
            }
            text.Append(open ? " " : $" ({keyword} ").Append(Print(types[i]));
            open = true;
        }
        if (open) text.Append(')');
    }
}
