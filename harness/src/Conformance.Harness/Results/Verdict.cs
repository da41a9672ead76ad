namespace Conformance.Harness.Results;

/// <summary>What became of one command. The nine are disjoint, and every command has exactly one.</summary>
public enum Verdict
{
    /// <summary>The outcome is what the script demands.</summary>
    Passed,

    /// <summary>It is not.</summary>
    Failed,

    /// <summary>It is not, and the expectations file says so with a reason.</summary>
    ExpectedFailure,

    /// <summary>It is, but the expectations file says that it is not.</summary>
    UnexpectedPass,

    /// <summary>The runtime lacks a feature that the command needs.</summary>
    Unsupported,

    /// <summary>The adapter, not the runtime, cannot do what the command needs.</summary>
    AdapterLimit,

    /// <summary>The runtime's process died, or an exception escaped that none of its outcomes allows.</summary>
    Crashed,

    /// <summary>The command did not end in time, or its file's time was spent before it began.</summary>
    TimedOut,

    /// <summary>The command was not run; the detail says why.</summary>
    Skipped,
}

/// <summary>How well the runtime's message agrees with the text of the assertion. It is reported beside the verdict.</summary>
public enum MessageLevel
{
    /// <summary>The message does not begin with the expected text.</summary>
    None,

    /// <summary>The message begins with the expected text.</summary>
    Prefix,

    /// <summary>The message is the expected text.</summary>
    Exact,
}

public static class VerdictNames
{
    /// <summary>The verdict as it stands in reports: <c>passed</c>, <c>expectedFailure</c>, <c>timedOut</c>.</summary>
    public static string Name(this Verdict verdict)
    {
        string name = verdict.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The level as it stands in reports: <c>none</c>, <c>prefix</c>, <c>exact</c>.</summary>
    public static string Name(this MessageLevel level) => level.ToString().ToLowerInvariant();

    /// <summary>Whether the verdict alone turns a run red (exit code 1).</summary>
    public static bool IsBad(this Verdict verdict) =>
        verdict is Verdict.Failed or Verdict.UnexpectedPass or Verdict.Crashed or Verdict.TimedOut;
}
