using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Execution;

namespace Conformance.Fuzz.Comparing;

/// <summary>How an action may end, as far as the policy tells: one bit each, so that a row of the table can name several.</summary>
[Flags]
public enum EndClass
{
    None = 0,

    /// <summary>Returned, was loaded, was instantiated.</summary>
    Returned = 1 << 0,
    Malformed = 1 << 1,
    Invalid = 1 << 2,

    /// <summary>Malformed or invalid, from an engine that does not tell which.</summary>
    Rejected = 1 << 3,
    Unlinkable = 1 << 4,
    Trapped = 1 << 5,
    Threw = 1 << 6,
    Suspended = 1 << 7,
    Exhausted = 1 << 8,

    /// <summary>The action makes no sense on what it names: a fault of the case, which all see alike.</summary>
    Inapplicable = 1 << 9,
    Unsupported = 1 << 10,
    Limit = 1 << 11,
    TimedOut = 1 << 12,
    Crashed = 1 << 13,

    /// <summary>Bytes, a digest, the calls of a sweep: what an action read.</summary>
    Data = 1 << 14,
    NotRun = 1 << 15,

    Any = (1 << 16) - 1,
}

/// <summary>What follows from two ends.</summary>
public enum Rule
{
    /// <summary>They are the same; there is nothing in them to compare.</summary>
    Same,

    /// <summary>The same, if their values are, bit by bit.</summary>
    Values,

    /// <summary>The same, if the reference's kind of trap is among those that the engine's message stands for.</summary>
    TrapKinds,

    /// <summary>The same, if the tags are the same export and the payloads, where both tell them, the same values.</summary>
    Exception,

    /// <summary>Different.</summary>
    Differ,

    /// <summary>The engine was lost: a finding by itself.</summary>
    Crash,

    /// <summary>The engine did not answer: a finding by itself.</summary>
    Hang,

    /// <summary>Counted and not compared: the engine lacks what the case needs.</summary>
    Unsupported,

    /// <summary>Counted and not compared: the adapter cannot do it.</summary>
    Limit,

    /// <summary>Counted and not compared: the reference reached a limit of its own.</summary>
    ReferenceExhausted,

    /// <summary>Counted and not compared, if the reference needs much itself; else different.</summary>
    Exhausted,

    /// <summary>Counted and not compared, if the one of the two that refuses the module does so for a feature that the other has; else different.</summary>
    Validity,
}

/// <summary>
/// The policy of comparison: for each pair of ends the rule, the first row that has both. Outcomes are disjoint; what no row makes equal or inconclusive differs.
/// What is equal under a rule is in <see cref="Comparer"/>; the state between actions (memories, globals, the trace of what the host was told) is equal when its bits are, but for
/// places where the specification allows several NaNs (<see cref="Allowed"/>).
/// </summary>
public static class Policy
{
    private const EndClass Refused = EndClass.Malformed | EndClass.Invalid | EndClass.Rejected;

    public static ImmutableArray<(EndClass Reference, EndClass Observed, Rule Rule)> Rows { get; } =
    [
        (EndClass.Any,                            EndClass.Crashed,                       Rule.Crash),
        (EndClass.Exhausted | EndClass.TimedOut,  EndClass.Any,                           Rule.ReferenceExhausted),    // a hang, too: the reference ran out of steps
        (EndClass.Any,                            EndClass.TimedOut,                      Rule.Hang),
        (EndClass.Any,                            EndClass.Unsupported,                   Rule.Unsupported),
        (EndClass.Any,                            EndClass.Limit,                         Rule.Limit),
        (EndClass.Any,                            EndClass.Exhausted,                     Rule.Exhausted),
        (EndClass.Returned,                       EndClass.Returned,                      Rule.Values),
        (EndClass.Trapped,                        EndClass.Trapped,                       Rule.TrapKinds),
        (EndClass.Threw,                          EndClass.Threw,                         Rule.Exception),
        (EndClass.Malformed,                      EndClass.Malformed | EndClass.Rejected, Rule.Same),
        (EndClass.Invalid,                        EndClass.Invalid | EndClass.Rejected,   Rule.Same),
        (EndClass.Rejected,                       Refused,                                Rule.Same),
        (Refused,                                 EndClass.Returned | EndClass.Unlinkable | EndClass.Trapped | EndClass.Threw, Rule.Validity),
        (EndClass.Returned | EndClass.Unlinkable | EndClass.Trapped | EndClass.Threw, Refused,                                 Rule.Validity),
        (EndClass.Unlinkable,                     EndClass.Unlinkable,                    Rule.Same),
        (EndClass.Suspended,                      EndClass.Suspended,                     Rule.Same),
        (EndClass.Inapplicable,                   EndClass.Inapplicable,                  Rule.Same),
        (EndClass.NotRun,                         EndClass.NotRun,                        Rule.Same),
        (EndClass.Any,                            EndClass.Any,                           Rule.Differ),
    ];

    /// <summary>
    /// Traps of which either is right where the reference gives the first: rules that both apply, and of which the specification does not say which comes first.
    /// </summary>
    public static ImmutableArray<(TrapKind Reference, TrapKind Observed)> EitherTrap { get; } =
    [
        (TrapKind.ArrayOob, TrapKind.ArrNewDataOob),    // array.init_data-oob1 and -oob2: the array and the segment are both too short
        (TrapKind.ArrayOob, TrapKind.ArrNewElemOob),    // array.init_elem-oob1 and -oob2
        (TrapKind.ArrayNull, TrapKind.ArrayOob),        // array.copy, from null to beyond an array's end
    ];

    /// <summary>
    /// What engines say of a valid module that they may refuse: because it is larger than they allow (appendix A.2), or because it has instructions of the legacy
    /// exceptions, which are no part of 3.0, beside those that took their place (WebAssembly/exception-handling issue 344). It is counted and not compared.
    /// </summary>
    public static ImmutableArray<string> PermittedRefusals { get; } =
    [
        "larger than implementation limit",                     // V8: sizes of tables
        "mix of legacy and new exception handling",             // V8
        "uses both legacy exceptions and try_table",            // JavaScriptCore
    ];

    public static Rule Of(EndClass reference, EndClass observed)
    {
        foreach (var (expected, seen, rule) in Rows)
            if ((expected & reference) != 0 && (seen & observed) != 0) return rule;
        return Rule.Differ;
    }

    public static EndClass ClassOf(Outcome outcome) => outcome switch
    {
        Outcome.Returned or Outcome.Loaded or Outcome.Instantiated => EndClass.Returned,
        Outcome.Trapped => EndClass.Trapped,
        Outcome.Threw => EndClass.Threw,
        Outcome.Exhausted => EndClass.Exhausted,
        Outcome.Malformed or Outcome.MalformedCustom => EndClass.Malformed,
        Outcome.Invalid or Outcome.InvalidCustom => EndClass.Invalid,
        Outcome.Rejected => EndClass.Rejected,
        Outcome.Unlinkable => EndClass.Unlinkable,
        Outcome.Suspended => EndClass.Suspended,
        Outcome.Inapplicable => EndClass.Inapplicable,
        Outcome.Unsupported => EndClass.Unsupported,
        Outcome.AdapterLimit => EndClass.Limit,
        Outcome.TimedOut => EndClass.TimedOut,
        Outcome.Crashed => EndClass.Crashed,
        _ => throw new System.Diagnostics.UnreachableException($"outcome {outcome.GetType().Name}"),
    };

    /// <summary>The word for it in a class of differences.</summary>
    public static string Word(EndClass end) => end == EndClass.NotRun ? "not run" : end.ToString().ToLowerInvariant();
}
