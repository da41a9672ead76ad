using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Conformance.Harness.Suites;

/// <summary>Reading the kit's YAML files strictly: unknown keys, wrong kinds and doubled keys are errors with a line.</summary>
public static class Yaml
{
    /// <summary>The root mapping, or null for an empty document.</summary>
    /// <exception cref="FormatException">It is not YAML, or not one mapping.</exception>
    public static YamlMappingNode? Root(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {e.Message}", e);
        }
        return stream.Documents.Count == 0 ? null
            : stream.Documents[0].RootNode switch
            {
                YamlMappingNode mapping => mapping,
                YamlScalarNode { Value: null or "" } => null,
                var node => throw Error(node, "expected a mapping"),
            };
    }

    public static IEnumerable<(string Key, YamlNode Value)> Entries(YamlNode node, params string[] known)
    {
        if (node is not YamlMappingNode mapping) throw Error(node, "expected a mapping");
        foreach (var (key, value) in mapping.Children)
        {
            string name = Scalar(key);
            if (known.Length > 0 && !known.Contains(name)) throw Error(key, $"unknown key `{name}`; known are {string.Join(", ", known)}");
            yield return (name, value);
        }
    }

    public static IEnumerable<YamlNode> Items(YamlNode node) => node switch
    {
        YamlSequenceNode sequence => sequence.Children,
        YamlScalarNode { Value: null or "" } => [],
        _ => throw Error(node, "expected a list"),
    };

    public static string Scalar(YamlNode node) => node is YamlScalarNode { Value: { } text } ? text : throw Error(node, "expected a text");

    public static int Int(YamlNode node) => int.TryParse(Scalar(node), out int n) && n >= 0 ? n : throw Error(node, "expected a number");

    public static FormatException Error(YamlNode node, string message) => new($"line {node.Start.Line}: {message}");
}
