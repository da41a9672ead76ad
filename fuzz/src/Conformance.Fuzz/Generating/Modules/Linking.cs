using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>What modules of a script export to those that come after them. Their types are those that all modules begin with, or plain.</summary>
/// <param name="d">Decisions.</param>
/// <param name="swarm">What the script may use.</param>
/// <param name="types">The types that all modules begin with.</param>
internal sealed class Linking(Decisions d, Swarm swarm, TypeSpace types)
{
    private readonly List<(string Module, string Name, FuncPlan Func)> _funcs = [];
    private readonly List<(string Module, string Name, TablePlan Table)> _tables = [];
    private readonly List<(string Module, string Name, MemPlan Mem)> _mems = [];
    private readonly List<(string Module, string Name, GlobalPlan Global)> _globals = [];
    private readonly List<(string Module, string Name, TagPlan Tag)> _tags = [];

    /// <summary>Offers a module's exports under a name.</summary>
    public void Offer(ModulePlan m, string module)
    {
        foreach (var export in m.Exports)
        {
            int x = (int)export.Index;
            switch (export.Kind)
            {
                case ExternKind.Func when !m.Funcs[x].Hidden && IsShared(m.Funcs[x].Sig) && (m.Funcs[x].Type < types.Count || IsPlain(m.Types[m.Funcs[x].Type])):
                    _funcs.Add((module, export.Name, m.Funcs[x]));
                    break;
                case ExternKind.Table when IsShared(m.Tables[x].Type.Elem): _tables.Add((module, export.Name, m.Tables[x])); break;
                case ExternKind.Memory: _mems.Add((module, export.Name, m.Mems[x])); break;
                case ExternKind.Global when IsShared(m.Globals[x].Type.Val): _globals.Add((module, export.Name, m.Globals[x])); break;
                case ExternKind.Tag when IsShared(m.Tags[x].Sig): _tags.Add((module, export.Name, m.Tags[x])); break;
                case ExternKind.Func or ExternKind.Table or ExternKind.Global or ExternKind.Tag or _: break;
            }
        }
    }

    private static bool IsPlain(SubType type) => type.Final && type.Supers.IsEmpty;

    private bool IsShared(ValType t) => !t.IsRef || t.Ref.Heap.Kind != HeapKind.TypeIdx || t.Ref.Heap.Index < types.Count;

    private bool IsShared(FuncType sig) => sig.Params.All(IsShared) && sig.Results.All(IsShared);

    /// <summary>Imports some of what is offered.</summary>
    public void ImportInto(ModulePlan m)
    {
        foreach (var (module, name, func) in Some(_funcs, 4))
        {
            // By its own type, or by one declared above.
            int type = TypeIn(m, func), super = m.Types.SuperOf(type);
            if (super >= 0 && d.OneIn(3)) type = super;
            m.Imports.Add(new Import(module, name, new ExternType.Func(HeapType.Idx((uint)type))));
            m.AddFunc(m.Types.FuncOf(type), func.Kind, recursive: func.Recursive, type: type, cost: func.Cost);
        }
        foreach (var (module, name, table) in Some(_tables, m.Has(Features.ReferenceTypes) ? 2 : 1))
        {
            var type = table.Type with { Limits = Looser(table.Type.Limits) };
            m.Imports.Add(new Import(module, name, new ExternType.Table(type)));
            m.Tables.Add(new TablePlan(type) { Initially = [.. table.Initially.Take((int)type.Limits.Min).Select(f => In(m, f))] });
        }
        foreach (var (module, name, mem) in Some(_mems, m.Has(Features.MultiMemory) ? 2 : 1))
        {
            var limits = Looser(mem.Type.Limits);
            var type = mem.Type with { Limits = mem.Type.Shared ? limits with { Max = limits.Max ?? mem.Type.Limits.Max } : limits };
            m.Imports.Add(new Import(module, name, new ExternType.Mem(type)));
            m.Mems.Add(new MemPlan(type));
        }
        foreach (var (module, name, global) in Some(_globals, 3))
        {
            m.Imports.Add(new Import(module, name, new ExternType.Global(global.Type)));
            m.Globals.Add(new GlobalPlan(global.Type, Imported: true));
        }
        foreach (var (module, name, tag) in Some(_tags, 3))
        {
            int type = m.Types.Func(tag.Sig);
            m.Imports.Add(new Import(module, name, new ExternType.Tag(HeapType.Idx((uint)type))));
            m.Tags.Add(new TagPlan(type, tag.Sig, tag.Crosses));
        }
    }

    private int TypeIn(ModulePlan m, FuncPlan func) => func.Type < types.Count ? func.Type : m.Types.Func(func.Sig);

    /// <summary>A function of another module as this one sees it in a table.</summary>
    private FuncPlan? In(ModulePlan m, FuncPlan? func) => func is null || !IsShared(func.Sig) ? null
        : new FuncPlan { Index = -1, Type = TypeIn(m, func), Sig = func.Sig, Kind = func.Kind, Cost = func.Cost };

    private List<T> Some<T>(List<T> all, int most)
    {
        var some = new List<T>();
        int count = d.Below(Math.Min(all.Count, most) + 1);
        // The latest first; one may be imported twice.
        for (int i = 0; i < count; i++) some.Add(all[all.Count - 1 - d.Below(all.Count)]);
        return some;
    }

    /// <summary>Limits that what has the given ones matches.</summary>
    private Limits Looser(Limits limits) => d.Below(3) switch
    {
        0 => limits,
        1 => limits with { Max = null },
        _ => new Limits(limits.Min - Math.Min(limits.Min, (ulong)d.Below(2)), limits.Max + (ulong)d.Below(2)),
    };

    /// <summary>A module with nothing but imports, one of which may not match.</summary>
    public Module Probe()
    {
        var space = types.Clone();
        var imports = ImmutableArray.CreateBuilder<Import>();
        // Before multiple memories and reference types there was one of each.
        int count = swarm.Has(Features.MultiMemory | Features.ReferenceTypes) ? 1 + d.Below(2) : 1;
        for (int i = 0; i < count; i++)
        {
            ExternType? type = null;
            (string Module, string Name) from = ("host", "emit32");
            switch (d.Below(5))
            {
                case 0 when _mems.Count > 0:
                    {
                        var (module, name, mem) = _mems[d.Below(_mems.Count)];
                        (from, type) = ((module, name), new ExternType.Mem(Other(mem.Type)));
                        break;
                    }
                case 1 when _tables.Count > 0:
                    {
                        var (module, name, table) = _tables[d.Below(_tables.Count)];
                        (from, type) = ((module, name), new ExternType.Table(Other(table.Type)));
                        break;
                    }
                case 2 when _globals.Count > 0:
                    {
                        var (module, name, global) = _globals[d.Below(_globals.Count)];
                        var t = global.Type.Val;
                        if (d.OneIn(3)) t = t.IsRef ? t.Ref with { Nullable = true } : d.OneIn(2) ? ValType.I32 : ValType.F64;
                        (from, type) = ((module, name), new ExternType.Global(new GlobalType(global.Type.Mutable != d.OneIn(3), t)));
                        break;
                    }
                case 3 when _tags.Count > 0:
                    {
                        var (module, name, tag) = _tags[d.Below(_tags.Count)];
                        var sig = d.OneIn(2) ? tag.Sig : new FuncType(tag.Sig.Params.Add(ValType.I32), []);
                        (from, type) = ((module, name), new ExternType.Tag(HeapType.Idx((uint)space.Func(sig))));
                        break;
                    }
                default:
                    if (_funcs.Count > 0)
                    {
                        var (module, name, func) = _funcs[d.Below(_funcs.Count)];
                        (from, type) = ((module, name), new ExternType.Func(HeapType.Idx((uint)OtherFunc(space, func))));
                    }
                    break;
            }
            // Of another kind, or of the host.
            type ??= d.OneIn(2) ? new ExternType.Func(HeapType.Idx((uint)space.Func([d.OneIn(2) ? ValType.I64 : ValType.I32], []))) : new ExternType.Mem(new MemType(AddrType.I32, new Limits(1)));
            if (d.OneIn(16)) from.Name = "nowhere";
            imports.Add(new Import(from.Module, from.Name, type));
        }
        return new Module { Types = space.Groups, Imports = imports.ToImmutable() };
    }

    private MemType Other(MemType type)
    {
        switch (d.Below(5))
        {
            case 3 when swarm.Has(Features.Memory64): return type with { Addr = type.Addr == AddrType.I32 ? AddrType.I64 : AddrType.I32 };
            case 4: return type with { Limits = Other(type.Limits), Shared = false };
            default: return type with { Limits = type.Shared ? type.Limits : Other(type.Limits) };
        }
    }

    private TableType Other(TableType type) => d.Below(5) switch
    {
        2 when swarm.Has(Features.Gc) => type with { Elem = Wider(type.Elem) },
        3 when swarm.Has(Features.Memory64) => type with { Addr = type.Addr == AddrType.I32 ? AddrType.I64 : AddrType.I32 },
        4 when swarm.Has(Features.ReferenceTypes) => type with { Elem = type.Elem == RefType.Func ? RefType.Extern : RefType.Func },
        _ => type with { Limits = Other(type.Limits) },
    };

    /// <summary>A type above, which a table that can be written must not be imported at.</summary>
    private static RefType Wider(RefType type) => type.Nullable && type.Heap.Kind is HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.Eq
        ? new(true, HeapType.Any)
        : type with { Nullable = true };

    private Limits Other(Limits limits) => d.Below(5) switch
    {
        0 => limits,
        1 => new Limits(limits.Min + (ulong)d.Below(3), limits.Max + 2),
        2 => new Limits(0, limits.Max - Math.Min(limits.Max ?? 0, 1)),
        3 => new Limits(limits.Min, limits.Max ?? limits.Min + 4),
        _ => new Limits(limits.Min, null),
    };

    /// <summary>The function's type, one above or below it, or another.</summary>
    private int OtherFunc(TypeSpace space, FuncPlan func)
    {
        int type = func.Type < types.Count ? func.Type : space.Func(func.Sig);
        switch (d.Below(4))
        {
            case 1 when space.SuperOf(type) is >= 0 and var super: return super;
            case 2:
                for (int x = 0; x < types.Count; x++)
                    if (space.SuperOf(x) == type || (space[x].Comp is FuncType && d.OneIn(4))) return x;
                return space.Func(new FuncType(func.Sig.Results, func.Sig.Params.Length == 1 ? func.Sig.Params : []));
            case 3: return space.Func(func.Sig);
            default: return type;
        }
    }
}
