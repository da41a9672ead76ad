using System.Runtime.InteropServices;
using Conformance.Harness.Workers;

namespace Conformance.Fuzz.Planting;

/// <summary>A copy of the command line whose reference is another assembly: links to the files of the program, but for that one.</summary>
public static class WorkerFolder
{
    private const string Program = "conformance";

    /// <summary>The host takes the folder of these files, links followed, for the program's; so they are copied.</summary>
    private static readonly string[] Copied = [$"{Program}.dll", $"{Program}.runtimeconfig.json"];

    /// <summary>Lays out the folder, beside the assembly, and says how a worker is started from it.</summary>
    /// <param name="assembly">The reference's assembly (<see cref="MutantBuilds.Build"/>).</param>
    /// <param name="programFolder">The folder of the command line.</param>
    /// <param name="name">The worker's name.</param>
    /// <exception cref="PlantingException">The program is not whole.</exception>
    public static WorkerSpec Create(string assembly, string programFolder, string name)
    {
        string folder = Path.GetDirectoryName(assembly)!;
        foreach (string file in Directory.EnumerateFiles(programFolder))
        {
            string fileName = Path.GetFileName(file), target = Path.Combine(folder, fileName);
            // Without the list of dependencies, which names packages that a worker does not need, the host takes all assemblies of the folder.
            bool wanted = fileName != MutantBuilds.AssemblyFile && (Path.GetExtension(file) == ".dll" || Copied.Contains(fileName));
            if (wanted) Place(file, target, copy: Copied.Contains(fileName) || OperatingSystem.IsWindows());
        }
        foreach (string needed in Copied)
            if (!File.Exists(Path.Combine(folder, needed))) throw new PlantingException($"{programFolder}: there is no {needed}");
        return new WorkerSpec(name, [DotnetHost(), "exec", Path.Combine(folder, $"{Program}.dll"), "worker", "reference"]);
    }

    private static void Place(string file, string target, bool copy)
    {
        var there = new FileInfo(target);
        if (copy)
        {
            if (!there.Exists || there.LastWriteTimeUtc != File.GetLastWriteTimeUtc(file)) File.Copy(file, target, overwrite: true);
            return;
        }
        if (there.LinkTarget == file) return;
        there.Delete();
        File.CreateSymbolicLink(target, file);
    }

    /// <summary>The program that runs assemblies, of the runtime that runs this one.</summary>
    private static string DotnetHost() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
