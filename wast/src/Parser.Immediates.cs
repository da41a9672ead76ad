using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Wasm.Text;

/// <summary>Instructions that are not blocks, by the form of their immediates; the row of the instruction table decides it.</summary>
internal sealed partial class Parser
{
    private Instr PlainInstr(Mnemonic mnemonic, int start)
    {
        var def = mnemonic.Def;
        var op = def.Op;
        var at = RegionOf(_tokens[start]);
        switch (mnemonic.Form)
        {
            case Form.Plain:
                return new Plain(op, at);
            case Form.Idx:
                return new Idx(op, IndexOf(def.Immediates[0]), at);
            case Form.OptIdx:
                return new Idx(op, OptIndexOf(def.Immediates[0]), at);
            case Form.Idx2:
                uint x = IndexOf(def.Immediates[0]);
                return new Idx2(op, x, def.Immediates[1] == Imm.FieldIdx ? Field(x) : IndexOf(def.Immediates[1]), at);
            case Form.OptIdx2:
                if (!IsIndex(Cur)) return new Idx2(op, 0, 0, at);
                uint first = OptIndexOf(def.Immediates[0]);
                return new Idx2(op, first, IndexOf(def.Immediates[1]), at);
            case Form.Init:
                return IsIndex(_tokens[_i + 1]) && IsIndex(Cur)
                    ? new Idx2(op, OptIndexOf(def.Immediates[0]), IndexOf(def.Immediates[1]), at)
                    : new Idx2(op, 0, IndexOf(def.Immediates[1]), at);
            case Form.CallIndirect:
                uint table = OptIndexOf(Imm.TableIdx);
                return new Idx2(op, table, Resolve(TypeUseOf(names: false)), at);
            case Form.Mem:
                return new Mem(op, MemArgOf(def, OptIndexOf(Imm.MemIdx)), at);
            case Form.MemLane:
                return MemLaneOf(def, at);
            case Form.Lane:
                return new Lane(op, LaneIdx(), at);
            case Form.Const:
                return new Const(op, Number(ConstType(def.Immediates[0])), at);
            case Form.VConst:
                return new VConst(op, Vector(out _), at);
            case Form.Shuffle:
                return new VConst(op, Lanes16(start), at);
            case Form.BrTable:
                return BrTableOf(op, at);
            case Form.Select:
                return SelectOf(mnemonic, at);
            case Form.RefNull:
                return new RefNull(op, HeapTypeOf(), at);
            case Form.Cast:
                var type = RefTypeOf();
                return new Cast(mnemonic.Rows[type.Nullable ? 1 : 0].Op, type, at);
            case Form.BrOnCast:
                uint label = Label();
                var from = RefTypeOf();
                return new BrOnCast(op, label, from, RefTypeOf(), at);
            case Form.Resume:
                return ResumeOf(def, at);
            case Form.Block or Form.TryTable:
            default:
                throw new UnreachableException($"{mnemonic.Form} is a block");
        }
    }

    // Indices

    private static bool IsIndex(in Token token) => token.Kind is TokenKind.Nat or TokenKind.Id;

    /// <summary>A numeric index; that it fits 32 bits is meaning, not syntax.</summary>
    private uint NatIndex()
    {
        var token = Cur;
        _i++;
        if (Literals.TryNat(TextOf(token), out ulong value) && value <= uint.MaxValue) return (uint)value;
        Defer(token, "i32 constant out of range");
        return 0;
    }

    private uint Index(IndexSpace space)
    {
        var token = Cur;
        if (token.Kind == TokenKind.Nat) return NatIndex();
        if (token.Kind != TokenKind.Id) throw Unexpected();
        _i++;
        if (space.TryFind(token.Value, out uint index)) return index;
        Defer(token, $"unknown {space.Category} {Print(token.Value)}");
        return 0;
    }

    private uint IndexOf(Imm kind)
    {
        if (kind == Imm.LabelIdx) return Label();
        if (kind == Imm.U32) return U32();
        if (kind == Imm.DataIdx) _usesData = true;
        return Index(kind switch
        {
            Imm.TypeIdx => _typeSpace,
            Imm.FuncIdx => _funcSpace,
            Imm.TableIdx => _tableSpace,
            Imm.MemIdx => _memSpace,
            Imm.GlobalIdx => _globalSpace,
            Imm.TagIdx => _tagSpace,
            Imm.ElemIdx => _elemSpace,
            Imm.DataIdx => _dataSpace,
            Imm.LocalIdx => _locals,
            Imm.BlockType or Imm.CatchVec or Imm.LabelIdx or Imm.LabelVec or Imm.FieldIdx or Imm.U32 or Imm.MemArg or Imm.LaneIdx
                or Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64 or Imm.V128 or Imm.Lanes16 or Imm.ValTypeVec or Imm.HeapType or Imm.RefType
                or Imm.CastOp or Imm.OnVec or Imm.Fence or _ => throw new UnreachableException($"{kind} is no index"),
        });
    }

    /// <summary>A table or memory index, 0 when left out. Before there could be several, it had to be.</summary>
    private uint OptIndexOf(Imm kind)
    {
        if (!IsIndex(Cur)) return 0;
        return _profile.Has(kind == Imm.MemIdx ? Features.MultiMemory : Features.ReferenceTypes) ? IndexOf(kind) : throw Unexpected();
    }

    private uint Field(uint type)
    {
        var token = Cur;
        if (token.Kind == TokenKind.Nat) return NatIndex();
        if (token.Kind != TokenKind.Id) throw Unexpected();
        _i++;
        if (type >= _fields.Count) Defer(token, $"unknown type {type}");
        else if (_fields[(int)type] is { } names && names.TryFind(token.Value, out uint index)) return index;
        else Defer(token, $"unknown field {Print(token.Value)}");
        return 0;
    }

    // Memory accesses and lanes

    private MemArg MemArgOf(InstrDef def, uint mem)
    {
        ulong offset = 0;
        uint align = (uint)def.NaturalAlign;
        if (Is(TokenKind.OffsetEq)) offset = _profile.Has(Features.Memory64) ? U64() : U32();
        if (Is(TokenKind.AlignEq))
        {
            var token = Cur;
            ulong n = U64();
            if (!BitOperations.IsPow2(n)) throw new MalformedException(RegionOf(token), "alignment must be a power of two");
            align = (uint)BitOperations.Log2(n);
        }
        return new MemArg(mem, align, offset);
    }

    /// <summary>A number at hand is the memory only when the lane follows somewhere behind it.</summary>
    private MemLane MemLaneOf(InstrDef def, Region at)
    {
        bool hasMem = Is(TokenKind.Id) || (Is(TokenKind.Nat) && _tokens[_i + 1].Kind is TokenKind.Nat or TokenKind.OffsetEq or TokenKind.AlignEq);
        var arg = MemArgOf(def, hasMem ? OptIndexOf(Imm.MemIdx) : 0);
        return new MemLane(def.Op, arg, LaneIdx(), at);
    }

    private byte LaneIdx() => Is(TokenKind.Nat) ? (byte)Nat(Cur, byte.MaxValue, "i8 constant out of range") : throw Unexpected();

    private V128 Lanes16(int start)
    {
        Span<byte> lanes = stackalloc byte[16];
        int n = 0;
        for (; IsNumber(Cur); n++)
        {
            var token = Cur;
            _i++;
            if (token.Kind != TokenKind.Nat || !Literals.TryNat(TextOf(token), out ulong lane) || lane > byte.MaxValue)
                throw new MalformedException(RegionOf(token), "i8 constant out of range");
            if (n < 16)
                lanes[n] = (byte)lane;
        }
        if (n != 16) Defer(_tokens[start], "invalid lane length");
        return V128.From(lanes);
    }

    // Constants

    private static ValKind ConstType(Imm imm) =>
        imm == Imm.I32 ? ValKind.I32 : imm == Imm.I64 ? ValKind.I64 : imm == Imm.F32 ? ValKind.F32 : ValKind.F64;

    /// <summary>The shape at hand, or null.</summary>
    public VecShape? ShapeOf() => Lookup(Shapes);

    private static readonly VecShape?[] Shapes = ByWord(
        (Word.I8x16, VecShape.I8x16),
        (Word.I16x8, VecShape.I16x8),
        (Word.I32x4, VecShape.I32x4),
        (Word.I64x2, VecShape.I64x2),
        (Word.F32x4, VecShape.F32x4),
        (Word.F64x2, VecShape.F64x2));

    /// <summary><c>shape lane*</c>.</summary>
    public V128 Vector(out VecShape shape)
    {
        shape = ShapeOf() ?? throw Unexpected();
        var at = Cur;
        _i++;
        Span<byte> bytes = stackalloc byte[16];
        int lanes = 16 / LaneBytes(shape), first = _i;
        while (IsNumber(Cur)) _i++;
        // How many there are comes before what they are.
        if (_i - first != lanes) Defer(at, "wrong number of lane literals");
        for (int n = 0; n < Math.Min(lanes, _i - first); n++)
        {
            ref readonly var token = ref _tokens[first + n];
            if (!TryLane(token, shape, out ulong bits)) Defer(token, "constant out of range");
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits))[..LaneBytes(shape)].CopyTo(bytes[(n * LaneBytes(shape))..]);
        }
        return V128.From(bytes);
    }

    /// <summary><c>shape lanepat*</c>: a literal, unless a lane is a class of NaN.</summary>
    public ResultPattern VectorPattern()
    {
        var shape = ShapeOf() ?? throw Unexpected();
        int start = _i++;
        while (IsNumber(Cur)) _i++;
        bool anyNan = IsWord(Word.NanCanonical) || IsWord(Word.NanArithmetic);
        _i = start;
        if (!anyNan) return new ResultPattern.Equal(new Literal.Vec(shape, Vector(out _)));
        if (shape is not (VecShape.F32x4 or VecShape.F64x2)) throw new MalformedException(At, "invalid vector constant");
        _i++;
        var lanes = ImmutableArray.CreateBuilder<LanePattern>();
        while (true)
        {
            if (TryNan() is { } nan) lanes.Add(new LanePattern(0, nan));
            else if (IsNumber(Cur)) lanes.Add(new LanePattern(Number(shape == VecShape.F32x4 ? ValKind.F32 : ValKind.F64), null));
            else break;
        }
        if (lanes.Count != 16 / LaneBytes(shape)) throw new MalformedException(RegionOf(_tokens[start]), "wrong number of lane literals");
        return new ResultPattern.Lanes(shape, lanes.ToImmutable());
    }

    public NanKind? TryNan() => TryWord(Word.NanCanonical) ? NanKind.Canonical : TryWord(Word.NanArithmetic) ? NanKind.Arithmetic : null;

    public bool TryMnemonic(Op op)
    {
        if (!IsMnemonic(Cur) || MnemonicOf(Cur).Op != op) return false;
        _i++;
        return true;
    }

    /// <summary>Whether a keyword and a number are at hand.</summary>
    public bool IsNumbered(Word word) => IsWord(word) && _tokens[_i + 1].Kind == TokenKind.Nat;

    public static int LaneBytes(VecShape shape) => shape switch
    {
        VecShape.I8x16 => 1,
        VecShape.I16x8 => 2,
        VecShape.I32x4 or VecShape.F32x4 => 4,
        VecShape.I64x2 or VecShape.F64x2 => 8,
        _ => throw new UnreachableException($"shape {shape}"),
    };

    /// <summary>The bits of a lane, in the low bytes.</summary>
    private bool TryLane(in Token token, VecShape shape, out ulong bits)
    {
        if (shape == VecShape.F32x4) return TryNumber(token, ValKind.F32, out bits);
        if (shape == VecShape.F64x2) return TryNumber(token, ValKind.F64, out bits);
        bits = 0;
        return token.Kind != TokenKind.Float && Literals.TryInt(TextOf(token), 8 * LaneBytes(shape), out bits);
    }

    // Other forms

    private BrTable BrTableOf(Op op, Region at)
    {
        var labels = ImmutableArray.CreateBuilder<uint>();
        do labels.Add(Label());
        while (IsIndex(Cur));
        uint last = labels[^1];
        labels.RemoveAt(labels.Count - 1);
        return new BrTable(op, labels.ToImmutable(), last, at);
    }

    private Instr SelectOf(Mnemonic mnemonic, Region at)
    {
        if (!IsOpen(Word.Result) || !_profile.Has(mnemonic.Rows[1].Feature)) return new Plain(mnemonic.Op, at);
        var types = ImmutableArray.CreateBuilder<ValType>();
        while (TryOpen(Word.Result))
        {
            while (TryValType(out var type)) types.Add(type);
            Expect(TokenKind.RParen);
        }
        return new SelectT(mnemonic.Rows[1].Op, types.ToImmutable(), at);
    }

    private Resume ResumeOf(InstrDef def, Region at)
    {
        uint type = Index(_typeSpace);
        uint tag = def.Immediates.Contains(Imm.TagIdx) ? Index(_tagSpace) : 0;
        var handlers = ImmutableArray.CreateBuilder<OnClause>();
        while (TryOpen(Word.On))
        {
            uint x = Index(_tagSpace);
            if (IsMnemonic(Cur) && MnemonicOf(Cur).Op == Op.Switch)
            {
                _i++;
                handlers.Add(new OnClause(x, null));
            }
            else
            {
                handlers.Add(new OnClause(x, Label()));
            }
            Expect(TokenKind.RParen);
        }
        return new Resume(def.Op, type, tag, handlers.ToImmutable(), at);
    }
}
