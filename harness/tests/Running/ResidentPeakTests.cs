using System.Diagnostics;
using Conformance.Harness.Running;
using Conformance.Harness.Tests.Wasmtime;
using Conformance.Harness.Tests.Workers;

namespace Conformance.Harness.Tests.Running;

[Collection(AloneCollection.Name)]
public class ResidentPeakTests
{
    /// <summary>A child's child counts, while it lives and afterwards.</summary>
    [PeakFact]
    public void What_this_process_started_is_counted_with_it()
    {
        using var peak = ResidentPeak.Start();
        long before = peak!.Bytes;
        string python = Programs.Proxy().Command[0];
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"'{python}' -c 'held = b\"x\" * (300 << 20); print(len(held), flush=True); input()'; true"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        Assert.Equal("314572800", shell.StandardOutput.ReadLine());
        long with = peak.Bytes;
        shell.StandardInput.WriteLine();
        shell.WaitForExit();
        Assert.InRange(with - before, 250 << 20, 1000 << 20);
        Assert.True(peak.Bytes >= with);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PeakFactAttribute : FactAttribute
    {
        public PeakFactAttribute()
        {
            using var peak = ResidentPeak.Start();
            Skip = Programs.NoProxy ?? (peak is null ? "the system does not tell which processes this one started" : null);
        }
    }
}
