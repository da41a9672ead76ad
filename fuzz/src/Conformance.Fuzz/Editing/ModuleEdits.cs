using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Smaller variants of a module, coarse ones first.</summary>
public static class ModuleEdits
{
    /// <summary>Modules without some of their outline: exports, the start function, segments.</summary>
    public static IEnumerable<Module> Outline(Module module)
    {
        for (int i = 0; i < module.Types.Length; i++)
            if (module.Types[i].SubTypes.IsEmpty) yield return module with { Types = module.Types.RemoveAt(i) };
        foreach (var less in WithoutSome(module))
        {
            yield return ModuleTrim.Unused(less);
            yield return less;
        }
    }

    private static IEnumerable<Module> WithoutSome(Module module)
    {
        if (module.Start is not null) yield return module with { Start = null };
        foreach (var exports in Less(module.Exports)) yield return module with { Exports = exports };
        foreach (var elems in Less(module.Elems)) yield return module with { Elems = elems };
        foreach (var datas in Less(module.Datas)) yield return module with { Datas = datas };
    }

    /// <summary>Modules whose definitions hold less: segments, initializers, tables and memories.</summary>
    public static IEnumerable<Module> Definitions(Module module)
    {
        for (int i = 0; i < module.Elems.Length; i++)
        {
            var elem = module.Elems[i];
            foreach (var inits in Less(elem.Inits)) yield return module with { Elems = module.Elems.SetItem(i, elem with { Inits = inits }) };
            if (elem.Type.Nullable)
                for (int k = 0; k < elem.Inits.Length; k++)
                    yield return module with { Elems = module.Elems.SetItem(i, elem with { Inits = elem.Inits.SetItem(k, new Expr([new RefNull(Op.RefNull, elem.Type.Heap), new Plain(Op.End)])) }) };
            // From a later place on, without the nulls before it.
            int nulls = elem.Inits.TakeWhile(e => e.Instrs[0] is RefNull).Count();
            if (nulls > 0 && elem.Mode is SegmentMode.Active { Offset.Instrs: [Const offset, _] } active)
                yield return module with { Elems = module.Elems.SetItem(i, elem with { Inits = elem.Inits[nulls..], Mode = active with { Offset = new Expr([offset with { Bits = offset.Bits + (ulong)nulls }, new Plain(Op.End)]) } }) };
            // What is named by ref.func must be declared somewhere.
            if (elem.Mode is not SegmentMode.Declarative)
                yield return module with { Elems = module.Elems.SetItem(i, elem with { Mode = SegmentMode.Declarative.Instance, Inits = [.. elem.Inits.Where(e => e.Instrs[0].Op == Op.RefFunc)] }) };
            if (Simpler(elem.Mode) is { } mode) yield return module with { Elems = module.Elems.SetItem(i, elem with { Mode = mode }) };
        }
        for (int i = 0; i < module.Datas.Length; i++)
        {
            var data = module.Datas[i];
            for (int length = data.Init.Length; length >= 1; length /= 2)
            {
                yield return module with { Datas = module.Datas.SetItem(i, data with { Init = data.Init[..(data.Init.Length - length)] }) };
                if (length < 16 && length < data.Init.Length) break;
            }
            if (Simpler(data.Mode) is { } mode) yield return module with { Datas = module.Datas.SetItem(i, data with { Mode = mode }) };
        }
        for (int i = 0; i < module.Globals.Length; i++)
            if (BodyEdits.Constant(module.Globals[i].Type.Val) is { } constant && (module.Globals[i].Init.Instrs.Length > 2 || module.Globals[i].Init.Instrs[0] != constant))
                yield return module with { Globals = module.Globals.SetItem(i, module.Globals[i] with { Init = new Expr([constant, new Plain(Op.End)]) }) };
        for (int i = 0; i < module.Tables.Length; i++)
            if (module.Tables[i] is { Init: not null, Type.Elem.Nullable: true } table)
                yield return module with { Tables = module.Tables.SetItem(i, table with { Init = null }) };
    }

    /// <summary>Modules that define what they import: the simplest of its type.</summary>
    public static IEnumerable<Module> Own(Module module)
    {
        var view = new ModuleView(module);
        var counts = new int[5];
        for (int i = 0; i < module.Imports.Length; i++)
        {
            var import = module.Imports[i];
            int x = counts[(int)import.Type.Kind]++;
            if (Own(module, view, i, x) is { } own) yield return own;
        }
    }

    private static Module? Own(Module module, ModuleView view, int import, int x)
    {
        int last = module.Imports.Count(i => i.Type.Kind == module.Imports[import].Type.Kind) - 1;
        var space = IndexRewriter.SpaceOf(module.Imports[import].Type.Kind);
        var moved = new IndexRewriter((s, y) => s != space || y < x || y > last ? y : y == x ? (uint)last : y - 1).Rewrite(module with { Imports = module.Imports.RemoveAt(import) });
        switch (module.Imports[import].Type)
        {
            case ExternType.Func f when view.FuncTypeAt(f.Type.Index) is { } type:
                var constants = type.Results.Select(BodyEdits.Constant).ToArray();
                ImmutableArray<Instr> body = constants.Contains(null) ? [new Plain(Op.Unreachable), new Plain(Op.End)] : [.. constants.Select(c => c!), new Plain(Op.End)];
                return moved with { Funcs = moved.Funcs.Insert(0, new Func(f.Type.Index, [], new Expr(body))) };
            case ExternType.Table t when t.Type.Elem.Nullable: return moved with { Tables = moved.Tables.Insert(0, new Table(t.Type, null)) };
            case ExternType.Mem m: return moved with { Mems = moved.Mems.Insert(0, new Memory(m.Type)) };
            case ExternType.Global g when BodyEdits.Constant(g.Type.Val) is { } constant:
                return moved with { Globals = moved.Globals.Insert(0, new Global(g.Type, new Expr([constant, new Plain(Op.End)]))) };
            case ExternType.Tag t: return moved with { Tags = moved.Tags.Insert(0, new Tag(t.Type.Index)) };
            default: return null;
        }
    }

    /// <summary>
    /// Modules in which a function that is only called, and called by name, has a parameter less that it does not use, or leaves its last result to its callers.
    /// </summary>
    public static IEnumerable<Module> Parameters(Module module)
    {
        var view = new ModuleView(module);
        for (int f = 0; f < module.Funcs.Length; f++)
        {
            uint func = (uint)(view.ImportedFuncs + f);
            if (view.FuncTypeAt(module.Funcs[f].Type) is not { } type || CallsOf(module, view, func) is not { } calls) continue;
            var body = module.Funcs[f].Body.Instrs;
            for (int x = 0; x < type.Params.Length; x++)
            {
                if (IsUsed(body, x) || calls.Any(c => c.Tree.Operands.Length != type.Params.Length)) continue;
                int removed = x;
                var without = module;
                foreach (var caller in calls.GroupBy(c => c.Caller))
                    without = With(without, caller.Key, Without(without.Funcs[caller.Key].Body.Instrs, caller.Select(c => c.Tree.Operands[removed].Run)));
                yield return Typed(With(without, f, WithoutLocal(without.Funcs[f].Body, x)), f, type with { Params = type.Params.RemoveAt(x) });
            }
            if (type.Results is [.., var last] && BodyEdits.Constant(last) is { } constant && BodyShape.Of(module.Funcs[f], view) is { Results: [.., var result] } && calls.All(c => !c.Tree.Diverges && c.Caller != f))
            {
                var without = With(module, f, body.RemoveRange(result.From, result.Length));
                foreach (var (caller, tree) in calls) without = With(without, caller, without.Funcs[caller].Body.Instrs.Insert(tree.At + 1, constant));
                yield return Typed(without, f, type with { Results = type.Results.RemoveAt(type.Results.Length - 1) });
            }
        }
    }

    /// <summary>A body without some runs, which may stand within others of them.</summary>
    private static ImmutableArray<Instr> Without(ImmutableArray<Instr> body, IEnumerable<Run> runs)
    {
        var kept = ImmutableArray.CreateBuilder<Instr>(body.Length);
        int at = 0;
        foreach (var run in runs.OrderBy(r => r.From).ThenByDescending(r => r.To))
        {
            if (run.From > at) kept.AddRange(body.AsSpan()[at..run.From]);
            at = Math.Max(at, run.To);
        }
        kept.AddRange(body.AsSpan()[at..]);
        return kept.ToImmutable();
    }

    /// <summary>All calls of a function, the last of a caller first; null when something else refers to it, or a caller has no shape.</summary>
    private static List<(int Caller, Tree Tree)>? CallsOf(Module module, ModuleView view, uint func)
    {
        int references = 0;
        new IndexRewriter((space, x) =>
        {
            if (space == IndexSpace.Func && x == func) references++;
            return x;
        }).Rewrite(module);
        var calls = new List<(int, Tree)>();
        for (int f = 0; f < module.Funcs.Length && calls.Count < references; f++)
        {
            var body = module.Funcs[f].Body.Instrs;
            if (!body.Any(i => i is Idx { Op: Op.Call or Op.ReturnCall } call && call.X == func)) continue;
            if (BodyShape.Of(module.Funcs[f], view) is not { } shape) return null;
            foreach (var tree in shape.Trees.Reverse())
                if (body[tree.At] is Idx { Op: Op.Call or Op.ReturnCall } call && call.X == func) calls.Add((f, tree));
        }
        return calls.Count == references && references > 0 ? calls : null;
    }

    /// <summary>Whether a body names a local.</summary>
    internal static bool IsUsed(ImmutableArray<Instr> body, int local) => body.Any(i => i is Idx { Op: Op.LocalGet or Op.LocalSet or Op.LocalTee } named && named.X == local);

    /// <summary>A body where a local that it does not name is not there: those behind it move up.</summary>
    internal static ImmutableArray<Instr> WithoutLocal(Expr body, int local) =>
        new IndexRewriter((space, x) => space == IndexSpace.Local && x > local ? x - 1 : x).Rewrite(body).Instrs;

    /// <summary>The module in which a function has another type.</summary>
    internal static Module Typed(Module module, int func, FuncType type) => ModuleTrim.Unused(module with
    {
        Types = module.Types.Add(new RecType([new SubType(type)])),
        Funcs = module.Funcs.SetItem(func, module.Funcs[func] with { Type = (uint)module.TypeCount }),
    });

    /// <summary>Modules with one function's body smaller.</summary>
    public static IEnumerable<Module> Bodies(Module module, Func<Func, ModuleView, IEnumerable<ImmutableArray<Instr>>> edit)
    {
        var view = new ModuleView(module);
        for (int i = 0; i < module.Funcs.Length; i++)
            foreach (var smaller in edit(module.Funcs[i], view)) yield return With(module, i, smaller);
    }

    /// <summary>Modules in which one function has no unused locals.</summary>
    public static IEnumerable<Module> Locals(Module module)
    {
        var view = new ModuleView(module);
        for (int i = 0; i < module.Funcs.Length; i++)
            if (WithoutUnusedLocals(module.Funcs[i], view) is var fewer && !ReferenceEquals(fewer, module.Funcs[i])) yield return module with { Funcs = module.Funcs.SetItem(i, fewer) };
    }

    /// <summary>The module without what nothing in it uses, and without locals that no function uses.</summary>
    public static Module Trimmed(Module module)
    {
        var view = new ModuleView(module);
        var funcs = ImmutableArray.CreateBuilder<Func>(module.Funcs.Length);
        foreach (var func in module.Funcs) funcs.Add(WithoutUnusedLocals(func, view));
        return ModuleTrim.Unused(module with { Funcs = funcs.MoveToImmutable() });
    }

    /// <summary>The instructions of all bodies and constant expressions, without the <c>end</c> of each. (A declarative segment has none: it only names functions.)</summary>
    public static int InstrCount(Module module)
    {
        int count = 0;
        foreach (var func in module.Funcs) count += Count(func.Body);
        foreach (var table in module.Tables) count += table.Init is { } init ? Count(init) : 0;
        foreach (var global in module.Globals) count += Count(global.Init);
        foreach (var elem in module.Elems.Where(e => e.Mode is not SegmentMode.Declarative)) count += elem.Inits.Sum(Count) + (elem.Mode is SegmentMode.Active active ? Count(active.Offset) : 0);
        foreach (var data in module.Datas) count += data.Mode is SegmentMode.Active active ? Count(active.Offset) : 0;
        return count;
    }

    private static int Count(Expr expr) => expr.Instrs.Length - 1;

    /// <summary>The module in which a function has another body.</summary>
    public static Module With(Module module, int func, ImmutableArray<Instr> body) =>
        module with { Funcs = module.Funcs.SetItem(func, module.Funcs[func] with { Body = new Expr(body) }) };

    private static SegmentMode.Active? Simpler(SegmentMode mode) => mode is SegmentMode.Active { Offset.Instrs: [var first, ..] } active && first is not Const { Bits: 0 }
        ? active with { Offset = new Expr([first is Const c ? c with { Bits = 0 } : new Const(Op.I32Const, 0), new Plain(Op.End)]) } : null;

    /// <summary>Lists with a run of items taken out, long runs first.</summary>
    private static IEnumerable<ImmutableArray<T>> Less<T>(ImmutableArray<T> items)
    {
        for (int size = items.Length; size >= 1; size /= 2)
            for (int from = 0; from + size <= items.Length; from += size) yield return items.RemoveRange(from, size);
    }

    private static Func WithoutUnusedLocals(Func f, ModuleView view)
    {
        long count = f.Locals.Sum(l => (long)l.Count);
        if (count is 0 or > 100_000) return f;
        int parameters = view.FuncTypeAt(f.Type)?.Params.Length ?? 0;
        var locals = view.LocalsOf(f);
        var used = f.Body.Instrs.OfType<Idx>().Where(i => i.Op is Op.LocalGet or Op.LocalSet or Op.LocalTee).Select(i => i.X).ToHashSet();
        var next = new Dictionary<uint, uint>();
        var kept = new List<ValType>();
        for (int x = parameters; x < locals.Length; x++)
            if (used.Contains((uint)x))
            {
                next[(uint)x] = (uint)(parameters + kept.Count);
                kept.Add(locals[x]);
            }
        if (kept.Count == count) return f;
        var body = new IndexRewriter((space, x) => space == IndexSpace.Local ? next.GetValueOrDefault(x, x) : x).Rewrite(f.Body);
        return new Func(f.Type, [.. kept.Select(t => new Locals(1, t))], body);
    }
}
