using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Stack switching. Continuations are made where they are resumed, so each is resumed once and handled where it suspends.</summary>
internal sealed partial class BodyGenerator
{
    /// <summary>Plans the functions, types and tags of continuations.</summary>
    public static void PlanContinuations(ModulePlan m)
    {
        var number = new FuncType([ValType.I32], [ValType.I32]);
        int type = m.Types.Cont(m.Types.Func(number));
        int yield = AddTag(m, number);
        var counter = m.AddFunc(number, FuncKind.Leaf, hidden: true, cost: 100);

        uint start = (uint)m.Types.Count;
        var switching = new FuncType([ValType.RefNull(HeapType.Idx(start + 1))], [ValType.I32]);
        m.Types.Add([new SubType(switching), new SubType(new ContType(HeapType.Idx(start)))], [false, false]);
        int switched = AddTag(m, new FuncType([], [ValType.I32]));
        var first = m.AddFunc(switching, FuncKind.Leaf, hidden: true, type: (int)start, cost: 20);
        var second = m.AddFunc(switching, FuncKind.Leaf, hidden: true, type: (int)start, cost: 20);
        m.Continuations = new ContinuationPlan(type, yield, counter, (int)start + 1, switched, first, second);
    }

    private static int AddTag(ModulePlan m, FuncType sig)
    {
        int type = m.Types.Func(sig);
        m.Tags.Add(new TagPlan(type, sig, Crosses: false));
        m.DefinedTags.Add(new Tag((uint)type));
        return m.Tags.Count - 1;
    }

    /// <summary>Makes the functions that were planned.</summary>
    public void GenerateContinuations()
    {
        if (m.Continuations is not { } plan) return;
        Generate(plan.Counter, body =>
        {
            int sum = body.NewLocal(ValType.I32);
            var outer = body.Open(Op.Block, [], []);
            var inner = body.Open(Op.Loop, [], []);
            body.Get(0);
            body.Do(Op.I32Eqz);
            body.Do(Op.BrIf, 1);
            body.Get(0);
            body.Do(Op.Suspend, plan.Yield);
            body.Get(sum);
            body.Do(Op.I32Add);
            body.Set(sum);
            body.Get(0);
            body.I32(1);
            body.Do(Op.I32Sub);
            body.Set(0);
            body.Do(Op.Br, 0);
            body.Close(inner);
            body.Close(outer);
            body.Get(sum);
        });
        Generate(plan.First, body =>
        {
            body.Do(Op.RefFunc, plan.Second.Index);
            body.Do(Op.ContNew, plan.SwitchType);
            body.Do(Op.Switch, plan.SwitchType, plan.Switched);
            body.Do(Op.RefIsNull);
            body.I32(d.Below(100));
            body.Do(Op.I32Add);
        });
        Generate(plan.Second, body =>
        {
            body.I32(1 + d.Below(100));
            body.Get(0);
            body.Do(Op.Switch, plan.SwitchType, plan.Switched);
            body.Do(Op.Drop);
        });
        plan.Counter.Cost = 100;
    }

    /// <summary>A continuation of a leaf of the type.</summary>
    private bool NewCont(int x)
    {
        if (m.Types[x].Comp is not ContType { Func.Index: var type } || !NewFunc((int)type)) return false;
        Emit(new Idx(Op.ContNew, (uint)x));
        return true;
    }

    /// <summary>Results by resuming a continuation.</summary>
    private bool Continuation(ImmutableArray<ValType> ts)
    {
        if (!m.Has(Features.StackSwitching) || _func.Kind < FuncKind.Middle || _fuel < 6) return false;
        if (m.Continuations is { } plan && ts.Length <= 1 && (ts.IsEmpty || ts[0].Kind == ValKind.I32) && _cost + _times * 200 < MostSteps && d.Below(3) != 0)
        {
            _cost += _times * 150;
            switch (d.Below(4))
            {
                case 0: Count(plan); break;
                case 1: Switched(plan); break;
                default: ThrowInto(plan); break;
            }
            if (ts.IsEmpty) Consume(ValType.I32);
            return true;
        }
        return ResumeLeaf(ts);
    }

    /// <summary>A leaf's continuation is resumed; some arguments are bound before.</summary>
    private bool ResumeLeaf(ImmutableArray<ValType> ts)
    {
        int f = Find(m.Funcs.Count, i => IsReferable(m.Funcs[i]) && Affordable(m.Funcs[i]) && m.Types.Match(m.Funcs[i].Sig.Results, ts));
        if (f < 0) return false;
        var callee = m.Funcs[f];
        var ps = callee.Sig.Params;
        int type = m.Types.Cont(callee.Type);
        int bound = ps.IsEmpty ? 0 : d.Below(ps.Length + 1);
        for (int i = 0; i < bound; i++) Value(ps[i]);
        Do(Op.RefFunc, f);
        Do(Op.ContNew, type);
        int resumed = type;
        if (bound > 0)
        {
            resumed = m.Types.Cont(m.Types.Func(ps[bound..], callee.Sig.Results));
            Do(Op.ContBind, type, resumed);
        }
        int k = Scratch(ValType.RefNull(HeapType.Idx((uint)resumed)));
        Set(k);
        for (int i = bound; i < ps.Length; i++) Value(ps[i]);
        Get(k);
        Emit(new Resume(Op.Resume, (uint)resumed, 0, []));
        Pay(callee);
        return true;
    }

    private ImmutableArray<ValType> Suspended(ContinuationPlan plan) => [ValType.I32, ValType.RefNonNull(HeapType.Idx((uint)plan.Type))];

    private void NewCounter(ContinuationPlan plan)
    {
        Do(Op.RefFunc, plan.Counter.Index);
        Do(Op.ContNew, plan.Type);
    }

    /// <summary>Resumes the counter until it ends.</summary>
    private void Count(ContinuationPlan plan)
    {
        int k = Scratch(ValType.RefNull(HeapType.Idx((uint)plan.Type)));
        int v = Scratch(ValType.I32);
        int result = Scratch(ValType.I32);
        Value(ValType.I32);
        I32(7);
        Do(Op.I32And);
        Set(v);
        NewCounter(plan);
        Set(k);
        var ended = Open(Op.Block, [], []);
        var again = Open(Op.Loop, [], [], free: false);
        var suspended = Open(Op.Block, [], Suspended(plan), free: false);
        Get(v);
        Get(k);
        Emit(new Resume(Op.Resume, (uint)plan.Type, 0, [new OnClause((uint)plan.Yield, 0)]));
        Set(result);
        Do(Op.Br, 2);
        Die();
        Close(suspended);
        Set(k);
        I32(3 + d.Below(20));
        Do(Op.I32Mul);
        Set(v);
        Do(Op.Br, 0);
        Die();
        Close(again);
        Close(ended);
        Get(result);
    }

    private void Switched(ContinuationPlan plan)
    {
        Emit(new RefNull(Op.RefNull, HeapType.Idx((uint)plan.SwitchType)));
        Do(Op.RefFunc, plan.First.Index);
        Do(Op.ContNew, plan.SwitchType);
        Emit(new Resume(Op.Resume, (uint)plan.SwitchType, 0, [new OnClause((uint)plan.Switched, null)]));
    }

    /// <summary>Suspends the counter once, and then an exception is thrown where it stands, or before it ever ran.</summary>
    private void ThrowInto(ContinuationPlan plan)
    {
        int tag = Find(m.Tags.Count, i => m.Tags[i].Sig.Results.IsEmpty && m.Tags[i].Sig.Params.All(t => !t.IsRef));
        if (tag < 0)
        {
            Count(plan);
            return;
        }
        bool byRef = d.OneIn(2);
        ImmutableArray<ValType> payload = byRef ? [] : m.Tags[tag].Sig.Params;
        int k = Scratch(ValType.RefNull(HeapType.Idx((uint)plan.Type)));
        var after = Open(Op.Block, [], [ValType.I32]);
        var suspended = Open(Op.Block, [], Suspended(plan), free: false);
        I32(d.Below(3));
        NewCounter(plan);
        Emit(new Resume(Op.Resume, (uint)plan.Type, 0, [new OnClause((uint)plan.Yield, 0)]));
        Do(Op.Br, 1);
        Die();
        Close(suspended);
        Set(k);
        Do(Op.Drop);
        var handler = Open(Op.Block, [], payload);
        Emit(new TryTable(Op.TryTable, BlockType.Of(ValType.I32), [byRef ? new Catch(CatchKind.CatchAll, 0, 0) : new Catch(CatchKind.Catch, (uint)tag, 0)]));
        var inside = Enter([ValType.I32]);
        if (byRef)
        {
            NewExn();
        }
        else
        {
            foreach (var t in payload) Constant(t.Kind);
        }
        Get(k);
        Emit(byRef ? new Resume(Op.ResumeThrowRef, (uint)plan.Type, 0, []) : new Resume(Op.ResumeThrow, (uint)plan.Type, (uint)tag, []));
        Close(inside);
        Do(Op.Br, 1);
        Die();
        Close(handler);
        ShowAll(payload);
        Constant(ValKind.I32);
        Close(after);
    }
}
