using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// Instructions (6.5), flat and folded, unfolded into one flat list. Nesting lives on a stack of frames, never on the call stack, so that its
/// depth is bounded by memory alone.
/// </summary>
internal sealed partial class Parser
{
    private enum FrameKind : byte
    {
        /// <summary>A flat block: instructions until <c>end</c>.</summary>
        Flat,

        /// <summary>A folded plain instruction: folded operands until the parenthesis, then the instruction.</summary>
        Operands,

        /// <summary>A folded <c>block</c>, <c>loop</c> or <c>try_table</c>: instructions until the parenthesis.</summary>
        Block,

        /// <summary>A folded <c>if</c> before its <c>then</c>: folded operands.</summary>
        Condition,

        /// <summary>A folded <c>if</c> after its <c>then</c>, or after its <c>else</c>.</summary>
        AfterThen, AfterElse,

        /// <summary>A folded legacy <c>try</c>: before <c>do</c>, after it, after <c>catch_all</c>, after <c>delegate</c>.</summary>
        Try, AfterDo, AfterCatchAll, AfterDelegate,

        /// <summary>The inside of <c>(then ...)</c>, <c>(else ...)</c>, <c>(do ...)</c>, <c>(catch ...)</c>: instructions until the parenthesis.</summary>
        Clause,
    }

    /// <summary>What the parser is inside of.</summary>
    /// <param name="Kind">How it goes on.</param>
    /// <param name="Op">Of a flat block, the keyword last seen: its own, <c>else</c>, <c>catch</c> or <c>catch_all</c>.</param>
    /// <param name="Pending">The instruction to add at the end, or where <c>then</c> begins.</param>
    /// <param name="Label">Its label.</param>
    private record struct Frame(FrameKind Kind, Op Op, Instr? Pending, LabelId Label);

    /// <summary>What a label is called.</summary>
    /// <param name="Symbol">Its identifier, or -1.</param>
    /// <param name="Name">The name that an annotation gives it, if one does.</param>
    private readonly record struct LabelId(int Symbol, string? Name);

    private static LabelId NoLabel => new(-1, null);

    private readonly Stack<Frame> _frames = [];
    private readonly ImmutableArray<Instr>.Builder _code = ImmutableArray.CreateBuilder<Instr>();

    /// <summary>An expression: instructions up to the closing parenthesis, which is left; with its <c>end</c>.</summary>
    private Expr ExprOf()
    {
        StartExpr();
        Instrs(single: false);
        return EndExpr();
    }

    /// <summary>An expression of one folded instruction: the abbreviation of <c>(offset ...)</c> and <c>(item ...)</c>.</summary>
    private Expr FoldedExpr()
    {
        StartExpr();
        if (!Is(TokenKind.LParen)) throw Unexpected();
        Instrs(single: true);
        return EndExpr();
    }

    /// <summary>Outside functions there are no locals, and no labels with names.</summary>
    private void StartExpr()
    {
        _locals.Clear();
        _localTypeUse = null;
        StartBody();
    }

    private void StartBody()
    {
        _code.Clear();
        _frames.Clear();
        _labels.Clear();
        _labelOf.Clear();
        _labelCount = 0;
        _labels.Add((-1, -1));
    }

    private Expr EndExpr()
    {
        _code.Add(new Plain(Op.End, At));
        return new Expr(_code.ToImmutable());
    }

    /// <summary>Instructions up to a token that does not belong to them; or exactly one folded instruction.</summary>
    private void Instrs(bool single)
    {
        while (true)
        {
            ref readonly var token = ref Cur;
            if (token.Kind == TokenKind.LParen)
            {
                Open();
            }
            else if (token.Kind == TokenKind.RParen)
            {
                if (_frames.Count == 0) return;
                Close();
            }
            else if (token.Kind == TokenKind.Word && token.Value >= (int)Word.FirstMnemonic && MayBeFlat())
            {
                if (!Flat(MnemonicOf(token))) return;
            }
            else if (_frames.Count == 0)
            {
                return;
            }
            else
            {
                throw Unexpected();
            }
            if (single && _frames.Count == 0) return;
        }
    }

    private bool MayBeFlat() => _frames.Count == 0 || _frames.Peek().Kind is FrameKind.Flat or FrameKind.Block or FrameKind.Clause;

    private static Mnemonic MnemonicOf(in Token token) => Keywords.Mnemonics[token.Value - (int)Word.FirstMnemonic];

    private bool IsMnemonic(in Token token) => token.Kind == TokenKind.Word && token.Value >= (int)Word.FirstMnemonic;

    // Flat instructions

    /// <summary>A flat instruction or a delimiter; false when a delimiter belongs to nothing.</summary>
    private bool Flat(Mnemonic mnemonic)
    {
        if (IsDelimiter(mnemonic.Op))
        {
            if (_frames.Count == 0) return false;
            Delimiter(mnemonic.Op);
            return true;
        }
        int start = _i++;
        if (!IsBlock(mnemonic))
        {
            var instr = PlainInstr(mnemonic, start);
            Hint(instr, start);
            _code.Add(instr);
            return true;
        }
        var label = OptLabel();
        var block = BlockInstr(mnemonic, start);
        Hint(block, start);
        _code.Add(block);
        PushLabel(label);
        _frames.Push(new Frame(FrameKind.Flat, mnemonic.Op, null, label));
        return true;
    }

    private static bool IsDelimiter(Op op) => op is Op.End or Op.Else or Op.Catch or Op.CatchAll or Op.Delegate;

    private static bool IsBlock(Mnemonic mnemonic) => mnemonic.Form is Form.Block or Form.TryTable;

    private void Delimiter(Op op)
    {
        var frame = _frames.Peek();
        bool fits = op == Op.End
            || (op == Op.Else && frame.Op == Op.If)
            || (op == Op.Delegate && frame.Op == Op.Try)
            || (op is Op.Catch or Op.CatchAll && frame.Op is Op.Try or Op.Catch);
        if (frame.Kind != FrameKind.Flat || !fits) throw Unexpected();
        var at = At;
        _i++;
        _frames.Pop();
        if (op is Op.End or Op.Else) MatchLabel(frame.Label.Symbol);
        if (op is Op.End or Op.Delegate) PopLabel();
        else _frames.Push(frame with { Op = op });
        _code.Add(op == Op.Delegate ? new Idx(op, Label(), at) : op == Op.Catch ? new Idx(op, Index(_tagSpace), at) : new Plain(op, at));
    }

    /// <summary>The identifier after <c>else</c> and <c>end</c> must be that of the block.</summary>
    private void MatchLabel(int label)
    {
        if (!Is(TokenKind.Id)) return;
        var token = Cur;
        _i++;
        if (token.Value != label) Defer(token, "mismatching label");
    }

    // Folded instructions

    private void Open()
    {
        int start = _i;
        ref readonly var word = ref _tokens[_i + 1];
        if (_frames.Count > 0 && OpenClause(word)) return;
        if (!IsMnemonic(word)) throw Unexpected(word);
        if (_frames.Count > 0 && _frames.Peek().Kind is FrameKind.AfterThen or FrameKind.AfterElse
            or FrameKind.Try or FrameKind.AfterDo or FrameKind.AfterCatchAll or FrameKind.AfterDelegate)
        {
            throw Unexpected(word);
        }
        var mnemonic = MnemonicOf(word);
        if (IsDelimiter(mnemonic.Op)) throw Unexpected(word);
        _i += 2;
        if (!IsBlock(mnemonic))
        {
            var instr = PlainInstr(mnemonic, start + 1);
            Hint(instr, start);
            _frames.Push(new Frame(FrameKind.Operands, mnemonic.Op, instr, NoLabel));
            return;
        }
        var label = OptLabel();
        var block = BlockInstr(mnemonic, start + 1);
        Hint(block, start);
        if (mnemonic.Op == Op.If)
        {
            _frames.Push(new Frame(FrameKind.Condition, Op.If, block, label));
            return;
        }
        _code.Add(block);
        PushLabel(label);
        _frames.Push(new Frame(mnemonic.Op == Op.Try ? FrameKind.Try : FrameKind.Block, mnemonic.Op, null, label));
    }

    /// <summary>The clauses of a folded <c>if</c> or legacy <c>try</c>; false when the parenthesis opens something else.</summary>
    private bool OpenClause(in Token word)
    {
        var frame = _frames.Peek();
        if (word.Kind != TokenKind.Word) return false;
        var op = word.Value >= (int)Word.FirstMnemonic ? MnemonicOf(word).Op : (Op?)null;
        var at = RegionOf(word);
        FrameKind next;
        if (frame.Kind == FrameKind.Condition && word.Value == (int)Word.Then)
        {
            _i += 2;
            _code.Add(frame.Pending!);
            PushLabel(frame.Label);
            next = FrameKind.AfterThen;
        }
        else if (frame.Kind == FrameKind.AfterThen && op == Op.Else)
        {
            _i += 2;
            _code.Add(new Plain(Op.Else, at));
            next = FrameKind.AfterElse;
        }
        else if (frame.Kind == FrameKind.Try && word.Value == (int)Word.Do)
        {
            _i += 2;
            next = FrameKind.AfterDo;
        }
        else if (frame.Kind == FrameKind.AfterDo && op == Op.Catch)
        {
            _i += 2;
            _code.Add(new Idx(Op.Catch, Index(_tagSpace), at));
            frame = frame with { Op = Op.Catch };
            next = FrameKind.AfterDo;
        }
        else if (frame.Kind == FrameKind.AfterDo && op == Op.CatchAll)
        {
            _i += 2;
            _code.Add(new Plain(Op.CatchAll, at));
            next = FrameKind.AfterCatchAll;
        }
        else if (frame.Kind == FrameKind.AfterDo && op == Op.Delegate && frame.Op == Op.Try)
        {
            _i += 2;
            PopLabel();
            _code.Add(new Idx(Op.Delegate, Label(), at));
            Expect(TokenKind.RParen);
            _frames.Pop();
            _frames.Push(frame with { Kind = FrameKind.AfterDelegate });
            return true;
        }
        else
        {
            return false;
        }
        _frames.Pop();
        _frames.Push(frame with { Kind = next });
        _frames.Push(new Frame(FrameKind.Clause, frame.Op, null, NoLabel));
        return true;
    }

    private void Close()
    {
        var frame = _frames.Peek();
        var at = At;
        switch (frame.Kind)
        {
            case FrameKind.Operands:
                _code.Add(frame.Pending!);
                break;
            case FrameKind.Block or FrameKind.AfterThen or FrameKind.AfterElse or FrameKind.AfterDo or FrameKind.AfterCatchAll:
                PopLabel();
                _code.Add(new Plain(Op.End, at));
                break;
            case FrameKind.Clause or FrameKind.AfterDelegate:
                break;
            case FrameKind.Flat or FrameKind.Condition or FrameKind.Try:
                throw Unexpected();
            default:
                throw new UnreachableException($"frame {frame.Kind}");
        }
        _frames.Pop();
        _i++;
    }

    // Blocks

    /// <summary>The block type, and the clauses of <c>try_table</c>, whose labels are those outside the block.</summary>
    private Instr BlockInstr(Mnemonic mnemonic, int start)
    {
        var at = RegionOf(_tokens[start]);
        var type = BlockTypeOf();
        if (mnemonic.Form != Form.TryTable) return new Block(mnemonic.Op, type, at);
        var catches = ImmutableArray.CreateBuilder<Catch>();
        while (Is(TokenKind.LParen) && CatchKindOf(_tokens[_i + 1]) is { } kind)
        {
            _i += 2;
            uint tag = kind is CatchKind.Catch or CatchKind.CatchRef ? Index(_tagSpace) : 0;
            catches.Add(new Catch(kind, tag, Label()));
            Expect(TokenKind.RParen);
        }
        return new TryTable(mnemonic.Op, type, catches.ToImmutable(), at);
    }

    private CatchKind? CatchKindOf(in Token token)
    {
        if (token.Kind != TokenKind.Word) return null;
        if (token.Value == (int)Word.CatchRef) return CatchKind.CatchRef;
        if (token.Value == (int)Word.CatchAllRef) return CatchKind.CatchAllRef;
        if (!IsMnemonic(token)) return null;
        var op = MnemonicOf(token).Op;
        return op == Op.Catch ? CatchKind.Catch : op == Op.CatchAll ? CatchKind.CatchAll : null;
    }

    private BlockType BlockTypeOf()
    {
        if (!Is(TokenKind.LParen)) return BlockType.Empty;
        if (!_profile.Has(Features.MultiValue))
        {
            if (!TryOpen(Word.Result)) return BlockType.Empty;
            var result = BlockType.Of(ValTypeOf());
            Expect(TokenKind.RParen);
            return result;
        }
        var use = TypeUseOf(names: false);
        if (use.Index is not null) return BlockType.Idx(Resolve(use));
        if (use.Inline.Params.IsEmpty && use.Inline.Results.IsEmpty) return BlockType.Empty;
        return use.Inline is { Params: [], Results: [var one] } ? BlockType.Of(one) : BlockType.Idx(Resolve(use));
    }

    // Labels

    /// <summary>The labels in scope, outermost first: symbol, and the position that the symbol had before.</summary>
    private readonly List<(int Symbol, int Shadowed)> _labels = [];

    /// <summary>The innermost label of each symbol.</summary>
    private readonly Dictionary<int, int> _labelOf = [];

    /// <summary>The blocks of the function so far.</summary>
    private uint _labelCount;

    private LabelId OptLabel()
    {
        string? name = TakeName(_i, "label");
        return new LabelId(OptId(), name);
    }

    private void PushLabel(LabelId label)
    {
        int symbol = label.Symbol, shadowed = -1;
        if (symbol >= 0)
        {
            if (_labelOf.TryGetValue(symbol, out int outer)) shadowed = outer;
            _labelOf[symbol] = _labels.Count;
        }
        if (_inFunc) NameLabel(label);
        _labelCount++;
        _labels.Add((symbol, shadowed));
    }

    private void PopLabel()
    {
        var (symbol, shadowed) = _labels[^1];
        _labels.RemoveAt(_labels.Count - 1);
        if (symbol < 0) return;
        if (shadowed >= 0) _labelOf[symbol] = shadowed;
        else _labelOf.Remove(symbol);
    }

    private uint Label()
    {
        var token = Cur;
        if (token.Kind == TokenKind.Nat) return NatIndex();
        if (token.Kind != TokenKind.Id) throw Unexpected();
        _i++;
        if (_labelOf.TryGetValue(token.Value, out int position)) return (uint)(_labels.Count - 1 - position);
        Defer(token, $"unknown label {Print(token.Value)}");
        return 0;
    }
}
