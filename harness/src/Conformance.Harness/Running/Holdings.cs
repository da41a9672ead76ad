using System.Diagnostics;

namespace Conformance.Harness.Running;

/// <summary>What this process holds of the system, to see whether it grows. What a system does not tell is null.</summary>
/// <param name="Resident">Resident memory in bytes.</param>
/// <param name="Managed">Bytes on the managed heap after a full collection.</param>
/// <param name="Handles">Open files and the like: descriptors on Linux, handles on Windows.</param>
/// <param name="Mappings">Mapped ranges of memory: a leaked stack, memory or piece of code is one each.</param>
/// <param name="Threads">Threads of the system.</param>
public sealed record Holdings(long Resident, long Managed, int? Handles, int? Mappings, int Threads)
{
    /// <summary>Collects all garbage, waits for the finalizers, and measures.</summary>
    public static Holdings Now()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        long managed = GC.GetTotalMemory(false);
        using var process = Process.GetCurrentProcess();
        int? handles = OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : OperatingSystem.IsWindows() ? process.HandleCount : null;
        int? mappings = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/maps").Count() : null;
        return new(process.WorkingSet64, managed, handles, mappings, process.Threads.Count);
    }
}
