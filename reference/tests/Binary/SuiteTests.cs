using Wasm.Syntax;
using Wasm.Text.Script;

namespace Wasm.Binary;

/// <summary>A theory over the official suite's files; skipped, with the reason, where the suite is not.</summary>
public sealed class SuiteTheoryAttribute : TheoryAttribute
{
    public SuiteTheoryAttribute()
    {
        if (SuiteTests.Root is null) Skip = "neither WASM_TESTSUITE nor WASM_SUITES leads to the official suite";
    }
}

/// <summary>The binary format on the modules of the official suite.</summary>
public class SuiteTests
{
    public static string? Root { get; } = new[]
        {
            Environment.GetEnvironmentVariable("WASM_TESTSUITE"),
            Environment.GetEnvironmentVariable("WASM_SUITES") is { Length: > 0 } suites ? Path.Combine(suites, "testsuite") : null,
        }.FirstOrDefault(Directory.Exists);

    public static TheoryData<string> Files => Root is null
        ? []
        : [.. Directory.EnumerateFiles(Root, "*.wast", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Root, f)).Order(StringComparer.Ordinal)];

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void Text_modules_round_trip_and_binary_ones_are_judged(string file)
    {
        var profile = ProfileOf(file);
        foreach (var source in ScriptReader.Split(File.ReadAllBytes(Path.Combine(Root!, file))).Commands)
        {
            // The text format has its own tests; what it refuses is none of this one's business.
            Command command;
            try { command = ScriptParser.Parse(source, profile); }
            catch (PhaseException) { continue; }

            switch (command)
            {
                case AssertMalformed { Definition: Encoded encoded } malformed:
                    var e = Assert.Throws<MalformedException>(() => BinaryDecoder.Decode(encoded.Bytes.AsMemory(), profile));
                    Assert.StartsWith(malformed.Message, e.Message, StringComparison.Ordinal);
                    break;
                case AssertRefused refused:
                    RoundTrips(refused.Definition, profile);
                    break;
                case ModuleCommand module:
                    RoundTrips(module.Definition, profile);
                    break;
                case AssertUnlinkable { Target: Target.Module target }:
                    RoundTrips(target.Definition, profile);
                    break;
                case AssertUninstantiable { Target: Target.Module target }:
                    RoundTrips(target.Definition, profile);
                    break;
                default:
                    break;
            }
        }
    }

    private static void RoundTrips(Definition definition, Profile profile)
    {
        if (definition is Quoted) return;
        var module = definition is Textual textual ? textual.Module : BinaryDecoder.Decode(((Encoded)definition).Bytes.AsMemory(), profile);
        byte[] bytes = BinaryEncoder.Encode(module);
        var decoded = BinaryDecoder.Decode(bytes, profile);
        Assert.True(module.Equals(decoded), $"{definition.At}: the module is another after encoding and decoding");
        Assert.Equal(bytes, BinaryEncoder.Encode(decoded));
    }

    private static Profile ProfileOf(string file)
    {
        string folder = Path.GetDirectoryName(file)!.Replace('\\', '/');
        return folder switch
        {
            "legacy" => Hex.With(Features.LegacyExceptions),
            "custom" => Hex.With(Features.CustomSections),
            "proposals/threads" => Profile.Wasm1 with { Features = Features.Threads },
            "proposals/custom-page-sizes" => Hex.With(Features.CustomPageSizes),
            "proposals/custom-descriptors" => Hex.With(Features.CustomDescriptors),
            "proposals/wide-arithmetic" => Hex.With(Features.WideArithmetic),
            _ => Profile.Wasm3,
        };
    }
}
