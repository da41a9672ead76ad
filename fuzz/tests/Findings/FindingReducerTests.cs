using System.Collections.Immutable;
using System.Text;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Findings;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Tests.Findings;

/// <summary>What becomes of a case on which an engine with a bug differs: the engine is the reference, which takes one instruction for another.</summary>
public sealed class FindingReducerTests
{
    /// <summary>The reference with an instruction that does what another one does.</summary>
    private sealed class Mistaken(Op op, Op other, StoreOptions options) : ICaseEngine
    {
        private readonly CaseRunner _runner = new(new ReferenceRuntime(options), Profile.Wasm3);

        public RuntimeInfo Info { get; } = new ReferenceRuntime().Info with { Name = "mistaken" };

        public int Runs { get; private set; }

        public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases)
        {
            Runs += cases.Length;
            return [.. cases.Select(c => _runner.Run(c with { Modules = [.. c.Modules.Select(Changed)] }))];
        }

        private byte[] Changed(byte[] bytes)
        {
            var module = BinaryDecoder.Decode(bytes, Profile.Wasm3);
            return BinaryEncoder.Encode(module with { Funcs = [.. module.Funcs.Select(f => f with { Body = new Expr([.. f.Body.Instrs.Select(i => i.Op == op ? i with { Op = other } : i)]) })] });
        }

        public void Dispose() { }
    }

    private static FuzzCase Case(string[] modules, params CaseAction[] actions) => new()
    {
        Modules = [.. modules.Select(m => new FuzzModule(TextParser.ParseModule(Encoding.UTF8.GetBytes(m), Profile.Wasm3) with { Customs = [] }))],
        Actions = [.. actions],
        Features = Features.Wasm3,
    };

    private static Reduction? Reduce(FuzzCase found, Op op, Op other, out FindingReducer reducer) => Reduce(found, new Mistaken(op, other, new StoreOptions { Fuel = 100_000 }), Reference, out reducer);

    private static Reduction? Reduce(FuzzCase found, Mistaken engine, IArbiter arbiter, out FindingReducer reducer)
    {
        reducer = new FindingReducer(arbiter, Described(engine), engine);
        return reducer.Reduce(found, TimeSpan.FromMinutes(1));
    }

    private static CampaignEngine Described(Mistaken engine) => new(engine.Info, "mistaken", false, () => engine);

    private static ReferenceArbiter Reference => new(limits => new ReferenceRuntime(limits));

    /// <summary>Each function computes something that is not zero by <c>i32.sub</c>, for which the engine takes <c>i32.add</c>.</summary>
    [Theory]
    [InlineData("three blocks, each in the other", """
        (block (result i32) (loop (result i32) (if (result i32) (local.get 0) (then (drop (i32.popcnt (local.get 0))) (i32.sub (i32.const 9) (i32.const 4))) (else (i32.const 1)))))
        """)]
    [InlineData("out of blocks by branches", """
        (block (result i32) (block (result i32) (br_if 1 (i32.sub (i32.const 9) (local.get 0)) (i32.const 1))) (i32.const 5) (i32.add))
        """)]
    [InlineData("a br_table and code behind it", """
        (block (result i32) (block (result i32) (br_table 0 1 0 (i32.sub (local.get 0) (i32.const 2)) (i32.const 0)) (i32.const 77) (drop) (i32.const 5)) (i32.const 1) (i32.mul))
        """)]
    [InlineData("operands that take long to compute", """
        (i32.sub (i32.load (i32.mul (i32.const 4) (i32.load (i32.const 0)))) (i32.mul (i32.const 3) (call $callee (i32.const 3) (i64.const 1))))
        """)]
    [InlineData("locals", """
        (local $x i32) (local $y i32)
        (local.set $x (i32.const 5)) (local.set $y (i32.sub (local.get $x) (i32.const 1))) (local.set $x (i32.const 0)) (i32.xor (local.get $y) (local.get $x))
        """)]
    [InlineData("statements between operands", """
        (i32.const 3) (call $emit (i32.const 8)) (global.set $g (i32.const 2)) (i32.const 2) (call $emit (i32.const 9)) (i32.sub)
        """)]
    [InlineData("a callee", "(i32.mul (call $subtracts (i64.const 7) (local.get 0)) (i32.const 3))")]
    [InlineData("a callee by way of a table", "(call_indirect $t (type $callee) (local.get 0) (i64.const 7) (i32.const 1))")]
    [InlineData("a callee whose operands call it", "(call $second (i64.extend_i32_s (call $second (i64.const 1) (local.get 0))) (call $second (i64.const 2) (i32.sub (i32.const 1) (local.get 0))))")]
    [InlineData("a tail call", "(return_call $subtracts (i64.const 7) (local.get 0))")]
    [InlineData("a recursive callee", "(call $recursive (i32.const 3))")]
    [InlineData("a condition", "(if (result i32) (i32.sub (local.get 0) (i32.const 7)) (then (i32.const 1)) (else (i32.const 2)))")]
    [InlineData("a loop that counts", """
        (local $i i32) (local $x i32)
        (loop $l (local.set $x (i32.sub (i32.const 1) (local.get $x))) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 9))))
        (local.get $x)
        """)]
    [InlineData("several values of a block", "(block (result i32 i32 i64) (i32.const 1) (i32.sub (i32.const 1) (local.get 0)) (i64.const 1)) (drop) (i32.add)")]
    [InlineData("the trace", "(call $emit (i32.sub (i32.const 1) (local.get 0))) (i32.const 0)")]
    [InlineData("the memory", "(i32.store offset=8 (i32.const 4) (i32.sub (i32.const 1) (local.get 0))) (i32.const 0)")]
    [InlineData("a global", "(global.set $g (i32.sub (i32.const 1) (local.get 0))) (call $look)")]
    [InlineData("an object", "(struct.get $s 0 (struct.new $s (i32.sub (i32.const 1) (local.get 0)) (ref.i31 (i32.const 1))))")]
    [InlineData("a caught exception", "(block $h (result i32) (try_table (catch $e $h) (throw $e (i32.sub (i32.const 1) (local.get 0)))) (i32.const 0))")]
    [InlineData("a float", "(i32.reinterpret_f32 (f32.convert_i32_s (i32.sub (i32.const 1) (local.get 0))))")]
    [InlineData("a vector", "(i32x4.extract_lane 2 (i32x4.splat (i32.sub (i32.const 1) (local.get 0))))")]
    public void A_wrong_value_is_left_alone(string where, string body)
    {
        string module = $$"""
            (module
              (type $s (struct (field i32) (field (ref i31))))
              (import "host" "emit32" (func $emit (param i32)))
              (memory (export "mem") 1)
              (data (i32.const 0) "\02\00\00\00\00\00\00\00\63\00\00\00")
              (global $g (export "g") (mut i32) (i32.const 0))
              (tag $e (param i32))
              (type $callee (func (param i32 i64) (result i32)))
              (table $t 2 funcref)
              (elem (table $t) (i32.const 0) func $callee $subtracts2)
              (func $callee (type $callee) (i32.add (i32.const 11) (local.get 0)))
              (func $subtracts2 (type $callee) (i32.sub (i32.wrap_i64 (local.get 1)) (local.get 0)))
              (func $subtracts (param i64 i32) (result i32) (if (local.get 1) (then (return (i32.sub (local.get 1) (i32.wrap_i64 (local.get 0)))))) (i32.const 0))
              (func $recursive (param i32) (result i32) (if (i32.eqz (local.get 0)) (then (return (i32.sub (i32.const 9) (i32.const 1))))) (i32.add (i32.const 1) (call $recursive (i32.add (local.get 0) (i32.const -1)))))
              (func $second (param i64 i32) (result i32) (i32.mul (local.get 1) (i32.const 3)))
              (func $look (result i32) (global.get $g))
              (func (export "f") (param i32) (result i32) {{body}}))
            """;
        var found = Case([module], new CaseAction.Instantiate(0, "m"), new CaseAction.Invoke(0, "f", [Value.I32(7)]), new CaseAction.Get(0, "g"), new CaseAction.Digest(0, "mem"));
        var reduction = Reduce(found, Op.I32Sub, Op.I32Add, out var reducer)!;

        Assert.True(reduction.IsMinimal);
        Assert.True(reduction.Instrs <= 3, $"{where}: {reduction.Instrs} instructions: {string.Join(" | ", reduction.Case.Modules.SelectMany(m => m.Syntax!.Funcs).Select(f => string.Join(' ', f.Body.Instrs)))}");
        Assert.NotNull(reducer.Difference(reduction.Case));
    }

    [Fact]
    public void Modules_that_only_hand_on_go()
    {
        var found = Case(
            ["""(module (global (export "g") i32 (i32.const 5)) (func (export "h") (param f64 i32) (result i32 f64) (i32.sub (local.get 1) (i32.const 1)) (local.get 0)))""",
            """
            (module (import "a" "g" (global $g i32)) (import "a" "h" (func $h (param f64 i32) (result i32 f64))) (memory (export "mem") 1)
              (func $start (i32.const 8) (call $h (f64.const 1) (global.get $g)) (drop) (i32.store))
              (start $start))
            """],
            new CaseAction.Instantiate(0, "a"), new CaseAction.Instantiate(1), new CaseAction.Memory(1, "mem", 0, 64));
        var reduction = Reduce(found, Op.I32Sub, Op.I32Add, out _)!;

        Assert.Single(reduction.Case.Modules);
        Assert.InRange(reduction.Instrs, 3, 6);
    }

    [Fact]
    public void How_it_differs_stays_so()
    {
        // The values differ too.
        const string Module = """
            (module (memory 1) (func (export "f") (param i32) (result i32) (i32.add (i32.sub (i32.const 5) (i32.const 4)) (i32.load (i32.mul (i32.const 65536) (i32.sub (i32.const 1) (local.get 0)))))))
            """;
        var found = Case([Module], new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(1)]));
        var reduction = Reduce(found, Op.I32Sub, Op.I32Add, out var reducer)!;

        Assert.Equal("returned -> trapped", reduction.Class);
        Assert.Equal("returned -> trapped", reducer.Difference(reduction.Case)!.Class);
        Assert.InRange(reduction.Instrs, 4, 6);
    }

    [Fact]
    public void What_runs_forever_is_not_even_sent()
    {
        const string Module = """
            (module (func (export "f") (param i32) (result i32) (local $i i32)
              (local.set $i (i32.const 100))
              (loop $l (local.set $i (i32.add (local.get $i) (i32.const -1))) (br_if $l (local.get $i)))
              (call $g (local.get 0)))
              (func $g (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1))))
            """;
        var engine = new Mistaken(Op.I32Sub, Op.I32Add, new StoreOptions { Fuel = 1_000_000 });
        var arbiter = new Counting(Reference);
        var reduction = Reduce(Case([Module], new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(3)])), engine, arbiter, out _)!;

        Assert.InRange(reduction.Instrs, 1, 3);
        Assert.Equal(5_000UL, arbiter.Fuels.Where(f => f < 100_000).Distinct().Single());
        Assert.True(engine.Runs <= reduction.Tried + 2);
    }

    /// <summary>Remembers the steps that it was given, and says of what is determined what it is told.</summary>
    private sealed class Counting(IArbiter arbiter) : IArbiter
    {
        public Func<FuzzCase, bool> Determined { get; init; } = _ => true;

        public bool IsDetermined(FuzzCase fuzzCase, Case sent, CaseResult expected, CampaignEngine engine, ulong fuel) => Determined(fuzzCase);

        public List<ulong> Fuels { get; } = [];

        public CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine) => arbiter.Expect(fuzzCase, sent, engine);

        public CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine, ulong fuel)
        {
            Fuels.Add(fuel);
            return arbiter.Expect(fuzzCase, sent, engine, fuel);
        }

        public Verdict Compare(FuzzCase fuzzCase, Case sent, CaseResult expected, CaseResult observed, CampaignEngine engine) => arbiter.Compare(fuzzCase, sent, expected, observed, engine);
    }

    [Theory]
    [InlineData("(f32.div (f32.const 0) (f32.const 0))", false)]
    [InlineData("(f32.add (f32.const -nan:0x200000) (f32.const 1))", false)]
    [InlineData("(f32.neg (f32.const nan:0x200000))", true)]
    [InlineData("(select (f32.const nan) (f32.div (f32.const 0) (f32.const 0)) (i32.const 1))", true)]
    public void A_NaN_of_which_there_may_be_several_determines_nothing(string value, bool determined)
    {
        var found = Case([$"""(module (func (export "f") (result i32) (i32.reinterpret_f32 {value})))"""], new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", []));
        var engine = new Mistaken(Op.I32Sub, Op.I32Sub, new StoreOptions());
        var arbiter = Reference;
        Assert.Equal(determined, arbiter.IsDetermined(found, found.ToCase(), arbiter.Expect(found, found.ToCase(), null), Described(engine), 1000));
    }

    [Fact]
    public void What_is_not_determined_is_no_smaller_case()
    {
        var found = Case(["""(module (func (export "f") (param i32) (result i32) (drop (i32.popcnt (i32.const 1))) (i32.sub (i32.const 3) (i32.const 1))))"""],
            new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(7)]));
        var engine = new Mistaken(Op.I32Sub, Op.I32Add, new StoreOptions());
        var arbiter = new Counting(Reference) { Determined = c => c.Modules.Any(m => m.Syntax!.Funcs.Any(f => f.Body.Instrs.Any(i => i.Op == Op.I32Popcnt))) };
        var reduction = Reduce(found, engine, arbiter, out _)!;

        Assert.Contains(reduction.Case.Modules[0].Syntax!.Funcs[0].Body.Instrs, i => i.Op == Op.I32Popcnt);
        Assert.Contains(reduction.Case.Modules[0].Syntax!.Funcs[0].Body.Instrs, i => i.Op == Op.I32Sub);
    }

    [Fact]
    public void An_engine_that_does_not_differ_has_nothing_to_reduce() =>
        Assert.Null(Reduce(Case(["""(module (func (export "f")))"""], new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [])), Op.I32Sub, Op.I32Add, out _));
}
