using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>
/// Functions and instructions (6.5). A sequence of instructions becomes a sequence of nodes; a folded instruction takes any number of the folded ones before it
/// as its operands, since folding is a matter of text alone.
/// </summary>
internal sealed partial class ModuleText
{
    /// <summary>An instruction, or a block with what is in it.</summary>
    private sealed class Node(Instr instr)
    {
        public Instr Instr => instr;

        public bool Folded { get; set; }

        public ImmutableArray<Node> Operands { get; set; } = [];

        public List<Node>? Body { get; set; }

        public List<Node>? Else { get; set; }
    }

    private string?[]? _localIds;
    private readonly List<string?> _labels = [];

    private void FuncField(Func func, int defined)
    {
        DefinitionOf(ExternKind.Func, defined);
        int count = ParamsOf(func.Type), parameters = count;
        foreach (var run in func.Locals) count += (int)run.Count;
        string?[] ids = Ids(count);
        TypeUse(func.Type, ids[..parameters]);
        Locals(func, ids, parameters);
        _localIds = ids;
        _labels.Clear();
        _labels.Add(null);
        Write(Nodes(func.Body));
        _localIds = null;
        _out.Close();
    }

    private void Locals(Func func, string?[] ids, int x)
    {
        var types = ImmutableArray.CreateBuilder<ValType>(ids.Length - x);
        foreach (var run in func.Locals)
            for (uint i = 0; i < run.Count; i++) types.Add(run.Type);
        if (types.Count > 0) ValTypes("local", types.MoveToImmutable(), ids[x..]);
    }

    /// <summary>An expression outside a function.</summary>
    private void Instrs(Expr expr)
    {
        _labels.Clear();
        _labels.Add(null);
        Write(Nodes(expr));
    }

    /// <summary>An expression as one folded instruction: the last one, with all before it as operands.</summary>
    private void FoldedExpr(Expr expr)
    {
        _labels.Clear();
        _labels.Add(null);
        var nodes = Nodes(expr);
        var last = nodes[^1];
        Fold(nodes);
        if (last.Body is null || last.Instr.Op == Op.If) last.Operands = [.. nodes[..^1], .. last.Operands];
        else if (nodes.Count > 1) throw new UnreachableException("a constant expression has no blocks");
        Write(last);

        static void Fold(IEnumerable<Node> of)
        {
            foreach (var node in of) node.Folded = true;
        }
    }

    // From a flat list to nodes

    private List<Node> Nodes(Expr expr)
    {
        int i = 0;
        return Nodes(expr.Instrs.AsSpan(), ref i);
    }

    /// <summary>The nodes up to the delimiter that ends them, which is left.</summary>
    private List<Node> Nodes(ReadOnlySpan<Instr> instrs, ref int i)
    {
        var nodes = new List<Node>();
        for (; instrs[i].Op is not (Op.End or Op.Else); i++)
        {
            var node = new Node(instrs[i]) { Folded = _style.Takes(Sugar.Folded) };
            if (node.Instr is Block or TryTable)
            {
                i++;
                node.Body = Nodes(instrs, ref i);
                if (instrs[i].Op == Op.Else)
                {
                    i++;
                    node.Else = Nodes(instrs, ref i);
                }
                // Text and binary leave it open whether an alternative that is empty is there.
                if (node.Instr.Op == Op.If && node.Else is null && _style.Takes(Sugar.EmptyElse)) node.Else = [];
                else if (node.Else is { Count: 0 } && _style.Takes(Sugar.EmptyElse)) node.Else = null;
            }
            if (node.Folded && node.Instr is not (Block { Op: not Op.If } or TryTable))
            {
                int folded = 0;
                while (folded < 6 && folded < nodes.Count && nodes[^(folded + 1)].Folded) folded++;
                int taken = _d.Below(folded + 1);
                node.Operands = [.. nodes[^taken..]];
                nodes.RemoveRange(nodes.Count - taken, taken);
            }
            nodes.Add(node);
        }
        return nodes;
    }

    // Writing

    private void Write(List<Node> nodes)
    {
        foreach (var node in nodes) Write(node);
    }

    private void Write(Node node)
    {
        if (_localIds is not null) _out.Line();
        string mnemonic = node.Instr.Def.Mnemonic;
        if (node.Folded) _out.Open(mnemonic);
        else _out.Atom(mnemonic);
        if (node.Body is null)
        {
            Immediates(node.Instr);
            foreach (var operand in node.Operands) Write(operand);
            if (node.Folded) _out.Close();
            return;
        }
        string? label = Label();
        if (label is not null) _out.Atom(_quoting.Id(label));
        BlockImmediates(node.Instr);
        foreach (var operand in node.Operands) Write(operand);
        _labels.Add(label);
        bool clauses = node.Folded && node.Instr.Op == Op.If;
        if (clauses) _out.Open("then");
        Write(node.Body);
        if (clauses) _out.Close();
        if (node.Else is { } alternative)
        {
            _out.Line();
            if (clauses) _out.Open("else");
            else Delimiter("else", label);
            Write(alternative);
            if (clauses) _out.Close();
        }
        _labels.RemoveAt(_labels.Count - 1);
        _out.Line();
        if (node.Folded) _out.Close();
        else Delimiter("end", label);
    }

    private void Delimiter(string keyword, string? label)
    {
        _out.Atom(keyword);
        if (label is not null && _style.Takes(Sugar.EndLabel)) _out.Atom(_quoting.Id(label));
    }

    /// <summary>A label for a block: a new one, or one that hides another.</summary>
    private string? Label()
    {
        if (!_style.Takes(Sugar.Id)) return null;
        if (_labels[^1] is { } outer && _style.Takes(Sugar.Shadow)) return outer;
        return _quoting.Fresh([.. _labels.OfType<string>()]);
    }

    private void LabelUse(uint l)
    {
        int position = _labels.Count - 1 - (int)l;
        bool visible = position >= 0 && _labels[position] is { } id && _labels.LastIndexOf(id) == position;
        if (visible && !_style.Takes(Sugar.Index)) _out.Atom(_quoting.Id(_labels[position]!));
        else Nat(l);
    }

    private void BlockImmediates(Instr instr)
    {
        var type = instr is Block block ? block.Type : ((TryTable)instr).Type;
        if (type.IsResult)
        {
            _out.Open("result");
            Write(type.Result);
            _out.Close();
        }
        else if (type.IsIdx)
        {
            BlockTypeUse(type.TypeIdx);
        }
        if (instr is not TryTable { Catches: var catches }) return;
        foreach (var clause in catches)
        {
            _out.Open(clause.Kind switch
            {
                CatchKind.Catch => "catch",
                CatchKind.CatchRef => "catch_ref",
                CatchKind.CatchAll => "catch_all",
                CatchKind.CatchAllRef => "catch_all_ref",
                _ => throw new UnreachableException($"catch {clause.Kind}"),
            });
            if (clause.Kind is CatchKind.Catch or CatchKind.CatchRef) Use(Externs(ExternKind.Tag), clause.Tag);
            LabelUse(clause.Label);
            _out.Close();
        }
    }

    /// <summary>A block type by index. Without the index, a type with no parameters and at most one result would be the short form.</summary>
    private void BlockTypeUse(uint x)
    {
        if (_types[(int)x].Comp is FuncType { Params: [], Results: [] or [_] } func)
        {
            _out.Open("type");
            Use(_typeIds, x);
            _out.Close();
            if (_style.Has(Sugar.BareTypeUse) && !_style.Takes(Sugar.BareTypeUse)) Signature(func, null);
            return;
        }
        TypeUse(x);
    }

    private void Immediates(Instr instr)
    {
        var def = instr.Def;
        switch (instr)
        {
            case Plain: break;
            case Idx i: Index(def.Immediates[0], i.X, optional: true); break;
            case Idx2 i: Indices(def, i); break;
            case Mem i: MemArg(def, i.Arg); break;
            case MemLane i:
                MemArg(def, i.Arg);
                Nat(i.Lane);
                break;
            case Lane i: Nat(i.Index); break;
            case Const i: _out.Atom(Number(def.Immediates[0], i.Bits)); break;
            case VConst i when def.Immediates[0] == Imm.V128: Vector(i.Value); break;
            case VConst i:
                foreach (byte lane in i.Value.ToArray()) Nat(lane);
                break;
            case BrTable i:
                foreach (uint l in i.Labels) LabelUse(l);
                LabelUse(i.Default);
                break;
            case SelectT i: ValTypes("result", i.Types, null); break;
            case RefNull i: Write(i.Heap); break;
            case Cast i: Write(i.Type); break;
            case BrOnCast i:
                LabelUse(i.Label);
                Write(i.From);
                Write(i.To);
                break;
            default: throw new UnreachableException($"instruction {instr}");
        }
    }

    private string Number(Imm kind, ulong bits) =>
        kind == Imm.I32 ? _numbers.Int(bits, 32) : kind == Imm.I64 ? _numbers.Int(bits, 64) : kind == Imm.F32 ? _numbers.F32((uint)bits) : _numbers.F64(bits);

    private void Vector(V128 value)
    {
        byte[] bytes = value.ToArray();
        int shape = _style.Takes(Sugar.VectorShape) ? _d.Below(6) : 2;
        _out.Atom(shape switch { 0 => "i8x16", 1 => "i16x8", 2 => "i32x4", 3 => "i64x2", 4 => "f32x4", _ => "f64x2" });
        int width = shape switch { 0 => 1, 1 => 2, 2 or 4 => 4, _ => 8 };
        for (int at = 0; at < 16; at += width)
        {
            var lane = bytes.AsSpan(at, width);
            ulong bits = width switch
            {
                1 => lane[0],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(lane),
                4 => BinaryPrimitives.ReadUInt32LittleEndian(lane),
                _ => BinaryPrimitives.ReadUInt64LittleEndian(lane),
            };
            _out.Atom(shape switch { 4 => _numbers.F32((uint)bits), 5 => _numbers.F64(bits), _ => _numbers.Int(bits, 8 * width) });
        }
    }

    private bool Omits(Imm kind, uint x) => x == 0 && !_style.Takes(Sugar.ZeroIndex, kind == Imm.MemIdx ? Features.MultiMemory : Features.ReferenceTypes);

    private void Index(Imm kind, uint x, bool optional = false)
    {
        if (optional && kind is Imm.TableIdx or Imm.MemIdx && Omits(kind, x)) return;
        switch (kind)
        {
            case Imm.TypeIdx: Use(_typeIds, x); break;
            case Imm.FuncIdx: Use(Externs(ExternKind.Func), x); break;
            case Imm.TableIdx: Use(Externs(ExternKind.Table), x); break;
            case Imm.MemIdx: Use(Externs(ExternKind.Memory), x); break;
            case Imm.GlobalIdx: Use(Externs(ExternKind.Global), x); break;
            case Imm.TagIdx: Use(Externs(ExternKind.Tag), x); break;
            case Imm.ElemIdx: Use(_elemIds, x); break;
            case Imm.DataIdx: Use(_dataIds, x); break;
            case Imm.LocalIdx: Use(_localIds, x); break;
            case Imm.LabelIdx: LabelUse(x); break;
            case Imm.U32: Nat(x); break;
            case Imm.BlockType or Imm.CatchVec or Imm.LabelVec or Imm.FieldIdx or Imm.MemArg or Imm.LaneIdx or Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64
                or Imm.V128 or Imm.Lanes16 or Imm.ValTypeVec or Imm.HeapType or Imm.RefType or Imm.CastOp or Imm.OnVec or Imm.Fence:
            default: throw new UnreachableException($"{kind} is no index");
        }
    }

    private void Indices(InstrDef def, Idx2 i)
    {
        var (first, second) = (def.Immediates[0], def.Immediates[1]);
        switch (first, second)
        {
            // Two tables or two memories: both or neither.
            case (Imm.TableIdx, Imm.TableIdx) or (Imm.MemIdx, Imm.MemIdx):
                if (i.Y == 0 && Omits(first, i.X)) return;
                Index(first, i.X);
                Index(second, i.Y);
                break;
            case (Imm.TableIdx, Imm.TypeIdx):
                Index(first, i.X, optional: true);
                TypeUse(i.Y);
                break;
            case (_, Imm.FieldIdx):
                Index(first, i.X);
                Use(i.X < _types.Length ? _fieldIds[i.X] : null, i.Y);
                break;
            default:
                Index(first, i.X, optional: true);
                Index(second, i.Y);
                break;
        }
    }

    private void MemArg(InstrDef def, MemArg arg)
    {
        Index(Imm.MemIdx, arg.Mem, optional: true);
        if (arg.Offset != 0 || _style.Takes(Sugar.MemArg)) _out.Atom("offset=" + _numbers.Nat(arg.Offset));
        if (arg.Align != def.NaturalAlign || _style.Takes(Sugar.MemArg)) _out.Atom("align=" + _numbers.Nat(1UL << (int)arg.Align));
    }
}
