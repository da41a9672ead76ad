using System.Text;
using Wasm.Binary.Custom;
using Wasm.Syntax;

namespace Wasm.Text.Tests;

/// <summary>Names and annotations become custom sections.</summary>
public class CustomTests
{
    private static readonly Profile Custom = new("custom", Features.Wasm3 | Features.CustomSections, SpecVersion.V3);

    [Fact]
    public void Identifiers_become_names()
    {
        var names = NameSection.Of(Parse("""
            (module $m
              (type $t (func (param i32)))
              (type $s (struct (field i32) (field $x i32)))
              (import "" "" (func $i))
              (func)
              (func $f (type $t) (param $p i32) (local i32) (local $l i32)
                (block (block $b)) (if $c (local.get $l) (then)))
              (table $tab 0 funcref) (memory $mem 0) (tag $tag) (global $g i32 (i32.const 0))
              (elem $e func) (data $d "a"))
            """, Profile.Wasm3));
        Assert.Equal("m", names.Module);
        Assert.Equal("0:i 2:f", Show(names.Funcs));
        Assert.Equal("0:p 2:l", Show(names.Locals.Of(2)));
        Assert.Equal("1:b 2:c", Show(names.Labels.Of(2)));
        Assert.Equal("0:t 1:s", Show(names.Types));
        Assert.Equal("1:x", Show(names.Fields.Of(1)));
        Assert.Equal("0:tab 0:mem 0:tag 0:g 0:e 0:d",
            string.Join(' ', Show(names.Tables), Show(names.Mems), Show(names.Tags), Show(names.Globals), Show(names.Elems), Show(names.Datas)));
    }

    [Theory]
    [InlineData("(func)", "")]
    [InlineData("(func $f)", "name@Code")]
    [InlineData("(module $m)", "name@Custom")]
    [InlineData("(func $f) (@custom \"name\" \"x\")", "name@Code")]
    [InlineData("(func $f) (@custom \"a\")", "a@Code name@Code")]
    [InlineData("(func) (@custom \"a\" (after func)) (global i32 (i32.const 0)) (@custom \"b\" (before global)) (@custom \"c\" (before first))", "c@Custom a@Func b@Func")]
    [InlineData("(func) (@custom \"a\" (before code)) (@custom \"b\" (after table)) (@custom \"c\" (after func))", "c@Func b@Func a@Func")]
    [InlineData("(func $f (@metadata.code.branch_hint \"\\01\") (if (i32.const 0) (then)))", "metadata.code.branch_hint@Func name@Code")]
    public void Sections_stand_where_they_are_asked_to(string text, string sections) =>
        Assert.Equal(sections, string.Join(' ', Parse(text).Customs.Select(c => $"{c.Name}@{c.After}")));

    [Fact]
    public void The_content_of_a_custom_annotation_is_its_strings() =>
        Assert.Equal([(byte)'a', 0, (byte)'b'], Parse("(@custom \"n\" \"a\" \"\" \"\\00b\")").Customs[0].Bytes.ToArray());

    [Fact]
    public void A_name_annotation_goes_before_the_identifier()
    {
        var names = NameSection.Of(Parse("""
            (module $m (@name "M")
              (type (@name "T") (func (param i32)))
              (type (struct (field $x (@name "X") i32)))
              (func (@name "F") (type 0) (local (@name "L") i32) (block $b (@name "B")))
              (func $g (@name "G") (param $p (@name "P") i32) (call $g (local.get $p)))
              (tag $t (@name "t 1")))
            """));
        Assert.Equal("M", names.Module);
        Assert.Equal("0:F 1:G", Show(names.Funcs));
        Assert.Equal("1:L", Show(names.Locals.Of(0)));
        Assert.Equal("0:P", Show(names.Locals.Of(1)));
        Assert.Equal("0:B", Show(names.Labels.Of(0)));
        Assert.Equal("0:T", Show(names.Types));
        Assert.Equal("0:X", Show(names.Fields.Of(1)));
        Assert.Equal("0:t 1", Show(names.Tags));
    }

    [Fact]
    public void A_hint_belongs_to_the_instruction_behind_it()
    {
        var module = Parse("""
            (func
              (@metadata.code.branch_hint "\00")
              (if (i32.const 0)
                (then (i32.const 1) (@metadata.code.branch_hint "\01") (br_if 0))))
            """);
        var hints = BranchHints.Decode(module.Customs.Single());
        // locals 00, i32.const 0 at 1, if at 3, i32.const 1 at 5, br_if at 7
        Assert.Equal([new BranchHint(3, false), new BranchHint(7, true)], hints.Funcs.Single().Hints.ToArray());
        CustomSections.Check(module, Custom);
    }

    [Theory]
    [InlineData("(@custom)", "@custom annotation: missing section name")]
    [InlineData("(@custom bla)", "@custom annotation: missing section name")]
    [InlineData("(@custom \"\\df\")", "@custom annotation: malformed UTF-8 encoding")]
    [InlineData("(@custom \"a\" after)", "@custom annotation: unexpected token")]
    [InlineData("(@custom \"a\" (after type x))", "@custom annotation: unexpected token")]
    [InlineData("(@custom \"a\" (after))", "@custom annotation: malformed section kind")]
    [InlineData("(@custom \"a\" (before types))", "@custom annotation: malformed section kind")]
    [InlineData("(@custom \"a\" ())", "@custom annotation: malformed placement")]
    [InlineData("(@custom \"a\" (aft type))", "@custom annotation: malformed placement")]
    [InlineData("(func (@custom \"a\"))", "misplaced @custom annotation")]
    [InlineData("(func) ((@custom \"a\") func)", "misplaced @custom annotation")]
    [InlineData("(@custom \"a\") (module)", "misplaced @custom annotation")]
    [InlineData("(module (@name \"a\") (@name \"b\"))", "@name annotation: multiple module names")]
    [InlineData("(module (@name \"a\") $m (@name \"b\"))", "@name annotation: multiple module names")]
    [InlineData("(func) (@name \"a\")", "misplaced @name annotation")]
    [InlineData("(func (nop) (@name \"a\"))", "misplaced @name annotation")]
    [InlineData("(module (@name))", "@name annotation: string expected")]
    [InlineData("(module (@name \"a\" b))", "@name annotation: unexpected token")]
    [InlineData("(@metadata.code.branch_hint \"\\01\") (func (if (i32.const 0) (then)))", "@metadata.code.branch_hint annotation: not in a function")]
    [InlineData("(func) (@metadata.code.branch_hint \"\\01\")", "@metadata.code.branch_hint annotation: not in a function")]
    [InlineData("(func (nop) (@metadata.code.branch_hint \"\\01\"))", "@metadata.code.branch_hint annotation: invalid placement")]
    [InlineData("(func (@metadata.code.branch_hint \"\\02\") nop)", "@metadata.code.branch_hint annotation: invalid hint value")]
    [InlineData("(func (@metadata.code.branch_hint) nop)", "@metadata.code.branch_hint annotation: invalid hint value")]
    [InlineData("(func (@metadata.code.branch_hint x) nop)", "@metadata.code.branch_hint annotation: unexpected token")]
    [InlineData("(func (@metadata.code.branch_hint \"\\01\") (@metadata.code.branch_hint \"\\01\") nop)", "@metadata.code.branch_hint annotation: duplicate annotation")]
    public void Malformed(string text, string message) => Assert.Equal(message, Assert.Throws<MalformedCustomException>(() => Parse(text)).Message);

    [Fact]
    public void Without_the_feature_annotations_say_nothing() => Assert.Empty(Parse("(@custom) (module (@name) (func (@name \"f\")))", Profile.Wasm3).Customs);

    [Fact]
    public void Errors_of_the_module_come_before_those_of_annotations() =>
        Assert.Throws<MalformedException>(() => Parse("(@custom) (func (call $f))"));

    private static Module Parse(string text, Profile? profile = null) => TextParser.ParseModule(Encoding.UTF8.GetBytes(text), profile ?? Custom);

    private static string Show(NameMap names) => string.Join(' ', names.Entries.Select(e => $"{e.Index}:{e.Name}"));
}
