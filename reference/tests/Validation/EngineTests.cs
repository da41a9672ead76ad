using System.Runtime.CompilerServices;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>Canonical types: equality is iso-recursive and is equality of references, across modules of one engine.</summary>
public class EngineTests
{
    [Theory]
    // The types 0 and the last are the same.
    [InlineData("(type (func)) (type (func))")]
    [InlineData("(type (func (param i32 f64) (result v128))) (type (func (param i32 f64) (result v128)))")]
    [InlineData("(rec (type $a (struct (field (ref null $a))))) (rec (type $b (struct (field (ref null $b)))))")]
    [InlineData("(rec (type $a (func (param (ref $b)))) (type $b (struct))) (rec (type $c (func (param (ref $d)))) (type $d (struct)))", true, 0, 2)]
    [InlineData("(type $f (func)) (type $s (struct (field (ref $f)))) (type $g (func)) (type (struct (field (ref $g))))", true, 1, 3)]
    [InlineData("(rec (type $a (struct)) (type (array (ref $a)))) (rec (type $b (struct)) (type (array (ref $b))))", true, 1, 3)]
    [InlineData("(type (sub final (func))) (type (func))")]
    [InlineData("(type $f (func)) (type $c (cont $f)) (type (cont $f))", true, 1, 2)]
    [InlineData("(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct))) (rec (type $c (descriptor $d) (struct)) (type $d (describes $c) (struct)))", true, 1, 3)]
    // These are not.
    [InlineData("(type (func)) (type (func (param i32)))", false)]
    [InlineData("(type (sub (func))) (type (func))", false)]
    [InlineData("(rec (type $a (struct)) (type $b (struct))) (type (struct))", false)]
    [InlineData("(rec (type $a (struct)) (type $b (struct)))", false)]
    [InlineData("(type $a (struct (field (mut i32)))) (type (struct (field i32)))", false)]
    [InlineData("(type $a (array i8)) (type (array i16))", false)]
    [InlineData("(type $a (array i32)) (type (array i8))", false)]
    [InlineData("(rec (type $a (struct (field (ref $a)))) (type $b (struct (field (ref $a)))))", false)]
    [InlineData("(type $p (sub (struct))) (type $s (sub $p (struct))) (type (sub (struct)))", false, 1, 2)]
    [InlineData("(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct))) (rec (type $c (struct)) (type $d (struct)))", false, 0, 2)]
    [InlineData("(rec (type $a (struct (field (ref $a)))) (type $b (struct (field (ref (exact $a))))))", false)]
    public void Types_are_equal_when_their_groups_are(string types, bool equal = true, int x = 0, int y = -1)
    {
        var found = Wat.Validate($"(module {types})").Types;
        Assert.Equal(equal, ReferenceEquals(found[x], y < 0 ? found[^1] : found[y]));
    }

    [Fact]
    public void Equal_types_of_different_modules_are_one_object_and_of_different_engines_are_not()
    {
        const string Text = "(module (rec (type $a (struct (field (ref null $b)))) (type $b (array (ref $a)))))";
        var engine = new Engine();
        var types = Wat.Validate(Text, engine: engine).Types;
        Assert.True(types.SequenceEqual(Wat.Validate(Text, engine: engine).Types));
        Assert.DoesNotContain(types[0], Wat.Validate(Text).Types);
    }

    [Fact]
    public void A_function_type_by_itself_is_the_type_of_a_plain_definition()
    {
        var engine = new Engine();
        var type = Wat.Validate("(module (type (func (param i32) (result i64))))", engine: engine).Types[0];
        Assert.Same(type, engine.Of(new FuncType([ValType.I32], [ValType.I64])));
        Assert.NotSame(type, engine.Of(FuncType.Empty));
    }

    [Fact]
    public void Unrolling_puts_defined_types_for_group_indices()
    {
        var types = Wat.Validate("(module (rec (type $a (sub (struct (field (ref null $b))))) (type $b (sub $a (struct (field (ref null $b)))))))").Types;
        Assert.Equal(HeapType.Rec(1), ((StructType)types[0].Rolled.Comp).Fields[0].Storage.Val.Ref.Heap);
        Assert.Equal(HeapType.Of(types[1]), ((StructType)types[0].Expand).Fields[0].Storage.Val.Ref.Heap);
        Assert.Equal((0, 1, 2), (types[0].Index, types[1].Index, types[1].GroupSize));
        Assert.Same(types[0], types[1].Super);
        Assert.Equal((0, 1), (types[0].Depth, types[1].Depth));
    }

    [Fact]
    public void Descriptors_are_filled_in()
    {
        var types = Wat.Validate("(module (rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (descriptor $c) (struct)) (type $c (describes $b) (struct))))").Types;
        Assert.Equal([types[1], types[2], null], types.Select(t => t.Descriptor));
        Assert.Equal([null, types[0], types[1]], types.Select(t => t.Describes));
    }

    [Fact]
    public void Types_are_held_weakly()
    {
        var engine = new Engine();
        var kept = Wat.Validate("(module (rec (type $s (struct (field i64))) (type $t (struct (field (ref $s))))))", engine: engine).Types[1];
        Fill(engine);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(1, engine.CountGroups());

        // One type alive keeps its whole group.
        Assert.Same(kept, Wat.Validate("(module (rec (type $s (struct (field i64))) (type $t (struct (field (ref $s))))))", engine: engine).Types[1]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(Engine engine)
    {
        var types = new List<DefType>();
        for (int i = 0; i < 5000; i++)
            types.Add(engine.Of(new FuncType([.. Enumerable.Range(0, 13).Select(bit => (i >> bit & 1) == 0 ? ValType.I32 : ValType.I64)], [])));
        Assert.Equal(5000, types.Distinct().Count());
        Assert.Equal(5001, engine.CountGroups());
        foreach (var type in types)
            Assert.Same(type, engine.Of((FuncType)type.Expand));
    }

    [Fact]
    public void Threads_that_roll_the_same_types_get_the_same_objects()
    {
        var engine = new Engine();
        var found = new DefType[8][];
        Parallel.For(0, found.Length, t => found[t] =
            [.. Enumerable.Range(0, 500).Select(i => engine.Of(new FuncType([.. Enumerable.Repeat(ValType.F32, i)], [])))]);
        Assert.All(found, types => Assert.Equal(found[0], types));
    }

    [Fact]
    public void Every_super_type_of_a_long_chain_is_found()
    {
        // Two chains of 300 that part in the middle.
        var text = new System.Text.StringBuilder("(module (type $a0 (sub (struct)))");
        for (int i = 1; i < 300; i++)
            text.Append($"(type $a{i} (sub $a{i - 1} (struct)))");
        text.Append("(type $b150 (sub $a149 (struct (field i32))))");
        for (int i = 151; i < 300; i++)
            text.Append($"(type $b{i} (sub $b{i - 1} (struct (field i32))))");
        var types = Wat.Validate(text.Append(')').ToString()).Types;
        for (int i = 0; i < 300; i++)
        {
            for (int j = 0; j < 300; j++)
            {
                Assert.Equal(j <= i, types[i].IsSubTypeOf(types[j]));
                if (i < 150) continue;
                Assert.Equal(j < 150, types[150 + i].IsSubTypeOf(types[j]));
                Assert.False(types[j].IsSubTypeOf(types[150 + i]));
            }
        }
    }

    [Fact]
    public void A_type_is_shown_without_the_types_below_it()
    {
        var text = new System.Text.StringBuilder("(module (type (struct))");
        for (int i = 0; i < 200; i++)
            text.Append($"(type (struct (field (ref {i}) (ref null {i}))))");
        var types = Wat.Validate(text.Append(')').ToString()).Types;
        Assert.Equal("(struct (field (ref (type struct))) (field (ref null (type struct))))", types[^1].ToString());
    }
}
