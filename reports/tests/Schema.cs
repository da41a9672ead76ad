using System.Text.Json;
using System.Text.RegularExpressions;

namespace Conformance.Reports.Tests;

/// <summary>Checks a document against the keywords of JSON Schema that the kit's schemas use; another keyword is an error of the schema.</summary>
internal static class Schema
{
    public static IEnumerable<string> Errors(JsonElement root, JsonElement schema, JsonElement value, string path)
    {
        foreach (var keyword in schema.EnumerateObject())
            foreach (string error in Errors(root, schema, keyword, value, path))
                yield return error;
    }

    private static IEnumerable<string> Errors(JsonElement root, JsonElement schema, JsonProperty keyword, JsonElement value, string path)
    {
        var argument = keyword.Value;
        switch (keyword.Name)
        {
            case "$schema" or "title" or "description" or "examples" or "$defs":
                return [];
            case "$ref":
                return Errors(root, root.GetProperty("$defs").GetProperty(argument.GetString()!["#/$defs/".Length..]), value, path);
            case "type":
                return IsOf(argument.GetString()!, value) ? [] : [$"{path}: not of type {argument}"];
            case "const":
                return JsonElement.DeepEquals(argument, value) ? [] : [$"{path}: not {argument}"];
            case "enum":
                return argument.EnumerateArray().Any(e => JsonElement.DeepEquals(e, value)) ? [] : [$"{path}: {value} is none of {argument}"];
            case "minimum":
                return value.GetDouble() >= argument.GetDouble() ? [] : [$"{path}: less than {argument}"];
            case "pattern":
                return Regex.IsMatch(value.GetString()!, argument.GetString()!) ? [] : [$"{path}: does not match {argument}"];
            case "required":
                return argument.EnumerateArray().Where(n => value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(n.GetString()!, out _)).Select(n => $"{path}: lacks {n}");
            case "properties":
                return value.ValueKind != JsonValueKind.Object ? []
                    : value.EnumerateObject().Where(p => argument.TryGetProperty(p.Name, out _)).SelectMany(p => Errors(root, argument.GetProperty(p.Name), p.Value, $"{path}.{p.Name}"));
            case "additionalProperties":
                return value.ValueKind != JsonValueKind.Object ? []
                    : value.EnumerateObject().Where(p => !schema.GetProperty("properties").TryGetProperty(p.Name, out _)).Select(p => $"{path}: unknown {p.Name}");
            case "items":
                return value.ValueKind != JsonValueKind.Array ? [] : value.EnumerateArray().SelectMany((v, i) => Errors(root, argument, v, $"{path}[{i}]"));
            default:
                throw new NotSupportedException($"keyword {keyword.Name}");
        }
    }

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException($"type {type}"),
    };
}
