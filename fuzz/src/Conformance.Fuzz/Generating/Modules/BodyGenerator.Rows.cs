using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Instructions whose row of the table says all that is needed; NaNs; parametric instructions and variables.</summary>
internal sealed partial class BodyGenerator
{
    /// <summary>An instruction with one result of a kind.</summary>
    private bool Row(ValKind kind, NaNs nan)
    {
        var rows = RowInfo.Giving(kind);
        for (int tries = 0; tries < 4; tries++)
        {
            var row = rows[d.Below(rows.Length)];
            if (!m.Swarm.Allows(row) || (row.IsMemory && m.Mems.Count == 0)) continue;
            if (row.Params is [{ IsRef: true } t] && !(CanMake(t.Ref.Heap) || Risk())) continue;
            Row(row, nan);
            return true;
        }
        return false;
    }

    private void Row(RowInfo row, NaNs nan)
    {
        if (row.IsMemory)
        {
            Access(row);
            return;
        }
        for (int i = 0; i < row.Params.Length; i++)
        {
            var t = row.Params[i];
            // Of null there is nothing to get.
            if (t.IsRef && row.Op != Op.RefEq && !Risk()) t = t.Ref with { Nullable = false };
            if (i == 1 && row.Params[0] == row.Params[1] && !_bottom && d.OneIn(10))
            {
                Again(row, t);
                continue;
            }
            Value(t, row.AcceptedAt(i, nan));
            if (row.Guard != Guard.None && i == row.Params.Length - 1 && !Risk()) Keep(row, t);
        }
        Emit(row.Plain ?? WithImmediates(row));
        if (row.Makes != NaNs.None && row.Makes != nan) Canonicalise(row.Results[0].Kind, row.Makes);
    }

    /// <summary>The first operand once more, or what is hard to tell from it.</summary>
    private void Again(RowInfo row, ValType t)
    {
        if (row.Op == Op.RefEq && d.OneIn(2))
        {
            // Equal i31 are the same, and the topmost bit does not count.
            int n = (int)m.Values.I32();
            Do(Op.Drop);
            I32(n);
            Do(Op.RefI31);
            I32(d.OneIn(2) ? n : n ^ int.MinValue);
            Do(Op.RefI31);
            return;
        }
        int x = NewLocal(t, row.AcceptedAt(0, NaNs.None));
        Tee(x);
        Get(x);
        if (row.Guard != Guard.None && !Risk()) Keep(row, t);
    }

    private Instr WithImmediates(RowInfo row)
    {
        if (row.Lanes > 0) return new Lane(row.Op, (byte)(d.OneIn(4) ? row.Lanes - 1 : d.Below(row.Lanes)));
        Span<byte> lanes = stackalloc byte[16];
        int kind = d.Below(4);
        for (int i = 0; i < 16; i++) lanes[i] = (byte)(kind switch { 0 => i, 1 => 15 - i, 2 => 16 + i, _ => d.Below(32) });
        return new VConst(row.Op, V128.From(lanes));
    }

    /// <summary>Changes the last operand so that the instruction does not trap.</summary>
    private void Keep(RowInfo row, ValType t)
    {
        if (row.Guard == Guard.Divisor)
        {
            if (t.Kind == ValKind.I32)
            {
                I32(1);
                Do(Op.I32Or);
            }
            else
            {
                I64(1);
                Do(Op.I64Or);
            }
            return;
        }

        // x where 0 <= x < 2^30, else 0: within every integer type; a NaN is not less.
        int x = Scratch(t);
        Tee(x);
        if (t.Kind == ValKind.F32)
        {
            Emit(new Const(Op.F32Const, 0));
            Get(x);
            Do(Op.F32Abs);
            Emit(new Const(Op.F32Const, BitConverter.SingleToUInt32Bits(1 << 30)));
            Do(Op.F32Lt);
            Do(Op.Select);
            if (row.Op is Op.I32TruncF32U or Op.I64TruncF32U) Do(Op.F32Abs);
        }
        else
        {
            Emit(new Const(Op.F64Const, 0));
            Get(x);
            Do(Op.F64Abs);
            Emit(new Const(Op.F64Const, BitConverter.DoubleToUInt64Bits(1 << 30)));
            Do(Op.F64Lt);
            Do(Op.Select);
            if (row.Op is Op.I32TruncF64U or Op.I64TruncF64U) Do(Op.F64Abs);
        }
    }

    /// <summary>Makes every NaN of a width the positive canonical one.</summary>
    private void Canonicalise(ValKind kind, NaNs width)
    {
        var t = kind == ValKind.F32 ? ValType.F32 : kind == ValKind.F64 ? ValType.F64 : ValType.V128;
        int x = Scratch(t);
        if (_dead)
        {
            // The values may be missing.
            Do(Op.Drop);
            Constant(kind);
            return;
        }
        Tee(x);
        if (kind == ValKind.V128)
        {
            Emit(width == NaNs.F32
                ? new VConst(Op.V128Const, new V128(0x7FC000007FC00000, 0x7FC000007FC00000))
                : new VConst(Op.V128Const, new V128(0x7FF8000000000000, 0x7FF8000000000000)));
            Get(x);
            Get(x);
            Do(width == NaNs.F32 ? Op.F32x4Eq : Op.F64x2Eq);
            Do(Op.V128Bitselect);
            return;
        }
        Emit(width == NaNs.F32 ? new Const(Op.F32Const, 0x7FC00000) : new Const(Op.F64Const, 0x7FF8000000000000));
        Get(x);
        Get(x);
        Do(width == NaNs.F32 ? Op.F32Eq : Op.F64Eq);
        Do(Op.Select);
    }

    /// <summary>An instruction with two results, of which one is wanted.</summary>
    private bool Wide(ValKind kind)
    {
        if (kind != ValKind.I64 || !m.Has(Features.WideArithmetic)) return false;
        Row(d.Of<RowInfo>(RowInfo.Wide), NaNs.None);
        if (d.OneIn(2))
        {
            Do(Op.Drop);
            return true;
        }
        if (FindLocal(ValType.I64, NaNs.None, toWrite: true) is >= 0 and var x) Set(x);
        else Do(Op.I64Xor);
        return true;
    }

    private bool Select(ValType t, NaNs nan)
    {
        bool typed = t.IsRef || (m.Has(Features.ReferenceTypes) && d.OneIn(3));
        Value(t, nan);
        Value(t, nan);
        Value(ValType.I32);
        if (typed) Emit(new SelectT(Op.SelectT, [t]));
        else Do(Op.Select);
        return true;
    }

    private bool LocalTee(ValType t, NaNs nan)
    {
        int x = FindLocal(t, nan, toWrite: true);
        if (x < 0 || _locals[x].Type != t) return false;
        Value(t, nan);
        Tee(x);
        return true;
    }

    private bool GlobalGet(ValType t)
    {
        int x = Find(m.Globals.Count, i => !m.Globals[i].Hidden && m.Types.Match(m.Globals[i].Type.Val, t));
        if (x < 0) return false;
        Do(Op.GlobalGet, x);
        return true;
    }

    private bool GlobalSet()
    {
        int x = Find(m.Globals.Count, i => m.Globals[i] is { Hidden: false, Type.Mutable: true });
        if (x < 0) return false;
        Value(m.Globals[x].Type.Val);
        Do(Op.GlobalSet, x);
        return true;
    }

    private bool LocalSet()
    {
        if (_locals.Count == 0) return false;
        int x = d.Below(_locals.Count);
        if (_locals[x] is not { Hidden: false, ReadOnly: false } local) return false;
        Value(local.Type, local.Loose);
        Set(x);
        return true;
    }

    /// <summary>Two locals of a type change places.</summary>
    private bool Swap()
    {
        if (_locals.Count < 2) return false;
        int x = d.Below(_locals.Count);
        if (_locals[x] is not { Hidden: false, ReadOnly: false } local) return false;
        int y = Find(_locals.Count, i => i != x && _locals[i] == local);
        if (y < 0) return false;
        Get(x);
        Get(y);
        Set(x);
        Set(y);
        return true;
    }

    /// <summary>One of the indices that fit, from anywhere on; -1 when none does.</summary>
    private int Find(int count, Func<int, bool> fits)
    {
        if (count == 0) return -1;
        int start = d.Below(count);
        for (int i = 0; i < count; i++)
            if (fits((start + i) % count)) return (start + i) % count;
        return -1;
    }

    /// <summary>Does away with the value on top: drops it, keeps it in a local, or shows it to the host.</summary>
    private void Consume(ValType t)
    {
        switch (d.Below(3))
        {
            case 1 when FindLocal(t, NaNs.None, toWrite: true) is >= 0 and var x: Set(x); break;
            case 2 when !t.IsRef && t.Kind != ValKind.V128 && _times <= 40: Show(t); break;
            default: Do(Op.Drop); break;
        }
    }

    /// <summary>Consumes values, the last one first.</summary>
    private void Consume(System.Collections.Immutable.ImmutableArray<ValType> ts)
    {
        for (int i = ts.Length - 1; i >= 0; i--) Consume(ts[i]);
    }

    /// <summary>Gives a number to the host.</summary>
    private void Show(ValType t)
    {
        switch (t.Kind)
        {
            case ValKind.I32: Do(Op.Call, HostImports.Emit32); break;
            case ValKind.I64: Do(Op.Call, HostImports.Emit64); break;
            case ValKind.F32: Do(Op.I32ReinterpretF32); Do(Op.Call, HostImports.Emit32); break;
            case ValKind.F64: Do(Op.I64ReinterpretF64); Do(Op.Call, HostImports.Emit64); break;
            case ValKind.V128:
                {
                    int x = Scratch(t);
                    Tee(x);
                    Emit(new Lane(Op.I64x2ExtractLane, 0));
                    Do(Op.Call, HostImports.Emit64);
                    Get(x);
                    Emit(new Lane(Op.I64x2ExtractLane, 1));
                    Do(Op.Call, HostImports.Emit64);
                    break;
                }
            case ValKind.Bot or ValKind.Ref or _: throw new System.Diagnostics.UnreachableException($"a number, not {t}");
        }
    }
}
