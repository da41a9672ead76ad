using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>Structures: fields of all types written and read, of objects that are new, kept, of a subtype, or null.</summary>
internal sealed class StructSingle
{
    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly Slot[] _fields;
    private readonly uint _type;
    private readonly uint _made;
    private readonly ValType _ref;

    private StructSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        var storages = new StorageType[1 + d.Below(6)];
        for (int i = 0; i < storages.Length; i++) storages[i] = Slot.Draw(d, options.Features);
        if (row.Op is Op.StructGetS or Op.StructGetU && !storages[0].IsPacked) storages[0] = d.OneIn(2) ? StorageType.I8 : StorageType.I16;
        if (row.Op is Op.StructGet && storages[0].IsPacked) storages[0] = new(ValType.I32);
        // An i32 that tells whether there is an object at all, then a column for each field.
        var columns = new (ValKind, LaneType, Role)[storages.Length + 1];
        columns[0] = (ValKind.I32, LaneType.I32, Role.Value);
        uint width = 0;
        for (int i = 0; i < storages.Length; i++)
        {
            columns[i + 1] = Slot.ColumnOf(storages[i]);
            width += 32;
        }
        int forms = 1 + d.Below(3);
        _rig = new Rig(d, options, columns, 1 + d.Below(32), forms, width + 16);
        _rig.FillRows();
        for (int i = 0; i < _rig.Rows; i++) _rig.Put(i, 0, (ulong)d.Below(8));
        _fields = [.. storages.Select(s => Slot.Of(_rig, s))];
        ImmutableArray<FieldType> fields = [.. storages.Select(s => new FieldType(true, s))];
        bool hasSub = d.OneIn(3);
        _type = _rig.Module.Type(new SubType(!hasSub, [], new StructType(fields)));
        // An object of a subtype has the same fields first.
        _made = hasSub ? _rig.Module.Type(new SubType(true, [HeapType.Idx(_type)], new StructType(fields.Add(new(false, new(ValType.I64)))))) : _type;
        _ref = ValType.RefNull(HeapType.Idx(_type));
        for (int i = 0; i < forms; i++) Form(hasSub);
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new StructSingle(row, d, options)._rig.Finish();

    private void Form(bool hasSub)
    {
        var d = _rig.D;
        var body = _rig.Begin();
        uint output = _rig.Output();
        bool isDefault = _row.Op == Op.StructNewDefault || (_row.Op != Op.StructNew && d.OneIn(3));
        uint s = body.Local(_ref);
        uint kept = uint.MaxValue;
        if (d.OneIn(3)) kept = _rig.Module.Global(_ref, new Body(0).Add(new RefNull(Op.RefNull, HeapType.Idx(_type))).ToExpr());
        // An object, but in one row of eight; or the one that an earlier row made.
        _rig.Load(body, 0).If();
        if (isDefault)
        {
            body.X(Op.StructNewDefault, _made);
        }
        else
        {
            for (int i = 0; i < _fields.Length; i++) _fields[i].Push(_rig, body, i + 1);
            if (hasSub) body.I64(5);
            body.X(Op.StructNew, _made);
        }
        body.Set(s);
        if (kept != uint.MaxValue) body.Get(s).X(Op.GlobalSet, kept);
        if (kept != uint.MaxValue && d.OneIn(2)) body.Else().X(Op.GlobalGet, kept).Set(s);
        body.End();
        if (_row.Op == Op.StructSet || isDefault || d.OneIn(2))
        {
            int count = 1 + d.Below(_fields.Length);
            for (int k = 0; k < count; k++)
            {
                int i = d.Below(_fields.Length);
                _fields[i].Push(_rig, body.Get(s), i + 1).XY(Op.StructSet, _type, (uint)i);
            }
        }
        uint offset = 16;
        for (int i = 0; i < _fields.Length; i++)
        {
            var slot = _fields[i];
            if (slot.Storage.IsPacked)
            {
                Read(body, s, slot, i, Op.StructGetS, output, offset);
                Read(body, s, slot, i, Op.StructGetU, output, offset + 4);
            }
            else
            {
                Read(body, s, slot, i, Op.StructGet, output, offset);
            }
            offset += 16;
        }
        Rig.Mark(body, 7, output);
        _rig.Sweep(body, _rig.Rows);
    }

    private void Read(Body body, uint s, Slot slot, int i, Op op, uint output, uint offset) =>
        Rig.Store(slot.Tell(Rig.BeginStore(body).Get(s).XY(op, _type, (uint)i)), slot.Kind, output, offset);
}
