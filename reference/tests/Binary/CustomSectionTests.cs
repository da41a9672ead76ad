using System.Collections.Immutable;
using Wasm.Binary.Custom;
using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>The custom sections that the kit interprets.</summary>
public class CustomSectionTests
{
    private static NameMap Names(params (uint, string)[] names) => new([.. names.Select(n => new NameAssoc(n.Item1, n.Item2))]);

    private static IndirectNameMap Indirect(uint index, NameMap names) => new([new IndirectNameAssoc(index, names)]);

    private static readonly NameSection All = new()
    {
        Module = "Modül",
        Funcs = Names((0, "f"), (300, "")),
        Locals = Indirect(1, Names((0, "x"), (1, "y"))),
        Labels = Indirect(1, Names((0, "l"))),
        Types = Names((0, "t")),
        Tables = Names((0, "tab")),
        Mems = Names((0, "mem")),
        Globals = Names((0, "g")),
        Elems = Names((0, "e")),
        Datas = Names((0, "d")),
        Fields = Indirect(2, Names((1, "field"))),
        Tags = Names((0, "tag")),
    };

    [Fact]
    public void All_names_round_trip()
    {
        var section = All.Encode();
        Assert.Equal(All, NameSection.Decode(section));
        Assert.Equal(All, NameSection.TryDecode(section));
        Assert.Equal(("", null, "y"), (All.Funcs.Find(300), All.Funcs.Find(1), All.Locals.Of(1).Find(1)));
    }

    [Theory]
    [InlineData("0C 00", "@name section: invalid name subsection id", 0)]
    [InlineData("01 01 00  00 02 01 61", "@name section: invalid name subsection id", 3)]
    [InlineData("01 01 00  01 01 00", "@name section: invalid name subsection id", 3)]
    [InlineData("00 03 01 61 61", "@name section: name subsection size mismatch", 2)]
    [InlineData("00 05 01 61", "@name section: length out of bounds", 1)]
    [InlineData("00 02 01 FF", "@name section: malformed UTF-8 encoding", 2)]
    [InlineData("01 01 01", "@name section: unexpected end of section or function", 3)]
    [InlineData("01 05 02 00 00 00 00", "@name section: multiple names for index 0", 5)]
    [InlineData("01 05 02 01 00 00 00", "@name section: index 0 out of order", 5)]
    [InlineData("02 05 02 00 00 00 00", "@name section: multiple names for index 0", 5)]
    [InlineData("01 06 80 80 80 80 80 00", "@name section: integer representation too long", 7)]
    public void Malformed_names(string hex, string message, int offset)
    {
        var e = Assert.Throws<MalformedCustomException>(() => NameSection.Decode(Section("name", hex)));
        Assert.Equal((message, 100L + offset), (e.Message, e.At.Offset));
    }

    [Theory]
    [InlineData("0C 01 00  00 02 01 61", "a")]             // an unknown subsection
    [InlineData("01 05 02 00 01 66 01", "f=0")]            // the second entry is cut off
    [InlineData("01 07 02 07 01 67 01 01 66", "f=1 g=7")]  // out of order
    [InlineData("00 02 01 FF", "\uFFFD")]
    [InlineData("01 FF 7F 01 03 01 66", "f=3")]            // too long
    [InlineData("FF FF", "")]
    public void Lenient_reading_keeps_what_can_be_read(string hex, string expected)
    {
        var names = NameSection.TryDecode(Section("name", hex));
        Assert.Equal(expected, names.Module ?? string.Join(' ', names.Funcs.Entries.Select(e => $"{e.Name}={e.Index}")));
    }

    // Two functions of type 0 (param i32), the first imported; the second has a local, a block and an if.
    private static readonly Module Small = new()
    {
        Types =
        [
            new RecType([new SubType(new FuncType([ValType.I32], []))]),
            new RecType([new SubType(new StructType([new FieldType(false, StorageType.I8)]))]),
        ],
        Imports = [new Import("m", "f", new ExternType.Func(HeapType.Idx(0)))],
        Funcs =
        [
            new Func(0, [new Locals(1, ValType.I64)], new Expr(
            [
                new Block(Op.Block, BlockType.Empty), new Idx(Op.LocalGet, 0), new Block(Op.If, BlockType.Empty), new Plain(Op.End),
                new Plain(Op.End), new Plain(Op.End),
            ])),
        ],
    };

    public static TheoryData<string, string?> NameChecks => new()
    {
        { "01 07 02 00 01 66 01 01 67",    null },
        { "01 04 01 02 01 66",             "@name section: invalid function index 2" },
        { "02 09 01 01 02 00 01 78 01 01 79", null },
        { "02 06 01 01 01 02 01 78",       "@name section: invalid local index 2 for function 1" },
        { "02 06 01 00 01 01 01 78",       "@name section: invalid local index 1 for function 0" },
        { "02 06 01 02 01 00 01 78",       "@name section: invalid function index 2" },
        { "03 06 01 01 01 01 01 78",       null },
        { "03 06 01 01 01 02 01 78",       "@name section: invalid label index 2 for function 1" },
        { "04 04 01 02 01 74",             "@name section: invalid type index 2" },
        { "05 04 01 00 01 74",             "@name section: invalid table index 0" },
        { "06 04 01 00 01 74",             "@name section: invalid memory index 0" },
        { "07 04 01 00 01 74",             "@name section: invalid global index 0" },
        { "08 04 01 00 01 74",             "@name section: invalid element segment index 0" },
        { "09 04 01 00 01 74",             "@name section: invalid data segment index 0" },
        { "0A 06 01 01 01 00 01 78",       null },
        { "0A 06 01 01 01 01 01 78",       "@name section: invalid field index 1 for type 1" },
        { "0A 06 01 00 01 00 01 78",       "@name section: non-struct type 0" },
        { "0B 04 01 00 01 74",             "@name section: invalid tag index 0" },
    };

    [Theory]
    [MemberData(nameof(NameChecks))]
    public void Names_must_name_something(string hex, string? message) => Checks("name", hex, message);

    [Fact]
    public void Branch_hints_stand_on_offsets_in_the_body()
    {
        var hints = BranchHints.Of(Small, [(1, 2, true)]);
        // 01 01 7E  02 40  20 00  04 40 …
        Assert.Equal(new BranchHint(7, true), Assert.Single(Assert.Single(hints.Funcs).Hints));
        var section = hints.Encode();
        Assert.Equal(Hex.Bytes("01 01 01 07 01 01"), section.Bytes);
        Assert.Equal(hints, BranchHints.Decode(section));
        Assert.Equal(SectionId.Func, Hex.Decode(BinaryEncoder.Encode(Small with { Customs = [section] }), Profile.All).Customs[0].After);
    }

    [Theory]
    [InlineData("01 01 01 07 01 01", null)]
    [InlineData("01 01 01 05 01 01", "@metadata.code.branch_hint annotation: invalid target")]
    [InlineData("01 01 01 06 01 01", "@metadata.code.branch_hint section: invalid offset 6 in function 1")]
    [InlineData("01 00 00", "@metadata.code.branch_hint section: invalid function index 0")]
    [InlineData("01 02 00", "@metadata.code.branch_hint section: invalid function index 2")]
    public void Branch_hints_must_be_on_branches(string hex, string? message) => Checks(BranchHints.Name, hex, message);

    [Theory]
    [InlineData("01 01 01 07 02 01", "missing reserved byte")]
    [InlineData("01 01 01 07 01 02", "invalid hint value")]
    [InlineData("02 01 00 01 00", "multiple entries for function 1")]
    [InlineData("02 01 00 00 00", "function 0 out of order")]
    [InlineData("01 01 02 07 01 01 07 01 00", "multiple hints at offset 7")]
    [InlineData("01 01 02 07 01 01 05 01 00", "offset 5 out of order")]
    [InlineData("00 00", "unexpected content at the end")]
    public void Malformed_branch_hints(string hex, string message) =>
        Malformed(BranchHints.Name, hex, $"@{BranchHints.Name} section: {message}");

    [Fact]
    public void Producers_round_trip()
    {
        var producers = new Producers([new ProducersField("language", [new Producer("C#", "14")]), new ProducersField("sdk", [])]);
        Assert.Equal(producers, Producers.Decode(producers.Encode()));
    }

    [Theory]
    [InlineData("01 01 61 00", "unknown field \"a\"")]
    [InlineData("02 03 73 64 6B 00 03 73 64 6B 00", "multiple fields \"sdk\"")]
    [InlineData("01 03 73 64 6B 02 01 61 00 01 61 00", "multiple values \"a\"")]
    public void Malformed_producers(string hex, string message) => Malformed(Producers.Name, hex, $"@producers section: {message}");

    [Fact]
    public void Custom_sections_never_fail_without_the_feature_or_when_unknown()
    {
        CustomSections.Check(Small with { Customs = [Section("name", "FF")] }, Profile.Wasm3);
        CustomSections.Check(Small with { Customs = [Section("names", "FF")] }, Profile.All);
    }

    private static CustomSection Section(string name, string hex) => new(name, [.. Hex.Bytes(hex)], SectionId.Data, Region.Binary(100));

    private static void Malformed(string name, string hex, string message) =>
        Assert.Equal(message, Assert.Throws<MalformedCustomException>(() => CustomSections.Check(Small with { Customs = [Section(name, hex)] }, Profile.All)).Message);

    /// <summary>Checks the section on the module as it is, and after encoding and decoding.</summary>
    private static void Checks(string name, string hex, string? message)
    {
        var module = Small with { Customs = [Section(name, hex)] };
        ImmutableArray<Module> both = [module, Hex.Decode(BinaryEncoder.Encode(module), Profile.All)];
        foreach (var m in both)
        {
            if (message is null) CustomSections.Check(m, Profile.All);
            else Assert.Equal(message, Assert.Throws<InvalidCustomException>(() => CustomSections.Check(m, Profile.All)).Message);
        }
    }
}
