using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Validation;

namespace Conformance.Fuzz.Tests.Generating;

/// <summary>Cases of the layers <c>module</c> and <c>script</c>.</summary>
public class ModulesTests
{
    public static TheoryData<string> Layers => ["module", "script"];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_module_is_valid_with_the_features_that_its_case_names(string layer)
    {
        foreach (var (features, count) in new[] { (Features.Wasm3, 1500), (Features.All, 1500), (Features.Wasm2, 300), (Features.None, 200) })
            for (ulong seed = 0; seed < (ulong)(layer == "script" ? count / 4 : count); seed++)
                Check(Make(layer, seed, features), features, $"{layer} {seed} with {features}");
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Any_tape_gives_a_valid_case(string layer)
    {
        var random = new Random(1);
        for (int i = 0; i < (layer == "script" ? 100 : 400); i++)
        {
            byte[] tape = new byte[i * 4];
            if (i % 8 != 1) random.NextBytes(tape);
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
            Assert.Equal(made.Actions.Select(a => a.ToString()), again.Actions.Select(a => a.ToString()));
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Cases_end_and_most_of_their_actions_return(string layer)
    {
        // Steps are counted, so that a case without an end would be seen as one.
        var runner = new CaseRunner(new ReferenceRuntime(StoreOptions.Default with { Fuel = 300_000 }), Profile.All);
        int actions = 0, returned = 0, trapped = 0, threw = 0, exhausted = 0, useless = 0;
        int count = layer == "script" ? 200 : 600;
        for (ulong seed = 0; seed < (ulong)count; seed++)
        {
            int useful = 0;
            foreach (var result in runner.Run(Make(layer, seed, Features.All).ToCase()).Results)
            {
                actions++;
                switch (result)
                {
                    case ActionResult.Digested: returned++; break;
                    case ActionResult.Ended { Outcome: Outcome.Returned }: returned++; useful++; break;
                    case ActionResult.Ended { Outcome: Outcome.Trapped }: trapped++; useful++; break;
                    case ActionResult.Ended { Outcome: Outcome.Threw }: threw++; useful++; break;
                    case ActionResult.Ended { Outcome: Outcome.Exhausted }: exhausted++; break;
                    case ActionResult.Ended { Outcome: Outcome.Unlinkable }: break;
                    case ActionResult.NotRun: break;
                    default: Assert.Fail($"{layer} {seed}: {result}"); break;
                }
            }
            if (useful < 3) useless++;
        }
        Assert.True(exhausted * 50 < actions, $"{exhausted} of {actions} exhausted");
        Assert.True(useless * 33 < count, $"{useless} of {count} of no use");
        Assert.True(returned * 10 > actions * 7, $"{returned} of {actions} returned");
        Assert.True(trapped > 50 && threw > 5, $"{trapped} trapped, {threw} threw");
    }

    /// <summary>The reference gives the first operand's NaN, or the canonical one: what it observes is the same only if no open NaN is ever seen.</summary>
    [Theory]
    [MemberData(nameof(Layers))]
    public void Which_NaN_an_operator_chooses_is_never_seen(string layer)
    {
        var one = new CaseRunner(new ReferenceRuntime(StoreOptions.Default with { Fuel = 300_000 }), Profile.All);
        var other = new CaseRunner(new ReferenceRuntime(StoreOptions.Deterministic with { Fuel = 300_000 }), Profile.All);
        for (ulong seed = 0; seed < (layer == "script" ? 200UL : 600UL); seed++)
        {
            var made = Make(layer, seed, Features.All).ToCase();
            Assert.Equal(Seen(one.Run(made)), Seen(other.Run(made)));
        }
    }

    /// <summary>Each instruction of the table is generated, by the layers that make modules of their own.</summary>
    [Fact]
    public void No_instruction_is_out_of_reach()
    {
        var missing = InstrTable.Rows.Select(r => r.Op).ToHashSet();
        for (ulong seed = 0; seed < 4000 && missing.Count > 0; seed++)
            foreach (var layer in Generator.Layers)
            {
                if (layer.Name is "damage" or "text") continue;    // made of the others
                foreach (var module in Make(layer.Name, seed, Features.All).Modules)
                    foreach (var func in module.Syntax!.Funcs)
                        foreach (var instr in func.Body.Instrs) missing.Remove(instr.Op);
            }
        Assert.True(missing.Count == 0, $"never generated: {string.Join(' ', missing)}");
    }

    private static IEnumerable<string> Seen(CaseResult result) => result.Results.Select(r => $"{r} {string.Join(' ', r.Trace)}");

    private static FuzzCase Make(string layer, ulong seed, Features features) =>
        Generator.Find(layer)!.Generate(Generator.DecisionsOf(new CaseName(Generator.Version, layer, seed)), new GeneratorOptions(features));

    private static void Check(FuzzCase made, Features available, string name)
    {
        try
        {
            Assert.Equal(Features.None, made.Features & ~available);
            var profile = new Profile("case", made.Features, SpecVersion.V3);
            foreach (var module in made.Modules)
                _ = Validator.Validate(BinaryDecoder.Decode(module.Bytes, profile), new Engine(), profile);
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{name}: {e}");
        }
    }
}
