using Conformance.Harness.Judging;
using Conformance.Harness.Results;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;
using Wasm.Text.Script;
using Action = Wasm.Text.Script.Action;

namespace Conformance.Harness.Scripts;

/// <summary>
/// What a runtime cannot do leaves marks on what it can: a module of a feature that it lacks would have written to a memory that it imports, a
/// thread to one that it shares, a call to its instance's and to those that this imports from. A failure on an instance that lacks such marks, or
/// imports from one that does, says nothing about the runtime; it gets the verdict of the command that did not run. Passes stay passes.
/// </summary>
internal sealed partial class Session
{
    private readonly Dictionary<string, IInstance> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<IInstance, Missing> _doubts = new(ReferenceEqualityComparer.Instance);

    /// <summary>Of an instance with imports from others: itself and those, directly or not.</summary>
    private readonly Dictionary<IInstance, IInstance[]> _reach = new(ReferenceEqualityComparer.Instance);

    private static bool LeavesDoubt(Verdict verdict) => verdict is Verdict.Unsupported or Verdict.AdapterLimit;

    /// <summary>A module was not instantiated: what it imports is not what it would be.</summary>
    private void Doubt(Definition definition, Verdict verdict, Region at)
    {
        if (!LeavesDoubt(verdict) || _names.Count == 0) return;
        foreach (var instance in Imported(definition)) Doubt(instance, verdict, "module", at);
    }

    private void Doubt(IInstance instance, Verdict verdict, string what, Region at)
    {
        foreach (var reached in Reach(instance)) _doubts.TryAdd(reached, new(verdict, $"it may depend on what the {what} at line {at.Line} would have done, which is not supported"));
    }

    private IInstance[] Reach(IInstance instance) => _reach.GetValueOrDefault(instance) ?? [instance];

    /// <summary>The instances that a module imports from.</summary>
    private IEnumerable<IInstance> Imported(Definition definition)
    {
        try
        {
            return [.. ImportedModules(definition).Distinct().Select(name => _names.GetValueOrDefault(name)).OfType<IInstance>()];
        }
        catch (PhaseException)
        {
            return [];
        }
    }

    /// <summary>The verdict on an instantiation. An instance is in doubt when anything that it imports from is.</summary>
    private Judgement Instantiated(Demand demand, Defined defined, Outcome? outcome, Missing? missing, Region at)
    {
        var judgement = missing is null ? Judge.Of(demand, outcome!, _run.Rules) : Depends(missing) with { Expected = demand is Demand.Instance ? null : demand.ToString() };
        Doubt(defined.Definition, judgement.Verdict, at);
        if (_names.Count == 0) return judgement;
        IInstance[] imported = [.. Imported(defined.Definition)];
        if (imported.Length > 0 && outcome is Outcome.Instantiated { Instance: var instance }) _reach[instance] = [instance, .. imported.SelectMany(Reach).Distinct()];
        if (_doubts.Count == 0) return judgement;
        var doubt = imported.Select(DoubtOf).FirstOrDefault(d => d is not null);
        if (doubt is null) return judgement;
        if (outcome is Outcome.Instantiated made) _doubts.TryAdd(made.Instance, doubt);
        return Excused(judgement, doubt);
    }

    /// <summary>The verdict on an action.</summary>
    private Judgement Acted(Action action, Command command, Judgement judgement)
    {
        if (_instances.Find(action.Instance).Value is not { } instance) return judgement;
        // A call that gives nothing is made for what it leaves behind.
        if (command is ActionCommand or AssertReturn { Results.IsEmpty: true } && LeavesDoubt(judgement.Verdict)) Doubt(instance, judgement.Verdict, "call", command.At);
        return Excused(judgement, DoubtOf(instance));
    }

    private Missing? DoubtOf(IInstance instance) => Reach(instance).Select(reached => _doubts.GetValueOrDefault(reached)).FirstOrDefault(d => d is not null);

    private static Judgement Excused(Judgement judgement, Missing? doubt) =>
        doubt is null || judgement.Verdict != Verdict.Failed ? judgement : judgement with { Verdict = doubt.Verdict, Detail = doubt.Reason };
}
