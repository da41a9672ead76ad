using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>Matching (3.3), stated in the text format's words over one module's types.</summary>
public class MatchingTests
{
    private const string Types =
        """
        (type $f (sub (func)))
        (type $g (sub $f (func)))
        (type $s (sub (struct (field i32))))
        (type $t (sub $s (struct (field i32) (field i64))))
        (type $a (array i32))
        (type $c (cont $f))
        """;

    private static readonly string[] Kinds = ["any", "eq", "i31", "struct", "array", "none", "func", "nofunc", "exn", "noexn", "extern", "noextern", "cont",
        "nocont", "$f", "$g", "$s", "$t", "$a", "$c", "(exact $f)", "(exact $g)", "(exact $s)", "(exact $t)"];

    /// <summary>Each heap type with all heap types that it matches.</summary>
    private static readonly Dictionary<string, string> Above = new()
    {
        ["any"] = "any",
        ["eq"] = "eq any",
        ["i31"] = "i31 eq any",
        ["struct"] = "struct eq any",
        ["array"] = "array eq any",
        ["none"] = "none any eq i31 struct array $s $t $a (exact~$s) (exact~$t)",
        ["func"] = "func",
        ["nofunc"] = "nofunc func $f $g (exact~$f) (exact~$g)",
        ["exn"] = "exn",
        ["noexn"] = "noexn exn",
        ["extern"] = "extern",
        ["noextern"] = "noextern extern",
        ["cont"] = "cont",
        ["nocont"] = "nocont cont $c",
        ["$f"] = "$f func",
        ["$g"] = "$g $f func",
        ["$s"] = "$s struct eq any",
        ["$t"] = "$t $s struct eq any",
        ["$a"] = "$a array eq any",
        ["$c"] = "$c cont",
        ["(exact $f)"] = "(exact~$f) $f func",
        ["(exact $g)"] = "(exact~$g) $g $f func",
        ["(exact $s)"] = "(exact~$s) $s struct eq any",
        ["(exact $t)"] = "(exact~$t) $t $s struct eq any",
    };

    [Fact]
    public void Heap_types_match_as_their_hierarchies_say()
    {
        var globals = Wat.Validate($"(module {Types} {string.Concat(Kinds.Select(k => $"(import \"m\" \"g\" (global (ref {k})))"))})").Globals;
        for (int i = 0; i < Kinds.Length; i++)
        {
            var above = Above[Kinds[i]].Split(' ').Select(k => k.Replace('~', ' ')).ToHashSet();
            for (int j = 0; j < Kinds.Length; j++)
            {
                RefType rt1 = globals[i].Val.Ref, rt2 = globals[j].Val.Ref;
                bool expected = above.Contains(Kinds[j]);
                Assert.True(expected == Matching.Match(rt1.Heap, rt2.Heap), $"{Kinds[i]} matches {Kinds[j]}: {!expected}");
                Assert.Equal(expected, Matching.Match(rt1, rt2 with { Nullable = true }));
                Assert.False(Matching.Match(rt1 with { Nullable = true }, rt2));
                if (expected) Assert.Equal(Matching.Top(rt1.Heap), Matching.Top(rt2.Heap));
            }
            var heap = globals[i].Val.Ref.Heap;
            Assert.True(Matching.Match(HeapType.Bot, heap));
            Assert.False(Matching.Match(heap, HeapType.Bot));
            Assert.True(Matching.Match(heap, Matching.Top(heap)));
            Assert.True(Matching.Match(Matching.Bottom(heap), heap));
        }
    }

    [Theory]
    [InlineData("i32", "i32", true)]
    [InlineData("i32", "i64", false)]
    [InlineData("v128", "f64", false)]
    [InlineData("funcref", "i32", false)]
    [InlineData("(ref func)", "funcref", true)]
    [InlineData("funcref", "(ref func)", false)]
    [InlineData("nullref", "(ref null $t)", true)]
    [InlineData("(mut (ref $t))", "(mut (ref $s))", false)]
    [InlineData("(mut (ref $t))", "(mut (ref $t))", true)]
    [InlineData("(mut i32)", "i32", false)]
    [InlineData("i32", "(mut i32)", false)]
    public void Global_types(string gt1, string gt2, bool expected) => Externs($"(global {gt1})", $"(global {gt2})", expected);

    [Theory]
    [InlineData("1", "0", true)]
    [InlineData("0", "1", false)]
    [InlineData("1 2", "1", true)]
    [InlineData("1", "1 2", false)]
    [InlineData("1 2", "1 2", true)]
    [InlineData("1 3", "1 2", false)]
    [InlineData("1 2", "0 3", true)]
    [InlineData("i64 1", "1", false)]
    [InlineData("i64 1", "i64 1", true)]
    [InlineData("1 1 shared", "1 1", false)]
    [InlineData("1 1", "1 1 shared", false)]
    [InlineData("1 1 shared", "1 1 shared", true)]
    [InlineData("1 (pagesize 1)", "1", false)]
    [InlineData("1 (pagesize 1)", "1 (pagesize 1)", true)]
    public void Memory_types(string mt1, string mt2, bool expected) => Externs($"(memory {mt1})", $"(memory {mt2})", expected);

    [Theory]
    [InlineData("1 funcref", "0 funcref", true)]
    [InlineData("1 (ref null $g)", "1 (ref null $f)", false)]
    [InlineData("1 (ref null $g)", "1 (ref null $g)", true)]
    [InlineData("i64 1 funcref", "1 funcref", false)]
    public void Table_types(string tt1, string tt2, bool expected) => Externs($"(table {tt1})", $"(table {tt2})", expected);

    [Theory]
    [InlineData("(func (type $g))", "(func (type $f))", true)]
    [InlineData("(func (type $f))", "(func (type $g))", false)]
    [InlineData("(func (type $f))", "(func (exact (type $f)))", false)]
    [InlineData("(func (exact (type $g)))", "(func (exact (type $f)))", false)]
    [InlineData("(func (exact (type $g)))", "(func (type $f))", true)]
    [InlineData("(tag (type $f))", "(tag (type $f))", true)]
    [InlineData("(tag (type $g))", "(tag (type $f))", false)]
    [InlineData("(tag (type $f))", "(func (type $f))", false)]
    [InlineData("(memory 1)", "(table 1 funcref)", false)]
    public void Other_extern_types(string xt1, string xt2, bool expected) => Externs(xt1, xt2, expected);

    [Theory]
    [InlineData("(func (param anyref) (result (ref i31)))", "(func (param (ref i31)) (result anyref))", true)]
    [InlineData("(func (param (ref i31)))", "(func (param anyref))", false)]
    [InlineData("(func (result anyref))", "(func (result (ref i31)))", false)]
    [InlineData("(func (param i32))", "(func)", false)]
    [InlineData("(struct (field i32) (field i64))", "(struct (field i32))", true)]
    [InlineData("(struct (field i32))", "(struct (field i32) (field i64))", false)]
    [InlineData("(struct (field (ref i31)))", "(struct (field anyref))", true)]
    [InlineData("(struct (field (mut (ref i31))))", "(struct (field (mut anyref)))", false)]
    [InlineData("(struct (field (mut i32)))", "(struct (field i32))", false)]
    [InlineData("(struct (field i8))", "(struct (field i32))", false)]
    [InlineData("(struct (field i8))", "(struct (field i8))", true)]
    [InlineData("(array (ref i31))", "(array anyref)", true)]
    [InlineData("(array i8)", "(array i16)", false)]
    [InlineData("(array i32)", "(struct (field i32))", false)]
    [InlineData("(cont $g)", "(cont $f)", true)]
    [InlineData("(cont $f)", "(cont $g)", false)]
    public void Composite_types(string ct1, string ct2, bool expected)
    {
        var types = Wat.Validate($"(module {Types} (type {ct1}) (type {ct2}))").Types;
        Assert.Equal(expected, Matching.Match(types[^2].Expand, types[^1].Expand));
        // Declared, the first may be a subtype of the second exactly then.
        string declared = $"(module {Types} (type $super (sub {ct2})) (type (sub $super {ct1})))";
        if (expected) Wat.Validate(declared);
        else Wat.AssertInvalid("sub type 7 does not match super type 6", declared);
    }

    [Fact]
    public void Bot_matches_every_value_type_and_none_matches_it()
    {
        ImmutableArray<ValType> types = [ValType.I32, ValType.F64, ValType.V128, ValType.FuncRef];
        Assert.All(types, t => Assert.True(Matching.Match(ValType.Bot, t)));
        Assert.All(types, t => Assert.False(Matching.Match(t, ValType.Bot)));
    }

    [Theory]
    [InlineData("i32", true)]
    [InlineData("v128", true)]
    [InlineData("externref", true)]
    [InlineData("(ref extern)", false)]
    public void Defaultable(string type, bool expected) =>
        Assert.Equal(expected, Matching.Defaultable(Wat.Validate($"(module (import \"m\" \"g\" (global {type})))").Globals[0].Val));

    private static void Externs(string xt1, string xt2, bool expected)
    {
        var imports = Wat.Validate($"(module {Types} (import \"m\" \"1\" {xt1}) (import \"m\" \"2\" {xt2}))").Imports;
        Assert.Equal(expected, Matching.Match(imports[0], imports[1]));
        Assert.True(Matching.Match(imports[0], imports[0]));
    }
}
