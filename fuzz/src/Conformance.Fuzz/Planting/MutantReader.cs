using System.Collections.Immutable;
using System.Globalization;
using Conformance.Harness.Suites;
using YamlDotNet.RepresentationModel;

namespace Conformance.Fuzz.Planting;

/// <summary>Reads the files of planted bugs (<c>fuzz/mutants/*.yaml</c>).</summary>
public static class MutantReader
{
    /// <summary>Reads all files of a folder, in the order of their names.</summary>
    /// <exception cref="PlantingException">A file cannot be read, or an id occurs twice.</exception>
    public static MutantList Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new PlantingException($"{folder}: no such folder");
        var mutants = ImmutableArray.CreateBuilder<Mutant>();
        var skipped = ImmutableArray.CreateBuilder<SkippedMutant>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            var list = Parse(Path.GetFileName(file), File.ReadAllText(file).ReplaceLineEndings("\n"));
            foreach (string id in list.Mutants.Select(m => m.Id).Concat(list.Skipped.Select(s => s.Id)))
                if (!ids.Add(id)) throw new PlantingException($"{file}: {id} occurs twice");
            mutants.AddRange(list.Mutants);
            skipped.AddRange(list.Skipped);
        }
        return new MutantList(mutants.ToImmutable(), skipped.ToImmutable());
    }

    /// <summary>Reads one file.</summary>
    /// <exception cref="PlantingException">It is not such a file; the message names line and cause.</exception>
    public static MutantList Parse(string file, string text)
    {
        try
        {
            var mutants = ImmutableArray.CreateBuilder<Mutant>();
            var skipped = ImmutableArray.CreateBuilder<SkippedMutant>();
            if (Yaml.Root(text) is { } root)
                foreach (var (key, value) in Yaml.Entries(root, "mutants", "skipped"))
                    foreach (var item in Yaml.Items(value))
                        if (key == "mutants") mutants.Add(Mutant(file, item));
                        else skipped.Add(Skipped(item));
            return new MutantList(mutants.ToImmutable(), skipped.ToImmutable());
        }
        catch (FormatException e)
        {
            throw new PlantingException($"{file}: {e.Message}", e);
        }
    }

    private static Mutant Mutant(string file, YamlNode node)
    {
        string? id = null, origin = null, plant = null, trigger = null, kill = null, equivalent = null, beyond = null, unscripted = null;
        bool differs = false;
        var edits = ImmutableArray.CreateBuilder<SourceEdit>();
        foreach (var (key, value) in Yaml.Entries(node, "id", "origin", "plant", "trigger", "edits", "kill", "differ", "equivalent", "beyond", "unscripted"))
            switch (key)
            {
                case "id": id = Yaml.Scalar(value); break;
                case "origin": origin = Yaml.Scalar(value); break;
                case "plant": plant = Yaml.Scalar(value); break;
                case "trigger": trigger = Yaml.Scalar(value); break;
                case "kill": kill = Yaml.Scalar(value); break;
                case "differ": (kill, differs) = (Yaml.Scalar(value), true); break;
                case "equivalent": equivalent = Yaml.Scalar(value); break;
                case "beyond": beyond = Yaml.Scalar(value); break;
                case "unscripted": unscripted = Yaml.Scalar(value); break;
                default: edits.AddRange(Yaml.Items(value).Select(Edit)); break;
            }
        if (edits.Count == 0) throw Yaml.Error(node, "a mutant lacks `edits`");
        if (kill is null && equivalent is null) throw Yaml.Error(node, "a mutant lacks `kill`: only those that are `equivalent` may");
        return new Mutant
        {
            Id = Needed(node, id, "id"),
            Source = file,
            Origin = Needed(node, origin, "origin"),
            Plant = Needed(node, plant, "plant"),
            Trigger = Needed(node, trigger, "trigger"),
            Edits = edits.ToImmutable(),
            Kill = kill ?? "",
            Differs = differs,
            Equivalent = equivalent,
            Beyond = beyond,
            Unscripted = unscripted,
        };
    }

    private static SourceEdit Edit(YamlNode node)
    {
        string? file = null, find = null, replace = null;
        int nth = 0;
        foreach (var (key, value) in Yaml.Entries(node, "file", "find", "replace", "nth"))
            switch (key)
            {
                case "file": file = Yaml.Scalar(value); break;
                case "find": find = Yaml.Scalar(value); break;
                case "replace": replace = Yaml.Scalar(value); break;
                default: nth = Yaml.Int(value); break;
            }
        if (string.IsNullOrEmpty(find)) throw Yaml.Error(node, "an edit lacks `find`");
        return new SourceEdit(Needed(node, file, "file"), find, Needed(node, replace, "replace"), nth, (int)node.Start.Line);
    }

    private static SkippedMutant Skipped(YamlNode node)
    {
        string? id = null, why = null;
        foreach (var (key, value) in Yaml.Entries(node, "id", "why"))
            if (key == "id") id = Yaml.Scalar(value);
            else why = Yaml.Scalar(value);
        return new SkippedMutant(Needed(node, id, "id"), Needed(node, why, "why"));
    }

    private static string Needed(YamlNode node, string? value, string key) =>
        value ?? throw Yaml.Error(node, string.Create(CultureInfo.InvariantCulture, $"`{key}` is missing"));
}
