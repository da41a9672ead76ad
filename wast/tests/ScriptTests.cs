using System.Text;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Wasm.Text.Tests;

public class ScriptTests
{
    [Theory]
    [InlineData("(module)", "module")]
    [InlineData("(module $m (func))", "module")]
    [InlineData("(module definition $m binary \"a\" \"b\")", "module_definition")]
    [InlineData("(module quote \"(func\" \")\")", "module")]
    [InlineData("(module instance)", "module_instance")]
    [InlineData("(module instance $i $m)", "module_instance")]
    [InlineData("(func) (memory 1)", "module")]
    [InlineData("(register \"a\" $m)", "register")]
    [InlineData("(invoke \"a\")", "action")]
    [InlineData("(get $m \"a\")", "action")]
    [InlineData("(assert_return (invoke \"a\"))", "assert_return")]
    [InlineData("(assert_return_canonical_nan (invoke \"a\"))", "assert_return_canonical_nan")]
    [InlineData("(assert_return_arithmetic_nan (invoke \"a\"))", "assert_return_arithmetic_nan")]
    [InlineData("(assert_return_func (invoke \"a\"))", "assert_return_func")]
    [InlineData("(assert_exception (invoke \"a\"))", "assert_exception")]
    [InlineData("(assert_trap (invoke \"a\") \"m\")", "assert_trap")]
    [InlineData("(assert_trap (module) \"m\")", "assert_uninstantiable")]
    [InlineData("(assert_trap (module instance $i $m) \"m\")", "assert_uninstantiable")]
    [InlineData("(assert_exhaustion (invoke \"a\") \"m\")", "assert_exhaustion")]
    [InlineData("(assert_suspension (invoke \"a\") \"m\")", "assert_suspension")]
    [InlineData("(assert_unlinkable (module) \"m\")", "assert_unlinkable")]
    [InlineData("(assert_malformed (module quote \"x\") \"m\")", "assert_malformed")]
    [InlineData("(assert_invalid (module) \"m\")", "assert_invalid")]
    [InlineData("(assert_malformed_custom (module quote \"x\") \"m\")", "assert_malformed_custom")]
    [InlineData("(assert_invalid_custom (module) \"m\")", "assert_invalid_custom")]
    [InlineData("(thread $t (shared (module $a)) (shared (module $b)) (invoke \"a\"))", "thread")]
    [InlineData("(wait $t)", "wait")]
    [InlineData("(script $s (module) (invoke \"a\"))", "script")]
    [InlineData("(input $s \"f.wast\")", "input")]
    [InlineData("(output \"f.wast\")", "output")]
    [InlineData("(output $s)", "output")]
    [InlineData("((@a) module (@b))", "module")]
    [InlineData("(component (core module))", "component")]
    [InlineData("(assert_return (invoke \"a\") (v128.const f16x8 0 0 0 0 0 0 0 0))", "assert_return")]
    public void Every_command_has_its_kind(string text, string kind) => Assert.Equal(kind, Single(text).Kind);

    [Fact]
    public void What_is_left_out_is_unsupported_and_not_malformed()
    {
        Assert.IsType<UnsupportedCommand>(Single("(component)"));
        Assert.IsType<UnsupportedCommand>(Single("(assert_invalid (component) \"m\")"));
        Assert.Equal("f16x8 is not supported", Assert.IsType<UnsupportedCommand>(Single("(invoke \"a\" (v128.const f16x8 0))")).Reason);
    }

    [Theory]
    [InlineData("(i32.const -1)", "Num { Type = I32, Bits = 4294967295 }")]
    [InlineData("(f32.const -0)", "Num { Type = F32, Bits = 2147483648 }")]
    [InlineData("(f64.const nan:0x4)", "Num { Type = F64, Bits = 9218868437227405316 }")]
    [InlineData("(v128.const i32x4 1 2 3 4)", "Vec { Shape = I32x4, Bits = 0x0000000400000003_0000000200000001 }")]
    [InlineData("(ref.null func)", "Null { Heap = func }")]
    [InlineData("(ref.host 3)", "Host { Number = 3 }")]
    [InlineData("(ref.extern 4)", "Extern { Number = 4 }")]
    public void Arguments(string text, string literal) =>
        Assert.Equal(literal, ((Invoke)((ActionCommand)Single($"(invoke \"f\" {text})")).Action).Arguments.Single().ToString());

    public static TheoryData<string, ResultPattern> Patterns => new()
    {
        { "(i32.const 1)", new ResultPattern.Equal(new Literal.Num(ValKind.I32, 1)) },
        { "(f32.const nan:canonical)", new ResultPattern.Nan(ValKind.F32, NanKind.Canonical) },
        { "(f64.const nan:arithmetic)", new ResultPattern.Nan(ValKind.F64, NanKind.Arithmetic) },
        { "(v128.const i64x2 1 2)", new ResultPattern.Equal(new Literal.Vec(VecShape.I64x2, new V128(1, 2))) },
        { "(v128.const f64x2 nan:canonical 1)", new ResultPattern.Lanes(VecShape.F64x2, [new(0, NanKind.Canonical), new(0x3FF0_0000_0000_0000, null)]) },
        { "(ref.null)", ResultPattern.AnyNull.Instance },
        { "(ref.null any)", new ResultPattern.Equal(new Literal.Null(HeapType.Any)) },
        { "(ref)", new ResultPattern.Ref(RefClass.Any) },
        { "(ref.eq)", new ResultPattern.Ref(RefClass.Eq) },
        { "(ref.i31)", new ResultPattern.Ref(RefClass.I31) },
        { "(ref.struct)", new ResultPattern.Ref(RefClass.Struct) },
        { "(ref.array)", new ResultPattern.Ref(RefClass.Array) },
        { "(ref.func)", new ResultPattern.Ref(RefClass.Func) },
        { "(ref.exn)", new ResultPattern.Ref(RefClass.Exn) },
        { "(ref.extern)", new ResultPattern.Ref(RefClass.Extern) },
        { "(ref.extern 1)", new ResultPattern.Equal(new Literal.Extern(1)) },
        { "(ref.host 2)", new ResultPattern.Equal(new Literal.Host(2)) },
        { "(either (i32.const 1) (either (ref) (ref.null)))", new ResultPattern.Either([
            new ResultPattern.Equal(new Literal.Num(ValKind.I32, 1)),
            new ResultPattern.Either([new ResultPattern.Ref(RefClass.Any), ResultPattern.AnyNull.Instance])]) },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Results(string text, ResultPattern pattern) =>
        Assert.Equal(pattern, ((AssertReturn)Single($"(assert_return (invoke \"f\") {text})")).Results.Single());

    [Theory]
    [InlineData("(foo)", "unknown operator foo", "1:2")]
    [InlineData("()", "unexpected token", "1:2")]
    [InlineData("foo", "unknown operator foo", "1:1")]
    [InlineData("(invoke a)", "unknown operator a", "1:9")]
    [InlineData("(invoke \"f\" (ref.func))", "unexpected token", "1:14")]
    [InlineData("(invoke \"f\" (i32.const 1.5))", "constant out of range", "1:24")]
    [InlineData("(assert_return (invoke \"f\") (i32.const nan:canonical))", "NaN pattern with non-float type", "1:53")]
    [InlineData("(assert_return (invoke \"f\") (v128.const f32x4 nan:canonical))", "wrong number of lane literals", "1:41")]
    [InlineData("(assert_return (invoke \"f\") (either))", "unexpected token", "1:36")]
    [InlineData("(assert_trap (invoke \"f\"))", "unexpected token", "1:26")]
    [InlineData("(assert_trap (module definition) \"m\")", "misplaced module definition", "1:14")]
    [InlineData("(assert_unlinkable (invoke \"f\") \"m\")", "unexpected token", "1:21")]
    [InlineData("(assert_invalid (foo) \"m\")", "unknown operator foo", "1:18")]
    [InlineData("(module (func (call $f)))", "unknown function $f", "1:21")]
    [InlineData("(thread (shared (module)))", "unexpected token", "1:24")]
    public void Malformed(string text, string message, string at)
    {
        var error = Assert.Throws<MalformedException>(() => Single(text));
        Assert.Equal(message, error.Message);
        Assert.Equal(at, error.At.ToString());
    }

    [Fact]
    public void A_bad_command_leaves_the_others_alone()
    {
        var script = Split("(module)\n(assert_return (invoke \"f\" $))\n  (invoke \"open) (\n)\n(wait)");
        Assert.Equal("1:1 module, 2:1 assert_return, 3:3 invoke, 5:1 wait", string.Join(", ", script.Commands.Select(c => $"{c.At} {c.Keyword}")));
        Assert.Null(script.Error);
        Assert.Throws<MalformedException>(() => ScriptParser.Parse(script.Commands[1], Profile.Wasm3));
        Assert.Throws<MalformedException>(() => ScriptParser.Parse(script.Commands[2], Profile.Wasm3));
        Assert.IsType<Wait>(ScriptParser.Parse(script.Commands[3], Profile.Wasm3));
    }

    [Theory]
    [InlineData("(module) (module", 1, "1:10")]
    [InlineData("(module)\n)(module)", 1, "2:1")]
    [InlineData("(module) (; (module)", 1, "1:10")]
    [InlineData("(module) (module (; )", 1, "1:18")]
    public void Unbalanced_input_loses_the_rest(string text, int commands, string at)
    {
        var script = Split(text);
        Assert.Equal(commands, script.Commands.Length);
        Assert.Equal(at, script.Error!.At.ToString());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(";; nothing", 0)]
    [InlineData("(@a (module)) (module) (@b) (; (module) ;) (module)", 2)]
    [InlineData("(invoke \")\\\"(\") (module)", 2)]
    public void Commands_are_cut_by_parentheses(string text, int commands)
    {
        var script = Split(text);
        Assert.Null(script.Error);
        Assert.Equal(commands, script.Commands.Length);
    }

    [Theory]
    [InlineData("(module $m (foo))", "m")]
    [InlineData("(module $\"a b\" binary)", "a b")]
    [InlineData("(module definition $m)", null)]
    [InlineData("(module instance $i $m)", "i")]
    [InlineData("(module instance $m)", null)]
    [InlineData("(module)", null)]
    [InlineData("(func $f)", null)]
    [InlineData("(register $m)", null)]
    public void The_instance_of_a_module_command_is_known_without_parsing_it(string text, string? id) => Assert.Equal(id, Split(text).Commands[0].ModuleId);

    [Fact]
    public void Positions_in_a_module_are_those_of_the_script()
    {
        var command = (ModuleCommand)ScriptParser.Parse(Split("(wait)\n  (module\n    (func nop))").Commands[1], Profile.Wasm3);
        var textual = (Textual)command.Definition;
        Assert.Equal("3:11", textual.Module.Funcs[0].Body.Instrs[0].At.ToString());
        Assert.Equal("(module\n    (func nop))", Encoding.UTF8.GetString(textual.Source.Span));
    }

    [Fact]
    public void Strings_of_modules_are_not_looked_into()
    {
        Assert.Equal([0, (byte)'a', 0xFF], ((Encoded)((ModuleCommand)Single("(module binary \"\\00a\" \"\" \"\\ff\")")).Definition).Bytes.ToArray());
        Assert.Equal("(func \xFF"u8.ToArray().Length, ((Quoted)((ModuleCommand)Single("(module quote \"(func \" \"\xFF\")")).Definition).Text.Length);
    }

    [Fact]
    public void The_commands_of_a_thread_stand_by_themselves()
    {
        var thread = (ThreadCommand)Single("(thread $t (shared (module $m))\n (foo)\n (thread (wait)))");
        Assert.Equal("m", thread.Shared.Single());
        Assert.Equal("2:2 foo, 3:2 thread", string.Join(", ", thread.Commands.Select(c => $"{c.At} {c.Keyword}")));
        var inner = (ThreadCommand)ScriptParser.Parse(thread.Commands[1], Profile.Wasm3);
        Assert.Equal(2, inner.Commands.Single().Depth);
    }

    private static ScriptCommands Split(string text) => ScriptReader.Split(Encoding.UTF8.GetBytes(text));

    private static Command Single(string text) => ScriptParser.Parse(Split(text).Commands.Single(), Profile.Wasm3);
}
