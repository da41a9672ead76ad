using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Smaller variants of a module, coarse ones first.</summary>
public static class ModuleEdits
{
    /// <summary>Modules without some of their outline: exports, the start function, segments; and with trivial functions.</summary>
    public static IEnumerable<Module> Outline(Module module)
    {
        foreach (var exports in Less(module.Exports)) yield return ModuleTrim.Unused(module with { Exports = exports });
        if (module.Start is not null) yield return ModuleTrim.Unused(module with { Start = null });
        foreach (var elems in Less(module.Elems)) yield return module with { Elems = elems };
        foreach (var datas in Less(module.Datas)) yield return module with { Datas = datas };
        for (int i = 0; i < module.Datas.Length; i++)
            if (module.Datas[i].Init.Length > 0) yield return module with { Datas = module.Datas.SetItem(i, module.Datas[i] with { Init = module.Datas[i].Init[..(module.Datas[i].Init.Length / 2)] }) };
        var view = new ModuleView(module);
        for (int i = 0; i < module.Funcs.Length; i++)
            if (view.FuncTypeAt(module.Funcs[i].Type) is { } type && BodyEdits.Trivial(type) is var trivial && trivial.Length < module.Funcs[i].Body.Instrs.Length)
                yield return ModuleTrim.Unused(With(module, i, trivial) is var m ? m with { Funcs = m.Funcs.SetItem(i, m.Funcs[i] with { Locals = [] }) } : m);
    }

    /// <summary>Modules with one function's body smaller.</summary>
    public static IEnumerable<Module> Bodies(Module module)
    {
        var view = new ModuleView(module);
        for (int i = 0; i < module.Funcs.Length; i++)
        {
            var body = module.Funcs[i].Body.Instrs;
            var locals = view.LocalsOf(module.Funcs[i]);
            foreach (var smaller in BodyEdits.Cuts(body).Concat(BodyEdits.Folds(body, view, locals)).Concat(BodyEdits.Hoists(body, view, locals)).Concat(BodyEdits.Unwraps(body))) yield return With(module, i, smaller);
        }
    }

    /// <summary>Modules with one immediate, or one function's locals, simpler.</summary>
    public static IEnumerable<Module> Details(Module module)
    {
        for (int i = 0; i < module.Funcs.Length; i++)
        {
            if (WithoutUnusedLocals(module, i) is { } fewer) yield return fewer;
            foreach (var simpler in BodyEdits.Simpler(module.Funcs[i].Body.Instrs)) yield return With(module, i, simpler);
        }
    }

    /// <summary>The instructions of all bodies, without each body's own <c>end</c>.</summary>
    public static int InstrCount(Module module) => module.Funcs.Sum(f => f.Body.Instrs.Length - 1);

    private static Module With(Module module, int func, ImmutableArray<Instr> body) =>
        module with { Funcs = module.Funcs.SetItem(func, module.Funcs[func] with { Body = new Expr(body) }) };

    /// <summary>Lists with a run of items taken out, long runs first.</summary>
    private static IEnumerable<ImmutableArray<T>> Less<T>(ImmutableArray<T> items)
    {
        for (int size = items.Length; size >= 1; size /= 2)
            for (int from = 0; from + size <= items.Length; from += size) yield return items.RemoveRange(from, size);
    }

    private static Module? WithoutUnusedLocals(Module module, int func)
    {
        var view = new ModuleView(module);
        var f = module.Funcs[func];
        int parameters = view.FuncTypeAt(f.Type)?.Params.Length ?? 0;
        var locals = view.LocalsOf(f);
        var used = f.Body.Instrs.OfType<Idx>().Where(i => i.Op is Op.LocalGet or Op.LocalSet or Op.LocalTee).Select(i => i.X).ToHashSet();
        if (Enumerable.Range(parameters, locals.Length - parameters).All(x => used.Contains((uint)x))) return null;
        var next = new Dictionary<uint, uint>();
        var kept = new List<ValType>();
        for (int x = parameters; x < locals.Length; x++)
            if (used.Contains((uint)x))
            {
                next[(uint)x] = (uint)(parameters + kept.Count);
                kept.Add(locals[x]);
            }
        var body = new IndexRewriter((space, x) => space == IndexSpace.Local ? next.GetValueOrDefault(x, x) : x).Rewrite(f.Body);
        return module with { Funcs = module.Funcs.SetItem(func, new Func(f.Type, [.. kept.Select(t => new Locals(1, t))], body)) };
    }
}
