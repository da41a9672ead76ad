using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Conformance.Harness.Engines;

/// <summary>A program that hosts an engine, and where it may come from.</summary>
/// <param name="Name">The file's name without an extension.</param>
/// <param name="HowToGet">What to do when it is missing.</param>
/// <param name="Npm">By platform (<c>linux-x64</c>), the path below <c>node_modules</c>; empty when it does not come from npm.</param>
public sealed record EngineProgram(string Name, string HowToGet, ImmutableDictionary<string, string> Npm)
{
    /// <summary>The environment variable that names the program's file.</summary>
    public string Variable => "CONFORMANCE_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>This machine in the words of <see cref="Npm"/>.</summary>
    public static string Platform { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "darwin" : "linux") + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Finds the program: by its environment variable, among the installed engines, on the search path, in this order.</summary>
    public EngineFile Find(EnginePlaces places)
    {
        if (places.Variable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? new(Path.GetFullPath(named), Variable, null) : new(null, "", $"{Variable} names {named}, which does not exist");
        if (Npm.TryGetValue(Platform, out string? path))
            foreach (string folder in places.Folders)
                if (Path.Combine(folder, "node_modules", path) is var file && File.Exists(file)) return new(Path.GetFullPath(file), "installed", null);
        foreach (string folder in (places.Variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            foreach (string extension in OperatingSystem.IsWindows() ? [".exe", ".cmd"] : new[] { "" })
                if (Path.Combine(folder, Name + extension) is var file && File.Exists(file)) return new(file, "PATH", null);
        return new(null, "", $"{Name} is not here: {HowToGet}");
    }
}

/// <summary>Where a program was found.</summary>
/// <param name="Path">The file, or null.</param>
/// <param name="Source">What led there: the variable's name, <c>installed</c> or <c>PATH</c>.</param>
/// <param name="Why">Why it was not found, with how to get it.</param>
public sealed record EngineFile(string? Path, string Source, string? Why);

/// <summary>Where engines are looked for.</summary>
/// <param name="Folders">Folders in which the npm engines may be installed.</param>
/// <param name="Workers">The folder of the worker scripts, or null when it is missing.</param>
/// <param name="Variable">Reads an environment variable.</param>
public sealed record EnginePlaces(ImmutableArray<string> Folders, string? Workers, Func<string, string?> Variable);
