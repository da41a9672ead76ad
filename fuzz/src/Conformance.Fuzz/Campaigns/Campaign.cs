using System.Collections.Immutable;
using System.Diagnostics;

namespace Conformance.Fuzz.Campaigns;

/// <summary>A campaign at one moment, for whoever watches.</summary>
/// <param name="Totals">All counts, earlier runs of the folder included.</param>
/// <param name="Elapsed">How long it has run, earlier runs included.</param>
/// <param name="State">The folder.</param>
/// <param name="WorkerMemory">Resident bytes of all workers together.</param>
/// <param name="Restarts">How often an engine was started again, by name.</param>
/// <param name="Lost">Engines that cannot be started again, with reasons.</param>
/// <param name="Cells">Cells of the coverage reached, earlier runs included; null when it is not counted.</param>
public sealed record CampaignStatus(CampaignTotals Totals, TimeSpan Elapsed, CampaignState State, long WorkerMemory,
    ImmutableSortedDictionary<string, long> Restarts, ImmutableSortedDictionary<string, string> Lost, int? Cells);

/// <summary>Runs a campaign in this process, from where its folder says.</summary>
public sealed class Campaign
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    private readonly CampaignParts _parts;
    private readonly CampaignOptions _options;
    private readonly CampaignFolder _folder;
    private readonly Schedule _schedule;
    private readonly ImmutableArray<EnginePool> _pools;
    private readonly int _jobs;
    private readonly CampaignPart _begin;
    private readonly Dispenser _blocks;
    private readonly Stopwatch _clock = new();
    private Exception? _failure;

    /// <param name="parts">What it works with.</param>
    /// <param name="options">What it is.</param>
    /// <param name="folder">Its folder, opened with the same options.</param>
    /// <param name="jobs">The number of lanes.</param>
    public Campaign(CampaignParts parts, CampaignOptions options, CampaignFolder folder, int jobs)
    {
        _parts = parts;
        _options = options;
        _folder = folder;
        _jobs = jobs;
        _schedule = new(options.Layers, [.. parts.Engines.Select(e => e.IsOptimizing)], [.. parts.Engines.Select(e => e.IsParser)]);
        _pools = [.. parts.Engines.Select(e => new EnginePool(e, jobs))];
        _begin = folder.State.Parts.Values.Single();
        _blocks = new(_schedule, options, _begin);
    }

    /// <summary>The time between checkpoints; what a killed process did since the last one is done again.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told every finding when it has been recorded, on any thread.</summary>
    public Action<Finding>? Recorded { get; init; }

    /// <summary>Whether the campaign ran to the end that its options give it.</summary>
    public bool IsComplete => _blocks.IsComplete;

    /// <summary>
    /// Runs until the end that the options give, or until it is cancelled: then what is under way is finished and recorded. It may be called once.
    /// </summary>
    /// <param name="watch">Told the state about once a second, on the calling thread.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="EngineLostException">No engine is left.</exception>
    /// <exception cref="CampaignFolderException">The folder cannot be written any more; the same campaign goes on when it can.</exception>
    public void Run(Action<CampaignStatus>? watch = null, CancellationToken cancel = default)
    {
        try
        {
            if (!IsComplete) RunLanes(watch, cancel);
            watch?.Invoke(Status());
        }
        finally
        {
            foreach (var pool in _pools) pool.Dispose();
        }
    }

    private void RunLanes(Action<CampaignStatus>? watch, CancellationToken cancel)
    {
        var desk = new FindingDesk(_parts, _pools, _folder, Recorded);
        _clock.Start();
        var lanes = Enumerable.Range(0, _jobs).Select(i => new Thread(() => RunLane(desk)) { Name = $"lane {i}", IsBackground = true }).ToList();
        foreach (var lane in lanes) lane.Start();
        long saved = Stopwatch.GetTimestamp(), shown = saved;
        while (lanes.Any(l => l.IsAlive))
        {
            if (cancel.IsCancellationRequested || _pools.All(p => p.Lost is not null)) _blocks.Stop();
            if (_options.Time is { } time && Elapsed >= time) _blocks.Stop(complete: true);
            if (Stopwatch.GetElapsedTime(saved) >= CheckpointEvery)
            {
                Checkpoint();
                saved = Stopwatch.GetTimestamp();
            }
            if (watch is not null && Stopwatch.GetElapsedTime(shown) >= TimeSpan.FromSeconds(1))
            {
                watch(Status());
                shown = Stopwatch.GetTimestamp();
            }
            lanes.First(l => l.IsAlive || l == lanes[^1]).Join(Beat);
        }
        _clock.Stop();
        Checkpoint();
        if (_failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        if (_pools.All(p => p.Lost is not null)) throw new EngineLostException(_parts.Engines[0].Name, _pools[0].Lost!);
    }

    private void RunLane(FindingDesk desk)
    {
        try
        {
            new Lane(_parts, _options, _schedule, _pools, desk).Run(_blocks);
        }
        catch (Exception e)
        {
            // A bug of the kit, or a folder that cannot be written any more: the other lanes finish what they have, and the caller gets it.
            Interlocked.CompareExchange(ref _failure, e, null);
            _blocks.Stop();
        }
    }

    private TimeSpan Elapsed => TimeSpan.FromMilliseconds(_begin.Milliseconds) + _clock.Elapsed;

    private void Checkpoint()
    {
        var (next, totals) = _blocks.Counted;
        // What the blocks reached that the checkpoint counts is recorded before it.
        if (_parts.Reach is { } reach) _folder.Reach(reach.Reached());
        _folder.Checkpoint(new()
        {
            Options = _options,
            Next = next,
            Totals = totals,
            Milliseconds = (long)Elapsed.TotalMilliseconds,
            IsComplete = _blocks.IsComplete,
            Restarts = Restarts,
            Lost = Lost,
        });
    }

    private CampaignStatus Status() => new(_blocks.Done, Elapsed, _folder.State, _pools.Sum(p => p.Memory), Restarts, Lost, _parts.Reach is { } reach ? _folder.State.Cells.Union(reach.Reached()).Count : null);

    private ImmutableSortedDictionary<string, long> Restarts
    {
        get
        {
            var restarts = _begin.Restarts.ToBuilder();
            for (int i = 0; i < _pools.Length; i++)
                if (_pools[i].Restarts is > 0 and var count) restarts[_parts.Engines[i].Name] = _begin.Restarts.GetValueOrDefault(_parts.Engines[i].Name) + count;
            return restarts.ToImmutable();
        }
    }

    private ImmutableSortedDictionary<string, string> Lost =>
        Enumerable.Range(0, _pools.Length).Where(i => _pools[i].Lost is not null).ToImmutableSortedDictionary(i => _parts.Engines[i].Name, i => _pools[i].Lost!, StringComparer.Ordinal);
}
