using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Generating;
using Wasm.Syntax;

namespace Conformance.Fuzz.Findings;

/// <summary>
/// One go through what nothing uses and yet is needed: where a module is told apart by being one, what matters may be anywhere. All of it is taken away at once, then
/// by halves.
/// </summary>
internal sealed class DefinitionSweep(Reducer reducer)
{
    /// <summary>An export, or a definition.</summary>
    private readonly record struct Item(int? Export, IndexSpace Space, uint X);

    public void Run()
    {
        for (int m = 0; m < reducer.Best.Modules.Length && !reducer.IsTimeUp; m++)
        {
            if (reducer.Best.Modules[m].Syntax is not { } module) continue;
            var kept = Items(module).ToHashSet();
            Without([.. kept], m, module, kept);
        }
    }

    private static IEnumerable<Item> Items(Module module)
    {
        var view = new ModuleView(module);
        for (int i = 0; i < module.Exports.Length; i++) yield return new(i, default, 0);
        uint type = 0;
        foreach (var group in module.Types)
        {
            if (group.SubTypes.Length > 0) yield return new(null, IndexSpace.Type, type);
            type += (uint)group.SubTypes.Length;
        }
        foreach (var (space, count) in new[]
        {
            (IndexSpace.Func, view.FuncTypes.Length), (IndexSpace.Table, view.Tables.Length), (IndexSpace.Mem, view.Mems.Length), (IndexSpace.Global, view.Globals.Length),
            (IndexSpace.Tag, view.Tags.Length), (IndexSpace.Elem, module.Elems.Length), (IndexSpace.Data, module.Datas.Length),
        })
            for (int x = 0; x < count; x++) yield return new(null, space, (uint)x);
    }

    private void Without(List<Item> items, int m, Module module, HashSet<Item> kept)
    {
        if (items.Count == 0 || reducer.IsTimeUp) return;
        kept.ExceptWith(items);
        var roots = kept.Where(i => i.Export is null).Select(i => (i.Space, i.X));
        var smaller = ModuleTrim.Unused(module with { Exports = [.. module.Exports.Where((_, i) => kept.Contains(new(i, default, 0)))] }, roots);
        if (reducer.Try(reducer.Best with { Modules = reducer.Best.Modules.SetItem(m, new FuzzModule(smaller)) })) return;
        kept.UnionWith(items);
        if (items.Count == 1) return;
        int half = items.Count / 2;
        Without(items[half..], m, module, kept);
        Without(items[..half], m, module, kept);
    }
}
