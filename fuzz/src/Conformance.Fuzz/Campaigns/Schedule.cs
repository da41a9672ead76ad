using System.Collections.Immutable;

namespace Conformance.Fuzz.Campaigns;

/// <summary>A layer's share of a campaign: of all blocks, <paramref name="Weight"/> in the sum of the weights.</summary>
public readonly record struct LayerWeight(string Layer, int Weight)
{
    public override string ToString() => $"{Layer}:{Weight}";
}

/// <summary>A block of cases: the unit that lanes take, engines get in one request, and checkpoints count.</summary>
/// <param name="Number">Its number in the whole campaign, shards included.</param>
/// <param name="Layer">Its layer's index in the options.</param>
/// <param name="First">The number, within the layer, of its first case.</param>
public readonly record struct CaseBlock(long Number, int Layer, long First)
{
    /// <summary>Cases in a block: enough to keep an engine busy while the next one is made, few enough to be run singly after a crash.</summary>
    public const int Size = 64;

    /// <summary>The block's number within its layer.</summary>
    public long InLayer => First / Size;
}

/// <summary>
/// Which cases make a campaign, and which engines get them: functions of the block's number and nothing else, so that a campaign is the same however many
/// lanes and machines share it, and after any interruption.
/// </summary>
public sealed class Schedule
{
    /// <summary>Of so many blocks of a layer one goes to all engines; what goes to one of them repeats with it.</summary>
    private const int Round = 16;

    /// <summary>Of so many blocks of a layer one goes to an optimizing tier.</summary>
    private const int OptimizingEvery = 4;

    /// <summary>The layers whose cases are so cheap for an engine, for what they find, that all engines get all of them.</summary>
    private static readonly ImmutableHashSet<string> ForAll = ["single"];

    /// <summary>The layers whose cases go to parsers, to all of them; no other's do.</summary>
    private static readonly ImmutableHashSet<string> ForParsers = ["text"];

    private readonly ImmutableArray<LayerWeight> _layers;
    private readonly ImmutableArray<int> _pattern;
    private readonly ImmutableArray<int> _before;
    private readonly ImmutableArray<int> _all, _cheap, _optimizing, _parsers;

    /// <param name="layers">The layers and their weights.</param>
    /// <param name="engines">For each engine of the panel, whether it is an optimizing tier.</param>
    /// <param name="parsers">For each engine, whether it parses text and does nothing else; none does when left out.</param>
    public Schedule(ImmutableArray<LayerWeight> layers, ImmutableArray<bool> engines, ImmutableArray<bool> parsers = default)
    {
        _layers = layers;
        _pattern = Spread(layers);
        _before = [.. _pattern.Select((layer, i) => _pattern.Take(i).Count(l => l == layer))];
        _all = [.. Enumerable.Range(0, engines.Length).Where(i => parsers.IsDefault || !parsers[i])];
        _parsers = [.. Enumerable.Range(0, engines.Length).Except(_all)];
        _cheap = [.. _all.Where(i => !engines[i])];
        _optimizing = [.. _all.Where(i => engines[i])];
    }

    /// <summary>Whether a layer's cases go to parsers and to nothing else; no other's go there.</summary>
    public static bool IsForParsers(string layer) => ForParsers.Contains(layer);

    /// <summary>The block of a number.</summary>
    public CaseBlock BlockAt(long number)
    {
        long round = number / _pattern.Length;
        int place = (int)(number % _pattern.Length), layer = _pattern[place];
        return new(number, layer, ((round * _layers[layer].Weight) + _before[place]) * CaseBlock.Size);
    }

    /// <summary>The indices of the engines that get a block.</summary>
    public ImmutableArray<int> EnginesOf(CaseBlock block)
    {
        long round = block.InLayer / Round;
        int place = (int)(block.InLayer % Round);
        if (IsForParsers(_layers[block.Layer].Layer)) return _parsers;
        if (_all.Length <= 1 || place == 0 || ForAll.Contains(_layers[block.Layer].Layer)) return _all;
        if (_cheap.IsEmpty || _optimizing.IsEmpty) return [_all[(int)(((round * (Round - 1)) + place - 1) % _all.Length)]];
        // Each of a kind in its turn: the places 3, 7, 11 and 15 of a round are for the optimizing tiers, the eleven others but 0 for the cheap ones.
        return place % OptimizingEvery == OptimizingEvery - 1
            ? [_optimizing[(int)(((round * (Round / OptimizingEvery)) + (place / OptimizingEvery)) % _optimizing.Length)]]
            : [_cheap[(int)(((round * (Round - 1 - (Round / OptimizingEvery))) + place - 1 - (place / OptimizingEvery)) % _cheap.Length)]];
    }

    /// <summary>One round of layers, in which each stands as often as its weight and as evenly as can be.</summary>
    private static ImmutableArray<int> Spread(ImmutableArray<LayerWeight> layers)
    {
        int sum = layers.Sum(l => l.Weight);
        int[] credit = new int[layers.Length];
        var pattern = ImmutableArray.CreateBuilder<int>(sum);
        for (int i = 0; i < sum; i++)
        {
            int best = 0;
            for (int l = 0; l < layers.Length; l++)
            {
                credit[l] += layers[l].Weight;
                if (credit[l] > credit[best]) best = l;
            }
            credit[best] -= sum;
            pattern.Add(best);
        }
        return pattern.MoveToImmutable();
    }
}
