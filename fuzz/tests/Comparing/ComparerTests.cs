using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Fuzz.Tests.Comparing;

/// <summary>What is equal, what is not, and what says nothing.</summary>
public sealed class ComparerTests
{
    private static readonly EngineFacts Facts = new(Features.Wasm3, ObeysProfiles: false, Features.Wasm3);

    private static readonly FuzzCase Case = new() { Modules = [new FuzzModule(new Module())], Actions = [.. Enumerable.Repeat(new CaseAction.Get(0, "x"), 8)], Features = Features.None };

    private static readonly Outcome Exhausted = new Outcome.Exhausted("call stack exhausted");

    private static Outcome Returned(params Value[] values) => new Outcome.Returned([.. values]);

    private static Outcome Trap(params TrapKind[] kinds) => new Outcome.Trapped([.. kinds], "some words", []);

    private static Outcome Threw(string? tag, params Value[] values) => new Outcome.Threw(tag, [.. values]);

    private static CaseResult Result(params ActionResult[] results) => new([.. results]);

    private static CaseResult Ends(params Outcome[] outcomes) => Result([.. outcomes.Select(o => new ActionResult.Ended(o))]);

    private static string Compare(CaseResult reference, CaseResult observed, FuzzCase? @case = null, EngineFacts? facts = null, Func<CaseResult>? floor = null) =>
        Comparer.Compare(@case ?? Case, reference, observed, facts ?? Facts, floor) switch
        {
            Verdict.Agree => "agree",
            Verdict.Inconclusive v => $"{v.Action} inconclusive: {v.Cause}",
            Verdict.Difference v => $"{v.Action} {v.Class}",
            var other => other.ToString(),
        };

    private static string Compare(Outcome reference, Outcome observed) => Compare(Ends(Returned(), reference), Ends(Returned(), observed));

    /// <summary>One outcome of each kind: rows the reference's, columns the engine's.</summary>
    private static readonly (string Name, Outcome Outcome)[] Each =
    [
        ("returned", Returned()), ("malformed", new Outcome.Malformed("")), ("invalid", new Outcome.Invalid("")), ("rejected", new Outcome.Rejected("")),
        ("unlinkable", new Outcome.Unlinkable("")), ("trapped", Trap(TrapKind.DivZero)), ("threw", Threw("0:t")), ("suspended", new Outcome.Suspended("")), ("exhausted", Exhausted),
        ("inapplicable", new Outcome.Inapplicable("")), ("unsupported", new Outcome.Unsupported("")), ("limit", new Outcome.AdapterLimit("")), ("timed out", new Outcome.TimedOut("")),
        ("crashed", new Outcome.Crashed("")),
    ];

    /// <summary>The whole matrix. Whoever loosens the policy changes a letter here.</summary>
    [Fact]
    public void Every_pair_of_ends_has_its_verdict()
    {
        string[] wanted =
        [
            "returned     =xxxxxxx?x??!!",
            "malformed    x=x=xxxx?x??!!",
            "invalid      xx==xxxx?x??!!",
            "rejected     x===xxxx?x??!!",
            "unlinkable   xxxx=xxx?x??!!",
            "trapped      xxxxx=xx?x??!!",
            "threw        xxxxxx=x?x??!!",
            "suspended    xxxxxxx=?x??!!",
            "exhausted    ?????????????!",
            "inapplicable xxxxxxxx?=??!!",
            "unsupported  xxxxxxxx?x??!!",
            "limit        xxxxxxxx?x??!!",
            "timed out    ?????????????!",
            "crashed      xxxxxxxx?x??!!",
        ];
        // Modules are valid and the engine has all features, so a refusal cannot be explained by one.
        var made = Each.Select(r => $"{r.Name,-12} {string.Concat(Each.Select(o => Compare(r.Outcome, o.Outcome) switch
        {
            "agree" => '=',
            "1 crash" or "1 hang" => '!',
            var text => text.StartsWith("1 inconclusive", StringComparison.Ordinal) ? '?' : 'x',
        }))}");
        Assert.Equal(wanted, made);
    }

    [Fact]
    public void Values_are_bits_and_types()
    {
        Assert.Equal("agree", Compare(Returned(Value.I32(1), Value.I64(2)), Returned(Value.I32(1), Value.I64(2))));
        Assert.Equal("1 values", Compare(Returned(Value.I32(1)), Returned(Value.I32(2))));
        Assert.Equal("1 values", Compare(Returned(Value.I32(1)), Returned(Value.I64(1))));
        Assert.Equal("1 values", Compare(Returned(Value.I32(1)), Returned(Value.I32(1), Value.I32(1))));
        Assert.Equal("1 values", Compare(Returned(), Returned(Value.I32(0))));
    }

    [Fact]
    public void A_trap_is_of_a_kind_that_the_message_stands_for()
    {
        Assert.Equal("agree", Compare(Trap(TrapKind.DivZero), Trap(TrapKind.DivOverflow, TrapKind.DivZero)));
        Assert.Equal("1 trap DivZero -> DivOverflow", Compare(Trap(TrapKind.DivZero), Trap(TrapKind.DivOverflow)));
        Assert.Equal("1 trap of no known kind", Compare(Trap(TrapKind.DivZero), Trap()));
    }

    [Fact]
    public void Where_two_rules_trap_either_kind_is_right_and_no_other()
    {
        Assert.Equal("agree", Compare(Trap(TrapKind.ArrayOob), Trap(TrapKind.ArrNewDataOob)));
        Assert.Equal("agree", Compare(Trap(TrapKind.ArrayOob), Trap(TrapKind.TableOob, TrapKind.ArrNewElemOob)));
        Assert.Equal("1 trap ArrNewDataOob -> ArrayOob", Compare(Trap(TrapKind.ArrNewDataOob), Trap(TrapKind.ArrayOob)));
        Assert.Equal("1 trap ArrayOob -> TableOob", Compare(Trap(TrapKind.ArrayOob), Trap(TrapKind.TableOob)));
    }

    [Fact]
    public void A_module_that_an_engine_may_refuse_says_nothing()
    {
        var taken = Returned();
        Assert.Equal("1 inconclusive: the engine may refuse it",
            Compare(taken, new Outcome.Rejected("initial table size (4294967296 elements) is larger than implementation limit (10000000 elements)")));
        Assert.Equal("1 inconclusive: the engine may refuse it", Compare(taken, new Outcome.Rejected("Compiling function #6 failed: module uses a mix of legacy and new exception handling instructions @+1209")));
        Assert.Equal("1 inconclusive: the engine may refuse it", Compare(taken, new Outcome.Rejected("Module uses both legacy exceptions and try_table")));
        Assert.Equal("1 returned -> rejected: type mismatch", Compare(taken, new Outcome.Rejected("type mismatch")));
    }

    [Fact]
    public void Refusals_differ_by_what_they_complain_of()
    {
        string Refused(string message) => Compare(Returned(), new Outcome.Rejected(message));
        Assert.Equal("1 returned -> rejected: ref.func index # isn't declared", Refused("WebAssembly.Module doesn't validate: ref.func index 8 isn't declared, in function at index 1"));
        Assert.Equal("1 returned -> rejected: type error in branch[#]", Refused("WebAssembly.Module(): Compiling function #2:\"f0\" failed: type error in branch[0] (expected i32, got i64) @+188"));
        Assert.Equal("1 invalid -> returned: type mismatch", Compare(new Outcome.Invalid("type mismatch: instruction requires [i64] but stack has [i32] at 0x2fb"), Returned()));
    }

    [Fact]
    public void An_exception_is_its_tag_and_what_both_tell_of_its_payload()
    {
        Assert.Equal("agree", Compare(Threw("0:t", Value.I32(1)), Threw("0:t", Value.I32(1))));
        Assert.Equal("1 tag", Compare(Threw("0:t"), Threw("0:u")));
        Assert.Equal("1 tag", Compare(Threw("0:t"), Threw(null)));
        Assert.Equal("1 tag", Compare(Threw(null), Threw("0:t")));
        Assert.Equal("1 payload", Compare(Threw("0:t", Value.I32(1)), Threw("0:t", Value.I32(2))));
        Assert.Equal("1 payload", Compare(Threw("0:t", Value.I32(1)), Threw("0:t")));
        Assert.Equal("agree", Compare(new Outcome.Threw("0:t", default), Threw("0:t", Value.I32(3))));
    }

    [Fact]
    public void The_first_difference_counts_and_nothing_after_what_says_nothing()
    {
        Assert.Equal("1 values", Compare(Ends(Returned(), Returned(), Returned()), Ends(Returned(), Returned(Value.I32(1)), Trap())));
        Assert.Equal("1 inconclusive: exhaustion", Compare(Ends(Returned(), Returned(), Returned()), Ends(Returned(), Exhausted, Trap())));
        Assert.Equal("0 values", Compare(Ends(Returned(Value.I32(1)), Returned()), Ends(Returned(Value.I32(2)), Exhausted)));
        Assert.Equal("1 inconclusive: exhaustion of the reference", Compare(Ends(Returned(), Exhausted), Ends(Returned(), Returned())));
    }

    [Fact]
    public void Exhaustion_by_little_is_a_difference()
    {
        var reference = Ends(Returned(), Returned(Value.I32(5)));
        var observed = Ends(Returned(), Exhausted);
        Assert.Equal("1 exhaustion", Compare(reference, observed, floor: () => reference));
        Assert.Equal("1 inconclusive: exhaustion", Compare(reference, observed, floor: () => observed));
        Assert.Equal("1 inconclusive: exhaustion", Compare(reference, observed, floor: () => Ends(Returned(), Returned(Value.I32(uint.MaxValue)))));
        Assert.Equal("agree", Compare(reference, reference, floor: () => throw new InvalidOperationException("nobody is exhausted")));
    }

    [Fact]
    public void Losses_differ_at_the_action_that_caused_them_whatever_it_reads()
    {
        var digest = new ActionResult.Digested(65536, 1);
        Assert.Equal("1 crash", Compare(Result(digest, digest, digest), Result(digest, new ActionResult.Ended(new Outcome.Crashed("signal 11")))));
        Assert.Equal("1 hang", Compare(Result(digest, digest, digest), Result(digest, new ActionResult.Ended(new Outcome.TimedOut("no answer")))));
        Assert.Equal("1 no result", Compare(Result(digest, digest), Result(digest)));
        Assert.Equal("1 too many results", Compare(Result(digest), Result(digest, digest)));
        Assert.Equal("0 data -> inapplicable", Compare(Result(digest), Ends(new Outcome.Inapplicable("no memory"))));
        Assert.Equal("0 not run -> returned", Compare(Result(new ActionResult.NotRun()), Ends(Returned())));
        Assert.Equal("agree", Compare(Result(new ActionResult.NotRun()), Result(new ActionResult.NotRun())));
    }

    [Fact]
    public void Memories_are_compared_by_size_and_hash()
    {
        Assert.Equal("agree", Compare(Result(new ActionResult.Digested(65536, 1)), Result(new ActionResult.Digested(65536, 1))));
        Assert.Equal("0 memory", Compare(Result(new ActionResult.Digested(65536, 1)), Result(new ActionResult.Digested(65536, 2))));
        Assert.Equal("0 memory size", Compare(Result(new ActionResult.Digested(65536, 1)), Result(new ActionResult.Digested(131072, 1))));
        Assert.Equal("0 memory size", Compare(Result(new ActionResult.Bytes([1, 2])), Result(new ActionResult.Bytes([1, 2, 3]))));
    }

    [Theory]
    // f32: the set, the reference's bits, the engine's, whether they may stand there
    [InlineData(NaNSet.Exact, "0000c07f", "0000c0ff", false)]
    [InlineData(NaNSet.Canonical32, "0000c07f", "0000c0ff", true)]
    [InlineData(NaNSet.Canonical32, "0000c07f", "0100c07f", false)]
    [InlineData(NaNSet.Canonical32, "0100c07f", "0000c07f", true)]
    [InlineData(NaNSet.Canonical32, "0000c07f", "0000807f", false)]    // infinity
    [InlineData(NaNSet.Canonical32, "0000803f", "0000c07f", false)]    // the reference has a number
    [InlineData(NaNSet.Arithmetic32, "0000c07f", "0100c0ff", true)]
    [InlineData(NaNSet.Arithmetic32, "0000c07f", "0100807f", false)]   // signalling
    [InlineData(NaNSet.Arithmetic32, "0000807f", "000080ff", false)]   // infinities
    [InlineData(NaNSet.Canonical64, "000000000000f87f", "000000000000f8ff", true)]
    [InlineData(NaNSet.Canonical64, "000000000000f87f", "010000000000f8ff", false)]
    [InlineData(NaNSet.Arithmetic64, "000000000000f87f", "010000000000f8ff", true)]
    [InlineData(NaNSet.Arithmetic64, "000000000000f87f", "010000000000f07f", false)]
    [InlineData(NaNSet.Arithmetic64, "000000000000f03f", "000000000000f87f", false)]
    [InlineData(NaNSet.Any32, "0000c07f", "010080ff", true)]
    [InlineData(NaNSet.Any32, "0000c07f", "000080ff", false)]          // infinity
    [InlineData(NaNSet.Any64, "000000000000f87f", "010000000000f0ff", true)]
    [InlineData(NaNSet.Any64, "000000000000f87f", "000000000000f07f", false)]
    public void Where_several_NaNs_are_allowed_each_of_them_may_stand_and_nothing_else(NaNSet set, string expected, string observed, bool allowed)
    {
        byte[] Around(string hex) => [1, 2, 3, 4, .. Convert.FromHexString(hex), 5, 6, 7, 8];
        var @case = Case with { NaNs = [new NaNPlaces(0, [NaNSet.Exact, set])] };
        Assert.Equal(allowed ? "agree" : set == NaNSet.Exact ? "0 memory" : $"0 NaN {set}", Compare(Result(new ActionResult.Bytes(Around(expected))), Result(new ActionResult.Bytes(Around(observed))), @case));
        // In another action's bytes it is bits that count.
        Assert.Equal("0 memory", Compare(Result(new ActionResult.Bytes(Around(expected))), Result(new ActionResult.Bytes(Around(observed))), Case with { NaNs = [new NaNPlaces(1, [NaNSet.Exact, set])] }));
        // What is beside the place is not covered by it.
        byte[] beside = Around(expected);
        beside[^1]++;
        Assert.Equal("0 memory", Compare(Result(new ActionResult.Bytes(Around(expected))), Result(new ActionResult.Bytes(beside)), @case));
    }

    [Fact]
    public void Traces_are_compared_before_the_end_and_to_their_end()
    {
        ActionResult Traced(Outcome outcome, params Value[] trace) => new ActionResult.Ended(outcome) { Trace = [.. trace] };
        string Pair(ActionResult a, ActionResult b) => Compare(Result(a), Result(b));
        Value one = Value.I32(1), two = Value.I32(2);
        Assert.Equal("agree", Pair(Traced(Returned(), one, two), Traced(Returned(), one, two)));
        Assert.Equal("0 trace", Pair(Traced(Returned(), one, two), Traced(Returned(), one)));
        Assert.Equal("0 trace", Pair(Traced(Returned(), one), Traced(Returned(), one, two)));
        Assert.Equal("0 trace", Pair(Traced(Returned(), Value.I64(1)), Traced(Returned(), one)));
        Assert.Equal("0 trace", Pair(Traced(Returned(), one), Traced(Exhausted, two)));
        Assert.Equal("0 inconclusive: exhaustion", Pair(Traced(Returned(), one, two), Traced(Exhausted, one)));
        Assert.Equal("0 returned -> trapped", Pair(Traced(Returned(), one, two), Traced(Trap(TrapKind.DivZero), one)));
    }

    [Fact]
    public void Calls_of_a_sweep_are_compared_one_by_one()
    {
        ActionResult Swept(params Outcome?[] outcomes) => new ActionResult.Swept([.. outcomes]);
        string Pair(ActionResult a, ActionResult b) => Compare(Result(a), Result(b));
        Assert.Equal("agree", Pair(Swept(null, Trap(TrapKind.DivZero)), Swept(null, Trap(TrapKind.DivZero))));
        Assert.Equal("0 returned -> trapped", Pair(Swept(null, null), Swept(null, Trap(TrapKind.DivZero))));
        Assert.Equal("0 trapped -> returned", Pair(Swept(null, Trap(TrapKind.DivZero)), Swept(null, null)));
        Assert.Equal("0 calls", Pair(Swept(null, null), Swept((Outcome?)null)));
        Assert.Equal("0 values", Pair(Swept(null, null), Swept(null, Returned(Value.I32(1)))));
        var difference = Assert.IsType<Verdict.Difference>(Comparer.Compare(Case, Result(Swept(null, null)), Result(Swept(null, Trap(TrapKind.DivZero))), Facts));
        Assert.Contains("call 1", difference.Observed, StringComparison.Ordinal);
    }

    /// <summary>What cannot be read leaves the state as it is: what comes after it is compared, and that some of it was not is told in the end.</summary>
    [Fact]
    public void After_a_reading_that_the_adapter_cannot_do_the_next_actions_are_compared()
    {
        Outcome limit = new Outcome.AdapterLimit("memories are not shown"), one = Returned(Value.I32(1)), two = Returned(Value.I32(2));
        Assert.Equal("0 inconclusive: limit of the adapter", Compare(Ends(one, two), Ends(limit, two)));
        Assert.Equal("1 values", Compare(Ends(one, two), Ends(limit, one)));
        var invokes = Case with { Actions = [.. Enumerable.Repeat(new CaseAction.Invoke(0, "f", []), 2)] };
        Assert.Equal("0 inconclusive: limit of the adapter", Compare(Ends(one, two), Ends(limit, one), invokes));
    }

    [Fact]
    public void Exceptions_without_a_tag_are_not_taken_for_equal_where_the_engine_tells_none()
    {
        var silent = Facts with { TellsTags = false };
        Assert.Equal("1 tag", Compare(Threw("0:t"), Threw(null)));
        Assert.Equal("0 inconclusive: tag and payload are not told", Compare(Ends(Threw("0:t", Value.I32(1)), Returned()), Ends(Threw(null), Returned()), facts: silent));
        Assert.Equal("1 values", Compare(Ends(Threw("0:t"), Returned()), Ends(Threw(null), Returned(Value.I32(1))), facts: silent));
        Assert.Equal("0 threw -> trapped", Compare(Ends(Threw("0:t")), Ends(Trap(TrapKind.DivZero)), facts: silent));
        Assert.Equal("0 inconclusive: tag and payload are not told", Compare(Result(new ActionResult.Swept([Threw(null)])), Result(new ActionResult.Swept([Threw(null)])), facts: silent));
    }

    /// <summary>A module with two memories: valid, where there may be two.</summary>
    private static readonly FuzzCase TwoMemories = Case with
    {
        Modules = [new FuzzModule(new Module { Mems = [.. Enumerable.Repeat(new Memory(new MemType(AddrType.I32, new Limits(1, null))), 2)] })],
        Actions = [new CaseAction.Load(0)],
    };

    [Fact]
    public void A_refusal_for_a_feature_that_the_engine_lacks_says_nothing()
    {
        var without = new EngineFacts(Features.Wasm3 & ~Features.MultiMemory, false, Features.Wasm3);
        Assert.Equal("0 inconclusive: unsupported", Compare(Ends(Returned()), Ends(new Outcome.Rejected("")), TwoMemories, without));
        Assert.Equal("0 returned -> rejected", Compare(Ends(Returned()), Ends(new Outcome.Rejected("")), TwoMemories));
        // A feature that it lacks does not excuse everything.
        Assert.Equal("0 returned -> rejected", Compare(Ends(Returned()), Ends(new Outcome.Rejected("")), Case with { Actions = [new CaseAction.Load(0)] }, without));
    }

    [Fact]
    public void What_is_taken_for_a_feature_that_nobody_asked_for_says_nothing()
    {
        var asked = Features.Wasm3 & ~Features.MultiMemory;
        Assert.Equal("0 inconclusive: unsupported", Compare(Ends(new Outcome.Invalid("")), Ends(Returned()), TwoMemories, new(Features.Wasm3, false, asked)));
        Assert.Equal("0 invalid -> returned", Compare(Ends(new Outcome.Invalid("")), Ends(Returned()), TwoMemories, new(Features.Wasm3, true, asked)));
        Assert.Equal("0 invalid -> returned", Compare(Ends(new Outcome.Invalid("")), Ends(Returned()), TwoMemories));
    }
}
