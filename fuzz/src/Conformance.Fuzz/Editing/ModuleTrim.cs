using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Removes what nothing in a module refers to, and renumbers the rest.</summary>
public static class ModuleTrim
{
    /// <summary>The module without unused definitions and imports. Roots are exports, the start function, and active segments.</summary>
    /// <param name="module">The module.</param>
    /// <param name="kept">What stays though nothing uses it.</param>
    /// <remarks>Recursive groups stay whole, since the group is part of a type's identity; and empty ones, of which nothing could say that it uses them.</remarks>
    public static Module Unused(Module module, IEnumerable<(IndexSpace Space, uint X)>? kept = null)
    {
        var view = new ModuleView(module);
        var used = new HashSet<(IndexSpace, uint)>();
        var pending = new Stack<(IndexSpace Space, uint X)>();
        uint Mark(IndexSpace space, uint x)
        {
            if (space != IndexSpace.Local && used.Add((space, x))) pending.Push((space, x));
            return x;
        }
        var marker = new IndexRewriter(Mark);
        // What is reached without being named: the outline of the module.
        marker.Rewrite(new Module
        {
            Exports = module.Exports,
            Start = module.Start,
            Elems = [.. module.Elems.Where(e => e.Mode is SegmentMode.Active)],
            Datas = [.. module.Datas.Where(d => d.Mode is SegmentMode.Active)],
        });
        for (int i = 0; i < module.Elems.Length; i++)
            if (module.Elems[i].Mode is SegmentMode.Active) Mark(IndexSpace.Elem, (uint)i);
        for (int i = 0; i < module.Datas.Length; i++)
            if (module.Datas[i].Mode is SegmentMode.Active) Mark(IndexSpace.Data, (uint)i);
        foreach (var (space, x) in kept ?? []) Mark(space, x);
        var groupOf = GroupOf(module);
        bool declared = false;
        while (true)
        {
            while (pending.TryPop(out var item)) Follow(module, view, marker, groupOf, item.Space, item.X);
            // A declarative segment is what allows ref.func: kept with what is left of its functions.
            if (declared) break;
            declared = true;
            for (int i = 0; i < module.Elems.Length; i++)
                if (module.Elems[i].Mode is SegmentMode.Declarative && module.Elems[i].Inits.Any(init => init.Instrs[0] is Idx { Op: Op.RefFunc } f && used.Contains((IndexSpace.Func, f.X))))
                    Mark(IndexSpace.Elem, (uint)i);
        }
        return Keep(module, view, used, groupOf);
    }

    private static void Follow(Module module, ModuleView view, IndexRewriter marker, int[] groupOf, IndexSpace space, uint x)
    {
        int i = (int)x;
        switch (space)
        {
            case IndexSpace.Type when i < groupOf.Length: marker.Rewrite(new Module { Types = [module.Types[groupOf[i]]] }); break;
            case IndexSpace.Func when i < view.ImportedFuncs: marker.Rewrite(new Module { Imports = [Imported(module, ExternKind.Func, i)] }); break;
            case IndexSpace.Func when i < view.FuncTypes.Length: marker.Rewrite(module.Funcs[i - view.ImportedFuncs]); break;
            case IndexSpace.Table when i < view.ImportedTables: marker.Rewrite(new Module { Imports = [Imported(module, ExternKind.Table, i)] }); break;
            case IndexSpace.Table when i < view.Tables.Length: marker.Rewrite(new Module { Tables = [module.Tables[i - view.ImportedTables]] }); break;
            case IndexSpace.Global when i < view.ImportedGlobals: marker.Rewrite(new Module { Imports = [Imported(module, ExternKind.Global, i)] }); break;
            case IndexSpace.Global when i < view.Globals.Length: marker.Rewrite(new Module { Globals = [module.Globals[i - view.ImportedGlobals]] }); break;
            case IndexSpace.Tag when i < view.ImportedTags: marker.Rewrite(new Module { Imports = [Imported(module, ExternKind.Tag, i)] }); break;
            case IndexSpace.Tag when i < view.Tags.Length: marker.Rewrite(new Module { Tags = [module.Tags[i - view.ImportedTags]] }); break;
            case IndexSpace.Elem when i < module.Elems.Length: marker.Rewrite(new Module { Elems = [module.Elems[i]] }); break;
            case IndexSpace.Data when i < module.Datas.Length: marker.Rewrite(new Module { Datas = [module.Datas[i]] }); break;
            case IndexSpace.Mem or IndexSpace.Local or IndexSpace.Type or IndexSpace.Func or IndexSpace.Table or IndexSpace.Global or IndexSpace.Tag or IndexSpace.Elem or IndexSpace.Data: break;
            default: throw new System.Diagnostics.UnreachableException($"index space {space}");
        }
    }

    private static Import Imported(Module module, ExternKind kind, int index) => module.Imports.Where(i => i.Type.Kind == kind).ElementAt(index);

    /// <summary>The group of every type index.</summary>
    private static int[] GroupOf(Module module) => [.. module.Types.SelectMany((group, g) => Enumerable.Repeat(g, group.SubTypes.Length))];

    private static Module Keep(Module module, ModuleView view, HashSet<(IndexSpace, uint)> used, int[] groupOf)
    {
        var groups = new HashSet<int>();
        foreach (var (space, x) in used)
            if (space == IndexSpace.Type && x < (uint)groupOf.Length) groups.Add(groupOf[(int)x]);
        var next = new Dictionary<(IndexSpace, uint), uint>();
        void Number(IndexSpace space, int count, Func<int, bool> keep)
        {
            uint number = 0;
            for (int i = 0; i < count; i++)
                if (keep(i)) next[(space, (uint)i)] = number++;
        }
        bool Used(IndexSpace space, int i) => used.Contains((space, (uint)i));
        Number(IndexSpace.Type, groupOf.Length, i => groups.Contains(groupOf[i]));
        Number(IndexSpace.Func, view.FuncTypes.Length, i => Used(IndexSpace.Func, i));
        Number(IndexSpace.Table, view.Tables.Length, i => Used(IndexSpace.Table, i));
        Number(IndexSpace.Mem, view.Mems.Length, i => Used(IndexSpace.Mem, i));
        Number(IndexSpace.Global, view.Globals.Length, i => Used(IndexSpace.Global, i));
        Number(IndexSpace.Tag, view.Tags.Length, i => Used(IndexSpace.Tag, i));
        Number(IndexSpace.Elem, module.Elems.Length, i => Used(IndexSpace.Elem, i));
        Number(IndexSpace.Data, module.Datas.Length, i => Used(IndexSpace.Data, i));
        ImmutableArray<T> Kept<T>(ImmutableArray<T> items, IndexSpace space, int imported) => [.. items.Where((_, i) => Used(space, i + imported))];
        var counts = new int[5];
        var kept = module with
        {
            Types = [.. module.Types.Where((t, g) => t.SubTypes.IsEmpty || groups.Contains(g))],
            Imports = [.. module.Imports.Where(i => Used(IndexRewriter.SpaceOf(i.Type.Kind), counts[(int)i.Type.Kind]++))],
            Funcs = Kept(module.Funcs, IndexSpace.Func, view.ImportedFuncs),
            Tables = Kept(module.Tables, IndexSpace.Table, view.ImportedTables),
            Mems = Kept(module.Mems, IndexSpace.Mem, view.ImportedMems),
            Globals = Kept(module.Globals, IndexSpace.Global, view.ImportedGlobals),
            Tags = Kept(module.Tags, IndexSpace.Tag, view.ImportedTags),
            Elems = [.. Kept(module.Elems, IndexSpace.Elem, 0).Select(e => e.Mode is SegmentMode.Declarative ? Declared(e, used) : e)],
            Datas = Kept(module.Datas, IndexSpace.Data, 0),
            Customs = [],
            DataCount = null,
        };
        return new IndexRewriter((space, x) => next.GetValueOrDefault((space, x), x)).Rewrite(kept);
    }

    private static Elem Declared(Elem elem, HashSet<(IndexSpace, uint)> used) =>
        elem with { Inits = [.. elem.Inits.Where(init => init.Instrs[0] is not Idx { Op: Op.RefFunc } f || used.Contains((IndexSpace.Func, f.X)))] };
}
