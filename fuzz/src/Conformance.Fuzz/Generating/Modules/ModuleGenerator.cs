using System.Collections.Immutable;
using System.Globalization;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>A module, from its types to its exports.</summary>
internal sealed class ModuleGenerator(Decisions d, Swarm swarm, Values values)
{
    /// <summary>A module of its own.</summary>
    public ModulePlan Generate()
    {
        var m = new ModulePlan(swarm, new TypesGenerator(swarm, d).Generate(), values) { MayFail = d.OneIn(90) };
        Generate(m, m => { });
        return m;
    }

    /// <summary>Fills a plan; its other imports are added when those of the host stand.</summary>
    public void Generate(ModulePlan m, Action<ModulePlan> import)
    {
        m.Pool = TypesGenerator.Pool(m, d);
        HostImports.AddTo(m);
        import(m);
        m.ImportedFuncs = m.Funcs.Count;

        var defs = new DefsGenerator(m, d);
        defs.Memories();
        defs.Tags();
        Functions(m);
        defs.Globals();
        defs.Tables();
        BodyGenerator.DefineObservation(m);
        defs.Datas();
        defs.Elems();
        Bodies(m);
        Exports(m);
    }

    private readonly List<FuncPlan> _exported = [];
    private readonly List<FuncPlan> _probes = [];
    private FuncPlan? _back;
    private FuncPlan? _start;
    private FuncPlan _observe = null!;

    /// <summary>How many functions f0, f1, ... the module exports, with their types.</summary>
    public IReadOnlyList<FuncPlan> Exported => _exported;

    /// <summary>The functions p0, p1, ...: those that may well trap.</summary>
    public IReadOnlyList<FuncPlan> Probes => _probes;

    private void Functions(ModulePlan m)
    {
        int exported = 1 + d.Below(3);
        for (int i = 0; i < exported; i++) _exported.Add(m.AddFunc(Integers(m), FuncKind.Top, hidden: true));
        int probes = d.Below(4) == 3 ? 0 : 1 + d.Below(2);
        for (int i = 0; i < probes; i++) _probes.Add(m.AddFunc(new FuncType([ValType.I32, ValType.I64], []), FuncKind.Top, hidden: true));
        if (d.OneIn(6)) _start = m.AddFunc(FuncType.Empty, FuncKind.Top, hidden: true);
        int tops = d.Below(3);
        for (int i = 0; i < tops; i++) Inner(m, FuncKind.Top);
        if (d.OneIn(3)) _back = m.AddFunc(new FuncType([ValType.I32], [ValType.I32]), FuncKind.Middle, hidden: true);
        if (d.OneIn(3)) Inner(m, FuncKind.Middle);
        int leaves = 1 + d.Below(3);
        for (int i = 0; i < leaves; i++) Inner(m, FuncKind.Leaf, mayRecur: i > 0);
        if (m.Has(Features.TailCalls) && d.OneIn(40)) m.TailLoop = m.AddFunc(new FuncType([ValType.I32, ValType.I64], [ValType.I64]), FuncKind.Leaf, hidden: true);
        _observe = m.AddFunc(FuncType.Empty, FuncKind.Top, hidden: true);
        BodyGenerator.PlanObservation(m);
        if (m.Has(Features.StackSwitching) && d.OneIn(2)) BodyGenerator.PlanContinuations(m);
    }

    /// <summary>A type of i32 and i64.</summary>
    private FuncType Integers(ModulePlan m)
    {
        ImmutableArray<ValType> Some(int most)
        {
            var ts = ImmutableArray.CreateBuilder<ValType>();
            int count = d.Below(most + 1);
            for (int i = 0; i < count; i++) ts.Add(d.OneIn(2) ? ValType.I64 : ValType.I32);
            return ts.ToImmutable();
        }
        return new FuncType(Some(4), Some(m.Has(Features.MultiValue) ? d.OneIn(8) ? 8 : 2 : 1));
    }

    private void Inner(ModulePlan m, FuncKind kind, bool mayRecur = true)
    {
        if (kind == FuncKind.Leaf && d.OneIn(4) && DeclaredType(m) is >= 0 and var declared)
        {
            m.AddFunc(m.Types.FuncOf(declared), kind, type: declared);
            return;
        }
        bool recursive = mayRecur && d.OneIn(5);
        var ps = ImmutableArray.CreateBuilder<ValType>();
        if (recursive) ps.Add(ValType.I32);
        int count = d.Below(5);
        for (int i = 0; i < count; i++) ps.Add(d.Of(m.Pool.AsSpan()));
        var ts = ImmutableArray.CreateBuilder<ValType>();
        int results = m.Has(Features.MultiValue) ? d.OneIn(8) ? 3 + d.Below(6) : d.Below(4) : d.Below(2);
        for (int i = 0; i < results; i++) ts.Add(d.Of(m.Pool.AsSpan()));
        m.AddFunc(new FuncType(ps.ToImmutable(), ts.ToImmutable()), kind, recursive: recursive);
    }

    /// <summary>A function type of the module's recursive groups.</summary>
    private int DeclaredType(ModulePlan m)
    {
        int count = m.Types.Count;
        int start = d.Below(count);
        for (int i = 0; i < count; i++)
            if (m.Types[(start + i) % count] is { Comp: FuncType } type && !(type.Final && type.Supers.IsEmpty)) return (start + i) % count;
        return -1;
    }

    /// <summary>Bodies from the last function on, since what a call costs must be known.</summary>
    private void Bodies(ModulePlan m)
    {
        var bodies = new BodyGenerator(m, d);
        bodies.GenerateContinuations();
        for (int i = m.Funcs.Count - 1; i >= m.ImportedFuncs; i--)
        {
            var func = m.Funcs[i];
            if (func.Made is not null || func == _observe || func == m.Walk || func == m.WalkFunc) continue;
            if (_probes.Contains(func)) bodies.GenerateProbe(func);
            else if (func == m.TailLoop) bodies.GenerateTailLoop(func);
            else if (func == _back) bodies.GenerateBack(func, 4 + d.Below(12));
            else if (func == _start) bodies.GenerateExported(func, 4 + d.Below(20), isStart: true);
            else if (_exported.Contains(func)) bodies.GenerateExported(func, Fuel());
            else bodies.Generate(func, Fuel());
        }
        bodies.GenerateObservation(_observe);
        m.Start = _start?.Index;
    }

    private int Fuel() => d.Below(4) switch { 0 => 4 + d.Below(8), 1 or 2 => 8 + d.Below(24), _ => 20 + d.Below(60) };

    private void Exports(ModulePlan m)
    {
        for (int i = 0; i < _exported.Count; i++) m.Export(Name("f", i), ExternKind.Func, _exported[i].Index);
        for (int i = 0; i < _probes.Count; i++) m.Export(Name("p", i), ExternKind.Func, _probes[i].Index);
        if (_back is not null) m.Export("back", ExternKind.Func, _back.Index);
        m.Export("observe", ExternKind.Func, _observe.Index);
        for (int i = 0; i < m.Mems.Count; i++) m.Export(Name("mem", i), ExternKind.Memory, i);
        for (int i = 0; i < m.Tags.Count; i++) m.Export(Name("tag", i), ExternKind.Tag, i);
        if (!m.IsLinked) return;
        for (int i = m.ImportedFuncs; i < m.Funcs.Count; i++)
            if (!m.Funcs[i].Hidden) m.Export(Name("x", i), ExternKind.Func, i);
        for (int i = 0; i < m.Tables.Count; i++)
            if (!m.Tables[i].Hidden) m.Export(Name("t", i), ExternKind.Table, i);
        for (int i = 0; i < m.Globals.Count; i++)
            if (!m.Globals[i].Hidden) m.Export(Name("g", i), ExternKind.Global, i);
    }

    public static string Name(string kind, int i) => kind + i.ToString(CultureInfo.InvariantCulture);
}
