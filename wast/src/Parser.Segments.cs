using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>Memories, tables and segments (6.6.6 to 6.6.11): the fields with the most abbreviations.</summary>
internal sealed partial class Parser
{
    // Memories and tables, with their abbreviated segments

    private void MemoryField(Region at)
    {
        _ = OptId();
        uint index = NextIndex(ExternKind.Memory, _mems.Count);
        if (InlineImport(Word.Memory, ExternKind.Memory, index, at)) return;
        Defined("memory");
        var addr = OptAddrType();
        if (!IsOpen(Word.Data) && !IsOpen(Word.PageSize))
        {
            _mems.Add(new Memory(MemTypeRest(addr), at));
            return;
        }
        // (memory at? pagesize? (data string*)): as large as the data
        uint log2 = OptPageSize();
        Expect(TokenKind.LParen);
        Expect(Word.Data);
        var data = Strings();
        Expect(TokenKind.RParen);
        ulong pages = ((ulong)data.Length >> (int)log2) + (((ulong)data.Length & ((1UL << (int)log2) - 1)) != 0 ? 1UL : 0);
        _mems.Add(new Memory(new MemType(addr, new Limits(pages, pages), PageSizeLog2: log2), at));
        _datas.Add(new Data(data, new SegmentMode.Active(index, Zero(addr, at)), at));
    }

    private static Expr Zero(AddrType addr, Region at) =>
        new([new Const(addr == AddrType.I64 ? Op.I64Const : Op.I32Const, 0, at), new Plain(Op.End, at)]);

    private void TableField(Region at)
    {
        _ = OptId();
        uint index = NextIndex(ExternKind.Table, _tables.Count);
        if (InlineImport(Word.Table, ExternKind.Table, index, at)) return;
        Defined("table");
        var addr = OptAddrType();
        if (Is(TokenKind.Nat))
        {
            var type = new TableType(addr, LimitsOf(), RefTypeOf());
            bool init = !Is(TokenKind.RParen) && _profile.Has(Features.FunctionReferences);
            _tables.Add(new Table(type, init ? ExprOf() : null, at));
            return;
        }
        // (table at? reftype (elem ...)): as large as the segment
        var elem = RefTypeOf();
        Expect(TokenKind.LParen);
        Expect(Word.Elem);
        bool indices = !Is(TokenKind.LParen);
        var inits = indices ? FuncRefs() : ElemExprs();
        Expect(TokenKind.RParen);
        ulong n = (ulong)inits.Length;
        _tables.Add(new Table(new TableType(addr, new Limits(n, n), elem), null, at));
        // A list of functions for a table of functions is the segment that 1.0 knows: (elem (i32.const 0) func x*).
        var segment = indices && elem == RefType.Func ? NonNullFunc : elem;
        _elems.Add(new Elem(segment, inits, new SegmentMode.Active(index, Zero(addr, at)), at));
    }

    // Segments

    private Expr OffsetOf()
    {
        if (!TryOpen(Word.Offset)) return FoldedExpr();
        var offset = ExprOf();
        Expect(TokenKind.RParen);
        return offset;
    }

    /// <summary><c>(table x)</c> or <c>(memory x)</c>, or in 1.0 an index; 0 when left out.</summary>
    private uint SegmentIndex(Word word, IndexSpace space, out bool written)
    {
        written = false;
        if (_profile.Version == SpecVersion.V1 && IsIndex(Cur)) return Index(space);
        if (_profile.Version == SpecVersion.V1 || !TryOpen(word)) return 0;
        written = true;
        uint x = Index(space);
        Expect(TokenKind.RParen);
        return x;
    }

    private void DataField(Region at)
    {
        if (_profile.Version != SpecVersion.V1) _ = OptId();
        uint mem = SegmentIndex(Word.Memory, _memSpace, out bool written);
        SegmentMode mode = written || Is(TokenKind.LParen) || !_profile.Has(Features.BulkMemory)
            ? new SegmentMode.Active(mem, OffsetOf())
            : SegmentMode.Passive.Instance;
        _datas.Add(new Data(Strings(), mode, at));
    }

    private void ElemField(Region at)
    {
        if (_profile.Version != SpecVersion.V1) _ = OptId();
        uint table = SegmentIndex(Word.Table, _tableSpace, out bool written);
        if (!written && _profile.Has(Features.BulkMemory))
        {
            if (TryWord(Word.Declare))
            {
                AddElem(ElemList(), SegmentMode.Declarative.Instance);
                return;
            }
            if (!Is(TokenKind.LParen) || IsOpen(Word.Ref))
            {
                AddElem(ElemList(), SegmentMode.Passive.Instance);
                return;
            }
        }
        var mode = new SegmentMode.Active(table, OffsetOf());
        // Before there were kinds of elements, and now as an abbreviation, function indices stand alone; not after (table x).
        AddElem(!written && (IsIndex(Cur) || Is(TokenKind.RParen)) ? (NonNullFunc, FuncRefs()) : ElemList(), mode);

        void AddElem((RefType Type, ImmutableArray<Expr> Inits) list, SegmentMode segment) => _elems.Add(new Elem(list.Type, list.Inits, segment, at));
    }

    private static RefType NonNullFunc => new(false, HeapType.Func);

    private (RefType Type, ImmutableArray<Expr> Inits) ElemList()
    {
        if (TryWord(Word.Func)) return (NonNullFunc, FuncRefs());
        return _profile.Has(Features.ReferenceTypes) && TryRefType(out var type) ? (type, ElemExprs()) : throw Unexpected();
    }

    private ImmutableArray<Expr> FuncRefs()
    {
        var inits = ImmutableArray.CreateBuilder<Expr>();
        while (IsIndex(Cur))
        {
            var at = At;
            inits.Add(new Expr([new Idx(Op.RefFunc, Index(_funcSpace), at), new Plain(Op.End, at)]));
        }
        return inits.ToImmutable();
    }

    private ImmutableArray<Expr> ElemExprs()
    {
        var inits = ImmutableArray.CreateBuilder<Expr>();
        while (Is(TokenKind.LParen))
        {
            if (TryOpen(Word.Item))
            {
                inits.Add(ExprOf());
                Expect(TokenKind.RParen);
            }
            else
            {
                inits.Add(FoldedExpr());
            }
        }
        return inits.ToImmutable();
    }
}
