using System.Collections.Immutable;

namespace Conformance.Fuzz.Planting;

/// <summary>The sources of the reference in a checkout, and what an edit makes of them.</summary>
public sealed class SourceTree
{
    /// <summary>Where the sources of the reference are in a checkout.</summary>
    public const string Folder = "reference/src";

    private SourceTree(ImmutableSortedDictionary<string, string> files) => Files = files;

    /// <summary>The texts by path, relative to the checkout with <c>/</c>; lines end with a line feed.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; }

    /// <exception cref="PlantingException">There are no sources.</exception>
    public static SourceTree Read(string checkout)
    {
        string folder = Path.Combine(checkout, Folder);
        if (!Directory.Exists(folder)) throw new PlantingException($"{folder}: planted bugs are edits of the reference's sources, and there are none");
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(checkout, file).Replace('\\', '/');
            if (path.Contains("/obj/", StringComparison.Ordinal) || path.Contains("/bin/", StringComparison.Ordinal)) continue;
            files[path] = File.ReadAllText(file).ReplaceLineEndings("\n");
        }
        return new SourceTree(files.ToImmutable());
    }

    /// <summary>The files that a mutant changes, as it wants them.</summary>
    /// <exception cref="PlantingException">An edit does not fit the sources.</exception>
    public ImmutableSortedDictionary<string, string> Apply(Mutant mutant)
    {
        var changed = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var edit in mutant.Edits)
        {
            if (!Files.TryGetValue(edit.File, out string? original)) throw Error(mutant, edit, $"there is no {edit.File}");
            string text = changed.GetValueOrDefault(edit.File, original);
            int at = Find(text, edit, mutant);
            changed[edit.File] = string.Concat(text.AsSpan(0, at), edit.Replace, text.AsSpan(at + edit.Find.Length));
        }
        return changed.ToImmutable();
    }

    private static int Find(string text, SourceEdit edit, Mutant mutant)
    {
        int count = 0, wanted = -1;
        for (int at = text.IndexOf(edit.Find, StringComparison.Ordinal); at >= 0; at = text.IndexOf(edit.Find, at + 1, StringComparison.Ordinal))
        {
            count++;
            if (count == Math.Max(edit.Nth, 1)) wanted = at;
        }
        if (count == 0) throw Error(mutant, edit, $"the text does not occur in {edit.File}: {edit.Find}");
        if (edit.Nth == 0 && count > 1) throw Error(mutant, edit, $"the text occurs {count} times in {edit.File}: {edit.Find}");
        return wanted >= 0 ? wanted : throw Error(mutant, edit, $"the text occurs only {count} times in {edit.File}: {edit.Find}");
    }

    private static PlantingException Error(Mutant mutant, SourceEdit edit, string message) => new($"{mutant.Source}: {mutant.Id}: edit in line {edit.At}: {message}");
}
