using System.Globalization;

namespace Conformance.Harness.Running;

/// <summary>
/// The largest sum, over time, of the resident sizes of this process and all that it started, sampled ten times a second. Pages that processes share
/// count once for each. Only Linux tells which processes those are.
/// </summary>
public sealed class ResidentPeak : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private long _peak;

    private ResidentPeak() => _timer = new(_ => Sample(), null, TimeSpan.Zero, Interval);

    /// <summary>Begins to sample; null where the system does not tell.</summary>
    public static ResidentPeak? Start() => File.Exists($"/proc/self/task/{Environment.ProcessId}/children") ? new() : null;

    /// <summary>The peak so far, in bytes.</summary>
    public long Bytes
    {
        get
        {
            Sample();
            return Interlocked.Read(ref _peak);
        }
    }

    private void Sample()
    {
        // When a sample takes longer than the interval, the next one is left out.
        if (!_gate.TryEnter()) return;
        try
        {
            long pages = 0;
            var left = new Stack<string>(["self"]);
            while (left.TryPop(out string? id)) pages += Pages(id, left);
            if (pages * Environment.SystemPageSize > _peak) Interlocked.Exchange(ref _peak, pages * Environment.SystemPageSize);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The resident pages of a process, whose children are put on the stack; 0 when it has ended.</summary>
    private static long Pages(string id, Stack<string> left)
    {
        try
        {
            // proc(5): statm has the resident pages second; the children are those of each thread.
            long pages = long.Parse(File.ReadAllText($"/proc/{id}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{id}/task"))
                foreach (string child in Children(thread)) left.Push(child);
            return pages;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string[] Children(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Dispose() => _timer.Dispose();
}
