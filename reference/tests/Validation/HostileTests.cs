using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>Modules made to cost time, memory or stack: each is judged in a time proportional to its size.</summary>
public class HostileTests
{
    private static readonly Expr Empty = Body();

    private static Expr Body(params IEnumerable<Instr> instrs) => new([.. instrs, new Plain(Op.End)]);

    private static RecType Single(CompType type) => new([new SubType(type)]);

    private static RecType Sub(HeapType? super, CompType type) => new([new SubType(false, super is { } t ? [t] : [], type)]);

    private static ModuleInfo Validate(Module module) => Validator.Validate(module, new Engine(), Profile.All);

    private static InvalidException Invalid(Module module) => Assert.Throws<InvalidException>(() => Validate(module));

    [Fact]
    public void Locals_are_not_expanded()
    {
        var module = new Module
        {
            Types = [Single(FuncType.Empty)],
            Funcs =
            [
                .. Enumerable.Range(0, 1000).Select(_ => new Func(0,
                    [new Locals(1_000_000_000, ValType.I32), new Locals(1_000_000_000, ValType.F64), new Locals(1_000_000_000, ValType.RefNonNull(HeapType.Any))],
                    Body(new Idx(Op.LocalGet, 999_999_999), new Plain(Op.I32Eqz), new Plain(Op.Drop), new Idx(Op.LocalGet, 1_999_999_999), new Plain(Op.F64Neg), new Plain(Op.Drop)))),
            ],
        };
        Validate(module);
        var bad = module with { Funcs = [module.Funcs[0] with { Body = Body(new Idx(Op.LocalGet, 2_000_000_000)) }] };
        Assert.Equal("uninitialized local 2000000000", Invalid(bad).Message);
        bad = module with { Funcs = [module.Funcs[0] with { Body = Body(new Idx(Op.LocalGet, 3_000_000_000)) }] };
        Assert.Equal("unknown local 3000000000", Invalid(bad).Message);
    }

    [Fact]
    public void A_million_nested_blocks()
    {
        const int Depth = 1_000_000;
        var instrs = Enumerable.Repeat<Instr>(new Block(Op.Block, BlockType.Empty), Depth)
            .Append(new Idx(Op.Br, Depth)).Concat(Enumerable.Repeat<Instr>(new Plain(Op.End), Depth));
        Validate(new Module { Types = [Single(FuncType.Empty)], Funcs = [new Func(0, [], Body(instrs))] });
    }

    [Fact]
    public void A_branch_table_with_a_million_labels_of_many_types()
    {
        var many = new FuncType([], [.. Enumerable.Repeat(ValType.I32, 1000)]);
        var labels = Enumerable.Range(0, 1_000_000).Select(i => (uint)(i % 2)).ToImmutableArray();
        var body = Body(new Block(Op.Block, BlockType.Idx(0)), new Plain(Op.Unreachable), new BrTable(Op.BrTable, labels, 0), new Plain(Op.End));
        Validate(new Module { Types = [Single(many)], Funcs = [new Func(0, [], body)] });
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_super_types()
    {
        const uint Length = 100_000;
        var types = Enumerable.Range(0, (int)Length).Select(i => Sub(i == 0 ? null : HeapType.Idx((uint)i - 1), new StructType([]))).ToImmutableArray();
        var info = Validate(new Module { Types = types });
        Assert.True(info.Types[^1].IsSubTypeOf(info.Types[0]));
        Assert.False(info.Types[0].IsSubTypeOf(info.Types[^1]));
        Assert.Equal((int)Length - 1, info.Types[^1].Depth);
    }

    [Fact]
    public void A_group_of_a_hundred_thousand_types()
    {
        var types = Enumerable.Range(0, 100_000).Select(i => new SubType(new StructType([new FieldType(false, new StorageType(ValType.RefNull(HeapType.Idx((uint)(i * 7 % 100_000)))))])));
        var engine = new Engine();
        var module = new Module { Types = [new RecType([.. types])] };
        Assert.Same(Validator.Validate(module, engine, Profile.All).Types[5], Validator.Validate(module, engine, Profile.All).Types[5]);
    }

    [Fact]
    public void Defaults_of_a_large_structure_are_looked_at_once()
    {
        var large = new StructType([.. Enumerable.Repeat(new FieldType(false, new StorageType(ValType.I32)), 100_000)]);
        var body = Body(Enumerable.Repeat<Instr[]>([new Idx(Op.StructNewDefault, 1), new Plain(Op.Drop)], 100_000).SelectMany(i => i));
        Validate(new Module { Types = [Single(FuncType.Empty), Single(large)], Funcs = [new Func(0, [], body)] });
    }

    [Fact]
    public void Types_as_deep_as_the_module_is_long_are_reported_in_a_few_words()
    {
        var types = Enumerable.Range(0, 1000).Select(i => Single(new StructType(i == 0 ? [] :
            [.. Enumerable.Repeat(new FieldType(false, new StorageType(ValType.RefNull(HeapType.Idx((uint)i - 1)))), 2)])))
            .Append(Single(FuncType.Empty));
        var module = new Module { Types = [.. types], Funcs = [new Func(1000, [], Body(new RefNull(Op.RefNull, HeapType.Idx(999)), new Plain(Op.I32Eqz)))] };
        Assert.Equal("type mismatch: instruction requires [i32] but stack has [(ref null 999)]", Invalid(module).Message);
    }

    [Theory]
    [InlineData(1000, 1000, null)]
    [InlineData(1001, 0, "too many parameters")]
    [InlineData(0, 1001, "too many results")]
    public void Function_types_are_as_long_as_engines_allow(int @params, int results, string? message)
    {
        var type = new FuncType([.. Enumerable.Repeat(ValType.I32, @params)], [.. Enumerable.Repeat(ValType.I64, results)]);
        var module = new Module { Types = [Single(type)] };
        if (message is null) Validate(module);
        else Assert.StartsWith(message, Invalid(module).Message);
    }

    [Fact]
    public void Bodies_that_no_decoder_makes_are_refused_too()
    {
        Instr[][] bodies =
        [
            [],
            [new Plain(Op.Nop)],
            [new Plain(Op.End), new Plain(Op.End)],
            [new Plain(Op.End), new Plain(Op.Nop)],
            [new Plain(Op.Else), new Plain(Op.End)],
            [new Idx(Op.Catch, 0), new Plain(Op.End)],
            [new Plain(Op.CatchAll), new Plain(Op.End)],
            [new Idx(Op.Delegate, 0), new Plain(Op.End)],
            [new Block(Op.If, BlockType.Empty), new Plain(Op.Else), new Plain(Op.Else), new Plain(Op.End), new Plain(Op.End)],
        ];
        foreach (var body in bodies)
            Invalid(new Module { Types = [Single(FuncType.Empty)], Funcs = [new Func(0, [], new Expr([.. body]))] });
        Assert.Equal("sub type 1 has more than one super type",
            Invalid(new Module { Types = [Sub(null, FuncType.Empty), new RecType([new SubType(false, [HeapType.Idx(0), HeapType.Idx(0)], FuncType.Empty)])] }).Message);
        Validate(new Module { Types = [Single(FuncType.Empty)], Funcs = [new Func(0, [], Empty)] });
    }
}
