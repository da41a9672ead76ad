using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Calls: direct, through tables and references, in tail position, recursive, to the host.</summary>
internal sealed partial class BodyGenerator
{
    /// <summary>Whether the function may call another: see <see cref="FuncKind"/>; and whether there is time for it.</summary>
    private bool MayCall(FuncPlan callee) => !callee.Hidden && callee.Kind <= _func.Kind
        && (callee.Made is null ? callee.Index < m.ImportedFuncs : callee.Index > _func.Index) && Affordable(callee);

    private bool Affordable(FuncPlan callee) => _cost + _times * callee.Cost <= MostSteps;

    private void Pay(FuncPlan callee)
    {
        if (!_dead) _cost += _times * callee.Cost;
    }

    private void Args(FuncPlan callee) => Args(callee, callee.Sig.Params);

    /// <summary>The arguments of a call by a type that may be above the callee's: of its parameters, which may be narrower.</summary>
    private void Args(FuncPlan callee, ImmutableArray<ValType> ps)
    {
        for (int i = 0; i < ps.Length; i++)
        {
            if (i == 0 && callee.Recursive) I32(Depth(callee));
            else Value(ps[i]);
        }
    }

    /// <summary>How deep a recursion goes; what it costs at most is in the callee's cost, unless it is deep.</summary>
    private int Depth(FuncPlan callee)
    {
        if (_dead || !d.OneIn(10) || _cost + _times * callee.Cost * 20 > MostSteps) return d.Below(MostRecursion);
        _cost += _times * callee.Cost * 20;
        return 40 + d.Below(80);
    }

    /// <summary>A call of a function with the results.</summary>
    private bool CallFor(ImmutableArray<ValType> ts)
    {
        int x = Find(m.Funcs.Count, i => MayCall(m.Funcs[i]) && m.Types.Match(m.Funcs[i].Sig.Results, ts));
        if (x < 0) return false;
        Args(m.Funcs[x]);
        Do(Op.Call, x);
        Pay(m.Funcs[x]);
        return true;
    }

    /// <summary>A call of any function; what it returns is done away with.</summary>
    private bool CallAny()
    {
        int x = Find(m.Funcs.Count, i => MayCall(m.Funcs[i]));
        if (x < 0) return false;
        Args(m.Funcs[x]);
        Do(Op.Call, x);
        Pay(m.Funcs[x]);
        Consume(m.Funcs[x].Sig.Results);
        return true;
    }

    /// <summary>A function that a table holds at first, of the results when they are given.</summary>
    private bool FindInTable(ImmutableArray<ValType> ts, out int table, out int at, out FuncPlan callee)
    {
        at = -1;
        callee = null!;
        int found = -1;
        table = Find(m.Tables.Count, i =>
        {
            var plan = m.Tables[i];
            if (plan.Hidden) return false;
            found = Find(plan.Initially.Length, j => plan.Initially[j] is { } f && Affordable(f) && (ts.IsDefault || m.Types.Match(f.Sig.Results, ts)));
            return found >= 0;
        });
        if (table < 0) return false;
        at = found;
        callee = m.Tables[table].Initially[at]!;
        return true;
    }

    /// <summary>call_indirect; without results given, of any function.</summary>
    private bool CallIndirectFor(ImmutableArray<ValType> ts)
    {
        if (_func.Kind < FuncKind.Middle || !FindInTable(ts, out int x, out int at, out var callee)) return false;
        int type = Declared(callee, ts);
        Args(callee, m.Types.FuncOf(type).Params);
        Entry(m.Tables[x], at);
        Do(Op.CallIndirect, x, type);
        Pay(callee);
        if (ts.IsDefault) Consume(callee.Sig.Results);
        return true;
    }

    /// <summary>The index of a table's element that is wanted; on a risk, of any.</summary>
    private void Entry(TablePlan table, int at)
    {
        if (Risk())
        {
            Value(table.Is64 ? ValType.I64 : ValType.I32);
            return;
        }
        Address(table.Is64, (ulong)at);
    }

    /// <summary>The type by which a function is called: its own, or one declared above.</summary>
    private int Declared(FuncPlan callee, ImmutableArray<ValType> ts)
    {
        int super = m.Types.SuperOf(callee.Type);
        if (super < 0 || !d.OneIn(3)) return callee.Type;
        var sig = m.Types.FuncOf(super);
        return m.Types.Match(sig.Results, ts.IsDefault ? callee.Sig.Results : ts) ? super : callee.Type;
    }

    /// <summary>call_ref of a leaf.</summary>
    private bool CallRefFor(ImmutableArray<ValType> ts)
    {
        if (_func.Kind < FuncKind.Middle || !m.Has(Features.FunctionReferences)) return false;
        int x = Find(m.Funcs.Count, i => IsReferable(m.Funcs[i]) && Affordable(m.Funcs[i]) && (ts.IsDefault || m.Types.Match(m.Funcs[i].Sig.Results, ts)));
        if (x < 0) return false;
        var callee = m.Funcs[x];
        Args(callee);
        Value(new RefType(Risk(), HeapType.Idx((uint)callee.Type)));
        Do(Op.CallRef, callee.Type);
        Pay(callee);
        if (ts.IsDefault) Consume(callee.Sig.Results);
        return true;
    }

    /// <summary>Leaves that are not recursive may be referred to: whoever calls a reference does not know what depth its first argument stands for.</summary>
    private static bool IsReferable(FuncPlan func) => func is { Kind: FuncKind.Leaf, Hidden: false, Recursive: false };

    /// <summary>A call that is the last the function does; what follows is dead.</summary>
    private bool TailCall(bool last)
    {
        if (!m.Has(Features.TailCalls) || _shielded || (last && !d.OneIn(4))) return false;
        var ts = _func.Sig.Results;
        switch (d.Below(3))
        {
            case 1 when _func.Kind >= FuncKind.Middle && FindInTable(ts, out int x, out int at, out var callee):
                Args(callee);
                Entry(m.Tables[x], at);
                Do(Op.ReturnCallIndirect, x, callee.Type);
                Pay(callee);
                break;
            case 2 when _func.Kind >= FuncKind.Middle && m.Has(Features.FunctionReferences)
                && Find(m.Funcs.Count, i => IsReferable(m.Funcs[i]) && Affordable(m.Funcs[i]) && m.Types.Match(m.Funcs[i].Sig.Results, ts)) is >= 0 and var f:
                Args(m.Funcs[f]);
                Value(ValType.RefNonNull(HeapType.Idx((uint)m.Funcs[f].Type)));
                Do(Op.ReturnCallRef, m.Funcs[f].Type);
                Pay(m.Funcs[f]);
                break;
            default:
                {
                    int x = Find(m.Funcs.Count, i => (MayCall(m.Funcs[i]) || IsHostTail(i)) && m.Types.Match(m.Funcs[i].Sig.Results, ts));
                    if (x < 0) return false;
                    Args(m.Funcs[x]);
                    Do(Op.ReturnCall, x);
                    Pay(m.Funcs[x]);
                    break;
                }
        }
        Die();
        return true;
    }

    /// <summary>The host's functions are hidden from bodies, but not where a call of theirs is the last.</summary>
    private bool IsHostTail(int x) => x < 2 || (x == HostImports.Back && _func.Kind == FuncKind.Top && Affordable(m.Funcs[x]));

    private bool TailCallIf()
    {
        if (!m.Has(Features.TailCalls) || _shielded) return false;
        Value(ValType.I32);
        var outside = Open(Op.If, [], []);
        _ = TailCall(last: false);
        Close(outside);
        return true;
    }

    private const int MostRecursion = 6;

    /// <summary>The body of what the host calls back: it grows something, or changes it.</summary>
    public void GenerateBack(FuncPlan func, int fuel)
    {
        Begin(func, fuel);
        bool done = d.Below(6) switch
        {
            0 or 1 => MemoryGrow(),
            2 => TableGrow(),
            3 => GlobalSet(),
            4 => TableSet(),
            _ => ThrowIf(),
        };
        Statements(done ? d.Below(2) : 2);
        Values(func.Sig.Results);
        Finish();
    }

    /// <summary>A function that calls itself in tail position as often as its argument says.</summary>
    public void GenerateTailLoop(FuncPlan func)
    {
        Begin(func, 0);
        Get(0);
        Do(Op.I32Eqz);
        var outside = Open(Op.If, [], []);
        Get(1);
        Do(Op.Return);
        Close(outside);
        Get(0);
        I32(1);
        Do(Op.I32Sub);
        Get(1);
        I64(3 + d.Below(50));
        Do(Op.I64Mul);
        Get(0);
        Do(Op.I64ExtendI32U);
        Do(Op.I64Xor);
        Do(Op.ReturnCall, func.Index);
        Finish();
    }

    /// <summary>A long loop of tail calls, which a stack that grows could not hold.</summary>
    private void LongTailLoop()
    {
        I32(d.OneIn(3) ? 100_000 : d.Below(20));
        I64((long)m.Values.I64());
        Do(Op.Call, m.TailLoop!.Index);
        Show(ValType.I64);
    }

    /// <summary>The function calls itself, one step less deep.</summary>
    private bool Recur()
    {
        if (!_func.Recursive || _recurred || _times > 1) return false;
        _recurred = true;
        Get(0);
        var outside = Open(Op.If, [], []);
        bool tail = m.Has(Features.TailCalls) && d.OneIn(2);
        Get(0);
        I32(1);
        Do(Op.I32Sub);
        for (int i = 1; i < _func.Sig.Params.Length; i++) Value(_func.Sig.Params[i]);
        if (tail)
        {
            Do(Op.ReturnCall, _func.Index);
            Die();
        }
        else
        {
            Do(Op.Call, _func.Index);
            Consume(_func.Sig.Results);
        }
        Close(outside);
        return true;
    }

    /// <summary>The host calls back.</summary>
    private bool Back()
    {
        var back = m.Funcs[HostImports.Back];
        if (_func.Kind < FuncKind.Top || !Affordable(back)) return false;
        Value(ValType.I32);
        Do(Op.Call, HostImports.Back);
        Pay(back);
        Consume(ValType.I32);
        // Whatever was grown meanwhile.
        if (d.OneIn(2)) Store();
        return true;
    }
}
