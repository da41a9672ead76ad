using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Memories, tables, tags, globals and segments.</summary>
internal sealed class DefsGenerator(ModulePlan m, Decisions d)
{
    private readonly ConstExprGenerator _exprs = new(m, d);

    public void Memories()
    {
        int count = m.Has(Features.MultiMemory) ? d.Below(4) : d.Below(8) == 7 ? 0 : 1;
        if (!m.Has(Features.MultiMemory)) count = Math.Max(0, count - m.Mems.Count);
        for (int i = 0; i < count; i++)
        {
            var addr = m.Has(Features.Memory64) && d.OneIn(2) ? AddrType.I64 : AddrType.I32;
            bool bytes = m.Has(Features.CustomPageSizes) && d.OneIn(3);
            bool shared = m.Has(Features.Threads) && d.OneIn(4);
            // More pages than 16 bits count are 4 GiB of ordinary ones, and of these no more than one.
            ulong min = bytes ? d.OneIn(4) ? 0xFFFF + (ulong)d.Below(3) : (ulong)(64 + d.Below(300)) : d.Below(16) == 15 ? 0 : (ulong)(1 + d.Below(2));
            ulong? max = shared || d.Below(4) != 3 ? min + (ulong)d.Below(3) : null;
            var type = new MemType(addr, new Limits(min, max), shared, bytes ? 0u : 16u);
            m.Mems.Add(new MemPlan(type));
            m.DefinedMems.Add(new Memory(type));
        }
    }

    /// <summary>Tags. What exceptions of some carry cannot leave the module, so that every exported function catches them; linked modules have none of these.</summary>
    public void Tags()
    {
        if (!m.Has(Features.Exceptions)) return;
        int count = d.Below(4);
        for (int i = 0; i < count; i++)
        {
            bool crosses = m.IsLinked || d.Below(3) != 2;
            var ps = ImmutableArray.CreateBuilder<ValType>();
            int n = m.Has(Features.MultiValue) ? d.Below(4) : d.Below(2);
            for (int j = 0; j < n; j++) ps.Add(crosses ? d.OneIn(2) ? ValType.I64 : ValType.I32 : d.Of(m.Pool.AsSpan()));
            AddTag(new FuncType(ps.ToImmutable(), []), crosses);
        }
    }

    private void AddTag(FuncType sig, bool crosses)
    {
        int type = m.Types.Func(sig);
        m.Tags.Add(new TagPlan(type, sig, crosses));
        m.DefinedTags.Add(new Tag((uint)type));
    }

    /// <summary>Tables, with what goes into those of functions at first; functions are planned already.</summary>
    public void Tables()
    {
        // Tables are defined before globals.
        _exprs.ImportsOnly = true;
        int count = m.Has(Features.ReferenceTypes) ? d.Of<int>([0, 1, 2, 3, 1, 2]) : d.Below(2);
        if (!m.Has(Features.ReferenceTypes)) count = Math.Max(0, count - m.Tables.Count);
        for (int i = 0; i < count; i++)
        {
            var elem = ElemType();
            var addr = m.Has(Features.Memory64) && d.OneIn(3) ? AddrType.I64 : AddrType.I32;
            ulong min = d.OneIn(8) ? 0 : (ulong)(1 + d.Below(9));
            ulong? max = d.Below(4) != 3 ? min + (ulong)d.Below(4) : null;
            var init = !elem.Nullable || (m.Has(Features.FunctionReferences) && d.OneIn(4)) ? _exprs.Of(elem) : null;
            if (init is null && !elem.Nullable) elem = RefType.Func;
            var type = new TableType(addr, new Limits(min, max), elem);
            m.Tables.Add(new TablePlan(type));
            m.DefinedTables.Add(new Table(type, init));
            // A second table is one of reference types, and so are externref ones.
        }
        _exprs.ImportsOnly = false;
    }

    private RefType ElemType()
    {
        if (!m.Has(Features.ReferenceTypes) || d.Below(2) == 0) return RefType.Func;
        if (m.Has(Features.Gc) && d.Below(3) != 0)
        {
            int x = -1;
            for (int i = 0; i < m.Pool.Length; i++)
                if (m.Pool[i].IsRef && m.Pool[i].Ref.Heap.Kind is not (HeapKind.Exn or HeapKind.Cont) && (x < 0 || d.OneIn(2))) x = i;
            if (x >= 0) return m.Pool[x].Ref;
        }
        if (m.Has(Features.FunctionReferences) && d.OneIn(3))
        {
            // Of one type of function, null or not.
            foreach (var func in m.Funcs)
                if (func is { Kind: FuncKind.Leaf, Hidden: false, Recursive: false }) return new RefType(d.OneIn(2), HeapType.Idx((uint)func.Type));
        }
        return d.OneIn(2) ? RefType.Extern : RefType.Func;
    }

    /// <summary>Globals, each of which may use those before it.</summary>
    public void Globals()
    {
        int count = d.Below(6);
        for (int i = 0; i < count; i++)
        {
            var t = d.Of(m.Pool.AsSpan());
            if (_exprs.Of(t) is not { } init) continue;
            var type = new GlobalType(d.Below(3) != 2, t);
            m.Globals.Add(new GlobalPlan(type));
            m.DefinedGlobals.Add(new Global(type, init));
        }
    }

    public void Datas()
    {
        int count = d.Below(4);
        for (int i = 0; i < count; i++)
        {
            int mem = d.Below(m.Mems.Count);
            bool active = m.Mems.Count > 0 && (!m.Has(Features.BulkMemory) || d.OneIn(2));
            if (!active && !m.Has(Features.BulkMemory)) return;
            var bytes = new byte[active ? d.Below(24) : 8 + d.Below(72)];
            byte start = d.Byte(), step = (byte)(1 + 2 * d.Below(64));
            for (int j = 0; j < bytes.Length; j++) bytes[j] = (byte)(start + j * step);
            SegmentMode mode = SegmentMode.Passive.Instance;
            if (active)
            {
                ulong size = m.Mems[mem].Bytes, length = (ulong)bytes.Length;
                if (size < length) continue;
                ulong at = d.OneIn(3) ? size - length : (ulong)d.Below((int)Math.Min(size - length + 1, 64));
                if (Beyond()) at = size - length + 1;
                mode = new SegmentMode.Active((uint)mem, _exprs.Address(m.Mems[mem].Is64, at));
            }
            else
            {
            }
            m.Datas.Add(new DataPlan(bytes.Length, active));
            m.DefinedDatas.Add(new Data([.. bytes], mode));
        }
    }

    public void Elems()
    {
        for (int x = 0; x < m.Tables.Count; x++)
            if (!m.Tables[x].Hidden && d.Below(4) != 3) Elem(x, active: true);
        if (!m.Has(Features.BulkMemory) || !m.Has(Features.ReferenceTypes)) return;
        int count = d.Below(3);
        for (int i = 0; i < count; i++)
        {
            int x = d.Below(m.Tables.Count + 1) - 1;
            if (x >= 0 && !m.Tables[x].Hidden) Elem(x, active: false);
            else if (OfArray() is { } t) Elem(t, 3 + d.Below(6), null, SegmentMode.Passive.Instance);
            else Elem(new RefType(true, m.Has(Features.Gc) && d.OneIn(2) ? HeapType.I31 : HeapType.Func), 1 + d.Below(6), null, SegmentMode.Passive.Instance);
        }
        if (d.OneIn(6)) Elem(RefType.Func, d.Below(3), null, SegmentMode.Declarative.Instance);
    }

    /// <summary>The type of the elements of an array of references.</summary>
    private RefType? OfArray()
    {
        int start = d.Below(m.Types.Count);
        for (int i = 0; i < m.Types.Count; i++)
            if (m.Types[(start + i) % m.Types.Count].Comp is ArrayType { Field.Storage.Val: { IsRef: true } t } && m.Types.IsMade((start + i) % m.Types.Count)) return t.Ref;
        return null;
    }

    private void Elem(int x, bool active)
    {
        var table = m.Tables[x];
        ulong size = table.Type.Limits.Min;
        int count = d.Below((int)Math.Min(size, 7) + 1);
        // As wide as may be while the table cannot have references of any type.
        ulong at = d.OneIn(3) ? size - (ulong)count : 0;
        if (active && Beyond()) at = size + 1;
        SegmentMode mode = active ? new SegmentMode.Active((uint)x, _exprs.Address(table.Is64, at)) : SegmentMode.Passive.Instance;
        Elem(table.Type.Elem, count, active ? (table, (int)Math.Min(at, 100)) : null, mode);
    }

    private void Elem(RefType t, int count, (TablePlan Table, int At)? into, SegmentMode mode)
    {
        // A list of function indices is one of this type; 1.0 knows no other.
        if (t == RefType.Func && mode is SegmentMode.Active && (!m.Has(Features.ReferenceTypes) || d.OneIn(2))) t = new RefType(false, HeapType.Func);
        var inits = ImmutableArray.CreateBuilder<Expr>(count);
        for (int i = 0; i < count; i++)
        {
            if (_exprs.Of(t) is not { } init) return;
            inits.Add(init);
        }
        // A list of anything but functions came with reference types.
        if (into is { } place && m.Types.TopOf(t.Heap).Kind == HeapKind.Func)
        {
            var initially = place.Table.Initially;
            int needed = Math.Min(place.At + count, (int)place.Table.Type.Limits.Min);
            if (initially.Length < needed) Array.Resize(ref initially, needed);
            for (int i = 0; i < count && place.At + i < needed; i++)
                initially[place.At + i] = inits[i].Instrs[0] is Idx { Op: Op.RefFunc, X: var f } ? m.Funcs[(int)f] : null;
            place.Table.Initially = initially;
        }
        m.Elems.Add(new ElemPlan(t, mode is SegmentMode.Declarative ? 0 : count, mode is not SegmentMode.Passive));
        m.DefinedElems.Add(new Elem(t, inits.MoveToImmutable(), mode));
    }

    /// <summary>Seldom, an active segment is out of bounds, and instantiation fails.</summary>
    private bool Beyond() => m.MayFail && d.OneIn(3);
}
