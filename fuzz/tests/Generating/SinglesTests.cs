using Conformance.Fuzz.Generating;
using Conformance.Fuzz.Generating.Singles;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Fuzz.Tests.Generating;

/// <summary>Cases of the layers <c>single</c> and <c>chain</c>.</summary>
public class SinglesTests
{
    public static TheoryData<string> Layers => ["single", "chain"];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_case_is_valid_with_the_features_that_it_names(string layer)
    {
        foreach (var (features, count) in new[] { (Features.Wasm3, 1500), (Features.All, 1500), (Features.Wasm2, 300), (Features.None, 300) })
        {
            var options = new GeneratorOptions(features);
            for (ulong seed = 0; seed < (ulong)count; seed++)
            {
                var made = Generator.Find(layer)!.Generate(Generator.DecisionsOf(new CaseName(Generator.Version, layer, seed)), options);
                Check(made, features, $"{layer} {seed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Any_tape_gives_a_valid_case(string layer)
    {
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] tape = new byte[i];
            if (i > 1) random.NextBytes(tape);
            Check(Generator.Find(layer)!.Generate(Decisions.FromTape(tape), new GeneratorOptions(Features.All)), Features.All, $"tape {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_tape_gives_the_same_case_again(string layer)
    {
        var options = new GeneratorOptions(Features.All);
        for (ulong seed = 0; seed < 200; seed++)
        {
            var decisions = Generator.DecisionsOf(new CaseName(Generator.Version, layer, seed));
            var made = Generator.Find(layer)!.Generate(decisions, options);
            var again = Generator.Find(layer)!.Generate(Decisions.FromTape(decisions.Tape), options);
            Assert.Equal(made.Modules.Select(m => m.Bytes), again.Modules.Select(m => m.Bytes));
            Assert.Equal(made.Actions.AsEnumerable(), again.Actions);
            Assert.Equal(made.NaNs.SelectMany(n => n.Sets), again.NaNs.SelectMany(n => n.Sets));
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_reference_runs_every_case_and_seldom_lacks_a_resource(string layer)
    {
        var options = new GeneratorOptions(Features.All);
        using var reference = new InProcessEngine(new ReferenceRuntime(), Profile.All);
        int ended = 0, exhausted = 0, trapped = 0;
        for (ulong seed = 0; seed < 2000; seed++)
        {
            var made = Generator.Find(layer)!.Generate(Generator.DecisionsOf(new CaseName(Generator.Version, layer, seed)), options);
            var results = reference.Run(made.ToCase()).Results;
            Assert.True(results.Length == made.Actions.Length && results[0] is ActionResult.Ended { Outcome: Outcome.Returned }, $"{layer} {seed}: {results[0]}");
            foreach (var result in results)
            {
                IEnumerable<Outcome?> outcomes = result switch { ActionResult.Swept swept => swept.Outcomes, ActionResult.Ended { Outcome: var outcome } => [outcome], _ => [] };
                foreach (var outcome in outcomes)
                {
                    ended++;
                    if (outcome is Outcome.Exhausted) exhausted++;
                    if (outcome is Outcome.Trapped) trapped++;
                }
            }
        }
        Assert.True(exhausted * 100 < ended, $"{exhausted} of {ended} invocations were exhausted");
        Assert.True(trapped * 2 < ended, $"{trapped} of {ended} invocations trapped");
    }

    [Fact]
    public void Every_row_of_the_instruction_table_is_tested_and_occurs_in_its_test()
    {
        Assert.Empty(InstrTable.Rows.Except(SingleLayer.RowsOf(Features.All)).Select(r => r.Mnemonic));
        var options = new GeneratorOptions(Features.All);
        foreach (var row in InstrTable.Rows)
        {
            bool occurs = false;
            for (ulong seed = 0; seed < 20 && !occurs; seed++)
                foreach (var func in SingleLayer.Generate(row, new Decisions(seed), options).Modules[0].Syntax!.Funcs)
                    foreach (var instr in func.Body.Instrs) occurs |= instr.Op == row.Op;
            Assert.True(occurs, $"{row} does not occur");
        }
    }

    private static void Check(FuzzCase made, Features available, string name)
    {
        try
        {
            Assert.Equal(Features.None, made.Features & ~available);
            foreach (var module in made.Modules)
            {
                var profile = new Profile("case", made.Features, SpecVersion.V3);
                _ = Validator.Validate(BinaryDecoder.Decode(module.Bytes, profile), new Engine(), profile);
            }
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{name}: {e}");
        }
    }

    [Fact]
    public void A_relaxed_minimum_may_give_a_signalling_NaN_only_for_one()
    {
        var layer = Generator.Find("single")!;
        var sets = new HashSet<NaNSet>();
        for (ulong seed = 0; seed < 40_000 && sets.Count < 4; seed++)
        {
            var made = layer.Generate(Generator.DecisionsOf(new(Generator.Version, layer.Name, seed)), GeneratorOptions.Default);
            if (made.Subject != "f32x4.relaxed_min") continue;
            foreach (var places in made.NaNs) sets.UnionWith(places.Sets);
        }
        // No NaN or a canonical one; a quiet one; a signalling one; and what is no result.
        Assert.Equal([NaNSet.Exact, NaNSet.Canonical32, NaNSet.Arithmetic32, NaNSet.Any32], sets.Order());
    }
}
