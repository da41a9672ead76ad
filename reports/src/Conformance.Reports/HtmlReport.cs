using System.Globalization;
using System.Net;
using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>One self-contained page: the summary, a row a folder, and every command that did not simply pass, filterable by text and verdict.</summary>
public sealed class HtmlReport : IReportWriter
{
    public void Write(RunResult run, TextWriter output)
    {
        output.Write($$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Conformance of {{Text(run.Runtime.Name)}}</title>
            <style>
            :root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --mid: #9a6700; }
            body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
            th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
            th:first-child, td:first-child { text-align: left; }
            #commands td, #commands th { text-align: left; vertical-align: top; }
            code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
            .good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .mid { color: var(--mid); }
            input, select { font: inherit; padding: .2rem .4rem; margin-right: .5rem; }
            </style>
            </head>
            <body>
            <h1>Conformance of {{Text(run.Runtime.Name)}} {{Text(run.Runtime.Version)}}</h1>

            """);
        foreach (var suite in run.Suites)
            output.WriteLine(suite.Found
                ? $"<p>Suite <code>{Text(suite.Name)}</code>{(suite.Commit is null ? "" : $" at <code>{Text(suite.Commit)}</code>")}</p>"
                : $"<p class=\"bad\">{(suite.Official ? "official suite" : Text(suite.Name))}: NOT RUN ({Text(suite.Why ?? "")})</p>");
        output.WriteLine($"<p class=\"{(run.IsGreen ? "good" : "bad")}\">{(run.IsGreen ? "As expected" : "Not as expected")}: {Count(run.Totals.Passed)} of {Count(run.Totals.Commands)} commands passed in {Count(run.Totals.Files)} files; messages: {Count(run.Totals.Messages.Prefix)} of {Count(run.Totals.Messages.Expected)} matched by prefix, {Count(run.Totals.Messages.Exact)} exactly.</p>");
        if (run.Incomplete is not null)
            output.WriteLine($"<p class=\"bad\">Incomplete ({Text(run.Incomplete)}): {Count(run.NotRun.Length)} files were not run.</p>");
        foreach (string problem in run.Problems)
            output.WriteLine($"<p class=\"bad\">{Text(problem)}</p>");
        WriteFolders(run, output);
        WriteCommands(run, output);
        output.WriteLine("</body>\n</html>");
    }

    private static void WriteFolders(RunResult run, TextWriter output)
    {
        output.WriteLine("<table id=\"folders\">\n<thead><tr><th>folder</th><th>files</th><th>commands</th>"
            + string.Concat(Enum.GetValues<Verdict>().Select(v => $"<th>{v.Name()}</th>")) + "</tr></thead>\n<tbody>");
        foreach (var group in run.Files.GroupBy(MarkdownReport.Folder))
            WriteFolder(group.Key, Totals.Sum(group.Select(f => f.Totals), false), output);
        WriteFolder("all", run.Totals, output);
        output.WriteLine("</tbody>\n</table>");
    }

    private static void WriteFolder(string name, Totals totals, TextWriter output) =>
        output.WriteLine($"<tr><td>{Text(name)}</td><td>{Count(totals.Files)}</td><td>{Count(totals.Commands)}</td>"
            + string.Concat(Enum.GetValues<Verdict>().Select(v => $"<td{(totals.Of(v) == 0 ? "" : $" class=\"{Class(v)}\"")}>{Count(totals.Of(v))}</td>")) + "</tr>");

    private static void WriteCommands(RunResult run, TextWriter output)
    {
        var rows = run.Commands().Where(c => c.Command.Verdict != Verdict.Passed).ToList();
        if (rows.Count == 0)
        {
            output.WriteLine("<p>Every command passed.</p>");
            return;
        }
        output.WriteLine($"<h2>Not simply passed ({Count(rows.Count)})</h2>");
        output.WriteLine("<p><input id=\"text\" type=\"search\" placeholder=\"filter by text\" aria-label=\"filter by text\"><select id=\"verdict\" aria-label=\"verdict\"><option value=\"\">all verdicts</option>"
            + string.Concat(rows.Select(r => r.Command.Verdict).Distinct().Order().Select(v => $"<option>{v.Name()}</option>")) + "</select></p>");
        output.WriteLine("<table id=\"commands\"><thead><tr><th>place</th><th>verdict</th><th>what</th></tr></thead><tbody>");
        foreach (var (file, command) in rows)
            output.WriteLine($"<tr><td><code>{Text(file.Place(command))}</code></td><td class=\"{Class(command.Verdict)}\">{command.Verdict.Name()}</td><td><code>{Text(command.Text)}</code></td></tr>");
        output.WriteLine("""
            </tbody></table>
            <script>
            const text = document.getElementById('text'), verdict = document.getElementById('verdict');
            const rows = [...document.querySelectorAll('#commands tbody tr')];
            function filter() {
              const wanted = text.value.toLowerCase();
              for (const row of rows)
                row.hidden = (verdict.value && row.cells[1].textContent !== verdict.value) || !row.textContent.toLowerCase().includes(wanted);
            }
            text.addEventListener('input', filter);
            verdict.addEventListener('change', filter);
            </script>
            """);
    }

    private static string Class(Verdict verdict) => verdict == Verdict.Passed ? "good" : verdict.IsBad() ? "bad" : "mid";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Count(int n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
