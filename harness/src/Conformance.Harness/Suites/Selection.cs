using System.Collections.Immutable;
using Conformance.Harness.Results;
using Conformance.Harness.Running;
using Wasm.Syntax;

namespace Conformance.Harness.Suites;

/// <summary>The scripts that a run was asked for.</summary>
/// <param name="Files">In the order asked for, without repetition.</param>
/// <param name="Suites">The suites they come from.</param>
/// <param name="Errors">What could not be resolved, for a usage error.</param>
/// <param name="IsWhole">Whether all files of the suites are among them.</param>
public sealed record Selection(ImmutableArray<ScriptFile> Files, ImmutableArray<SuiteResult> Suites, ImmutableArray<string> Errors, bool IsWhole)
{
    /// <summary>Resolves what a user asks for: names of suites, folders and files.</summary>
    /// <param name="names">A name of a pinned suite, unless a file or folder has it; a folder, for all scripts below it; a script.</param>
    /// <param name="list">The pinned suites and the profiles.</param>
    /// <param name="places">Where suites are.</param>
    /// <param name="features">A profile for all scripts, or null for each its own.</param>
    /// <param name="filter">A glob on paths or file names, or null.</param>
    public static Selection Of(IEnumerable<string> names, SuiteList list, SuitePlaces places, Profile? features = null, string? filter = null)
    {
        var files = ImmutableArray.CreateBuilder<ScriptFile>();
        var suites = ImmutableArray.CreateBuilder<SuiteResult>();
        var errors = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (File.Exists(name)) AddFile("", name.Replace('\\', '/'), Path.GetFullPath(name), isPinned: false);
            else if (Directory.Exists(name)) AddNamedFolder(name);
            else if (list.Find(name) is { } suite)
            {
                var location = SuiteLocator.Locate(suite, places);
                if (location.Found) AddFolder(location.Result(), location.Folder!, isPinned: true);
                else suites.Add(location.Result());
            }
            else errors.Add($"{name}: no such file, folder or suite");
        }
        return new(files.ToImmutable(), suites.ToImmutable(), errors.ToImmutable(), filter is null);

        // A folder given by its path is the pinned suite of its name if its checksum says so: other folders may have such a name too.
        void AddNamedFolder(string folder)
        {
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
            bool isPinned = list.Find(name) is { } suite && SuiteList.ChecksumOf(folder) == suite.Checksum;
            AddFolder(isPinned ? new SuiteLocation(list.Find(name)!, folder, "argument").Result() : new(name, null, null, true), folder, isPinned);
        }

        void AddFolder(SuiteResult suite, string folder, bool isPinned)
        {
            suites.Add(suite);
            foreach (string script in SuiteList.ScriptsBelow(folder)) AddFile(suite.Name, script, Path.GetFullPath(Path.Combine(folder, script)), isPinned);
        }

        void AddFile(string suite, string path, string fullPath, bool isPinned)
        {
            if (!Matches(filter, suite, path) || !seen.Add(fullPath)) return;
            string folder = isPinned ? $"{suite}/{path[..^Path.GetFileName(path).Length]}" : Path.GetDirectoryName(fullPath)!.Replace('\\', '/');
            try
            {
                files.Add(new ScriptFile(suite, path, fullPath, features ?? OwnProfile(fullPath) ?? list.Profiles.Of(folder)));
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                errors.Add($"{path}: {e.Message}");
            }
        }
    }

    /// <summary>Whether a glob matches a path, its file name with or without the extension, or the path with its suite.</summary>
    private static bool Matches(string? filter, string suite, string path) =>
        filter is null || Glob.Matches(filter, path) || Glob.Matches(filter, suite + "/" + path)
        || (!filter.Contains('/', StringComparison.Ordinal) && (Glob.MatchesName(filter, Path.GetFileName(path)) || Glob.MatchesName(filter, Path.GetFileNameWithoutExtension(path))));

    private static Profile? OwnProfile(string file)
    {
        Span<byte> head = stackalloc byte[256];
        using var stream = File.OpenRead(file);
        return Profiles.OfFirstLine(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }
}
