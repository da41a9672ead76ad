using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Tables, and what drops segments.</summary>
internal sealed partial class BodyGenerator
{
    private int FindTable(Func<TablePlan, bool>? fits = null) =>
        Find(m.Tables.Count, i => !m.Tables[i].Hidden && (fits is null || fits(m.Tables[i])));

    /// <summary>An index within a table: of one of its first elements; on a risk any.</summary>
    private void IndexOf(TablePlan table)
    {
        ulong size = table.Type.Limits.Min;
        if (size == 0 || Risk())
        {
            if (d.OneIn(2)) Value(table.Is64 ? ValType.I64 : ValType.I32);
            else Address(table.Is64, d.OneIn(2) ? size : table.Is64 ? 0x1_0000_0000UL : uint.MaxValue);
            return;
        }
        if (d.OneIn(2))
        {
            Address(table.Is64, (ulong)d.Below((int)size));
            return;
        }
        Value(table.Is64 ? ValType.I64 : ValType.I32);
        Address(table.Is64, (1UL << System.Numerics.BitOperations.Log2(size)) - 1);
        Do(table.Is64 ? Op.I64And : Op.I32And);
    }

    private bool TableGet(RefType t)
    {
        int x = FindTable(table => m.Types.Match(table.Type.Elem, t) && (table.Type.Limits.Min > 0 || Risk()));
        if (x < 0) return false;
        IndexOf(m.Tables[x]);
        Emit(new Idx(Op.TableGet, (uint)x));
        return true;
    }

    private bool TableSet()
    {
        if (!m.Has(Features.ReferenceTypes)) return false;
        int x = FindTable(table => table.Type.Limits.Min > 0 || Risk());
        if (x < 0) return false;
        IndexOf(m.Tables[x]);
        Value(m.Tables[x].Type.Elem);
        Emit(new Idx(Op.TableSet, (uint)x));
        return true;
    }

    private bool TableGrow()
    {
        int x = FindTable();
        if (x < 0 || !m.Has(Features.ReferenceTypes)) return false;
        var table = m.Tables[x];
        Value(table.Type.Elem);
        Address(table.Is64, table.Type.Limits.Max is null ? d.Of<ulong>([0, uint.MaxValue]) : d.Of<ulong>([0, 1, uint.MaxValue, 2]));
        Emit(new Idx(Op.TableGrow, (uint)x));
        Consume(table.Is64 ? ValType.I64 : ValType.I32);
        return true;
    }

    private bool TableBulk()
    {
        if (!m.Has(Features.BulkMemory)) return false;
        int x = FindTable();
        if (x < 0) return false;
        var table = m.Tables[x];
        ulong size = table.Type.Limits.Min;
        switch (d.Below(3))
        {
            case 0:
                {
                    int y = FindTable(from => m.Types.Match(from.Type.Elem, table.Type.Elem));
                    var other = m.Tables[y];
                    var (at, count) = Range(Math.Min(size, other.Type.Limits.Min));
                    Address(table.Is64, at);
                    Address(other.Is64, at > 0 && d.OneIn(2) ? at - 1 : at);
                    Address(table.Is64 && other.Is64, count);
                    Do(Op.TableCopy, x, y);
                    return true;
                }
            case 1 when Find(m.Elems.Count, i => (!m.Elems[i].Active || Risk()) && m.Types.Match(m.Elems[i].Type, table.Type.Elem)) is >= 0 and var y:
                {
                    var (at, count) = Range(Math.Min(size, (ulong)m.Elems[y].Count));
                    Address(table.Is64, Math.Min(at, size - Math.Min(size, count)));
                    I32((int)at);
                    I32((int)count);
                    Do(Op.TableInit, x, y);
                    return true;
                }
            default:
                {
                    if (!m.Has(Features.ReferenceTypes)) return false;
                    var (at, count) = Range(size);
                    Address(table.Is64, at);
                    Value(table.Type.Elem);
                    Address(table.Is64, count);
                    Emit(new Idx(Op.TableFill, (uint)x));
                    return true;
                }
        }
    }

    private bool DropSegment()
    {
        if (!m.Has(Features.BulkMemory)) return false;
        if (d.OneIn(2))
        {
            if (m.Elems.Count == 0) return false;
            Emit(new Idx(Op.ElemDrop, (uint)d.Below(m.Elems.Count)));
        }
        else
        {
            if (m.Datas.Count == 0) return false;
            Emit(new Idx(Op.DataDrop, (uint)d.Below(m.Datas.Count)));
        }
        return true;
    }
}
