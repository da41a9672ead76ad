using Wasm.Syntax;

namespace Conformance.Fuzz.Damage;

/// <summary>
/// Makes one mistake, or none, in a module's definitions: type declarations and their subtyping, limits, mutability, segments, exports, the start
/// function, and the typing of unreachable code. The bytes stay well-formed, so that it is the validator that answers.
/// </summary>
public static class OutlineMutator
{
    /// <summary>A changed copy, or null when the change drawn has nothing to act on.</summary>
    public static Module? Mutate(Module m, Decisions d)
    {
        switch (d.Below(14))
        {
            case 0: return Types(m, d);
            case 1 when !m.Exports.IsEmpty: return m with { Exports = m.Exports.Add(m.Exports[d.Below(m.Exports.Length)]) };                        // duplicate export name
            case 2 when !m.Exports.IsEmpty: return Export(m, d);
            case 3: return m with { Mems = m.Mems.Add(new(new(d.OneIn(2) ? AddrType.I64 : AddrType.I32, Limits(d, 65536)))) };
            case 4: return m with { Tables = m.Tables.Add(new(new(d.OneIn(2) ? AddrType.I64 : AddrType.I32, Limits(d, uint.MaxValue), d.OneIn(3) ? new(false, HeapType.Func) : RefType.Func), null)) };
            case 5 when !m.Globals.IsEmpty: return Global(m, d);
            case 6: return m with { Start = new((uint)d.Below(8)) };
            case 7 when !m.Elems.IsEmpty: return m with { Elems = m.Elems.SetItem(d.Below(m.Elems.Length), m.Elems[d.Below(m.Elems.Length)] with { Type = d.OneIn(2) ? RefType.Extern : new(false, HeapType.Func) }) };
            case 8 when !m.Datas.IsEmpty: return m with { Datas = m.Datas.Add(m.Datas[0] with { Mode = new SegmentMode.Active((uint)d.Below(3), new([d.OneIn(2) ? new Const(Op.I64Const, 0) : new Const(Op.I32Const, 0), new Plain(Op.End)])) }) };
            case 9 when !m.Imports.IsEmpty: return Import(m, d);
            case 10: return m with { Tags = m.Tags.Add(new((uint)d.Below(8))) };
            default: return Unreachable(m, d);
        }
    }

    private static Limits Limits(Decisions d, ulong most) => d.Below(6) switch
    {
        0 => new(0),
        1 => new(1, 0),
        2 => new(1, most),     // not as a minimum: an engine may have less, and is right to refuse
        3 => new(most + 1),
        4 => new(0, most + 1),
        _ => new(0, (1UL << 48) + (ulong)d.Below(2)),
    };

    private static Module? Types(Module m, Decisions d)
    {
        if (m.Types.IsEmpty) return null;
        if (d.OneIn(4) && SuperMadeFinal(m, d) is { } final) return final;
        int g = d.Below(m.Types.Length);
        var group = m.Types[g].SubTypes;
        if (group.IsEmpty) return null;
        int k = d.Below(group.Length);
        var type = group[k];
        int count = m.TypeCount;
        uint own = (uint)(m.Types.Take(g).Sum(t => t.SubTypes.Length) + k);
        var changed = d.Below(6) switch
        {
            0 => type with { Final = !type.Final },
            // Itself, which is wrong for no other reason where it is open.
            1 => type with { Supers = [HeapType.Idx(d.OneIn(2) ? own : (uint)d.Below(count + 1))] },
            2 => type with { Supers = [] },
            3 when type.Comp is StructType s && !s.Fields.IsEmpty => type with { Comp = new StructType(s.Fields.SetItem(d.Below(s.Fields.Length), Field(s.Fields[0], d, count))) },
            3 when type.Comp is StructType s => type with { Comp = new StructType([new(false, new(ValType.I32))]) },
            4 when type.Comp is ArrayType a => type with { Comp = new ArrayType(Field(a.Field, d, count)) },
            5 when type.Comp is FuncType f && !f.Params.IsEmpty && d.OneIn(2) => type with { Comp = new FuncType(f.Params.SetItem(d.Below(f.Params.Length), Value(d, count)), f.Results) },
            5 when type.Comp is FuncType f => type with { Comp = new FuncType(f.Params, f.Results.Add(Value(d, count))) },
            _ => type with { Supers = [HeapType.Idx((uint)d.Below(count))] },
        };
        return m with { Types = m.Types.SetItem(g, new RecType(group.SetItem(k, changed))) };
    }

    /// <summary>Makes a type final that others have as their super type.</summary>
    private static Module? SuperMadeFinal(Module m, Decisions d)
    {
        uint[] supers = [.. m.Types.SelectMany(g => g.SubTypes).SelectMany(t => t.Supers).Select(s => s.Index).Distinct()];
        if (supers.Length == 0) return null;
        int rest = (int)supers[d.Below(supers.Length)], g = 0;
        while (g < m.Types.Length && rest >= m.Types[g].SubTypes.Length) rest -= m.Types[g++].SubTypes.Length;
        if (g == m.Types.Length) return null;
        var group = m.Types[g].SubTypes;
        return m with { Types = m.Types.SetItem(g, new RecType(group.SetItem(rest, group[rest] with { Final = true }))) };
    }

    private static FieldType Field(FieldType field, Decisions d, int types) =>
        d.OneIn(2) ? field with { Mutable = !field.Mutable } : field with { Storage = d.Below(3) switch { 0 => StorageType.I8, 1 => StorageType.I16, _ => new(Value(d, types)) } };

    private static ValType Value(Decisions d, int types) => d.Below(9) switch
    {
        0 => ValType.I32,
        1 => ValType.F64,
        2 => ValType.V128,
        3 => ValType.RefNonNull(HeapType.Exn),
        4 => ValType.RefNull(HeapType.Exn),
        5 => ValType.RefNonNull(HeapType.Idx((uint)d.Below(types + 1))),
        6 => ValType.RefNull(HeapType.None),
        7 => ValType.RefNonNull(HeapType.I31),
        _ => ValType.RefNull(HeapType.Idx((uint)d.Below(types + 1))),
    };

    private static Module Export(Module m, Decisions d)
    {
        int at = d.Below(m.Exports.Length);
        var export = m.Exports[at];
        return m with { Exports = m.Exports.SetItem(at, d.OneIn(2) ? export with { Kind = (ExternKind)d.Below(5) } : export with { Index = (uint)d.Below(12) }) };
    }

    private static Module Global(Module m, Decisions d)
    {
        int at = d.Below(m.Globals.Length);
        var global = m.Globals[at];
        return m with
        {
            Globals = m.Globals.SetItem(at, d.Below(3) switch
            {
                0 => global with { Type = new(!global.Type.Mutable, global.Type.Val) },
                1 => global with { Type = new(global.Type.Mutable, Value(d, m.TypeCount)) },
                _ => global with { Init = new([new Idx(Op.GlobalGet, (uint)d.Below(m.Globals.Length + 2)), new Plain(Op.End)]) },
            }),
        };
    }

    private static Module Import(Module m, Decisions d)
    {
        int at = d.Below(m.Imports.Length);
        ExternType type = d.Below(4) switch
        {
            0 => new ExternType.Func(HeapType.Idx((uint)d.Below(m.TypeCount + 1))),
            1 => new ExternType.Mem(new(AddrType.I32, Limits(d, 65536))),
            2 => new ExternType.Table(new(AddrType.I32, Limits(d, uint.MaxValue), RefType.Func)),
            _ => new ExternType.Global(new(d.OneIn(2), Value(d, m.TypeCount))),
        };
        return m with { Imports = m.Imports.SetItem(at, m.Imports[at] with { Type = type }) };
    }

    /// <summary>Puts an instruction that ends the reachable code, and one that is typed against the polymorphic stack, before an instruction.</summary>
    private static Module? Unreachable(Module m, Decisions d)
    {
        if (m.Funcs.IsEmpty) return null;
        int f = d.Below(m.Funcs.Length);
        var body = m.Funcs[f].Body.Instrs;
        int at = d.Below(body.Length);
        int types = m.TypeCount;
        Instr then = d.Below(14) switch
        {
            0 => new Plain(Op.Drop),
            1 => new Plain(Op.Select),
            2 => new Plain(Op.RefIsNull),
            3 => new Plain(Op.RefAsNonNull),
            4 => new Cast(Op.RefTestNull, new(true, HeapType.Any)),
            5 => new Cast(Op.RefCast, new(false, HeapType.Idx((uint)d.Below(types + 1)))),
            6 => new Plain(Op.I31GetS),
            7 => new Idx(Op.CallRef, (uint)d.Below(types + 1)),
            8 => new Plain(Op.I64Add),
            9 => new Idx(Op.BrOnNull, 0),
            10 => new Idx(Op.BrOnNonNull, 0),
            11 => new Idx2(Op.StructGet, (uint)d.Below(types + 1), (uint)d.Below(3)),
            12 => new BrOnCast(Op.BrOnCast, 0, new(true, HeapType.Any), new(false, HeapType.I31)),
            _ => new Plain(Op.ArrayLen),
        };
        var changed = body.Insert(at, then);
        return m with { Funcs = m.Funcs.SetItem(f, m.Funcs[f] with { Body = new(d.OneIn(4) ? changed : changed.Insert(at, new Plain(Op.Unreachable))) }) };
    }
}
