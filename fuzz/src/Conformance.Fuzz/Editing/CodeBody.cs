using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Code of a module: the body of a function or a constant expression.</summary>
/// <param name="Expr">The code.</param>
/// <param name="Results">What it gives.</param>
/// <param name="Func">The function, or null for a constant expression.</param>
/// <param name="With">The module with other code there.</param>
public sealed record CodeBody(Expr Expr, ImmutableArray<ValType> Results, Func? Func, Func<Module, Expr, Module> With)
{
    public BodyShape? Shape(ModuleView view) => Func is null ? BodyShape.Of(Expr, Results, [], view) : BodyShape.Of(Func, view);

    /// <summary>All code of a module: functions first, in order.</summary>
    public static ImmutableArray<CodeBody> Of(Module module)
    {
        var view = new ModuleView(module);
        var all = ImmutableArray.CreateBuilder<CodeBody>();
        for (int i = 0; i < module.Funcs.Length; i++)
        {
            int f = i;
            all.Add(new(module.Funcs[i].Body, view.FuncTypeAt(module.Funcs[i].Type)?.Results ?? [], module.Funcs[i], (m, e) => m with { Funcs = m.Funcs.SetItem(f, m.Funcs[f] with { Body = e }) }));
        }
        for (int i = 0; i < module.Globals.Length; i++)
        {
            int g = i;
            all.Add(new(module.Globals[i].Init, [module.Globals[i].Type.Val], null, (m, e) => m with { Globals = m.Globals.SetItem(g, m.Globals[g] with { Init = e }) }));
        }
        for (int i = 0; i < module.Tables.Length; i++)
        {
            int t = i;
            if (module.Tables[i].Init is { } init) all.Add(new(init, [module.Tables[i].Type.Elem], null, (m, e) => m with { Tables = m.Tables.SetItem(t, m.Tables[t] with { Init = e }) }));
        }
        for (int i = 0; i < module.Elems.Length; i++)
            for (int k = 0; k < module.Elems[i].Inits.Length; k++)
            {
                var (elem, init) = (i, k);
                all.Add(new(module.Elems[i].Inits[k], [module.Elems[i].Type], null, (m, e) => m with { Elems = m.Elems.SetItem(elem, m.Elems[elem] with { Inits = m.Elems[elem].Inits.SetItem(init, e) }) }));
            }
        return all.ToImmutable();
    }
}
