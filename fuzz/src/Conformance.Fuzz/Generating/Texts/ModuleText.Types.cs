using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>Types and type uses (6.4, 6.6.4).</summary>
internal sealed partial class ModuleText
{
    private void Write(HeapType heap)
    {
        if (heap.Exact) _out.Open("exact");
        if (heap.Kind == HeapKind.TypeIdx) Use(_typeIds, heap.Index);
        else _out.Atom((heap with { Exact = false }).ToString());
        if (heap.Exact) _out.Close();
    }

    private void Write(RefType type)
    {
        bool hasShort = type.Nullable && type.Heap.IsAbstract && !type.Heap.Exact;
        if (hasShort && !_style.Takes(Sugar.LongRef, Features.FunctionReferences))
        {
            _out.Atom(type.ToString());
            return;
        }
        _out.Open("ref");
        if (type.Nullable) _out.Atom("null");
        Write(type.Heap);
        _out.Close();
    }

    private void Write(ValType type)
    {
        if (type.IsRef) Write(type.Ref);
        else _out.Atom(type.ToString());
    }

    private void Write(FieldType field)
    {
        if (field.Mutable) _out.Open("mut");
        if (field.Storage.IsPacked) _out.Atom(field.Storage.ToString());
        else Write(field.Storage.Val);
        if (field.Mutable) _out.Close();
    }

    private void Write(GlobalType type)
    {
        if (type.Mutable) _out.Open("mut");
        Write(type.Val);
        if (type.Mutable) _out.Close();
    }

    private void Write(AddrType addr)
    {
        if (addr == AddrType.I64) _out.Atom("i64");
        else if (_style.Takes(Sugar.AddrType, Features.Memory64)) _out.Atom("i32");
    }

    private void Write(Limits limits)
    {
        Nat(limits.Min);
        if (limits.Max is { } max) Nat(max);
    }

    private void Write(MemType type)
    {
        Write(type.Addr);
        Write(type.Limits);
        if (type.Shared) _out.Atom("shared");
        if (type.PageSizeLog2 == 16) return;
        _out.Open("pagesize");
        Nat(1UL << (int)type.PageSizeLog2);
        _out.Close();
    }

    private void Write(TableType type)
    {
        Write(type.Addr);
        Write(type.Limits);
        Write(type.Elem);
    }

    // Definitions

    private void TypeField(RecType group, int x)
    {
        if (group.SubTypes.Length == 1 && !_singleRecs.Contains((uint)x))
        {
            TypeDef(group.SubTypes[0], x);
            return;
        }
        _out.Open("rec");
        foreach (var type in group.SubTypes)
        {
            _out.Line();
            TypeDef(type, x++);
        }
        _out.Close();
    }

    private void TypeDef(SubType type, int x)
    {
        _out.Open("type");
        Define(_typeIds, x);
        bool wrapped = type is not { Final: true, Supers: [] } || _style.Takes(Sugar.SubFinal, Features.Gc);
        if (wrapped)
        {
            _out.Open("sub");
            if (type.Final) _out.Atom("final");
            foreach (var super in type.Supers) Write(super);
        }
        Clause("describes", type.Describes);
        Clause("descriptor", type.Descriptor);
        switch (type.Comp)
        {
            case FuncType func:
                _out.Open("func");
                Signature(func, _style.Has(Sugar.Id) ? Ids(func.Params.Length) : null);
                _out.Close();
                break;
            case StructType structure:
                _out.Open("struct");
                FieldTypes(structure.Fields, _fieldIds[x]!);
                _out.Close();
                break;
            case ArrayType array:
                _out.Open("array");
                Write(array.Field);
                _out.Close();
                break;
            case ContType cont:
                _out.Open("cont");
                Write(cont.Func);
                _out.Close();
                break;
            default:
                throw new UnreachableException($"composite type {type.Comp}");
        }
        if (wrapped) _out.Close();
        _out.Close();

        void Clause(string keyword, HeapType? use)
        {
            if (use is not { } heap) return;
            _out.Open(keyword);
            Write(heap);
            _out.Close();
        }
    }

    private void FieldTypes(ImmutableArray<FieldType> fields, string?[] ids)
    {
        bool open = false;
        for (int i = 0; i < fields.Length; i++)
        {
            bool named = ids[i] is not null;
            if (open && (named || !_style.Has(Sugar.Split) || _style.Takes(Sugar.Split)))
            {
                _out.Close();
                open = false;
            }
            if (!open) _out.Open("field");
            open = true;
            Define(ids, i);
            Write(fields[i]);
            if (!named) continue;
            _out.Close();
            open = false;
        }
        if (open) _out.Close();
    }

    // Type uses

    /// <summary>A type use: index, function type, or both, as far as they mean the index.</summary>
    /// <param name="x">The type index.</param>
    /// <param name="ids">The identifiers of the parameters, which need their types; null where there can be none.</param>
    private void TypeUse(uint x, string?[]? ids = null)
    {
        var func = x < _types.Length ? _types[(int)x].Comp as FuncType : null;
        bool named = ids is not null && ids.Any(id => id is not null);
        bool mayInline = func is not null && _plainFuncTypes.TryGetValue(func, out uint first) && first == x;
        if (mayInline && _style.Takes(Sugar.InlineTypeUse) && (!IsSeldomInline(x, func!) || _d.OneIn(500)))
        {
            Signature(func!, ids);
            return;
        }
        _out.Open("type");
        Use(_typeIds, x);
        _out.Close();
        if (func is not null && (named || (_style.Has(Sugar.BareTypeUse) && !_style.Takes(Sugar.BareTypeUse)))) Signature(func, ids);
    }

    /// <summary>
    /// Whether wasm-tools finds another type, or none and adds one: where the type stands in a group written out, names types, by an index here and an identifier
    /// there, or is like one that is open. Seldom, since that difference hides all others.
    /// </summary>
    private bool IsSeldomInline(uint x, FuncType func)
    {
        if (_singleRecs.Contains(x) || _otherFuncTypes.Contains(func)) return true;
        if (!_style.Has(Sugar.Id)) return false;
        foreach (var t in func.Params)
            if (t.IsRef && !t.Ref.Heap.IsAbstract) return true;
        foreach (var t in func.Results)
            if (t.IsRef && !t.Ref.Heap.IsAbstract) return true;
        return false;
    }

    private void Signature(FuncType type, string?[]? ids)
    {
        ValTypes("param", type.Params, ids);
        ValTypes("result", type.Results, null);
    }

    /// <summary>Clauses of types; what has an identifier stands alone.</summary>
    private void ValTypes(string keyword, ImmutableArray<ValType> types, string?[]? ids)
    {
        bool open = false;
        for (int i = 0; i < types.Length; i++)
        {
            bool named = ids?[i] is not null;
            if (open && (named || _style.Takes(Sugar.Split)))
            {
                _out.Close();
                open = false;
            }
            if (!open)
            {
                // A clause may be empty.
                if (_style.Takes(Sugar.Split) && _d.OneIn(8))
                {
                    _out.Open(keyword);
                    _out.Close();
                }
                _out.Open(keyword);
                open = true;
            }
            if (named) Define(ids!, i);
            Write(types[i]);
            if (!named) continue;
            _out.Close();
            open = false;
        }
        if (open) _out.Close();
    }
}
