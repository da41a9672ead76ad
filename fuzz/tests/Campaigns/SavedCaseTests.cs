using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;

namespace Conformance.Fuzz.Tests.Campaigns;

/// <summary>Cases on disk: as they were, or an error that names the file and what is wrong with it.</summary>
public sealed class SavedCaseTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"case-{Guid.NewGuid():N}");

    public SavedCaseTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("single")]
    [InlineData("chain")]
    [InlineData("module")]
    [InlineData("script")]
    [InlineData("damage")]
    [InlineData("text")]
    public void A_case_of_every_layer_is_loaded_as_it_was_saved(string layer)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var name = new CaseName(Generator.Version, layer, seed);
            var decisions = Generator.DecisionsOf(name);
            var made = Generator.Find(layer)!.Generate(decisions, GeneratorOptions.Default);
            new SavedCase(name, made, decisions.Tape).Save(_folder);
            var loaded = SavedCase.Load(_folder);
            Assert.Equal((name, made.Features, made.IsRelaxed, made.MayBeRefused, made.Weight, made.Subject), (loaded.Name, loaded.Case.Features, loaded.Case.IsRelaxed, loaded.Case.MayBeRefused, loaded.Case.Weight, loaded.Case.Subject));
            Assert.Equal(made.Modules.Select(m => m.Bytes), loaded.Case.Modules.Select(m => m.Bytes));
            Assert.Equal(made.Actions.Select(ActionText.Of), loaded.Case.Actions.Select(ActionText.Of));
            Assert.Equal(made.NaNs.Select(p => $"{p.Action} {string.Join(' ', p.Sets)}"), loaded.Case.NaNs.Select(p => $"{p.Action} {string.Join(' ', p.Sets)}"));
            Assert.Equal(made.Source is { } source ? BinaryEncoder.Encode(source) : null, loaded.Case.Source is { } read ? BinaryEncoder.Encode(read) : null);
            Assert.Equal(decisions.Tape, loaded.Tape);
        }
    }

    [Theory]
    [InlineData("\"modules\": 1", "\"modules\": -1", "`modules` is not their number")]
    [InlineData("\"do\": \"memory\"", "\"do\": \"sweep\", \"count\": 2000000000", "`count` is too large")]
    [InlineData("\"modules\": 1", "\"modules\": \"1\"", "`modules` is not a number")]
    [InlineData("\"modules\": 1", "\"text\": 5, \"modules\": 1", "`text` is not a truth value")]
    [InlineData("\"module\": 0", "\"module\": 1", "`instantiate module 1`: there is no such module")]
    [InlineData("\"module\": 0", "\"module\": -1", "`module` is negative")]
    [InlineData("\"module\": 0", "\"unit\": 0", "`module` is missing")]
    [InlineData("\"action\": 2", "\"action\": 3", "`nans` name an action that is not there")]
    [InlineData("\"Ag==\"", "\"/w==\"", "there is no set 255 of NaNs")]
    [InlineData("\"i32:00000007\"", "null", "`arguments` is not a list of strings")]
    [InlineData("\"weight\": 1", "\"weight\": 1e99", "`weight` is not an integer of 32 bits")]
    [InlineData("4:chain:7", "chain", "`chain` is not the name of a case")]
    [InlineData("{\n  \"case\"", "[]", "is invalid after a single JSON value")]
    public void A_file_that_is_not_as_it_must_be_is_named_with_what_is_wrong(string there, string instead, string wrong)
    {
        var made = new FuzzCase
        {
            Modules = [new FuzzModule(new Wasm.Syntax.Module())],
            Actions = [new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "f", [Value.I32(7)]), new CaseAction.Memory(0, "m", 0, 4)],
            Features = 0,
            NaNs = [new NaNPlaces(2, [NaNSet.Arithmetic32])],
        };
        new SavedCase(new(4, "chain", 7), made, []).Save(_folder);
        string file = Path.Combine(_folder, SavedCase.CaseFile), text = File.ReadAllText(file);
        Assert.Contains(there, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(there, instead, StringComparison.Ordinal));
        string message = Assert.Throws<FormatException>(() => SavedCase.Load(_folder)).Message;
        Assert.StartsWith($"{file}: ", message, StringComparison.Ordinal);
        Assert.Contains(wrong, message, StringComparison.Ordinal);
    }
}
