using System.Collections.Immutable;
using System.Text;
using Wasm.Syntax;

namespace Conformance.Harness.Suites;

/// <summary>Profiles by name, and the profile of a script by its folder.</summary>
/// <param name="Globs">Globs on folders with the name of their profile.</param>
public sealed record Profiles(ImmutableArray<(string Glob, string Profile)> Globs)
{
    private static readonly (string Name, Features Feature)[] Names =
    [
        ("sign-extension", Features.SignExtension),
        ("saturating-float-to-int", Features.SaturatingFloatToInt),
        ("multi-value", Features.MultiValue),
        ("bulk-memory", Features.BulkMemory),
        ("reference-types", Features.ReferenceTypes),
        ("simd", Features.Simd),
        ("extended-const", Features.ExtendedConst),
        ("tail-calls", Features.TailCalls),
        ("exceptions", Features.Exceptions),
        ("multi-memory", Features.MultiMemory),
        ("memory64", Features.Memory64),
        ("function-references", Features.FunctionReferences),
        ("gc", Features.Gc),
        ("relaxed-simd", Features.RelaxedSimd),
        ("annotations", Features.Annotations),
        ("threads", Features.Threads),
        ("custom-page-sizes", Features.CustomPageSizes),
        ("wide-arithmetic", Features.WideArithmetic),
        ("custom-descriptors", Features.CustomDescriptors),
        ("legacy-exceptions", Features.LegacyExceptions),
        ("stack-switching", Features.StackSwitching),
        ("custom-sections", Features.CustomSections),
    ];

    /// <summary>The names of all features, in the order of <see cref="Features"/>.</summary>
    public static ImmutableArray<string> FeatureNames { get; } = [.. Names.Select(n => n.Name)];

    /// <summary>The names of the features in a set.</summary>
    public static ImmutableArray<string> NamesOf(Features features) => [.. Names.Where(n => (features & n.Feature) != 0).Select(n => n.Name)];

    /// <summary>The feature of a name, or null.</summary>
    public static Features? FeatureOf(string name) => Names.FirstOrDefault(n => n.Name == name) is { Name: not null } found ? found.Feature : null;

    /// <summary>
    /// Reads a profile's name: a version or <c>all</c>, then features to add and remove, as in <c>3.0+threads</c> or <c>2.0-simd</c>.
    /// A feature by itself stands on 3.0.
    /// </summary>
    /// <exception cref="FormatException">The name holds a word that is neither.</exception>
    public static Profile Parse(string name)
    {
        string text = name.Trim();
        if (text.Length == 0) throw new FormatException("a profile needs a name");
        int end = WordEnd(text, 0);
        string first = text[..end];
        Profile profile;
        switch (first)
        {
            case "1.0": profile = Profile.Wasm1; break;
            case "2.0": profile = Profile.Wasm2; break;
            case "3.0": profile = Profile.Wasm3; break;
            case "all": profile = Profile.All; break;
            default:
                profile = Profile.Wasm3;
                text = first.Length == 0 && text.Length > 0 ? text : "+" + text;
                end = 0;
                break;
        }
        var features = profile.Features;
        while (end < text.Length)
        {
            char sign = text[end];
            int next = WordEnd(text, end + 1);
            string word = text[(end + 1)..next];
            var feature = Names.FirstOrDefault(n => n.Name == word).Feature;
            if (feature == Features.None) throw new FormatException($"unknown feature `{word}` in profile `{name}`; known are 1.0, 2.0, 3.0, all, {string.Join(", ", FeatureNames)}");
            features = sign == '-' ? features & ~feature : features | feature;
            end = next;
        }
        return features == profile.Features ? profile : new Profile(NameOf(profile, features), features, profile.Version);
    }

    /// <summary>The end of a word: a <c>+</c>, or a <c>-</c> before a feature's name that does not continue a known name.</summary>
    private static int WordEnd(string text, int start)
    {
        for (int i = start; i < text.Length; i++)
        {
            if (text[i] == '+') return i;
            if (text[i] == '-' && !Names.Any(n => n.Name.StartsWith(text[start..(i + 1)], StringComparison.Ordinal))) return i;
        }
        return text.Length;
    }

    private static string NameOf(Profile profile, Features features) =>
        profile.Name + string.Concat(NamesOf(features & ~profile.Features).Select(n => "+" + n)) + string.Concat(NamesOf(profile.Features & ~features).Select(n => "-" + n));

    /// <summary>The profile of a folder: that of the longest glob that matches, else 3.0.</summary>
    /// <param name="folder">With <c>/</c>: <c>SUITE/FOLDER</c> for a suite's, else the full path.</param>
    public Profile Of(string folder)
    {
        string? best = null, profile = null;
        foreach (var (glob, name) in Globs)
            if ((best is null || glob.Length > best.Length) && Glob.Matches(glob, folder)) (best, profile) = (glob, name);
        return profile is null ? Profile.Wasm3 : Parse(profile);
    }

    /// <summary>The profile that a script's first line asks for with <c>;;! features: NAME</c>, or null.</summary>
    /// <exception cref="FormatException">The line names no profile.</exception>
    public static Profile? OfFirstLine(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> mark = ";;!"u8;
        if (!source.StartsWith(mark)) return null;
        int end = source.IndexOfAny((byte)'\n', (byte)'\r');
        string line = Encoding.UTF8.GetString(end < 0 ? source[mark.Length..] : source[mark.Length..end]).Trim();
        const string Key = "features:";
        return line.StartsWith(Key, StringComparison.Ordinal) ? Parse(line[Key.Length..].Replace(" ", "", StringComparison.Ordinal)) : null;
    }
}

/// <summary>Globs on paths with <c>/</c>: <c>**</c> is any number of folders, <c>*</c> and <c>?</c> stay within one.</summary>
public static class Glob
{
    /// <summary>Whether the whole path matches.</summary>
    public static bool Matches(string glob, string path) =>
        MatchesParts(glob.Split('/', StringSplitOptions.RemoveEmptyEntries), path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    private static bool MatchesParts(ReadOnlySpan<string> glob, ReadOnlySpan<string> path)
    {
        // The usual backtracking with one level: the last ** takes up one folder more whenever what follows it fails.
        int g = 0, p = 0, star = -1, resume = 0;
        while (p < path.Length)
        {
            if (g < glob.Length && glob[g] == "**") (star, resume) = (g++, p);
            else if (g < glob.Length && MatchesName(glob[g], path[p])) (g, p) = (g + 1, p + 1);
            else if (star >= 0) (g, p) = (star + 1, ++resume);
            else return false;
        }
        while (g < glob.Length && glob[g] == "**") g++;
        return g == glob.Length;
    }

    /// <summary>Whether one name matches a pattern without <c>/</c>.</summary>
    public static bool MatchesName(string glob, string name)
    {
        int g = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (g < glob.Length && glob[g] == '*') (star, resume) = (g++, n);
            else if (g < glob.Length && (glob[g] == '?' || glob[g] == name[n])) (g, n) = (g + 1, n + 1);
            else if (star >= 0) (g, n) = (star + 1, ++resume);
            else return false;
        }
        while (g < glob.Length && glob[g] == '*') g++;
        return g == glob.Length;
    }
}
