using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Conformance.Fuzz.Planting;

/// <summary>
/// Compiles the reference's sources as its project does, with the same identity, so that a program built with the original loads what comes out. Syntax
/// trees, metadata and the output of the source generator are made once and shared by all mutants.
/// </summary>
public sealed class ReferenceCompiler
{
    private const string AssemblyName = "Wasm.Reference";

    /// <summary>What the project's implicit usings and the build's attributes come to.</summary>
    private static readonly string Prelude = $"""
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("{typeof(Wasm.Syntax.Module).Assembly.GetName().Version}")]
        [assembly: System.Runtime.Versioning.TargetFramework(".NETCoreApp,Version=v{Environment.Version.Major}.0")]
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.None);

    private readonly CSharpCompilation _original;
    private readonly ImmutableDictionary<string, SyntaxTree> _trees;

    /// <exception cref="PlantingException">The .NET SDK is not there, or the sources as they stand do not compile.</exception>
    public ReferenceCompiler(SourceTree sources)
    {
        var pack = FindPack();
        var references = Directory.EnumerateFiles(Path.Combine(pack, "ref", $"net{Environment.Version.Major}.0"), "*.dll").Select(f => MetadataReference.CreateFromFile(f));
        _trees = sources.Files.ToImmutableDictionary(f => f.Key, f => Parse(f.Key, f.Value));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, deterministic: true,
            nullableContextOptions: NullableContextOptions.Disable, warningLevel: 0, generalDiagnosticOption: ReportDiagnostic.Suppress);
        var bare = CSharpCompilation.Create(AssemblyName, [Parse("Prelude.cs", Prelude), .. _trees.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value)], references, options);
        _original = (CSharpCompilation)Generate(bare, pack);
    }

    /// <summary>The assembly of a mutant.</summary>
    /// <param name="mutant">The mutant, for errors.</param>
    /// <param name="changed">The files that it changes, as it wants them.</param>
    /// <exception cref="PlantingException">It does not compile.</exception>
    public byte[] Compile(Mutant mutant, ImmutableSortedDictionary<string, string> changed)
    {
        var compilation = _original;
        foreach (var (path, text) in changed)
            compilation = compilation.ReplaceSyntaxTree(_trees[path], Parse(path, text));
        return Emit(compilation, error => $"{mutant.Source}: {mutant.Id}: the edit in line {EditOf(mutant, error)} does not compile: {error}");
    }

    /// <summary>The assembly of the sources as they stand.</summary>
    public byte[] CompileOriginal() => Emit(_original, error => $"the sources as they stand do not compile: {error}");

    private static byte[] Emit(CSharpCompilation compilation, Func<Diagnostic, string> message)
    {
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        return result.Success ? stream.ToArray() : throw new PlantingException(message(result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)));
    }

    /// <summary>The line of the edit that is to blame: the last one of the file that the error is in.</summary>
    private static int EditOf(Mutant mutant, Diagnostic error) =>
        (mutant.Edits.LastOrDefault(e => e.File == error.Location.SourceTree?.FilePath) ?? mutant.Edits[0]).At;

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), Parsing, path);

    /// <summary>Adds the marshalling of <c>LibraryImport</c>, the one generator that the reference uses. No mutant edits such a declaration.</summary>
    private static Compilation Generate(CSharpCompilation compilation, string pack)
    {
        // By its name: other types of the assembly need what only an editor has.
        var assembly = Assembly.LoadFrom(Path.Combine(pack, "analyzers", "dotnet", "cs", "Microsoft.Interop.LibraryImportGenerator.dll"));
        var generator = (IIncrementalGenerator)Activator.CreateInstance(assembly.GetType("Microsoft.Interop.LibraryImportGenerator", throwOnError: true)!)!;
        var driver = CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: Parsing);
        driver.RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        return generated;
    }

    /// <summary>The reference assemblies and generators of this runtime's version in the SDK.</summary>
    private static string FindPack()
    {
        string packs = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        var found = Directory.Exists(packs) ? Directory.EnumerateDirectories(packs) : [];
        return found.Select(f => (Folder: f, Version: Version.TryParse(Path.GetFileName(f), out var v) ? v : new Version(0, 0)))
            .Where(f => f.Version.Major == Environment.Version.Major).OrderBy(f => f.Version).Select(f => f.Folder).LastOrDefault()
            ?? throw new PlantingException($"{packs}: no reference assemblies of .NET {Environment.Version.Major}; planted bugs are compiled, which takes the .NET SDK");
    }
}
