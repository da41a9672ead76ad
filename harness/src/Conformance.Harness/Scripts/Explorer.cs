using System.Buffers.Binary;
using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Wasm.Text.Script;

namespace Conformance.Harness.Scripts;

/// <summary>One outcome that runs of a multi-threaded script had.</summary>
/// <param name="Text">What assertions saw, then the 32-bit words of the shared memories' first pages at the end; words that are zero are left out.</param>
/// <param name="Words">The same words by memory and address.</param>
/// <param name="Count">The number of runs that had it.</param>
/// <param name="Failures">Commands that did not pass, from the first such run.</param>
public sealed record ExploredOutcome(string Text, ImmutableDictionary<(string Memory, int Address), uint> Words, int Count, ImmutableArray<CommandResult> Failures);

/// <summary>The outcomes of many runs of one script.</summary>
/// <param name="Outcomes">In the order of their texts.</param>
/// <param name="Runs">The number of runs.</param>
/// <param name="IsComplete">Whether these are all runs there are: every interleaving of accesses to shared memory, up to the bound on steps.</param>
/// <param name="Cut">The runs that reached the bound on steps.</param>
/// <param name="Deadlocks">The runs in which all threads waited for ever.</param>
public sealed record Exploration(ImmutableArray<ExploredOutcome> Outcomes, int Runs, bool IsComplete, int Cut, int Deadlocks);

/// <summary>Runs a multi-threaded script many times and collects its outcomes.</summary>
public static class Explorer
{
    /// <summary>
    /// Systematic exploration: every interleaving of the threads' accesses to shared memories, each once, as long as the bounds allow.
    /// The runtime must be steppable.
    /// </summary>
    public static Exploration Explore(ScriptFile file, RunOptions options, int maxRuns = 100_000, int maxSteps = 10_000, CancellationToken cancel = default)
    {
        var choices = new Backtracking();
        var collector = new Collector();
        do
        {
            collector.Add(Once(file, options, new Scheduler(choices) { MaxSteps = maxSteps }, cancel));
        }
        while (choices.Next() && collector.Runs < maxRuns && !cancel.IsCancellationRequested);
        return collector.Result(isComplete: choices.IsDone);
    }

    /// <summary>Samples: runs on operating system threads, or with a scheduler of another seed each, as the options say.</summary>
    public static Exploration Sample(ScriptFile file, RunOptions options, int runs, CancellationToken cancel = default)
    {
        var collector = new Collector();
        for (int i = 0; i < runs && !cancel.IsCancellationRequested; i++)
            collector.Add(Once(file, options, options.Threads == ThreadRule.Scheduler ? new Scheduler(new RandomChoices(options.Seed + (ulong)i)) : null, cancel));
        return collector.Result(isComplete: false);
    }

    private sealed record Observation(string Text, ImmutableDictionary<(string Memory, int Address), uint> Words, ImmutableArray<CommandResult> Failures, bool IsCut, bool IsDeadlocked);

    private static Observation Once(ScriptFile file, RunOptions options, Scheduler? scheduler, CancellationToken cancel)
    {
        var seen = new SortedDictionary<int, string>();
        var memories = new SortedDictionary<string, Func<ulong, int, byte[]?>>(StringComparer.Ordinal);
        using var run = new FileRun(file, options with { Threads = scheduler is null ? ThreadRule.OS : ThreadRule.Scheduler }, cancel)
        {
            Observe = (line, what) =>
            {
                lock (seen) seen[line] = what;
            },
            Share = (name, read) =>
            {
                lock (memories) memories[name] = read;
            },
        };
        string? error = null;
        var (commands, _) = ScriptReader.Split(ScriptRunner.Read(file, ref error) ?? throw new IOException(error));
        var session = new Session(run);
        if (scheduler is null) session.RunToEnd(commands);
        else scheduler.Run(run, session, commands);
        var words = memories.SelectMany(m => Words(m.Key, m.Value)).ToArray();
        string text = string.Join("  ", seen.Select(s => $"line {s.Key}: {s.Value}").Concat(words.Select(w => $"{w.Key.Memory}[{w.Key.Address}]={w.Value}")));
        return new(text, words.ToImmutableDictionary(), [.. session.Results.Where(r => r.Verdict != Verdict.Passed)], scheduler?.IsCut ?? false, scheduler?.IsDeadlocked ?? false);
    }

    private static IEnumerable<KeyValuePair<(string Memory, int Address), uint>> Words(string name, Func<ulong, int, byte[]?> read)
    {
        byte[] bytes = read(0, 0x1_0000) ?? [];
        for (int i = 0; i + 4 <= bytes.Length; i += 4)
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i)) is var word and not 0) yield return new((name, i), word);
    }

    private sealed class Collector
    {
        private readonly SortedDictionary<string, ExploredOutcome> _outcomes = new(StringComparer.Ordinal);
        private int _cut, _deadlocks;

        public int Runs { get; private set; }

        public void Add(Observation observation)
        {
            Runs++;
            if (observation.IsCut) _cut++;
            if (observation.IsDeadlocked) _deadlocks++;
            // An unfinished run says nothing about outcomes.
            if (observation.IsCut || observation.IsDeadlocked) return;
            var known = _outcomes.GetValueOrDefault(observation.Text, new(observation.Text, observation.Words, 0, []));
            _outcomes[observation.Text] = known with { Count = known.Count + 1, Failures = known.Failures.IsEmpty ? observation.Failures : known.Failures };
        }

        public Exploration Result(bool isComplete) => new([.. _outcomes.Values], Runs, isComplete, _cut, _deadlocks);
    }

    /// <summary>Depth-first search over decisions: repeats those of the run before up to the last one that has another possibility, and takes that.</summary>
    private sealed class Backtracking : IChoices
    {
        private readonly List<(int Choice, int Count)> _path = [];
        private int _depth;

        public bool IsDone { get; private set; }

        public int Choose(int count)
        {
            if (_depth == _path.Count) _path.Add((0, count));
            var (choice, known) = _path[_depth++];
            return known == count ? choice : throw new System.Diagnostics.UnreachableException($"the script is not deterministic: {known} possibilities became {count}");
        }

        /// <summary>Prepares the next run; false when there is none.</summary>
        public bool Next()
        {
            _depth = 0;
            while (_path.Count > 0)
            {
                var (choice, count) = _path[^1];
                _path.RemoveAt(_path.Count - 1);
                if (choice + 1 >= count) continue;
                _path.Add((choice + 1, count));
                return true;
            }
            IsDone = true;
            return false;
        }
    }
}
