using System.ComponentModel;
using System.Diagnostics;

namespace Conformance.Runtimes.Wasmtime.Installing;

/// <summary>Gets a wheel through pip: from the registry, mirror or folder that the user's own configuration of pip names.</summary>
internal static class PipDownload
{
    /// <summary>How pip may be called, in the order in which they are tried.</summary>
    private static readonly string[][] Commands = [["pip"], ["pip3"], ["python3", "-m", "pip"], ["python", "-m", "pip"]];

    private const string Elsewhere = "--from FILE takes a wheel that was got in another way";

    /// <summary>Downloads the wheel into a folder.</summary>
    /// <returns>The wheel's file.</returns>
    /// <exception cref="EngineInstallException">There is no pip, or it could not get the wheel.</exception>
    public static string Wheel(string package, string version, string tag, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        string[] arguments = ["download", "--no-deps", "--only-binary=:all:", "--platform", tag, "--dest", folder, "--disable-pip-version-check", "--no-input", "--quiet", $"{package}=={version}"];
        foreach (string[] command in Commands)
        {
            if (Run([.. command, .. arguments], cancel) is not var (exitCode, errors)) continue;
            // A Python without pip is as good as no Python.
            if (exitCode != 0 && errors.Contains("No module named pip", StringComparison.Ordinal)) continue;
            if (exitCode != 0) throw new EngineInstallException($"{string.Join(' ', command)} could not get {package} {version} for {tag} (exit code {exitCode}): {Gist(errors)}; {Elsewhere}");
            string[] wheels = Directory.GetFiles(folder, "*.whl");
            return wheels.Length == 1 ? wheels[0] : throw new EngineInstallException($"{string.Join(' ', command)} left {wheels.Length} wheels instead of one; {Elsewhere}");
        }
        throw new EngineInstallException($"pip is not here, which gets {package} {version} ({string.Join(", ", Commands.Select(c => string.Join(' ', c)))} were tried); {Elsewhere}");
    }

    private static (int ExitCode, string Errors)? Run(string[] command, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }
        using (process)
        using (cancel.Register(() => Kill(process)))
        {
            process.StandardInput.Close();
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            cancel.ThrowIfCancellationRequested();
            return (process.ExitCode, errors);
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

    /// <summary>What pip calls an error; its warnings repeat the same failure once a retry.</summary>
    private static string Gist(string errors)
    {
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] marked = [.. lines.Where(l => l.StartsWith("ERROR:", StringComparison.Ordinal)).Select(l => l["ERROR:".Length..].Trim())];
        return marked.Length > 0 ? string.Join("; ", marked) : lines.LastOrDefault() ?? "it did not say why";
    }
}
