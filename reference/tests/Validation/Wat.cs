using System.Text;
using Wasm.Syntax;
using Wasm.Text;

namespace Wasm.Validation;

/// <summary>Modules in text, validated.</summary>
internal static class Wat
{
    public static Module Parse(string text, Profile? profile = null) => TextParser.ParseModule(Encoding.UTF8.GetBytes(text), profile ?? Profile.All);

    public static ModuleInfo Validate(string text, Profile? profile = null, Engine? engine = null) =>
        Validator.Validate(Parse(text, profile), engine ?? new Engine(), profile ?? Profile.All);

    public static InvalidException Invalid(string text, Profile? profile = null)
    {
        var module = Parse(text, profile);
        return Assert.Throws<InvalidException>(() => Validator.Validate(module, new Engine(), profile ?? Profile.All));
    }

    public static void AssertInvalid(string message, string text, Profile? profile = null)
    {
        string actual = Invalid(text, profile).Message;
        Assert.True(actual.StartsWith(message, StringComparison.Ordinal), $"expected: {message}\nactual:   {actual}\nmodule:   {text}");
    }

    public static Profile With(Features features) => new("test", Features.Wasm3 | features, SpecVersion.V3);
}
