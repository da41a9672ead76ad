using System.Text;
using Wasm.Syntax;

namespace Wasm.Text.Tests;

public class ParserErrorTests
{
    [Theory]
    // Order and place
    [InlineData("(func (result i32) (param i32))", "unexpected token", "1:21")]
    [InlineData("(func (local i32) (param i32))", "unexpected token", "1:20")]
    [InlineData("(func (nop) (local i32))", "unexpected token", "1:14")]
    [InlineData("(type (func (result i32) (param i32)))", "unexpected token", "1:26")]
    [InlineData("(func end)", "unexpected token", "1:7")]
    [InlineData("(func block)", "unexpected token", "1:12")]
    [InlineData("(func (block) end)", "unexpected token", "1:15")]
    [InlineData("(func (i32.add nop))", "unexpected token", "1:16")]
    [InlineData("(func (if (i32.const 0)))", "unexpected token", "1:24")]
    [InlineData("(func (if (then) (then)))", "unexpected token", "1:19")]
    [InlineData("(func (then))", "unexpected token", "1:8")]
    [InlineData("(func (block (param $x i32)))", "unexpected token", "1:21")]
    [InlineData("(func else)", "unexpected token", "1:7")]
    [InlineData("(func (memory.copy 0))", "unexpected token", "1:21")]
    [InlineData("(module) (module)", "unexpected token", "1:10")]
    [InlineData("(func", "unexpected token", "1:6")]
    [InlineData(")", "unexpected token", "1:1")]
    [InlineData("(foo)", "unknown operator foo", "1:2")]
    [InlineData("(invoke \"a\")", "unexpected token", "1:2")]
    // Identifiers
    [InlineData("(func $f) (func $f)", "duplicate function $f", "1:17")]
    [InlineData("(func $f) (import \"\" \"\" (func $f))", "duplicate function $f", "1:31")]
    [InlineData("(func (param $x i32) (local $x i32))", "duplicate local $x", "1:29")]
    [InlineData("(type (struct (field $x i32) (field $x i32)))", "duplicate field $x", "1:37")]
    [InlineData("(memory $m 1) (memory $m 1)", "duplicate memory $m", "1:23")]
    [InlineData("(func (call $f))", "unknown function $f", "1:13")]
    [InlineData("(func (call $\"a b\"))", "unknown function $\"a b\"", "1:13")]
    [InlineData("(func (local.get $x))", "unknown local $x", "1:18")]
    [InlineData("(func (param $x i32)) (func (local.get $x))", "unknown local $x", "1:40")]
    [InlineData("(func (param $x i32)) (global i32 (local.get $x))", "unknown local $x", "1:46")]
    [InlineData("(func (br $l))", "unknown label $l", "1:11")]
    [InlineData("(func (block $l) (br $l))", "unknown label $l", "1:22")]
    [InlineData("(func (elem.drop $e))", "unknown elem segment $e", "1:18")]
    [InlineData("(func (data.drop $d))", "unknown data segment $d", "1:18")]
    [InlineData("(func (type $t))", "unknown type $t", "1:13")]
    [InlineData("(type $s (struct)) (func (struct.get $s $f))", "unknown field $f", "1:41")]
    [InlineData("(func block $a end $b)", "mismatching label", "1:20")]
    [InlineData("(func block end $l)", "mismatching label", "1:17")]
    [InlineData("(func i32.const 0 if $a else $b end)", "mismatching label", "1:30")]
    // Type uses
    [InlineData("(type (func)) (func (type 0) (param i32))", "inline function type does not match explicit type", "1:27")]
    [InlineData("(func (type 2) (param i32))", "unknown type 2", "1:13")]
    [InlineData("(func (type 2) (local $x i32))", "unknown type 2", "1:13")]
    [InlineData("(type (struct)) (func (type 0) (param i32))", "non-function type 0", "1:29")]
    // Numbers
    [InlineData("(func (i32.const 4294967296))", "constant out of range", "1:18")]
    [InlineData("(func (i32.const -2147483649))", "constant out of range", "1:18")]
    [InlineData("(func (i32.const 1.0))", "constant out of range", "1:18")]
    [InlineData("(func (i64.const 18446744073709551616))", "constant out of range", "1:18")]
    [InlineData("(func (f32.const 0x1p128))", "constant out of range", "1:18")]
    [InlineData("(func (f32.const nan:0x0))", "constant out of range", "1:18")]
    [InlineData("(func (f64.const nan:0x10000000000000))", "constant out of range", "1:18")]
    [InlineData("(func (br 4294967296))", "i32 constant out of range", "1:11")]
    [InlineData("(memory 0x1_0000_0000_0000_0000)", "i64 constant out of range", "1:9")]
    [InlineData("(func (v128.const i8x16 256 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0))", "constant out of range", "1:25")]
    [InlineData("(func (v128.const i32x4 0 0 0))", "wrong number of lane literals", "1:19")]
    [InlineData("(func (i8x16.extract_lane_u 256))", "i8 constant out of range", "1:29")]
    [InlineData("(func (i8x16.extract_lane_u -1))", "unexpected token", "1:29")]
    [InlineData("(func (i8x16.shuffle 0 1 2))", "invalid lane length", "1:8")]
    [InlineData("(func (i32.load align=0))", "alignment must be a power of two", "1:17")]
    [InlineData("(func (i32.load align=3))", "alignment must be a power of two", "1:17")]
    [InlineData("(memory 0 (pagesize 3))", "invalid custom page size", "1:21")]
    // Modules
    [InlineData("(func) (import \"\" \"\" (func))", "import after function definition", "1:8")]
    [InlineData("(global i32 (i32.const 0)) (import \"\" \"\" (func))", "import after global definition", "1:28")]
    [InlineData("(table 0 funcref) (memory (import \"\" \"\") 0)", "import after table definition", "1:19")]
    [InlineData("(memory 0) (import \"\" \"\" (tag))", "import after memory definition", "1:12")]
    [InlineData("(func $f) (start $f) (start $f)", "multiple start sections", "1:29")]
    public void Malformed(string text, string message, string at)
    {
        var error = Assert.Throws<MalformedException>(() => Parse(text, Profile.All));
        Assert.Equal(message, error.Message);
        Assert.Equal(at, error.At.ToString());
    }

    [Theory]
    [InlineData("(func (call $f)) (func (param i32) (foo))", "unknown operator foo")]
    [InlineData("(func $f) (func $f) (func", "unexpected token")]
    [InlineData("(func (call $f)) (import \"\" \"\" (func))", "unknown function $f")]
    [InlineData("(func nop nop (foo)) (type (bar))", "unknown operator foo")]
    [InlineData("(type (bar)) (func nop nop (foo))", "unknown operator bar")]
    public void Syntax_comes_before_meaning_and_earlier_before_later(string text, string message) =>
        Assert.Equal(message, Assert.Throws<MalformedException>(() => Parse(text, Profile.Wasm3)).Message);

    [Theory]
    [InlineData("1.0", "(func (i32.extend8_s))", "unknown operator i32.extend8_s")]
    [InlineData("1.0", "(func (param v128))", "unknown operator v128")]
    [InlineData("1.0", "(func (param funcref))", "unexpected token")]
    [InlineData("1.0", "(func (block (result i32 i32)))", "unexpected token")]
    [InlineData("1.0", "(func (block (param i32)))", "unexpected token")]
    [InlineData("1.0", "(data \"a\")", "unexpected token")]
    [InlineData("1.0", "(@a)", "unknown operator @a")]
    [InlineData("1.0", "(table 0 externref)", "unknown operator externref")]
    [InlineData("2.0", "(func (return_call 0))", "unknown operator return_call")]
    [InlineData("2.0", "(func (i32.load 1 offset=0))", "unexpected token")]
    [InlineData("2.0", "(memory i64 1)", "unexpected token")]
    [InlineData("2.0", "(memory 4294967296)", "i32 constant out of range")]
    [InlineData("2.0", "(func (param (ref func)))", "unexpected token")]
    [InlineData("3.0", "(memory 1 2 shared)", "unknown operator shared")]
    [InlineData("3.0", "(memory 1 (pagesize 1))", "unexpected token")]
    [InlineData("3.0", "(func (try))", "unknown operator try")]
    [InlineData("3.0", "(func (catch 0))", "unexpected token")]
    [InlineData("3.0", "(func (i64.add128))", "unknown operator i64.add128")]
    [InlineData("3.0", "(type (cont 0))", "unknown operator cont")]
    [InlineData("3.0", "(func (get_local 0))", "unknown operator get_local")]
    [InlineData("3.0", "(func (i32.wrap/i64))", "unknown operator i32.wrap/i64")]
    public void A_keyword_of_another_feature_is_unknown(string profile, string text, string message)
    {
        Profile[] profiles = [Profile.Wasm1, Profile.Wasm2, Profile.Wasm3];
        Assert.Equal(message, Assert.Throws<MalformedException>(() => Parse(text, profiles.Single(p => p.Name == profile))).Message);
    }

    private static Module Parse(string text, Profile profile) => TextParser.ParseModule(Encoding.UTF8.GetBytes(text), profile);
}
