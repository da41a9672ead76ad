using System.Globalization;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Reports;
using Spectre.Console;

namespace Conformance.Cli;

internal enum Verbosity
{
    Quiet,
    Normal,
    Verbose,
}

/// <summary>What a person sees of a run: progress while it goes on, failures as <c>path:line:col</c>, a table, a last line. Colour only on a terminal.</summary>
internal sealed class Terminal
{
    /// <summary>Failures beyond this number are counted, unless the user asks for all.</summary>
    private const int MostFailures = 100;

    private readonly Verbosity _verbosity;
    private readonly IAnsiConsole _out;
    private readonly IAnsiConsole _error;

    public Terminal(bool noColor, Verbosity verbosity)
    {
        _verbosity = verbosity;
        bool never = noColor || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        _out = Create(Console.Out, never || Console.IsOutputRedirected);
        _error = Create(Console.Error, never || Console.IsErrorRedirected);
        // A log has no width: lines are never folded there.
        if (Console.IsOutputRedirected) _out.Profile.Width = 4096;
        if (Console.IsErrorRedirected) _error.Profile.Width = 4096;
    }

    private static IAnsiConsole Create(TextWriter writer, bool noColor) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = noColor ? AnsiSupport.No : AnsiSupport.Detect,
        ColorSystem = noColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
    });

    /// <summary>A warning, on standard output too since it changes what the run means.</summary>
    public void Warn(string text) => _out.MarkupLineInterpolated($"[yellow]{text}[/]");

    public void Note(string text)
    {
        if (_verbosity != Verbosity.Quiet) _error.MarkupLineInterpolated($"[grey]{text}[/]");
    }

    /// <summary>One line a round, on standard error.</summary>
    public void Round(Round round)
    {
        var (held, seconds) = (round.Held, round.Milliseconds / 1000);
        Note(string.Create(CultureInfo.InvariantCulture, $"round {round.Number,3}: {held.Resident / 1048576.0,7:0.0} MiB resident, {held.Managed / 1048576.0,6:0.0} MiB managed, {Told(held.Handles),4} handles, {Told(held.Mappings),5} mappings, {held.Threads,3} threads, {seconds,6:0.0} s"));

        static string Told(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "?";
    }

    /// <summary>One line, on standard error, where the system tells.</summary>
    public void Peak(ResidentPeak? peak)
    {
        if (peak is not null) Note(string.Create(CultureInfo.InvariantCulture, $"resident sizes of this process and its workers: {peak.Bytes / 1048576.0:0} MiB in sum at most"));
    }

    public RunProgress Progress(int files) => new(_error, _verbosity, files);

    public void Summary(RunResult run)
    {
        var bad = run.Commands().Where(c => c.Command.Verdict.IsBad()).ToList();
        foreach (var (file, command) in bad.Take(_verbosity == Verbosity.Verbose ? int.MaxValue : MostFailures))
            _out.MarkupLineInterpolated($"[red]{command.Verdict.Name()}[/] {file.Place(command)}: {command.Text}");
        if (bad.Count > MostFailures && _verbosity != Verbosity.Verbose)
            _out.MarkupLineInterpolated($"[red]and {bad.Count - MostFailures} more[/] (-v lists all, --json keeps all)");
        foreach (var file in run.Files.Where(f => f.Error is not null))
            _out.MarkupLineInterpolated($"[red]{file.Key}[/]: {file.Error!}");
        foreach (string problem in run.Problems)
            _out.MarkupLineInterpolated($"[red]problem[/]: {problem}");
        if (_verbosity != Verbosity.Quiet && run.Files.Length > 1) Table(run);
        LastLines(run);
    }

    /// <summary>One line a runtime.</summary>
    public void Summary(Matrix matrix)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("runtime").AddColumn("version");
        string[] columns = ["commands", "passed", "failed", "expected failures", "unexpected passes", "unsupported", "adapter limits", "crashed", "timed out", "skipped", "seconds"];
        foreach (string column in columns)
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var run in matrix.Runs)
        {
            var t = run.Totals;
            int[] counts = [t.Commands, t.Passed, t.Failed, t.ExpectedFailures, t.UnexpectedPasses, t.Unsupported, t.AdapterLimits, t.Crashed, t.TimedOut, t.Skipped];
            table.AddRow([Markup.Escape(run.Runtime.Name), Markup.Escape(run.Runtime.Version), .. counts.Select(Count), (run.Milliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture)]);
        }
        _out.Write(table);
        foreach (var missing in matrix.NotRun)
            _out.MarkupLineInterpolated($"[yellow]{missing.Name}: NOT RUN ({missing.Why})[/]");
    }

    private void Table(RunResult run)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("folder");
        string[] columns = ["files", "commands", "passed", "failed", "expected failures", "unsupported", "skipped", "other"];
        foreach (string column in columns)
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var group in run.Files.GroupBy(f => f.Key.LastIndexOf('/') is >= 0 and var slash ? f.Key[..slash] : "."))
            Row(group.Key, Totals.Sum(group.Select(f => f.Totals), false));
        _out.Write(table);

        void Row(string name, Totals t) => table.AddRow(
            Markup.Escape(name), Count(t.Files), Count(t.Commands), Count(t.Passed), t.Failed == 0 ? "0" : $"[red]{Count(t.Failed)}[/]",
            Count(t.ExpectedFailures), Count(t.Unsupported), Count(t.Skipped), Count(t.UnexpectedPasses + t.AdapterLimits + t.Crashed + t.TimedOut));
    }

    private void LastLines(RunResult run)
    {
        var t = run.Totals;
        var parts = Enum.GetValues<Verdict>().Where(v => v is Verdict.Passed or Verdict.Failed or Verdict.Skipped || t.Of(v) > 0).Select(v => $"{Count(t.Of(v))} {Words(v)}");
        if (_verbosity != Verbosity.Quiet)
            _out.MarkupLineInterpolated($"messages: {Count(t.Messages.Prefix)} of {Count(t.Messages.Expected)} matched by prefix, {Count(t.Messages.Exact)} exactly");
        if (run.Incomplete is not null)
            _out.MarkupLineInterpolated($"[yellow]incomplete ({run.Incomplete}): {run.NotRun.Length} files not run[/]");
        string line = $"{Count(t.Commands)} commands ({Count(t.Assertions)} assertions) in {Count(t.Files)} files: {string.Join(", ", parts)}  [{run.Runtime.Name} {run.Runtime.Version}, {(run.Milliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture)} s]";
        if (run.IsGreen) _out.MarkupLineInterpolated($"[green]{line}[/]");
        else _out.MarkupLineInterpolated($"[red]{line}[/]");
    }

    private static string Words(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "failed",
        Verdict.ExpectedFailure => "expected failures",
        Verdict.UnexpectedPass => "unexpected passes",
        Verdict.Unsupported => "unsupported",
        Verdict.AdapterLimit => "adapter limits",
        Verdict.Crashed => "crashed",
        Verdict.TimedOut => "timed out",
        Verdict.Skipped => "skipped",
        _ => throw new System.Diagnostics.UnreachableException($"verdict {(int)verdict}"),
    };

    private static string Count(int n) => n.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>A line that is written over while files end; in a log, nothing but what <c>-v</c> asks for.</summary>
internal sealed class RunProgress(IAnsiConsole console, Verbosity verbosity, int files) : IRunProgress, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _live = !Console.IsErrorRedirected && verbosity == Verbosity.Normal;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _running = [];
    private int _ended, _bad;
    private long _shown;

    public void FileStarted(ScriptFile file)
    {
        lock (_gate)
        {
            _running.Add(file.Key);
            Show();
        }
    }

    public void FileEnded(ScriptFile file, FileResult result)
    {
        lock (_gate)
        {
            _running.Remove(file.Key);
            _ended++;
            var t = result.Totals;
            _bad += t.Failed + t.UnexpectedPasses + t.Crashed + t.TimedOut;
            if (verbosity == Verbosity.Verbose)
                console.MarkupLineInterpolated($"{(t.IsGreen ? "ok    " : "FAILED")} {file.Key}  {t.Passed}/{t.Commands}  {result.Milliseconds:0} ms");
            Show();
        }
    }

    private void Show()
    {
        if (!_live || System.Diagnostics.Stopwatch.GetElapsedTime(_shown) < Interval) return;
        _shown = System.Diagnostics.Stopwatch.GetTimestamp();
        string line = $"{_ended}/{files} files, {_bad} not as expected  {_running.FirstOrDefault()}";
        int width = Math.Max(20, console.Profile.Width - 1);
        Console.Error.Write("\r" + (line.Length > width ? line[..width] : line.PadRight(width)));
    }

    public void Dispose()
    {
        if (_live && _shown != 0) Console.Error.Write("\r" + new string(' ', Math.Max(20, console.Profile.Width - 1)) + "\r");
    }
}
