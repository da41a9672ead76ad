using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;

namespace Conformance.Fuzz.Campaigns;

/// <summary>A generated case on its way through a lane.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Decisions">What it was made from, recorded.</param>
/// <param name="Case">The case.</param>
/// <param name="Sent">As engines get it.</param>
internal sealed record Prepared(CaseName Name, Decisions Decisions, FuzzCase Case, Case Sent)
{
    /// <summary>What the reference did; null when the case is relaxed, and each engine has its own.</summary>
    public CaseResult? Expected { get; set; }

    /// <summary>What escaped from the reference.</summary>
    public Exception? Failure { get; set; }
}

/// <summary>
/// One thread of a campaign. It makes a block of cases, hands it to the engines, and runs it on the reference while they work; it is one block ahead of
/// them, so that they need not wait for it.
/// </summary>
internal sealed class Lane
{
    private const int BlocksInFlight = 2;

    private readonly CampaignParts _parts;
    private readonly CampaignOptions _options;
    private readonly Schedule _schedule;
    private readonly ImmutableArray<EnginePool> _pools;
    private readonly FindingDesk _desk;
    private readonly IArbiter _arbiter;
    private readonly ImmutableArray<ILayer> _layers;
    private readonly GeneratorOptions _generator;

    private sealed record Request(int Engine, ImmutableArray<int> Cases, Task<BlockAnswer> Answer);

    private sealed record Flight(CaseBlock Block, CampaignTotals Totals, List<Prepared> Cases, List<(CaseName Name, Decisions Decisions, Exception Failure)> Failures, List<Request> Requests);

    public Lane(CampaignParts parts, CampaignOptions options, Schedule schedule, ImmutableArray<EnginePool> pools, FindingDesk desk)
    {
        _parts = parts;
        _options = options;
        _schedule = schedule;
        _pools = pools;
        _desk = desk;
        _arbiter = parts.Arbiter();
        _layers = [.. options.Layers.Select(weight => parts.Layers.First(l => l.Name == weight.Layer))];
        _generator = parts.Generator;
    }

    /// <summary>Takes blocks until there are no more.</summary>
    public void Run(Dispenser blocks)
    {
        var flights = new Queue<Flight>();
        while (blocks.Take() is { } block)
        {
            flights.Enqueue(Begin(block, blocks));
            if (flights.Count == BlocksInFlight) Finish(flights.Dequeue());
        }
        while (flights.TryDequeue(out var flight)) Finish(flight);

        void Finish(Flight flight)
        {
            if (!blocks.Includes(flight.Block)) return;
            Compare(flight);
            Watch(flight);
            blocks.Finished(flight.Block, flight.Totals);
        }
    }

    private Flight Begin(CaseBlock block, Dispenser blocks)
    {
        var totals = new CampaignTotals();
        var layer = totals.Layer(_options.Layers[block.Layer].Layer);
        long begin = Stopwatch.GetTimestamp();
        var failures = new List<(CaseName, Decisions, Exception)>();
        var cases = Generate(block, layer, failures);
        blocks.Made(block, layer.Cases);
        layer.GenerateTime += Microseconds(begin);

        var requests = Assign(block, cases).Select(a => new Request(a.Engine, a.Cases, _pools[a.Engine].Run([.. a.Cases.Select(i => cases[i].Sent)]))).ToList();

        begin = Stopwatch.GetTimestamp();
        foreach (var prepared in cases)
        {
            if (prepared.Case.IsRelaxed) continue;
            try
            {
                prepared.Expected = Expect(prepared, null);
            }
            catch (Exception e)
            {
                prepared.Failure = e;
            }
        }
        layer.ReferenceTime += Microseconds(begin);
        return new(block, totals, cases, failures, requests);
    }

    private List<Prepared> Generate(CaseBlock block, LayerTotals totals, List<(CaseName, Decisions, Exception)> failures)
    {
        var cases = new List<Prepared>(CaseBlock.Size);
        for (int i = 0; i < CaseBlock.Size; i++)
        {
            var name = _options.NameOf(block.Layer, block.First + i);
            var decisions = Generating.Generator.DecisionsOf(name);
            totals.Scripts++;
            try
            {
                var made = _layers[block.Layer].Generate(decisions, _generator);
                totals.Cases += made.Weight;
                cases.Add(new(name, decisions, made, made.ToCase()));
            }
            catch (Exception e)
            {
                totals.Cases++;
                CampaignTotals.Count(totals.Discards, "the generator failed", 1);
                failures.Add((name, decisions, e));
            }
        }
        return cases;
    }

    /// <summary>
    /// The cases for each engine: those of the block's engines, as far as they have the features; what none of them has goes to the next engine that has, so that an
    /// engine with few features does not make its blocks useless.
    /// </summary>
    private List<(int Engine, ImmutableArray<int> Cases)> Assign(CaseBlock block, List<Prepared> cases)
    {
        var engines = _schedule.EnginesOf(block);
        var given = new ImmutableArray<int>.Builder?[_parts.Engines.Length];
        for (int i = 0; i < cases.Count; i++)
        {
            bool covered = false;
            foreach (int engine in engines) covered |= Give(engine, i);
            for (int step = 1; !covered && step < _parts.Engines.Length; step++) covered = Give(((engines.IsEmpty ? 0 : engines[0]) + step) % _parts.Engines.Length, i);
        }
        var assigned = new List<(int, ImmutableArray<int>)>();
        for (int e = 0; e < given.Length; e++)
            if (given[e] is { } indices) assigned.Add((e, indices.ToImmutable()));
        return assigned;

        bool Give(int engine, int i)
        {
            if (!_parts.Engines[engine].Takes(cases[i].Case)) return false;
            (given[engine] ??= ImmutableArray.CreateBuilder<int>(cases.Count)).Add(i);
            return true;
        }
    }

    private void Compare(Flight flight)
    {
        string name = _options.Layers[flight.Block.Layer].Layer;
        var layer = flight.Totals.Layer(name);
        string?[] causes = new string?[flight.Cases.Count];
        bool[] useful = new bool[flight.Cases.Count];
        var differences = new Dictionary<int, List<(int Engine, Verdict.Difference Difference)>>();
        foreach (var request in flight.Requests)
        {
            if (Answer(request) is not { } answer)
            {
                foreach (int i in request.Cases) causes[i] ??= "the engine was lost";
                continue;
            }
            var engine = _parts.Engines[request.Engine];
            var cell = flight.Totals.Cell(name, engine.Name);
            cell.Time += (long)answer.Time.TotalMicroseconds;
            long begin = Stopwatch.GetTimestamp();
            for (int k = 0; k < request.Cases.Length; k++)
            {
                int i = request.Cases[k];
                var prepared = flight.Cases[i];
                cell.Cases += prepared.Case.Weight;
                switch (Judge(prepared, answer.Results[k], engine))
                {
                    case Verdict.Inconclusive inconclusive:
                        CampaignTotals.Count(cell.Inconclusive, inconclusive.Cause, prepared.Case.Weight);
                        causes[i] ??= inconclusive.Cause;
                        break;
                    case Verdict.Difference different:
                        if (!differences.TryGetValue(i, out var list)) differences[i] = list = [];
                        list.Add((request.Engine, different));
                        goto default;
                    default:
                        cell.Compared += prepared.Case.Weight;
                        useful[i] = true;
                        break;
                }
            }
            layer.CompareTime += Microseconds(begin);
        }
        foreach (var (made, decisions, failure) in flight.Failures) _desk.KitFailed(made, decisions, null, "generator failed", failure);
        // Of a text it is known what it must be; other parsers make sure that the kit's own reading and writing are not wrong alike.
        bool alone = !_parts.Engines.Any(e => e.IsParser);
        for (int i = 0; i < flight.Cases.Count; i++)
        {
            var prepared = flight.Cases[i];
            if (alone && prepared is { Case.Source: not null, Failure: null })
            {
                useful[i] = true;
                layer.Alone += prepared.Case.Weight;
            }
            if (useful[i]) layer.Useful += prepared.Case.Weight;
            else CampaignTotals.Count(layer.Discards, prepared.Failure is not null ? "the reference failed" : causes[i] ?? "no engine has its features", prepared.Case.Weight);
            if (prepared.Failure is { } failure) _desk.KitFailed(prepared.Name, prepared.Decisions, prepared.Case, "reference failed", failure);
            else if (differences.TryGetValue(i, out var found)) _desk.Differ(_arbiter, prepared, found);
        }
    }

    /// <summary>Counts what a case of the block reaches, if it is its turn; what fails in the reference has been found without it.</summary>
    private void Watch(Flight flight)
    {
        if (_parts.Reach is not { } reach || reach.CaseOf(flight.Block) is not { } i || i >= flight.Cases.Count || flight.Cases[i] is not { Failure: null } prepared) return;
        long begin = Stopwatch.GetTimestamp();
        reach.Watch(prepared.Case, prepared.Sent);
        flight.Totals.Layer(_options.Layers[flight.Block.Layer].Layer).WatchTime += Microseconds(begin);
    }

    /// <summary>The answer, or null when there is no engine any more.</summary>
    private static BlockAnswer? Answer(Request request)
    {
        try
        {
            return request.Answer.GetAwaiter().GetResult();
        }
        catch (EngineLostException)
        {
            return null;
        }
    }

    private Verdict Judge(Prepared prepared, CaseResult observed, CampaignEngine engine)
    {
        if (prepared.Failure is not null) return new Verdict.Inconclusive(0, "the reference failed");
        try
        {
            return _arbiter.Compare(prepared.Case, prepared.Sent, prepared.Expected ?? Expect(prepared, engine), observed, engine);
        }
        catch (Exception e)
        {
            prepared.Failure = e;
            return new Verdict.Inconclusive(0, "the reference failed");
        }
    }

    /// <summary>What the reference does with a case that was just made, which must be one.</summary>
    private CaseResult Expect(Prepared prepared, CampaignEngine? engine)
    {
        var expected = _arbiter.Expect(prepared.Case, prepared.Sent, engine);
        prepared.Case.Check(expected);
        return expected;
    }

    private static long Microseconds(long begin) => (long)Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
}
