using System.Text.RegularExpressions;

namespace Conformance.Harness.Tests.Repository;

/// <summary>Rules that hold for all files of the repository.</summary>
public partial class SourceTests
{
    /// <summary>
    /// Where pointers and unchecked references may stand (RATIONALE.md): execution, for linear memory and the machine's slots, and native bindings.
    /// </summary>
    private static readonly string[] UnsafeFolders = ["reference/src/Execution/", "harness/src/Conformance.Runtimes.Wasmtime/"];

    [Fact]
    public void Unsafe_code_stands_only_where_it_may()
    {
        var elsewhere = Repo.FilesWith(".cs").Where(f => !UnsafeFolders.Any(folder => f.StartsWith(folder, StringComparison.Ordinal)));
        Assert.DoesNotContain(elsewhere, f => UnsafeCode().IsMatch(WithoutComments(Repo.Read(f))));
    }

    [GeneratedRegex(@"\bunsafe\b|\bUnsafe\.|\bMemoryMarshal\.(GetReference|GetArrayDataReference|CreateSpan|CreateReadOnlySpan)\b|\[SkipLocalsInit\]")]
    private static partial Regex UnsafeCode();

    private static string WithoutComments(string source) => string.Join('\n', source.Split('\n').Select(line => Comment().Replace(line, "")));

    [GeneratedRegex(@"//.*$")]
    private static partial Regex Comment();

    [Fact]
    public void No_file_has_the_address_of_a_package_registry()
    {
        // Put together here, so that this file has none either.
        string[] registries = [.. new[] { "nuget", "npmjs", "pypi", "crates", "pythonhosted", "golang" }.SelectMany(r => new[] { r + ".org", r + ".io", r + ".com", "proxy." + r })];
        var found = from file in Repo.Files.Where(IsText)
                    let text = Repo.Read(file)
                    from registry in registries
                    where text.Contains(registry, StringComparison.OrdinalIgnoreCase)
                    select $"{file}: {registry}";
        Assert.Empty(found);
    }

    [Fact]
    public void Every_golden_file_has_its_test_and_nothing_received_is_kept()
    {
        foreach (string golden in Repo.Files.Where(f => f.Contains(".verified.", StringComparison.Ordinal)))
        {
            string[] parts = Path.GetFileName(golden).Split('.');
            string test = $"{Path.GetDirectoryName(golden)!.Replace('\\', '/')}/{parts[0]}.cs";
            Assert.True(Repo.Files.Contains(test), $"{golden}: there is no {test}");
            Assert.Contains($" {parts[1]}(", Repo.Read(test), StringComparison.Ordinal);
        }
        Assert.Contains("*.received.*", Repo.Read(".gitignore").Split('\n'));
    }

    [Fact]
    public void Every_test_file_is_of_a_project_and_every_source_file_has_its_namespace()
    {
        foreach (string file in Repo.FilesWith(".cs").Where(f => f.Contains("/src/", StringComparison.Ordinal) && Path.GetFileName(f) != "Program.cs"))
            Assert.Matches(FileScopedNamespace(), Repo.Read(file));
    }

    [GeneratedRegex(@"(?m)^namespace [\w.]+;$|^\[assembly:")]
    private static partial Regex FileScopedNamespace();

    private static bool IsText(string file) => Path.GetExtension(file) is not (".wasm" or ".so" or ".dll" or ".png" or ".gz" or ".zip");
}
