using Conformance.Fuzz.Engines;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Execution;
using Wasm.Numerics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Tests.Engines;

/// <summary>The probe finds every choice that an engine can make.</summary>
public sealed class RelaxedProbeTests
{
    private static IRuntime Reference(StoreOptions options) => new ReferenceRuntime(options);

    private static RelaxedFacts Probe(RelaxedChoices choices)
    {
        using var engine = new InProcessEngine(Reference(StoreOptions.Default with { Relaxed = choices }), Profile.Wasm3);
        return RelaxedProbe.Run(engine, Reference);
    }

    public static TheoryData<RelaxedChoices> Choices =>
    [
        RelaxedChoices.Deterministic,
        new() { Fmadd = 1 }, new() { Fmin = 1 }, new() { Fmin = 2 }, new() { Fmin = 3 }, new() { Fmax = 1 }, new() { Fmax = 2 }, new() { Fmax = 3 },
        new() { Idot = 1 }, new() { Idot = 2 }, new() { Iq15mulr = 1 }, new() { TruncU = 1 }, new() { TruncU = 2 }, new() { TruncU = 3 }, new() { TruncS = 1 }, new() { Swizzle = 1 }, new() { Laneselect = 1 }, new() { Laneselect = 2 }, new() { Laneselect = 3 },
        new() { Fmadd = 1, Fmin = 2, Fmax = 3, Idot = 1, Iq15mulr = 1, TruncU = 2, TruncS = 1, Swizzle = 1, Laneselect = 1 },
    ];

    [Theory]
    [MemberData(nameof(Choices))]
    public void Every_choice_is_found(RelaxedChoices choices)
    {
        var facts = Probe(choices);
        Assert.Empty(facts.Problems);
        Assert.Equal(choices, facts.Choices);
    }

    [Fact]
    public void What_is_no_choice_or_changes_is_a_problem()
    {
        using var engine = new Fickle(new InProcessEngine(Reference(StoreOptions.Default), Profile.Wasm3));
        var facts = RelaxedProbe.Run(engine, Reference);
        Assert.Contains(facts.Problems, p => p is { Mnemonic: "f32x4.relaxed_madd" } && p.What.Contains("is no choice of fmadd", StringComparison.Ordinal));
        Assert.Contains(facts.Problems, p => p.What.Contains(", then ", StringComparison.Ordinal));
    }

    /// <summary>Answers the first question of the second run otherwise, and the second one always.</summary>
    private sealed class Fickle(InProcessEngine engine) : ICaseEngine
    {
        public RuntimeInfo Info => engine.Info;

        public System.Collections.Immutable.ImmutableArray<CaseResult> Run(System.Collections.Immutable.ImmutableArray<Case> cases)
        {
            var results = engine.Run(cases);
            var wrong = new ActionResult.Ended(new Outcome.Returned([Value.I64(1), Value.I64(2)]));
            return [new(results[0].Results.SetItem(2, wrong)), new(results[1].Results.SetItem(1, wrong).SetItem(2, wrong))];
        }

        public void Dispose() => engine.Dispose();
    }
}
