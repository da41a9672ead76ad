using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using Conformance.Harness.Suites;
using Conformance.Runtimes.Wasmtime.Installing;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Cli;

/// <summary>Something that <c>conformance engines install</c> can install.</summary>
/// <param name="Name">Its name.</param>
/// <param name="About">What it is.</param>
/// <param name="Install">Installs it from a place the user named, or from its usual source; says what was installed where.</param>
internal sealed record EngineInstaller(string Name, string About, Func<string?, CancellationToken, string> Install);

/// <summary>All installers.</summary>
internal static class EngineInstallers
{
    public static ImmutableArray<EngineInstaller> All { get; } =
    [
        new("npm", "Node, Deno, Bun, Binaryen and wabt, by the lock file", Npm),
        new("wasmtime", $"the library of Wasmtime {WasmtimeRelease.Pinned.Version}, verified by its checksum", Wasmtime),
    ];

    /// <summary>
    /// The npm packages of the lock file, which pins versions and checksums but no addresses: npm takes them from the registry that the user has configured.
    /// </summary>
    private static string Npm(string? from, CancellationToken cancel)
    {
        if (from is not null) throw new CliException("npm: --from is not possible; npm's own configuration names the registry");
        string source = KitFiles.Find("harness/engines", "engines") ?? throw new CliException("the lock file (harness/engines/package-lock.json) is not here");
        string target = RuntimeCatalog.InstallFolder;
        try
        {
            Directory.CreateDirectory(target);
            foreach (string name in new[] { "package.json", "package-lock.json", ".npmrc" })
                File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"npm: {e.Message}");
        }
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = target,
            RedirectStandardError = true,
        };
        try
        {
            using var npm = Process.Start(start)!;
            using var stop = cancel.Register(() => Kill(npm));
            string errors = npm.StandardError.ReadToEnd();
            npm.WaitForExit();
            cancel.ThrowIfCancellationRequested();
            if (npm.ExitCode != 0) throw new CliException($"npm ended with exit code {npm.ExitCode}: {errors.Trim()}");
        }
        catch (Win32Exception e)
        {
            throw new CliException($"npm cannot be started: {e.Message}; it comes with Node.js");
        }
        return $"installed in {target}";
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

    private static string Wasmtime(string? from, CancellationToken cancel)
    {
        string library;
        try
        {
            library = WasmtimeInstaller.Install(WasmtimeRelease.Pinned, SuitePlaces.FromEnvironment().Cache, from, line => Console.Error.WriteLine($"wasmtime: {line}"), cancel);
        }
        catch (EngineInstallException e)
        {
            throw new CliException($"wasmtime: {e.Message}");
        }
        string used = WasmtimeLibrary.Find(null, out string why) is { } found ? found == library ? "" : $"; {WasmtimeLibrary.PathVariable} names {found}, which is used instead" : $"; but {why}";
        return $"installed as {library}{used}";
    }
}
