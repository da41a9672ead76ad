namespace Conformance.Harness.Results;

/// <summary>
/// The counts of a file or of a run. <see cref="Commands"/> is the sum of the nine verdicts; a test and the reader of result files hold it to that.
/// </summary>
public sealed record Totals
{
    public int Files { get; init; }
    public int Commands { get; init; }

    /// <summary>The commands that are assertions.</summary>
    public int Assertions { get; init; }

    public int Passed { get; init; }
    public int Failed { get; init; }
    public int ExpectedFailures { get; init; }
    public int UnexpectedPasses { get; init; }
    public int Unsupported { get; init; }
    public int AdapterLimits { get; init; }
    public int Crashed { get; init; }
    public int TimedOut { get; init; }
    public int Skipped { get; init; }

    /// <summary>Whether the official suite was found and run.</summary>
    public bool SuiteFound { get; init; }

    public MessageTotals Messages { get; init; } = new(0, 0, 0);

    public int SumOfVerdicts => Passed + Failed + ExpectedFailures + UnexpectedPasses + Unsupported + AdapterLimits + Crashed + TimedOut + Skipped;

    /// <summary>Whether no verdict turns the run red.</summary>
    public bool IsGreen => Failed == 0 && UnexpectedPasses == 0 && Crashed == 0 && TimedOut == 0;

    public int Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => Passed,
        Verdict.Failed => Failed,
        Verdict.ExpectedFailure => ExpectedFailures,
        Verdict.UnexpectedPass => UnexpectedPasses,
        Verdict.Unsupported => Unsupported,
        Verdict.AdapterLimit => AdapterLimits,
        Verdict.Crashed => Crashed,
        Verdict.TimedOut => TimedOut,
        Verdict.Skipped => Skipped,
        _ => throw new System.Diagnostics.UnreachableException($"verdict {(int)verdict}"),
    };

    /// <summary>The totals of one file.</summary>
    public static Totals Of(IReadOnlyCollection<CommandResult> commands, bool suiteFound)
    {
        int[] counts = new int[Enum.GetValues<Verdict>().Length];
        int assertions = 0, expected = 0, prefix = 0, exact = 0;
        foreach (var command in commands)
        {
            counts[(int)command.Verdict]++;
            if (command.IsAssertion) assertions++;
            if (command.ExpectedMessage is not null) expected++;
            if (command.Message is MessageLevel.Prefix or MessageLevel.Exact) prefix++;
            if (command.Message is MessageLevel.Exact) exact++;
        }
        return new Totals
        {
            Files = 1,
            Commands = commands.Count,
            Assertions = assertions,
            Passed = counts[(int)Verdict.Passed],
            Failed = counts[(int)Verdict.Failed],
            ExpectedFailures = counts[(int)Verdict.ExpectedFailure],
            UnexpectedPasses = counts[(int)Verdict.UnexpectedPass],
            Unsupported = counts[(int)Verdict.Unsupported],
            AdapterLimits = counts[(int)Verdict.AdapterLimit],
            Crashed = counts[(int)Verdict.Crashed],
            TimedOut = counts[(int)Verdict.TimedOut],
            Skipped = counts[(int)Verdict.Skipped],
            SuiteFound = suiteFound,
            Messages = new(expected, prefix, exact),
        };
    }

    /// <summary>The totals of several files together.</summary>
    public static Totals Sum(IEnumerable<Totals> parts, bool suiteFound)
    {
        var sum = new Totals { SuiteFound = suiteFound };
        foreach (var part in parts)
            sum = sum with
            {
                Files = sum.Files + part.Files,
                Commands = sum.Commands + part.Commands,
                Assertions = sum.Assertions + part.Assertions,
                Passed = sum.Passed + part.Passed,
                Failed = sum.Failed + part.Failed,
                ExpectedFailures = sum.ExpectedFailures + part.ExpectedFailures,
                UnexpectedPasses = sum.UnexpectedPasses + part.UnexpectedPasses,
                Unsupported = sum.Unsupported + part.Unsupported,
                AdapterLimits = sum.AdapterLimits + part.AdapterLimits,
                Crashed = sum.Crashed + part.Crashed,
                TimedOut = sum.TimedOut + part.TimedOut,
                Skipped = sum.Skipped + part.Skipped,
                Messages = sum.Messages + part.Messages,
            };
        return sum;
    }
}

/// <summary>The counts of messages.</summary>
/// <param name="Expected">Commands whose assertion carries a text.</param>
/// <param name="Prefix">Those of them whose message begins with the text; exact ones are among them.</param>
/// <param name="Exact">Those of them whose message is the text.</param>
public readonly record struct MessageTotals(int Expected, int Prefix, int Exact)
{
    public static MessageTotals operator +(MessageTotals a, MessageTotals b) => new(a.Expected + b.Expected, a.Prefix + b.Prefix, a.Exact + b.Exact);
}
