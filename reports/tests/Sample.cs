using Conformance.Harness.Expectations;
using Conformance.Harness.Results;

namespace Conformance.Reports.Tests;

/// <summary>A result with every verdict and the characters that reports must escape.</summary>
internal static class Sample
{
    public static RunResult Run(params CommandResult[] more)
    {
        var first = File("suite", "core/a.wast",
            Command(1, "module", Verdict.Passed),
            Command(3, "assert_trap", Verdict.Passed) with { ExpectedMessage = "unreachable", Message = MessageLevel.Exact },
            Command(5, "assert_return", Verdict.Failed) with { Expected = "f32 1.5 (0x3fc00000)", Actual = "f32 -1.5 (0xbfc00000)" },
            Command(7, "assert_invalid", Verdict.ExpectedFailure) with { ExpectedMessage = "type mismatch", Message = MessageLevel.None, Detail = "permanent, 3.4.5: <why> & how", Known = new(ExpectationCause.Permitted, "<why> & how", "https://example.org/1") },
            Command(9, "assert_return", Verdict.UnexpectedPass) with { Detail = "the expectations say that it fails: old | bug" });
        var second = File("suite", "proposals/x/b.wast", [
            Command(2, "module", Verdict.Unsupported) with { Detail = "needs x" },
            Command(4, "invoke", Verdict.AdapterLimit) with { Detail = "no references" },
            Command(6, "assert_return", Verdict.Crashed) with { Expected = "i32 0", Actual = "crash: \u0001 exit code 134" },
            Command(8, "assert_return", Verdict.TimedOut) with { Detail = "100%\nof the time" },
            Command(10, "output", Verdict.Skipped) with { Detail = "no --output-dir" },
            .. more]);
        return new RunResult
        {
            Tool = "0.1.0",
            Runtime = new("sample", "1.2", ["simd"], true),
            Suites = [new("suite", "https://example.org/suite", "0123abcd", true, null, true), new("other", null, null, false, "it is not here")],
            Settings = new("prefix", "reference", "binary", "os", false),
            Files = [first, second],
            Totals = Totals.Sum([first.Totals, second.Totals], true),
            Problems = ["expectation suite/core/a.wast:99: module matches no command"],
            Milliseconds = 1234.5,
        };
    }

    /// <summary>The run, and one on an engine that says other things.</summary>
    public static Matrix Matrix() => new(
    [
        Run(),
        Run(Command(12, "assert_trap", Verdict.Passed) with { ExpectedMessage = "unreachable", Message = MessageLevel.None },
            Command(14, "assert_return", Verdict.Unsupported) with { Actual = "no instance (module at line 2 is not supported)" },
            Command(16, "assert_return", Verdict.ExpectedFailure) with { Known = new(ExpectationCause.Engine, "it is wrong", null) }) with { Runtime = new("other", "3", [], false) },
    ], [new("third", "it is | not here")]);

    public static CommandResult Command(int line, string kind, Verdict verdict) => new() { Line = line, Column = 2, Kind = kind, Verdict = verdict, Milliseconds = 0.25 };

    private static FileResult File(string suite, string path, params CommandResult[] commands) =>
        new() { Suite = suite, Path = path, Profile = "3.0", Commands = [.. commands], Totals = Totals.Of(commands, true), Milliseconds = 10 };
}
