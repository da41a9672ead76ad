using System.Text;
using Conformance.Fuzz.Findings;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Fuzz.Tests.Findings;

/// <summary>Texts become as small as what is asked of them allows, whatever is between their words.</summary>
public class TextReducerTests
{
    private const string Source = """
        (module ;; with a parenthesis ( in a comment
          (type $t (func (param i32) (result i32))) (; and (; another ;) ) ;)
          (memory 1) (data (i32.const 0) "a string (\") with ;; all of it")
          (func $f (type $t) (i32.add (local.get 0) (i32.const 1)))
          (func (export "g") (result i32)
            (local i32)
            (call $f (i32.mul (i32.const 2) (i32.const 3)))))
        """;

    private static bool Parses(byte[] text)
    {
        try
        {
            TextParser.ParseModule(text, Profile.All);
            return true;
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("i32.mul", "(module(func(i32.mul)))")]
    [InlineData("with ;; all", """(module(data "a string (\") with ;; all of it"))""")]
    [InlineData("another", "(module(;and (; another ;) ) ;)\n(memory 1))")]
    public void The_smallest_text_with_a_word_is_found(string word, string smallest)
    {
        var reduction = new TextReducer(text => Parses(text) && Encoding.UTF8.GetString(text).Contains(word, StringComparison.Ordinal), TimeSpan.FromMinutes(5)).Reduce(Encoding.UTF8.GetBytes(Source));
        Assert.Equal(smallest.Replace(" ", "", StringComparison.Ordinal), Encoding.UTF8.GetString(reduction.Text).Replace(" ", "", StringComparison.Ordinal));
        Assert.True(reduction.IsMinimal);
        Assert.True(Parses(reduction.Text));
    }

    [Fact]
    public void What_nothing_may_be_cut_from_stays_byte_for_byte()
    {
        byte[] text = Encoding.UTF8.GetBytes(Source);
        Assert.Equal(text, new TextReducer(t => t.AsSpan().SequenceEqual(text), TimeSpan.FromMinutes(5)).Reduce(text).Text);
    }

    [Theory]
    [InlineData("(module")]
    [InlineData("(module))")]
    [InlineData("(; (module)")]
    [InlineData("\"")]
    public void A_text_that_is_none_is_left_alone(string text) =>
        Assert.Equal(text, Encoding.UTF8.GetString(new TextReducer(t => Encoding.UTF8.GetString(t) == text, TimeSpan.FromMinutes(5)).Reduce(Encoding.UTF8.GetBytes(text)).Text));
}
