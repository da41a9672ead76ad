using System.Text;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Workers;

/// <summary>
/// Small modules that find out what an engine has and what its traps say. A feature's module is loaded, never run. A trap's module exports <c>f</c>,
/// or traps when it is instantiated.
/// </summary>
public static class Probes
{
    private sealed record TrapProbe(TrapKind Kind, Features Needs, string Fields);

    private static readonly (Features Feature, string Fields)[] OfFeatures =
    [
        (Features.SignExtension, "(func (param i32) (result i32) local.get 0 i32.extend8_s)"),
        (Features.SaturatingFloatToInt, "(func (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s)"),
        (Features.MultiValue, "(func (param i32) (result i32 i32) local.get 0 (block (param i32) (result i32 i32) i32.const 0))"),
        (Features.BulkMemory, BulkOfMemory + BulkOfTable),
        (Features.ReferenceTypes, Tables),
        (Features.Simd, "(func (result v128) v128.const i32x4 0 0 0 0 i8x16.popcnt)"),
        (Features.ExtendedConst, "(global i32 i32.const 1 i32.const 2 i32.add)"),
        (Features.TailCalls, "(func return_call 0)"),
        (Features.Exceptions, "(tag) (func block try_table (catch_all 0) throw 0 end end) (func (param exnref) local.get 0 throw_ref)"),
        (Features.MultiMemory, "(memory 1) (memory 1)"),
        (Features.Memory64, "(memory i64 1) (table i64 1 funcref)"),
        (Features.FunctionReferences, "(type $t (func)) (func (param (ref null $t)) local.get 0 call_ref $t)"),
        (Features.Gc, "(type $s (struct (field i32))) (type $a (array i8)) (func (param anyref) (result i32) local.get 0 ref.cast (ref $s) struct.get $s 0) (func (param i31ref) (result i32) local.get 0 i31.get_s)"),
        (Features.RelaxedSimd, "(func (param v128) (result v128) local.get 0 local.get 0 i8x16.relaxed_swizzle)"),
        (Features.Threads, "(memory 1 1 shared) (func (result i32) i32.const 0 i32.atomic.load)"),
        (Features.CustomPageSizes, "(memory 1 (pagesize 1))"),
        (Features.WideArithmetic, "(func (param i64) (result i64 i64) local.get 0 local.get 0 i64.mul_wide_s)"),
        (Features.CustomDescriptors, "(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct))) (func (param (ref $a)) (result (ref $b)) local.get 0 ref.get_desc $a)"),
        (Features.LegacyExceptions, "(tag $e) (func try throw $e catch $e end)"),
        (Features.StackSwitching, "(type $f (func)) (type $c (cont $f)) (func (param (ref $f)) (result (ref $c)) local.get 0 cont.new $c)"),
    ];

    // A feature that is there in part is not there: what an engine has of it is judged all the same.
    private const string BulkOfMemory =
        "(memory 1) (data \"a\") (func i32.const 0 i32.const 0 i32.const 0 memory.fill i32.const 0 i32.const 0 i32.const 0 memory.copy i32.const 0 i32.const 0 i32.const 0 memory.init 0 data.drop 0)";
    private const string BulkOfTable =
        "(table 1 funcref) (elem func) (func i32.const 0 i32.const 0 i32.const 0 table.copy i32.const 0 i32.const 0 i32.const 0 table.init 0 elem.drop 0)";
    private const string Tables = "(table 1 externref) (table 1 funcref) (func (param $r externref) (result externref) i32.const 0 local.get $r i32.const 0 table.fill 0 "
        + "i32.const 0 local.get $r table.set 0 local.get $r i32.const 0 table.grow 0 drop table.size 1 table.get 0)";
    private const string Calls = "(type $v (func)) (type $i (func (result i32))) (func $g) (table 2 funcref) (elem (i32.const 0) $g)";
    private const string Structs = "(type $s (struct (field (mut i32)))) (type $a (array (mut i32))) (type $b (array (mut i8))) (type $r (array (mut funcref)))";
    private const Features Gc = Features.Gc | Features.FunctionReferences | Features.ReferenceTypes;

    private static readonly TrapProbe[] OfTraps =
    [
        Func(TrapKind.Unreachable, Features.None, "", "unreachable"),
        Func(TrapKind.MemOob, Features.None, "(memory 1)", "i32.const 65536 i32.load drop"),
        Func(TrapKind.MemOob, Features.None, "(memory 1)", "i32.const 65536 i32.const 0 i32.store8"),
        Func(TrapKind.MemOob, Features.None, "(memory 0)", "i32.const 0 i32.load drop"),
        Func(TrapKind.MemOob, Features.None, "(memory 1)", "i32.const -1 i32.load drop"),
        Func(TrapKind.MemOob, Features.None, "(memory 1)", "i32.const -1 i64.load offset=0xffffffff drop"),
        Func(TrapKind.MemOob, Features.BulkMemory, "(memory 1)", "i32.const 65536 i32.const 0 i32.const 1 memory.fill"),
        Func(TrapKind.MemOob, Features.BulkMemory, "(memory 1)", "i32.const 65536 i32.const 0 i32.const 1 memory.copy"),
        Func(TrapKind.MemOob, Features.BulkMemory, "(memory 1) (data \"a\")", "i32.const 65536 i32.const 0 i32.const 1 memory.init 0"),
        Func(TrapKind.MemOob, Features.BulkMemory, "(memory 1) (data \"a\")", "i32.const 0 i32.const 0 i32.const 2 memory.init 0"),
        Func(TrapKind.MemOob, Features.Simd, "(memory 1)", "i32.const 65536 v128.load drop"),
        Func(TrapKind.MemOob, Features.Memory64, "(memory i64 1)", "i64.const -1 i32.load drop"),
        Func(TrapKind.MemOob, Features.Threads, "(memory 1 1 shared)", "i32.const 65536 i32.atomic.load drop"),
        Func(TrapKind.MemOob, Features.Threads, "(memory 1 1 shared)", "i32.const 65536 i32.const 0 memory.atomic.notify drop"),
        Func(TrapKind.MemMisaligned, Features.Threads, "(memory 1 1 shared)", "i32.const 1 i32.atomic.load drop"),
        Func(TrapKind.MemMisaligned, Features.Threads, "(memory 1 1 shared)", "i32.const 1 i32.const 0 memory.atomic.notify drop"),
        Func(TrapKind.AtomicWaitUnshared, Features.Threads, "(memory 1)", "i32.const 0 i32.const 0 i64.const 0 memory.atomic.wait32 drop"),
        Func(TrapKind.DivZero, Features.None, "", "i32.const 1 i32.const 0 i32.div_s drop"),
        Func(TrapKind.DivZero, Features.None, "", "i64.const 1 i64.const 0 i64.div_u drop"),
        Func(TrapKind.DivZero, Features.None, "", "i32.const 1 i32.const 0 i32.rem_u drop"),
        Func(TrapKind.DivZero, Features.None, "", "i64.const 1 i64.const 0 i64.rem_s drop"),
        Func(TrapKind.DivOverflow, Features.None, "", "i32.const 0x80000000 i32.const -1 i32.div_s drop"),
        Func(TrapKind.DivOverflow, Features.None, "", "i64.const 0x8000000000000000 i64.const -1 i64.div_s drop"),
        Func(TrapKind.TruncNaN, Features.None, "", "f32.const nan i32.trunc_f32_s drop"),
        Func(TrapKind.TruncNaN, Features.None, "", "f64.const nan i64.trunc_f64_u drop"),
        Func(TrapKind.TruncOverflow, Features.None, "", "f32.const inf i32.trunc_f32_s drop"),
        Func(TrapKind.TruncOverflow, Features.None, "", "f64.const -1e300 i64.trunc_f64_u drop"),
        Func(TrapKind.IndNull, Features.None, Calls, "i32.const 1 call_indirect (type $v)"),
        Func(TrapKind.IndOob, Features.None, Calls, "i32.const 2 call_indirect (type $v)"),
        Func(TrapKind.IndSig, Features.None, Calls, "i32.const 0 call_indirect (type $i) drop"),
        Func(TrapKind.IndNull, Features.TailCalls, Calls, "i32.const 1 return_call_indirect (type $v)"),
        Func(TrapKind.IndOob, Features.TailCalls, Calls, "i32.const 2 return_call_indirect (type $v)"),
        Func(TrapKind.IndSig, Features.TailCalls | Features.SignExtension, "(type $p (func (param i32)))" + Calls, "i32.const 0 i32.const 0 return_call_indirect (type $p)"),
        Func(TrapKind.IndSig, Gc, "(type $o (sub (func))) (type $q (sub $o (func))) (func $n (type $o)) (table 2 funcref) (elem (i32.const 0) $n)", "i32.const 0 call_indirect (type $q)"),
        Func(TrapKind.IndNull, Gc, "(type $o (sub (func))) (type $q (sub $o (func))) (func $n (type $o)) (table 2 funcref) (elem (i32.const 0) $n)", "i32.const 1 call_indirect (type $q)"),
        Func(TrapKind.IndNull, Features.FunctionReferences, "(type $v (func)) (table 2 (ref null $v))", "i32.const 1 call_indirect (type $v)"),
        Func(TrapKind.IndOob, Features.Memory64, "(type $v (func)) (table i64 2 funcref)", "i64.const -1 call_indirect (type $v)"),
        Func(TrapKind.TableOob, Features.ReferenceTypes, "(table 1 funcref)", "i32.const 1 table.get 0 drop"),
        Func(TrapKind.TableOob, Features.ReferenceTypes, "(table 1 externref)", "i32.const 1 table.get 0 drop"),
        Func(TrapKind.TableOob, Features.ReferenceTypes, "(table 1 funcref)", "i32.const 1 ref.null func table.set 0"),
        Func(TrapKind.TableOob, Features.ReferenceTypes, "(table 1 externref)", "i32.const 1 ref.null extern table.set 0"),
        Func(TrapKind.TableOob, Features.ReferenceTypes, "(table 1 funcref)", "i32.const 1 ref.null func i32.const 1 table.fill 0"),
        Func(TrapKind.TableOob, Features.BulkMemory, "(table 1 funcref)", "i32.const 1 i32.const 0 i32.const 1 table.copy"),
        Func(TrapKind.TableOob, Features.BulkMemory, "(table 1 funcref) (func $g) (elem func $g)", "i32.const 0 i32.const 0 i32.const 2 table.init 0"),
        Func(TrapKind.TableOob, Features.BulkMemory, "(table 9 funcref) (func $g) (elem func $g)", "i32.const 0 i32.const 0 i32.const 2 table.init 0"),
        Func(TrapKind.TableOob, Features.Memory64, "(table i64 1 funcref)", "i64.const -1 table.get 0 drop"),
        Func(TrapKind.TableOob, Features.Memory64, "(table i64 1 funcref)", "i64.const -1 ref.null func table.set 0"),
        Func(TrapKind.CallRefNull, Features.FunctionReferences, "(type $v (func))", "ref.null $v call_ref $v"),
        Func(TrapKind.CallRefNull, Features.FunctionReferences | Features.TailCalls, "(type $v (func))", "ref.null $v return_call_ref $v"),
        Func(TrapKind.AsNonNull, Features.FunctionReferences, "(type $v (func))", "ref.null $v ref.as_non_null drop"),
        Func(TrapKind.AsNonNull, Features.FunctionReferences, "", "ref.null extern ref.as_non_null drop"),
        Func(TrapKind.StructNull, Gc, Structs, "ref.null $s struct.get $s 0 drop"),
        Func(TrapKind.StructNull, Gc, Structs, "ref.null $s i32.const 0 struct.set $s 0"),
        Func(TrapKind.ArrayNull, Gc, Structs, "ref.null $a i32.const 0 array.get $a drop"),
        Func(TrapKind.ArrayNull, Gc, Structs, "ref.null $a i32.const 0 i32.const 0 array.set $a"),
        Func(TrapKind.ArrayNull, Gc, Structs, "ref.null $a array.len drop"),
        Func(TrapKind.ArrayNull, Gc, Structs, "ref.null $a i32.const 0 i32.const 0 i32.const 0 array.fill $a"),
        Func(TrapKind.ArrayNull, Gc, Structs, "ref.null $a i32.const 0 ref.null $a i32.const 0 i32.const 0 array.copy $a $a"),
        Func(TrapKind.ArrayNull, Gc | Features.BulkMemory, Structs + "(data \"abcd\")", "ref.null $b i32.const 0 i32.const 0 i32.const 0 array.init_data $b 0"),
        Func(TrapKind.ArrayNull, Gc | Features.BulkMemory, Structs + "(func $g) (elem func $g)", "ref.null $r i32.const 0 i32.const 0 i32.const 0 array.init_elem $r 0"),
        Func(TrapKind.I31Null, Gc, "", "ref.null i31 i31.get_s drop"),
        Func(TrapKind.I31Null, Gc, "", "ref.null i31 i31.get_u drop"),
        Func(TrapKind.ThrowRefNull, Features.Exceptions, "", "ref.null exn throw_ref"),
        Func(TrapKind.ArrayOob, Gc, Structs, "i32.const 1 array.new_default $a i32.const 1 array.get $a drop"),
        Func(TrapKind.ArrayOob, Gc, Structs, "i32.const 1 array.new_default $a i32.const 1 i32.const 0 array.set $a"),
        Func(TrapKind.ArrayOob, Gc, Structs, "i32.const 1 array.new_default $a i32.const 1 i32.const 0 i32.const 1 array.fill $a"),
        Func(TrapKind.ArrayOob, Gc, Structs, "i32.const 1 array.new_default $a i32.const 0 i32.const 1 array.new_default $a i32.const 1 i32.const 1 array.copy $a $a"),
        Func(TrapKind.ArrayOob, Gc | Features.BulkMemory, Structs + "(data \"abcd\")", "i32.const 1 array.new_default $b i32.const 1 i32.const 0 i32.const 1 array.init_data $b 0"),
        Func(TrapKind.ArrayOob, Gc | Features.BulkMemory, Structs + "(func $g) (elem func $g)", "i32.const 1 array.new_default $r i32.const 1 i32.const 0 i32.const 1 array.init_elem $r 0"),
        Func(TrapKind.ArrNewDataOob, Gc | Features.BulkMemory, Structs + "(data \"abcd\")", "i32.const 9 array.new_default $b i32.const 0 i32.const 4 i32.const 1 array.init_data $b 0"),
        Func(TrapKind.ArrNewElemOob, Gc | Features.BulkMemory, Structs + "(func $g) (elem func $g)", "i32.const 9 array.new_default $r i32.const 0 i32.const 1 i32.const 1 array.init_elem $r 0"),
        Func(TrapKind.ArrNewDataOob, Gc | Features.BulkMemory, Structs + "(data \"abcd\")", "i32.const 4 i32.const 1 array.new_data $b 0 drop"),
        Func(TrapKind.ArrNewElemOob, Gc | Features.BulkMemory, Structs + "(func $g) (elem func $g)", "i32.const 1 i32.const 1 array.new_elem $r 0 drop"),
        Func(TrapKind.CastFail, Gc, Structs, "i32.const 0 ref.i31 ref.cast (ref $s) drop"),
        Func(TrapKind.CastFail, Gc, Structs, "struct.new_default $s ref.cast (ref i31) drop"),
        Func(TrapKind.CastFail, Gc, "(type $v (func)) (type $i (func (result i32))) (func $g (type $v)) (elem declare func $g)", "ref.func $g ref.cast (ref null $i) drop"),
        Func(TrapKind.CastFailNull, Gc, Structs, "ref.null any ref.cast (ref $s) drop"),
        Func(TrapKind.CastFailNull, Gc, "", "ref.null any ref.cast (ref i31) drop"),
        new(TrapKind.DataSegOob, Features.None, "(memory 1) (data (i32.const 65536) \"a\")"),
        new(TrapKind.DataSegOob, Features.None, "(memory 0) (data (i32.const 0) \"a\")"),
        new(TrapKind.DataSegOob, Features.None, "(memory 1) (data (i32.const -1) \"ab\")"),
        new(TrapKind.ElemSegOob, Features.None, "(table 0 funcref) (func $g) (elem (i32.const 0) $g)"),
        new(TrapKind.ElemSegOob, Features.None, "(table 1 funcref) (func $g) (elem (i32.const 1) $g)"),
        new(TrapKind.ElemSegOob, Features.None, "(table 1 funcref) (func $g) (elem (i32.const -1) $g)"),
        new(TrapKind.DataSegOob, Features.Memory64, "(memory i64 1) (data (i64.const -1) \"ab\")"),
        new(TrapKind.ElemSegOob, Features.Memory64, "(table i64 1 funcref) (func $g) (elem (i64.const -1) $g)"),
        Func(TrapKind.DescNull, Gc | Features.CustomDescriptors, "(rec (type $d (descriptor $e) (struct)) (type $e (describes $d) (struct)))", "ref.null (exact $e) struct.new_desc $d drop"),
        Func(TrapKind.AsNonNull, Gc | Features.CustomDescriptors, "(rec (type $d (descriptor $e) (struct)) (type $e (describes $d) (struct)))", "ref.null $d ref.get_desc $d drop"),
        Func(TrapKind.DescNull, Gc | Features.CustomDescriptors, "(rec (type $d (descriptor $e) (struct)) (type $e (describes $d) (struct)))", "struct.new_default $e struct.new_desc $d ref.null (exact $e) ref.cast_desc_eq (ref $d) drop"),
        new(TrapKind.DescNull, Gc | Features.CustomDescriptors, "(rec (type $d (descriptor $e) (struct)) (type $e (describes $d) (struct))) (global (ref $d) (struct.new_desc $d (ref.null none)))"),
        Func(TrapKind.DescCastFail, Gc | Features.CustomDescriptors, "(rec (type $d (descriptor $e) (struct)) (type $e (describes $d) (struct)))", "struct.new_default $e struct.new_desc $d struct.new_default $e ref.cast_desc_eq (ref $d) drop"),
        Func(TrapKind.ContNull, Features.StackSwitching, "(type $v (func)) (type $k (cont $v))", "ref.null $k resume $k"),
        Func(TrapKind.ContConsumed, Features.StackSwitching, "(type $v (func)) (type $k (cont $v)) (func $g) (elem declare func $g)", "(local $c (ref null $k)) ref.func $g cont.new $k local.tee $c resume $k local.get $c resume $k"),
    ];

    private static readonly (Features Needs, string Fields)[] OfExhaustion =
    [
        (Features.None, "(func $f (export \"f\") (local i64 i64 i64 i64) call $f)"),
        (Gc, "(type $a (array (mut i64))) (func (export \"f\") i32.const -1 array.new_default $a drop)"),
        (Gc, "(type $a (array (mut i64))) (func (export \"f\") i64.const 1 i32.const 0x7ffffff0 array.new $a drop)"),
    ];

    private static readonly (Features Needs, string Fields) OfSuspension =
        (Features.StackSwitching, "(type $v (func)) (type $k (cont $v)) (tag $t) (func $g suspend $t) (elem declare func $g) (func (export \"f\") ref.func $g cont.new $k resume $k)");

    private static TrapProbe Func(TrapKind kind, Features needs, string fields, string body) => new(kind, needs, $"{fields} (func (export \"f\") {body})");

    /// <summary>Takes from the declared features those whose module is refused, and calibrates the messages of traps.</summary>
    internal static WorkerFacts Run(OutOfProcessRuntime runtime, WorkerFacts facts)
    {
        var features = facts.Features;
        var probed = facts;
        // The probes' own stores must not explain refusals away.
        using (var store = runtime.CreateStore(new StoreRequest(Profile.All with { Features = facts.Features })))
            foreach (var (feature, fields) in OfFeatures)
                if (features.HasFlag(feature) && store.Load(Binary(fields)) is not Outcome.Loaded) features &= ~feature;
        probed = probed with { Features = features };
        // Of a feature that is there in part, the part's traps are calibrated too.
        return facts.TellsKinds || !facts.Has(Protocol.Instantiate) ? probed : probed with { Traps = Calibrate(runtime, facts) };
    }

    private static TrapPartition Calibrate(OutOfProcessRuntime runtime, WorkerFacts facts)
    {
        var partition = TrapPartition.Empty;
        foreach (var probe in OfTraps)
            if (End(runtime, facts, probe.Needs, probe.Fields) is Outcome.Trapped trap) partition = partition.With(trap.Message, probe.Kind);
        foreach (var (needs, fields) in OfExhaustion)
            if (End(runtime, facts, needs, fields) is Outcome.Trapped trap) partition = partition.WithExhaustion(trap.Message);
        if (End(runtime, facts, OfSuspension.Needs, OfSuspension.Fields) is Outcome.Trapped suspended) partition = partition.WithSuspension(suspended.Message);
        return partition;
    }

    /// <summary>How a probe ended; each has a store to itself, so that one which ends the worker ends no other.</summary>
    private static Outcome? End(OutOfProcessRuntime runtime, WorkerFacts facts, Features needs, string fields)
    {
        if (!facts.Features.HasFlag(needs)) return null;
        using var store = runtime.CreateStore(new StoreRequest(Profile.All with { Features = facts.Features }));
        var outcome = store.Load(Binary(fields));
        if (outcome is Outcome.Loaded loaded) outcome = store.Instantiate(loaded.Module);
        return outcome is Outcome.Instantiated made && facts.Has(Protocol.Invoke) ? store.Invoke(made.Instance, "f", []) : outcome;
    }

    /// <summary>The modules that trap: the kind, the features that it takes, and the module, which traps when it is instantiated or its export <c>f</c> is invoked.</summary>
    public static IEnumerable<(TrapKind Kind, Features Needs, byte[] Binary)> Traps() => OfTraps.Select(p => (p.Kind, p.Needs, Binary(p.Fields)));

    /// <summary>The module of each feature, which only an engine with the feature accepts.</summary>
    public static IEnumerable<(Features Feature, byte[] Binary)> OfEachFeature() => OfFeatures.Select(p => (p.Feature, Binary(p.Fields)));

    internal static byte[] Binary(string fields) => BinaryEncoder.Encode(TextParser.ParseModule(Encoding.UTF8.GetBytes($"(module {fields})"), Profile.All));
}
