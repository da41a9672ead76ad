using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Fuzz.Comparing;
using Conformance.Harness.Cases;
using Conformance.Harness.Workers;

namespace Conformance.Fuzz.Planting;

/// <summary>A mutant that is built.</summary>
/// <param name="Mutant">The mutant; null for the control, which is the reference itself and must survive.</param>
/// <param name="Id">The mutant's id, or <c>control</c>.</param>
/// <param name="Worker">How its worker is started.</param>
public sealed record BuiltMutant(Mutant? Mutant, string Id, WorkerSpec Worker);

/// <summary>
/// Measures which mutants the fuzzer finds: each is one more engine, and the reference in this process says what is right. Mutants take turns; a turn is twice as
/// long in each round, and one that is killed has no more.
/// </summary>
public sealed class MutationRun
{
    /// <summary>The name of the control.</summary>
    public const string Control = "control";

    /// <summary>The first turn: enough for what any case shows, beside the start of a worker.</summary>
    private static readonly TimeSpan FirstTurn = TimeSpan.FromSeconds(2);

    private readonly MutationOptions _options;
    private readonly MutationLog _log;
    private readonly CaseStream _cases;
    private readonly Func<Case, CaseResult> _floor;
    private readonly Lock _gate = new();
    private readonly long _ownAtStart = OwnTicks;
    private readonly double _spentBefore;
    private double _workerSeconds;

    /// <param name="options">What is measured.</param>
    /// <param name="log">Where it is written down, and continued from.</param>
    /// <param name="reference">The reference in this process.</param>
    /// <param name="floor">The reference with the least that every engine must have.</param>
    public MutationRun(MutationOptions options, MutationLog log, InProcessEngine reference, InProcessEngine floor)
    {
        _options = options;
        _log = log;
        _spentBefore = log.Spent;
        _cases = new CaseStream(options, reference);
        _floor = @case =>
        {
            lock (_gate) return floor.Run(@case);
        };
    }

    /// <summary>Told of every turn.</summary>
    public Action<MutantScore>? Progress { get; init; }

    /// <summary>The processor time so far, of this process and all workers, in seconds.</summary>
    public double Spent
    {
        get
        {
            lock (_gate) return _spentBefore + _workerSeconds + TimeSpan.FromTicks(OwnTicks - _ownAtStart).TotalSeconds;
        }
    }

    private static long OwnTicks => Process.GetCurrentProcess().TotalProcessorTime.Ticks;

    /// <summary>Faults of the kit: cases that the generator or the reference failed on. A hundred of them end the run.</summary>
    public IReadOnlyList<(Generating.CaseName Name, Exception Failure)> KitFailures => _cases.Failures;

    /// <summary>Runs turns until every mutant is killed or the time is up.</summary>
    public void Run(ImmutableArray<BuiltMutant> mutants, CancellationToken cancel)
    {
        for (var turn = FirstTurn; !IsOver(cancel); turn *= 2)
        {
            var alive = mutants.Where(m => !IsDone(m)).ToArray();
            if (alive.All(m => m.Id == Control)) return;
            // What is left is for all alike.
            double share = (_options.Time.TotalSeconds - Spent) / alive.Length * _options.Jobs;
            if (share < turn.TotalSeconds) turn = TimeSpan.FromSeconds(Math.Max(share, 0.2));
            int next = -1;
            var threads = Enumerable.Range(0, Math.Min(_options.Jobs, alive.Length)).Select(_ => new Thread(Work)).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();

            void Work()
            {
                while (!IsOver(cancel) && Interlocked.Increment(ref next) is var i && i < alive.Length)
                {
                    var score = Turn(alive[i], turn, cancel);
                    _log.Add(score, Spent);
                    Progress?.Invoke(score);
                }
            }
        }
    }

    /// <summary>Faults of the kit after which nothing that is measured means anything.</summary>
    private const int MostKitFailures = 100;

    private bool IsOver(CancellationToken cancel) => cancel.IsCancellationRequested || Spent >= _options.Time.TotalSeconds || _cases.Failures.Count >= MostKitFailures;

    private bool IsDone(BuiltMutant mutant) => _log.Scores.TryGetValue(mutant.Id, out var score)
        && (score.Kill is not null || (mutant.Mutant?.Equivalent is not null && score.Batches > 0) || (_options.TimeOfOne is { } limit && score.Seconds >= limit.TotalSeconds));

    private MutantScore Turn(BuiltMutant mutant, TimeSpan turn, CancellationToken cancel)
    {
        var score = _log.Scores.GetValueOrDefault(mutant.Id) ?? new MutantScore { Id = mutant.Id };
        if (_options.TimeOfOne is { } limit && limit - TimeSpan.FromSeconds(score.Seconds) is var rest && rest < turn) turn = rest;
        WorkerCaseEngine engine;
        try
        {
            engine = Start(mutant);
        }
        catch (WorkerStartException e)
        {
            // A mutant that breaks what every worker must do; the control shows that it is not the kit's fault.
            return score with { Batches = score.Batches + 1, Kill = new Kill("start", "start", "the worker does not start", "a worker", e.Message) };
        }
        using (engine) return Turn(engine, score, turn, cancel);
    }

    private MutantScore Turn(WorkerCaseEngine engine, MutantScore score, TimeSpan turn, CancellationToken cancel)
    {
        double before = score.Seconds, counted = 0;
        var facts = new EngineFacts(engine.Info.Features, engine.Facts.ObeysProfiles, _options.Generator.Features);
        var ahead = _cases.Batch(score.Batches);
        var answer = engine.RunAsync([.. ahead.Select(c => c.Sent)]);
        while (true)
        {
            var batch = ahead;
            bool last = Count() >= turn.TotalSeconds || IsOver(cancel);
            // The next batch is made while the worker runs this one.
            var pending = answer;
            if (!last)
            {
                ahead = _cases.Batch(score.Batches + 1);
                answer = engine.RunAsync([.. ahead.Select(c => c.Sent)]);
            }
            var results = pending.GetAwaiter().GetResult();
            for (int i = 0; i < batch.Length && score.Kill is null; i++)
            {
                score = score with { Cases = score.Cases + batch[i].Case.Weight };
                if (Differs(batch[i], results[i], facts) is null) continue;
                // Once more, by itself: a slow machine or a stray worker is no kill.
                var again = Differs(batch[i], engine.Run([batch[i].Sent])[0], facts);
                score = again is null ? score with { Flakes = score.Flakes + 1 }
                    : score with { Kill = new Kill(batch[i].Name.ToString(), batch[i].Name.Layer, again.Class, again.Expected, again.Observed) };
            }
            score = score with { Batches = score.Batches + 1, Seconds = before + Count() };
            if (last || score.Kill is not null) return score;
        }

        double Count()
        {
            double seconds = engine.ProcessorTime.TotalSeconds;
            lock (_gate) _workerSeconds += seconds - counted;
            counted = seconds;
            return seconds;
        }
    }

    private Verdict.Difference? Differs(JudgedCase judged, CaseResult observed, EngineFacts facts) =>
        Comparer.Compare(judged.Case, judged.Expected, observed, facts, () => _floor(judged.Sent)) as Verdict.Difference;

    private WorkerCaseEngine Start(BuiltMutant mutant) => WorkerCaseEngine.Start(mutant.Worker, new WorkerCaseOptions
    {
        Features = _options.Generator.Features,
        Batch = TimeSpan.FromSeconds(5),
        Single = TimeSpan.FromSeconds(3),
    });
}
