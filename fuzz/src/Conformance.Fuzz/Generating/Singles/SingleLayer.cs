using System.Collections.Frozen;
using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Singles;

/// <summary>
/// The layer <c>single</c>: one instruction on many operand vectors, in every form in which operands come and results go. What the instruction is
/// for decides the test: those that compute, that access memory, that take references and so on have one each.
/// </summary>
public sealed class SingleLayer : ILayer
{
    private delegate FuzzCase Test(InstrDef row, Decisions decisions, GeneratorOptions options);

    public string Name => "single";

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        var rows = RowsOf(options.Features);
        var row = rows[decisions.Below(rows.Length)];
        return Generate(row, decisions, options);
    }

    /// <summary>A case of one instruction of the caller's choice.</summary>
    /// <exception cref="ArgumentException">The layer has no test for the row.</exception>
    public static FuzzCase Generate(InstrDef row, Decisions decisions, GeneratorOptions options) =>
        Tests.TryGetValue(row.Op, out var known) ? known.Test(row, decisions, options) with { Subject = row.Mnemonic } : throw new ArgumentException($"no test of {row}", nameof(row));

    /// <summary>The instructions that the layer tests with the features given.</summary>
    public static InstrDef[] RowsOf(Features features)
    {
        var known = s_rows;
        if (known?.Of == features) return known.Rows;
        InstrDef[] rows = [.. InstrTable.Rows.Where(r => Tests.TryGetValue(r.Op, out var known) && ((r.Feature | known.Needs) & ~features) == 0)];
        s_rows = new Known(features, rows);
        return rows;
    }

    private sealed record Known(Features Of, InstrDef[] Rows);

    private static volatile Known? s_rows;

    private static readonly FrozenDictionary<Op, (Test Test, Features Needs)> Tests = All().ToFrozenDictionary();

    private static Dictionary<Op, (Test, Features)> All()
    {
        var tests = new Dictionary<Op, (Test, Features)>();
        foreach (var row in Operands.Rows) tests.Add(row.Op, (NumericSingle.Make, 0));
        foreach (var row in InstrTable.Rows)
            if (row.NaturalAlign >= 0) tests.Add(row.Op, (MemorySingle.Make, 0));
        Add(BulkSingle.Make, 0, Op.MemorySize, Op.MemoryGrow, Op.MemoryFill, Op.MemoryCopy, Op.MemoryInit, Op.DataDrop);
        Add(TableSingle.Make, Features.ReferenceTypes | Features.BulkMemory,
            Op.TableGet, Op.TableSet, Op.TableSize, Op.TableGrow, Op.TableFill, Op.TableCopy, Op.TableInit, Op.ElemDrop);
        Add(StructSingle.Make, Features.Gc, Op.StructNew, Op.StructNewDefault, Op.StructGet, Op.StructGetS, Op.StructGetU, Op.StructSet);
        Add(ArraySingle.Make, Features.Gc, Op.ArrayNew, Op.ArrayNewDefault, Op.ArrayNewFixed, Op.ArrayNewData, Op.ArrayNewElem, Op.ArrayGet, Op.ArrayGetS,
            Op.ArrayGetU, Op.ArraySet, Op.ArrayLen, Op.ArrayFill, Op.ArrayCopy, Op.ArrayInitData, Op.ArrayInitElem);
        Add(CastSingle.Make, Features.Gc, Op.RefTest, Op.RefTestNull, Op.RefCast, Op.RefCastNull, Op.BrOnCast, Op.BrOnCastFail, Op.RefEq, Op.RefIsNull,
            Op.RefAsNonNull, Op.BrOnNull, Op.BrOnNonNull, Op.AnyConvertExtern, Op.ExternConvertAny, Op.RefI31, Op.I31GetS, Op.I31GetU, Op.RefNull);
        Add(RouteSingle.Make, 0, Op.Nop, Op.Block, Op.Loop, Op.If, Op.Else, Op.End, Op.Br, Op.BrIf, Op.BrTable, Op.Return, Op.Drop, Op.Select, Op.SelectT,
            Op.LocalGet, Op.LocalSet, Op.LocalTee, Op.GlobalGet, Op.GlobalSet);
        Add(CallSingle.Make, 0, Op.Call, Op.CallIndirect, Op.CallRef, Op.ReturnCall, Op.ReturnCallIndirect, Op.ReturnCallRef);
        Add(CallSingle.Make, Features.FunctionReferences, Op.RefFunc);
        Add(ExceptionSingle.Make, Features.ReferenceTypes, Op.Throw, Op.ThrowRef, Op.TryTable, Op.Unreachable);
        Add(RouteSingle.Make, Features.Threads, Op.AtomicFence);
        AddText(TextSingle.LegacyExceptions, Op.Try, Op.Catch, Op.CatchAll, Op.Delegate, Op.Rethrow);
        AddText(TextSingle.StackSwitching, Op.ContNew, Op.ContBind, Op.Suspend, Op.Resume, Op.ResumeThrow, Op.ResumeThrowRef, Op.Switch);
        AddText(TextSingle.CustomDescriptors, Op.StructNewDesc, Op.StructNewDefaultDesc, Op.RefGetDesc, Op.RefCastDescEq, Op.RefCastDescEqNull,
            Op.BrOnCastDescEq, Op.BrOnCastDescEqFail);
        return tests;

        void AddText(TextSingle text, params ReadOnlySpan<Op> ops) => Add(text.Make, text.Features, ops);

        void Add(Test test, Features needs, params ReadOnlySpan<Op> ops)
        {
            foreach (var op in ops) tests.Add(op, (test, needs));
        }
    }
}
