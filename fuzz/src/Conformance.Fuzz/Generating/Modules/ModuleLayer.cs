using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Building;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Whole modules, valid by construction, whose functions are invoked one after the other.</summary>
public sealed class ModuleLayer : ILayer
{
    public string Name => "module";

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        var swarm = Swarm.Draw(decisions, options.Features);
        var values = new Values(decisions, options.UniformValues);
        var generator = new ModuleGenerator(decisions, swarm, values);
        var m = generator.Generate();
        var module = m.Build();

        var actions = ImmutableArray.CreateBuilder<CaseAction>();
        actions.Add(new CaseAction.Instantiate(0));
        var invokes = new Invocations(decisions, values, actions);
        int count = 3 + decisions.Below(6);
        for (int i = 0; i < count; i++) invokes.Invoke(generator, 0);
        invokes.Look(m, 0);
        invokes.Segments(m, 0);
        var used = FeatureUse.Of(module);
        return new FuzzCase
        {
            Modules = [new FuzzModule(module)],
            Actions = actions.ToImmutable(),
            Features = used,
            IsRelaxed = (used & Features.RelaxedSimd) != 0,
        };
    }
}

/// <summary>The actions on an instance.</summary>
internal sealed class Invocations(Decisions d, Values values, ImmutableArray<CaseAction>.Builder actions)
{
    /// <summary>Invokes a function; after one that may well trap, the state is looked at.</summary>
    public void Invoke(ModuleGenerator module, int instance)
    {
        if (module.Probes.Count > 0 && d.OneIn(6))
        {
            int p = d.Below(module.Probes.Count);
            actions.Add(new CaseAction.Invoke(instance, ModuleGenerator.Name("p", p), Args(module.Probes[p])));
            if (d.OneIn(2)) actions.Add(new CaseAction.Invoke(instance, "observe", []));
            return;
        }
        int f = d.Below(module.Exported.Count);
        actions.Add(new CaseAction.Invoke(instance, ModuleGenerator.Name("f", f), Args(module.Exported[f])));
    }

    /// <summary>Looks at globals, tables, objects and memories.</summary>
    public void Look(ModulePlan m, int instance)
    {
        actions.Add(new CaseAction.Invoke(instance, "observe", []));
        for (int i = 0; i < m.Mems.Count; i++) actions.Add(new CaseAction.Digest(instance, ModuleGenerator.Name("mem", i)));
    }

    public void Segments(ModulePlan m, int instance)
    {
        for (int i = 0; i < m.SegmentProbes; i++) actions.Add(new CaseAction.Invoke(instance, ModuleGenerator.Name("s", i), []));
    }

    private ImmutableArray<Value> Args(FuncPlan func)
    {
        var args = ImmutableArray.CreateBuilder<Value>(func.Sig.Params.Length);
        foreach (var t in func.Sig.Params) args.Add(t.Kind == ValKind.I32 ? Value.I32(values.I32()) : Value.I64(values.I64()));
        return args.MoveToImmutable();
    }
}
