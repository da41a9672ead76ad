using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Fuzz.Findings;

/// <summary>What a reduction came to.</summary>
/// <param name="Case">The smallest case found.</param>
/// <param name="Tried">How many candidates were run.</param>
/// <param name="Time">How long it took.</param>
/// <param name="IsMinimal">Whether no further edit helped; false when time was up before.</param>
public sealed record Reduction(FuzzCase Case, int Tried, TimeSpan Time, bool IsMinimal)
{
    /// <summary>The instructions of all modules, without the <c>end</c> of each body.</summary>
    public int Instrs => Case.Modules.Sum(m => m.Syntax is { } module ? ModuleEdits.InstrCount(module) : 0);
}

/// <summary>
/// Makes a case smaller for as long as it keeps what makes it interesting: actions go first, then functions and other definitions, then instructions
/// are cut, folded into constants and unwrapped, then immediates become simple. Valid modules stay valid, so that no candidate is wasted on an engine.
/// </summary>
/// <param name="interesting">Says of each candidate whether it still shows the same.</param>
/// <param name="limit">When to stop.</param>
public sealed class Reducer(Func<ImmutableArray<FuzzCase>, ImmutableArray<bool>> interesting, TimeSpan limit)
{
    private const int BatchSize = 16;

    private readonly long _start = Stopwatch.GetTimestamp();
    private int _tried;

    private bool IsTimeUp => Stopwatch.GetElapsedTime(_start) > limit;

    public Reduction Reduce(FuzzCase found)
    {
        var best = found;
        bool progress = true;
        while (progress && !IsTimeUp)
        {
            progress = false;
            foreach (var pass in Passes)
                while (!IsTimeUp && First(pass(best)) is { } smaller)
                {
                    best = smaller;
                    progress = true;
                }
        }
        return new Reduction(best, _tried, Stopwatch.GetElapsedTime(_start), !progress);
    }

    private static readonly Func<FuzzCase, IEnumerable<FuzzCase>>[] Passes =
    [
        CaseEdits.Actions,
        CaseEdits.Narrowed,
        c => CaseEdits.Modules(c, ModuleEdits.Outline),
        c => CaseEdits.Modules(c, ModuleEdits.Bodies),
        c => CaseEdits.Modules(c, m => ModuleTrim.Unused(m) is var trimmed && !trimmed.Equals(m) ? [trimmed] : []),
        c => CaseEdits.Modules(c, ModuleEdits.Details),
    ];

    /// <summary>The first candidate that is interesting.</summary>
    private FuzzCase? First(IEnumerable<FuzzCase> candidates)
    {
        foreach (var batch in candidates.Chunk(BatchSize))
        {
            if (IsTimeUp) return null;
            _tried += batch.Length;
            var verdicts = interesting([.. batch]);
            for (int i = 0; i < batch.Length; i++)
                if (verdicts[i]) return batch[i];
        }
        return null;
    }
}

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
                for (int k = 0; k < sweep.Count; k++)
                    yield return c with { Actions = c.Actions.SetItem(i, new CaseAction.Invoke(sweep.Instance, sweep.Name, [Value.I32((uint)k)])) };
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

    /// <summary>Cases in which one module is another; valid ones stay valid.</summary>
    public static IEnumerable<FuzzCase> Modules(FuzzCase c, Func<Module, IEnumerable<Module>> edit)
    {
        for (int i = 0; i < c.Modules.Length; i++)
        {
            if (c.Modules[i].Syntax is not { } module) continue;
            bool valid = IsValid(module);
            foreach (var smaller in edit(module))
                if (!ReferenceEquals(smaller, module) && (!valid || IsValid(smaller))) yield return c with { Modules = c.Modules.SetItem(i, new FuzzModule(smaller)) };
        }
    }

    private static bool IsValid(Module module)
    {
        try
        {
            Validator.Validate(module, new Engine(), Profile.All);
            return true;
        }
        catch (InvalidException)
        {
            return false;
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
            else if (!gone && On(action) is { } instance && (instance >= seen || instances[instance] < 0)) gone = true;
            places[i] = gone ? -1 : actions.Count;
            if (!gone) actions.Add(action);
        }
        if (actions.Count == 0) return null;
        var used = actions.Select(ModuleOf).OfType<int>().Distinct().Order().ToList();
        return c with
        {
            Modules = [.. used.Select(m => c.Modules[m])],
            Actions = [.. actions.Select(a => Renumbered(a, instances, used))],
            NaNs = [.. c.NaNs.Where(p => places[p.Action] >= 0).Select(p => p with { Action = places[p.Action] })],
        };
    }

    private static int? On(CaseAction action) => action switch
    {
        CaseAction.Invoke a => a.Instance,
        CaseAction.Sweep a => a.Instance,
        CaseAction.Memory a => a.Instance,
        CaseAction.Digest a => a.Instance,
        CaseAction.Get a => a.Instance,
        _ => null,
    };

    private static int? ModuleOf(CaseAction action) => action switch
    {
        CaseAction.Load a => a.Module,
        CaseAction.Parse a => a.Module,
        CaseAction.Instantiate a => a.Module,
        _ => null,
    };

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
