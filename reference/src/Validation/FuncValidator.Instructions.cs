using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>The instructions with rules of their own (3.4), in the order of the instruction table.</summary>
internal sealed partial class FuncValidator
{
    private void Rule(Instr instr)
    {
        switch (instr)
        {
            // Instr_ok/local.get
            case Idx { Op: Op.LocalGet, X: var x }:
                {
                    var t = Local(x);
                    if (!IsSet(x, t)) throw Error($"uninitialized local {x}");
                    Push(t);
                    break;
                }

            // Instr_ok/local.set
            case Idx { Op: Op.LocalSet, X: var x }:
                {
                    var t = Local(x);
                    Pop(t);
                    Set(x, t);
                    break;
                }

            // Instr_ok/local.tee
            case Idx { Op: Op.LocalTee, X: var x }:
                {
                    var t = Local(x);
                    Pop(t);
                    Set(x, t);
                    Push(t);
                    break;
                }

            // Instr_ok/unreachable
            case Plain { Op: Op.Unreachable }:
                Unreachable();
                break;

            // Instr_ok/block, loop
            case Block { Op: Op.Block or Op.Loop or Op.Try, Type: var bt }:
                {
                    var (ts1, ts2) = Close(bt);
                    Pop(ts1);
                    Enter(instr.Op, ts1, ts2);
                    break;
                }

            // Instr_ok/if
            case Block { Op: Op.If, Type: var bt }:
                {
                    var (ts1, ts2) = Close(bt);
                    Pop(ValType.I32);
                    Pop(ts1);
                    Enter(Op.If, ts1, ts2);
                    break;
                }

            case Plain { Op: Op.Else }:
                {
                    if (_frames[_depth - 1].Op != Op.If) throw Misplaced(instr);
                    var frame = Exit();
                    Enter(Op.Else, frame.Start, frame.End);
                    break;
                }

            case Plain { Op: Op.End }:
                {
                    var frame = Exit();
                    // The absent else branch is an empty one.
                    if (frame.Op == Op.If && !Matching.Match(frame.Start, frame.End))
                        throw Error($"type mismatch: instruction requires {c.Show(frame.End)} but stack has {c.Show(frame.Start)}");
                    if (_depth > 0) Push(frame.End);
                    break;
                }

            // Instr_ok/try_table
            case TryTable { Type: var bt, Catches: var catches }:
                {
                    var (ts1, ts2) = Close(bt);
                    foreach (var clause in catches)
                        Catch(clause);
                    Pop(ts1);
                    Enter(Op.TryTable, ts1, ts2);
                    break;
                }

            // Instr_ok/br
            case Idx { Op: Op.Br, X: var l }:
                Pop(Label(l));
                Unreachable();
                break;

            // Instr_ok/br_if
            case Idx { Op: Op.BrIf, X: var l }:
                {
                    var ts = Label(l);
                    Pop(ValType.I32);
                    Pop(ts);
                    Push(ts);
                    break;
                }

            // Instr_ok/br_table
            case BrTable table:
                BrTable(table);
                break;

            // Instr_ok/br_on_null
            case Idx { Op: Op.BrOnNull, X: var l }:
                {
                    var ts = Label(l);
                    var rt = PopRef();
                    Pop(ts);
                    Push(ts);
                    Push(ValType.RefNonNull(rt.Heap));
                    break;
                }

            // Instr_ok/br_on_non_null
            case Idx { Op: Op.BrOnNonNull, X: var l }:
                {
                    var (ts, t) = SplitLabel(l, "reference type");
                    if (!t.IsRef) throw Error($"type mismatch: instruction requires reference type but label has {c.Show(t)}");
                    Pop(ValType.RefNull(t.Ref.Heap));
                    Pop(Lead(ts));
                    Push(Lead(ts));
                    break;
                }

            // Instr_ok/br_on_cast, br_on_cast_fail, and with descriptors
            case BrOnCast cast:
                BrOnCast(cast);
                break;

            // Instr_ok/return
            case Plain { Op: Op.Return }:
                Pop(_frames[0].End);
                Unreachable();
                break;

            // Instr_ok/call
            case Idx { Op: Op.Call, X: var x }:
                {
                    var func = (FuncType)c.Func(x, _at).Expand;
                    Pop(func.Params);
                    Push(func.Results);
                    break;
                }

            // Instr_ok/call_ref
            case Idx { Op: Op.CallRef, X: var x }:
                {
                    var func = c.FuncType(x, _at);
                    Pop(NullRef(x));
                    Pop(func.Params);
                    Push(func.Results);
                    break;
                }

            // Instr_ok/call_indirect
            case Idx2 { Op: Op.CallIndirect, X: var x, Y: var y }:
                {
                    var at = FuncTable(x);
                    var func = c.FuncType(y, _at);
                    Pop(at);
                    Pop(func.Params);
                    Push(func.Results);
                    break;
                }

            // Instr_ok/return_call
            case Idx { Op: Op.ReturnCall, X: var x }:
                Return((FuncType)c.Func(x, _at).Expand);
                break;

            // Instr_ok/return_call_ref
            case Idx { Op: Op.ReturnCallRef, X: var x }:
                {
                    var func = c.FuncType(x, _at);
                    Pop(NullRef(x));
                    Return(func);
                    break;
                }

            // Instr_ok/return_call_indirect
            case Idx2 { Op: Op.ReturnCallIndirect, X: var x, Y: var y }:
                {
                    var at = FuncTable(x);
                    var func = c.FuncType(y, _at);
                    Pop(at);
                    Return(func);
                    break;
                }

            // Instr_ok/throw
            case Idx { Op: Op.Throw, X: var x }:
                Pop(TagType(x).Params);
                Unreachable();
                break;

            // Instr_ok/throw_ref
            case Plain { Op: Op.ThrowRef }:
                Pop(ValType.RefNull(HeapType.Exn));
                Unreachable();
                break;

            // The legacy form of exceptions. A handler is a frame of its own, which rethrow can name.

            case Idx { Op: Op.Catch, X: var x }:
                {
                    if (_frames[_depth - 1].Op is not (Op.Try or Op.Catch)) throw Misplaced(instr);
                    var frame = Exit();
                    Enter(Op.Catch, TagType(x).Params, frame.End);
                    break;
                }

            case Plain { Op: Op.CatchAll }:
                {
                    if (_frames[_depth - 1].Op is not (Op.Try or Op.Catch)) throw Misplaced(instr);
                    var frame = Exit();
                    Enter(Op.CatchAll, [], frame.End);
                    break;
                }

            // Instr_ok/try-delegate: the label is counted outside the try
            case Idx { Op: Op.Delegate, X: var l }:
                {
                    if (_frames[_depth - 1].Op != Op.Try) throw Misplaced(instr);
                    var frame = Exit();
                    _ = Label(l);
                    Push(frame.End);
                    break;
                }

            // Instr_ok/rethrow
            case Idx { Op: Op.Rethrow, X: var l }:
                _ = Label(l);
                if (_frames[_depth - 1 - (int)l].Op is not (Op.Catch or Op.CatchAll)) throw Error("invalid rethrow label");
                Unreachable();
                break;

            // Instr_ok/drop
            case Plain { Op: Op.Drop }:
                PopAny("[bot]");
                break;

            // Instr_ok/select-impl
            case Plain { Op: Op.Select }:
                Select();
                break;

            // Instr_ok/select-expl
            case SelectT { Types: var ts }:
                {
                    if (ts.Length != 1) throw Error("invalid result arity other than 1 is not (yet) allowed");
                    var t = c.Close(ts[0], _at);
                    Pop(ValType.I32);
                    Pop(t);
                    Pop(t);
                    Push(t);
                    break;
                }

            // Instr_ok/global.set
            case Idx { Op: Op.GlobalSet, X: var x }:
                {
                    var global = c.Global(x, _at);
                    if (!global.Mutable) throw Error("immutable global");
                    Pop(global.Val);
                    break;
                }

            // Instr_ok/table.copy
            case Idx2 { Op: Op.TableCopy, X: var x, Y: var y }:
                {
                    TableType table1 = c.Table(x, _at), table2 = c.Table(y, _at);
                    if (!Matching.Match(table2.Elem, table1.Elem))
                        throw Error($"type mismatch: source element type {c.Show(table2.Elem)} does not match destination element type {c.Show(table1.Elem)}");
                    Pop(Addr(table1.Addr, table2.Addr));
                    Pop(Addr(table2.Addr));
                    Pop(Addr(table1.Addr));
                    break;
                }

            // Instr_ok/table.init
            case Idx2 { Op: Op.TableInit, X: var x, Y: var y }:
                {
                    var table = c.Table(x, _at);
                    var elem = c.Elem(y, _at);
                    if (!Matching.Match(elem, table.Elem))
                        throw Error($"type mismatch: element segment's type {c.Show(elem)} does not match table's element type {c.Show(table.Elem)}");
                    Pop(ValType.I32);
                    Pop(ValType.I32);
                    Pop(Addr(table.Addr));
                    break;
                }

            // Instr_ok/memory.copy
            case Idx2 { Op: Op.MemoryCopy, X: var x, Y: var y }:
                {
                    AddrType at1 = c.Mem(x, _at).Addr, at2 = c.Mem(y, _at).Addr;
                    Pop(Addr(at1, at2));
                    Pop(Addr(at2));
                    Pop(Addr(at1));
                    break;
                }

            // Instr_ok/ref.null
            case RefNull { Heap: var ht }:
                Push(ValType.RefNull(c.Close(ht, _at)));
                break;

            // Instr_ok/ref.func
            case Idx { Op: Op.RefFunc, X: var x }:
                {
                    var dt = c.Func(x, _at);
                    if (!c.Refs.Contains(x)) throw Error($"undeclared function reference {x}");
                    Push(ValType.RefNonNull(HeapType.Of(dt, c.ExactFuncs[(int)x])));
                    break;
                }

            // Instr_ok/ref.is_null
            case Plain { Op: Op.RefIsNull }:
                PopRef();
                Push(ValType.I32);
                break;

            // Instr_ok/ref.as_non_null
            case Plain { Op: Op.RefAsNonNull }:
                Push(ValType.RefNonNull(PopRef().Heap));
                break;

            // Instr_ok/ref.test
            case Cast { Op: Op.RefTest or Op.RefTestNull, Type: var type }:
                Pop(ValType.RefNull(Matching.Top(CastTarget(type).Heap)));
                Push(ValType.I32);
                break;

            // Instr_ok/ref.cast
            case Cast { Op: Op.RefCast or Op.RefCastNull, Type: var type }:
                {
                    var rt = CastTarget(type);
                    Pop(ValType.RefNull(Matching.Top(rt.Heap)));
                    Push(rt);
                    break;
                }

            // Instr_ok/ref.cast_desc_eq
            case Cast { Type: var type }:
                {
                    var rt = CastTarget(type);
                    Pop(DescriptorOf(type));
                    Pop(ValType.RefNull(Matching.Top(rt.Heap)));
                    Push(rt);
                    break;
                }

            // Instr_ok/ref.get_desc: the descriptor is known exactly if the type is
            case Idx { Op: Op.RefGetDesc, X: var x }:
                {
                    var dt = c.Type(x, _at);
                    if (dt.Descriptor is not { } descriptor) throw Error($"type without descriptor {x}");
                    var exactly = HeapType.Of(dt, exact: true);
                    var rt = PopRef();
                    bool exact = Matching.Match(rt.Heap, exactly);
                    if (!exact && !Matching.Match(rt.Heap, HeapType.Of(dt)))
                        throw Error($"type mismatch: instruction requires [{c.Show(NullRef(x))}] but stack has [{c.Show(rt)}]");
                    Push(ValType.RefNonNull(HeapType.Of(descriptor, exact)));
                    break;
                }

            // Instr_ok/any.convert_extern
            case Plain { Op: Op.AnyConvertExtern }:
                Convert(HeapType.Extern, HeapType.Any);
                break;

            // Instr_ok/extern.convert_any
            case Plain { Op: Op.ExternConvertAny }:
                Convert(HeapType.Any, HeapType.Extern);
                break;

            default:
                if (!Aggregate(instr) && !Continuation(instr)) throw Unexpected(instr);
                break;
        }
    }

    // Catch_ok
    private void Catch(Catch clause)
    {
        var ts = clause.Kind is CatchKind.Catch or CatchKind.CatchRef ? TagType(clause.Tag).Params : [];
        if (clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef) ts = ts.Add(ValType.RefNonNull(HeapType.Exn));
        var label = Label(clause.Label);
        if (!Matching.Match(ts, label))
            throw Error($"type mismatch: catch handler requires {c.Show(label)} but label has {c.Show(ts)}");
    }

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

    private void BrOnCast(BrOnCast cast)
    {
        RefType rt1 = c.Close(cast.From, _at), rt2 = CastTarget(cast.To), diff = Matching.Diff(rt1, rt2);
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

    private void Select()
    {
        Pop(ValType.I32);
        ValType t1 = PopAny("[bot]"), t2 = PopAny("[bot]");
        if (t1.IsRef || t2.IsRef)
            throw Error($"type mismatch: instruction requires numeric or vector type but stack has {c.Show(t1.IsRef ? t1 : t2)}");
        if (t1 != t2 && t1 != ValType.Bot && t2 != ValType.Bot)
            throw Error($"type mismatch: instruction requires [{t1} {t1}] but stack has [{t2} {t1}]");
        Push(t1 == ValType.Bot ? t2 : t1);
    }

    /// <summary>A tail call: the callee returns what the function returns.</summary>
    private void Return(FuncType callee)
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

    private FuncType TagType(uint x) => (FuncType)c.Tag(x, _at).Expand;

    /// <summary><c>(ref null x)</c></summary>
    private ValType NullRef(uint x) => ValType.RefNull(HeapType.Of(c.Type(x, _at)));

    /// <summary>The type that a cast tests for; continuations carry no type to test.</summary>
    private RefType CastTarget(RefType type)
    {
        var rt = c.Close(type, _at);
        return Matching.Top(rt.Heap).Kind != HeapKind.Cont ? rt : throw Error("invalid cast to continuation types");
    }

    /// <summary>The descriptor that a cast to the type takes: <c>(ref null exact? y)</c> for a type with descriptor y.</summary>
    private ValType DescriptorOf(RefType type)
    {
        var ht = type.Heap;
        return ht.Kind == HeapKind.TypeIdx && c.Type(ht.Index, _at).Descriptor is { } descriptor
            ? ValType.RefNull(HeapType.Of(descriptor, ht.Exact))
            : throw Error($"type {c.Open(ht)} does not have a descriptor");
    }

    private void Convert(HeapType from, HeapType to)
    {
        var rt = PopRef();
        if (!Matching.Match(rt.Heap, from))
            throw Error($"type mismatch: instruction requires [{c.Show(rt with { Heap = from })}] but stack has [{c.Show(rt)}]");
        Push(new RefType(rt.Nullable, to));
    }
}
