using System.Diagnostics;
using System.Globalization;
using System.Text;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Coverage;

namespace Conformance.Cli.Commands.Fuzz;

/// <summary>What a person sees of a campaign: on a terminal some lines that are written over every second, in a log a line every 30 seconds.</summary>
internal sealed class CampaignTerminal : IDisposable
{
    /// <summary>Rates are those of this time past.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(30);

    private readonly KnownIssues _issues;
    private readonly Lock _gate = new();
    private readonly bool _live = !Console.IsErrorRedirected;
    private readonly Queue<CampaignStatus> _past = new();
    private long _logged = Stopwatch.GetTimestamp();
    private int _lines, _counted = -1;
    private string _findings = "";

    /// <param name="issues">What is known already.</param>
    /// <param name="begin">The folder before it runs.</param>
    public CampaignTerminal(KnownIssues issues, CampaignState begin)
    {
        _issues = issues;
        var part = begin.Parts.Values.Single();
        _past.Enqueue(new(part.Totals, TimeSpan.FromMilliseconds(part.Milliseconds), begin, 0, part.Restarts, part.Lost, begin.Cells.Count));
    }

    /// <summary>Tells a finding; on any thread.</summary>
    public void Found(Finding finding)
    {
        lock (_gate)
        {
            if (_live) Clear();
            Console.Error.WriteLine($"{finding.Case}: {finding.Signature}");
        }
    }

    public void Show(CampaignStatus status)
    {
        lock (_gate) ShowNow(status);
    }

    private void ShowNow(CampaignStatus status)
    {
        while (_past.Count > 1 && status.Elapsed - _past.Peek().Elapsed > Window) _past.Dequeue();
        var lines = Lines(status, _past.Peek());
        _past.Enqueue(status);
        if (_live)
        {
            int width = Math.Max(40, Console.BufferWidth - 1);
            Clear();
            foreach (string line in lines) Console.Error.WriteLine(line.Length > width ? line[..width] : line);
            _lines = lines.Count;
        }
        else if (Stopwatch.GetElapsedTime(_logged) >= LogEvery)
        {
            _logged = Stopwatch.GetTimestamp();
            Console.Error.WriteLine(string.Join(" | ", lines));
        }
    }

    /// <summary>The status in a few lines: totals, layers, engines, discards.</summary>
    private List<string> Lines(CampaignStatus now, CampaignStatus then)
    {
        double seconds = Math.Max(0.001, (now.Elapsed - then.Elapsed).TotalSeconds);
        var t = now.Totals;
        var first = new StringBuilder();
        first.Append(CultureInfo.InvariantCulture, $"{now.Elapsed:hh\\:mm\\:ss} {t.Cases:N0} cases, {(t.Cases - then.Totals.Cases) / seconds:N0}/s, {Share(t.Useful, t.Cases)} useful, {Findings(now.State)}");
        first.Append(CultureInfo.InvariantCulture, $", {Environment.WorkingSet >> 20} + {now.WorkerMemory >> 20} MiB, {now.Restarts.Values.Sum()} restarts");
        if (now.Cells is { } cells) first.Append(CultureInfo.InvariantCulture, $", {cells:N0} of {CoverageCells.All.Length:N0} cells of coverage, {cells - (then.Cells ?? 0):N0} new");
        var lines = new List<string> { first.ToString() };
        lines.Add("layers  " + string.Join("  ", t.Layers.Select(l => Text($"{l.Key} {(l.Value.Cases - (then.Totals.Layers.GetValueOrDefault(l.Key)?.Cases ?? 0)) / seconds:N0}/s"))));
        lines.Add("engines " + string.Join("  ", t.Cells.GroupBy(c => c.Key.Engine).Select(e => Text($"{e.Key} {(e.Sum(c => c.Value.Cases) - then.Totals.Cells.Where(c => c.Key.Engine == e.Key).Sum(c => c.Value.Cases)) / seconds:N0}/s"))));
        var discards = t.Layers.Values.SelectMany(l => l.Discards).GroupBy(d => d.Key).Select(d => (Cause: d.Key, Cases: d.Sum(c => c.Value))).OrderByDescending(d => d.Cases).ToList();
        if (discards.Count > 0) lines.Add("discards " + string.Join("  ", discards.Select(d => Text($"{d.Cause}: {d.Cases:N0}"))));
        foreach (var (engine, why) in now.Lost) lines.Add($"{engine} was lost: {why}");
        return lines;
    }

    private string Findings(CampaignState state)
    {
        if (_counted != state.Findings.Count)
        {
            _counted = state.Findings.Count;
            var report = CampaignReport.Of(state, _issues);
            int unknown = report.Signatures.Count(s => s.IsUnknown), known = report.Signatures.Count(s => !s.Known.IsEmpty);
            _findings = Text($"{unknown + known} distinct findings ({unknown} unknown)");
        }
        return _findings;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Share(long part, long all) => all == 0 ? "–" : (100.0 * part / all).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private void Clear()
    {
        for (; _lines > 0; _lines--) Console.Error.Write("\e[1A\e[2K");
    }

    public void Dispose()
    {
        if (_live) Clear();
    }
}
