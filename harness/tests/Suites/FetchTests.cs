using System.Diagnostics;
using Conformance.Harness.Suites;

namespace Conformance.Harness.Tests.Suites;

/// <summary>Fetching and finding suites, shown on a local repository.</summary>
public sealed class FetchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("suites-").FullName;
    private readonly SuitePlaces _places;
    private readonly string _repository;
    private readonly SuiteSpec _suite;

    public FetchTests()
    {
        _places = new SuitePlaces { Cache = Path.Combine(_root, "cache") };
        _repository = Path.Combine(_root, "repository");
        Write("test/a.wast", "(module)\n");
        Write("test/sub/b.wast", ";; b\r\n");
        Write("test/README.md", "not a script");
        Git("init", "--quiet");
        Git("add", ".");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "first");
        string commit = Git("rev-parse", "HEAD");
        string checksum = SuiteList.ChecksumOf(Path.Combine(_repository, "test"));
        // The pinned commit is not the newest.
        Write("test/a.wast", "(module) (module)\n");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-a", "-m", "second");
        _suite = new("tiny", "", true, _repository, commit, "test", new(2, 3, 0), checksum);
    }

    [Fact]
    public void The_pinned_commit_comes_from_its_repository()
    {
        Assert.False(SuiteLocator.Locate(_suite, _places).Found);
        string folder = Fetch(_suite);
        Assert.Equal("(module)\n", File.ReadAllText(Path.Combine(folder, "a.wast")));
        Assert.Equal(";; b\r\n", File.ReadAllText(Path.Combine(folder, "sub", "b.wast")));
        Assert.Equal(2, SuiteList.ScriptsBelow(folder).Length);
        var location = SuiteLocator.Locate(_suite, _places);
        Assert.Equal((folder, "cache"), (location.Folder, location.Source));
        Assert.Equal(_suite.Commit, location.Result().Commit);
    }

    [Fact]
    public void What_the_cache_has_is_not_fetched_again()
    {
        string folder = Fetch(_suite);
        Directory.Delete(Path.Combine(_repository, ".git"), true);
        Assert.Equal(folder, Fetch(_suite));
    }

    [Fact]
    public void A_wrong_commit_is_refused()
    {
        var error = Assert.Throws<SuiteFetchException>(() => Fetch(_suite with { Commit = new string('a', 40) }));
        Assert.Contains("aaaa", error.Message, StringComparison.Ordinal);
        NothingIsLeft();
    }

    [Fact]
    public void A_wrong_checksum_is_refused()
    {
        var error = Assert.Throws<SuiteFetchException>(() => Fetch(_suite with { Checksum = new string('0', 64) }));
        Assert.Contains("wrong checksum", error.Message, StringComparison.Ordinal);
        NothingIsLeft();
    }

    [Fact]
    public void A_missing_repository_or_folder_is_refused()
    {
        Assert.Throws<SuiteFetchException>(() => Fetch(_suite with { Repository = Path.Combine(_root, "nowhere") }));
        Assert.Throws<SuiteFetchException>(() => Fetch(_suite with { Path = "nowhere" }));
        NothingIsLeft();
    }

    [Fact]
    public void An_interrupted_download_leaves_nothing_behind()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        var error = Assert.Throws<SuiteFetchException>(() => SuiteFetcher.Fetch(_suite, _places, null, cancel.Token));
        Assert.Contains("interrupted", error.Message, StringComparison.Ordinal);
        NothingIsLeft();
        Assert.True(Directory.Exists(Fetch(_suite)));
    }

    [Fact]
    public void A_plain_folder_will_do_if_its_checksum_is_right()
    {
        string plain = Path.Combine(_root, "plain");
        string folder = Fetch(_suite);
        Directory.CreateDirectory(Path.Combine(plain, "tiny", "sub"));
        foreach (string script in SuiteList.ScriptsBelow(folder)) File.Copy(Path.Combine(folder, script), Path.Combine(plain, "tiny", script));
        var elsewhere = new SuitePlaces { Cache = Path.Combine(_root, "cache2") };
        Assert.True(Directory.Exists(SuiteFetcher.Fetch(_suite, elsewhere, plain, default)));
        File.AppendAllText(Path.Combine(plain, "tiny", "a.wast"), " ");
        Assert.Throws<SuiteFetchException>(() => SuiteFetcher.Fetch(_suite, new SuitePlaces { Cache = Path.Combine(_root, "cache3") }, plain, default));
    }

    [Fact]
    public void Option_comes_before_environment_before_cache()
    {
        string cached = Fetch(_suite);
        string named = Path.Combine(_root, "named", "tiny");
        Directory.CreateDirectory(named);
        File.WriteAllText(Path.Combine(named, "x.wast"), "");
        string parent = Path.GetDirectoryName(named)!;
        Assert.Equal(("option", named), Where(_places with { Mirror = named, EnvironmentMirror = cached }));
        Assert.Equal(("option", named), Where(_places with { Suites = parent, EnvironmentMirror = cached }));
        Assert.Equal(("environment", named), Where(_places with { EnvironmentMirror = named }));
        Assert.Equal(("environment", named), Where(_places with { EnvironmentSuites = parent }));
        Assert.Equal(("cache", cached), Where(_places));
        // What was named and is not there is not replaced by something else.
        Assert.False(SuiteLocator.Locate(_suite, _places with { Mirror = Path.Combine(_root, "nowhere") }).Found);
        // A folder that differs from the pinned commit is not reported as that commit.
        Assert.Null(SuiteLocator.Locate(_suite, _places with { Mirror = named }).Result().Commit);
    }

    private (string, string?) Where(SuitePlaces places)
    {
        var location = SuiteLocator.Locate(_suite, places);
        return (location.Source, location.Folder);
    }

    private string Fetch(SuiteSpec suite) => SuiteFetcher.Fetch(suite, _places, null, default);

    private void NothingIsLeft()
    {
        string folder = Path.Combine(_places.Cache, "suites", "tiny");
        Assert.Empty(Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : []);
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_repository, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "core.autocrlf=false", .. arguments]) { WorkingDirectory = _repository, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }

    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(_root, true);
    }
}
