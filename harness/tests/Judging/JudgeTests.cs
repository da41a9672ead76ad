using System.Collections.Immutable;
using Conformance.Harness.Judging;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Judging;

/// <summary>A wrong judge is the worst bug there is: it makes every other one invisible.</summary>
public class JudgeTests
{
    private static readonly JudgeRules Lax = JudgeRules.Default;
    private static readonly JudgeRules ByPrefix = new(MessageRule.Prefix, ReferenceRule.Reference);
    private static readonly JudgeRules ByExact = new(MessageRule.Exact, ReferenceRule.Reference);

    private static readonly ImmutableArray<Demand> Demands =
    [
        new Demand.Valid(), new Demand.Instance(), new Demand.AnyReturn(), new Demand.Return([]), new Demand.Trap("unreachable"), new Demand.Trap("unreachable", OfModule: true),
        new Demand.Exception(), new Demand.Exhaustion("call stack exhausted"), new Demand.Suspension("unhandled"), new Demand.Unlinkable("unknown import"),
        new Demand.Malformed("m"), new Demand.Invalid("m"), new Demand.MalformedCustom("m"), new Demand.InvalidCustom("m"),
    ];

    private static readonly ImmutableArray<Outcome> Outcomes =
    [
        new Outcome.Loaded(null!), new Outcome.Instantiated(null!), new Outcome.Returned([]), new Outcome.Trapped(TrapKind.Unreachable, "unreachable"), new Outcome.Threw("t", []),
        new Outcome.Exhausted("call stack exhausted"), new Outcome.Suspended("unhandled"), new Outcome.Unlinkable("unknown import"), new Outcome.Malformed("m"), new Outcome.Invalid("m"),
        new Outcome.MalformedCustom("m"), new Outcome.InvalidCustom("m"), new Outcome.Rejected("m"), new Outcome.Inapplicable("m"),
    ];

    /// <summary>The whole table of demands and outcomes: what is not in it fails.</summary>
    [Fact]
    public void Only_the_outcome_that_is_asked_for_passes()
    {
        var passing = new HashSet<(string, string)>
        {
            ("Valid", "Loaded"), ("Valid", "Instantiated"), ("Instance", "Instantiated"), ("AnyReturn", "Returned"), ("Return", "Returned"), ("Trap", "Trapped"),
            ("Trap of module", "Trapped"), ("Trap of module", "Threw"), ("Exception", "Threw"), ("Exhaustion", "Exhausted"), ("Suspension", "Suspended"), ("Unlinkable", "Unlinkable"),
            ("Malformed", "Malformed"), ("Malformed", "Rejected"), ("Invalid", "Invalid"), ("Invalid", "Rejected"), ("MalformedCustom", "MalformedCustom"), ("InvalidCustom", "InvalidCustom"),
        };
        foreach (var demand in Demands)
            foreach (var outcome in Outcomes)
            {
                string name = demand is Demand.Trap { OfModule: true } ? "Trap of module" : demand.GetType().Name;
                var expected = passing.Contains((name, outcome.GetType().Name)) ? Verdict.Passed : Verdict.Failed;
                var judgement = Judge.Of(demand, outcome, Lax);
                Assert.True(expected == judgement.Verdict, $"{name}, {outcome.GetType().Name}: {judgement}");
                if (expected == Verdict.Failed) Assert.True(judgement is { Expected: not null, Actual: not null }, $"{name}, {outcome.GetType().Name}: {judgement}");
            }
    }

    [Fact]
    public void What_says_nothing_about_correctness_is_never_passed_nor_failed()
    {
        foreach (var demand in Demands)
        {
            Assert.Equal(Verdict.Unsupported, Judge.Of(demand, new Outcome.Unsupported("why"), ByExact).Verdict);
            Assert.Equal(Verdict.AdapterLimit, Judge.Of(demand, new Outcome.AdapterLimit("why"), ByExact).Verdict);
            Assert.Equal(Verdict.Crashed, Judge.Of(demand, new Outcome.Crashed("why"), ByExact).Verdict);
            Assert.Equal(Verdict.TimedOut, Judge.Of(demand, new Outcome.TimedOut("why"), ByExact).Verdict);
        }
    }

    [Theory]
    [InlineData("type mismatch", "type mismatch", MessageLevel.Exact)]
    [InlineData("type mismatch", "type mismatch: instruction requires [i32]", MessageLevel.Prefix)]
    [InlineData("type mismatch: instruction", "type mismatch", MessageLevel.None)]
    [InlineData("type mismatch", "Type mismatch", MessageLevel.None)]
    [InlineData("", "anything", MessageLevel.Prefix)]
    [InlineData("e\u0301", "\u00e9", MessageLevel.None)]
    public void A_message_is_compared_by_its_beginning(string text, string message, MessageLevel level) => Assert.Equal(level, Judge.Level(text, message));

    [Fact]
    public void The_message_decides_only_where_the_rules_say_so()
    {
        var demand = new Demand.Invalid("type mismatch");
        foreach (var (message, lax, prefix, exact) in new[]
        {
            ("type mismatch", Verdict.Passed, Verdict.Passed, Verdict.Passed),
            ("type mismatch: more", Verdict.Passed, Verdict.Passed, Verdict.Failed),
            ("mismatch", Verdict.Passed, Verdict.Failed, Verdict.Failed),
        })
        {
            Assert.Equal(lax, Judge.Of(demand, new Outcome.Invalid(message), Lax).Verdict);
            Assert.Equal(prefix, Judge.Of(demand, new Outcome.Invalid(message), ByPrefix).Verdict);
            Assert.Equal(exact, Judge.Of(demand, new Outcome.Invalid(message), ByExact).Verdict);
        }
    }

    [Fact]
    public void The_level_stands_beside_the_verdict()
    {
        Assert.Equal(MessageLevel.None, Judge.Of(new Demand.Invalid("a"), new Outcome.Invalid("b"), Lax).Message);
        Assert.Equal(MessageLevel.Exact, Judge.Of(new Demand.Invalid("a"), new Outcome.Invalid("a"), Lax).Message);
        Assert.Null(Judge.Of(new Demand.Invalid("a"), new Outcome.Malformed("a"), Lax).Message);
        Assert.Equal("a", Judge.Of(new Demand.Invalid("a"), new Outcome.Malformed("a"), Lax).ExpectedMessage);
    }

    public static TheoryData<string, TrapKind, bool> Traps => new()
    {
        { "integer overflow", TrapKind.DivOverflow, true },
        { "integer overflow", TrapKind.TruncOverflow, true },
        { "integer overflow", TrapKind.DivZero, false },
        { "out of bounds memory access", TrapKind.MemOob, true },
        { "out of bounds memory access", TrapKind.DataSegOob, true },
        { "out of bounds memory access", TrapKind.TableOob, false },
        { "out of bounds table access", TrapKind.IndOob, false },
        { "undefined element", TrapKind.IndOob, true },
        { "uninitialized element 2", TrapKind.IndNull, true },
        { "uninitialized element 2", TrapKind.IndOob, false },
        { "null reference", TrapKind.AsNonNull, true },
        { "null reference", TrapKind.StructNull, false },
        { "cast failure", TrapKind.CastFailNull, true },
        { "cast failure", TrapKind.DescCastFail, false },
    };

    /// <summary>Even where messages do not count, a trap of another kind is another outcome.</summary>
    [Theory]
    [MemberData(nameof(Traps))]
    public void A_trap_must_be_of_the_kind_that_its_text_names(string text, TrapKind kind, bool passes)
    {
        var outcome = new Outcome.Trapped(kind, "in the runtime's own words");
        Assert.Equal(passes ? Verdict.Passed : Verdict.Failed, Judge.Of(new Demand.Trap(text), outcome, Lax).Verdict);
        Assert.Equal(Verdict.Failed, Judge.Of(new Demand.Trap(text), outcome, ByPrefix).Verdict);
    }

    [Fact]
    public void Kinds_are_seen_through_the_runtimes_partition()
    {
        var indirect = new Outcome.Trapped([TrapKind.IndNull, TrapKind.IndSig], "function signature mismatch", []);
        Assert.Equal(Verdict.Passed, Judge.Of(new Demand.Trap("uninitialized element"), indirect, Lax).Verdict);
        Assert.Equal(Verdict.Passed, Judge.Of(new Demand.Trap("indirect call type mismatch"), indirect, Lax).Verdict);
        Assert.Equal(Verdict.Failed, Judge.Of(new Demand.Trap("undefined element"), indirect, Lax).Verdict);
        Assert.Equal(Verdict.Failed, Judge.Of(new Demand.Trap("unreachable"), new Outcome.Trapped([], "some new message", []), Lax).Verdict);
    }

    [Fact]
    public void A_text_that_names_no_kind_is_judged_by_the_message()
    {
        Assert.Equal(Verdict.Passed, Judge.Of(new Demand.Trap("my own text"), new Outcome.Trapped(TrapKind.Unreachable, "my own text"), Lax).Verdict);
        Assert.Equal(Verdict.Failed, Judge.Of(new Demand.Trap("my own text"), new Outcome.Trapped(TrapKind.Unreachable, "unreachable"), Lax).Verdict);
    }

    [Theory]
    [InlineData("uninitialized", TrapKind.IndNull)]
    [InlineData("undefined", TrapKind.IndOob)]
    [InlineData("indirect call", TrapKind.IndSig)]
    public void A_text_may_be_cut_short_between_words(string text, TrapKind kind)
    {
        Assert.Equal([kind], TrapTexts.Of(text).AsEnumerable());
        Assert.Equal(Verdict.Passed, Judge.Of(new Demand.Trap(text), new Outcome.Trapped([kind], "an engine's words", []), Lax).Verdict);
        Assert.Equal(Verdict.Failed, Judge.Of(new Demand.Trap(text), new Outcome.Trapped([TrapKind.Unreachable], "an engine's words", []), Lax).Verdict);
        Assert.Empty(TrapTexts.Of(text[..^1]));
    }

    [Fact]
    public void Every_kind_of_trap_has_a_text_of_the_suite()
    {
        foreach (var kind in Enum.GetValues<TrapKind>())
            Assert.Contains(kind, TrapTexts.Of(Trap.TextOf(kind)));
    }

    // Values: pattern, value, whether it matches in reference mode, whether in strict mode.

    private const uint Canonical32 = 0x7FC0_0000, Negative32 = 0x8000_0000;
    private const ulong Canonical64 = 0x7FF8_0000_0000_0000, Negative64 = 0x8000_0000_0000_0000;

    public static TheoryData<Pattern, Value, bool> Numbers => new()
    {
        { Is(Value.I32(1)), Value.I32(1), true },
        { Is(Value.I32(1)), Value.I32(2), false },
        { Is(Value.I32(1)), Value.I64(1), false },
        { Is(Value.I32(0)), Value.F32(0), false },
        { Is(Value.I64(ulong.MaxValue)), Value.I64(ulong.MaxValue), true },
        { Is(Value.F32(0)), Value.F32(Negative32), false },
        { Is(Value.F64(0)), Value.F64(Negative64), false },
        { Is(Value.F32(Canonical32)), Value.F32(Canonical32), true },
        { Is(Value.F32(Canonical32)), Value.F32(Canonical32 | Negative32), false },
        { Is(Value.F32(0x7FA0_0000)), Value.F32(0x7FE0_0000), false },
        { Nan(NanClass.Canonical, ValKind.F32), Value.F32(Canonical32), true },
        { Nan(NanClass.Canonical, ValKind.F32), Value.F32(Canonical32 | Negative32), true },
        { Nan(NanClass.Canonical, ValKind.F32), Value.F32(Canonical32 | 1), false },
        { Nan(NanClass.Canonical, ValKind.F32), Value.F32(0x7F80_0000), false },
        { Nan(NanClass.Canonical, ValKind.F32), Value.F64(Canonical64), false },
        { Nan(NanClass.Arithmetic, ValKind.F32), Value.F32(Canonical32), true },
        { Nan(NanClass.Arithmetic, ValKind.F32), Value.F32(0xFFFF_FFFF), true },
        { Nan(NanClass.Arithmetic, ValKind.F32), Value.F32(0x7FBF_FFFF), false },
        { Nan(NanClass.Arithmetic, ValKind.F32), Value.F32(0x7F80_0000), false },
        { Nan(NanClass.Arithmetic, ValKind.F32), Value.F32(0x3F80_0000), false },
        { Nan(NanClass.Canonical, ValKind.F64), Value.F64(Canonical64), true },
        { Nan(NanClass.Canonical, ValKind.F64), Value.F64(Canonical64 | Negative64), true },
        { Nan(NanClass.Canonical, ValKind.F64), Value.F64(Canonical64 | 1), false },
        { Nan(NanClass.Canonical, ValKind.F64), Value.F32(Canonical32), false },
        { Nan(NanClass.Arithmetic, ValKind.F64), Value.F64(Canonical64 | 1), true },
        { Nan(NanClass.Arithmetic, ValKind.F64), Value.F64(0x7FF7_FFFF_FFFF_FFFF), false },
        { Nan(NanClass.Arithmetic, ValKind.F64), Value.F64(0x7FF0_0000_0000_0000), false },
        { Nan(NanClass.Canonical, null), Value.F32(Canonical32), true },
        { Nan(NanClass.Canonical, null), Value.F64(Canonical64), true },
        { Nan(NanClass.Canonical, null), Value.I32(Canonical32), false },
        { Nan(NanClass.Arithmetic, null), Value.V128(Canonical64, 0), false },
    };

    public static TheoryData<Pattern, Value, bool> Vectors => new()
    {
        { Lanes(LaneShape.I32x4, 1, 2, 3, 4), Value.V128(0x2_0000_0001, 0x4_0000_0003), true },
        { Lanes(LaneShape.I32x4, 1, 2, 3, 5), Value.V128(0x2_0000_0001, 0x4_0000_0003), false },
        { Lanes(LaneShape.I8x16, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0), Value.V128(0x2_0000_0001, 0x4_0000_0003), true },
        { Lanes(LaneShape.I16x8, 1, 0, 2, 0, 3, 0, 4, 0), Value.V128(0x2_0000_0001, 0x4_0000_0003), true },
        { Lanes(LaneShape.I64x2, 0x2_0000_0001, 0x4_0000_0003), Value.V128(0x2_0000_0001, 0x4_0000_0003), true },
        { Lanes(LaneShape.F64x2, 0, 0), Value.V128(0, Negative64), false },
        { Lanes(LaneShape.I64x2, 0, 0), Value.I64(0), false },
        { Mixed(LaneShape.F32x4, new(1), LanePattern.Canonical, LanePattern.Arithmetic, new(0)), Value.V128((ulong)Canonical32 << 32 | 1, Canonical32 | 1), true },
        { Mixed(LaneShape.F32x4, new(1), LanePattern.Canonical, LanePattern.Canonical, new(0)), Value.V128((ulong)Canonical32 << 32 | 1, Canonical32 | 1), false },
        { Mixed(LaneShape.F32x4, new(2), LanePattern.Canonical, LanePattern.Arithmetic, new(0)), Value.V128((ulong)Canonical32 << 32 | 1, Canonical32 | 1), false },
        { Mixed(LaneShape.F32x4, new(1), LanePattern.Canonical, LanePattern.Arithmetic, new(Canonical32)), Value.V128((ulong)Canonical32 << 32 | 1, Canonical32 | 1), false },
        { Mixed(LaneShape.F64x2, LanePattern.Arithmetic, LanePattern.Canonical), Value.V128(Canonical64 | 7, Canonical64 | Negative64), true },
        { Mixed(LaneShape.F64x2, LanePattern.Arithmetic, LanePattern.Canonical), Value.V128(Canonical64, Canonical64 | 7), false },
        // Each lane is in one of the alternatives, the vector is in none.
        { new Pattern.Either([Lanes(LaneShape.I64x2, 1, 1), Lanes(LaneShape.I64x2, 2, 2)]), Value.V128(1, 2), false },
        { new Pattern.Either([Lanes(LaneShape.I64x2, 1, 1), Lanes(LaneShape.I64x2, 2, 2)]), Value.V128(2, 2), true },
        { new Pattern.Either([new Pattern.Either([Is(Value.I32(1))]), Is(Value.I32(2))]), Value.I32(1), true },
        { new Pattern.Either([new Pattern.Either([Is(Value.I32(1))]), Is(Value.I32(2))]), Value.I32(3), false },
        { new Pattern.Either([]), Value.I32(3), false },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    [MemberData(nameof(Vectors))]
    public void Numbers_and_vectors_are_compared_by_bits(Pattern pattern, Value value, bool matches)
    {
        foreach (var references in Enum.GetValues<ReferenceRule>())
        {
            var judgement = Judge.Of(new Demand.Return([pattern]), new Outcome.Returned([value]), new(MessageRule.Exact, references));
            Assert.Equal(matches ? Verdict.Passed : Verdict.Failed, judgement.Verdict);
        }
    }

    /// <summary>Rule 10 of the script language: the two ways to read reference patterns. A row: pattern, then the values that match.</summary>
    public static TheoryData<Pattern, string, string> References => new()
    {
        // values: N null of none, F null of func, X null of extern, ? null of unknown type,
        //         i i31, s struct, a array, f func, e exn, x extern 1, y extern 2, z extern of something internal, h host 1, c cont, o other
        { new Pattern.AnyRef(),                     "N F X ? i s a e x y z h c o",   "i s a e x y z h c o" },
        { new Pattern.EqRef(),                      "i s a ~o",                      "i s a ~o" },
        { new Pattern.OfKind(RefKind.I31),          "i ~o",                          "i ~o" },
        { new Pattern.OfKind(RefKind.Struct),       "s ~o",                          "s ~o" },
        { new Pattern.OfKind(RefKind.Array),        "a ~o",                          "a ~o" },
        { new Pattern.OfKind(RefKind.Func),         "f ~o",                          "f ~o" },
        { new Pattern.OfKind(RefKind.Exn),          "e ~o",                          "e ~o" },
        { new Pattern.OfKind(RefKind.Extern),       "N F X ? i s a f e x y z h c o", "x y z ~o" },
        { new Pattern.Null(null),                   "N F X ?",                       "N F X ?" },
        { new Pattern.Null(HeapType.Any),           "N F X ?",                       "N ~?" },
        { new Pattern.Null(HeapType.Func),          "N F X ?",                       "F ~?" },
        { new Pattern.Null(HeapType.NoExtern),      "N F X ?",                       "X ~?" },
        { Is(Value.Extern(1)),                      "x ~o",                          "x ~o" },
        { Is(Value.Host(1)),                        "h ~o",                          "h ~o" },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void Reference_patterns(Pattern pattern, string reference, string strict)
    {
        foreach (var (rule, matching) in new[] { (ReferenceRule.Reference, reference), (ReferenceRule.Strict, strict) })
        {
            string[] names = matching.Split(' ');
            foreach (var (name, value) in ReferenceValues)
            {
                var expected = names.Contains(name) ? Verdict.Passed : names.Contains("~" + name) ? Verdict.AdapterLimit : Verdict.Failed;
                var judgement = Judge.Of(new Demand.Return([pattern]), new Outcome.Returned([value]), new(MessageRule.None, rule));
                Assert.True(expected == judgement.Verdict, $"{rule}: {pattern} against {value}: {judgement}");
            }
            foreach (var number in new[] { Value.I32(0), Value.V128(0, 0) })
                Assert.Equal(Verdict.Failed, Judge.Of(new Demand.Return([pattern]), new Outcome.Returned([number]), new(MessageRule.None, rule)).Verdict);
        }
    }

    private static readonly Dictionary<string, Value> ReferenceValues = new()
    {
        ["N"] = Value.Null(HeapType.None),
        ["F"] = Value.Null(HeapType.Func),
        ["X"] = Value.Null(HeapType.Extern),
        ["?"] = Value.Null(),
        ["i"] = Value.Reference(RefKind.I31, 5),
        ["s"] = Value.Reference(RefKind.Struct),
        ["a"] = Value.Reference(RefKind.Array),
        ["f"] = Value.Reference(RefKind.Func),
        ["e"] = Value.Reference(RefKind.Exn),
        ["x"] = Value.Extern(1),
        ["y"] = Value.Extern(2),
        ["z"] = Value.Reference(RefKind.Extern),
        ["h"] = Value.Host(1),
        ["c"] = Value.Reference(RefKind.Cont),
        ["o"] = Value.Reference(RefKind.Other),
    };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void The_number_of_results_counts(int expected, int actual)
    {
        var judgement = Judge.Of(new Demand.Return([.. Enumerable.Repeat(Is(Value.I32(1)), expected)]), new Outcome.Returned([.. Enumerable.Repeat(Value.I32(1), actual)]), Lax);
        Assert.Equal(Verdict.Failed, judgement.Verdict);
    }

    [Fact]
    public void Every_result_counts()
    {
        for (int wrong = 0; wrong < 3; wrong++)
        {
            var values = Enumerable.Range(0, 3).Select(i => Value.I32(i == wrong ? 9u : (uint)i));
            var judgement = Judge.Of(new Demand.Return([.. Enumerable.Range(0, 3).Select(i => Is(Value.I32((uint)i)))]), new Outcome.Returned([.. values]), Lax);
            Assert.Equal(Verdict.Failed, judgement.Verdict);
            Assert.Contains($"result {wrong + 1} of 3", judgement.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_failure_shows_bits_lanes_and_the_nearest_alternative()
    {
        var scalar = Judge.Of(new Demand.Return([Is(Value.F32(0x3FC0_0000))]), new Outcome.Returned([Value.F32(0x3FC0_0001)]), Lax);
        Assert.Equal(("f32 1.5 (0x3fc00000)", "f32 1.5000001 (0x3fc00001)", "1 ulp away"), (scalar.Expected, scalar.Actual, scalar.Detail));

        var vector = Judge.Of(new Demand.Return([Lanes(LaneShape.I32x4, 1, 2, 3, 4)]), new Outcome.Returned([Value.V128(0x2_0000_0001, 0x4_0000_0009)]), Lax);
        Assert.Equal("v128 i32x4 0x00000001 0x00000002 0x00000009 0x00000004", vector.Actual);
        Assert.Equal("lane 2 differs", vector.Detail);

        var either = new Pattern.Either([Lanes(LaneShape.I64x2, 1, 2), Lanes(LaneShape.I64x2, 8, 9)]);
        var nearest = Judge.Of(new Demand.Return([either]), new Outcome.Returned([Value.V128(8, 7)]), Lax);
        Assert.Equal("the nearest alternative is v128 i64x2 0x0000000000000008 0x0000000000000009: lane 1 differs", nearest.Detail);

        var nan = Judge.Of(new Demand.Return([Nan(NanClass.Canonical, ValKind.F64)]), new Outcome.Returned([Value.F64(Canonical64 | 1)]), Lax);
        Assert.Equal(("f64 nan:canonical", "f64 nan:0x8000000000001 (0x7ff8000000000001)"), (nan.Expected, nan.Actual));
    }

    [Fact]
    public void The_table_of_old_texts_is_well_formed_and_used_for_its_version_alone()
    {
        Assert.NotEmpty(OldTexts.Rows);
        foreach (var (version, old, today) in OldTexts.Rows)
        {
            Assert.NotEqual(old, today);
            var outcome = new Outcome.Malformed(today + ": more");
            Assert.Equal((Verdict.Passed, MessageLevel.Prefix, today), Seen(new JudgeRules(MessageRule.Prefix, ReferenceRule.Reference, version)));
            Assert.Equal((Verdict.Failed, MessageLevel.None, old), Seen(ByPrefix));

            (Verdict, MessageLevel?, string?) Seen(JudgeRules rules)
            {
                var judgement = Judge.Of(new Demand.Malformed(old), outcome, rules);
                return (judgement.Verdict, judgement.Message, judgement.ExpectedMessage);
            }
        }
    }

    private static Pattern Is(Value value) => new Pattern.Exactly(value);

    private static Pattern Nan(NanClass nan, ValKind? kind) => new Pattern.Nan(nan, kind);

    private static Pattern Lanes(LaneShape shape, params ulong[] lanes) => new Pattern.Vector(shape, [.. lanes.Select(l => new LanePattern(l))]);

    private static Pattern Mixed(LaneShape shape, params LanePattern[] lanes) => new Pattern.Vector(shape, [.. lanes]);
}
