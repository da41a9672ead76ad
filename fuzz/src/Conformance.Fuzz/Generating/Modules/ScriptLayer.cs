using System.Collections.Immutable;
using Conformance.Fuzz.Generating.Building;
using Conformance.Harness.Cases;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>
/// Several modules, each of which imports from those before it: functions, tables, memories, globals and tags. Instances are made one after the
/// other, some twice and under the same name, with invocations between; some fail half-way, some do not link.
/// </summary>
public sealed class ScriptLayer : ILayer
{
    public string Name => "script";

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        var swarm = Swarm.Draw(decisions, options.Features);
        var script = new Script(decisions, swarm, new Values(decisions, options.UniformValues));
        return script.Generate();
    }

    private sealed class Script(Decisions d, Swarm swarm, Values values)
    {
        private readonly List<FuzzModule> _modules = [];
        private readonly ImmutableArray<CaseAction>.Builder _actions = ImmutableArray.CreateBuilder<CaseAction>();
        private readonly List<(ModuleGenerator? Generator, ModulePlan? Plan)> _instances = [];
        private Features _features;

        public FuzzCase Generate()
        {
            var types = new TypesGenerator(swarm, d).Generate();
            var linking = new Linking(d, swarm, types);
            var invokes = new Invocations(d, values, _actions);
            int count = 2 + d.Below(3);
            for (int i = 0; i < count; i++)
            {
                var generator = new ModuleGenerator(d, swarm, values);
                var plan = new ModulePlan(swarm, types.Clone(), values) { IsLinked = true, MayFail = i > 0 && d.OneIn(6) };
                generator.Generate(plan, linking.ImportInto);
                int module = Add(plan.Build());
                string name = ModuleGenerator.Name("m", i);
                Instantiate(module, name, generator, plan);
                // What may fail is not there to be linked to.
                if (!plan.MayFail) linking.Offer(plan, name);
                Invoke(invokes, 1 + d.Below(2));
                // A second instance, which takes the name from the first.
                if (d.OneIn(6)) Instantiate(module, d.OneIn(2) ? name : null, generator, plan);
                if (d.OneIn(4))
                {
                    _actions.Add(new CaseAction.Instantiate(Add(linking.Probe())));
                    _instances.Add(default);
                }
            }
            Invoke(invokes, 2 + d.Below(4));
            for (int i = 0; i < _instances.Count; i++)
                if (_instances[i].Plan is { } plan) invokes.Look(plan, i);
            for (int i = 0; i < _instances.Count; i++)
                if (_instances[i].Plan is { MayFail: false } plan && d.OneIn(2)) invokes.Segments(plan, i);
            return new FuzzCase
            {
                Modules = [.. _modules],
                Actions = _actions.ToImmutable(),
                Features = _features,
                IsRelaxed = (_features & Features.RelaxedSimd) != 0,
            };
        }

        private int Add(Module module)
        {
            _features |= FeatureUse.Of(module);
            _modules.Add(new FuzzModule(module));
            return _modules.Count - 1;
        }

        private void Instantiate(int module, string? name, ModuleGenerator generator, ModulePlan plan)
        {
            _actions.Add(new CaseAction.Instantiate(module, name));
            _instances.Add((generator, plan));
        }

        private void Invoke(Invocations invokes, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int x = _instances.Count - 1 - d.Below(_instances.Count);
                // What may have failed is looked at, but not relied on.
                while (x > 0 && _instances[x].Plan is null or { MayFail: true }) x--;
                if (_instances[x].Generator is { } generator) invokes.Invoke(generator, x);
            }
        }
    }
}
