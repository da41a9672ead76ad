using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Expectations;
using Conformance.Harness.Results;
using Conformance.Harness.Scripts;
using Conformance.Harness.Suites;

namespace Conformance.Harness.Running;

/// <summary>Runs scripts on a runtime, several files at a time, and puts their results together in the order of the files.</summary>
public static class Runner
{
    /// <summary>Runs all files of the options' shard.</summary>
    /// <param name="options">What to run and how.</param>
    /// <param name="progress">Told of every file's begin and end, or null.</param>
    /// <param name="cancel">Ends the run early; the results of the files that had ended are kept.</param>
    public static RunResult Run(RunOptions options, IRunProgress? progress = null, CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        ScriptFile[] files = [.. options.Shard is { } shard ? shard.Of(options.Files) : options.Files];
        var results = new FileResult?[files.Length];
        var used = new HashSet<Expectation>();
        bool suiteFound = options.Suites.Any(s => s is { Official: true, Found: true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bool failedFast = false;
        int next = -1;

        // Threads of its own: a script may block its thread, and continuations of a pool would then wait for one another.
        var workers = Enumerable.Range(0, Math.Clamp(options.Jobs, 1, Math.Max(1, files.Length))).Select(i => new Thread(Work) { IsBackground = true, Name = $"run {i}" }).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();

        var done = results.OfType<FileResult>().ToImmutableArray();
        bool incomplete = done.Length < files.Length;
        var run = new RunResult
        {
            Tool = ToolVersion,
            Runtime = new(options.Runtime.Info.Name, options.Runtime.Info.Version, Profiles.NamesOf(options.Runtime.Info.Features), options.Runtime.Info.DistinguishesMalformed),
            Suites = options.Suites,
            Settings = new(options.MessageRule.ToString().ToLowerInvariant(), options.References.ToString().ToLowerInvariant(), Name(options.Modules), options.Threads.ToString().ToLowerInvariant(),
                options.IsWhole, options.Shard?.ToString()),
            Files = done,
            Totals = Totals.Sum(done.Select(f => f.Totals), suiteFound),
            Problems = [.. Problems()],
            Incomplete = incomplete ? failedFast ? "fail-fast" : "cancelled" : null,
            NotRun = [.. files.Where((_, i) => results[i] is null).Select(f => f.Key)],
            Milliseconds = clock.Elapsed.TotalMilliseconds,
        };
        return run with { Problems = [.. run.Problems, .. Completeness.Problems(run)] };

        void Work()
        {
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref next) is var i && i < files.Length)
            {
                progress?.FileStarted(files[i]);
                var result = ScriptRunner.Run(files[i], options, suiteFound, stop.Token);
                if (stop.IsCancellationRequested && result.Commands.Any(c => c.Detail == ScriptRunner.Cancelled)) return;
                if (options.Expectations is { } expectations)
                {
                    (result, var named) = expectations.Apply(result);
                    lock (used) used.UnionWith(named);
                }
                results[i] = result;
                progress?.FileEnded(files[i], result);
                if (options.FailFast && !result.Totals.IsGreen)
                {
                    failedFast = true;
                    stop.Cancel();
                }
            }
        }

        IEnumerable<string> Problems()
        {
            foreach (var file in done)
                if (file.Error is { } error) yield return $"{file.Key}: {error}";
            if (options.Expectations is not { } expectations) yield break;
            var ran = done.Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
            var asked = options.Files.Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
            var suites = options.Suites.Where(s => s.Found).Select(s => s.Name).ToArray();
            foreach (var entry in expectations.Entries)
            {
                if (entry.Needs is { } needs) yield return $"{entry}: {needs}";
                if (ran.Contains(entry.File) && !used.Contains(entry)) yield return $"{entry}: the expectation names no command";
                if (options.IsWhole && !asked.Contains(entry.File) && suites.Any(s => entry.File.StartsWith(s + "/", StringComparison.Ordinal)))
                    yield return $"{entry}: the expectation names no file";
            }
        }
    }

    /// <summary>The version of the kit, as it stands in results.</summary>
    public static string ToolVersion => typeof(Runner).Assembly.GetName().Version!.ToString(3);

    private static string Name(ModuleRoute route) => route switch
    {
        ModuleRoute.Binary => "binary",
        ModuleRoute.Direct => "direct",
        ModuleRoute.RoundTrip => "round-trip",
        _ => throw new UnreachableException($"route {(int)route}"),
    };
}
