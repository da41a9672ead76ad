using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Fuzz.Findings;

/// <summary>Smaller variants of a case.</summary>
internal static class CaseEdits
{
    /// <summary>Cases with fewer actions, or with a sweep that is one invocation.</summary>
    public static IEnumerable<FuzzCase> Actions(FuzzCase c)
    {
        for (int size = c.Actions.Length; size >= 1; size /= 2)
            for (int from = c.Actions.Length - size; from >= 0; from -= size)
                if (Without(c, from, size) is { } fewer) yield return fewer;
        for (int i = 0; i < c.Actions.Length; i++)
            if (c.Actions[i] is CaseAction.Sweep sweep)
            {
                // Fewer invocations; then the last one alone, or any other.
                for (int count = sweep.Count / 2; count >= 1; count /= 2)
                    yield return c with { Actions = c.Actions.SetItem(i, sweep with { Count = sweep.Count - count }) };
                for (int k = sweep.Count - 1; k >= 0; k--)
                    yield return c with { Actions = c.Actions.SetItem(i, new CaseAction.Invoke(sweep.Instance, sweep.Name, [Value.I32((uint)k)])) };
            }
    }

    /// <summary>Cases that read less of a memory, or pass simpler arguments.</summary>
    public static IEnumerable<FuzzCase> Narrowed(FuzzCase c)
    {
        for (int i = 0; i < c.Actions.Length; i++)
            switch (c.Actions[i])
            {
                case CaseAction.Memory { Length: > 4 } memory:
                    int half = (memory.Length / 2 + 3) & ~3;
                    yield return Cut(c, i, memory, 0, half);
                    yield return Cut(c, i, memory, memory.Length - half & ~3, half);
                    break;
                case CaseAction.Invoke invoke:
                    for (int k = 0; k < invoke.Args.Length; k++)
                        if (invoke.Args[k].Lo > 0) yield return c with { Actions = c.Actions.SetItem(i, invoke with { Args = invoke.Args.SetItem(k, invoke.Args[k].Kind == ValKind.I64 ? Value.I64(0) : Value.I32(0)) }) };
                    break;
                default: break;
            }
    }

    /// <summary>Cases in which one module is another.</summary>
    public static IEnumerable<FuzzCase> Modules(FuzzCase c, Func<Module, IEnumerable<Module>> edit)
    {
        for (int i = 0; i < c.Modules.Length; i++)
            if (c.Modules[i].Syntax is { } module)
                foreach (var smaller in edit(module))
                    if (!ReferenceEquals(smaller, module)) yield return c with { Modules = c.Modules.SetItem(i, new FuzzModule(smaller)) };
    }

    /// <summary>Cases in which a module that is bytes only has fewer: without sections, and without bytes of a section, whose size is set right.</summary>
    public static IEnumerable<FuzzCase> Bytes(FuzzCase c)
    {
        for (int m = 0; m < c.Modules.Length; m++)
            if (c.Modules[m].Syntax is null)
                foreach (byte[] fewer in SectionEdits.Less(c.Modules[m].Bytes)) yield return c with { Modules = c.Modules.SetItem(m, new FuzzModule(fewer)) };
    }

    /// <summary>The case without exports that neither an action nor another module names, modules without an action, and what nothing uses.</summary>
    public static FuzzCase Trimmed(FuzzCase c)
    {
        var named = new HashSet<string>(StringComparer.Ordinal) { CaseHost.Back };
        foreach (var action in c.Actions)
            if (action.OnExport() is var (_, name)) named.Add(name);
        foreach (var module in c.Modules)
        {
            if (module.Syntax is not { } syntax) return c;
            foreach (var import in syntax.Imports) named.Add(import.Name);
        }
        var used = c.Actions.Select(a => a.OfModule()).OfType<int>().Distinct().Order().ToList();
        if (used.Count < c.Modules.Length)
        {
            int[] instances = [.. Enumerable.Range(0, c.Actions.Count(a => a is CaseAction.Instantiate))];
            c = c with { Modules = [.. used.Select(m => c.Modules[m])], Actions = [.. c.Actions.Select(a => Renumbered(a, instances, used))] };
        }
        return c with { Modules = [.. c.Modules.Select(Trim)] };

        FuzzModule Trim(FuzzModule module)
        {
            var trimmed = ModuleEdits.Trimmed(module.Syntax! with { Exports = [.. module.Syntax!.Exports.Where(e => named.Contains(e.Name))] });
            return trimmed.Equals(module.Syntax) ? module : new FuzzModule(trimmed);
        }
    }

    private static FuzzCase Cut(FuzzCase c, int action, CaseAction.Memory memory, int from, int length) => c with
    {
        Actions = c.Actions.SetItem(action, memory with { Offset = memory.Offset + from, Length = length }),
        NaNs = [.. c.NaNs.Select(p => p.Action == action ? p with { Sets = p.Sets[Math.Min(from / 4, p.Sets.Length)..Math.Min((from + length) / 4, p.Sets.Length)] } : p)],
    };

    /// <summary>Without a run of actions; what acted on an instance that is gone goes too, and modules that nothing uses.</summary>
    private static FuzzCase? Without(FuzzCase c, int from, int count)
    {
        int[] instances = new int[c.Actions.Count(a => a is CaseAction.Instantiate)];
        var actions = ImmutableArray.CreateBuilder<CaseAction>();
        int[] places = new int[c.Actions.Length];
        int seen = 0, kept = 0;
        for (int i = 0; i < c.Actions.Length; i++)
        {
            bool gone = i >= from && i < from + count;
            var action = c.Actions[i];
            if (action is CaseAction.Instantiate)
            {
                instances[seen++] = gone ? -1 : kept;
                if (!gone) kept++;
            }
            else if (!gone && action.OnExport() is var (instance, _) && (instance >= seen || instances[instance] < 0)) gone = true;
            places[i] = gone ? -1 : actions.Count;
            if (!gone) actions.Add(action);
        }
        if (actions.Count == 0) return null;
        var used = actions.Select(a => a.OfModule()).OfType<int>().Distinct().Order().ToList();
        return c with
        {
            Modules = [.. used.Select(m => c.Modules[m])],
            Actions = [.. actions.Select(a => Renumbered(a, instances, used))],
            NaNs = [.. c.NaNs.Where(p => places[p.Action] >= 0).Select(p => p with { Action = places[p.Action] })],
        };
    }

    private static CaseAction Renumbered(CaseAction action, int[] instances, List<int> modules) => action switch
    {
        CaseAction.Load a => a with { Module = modules.IndexOf(a.Module) },
        CaseAction.Parse a => a with { Module = modules.IndexOf(a.Module) },
        CaseAction.Instantiate a => a with { Module = modules.IndexOf(a.Module) },
        CaseAction.Invoke a => a with { Instance = instances[a.Instance] },
        CaseAction.Sweep a => a with { Instance = instances[a.Instance] },
        CaseAction.Memory a => a with { Instance = instances[a.Instance] },
        CaseAction.Digest a => a with { Instance = instances[a.Instance] },
        CaseAction.Get a => a with { Instance = instances[a.Instance] },
        _ => throw new UnreachableException($"action {action}"),
    };
}
