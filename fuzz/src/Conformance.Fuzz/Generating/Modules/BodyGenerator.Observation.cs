using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>
/// What makes the state of a module visible to any engine: everything becomes integers that are given to the host. References are classified: null,
/// an i31's value, a function by calling it if it gives an i32, an object by its type, its fields and, when it is met again, its number.
/// </summary>
internal sealed partial class BodyGenerator
{
    // What is given to the host in place of a value.
    private const int IsNull = -0x10001;
    private const int IsSeen = 0x10000;
    private const int IsTooMuch = 0x20000;
    private const int IsType = 0x40000;
    private const int IsOther = 0x50000;
    private const int IsFunc = 0x60000;

    private const int MostSeen = 8;
    private const int MostTypes = 6;
    private const int MostElements = 6;

    /// <summary>Plans the functions that look at references.</summary>
    public static void PlanObservation(ModulePlan m)
    {
        if (!m.Has(Features.Gc) || !m.Pool.Any(t => t.IsRef)) return;
        m.Walk = m.AddFunc(new FuncType([ValType.RefNull(HeapType.Any)], []), FuncKind.Leaf, hidden: true, cost: 300);
        m.WalkFunc = m.AddFunc(new FuncType([ValType.FuncRef], []), FuncKind.Middle, hidden: true, cost: 300);
    }

    /// <summary>The table and the counter of what was seen; behind all others.</summary>
    public static void DefineObservation(ModulePlan m)
    {
        if (m.Walk is null) return;
        m.Seen = m.Tables.Count;
        var type = new TableType(AddrType.I32, new Limits(MostSeen, MostSeen), new RefType(true, HeapType.Eq));
        m.Tables.Add(new TablePlan(type, Hidden: true));
        m.DefinedTables.Add(new Table(type, null));
        m.SeenCount = m.Globals.Count;
        var count = new GlobalType(true, ValType.I32);
        m.Globals.Add(new GlobalPlan(count, Hidden: true));
        m.DefinedGlobals.Add(new Global(count, new Expr([new Const(Op.I32Const, 0), Ended])));
    }

    public void GenerateObservation(FuncPlan observe)
    {
        if (m.Walk is not null)
        {
            Generate(m.Walk, body => body.WalkAny());
            Generate(m.WalkFunc!, body => body.WalkAnyFunc());
        }
        Generate(observe, body => body.Observe());
        for (int x = 0; x < m.Datas.Count && m.SegmentProbes < 3; x++) ProbeData(x);
        for (int x = 0; x < m.Elems.Count && m.SegmentProbes < 3; x++) ProbeElem(x);
    }

    /// <summary>A function that traps if a data segment was dropped: it copies the first byte.</summary>
    private void ProbeData(int x)
    {
        int mem = Find(m.Mems.Count, i => m.Mems[i].Bytes > 0);
        if (m.Datas[x] is not { Active: false, Length: > 0 } || mem < 0) return;
        Segment(body =>
        {
            body.Address(m.Mems[mem].Is64, 0);
            body.I32(0);
            body.I32(1);
            body.Do(Op.MemoryInit, mem, x);
        });
    }

    private void ProbeElem(int x)
    {
        int table = FindTable(t => t.Type.Limits.Min > 0 && m.Types.Match(m.Elems[x].Type, t.Type.Elem));
        if (m.Elems[x] is not { Active: false, Count: > 0 } || table < 0) return;
        Segment(body =>
        {
            body.Address(m.Tables[table].Is64, 0);
            body.I32(0);
            body.I32(1);
            body.Do(Op.TableInit, table, x);
        });
    }

    private void Segment(Action<BodyGenerator> body)
    {
        var probe = m.AddFunc(FuncType.Empty, FuncKind.Top, hidden: true);
        Generate(probe, body);
        m.Export(ModuleGenerator.Name("s", m.SegmentProbes++), ExternKind.Func, probe.Index);
    }

    /// <summary>Globals, then sizes and first elements of tables.</summary>
    private void Observe()
    {
        Forget();
        for (int x = 0; x < m.Globals.Count; x++)
        {
            if (m.Globals[x].Hidden) continue;
            Do(Op.GlobalGet, x);
            Sink(m.Globals[x].Type.Val);
        }
        for (int x = 0; x < m.Tables.Count; x++)
        {
            if (m.Tables[x].Hidden || !m.Has(Features.ReferenceTypes)) continue;
            var table = m.Tables[x];
            int i = Scratch(table.Is64 ? ValType.I64 : ValType.I32);
            Emit(new Idx(Op.TableSize, (uint)x));
            Show(_locals[i].Type);
            var loop = Open(Op.Loop, [], []);
            Get(i);
            Do(Op.TableSize, x);
            Do(table.Is64 ? Op.I64LtU : Op.I32LtU);
            Get(i);
            Address(table.Is64, MostElements);
            Do(table.Is64 ? Op.I64LtU : Op.I32LtU);
            Do(Op.I32And);
            var more = Open(Op.If, [], []);
            Get(i);
            Do(Op.TableGet, x);
            Sink(table.Type.Elem);
            Get(i);
            Address(table.Is64, 1);
            Do(table.Is64 ? Op.I64Add : Op.I32Add);
            Set(i);
            Do(Op.Br, 1);
            Close(more);
            Close(loop);
        }
    }

    /// <summary>Begins to number objects anew.</summary>
    private void Forget()
    {
        if (m.Walk is null) return;
        I32(0);
        Do(Op.GlobalSet, m.SeenCount);
    }

    /// <summary>Shows the value on top, whatever it is.</summary>
    private void Sink(ValType t)
    {
        if (!t.IsRef)
        {
            Show(t);
            return;
        }
        var top = m.Types.TopOf(t.Ref.Heap).Kind;
        if (top == HeapKind.Any && m.Walk is not null)
        {
            Do(Op.Call, m.Walk.Index);
        }
        else if (top == HeapKind.Extern && m.Walk is not null)
        {
            Emit(new Plain(Op.AnyConvertExtern));
            Do(Op.Call, m.Walk.Index);
        }
        else if (top == HeapKind.Func && m.WalkFunc is not null && _func.Kind >= FuncKind.Middle)
        {
            Do(Op.Call, m.WalkFunc.Index);
        }
        else
        {
            Emit(Plains[(int)Op.RefIsNull]);
            Show(ValType.I32);
        }
    }

    private void Say(int what)
    {
        I32(what);
        Do(Op.Call, HostImports.Emit32);
    }

    /// <summary>Says something and returns, if the i32 on top is not 0.</summary>
    private void SayIf(int what)
    {
        var outside = Open(Op.If, [], []);
        Say(what);
        Do(Op.Return);
        Close(outside);
    }

    private void WalkAny()
    {
        int eq = Scratch(new RefType(true, HeapType.Eq)), i = Scratch(ValType.I32);
        Get(0);
        Do(Op.RefIsNull);
        SayIf(IsNull);

        // Neither an i31 nor an object: a reference of the embedder's.
        Get(0);
        Emit(new Cast(Op.RefTest, new RefType(false, HeapType.Eq)));
        Do(Op.I32Eqz);
        SayIf(IsOther);
        Get(0);
        Emit(new Cast(Op.RefCast, new RefType(false, HeapType.Eq)));
        Set(eq);

        Get(eq);
        Emit(new Cast(Op.RefTest, new RefType(false, HeapType.I31)));
        var isI31 = Open(Op.If, [], []);
        Get(eq);
        Emit(new Cast(Op.RefCast, new RefType(false, HeapType.I31)));
        Do(Op.I31GetS);
        Do(Op.Call, HostImports.Emit32);
        Do(Op.Return);
        Close(isI31);

        // One of those seen before?
        var loop = Open(Op.Loop, [], []);
        Get(i);
        Do(Op.GlobalGet, m.SeenCount);
        Do(Op.I32LtU);
        var more = Open(Op.If, [], []);
        Get(i);
        Do(Op.TableGet, m.Seen);
        Get(eq);
        Do(Op.RefEq);
        var same = Open(Op.If, [], []);
        Get(i);
        I32(IsSeen);
        Do(Op.I32Add);
        Do(Op.Call, HostImports.Emit32);
        Do(Op.Return);
        Close(same);
        Get(i);
        I32(1);
        Do(Op.I32Add);
        Set(i);
        Do(Op.Br, 1);
        Close(more);
        Close(loop);
        Do(Op.GlobalGet, m.SeenCount);
        I32(MostSeen);
        Do(Op.I32GeU);
        SayIf(IsTooMuch);
        Do(Op.GlobalGet, m.SeenCount);
        Get(eq);
        Do(Op.TableSet, m.Seen);
        Do(Op.GlobalGet, m.SeenCount);
        I32(1);
        Do(Op.I32Add);
        Do(Op.GlobalSet, m.SeenCount);

        // Later types first: they are below those that they extend.
        int left = MostTypes;
        for (int x = m.Types.Count - 1; x >= 0 && left > 0; x--)
        {
            if (!m.Types.IsMade(x)) continue;
            left--;
            var type = new RefType(false, HeapType.Idx((uint)x));
            Get(eq);
            Emit(new Cast(Op.RefTest, type));
            var isType = Open(Op.If, [], []);
            Say(IsType + x);
            if (m.Types[x].Comp is StructType s) WalkStruct(x, s, eq, type);
            else WalkArray(x, (ArrayType)m.Types[x].Comp, eq, type, i);
            Do(Op.Return);
            Close(isType);
        }
        Say(IsType - 1);
    }

    private void WalkStruct(int x, StructType s, int eq, RefType type)
    {
        for (int i = 0; i < s.Fields.Length; i++)
        {
            Get(eq);
            Emit(new Cast(Op.RefCast, type));
            Do(s.Fields[i].Storage.IsPacked ? Op.StructGetU : Op.StructGet, x, i);
            Sink(s.Fields[i].Storage.Unpacked);
        }
    }

    private void WalkArray(int x, ArrayType array, int eq, RefType type, int i)
    {
        int at = Scratch(type);
        Get(eq);
        Emit(new Cast(Op.RefCast, type));
        Tee(at);
        Do(Op.ArrayLen);
        Do(Op.Call, HostImports.Emit32);
        I32(0);
        Set(i);
        var loop = Open(Op.Loop, [], []);
        Get(i);
        Get(at);
        Do(Op.ArrayLen);
        Do(Op.I32LtU);
        Get(i);
        I32(MostElements);
        Do(Op.I32LtU);
        Do(Op.I32And);
        var more = Open(Op.If, [], []);
        Get(at);
        Get(i);
        Do(array.Field.Storage.IsPacked ? Op.ArrayGetU : Op.ArrayGet, x);
        Sink(array.Field.Storage.Unpacked);
        Get(i);
        I32(1);
        Do(Op.I32Add);
        Set(i);
        Do(Op.Br, 1);
        Close(more);
        Close(loop);
    }

    /// <summary>A function that takes nothing and gives an i32 is called; of others only that they are not null is said.</summary>
    private void WalkAnyFunc()
    {
        Get(0);
        Do(Op.RefIsNull);
        SayIf(IsNull);
        if (m.Tags.Any(tag => !tag.Crosses && tag.Sig.Results.IsEmpty))
        {
            // What it throws might not be seen outside.
            Say(IsFunc);
            return;
        }
        int plain = m.Types.Func([], [ValType.I32]);
        var type = new RefType(false, HeapType.Idx((uint)plain));
        Get(0);
        Emit(new Cast(Op.RefTest, type));
        Do(Op.I32Eqz);
        SayIf(IsFunc);
        Get(0);
        Emit(new Cast(Op.RefCast, type));
        Do(Op.CallRef, plain);
        Do(Op.Call, HostImports.Emit32);
    }
}
