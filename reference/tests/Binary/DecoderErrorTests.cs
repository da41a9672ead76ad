using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>What is malformed, what is said of it, and the offset of the byte to blame.</summary>
public class DecoderErrorTests
{
    [Theory]
    [InlineData("", "unexpected end of section or function", 0)]
    [InlineData("00 61 73", "unexpected end of section or function", 3)]
    [InlineData("00 61 73 6E 01 00 00 00", "magic header not detected", 0)]
    [InlineData("EF BB BF 00 61 73 6D", "magic header not detected", 0)]
    [InlineData("00 61 73 6D 01 00 00", "unexpected end of section or function", 7)]
    [InlineData("00 61 73 6D 0D 00 01 00", "unknown binary version", 4)]
    public void Header(string hex, string message, int offset) => Fails(Hex.Bytes(hex), Profile.All, message, offset);

    [Theory]
    // Sections
    [InlineData("0E 01 00", "malformed section id", 8)]
    [InlineData("80 00 01 00", "malformed section id", 8)]
    [InlineData("01", "unexpected end of section or function", 9)]
    [InlineData("01 05 00", "length out of bounds", 9)]
    [InlineData("01 01 00  01 01 00", "unexpected content after last section", 11)]
    [InlineData("03 01 00  01 01 00", "unexpected content after last section", 11)]
    [InlineData("06 01 00  0D 01 00", "unexpected content after last section", 11)]    // tag before global
    [InlineData("0A 01 00  0C 01 00", "unexpected content after last section", 11)]    // data count before code
    [InlineData("01 02 00 00", "section size mismatch", 10)]
    [InlineData("05 00 00", "section size mismatch", 10)]
    [InlineData("00 00", "unexpected end of section or function", 10)]
    [InlineData("00 01 01 61", "unexpected end of section or function", 12)]    // the name is longer than the section
    [InlineData("00 02 01 FF", "malformed UTF-8 encoding", 10)]
    [InlineData("00 04 03 ED A0 80", "malformed UTF-8 encoding", 10)]                 // a surrogate
    [InlineData("01 04 01 60 00 00  03 02 01 00", "function and code section have inconsistent lengths", 18)]
    [InlineData("0A 04 01 02 00 0B", "function and code section have inconsistent lengths", 14)]
    [InlineData("0C 01 01", "data count and data section have inconsistent lengths", 11)]
    [InlineData("0C 01 02  0B 03 01 01 00", "data count and data section have inconsistent lengths", 16)]
    [InlineData("01 04 01 60 00 00  03 02 01 00  0A 07 01 05 00 FC 09 00 0B  0B 03 01 01 00", "data count section required", 32)]
    // Integers
    [InlineData("08 06 80 80 80 80 80 00", "integer representation too long", 15)]
    [InlineData("08 05 80 80 80 80 10", "integer too large", 14)]
    [InlineData("08 05 80 80 80 80 F0", "integer too large", 14)]
    [InlineData("06 0A 01 7F 00 41 80 80 80 80 70 0B", "integer too large", 18)]
    [InlineData("06 0B 01 7F 00 41 FF FF FF FF FF 7F 0B", "integer representation too long", 19)]
    [InlineData("06 0B 01 7F 00 41 80 80 80 80 80 00 0B", "integer representation too long", 19)]
    [InlineData("06 0F 01 7E 00 42 80 80 80 80 80 80 80 80 80 7E 0B", "integer too large", 23)]
    [InlineData("06 10 01 7E 00 42 80 80 80 80 80 80 80 80 80 80 00 0B", "integer representation too long", 24)]
    // Types
    [InlineData("01 02 01 61", "malformed definition type", 11)]
    [InlineData("01 03 01 E0 7F", "integer representation too long", 12)]
    [InlineData("01 05 01 60 01 79 00", "malformed reference type", 13)]
    [InlineData("01 05 01 60 01 40 00", "malformed reference type", 13)]
    [InlineData("01 06 01 60 01 63 76 00", "malformed heap type", 14)]
    [InlineData("01 05 01 5F 01 76 00", "malformed storage type", 13)]
    [InlineData("01 06 01 5F 01 64 76 00", "malformed storage type", 14)]
    [InlineData("01 05 01 5F 01 78 02", "malformed mutability", 14)]
    [InlineData("01 03 01 5E 7F", "unexpected end of section or function", 13)]
    [InlineData("01 06 01 4F 01 00 4F 00", "malformed definition type", 14)]
    [InlineData("01 05 01 60 FF 01 00", "length out of bounds", 12)]
    [InlineData("04 04 01 70 08 00", "malformed limits flags", 12)]
    [InlineData("04 04 01 70 02 00", "malformed limits flags", 12)]                   // tables are not shared
    [InlineData("04 04 01 7F 00 00", "malformed reference type", 11)]
    [InlineData("04 05 01 40 01 70 00 00", "zero byte expected", 12)]
    [InlineData("05 03 01 10 00", "malformed limits flags", 11)]
    [InlineData("05 04 01 08 00 41", "invalid custom page size", 13)]
    [InlineData("06 04 01 7F 02 0B", "malformed mutability", 12)]
    [InlineData("0D 03 01 01 00", "zero byte expected", 11)]
    // Imports, exports, segments
    [InlineData("02 05 01 00 00 05 00", "malformed import kind", 13)]
    [InlineData("02 04 01 00 00 80", "malformed import kind", 13)]
    [InlineData("07 04 01 00 05 00", "malformed export kind", 12)]
    [InlineData("07 04 01 00 20 00", "malformed export kind", 12)]
    [InlineData("09 02 01 08", "malformed elements segment kind", 11)]
    [InlineData("09 04 01 01 70 00", "malformed element kind", 12)]
    [InlineData("09 04 01 05 7F 00", "malformed reference type", 12)]
    [InlineData("0B 02 01 03", "malformed data segment kind", 11)]
    public void Module(string sections, string message, int offset) => Fails(Hex.Module(sections), Profile.All, message, offset);

    [Theory]
    [InlineData("00", "unexpected end of section or function", 1)]
    [InlineData("00 0B 0B", "section size mismatch", 0)]
    [InlineData("00 02 40 0B", "unexpected end of section or function", 4)]
    [InlineData("00 05 0B", "END opcode expected", 1)]
    [InlineData("00 02 40 05 0B 0B", "END opcode expected", 3)]
    [InlineData("00 04 40 05 05 0B 0B", "END opcode expected", 4)]
    [InlineData("00 19 0B", "END opcode expected", 1)]                                // catch_all, try, catch, delegate
    [InlineData("00 02 40 07 00 0B 0B", "END opcode expected", 3)]
    [InlineData("00 06 40 19 07 00 0B 0B", "END opcode expected", 4)]
    [InlineData("00 06 40 07 00 18 00 0B", "END opcode expected", 5)]
    [InlineData("00 FF 0B", "illegal opcode ff", 1)]
    [InlineData("00 16 0B", "illegal opcode 16", 1)]
    [InlineData("00 FB 1F 0B", "illegal opcode fb 1f", 1)]
    [InlineData("00 FC FF 7F 0B", "illegal opcode fc 3fff", 1)]
    [InlineData("00 FD 9A 01 0B", "illegal opcode fd 9a", 1)]
    [InlineData("00 FE 04 0B", "illegal opcode fe 04", 1)]
    [InlineData("00 FD 80 80 80 80 10 0B", "integer too large", 6)]
    [InlineData("02 FF FF FF FF 0F 7F 02 7E 0B", "too many locals", 0)]
    [InlineData("01 01 40 0B", "malformed reference type", 2)]
    [InlineData("00 02 80 7F 0B 0B", "integer representation too long", 3)]
    [InlineData("00 28 80 01 00 0B", "malformed memop flags", 2)]
    [InlineData("00 D0 76 0B", "malformed heap type", 2)]
    [InlineData("00 FB 18 04 00 6E 6E 0B", "malformed br_on_cast flags", 3)]
    [InlineData("00 1F 40 01 04 00 0B 0B", "malformed catch clause", 4)]
    [InlineData("00 E3 00 01 02 00 00 0B", "ON opcode expected", 4)]
    [InlineData("00 FE 03 01 0B", "zero byte expected", 3)]
    [InlineData("00 0E FF FF 03 00 0B", "length out of bounds", 2)]
    public void Body(string body, string message, int offset) => Fails(Hex.Function(body), Profile.All, message, Hex.BodyOffset + offset);

    [Theory]
    // What came with 2.0
    [InlineData("01 05 01 60 01 7B 00", Features.Simd, "malformed reference type", 13)]
    [InlineData("01 05 01 60 01 70 00", Features.ReferenceTypes, "malformed reference type", 13)]
    [InlineData("04 04 01 6F 00 00", Features.ReferenceTypes, "malformed reference type", 11)]
    [InlineData("0C 01 00", Features.BulkMemory, "malformed section id", 8)]
    [InlineData("05 04 01 04 00 00", Features.Memory64 | Features.Threads | Features.CustomPageSizes, "integer too large", 11)]
    // What came with 3.0
    [InlineData("01 06 01 60 01 63 00 00", Features.FunctionReferences, "malformed reference type", 13)]
    [InlineData("01 03 01 5F 00", Features.Gc, "malformed definition type", 11)]
    [InlineData("01 02 01 4E", Features.Gc, "malformed definition type", 11)]
    [InlineData("01 05 01 60 01 6E 00", Features.Gc, "malformed reference type", 13)]
    [InlineData("01 05 01 60 01 69 00", Features.Exceptions, "malformed reference type", 13)]
    [InlineData("04 04 01 40 00 70", Features.FunctionReferences, "malformed reference type", 11)]
    [InlineData("05 03 01 04 00", Features.Memory64, "malformed limits flags", 11)]
    [InlineData("0D 01 00", Features.Exceptions | Features.LegacyExceptions, "malformed section id", 8)]
    [InlineData("02 05 01 00 00 04 00", Features.Exceptions | Features.LegacyExceptions, "malformed import kind", 13)]
    [InlineData("07 04 01 00 04 00", Features.Exceptions | Features.LegacyExceptions, "malformed export kind", 12)]
    // Proposals
    [InlineData("05 04 01 03 00 00", Features.Threads, "malformed limits flags", 11)]
    [InlineData("05 04 01 08 00 00", Features.CustomPageSizes, "malformed limits flags", 11)]
    [InlineData("01 04 01 4C 00 60", Features.CustomDescriptors, "malformed definition type", 11)]
    [InlineData("02 05 01 00 00 20 00", Features.CustomDescriptors, "malformed import kind", 13)]
    [InlineData("01 07 01 60 01 63 62 00 00", Features.CustomDescriptors, "malformed heap type", 14)]
    [InlineData("01 03 01 5D 00", Features.StackSwitching, "malformed definition type", 11)]
    [InlineData("01 05 01 60 01 68 00", Features.StackSwitching, "malformed reference type", 13)]
    public void Encoding_of_a_disabled_feature(string sections, Features without, string message, int offset) =>
        Fails(Hex.Module(sections), Hex.Without(without), message, offset);

    [Theory]
    [InlineData("00 3F 01 1A 0B", Features.MultiMemory, "zero byte expected", 2)]
    [InlineData("00 40 80 00 1A 0B", Features.MultiMemory, "zero byte expected", 2)]
    [InlineData("00 FC 0A 00 01 0B", Features.MultiMemory, "zero byte expected", 4)]
    [InlineData("00 28 40 00 00 0B", Features.MultiMemory, "malformed memop flags", 2)]
    [InlineData("00 28 00 80 80 80 80 10 0B", Features.Memory64, "integer too large", 7)]
    [InlineData("00 11 00 01 0B", Features.ReferenceTypes, "zero byte expected", 3)]
    [InlineData("00 02 00 0B 0B", Features.MultiValue, "malformed reference type", 2)]
    public void Body_encoding_of_a_disabled_feature(string body, Features without, string message, int offset) =>
        Fails(Hex.Function(body), Hex.Without(without), message, Hex.BodyOffset + offset);

    public static TheoryData<Op> Rows => [.. InstrTable.Rows.Where(d => d.Feature != Features.None).Select(d => d.Op)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_opcode_of_a_disabled_feature_is_illegal(Op op)
    {
        var def = InstrTable.Of(op);
        string opcode = def.Prefix == 0 ? $"{def.Code:x2}" : $"{def.Prefix:x2}";
        string encoded = def.Code < 0x80 ? $"{def.Code:x2}" : $"{def.Code & 0x7F | 0x80:x2} {def.Code >> 7:x2}";
        byte[] bytes = Hex.Function(def.Prefix == 0 ? $"00 {opcode}" : $"00 {opcode} {encoded}");
        var e = Assert.Throws<MalformedException>(() => Hex.Decode(bytes, Hex.Without(def.Feature)));
        Assert.StartsWith($"illegal opcode {opcode}", e.Message, StringComparison.Ordinal);
        Assert.Equal(Hex.BodyOffset + 1, e.At.Offset);
    }

    [Fact]
    public void The_first_segments_knew_only_an_index()
    {
        var module = Hex.Decode(Hex.Module("09 07 01 03 41 00 0B 01 02  0B 07 01 05 41 00 0B 01 FF"), Profile.Wasm1);
        Assert.Equal(3u, Assert.IsType<SegmentMode.Active>(module.Elems[0].Mode).Index);
        Assert.Equal(5u, Assert.IsType<SegmentMode.Active>(module.Datas[0].Mode).Index);
    }

    [Fact]
    public void The_exactness_prefix_cannot_be_repeated_but_where_it_can_be_an_index()
    {
        Fails(Hex.Module("01 08 01 5F 01 64 62 62 00 00"), Profile.All, "malformed storage type", 15);
        string types = string.Concat(Enumerable.Repeat("60 00 00 ", 98));
        var module = Hex.Decode(Hex.Module($"01 AD 02 63 {types} 5F 01 64 62 62 00"), Profile.All);
        var field = Assert.IsType<StructType>(module.Types[98].SubTypes[0].Comp).Fields[0];
        Assert.Equal(ValType.RefNonNull(HeapType.Idx(98, exact: true)), field.Storage.Val);
    }

    private static void Fails(byte[] bytes, Profile profile, string message, long offset)
    {
        var e = Assert.Throws<MalformedException>(() => Hex.Decode(bytes, profile));
        Assert.Equal((message, offset), (e.Message, e.At.Offset));
    }
}
