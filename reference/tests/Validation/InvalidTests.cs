using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>What is refused, with which message, and where.</summary>
public class InvalidTests
{
    [Theory]
    // Operands
    [InlineData("i32.eqz", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("i64.const 0 i32.eqz", "type mismatch: instruction requires [i32] but stack has [i64]")]
    [InlineData("i64.const 0 i32.const 0 i32.add", "type mismatch: instruction requires [i32 i32] but stack has [i64 i32]")]
    [InlineData("i32.const 0 i32.add", "type mismatch: instruction requires [i32 i32] but stack has [i32]")]
    [InlineData("unreachable i64.const 0 i32.add", "type mismatch: instruction requires [i32 i32] but stack has [bot i64]")]
    [InlineData("i32.const 0 block i32.eqz drop end drop", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("drop", "type mismatch: instruction requires [bot] but stack has []")]
    [InlineData("i32.const 0", "type mismatch: block requires [] but stack has [i32]")]
    [InlineData("block i32.const 0 f32.const 0 end", "type mismatch: block requires [] but stack has [i32 f32]")]
    [InlineData("block (result i32) i64.const 0 end drop", "type mismatch: instruction requires [i32] but stack has [i64]")]
    [InlineData("block (result i32) end drop", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("unreachable block (result i32) end drop", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("ref.null func i32.eqz", "type mismatch: instruction requires [i32] but stack has [funcref]")]
    [InlineData("ref.null $s call $takes", "type mismatch: instruction requires [(ref 1)] but stack has [(ref null 1)]")]
    // Control
    [InlineData("br 1", "unknown label 1")]
    [InlineData("block br 2 end", "unknown label 2")]
    [InlineData("i32.const 0 if (result i32) i32.const 0 end drop", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("i32.const 0 if (result i32) i32.const 0 else i64.const 0 end drop", "type mismatch: instruction requires [i32] but stack has [i64]")]
    [InlineData("block (result i32) i64.const 0 i32.const 0 br_if 0 end drop", "type mismatch: instruction requires [i32] but stack has [i64]")]
    [InlineData("loop (result i32) br 0 end", "type mismatch: block requires [] but stack has [i32]")]
    [InlineData("block (result i32) block i32.const 0 i32.const 0 br_table 0 1 end end drop", "type mismatch: instruction requires [] but label has [i32]")]
    [InlineData("block (result i32) block (result i64) unreachable i32.const 0 br_table 0 1 end drop i32.const 0 end drop", null)]
    [InlineData("block (result i32) block (result i64) i32.const 0 i32.const 0 br_table 0 1 end drop i32.const 0 end drop", "type mismatch: instruction requires [i64] but stack has [i32]")]
    [InlineData("block (result i32) block (result i64) unreachable br_table 0 1 end drop i32.const 0 end drop", null)]
    [InlineData("unreachable br_table 0 1 0", "unknown label 1")]
    [InlineData("call 9", "unknown function 9")]
    [InlineData("i32.const 0 call_indirect 3 (type 0)", "unknown table 3")]
    [InlineData("i32.const 0 call_indirect (type 99)", "unknown type 99")]
    [InlineData("i32.const 0 call_indirect (type $s)", "non-function type 1")]
    [InlineData("i32.const 0 call_indirect $x (type 0)", "type mismatch: instruction requires table of function type but table has element type externref")]
    [InlineData("return_call $gives", "type mismatch: current function requires result type [] but callee returns [i32]")]
    [InlineData("throw 9", "unknown tag 9")]
    [InlineData("throw $e", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("block try_table (catch $e 0) end end", "type mismatch: catch handler requires [] but label has [i32]")]
    [InlineData("try_table (catch_all 1) end", "unknown label 1")]
    [InlineData("block try_table (catch_all_ref 0) end end", "type mismatch: catch handler requires [] but label has [(ref exn)]")]
    [InlineData("rethrow 0", "invalid rethrow label")]
    [InlineData("rethrow 1", "unknown label 1")]
    [InlineData("try rethrow 0 catch_all end", "invalid rethrow label")]
    [InlineData("try delegate 1", "unknown label 1")]
    [InlineData("try catch $e end", "type mismatch: block requires [] but stack has [i32]")]
    // Variables
    [InlineData("local.get 5", "unknown local 5")]
    [InlineData("global.get 5", "unknown global 5")]
    [InlineData("i32.const 0 global.set $const", "immutable global")]
    [InlineData("f32.const 0 f64.const 0 i32.const 0 select", "type mismatch: instruction requires [f64 f64] but stack has [f32 f64]")]
    [InlineData("ref.null any ref.null any i32.const 0 select", "type mismatch: instruction requires numeric or vector type but stack has anyref")]
    [InlineData("i32.const 0 i32.const 0 i32.const 0 select (result) drop", "invalid result arity")]
    [InlineData("i32.const 0 i32.const 0 i32.const 0 select (result i32 i32) drop", "invalid result arity")]
    // Memory, tables, segments
    [InlineData("i32.const 0 i32.load 7 drop", "unknown memory 7")]
    [InlineData("i32.const 0 i32.load align=8 drop", "alignment must not be larger than natural")]
    [InlineData("i32.const 0 i32.load offset=0x1_0000_0000 drop", "offset out of range")]
    [InlineData("i64.const 0 i32.load $m64 offset=0xffff_ffff_ffff_ffff drop", null)]
    [InlineData("i32.const 0 i32.const 0 i32.const 0 memory.init 5", "unknown data segment 5")]
    [InlineData("i32.const 0 i64.const 0 i64.const 0 memory.copy 0 $m64", "type mismatch: instruction requires [i32] but stack has [i64]")]
    [InlineData("i32.const 0 i32.const 0 i32.const 0 table.init 0 5", "unknown elem segment 5")]
    [InlineData("i32.const 0 i32.const 0 i32.const 0 table.copy $x 0", "type mismatch: source element type funcref does not match destination element type externref")]
    [InlineData("i32.const 0 i32.const 0 i32.const 0 table.init $x 0", "type mismatch: element segment's type funcref does not match table's element type externref")]
    [InlineData("i8x16.shuffle 32 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "invalid lane index")]
    // References
    [InlineData("ref.null 99 drop", "unknown type 99")]
    [InlineData("ref.func 99 drop", "unknown function 99")]
    [InlineData("ref.func $undeclared drop", "undeclared function reference 3")]
    [InlineData("i32.const 0 ref.is_null drop", "type mismatch: instruction requires reference type but stack has i32")]
    [InlineData("ref.as_non_null", "type mismatch: instruction requires reference type but stack has []")]
    [InlineData("ref.null any br_on_non_null 0", "type mismatch: instruction requires reference type but label has []")]
    [InlineData("block (result i32) ref.null any br_on_non_null 0 i32.const 0 end drop", "type mismatch: instruction requires reference type but label has i32")]
    [InlineData("block (result (ref $s)) ref.null any br_on_cast 0 anyref funcref unreachable end drop", "type mismatch on cast: type funcref does not match anyref", Features.None)]
    [InlineData("block (result (ref $s)) ref.null any br_on_cast 0 anyref funcref unreachable end drop", "type mismatch on cast: type anyref has a different top type than type funcref")]
    [InlineData("block (result (ref $s)) ref.null any br_on_cast 0 anyref (ref i31) unreachable end drop", "type mismatch: instruction requires type (ref i31) but label has [(ref 1)]")]
    [InlineData("ref.null func ref.test (ref $s)", "type mismatch: instruction requires [anyref] but stack has [funcref]")]
    [InlineData("ref.null func any.convert_extern", "type mismatch: instruction requires [externref] but stack has [funcref]")]
    // Aggregates
    [InlineData("struct.new $a", "non-structure type 2")]
    [InlineData("array.new $s", "non-array type 1")]
    [InlineData("struct.new_default $n", "field type is not defaultable")]
    [InlineData("array.new_default $na", "array type is not defaultable")]
    [InlineData("ref.null $s struct.get $s 9", "unknown field 9")]
    [InlineData("ref.null $s struct.get $s 1", "field is packed")]
    [InlineData("ref.null $s struct.get_u $s 0", "field is unpacked")]
    [InlineData("ref.null $s i32.const 0 struct.set $s 0", "immutable field")]
    [InlineData("ref.null $a i32.const 0 array.get_s $a", "array is unpacked")]
    [InlineData("ref.null $a i32.const 0 i32.const 0 array.set $a", "immutable array")]
    [InlineData("array.fill $a", "immutable array")]
    [InlineData("array.copy $m $na", "array types do not match")]
    [InlineData("array.init_data $mr 0", "array type is not numeric or vector")]
    [InlineData("array.new_data $na 0", "array type is not numeric or vector")]
    [InlineData("i32.const 0 i32.const 0 array.new_elem $m 0", "type mismatch: element segment's type funcref does not match array's field type i32")]
    [InlineData("i32.const 0 array.new_fixed $m 2", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("unreachable f32.const 0 array.new_fixed $m 4_000_000_000", "type mismatch: instruction requires [i32] but stack has [f32]")]
    [InlineData("unreachable i32.const 0 array.new_fixed $m 4_000_000_000 drop", null)]
    // Atomics
    [InlineData("i32.const 0 i32.atomic.load align=2 drop", "atomic alignment must be natural")]
    [InlineData("i32.const 0 i64.const 0 i32.atomic.store8 align=1", "type mismatch: instruction requires [i32 i32] but stack has [i32 i64]")]
    // Descriptors
    [InlineData("i32.const 0 struct.new $d", "type with descriptor requires descriptor allocation")]
    [InlineData("struct.new_default $d", "type with descriptor requires descriptor allocation")]
    [InlineData("struct.new_default_desc $s", "type without descriptor requires non-descriptor allocation")]
    [InlineData("ref.null $dd struct.new_default_desc $d drop", "type mismatch: instruction requires [(ref null (exact 8))] but stack has [(ref null 8)]")]
    [InlineData("ref.null $s ref.get_desc $s", "type without descriptor 1")]
    [InlineData("ref.null $s ref.null $dd ref.cast_desc_eq (ref $s)", "type 1 does not have a descriptor")]
    [InlineData("ref.null $s ref.null $dd ref.cast_desc_eq anyref", "type any does not have a descriptor")]
    [InlineData("ref.null $d ref.null $dd ref.cast_desc_eq (ref (exact $d)) drop", "type mismatch: instruction requires [(ref null (exact 8))] but stack has [(ref null 8)]")]
    // Stack switching
    [InlineData("cont.new $f", "non-continuation type 0")]
    [InlineData("ref.null $f cont.new $k drop", null)]
    [InlineData("resume $k", "type mismatch: instruction requires [(ref null 9)] but stack has []")]
    [InlineData("ref.null $k cont.bind $k $ki", "type mismatch in continuation arguments")]
    [InlineData("ref.null $k resume $k (on 9 0)", "unknown tag 9")]
    [InlineData("ref.null $k resume $k (on $t 0)", "type mismatch: instruction requires concrete continuation reference type but label has []")]
    [InlineData("block (result (ref cont)) ref.null $k resume $k (on $t 0) unreachable end drop", "type mismatch: instruction requires concrete continuation reference type but label has [(ref cont)]")]
    [InlineData("block (result (ref $s)) ref.null $k resume $k (on $t 0) unreachable end drop", "non-continuation type 1")]
    [InlineData("block (result (ref $ki)) ref.null $k resume $k (on $t 0) unreachable end drop", "type mismatch in continuation type")]
    [InlineData("ref.null $k resume $k (on $e switch)", "type mismatch tag type")]
    [InlineData("switch $k $t", "type mismatch: instruction requires continuation reference type but the type annotation has []")]
    [InlineData("ref.null any ref.test (ref $k)", "invalid cast to continuation types")]
    public void Bodies(string body, string? message, Features features = Features.All)
    {
        // The one feature set under which casts still go down.
        var profile = features == Features.None ? Wat.With(Features.LegacyExceptions | Features.StackSwitching | Features.Threads) : Profile.All;
        string descriptors = features == Features.None
            ? "(type $d (struct)) (type $dd (struct))"
            : "(rec (type $d (descriptor $dd) (struct (field i32))) (type $dd (describes $d) (struct)))";
        string text =
            $"""
            (module
              (type $f (func)) (type $s (struct (field i32) (field i8))) (type $a (array i32)) (type $n (struct (field (ref func))))
              (type $na (array (ref func))) (type $m (array (mut i32))) (type $mr (array (mut funcref)))
              {descriptors}
              (type $k (cont $f)) (type $fi (func (param i32))) (type $ki (cont $fi))
              (func (type $f) {body})
              (func $takes (param (ref $s))) (func $gives (result i32) unreachable) (func $undeclared)
              (memory 1) (memory $m64 i64 1) (table 1 funcref) (table $x 1 externref)
              (global $const i32 (i32.const 0)) (tag $e (param i32)) (tag $t) (data "") (elem funcref)
            )
            """;
        if (message is null) Wat.Validate(text, profile);
        else Wat.AssertInvalid(message, text, profile);
    }

    [Theory]
    [InlineData("(local (ref func)) local.get 0 drop", "uninitialized local 0")]
    [InlineData("(local (ref i31)) (local.set 0 (ref.i31 (i32.const 0))) local.get 0 drop", null)]
    [InlineData("(local (ref i31)) (local.tee 0 (ref.i31 (i32.const 0))) drop local.get 0 drop", null)]
    [InlineData("(local (ref i31)) block (local.set 0 (ref.i31 (i32.const 0))) local.get 0 drop end local.get 0 drop", "uninitialized local 0")]
    [InlineData("(local (ref i31)) (local.set 0 (ref.i31 (i32.const 0))) block local.get 0 drop end local.get 0 drop", null)]
    [InlineData("(local (ref i31)) i32.const 0 if (local.set 0 (ref.i31 (i32.const 0))) else local.get 0 drop end", "uninitialized local 0")]
    [InlineData("(local (ref i31)) unreachable local.get 0 drop", "uninitialized local 0")]
    [InlineData("(param (ref i31)) local.get 0 drop", null)]
    [InlineData("(local i32 (ref null i31)) local.get 1 drop", null)]
    public void Locals_without_default_must_be_set_first(string func, string? message)
    {
        if (message is null) Wat.Validate($"(module (func {func}))");
        else Wat.AssertInvalid(message, $"(module (func {func}))");
    }

    [Theory]
    // Types
    [InlineData("(type (func (param (ref 5))))", "unknown type 5")]
    [InlineData("(type (struct (field (ref 1)))) (type (struct))", "unknown type 1")]
    [InlineData("(type (sub 7 (func)))", "unknown type 7")]
    [InlineData("(type $f (func)) (type (sub $f (func)))", "sub type 1 has final super type 0")]
    [InlineData("(rec (type (sub 1 (func))) (type (sub (func))))", "forward use of type 1 in sub type definition")]
    [InlineData("(type (sub 0 (func)))", "forward use of type 0 in sub type definition")]
    [InlineData("(type (sub (func))) (type (sub 0 (struct)))", "sub type 1 does not match super type 0")]
    [InlineData("(type (struct)) (type (cont 0))", "non-function type 0")]
    [InlineData("(type (cont 3))", "unknown type 3")]
    [InlineData("(type (descriptor 1) (struct)) (type (describes 0) (struct))", "descriptor type is outside rec group")]
    [InlineData("(rec (type (descriptor 1) (struct)) (type (struct)))", "type is not described by its descriptor")]
    [InlineData("(rec (type (descriptor 1) (func)) (type (describes 0) (struct)))", "descriptor type must be a struct")]
    // Definitions
    [InlineData("(func (type 3))", "unknown type 3")]
    [InlineData("(type (struct)) (func (type 0))", "non-function type 0")]
    [InlineData("(import \"m\" \"f\" (func (type 0)))", "unknown type 0")]
    [InlineData("(func (local (ref 9)))", "unknown type 9")]
    [InlineData("(memory 2 1)", "size minimum must not be greater than maximum")]
    [InlineData("(memory 65537)", "memory size must be at most 65536 pages (4GiB)")]
    [InlineData("(memory 0 65537)", "memory size must be at most 65536 pages (4GiB)")]
    [InlineData("(memory i64 0x1_0000_0000_0000)", null)]
    [InlineData("(memory i64 0x1_0000_0000_0001)", "memory size must be at most 2^48 pages (256 TiB)")]
    [InlineData("(memory 0xffff_ffff (pagesize 1))", null)]
    [InlineData("(memory 0x1_0000_0000 (pagesize 1))", "memory size must be at most 2^32-1 bytes")]
    [InlineData("(memory i64 0xffff_ffff_ffff_ffff (pagesize 1))", null)]
    [InlineData("(memory 0 (pagesize 2))", "invalid custom page size")]
    [InlineData("(memory 0 shared)", "shared memory must have maximum")]
    [InlineData("(table 0x1_0000_0000 funcref)", "table size must be at most 2^32-1")]
    [InlineData("(table i64 0xffff_ffff_ffff_ffff funcref)", null)]
    [InlineData("(table 1 0 funcref)", "size minimum must not be greater than maximum")]
    [InlineData("(table 1 (ref func))", "type mismatch: instruction requires [(ref func)] but stack has [funcref]")]
    [InlineData("(table 1 (ref null 4))", "unknown type 4")]
    [InlineData("(func $f) (table 1 (ref func) (ref.func $f))", null)]
    [InlineData("(global i32 (i64.const 0))", "type mismatch: instruction requires [i32] but stack has [i64]")]
    [InlineData("(global i32)", "type mismatch: instruction requires [i32] but stack has []")]
    [InlineData("(global i32 (i32.const 0) (i32.const 0))", "type mismatch: block requires [i32] but stack has [i32 i32]")]
    [InlineData("(global i32 (i32.const 0) (nop))", "constant expression required")]
    [InlineData("(global i32 (i32.ctz (i32.const 0)))", "constant expression required")]
    [InlineData("(global i32 (global.get 0))", "unknown global 0")]
    [InlineData("(global i32 (global.get 1)) (global i32 (i32.const 0))", "unknown global 1")]
    [InlineData("(global i32 (i32.const 0)) (global i32 (i32.mul (global.get 0) (i32.const 2)))", null)]
    [InlineData("(global (mut i32) (i32.const 0)) (global i32 (global.get 0))", "constant expression required")]
    [InlineData("(global i32 (i32.const 0)) (table 1 funcref (ref.null func)) (data \"\")", null)]
    [InlineData("(func $f) (global funcref (ref.func $f)) (func ref.func $f drop)", null)]
    [InlineData("(func $f) (export \"f\" (func $f)) (func ref.func $f drop)", null)]
    [InlineData("(func $f) (start $f) (func ref.func $f drop)", "undeclared function reference 0")]
    [InlineData("(data (i32.const 0) \"\")", "unknown memory 0")]
    [InlineData("(memory i64 1) (data (i32.const 0) \"\")", "type mismatch: instruction requires [i64] but stack has [i32]")]
    [InlineData("(elem (i32.const 0) func)", "unknown table 0")]
    [InlineData("(table 1 externref) (elem (i32.const 0) funcref)", "type mismatch: element segment's type funcref does not match table's element type externref")]
    [InlineData("(table i64 1 funcref) (elem (i32.const 0) funcref)", "type mismatch: instruction requires [i64] but stack has [i32]")]
    [InlineData("(elem externref (ref.null func))", "type mismatch: instruction requires [externref] but stack has [funcref]")]
    [InlineData("(elem func 7)", "unknown function 7")]
    [InlineData("(start 0)", "unknown function 0")]
    [InlineData("(func (param i32)) (start 0)", "start function must not have parameters or results")]
    [InlineData("(func (result i32) unreachable) (start 0)", "start function must not have parameters or results")]
    [InlineData("(export \"a\" (func 0))", "unknown function 0")]
    [InlineData("(export \"a\" (table 0))", "unknown table 0")]
    [InlineData("(export \"a\" (memory 0))", "unknown memory 0")]
    [InlineData("(export \"a\" (global 0))", "unknown global 0")]
    [InlineData("(export \"a\" (tag 0))", "unknown tag 0")]
    [InlineData("(func) (memory 1) (export \"a\" (func 0)) (export \"a\" (memory 0))", "duplicate export name \"a\"")]
    public void Modules(string fields, string? message)
    {
        if (message is null) Wat.Validate($"(module {fields})");
        else Wat.AssertInvalid(message, $"(module {fields})");
    }

    [Theory]
    [InlineData("(module\n (func\n  nop\n  i32.eqz))", "4:3")]                            // the instruction
    [InlineData("(module\n (func\n  block i32.const 1\n  end))", "4:3")]                   // the end of a block that is not balanced
    [InlineData("(module\n (memory 1)\n (memory 2 1))", "3:2")]                            // the definition
    [InlineData("(module\n (type (func))\n (type (sub 0 (func))))", "3:2")]
    [InlineData("(module\n (global i32\n  (i64.add (i64.const 0)\n (i64.const 1))))", "4:16")]   // the end of a constant expression
    [InlineData("(module\n (global i32\n  (i32.add (i32.const 0)\n (i64.const 1))))", "3:4")]
    [InlineData("(module\n (func (export \"a\"))\n (export \"b\" (func 1)))", "3:2")]
    public void Errors_have_positions(string text, string at) => Assert.Equal(at, Wat.Invalid(text).At.ToString());
}
