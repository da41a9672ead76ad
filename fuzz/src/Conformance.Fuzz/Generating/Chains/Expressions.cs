using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Chains;

/// <summary>
/// Makes expressions: code that pushes a value. Each knows which NaNs are open in its value; where an instruction would make that seen, they are made
/// canonical first.
/// </summary>
internal sealed partial class Expressions
{
    /// <summary>The bytes at the end of memory that differ.</summary>
    public const int HighBytes = 64;

    private readonly Rig _rig;
    private readonly Decisions d;
    private readonly InstrDef[][] _rows;
    private Body _body = null!;
    private uint?[] _locals;
    private bool _loads;

    public Expressions(Rig rig, bool simd)
    {
        _rig = rig;
        d = rig.D;
        _locals = new uint?[rig.Columns];
        _rows = new InstrDef[(int)ValKind.V128 + 1][];
        var allowed = simd ? rig.Allowed : rig.Allowed & ~(Features.Simd | Features.RelaxedSimd);
        for (var kind = ValKind.I32; kind <= ValKind.V128; kind++) _rows[(int)kind] = Palette(kind, allowed);
    }

    /// <summary>Whether a relaxed instruction occurred.</summary>
    public bool IsRelaxed { get; private set; }

    /// <summary>The rows that give a kind; in half of the cases only a few of them, so that those meet.</summary>
    private InstrDef[] Palette(ValKind kind, Features allowed)
    {
        var all = RowsOf(kind, allowed);
        if (all.Length < 12 || d.Below(2) == 0) return all;
        var few = new InstrDef[4 + d.Below(6)];
        for (int i = 0; i < few.Length; i++) few[i] = all[d.Below(all.Length)];
        return few;
    }

    private sealed record Known(Features Features, InstrDef[][] Rows);

    private static volatile Known s_known = new(Features.None, []);

    private static InstrDef[] RowsOf(ValKind kind, Features allowed)
    {
        var known = s_known;
        if (known.Features != allowed || known.Rows.Length == 0)
        {
            var rows = new InstrDef[(int)ValKind.V128 + 1][];
            for (var k = ValKind.Bot; k <= ValKind.V128; k++)
            {
                rows[(int)k] = [.. Operands.Rows.Where(r => !r.Params.IsEmpty && r.Results.Length == 1 && r.Results[0].Type.Kind == k && (r.Feature & ~allowed) == 0
                    && r.Params.All(p => p.Type.Kind != ValKind.V128 || (allowed & Features.Simd) != 0))];
            }
            s_known = known = new Known(allowed, rows);
        }
        return known.Rows[(int)kind];
    }

    /// <summary>Begins a function.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="locals">Where the operands are; null to load them as they are wanted.</param>
    /// <param name="loads">Whether the row's address is in local 1.</param>
    public void Begin(Body body, uint[]? locals, bool loads)
    {
        _body = body;
        _loads = loads;
        for (int i = 0; i < _locals.Length; i++) _locals[i] = locals?[i];
        if (!loads) return;
        // Some operands are in locals from the start; the others are loaded where they are used.
        for (int i = 0; i < _locals.Length; i++)
            if (d.Below(2) == 0) _locals[i] = _rig.LoadLocal(_body, i);
    }

    /// <summary>Goes on in another body, where only <see cref="Close"/> is called.</summary>
    public void Continue(Body body) => _body = body;

    /// <summary>Pushes a value of a kind, made by about so many instructions.</summary>
    public Open Value(ValKind kind, int ops)
    {
        if (ops <= 0) return Leaf(kind);
        if (d.Below(3) == 2 && Idiom(kind, ops) is { } open) return open;
        var rows = _rows[(int)kind];
        return rows.Length == 0 ? Leaf(kind) : Apply(rows[d.Below(rows.Length)], ops - 1);
    }

    /// <summary>Makes canonical what is open in the value on the stack.</summary>
    public void Close(ValKind kind, Open open)
    {
        if (open == Open.None) return;
        NaNRules.Canonicalize(_body, kind, open == Open.F64 ? LaneType.F64 : LaneType.F32, _body.Local(Rig.TypeOf(kind)));
    }

    /// <summary>A value all of whose bits are determined.</summary>
    private void Closed(ValKind kind, int ops) => Close(kind, Value(kind, ops));

    /// <summary>An instruction on operands made by about so many more.</summary>
    private Open Apply(InstrDef row, int ops)
    {
        var flow = NaNFlow.Of(row);
        IsRelaxed |= row.Feature == Features.RelaxedSimd;
        var types = Operands.Of(row);
        bool open = false;
        // The operands share what is left; the same value may be both.
        int share = types.Length == 1 ? ops : d.Below(ops + 1);
        bool twice = types.Length == 2 && types[0].Kind == types[1].Kind && d.OneIn(8);
        for (int i = 0; i < types.Length; i++)
        {
            var kind = types[i].Kind;
            if (twice && i == 1)
            {
                uint x = _body.Local(Rig.TypeOf(kind));
                _body.Tee(x).Get(x);
                break;
            }
            Open given;
            if (types[i].Role == Role.Count && d.Below(2) == 0) given = Count(kind, types[i].Lane);
            else if (types[i].Role == Role.Lanes && d.Below(2) == 0) given = Constant(kind, _rig.Values.Of(kind, LaneType.I8, Role.Lanes));
            // The same instruction on its own result: two that compilers make one of.
            else if (ops > 0 && kind == row.Results[0].Type.Kind && d.OneIn(8)) given = Apply(row, Math.Max(0, (i == 0 ? share : ops - share) - 1));
            else given = Value(kind, i == 0 ? share : i == 1 ? ops - share : 0);
            open |= Take(kind, given, twice ? Least(flow.Takes(0), flow.Takes(1)) : flow.Takes(i));
        }
        _body.Add(Operands.Instr(row, d));
        return flow.Gives(open);
    }

    private Open Apply(Op op, int ops) => Apply(InstrTable.Of(op), ops);

    private static Open Least(Open a, Open b) => a == b ? a : Open.None;

    /// <summary>Closes the operand on the stack unless its NaNs may stay open; whether they do.</summary>
    private bool Take(ValKind kind, Open open, Open taken)
    {
        if (open == Open.None) return false;
        if (open == taken) return true;
        Close(kind, open);
        return false;
    }

    // Leaves

    private Open Leaf(ValKind kind)
    {
        switch (d.Below(8))
        {
            case 0 or 1 or 2 or 3:
                if (Column(kind) is not (>= 0 and var column)) goto default;
                Operand(column);
                return Open.None;
            case 4 or 5:
                return Load(kind);
            default:
                return Constant(kind, _rig.Values.Of(kind, _rig.AnyLane(kind)));
        }
    }

    private Open Constant(ValKind kind, V128 bits)
    {
        _body.Const(kind, bits);
        return Open.None;
    }

    /// <summary>One of the columns of a kind, or -1.</summary>
    private int Column(ValKind kind)
    {
        int start = d.Below(_rig.Columns);
        for (int i = 0; i < _rig.Columns; i++)
        {
            int column = (start + i) % _rig.Columns;
            if (_rig.KindOf(column) == kind) return column;
        }
        return -1;
    }

    private void Operand(int column)
    {
        if (_locals[column] is { } local) _body.Get(local);
        else _rig.Load(_body, column);
    }

    /// <summary>An i32, from a column when there is one.</summary>
    private void AnyI32()
    {
        if (Column(ValKind.I32) is >= 0 and var i) Operand(i);
        else if (Column(ValKind.I64) is >= 0 and var j)
        {
            Operand(j);
            _body.Op(Op.I32WrapI64);
        }
        else _body.I32(_rig.Values.I32());
    }

    /// <summary>A count for a shift: a constant, often beyond the width, or an operand, perhaps masked.</summary>
    private Open Count(ValKind kind, LaneType lane)
    {
        if (d.Below(2) == 0) return Constant(kind, _rig.Values.Of(kind, lane, Role.Count));
        Closed(kind, 0);
        if (d.OneIn(2)) _body.Const(kind, new V128((ulong)(Values.Width(lane) - 1), 0)).Op(kind == ValKind.I64 ? Op.I64And : Op.I32And);
        return Open.None;
    }

    // Memory

    /// <summary>A load of any width that gives the kind.</summary>
    private Open Load(ValKind kind)
    {
        var op = d.Of<Op>(kind switch
        {
            ValKind.I32 => [Op.I32Load, Op.I32Load, Op.I32Load8S, Op.I32Load8U, Op.I32Load16S, Op.I32Load16U],
            ValKind.I64 => [Op.I64Load, Op.I64Load, Op.I64Load8S, Op.I64Load8U, Op.I64Load16S, Op.I64Load16U, Op.I64Load32S, Op.I64Load32U],
            ValKind.F32 => [Op.F32Load],
            ValKind.F64 => [Op.F64Load],
            ValKind.V128 => [Op.V128Load, Op.V128Load, Op.V128Load8x8S, Op.V128Load8x8U, Op.V128Load16x4S, Op.V128Load16x4U, Op.V128Load32x2S, Op.V128Load32x2U,
                Op.V128Load8Splat, Op.V128Load16Splat, Op.V128Load32Splat, Op.V128Load64Splat, Op.V128Load32Zero, Op.V128Load64Zero],
            ValKind.Bot or ValKind.Ref or _ => throw new System.Diagnostics.UnreachableException($"load of {kind}"),
        });
        return Load(op);
    }

    private Open Load(Op op)
    {
        uint width = 1u << InstrTable.Of(op).NaturalAlign;
        if (d.OneIn(8))
        {
            // What was just written, perhaps in another width or place.
            int at = 512 + d.Below(16);
            var stored = _rig.AnyKind();
            if (stored != ValKind.V128 || _rows[(int)ValKind.V128].Length > 0)
            {
                _body.Addr(_rig.Addr, (ulong)at);
                Closed(stored, 0);
                _body.Access(Rig.StoreOf(stored), 0).Addr(_rig.Addr, (ulong)(at + d.Below(5) - 2));
                Access(op, 0);
                return Open.None;
            }
        }
        Access(op, Address(width));
        return Open.None;
    }

    private void Access(Op op, ulong offset)
    {
        uint align = (uint)InstrTable.Of(op).NaturalAlign;
        if (d.OneIn(4)) align = (uint)d.Below((int)align + 1);
        _body.Add(new Mem(op, new MemArg(0, align, offset)));
    }

    /// <summary>Pushes an address for an access of a width, and gives the static offset that goes with it.</summary>
    private ulong Address(uint width)
    {
        uint end = _rig.MemoryBytes;
        bool is64 = _rig.Addr == AddrType.I64;
        uint offset = d.Below(3) switch { 0 => 0, 1 => (uint)d.Below(64), _ => d.Of<uint>([8, 256, 448, end - width, end - 256, 8192]) };
        int way = d.Below(8);
        switch (way)
        {
            case 0:    // the last bytes
                offset = Math.Min(offset, end - width);
                _body.Addr(_rig.Addr, end - width - offset);
                return offset;
            case 1:    // the last bytes, one beyond in some rows
                AnyI32();
                _body.I32(7).Op(Op.I32And).I32(7).Op(Op.I32Eq);
                Widen(is64);
                _body.Addr(_rig.Addr, end - width).Op(is64 ? Op.I64Add : Op.I32Add);
                return 0;
            case 2:    // a product or shift that wraps around
                int k = 1 + d.Below(5);
                AnyI32();
                _body.I32(~0u << (32 - k) | 7u).Op(Op.I32And);
                Scale(k);
                Widen(is64);
                return offset % 512;
            case 3:    // a sum that wraps around
                uint added = d.Of<uint>([1, 0x8000_0000, 0xFFFF_FFF0, (uint)d.Below(4096), (uint)d.Next()]);
                AnyI32();
                _body.I32(63).Op(Op.I32And).I32(added).Op(Op.I32Sub);
                if (d.OneIn(2)) _body.I32(added).Op(Op.I32Add);
                else _body.I32(0u - added).Op(Op.I32Sub);
                Widen(is64);
                return offset % 512;
            case 4:    // any, seldom within bounds: what traps is seen too
                if (!d.OneIn(4)) goto default;
                AnyI32();
                if (d.OneIn(2))
                {
                    // Just below 2^32, from where the static offset does not lead back to 0.
                    _body.I32(63).Op(Op.I32And).I32(64).Op(Op.I32Sub);
                    offset = 64 + (offset % 512);
                }
                Widen(is64);
                return offset;
            case 5:    // an index of elements
                AnyI32();
                _body.I32(15).Op(Op.I32And);
                Scale(d.Below(5));
                Widen(is64);
                return offset % 512;
            case 6:
                offset = Math.Min(offset, end - 64);
                _body.Addr(_rig.Addr, (ulong)d.Below(48));
                return offset;
            default:
                AnyI32();
                _body.I32(63).Op(Op.I32And);
                Widen(is64);
                return offset % 512;
        }
    }

    private void Scale(int k)
    {
        if (d.OneIn(2)) _body.I32(k).Op(Op.I32Shl);
        else _body.I32(1 << k).Op(Op.I32Mul);
    }

    private void Widen(bool is64)
    {
        if (is64) _body.Op(Op.I64ExtendI32U);
    }
}
