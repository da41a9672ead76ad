using System.Text;
using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Findings;
using Conformance.Fuzz.Generating;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Validation;

namespace Conformance.Fuzz.Tests.Findings;

public sealed class ReducerTests
{
    private const string Noise = """
        (module
          (type $s (sub (struct (field (mut i32)))))
          (type $t (sub $s (struct (field (mut i32)) (field i64))))
          (import "host" "emit32" (func $emit (param i32)))
          (import "host" "emit64" (func $emit64 (param i64)))
          (memory (export "mem") 1) (memory $other 2)
          (table $unused 3 funcref)
          (table $table 3 funcref)
          (global $g (mut i32) (i32.const 7))
          (elem (table $table) (i32.const 0) func $helper $helper)
          (elem declare func $helper)
          (data (i32.const 8) "abcdefgh")
          (func $helper (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
          (func (export "f") (param i32 i32) (result i32) (local i64 f32 f64)
            (block (result i32)
              (if (local.get 0) (then (call $emit (local.get 1))) (else (global.set $g (i32.const 9))))
              (loop (br_if 1 (i32.const 1) (i32.eqz (local.get 0))) (drop))
              (i32.add (call $helper (i32.const 4)) (i32.rotl (i32.load (i32.and (local.get 0) (i32.const 0xfff))) (i32.const 33)))))
          (func (export "g") (drop (struct.new_default $t)) (drop (ref.func $helper))))
        """;

    private static FuzzCase Case(string text, params CaseAction[] actions) => new()
    {
        Modules = [new FuzzModule(TextParser.ParseModule(Encoding.UTF8.GetBytes(text), Profile.Wasm3) with { Customs = [] })],
        Actions = [.. actions],
        Features = Features.Wasm3,
    };

    private static Reduction Reduce(FuzzCase found, Func<FuzzCase, bool> interesting) => new Reducer(interesting, TimeSpan.FromMinutes(1)).Reduce(found);

    private static bool Has(FuzzCase c, Op op) => c.Modules.Any(m => m.Syntax!.Funcs.Any(f => f.Body.Instrs.Any(i => i.Op == op)));

    [Fact]
    public void What_is_not_needed_goes()
    {
        var found = Case(Noise, new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "g", []), new CaseAction.Invoke(0, "f", [Value.I32(3), Value.I32(4)]), new CaseAction.Digest(0, "mem"));
        var reduction = Reduce(found, c => Has(c, Op.I32Rotl) && c.Actions.Any(a => a is CaseAction.Invoke { Name: "f" }) && c.Modules[0].Syntax!.Exports.Any(e => e.Name == "f"));

        Assert.True(reduction.IsMinimal);
        Assert.Equal("f()", string.Join(" ", reduction.Case.Actions.OfType<CaseAction.Invoke>().Select(i => $"{i.Name}({string.Join(' ', i.Args)})")));
        Assert.Equal("i32.const i32.const i32.rotl end", string.Join(" ", reduction.Case.Modules[0].Syntax!.Funcs[0].Body.Instrs));
        Assert.Equal(3, reduction.Instrs);
        var module = reduction.Case.Modules[0].Syntax!;
        Assert.Empty(module.Imports);
        Assert.Empty(module.Mems);
        Assert.Empty(module.Tables);
        Assert.Empty(module.Globals);
        Assert.Single(module.Funcs);
        Assert.Single(module.Types);
    }

    [Fact]
    public void Valid_modules_stay_valid()
    {
        var found = Case(Noise, new CaseAction.Instantiate(0));
        Reduce(found, c =>
        {
            Validator.Validate(BinaryDecoder.Decode(c.Modules[0].Bytes, Profile.Wasm3), new Engine(), Profile.Wasm3);
            return c.Actions.Length == 1 && c.Modules.Length == 1 && Has(c, Op.I32Load);
        });
    }

    [Fact]
    public void No_candidate_is_tried_twice_and_each_is_smaller_than_the_best()
    {
        var tried = new HashSet<string>();
        var found = Case(Noise, new CaseAction.Instantiate(0), new CaseAction.Invoke(0, "g", []));
        int best = found.Modules[0].Bytes.Length;
        Reduce(found, c =>
        {
            Assert.True(tried.Add(Convert.ToHexString(c.Modules.IsEmpty ? [] : c.Modules[0].Bytes) + string.Join(';', c.Actions)));
            bool keep = Has(c, Op.StructNewDefault);
            if (keep) Assert.InRange(c.Modules[0].Bytes.Length, 0, best);
            return keep;
        });
    }

    [Fact]
    public void Trimming_renumbers_what_stays()
    {
        var module = Case(Noise).Modules[0].Syntax!;
        var trimmed = ModuleTrim.Unused(module with { Exports = [module.Exports.Single(e => e.Name == "g")], Datas = [], Elems = [module.Elems[1]] });

        Validator.Validate(trimmed, new Engine(), Profile.Wasm3);
        Assert.Equal(2, trimmed.Funcs.Length);
        Assert.Empty(trimmed.Mems);
        Assert.Empty(trimmed.Tables);
        Assert.Single(trimmed.Elems);
    }

    [Fact]
    public void An_instance_takes_what_acts_on_it_with_it()
    {
        var found = Case(Noise, new CaseAction.Instantiate(0, "a"), new CaseAction.Instantiate(0, "b"), new CaseAction.Invoke(0, "g", []), new CaseAction.Invoke(1, "g", []));
        var reduction = Reduce(found, c => c.Actions.Any(a => a is CaseAction.Instantiate { As: "b" }) && c.Actions.Any(a => a is CaseAction.Invoke));

        Assert.Equal([new CaseAction.Instantiate(0, "b"), new CaseAction.Invoke(0, "g", [])], reduction.Case.Actions, (a, b) => a.ToString() == b.ToString());
    }

    [Fact]
    public void Bytes_that_are_no_module_lose_sections_and_what_is_in_them()
    {
        byte[] bytes = [.. Case(Noise).Modules[0].Bytes];
        // A custom section whose name is none.
        bytes = [.. bytes, 0, 9, 5, (byte)'a', 0xFF, (byte)'b', (byte)'c', (byte)'d', 1, 2, 3];
        var reduction = Reduce(new FuzzCase { Modules = [new FuzzModule(bytes)], Actions = [new CaseAction.Load(0)], Features = Features.Wasm3, MayBeRefused = true }, c =>
            c.Actions.Length == 1 && Record.Exception(() => BinaryDecoder.Decode(c.Modules[0].Bytes, Profile.Wasm3)) is MalformedException { Message: var message } && message.Contains("UTF-8", StringComparison.Ordinal));

        Assert.True(reduction.IsMinimal);
        Assert.InRange(reduction.Case.Modules[0].Bytes.Length, 12, 16);
    }

    [Fact]
    public void What_a_module_that_is_none_does_not_need_goes_though_nothing_uses_what_it_needs()
    {
        var found = Case($"{Noise[..^1]} (func (result i64) (i32.const 1)))", new CaseAction.Load(0));
        var reduction = Reduce(found, c =>
        {
            var error = c.Modules.IsEmpty ? null : Record.Exception(() => Validator.Validate(c.Modules[0].Syntax!, new Engine(), Profile.Wasm3));
            return error is InvalidException { Message: var message } && message.Contains("[i64]", StringComparison.Ordinal);
        });

        var module = reduction.Case.Modules[0].Syntax!;
        Assert.Equal("end", string.Join(" ", Assert.Single(module.Funcs).Body.Instrs));
        Assert.Empty(module.Exports);
        Assert.Empty(module.Mems);
        Assert.Empty(module.Elems);
        Assert.Single(module.Types);
    }
}
