using System.Collections.Immutable;
using System.Text;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// The keywords that are not mnemonics. The mnemonics follow: a value from <see cref="FirstMnemonic"/> on is the index of one in
/// <see cref="Keywords.Mnemonics"/>.
/// </summary>
internal enum Word
{
    None,

    // Types
    I8, I16, I32, I64, F32, F64, V128,
    Any, Eq, I31, Struct, Array, NoneType, Func, NoFunc, Exn, NoExn, Extern, NoExtern, Cont, NoCont,
    AnyRef, EqRef, I31Ref, StructRef, ArrayRef, NullRef, FuncRef, NullFuncRef, ExnRef, NullExnRef, ExternRef, NullExternRef, ContRef, NullContRef,
    Ref, Null, Exact, Mut, Field, Sub, Final, Rec, Describes, Descriptor,

    // Modules
    Module, Type, Param, Result, Local, Global, Table, Memory, Tag, Elem, Data, Declare, Offset, Item, Start, Import, Export, Shared, PageSize,

    // Instructions
    Then, Do, CatchRef, CatchAllRef, On, I8x16, I16x8, I32x4, I64x2, F32x4, F64x2,

    // Scripts
    Binary, Quote, Definition, Instance, Script, Thread, Wait, Register, Invoke, Get, Input, Output, Either, NanCanonical, NanArithmetic,
    AssertReturn, AssertReturnCanonicalNan, AssertReturnArithmeticNan, AssertReturnFunc, AssertException, AssertTrap, AssertExhaustion,
    AssertSuspension, AssertUnlinkable, AssertMalformed, AssertInvalid, AssertMalformedCustom, AssertInvalidCustom,
    RefStruct, RefArray, RefExn, RefExtern, RefHost,

    FirstMnemonic,
}

/// <summary>How an instruction's immediates are written; decided once per row by their kinds.</summary>
internal enum Form : byte
{
    Plain,
    Idx,

    /// <summary>A table or memory index that may be left out.</summary>
    OptIdx,
    Idx2,

    /// <summary>Two table or memory indices, or neither.</summary>
    OptIdx2,

    /// <summary>A table or memory index that may be left out, and a segment.</summary>
    Init,
    CallIndirect,
    Mem,
    MemLane,
    Lane,
    Const,
    VConst,
    Shuffle,
    Block,
    TryTable,
    BrTable,
    Select,
    RefNull,
    Cast,
    BrOnCast,
    Resume,
}

/// <summary>A mnemonic and its rows in the instruction table.</summary>
internal sealed class Mnemonic
{
    public Mnemonic(ImmutableArray<InstrDef> rows)
    {
        Rows = rows;
        Form = FormOf(rows[0]);
    }

    /// <summary>One row, or two between which the immediates decide.</summary>
    public ImmutableArray<InstrDef> Rows { get; }

    public InstrDef Def => Rows[0];

    public Op Op => Rows[0].Op;

    public Form Form { get; }

    private static Form FormOf(InstrDef def)
    {
        if (def.Op == Op.Select) return Form.Select;
        var imms = def.Immediates;
        return (imms.Length, imms.Length > 0 ? imms[0] : default, imms.Length > 1 ? imms[1] : default) switch
        {
            (0, _, _) or (1, Imm.Fence, _) => Form.Plain,
            (1, Imm.TableIdx or Imm.MemIdx, _) => Form.OptIdx,
            (1, Imm.MemArg, _) => Form.Mem,
            (1, Imm.LaneIdx, _) => Form.Lane,
            (1, Imm.I32 or Imm.I64 or Imm.F32 or Imm.F64, _) => Form.Const,
            (1, Imm.V128, _) => Form.VConst,
            (1, Imm.Lanes16, _) => Form.Shuffle,
            (1, Imm.BlockType, _) => Form.Block,
            (1, Imm.LabelVec, _) => Form.BrTable,
            (1, Imm.HeapType, _) => Form.RefNull,
            (1, Imm.RefType, _) => Form.Cast,
            (1, Imm.CastOp, _) => Form.BrOnCast,
            (1, _, _) => Form.Idx,
            (2, Imm.BlockType, Imm.CatchVec) => Form.TryTable,
            (2, Imm.TableIdx, Imm.TypeIdx) => Form.CallIndirect,
            (2, Imm.TableIdx, Imm.ElemIdx) or (2, Imm.MemIdx, Imm.DataIdx) => Form.Init,
            (2, Imm.TableIdx, Imm.TableIdx) or (2, Imm.MemIdx, Imm.MemIdx) => Form.OptIdx2,
            (2, Imm.MemArg, Imm.LaneIdx) => Form.MemLane,
            _ => imms[^1] == Imm.OnVec ? Form.Resume : Form.Idx2,
        };
    }
}

/// <summary>The keywords, found by their bytes.</summary>
internal static class Keywords
{
    private readonly record struct Entry(byte[] Text, uint Hash, Word Word, Features AnyOf);

    private static readonly Entry[] Slots = new Entry[4096];

    /// <summary>The mnemonics; a keyword's number less <see cref="Word.FirstMnemonic"/> is the index.</summary>
    public static ImmutableArray<Mnemonic> Mnemonics { get; } = [.. InstrTable.ByMnemonic.Values.Select(rows => new Mnemonic(rows))];

    static Keywords()
    {
        foreach (var (word, text, feature) in Words)
            Add(text, word, feature);
        for (int i = 0; i < Mnemonics.Length; i++)
        {
            var def = Mnemonics[i].Def;
            // These two are also the clauses of try_table.
            var feature = def.Op is Op.Catch or Op.CatchAll ? def.Feature | Features.Exceptions : def.Feature;
            Add(def.Mnemonic, Word.FirstMnemonic + i, feature);
        }
    }

    /// <summary>The keyword of these bytes, or <see cref="Word.None"/> when there is none or it belongs to other features.</summary>
    public static Word Find(ReadOnlySpan<byte> text, Features features)
    {
        uint hash = ByteHash.Of(text);
        for (int i = (int)(hash % (uint)Slots.Length); Slots[i].Text is not null; i = (i + 1) % Slots.Length)
        {
            ref readonly var entry = ref Slots[i];
            if (entry.Hash == hash && text.SequenceEqual(entry.Text))
                return entry.AnyOf == Features.None || (features & entry.AnyOf) != 0 ? entry.Word : Word.None;
        }
        return Word.None;
    }

    private static void Add(string text, Word word, Features anyOf)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        uint hash = ByteHash.Of(bytes);
        int i = (int)(hash % (uint)Slots.Length);
        while (Slots[i].Text is not null) i = (i + 1) % Slots.Length;
        Slots[i] = new Entry(bytes, hash, word, anyOf);
    }

    private static ReadOnlySpan<(Word Word, string Text, Features Feature)> Words => new (Word, string, Features)[]
    {
        (Word.I8, "i8", Features.Gc),
        (Word.I16, "i16", Features.Gc),
        (Word.I32, "i32", 0),
        (Word.I64, "i64", 0),
        (Word.F32, "f32", 0),
        (Word.F64, "f64", 0),
        (Word.V128, "v128", Features.Simd),
        (Word.Any, "any", Features.Gc),
        (Word.Eq, "eq", Features.Gc),
        (Word.I31, "i31", Features.Gc),
        (Word.Struct, "struct", Features.Gc),
        (Word.Array, "array", Features.Gc),
        (Word.NoneType, "none", Features.Gc),
        (Word.Func, "func", 0),
        (Word.NoFunc, "nofunc", Features.Gc),
        (Word.Exn, "exn", Features.Exceptions),
        (Word.NoExn, "noexn", Features.Exceptions),
        (Word.Extern, "extern", Features.ReferenceTypes),
        (Word.NoExtern, "noextern", Features.Gc),
        (Word.Cont, "cont", Features.StackSwitching),
        (Word.NoCont, "nocont", Features.StackSwitching),
        (Word.AnyRef, "anyref", Features.Gc),
        (Word.EqRef, "eqref", Features.Gc),
        (Word.I31Ref, "i31ref", Features.Gc),
        (Word.StructRef, "structref", Features.Gc),
        (Word.ArrayRef, "arrayref", Features.Gc),
        (Word.NullRef, "nullref", Features.Gc),
        (Word.FuncRef, "funcref", 0),
        (Word.NullFuncRef, "nullfuncref", Features.Gc),
        (Word.ExnRef, "exnref", Features.Exceptions),
        (Word.NullExnRef, "nullexnref", Features.Exceptions),
        (Word.ExternRef, "externref", Features.ReferenceTypes),
        (Word.NullExternRef, "nullexternref", Features.Gc),
        (Word.ContRef, "contref", Features.StackSwitching),
        (Word.NullContRef, "nullcontref", Features.StackSwitching),
        (Word.Ref, "ref", 0),
        (Word.Null, "null", Features.FunctionReferences),
        (Word.Exact, "exact", Features.CustomDescriptors),
        (Word.Mut, "mut", 0),
        (Word.Field, "field", Features.Gc),
        (Word.Sub, "sub", Features.Gc),
        (Word.Final, "final", Features.Gc),
        (Word.Rec, "rec", Features.Gc),
        (Word.Describes, "describes", Features.CustomDescriptors),
        (Word.Descriptor, "descriptor", Features.CustomDescriptors),

        (Word.Module, "module", 0),
        (Word.Type, "type", 0),
        (Word.Param, "param", 0),
        (Word.Result, "result", 0),
        (Word.Local, "local", 0),
        (Word.Global, "global", 0),
        (Word.Table, "table", 0),
        (Word.Memory, "memory", 0),
        (Word.Tag, "tag", Features.Exceptions | Features.LegacyExceptions),
        (Word.Elem, "elem", 0),
        (Word.Data, "data", 0),
        (Word.Declare, "declare", Features.ReferenceTypes),
        (Word.Offset, "offset", 0),
        (Word.Item, "item", Features.ReferenceTypes),
        (Word.Start, "start", 0),
        (Word.Import, "import", 0),
        (Word.Export, "export", 0),
        (Word.Shared, "shared", 0),
        (Word.PageSize, "pagesize", Features.CustomPageSizes),

        (Word.Then, "then", 0),
        (Word.Do, "do", Features.LegacyExceptions),
        (Word.CatchRef, "catch_ref", Features.Exceptions),
        (Word.CatchAllRef, "catch_all_ref", Features.Exceptions),
        (Word.On, "on", Features.StackSwitching),
        (Word.I8x16, "i8x16", Features.Simd),
        (Word.I16x8, "i16x8", Features.Simd),
        (Word.I32x4, "i32x4", Features.Simd),
        (Word.I64x2, "i64x2", Features.Simd),
        (Word.F32x4, "f32x4", Features.Simd),
        (Word.F64x2, "f64x2", Features.Simd),

        (Word.Binary, "binary", 0),
        (Word.Quote, "quote", 0),
        (Word.Definition, "definition", 0),
        (Word.Instance, "instance", 0),
        (Word.Script, "script", 0),
        (Word.Thread, "thread", 0),
        (Word.Wait, "wait", 0),
        (Word.Register, "register", 0),
        (Word.Invoke, "invoke", 0),
        (Word.Get, "get", 0),
        (Word.Input, "input", 0),
        (Word.Output, "output", 0),
        (Word.Either, "either", 0),
        (Word.NanCanonical, "nan:canonical", 0),
        (Word.NanArithmetic, "nan:arithmetic", 0),
        (Word.AssertReturn, "assert_return", 0),
        (Word.AssertReturnCanonicalNan, "assert_return_canonical_nan", 0),
        (Word.AssertReturnArithmeticNan, "assert_return_arithmetic_nan", 0),
        (Word.AssertReturnFunc, "assert_return_func", 0),
        (Word.AssertException, "assert_exception", 0),
        (Word.AssertTrap, "assert_trap", 0),
        (Word.AssertExhaustion, "assert_exhaustion", 0),
        (Word.AssertSuspension, "assert_suspension", 0),
        (Word.AssertUnlinkable, "assert_unlinkable", 0),
        (Word.AssertMalformed, "assert_malformed", 0),
        (Word.AssertInvalid, "assert_invalid", 0),
        (Word.AssertMalformedCustom, "assert_malformed_custom", 0),
        (Word.AssertInvalidCustom, "assert_invalid_custom", 0),
        (Word.RefStruct, "ref.struct", 0),
        (Word.RefArray, "ref.array", 0),
        (Word.RefExn, "ref.exn", 0),
        (Word.RefExtern, "ref.extern", 0),
        (Word.RefHost, "ref.host", 0),
    };
}
