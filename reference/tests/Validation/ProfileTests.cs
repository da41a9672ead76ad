using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>What depends on features and version rather than on the grammar.</summary>
public class ProfileTests
{
    [Theory]
    [InlineData("(memory 1) (import \"m\" \"m\" (memory 1))", "multiple memories")]
    [InlineData("(memory 1) (memory 1)", "multiple memories")]
    [InlineData("(table 1 funcref) (table 1 funcref)", "multiple tables")]
    [InlineData("(type (func (result i32 i32)))", "invalid result arity")]
    [InlineData("(global i32 (i32.const 0)) (global i32 (global.get 0))", "unknown global 0")]
    [InlineData("(memory 1) (global i32 (i32.const 0)) (data (global.get 0) \"\")", "unknown global 0")]
    // The labels of a br_table had the same types in version 1.0, even where it cannot be reached.
    [InlineData("(func (block (result i64) (block (result i32) (unreachable) (br_table 0 1 (i32.const 0))) (drop) (i64.const 0)) (drop))", "type mismatch")]
    public void Version_1_refuses(string fields, string message)
    {
        // The text may be refused already by the parser of that version; the module is not.
        var module = Wat.Parse($"(module {Reordered(fields)})", Profile.Wasm3);
        Assert.StartsWith(message, Assert.Throws<InvalidException>(() => Validator.Validate(module, new Engine(), Profile.Wasm1)).Message);
        Validator.Validate(module, new Engine(), Profile.Wasm3);
    }

    /// <summary>Imports come first in text.</summary>
    private static string Reordered(string fields) =>
        fields.IndexOf("(import", StringComparison.Ordinal) is > 0 and var i ? fields[i..] + " " + fields[..i] : fields;

    [Fact]
    public void Arithmetic_is_constant_with_extended_constant_expressions_only()
    {
        const string Text = "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))";
        Wat.Validate(Text, Profile.Wasm3);
        Wat.AssertInvalid("constant expression required", Text, Profile.Wasm2);
    }

    [Fact]
    public void Tags_have_results_with_stack_switching_only()
    {
        Wat.Validate("(module (tag (result i32)))", Wat.With(Features.StackSwitching));
        var module = Wat.Parse("(module (tag (result i32)))", Wat.With(Features.StackSwitching));
        Assert.Equal("non-empty tag result type", Assert.Throws<InvalidException>(() => Validator.Validate(module, new Engine(), Profile.Wasm3)).Message);
    }

    [Fact]
    public void Casts_go_down_unless_there_are_descriptors()
    {
        const string Text = "(module (func (block (result (ref i31)) (br_on_cast 0 structref (ref i31) (ref.null struct)) unreachable) drop))";
        Wat.Validate(Text, Wat.With(Features.CustomDescriptors));
        Wat.AssertInvalid("type mismatch on cast", Text, Profile.Wasm3);
    }

    [Fact]
    public void New_objects_and_functions_are_of_exact_types_with_descriptors()
    {
        const string Text =
            """
            (module (type $s (sub (struct))) (type $f (func)) (import "m" "f" (func $i (type $f))) (import "m" "e" (func $e (exact (type $f))))
              (global (ref (exact $s)) (struct.new $s))
              (global (ref (exact $f)) (ref.func $d)) (global (ref (exact $f)) (ref.func $e))
              (func $d (type $f)) (export "i" (func $i)) (export "e" (func $e)) (export "d" (func $d)))
            """;
        var exports = Wat.Validate(Text).Exports;
        Assert.Equal([false, true, true], exports.Select(x => ((ExternType.Func)x).Exact));
        Wat.AssertInvalid("type mismatch", """(module (type $f (func)) (import "m" "f" (func $i (type $f))) (global (ref (exact $f)) (ref.func $i)))""");
    }

    [Fact]
    public void The_context_lists_imports_first_with_closed_types()
    {
        var info = Wat.Validate(
            """
            (module (type $f (func)) (type $g (func (param (ref $f))))
              (import "m" "f" (func (type $g))) (import "m" "t" (table 1 (ref null $f))) (import "m" "g" (global (ref null $g)))
              (import "m" "m" (memory i64 2)) (import "m" "e" (tag (type $f)))
              (func (type $f)) (table i64 1 funcref) (memory 1) (global i32 (i32.const 1)) (tag (param i32)) (elem (ref null $g))
              (export "f" (func 1)) (export "t" (table 0)) (export "m" (memory 1)) (export "g" (global 0)) (export "e" (tag 1)))
            """);
        var (f, g) = (info.Types[0], info.Types[1]);
        Assert.Equal([g, f], info.Funcs.ToArray());
        Assert.Equal([new TableType(AddrType.I32, new Limits(1), new RefType(true, HeapType.Of(f))), new TableType(AddrType.I64, new Limits(1), RefType.Func)], info.Tables.ToArray());
        Assert.Equal([new MemType(AddrType.I64, new Limits(2)), new MemType(AddrType.I32, new Limits(1))], info.Mems.ToArray());
        Assert.Equal([new GlobalType(false, ValType.RefNull(HeapType.Of(g))), new GlobalType(false, ValType.I32)], info.Globals.ToArray());
        Assert.Equal([f, info.Types[2]], info.Tags.ToArray());
        Assert.Equal([new RefType(true, HeapType.Of(g))], info.Elems.ToArray());
        Assert.Equal(
            [
                new ExternType.Func(HeapType.Of(g)), new ExternType.Table(info.Tables[0]), new ExternType.Global(info.Globals[0]),
                new ExternType.Mem(info.Mems[0]), new ExternType.Tag(HeapType.Of(f)),
            ], info.Imports.ToArray());
        Assert.Equal(
            [
                new ExternType.Func(HeapType.Of(f), Exact: true), new ExternType.Table(info.Tables[0]), new ExternType.Mem(info.Mems[1]),
                new ExternType.Global(info.Globals[0]), new ExternType.Tag(HeapType.Of(info.Types[2])),
            ], info.Exports.ToArray());
    }
}
