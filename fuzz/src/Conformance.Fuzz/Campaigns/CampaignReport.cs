using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using Conformance.Fuzz.Coverage;

namespace Conformance.Fuzz.Campaigns;

/// <summary>All findings of one signature.</summary>
/// <param name="Signature">What they have in common.</param>
/// <param name="First">The one with the lowest seed: the same whoever found it first.</param>
/// <param name="Smallest">The folder of the one with the fewest bytes of modules; null when none was kept.</param>
/// <param name="Suspect">Whose fault it seems to be; the reference's when a single one of them says so.</param>
/// <param name="Confirmed">How many were rerun.</param>
/// <param name="Repeated">How many more begin like them, and were counted only.</param>
/// <param name="Known">The known issues that explain all of them; empty for an unknown finding.</param>
public sealed record SignatureReport(Signature Signature, Finding First, int? Smallest, Suspect Suspect, int Confirmed, int Repeated, ImmutableArray<KnownIssue> Known)
{
    /// <summary>Whether it is a finding that nobody has explained.</summary>
    public bool IsUnknown => Suspect != Suspect.NotReproduced && Known.IsEmpty;
}

/// <summary>What a campaign found, from its folder alone: the same for the same state. Suspected bugs of the kit come first, then the unknown, then the known.</summary>
public sealed record CampaignReport(CampaignState State, ImmutableArray<SignatureReport> Signatures)
{
    /// <summary>Whether anything was found that nobody has explained.</summary>
    public bool HasUnknown => Signatures.Any(s => s.IsUnknown);

    /// <summary>The report of a folder's state, given what is known already.</summary>
    public static CampaignReport Of(CampaignState state, KnownIssues issues)
    {
        var repeated = state.Repetitions.Values.GroupBy(r => r.Signature).ToDictionary(g => g.Key, g => g.Count());
        return new(state,
        [
            .. from finding in state.Findings.Values
               group finding by finding.Signature into all
               // What did not come again neither confirms nor refutes an explanation.
               let known = all.Where(f => f.Suspect != Suspect.NotReproduced).Select(issues.Explain).ToList()
               let report = new SignatureReport(all.Key, all.First(), all.Where(f => f.Folder is not null).MinBy(f => f.Size)?.Folder, all.Min(f => f.Suspect), all.Count(),
                   repeated.GetValueOrDefault(all.Key.Id), known.Any(k => k.IsEmpty) ? [] : [.. known.SelectMany(k => k).Distinct()])
               orderby !report.IsUnknown, report.Suspect, report.Signature.ToString()
               select report,
        ]);
    }

    /// <summary>The report as a page.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        var totals = State.Totals;
        var options = State.Parts.Values.First().Options;
        Line($"# Fuzzing campaign");
        Line($"");
        Line($"{totals.Cases:N0} cases ({totals.Scripts:N0} generated), {Share(totals.Useful, totals.Cases)} useful, {Signatures.Count(s => s.IsUnknown)} unknown signatures, {Signatures.Count(s => !s.Known.IsEmpty)} known, {Signatures.Count(s => s.Suspect == Suspect.NotReproduced)} not reproduced.");
        Line($"Generator {options.Generator}; layers {string.Join(", ", options.Layers)}; {State.Parts.Count} part{(State.Parts.Count == 1 ? "" : "s")}, {State.Parts.Values.Count(p => !p.IsComplete)} of them not complete; {State.Parts.Values.Sum(p => p.Milliseconds) / 1000.0:N0} s of run time.");
        foreach (var (engine, why) in State.Parts.Values.SelectMany(p => p.Lost)) Line($"**{engine} was lost and not started again: {OneLine(why)}**");
        Line($"");
        Line($"## Findings");
        Line($"");
        if (Signatures.IsEmpty) Line($"None.");
        foreach (var s in Signatures) Write(s);
        Line($"## Layers");
        Line($"");
        Line($"| layer | cases | generated | useful | discards by cause | generate | reference | compare |");
        Line($"|---|---:|---:|---:|---|---:|---:|---:|");
        foreach (var (name, l) in totals.Layers)
            Line($"| {name} | {l.Cases:N0} | {l.Scripts:N0} | {Share(l.Useful, l.Cases)} | {Causes(l.Discards)} | {Seconds(l.GenerateTime)} | {Seconds(l.ReferenceTime)} | {Seconds(l.CompareTime)} |");
        Line($"");
        Line($"## Engines");
        Line($"");
        Line($"| layer | engine | version | cases | compared | inconclusive by cause | cases/s of engine time | started again |");
        Line($"|---|---|---|---:|---:|---|---:|---:|");
        var versions = options.Engines.ToDictionary(e => e.Name, e => e.Version);
        foreach (var ((layer, engine), c) in totals.Cells)
            Line($"| {layer} | {engine} | {versions.GetValueOrDefault(engine)} | {c.Cases:N0} | {Share(c.Compared, c.Cases)} | {Causes(c.Inconclusive)} | {(c.Time == 0 ? 0 : c.Cases * 1e6 / c.Time):N0} | {State.Parts.Values.Sum(p => p.Restarts.GetValueOrDefault(engine)):N0} |");
        foreach (var (name, l) in totals.Layers.Where(l => l.Value.Alone > 0))
            Line($"\n{l.Alone:N0} cases of {name} were read by the kit's own parser alone, and compared with what they were made from: no other parser was there.");
        Line($"");
        Coverage();
        return text.ToString();

        void Coverage()
        {
            Line($"## Coverage of the specification");
            Line($"");
            if (State.Cells.IsEmpty)
            {
                Line($"It was not counted.");
                return;
            }
            Line($"Reached by a sample of the cases, which took {Seconds(totals.Layers.Values.Sum(l => l.WatchTime))}.");
            Line($"");
            Line($"| of | reached | all |");
            Line($"|---|---:|---:|");
            var matrix = CoverageCells.Matrix(State.Cells);
            foreach (var k in matrix) Line($"| {RuleCoverage.Words(k.Kind)} | {k.Reached:N0} | {k.Total:N0} |");
            foreach (var k in matrix.Where(k => !k.Unreached.IsEmpty))
            {
                Line($"");
                Line($"Not reached of the {RuleCoverage.Words(k.Kind)}:");
                Line($"");
                foreach (string cell in k.Unreached) Line($"- {cell}");
            }
        }

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void Write(SignatureReport s)
        {
            Line($"### {Words(s)}: {s.Signature}");
            Line($"");
            Line($"Signature `{s.Signature.Id}`, {s.Confirmed + s.Repeated:N0} cases ({s.Confirmed:N0} rerun), first `{s.First.Case}`{(s.Smallest is { } folder ? $", smallest in `{CampaignFolder.FindingsFolder}/{Finding.FolderName(folder)}`" : "")}.");
            foreach (var issue in s.Known) Line($"Known: {OneLine(issue.Reason)} ({issue.Link})");
            Line($"");
            Line($"    action {s.First.ActionIndex}: {OneLine(s.First.Action)}");
            Line($"    reference: {OneLine(s.First.Expected)}");
            foreach (var o in s.First.Observations) Line($"    {o.Engine} {o.Version}: {(o.Observed is null ? "as the reference" : OneLine(o.Observed))}{(o.Differs || o.Observed is null ? "" : " (did not differ in every rerun)")}");
            Line($"");
        }
    }

    /// <summary>The report as an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("parts");
        foreach (var part in State.Parts.Values)
        {
            json.WriteStartObject();
            json.WritePropertyName("options");
            part.Options.Write(json);
            json.WriteBoolean("complete", part.IsComplete);
            json.WriteNumber("milliseconds", part.Milliseconds);
            Json.Counts(json, "restarts", part.Restarts);
            json.WriteStartObject("lost");
            foreach (var (engine, why) in part.Lost) json.WriteString(engine, why);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WritePropertyName("totals");
        State.Totals.Write(json);
        if (!State.Cells.IsEmpty)
        {
            json.WriteStartObject("coverage");
            foreach (var k in CoverageCells.Matrix(State.Cells))
            {
                json.WriteStartObject(JsonNamingPolicy.CamelCase.ConvertName(k.Kind.ToString()));
                json.WriteNumber("reached", k.Reached);
                json.WriteNumber("total", k.Total);
                json.WriteStartArray("unreached");
                foreach (string cell in k.Unreached) json.WriteStringValue(cell);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteStartArray("signatures");
        foreach (var s in Signatures)
        {
            json.WriteStartObject();
            json.WriteString("id", s.Signature.Id);
            json.WriteString("text", s.Signature.ToString());
            json.WriteString("suspect", Finding.Name(s.Suspect));
            json.WriteBoolean("unknown", s.IsUnknown);
            json.WriteNumber("confirmed", s.Confirmed);
            json.WriteNumber("repeated", s.Repeated);
            if (s.Smallest is { } folder) json.WriteNumber("smallest", folder);
            json.WriteStartArray("known");
            foreach (var issue in s.Known) json.WriteStringValue(issue.Link);
            json.WriteEndArray();
            json.WritePropertyName("first");
            s.First.Write(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The report as JSON.</summary>
    public byte[] ToJson() => Json.Bytes(Write, indented: true);

    /// <summary>The report as JUnit knows it: a test for each layer and engine, which fails by the unknown findings, and one for the kit itself.</summary>
    public void WriteJUnit(TextWriter writer)
    {
        using var xml = XmlWriter.Create(writer, new XmlWriterSettings { Indent = true, NewLineChars = "\n", CloseOutput = false });
        var unknown = Signatures.Where(s => s.IsUnknown).ToList();
        var tests = State.Totals.Cells.Keys.Select(cell => (cell.Layer, Test: cell.Engine, Findings: unknown.Where(s => s.Signature.Layer == cell.Layer && s.Signature.Engines.Contains(cell.Engine)).ToList()))
            .Concat(State.Totals.Layers.Keys.Select(layer => (Layer: layer, Test: "kit", Findings: unknown.Where(s => s.Signature.Layer == layer && s.Signature.Engines.IsEmpty).ToList()))).ToList();
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", "fuzz");
        xml.WriteAttributeString("tests", Text(tests.Count));
        xml.WriteAttributeString("failures", Text(tests.Count(t => t.Findings.Count > 0)));
        foreach (var (layer, test, findings) in tests)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", $"fuzz.{layer}");
            xml.WriteAttributeString("name", test);
            if (findings.Count > 0)
            {
                xml.WriteStartElement("failure");
                xml.WriteAttributeString("message", $"{Text(findings.Count)} unknown signatures");
                xml.WriteString(Printable(string.Join('\n', findings.Select(s => $"{Words(s)}: {s.Signature} (first {s.First.Case}): expected {s.First.Expected}"))));
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string Text(int n) => n.ToString(CultureInfo.InvariantCulture);

    /// <summary>What it is, in words, for headings and the live line's end.</summary>
    public static string Words(SignatureReport s) => !s.Known.IsEmpty ? "known" : s.Suspect switch
    {
        Suspect.Reference => "suspected bug of ours",
        Suspect.Engine => "suspected bug of the engine",
        Suspect.Undecided => "undecided",
        Suspect.NotReproduced => "not reproduced",
        _ => throw new System.Diagnostics.UnreachableException($"suspect {(int)s.Suspect}"),
    };

    private static string Share(long part, long all) => all == 0 ? "–" : (100.0 * part / all).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    private static string Seconds(long microseconds) => (microseconds / 1e6).ToString("N1", CultureInfo.InvariantCulture) + " s";

    private static string Causes(SortedDictionary<string, long> causes) =>
        string.Join("; ", causes.OrderByDescending(c => c.Value).Select(c => string.Create(CultureInfo.InvariantCulture, $"{OneLine(c.Key)} {c.Value:N0}")));

    private static string OneLine(string text) => Printable(text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal));

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '\uFFFD' : c));
}
