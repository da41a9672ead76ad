using System.Collections.Immutable;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Wasm.Text.Tests;

/// <summary>The suites as data for the text format: runs where the environment variable WASM_SUITES names their folder, or WASM_TESTSUITE that of the official one.</summary>
public class SuiteTests
{
    internal static readonly string? Root =
        new[] { "WASM_SUITES", "WASM_TESTSUITE" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(Directory.Exists);

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (string file in Directory.EnumerateFiles(Root ?? ".", "*.wast", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            files.Add(Path.GetRelativePath(Root ?? ".", file));
        return files;
    }

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void Every_command_parses_and_every_malformed_text_does_not(string file)
    {
        var script = ScriptReader.Split(File.ReadAllBytes(Path.Combine(Root!, file)));
        Assert.Null(script.Error);
        Check(file, script.Commands, ProfileOf(file.Replace('\\', '/')));
    }

    private static void Check(string file, ImmutableArray<CommandSource> commands, Profile profile)
    {
        foreach (var source in commands)
        {
            var command = ScriptParser.Parse(source, profile);
            Assert.IsNotType<UnsupportedCommand>(command);
            if (command is ThreadCommand thread) Check(file, thread.Commands, profile);
            if (command is ScriptCommand nested) Check(file, nested.Commands, profile);
            if (DefinitionOf(command) is not Quoted quoted) continue;
            var error = Record.Exception(() => { TextParser.ParseModule(quoted.Text.AsMemory(), profile); });
            if (command is AssertMalformed malformed) Is<MalformedException>(malformed, error);
            else if (command is AssertMalformedCustom custom) Is<MalformedCustomException>(custom, error);
            else if (command is not AssertInvalidCustom) Assert.Null(error);
        }

        // The 1.0 and 2.0 suites expect texts that have changed since.
        void Is<T>(AssertRefused command, Exception? error)
        {
            Assert.IsType<T>(error);
            if (profile.Version == SpecVersion.V3) Assert.StartsWith(command.Message, error.Message, StringComparison.Ordinal);
        }
    }

    internal static Definition? DefinitionOf(Command command) => command switch
    {
        ModuleCommand m => m.Definition,
        AssertRefused r => r.Definition,
        AssertUninstantiable { Target: Target.Module m } => m.Definition,
        AssertUnlinkable { Target: Target.Module m } => m.Definition,
        _ => null,
    };

    /// <summary>By folder, the first that fits.</summary>
    internal static Profile ProfileOf(string file)
    {
        (string Folder, Profile Profile)[] profiles =
        [
            ("legacy/", With(Features.LegacyExceptions)),
            ("custom/", With(Features.CustomSections)),
            ("proposals/threads/", new("threads", Features.Threads, SpecVersion.V1)),
            ("custom-page-sizes/", With(Features.CustomPageSizes)),
            ("wide-arithmetic/", With(Features.WideArithmetic)),
            ("custom-descriptors/", With(Features.CustomDescriptors)),
            ("threads/", With(Features.Threads)),
            ("stack-switching/", With(Features.StackSwitching)),
            ("wasm-1.0/", Profile.Wasm1),
            ("wasm-2.0/", Profile.Wasm2),
        ];
        return profiles.FirstOrDefault(p => file.Contains(p.Folder, StringComparison.Ordinal)).Profile ?? Profile.Wasm3;

        static Profile With(Features feature) => new(feature.ToString(), Features.Wasm3 | feature, SpecVersion.V3);
    }
}

/// <summary>A theory over the suites' files; skipped, with the reason, where the suites are not.</summary>
public sealed class SuiteTheoryAttribute : TheoryAttribute
{
    public SuiteTheoryAttribute()
    {
        if (SuiteTests.Root is null) Skip = "neither WASM_SUITES nor WASM_TESTSUITE names a folder";
    }
}
