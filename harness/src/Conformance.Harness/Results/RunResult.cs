using System.Collections.Immutable;
using Conformance.Harness.Expectations;

namespace Conformance.Harness.Results;

/// <summary>
/// The result of one run on one runtime: the one source that every report is made from. It holds no time of day and no machine,
/// so that two runs of the same thing differ in durations only.
/// </summary>
public sealed record RunResult
{
    /// <summary>The version of the format. It changes when a reader of the old one would misread the new one.</summary>
    public const int FormatVersion = 1;

    public int Version { get; init; } = FormatVersion;

    /// <summary>The version of the kit.</summary>
    public required string Tool { get; init; }

    public required RuntimeResult Runtime { get; init; }

    /// <summary>The suites that the files come from, in the order asked for.</summary>
    public ImmutableArray<SuiteResult> Suites { get; init; } = [];

    public required RunSettings Settings { get; init; }

    /// <summary>The files in the order of the suites, then of their paths.</summary>
    public ImmutableArray<FileResult> Files { get; init; } = [];

    public required Totals Totals { get; init; }

    /// <summary>What is wrong beside the verdicts, such as a stale expectation. Any of them turns the run red.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>Why the run ended before all files were run (<c>cancelled</c>, <c>fail-fast</c>), or null.</summary>
    public string? Incomplete { get; init; }

    /// <summary>The files that an incomplete run did not get to.</summary>
    public ImmutableArray<string> NotRun { get; init; } = [];

    /// <summary>Wall time in milliseconds.</summary>
    public double Milliseconds { get; init; }

    /// <summary>Whether all is as expected: exit code 0.</summary>
    public bool IsGreen => Totals.IsGreen && Problems.IsEmpty && Incomplete is null;
}

/// <summary>The runtime under test.</summary>
/// <param name="Name">Such as <c>reference</c>.</param>
/// <param name="Version">Its own version.</param>
/// <param name="Features">What it declares to support, by name.</param>
/// <param name="DistinguishesMalformed">Whether it tells malformed from invalid; if not, the report shows the loss.</param>
public sealed record RuntimeResult(string Name, string Version, ImmutableArray<string> Features, bool DistinguishesMalformed);

/// <summary>A suite that was asked for.</summary>
/// <param name="Name">Its name in <c>corpus/suites.yaml</c>, or the folder's name.</param>
/// <param name="Repository">Where it comes from, if it is a pinned one.</param>
/// <param name="Commit">The pinned commit, if it is a pinned one.</param>
/// <param name="Found">Whether it was found.</param>
/// <param name="Why">Why it was not.</param>
/// <param name="Official">Whether it is the official mirror.</param>
/// <param name="Pinned">What the pinned commit holds, when the suite is that.</param>
public sealed record SuiteResult(string Name, string? Repository, string? Commit, bool Found, string? Why = null, bool Official = false, SuiteCounts? Pinned = null);

/// <summary>How much a suite holds, counted once by hand: a file or command that is lost on the way to a report is noticed.</summary>
public sealed record SuiteCounts(int Files, int Commands, int Messages);

/// <summary>The settings that decide verdicts.</summary>
/// <param name="Messages">The level below which a message is a failure: <c>none</c>, <c>prefix</c> or <c>exact</c>.</param>
/// <param name="References">How reference patterns are read: <c>reference</c> or <c>strict</c>.</param>
/// <param name="Modules">How modules reach the runtime: <c>binary</c>, <c>direct</c> or <c>round-trip</c>.</param>
/// <param name="Threads">How <c>thread</c> commands run: <c>os</c> or <c>scheduler</c>.</param>
/// <param name="Whole">Whether the suites were run whole (but for the shard), not a selection of their files.</param>
/// <param name="Shard">The shard as <c>I/N</c>, or null.</param>
public sealed record RunSettings(string Messages, string References, string Modules, string Threads, bool Whole, string? Shard = null);

/// <summary>The result of one script file.</summary>
public sealed record FileResult
{
    /// <summary>The name of its suite; the empty string for a file named by itself.</summary>
    public required string Suite { get; init; }

    /// <summary>Its path below the suite's folder, with <c>/</c>; for a file named by itself, the path as given.</summary>
    public required string Path { get; init; }

    /// <summary>The name of its profile, such as <c>3.0+threads</c>.</summary>
    public required string Profile { get; init; }

    public ImmutableArray<CommandResult> Commands { get; init; } = [];

    public required Totals Totals { get; init; }

    /// <summary>Why a part of the file could not be split into commands, or the file not be read; null if all went well.</summary>
    public string? Error { get; init; }

    public double Milliseconds { get; init; }

    /// <summary>The key of expectations and diffs: the suite and the path.</summary>
    public string Key => Suite.Length == 0 ? Path : $"{Suite}/{Path}";
}

/// <summary>The result of one command.</summary>
public sealed record CommandResult
{
    /// <summary>The file, where it is another than the one that holds the command (<c>input</c>); else null.</summary>
    public string? File { get; init; }

    public required int Line { get; init; }
    public required int Column { get; init; }

    /// <summary>The command's keyword, such as <c>module</c>, <c>invoke</c> or <c>assert_return</c>.</summary>
    public required string Kind { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>The text that the assertion carries (in today's words for suites of older versions), or null.</summary>
    public string? ExpectedMessage { get; init; }

    /// <summary>How well the message agrees; null where the assertion carries no text or no message came of the kind it asks for.</summary>
    public MessageLevel? Message { get; init; }

    /// <summary>What was expected, for a verdict other than passed.</summary>
    public string? Expected { get; init; }

    /// <summary>What was observed, for a verdict other than passed.</summary>
    public string? Actual { get; init; }

    /// <summary>More on the verdict: the reason of a skip, the reason of an expected failure, the nearest alternative.</summary>
    public string? Detail { get; init; }

    /// <summary>What the expectations say of an expected failure; else null.</summary>
    public KnownFailure? Known { get; init; }

    public double Milliseconds { get; init; }

    public bool IsAssertion => Kind.StartsWith("assert_", StringComparison.Ordinal);

    /// <summary><c>assert_return: expected …, got … (…)</c>, for a person.</summary>
    public string Text
    {
        get
        {
            string text = Expected is null && Actual is null ? "" : Actual is null ? $"expected {Expected}" : Expected is null ? Actual : $"expected {Expected}, got {Actual}";
            text = Detail is null ? text : text.Length == 0 ? Detail : $"{text} ({Detail})";
            return $"{Kind}: {(text.Length == 0 ? Verdict.Name() : text)}";
        }
    }
}

/// <summary>Why a failure is expected.</summary>
/// <param name="Cause">Whose doing it is.</param>
/// <param name="Reason">Why it fails.</param>
/// <param name="Link">Where it is reported or discussed, or null.</param>
public sealed record KnownFailure(ExpectationCause Cause, string Reason, string? Link);
