using System.Text;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Wasm.Text.Tests;

public class ScriptPrinterTests
{
    /// <summary>Commands as they are printed.</summary>
    [Theory]
    [InlineData("(module)")]
    [InlineData("(module definition $m)")]
    [InlineData("(module $\"a b\")")]
    [InlineData("(module instance)")]
    [InlineData("(module instance $m)")]
    [InlineData("(module instance $i $m)")]
    [InlineData("(register \"m\")")]
    [InlineData("(register \"\\u{202e}\\\"\" $i)")]
    [InlineData("(invoke \"f\")")]
    [InlineData("(invoke $i \"f\" (i32.const -1) (i64.const 9) (f32.const 0.1) (f64.const -nan:0x1) (ref.null func) (ref.host 1) (ref.extern 2))")]
    [InlineData("(get $i \"g\")")]
    [InlineData("(assert_return (get \"g\"))")]
    [InlineData("(assert_return (invoke \"f\") (i32.const 1) (f32.const nan:canonical) (f64.const nan:arithmetic) (ref.null) (ref.null any) (ref) (ref.eq) (ref.i31) (ref.struct))")]
    [InlineData("(assert_return (invoke \"f\") (ref.array) (ref.func) (ref.exn) (ref.extern) (ref.extern 1) (ref.host 1))")]
    [InlineData("(assert_return (invoke \"f\" (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 -1 -128)) (v128.const i16x8 0 -1 2 3 4 5 6 7))")]
    [InlineData("(assert_return (invoke \"f\") (v128.const i32x4 0 -1 2 3) (v128.const i64x2 -1 1) (v128.const f32x4 0 -inf nan 1) (v128.const f64x2 1e-320 -nan:0x1))")]
    [InlineData("(assert_return (invoke \"f\") (v128.const f32x4 nan:canonical nan:arithmetic -0 nan:0x200000) (v128.const f64x2 0.5 nan:canonical))")]
    [InlineData("(assert_return (invoke \"f\") (either (i32.const 1) (either (i32.const 2) (i32.const 3)) (f32.const nan:canonical)) (i32.const 4))")]
    [InlineData("(assert_return_canonical_nan (invoke \"f\"))")]
    [InlineData("(assert_return_arithmetic_nan (invoke \"f\"))")]
    [InlineData("(assert_return_func (invoke \"f\"))")]
    [InlineData("(assert_exception (invoke \"f\"))")]
    [InlineData("(assert_trap (invoke \"f\") \"unreachable\")")]
    [InlineData("(assert_exhaustion (invoke \"f\") \"call stack exhausted\")")]
    [InlineData("(assert_suspension (invoke \"f\") \"unhandled\")")]
    [InlineData("(assert_trap\n  (module\n    (type (;0;) (func))\n    (func (;0;) (type 0)\n      unreachable)\n  )\n  \"unreachable\")", "\n  )\n  ", ")\n  ")]
    [InlineData("(assert_trap\n  (module instance $m)\n  \"unreachable\")")]
    [InlineData("(assert_unlinkable\n  (module $m)\n  \"unknown import\")")]
    [InlineData("(assert_malformed\n  (module quote\n    \"(func\\0a\"\n    \"\\22\")\n  \"unexpected token\")", "\\22", "\\\"")]
    [InlineData("(assert_invalid\n  (module $m binary\n    \"\\00asm\\01\\00\\00\\00\")\n  \"\")")]
    [InlineData("(assert_malformed_custom\n  (module quote\n    \"\")\n  \"\")", "quote\n    \"\")", "quote)")]
    [InlineData("(assert_invalid_custom\n  (module)\n  \"\")")]
    [InlineData("(thread $t (shared (module $m)) (shared (module $n))\n  (invoke \"f\")\n  (wait))")]
    [InlineData("(wait $t)")]
    [InlineData("(script $s\n  (module))")]
    [InlineData("(input $s \"file.wast\")")]
    [InlineData("(output)")]
    [InlineData("(output $s \"file.wasm\")")]
    public void A_command_is_printed_as_it_is_written(string source, string? from = null, string? to = null)
    {
        string expected = from is null ? source : source.Replace(from, to, StringComparison.Ordinal);
        Assert.Equal(expected, ScriptPrinter.Print(Parse(source)));
        Assert.Equal(expected, ScriptPrinter.Print(Parse(expected)));
    }

    [Fact]
    public void The_identifier_of_a_module_is_that_of_its_command()
    {
        // The name section calls it otherwise, so it is printed as it is.
        string printed = ScriptPrinter.Print(Parse("(module $m (@name \"n\") (func $f))"));
        Assert.StartsWith("(module $m\n", printed, StringComparison.Ordinal);
        Assert.Contains("(@custom \"name\"", printed, StringComparison.Ordinal);
        Assert.Equal("m", ((ModuleCommand)Parse(printed)).Id);
        Assert.Equal(printed, ScriptPrinter.Print(Parse(printed)));
    }

    [Fact]
    public void Commands_follow_each_other_on_lines_of_their_own()
    {
        using var writer = new StringWriter();
        ScriptPrinter.Print([Parse("(wait $a)"), Parse("(wait $b)")], writer);
        Assert.Equal("(wait $a)\n(wait $b)\n", writer.ToString());
    }

    [Fact]
    public void What_is_not_supported_is_not_printed() =>
        Assert.Throws<NotSupportedException>(() => ScriptPrinter.Print(Parse("(component)")));

    private static Command Parse(string text) => ScriptParser.Parse(Assert.Single(ScriptReader.Split(Encoding.UTF8.GetBytes(text)).Commands), Profile.All);
}
