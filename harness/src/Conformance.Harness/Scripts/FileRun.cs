using System.Diagnostics;
using Conformance.Harness.Judging;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Scripts;

/// <summary>What all threads of one script's run share: options, the clock, and the means to stop.</summary>
internal sealed class FileRun : IDisposable
{
    private readonly List<IStore> _stores = [];
    private readonly Timer _timer;
    private readonly CancellationTokenRegistration _registration;
    private volatile int _stopped;

    private const int Time = 1, Cancel = 2;

    public FileRun(ScriptFile file, RunOptions options, CancellationToken cancel)
    {
        File = file;
        Options = options;
        Rules = new(options.MessageRule, options.References, file.Profile.Version);
        Folder = file.FullPath is null ? null : Path.GetDirectoryName(Path.GetFullPath(file.FullPath));
        _timer = new Timer(_ => Stop(Time), null, options.FileTimeout, Timeout.InfiniteTimeSpan);
        _registration = cancel.Register(() => Stop(Cancel));
    }

    public ScriptFile File { get; }

    public RunOptions Options { get; }

    public JudgeRules Rules { get; }

    /// <summary>The script's folder, which <c>input</c> reads below; null for standard input.</summary>
    public string? Folder { get; }

    /// <summary>Told what assertions saw: the line and what. May be called from several threads.</summary>
    public Action<int, string>? Observe { get; init; }

    /// <summary>Told the memories that threads share, with a way to read each. May be called from several threads.</summary>
    public Action<string, Func<ulong, int, byte[]?>>? Share { get; init; }

    public Stopwatch Clock { get; } = Stopwatch.StartNew();

    public bool TimedOut => _stopped == Time;

    public bool IsCancelled => _stopped == Cancel;

    public bool IsStopped => _stopped != 0;

    public string TimeLimit => $"the file's time limit of {Options.FileTimeout.TotalSeconds:0.###} s";

    /// <summary>A store for one thread of the script, with the host module defined.</summary>
    public IStore CreateStore()
    {
        IStore? first;
        lock (_stores) first = _stores.FirstOrDefault();
        var store = Options.Runtime.CreateStore(new StoreRequest(File.Profile, Options.Output, Options.Threads == ThreadRule.Scheduler, first));
        store.Define(SpecTestHost.For(File.Profile));
        lock (_stores)
        {
            _stores.Add(store);
            if (IsStopped) store.Interrupt();
        }
        return store;
    }

    private void Stop(int reason)
    {
        if (Interlocked.CompareExchange(ref _stopped, reason, 0) != 0) return;
        lock (_stores)
            foreach (var store in _stores) store.Interrupt();
    }

    public void Dispose()
    {
        _registration.Dispose();
        _timer.Dispose();
        lock (_stores)
        {
            foreach (var store in _stores) store.Dispose();
            _stores.Clear();
        }
    }
}
