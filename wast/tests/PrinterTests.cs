using System.Text;
using Wasm.Binary;
using Wasm.Binary.Custom;
using Wasm.Syntax;

namespace Wasm.Text.Tests;

/// <summary>What is printed parses back to the same module.</summary>
public class PrinterTests
{
    private static readonly Expr Empty = new([new Plain(Op.End)]);

    [Fact]
    public void A_module_with_everything_round_trips()
    {
        // A run of 2^30 locals is not for text.
        var funcs = Sample.Module.Funcs.Select(f => f with { Locals = [.. f.Locals.Select(l => l with { Count = Math.Min(l.Count, 3) })] });
        RoundTrips(Sample.Module with { Funcs = [.. funcs] });
    }

    public static TheoryData<Op> Ops => [.. InstrTable.Rows.Select(d => d.Op)];

    [Theory]
    [MemberData(nameof(Ops))]
    public void Each_instruction_round_trips(Op op) => RoundTrips(WithBody(Sample.Body(op)));

    [Theory]
    [InlineData("(block $a (result i32) i32.const 1)", "block $a (result i32)")]
    [InlineData("(block $a (block $a br $a) br $a)", "br $a")]
    [InlineData("block $a block $a br 1 end end", "br 1")]                      // the inner label hides the outer one
    [InlineData("block $a loop $b try_table $c (catch $e $a) (catch_ref $e $b) (catch_all 2) (catch_all_ref 0) br $c end end end", "(catch $e $a)")]
    [InlineData("try $t do end", null)]
    [InlineData("try $t nop catch $e rethrow $t catch_all rethrow $t end", "rethrow $t")]
    [InlineData("try $t try $u nop delegate $t end", "delegate $t")]
    [InlineData("i32.const -2147483648 i64.const -9223372036854775808 drop drop", "i64.const -9223372036854775808")]
    [InlineData("f32.const nan:0x1 f64.const -nan f32.const -0 f64.const 1e-320 drop drop drop drop", "f64.const -nan")]
    [InlineData("i32.const 0 i32.load offset=4294967295 align=1 drop", "i32.load offset=4294967295 align=1")]
    [InlineData("i32.const 0 i32.load $m2 drop", "i32.load $m2")]
    [InlineData("i32.const 0 i32.load $m drop", "i32.load")]
    [InlineData("memory.copy $m $m2 memory.copy memory.init $m2 $d memory.init $d table.copy table.copy $t2 $t table.init $t2 $e table.init $e", "memory.copy $m $m2")]
    [InlineData("call_indirect $t2 (type $f) call_indirect (type $f)", "call_indirect $t2 (type $f)")]
    [InlineData("select select (result i32) select (result) select (result i32 (ref $s))", "select (result i32 (ref $s))")]
    [InlineData("struct.get $s $x struct.get $s 1 struct.set $s $y", "struct.get $s $x")]
    [InlineData("ref.test (ref null $s) ref.test (ref (exact $s)) ref.cast anyref ref.null $s ref.null none", "ref.test (ref (exact $s))")]
    [InlineData("br_on_cast 0 anyref (ref i31) br_on_cast_desc_eq 0 (ref null $s) (ref (exact $s))", "br_on_cast 0 anyref (ref i31)")]
    [InlineData("resume $c (on $e 0) (on $e switch) resume_throw $c $e resume_throw_ref $c (on $e 0) switch $c $e cont.bind $c $c", "resume $c (on $e 0) (on $e switch)")]
    [InlineData("v128.const f32x4 1 2 3 nan:0x1 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 drop drop", "v128.const i32x4 0x3f800000 0x40000000 0x40400000 0x7f800001")]
    [InlineData("v128.load8_lane $m2 offset=1 3 v128.load8_lane 3 v128.load8_lane offset=1 align=1 3", "v128.load8_lane $m2 offset=1 3")]
    [InlineData("br_table 0 br_table 1 0 0", "br_table 1 0 0")]
    [InlineData("atomic.fence i32.atomic.load i64.atomic.rmw8.add_u offset=1", "atomic.fence")]
    public void Instructions_in_their_context_round_trip(string body, string? printed)
    {
        string source = $$"""
            (module
              (type $f (func)) (type $s (struct (field $x i32) (field $y (mut i8)))) (type $c (cont $f))
              (memory $m 1) (memory $m2 1) (table $t 1 funcref) (table $t2 1 funcref) (tag $e) (elem $e func) (data $d "")
              (func $body {{body}}))
            """;
        if (printed is null)
        {
            Assert.Throws<MalformedException>(() => Parse(source));
            return;
        }
        Assert.Contains(printed, RoundTrips(Parse(source)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""(module $m)""")]
    [InlineData("""(type (sub (func))) (type (sub 0 (func))) (type (sub final 0 (func))) (rec) (rec (type (func)) (type (array (mut i16))))""")]
    [InlineData("""(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct (field (ref null (exact $a))))))""")]
    [InlineData("""(type $ft (func)) (type $ct (cont $ft)) (import "" "f" (func (exact (type $ft)))) (import "a\u{7f}" "\u{feff}" (tag (param i32)))""")]
    [InlineData("""(memory i64 1 2 (pagesize 1)) (memory 0 (pagesize 65536)) (memory 1 1 shared) (table i64 0 18446744073709551615 externref)""")]
    [InlineData("""(func $f) (table 1 (ref func) (ref.func $f)) (global $g (mut (ref $t)) (i32.const 1) (i32.const 2) (i32.add)) (type $t (func))""")]
    [InlineData("""(table 1 funcref) (table $u 1 funcref) (func $f) (elem $e (i32.const 0) $f) (elem (table $u) (offset (i32.const 1) (drop)) func $f $f) (elem (offset) funcref)""")]
    [InlineData("""(func $f) (elem func) (elem declare func $f) (elem funcref (ref.null func) (item (ref.func $f))) (elem (ref null func) (item (block))) (elem declare externref)""")]
    [InlineData("""(memory 1) (memory $m 1) (data (i32.const 0) "\00\"\\\7f\n") (data $d (memory $m) (i32.const 1) "a" "b") (data)""")]
    [InlineData("""(func $main) (start $main) (export "" (func 0)) (export "\"" (func $main)) (global $a i32 (i32.const 0)) (export "g" (global $a))""")]
    [InlineData("""(func $"a b" (param $"" i32))""", true)]
    [InlineData("""(func $"a b" (param $"λ\"" i32) (local i32 i32) (local $l i64) local.get $l call $"a b")""")]
    [InlineData("""(func (param i32) (param $p i64) (param f32 f64) (result i32 i64) (local $x i32) (local i32) (local f32) (local $y f32))""")]
    [InlineData("""(func (export "a") (export "b") (import "m" "n") (param $ignored i32))""")]
    public void Fields_round_trip(string fields, bool malformed = false)
    {
        if (malformed) Assert.Throws<MalformedException>(() => Parse(fields));
        else RoundTrips(Parse(fields));
    }

    [Fact]
    public void A_printed_module_can_be_read()
    {
        string text = TextPrinter.Print(Parse("""
            (module $m
              (import "env" "log" (func $log (param i32)))
              (func $sum (export "sum") (param $n i32) (result i32) (local $i i32) (local i64)
                (loop $again
                  (local.set $i (i32.add (local.get $i) (local.get 2)))
                  (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
                (call $log (local.get $i))
                (if (local.get $n) (then (return (i32.const 1))) (else unreachable))
                (local.get $i))
              (memory 1)
              (data (i32.const 8) "hello\n"))
            """));
        Assert.Equal("""
            (module $m
              (type (;0;) (func (param i32)))
              (type (;1;) (func (param i32) (result i32)))
              (import "env" "log" (func $log (type 0) (param i32)))
              (memory (;0;) 1)
              (export "sum" (func $sum))
              (func $sum (type 1) (param $n i32) (result i32)
                (local $i i32) (local i64)
                loop $again
                  local.get $i
                  local.get 2
                  i32.add
                  local.set $i
                  local.get $i
                  local.get $n
                  i32.lt_u
                  br_if $again
                end
                local.get $i
                call $log
                local.get $n
                if
                  i32.const 1
                  return
                else
                  unreachable
                end
                local.get $i)
              (data (;0;) (i32.const 8) "hello\0a"))
            """.ReplaceLineEndings("\n"), text);
    }

    // Names

    private static readonly NameMap F = Map((0, "f"));

    private static readonly (string What, NameSection Names, bool Identifiers)[] NameSections =
    [
        ("a name", new NameSection { Funcs = F }, true),
        ("any characters", new NameSection { Funcs = Map((0, "a b\"\\\0\u202e\ud83d\ude00"), (1, "\u0301")) }, true),
        ("all spaces", new NameSection { Module = "m", Funcs = F, Types = Map((0, "t"), (1, "s")), Locals = Of(0, Map((1, "l"))), Labels = Of(1, Map((0, "x"), (1, "x"))), Fields = Of(1, Map((1, "y"))) }, true),
        ("the same name in different spaces", new NameSection { Module = "f", Funcs = F, Types = Map((1, "f")), Locals = Of(0, F) }, true),
        ("an empty module name", new NameSection { Module = "" }, false),
        ("an empty name", new NameSection { Funcs = Map((0, ""), (1, "g")) }, false),
        ("the same name twice", new NameSection { Funcs = Map((0, "f"), (1, "f")) }, false),
        ("the same local twice", new NameSection { Locals = Of(0, Map((0, "f"), (1, "f"))) }, false),
        ("a function that is not there", new NameSection { Funcs = Map((2, "f")) }, false),
        ("a local that is not there", new NameSection { Locals = Of(0, Map((2, "f"))) }, false),
        ("a local of a function that is not there", new NameSection { Locals = Of(2, F) }, false),
        ("a label that is not there", new NameSection { Labels = Of(1, Map((2, "f"))) }, false),
        ("an empty label", new NameSection { Labels = Of(1, Map((0, ""))) }, false),
        ("a field of an array", new NameSection { Fields = Of(2, F) }, false),
        ("locals without any", new NameSection { Locals = Of(0, NameMap.Empty) }, false),
        ("nothing", NameSection.Empty, false),
    ];

    public static TheoryData<string> NameSectionKinds => [.. NameSections.Select(n => n.What)];

    [Theory]
    [MemberData(nameof(NameSectionKinds))]
    public void A_name_section_is_printed_as_identifiers_when_they_make_it_again(string what)
    {
        var (_, names, identifiers) = NameSections.Single(n => n.What == what);
        var module = Named() with { Customs = [names.Encode() with { After = SectionId.Code }] };
        string text = RoundTrips(module);
        Assert.True(identifiers != text.Contains("(@custom", StringComparison.Ordinal), text);
    }

    [Fact]
    public void A_name_section_that_is_not_canonical_or_not_last_is_printed_as_it_is_and_its_names_still_serve()
    {
        var section = new NameSection { Funcs = F }.Encode();
        CustomSection[][] odd =
        [
            [section with { After = SectionId.Type }],
            [section with { After = SectionId.Code }, new CustomSection("producers", [0], SectionId.Code)],
            [section with { After = SectionId.Code }, section with { After = SectionId.Code }],
            [section with { After = SectionId.Code, Bytes = [1, 0x85, 0, 1, 0, 2, (byte)'f', (byte)'g'] }],
        ];
        foreach (var customs in odd)
            Assert.Contains("(func $f", RoundTrips(Named() with { Customs = [.. customs] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Custom_sections_keep_their_places()
    {
        var module = Named() with
        {
            Customs = [new CustomSection("\"", [0, 0xFF], SectionId.Custom), new CustomSection("", [], SectionId.Type), new CustomSection("x", [.. new byte[200]], SectionId.Code)],
        };
        string text = RoundTrips(module);
        Assert.Contains("""(@custom "\"" (before first) "\00\ff")""", text, StringComparison.Ordinal);
        Assert.Contains("""(@custom "" (after type) "")""", text, StringComparison.Ordinal);
    }

    // Size

    [Fact]
    public void A_million_nested_blocks_are_printed_in_lines_of_bounded_length()
    {
        const int n = 1_000_000;
        var block = new Block(Op.Block, BlockType.Empty);
        var end = new Plain(Op.End);
        string text = RoundTrips(WithBody(new Expr([.. Enumerable.Repeat<Instr>(block, n), .. Enumerable.Repeat<Instr>(end, n + 1)])));
        Assert.True(text.Length < n * 200);
    }

    [Fact]
    public void Too_many_locals_are_refused_at_once()
    {
        var module = WithBody(Empty);
        var func = module.Funcs[0] with { Locals = [new Locals(uint.MaxValue, ValType.I32), new Locals(uint.MaxValue, ValType.I64)] };
        Assert.Throws<NotSupportedException>(() => TextPrinter.Print(module with { Funcs = [func] }));
    }

    [Fact]
    public void A_long_name_and_a_large_type_are_not_repeated_without_end()
    {
        const int uses = 50_000;
        var type = new FuncType([.. Enumerable.Repeat(ValType.I32, 20_000)], []);
        var body = new Expr([.. Enumerable.Repeat<Instr>(new Idx(Op.Call, 0), uses), new Plain(Op.End)]);
        var names = new NameSection { Funcs = Map((0, new string('f', 100_000)), (1, "g")), Locals = Of(1, Map((3, "l"))) };
        var module = new Module
        {
            Types = [new RecType([new SubType(type)])],
            Funcs = [new Func(0, [], body), .. Enumerable.Repeat(new Func(0, [], Empty), uses)],
            Customs = [names.Encode() with { After = SectionId.Code }],
        };
        string text = RoundTrips(module);
        Assert.True(text.Length < 5_000_000, $"{text.Length}");
        Assert.Contains("(func $g", text, StringComparison.Ordinal);
    }

    /// <summary>Such a module is not valid, but well-formed.</summary>
    [Fact]
    public void An_initializer_without_instructions_has_no_text() => Assert.Throws<NotSupportedException>(() =>
        TextPrinter.Print(new Module { Tables = [new Table(new TableType(AddrType.I32, new Limits(1), RefType.Func), Empty)] }));

    private static NameMap Map(params (uint Index, string Name)[] names) => new([.. names.Select(n => new NameAssoc(n.Index, n.Name))]);

    private static IndirectNameMap Of(uint index, NameMap names) => new([new IndirectNameAssoc(index, names)]);

    /// <summary>Two functions: one with a parameter and a local, one with two blocks; and a structure and an array type.</summary>
    private static Module Named() => new()
    {
        Types =
        [
            new RecType([new SubType(new FuncType([ValType.I32], []))]),
            new RecType([new SubType(new StructType([new FieldType(false, StorageType.I8), new FieldType(true, StorageType.I8)]))]),
            new RecType([new SubType(new ArrayType(new FieldType(false, StorageType.I8)))]),
        ],
        Funcs =
        [
            new Func(0, [new Locals(1, ValType.I64)], Empty),
            new Func(0, [], new Expr([new Block(Op.Block, BlockType.Empty), new Block(Op.Loop, BlockType.Empty), new Idx(Op.Br, 1), new Plain(Op.End), new Plain(Op.End), new Plain(Op.End)])),
        ],
    };

    private static Module WithBody(Expr body) => new() { Types = [new RecType([new SubType(FuncType.Empty)])], Funcs = [new Func(0, [], body)] };

    private static Module Parse(string text) => TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.All);

    private static string RoundTrips(Module module)
    {
        string text = TextPrinter.Print(module);
        Module parsed;
        try
        {
            parsed = Parse(text);
        }
        catch (PhaseException e)
        {
            throw new InvalidOperationException($"{e.At}: {e.Message}: {text.Split('\n').ElementAtOrDefault(e.At.Line - 1)}", e);
        }
        for (int i = 0; i < module.Funcs.Length; i++) Assert.True(module.Funcs[i].Equals(parsed.Funcs[i]), $"function {i} differs");
        Assert.Equal(module.Customs.AsEnumerable(), parsed.Customs);
        Assert.True(module.Equals(parsed), text.Length < 10000 ? text : "differs");
        return text;
    }
}
