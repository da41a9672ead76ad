using System.Text;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Conformance.Harness.Workers;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Tests.Workers;

public class FeatureGateTests
{
    private static readonly Outcome Rejected = new Outcome.Rejected("no");
    private static readonly Outcome Loaded = new Outcome.Loaded(new Module());

    private sealed record Module : IModule;

    private static Outcome Explain(string fields, Outcome outcome, string profile, Features features, bool obeys = false) =>
        FeatureGate.Explain(outcome, BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes($"(module {fields})"), Profile.All)), Profiles.Parse(profile), features, obeys);

    private const Features WithoutMemory64 = Features.Wasm3 & ~Features.Memory64;

    [Fact]
    public void A_valid_module_that_needs_what_the_engine_lacks_is_unsupported() =>
        Assert.Equal(new Outcome.Unsupported("the engine lacks memory64"), Explain("(memory i64 1)", Rejected, "3.0", WithoutMemory64));

    [Fact]
    public void A_valid_module_that_does_not_need_it_is_rejected() => Assert.Same(Rejected, Explain("(memory 1)", Rejected, "3.0", WithoutMemory64));

    [Fact]
    public void An_invalid_module_is_rejected_for_the_right_reason() => Assert.Same(Rejected, Explain("(func (result i32) i64.const 0)", Rejected, "3.0", WithoutMemory64));

    [Fact]
    public void An_invalid_module_that_is_refused_for_the_sake_of_the_feature_is_unsupported() =>
        Assert.IsType<Outcome.Unsupported>(Explain("(memory i64 1) (func (result i32) i64.const 0 i32.load8_u i64.extend_i32_u)", Rejected, "3.0", WithoutMemory64));

    [Fact]
    public void Two_missing_features_are_both_named() =>
        Assert.Equal(new Outcome.Unsupported("the engine lacks simd, memory64"), Explain("(memory i64 1) (func (drop (v128.load (i64.const 0))))", Rejected, "3.0", WithoutMemory64 & ~Features.Simd));

    [Fact]
    public void What_is_valid_with_more_than_was_asked_for_is_unsupported_unless_the_engine_obeys()
    {
        Assert.IsType<Outcome.Unsupported>(Explain("(memory 1) (memory 1)", Loaded, "1.0", Features.Wasm3));
        Assert.Same(Loaded, Explain("(memory 1) (memory 1)", Loaded, "1.0", Features.Wasm3, obeys: true));
        Assert.Same(Loaded, Explain("(memory 1)", Loaded, "1.0", Features.Wasm3));
    }

    [Fact]
    public void A_module_that_is_invalid_with_everything_is_wrongly_taken() => Assert.Same(Loaded, Explain("(func (result i32) i64.const 0)", Loaded, "1.0", Features.Wasm3));
}
