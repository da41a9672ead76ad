using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

#pragma warning disable IDE0010, IDE0072 // only the instructions of this test

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>
/// References tested, cast, compared and converted, over a small lattice of types: structures that are subtypes of each other, equal or only alike,
/// arrays, i31, null of every hierarchy, and functions.
/// </summary>
internal sealed class CastSingle
{
    private readonly InstrDef _row;
    private readonly Rig _rig;
    private readonly uint[] _types;
    private readonly HeapType[] _targets;
    private readonly uint _a, _makeCount;
    private readonly uint _make, _tell, _objects;

    // Columns: which value, which other, and a number in them.
    private const int Kind = 0, Other = 1, Number = 2;

    private CastSingle(InstrDef row, Decisions d, GeneratorOptions options)
    {
        _row = row;
        var i32 = (ValKind.I32, LaneType.I32, Role.Value);
        _rig = new Rig(d, options, [i32, i32, i32], 24 + d.Below(24), 4, 32);
        var module = _rig.Module;
        var field = new FieldType(true, new(ValType.I32));
        StructType Fields(params ReadOnlySpan<ValType> more)
        {
            var all = ImmutableArray.CreateBuilder<FieldType>();
            all.Add(field);
            foreach (var t in more) all.Add(new FieldType(false, new(t)));
            return new StructType(all.ToImmutable());
        }

        // More types in front change the indices.
        int before = d.Below(4) == 3 ? 60 + d.Below(10) : d.Below(4);
        for (int i = 0; i < before; i++) module.Type(new SubType(Fields([.. Enumerable.Repeat(ValType.I64, 1 + i % 5)])));
        if (d.OneIn(3)) module.Rec();
        uint first;
        if (d.OneIn(2))
        {
            first = module.NextType;
            module.Rec(
                new SubType(false, [], Fields()),
                new SubType(false, [HeapType.Idx(first)], Fields(ValType.I64)),
                new SubType(false, [HeapType.Idx(first)], Fields(ValType.RefNull(HeapType.Idx(first + 1)))),
                new SubType(true, [HeapType.Idx(first + 1)], Fields(ValType.I64, ValType.F32)));
        }
        else
        {
            first = module.Type(new SubType(false, [], Fields()));
            module.Type(new SubType(false, [HeapType.Idx(first)], Fields(ValType.I64)));
            module.Type(new SubType(false, [HeapType.Idx(first)], Fields(ValType.RefNull(HeapType.Idx(first + 1)))));
            module.Type(new SubType(true, [HeapType.Idx(first + 1)], Fields(ValType.I64, ValType.F32)));
        }
        // Alike, but final; and twice, so that the two are one type.
        uint alike = module.Type(new SubType(true, [], Fields()));
        uint again = module.Type(new SubType(true, [], Fields()));
        uint bytes = module.Type(new SubType(new ArrayType(new FieldType(true, StorageType.I8))));
        uint numbers = module.Type(new SubType(false, [], new ArrayType(new FieldType(false, new(ValType.I32)))));
        uint below = module.Type(new SubType(true, [HeapType.Idx(numbers)], new ArrayType(new FieldType(false, new(ValType.I32)))));
        _a = first;
        _types = [first, first + 1, first + 2, first + 3, alike, again, bytes, numbers, below];
        _targets = [HeapType.Any, HeapType.Eq, HeapType.I31, HeapType.Struct, HeapType.Array, HeapType.None, .. _types.Select(t => HeapType.Idx(t))];
        _makeCount = (uint)_types.Length + 3;
        _make = Maker();
        _tell = Teller();
        _objects = module.Table(new TableType(AddrType.I32, new Limits(_makeCount), new RefType(true, HeapType.Any)));

        for (int i = 0; i < _rig.Rows; i++)
        {
            _rig.Put(i, Kind, (ulong)(i < _makeCount ? i : d.Below((int)_makeCount)));
            _rig.Put(i, Other, (ulong)(d.OneIn(2) ? i % (int)_makeCount : d.Below((int)_makeCount)));
            _rig.Put(i, Number, _rig.Values.I32());
        }
        int forms = 1 + d.Below(4);
        for (int i = 0; i < forms; i++) Form();
    }

    public static FuzzCase Make(InstrDef row, Decisions d, GeneratorOptions options) => new CastSingle(row, d, options)._rig.Finish();

    /// <summary>A function of a kind and a number that makes a value.</summary>
    private uint Maker()
    {
        var body = new Body(2);
        int blocks = (int)_makeCount;
        for (int k = 0; k < blocks; k++) body.Block();
        body.Get(0).Add(new BrTable(Op.BrTable, [.. Enumerable.Range(0, blocks - 1).Select(k => (uint)k)], (uint)blocks - 1));
        for (int k = 0; k < blocks; k++)
        {
            body.End();
            if (k == 0) body.Add(new RefNull(Op.RefNull, _rig.D.Of([HeapType.None, HeapType.Any, HeapType.Idx(_a), HeapType.I31])));
            else if (k == 1) body.Get(1).Op(Op.RefI31);
            else if (k == 2) body.Get(1).Op(Op.RefI31).Op(Op.ExternConvertAny).Op(Op.AnyConvertExtern);
            else
            {
                uint type = _types[k - 3];
                if (k - 3 < 6)
                {
                    body.Get(1);
                    if (k - 3 is 1 or 3) body.I64(1);
                    if (k - 3 == 2) body.Add(new RefNull(Op.RefNull, HeapType.None));
                    if (k - 3 == 3) body.Const(ValKind.F32, default);
                    body.X(Op.StructNew, type);
                }
                else
                {
                    body.Get(1).Get(1).XY(Op.ArrayNewFixed, type, 2);
                }
            }
            body.Op(Op.Return);
        }
        return _rig.Module.Func(_rig.Module.FuncType([ValType.I32, ValType.I32], [ValType.RefNull(HeapType.Any)]), body.Op(Op.Unreachable));
    }

    /// <summary>A function that makes a number of a value.</summary>
    private uint Teller()
    {
        var body = new Body(1);
        body.Get(0).Op(Op.RefIsNull).If().I32(-1).Op(Op.Return).End();
        body.Get(0).Add(new Cast(Op.RefTest, new RefType(false, HeapType.I31))).If();
        body.Get(0).Add(new Cast(Op.RefCast, new RefType(false, HeapType.I31))).Op(Op.I31GetU).Op(Op.Return).End();
        foreach (uint t in (ReadOnlySpan<uint>)[_a, _types[4]])
        {
            body.Get(0).Add(new Cast(Op.RefTest, new RefType(false, HeapType.Idx(t)))).If();
            body.Get(0).Add(new Cast(Op.RefCast, new RefType(false, HeapType.Idx(t)))).XY(Op.StructGet, t, 0).I32(5).Op(Op.I32Rotl).Op(Op.Return).End();
        }
        body.Get(0).Add(new Cast(Op.RefCast, new RefType(false, HeapType.Array))).Op(Op.ArrayLen).I32(0x1000).Op(Op.I32Or);
        return _rig.Module.Func(_rig.Module.FuncType([ValType.RefNull(HeapType.Any)], [ValType.I32]), body);
    }

    private Body Value(Body body, int column = Kind)
    {
        _rig.Load(body, column);
        return _rig.Load(body, Number).Call(_make);
    }

    private void Form()
    {
        var d = _rig.D;
        var body = _rig.Begin();
        uint output = _rig.Output();
        var target = new RefType(_row.Op is Op.RefTestNull or Op.RefCastNull || (_row.Op is not (Op.RefTest or Op.RefCast) && d.OneIn(2)), d.Of(_targets.AsSpan()));
        var any = ValType.RefNull(HeapType.Any);
        switch (_row.Op)
        {
            case Op.RefTest or Op.RefTestNull:
                if (d.OneIn(2))
                {
                    var branching = Branching.Begin(body, d, output);
                    Value(body).Add(new Cast(_row.Op, target));
                    branching.End(body, ValKind.I32, false);
                }
                else
                {
                    Rig.BeginStore(body);
                    Rig.Store(Value(body).Add(new Cast(_row.Op, target)), ValKind.I32, output);
                }
                break;
            case Op.RefCast or Op.RefCastNull:
                if (d.OneIn(4))
                {
                    Value(body).Add(new Cast(_row.Op, target)).Op(Op.Drop);
                    break;
                }
                Rig.BeginStore(body);
                Value(body).Add(new Cast(_row.Op, target));
                Rig.Store(body.Call(_tell), ValKind.I32, output);
                break;
            case Op.BrOnCast or Op.BrOnCastFail:
                BranchOnCast(body, output, target);
                break;
            case Op.RefEq:
                Eq(body, output);
                break;
            case Op.RefIsNull:
                {
                    var branching = Branching.Begin(body, d, output);
                    Value(body).Op(Op.RefIsNull);
                    branching.End(body, ValKind.I32, false);
                    break;
                }
            case Op.RefAsNonNull:
                Rig.BeginStore(body);
                Rig.Store(Value(body).Op(Op.RefAsNonNull).Call(_tell), ValKind.I32, output);
                break;
            case Op.BrOnNull:
                // The number below the reference goes along; on the way through, the reference is there too.
                body.Block(BlockType.Of(ValType.I32)).I32(3);
                Value(body).X(Op.BrOnNull, 0).Call(_tell).Op(Op.I32Add).End();
                Told(body, output);
                break;
            case Op.BrOnNonNull:
                body.Block(BlockType.Of(ValType.RefNonNull(HeapType.Any)));
                Value(body).X(Op.BrOnNonNull, 0);
                Rig.Mark(body, 9, output).Op(Op.Return).End();
                body.Call(_tell);
                Told(body, output);
                break;
            case Op.AnyConvertExtern or Op.ExternConvertAny:
                Rig.BeginStore(body);
                Value(body).Op(Op.ExternConvertAny);
                if (d.OneIn(2)) body.Add(new Cast(Op.RefCastNull, new RefType(true, HeapType.Extern)));
                Rig.Store(body.Op(Op.AnyConvertExtern).Call(_tell), ValKind.I32, output);
                Rig.BeginStore(body);
                Value(body).Op(Op.ExternConvertAny);
                bool top = d.OneIn(2);
                Rig.Store(body.Add(top ? new Cast(Op.RefTest, new RefType(false, HeapType.Extern)) : new Cast(Op.RefTestNull, new RefType(true, HeapType.NoExtern))),
                    ValKind.I32, output, 4);
                break;
            case Op.RefI31 or Op.I31GetS or Op.I31GetU:
                uint x = body.Local(ValType.RefNull(HeapType.I31));
                // Null in one row of eight where it matters.
                if (_row.Op != Op.RefI31) _rig.Load(body, Other).I32(7).Op(Op.I32And).If();
                _rig.Load(body, Number).Op(Op.RefI31).Set(x);
                if (_row.Op != Op.RefI31) body.End();
                Rig.Store(Rig.BeginStore(body).Get(x).Op(Op.I31GetS), ValKind.I32, output);
                Rig.Store(Rig.BeginStore(body).Get(x).Op(Op.I31GetU), ValKind.I32, output, 4);
                break;
            case Op.RefNull:
                Rig.BeginStore(body);
                Rig.Store(body.Add(new RefNull(Op.RefNull, target.Heap)).Add(new Cast(Op.RefTestNull, target with { Nullable = true })), ValKind.I32, output);
                Rig.BeginStore(body);
                Rig.Store(body.Add(new RefNull(Op.RefNull, HeapType.NoFunc)).Op(Op.RefIsNull), ValKind.I32, output, 4);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{_row} is no cast");
        }
        Rig.Mark(body, 7, output, 12);
        _rig.Sweep(body, _rig.Rows);
    }

    private static void Told(Body body, uint output)
    {
        uint n = body.Local(ValType.I32);
        body.Set(n);
        Rig.StoreLocal(body, n, ValKind.I32, output);
    }

    private void BranchOnCast(Body body, uint output, RefType target)
    {
        var d = _rig.D;
        // Casts go from a supertype: any, the next abstract type up, or the structure's own supertype.
        var from = target.Heap.Kind switch
        {
            HeapKind.TypeIdx when target.Heap.Index >= _a && target.Heap.Index < _a + 4 && d.OneIn(2) => d.OneIn(2) ? HeapType.Idx(_a) : HeapType.Struct,
            HeapKind.Any => HeapType.Any,
            _ => d.OneIn(2) && target.Heap.Kind != HeapKind.Any ? HeapType.Eq : HeapType.Any,
        };
        var source = new RefType(true, from);
        bool fails = _row.Op == Op.BrOnCastFail;
        // Where the value goes on success: with br_on_cast to the label, else on.
        var rest = new RefType(!target.Nullable, from);
        body.Block(BlockType.Of(fails ? rest : target));
        Value(body);
        if (from != HeapType.Any) body.Add(new Cast(Op.RefCastNull, source));
        body.Add(new BrOnCast(_row.Op, 0, source, target));
        body.Call(_tell);
        Told(body, output);
        Rig.Mark(body, 1, output, 4).Op(Op.Return).End();
        body.Call(_tell);
        Told(body, output);
        Rig.Mark(body, 2, output, 4);
    }

    /// <summary>Whether two are the same: of objects kept in a table, made at their first use.</summary>
    private void Eq(Body body, uint output)
    {
        for (int column = Kind; column <= Other; column++)
        {
            body.Block();
            _rig.Load(body, column).X(Op.TableGet, _objects).Op(Op.RefIsNull).Op(Op.I32Eqz).BrIf(0);
            _rig.Load(body, column);
            Value(body, column).X(Op.TableSet, _objects).End();
        }
        var eq = new RefType(true, HeapType.Eq);
        bool branches = _rig.D.OneIn(2);
        var branching = branches ? Branching.Begin(body, _rig.D, output) : default;
        if (!branches) Rig.BeginStore(body);
        for (int column = Kind; column <= Other; column++)
            _rig.Load(body, column).X(Op.TableGet, _objects).Add(new Cast(Op.RefCastNull, eq));
        body.Op(Op.RefEq);
        if (branches) branching.End(body, ValKind.I32, false);
        else Rig.Store(body, ValKind.I32, output);
    }
}
