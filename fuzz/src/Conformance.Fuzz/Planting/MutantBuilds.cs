using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Conformance.Fuzz.Planting;

/// <summary>Mutants as assemblies in a folder, under the hash of what they are made of, so that each is compiled once.</summary>
/// <param name="sources">The reference's sources.</param>
/// <param name="folder">Where assemblies are kept.</param>
public sealed class MutantBuilds(SourceTree sources, string folder)
{
    /// <summary>The reference's assembly in a program's folder.</summary>
    public const string AssemblyFile = "Wasm.Reference.dll";

    private readonly Lazy<ReferenceCompiler> _compiler = new(() => new ReferenceCompiler(sources));
    private readonly Lazy<string> _sourcesHash = new(() => Hash([Environment.Version.ToString(), .. sources.Files.SelectMany(f => new[] { f.Key, f.Value })]));

    /// <summary>How many were compiled, not found.</summary>
    public int Compiled { get; private set; }

    /// <summary>The file of a mutant's assembly, which is compiled when it is not there.</summary>
    /// <exception cref="PlantingException">An edit does not fit the sources, or the result does not compile.</exception>
    public string Build(Mutant mutant)
    {
        var changed = sources.Apply(mutant);
        return Find(Hash([_sourcesHash.Value, .. changed.SelectMany(f => new[] { f.Key, f.Value })]), () => _compiler.Value.Compile(mutant, changed));
    }

    /// <summary>The file of the assembly of the sources as they stand: what a mutant is compared with is built in the same way.</summary>
    public string BuildOriginal() => Find(_sourcesHash.Value, () => _compiler.Value.CompileOriginal());

    private string Find(string hash, Func<byte[]> compile)
    {
        string file = Path.Combine(folder, hash, AssemblyFile);
        if (File.Exists(file)) return file;
        byte[] assembly = compile();
        Compiled++;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // In one step, so that an interrupted build leaves nothing that looks like one.
        string part = $"{file}.{Environment.ProcessId}";
        File.WriteAllBytes(part, assembly);
        File.Move(part, file, overwrite: true);
        return file;
    }

    private static string Hash(ImmutableArray<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..20];
    }
}
