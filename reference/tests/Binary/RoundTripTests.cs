using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>Decoding what was encoded gives the same module, and encoding that the same bytes.</summary>
public class RoundTripTests
{
    public static TheoryData<Op> Rows => [.. InstrTable.Rows.Select(d => d.Op)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Instruction(Op op)
    {
        var module = new Module
        {
            Types = [new RecType([new SubType(FuncType.Empty)])],
            Funcs = [new Func(0, [], Sample.Body(op))],
        };
        RoundTrips(module);
        byte[] bytes = BinaryEncoder.Encode(module);
        var decoded = Hex.Decode(bytes, Profile.All).Funcs[0];
        var offsets = BinaryEncoder.InstrOffsets(module.Funcs[0]);
        Assert.Equal(decoded.Body.Instrs.Select(i => i.At.Offset - decoded.At.Offset), offsets.Select(o => (long)o));
        int i = decoded.Body.Instrs.Select(x => x.Op).ToList().IndexOf(op);
        var def = InstrTable.Of(op);
        int at = (int)decoded.Body.Instrs[i].At.Offset;
        Assert.Equal(def.Prefix == 0 ? (byte)def.Code : def.Prefix, bytes[at]);
    }

    [Fact]
    public void A_module_of_everything() => RoundTrips(Sample.Module);

    [Fact]
    public void The_empty_module() => Assert.Equal(Hex.Module(""), BinaryEncoder.Encode(new Module()));

    [Theory]
    [InlineData("01 06 01 60 02 7F 7E 00")]
    [InlineData("01 0A 01 4E 02 50 00 5F 00 5E 7F 01")]
    [InlineData("01 07 01 4F 01 00 60 00 00")]
    [InlineData("01 0B 01 4E 02 4D 01 5F 00 4C 00 5F 00")]
    [InlineData("02 08 01 01 6D 01 66 02 00 01")]
    [InlineData("04 09 01 40 00 70 00 01 D0 70 0B")]
    [InlineData("05 04 01 07 01 02")]
    [InlineData("09 07 01 00 41 00 0B 01 00")]
    [InlineData("09 09 01 02 01 41 00 0B 00 01 00")]
    [InlineData("09 09 01 04 41 00 0B 01 D2 00 0B")]
    [InlineData("09 08 01 06 00 41 00 0B 6F 00")]
    [InlineData("0C 01 01  0B 03 01 01 00")]
    public void Bytes_in_canonical_form(string sections)
    {
        byte[] bytes = Hex.Module(sections);
        Assert.Equal(bytes, BinaryEncoder.Encode(Hex.Decode(bytes, Profile.All)));
    }

    [Fact]
    public void Long_forms_become_canonical()
    {
        // Padded integers, a section without content, locals in several runs, an explicit index that is zero.
        var module = Hex.Decode(Hex.Module(
            "01 87 80 00 01 60 80 00 80 80 00  03 02 01 00  04 01 00  0A 0E 01 8B 00 03 01 7F 02 7F 00 7E 41 80 00 0B  0B 07 01 02 00 41 00 0B 00"), Profile.All);
        Assert.Equal(Hex.Module("01 04 01 60 00 00  03 02 01 00  0A 08 01 06 01 03 7F 41 00 0B  0B 06 01 00 41 00 0B 00"), BinaryEncoder.Encode(module));
    }

    [Theory]
    [InlineData(Op.MemoryInit)]
    [InlineData(Op.DataDrop)]
    [InlineData(Op.ArrayNewData)]
    [InlineData(Op.ArrayInitData)]
    public void A_data_count_stands_where_an_instruction_needs_it(Op op)
    {
        var module = new Module { Funcs = [new Func(0, [], Sample.Body(op))], Datas = [new Data([], SegmentMode.Passive.Instance)] };
        Assert.Equal(1u, Hex.Decode(BinaryEncoder.Encode(module), Profile.All).DataCount);
        Assert.Null(Hex.Decode(BinaryEncoder.Encode(module with { Funcs = [] }), Profile.All).DataCount);
    }

    [Fact]
    public void A_custom_section_after_an_absent_section_stands_after_the_last_present_before_it()
    {
        var module = new Module
        {
            Types = [new RecType([new SubType(FuncType.Empty)])],
            Datas = [new Data([], SegmentMode.Passive.Instance)],
            Customs = [new CustomSection("a", [], SectionId.Code), new CustomSection("b", [], SectionId.Data)],
        };
        var decoded = Hex.Decode(BinaryEncoder.Encode(module), Profile.All);
        Assert.Equal([SectionId.Type, SectionId.Data], decoded.Customs.Select(c => c.After));
        Assert.Equal(SectionId.Type, Sections.PlaceAfter(module, SectionId.Code));
        Assert.Equal(SectionId.Custom, Sections.PlaceAfter(new Module(), SectionId.Data));
    }

    [Fact]
    public void Positions_are_offsets_in_the_module()
    {
        var module = Hex.Decode(Hex.Function("01 02 7F 41 01 FC 00 1A 0B"), Profile.All);
        var func = module.Funcs[0];
        Assert.Equal(Hex.BodyOffset, func.At.Offset);
        Assert.Equal([3L, 5, 7, 8], func.Body.Instrs.Select(i => i.At.Offset - Hex.BodyOffset));
        Assert.Equal(11, module.Types[0].At.Offset);
        Assert.Equal(12, Hex.Decode(Hex.Module("00 03 01 61 07"), Profile.All).Customs[0].At.Offset);
    }

    private static void RoundTrips(Module module)
    {
        byte[] bytes = BinaryEncoder.Encode(module);
        var decoded = Hex.Decode(bytes, Profile.All);
        Assert.Equal(module, decoded);
        Assert.Equal(bytes, BinaryEncoder.Encode(decoded));
    }
}
