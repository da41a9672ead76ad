using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>
/// The instructions with rules of their own (3.4). The rules are methods, not arms, so that what is most frequent does not pay for the
/// variables of all the others.
/// </summary>
internal sealed partial class FuncValidator
{
    private void Rule(Instr instr)
    {
        switch (instr)
        {
            // Variables
            case Idx { Op: Op.LocalGet, X: var x }: LocalGet(x); break;
            case Idx { Op: Op.LocalSet, X: var x }: LocalSet(x); break;
            case Idx { Op: Op.LocalTee, X: var x }: LocalTee(x); break;
            case Idx { Op: Op.GlobalSet, X: var x }: GlobalSet(x); break;

            // Parametric instructions
            case Plain { Op: Op.Drop }: PopAny("[bot]"); break;    // Instr_ok/drop
            case Plain { Op: Op.Select }: Select(); break;
            case SelectT select: Select(select.Types); break;

            // Control
            case Plain { Op: Op.Unreachable }: Unreachable(); break;    // Instr_ok/unreachable
            case Block block: Block(block); break;
            case Plain { Op: Op.Else }: Else(instr); break;
            case Plain { Op: Op.End }: End(); break;
            case TryTable block: TryTable(block); break;
            case Idx { Op: Op.Br, X: var l }: Br(l); break;
            case Idx { Op: Op.BrIf, X: var l }: BrIf(l); break;
            case BrTable table: BrTable(table); break;
            case Idx { Op: Op.BrOnNull, X: var l }: BrOnNull(l); break;
            case Idx { Op: Op.BrOnNonNull, X: var l }: BrOnNonNull(l); break;
            case BrOnCast cast: BrOnCast(cast); break;
            case Plain { Op: Op.Return }: Return(); break;
            case Idx { Op: Op.Call, X: var x }: Call(x); break;
            case Idx { Op: Op.CallRef, X: var x }: CallRef(x); break;
            case Idx2 { Op: Op.CallIndirect, X: var x, Y: var y }: CallIndirect(x, y); break;
            case Idx { Op: Op.ReturnCall, X: var x }: ReturnCall(x); break;
            case Idx { Op: Op.ReturnCallRef, X: var x }: ReturnCallRef(x); break;
            case Idx2 { Op: Op.ReturnCallIndirect, X: var x, Y: var y }: ReturnCallIndirect(x, y); break;
            case Idx { Op: Op.Throw, X: var x }: Throw(x); break;
            case Plain { Op: Op.ThrowRef }: ThrowRef(); break;
            case Idx { Op: Op.Catch, X: var x }: Catch(instr, x); break;
            case Plain { Op: Op.CatchAll }: CatchAll(instr); break;
            case Idx { Op: Op.Delegate, X: var l }: Delegate(instr, l); break;
            case Idx { Op: Op.Rethrow, X: var l }: Rethrow(l); break;

            // Tables and memories
            case Idx2 { Op: Op.TableCopy, X: var x, Y: var y }: TableCopy(x, y); break;
            case Idx2 { Op: Op.TableInit, X: var x, Y: var y }: TableInit(x, y); break;
            case Idx2 { Op: Op.MemoryCopy, X: var x, Y: var y }: MemoryCopy(x, y); break;

            // References
            case RefNull @null: RefNull(@null.Heap); break;
            case Idx { Op: Op.RefFunc, X: var x }: RefFunc(x); break;
            case Plain { Op: Op.RefIsNull }: RefIsNull(); break;
            case Plain { Op: Op.RefAsNonNull }: RefAsNonNull(); break;
            case Cast { Op: Op.RefTest or Op.RefTestNull } test: RefTest(test.Type); break;
            case Cast { Op: Op.RefCast or Op.RefCastNull } cast: RefCast(cast.Type); break;
            case Cast cast: RefCastDescEq(cast.Type); break;
            case Idx { Op: Op.RefGetDesc, X: var x }: RefGetDesc(x); break;
            case Plain { Op: Op.AnyConvertExtern }: Convert(HeapType.Extern, HeapType.Any); break;    // Instr_ok/any.convert_extern
            case Plain { Op: Op.ExternConvertAny }: Convert(HeapType.Any, HeapType.Extern); break;    // Instr_ok/extern.convert_any

            default:
                if (!Aggregate(instr) && !Continuation(instr)) throw new System.Diagnostics.UnreachableException($"no rule for {instr}");
                break;
        }
    }

    // Instr_ok/local.get
    private void LocalGet(uint x)
    {
        var t = Local(x);
        if (!IsSet(x, t)) throw Error($"uninitialized local {x}");
        Push(t);
    }

    // Instr_ok/local.set
    private void LocalSet(uint x)
    {
        var t = Local(x);
        Pop(t);
        Set(x, t);
    }

    // Instr_ok/local.tee
    private void LocalTee(uint x)
    {
        LocalSet(x);
        Push(Local(x));
    }

    // Instr_ok/global.set
    private void GlobalSet(uint x)
    {
        var global = c.Global(x, _at);
        if (!global.Mutable) throw Error("immutable global");
        Pop(global.Val);
    }

    // Instr_ok/select-impl
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

    // Instr_ok/select-expl
    private void Select(System.Collections.Immutable.ImmutableArray<ValType> ts)
    {
        if (ts.Length != 1) throw Error("invalid result arity other than 1 is not (yet) allowed");
        var t = c.Close(ts[0], _at);
        Pop(ValType.I32);
        Pop(t);
        Pop(t);
        Push(t);
    }

    // Instr_ok/table.copy
    private void TableCopy(uint x, uint y)
    {
        TableType table1 = c.Table(x, _at), table2 = c.Table(y, _at);
        if (!Matching.Match(table2.Elem, table1.Elem))
            throw Error($"type mismatch: source element type {c.Show(table2.Elem)} does not match destination element type {c.Show(table1.Elem)}");
        Pop(Addr(table1.Addr, table2.Addr));
        Pop(Addr(table2.Addr));
        Pop(Addr(table1.Addr));
    }

    // Instr_ok/table.init
    private void TableInit(uint x, uint y)
    {
        var table = c.Table(x, _at);
        var elem = c.Elem(y, _at);
        if (!Matching.Match(elem, table.Elem))
            throw Error($"type mismatch: element segment's type {c.Show(elem)} does not match table's element type {c.Show(table.Elem)}");
        Pop(ValType.I32);
        Pop(ValType.I32);
        Pop(Addr(table.Addr));
    }

    // Instr_ok/memory.copy
    private void MemoryCopy(uint x, uint y)
    {
        AddrType at1 = c.Mem(x, _at).Addr, at2 = c.Mem(y, _at).Addr;
        Pop(Addr(at1, at2));
        Pop(Addr(at2));
        Pop(Addr(at1));
    }
}
