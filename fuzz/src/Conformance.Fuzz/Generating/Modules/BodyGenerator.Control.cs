using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Statements; blocks, loops and branches.</summary>
internal sealed partial class BodyGenerator
{
    private enum Statement_ : byte
    {
        Nop, LocalSet, Store, GlobalSet, Drop, Block, Leave, Call, CallIndirect, Show, StructSet, ArraySet, ArrayBulk, MemoryBulk, MemoryGrow, TableSet,
        TableBulk, TableGrow, Throw, Handler, Back, Swap, DropSegment, TailCall, Recur, Switch, BranchIf, Wait, Continue,
    }

    private static readonly int[] StatementWeights = [1, 20, 14, 6, 2, 14, 5, 8, 8, 6, 6, 6, 4, 6, 2, 4, 4, 2, 4, 6, 2, 2, 1, 2, 6, 4, 3, 1, 3];

    private void Statements(int count)
    {
        for (int i = 0; i < count && _fuel > 0; i++) Statement();
    }

    /// <summary>Instructions of type [] -> [], or none.</summary>
    private void Statement()
    {
        if (_depth >= MaxDepth) return;
        _depth++;
        var kind = (Statement_)d.Weighted(_statementWeights);
        bool done = kind switch
        {
            Statement_.Nop => Nop(),
            Statement_.LocalSet => LocalSet(),
            Statement_.Store => Store(),
            Statement_.GlobalSet => GlobalSet(),
            Statement_.Drop => DropValue(),
            Statement_.Block => Block([]),
            Statement_.Leave => LeaveIf(),
            Statement_.Call => CallAny(),
            Statement_.CallIndirect => d.OneIn(2) ? CallIndirectFor(default) : CallRefFor(default),
            Statement_.Show => ShowValue(),
            Statement_.StructSet => StructSet(),
            Statement_.ArraySet => ArraySet(),
            Statement_.ArrayBulk => ArrayBulk(),
            Statement_.MemoryBulk => MemoryBulk(),
            Statement_.MemoryGrow => MemoryGrow(),
            Statement_.TableSet => TableSet(),
            Statement_.TableBulk => TableBulk(),
            Statement_.TableGrow => TableGrow(),
            Statement_.Throw => ThrowIf(),
            Statement_.Handler => Handler([]),
            Statement_.Back => Back(),
            Statement_.Swap => Swap(),
            Statement_.DropSegment => DropSegment(),
            Statement_.TailCall => TailCallIf(),
            Statement_.Recur => Recur(),
            Statement_.Switch => Switch([]),
            Statement_.BranchIf => BranchIf([]),
            Statement_.Wait => Wait(),
            Statement_.Continue => Continuation([]),
            _ => throw new UnreachableException("weights and members agree"),
        };
        if (!done) LocalSet();
        _depth--;
    }

    private bool Nop()
    {
        if (_fuel > 0 && d.OneIn(2)) Do(Op.Nop);
        return true;
    }

    private bool DropValue()
    {
        Value(AnyType());
        Do(Op.Drop);
        return true;
    }

    private bool ShowValue()
    {
        if (_times > 40) return false;
        var t = AnyType();
        if (t.IsRef) return false;
        Value(t);
        Show(t);
        return true;
    }

    // Blocks

    /// <summary>What is dead and what is not, outside of a block.</summary>
    private readonly record struct Outside(bool Dead, bool Bottom);

    private BlockType TypeOf(ImmutableArray<ValType> ps, ImmutableArray<ValType> ts)
    {
        if (ps.IsEmpty && ts.IsEmpty) return BlockType.Empty;
        if (ps.IsEmpty && ts.Length == 1) return BlockType.Of(ts[0]);
        return BlockType.Idx((uint)m.Types.Func(ps, ts));
    }

    private Outside Open(Op op, ImmutableArray<ValType> ps, ImmutableArray<ValType> ts, bool free = true)
    {
        Emit(new Block(op, TypeOf(ps, ts)));
        return Enter(op == Op.Loop ? ps : ts, free);
    }

    private Outside Enter(ImmutableArray<ValType> types, bool free = true)
    {
        var outside = new Outside(_dead, _bottom);
        _labels.Add(new Label(types, free));
        _bottom = false;
        return outside;
    }

    private void Close(Outside outside)
    {
        Emit(Ended);
        _labels.RemoveAt(_labels.Count - 1);
        (_dead, _bottom) = outside;
    }

    private void Else(Outside outside)
    {
        Do(Op.Else);
        (_dead, _bottom) = (outside.Dead, false);
    }

    /// <summary>What follows in the block is never reached.</summary>
    private void Die()
    {
        _dead = _bottom = true;
        _diedAt = _code.Count;
    }

    private ImmutableArray<ValType> BlockParams() => m.Has(Features.MultiValue) && d.OneIn(3) ? AnyTypes(3) : [];

    /// <summary>A block, conditional or loop with the results.</summary>
    private bool Block(ImmutableArray<ValType> ts)
    {
        if (!m.Has(Features.MultiValue) && ts.Length > 1) return false;
        switch (d.Below(4))
        {
            case 0:
                {
                    var ps = BlockParams();
                    Values(ps);
                    var outside = Open(Op.Block, ps, ts);
                    Inside(ps, ts);
                    Close(outside);
                    return true;
                }
            case 1 or 2:
                If(ts);
                return true;
            default:
                return Loop(ts);
        }
    }

    private void If(ImmutableArray<ValType> ts)
    {
        var ps = BlockParams();
        Values(ps);
        Value(ValType.I32);
        var outside = Open(Op.If, ps, ts);
        Inside(ps, ts);
        // Without else the parameters are the results.
        if (ps.IsEmpty && ts.IsEmpty ? d.OneIn(2) : !m.Types.Match(ps, ts) || !d.OneIn(2))
        {
            Else(outside);
            Inside(ps, ts);
        }
        Close(outside);
    }

    /// <summary>The inside of a block: its parameters stay where they begin the results, or are done away with.</summary>
    private void Inside(ImmutableArray<ValType> ps, ImmutableArray<ValType> ts)
    {
        Statements(d.Below(3));
        if (!ps.IsEmpty && ps.Length <= ts.Length && m.Types.Match(ps, ts[..ps.Length]) && d.OneIn(2))
        {
            Values(ts[ps.Length..]);
            return;
        }
        Consume(ps);
        Values(ts);
    }

    /// <summary>
    /// A loop that counts down in a local of its own. It is left at its head when the count is used up, so that every branch to it is counted; or
    /// it counts at its end, and nothing else branches to it.
    /// </summary>
    private bool Loop(ImmutableArray<ValType> ts)
    {
        int count = d.Below(8) == 7 ? 10 + d.Below(50) : 1 + d.Below(4);
        if (_times * (count + 1) * 30 > MostSteps) return false;
        int left = NewLocal(ValType.I32);
        var ps = BlockParams();
        bool head = d.OneIn(2);
        I32(count);
        Set(left);
        Values(ps);
        long times = _times;
        if (head)
        {
            var outer = Open(Op.Block, ps, ts);
            var inner = Open(Op.Loop, ps, ts);
            _times *= count + 1;
            CountDown(left);
            Do(Op.I32Eqz);
            var leaving = Open(Op.If, [], [], free: false);
            // The count is used up: from here no way leads back.
            _labels[^2] = _labels[^2] with { Open = false };
            Values(ts);
            Do(Op.Br, 2);
            Die();
            Close(leaving);
            _labels[^1] = _labels[^1] with { Open = true };
            Inside(ps, ts);
            if (d.OneIn(2))
            {
                // Once more from the end.
                Consume(ts);
                Again(ps);
                Do(Op.Br, 0);
                Die();
            }
            Close(inner);
            Close(outer);
        }
        else
        {
            var inner = Open(Op.Loop, ps, ts, free: false);
            _times *= count;
            Statements(1 + d.Below(2));
            Rotate(ps);
            CountDown(left);
            Do(Op.BrIf, 0);
            Consume(ps);
            _times = times;
            Values(ts);
            Close(inner);
        }
        _times = times;
        return true;
    }

    private void CountDown(int left)
    {
        Get(left);
        I32(1);
        Do(Op.I32Sub);
        Tee(left);
    }

    private void Again(ImmutableArray<ValType> ps)
    {
        Values(ps);
        Rotate(ps);
    }

    /// <summary>Values on top change places with those of their type.</summary>
    private void Rotate(ImmutableArray<ValType> ps)
    {
        if (ps.Length < 2 || _bottom || d.Below(3) == 0) return;
        Span<int> locals = stackalloc int[ps.Length];
        for (int i = ps.Length - 1; i >= 0; i--)
        {
            // Hidden, nullable locals would not give back references that are never null.
            if (ps[i].IsRef && !ps[i].Ref.Nullable)
            {
                for (int j = i + 1; j < ps.Length; j++) Get(locals[j]);
                return;
            }
            Set(locals[i] = Scratch(ps[i]));
        }
        for (int i = 0; i < ps.Length; i++)
        {
            int from = i;
            for (int j = 1; j < ps.Length; j++)
                if (ps[(i + j) % ps.Length] == ps[i])
                {
                    from = (i + j) % ps.Length;
                    break;
                }
            Get(locals[from]);
        }
    }
}
