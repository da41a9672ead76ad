using System.Collections.Immutable;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;

namespace Conformance.Fuzz.Planting;

/// <summary>A case, with what the reference does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Case">The case.</param>
/// <param name="Sent">As engines get it.</param>
/// <param name="Expected">What the reference did.</param>
internal sealed record JudgedCase(CaseName Name, FuzzCase Case, Case Sent, CaseResult Expected);

/// <summary>
/// The cases of a measurement by number: the layers in turn, each as often as its weight, every mutant the same. They are made in batches, and kept while there
/// is room, for the next mutant.
/// </summary>
internal sealed class CaseStream
{
    /// <summary>Cases in a batch: few, so that a mutant that is killed at once costs little.</summary>
    public const int BatchSize = 16;

    /// <summary>The size of what is kept, in bytes of modules and memories.</summary>
    private const long Room = 256L << 20;

    private readonly MutationOptions _options;
    private readonly Schedule _schedule;
    private readonly ImmutableArray<ILayer> _layers;
    private readonly InProcessEngine _reference;
    private readonly Dictionary<long, ImmutableArray<JudgedCase>> _kept = [];
    private readonly Lock _gate = new();
    private long _size;

    /// <param name="options">The measurement's.</param>
    /// <param name="reference">The reference, in this process.</param>
    public CaseStream(MutationOptions options, InProcessEngine reference)
    {
        _options = options;
        _reference = reference;
        _schedule = new Schedule(options.Layers, [false]);
        _layers = [.. options.Layers.Select(l => Generating.Generator.Find(l.Layer) ?? throw new PlantingException($"there is no layer {l.Layer}"))];
    }

    /// <summary>Cases that the generator or the reference failed on: faults of the kit, which make the measurement worthless.</summary>
    public List<(CaseName Name, Exception Failure)> Failures { get; } = [];

    public ImmutableArray<JudgedCase> Batch(long number)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue(number, out var known)) return known;
            var batch = Make(number);
            long size = batch.Sum(SizeOf);
            if (_size + size > Room) return batch;
            _size += size;
            _kept[number] = batch;
            return batch;
        }
    }

    private ImmutableArray<JudgedCase> Make(long number)
    {
        var batch = ImmutableArray.CreateBuilder<JudgedCase>(BatchSize);
        for (long n = number * BatchSize; n < (number + 1) * BatchSize; n++)
        {
            // A block of the schedule stands for one case here: the layers take turns case by case.
            var place = _schedule.BlockAt(n);
            var name = new CaseName(Generating.Generator.Version, _options.Layers[place.Layer].Layer, (_options.Seed * CampaignOptions.CasesPerSeed) + (ulong)place.InLayer);
            try
            {
                var made = _layers[place.Layer].Generate(Generating.Generator.DecisionsOf(name), _options.Generator);
                var sent = made.ToCase();
                var expected = _reference.Run(sent);
                made.Check(expected);
                batch.Add(new(name, made, sent, expected));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Failures.Add((name, e));
            }
        }
        return batch.ToImmutable();
    }

    private static long SizeOf(JudgedCase judged) =>
        judged.Sent.Modules.Sum(m => 12L * m.Length) + judged.Expected.Results.Sum(r => r is ActionResult.Bytes bytes ? bytes.Data.Length : 256L + (32 * r.Trace.Length));
}
