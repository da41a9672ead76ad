using System.Collections.Immutable;
using Conformance.Harness.Expectations;
using Conformance.Harness.Results;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Running;

/// <summary>A script to run.</summary>
/// <param name="Suite">The name of its suite; the empty string for a file named by itself.</param>
/// <param name="Path">The path in reports, with <c>/</c>.</param>
/// <param name="FullPath">Where it is; null when <paramref name="Source"/> is given.</param>
/// <param name="Profile">The profile its folder, its first line or the user chose.</param>
/// <param name="Source">Its bytes, when it has no file (standard input).</param>
public sealed record ScriptFile(string Suite, string Path, string? FullPath, Profile Profile, ReadOnlyMemory<byte>? Source = null)
{
    public string Key => Suite.Length == 0 ? Path : $"{Suite}/{Path}";
}

/// <summary>Below which level a message fails its assertion.</summary>
public enum MessageRule
{
    None,
    Prefix,
    Exact,
}

/// <summary>How reference patterns are read.</summary>
public enum ReferenceRule
{
    /// <summary>As the specification's own interpreter does: <c>(ref.extern)</c> and <c>(ref)</c> accept null, <c>(ref.null t)</c> any null.</summary>
    Reference,

    /// <summary>Patterns but <c>ref.null</c> exclude null, and <c>(ref.null t)</c> asks for a null of t's hierarchy.</summary>
    Strict,
}

/// <summary>How a text module reaches the runtime.</summary>
public enum ModuleRoute
{
    /// <summary>Encoded by the kit's encoder: every runtime gets the same bytes.</summary>
    Binary,

    /// <summary>The parsed module itself, on runtimes that can.</summary>
    Direct,

    /// <summary>Encoded, decoded, printed and parsed again, compared at each step, then encoded and run.</summary>
    RoundTrip,
}

/// <summary>How <c>thread</c> commands run.</summary>
public enum ThreadRule
{
    /// <summary>Operating system threads over shared memory.</summary>
    OS,

    /// <summary>One operating system thread and a seeded scheduler that switches before every access to shared memory.</summary>
    Scheduler,
}

/// <summary>All that a run is asked to do.</summary>
public sealed record RunOptions
{
    public required IRuntime Runtime { get; init; }

    /// <summary>The scripts, in the order of the report.</summary>
    public required ImmutableArray<ScriptFile> Files { get; init; }

    /// <summary>The suites the files come from, for the report.</summary>
    public ImmutableArray<SuiteResult> Suites { get; init; } = [];

    /// <summary>Whether the files are all files of the suites: then an expectation for another file of them is stale, and a lost file or command a problem.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Files at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>The time a file may take.</summary>
    public TimeSpan FileTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The part of the files to run, or null for all.</summary>
    public Shard? Shard { get; init; }

    /// <summary>Stop after the first file with a bad verdict.</summary>
    public bool FailFast { get; init; }

    /// <summary>The level below which a message is a failure; null for the runtime's default.</summary>
    public MessageRule? Messages { get; init; }

    public ReferenceRule References { get; init; } = ReferenceRule.Reference;

    public ModuleRoute Modules { get; init; } = ModuleRoute.Binary;

    public ThreadRule Threads { get; init; } = ThreadRule.OS;

    /// <summary>The seed of the scheduler.</summary>
    public ulong Seed { get; init; }

    /// <summary>What is known to fail, or null.</summary>
    public ExpectationFile? Expectations { get; init; }

    /// <summary>The only folder that <c>output</c> commands write below; without it they are skipped.</summary>
    public string? OutputDir { get; init; }

    /// <summary>Where the host's print functions write, or null for nowhere.</summary>
    public Action<string>? Output { get; init; }

    /// <summary>Told the whole outcome of each command that is judged by what the runtime did. Calls come from several threads.</summary>
    public Action<ScriptFile, CommandResult, Outcome>? Judged { get; init; }

    public MessageRule MessageRule => Messages ?? (Runtime.Info.SpeaksSuiteMessages ? MessageRule.Prefix : MessageRule.None);
}

/// <summary>One of several equal parts of a list of files: every N-th file, beginning with the I-th.</summary>
/// <param name="Index">From 1.</param>
/// <param name="Count">The number of parts.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>Reads <c>I/N</c> with 1 ≤ I ≤ N; null when it is not that.</summary>
    public static Shard? Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], out int i) && int.TryParse(parts[1], out int n) && 1 <= i && i <= n ? new Shard(i, n) : null;
    }

    public IEnumerable<T> Of<T>(IEnumerable<T> items) => items.Where((_, i) => i % Count == Index - 1);

    public override string ToString() => $"{Index}/{Count}";
}

/// <summary>Receives what a run does as it does it. Calls come from several threads.</summary>
public interface IRunProgress
{
    void FileStarted(ScriptFile file);

    void FileEnded(ScriptFile file, FileResult result);
}
