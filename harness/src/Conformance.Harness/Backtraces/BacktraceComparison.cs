using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Conformance.Harness.Runtimes;

namespace Conformance.Harness.Backtraces;

/// <summary>How the wasm frames of a trap compare between two runtimes: by function index and module offset, innermost first.</summary>
public enum Agreement
{
    /// <summary>All frames are the same.</summary>
    Same,

    /// <summary>No function runs: an active segment did not fit at instantiation.</summary>
    NoFrames,

    /// <summary>The functions are the same; the innermost offset is before the reference's, and only straight code leads from it to the trap.</summary>
    EarlierInStraightCode,

    /// <summary>The functions are the same, offsets are not.</summary>
    OtherOffset,

    /// <summary>The functions are the same; the runtime tells no offsets.</summary>
    NoOffsets,

    /// <summary>The functions are not the same.</summary>
    OtherFunctions,

    /// <summary>The runtime tells no frames.</summary>
    Untold,

    /// <summary>The runtime did not trap, such as where it lacks a feature.</summary>
    NoTrap,
}

/// <summary>The frames of one trap that a script asserts.</summary>
/// <param name="Place">The file, line and column.</param>
/// <param name="Kind">The command's keyword.</param>
/// <param name="Agreement">How the two compare.</param>
/// <param name="Expected">The frames in the reference.</param>
/// <param name="Actual">The frames in the other runtime; empty when it did not trap.</param>
/// <param name="Verdict">The command's verdict in the other runtime.</param>
/// <param name="Between">The instructions from the other's innermost offset to the reference's, where they tell why the two differ.</param>
public sealed record ComparedTrap(
    string Place, string Kind, Agreement Agreement, ImmutableArray<BacktraceFrame> Expected, ImmutableArray<BacktraceFrame> Actual, Verdict Verdict, string? Between = null);

/// <summary>Compares the backtraces of all traps that scripts assert.</summary>
public static class BacktraceComparison
{
    /// <summary>Runs scripts on both runtimes and compares each asserted trap of the reference, in the order of the scripts.</summary>
    /// <param name="files">The scripts.</param>
    /// <param name="reference">The runtime whose frames are right.</param>
    /// <param name="other">The runtime that is compared with it.</param>
    /// <param name="jobs">Files at a time.</param>
    /// <param name="progress">Told of the files as they begin and end, on both runtimes.</param>
    /// <param name="cancel">Ends the runs early; what was compared is returned.</param>
    public static ImmutableArray<ComparedTrap> Run(ImmutableArray<ScriptFile> files, IRuntime reference, IRuntime other, int jobs, IRunProgress? progress = null, CancellationToken cancel = default)
    {
        var expected = Traps(files, reference, jobs, progress, cancel).Frames;
        var (actual, verdicts) = Traps(files, other, jobs, progress, cancel);
        var keys = files.ToDictionary(f => f.Key, StringComparer.Ordinal);
        var order = files.Select((f, i) => (f.Key, i)).ToDictionary(StringComparer.Ordinal);
        var code = new Dictionary<string, StraightCode>(StringComparer.Ordinal);
        // Files that a cancelled run did not get to have no verdicts.
        return
        [
            .. expected.Where(e => verdicts.ContainsKey(e.Key)).OrderBy(e => order[e.Key.File]).ThenBy(e => e.Key.Line).ThenBy(e => e.Key.Column)
                .Select(e => Compare(e.Key, e.Value, actual.TryGetValue(e.Key, out var frames) ? frames : null, verdicts[e.Key])),
        ];

        ComparedTrap Compare(Place at, ImmutableArray<BacktraceFrame> theirs, ImmutableArray<BacktraceFrame>? ours, Verdict verdict)
        {
            var frames = ours ?? [];
            var agreement = ours is null ? Agreement.NoTrap : Of(theirs, frames);
            string? between = null;
            if (agreement == Agreement.OtherOffset && theirs[0].ModuleOffset > frames[0].ModuleOffset && Rest(theirs).SequenceEqual(Rest(frames)))
            {
                if (!code.TryGetValue(at.File, out var modules)) code[at.File] = modules = StraightCode.Of(keys[at.File]);
                between = modules.Between(theirs[0].Function!.Value, frames[0].ModuleOffset!.Value, theirs[0].ModuleOffset!.Value);
                if (between is not null) agreement = Agreement.EarlierInStraightCode;
            }
            return new(at.ToString(), at.Kind, agreement, theirs, frames, verdict, between);
        }
    }

    /// <summary>How two lists of frames compare, of which both may be empty.</summary>
    public static Agreement Of(ImmutableArray<BacktraceFrame> expected, ImmutableArray<BacktraceFrame> actual)
    {
        if (expected.IsEmpty && actual.IsEmpty) return Agreement.NoFrames;
        if (actual.IsEmpty) return Agreement.Untold;
        if (!expected.Select(f => f.Function).SequenceEqual(actual.Select(f => f.Function))) return Agreement.OtherFunctions;
        if (actual.All(f => f.ModuleOffset is null)) return Agreement.NoOffsets;
        return expected.Select(Where).SequenceEqual(actual.Select(Where)) ? Agreement.Same : Agreement.OtherOffset;
    }

    private static (uint?, long?) Where(BacktraceFrame frame) => (frame.Function, frame.ModuleOffset);

    private static IEnumerable<(uint?, long?)> Rest(ImmutableArray<BacktraceFrame> frames) => frames.Skip(1).Select(Where);

    /// <summary>A command: its script, and the file that the script reads it from, if another.</summary>
    private readonly record struct Place(string File, string? Input, int Line, int Column, string Kind)
    {
        public override string ToString() => $"{File}:{(Input is null ? "" : $"{Input}:")}{Line}:{Column}";
    }

    private static (Dictionary<Place, ImmutableArray<BacktraceFrame>> Frames, Dictionary<Place, Verdict> Verdicts) Traps(
        ImmutableArray<ScriptFile> files, IRuntime runtime, int jobs, IRunProgress? progress, CancellationToken cancel)
    {
        var frames = new Dictionary<Place, ImmutableArray<BacktraceFrame>>();
        var run = Runner.Run(new RunOptions
        {
            Runtime = runtime,
            Files = files,
            Jobs = jobs,
            Judged = (file, command, outcome) =>
            {
                if (command.Kind is not ("assert_trap" or "assert_uninstantiable") || outcome is not Outcome.Trapped trap) return;
                // Frames of the host have no index.
                lock (frames) frames[At(file.Key, command)] = [.. trap.Backtrace.Where(f => f.Function is not null)];
            },
        }, progress, cancel);
        var verdicts = new Dictionary<Place, Verdict>();
        foreach (var file in run.Files)
            foreach (var command in file.Commands) verdicts[At(file.Key, command)] = command.Verdict;
        return (frames, verdicts);
    }

    private static Place At(string file, CommandResult command) => new(file, command.File, command.Line, command.Column, command.Kind);
}
