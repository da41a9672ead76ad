namespace Conformance.Fuzz.Tests.Campaigns;

/// <summary>A test that needs signals and a POSIX shell.</summary>
internal sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "needs signals and a POSIX shell";
    }
}
