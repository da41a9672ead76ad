using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Fuzz.Findings;

/// <summary>Smaller variants of a case in which actions call other functions, or the same ones take and give something else.</summary>
internal static class FunctionEdits
{
    /// <summary>Cases in which a function that only actions call has a parameter less that it does not use, or a result less.</summary>
    public static IEnumerable<FuzzCase> Signatures(FuzzCase c)
    {
        for (int m = 0; m < c.Modules.Length; m++)
        {
            if (c.Modules[m].Syntax is not { } module) continue;
            var view = new ModuleView(module);
            for (int f = 0; f < module.Funcs.Length; f++)
            {
                var names = ActionsOnly(c, module, (uint)(view.ImportedFuncs + f));
                if (names is null || view.FuncTypeAt(module.Funcs[f].Type) is not { } type) continue;
                var body = module.Funcs[f].Body.Instrs;
                for (int x = type.Params.Length - 1; x >= 0; x--)
                {
                    if (ModuleEdits.IsUsed(body, x)) continue;
                    var fewer = With(c, m, f, type with { Params = type.Params.RemoveAt(x) }, ModuleEdits.WithoutLocal(module.Funcs[f].Body, x));
                    var actions = c.Actions.ToBuilder();
                    var modules = new List<int>();
                    for (int a = 0; a < actions.Count; a++)
                        if (actions[a] is CaseAction.Instantiate make) modules.Add(make.Module);
                        else if (actions[a] is CaseAction.Invoke invoke && invoke.Instance < modules.Count && modules[invoke.Instance] == m && names.Contains(invoke.Name) && invoke.Args.Length > x)
                            actions[a] = invoke with { Args = invoke.Args.RemoveAt(x) };
                    yield return fewer with { Actions = actions.ToImmutable() };
                }
                if (type.Results.IsEmpty || BodyShape.Of(module.Funcs[f], view) is not { } shape || shape.Results.Length != type.Results.Length) continue;
                for (int r = type.Results.Length - 1; r >= 0; r--)
                    yield return With(c, m, f, type with { Results = type.Results.RemoveAt(r) }, body.RemoveRange(shape.Results[r].From, shape.Results[r].Length));
            }
        }
    }

    /// <summary>
    /// Cases in which a function that only actions call returns a value that it computes, and does no more: what came after it is not needed to see it, nor a host or a
    /// memory.
    /// </summary>
    public static IEnumerable<FuzzCase> Returned(FuzzCase c)
    {
        for (int m = 0; m < c.Modules.Length; m++)
        {
            if (c.Modules[m].Syntax is not { } module) continue;
            var view = new ModuleView(module);
            for (int f = 0; f < module.Funcs.Length; f++)
            {
                if (ActionsOnly(c, module, (uint)(view.ImportedFuncs + f)) is null || view.FuncTypeAt(module.Funcs[f].Type) is not { } type || BodyShape.Of(module.Funcs[f], view) is not { } shape) continue;
                var body = module.Funcs[f].Body.Instrs;
                foreach (var (value, kind, gone) in shape.Trees.SelectMany(t => Values(t, body)))
                    foreach (var (seen, code) in Integers(kind))
                    {
                        ImmutableArray<Instr> shown = [.. body[value.From..value.To], .. code];
                        var returns = type with { Results = [seen] };
                        // By itself; or with what comes before it.
                        yield return With(c, m, f, returns, shown.Add(new Plain(Op.End)));
                        if (!shape.Structures.Any(s => s.Opener < value.From && s.End >= value.To))
                        {
                            yield return With(c, m, f, returns, [.. body[..gone.From], .. shown, new Plain(Op.End)]);
                            continue;
                        }
                        // Out of a block; its end and those around it stay.
                        var rest = body;
                        foreach (var run in shape.Results.Reverse())
                            if (run.From >= gone.To) rest = rest.RemoveRange(run.From, run.Length);
                        rest = rest.Insert(rest.Length - 1, BodyEdits.Constant(seen)!);
                        yield return With(c, m, f, returns, [.. rest[..gone.From], .. shown, new Plain(Op.Return), .. rest[gone.To..]]);
                    }
            }
        }
    }

    /// <summary>What an instruction computes; and what it tells somebody else, its last operand. With the code that need not stay.</summary>
    private static IEnumerable<(Run Value, ValType Type, Run Gone)> Values(Tree tree, ImmutableArray<Instr> body)
    {
        if (tree is { Results: [var result], Outer.IsEmpty: true, Diverges: false } && body[tree.At] is not (Const or VConst)) yield return (tree.Run, result, tree.Run);
        if (tree is { Results.IsEmpty: true, Operands: [.., var last] } && last.Run.To == tree.At) yield return (last.Run, last.Type, tree.Run);
    }

    /// <summary>Code that makes integers of a value, each of which shows some of it.</summary>
    private static ImmutableArray<(ValType Type, ImmutableArray<Instr> Code)> Integers(ValType type) => type.Kind switch
    {
        ValKind.I32 or ValKind.I64 => [(type, [])],
        ValKind.F32 => [(ValType.I32, [new Plain(Op.I32ReinterpretF32)])],
        ValKind.F64 => [(ValType.I64, [new Plain(Op.I64ReinterpretF64)])],
        ValKind.V128 => [(ValType.I64, [new Lane(Op.I64x2ExtractLane, 0)]), (ValType.I64, [new Lane(Op.I64x2ExtractLane, 1)])],
        ValKind.Ref => [(ValType.I32, [new Plain(Op.RefIsNull)])],
        ValKind.Bot => [],
        _ => throw new UnreachableException($"value kind {(byte)type.Kind}"),
    };

    /// <summary>
    /// Cases that end with the invocation of a function that was called by others: a copy of it with the parameters that it was seen to have, and with its results
    /// where these are integers.
    /// </summary>
    /// <param name="c">The case.</param>
    /// <param name="seen">The parameters that a function of a module was seen to have; none when they were not seen.</param>
    public static IEnumerable<FuzzCase> Rooted(FuzzCase c, Func<int, int, ImmutableArray<ImmutableArray<Value>>> seen)
    {
        if (c.Actions.IsEmpty || c.Modules.Any(m => m.Syntax is null)) yield break;
        for (int i = c.Actions.Length - 1; i >= 0; i--)
        {
            if (c.Actions[i] is not (CaseAction.Invoke or CaseAction.Instantiate)) continue;
            // What an instantiation calls is called after it instead.
            var before = c.Actions[i] is CaseAction.Instantiate ? c.Actions[..(i + 1)] : c.Actions[..i];
            var made = before.OfType<CaseAction.Instantiate>().Select(a => a.Module).ToList();
            for (int m = 0; m < c.Modules.Length; m++)
            {
                int instance = made.IndexOf(m);
                if (instance < 0) continue;
                var module = c.Modules[m].Syntax!;
                bool itself = c.Actions[i] is CaseAction.Instantiate last && last.Module == m;
                var actions = (itself ? before : c.Actions[..i]).Add(new CaseAction.Invoke(instance, Root, []));
                if (actions.OfType<CaseAction.Instantiate>().Count() <= instance) continue;
                foreach (var rooted in Rooted(itself ? module with { Start = null } : module, f => seen(m, f)))
                    yield return CaseEdits.Trimmed(c with
                    {
                        Modules = c.Modules.SetItem(m, new FuzzModule(rooted)),
                        Actions = actions,
                        NaNs = [.. c.NaNs.Where(p => p.Action < actions.Length - 1)],
                    });
            }
        }
    }

    /// <summary>Modules with a closed copy of a function as an export.</summary>
    private static IEnumerable<Module> Rooted(Module module, Func<int, ImmutableArray<ImmutableArray<Value>>> seen)
    {
        var view = new ModuleView(module);
        for (int f = 0; f < module.Funcs.Length; f++)
        {
            if (view.FuncTypeAt(module.Funcs[f].Type) is not { } type) continue;
            foreach (var args in seen(f).DefaultIfEmpty([]))
                if (Closed(module.Funcs[f], type, view, args) is var (func, results))
                    yield return module with
                    {
                        Types = module.Types.Add(new RecType([new SubType(new FuncType([], results))])),
                        Funcs = module.Funcs.Add(func with { Type = (uint)module.TypeCount }),
                        Exports = [.. module.Exports.Where(e => e.Name != Root), new Export(Root, ExternKind.Func, (uint)view.FuncTypes.Length)],
                    };
        }
    }

    private const string Root = "f";

    private static bool IsInteger(ValType type) => type.Kind is ValKind.I32 or ValKind.I64;

    /// <summary>A function without parameters: they are locals, and set where they are used.</summary>
    private static (Func Func, ImmutableArray<ValType> Results)? Closed(Func func, FuncType type, ModuleView view, ImmutableArray<Value> args)
    {
        var body = func.Body.Instrs;
        var before = ImmutableArray.CreateBuilder<Instr>();
        for (int x = 0; x < type.Params.Length; x++)
        {
            if (!ModuleEdits.IsUsed(body, x)) continue;
            if (x < args.Length && (args[x].Lo | args[x].Hi) == 0) continue;
            if (x >= args.Length && type.Params[x] is var t && (!t.IsRef || t.Ref.Nullable)) continue;
            if (x >= args.Length) return null;
            before.Add(EditTree.Constant(args[x]));
            before.Add(new Idx(Op.LocalSet, (uint)x));
        }
        var results = type.Results;
        if (!results.All(IsInteger))
        {
            if (BodyShape.Of(func, view) is not { } shape || shape.Results.Length != results.Length) return null;
            // The last one can be made an integer; others that are none go.
            if (Integers(results[^1]) is [var (integer, code), ..])
            {
                body = body.InsertRange(body.Length - 1, code);
                results = results.SetItem(results.Length - 1, integer);
            }
            for (int r = results.Length - 1; r >= 0; r--)
            {
                if (IsInteger(results[r])) continue;
                body = body.RemoveRange(shape.Results[r].From, shape.Results[r].Length);
                results = results.RemoveAt(r);
            }
        }
        return (new Func(0, [.. type.Params.Select(t => new Locals(1, t)), .. func.Locals], new Expr([.. before, .. body])), results);
    }

    private static FuzzCase With(FuzzCase c, int m, int f, FuncType type, ImmutableArray<Instr> body) =>
        c with { Modules = c.Modules.SetItem(m, new FuzzModule(ModuleEdits.Typed(ModuleEdits.With(c.Modules[m].Syntax!, f, body), f, type))) };

    /// <summary>The names of a function that only actions call, by invocations; null when something else refers to it.</summary>
    private static HashSet<string>? ActionsOnly(FuzzCase c, Module module, uint func)
    {
        bool named = false;
        uint Mark(IndexSpace space, uint x)
        {
            named |= space == IndexSpace.Func && x == func;
            return x;
        }
        new IndexRewriter(Mark).Rewrite(module with { Exports = [] });
        if (named) return null;
        var names = module.Exports.Where(e => e.Kind == ExternKind.Func && e.Index == func).Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0 || names.Contains(CaseHost.Back) || c.Actions.Any(a => a is CaseAction.Sweep sweep && names.Contains(sweep.Name))) return null;
        return c.Modules.Any(m => m.Syntax is null || m.Syntax.Imports.Any(i => names.Contains(i.Name))) ? null : names;
    }
}
