using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>A module as it is being made: its index spaces, imports first, and what its bodies may choose from.</summary>
internal sealed class ModulePlan(Swarm swarm, TypeSpace types, Values values)
{
    private readonly List<Func> _defined = [];
    private readonly HashSet<int> _named = [];

    public Swarm Swarm { get; } = swarm;

    public TypeSpace Types { get; } = types;

    public Values Values { get; } = values;

    public List<Import> Imports { get; } = [];
    public List<FuncPlan> Funcs { get; } = [];
    public List<TablePlan> Tables { get; } = [];
    public List<MemPlan> Mems { get; } = [];
    public List<GlobalPlan> Globals { get; } = [];
    public List<TagPlan> Tags { get; } = [];
    public List<ElemPlan> Elems { get; } = [];
    public List<DataPlan> Datas { get; } = [];

    public List<Table> DefinedTables { get; } = [];
    public List<Memory> DefinedMems { get; } = [];
    public List<Global> DefinedGlobals { get; } = [];
    public List<Tag> DefinedTags { get; } = [];
    public List<Elem> DefinedElems { get; } = [];
    public List<Data> DefinedDatas { get; } = [];
    public List<Export> Exports { get; } = [];
    public int? Start { get; set; }

    public int ImportedFuncs { get; set; }

    /// <summary>Looks at a reference to anything but a function; null when there are none.</summary>
    public FuncPlan? Walk { get; set; }

    /// <summary>Looks at a reference to a function.</summary>
    public FuncPlan? WalkFunc { get; set; }

    /// <summary>The table of the objects seen, and the global that counts them.</summary>
    public int Seen { get; set; }

    public int SeenCount { get; set; }

    /// <summary>Calls itself in tail position; few modules have it.</summary>
    public FuncPlan? TailLoop { get; set; }

    /// <summary>How many functions s0, s1, ... tell whether a segment was dropped.</summary>
    public int SegmentProbes { get; set; }

    /// <summary>Whether other modules import from it, or it from them.</summary>
    public bool IsLinked { get; init; }

    /// <summary>Whether instantiation may fail now and then.</summary>
    public bool MayFail { get; init; }

    /// <summary>What continuations are made of, where there are any.</summary>
    public ContinuationPlan? Continuations { get; set; }

    /// <summary>The types that locals, parameters, results and globals are drawn from; the first is i32.</summary>
    public ImmutableArray<ValType> Pool { get; set; } = [ValType.I32];

    public bool Has(Features feature) => Swarm.Has(feature);

    /// <summary>A constant of a number or vector type.</summary>
    public Instr Constant(ValKind kind, Decisions d) => Constants.Of(kind, Values.Of(kind, kind == ValKind.V128 ? d.Of(Lanes) : Values.LaneOf(kind)));

    private static readonly LaneType[] Lanes = Enum.GetValues<LaneType>();

    public FuncPlan AddFunc(FuncType sig, FuncKind kind, bool hidden = false, bool recursive = false, int? type = null, long cost = 0)
    {
        var func = new FuncPlan
        {
            Index = Funcs.Count,
            Type = type ?? Types.Func(sig),
            Sig = sig,
            Kind = kind,
            Hidden = hidden,
            Recursive = recursive,
            Cost = cost,
        };
        Funcs.Add(func);
        return func;
    }

    public void Export(string name, ExternKind kind, int index)
    {
        if (kind == ExternKind.Func) _named.Add(index);
        Exports.Add(new Export(name, kind, (uint)index));
    }

    /// <summary>An element or a global names the function, so that ref.func may.</summary>
    public void Name(int func) => _named.Add(func);

    /// <summary>The module. Every function that was planned must have been made.</summary>
    public Module Build()
    {
        foreach (var func in Funcs)
            if (func.Made is { } made) _defined.Add(made);
        DeclareReferences();
        return new Module
        {
            Types = Types.Groups,
            Imports = [.. Imports],
            Funcs = [.. _defined],
            Tables = [.. DefinedTables],
            Mems = [.. DefinedMems],
            Tags = [.. DefinedTags],
            Globals = [.. DefinedGlobals],
            Exports = [.. Exports],
            Start = Start is { } start ? new Start((uint)start) : null,
            Elems = [.. DefinedElems],
            Datas = [.. DefinedDatas],
        };
    }

    /// <summary>ref.func in a body wants the function named outside of it: by a declarative segment, where nothing else does.</summary>
    private void DeclareReferences()
    {
        var missing = new List<Expr>();
        var seen = new HashSet<uint>();
        foreach (var func in _defined)
            foreach (var instr in func.Body.Instrs)
                if (instr is Idx { Op: Op.RefFunc, X: var x } && !_named.Contains((int)x) && seen.Add(x))
                    missing.Add(new Expr([new Idx(Op.RefFunc, x), new Plain(Op.End)]));
        if (missing.Count > 0) DefinedElems.Add(new Elem(RefType.Func, [.. missing], SegmentMode.Declarative.Instance));
    }
}
