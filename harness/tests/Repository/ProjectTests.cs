using System.Xml.Linq;

namespace Conformance.Harness.Tests.Repository;

/// <summary>The picture of the projects in ARCHITECTURE.md cannot lie.</summary>
public class ProjectTests
{
    /// <summary>Source projects from left to right: each may refer to those before its own layer, and have these packages.</summary>
    private static readonly (int Layer, string Project, string[] Packages)[] Layers =
    [
        (0, "Wasm.Reference", []),
        (1, "Wasm.Text", []),
        (2, "Conformance.Harness", ["YamlDotNet"]),
        (3, "Conformance.Reports", []),
        (3, "Conformance.Runtimes.*", []),
        (4, "Conformance.Fuzz", ["Microsoft.CodeAnalysis.Analyzers", "Microsoft.CodeAnalysis.CSharp"]),
        (5, "Conformance.Fuzz.SharpFuzz", ["SharpFuzz"]),
        (5, "Conformance.Cli", ["Spectre.Console", "System.CommandLine"]),
    ];

    public static TheoryData<string> Projects => [.. Repo.FilesWith(".csproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_source_project_refers_only_to_the_left(string file)
    {
        // Tests and benchmarks may look sideways.
        if (IsTest(file) || file.Contains("/bench/", StringComparison.Ordinal)) return;
        var (layer, _, packages) = LayerOf(file);
        var project = XDocument.Parse(Repo.Read(file));
        foreach (string reference in Includes(project, "ProjectReference"))
            Assert.True(LayerOf(reference).Layer < layer, $"{file} refers to {reference}");
        Assert.Empty(Includes(project, "PackageReference").Except(packages));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_is_in_the_solution_and_leaves_versions_to_the_central_list(string file)
    {
        Assert.Contains($"\"{file.Replace('/', '\\')}\"", Repo.Read("Conformance.sln"), StringComparison.Ordinal);
        Assert.All(XDocument.Parse(Repo.Read(file)).Descendants("PackageReference"), p => Assert.Null(p.Attribute("Version")));
    }

    [Fact]
    public void A_central_version_is_of_a_package_that_is_used()
    {
        var used = Repo.FilesWith(".csproj").SelectMany(f => Includes(XDocument.Parse(Repo.Read(f)), "PackageReference"));
        Assert.Empty(Includes(XDocument.Parse(Repo.Read("Directory.Packages.props")), "PackageVersion").Except(used));
    }

    private static bool IsTest(string project) => project.EndsWith(".Tests.csproj", StringComparison.Ordinal);

    private static (int Layer, string Project, string[] Packages) LayerOf(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project.Replace('\\', '/'));
        var layer = Layers.SingleOrDefault(l => l.Project == name || (l.Project.EndsWith('*') && name.StartsWith(l.Project[..^1], StringComparison.Ordinal)));
        return layer.Project is null ? throw new InvalidOperationException($"{name} has no place in the picture") : layer;
    }

    private static string[] Includes(XDocument project, string element) =>
        [.. project.Descendants(element).Select(e => (string?)e.Attribute("Include")).OfType<string>()];
}
