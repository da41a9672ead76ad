using System.Text;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Wasm.Text.Tests;

/// <summary>Nesting costs memory, never the call stack.</summary>
public class NestingTests
{
    private const int Depth = 1_000_000;

    [Theory]
    [InlineData("block ", "", "end ")]
    [InlineData("(block ", "", ")")]
    [InlineData("(i32.eqz ", "(i32.const 0)", ")")]
    [InlineData("(if (then ", "", "))")]
    [InlineData("block $a ", "br $a", " end $a ")]
    public void Instructions(string open, string middle, string close)
    {
        var module = Parse($"(func {Repeat(open)}{middle}{Repeat(close)})");
        Assert.True(module.Funcs[0].Body.Instrs.Length >= Depth);
    }

    [Theory]
    [InlineData("(", "unexpected token")]
    [InlineData("(func (", "unexpected token")]
    [InlineData("(rec ", "unexpected token")]
    [InlineData("(@a ", "unclosed annotation")]
    [InlineData("(;", "unclosed comment")]
    public void What_is_never_closed_is_an_error(string open, string message) =>
        Assert.Equal(message, Assert.Throws<MalformedException>(() => Parse(Repeat(open))).Message);

    [Theory]
    [InlineData("(@a ", ")")]
    [InlineData("(; ", ";)")]
    public void What_is_skipped_may_nest(string open, string close) => Assert.Empty(Parse(Repeat(open) + Repeat(close)).Funcs);

    [Fact]
    public void Alternatives_of_results_may_nest()
    {
        var commands = ScriptReader.Split(Encoding.UTF8.GetBytes($"(assert_return (invoke \"f\") {Repeat("(either ")}(i32.const 1){Repeat(")")})"));
        Assert.IsType<AssertReturn>(ScriptParser.Parse(commands.Commands[0], Profile.Wasm3));
    }

    [Fact]
    public void Scripts_in_scripts_end_in_an_error()
    {
        var command = ScriptReader.Split(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("(script ", 1000)) + new string(')', 1000))).Commands[0];
        for (int depth = 0; depth < ScriptParser.MaxDepth; depth++)
            command = ((ScriptCommand)ScriptParser.Parse(command, Profile.Wasm3)).Commands[0];
        command = ((ScriptCommand)ScriptParser.Parse(command, Profile.Wasm3)).Commands[0];
        var error = Assert.Throws<MalformedException>(() => ScriptParser.Parse(command, Profile.Wasm3));
        Assert.Contains("nested deeper", error.Message);
    }

    private static Module Parse(string text) => TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.Wasm3);

    private static string Repeat(string text) => new StringBuilder(text.Length * Depth).Insert(0, text, Depth).ToString();
}
