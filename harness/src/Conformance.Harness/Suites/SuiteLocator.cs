using Conformance.Harness.Results;

namespace Conformance.Harness.Suites;

/// <summary>Where suites are looked for.</summary>
public sealed record SuitePlaces
{
    /// <summary>The folder of all suites, each in a folder of its name (<c>--suites</c>).</summary>
    public string? Suites { get; init; }

    /// <summary>The official mirror alone (<c>--suite</c>).</summary>
    public string? Mirror { get; init; }

    /// <summary>The value of <c>WASM_SUITES</c>: as <see cref="Suites"/>.</summary>
    public string? EnvironmentSuites { get; init; }

    /// <summary>The value of <c>WASM_TESTSUITE</c>: as <see cref="Mirror"/>.</summary>
    public string? EnvironmentMirror { get; init; }

    /// <summary>The cache that <see cref="SuiteFetcher"/> fills.</summary>
    public required string Cache { get; init; }

    /// <summary>The places as the environment gives them, before options.</summary>
    public static SuitePlaces FromEnvironment() => new()
    {
        EnvironmentSuites = NonEmpty("WASM_SUITES"),
        EnvironmentMirror = NonEmpty("WASM_TESTSUITE"),
        Cache = NonEmpty("WASM_CONFORMANCE_CACHE") ?? System.IO.Path.Combine(
            NonEmpty("XDG_CACHE_HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "wasm-conformance"),
    };

    private static string? NonEmpty(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}

/// <summary>Where a suite was found, or why not.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Folder">Its folder, or null.</param>
/// <param name="Source">What led there: <c>option</c>, <c>environment</c> or <c>cache</c>.</param>
/// <param name="Why">Why it was not found.</param>
public sealed record SuiteLocation(SuiteSpec Suite, string? Folder, string Source, string? Why = null)
{
    public bool Found => Folder is not null;

    /// <summary>The suite for the report. The commit is named only if the folder's checksum is the pinned one.</summary>
    public SuiteResult Result()
    {
        if (Folder is null) return new(Suite.Name, Suite.Repository, Suite.Commit, false, Why, Suite.Official);
        bool pinned = SuiteList.ChecksumOf(Folder) == Suite.Checksum;
        return new(Suite.Name, Suite.Repository, pinned ? Suite.Commit : null, true, pinned ? null : "the folder differs from the pinned commit", Suite.Official,
            pinned ? Suite.Counts : null);
    }
}

/// <summary>Finds suites on this machine: by option, by environment variable, in the cache, in this order.</summary>
public static class SuiteLocator
{
    public static SuiteLocation Locate(SuiteSpec suite, SuitePlaces places)
    {
        // What the user named must be there: another copy would be a surprise.
        if (suite.Official && places.Mirror is { } mirror) return Named(suite, mirror, "option");
        if (places.Suites is { } suites) return Named(suite, Path.Combine(suites, suite.Name), "option");
        if (suite.Official && places.EnvironmentMirror is { } environmentMirror) return Named(suite, environmentMirror, "environment");
        if (places.EnvironmentSuites is { } environmentSuites && Named(suite, Path.Combine(environmentSuites, suite.Name), "environment") is { Found: true } named) return named;
        string cached = CacheFolder(suite, places);
        return HasScripts(cached) ? new(suite, cached, "cache") : new(suite, null, "", "no option, environment variable or cache entry leads to it");
    }

    /// <summary>The suite's folder in the cache: complete if it exists, since it is put there by one rename.</summary>
    public static string CacheFolder(SuiteSpec suite, SuitePlaces places) => Path.Combine(places.Cache, "suites", suite.Name, suite.Commit);

    private static SuiteLocation Named(SuiteSpec suite, string folder, string source) =>
        HasScripts(folder) ? new(suite, Path.GetFullPath(folder), source)
        : new(suite, null, source, Directory.Exists(folder) ? $"{folder} holds no scripts" : $"{folder} does not exist");

    private static bool HasScripts(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.wast", SearchOption.AllDirectories).Any();
}
