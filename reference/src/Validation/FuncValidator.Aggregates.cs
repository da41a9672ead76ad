using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>The rules for structures and arrays (3.4.7).</summary>
internal sealed partial class FuncValidator
{
    private readonly Dictionary<DefType, bool> _defaultable = [];

    private bool Aggregate(Instr instr)
    {
        switch (instr)
        {
            // Instr_ok/struct.new, struct.new_desc
            case Idx { Op: Op.StructNew or Op.StructNewDesc, X: var x }:
                {
                    var type = c.StructType(x, _at);
                    Descriptor(x, instr.Op == Op.StructNewDesc);
                    for (int i = type.Fields.Length - 1; i >= 0 && !Bottomless; i--)
                        Pop(type.Fields[i].Storage.Unpacked);
                    PushNew(x);
                    return true;
                }

            // Instr_ok/struct.new_default, struct.new_default_desc
            case Idx { Op: Op.StructNewDefault or Op.StructNewDefaultDesc, X: var x }:
                if (!Defaultable(c.StructType(x, _at), c.Type(x, _at))) throw Error("field type is not defaultable");
                Descriptor(x, instr.Op == Op.StructNewDefaultDesc);
                PushNew(x);
                return true;

            // Instr_ok/struct.get
            case Idx2 { Op: Op.StructGet or Op.StructGetS or Op.StructGetU, X: var x, Y: var i }:
                {
                    var type = Field(x, i).Storage;
                    if (type.IsPacked != instr.Op is Op.StructGetS or Op.StructGetU)
                        throw Error($"field is {(type.IsPacked ? "packed" : "unpacked")}");
                    Pop(NullRef(x));
                    Push(type.Unpacked);
                    return true;
                }

            // Instr_ok/struct.set
            case Idx2 { Op: Op.StructSet, X: var x, Y: var i }:
                {
                    var field = Field(x, i);
                    if (!field.Mutable) throw Error("immutable field");
                    Pop(field.Storage.Unpacked);
                    Pop(NullRef(x));
                    return true;
                }

            // Instr_ok/array.new
            case Idx { Op: Op.ArrayNew, X: var x }:
                {
                    var type = c.ArrayType(x, _at);
                    Pop(ValType.I32);
                    Pop(type.Storage.Unpacked);
                    PushNew(x);
                    return true;
                }

            // Instr_ok/array.new_default
            case Idx { Op: Op.ArrayNewDefault, X: var x }:
                if (!Matching.Defaultable(c.ArrayType(x, _at).Storage.Unpacked)) throw Error("array type is not defaultable");
                Pop(ValType.I32);
                PushNew(x);
                return true;

            // Instr_ok/array.new_fixed
            case Idx2 { Op: Op.ArrayNewFixed, X: var x, Y: var n }:
                Pop(c.ArrayType(x, _at).Storage.Unpacked, n);
                PushNew(x);
                return true;

            // Instr_ok/array.new_data
            case Idx2 { Op: Op.ArrayNewData, X: var x, Y: var y }:
                {
                    var type = c.ArrayType(x, _at);
                    c.Data(y, _at);
                    NumericOrVector(type);
                    Pop(ValType.I32);
                    Pop(ValType.I32);
                    PushNew(x);
                    return true;
                }

            // Instr_ok/array.new_elem
            case Idx2 { Op: Op.ArrayNewElem, X: var x, Y: var y }:
                SegmentMatches(c.ArrayType(x, _at), y);
                Pop(ValType.I32);
                Pop(ValType.I32);
                PushNew(x);
                return true;

            // Instr_ok/array.get
            case Idx { Op: Op.ArrayGet or Op.ArrayGetS or Op.ArrayGetU, X: var x }:
                {
                    var type = c.ArrayType(x, _at).Storage;
                    if (type.IsPacked != instr.Op is Op.ArrayGetS or Op.ArrayGetU)
                        throw Error($"array is {(type.IsPacked ? "packed" : "unpacked")}");
                    Pop(ValType.I32);
                    Pop(NullRef(x));
                    Push(type.Unpacked);
                    return true;
                }

            // Instr_ok/array.set
            case Idx { Op: Op.ArraySet, X: var x }:
                Pop(MutableArray(x).Storage.Unpacked);
                Pop(ValType.I32);
                Pop(NullRef(x));
                return true;

            // Instr_ok/array.fill
            case Idx { Op: Op.ArrayFill, X: var x }:
                {
                    var type = MutableArray(x);
                    Pop(ValType.I32);
                    Pop(type.Storage.Unpacked);
                    Pop(ValType.I32);
                    Pop(NullRef(x));
                    return true;
                }

            // Instr_ok/array.copy
            case Idx2 { Op: Op.ArrayCopy, X: var x, Y: var y }:
                {
                    var type = MutableArray(x);
                    if (!Matching.Match(c.ArrayType(y, _at).Storage, type.Storage)) throw Error("array types do not match");
                    Pop(ValType.I32);
                    Pop(ValType.I32);
                    Pop(NullRef(y));
                    Pop(ValType.I32);
                    Pop(NullRef(x));
                    return true;
                }

            // Instr_ok/array.init_data
            case Idx2 { Op: Op.ArrayInitData, X: var x, Y: var y }:
                {
                    var type = MutableArray(x);
                    c.Data(y, _at);
                    NumericOrVector(type);
                    PopInit(x);
                    return true;
                }

            // Instr_ok/array.init_elem
            case Idx2 { Op: Op.ArrayInitElem, X: var x, Y: var y }:
                SegmentMatches(MutableArray(x), y);
                PopInit(x);
                return true;

            default:
                return false;
        }
    }

    /// <summary>A new object's type is known exactly, where types can say so.</summary>
    private void PushNew(uint x) => Push(ValType.RefNonNull(HeapType.Of(c.Type(x, _at), c.Has(Features.CustomDescriptors))));

    /// <summary>A type with a descriptor is allocated with it, and only such a type.</summary>
    private void Descriptor(uint x, bool given)
    {
        if (c.Type(x, _at).Descriptor is { } descriptor)
        {
            if (!given) throw Error("type with descriptor requires descriptor allocation");
            Pop(ValType.RefNull(HeapType.Of(descriptor, exact: true)));
        }
        else if (given)
        {
            throw Error("type without descriptor requires non-descriptor allocation");
        }
    }

    /// <summary>Whether all fields have a default; found once for each type, which may have many fields.</summary>
    private bool Defaultable(StructType type, DefType of)
    {
        if (_defaultable.TryGetValue(of, out bool known)) return known;
        bool all = true;
        foreach (var field in type.Fields)
            all &= Matching.Defaultable(field.Storage.Unpacked);
        _defaultable.Add(of, all);
        return all;
    }

    private FieldType Field(uint x, uint i)
    {
        var fields = c.StructType(x, _at).Fields;
        return i < fields.Length ? fields[(int)i] : throw Context.Unknown("field", i, _at);
    }

    private FieldType MutableArray(uint x)
    {
        var type = c.ArrayType(x, _at);
        return type.Mutable ? type : throw Error("immutable array");
    }

    private void NumericOrVector(FieldType type)
    {
        if (type.Storage.Unpacked.IsRef) throw Error("array type is not numeric or vector");
    }

    private void SegmentMatches(FieldType type, uint y)
    {
        var elem = c.Elem(y, _at);
        if (type.Storage.IsPacked || !Matching.Match(elem, type.Storage.Val))
            throw Error($"type mismatch: element segment's type {c.Show(elem)} does not match array's field type {c.Show(type.Storage.Val)}");
    }

    /// <summary>Array, index, and where and how much of a segment.</summary>
    private void PopInit(uint x)
    {
        Pop(ValType.I32);
        Pop(ValType.I32);
        Pop(ValType.I32);
        Pop(NullRef(x));
    }
}
