namespace Conformance.Harness.Tests.Repository;

/// <summary>The files of this repository.</summary>
internal static class Repo
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts", "fuzz-out"];

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All files that are not build output, with <c>/</c>, relative to the root.</summary>
    public static string[] Files { get; } = [.. Walk().Order(StringComparer.Ordinal)];

    public static IEnumerable<string> FilesWith(string ending) => Files.Where(f => f.EndsWith(ending, StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file)).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Conformance.sln"))) return folder.FullName;
        throw new InvalidOperationException("these tests run inside the repository");
    }

    private static IEnumerable<string> Walk()
    {
        var rest = new Stack<string>([Root]);
        while (rest.TryPop(out string? folder))
        {
            foreach (string file in Directory.EnumerateFiles(folder)) yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
            foreach (string inner in Directory.EnumerateDirectories(folder))
            {
                string name = Path.GetFileName(inner);
                bool hidden = name[0] == '.' && name is not (".ci" or ".github");
                if (!hidden && !NotOurs.Contains(name) && Path.GetRelativePath(Root, inner).Replace('\\', '/') != "reports/out") rest.Push(inner);
            }
        }
    }
}
