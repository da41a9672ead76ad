using System.Globalization;
using System.Text;
using System.Xml;
using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>
/// JUnit's XML: a test suite a file, a test case a command. Expected failures, unsupported commands, adapter limits and skips are <c>skipped</c>
/// with their reason; crashes and time-outs are <c>error</c>; failures and unexpected passes are <c>failure</c>.
/// </summary>
public sealed class JUnitReport : IReportWriter
{
    public void Write(RunResult run, TextWriter output)
    {
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), CheckCharacters = false });
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", $"{run.Runtime.Name} {run.Runtime.Version}");
        WriteCounts(xml, run.Totals, run.Problems.Length, run.Milliseconds);
        foreach (var file in run.Files)
            WriteFile(xml, file);
        if (!run.Problems.IsEmpty)
            WriteProblems(xml, run);
        xml.WriteEndElement();
    }

    /// <summary>A matrix: a test suite a file and runtime, its name and its cases' class beginning with the runtime.</summary>
    public static void Write(Matrix matrix, TextWriter output)
    {
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), CheckCharacters = false });
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", $"matrix of {string.Join(", ", matrix.Runs.Select(r => r.Runtime.Name))}");
        WriteCounts(xml, Totals.Sum(matrix.Runs.Select(r => r.Totals), false), matrix.Runs.Sum(r => r.Problems.Length), matrix.Runs.Sum(r => r.Milliseconds));
        foreach (var run in matrix.Runs)
        {
            foreach (var file in run.Files)
                WriteFile(xml, file, run.Runtime.Name + ": ");
            if (!run.Problems.IsEmpty)
                WriteProblems(xml, run, run.Runtime.Name + ": ");
        }
        xml.WriteEndElement();
    }

    private static void WriteFile(XmlWriter xml, FileResult file, string prefix = "")
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(prefix + file.Key));
        WriteCounts(xml, file.Totals, 0, file.Milliseconds);
        foreach (var command in file.Commands)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("name", $"{command.Line}:{command.Column} {command.Kind}");
            xml.WriteAttributeString("classname", Clean(prefix + file.Key));
            xml.WriteAttributeString("time", Seconds(command.Milliseconds));
            string? element = command.Verdict switch
            {
                Verdict.Passed => null,
                Verdict.Failed or Verdict.UnexpectedPass => "failure",
                Verdict.Crashed or Verdict.TimedOut => "error",
                Verdict.ExpectedFailure or Verdict.Unsupported or Verdict.AdapterLimit or Verdict.Skipped => "skipped",
                _ => throw new System.Diagnostics.UnreachableException($"verdict {(int)command.Verdict}"),
            };
            if (element is not null)
            {
                xml.WriteStartElement(element);
                if (element != "skipped") xml.WriteAttributeString("type", command.Verdict.Name());
                xml.WriteAttributeString("message", Clean($"{command.Verdict.Name()}: {command.Text}"));
                xml.WriteString(Clean($"{file.Place(command)}: {command.Text}"));
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteProblems(XmlWriter xml, RunResult run, string prefix = "")
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", prefix + "the run");
        xml.WriteAttributeString("tests", run.Problems.Length.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", run.Problems.Length.ToString(CultureInfo.InvariantCulture));
        foreach (string problem in run.Problems)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("name", Clean(problem));
            xml.WriteAttributeString("classname", prefix + "the run");
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Clean(problem));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, Totals totals, int problems, double milliseconds)
    {
        xml.WriteAttributeString("tests", (totals.Commands + problems).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", (totals.Failed + totals.UnexpectedPasses + problems).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", (totals.Crashed + totals.TimedOut).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("skipped", (totals.ExpectedFailures + totals.Unsupported + totals.AdapterLimits + totals.Skipped).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("time", Seconds(milliseconds));
    }

    private static string Seconds(double milliseconds) => (milliseconds / 1000).ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>Names in scripts hold characters that XML 1.0 cannot: they are shown as <c>\u{…}</c>.</summary>
    private static string Clean(string text)
    {
        if (text.All(XmlConvert.IsXmlChar)) return text;
        var clean = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                clean.Append(text[i]).Append(text[++i]);
            else if (XmlConvert.IsXmlChar(text[i]))
                clean.Append(text[i]);
            else
                clean.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[i]:x}}}");
        }
        return clean.ToString();
    }
}
