namespace Conformance.Fuzz.Campaigns;

/// <summary>
/// Gives blocks to lanes and counts them. Only a prefix of the campaign's blocks counts, so that the counts, and the block that is the last, do not depend on
/// the order in which lanes finish.
/// </summary>
internal sealed class Dispenser
{
    private readonly Lock _gate = new();
    private readonly Schedule _schedule;
    private readonly CampaignOptions _options;
    private readonly CampaignTotals _totals = new();
    private readonly SortedDictionary<long, CampaignTotals> _ahead = [];
    private readonly Dictionary<long, long> _made = [];
    private readonly ManualResetEventSlim _moved = new();
    private long _take, _next, _known, _knownCases;
    private bool _stop;

    public Dispenser(Schedule schedule, CampaignOptions options, CampaignPart begin)
    {
        _schedule = schedule;
        _options = options;
        _totals.Add(begin.Totals);
        _take = _next = _known = begin.Next;
        _knownCases = begin.Totals.Cases;
        IsComplete = begin.IsComplete || IsFull(_totals.Cases);
    }

    /// <summary>Whether the campaign came to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The first block that is not counted yet, and the counts of those before it.</summary>
    public (long Next, CampaignTotals Totals) Counted
    {
        get
        {
            var totals = new CampaignTotals();
            lock (_gate)
            {
                totals.Add(_totals);
                return (_next, totals);
            }
        }
    }

    /// <summary>The counts of all blocks that are done, for whoever watches.</summary>
    public CampaignTotals Done
    {
        get
        {
            var totals = new CampaignTotals();
            lock (_gate)
            {
                totals.Add(_totals);
                foreach (var ahead in _ahead.Values) totals.Add(ahead);
            }
            return totals;
        }
    }

    /// <summary>The next block, or null when there is none.</summary>
    public CaseBlock? Take()
    {
        lock (_gate)
        {
            if (_stop || IsFull(_knownCases)) return null;
            var block = _schedule.BlockAt(_take);
            _take += _options.Shard.Count;
            return block;
        }
    }

    /// <summary>Tells how many cases a block has. A lane does it at once for every block that it takes, since others wait for it.</summary>
    public void Made(CaseBlock block, long cases)
    {
        if (_options.Cases is null) return;
        lock (_gate)
        {
            _made[block.Number] = cases;
            while (!IsFull(_knownCases) && _made.Remove(_known, out long known))
            {
                _knownCases += known;
                _known += _options.Shard.Count;
            }
            _moved.Set();
        }
    }

    /// <summary>Whether a block is of the campaign, and not behind its last one. Waits until all blocks before it have been made.</summary>
    public bool Includes(CaseBlock block)
    {
        while (_options.Cases is not null)
        {
            lock (_gate)
            {
                if (block.Number < _known) return true;
                if (_stop || IsFull(_knownCases)) return false;
                _moved.Reset();
            }
            _moved.Wait();
        }
        return true;
    }

    /// <summary>Counts a block, when all before it are counted.</summary>
    public void Finished(CaseBlock block, CampaignTotals totals)
    {
        lock (_gate)
        {
            _ahead[block.Number] = totals;
            while (_ahead.Remove(_next, out var next))
            {
                _totals.Add(next);
                _next += _options.Shard.Count;
            }
            IsComplete |= IsFull(_totals.Cases);
        }
    }

    /// <summary>No block is given any more.</summary>
    /// <param name="complete">Whether that is the end of the campaign, and no interruption.</param>
    public void Stop(bool complete = false)
    {
        lock (_gate)
        {
            IsComplete |= complete && !_stop;
            _stop = true;
            _moved.Set();
        }
    }

    private bool IsFull(long cases) => _options.Cases is { } most && cases >= most;
}
