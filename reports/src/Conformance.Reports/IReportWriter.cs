using Conformance.Harness.Results;

namespace Conformance.Reports;

/// <summary>Writes one form of report. Every report is made from the result alone, so that a saved result gives the same report later.</summary>
public interface IReportWriter
{
    void Write(RunResult run, TextWriter output);
}
