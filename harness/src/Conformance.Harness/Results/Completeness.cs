namespace Conformance.Harness.Results;

/// <summary>Holds a run of whole suites to what the pinned suites are known to hold, so that nothing is lost unnoticed.</summary>
public static class Completeness
{
    /// <summary>Differences in numbers of files, commands and messages; none for runs of selected files, of single shards, or that ended early.</summary>
    public static IEnumerable<string> Problems(RunResult run)
    {
        if (!run.Settings.Whole || run.Settings.Shard is not null || run.Incomplete is not null) yield break;
        foreach (var suite in run.Suites)
        {
            if (suite.Pinned is not { } pinned) continue;
            var totals = Totals.Sum(run.Files.Where(f => f.Suite == suite.Name).Select(f => f.Totals), false);
            if (totals.Files != pinned.Files) yield return $"{suite.Name}: {totals.Files} files instead of {pinned.Files}";
            if (totals.Commands != pinned.Commands) yield return $"{suite.Name}: {totals.Commands} commands instead of {pinned.Commands}";
            // A command that could not be parsed has failed, and its text is not known.
            if (totals.Messages.Expected != pinned.Messages && totals.Failed == 0) yield return $"{suite.Name}: {totals.Messages.Expected} expected messages instead of {pinned.Messages}";
        }
    }
}
