using System.Diagnostics;

namespace Conformance.Harness.Suites;

/// <summary>A suite could not be fetched; nothing was left in the cache.</summary>
public sealed class SuiteFetchException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Gets pinned suites with git into the cache. What is in the cache is complete and has the pinned checksum: a suite is prepared beside it
/// and renamed into place last.
/// </summary>
public static class SuiteFetcher
{
    /// <summary>Fetches a suite unless the cache has it, and returns its folder.</summary>
    /// <param name="suite">The pinned suite.</param>
    /// <param name="places">The cache.</param>
    /// <param name="from">A repository to fetch from, or a folder that holds the suite's scripts; null for the public repository.</param>
    /// <param name="cancel">Ends git and leaves the cache as it was.</param>
    /// <exception cref="SuiteFetchException">Git is missing or failed, the commit is not there, or the checksum is another.</exception>
    public static string Fetch(SuiteSpec suite, SuitePlaces places, string? from, CancellationToken cancel)
    {
        string target = SuiteLocator.CacheFolder(suite, places);
        if (Directory.Exists(target)) return target;
        string parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        string work = Path.Combine(parent, $".partial-{Environment.ProcessId}-{Guid.NewGuid():n}");
        try
        {
            string source = from is not null && Directory.Exists(from) && !IsRepository(from) ? PlainFolder(suite, from) : Clone(suite, from ?? suite.Repository, work, cancel);
            string staged = Path.Combine(work, "staged");
            foreach (string script in SuiteList.ScriptsBelow(source))
            {
                string to = Path.Combine(staged, script);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(Path.Combine(source, script), to);
            }
            if (!Directory.Exists(staged)) throw new SuiteFetchException($"{suite.Name}: no scripts in {suite.Path} of {from ?? suite.Repository}");
            string checksum = SuiteList.ChecksumOf(staged);
            if (checksum != suite.Checksum) throw new SuiteFetchException($"{suite.Name}: wrong checksum: expected {suite.Checksum}, got {checksum}");
            cancel.ThrowIfCancellationRequested();
            try
            {
                Directory.Move(staged, target);
            }
            catch (IOException) when (Directory.Exists(target))
            {
                // Another process was faster; what it put there has the same checksum.
            }
            return target;
        }
        catch (OperationCanceledException e)
        {
            throw new SuiteFetchException($"{suite.Name}: interrupted", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SuiteFetchException($"{suite.Name}: {e.Message}", e);
        }
        finally
        {
            Delete(work);
        }
    }

    private static bool IsRepository(string folder) =>
        Directory.Exists(Path.Combine(folder, ".git")) || File.Exists(Path.Combine(folder, ".git")) || File.Exists(Path.Combine(folder, "HEAD"));

    /// <summary>A folder that is the suite, holds it under its name, or holds it at its path in the repository.</summary>
    private static string PlainFolder(SuiteSpec suite, string from)
    {
        foreach (string folder in new[] { Path.Combine(from, suite.Name), Path.Combine(from, suite.Path), from })
            if (Directory.Exists(folder) && SuiteList.ScriptsBelow(folder).Length > 0) return folder;
        throw new SuiteFetchException($"{suite.Name}: no scripts below {from}");
    }

    private static string Clone(SuiteSpec suite, string repository, string work, CancellationToken cancel)
    {
        string clone = Path.Combine(work, "clone");
        Directory.CreateDirectory(clone);
        Git(suite, clone, cancel, "init", "--quiet");
        string url = Directory.Exists(repository) ? Path.GetFullPath(repository) : repository;
        // A server may refuse single commits; then everything is fetched.
        if (Run(clone, cancel, "fetch", "--quiet", "--depth", "1", url, suite.Commit).ExitCode != 0)
            Git(suite, clone, cancel, "fetch", "--quiet", url, "+refs/*:refs/fetched/*");
        if (Run(clone, cancel, "cat-file", "-e", suite.Commit + "^{commit}").ExitCode != 0)
            throw new SuiteFetchException($"{suite.Name}: {repository} has no commit {suite.Commit}");
        // Line endings are the suite's, whatever the user's configuration says.
        Git(suite, clone, cancel, "-c", "core.autocrlf=false", "-c", "advice.detachedHead=false", "checkout", "--quiet", suite.Commit);
        string head = Run(clone, cancel, "rev-parse", "HEAD").Output.Trim();
        if (head != suite.Commit) throw new SuiteFetchException($"{suite.Name}: checked out {head} instead of {suite.Commit}");
        string folder = Path.GetFullPath(Path.Combine(clone, suite.Path));
        return Directory.Exists(folder) ? folder : throw new SuiteFetchException($"{suite.Name}: {repository} has no folder {suite.Path} at {suite.Commit}");
    }

    private static void Git(SuiteSpec suite, string folder, CancellationToken cancel, params string[] arguments)
    {
        var (exitCode, _, error) = Run(folder, cancel, arguments);
        if (exitCode != 0) throw new SuiteFetchException($"{suite.Name}: git {arguments.First(a => !a.StartsWith('-') && !a.Contains('='))} failed: {error.Trim().ReplaceLineEndings(" ")}");
    }

    private static (int ExitCode, string Output, string Error) Run(string folder, CancellationToken cancel, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        foreach (string variable in new[] { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE" }) start.Environment.Remove(variable);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SuiteFetchException($"git cannot be run: {e.Message}", e);
        }
        using (process)
        using (cancel.Register(() => Kill(process)))
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancel.ThrowIfCancellationRequested();
            return (process.ExitCode, output, error.Result);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static void Delete(string folder)
    {
        if (!Directory.Exists(folder)) return;
        // Git makes its objects read-only, which Windows takes as a reason not to delete them.
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(folder, recursive: true);
    }
}
