namespace Wasm.Execution;

/// <summary>
/// The instructions of the lowered form. Operands are cells of the frame (<see cref="Code"/>): <c>a = b op c</c>. Where a name is that of an
/// <see cref="Syntax.Op"/>, the rule is the same; blocks of such names stand in the order of <see cref="Syntax.Op"/>, so that one is found from the
/// other by its distance from the first.
/// </summary>
internal enum LOp : ushort
{
    // Control instructions. A branch adds a to the program counter.
    Unreachable,
    /// <summary>Does nothing: stands for an instruction that otherwise vanishes (<see cref="LoweringOptions.Unfused"/>).</summary>
    Nop,
    /// <summary>Never executed: carries operands of the instruction before it.</summary>
    Ext,
    Br,
    /// <summary>Branches when cell b is not zero.</summary>
    BrIf,
    /// <summary>Branches when cell b is zero.</summary>
    BrUnless,
    /// <summary>Cell b is the index; the c + 1 <see cref="Ext"/> that follow hold the distances, the default last.</summary>
    BrTable,
    /// <summary>Branches when reference b is null.</summary>
    BrOnNull,
    /// <summary>Branches when reference b is not null.</summary>
    BrOnNonNull,
    /// <summary>Branches when reference b has type c of <see cref="FuncCode.Types"/>.</summary>
    BrOnCast,
    /// <summary>Branches when reference b has not type c of <see cref="FuncCode.Types"/>.</summary>
    BrOnCastFail,
    /// <summary>Branches when reference b has the descriptor in reference c; x tells whether null succeeds and whether to branch on failure.</summary>
    BrOnCastDescEq,
    /// <summary>Returns; the results are in the first cells.</summary>
    Return,
    /// <summary>Returns the number in cell b.</summary>
    ReturnNum,
    /// <summary>Returns the reference b.</summary>
    ReturnRef,
    /// <summary>Calls function b; the arguments begin at cell a, where the results will be.</summary>
    Call,
    /// <summary>The same for a function that this module defines.</summary>
    CallDefined,
    /// <summary>Calls the element in cell b with type c; the table is cell a of the <see cref="Ext"/> behind it; a as for <see cref="Call"/>.</summary>
    CallIndirect,
    /// <summary>Calls reference b.</summary>
    CallRef,
    ReturnCall,
    ReturnCallIndirect,
    ReturnCallRef,
    /// <summary>Throws with tag b; the payload begins at cell a.</summary>
    Throw,
    /// <summary>Throws reference b.</summary>
    ThrowRef,
    /// <summary>Below the first frame of a machine.</summary>
    Halt,
    /// <summary>Below the first frame of a continuation.</summary>
    ContReturn,
    /// <summary>An instruction of stack switching, x; its operands begin at cell a.</summary>
    Cont,
    /// <summary>A scheduling point: the next instruction accesses a shared memory.</summary>
    SharedPoint,

    // Parametric and variable instructions
    Const,
    Copy,
    CopyVec,
    CopyRef,
    /// <summary>Copies c cells upwards from b to a, numbers and references.</summary>
    CopyRange,
    /// <summary>The condition is cell a of the <see cref="Ext"/> behind it.</summary>
    Select,
    SelectVec,
    SelectRef,
    GlobalGet,
    GlobalGetVec,
    GlobalGetRef,
    GlobalSet,
    GlobalSetVec,
    GlobalSetRef,

    // Table instructions
    TableGet,
    TableSet,
    /// <summary>The other instructions on tables and element segments, x; operands and result begin at cell a; b and c are the indices.</summary>
    Table,

    // Memory instructions. These are for memory 0 with 32-bit addresses, not shared: cell b is the address, c the offset.
    I32Load, I64Load, F32Load, F64Load, I32Load8S, I32Load8U, I32Load16S, I32Load16U, I64Load8S, I64Load8U, I64Load16S, I64Load16U,
    I64Load32S, I64Load32U,
    I32Store, I64Store, F32Store, F64Store, I32Store8, I32Store16, I64Store8, I64Store16, I64Store32,
    V128Load, V128Store,
    MemorySize,
    /// <summary>Growth, and the bulk instructions, x; operands and result begin at cell a; b and c are the indices.</summary>
    Memory,
    /// <summary>Any access to any memory, x: a and b as above, c the memory; the offset is the number of the <see cref="Ext"/>, the lane its x.</summary>
    MemoryAccess,
    /// <summary>Atomic instruction x: operands and result begin at cell a; b is the memory; the offset is the number of the <see cref="Ext"/>.</summary>
    Atomic,

    // Numeric instructions
    I32Eqz, I32Eq, I32Ne, I32LtS, I32LtU, I32GtS, I32GtU, I32LeS, I32LeU, I32GeS, I32GeU, I64Eqz, I64Eq, I64Ne, I64LtS, I64LtU, I64GtS,
    I64GtU, I64LeS, I64LeU, I64GeS, I64GeU, F32Eq, F32Ne, F32Lt, F32Gt, F32Le, F32Ge, F64Eq, F64Ne, F64Lt, F64Gt, F64Le, F64Ge, I32Clz,
    I32Ctz, I32Popcnt, I32Add, I32Sub, I32Mul, I32DivS, I32DivU, I32RemS, I32RemU, I32And, I32Or, I32Xor, I32Shl, I32ShrS, I32ShrU, I32Rotl,
    I32Rotr, I64Clz, I64Ctz, I64Popcnt, I64Add, I64Sub, I64Mul, I64DivS, I64DivU, I64RemS, I64RemU, I64And, I64Or, I64Xor, I64Shl, I64ShrS,
    I64ShrU, I64Rotl, I64Rotr, F32Abs, F32Neg, F32Ceil, F32Floor, F32Trunc, F32Nearest, F32Sqrt, F32Add, F32Sub, F32Mul, F32Div, F32Min,
    F32Max, F32Copysign, F64Abs, F64Neg, F64Ceil, F64Floor, F64Trunc, F64Nearest, F64Sqrt, F64Add, F64Sub, F64Mul, F64Div, F64Min, F64Max,
    F64Copysign, I32WrapI64, I32TruncF32S, I32TruncF32U, I32TruncF64S, I32TruncF64U, I64ExtendI32S, I64ExtendI32U, I64TruncF32S,
    I64TruncF32U, I64TruncF64S, I64TruncF64U, F32ConvertI32S, F32ConvertI32U, F32ConvertI64S, F32ConvertI64U, F32DemoteF64, F64ConvertI32S,
    F64ConvertI32U, F64ConvertI64S, F64ConvertI64U, F64PromoteF32, I32ReinterpretF32, I64ReinterpretF64, F32ReinterpretI32,
    F64ReinterpretI64, I32Extend8S, I32Extend16S, I64Extend8S, I64Extend16S, I64Extend32S,
    /// <summary>The other numeric instructions with one operand, x.</summary>
    TruncSat,
    /// <summary>An instruction of wide arithmetic, x: operands and results begin at cell a.</summary>
    Wide,
    /// <summary>Makes the NaN in cell b canonical (the deterministic profile).</summary>
    CanonF32, CanonF64, CanonF32x4, CanonF64x2,

    // Numeric instructions whose right operand is the number c, sign-extended
    I32EqImm, I32NeImm, I32LtSImm, I32LtUImm, I32GtSImm, I32GtUImm, I32LeSImm, I32LeUImm, I32GeSImm, I32GeUImm,
    I64EqImm, I64NeImm, I64LtSImm, I64LtUImm, I64GtSImm, I64GtUImm, I64LeSImm, I64LeUImm, I64GeSImm, I64GeUImm,
    I32AddImm, I32SubImm, I32MulImm, I32DivSImm, I32DivUImm, I32RemSImm, I32RemUImm, I32AndImm, I32OrImm, I32XorImm, I32ShlImm, I32ShrSImm,
    I32ShrUImm, I32RotlImm, I32RotrImm,
    I64AddImm, I64SubImm, I64MulImm, I64DivSImm, I64DivUImm, I64RemSImm, I64RemUImm, I64AndImm, I64OrImm, I64XorImm, I64ShlImm, I64ShrSImm,
    I64ShrUImm, I64RotlImm, I64RotrImm,

    // Comparisons fused with the conditional branch behind them: b op c
    BrIfI32Eq, BrIfI32Ne, BrIfI32LtS, BrIfI32LtU, BrIfI32GtS, BrIfI32GtU, BrIfI32LeS, BrIfI32LeU, BrIfI32GeS, BrIfI32GeU,
    BrIfI64Eq, BrIfI64Ne, BrIfI64LtS, BrIfI64LtU, BrIfI64GtS, BrIfI64GtU, BrIfI64LeS, BrIfI64LeU, BrIfI64GeS, BrIfI64GeU,
    BrIfF32Eq, BrIfF32Ne, BrIfF32Lt, BrIfF32Gt, BrIfF32Le, BrIfF32Ge,
    BrIfF64Eq, BrIfF64Ne, BrIfF64Lt, BrIfF64Gt, BrIfF64Le, BrIfF64Ge,
    BrUnlessF32Eq, BrUnlessF32Ne, BrUnlessF32Lt, BrUnlessF32Gt, BrUnlessF32Le, BrUnlessF32Ge,
    BrUnlessF64Eq, BrUnlessF64Ne, BrUnlessF64Lt, BrUnlessF64Gt, BrUnlessF64Le, BrUnlessF64Ge,
    BrIfI32EqImm, BrIfI32NeImm, BrIfI32LtSImm, BrIfI32LtUImm, BrIfI32GtSImm, BrIfI32GtUImm, BrIfI32LeSImm, BrIfI32LeUImm, BrIfI32GeSImm,
    BrIfI32GeUImm,
    BrIfI64EqImm, BrIfI64NeImm, BrIfI64LtSImm, BrIfI64LtUImm, BrIfI64GtSImm, BrIfI64GtUImm, BrIfI64LeSImm, BrIfI64LeUImm, BrIfI64GeSImm,
    BrIfI64GeUImm,

    // Vector instructions
    /// <summary>Vector instruction x, by the shape in its name: cells b and c, or the lane c.</summary>
    V128, I8x16, I16x8, I32x4, I64x2, F32x4, F64x2,
    /// <summary>Relaxed vector instruction x.</summary>
    Relaxed,
    /// <summary>Vector instruction x with a third operand, lane or constant in the <see cref="Ext"/>.</summary>
    VectorExt,

    // Reference and aggregate instructions
    RefNull, RefIsNull, RefFunc, RefEq, RefAsNonNull,
    /// <summary>Tests or casts reference b to type c of <see cref="FuncCode.Types"/>.</summary>
    RefTest, RefCast,
    /// <summary>Reads the field at place c of reference b; x is the number of bits to extend from, with sign when negative, or 0.</summary>
    StructGet, StructGetRef,
    /// <summary>Writes cell c to the field at place x of reference b; a is a mask of its bits, or 0.</summary>
    StructSet, StructSetRef,
    /// <summary>The other instructions on structures, arrays and i31, x; operands and result begin at cell a; b and c are the indices.</summary>
    Gc,
}
