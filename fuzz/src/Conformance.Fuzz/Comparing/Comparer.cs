using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Workers;
using Wasm.Syntax;

namespace Conformance.Fuzz.Comparing;

/// <summary>What a comparison must know of an engine.</summary>
/// <param name="Features">All features that it has.</param>
/// <param name="ObeysProfiles">Whether it can be held to fewer.</param>
/// <param name="Asked">What modules were held to, by the reference and by an engine that can.</param>
/// <param name="TellsTags">Whether it tells an exception's tag and payload; if not, neither is compared.</param>
public sealed record EngineFacts(Features Features, bool ObeysProfiles, Features Asked, bool TellsTags = true);

/// <summary>
/// Compares an engine's result of a case with the reference's: action by action up to the first difference or the first end that says nothing. Pure. Which ends
/// are equal is the <see cref="Policy"/>'s table.
/// </summary>
public static class Comparer
{
    /// <param name="case">The case, of which the places of NaNs and the modules are looked at.</param>
    /// <param name="reference">What the reference did, with the engine's choices.</param>
    /// <param name="observed">What the engine did.</param>
    /// <param name="facts">What is known of the engine.</param>
    /// <param name="floor">
    /// Runs the case on the reference with the least that every engine must have (<see cref="Engines.ReferenceLimits.Floor"/>): when an engine is exhausted and the
    /// reference can do with so little, that is a difference. Asked only then; null to let every exhaustion pass.
    /// </param>
    public static Verdict Compare(FuzzCase @case, CaseResult reference, CaseResult observed, EngineFacts facts, Func<CaseResult>? floor = null)
    {
        var context = new Context(@case, facts, reference, floor);
        Verdict.Inconclusive? unseen = null;
        for (int i = 0; i < reference.Results.Length; i++)
        {
            if (i >= observed.Results.Length) return new Verdict.Difference(i, "no result", Text(reference.Results[i]), "nothing");
            if (Compare(context, i, reference.Results[i], observed.Results[i]) is { } verdict) return verdict;
            unseen ??= Unseen(context, i, reference.Results[i], observed.Results[i]);
        }
        return observed.Results.Length == reference.Results.Length ? unseen is null ? Verdict.Agree.Instance : unseen
            : new Verdict.Difference(reference.Results.Length, "too many results", "nothing", Text(observed.Results[reference.Results.Length]));
    }

    /// <summary>What the engine or its adapter does not show of an action that leaves the state as it should be: the next actions are compared, but the case has not agreed.</summary>
    private static Verdict.Inconclusive? Unseen(in Context context, int i, ActionResult reference, ActionResult observed) => (reference, observed) switch
    {
        (_, ActionResult.Ended { Outcome: Outcome.AdapterLimit }) => new(i, "limit of the adapter"),
        (ActionResult.Ended { Outcome: Outcome.Threw }, ActionResult.Ended { Outcome: Outcome.Threw }) when !context.Facts.TellsTags => new(i, "tag and payload are not told"),
        (ActionResult.Swept r, ActionResult.Swept) when !context.Facts.TellsTags && r.Outcomes.Any(o => o is Outcome.Threw) => new(i, "tag and payload are not told"),
        _ => null,
    };

    /// <summary>Whether an action only reads, so that what it could not read changes nothing for the next ones.</summary>
    private static bool Reads(CaseAction action) => action is CaseAction.Memory or CaseAction.Digest or CaseAction.Get;

    private readonly record struct Context(FuzzCase Case, EngineFacts Facts, CaseResult Reference, Func<CaseResult>? Floor);

    /// <summary>The verdict on an action, or null when it is the same and the next one counts.</summary>
    private static Verdict? Compare(in Context context, int i, ActionResult reference, ActionResult observed)
    {
        // What the host was told before an end, whatever that is, must be equal as far as both were told.
        if (TraceDiffers(reference.Trace, observed.Trace) is { } at) return Differ(i, "trace", Traced(reference, at), Traced(observed, at));
        var verdict = (reference, observed) switch
        {
            (ActionResult.Swept r, ActionResult.Swept o) => Sweep(context, i, r, o),
            (ActionResult.Bytes r, ActionResult.Bytes o) => Bytes(context, i, r, o),
            (ActionResult.Digested r, ActionResult.Digested o) => r.Length == o.Length && r.Hash == o.Hash ? null : Differ(i, r.Length == o.Length ? "memory" : "memory size", Text(r), Text(o)),
            (ActionResult.Ended r, ActionResult.Ended o) => End(context, i, null, r.Outcome, o.Outcome),
            (ActionResult.Parsed r, ActionResult.Parsed o) => ParsedModules.Difference(r.Binary, o.Binary) is { } how ? Differ(i, $"another module: {KindOf(how)}", Text(r), how) : null,
            (ActionResult.Parsed r, ActionResult.Ended { Outcome: Outcome.Malformed o }) => Differ(i, $"refused: {Shape(o.Message)}", Text(r), o.Message),
            _ => End(context, i, null, OutcomeOf(reference), OutcomeOf(observed), ClassOf(reference), ClassOf(observed)),
        };
        if (verdict is not null || reference.Trace.Length == observed.Trace.Length) return verdict;
        int shorter = Math.Min(reference.Trace.Length, observed.Trace.Length);
        return Differ(i, "trace", Traced(reference, shorter), Traced(observed, shorter));
    }

    private static EndClass ClassOf(ActionResult result) => result switch
    {
        ActionResult.Ended ended => Policy.ClassOf(ended.Outcome),
        ActionResult.NotRun => EndClass.NotRun,
        _ => EndClass.Data,
    };

    private static Outcome? OutcomeOf(ActionResult result) => (result as ActionResult.Ended)?.Outcome;

    private static Verdict? End(in Context context, int i, int? call, Outcome reference, Outcome observed) =>
        End(context, i, call, reference, observed, Policy.ClassOf(reference), Policy.ClassOf(observed));

    private static Verdict? End(in Context context, int i, int? call, Outcome? reference, Outcome? observed, EndClass expected, EndClass seen)
    {
        Verdict Differ(string what) => new Verdict.Difference(i, what, At(call, reference is null ? Policy.Word(expected) : Text(reference)), At(call, observed is null ? Policy.Word(seen) : Text(observed)));
        Verdict Passes(string cause) => new Verdict.Inconclusive(i, cause);

        switch (Policy.Of(expected, seen))
        {
            case Rule.Same: return null;
            case Rule.Values: return Same(((Outcome.Returned)reference!).Values, ((Outcome.Returned)observed!).Values) ? null : Differ("values");
            case Rule.TrapKinds:
                var (trap, kinds) = (((Outcome.Trapped)reference!).Kinds[0], ((Outcome.Trapped)observed!).Kinds);
                return kinds.Contains(trap) || Policy.EitherTrap.Any(t => t.Reference == trap && kinds.Contains(t.Observed)) ? null : Differ(kinds.IsEmpty ? "trap of no known kind" : $"trap {trap} -> {string.Join('|', kinds)}");
            case Rule.Exception:
                var (thrown, caught) = ((Outcome.Threw)reference!, (Outcome.Threw)observed!);
                if (!context.Facts.TellsTags) return null;
                if (thrown.Tag != caught.Tag) return Differ("tag");
                return thrown.Values.IsDefault || caught.Values.IsDefault || Same(thrown.Values, caught.Values) ? null : Differ("payload");
            case Rule.Crash: return Differ("crash");
            case Rule.Hang: return Differ("hang");
            case Rule.Unsupported: return Passes("unsupported");
            case Rule.Limit when Reads(context.Case.Actions[i]): return null;
            case Rule.Limit: return Passes("limit of the adapter");
            case Rule.ReferenceExhausted: return Passes("exhaustion of the reference");
            case Rule.Exhausted: return DoesWithLittle(context, i) ? Differ("exhaustion") : Passes("exhaustion");
            case Rule.Validity when observed is Outcome.Rejected or Outcome.Invalid && Policy.PermittedRefusals.Any(l => Text(observed).Contains(l, StringComparison.Ordinal)):
                return Passes("the engine may refuse it");
            case Rule.Validity when IsForFeatures(context, i, seen, observed!): return Passes("unsupported");
            case Rule.Validity: return Differ($"{Policy.Word(expected)} -> {Policy.Word(seen)}{Complaint(IsRefusal(expected) ? reference! : observed!, IsRefusal(expected))}");
            case Rule.Differ: return Differ($"{Policy.Word(expected)} -> {Policy.Word(seen)}");
            case var rule: throw new System.Diagnostics.UnreachableException($"rule {rule}");
        }
    }

    /// <summary>Whether the reference comes through an action with the least that every engine must have.</summary>
    private static bool DoesWithLittle(in Context context, int i)
    {
        if (context.Floor?.Invoke() is not { } floor || i >= floor.Results.Length) return false;
        if (floor.Results[i] is ActionResult.Ended { Outcome: Outcome.Exhausted }) return false;
        if (floor.Results[i] is ActionResult.Swept swept && swept.Outcomes.Any(o => o is Outcome.Exhausted)) return false;
        // With less it may have gone another way, such as by a memory that did not grow.
        return Compare(context with { Floor = null }, i, context.Reference.Results[i], floor.Results[i]) is null;
    }

    private static bool IsRefusal(EndClass end) => (end & (EndClass.Malformed | EndClass.Invalid | EndClass.Rejected)) != 0;

    /// <summary>
    /// What a refusal complains of, without what varies from module to module, so that modules refused for different reasons have different signatures: of the reference
    /// the text that a script would expect, of an engine the innermost cause with <c>#</c> for numbers.
    /// </summary>
    private static string Complaint(Outcome refusal, bool isReference)
    {
        string[] parts = refusal.ToString().Split(": ");
        string text = TrapPartition.Shape(isReference ? parts.ElementAtOrDefault(1) ?? "" : parts[^1]);
        foreach (string detail in new[] { " (", " @", " at #x", ", in function" })
            if (text.IndexOf(detail, StringComparison.Ordinal) is > 0 and var at) text = text[..at];
        return parts.Length < 2 || text.Length == 0 ? "" : $": {(text.Length > LongestComplaint ? text[..LongestComplaint] : text)}";
    }

    private const int LongestComplaint = 60;

    /// <summary>Whether an engine takes or refuses a module because it has more or fewer features than were asked for.</summary>
    private static bool IsForFeatures(in Context context, int i, EndClass seen, Outcome observed)
    {
        int? module = context.Case.Actions[i] switch
        {
            CaseAction.Load a => a.Module,
            CaseAction.Instantiate a => a.Module,
            _ => null,
        };
        if (module is null) return false;
        var outcome = (seen & (EndClass.Malformed | EndClass.Invalid | EndClass.Rejected)) != 0 ? observed : new Outcome.Loaded(Accepted.Instance);
        return FeatureGate.Explain(outcome, context.Case.Modules[module.Value].Bytes, Profile.Wasm3 with { Features = context.Facts.Asked }, context.Facts.Features, context.Facts.ObeysProfiles) is Outcome.Unsupported;
    }

    private sealed record Accepted : IModule
    {
        public static Accepted Instance { get; } = new();
    }

    private static Verdict? Sweep(in Context context, int i, ActionResult.Swept reference, ActionResult.Swept observed)
    {
        if (reference.Outcomes.Length != observed.Outcomes.Length) return Differ(i, "calls", Text(reference), Text(observed));
        for (int call = 0; call < reference.Outcomes.Length; call++)
        {
            var (r, o) = (reference.Outcomes[call], observed.Outcomes[call]);
            if (r is null && o is null) continue;
            if (End(context, i, call, r ?? Nothing, o ?? Nothing) is { } verdict) return verdict;
        }
        return null;
    }

    private static readonly Outcome Nothing = new Outcome.Returned([]);

    private static Verdict? Bytes(in Context context, int i, ActionResult.Bytes reference, ActionResult.Bytes observed)
    {
        if (reference.Data.AsSpan().SequenceEqual(observed.Data)) return null;
        if (reference.Data.Length != observed.Data.Length) return Differ(i, "memory size", $"{reference.Data.Length} bytes", $"{observed.Data.Length} bytes");
        var sets = ImmutableArray<NaNSet>.Empty;
        foreach (var places in context.Case.NaNs)
            if (places.Action == i) sets = places.Sets;
        for (int at = 0; at < reference.Data.Length;)
        {
            var set = at / 4 < sets.Length ? sets[at / 4] : NaNSet.Exact;
            int width = Math.Min(Allowed.Width(set), reference.Data.Length - at);
            ReadOnlySpan<byte> expected = reference.Data.AsSpan(at, width), seen = observed.Data.AsSpan(at, width);
            if (!Allowed.Holds(set, expected, seen)) return Differ(i, set == NaNSet.Exact ? "memory" : $"NaN {set}", Placed(at, expected), Placed(at, seen));
            at += width;
        }
        return null;
    }

    private static string Placed(int at, ReadOnlySpan<byte> bytes) => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(bytes)} at {at}");

    private static bool Same(ImmutableArray<Value> a, ImmutableArray<Value> b) => a.AsSpan().SequenceEqual(b.AsSpan());

    /// <summary>Where two traces have different values, as far as both go.</summary>
    private static int? TraceDiffers(ImmutableArray<Value> a, ImmutableArray<Value> b)
    {
        int length = Math.Min(a.Length, b.Length), same = a.AsSpan(0, length).CommonPrefixLength(b.AsSpan(0, length));
        return same == length ? null : same;
    }

    private static Verdict.Difference Differ(int i, string what, string expected, string observed) => new(i, what, expected, observed);

    private static string At(int? call, string text) => call is { } n ? string.Create(CultureInfo.InvariantCulture, $"{text} of call {n}") : text;

    private static string Traced(ActionResult result, int at) =>
        string.Create(CultureInfo.InvariantCulture, $"{(at < result.Trace.Length ? result.Trace[at].ToString() : $"nothing after {result.Trace.Length} values")} in the trace at {at}, then {Text(result)}");

    private static string Text(Outcome outcome) => outcome is Outcome.Trapped { Kinds: var kinds } trap ? $"{trap} ({(kinds.IsEmpty ? "no known kind" : string.Join(" or ", kinds))})" : outcome.ToString();

    private static string Text(ActionResult result) => result switch
    {
        ActionResult.Ended r => Text(r.Outcome),
        ActionResult.Digested r => string.Create(CultureInfo.InvariantCulture, $"{r.Length} bytes, hash {r.Hash:x8}"),
        ActionResult.Bytes r => Shortened(r.Data),
        ActionResult.Swept r => string.Create(CultureInfo.InvariantCulture, $"{r.Outcomes.Length} calls"),
        ActionResult.Parsed r => string.Create(CultureInfo.InvariantCulture, $"a module of {r.Binary.Length} bytes"),
        ActionResult.NotRun => "not run",
        _ => throw new System.Diagnostics.UnreachableException($"result {result}"),
    };

    /// <summary>The first words of a difference between modules: those before its numbers, or what there is another number of.</summary>
    private static string KindOf(string difference)
    {
        if (char.IsAsciiDigit(difference[0])) return $"number of {difference[(difference.LastIndexOf("kind ", StringComparison.Ordinal) + 5)..]}s";
        return string.Join(' ', difference.Split(':')[0].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Where(word => !char.IsAsciiDigit(word[0])));
    }

    /// <summary>The first line of a message without what it quotes, its places and its numbers: the same for the same cause.</summary>
    private static string Shape(string message)
    {
        var shape = new StringBuilder();
        char quote = '\0';
        foreach (char c in message.AsSpan(0, Math.Min(message.Length, 200)))
        {
            if (c == '\n') break;
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                continue;
            }
            if (c is '`' or '"' or '\'') quote = c;
            else if (!char.IsAsciiDigit(c)) shape.Append(c);
        }
        return shape.ToString().Trim();
    }

    private static string Shortened(byte[] data)
    {
        var text = new StringBuilder(Convert.ToHexStringLower(data.AsSpan(0, Math.Min(data.Length, 64))));
        return data.Length > 64 ? text.Append(" …").ToString() : text.ToString();
    }
}
