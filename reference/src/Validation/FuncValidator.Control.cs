using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>The rules for control instructions (3.4.3): blocks, branches, calls, exceptions.</summary>
internal sealed partial class FuncValidator
{
    // Instr_ok/block, loop, if; and the legacy try
    private void Block(Block block)
    {
        var (ts1, ts2) = Close(block.Type);
        if (block.Op == Op.If) Pop(ValType.I32);
        Pop(ts1);
        Enter(block.Op, ts1, ts2);
    }

    private void Else(Instr instr)
    {
        if (_frames[_depth - 1].Op != Op.If) throw Misplaced(instr);
        var frame = Exit();
        Enter(Op.Else, frame.Start, frame.End);
    }

    private void End()
    {
        var frame = Exit();
        // The absent else branch is an empty one.
        if (frame.Op == Op.If && !Matching.Match(frame.Start, frame.End))
            throw Error($"type mismatch: instruction requires {c.Show(frame.End)} but stack has {c.Show(frame.Start)}");
        if (_depth > 0) Push(frame.End);
    }

    // Instr_ok/try_table: the labels of the clauses are counted outside
    private void TryTable(TryTable block)
    {
        var (ts1, ts2) = Close(block.Type);
        foreach (var clause in block.Catches)
            Catch(clause);
        Pop(ts1);
        Enter(Op.TryTable, ts1, ts2);
    }

    // Catch_ok
    private void Catch(Catch clause)
    {
        var ts = clause.Kind is CatchKind.Catch or CatchKind.CatchRef ? Exception(clause.Tag) : [];
        if (clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef) ts = ts.Add(ValType.RefNonNull(HeapType.Exn));
        var label = Label(clause.Label);
        if (!Matching.Match(ts, label))
            throw Error($"type mismatch: catch handler requires {c.Show(label)} but label has {c.Show(ts)}");
    }

    // Instr_ok/br
    private void Br(uint l)
    {
        Pop(Label(l));
        Unreachable();
    }

    // Instr_ok/br_if
    private void BrIf(uint l)
    {
        var ts = Label(l);
        Pop(ValType.I32);
        Pop(ts);
        Push(ts);
    }

    // Instr_ok/br_table
    private void BrTable(BrTable table)
    {
        var ts = Label(table.Default);
        Pop(ValType.I32);
        Check(ts.AsSpan());
        var last = ts;
        foreach (uint l in table.Labels)
        {
            var label = Label(l);
            if (label == last) continue;
            if (label.Length != ts.Length) throw Error($"type mismatch: instruction requires {c.Show(label)} but label has {c.Show(ts)}");
            // In version 1.0 the labels had the same types; since 2.0 each has types that the operands match, if they are there at all.
            if (c.Profile.Version == SpecVersion.V1)
            {
                if (!label.AsSpan().SequenceEqual(ts.AsSpan()))
                    throw Error($"type mismatch: instruction requires {c.Show(label)} but label has {c.Show(ts)}");
            }
            else
            {
                Check(label.AsSpan());
            }
            last = label;
        }
        Unreachable();
    }

    // Instr_ok/br_on_null
    private void BrOnNull(uint l)
    {
        var ts = Label(l);
        var rt = PopRef();
        Pop(ts);
        Push(ts);
        Push(ValType.RefNonNull(rt.Heap));
    }

    // Instr_ok/br_on_non_null
    private void BrOnNonNull(uint l)
    {
        var (ts, t) = SplitLabel(l, "reference type");
        if (!t.IsRef) throw Error($"type mismatch: instruction requires reference type but label has {c.Show(t)}");
        Pop(ValType.RefNull(t.Ref.Heap));
        Pop(Lead(ts));
        Push(Lead(ts));
    }

    // Instr_ok/br_on_cast, br_on_cast_fail, br_on_cast_desc_eq, br_on_cast_desc_eq_fail
    private void BrOnCast(BrOnCast cast)
    {
        RefType rt1 = c.Close(cast.From, _at), rt2 = CastTarget(cast.To), diff = Matching.Diff(rt1, rt2);
        // Casts go down; with descriptors, anywhere in the hierarchy.
        if (c.Has(Features.CustomDescriptors))
        {
            if (Matching.Top(rt1.Heap) != Matching.Top(rt2.Heap))
                throw Error($"type mismatch on cast: type {c.Show(rt1)} has a different top type than type {c.Show(rt2)}");
        }
        else if (!Matching.Match(rt2, rt1))
        {
            throw Error($"type mismatch on cast: type {c.Show(rt2)} does not match {c.Show(rt1)}");
        }

        var (sent, kept) = cast.Op is Op.BrOnCast or Op.BrOnCastDescEq ? (rt2, diff) : (diff, rt2);
        var (ts, t) = SplitLabel(cast.Label, c.Show(sent));
        if (!Matching.Match(sent, t))
            throw Error($"type mismatch: instruction requires type {c.Show(sent)} but label has {c.Show(ts)}");
        if (cast.Op is Op.BrOnCastDescEq or Op.BrOnCastDescEqFail) Pop(DescriptorOf(cast.To));
        Pop(rt1);
        Pop(Lead(ts));
        Push(Lead(ts));
        Push(kept);
    }

    // Instr_ok/return
    private void Return()
    {
        Pop(_frames[0].End);
        Unreachable();
    }

    // Instr_ok/call
    private void Call(uint x)
    {
        var func = (FuncType)c.Func(x, _at).Expand;
        Pop(func.Params);
        Push(func.Results);
    }

    // Instr_ok/call_ref
    private void CallRef(uint x)
    {
        var func = c.FuncType(x, _at);
        Pop(NullRef(x));
        Pop(func.Params);
        Push(func.Results);
    }

    // Instr_ok/call_indirect
    private void CallIndirect(uint x, uint y)
    {
        var at = FuncTable(x);
        var func = c.FuncType(y, _at);
        Pop(at);
        Pop(func.Params);
        Push(func.Results);
    }

    // Instr_ok/return_call
    private void ReturnCall(uint x) => ReturnCall((FuncType)c.Func(x, _at).Expand);

    // Instr_ok/return_call_ref
    private void ReturnCallRef(uint x)
    {
        var func = c.FuncType(x, _at);
        Pop(NullRef(x));
        ReturnCall(func);
    }

    // Instr_ok/return_call_indirect
    private void ReturnCallIndirect(uint x, uint y)
    {
        var at = FuncTable(x);
        var func = c.FuncType(y, _at);
        Pop(at);
        ReturnCall(func);
    }

    /// <summary>A tail call: the callee returns what the function returns.</summary>
    private void ReturnCall(FuncType callee)
    {
        var results = _frames[0].End;
        if (!Matching.Match(callee.Results, results))
            throw Error($"type mismatch: current function requires result type {c.Show(results)} but callee returns {c.Show(callee.Results)}");
        Pop(callee.Params);
        Unreachable();
    }

    /// <summary>The address type of a table of functions.</summary>
    private ValType FuncTable(uint x)
    {
        var table = c.Table(x, _at);
        if (!Matching.Match(table.Elem, RefType.Func))
            throw Error($"type mismatch: instruction requires table of function type but table has element type {c.Show(table.Elem)}");
        return Addr(table.Addr);
    }

    // Instr_ok/throw
    private void Throw(uint x)
    {
        Pop(Exception(x));
        Unreachable();
    }

    // Instr_ok/throw_ref
    private void ThrowRef()
    {
        Pop(ValType.RefNull(HeapType.Exn));
        Unreachable();
    }

    private FuncType TagType(uint x) => (FuncType)c.Tag(x, _at).Expand;

    /// <summary>The values that an exception carries. A tag with results, which stack switching has, is none of an exception.</summary>
    private ImmutableArray<ValType> Exception(uint x)
    {
        var tag = TagType(x);
        return tag.Results.IsEmpty ? tag.Params : throw Error("non-empty tag result type");
    }

    // The legacy form of exceptions. A handler is a frame of its own, which rethrow can name.

    // Instr_ok/try
    private void Catch(Instr instr, uint x)
    {
        if (_frames[_depth - 1].Op is not (Op.Try or Op.Catch)) throw Misplaced(instr);
        var frame = Exit();
        Enter(Op.Catch, Exception(x), frame.End);
    }

    // Instr_ok/try
    private void CatchAll(Instr instr)
    {
        if (_frames[_depth - 1].Op is not (Op.Try or Op.Catch)) throw Misplaced(instr);
        var frame = Exit();
        Enter(Op.CatchAll, [], frame.End);
    }

    // Instr_ok/try-delegate: the label is counted outside the try
    private void Delegate(Instr instr, uint l)
    {
        if (_frames[_depth - 1].Op != Op.Try) throw Misplaced(instr);
        var frame = Exit();
        _ = Label(l);
        Push(frame.End);
    }

    // Instr_ok/rethrow
    private void Rethrow(uint l)
    {
        _ = Label(l);
        if (_frames[_depth - 1 - (int)l].Op is not (Op.Catch or Op.CatchAll)) throw Error("invalid rethrow label");
        Unreachable();
    }
}
