using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Conformance.Fuzz.Campaigns;
using Conformance.Fuzz.Comparing;
using Conformance.Fuzz.Engines;
using Conformance.Fuzz.Generating;
using Conformance.Fuzz.Tests.Campaigns;
using Conformance.Harness.Cases;
using Conformance.Harness.Engines;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Tests;

/// <summary>A test that needs a parser of another project; skipped with the reason when it is not there.</summary>
internal sealed class ParserFactAttribute : FactAttribute
{
    public ParserFactAttribute(string name)
    {
        var found = TextLayerTests.Find(ParserCatalog.Find(name)!);
        if (found.Path is null) Skip = $"{name}: NOT RUN ({found.Why})";
    }
}

public sealed partial class TextLayerTests : IDisposable
{
    private static readonly ILayer Layer = Generator.Find("text")!;

    private static readonly CaseRunner Reference = new(new ReferenceRuntime(), Profile.Wasm3 with { Features = ReferenceArbiter.Features });

    private readonly TestCampaign _test = new();

    public void Dispose() => _test.Dispose();

    internal static EngineFile Find(ParserEntry entry) => entry.Program.Find(new([], null, Environment.GetEnvironmentVariable));

    private static FuzzCase Make(ulong seed) => Layer.Generate(Generator.DecisionsOf(new(Generator.Version, Layer.Name, seed)), GeneratorOptions.Default);

    private static string TextOf(FuzzCase made) => Encoding.UTF8.GetString(made.Modules[0].Bytes);

    [Fact]
    public void The_kits_parser_reads_every_text_as_the_module_that_it_was_made_from()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            var made = Make(seed);
            made.Check(Reference.Run(made.ToCase()));
        }
    }

    [Fact]
    public void A_tape_gives_the_text_again_and_a_tape_of_zeros_the_plainest()
    {
        var name = new CaseName(Generator.Version, Layer.Name, 7);
        var decisions = Generator.DecisionsOf(name);
        string text = TextOf(Layer.Generate(decisions, GeneratorOptions.Default));
        Assert.Equal(text, TextOf(Layer.Generate(Decisions.FromTape(decisions.Tape), GeneratorOptions.Default)));
        var plain = Layer.Generate(Decisions.FromTape([]), GeneratorOptions.Default);
        plain.Check(Reference.Run(plain.ToCase()));
        Assert.DoesNotMatch(@"\(;|;;|\(@|\$|0x|\((i32|i64|local|global|call|block|loop|if)\b", TextOf(plain).Replace("(i32.const", "", StringComparison.Ordinal));
    }

    [Fact]
    public void All_sugar_occurs()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        for (ulong seed = 0; seed < 600 && found.Count < Sugars.Count; seed++)
        {
            string text = Between().Replace(TextOf(Make(seed)), " ");
            foreach (var (what, pattern) in Sugars)
                if (!found.Contains(what) && Regex.IsMatch(text, pattern)) found.Add(what);
        }
        Assert.Empty(Sugars.Keys.Except(found));
    }

    /// <summary>What may stand between tokens, as far as patterns would stumble over it.</summary>
    [GeneratedRegex(@"\(;[^()"";]*;\)|\(@[^()"";]*\)|[ \t\r\n]+")]
    private static partial Regex Between();

    private static readonly Dictionary<string, string> Sugars = new(StringComparer.Ordinal)
    {
        ["annotation"] = @"\(@",
        ["comments"] = @"\(;",
        ["folded"] = @"\(i32\.add \(",
        ["clauses"] = @"\(then",
        ["label behind end"] = @"\bend \$",
        ["quoted identifier"] = @"\$""",
        ["hexadecimal"] = @"i32\.const -?0x[0-9a-f]",
        ["underscore"] = @"[0-9]_[0-9]",
        ["plus"] = @"i64\.const \+",
        ["hexadecimal float"] = @"f64\.const [-+]?0x[0-9a-fA-F_]*\.?[0-9a-fA-F_]*[pP]",
        ["NaN with a payload"] = @"nan:0x",
        ["escape"] = @"\\u\{",
        ["type use without index"] = @"\(func (\$\S+ )?\((param|result)",
        ["parameters together"] = @"\(param (i32|i64|f32|f64) (i32|i64|f32|f64)",
        ["import in place"] = @"\(func (\$\S+ )?\( ?import",
        ["export in place"] = @"\(func (\$\S+ )?\( ?export",
        ["elements in place"] = @"funcref \( ?elem",
        ["data in place"] = @"\(memory (\$\S+ )?(i32 |i64 )?\( ?data",
        ["long reference type"] = @"\(ref null (func|extern|any)\)",
        ["final"] = @"\(sub final \(",
        ["group of one"] = @"\(rec \(type [^()]*\(func[^()]*(\([^()]*\) ?)*\) ?\) ?\)",
        ["offset"] = @"\(offset",
        ["item"] = @"\(item",
        ["natural alignment"] = @"i32\.load (\S+ )?(offset=\S+ )?align=4\b",
        ["address type"] = @"\(memory (\$\S+ )?i32",
        ["lanes"] = @"v128\.const f64x2",
    };

    [Fact]
    public void Binaries_of_a_text_are_compared_as_modules()
    {
        Assert.Null(Compare("(func (if (i32.const 1) (then)))", "(func (if (i32.const 1) (then) (else)))"));
        Assert.Null(Compare("(func $named (local i32) (local i32))", "(func (local i32 i32))"));
        Assert.Equal("another module: function instruction", Compare("(func (result i32) i32.const 1)", "(func (result i32) i32.const 2)")?.Class);
        Assert.Equal("another module: number of types", Compare("(func)", "(type (func)) (type (func)) (func)")?.Class);
        Assert.Equal("another module: function", Compare("(func (param i32)) (func)", "(type (func (param i32))) (type (func)) (func (type 1)) (func)")?.Class);
        Assert.Equal("another module: export", Compare("(func) (export \"a\" (func 0))", "(func) (export \"b\" (func 0))")?.Class);
        Assert.Equal("refused: expected , found", Compare("(func)", new ActionResult.Ended(new Outcome.Malformed("expected `x`, found \"y\"", default)))?.Class);

        static Verdict.Difference? Compare(string expected, object observed)
        {
            var made = new FuzzCase { Modules = [new FuzzModule(Encoding.UTF8.GetBytes(expected))], Actions = [new CaseAction.Parse(0)], Features = 0, Source = TextParser.ParseModule(Encoding.UTF8.GetBytes(expected), Profile.All) };
            var result = observed as ActionResult ?? new ActionResult.Parsed(BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes((string)observed), Profile.All)));
            return Comparer.Compare(made, Reference.Run(made.ToCase()), new([result]), new(Features.All, false, Features.All)) as Verdict.Difference;
        }
    }

    [ParserFact("wasm-tools-text")]
    public void Wasm_tools_reads_many_texts_in_one_process_and_what_it_refuses_is_refused_alone() => Reads("wasm-tools-text");

    [ParserFact("wabt-text")]
    public void Wabt_reads_many_texts_in_one_process_and_what_it_refuses_is_refused_alone() => Reads("wabt-text");

    private static void Reads(string name)
    {
        var entry = ParserCatalog.Find(name)!;
        using var tool = new TextTool(entry, Find(entry).Path!);
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => i is 3 or 11 ? $"(module (func (i32.konst {i})))" : $"(module (func (export \"f{i}\") (result i32) (i32.const {i})))")];
        var results = tool.Run([.. texts.Select(t => new Case([Encoding.UTF8.GetBytes(t)], [new CaseAction.Parse(0)]))]);
        for (int i = 0; i < texts.Length; i++)
            if (i is 3 or 11) Assert.IsType<Outcome.Malformed>(Assert.IsType<ActionResult.Ended>(results[i].Results[0]).Outcome);
            else Assert.Equal($"f{i}", BinaryDecoder.Decode(Assert.IsType<ActionResult.Parsed>(results[i].Results[0]).Binary, Profile.All).Exports[0].Name);
    }

    [Fact]
    public void Texts_go_to_parsers_and_nothing_else_does_and_without_one_they_are_read_by_the_kit_alone()
    {
        var engine = FakeEngine.Create("engine");
        var parser = FakeEngine.Create("parser") with { IsParser = true, Start = () => new Liar() };
        var text = new CampaignParts([Layer, new FakeLayer("tiny")], [engine, parser], () => new FakeOrText(), GeneratorOptions.Default);
        var options = TestCampaign.Options(text, 256, "text:1,tiny:1");
        var state = _test.Run(text, options, "both");
        Assert.Equal([("text", "parser"), ("tiny", "engine")], state.Totals.Cells.Keys);
        var signature = Assert.Single(CampaignReport.Of(state, KnownIssues.None).Signatures);
        Assert.Equal("text: parse: another module: number of exports: parser", signature.Signature.ToString());
        var saved = SavedCase.Load(CampaignFolder.FolderOf(Path.Combine(_test.Folder, "both"), 1));
        Assert.Equal(saved.Case.Source, Make(saved.Name.Seed).Source! with { Customs = [] });
        Assert.Contains("module", TextOf(saved.Case), StringComparison.Ordinal);

        var alone = text with { Engines = [engine] };
        state = _test.Run(alone, options with { Engines = [new("engine", "1")] }, "alone");
        var totals = state.Totals.Layers["text"];
        Assert.Equal((totals.Cases, totals.Cases), (totals.Useful, totals.Alone));
        Assert.Contains("no other parser was there", CampaignReport.Of(state, KnownIssues.None).Markdown(), StringComparison.Ordinal);
    }

    /// <summary>Reads with the kit's parser, and adds an export now and then.</summary>
    private sealed class Liar : ICaseEngine
    {
        public RuntimeInfo Info { get; } = new() { Name = "parser", Version = "1", Features = Features.All };

        public ImmutableArray<CaseResult> Run(ImmutableArray<Case> cases) => [.. cases.Select(c =>
        {
            var module = TextParser.ParseModule(c.Modules[0], Profile.All);
            if (module.Funcs.Length % 3 == 1) module = module with { Exports = module.Exports.Add(new("one more", ExternKind.Func, 0)) };
            return new CaseResult([new ActionResult.Parsed(BinaryEncoder.Encode(module))]);
        })];

        public void Dispose()
        {
        }
    }

    private sealed class FakeOrText : IArbiter
    {
        private readonly ReferenceArbiter _texts = new(limits => new ReferenceRuntime(limits));
        private readonly FakeArbiter _others = new();

        public CaseResult Expect(FuzzCase fuzzCase, Case sent, CampaignEngine? engine) => Of(fuzzCase).Expect(fuzzCase, sent, engine);

        public Verdict Compare(FuzzCase fuzzCase, Case sent, CaseResult expected, CaseResult observed, CampaignEngine engine) => Of(fuzzCase).Compare(fuzzCase, sent, expected, observed, engine);

        private IArbiter Of(FuzzCase fuzzCase) => fuzzCase.Source is null ? _others : _texts;
    }
}
