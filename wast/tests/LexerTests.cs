using System.Text;
using Wasm.Syntax;

namespace Wasm.Text.Tests;

/// <summary>The lexical grammar (6.3), seen through modules.</summary>
public class LexerTests
{
    [Theory]
    // Characters
    [InlineData("(func \u0001)", "misplaced control character", "1:7")]
    [InlineData("(func \u007f)", "misplaced control character", "1:7")]
    [InlineData("(func \u00e9)", "misplaced unicode character", "1:7")]
    [InlineData("(func ,)", "unknown operator ,", "1:7")]
    [InlineData("(func [)", "unknown operator [", "1:7")]
    // Comments
    [InlineData("(; (; ;)", "unclosed comment", "1:1")]
    [InlineData("\n (;", "unclosed comment", "2:2")]
    // Strings
    [InlineData("(import \"a", "unclosed string literal", "1:9")]
    [InlineData("(import \"a\nb\" \"\" (func))", "unclosed string literal", "1:9")]
    [InlineData("(import \"a\tb\" \"\" (func))", "illegal control character in string literal", "1:11")]
    [InlineData("(import \"a\\qb\" \"\" (func))", "illegal escape", "1:11")]
    [InlineData("(import \"\\u{d800}\" \"\" (func))", "illegal escape", "1:10")]
    [InlineData("(import \"\\u{110000}\" \"\" (func))", "illegal escape", "1:10")]
    [InlineData("(import \"\\ff\" \"\" (func))", "malformed UTF-8 encoding", "1:9")]
    // Tokens need space or parentheses between them
    [InlineData("(func (i32.const0))", "unknown operator i32.const0", "1:8")]
    [InlineData("(data\"a\")", "unknown operator data\"a\"", "1:2")]
    [InlineData("(data \"a\"\"b\")", "unknown operator \"a\"\"b\"", "1:7")]
    [InlineData("(func (br 0$l))", "unknown operator 0$l", "1:11")]
    [InlineData("(func (br $\"l\"0))", "unknown operator $\"l\"0", "1:11")]
    // Identifiers
    [InlineData("(func $)", "empty identifier", "1:7")]
    [InlineData("(func $\"\")", "empty identifier", "1:7")]
    [InlineData("(func $ \"a\")", "empty identifier", "1:7")]
    [InlineData("(func $\"a\nb\")", "empty identifier", "1:7")]
    [InlineData("(func $\"\\ef\")", "malformed UTF-8 encoding", "1:7")]
    // Numbers
    [InlineData("(func (i32.const 1__0))", "unknown operator 1__0", "1:18")]
    [InlineData("(func (i32.const 1_))", "unknown operator 1_", "1:18")]
    [InlineData("(func (i32.const 0x))", "unknown operator 0x", "1:18")]
    [InlineData("(func (i32.const 0xg))", "unknown operator 0xg", "1:18")]
    [InlineData("(func (f32.const .0))", "unknown operator .0", "1:18")]
    [InlineData("(func (f32.const 1e))", "unknown operator 1e", "1:18")]
    [InlineData("(func (f32.const nan:1))", "unknown operator nan:1", "1:18")]
    // Annotations
    [InlineData("(@)", "empty annotation id", "1:1")]
    [InlineData("(@ x)", "empty annotation id", "1:1")]
    [InlineData("(@\"\")", "empty annotation id", "1:1")]
    [InlineData("(@\"\\ef\")", "malformed UTF-8 encoding", "1:1")]
    [InlineData("(@a \u0001)", "illegal character", "1:5")]
    [InlineData("(@a \u00e9)", "illegal character", "1:5")]
    [InlineData("(@a \"", "unclosed string literal", "1:5")]
    [InlineData("(@a $)", "empty identifier", "1:5")]
    [InlineData("(@x (y (z))", "unclosed annotation", "1:1")]
    [InlineData("(@x))", "unexpected token", "1:5")]
    [InlineData("( @a)", "unknown operator @a", "1:3")]
    public void Malformed(string text, string message, string at)
    {
        var error = Assert.Throws<MalformedException>(() => Parse(text));
        Assert.Equal(message, error.Message);
        Assert.Equal(at, error.At.ToString());
    }

    [Theory]
    [InlineData("80")]            // a continuation byte alone
    [InlineData("C0 AF")]         // overlong
    [InlineData("ED A0 80")]      // a surrogate
    [InlineData("F4 90 80 80")]   // beyond U+10FFFF
    [InlineData("E2 82")]         // cut off
    public void Text_must_be_utf8_everywhere(string hex)
    {
        byte[] bad = Convert.FromHexString(hex.Replace(" ", ""));
        foreach (var (before, after) in new[] { ("", ""), (";;", "\n"), ("(;", ";)"), ("(@a ", ")"), ("(import \"", "\" \"\" (func))") })
        {
            byte[] text = [.. Encoding.UTF8.GetBytes(before), .. bad, .. Encoding.UTF8.GetBytes(after)];
            Assert.Equal("malformed UTF-8 encoding", Assert.Throws<MalformedException>(() => TextParser.ParseModule(text, Profile.Wasm3)).Message);
        }
    }

    [Theory]
    [InlineData("(func;;x\n)(func;;x\r)(func;;x\r\n)", 3)]
    [InlineData("(; \u0000\u0001\u007f (; \" ;) ) ;)(func)", 1)]
    [InlineData(";; \u0000 (func)", 0)]
    [InlineData("(func(nop))(func (nop)nop)(func nop(nop))", 3)]
    [InlineData("((@a) func (@\"b c\") ((@a x-y$yz\"aa\"-2 , ; [ }) nop (@a ( ) \")\" (;);)))) (@a)", 1)]
    [InlineData("(@a (@) (@ x) (@(@))) (func)", 1)]
    public void Space_comments_and_annotations_stand_anywhere(string text, int funcs) => Assert.Equal(funcs, Parse(text).Funcs.Length);

    [Theory]
    [InlineData("$a", "$\"a\"")]
    [InlineData("$AB", "$\"\\41\\u{42}\"")]
    [InlineData("$a\\b", "$\"a\\\\b\"")]
    [InlineData("$\"\\t\"", "$\"\\u{09}\"")]
    public void An_identifier_is_what_its_string_denotes(string id, string same) => _ = Parse($"(func {id}) (func (call {same}))");

    [Fact]
    public void Errors_count_lines_of_all_kinds()
    {
        var error = Assert.Throws<MalformedException>(() => Parse("(func)\r(func)\n\r\n(; \r\n\n ;)  x"));
        Assert.Equal("6:6", error.At.ToString());
    }

    [Fact]
    public void An_error_of_syntax_comes_before_a_lexical_one_behind_it() =>
        Assert.Equal("unexpected token", Assert.Throws<MalformedException>(() => Parse("(func (param i32) (param 1)) (func \u0001)")).Message);

    private static Module Parse(string text) => TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.Wasm3);
}
