using System.Text;
using Wasm.Syntax;

namespace Wasm.Text.Tests;

/// <summary>Two spellings of the same module.</summary>
public class AbbreviationTests
{
    [Theory]
    // The module
    [InlineData("(module (func))", "(func)")]
    [InlineData("(module)", "")]
    // Folded instructions
    [InlineData("(func (drop (i32.add (i32.const 1) (i32.const 2))))", "(func i32.const 1 i32.const 2 i32.add drop)")]
    [InlineData("(func (block (result i32) (i32.const 1)) drop)", "(func block (result i32) i32.const 1 end drop)")]
    [InlineData("(func (loop (br 0)))", "(func loop br 0 end)")]
    [InlineData("(func (if (i32.const 0) (then nop) (else return)))", "(func i32.const 0 if nop else return end)")]
    [InlineData("(func (if (i32.const 0) (then)))", "(func i32.const 0 if end)")]
    [InlineData("(func (if (i32.eq (i32.const 0) (i32.const 1)) (i32.const 2) (then)))", "(func i32.const 0 i32.const 1 i32.eq i32.const 2 if end)")]
    [InlineData("(tag) (func (try_table (catch 0 0) (catch_all 0) (nop)))", "(tag) (func try_table (catch 0 0) (catch_all 0) nop end)")]
    [InlineData("(tag) (func (try (do nop) (catch 0 nop) (catch_all (rethrow 0))))", "(tag) (func try nop catch 0 nop catch_all rethrow 0 end)")]
    [InlineData("(func (block (try (do nop) (delegate 0))))", "(func block try nop delegate 0 end)")]
    [InlineData("(func (select (result i32) (i32.const 1) (i32.const 2) (i32.const 0)) drop)", "(func i32.const 1 i32.const 2 i32.const 0 select (result i32) drop)")]
    // Labels
    [InlineData("(func (block $a (block $b (br $a) (br $b))))", "(func (block (block (br 1) (br 0))))")]
    [InlineData("(func (block $a (block $a (br $a)) (br $a)))", "(func (block (block (br 0)) (br 0)))")]
    [InlineData("(func block $a if $b else $b end $b end $a)", "(func block if else end end)")]
    [InlineData("(func (block $a (if $a (br_if $a (i32.const 0)) (then (br $a)))))", "(func (block (if (br_if 0 (i32.const 0)) (then (br 0)))))")]
    [InlineData("(tag) (func (block $l (try_table $l (catch 0 $l))))", "(tag) (func (block (try_table (catch 0 0))))")]
    [InlineData("(func (try $a (do (try $b (do) (delegate $a)))))", "(func (try (do (try (do) (delegate 0)))))")]
    // Indices that may be left out
    [InlineData("(table 1 funcref) (func (table.get (i32.const 0)) drop)", "(table 1 funcref) (func (table.get 0 (i32.const 0)) drop)")]
    [InlineData("(memory 1) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))", "(memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy 0 0)")]
    [InlineData("(memory 1) (data \"a\") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))", "(memory 1) (data \"a\") (func i32.const 0 i32.const 0 i32.const 0 memory.init 0 0)")]
    [InlineData("(type (func)) (table 1 funcref) (func (call_indirect (i32.const 0)))", "(type (func)) (table 1 funcref) (func (call_indirect 0 (type 0) (i32.const 0)))")]
    [InlineData("(memory 1) (func (v128.load8_lane 3 (i32.const 0) (v128.const i64x2 0 0)) drop)", "(memory $m 1) (func (v128.load8_lane $m offset=0 align=1 3 (i32.const 0) (v128.const i64x2 0 0)) drop)")]
    [InlineData("(memory 1) (func (drop (i32.load (i32.const 0))))", "(memory 1) (func (drop (i32.load 0 offset=0 align=4 (i32.const 0))))")]
    // Type uses
    [InlineData("(func (param i32) (result i64) unreachable)", "(type (func (param i32) (result i64))) (func (type 0) unreachable)")]
    [InlineData("(func (param i32 i64) (param f32))", "(func (param i32) (param i64) (param f32))")]
    [InlineData("(type $t (func (param i32))) (func (type $t) (param $x i32) (drop (local.get $x)))", "(type (func (param i32))) (func (type 0) (drop (local.get 0)))")]
    [InlineData("(type $t (func (param i32))) (func (type $t) (local i64) (local $x i32) (drop (local.get $x)))", "(type (func (param i32))) (func (type 0) (local i64 i32) (drop (local.get 2)))")]
    [InlineData("(func (block (param i32) (result i32)) drop)", "(type (func)) (type (func (param i32) (result i32))) (func (type 0) (block (type 1)) drop)")]
    [InlineData("(type (sub (func))) (func)", "(type (sub (func))) (type (func)) (func (type 1))")]
    [InlineData("(rec (type (func)) (type (func))) (func)", "(rec (type (func)) (type (func))) (type (func)) (func (type 2))")]
    [InlineData("(rec (type (func (param i32)))) (func (param i32))", "(type (func (param i32))) (func (type 0))")]
    [InlineData("(func (param i32)) (func (param i64)) (func (param i32))", "(type (func (param i32))) (type (func (param i64))) (func (type 0)) (func (type 1)) (func (type 0))")]
    // Types
    [InlineData("(type (struct (field i32 i64) (field $x (mut i8))))", "(type (sub final (struct (field i32) (field i64) (field (mut i8)))))")]
    [InlineData("(type (func (param funcref externref anyref)))", "(type (func (param (ref null func) (ref null extern) (ref null any))))")]
    [InlineData("(type $s (struct (field $x i32) (field i32 $y)))", null)]
    [InlineData("(type $s (struct (field i32) (field $x i32))) (func (param (ref $s)) (drop (struct.get $s $x (local.get 0))))", "(type (struct (field i32 i32))) (func (param (ref 0)) (drop (struct.get 0 1 (local.get 0))))")]
    [InlineData("(memory i32 1)", "(memory 1)")]
    [InlineData("(memory 1 (pagesize 65536))", "(memory 1)")]
    // Imports and exports in place
    [InlineData("(func (import \"m\" \"n\") (param i32))", "(import \"m\" \"n\" (func (param i32)))")]
    [InlineData("(func (export \"a\") (export \"b\"))", "(func) (export \"a\" (func 0)) (export \"b\" (func 0))")]
    [InlineData("(memory (export \"a\") (import \"m\" \"n\") 1 2 shared)", "(import \"m\" \"n\" (memory 1 2 shared)) (export \"a\" (memory 0))")]
    [InlineData("(table (import \"m\" \"n\") i64 1 funcref)", "(import \"m\" \"n\" (table i64 1 funcref))")]
    [InlineData("(global (import \"m\" \"n\") (mut i32))", "(import \"m\" \"n\" (global (mut i32)))")]
    [InlineData("(tag (import \"m\" \"n\") (param i32))", "(import \"m\" \"n\" (tag (param i32)))")]
    [InlineData("(type $t (func)) (func (import \"m\" \"n\") (exact (type $t)))", "(type (func)) (import \"m\" \"n\" (func (exact (type 0))))")]
    // Segments
    [InlineData("(memory (data \"ab\" \"c\"))", "(memory 1 1) (data (memory 0) (offset (i32.const 0)) \"abc\")")]
    [InlineData("(memory i64 (pagesize 1) (data \"abc\"))", "(memory i64 3 3 (pagesize 1)) (data (i64.const 0) \"abc\")")]
    [InlineData("(memory (data))", "(memory 0 0) (data (i32.const 0))")]
    [InlineData("(func) (table funcref (elem 0 0))", "(func) (table 2 2 funcref) (elem (i32.const 0) func 0 0)")]
    [InlineData("(table funcref (elem (ref.null func) (item ref.null func)))", "(table 2 2 funcref) (elem (table 0) (i32.const 0) funcref (ref.null func) (ref.null func))")]
    [InlineData("(func) (table 1 funcref) (elem (i32.const 0) 0)", "(func) (table 1 funcref) (elem (table 0) (offset i32.const 0) func 0)")]
    [InlineData("(func) (elem func 0)", "(func) (elem (ref func) (item ref.func 0))")]
    [InlineData("(func) (elem declare func 0)", "(func) (elem declare (ref func) (ref.func 0))")]
    [InlineData("(memory $m 1) (memory (data \"a\")) (data $d \"b\") (func (data.drop $d))", "(memory 1) (memory 1 1) (data (memory 1) (i32.const 0) \"a\") (data \"b\") (func (data.drop 1))")]
    // Literals
    [InlineData("(func (i32.const -1) (i64.const -0x1) drop drop)", "(func (i32.const 0xffff_ffff) (i64.const 18446744073709551615) drop drop)")]
    [InlineData("(func (v128.const i8x16 -1 255 0 0 0 0 0 0 0 0 0 0 0 0 0 -128) drop)", "(func (v128.const i64x2 0xffff 0x8000000000000000) drop)")]
    [InlineData("(func (v128.const f32x4 1 nan -inf 0x1p-149) drop)", "(func (v128.const i32x4 0x3f800000 0x7fc00000 0xff800000 1) drop)")]
    [InlineData("(data \"\\t\\n\\r\\\"\\'\\\\\\u{7a}\\7a\")", "(data \"\\09\\0a\\0d\\22\\27\\5czz\")")]
    // Stack switching
    [InlineData("(type $f (func)) (type $k (cont $f))", "(type (func)) (type (cont (type 0)))")]
    [InlineData("(type $f (func)) (type $k (cont $f)) (tag $t) (func (param (ref $k)) (block $l (resume $k (on $t $l) (on $t switch) (local.get 0))))",
        "(type (func)) (type (cont 0)) (tag (type 0)) (func (param (ref 1)) block local.get 0 resume 1 (on 0 0) (on 0 switch) end)")]
    public void Both_spellings_are_the_same_module(string text, string? same)
    {
        if (same is null)
        {
            Assert.Throws<MalformedException>(() => Parse(text));
            return;
        }
        Assert.Equal(Parse(same), Parse(text));
    }

    [Theory]
    [InlineData("(table $t 1 funcref) (func $f) (elem $t (i32.const 0) $f)", "(table 1 funcref) (func) (elem 0 (offset (i32.const 0)) 0)")]
    [InlineData("(memory $m 1) (data $m (i32.const 0) \"a\")", "(memory 1) (data (i32.const 0) \"a\")")]
    public void In_1_0_segments_name_their_table_or_memory(string text, string same) => Assert.Equal(Parse(same, Profile.Wasm1), Parse(text, Profile.Wasm1));

    /// <summary>Without names: identifiers are no part of what is compared here.</summary>
    private static Module Parse(string text, Profile? profile = null) =>
        TextParser.ParseModule(Encoding.UTF8.GetBytes(text), profile ?? Profile.All) with { Customs = [] };
}
