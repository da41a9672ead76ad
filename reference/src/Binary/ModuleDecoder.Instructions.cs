using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Binary;

// Instructions (5.4). Bodies stay flat; what is open is a stack of bytes.
internal ref partial struct ModuleDecoder
{
    /// <summary>What is open, and so which delimiters may come.</summary>
    private enum Open : byte
    {
        /// <summary>Only <c>end</c>.</summary>
        Block,
        /// <summary><c>else</c>, <c>end</c>.</summary>
        If,
        /// <summary>The legacy <c>catch</c>, <c>catch_all</c>, <c>delegate</c>, <c>end</c>.</summary>
        Try,
        /// <summary><c>catch</c>, <c>catch_all</c>, <c>end</c>.</summary>
        Catch,
    }

    /// <summary><c>expr</c>: instructions up to the <c>end</c> that closes nothing.</summary>
    private Expr Expr()
    {
        int count = 0;
        int depth = 0;
        _open[0] = Open.Block;
        while (true)
        {
            int pos = _in.Pos;
            var at = _in.At(pos);
            ref readonly var row = ref Row(pos);
            Instr instr;
            switch (row.Shape)
            {
                case InstrShape.Plain:
                    instr = new Plain(row.Op, at);
                    break;
                case InstrShape.Idx:
                    instr = new Idx(row.Op, _in.U32(), at);
                    break;
                case InstrShape.CheckedIdx:
                    instr = new Idx(row.Op, Index(row.Def.Immediates[0]), at);
                    break;
                case InstrShape.Idx2:
                    instr = Idx2(row.Def, at);
                    break;
                case InstrShape.Mem:
                    instr = new Mem(row.Op, MemArg(), at);
                    break;
                case InstrShape.MemLane:
                    var arg = MemArg();
                    instr = new MemLane(row.Op, arg, _in.Byte(), at);
                    break;
                case InstrShape.Lane:
                    instr = new Lane(row.Op, _in.Byte(), at);
                    break;
                case InstrShape.I32:
                    instr = new Const(row.Op, (uint)_in.S32(), at);
                    break;
                case InstrShape.I64:
                    instr = new Const(row.Op, (ulong)_in.S64(), at);
                    break;
                case InstrShape.F32:
                    instr = new Const(row.Op, _in.F32(), at);
                    break;
                case InstrShape.F64:
                    instr = new Const(row.Op, _in.F64(), at);
                    break;
                case InstrShape.V128:
                    instr = new VConst(row.Op, V128.From(_in.Bytes(16)), at);
                    break;
                case InstrShape.Block:
                    instr = new Block(row.Op, BlockType(), at);
                    Enter(ref depth, row.Op == Op.If ? Open.If : row.Op == Op.Try ? Open.Try : Open.Block);
                    break;
                case InstrShape.TryTable:
                    var type = BlockType();
                    instr = new TryTable(row.Op, type, CatchVec(), at);
                    Enter(ref depth, Open.Block);
                    break;
                case InstrShape.BrTable:
                    var labels = U32Vec();
                    instr = new BrTable(row.Op, labels, _in.U32(), at);
                    break;
                case InstrShape.Select:
                    instr = new SelectT(row.Op, ValTypeVec(), at);
                    break;
                case InstrShape.RefNull:
                    instr = new RefNull(row.Op, HeapType(), at);
                    break;
                case InstrShape.Cast:
                    instr = new Cast(row.Op, new RefType(IsNullable(row.Op), HeapType()), at);
                    break;
                case InstrShape.BrOnCast:
                    instr = BrOnCast(row.Op, at);
                    break;
                case InstrShape.Resume:
                    instr = Resume(row.Def, at);
                    break;
                case InstrShape.Fence:
                    _in.Zero();
                    instr = new Plain(row.Op, at);
                    break;

                case InstrShape.Else:
                    if (_open[depth] != Open.If) throw EndExpected(pos);
                    _open[depth] = Open.Block;
                    instr = new Plain(row.Op, at);
                    break;
                case InstrShape.Catch:
                    if (_open[depth] is not (Open.Try or Open.Catch)) throw EndExpected(pos);
                    _open[depth] = Open.Catch;
                    instr = new Idx(row.Op, _in.U32(), at);
                    break;
                case InstrShape.CatchAll:
                    if (_open[depth] is not (Open.Try or Open.Catch)) throw EndExpected(pos);
                    _open[depth] = Open.Block;
                    instr = new Plain(row.Op, at);
                    break;
                case InstrShape.Delegate:
                    if (_open[depth] != Open.Try) throw EndExpected(pos);
                    depth--;
                    instr = new Idx(row.Op, _in.U32(), at);
                    break;
                case InstrShape.End:
                    instr = new Plain(row.Op, at);
                    depth--;
                    break;

                case InstrShape.None:
                default:
                    throw new UnreachableException($"shape of {row.Op}");
            }
            if (count == _instrs.Length) Array.Resize(ref _instrs, 2 * count);
            _instrs[count++] = instr;
            if (depth < 0) return new Expr(ImmutableArray.Create(_instrs, 0, count));
        }
    }

    /// <summary>Reads an opcode and finds its row.</summary>
    private ref readonly InstrRow Row(int pos)
    {
        byte b = _in.Byte();
        if (b is >= InstrRow.FirstPrefix and <= InstrRow.LastPrefix) return ref PrefixedRow(pos, b);
        ref readonly var row = ref InstrRow.OneByte[b];
        if (row.Shape == InstrShape.None || (row.Feature & _missing) != 0) throw _in.Error(pos, $"illegal opcode {b:x2}");
        return ref row;
    }

    private ref readonly InstrRow PrefixedRow(int pos, byte prefix)
    {
        int page = prefix - InstrRow.FirstPrefix;
        if ((InstrRow.PrefixFeatures[page] & ~_missing) == 0) throw _in.Error(pos, $"illegal opcode {prefix:x2}");
        uint code = _in.U32();
        var rows = InstrRow.Prefixed[page];
        if (code < (uint)rows.Length)
        {
            ref readonly var row = ref rows[code];
            if (row.Shape != InstrShape.None && (row.Feature & _missing) == 0) return ref row;
        }
        throw _in.Error(pos, $"illegal opcode {prefix:x2} {code:x2}");
    }

    private void Enter(ref int depth, Open what)
    {
        if (++depth == _open.Length) Array.Resize(ref _open, 2 * depth);
        _open[depth] = what;
    }

    private readonly MalformedException EndExpected(int pos) => _in.Error(pos, "END opcode expected");

    private uint Index(Imm imm)
    {
        // Where there can be but one memory or table, a zero byte stands for its index.
        if ((imm == Imm.MemIdx && !Has(Features.MultiMemory)) || (imm == Imm.TableIdx && !Has(Features.ReferenceTypes)))
        {
            _in.Zero();
            return 0;
        }
        _usesData |= imm == Imm.DataIdx;
        return _in.U32();
    }

    private Idx2 Idx2(InstrDef def, Region at)
    {
        if (def.Swapped)
        {
            uint y = Index(def.Immediates[1]);
            return new Idx2(def.Op, Index(def.Immediates[0]), y, at);
        }
        uint x = Index(def.Immediates[0]);
        return new Idx2(def.Op, x, Index(def.Immediates[1]), at);
    }

    private MemArg MemArg()
    {
        const uint hasIdx = 0x40;
        int at = _in.Pos;
        uint flags = _in.U32();
        if (flags >= (Has(Features.MultiMemory) ? 2 * hasIdx : hasIdx)) throw _in.Error(at, "malformed memop flags");
        uint mem = (flags & hasIdx) != 0 ? _in.U32() : 0;
        return new MemArg(mem, flags & ~hasIdx, Has(Features.Memory64) ? _in.U64() : _in.U32());
    }

    /// <summary><c>blocktype</c>: empty, a value type, or a non-negative s33.</summary>
    private BlockType BlockType()
    {
        if (_in.Take(0x40)) return Syntax.BlockType.Empty;
        return Has(Features.MultiValue) && _in.Peek() is >= 0 and not (>= 0x40 and < 0x80)
            ? Syntax.BlockType.Idx(TypeIdx33())
            : Syntax.BlockType.Of(ValType());
    }

    private ImmutableArray<uint> U32Vec()
    {
        int n = _in.Len();
        var indices = new VecBuilder<uint>(n);
        for (int i = 0; i < n; i++) indices.Add(_in.U32());
        return indices.ToImmutable();
    }

    private ImmutableArray<Catch> CatchVec()
    {
        int n = _in.Len();
        var clauses = new VecBuilder<Catch>(n);
        for (int i = 0; i < n; i++)
        {
            byte kind = _in.Byte();
            if (kind > (byte)CatchKind.CatchAllRef) throw _in.Error(_in.Pos - 1, "malformed catch clause");
            uint tag = (CatchKind)kind is CatchKind.Catch or CatchKind.CatchRef ? _in.U32() : 0;
            clauses.Add(new Catch((CatchKind)kind, tag, _in.U32()));
        }
        return clauses.ToImmutable();
    }

    private BrOnCast BrOnCast(Op op, Region at)
    {
        const byte fromNull = 1, toNull = 2;
        byte flags = _in.Byte();
        if ((flags & ~(fromNull | toNull)) != 0) throw _in.Error(_in.Pos - 1, "malformed br_on_cast flags");
        uint label = _in.U32();
        var from = new RefType((flags & fromNull) != 0, HeapType());
        return new BrOnCast(op, label, from, new RefType((flags & toNull) != 0, HeapType()), at);
    }

    private static bool IsNullable(Op op) => op is Op.RefTestNull or Op.RefCastNull or Op.RefCastDescEqNull;

    private Resume Resume(InstrDef def, Region at)
    {
        uint type = _in.U32();
        uint tag = def.Immediates.Length == 3 ? _in.U32() : 0;
        int n = _in.Len();
        var clauses = new VecBuilder<OnClause>(n);
        for (int i = 0; i < n; i++)
        {
            byte kind = _in.Byte();
            if (kind > 1) throw _in.Error(_in.Pos - 1, "ON opcode expected");
            uint on = _in.U32();
            clauses.Add(new OnClause(on, kind == 0 ? _in.U32() : null));
        }
        return new Resume(def.Op, type, tag, clauses.ToImmutable(), at);
    }
}
