using System.Collections.Immutable;
using System.Text;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Wasm.Text.Tests;

/// <summary>Every module and every command of the suites, printed and parsed again.</summary>
public class PrintedSuiteTests
{
    public static TheoryData<string> Files() => SuiteTests.Files();

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void Every_module_and_every_command_is_the_same_after_printing_and_parsing(string file) =>
        Check(ScriptReader.Split(File.ReadAllBytes(Path.Combine(SuiteTests.Root!, file))).Commands, SuiteTests.ProfileOf(file.Replace('\\', '/')));

    private static void Check(ImmutableArray<CommandSource> commands, Profile profile)
    {
        foreach (var source in commands)
        {
            var command = ScriptParser.Parse(source, profile);
            string printed = ScriptPrinter.Print(command);
            var again = Parse(printed, profile);
            Assert.Equal(command.Kind, again.Kind);
            Assert.Equal(printed, ScriptPrinter.Print(again));
            if (command is ThreadCommand thread) Check(thread.Commands, profile);
            if (command is ScriptCommand nested) Check(nested.Commands, profile);
            var definition = SuiteTests.DefinitionOf(command);
            var module = definition is Textual textual ? textual.Module : ModuleOf(definition, profile);
            if (module is null) continue;
            if (definition is Textual) Same(module, ((Textual)SuiteTests.DefinitionOf(again)!).Module, printed);
            string text = TextPrinter.Print(module);
            Same(module, TextParser.ParseModule(Encoding.UTF8.GetBytes(text), WithCustoms(module, profile)), text);
        }
    }

    private static void Same(Module module, Module again, string text) => Assert.True(module.Equals(again), text.Length < 5000 ? text : text[..5000]);

    private static Command Parse(string printed, Profile profile) =>
        ScriptParser.Parse(Assert.Single(ScriptReader.Split(Encoding.UTF8.GetBytes(printed)).Commands), profile);

    /// <summary>Custom sections are printed as annotations, which not every profile reads.</summary>
    private static Profile WithCustoms(Module module, Profile profile) => module.Customs.IsEmpty || module.Customs is [{ Name: "name" }]
        ? profile
        : profile with { Features = profile.Features | Features.Annotations | Features.CustomSections };

    private static Module? ModuleOf(Definition? definition, Profile profile)
    {
        try
        {
            return definition switch
            {
                Encoded encoded => BinaryDecoder.Decode(encoded.Bytes.AsMemory(), profile),
                Quoted quoted => TextParser.ParseModule(quoted.Text.AsMemory(), profile),
                _ => null,
            };
        }
        catch (PhaseException)
        {
            return null;
        }
    }
}
