using Wasm.Execution;
using Wasm.Syntax;

namespace Wasm.Reference.Tests.Execution;

public class TrapTests
{
    private const string Definitions = """
        (type $v (func)) (type $s (struct (field (mut i32)))) (type $a (array (mut i32))) (type $b (array (mut i8))) (type $r (array (mut funcref)))
        (type $c (cont $v)) (rec (type $o (descriptor $d) (struct)) (type $d (describes $o) (struct)))
        (memory 1) (memory $m64 i64 1) (memory $shared 1 1 shared) (table $t 3 funcref) (elem $e func $f) (elem (i32.const 1) $f $g) (data $data "abc") (tag $tag)
        (func $f) (func $g (param i32)) (elem declare func $f)
        """;

    public static TheoryData<TrapKind, string> Traps => new()
    {
        { TrapKind.Unreachable, "unreachable" },
        { TrapKind.MemOob, "(drop (i32.load offset=4 (i32.const 65533)))" },
        { TrapKind.MemOob, "(i32.store8 (i32.const -1) (i32.const 0))" },
        { TrapKind.MemOob, "(drop (i64.load $m64 (i64.const -8)))" },
        { TrapKind.MemOob, "(drop (v128.load offset=0xffffffff (i32.const -1)))" },
        { TrapKind.MemOob, "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))" },
        { TrapKind.MemOob, "(memory.init $data (i32.const 0) (i32.const 2) (i32.const 2))" },
        { TrapKind.MemMisaligned, "(drop (i32.atomic.load (i32.const 2)))" },
        { TrapKind.AtomicWaitUnshared, "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))" },
        { TrapKind.DivZero, "(drop (i32.div_s (i32.const 1) (i32.const 0)))" },
        { TrapKind.DivZero, "(drop (i64.rem_u (i64.const 1) (i64.const 0)))" },
        { TrapKind.DivOverflow, "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))" },
        { TrapKind.TruncNaN, "(drop (i32.trunc_f64_u (f64.const nan)))" },
        { TrapKind.TruncOverflow, "(drop (i64.trunc_f32_s (f32.const 0x1p63)))" },
        { TrapKind.IndNull, "(call_indirect (type $v) (i32.const 0))" },
        { TrapKind.IndOob, "(call_indirect (type $v) (i32.const 3))" },
        { TrapKind.IndSig, "(call_indirect (type $v) (i32.const 2))" },
        { TrapKind.TableOob, "(drop (table.get $t (i32.const 3)))" },
        { TrapKind.TableOob, "(table.set $t (i32.const -1) (ref.null func))" },
        { TrapKind.TableOob, "(table.fill $t (i32.const 1) (ref.null func) (i32.const 3))" },
        { TrapKind.TableOob, "(table.init $t $e (i32.const 0) (i32.const 1) (i32.const 1))" },
        { TrapKind.CallRefNull, "(call_ref $v (ref.null $v))" },
        { TrapKind.AsNonNull, "(drop (ref.as_non_null (ref.null func)))" },
        { TrapKind.StructNull, "(drop (struct.get $s 0 (ref.null $s)))" },
        { TrapKind.StructNull, "(struct.set $s 0 (ref.null $s) (i32.const 1))" },
        { TrapKind.ArrayNull, "(drop (array.len (ref.null array)))" },
        { TrapKind.I31Null, "(drop (i31.get_s (ref.null i31)))" },
        { TrapKind.ThrowRefNull, "(throw_ref (ref.null exn))" },
        { TrapKind.ArrayOob, "(drop (array.get $a (array.new_default $a (i32.const 2)) (i32.const 2)))" },
        { TrapKind.ArrayOob, "(array.fill $a (array.new_default $a (i32.const 2)) (i32.const 1) (i32.const 0) (i32.const 2))" },
        { TrapKind.ArrNewDataOob, "(drop (array.new_data $b $data (i32.const 1) (i32.const 3)))" },
        { TrapKind.ArrNewElemOob, "(drop (array.new_elem $r $e (i32.const 0) (i32.const 2)))" },
        { TrapKind.CastFail, "(drop (ref.cast (ref i31) (struct.new $s (i32.const 1))))" },
        { TrapKind.CastFailNull, "(drop (ref.cast (ref i31) (ref.null any)))" },
        { TrapKind.DescNull, "(drop (struct.new_desc $o (ref.null none)))" },
        { TrapKind.DescCastFail, "(drop (ref.cast_desc_eq (ref $o) (struct.new_default_desc $o (struct.new_default $d)) (struct.new_default $d)))" },
        { TrapKind.ContNull, "(resume $c (ref.null $c))" },
        { TrapKind.ContConsumed, "(local $k (ref null $c)) (local.set $k (cont.new $c (ref.func $f))) (resume $c (local.get $k)) (resume $c (local.get $k))" },
    };

    [Theory]
    [MemberData(nameof(Traps))]
    public void A_trap_has_its_kind_and_the_suites_text(TrapKind kind, string body)
    {
        var trap = Assert.Throws<Trap>(() => Run.Instance($"(module {Definitions} (func (export \"f\") {body}))").Invoke("f"));
        Assert.Equal(kind, trap.Kind);
        Assert.StartsWith(Trap.TextOf(kind), trap.Message);
        Assert.Equal("f", Assert.Single(trap.Backtrace).FuncName ?? "f");
    }

    [Fact]
    public void Every_kind_of_trap_is_tested()
    {
        var tested = Traps.Select(row => (TrapKind)((object[])row)[0]).Append(TrapKind.DataSegOob).Append(TrapKind.ElemSegOob);
        Assert.Equal(Enum.GetValues<TrapKind>(), tested.Distinct().Order());
    }

    [Theory]
    [InlineData("(memory 1) (data (i32.const 65535) \"ab\")", TrapKind.DataSegOob)]
    [InlineData("(table 1 funcref) (func $f) (elem (i32.const 1) $f)", TrapKind.ElemSegOob)]
    public void A_segment_out_of_bounds_traps_the_instantiation(string fields, TrapKind kind) =>
        Assert.Equal(kind, Assert.Throws<Trap>(() => Run.Instance($"(module {fields})")).Kind);

    [Fact]
    public void Segments_before_the_one_that_traps_stay_written_and_1_0_writes_none()
    {
        const string Wat = """(module (import "m" "mem" (memory 1)) (data (i32.const 0) "x") (data (i32.const 65536) "y"))""";
        var store = Run.Store();
        var mem = store.AllocMem(new MemType(AddrType.I32, new Limits(1)));
        Assert.Throws<Trap>(() => store.Instantiate(Run.Module(Wat, store.Engine), _ => mem));
        byte[] first = new byte[1];
        Assert.True(mem.TryRead(0, first));
        Assert.Equal((byte)'x', first[0]);

        var untouched = store.AllocMem(new MemType(AddrType.I32, new Limits(1)));
        var refused = Assert.Throws<UnlinkableException>(() => store.Instantiate(Run.Module(Wat, store.Engine, Profile.Wasm1), _ => untouched));
        Assert.StartsWith("data segment does not fit", refused.Message);
        Assert.True(untouched.TryRead(0, first));
        Assert.Equal(0, first[0]);
    }

    [Fact]
    public void Imports_are_all_looked_up_before_any_type_is_compared()
    {
        var store = Run.Store();
        var module = Run.Module("""(module (import "m" "a" (func (param i32))) (import "m" "b" (func)))""", store.Engine);
        var wrong = store.AllocFunc(FuncType.Empty, _ => []);
        Assert.StartsWith("unknown import", Assert.Throws<UnlinkableException>(() => store.Instantiate(module, i => i.Name == "a" ? wrong : null)).Message);
        Assert.StartsWith("incompatible import type", Assert.Throws<UnlinkableException>(() => store.Instantiate(module, _ => wrong)).Message);
    }

    [Fact]
    public void The_backtrace_has_modules_functions_and_offsets()
    {
        var inst = Run.Instance("""
            (module $m
              (func $div (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
              (func $mid (param i32) (result i32) (nop) (call $div (local.get 0)))
              (func $main (export "main") (result i32) (call $mid (i32.const 0))))
            """);
        var trap = Assert.Throws<Trap>(() => inst.Invoke("main"));
        Assert.Equal(["m!div i32.div_s", "m!mid call", "m!main call"], trap.Backtrace.Select(f => $"{f.Module}!{f.FuncName} {f.Instr}"));
        Assert.Equal([0u, 1, 2], trap.Backtrace.Select(f => f.FuncIndex));
        foreach (var frame in trap.Backtrace)
        {
            Assert.Equal(frame.Instr!.At.Offset, frame.OffsetInModule);
            Assert.Equal(frame.OffsetInModule - inst.Info.Module.Funcs[(int)frame.FuncIndex].At.Offset, frame.OffsetInFunc);
            Assert.Same(frame.Instr, inst.Info.Module.Funcs[(int)frame.FuncIndex].Body.Instrs[frame.InstrIndex]);
        }
    }

    [Fact]
    public void The_element_is_named_when_an_indirect_call_fails()
    {
        var inst = Run.Instance("(module (table 3 funcref) (func (export \"f\") (param i32) (call_indirect (local.get 0))))");
        Assert.Equal("uninitialized element 2", Assert.Throws<Trap>(() => inst.Invoke("f", Val.I32(2))).Message);
        Assert.Equal("undefined element 9", Assert.Throws<Trap>(() => inst.Invoke("f", Val.I32(9))).Message);
    }
}
