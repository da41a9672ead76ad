using Conformance.Fuzz.Damage;
using Conformance.Harness.Cases;

namespace Conformance.Fuzz.Generating;

/// <summary>
/// Layer <c>damage</c>: a valid module of another layer with one mistake in its instructions, types or outline, or with damaged bytes; engines and
/// reference must agree on whether it is a module.
/// </summary>
/// <param name="whole">Makes the modules that are damaged.</param>
public sealed class DamageLayer(ILayer whole) : ILayer
{
    public string Name => "damage";

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        var from = whole.Generate(decisions, options);
        var module = from.Modules[decisions.Below(from.Modules.Length)];
        FuzzModule damaged;
        if (decisions.Below(4) < 3 && module.Syntax is { } syntax)
            damaged = new FuzzModule(decisions.Below(3) < 2 ? OutlineMutator.Mutate(syntax, decisions) ?? syntax : InstrMutator.Mutate(syntax, syntax, decisions) ?? syntax);
        else
            damaged = new FuzzModule((decisions.OneIn(2) ? SectionMutator.Mutate(module.Bytes, decisions) : null) ?? Mutator.Mutate(module.Bytes, module.Bytes, text: false, decisions));
        // What the damage may need beyond the whole module's features, the comparison finds out.
        return new FuzzCase { Modules = [damaged], Actions = [new CaseAction.Load(0)], Features = from.Features, MayBeRefused = true };
    }
}
