using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>Every row of the instruction table validates in at least one use; rows with a type also refuse wrong operands.</summary>
public class InstructionTests
{
    private const string Definitions =
        """
        (type $f (func (param i32) (result i32)))
        (type $v (func))
        (type $s (struct (field (mut i32)) (field (mut i8))))
        (type $a (array (mut i32)))
        (type $b (array (mut i8)))
        (type $r (array (mut funcref)))
        (rec (type $d (descriptor $e) (struct (field i32))) (type $e (describes $d) (struct)))
        (type $vc (cont $v))
        (type $fc (cont $f))
        (type $sf (func (param (ref null $vc))))
        (type $sc (cont $sf))
        (memory 1) (memory i64 1)
        (table 1 funcref) (table i64 1 funcref)
        (global (mut i32) (i32.const 0))
        (tag $ex (param i32)) (tag $y) (tag $yf (param i32) (result i32))
        (data "a")
        (elem funcref (ref.null func)) (elem declare func $id)
        (func $id (type $f) (local.get 0))
        (func $nop)
        """;

    /// <summary>One local of each type that a row takes.</summary>
    private static readonly ImmutableArray<ValType> Locals =
    [
        ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.FuncRef,
        ValType.RefNull(HeapType.Eq), ValType.RefNull(HeapType.I31), ValType.RefNull(HeapType.Array),
    ];

    /// <summary>A valid use of each instruction that has a rule of its own; some in a function with parameters.</summary>
    private static readonly string[] Uses =
    [
        "unreachable",
        "block end",
        "loop (param i32) (result i32) br 0 end|(param i32) (result i32)|local.get 0",
        "i32.const 0 if nop else nop end",
        "i32.const 1 i32.const 0 if (param i32) (result i32) end drop",
        "try nop catch $ex drop rethrow 0 catch_all rethrow 0 end",
        "try try throw $y delegate 0 catch_all end",
        "i32.const 1 throw $ex",
        "ref.null exn throw_ref",
        "block br 0 end",
        "block i32.const 0 br_if 0 end",
        "block block i32.const 0 br_table 0 1 2 end end",
        "return",
        "call $nop",
        "i32.const 0 i32.const 0 call_indirect (type $f) drop",
        "i32.const 0 i64.const 0 call_indirect 1 (type $f) drop",
        "i32.const 0 ref.func $id call_ref $f drop",
        "return_call $nop",
        "i32.const 0 return_call_indirect (type $v)",
        "ref.null $v return_call_ref $v",
        "i32.const 0 drop",
        "f32.const 0 f32.const 0 i32.const 0 select drop",
        "ref.null func ref.null func i32.const 0 select (result funcref) drop",
        "block (result i32 exnref) try_table (catch_ref $ex 0) (catch $y 1) (catch_all 1) end unreachable end drop drop",
        "block (result exnref) try_table (catch_all_ref 0) end unreachable end drop",
        "local.get 0 local.set 1 local.get 1 local.tee 0 drop|(param i32) (local i32)",
        "ref.func $id local.set 0 local.get 0 drop|(local (ref $f))",
        "i32.const 0 global.set 0",
        "i32.const 0 i64.const 0 i32.const 0 memory.copy 0 1",
        "i64.const 0 i64.const 0 i64.const 0 memory.copy 1 1",
        "i32.const 0 i64.const 0 i32.const 0 table.copy 0 1",
        "i64.const 0 i32.const 0 i32.const 0 table.init 1 0",
        "ref.null $s ref.is_null drop",
        "ref.func $id ref.as_non_null drop",
        "block ref.null any br_on_null 0 drop end",
        "block (result (ref any)) ref.null any br_on_non_null 0 unreachable end drop",
        "i32.const 0 i32.const 0 struct.new $s drop",
        "struct.new_default $s struct.get $s 0 drop",
        "struct.new_default $s struct.get_s $s 1 drop",
        "struct.new_default $s struct.get_u $s 1 drop",
        "struct.new_default $s i32.const 0 struct.set $s 1",
        "i32.const 0 i32.const 1 array.new $a i32.const 0 array.get $a drop",
        "i32.const 1 array.new_default $b i32.const 0 array.get_s $b drop",
        "i32.const 1 i32.const 2 array.new_fixed $b 2 i32.const 0 array.get_u $b drop",
        "i32.const 0 i32.const 1 array.new_data $a 0 drop",
        "i32.const 0 i32.const 1 array.new_elem $r 0 drop",
        "ref.null $a i32.const 0 i32.const 0 array.set $a",
        "ref.null $a i32.const 0 i32.const 0 i32.const 0 array.fill $a",
        "ref.null $b i32.const 0 ref.null $b i32.const 0 i32.const 0 array.copy $b $b",
        "ref.null $b i32.const 0 i32.const 0 i32.const 0 array.init_data $b 0",
        "ref.null $r i32.const 0 i32.const 0 i32.const 0 array.init_elem $r 0",
        "ref.null any ref.test (ref $s) drop ref.null any ref.test (ref null $s) drop",
        "ref.null any ref.cast (ref $s) drop ref.null any ref.cast (ref null $s) drop",
        "block (result (ref $s)) ref.null any br_on_cast 0 anyref (ref $s) unreachable end drop",
        "block (result anyref) ref.null any br_on_cast_fail 0 anyref (ref $s) unreachable end drop",
        "ref.null extern any.convert_extern extern.convert_any drop",
        "i32.const 0 struct.new_default $e struct.new_desc $d ref.get_desc $d drop",
        "ref.null $s ref.null $e ref.cast_desc_eq (ref $d) drop ref.null $s ref.null $e ref.cast_desc_eq (ref null $d) drop",
        "struct.new_default $e struct.new_default_desc $d drop",
        "block (result (ref $d)) ref.null any ref.null $e br_on_cast_desc_eq 0 anyref (ref $d) unreachable end drop",
        "block (result anyref) ref.null any ref.null $e br_on_cast_desc_eq_fail 0 anyref (ref $d) unreachable end drop",
        "ref.null $v cont.new $vc resume $vc",
        "i32.const 1 ref.null $f cont.new $fc cont.bind $fc $sfc0 drop",
        "suspend $y",
        "block (result i32 (ref null $fc)) i32.const 0 ref.null $fc resume $fc (on $yf 0) drop return end drop drop",
        "ref.null $vc resume $vc (on $y switch)",
        "i32.const 0 ref.null $vc resume_throw $vc $ex",
        "ref.null exn ref.null $vc resume_throw_ref $vc",
        "ref.null $sc switch $sc $y",
    ];

    [Fact]
    public void Every_row_of_the_table_is_used_validly()
    {
        var used = new HashSet<Op>();
        var prelude = Wat.Parse($"(module {Definitions})");
        foreach (var def in InstrTable.Rows.Where(d => d.HasType))
        {
            foreach (uint x in (uint[])[0, 1])
                Validate(Use(prelude, def, x, def.Params));
            used.Add(def.Op);
        }
        foreach (string use in Uses)
        {
            var module = Wat.Parse(Text(use));
            var e = Record.Exception(() => Validate(module));
            Assert.True(e is null, $"{use}: {e?.Message}");
            used.UnionWith(module.Funcs[^1].Body.Instrs.Select(i => i.Op));
        }
        Assert.Empty(InstrTable.Rows.Where(d => !used.Contains(d.Op)).Select(d => d.Mnemonic));
    }

    [Fact]
    public void Every_row_with_a_type_refuses_operands_of_other_types_and_too_few()
    {
        var prelude = Wat.Parse($"(module {Definitions})");
        foreach (var def in InstrTable.Rows.Where(d => d.HasType && !d.Params.IsEmpty))
        {
            for (int i = 0; i < def.Params.Length; i++)
            {
                var wrong = new SigType(SigVar.None, TypeOf(def, def.Params[i]) == ValType.F32 ? ValType.F64 : ValType.F32);
                AssertMismatch(def, Use(prelude, def, 0, def.Params.SetItem(i, wrong)));
            }
            AssertMismatch(def, Use(prelude, def, 0, def.Params.RemoveAt(0)));
        }
    }

    [Fact]
    public void Accesses_are_aligned_at_most_naturally_and_atomics_exactly()
    {
        var prelude = Wat.Parse($"(module {Definitions})");
        foreach (var def in InstrTable.Rows.Where(d => d.NaturalAlign >= 0))
        {
            bool atomic = def.Feature == Features.Threads;
            string message = atomic ? "atomic alignment must be natural" : "alignment must not be larger than natural";
            AssertInvalid(message, Use(prelude, def, 0, def.Params, def.NaturalAlign + 1));
            if (def.NaturalAlign == 0) continue;
            if (atomic) AssertInvalid(message, Use(prelude, def, 0, def.Params, def.NaturalAlign - 1));
            else Validate(Use(prelude, def, 0, def.Params, def.NaturalAlign - 1));
        }
    }

    [Fact]
    public void Lane_indices_are_below_the_number_of_lanes()
    {
        var prelude = Wat.Parse($"(module {Definitions})");
        foreach (var def in InstrTable.Rows.Where(d => d.Immediates.Contains(Imm.LaneIdx)))
        {
            Validate(Use(prelude, def, 0, def.Params, lane: (byte)(def.LaneCount - 1)));
            AssertInvalid("invalid lane index", Use(prelude, def, 0, def.Params, lane: (byte)def.LaneCount));
        }
    }

    /// <summary>A module whose last function uses an instruction on locals of the types given.</summary>
    private static Module Use(Module prelude, InstrDef def, uint x, ImmutableArray<SigType> operands, int align = -1, byte lane = 0)
    {
        var body = ImmutableArray.CreateBuilder<Instr>();
        foreach (var operand in operands)
            body.Add(new Idx(Op.LocalGet, (uint)Locals.IndexOf(TypeOf(def, operand, x))));
        var arg = new MemArg(x, (uint)(align < 0 ? Math.Max(def.NaturalAlign, 0) : align), 8);
        bool indexed = !def.Immediates.IsEmpty && def.Immediates[0] is Imm.TableIdx or Imm.MemIdx;
        body.Add(def.Immediates.AsSpan() switch
        {
            [] or [Imm.Fence] => new Plain(def.Op),
            [Imm.MemArg] => new Mem(def.Op, arg),
            [Imm.MemArg, Imm.LaneIdx] => new MemLane(def.Op, arg, lane),
            [Imm.LaneIdx] => new Lane(def.Op, lane),
            [Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64] => new Const(def.Op, 1),
            [Imm.V128 or Imm.Lanes16] => new VConst(def.Op, new V128(0x1F, 0)),
            [_] => new Idx(def.Op, indexed ? x : 0),
            [_, _] => new Idx2(def.Op, x, 0),
            _ => throw new NotSupportedException(def.Mnemonic),
        });
        foreach (var _ in def.Results)
            body.Add(new Plain(Op.Drop));
        body.Add(new Plain(Op.End));
        uint type = (uint)prelude.Types.SelectMany(r => r.SubTypes).ToList().FindIndex(t => t.Comp.Equals(FuncType.Empty));
        return prelude with { Funcs = prelude.Funcs.Add(new Func(type, [.. Locals.Select(t => new Locals(1, t))], new Expr(body.ToImmutable()))) };
    }

    private static ValType TypeOf(InstrDef def, SigType type, uint x = 0) =>
        type.Var == SigVar.None ? type.Type
        : type.Var == SigVar.Addr ? x == 0 ? ValType.I32 : ValType.I64
        : def.Immediates[0] == Imm.GlobalIdx ? ValType.I32 : ValType.FuncRef;

    /// <summary>A body, and after bars its function's type and locals, and instructions put before it.</summary>
    private static string Text(string use)
    {
        string[] parts = use.Split('|');
        return $"(module {Definitions} (type $sf0 (func (result i32))) (type $sfc0 (cont $sf0)) (func {parts.ElementAtOrDefault(1)} {parts.ElementAtOrDefault(2)} {parts[0]}))";
    }

    private static ModuleInfo Validate(Module module) => Validator.Validate(module, new Engine(), Profile.All);

    private static void AssertInvalid(string message, Module module) =>
        Assert.StartsWith(message, Assert.Throws<InvalidException>(() => Validate(module)).Message);

    private static void AssertMismatch(InstrDef def, Module module)
    {
        string message = Assert.Throws<InvalidException>(() => Validate(module)).Message;
        Assert.True(message.StartsWith("type mismatch: instruction requires [", StringComparison.Ordinal), $"{def.Mnemonic}: {message}");
    }
}
