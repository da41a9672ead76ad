using System.Diagnostics;
using System.Globalization;
using Conformance.Fuzz.Campaigns;
using Conformance.Harness.Workers;
using Conformance.Runtimes.Reference;
using Wasm.Execution;
using Wasm.Numerics;

namespace Conformance.Fuzz.Tests.Campaigns;

/// <summary>What tests start as a process of its own: a campaign to be killed, a worker that lies, or one that chooses otherwise.</summary>
internal static class TestProgram
{
    private static int Main(string[] args)
    {
        if (args is ["worker"])
        {
            using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
            WorkerHost.Serve(new LyingRuntime(), input, output);
            return 0;
        }
        if (args is ["relaxed", ..])
        {
            // The reference with other choices, which is as good as a bug.
            using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
            WorkerHost.Serve(new ReferenceRuntime(new StoreOptions { Relaxed = RelaxedChoices.Deterministic with { Swizzle = 1 } }), input, output);
            return 0;
        }
        if (args is not ["campaign", var folder, var growth]) return 2;
        var (parts, options) = CampaignFolderTests.ChildCampaign();
        using var open = CampaignFolder.Open(folder, options);
        if (long.Parse(growth, CultureInfo.InvariantCulture) is > 0 and var bytes) new Thread(() => KillAfter(Path.Combine(folder, CampaignFolder.JournalFile), bytes)) { IsBackground = true }.Start();
        var campaign = new Campaign(parts, options, open, jobs: 2) { CheckpointEvery = TimeSpan.FromMilliseconds(20) };
        campaign.Run();
        return campaign.IsComplete ? 0 : 1;
    }

    /// <summary>Kills this process when a file has grown by so many bytes: at another moment every time, whatever else the machine does.</summary>
    private static void KillAfter(string file, long bytes)
    {
        long end = new FileInfo(file).Length + bytes;
        while (new FileInfo(file).Length < end) Thread.Sleep(1);
        Process.GetCurrentProcess().Kill();
    }
}
