using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Judging;

/// <summary>What the judge found.</summary>
/// <param name="Verdict">Passed, failed, unsupported, adapter limit, crashed or timed out.</param>
/// <param name="ExpectedMessage">The text that the message was compared with, or null.</param>
/// <param name="Message">How well the message agrees; null when there was none of the kind asked for.</param>
/// <param name="Expected">What was expected; null when passed.</param>
/// <param name="Actual">What was observed; null when passed.</param>
/// <param name="Detail">More, such as the lanes that differ.</param>
public sealed record Judgement(Verdict Verdict, string? ExpectedMessage = null, MessageLevel? Message = null, string? Expected = null, string? Actual = null, string? Detail = null);

/// <summary>
/// Decides whether an outcome is what a command demands. Pure: the same demand, outcome and rules always give the same judgement.
/// The classes of outcome are disjoint, and nothing but the class that is asked for passes.
/// </summary>
public static class Judge
{
    public static Judgement Of(Demand demand, Outcome outcome, JudgeRules rules)
    {
        string? text = demand.Message is { } message ? TextFor(message, outcome, rules.Version) : null;
        var judgement = outcome switch
        {
            Outcome.Unsupported o => new Judgement(Verdict.Unsupported, Detail: o.Why),
            Outcome.AdapterLimit o => new Judgement(Verdict.AdapterLimit, Detail: o.Why),
            Outcome.Crashed o => new Judgement(Verdict.Crashed, Expected: demand.ToString(), Actual: o.ToString()),
            Outcome.TimedOut o => new Judgement(Verdict.TimedOut, Expected: demand.ToString(), Actual: o.ToString()),
            _ => (demand, outcome) switch
            {
                (Demand.Valid, Outcome.Loaded or Outcome.Instantiated) => Passed,
                (Demand.Instance, Outcome.Instantiated) => Passed,
                (Demand.AnyReturn, Outcome.Returned) => Passed,
                (Demand.Return d, Outcome.Returned o) => Returned(d, o, rules.References),
                (Demand.Trap, Outcome.Trapped o) => Trapped(text!, o, rules.Messages),
                (Demand.Trap { OfModule: true }, Outcome.Threw) => Said(text!, "uncaught exception", rules.Messages),
                (Demand.Exception, Outcome.Threw) => Passed,
                (Demand.Exhaustion, Outcome.Exhausted o) => Said(text!, o.Message, rules.Messages),
                (Demand.Suspension, Outcome.Suspended o) => Said(text!, o.Message, rules.Messages),
                (Demand.Unlinkable, Outcome.Unlinkable o) => Said(text!, o.Message, rules.Messages),
                (Demand.Malformed, Outcome.Malformed o) => Said(text!, o.Message, rules.Messages),
                (Demand.Invalid, Outcome.Invalid o) => Said(text!, o.Message, rules.Messages),
                (Demand.MalformedCustom, Outcome.MalformedCustom o) => Said(text!, o.Message, rules.Messages),
                (Demand.InvalidCustom, Outcome.InvalidCustom o) => Said(text!, o.Message, rules.Messages),
                (Demand.Malformed or Demand.Invalid, Outcome.Rejected o) => Said(text!, o.Message, MessageRule.None) with { Detail = "the runtime does not tell malformed from invalid" },
                _ => new Judgement(Verdict.Failed, Expected: demand.ToString(), Actual: outcome.ToString()),
            },
        };
        return judgement with { ExpectedMessage = text };
    }

    /// <summary>How well a message agrees with the text of an assertion.</summary>
    public static MessageLevel Level(string text, string message) =>
        message == text ? MessageLevel.Exact : message.StartsWith(text, StringComparison.Ordinal) ? MessageLevel.Prefix : MessageLevel.None;

    public static bool IsNan32(uint bits, NanClass nan) => nan switch
    {
        NanClass.Canonical => (bits & 0x7FFF_FFFF) == 0x7FC0_0000,
        NanClass.Arithmetic => (bits & 0x7FC0_0000) == 0x7FC0_0000,
        _ => throw new System.Diagnostics.UnreachableException($"NaN class {(int)nan}"),
    };

    public static bool IsNan64(ulong bits, NanClass nan) => nan switch
    {
        NanClass.Canonical => (bits & 0x7FFF_FFFF_FFFF_FFFF) == 0x7FF8_0000_0000_0000,
        NanClass.Arithmetic => (bits & 0x7FF8_0000_0000_0000) == 0x7FF8_0000_0000_0000,
        _ => throw new System.Diagnostics.UnreachableException($"NaN class {(int)nan}"),
    };

    /// <summary>The text to compare with: that of the assertion, or today's words for it where an older suite's assertion says it otherwise.</summary>
    private static string TextFor(string text, Outcome outcome, SpecVersion version)
    {
        if (MessageOf(outcome) is not { } message || Level(text, message) != MessageLevel.None) return text;
        return OldTexts.Today(text, version).FirstOrDefault(today => Level(today, message) != MessageLevel.None, text);
    }

    private static string? MessageOf(Outcome outcome) => outcome switch
    {
        Outcome.Trapped o => o.Message,
        Outcome.Exhausted o => o.Message,
        Outcome.Suspended o => o.Message,
        Outcome.Malformed o => o.Message,
        Outcome.Invalid o => o.Message,
        Outcome.Unlinkable o => o.Message,
        Outcome.Rejected o => o.Message,
        Outcome.MalformedCustom o => o.Message,
        Outcome.InvalidCustom o => o.Message,
        _ => null,
    };

    private static readonly Judgement Passed = new(Verdict.Passed);

    /// <summary>The class is right; the message decides only where the rules say so.</summary>
    private static Judgement Said(string text, string message, MessageRule rule)
    {
        var level = Level(text, message);
        bool enough = rule switch
        {
            MessageRule.None => true,
            MessageRule.Prefix => level != MessageLevel.None,
            MessageRule.Exact => level == MessageLevel.Exact,
            _ => throw new System.Diagnostics.UnreachableException($"rule {(int)rule}"),
        };
        return enough ? new(Verdict.Passed, Message: level)
            : new(Verdict.Failed, Message: level, Expected: $"the message \"{text}\"", Actual: $"\"{message}\"", Detail: "the outcome's class is right");
    }

    /// <summary>
    /// A trap must be of a kind that the text stands for, as far as the runtime tells kinds apart. A runtime that tells more than the texts do,
    /// or texts that are not the suite's, leave the message to decide.
    /// </summary>
    private static Judgement Trapped(string text, Outcome.Trapped outcome, MessageRule rule)
    {
        var said = Said(text, outcome.Message, rule);
        var wanted = TrapTexts.Of(text);
        if (wanted.IsEmpty)
            return said.Message != MessageLevel.None || rule != MessageRule.None ? said
                : said with { Verdict = Verdict.Failed, Expected = $"trap: {text}", Actual = outcome.ToString(), Detail = "the text stands for no known kind of trap" };
        if (outcome.Kinds.Intersect(wanted).Any()) return said;
        return new(Verdict.Failed, Message: said.Message, Expected: $"trap: {text}", Actual: outcome.ToString(),
            Detail: outcome.Kinds.IsEmpty ? "the runtime's trap is of no known kind" : $"the trap is {string.Join(" or ", outcome.Kinds)}");
    }

    private static Judgement Returned(Demand.Return demand, Outcome.Returned outcome, ReferenceRule rule)
    {
        var (expected, actual) = (demand.Results, outcome.Values);
        if (expected.Length != actual.Length)
            return new(Verdict.Failed, Expected: demand.ToString(), Actual: outcome.ToString(), Detail: $"{Count(expected.Length)} expected, {Count(actual.Length)} got");
        int untold = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            var match = expected[i].Matches(actual[i], rule);
            if (match == Match.No) return Mismatch(expected, actual, i, rule);
            if (match == Match.Untold && untold < 0) untold = i;
        }
        return untold < 0 ? Passed
            : new(Verdict.AdapterLimit, Detail: $"{Nth(untold, expected.Length)}the runtime does not tell enough of {actual[untold]} to compare it with {expected[untold]}");
    }

    private static string Count(int n) => n == 1 ? "1 result" : $"{n} results";

    private static string Nth(int i, int count) => count == 1 ? "" : $"result {i + 1} of {count}: ";

    private static Judgement Mismatch(ImmutableArray<Pattern> expected, ImmutableArray<Value> actual, int i, ReferenceRule rule)
    {
        var (pattern, value) = (expected[i], actual[i]);
        string detail = Nth(i, expected.Length);
        if (pattern is Pattern.Either either)
        {
            pattern = Nearest(either, value);
            detail += $"the nearest alternative is {pattern}";
            if (pattern is Pattern.Vector && value.Kind == ValKind.V128) detail += ": ";
        }
        if (pattern is Pattern.Vector vector && value.Kind == ValKind.V128)
            return new(Verdict.Failed, Expected: expected[i].ToString(), Actual: LaneText.Vector(vector.Shape, value), Detail: detail + LaneText.Differences(vector, value));
        if (pattern is Pattern.Exactly { Value: var wanted } && wanted.Kind == value.Kind && Distance(wanted, value) is { } distance)
            detail += $"{(detail.Length > 0 && !detail.EndsWith(": ", StringComparison.Ordinal) ? "; " : "")}{distance} away";
        if (rule == ReferenceRule.Strict && pattern.Matches(value, ReferenceRule.Reference) == Match.Yes) detail += "passes by the rules of the specification's own interpreter";
        return new(Verdict.Failed, Expected: expected[i].ToString(), Actual: value.ToString(), Detail: detail.Length == 0 ? null : detail.TrimEnd(' ', ':'));
    }

    /// <summary>Of alternatives none of which matches: the one with most lanes right, else of the value's type, else the first.</summary>
    private static Pattern Nearest(Pattern.Either either, Value value)
    {
        Pattern? best = null;
        int bestScore = -1;
        foreach (var alternative in either.Alternatives)
        {
            var pattern = alternative is Pattern.Either inner ? Nearest(inner, value) : alternative;
            int score = pattern switch
            {
                Pattern.Vector v when value.Kind == ValKind.V128 => 1 + Enumerable.Range(0, v.Lanes.Length).Count(i => v.LaneMatches(value, i)) * (128 / v.Lanes.Length),
                Pattern.Exactly e when e.Value.Kind == value.Kind && value.Kind != ValKind.Ref => 1 + 64 - System.Numerics.BitOperations.PopCount(e.Value.Lo ^ value.Lo),
                Pattern.Nan n when n.Kind == value.Kind => 1,
                _ => 0,
            };
            if (score > bestScore) (best, bestScore) = (pattern, score);
        }
        return best ?? either;
    }

    /// <summary>How many representable floats lie between two of the same sign; null where that says nothing.</summary>
    private static string? Distance(Value a, Value b)
    {
        if (a.Kind is not (ValKind.F32 or ValKind.F64)) return null;
        bool wide = a.Kind == ValKind.F64;
        ulong infinity = wide ? 0x7FF0_0000_0000_0000 : 0x7F80_0000UL, magnitude = wide ? 0x7FFF_FFFF_FFFF_FFFF : 0x7FFF_FFFFUL;
        if ((a.Lo & magnitude) > infinity || (b.Lo & magnitude) > infinity || (a.Lo ^ b.Lo) > magnitude) return null;
        ulong distance = a.Lo > b.Lo ? a.Lo - b.Lo : b.Lo - a.Lo;
        return distance <= 1000 ? $"{distance} ulp" : null;
    }
}
