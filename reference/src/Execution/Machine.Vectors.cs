using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wasm.Numerics;
using Wasm.Syntax;
using Vec = System.Runtime.Intrinsics.Vector128<byte>;

#pragma warning disable IDE0010 // only the instructions of this family come here

namespace Wasm.Execution;

// Vector instructions (4.3.5, 4.4.5). A vector is two cells. There is a method for each shape, since the compiler inlines the operators of a few dozen
// arms but not of hundreds; and without SkipLocalsInit it would clear the temporaries of all arms at every call.
public abstract unsafe partial class Machine
{
    // Step_pure/vvunop, Step_pure/vvbinop, Step_pure/vvtestop
    [SkipLocalsInit]
    private protected static void V128Instr(Code* i, ulong* s)
    {
        switch ((Op)i->X)
        {
            case Op.V128Not: *(Vec*)(s + i->A) = V128Ops.Not(*(Vec*)(s + i->B)); break;
            case Op.V128And: *(Vec*)(s + i->A) = V128Ops.And(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.V128Andnot: *(Vec*)(s + i->A) = V128Ops.Andnot(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.V128Or: *(Vec*)(s + i->A) = V128Ops.Or(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.V128Xor: *(Vec*)(s + i->A) = V128Ops.Xor(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.V128AnyTrue: s[i->A] = V128Ops.AnyTrue(*(Vec*)(s + i->B)) ? 1UL : 0; break;
            default: throw new UnreachableException($"{(Op)i->X} is of another shape");
        }
    }

    // Step_pure/vunop-*, Step_pure/vbinop-*, Step_pure/vtestop, Step_pure/vrelop, Step_pure/vshiftop, Step_pure/vbitmask, Step_pure/vswizzlop, Step_pure/vsplat,
    // Step_pure/vextract_lane-*, Step_pure/vnarrow, Step_pure/vextunop, Step_pure/vextbinop, Step_pure/vcvtop, in the order of their opcodes

    [SkipLocalsInit]
    private protected static void I8x16Instr(Code* i, ulong* s)
    {
        switch ((Op)i->X)
        {
            case Op.I8x16Swizzle: *(Vec*)(s + i->A) = I8x16.Swizzle(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16Splat: *(Vec*)(s + i->A) = I8x16.Splat((uint)s[i->B]); break;
            case Op.I8x16ExtractLaneS: s[i->A] = I8x16.ExtractLaneS(*(Vec*)(s + i->B), i->C); break;
            case Op.I8x16ExtractLaneU: s[i->A] = I8x16.ExtractLaneU(*(Vec*)(s + i->B), i->C); break;
            case Op.I8x16Eq: *(Vec*)(s + i->A) = I8x16.Eq(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16Ne: *(Vec*)(s + i->A) = I8x16.Ne(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16LtS: *(Vec*)(s + i->A) = I8x16.LtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16LtU: *(Vec*)(s + i->A) = I8x16.LtU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16GtS: *(Vec*)(s + i->A) = I8x16.GtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16GtU: *(Vec*)(s + i->A) = I8x16.GtU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16LeS: *(Vec*)(s + i->A) = I8x16.LeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16LeU: *(Vec*)(s + i->A) = I8x16.LeU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16GeS: *(Vec*)(s + i->A) = I8x16.GeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16GeU: *(Vec*)(s + i->A) = I8x16.GeU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16Abs: *(Vec*)(s + i->A) = I8x16.Abs(*(Vec*)(s + i->B)); break;
            case Op.I8x16Neg: *(Vec*)(s + i->A) = I8x16.Neg(*(Vec*)(s + i->B)); break;
            case Op.I8x16Popcnt: *(Vec*)(s + i->A) = I8x16.Popcnt(*(Vec*)(s + i->B)); break;
            case Op.I8x16AllTrue: s[i->A] = I8x16.AllTrue(*(Vec*)(s + i->B)) ? 1UL : 0; break;
            case Op.I8x16Bitmask: s[i->A] = I8x16.Bitmask(*(Vec*)(s + i->B)); break;
            case Op.I8x16NarrowI16x8S: *(Vec*)(s + i->A) = I8x16.NarrowI16x8S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16NarrowI16x8U: *(Vec*)(s + i->A) = I8x16.NarrowI16x8U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16Shl: *(Vec*)(s + i->A) = I8x16.Shl(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I8x16ShrS: *(Vec*)(s + i->A) = I8x16.ShrS(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I8x16ShrU: *(Vec*)(s + i->A) = I8x16.ShrU(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I8x16Add: *(Vec*)(s + i->A) = I8x16.Add(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16AddSatS: *(Vec*)(s + i->A) = I8x16.AddSatS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16AddSatU: *(Vec*)(s + i->A) = I8x16.AddSatU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16Sub: *(Vec*)(s + i->A) = I8x16.Sub(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16SubSatS: *(Vec*)(s + i->A) = I8x16.SubSatS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16SubSatU: *(Vec*)(s + i->A) = I8x16.SubSatU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16MinS: *(Vec*)(s + i->A) = I8x16.MinS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16MinU: *(Vec*)(s + i->A) = I8x16.MinU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16MaxS: *(Vec*)(s + i->A) = I8x16.MaxS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16MaxU: *(Vec*)(s + i->A) = I8x16.MaxU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I8x16AvgrU: *(Vec*)(s + i->A) = I8x16.AvgrU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            default: throw new UnreachableException($"{(Op)i->X} is of another shape");
        }
    }

    [SkipLocalsInit]
    private protected static void I16x8Instr(Code* i, ulong* s)
    {
        switch ((Op)i->X)
        {
            case Op.I16x8Splat: *(Vec*)(s + i->A) = I16x8.Splat((uint)s[i->B]); break;
            case Op.I16x8ExtractLaneS: s[i->A] = I16x8.ExtractLaneS(*(Vec*)(s + i->B), i->C); break;
            case Op.I16x8ExtractLaneU: s[i->A] = I16x8.ExtractLaneU(*(Vec*)(s + i->B), i->C); break;
            case Op.I16x8Eq: *(Vec*)(s + i->A) = I16x8.Eq(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8Ne: *(Vec*)(s + i->A) = I16x8.Ne(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8LtS: *(Vec*)(s + i->A) = I16x8.LtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8LtU: *(Vec*)(s + i->A) = I16x8.LtU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8GtS: *(Vec*)(s + i->A) = I16x8.GtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8GtU: *(Vec*)(s + i->A) = I16x8.GtU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8LeS: *(Vec*)(s + i->A) = I16x8.LeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8LeU: *(Vec*)(s + i->A) = I16x8.LeU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8GeS: *(Vec*)(s + i->A) = I16x8.GeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8GeU: *(Vec*)(s + i->A) = I16x8.GeU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8ExtaddPairwiseI8x16S: *(Vec*)(s + i->A) = I16x8.ExtaddPairwiseI8x16S(*(Vec*)(s + i->B)); break;
            case Op.I16x8ExtaddPairwiseI8x16U: *(Vec*)(s + i->A) = I16x8.ExtaddPairwiseI8x16U(*(Vec*)(s + i->B)); break;
            case Op.I16x8Abs: *(Vec*)(s + i->A) = I16x8.Abs(*(Vec*)(s + i->B)); break;
            case Op.I16x8Neg: *(Vec*)(s + i->A) = I16x8.Neg(*(Vec*)(s + i->B)); break;
            case Op.I16x8Q15mulrSatS: *(Vec*)(s + i->A) = I16x8.Q15MulrSatS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8AllTrue: s[i->A] = I16x8.AllTrue(*(Vec*)(s + i->B)) ? 1UL : 0; break;
            case Op.I16x8Bitmask: s[i->A] = I16x8.Bitmask(*(Vec*)(s + i->B)); break;
            case Op.I16x8NarrowI32x4S: *(Vec*)(s + i->A) = I16x8.NarrowI32x4S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8NarrowI32x4U: *(Vec*)(s + i->A) = I16x8.NarrowI32x4U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8ExtendLowI8x16S: *(Vec*)(s + i->A) = I16x8.ExtendLowI8x16S(*(Vec*)(s + i->B)); break;
            case Op.I16x8ExtendHighI8x16S: *(Vec*)(s + i->A) = I16x8.ExtendHighI8x16S(*(Vec*)(s + i->B)); break;
            case Op.I16x8ExtendLowI8x16U: *(Vec*)(s + i->A) = I16x8.ExtendLowI8x16U(*(Vec*)(s + i->B)); break;
            case Op.I16x8ExtendHighI8x16U: *(Vec*)(s + i->A) = I16x8.ExtendHighI8x16U(*(Vec*)(s + i->B)); break;
            case Op.I16x8Shl: *(Vec*)(s + i->A) = I16x8.Shl(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I16x8ShrS: *(Vec*)(s + i->A) = I16x8.ShrS(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I16x8ShrU: *(Vec*)(s + i->A) = I16x8.ShrU(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I16x8Add: *(Vec*)(s + i->A) = I16x8.Add(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8AddSatS: *(Vec*)(s + i->A) = I16x8.AddSatS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8AddSatU: *(Vec*)(s + i->A) = I16x8.AddSatU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8Sub: *(Vec*)(s + i->A) = I16x8.Sub(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8SubSatS: *(Vec*)(s + i->A) = I16x8.SubSatS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8SubSatU: *(Vec*)(s + i->A) = I16x8.SubSatU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8Mul: *(Vec*)(s + i->A) = I16x8.Mul(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8MinS: *(Vec*)(s + i->A) = I16x8.MinS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8MinU: *(Vec*)(s + i->A) = I16x8.MinU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8MaxS: *(Vec*)(s + i->A) = I16x8.MaxS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8MaxU: *(Vec*)(s + i->A) = I16x8.MaxU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8AvgrU: *(Vec*)(s + i->A) = I16x8.AvgrU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8ExtmulLowI8x16S: *(Vec*)(s + i->A) = I16x8.ExtmulLowI8x16S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8ExtmulHighI8x16S: *(Vec*)(s + i->A) = I16x8.ExtmulHighI8x16S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8ExtmulLowI8x16U: *(Vec*)(s + i->A) = I16x8.ExtmulLowI8x16U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I16x8ExtmulHighI8x16U: *(Vec*)(s + i->A) = I16x8.ExtmulHighI8x16U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            default: throw new UnreachableException($"{(Op)i->X} is of another shape");
        }
    }

    [SkipLocalsInit]
    private protected static void I32x4Instr(Code* i, ulong* s)
    {
        switch ((Op)i->X)
        {
            case Op.I32x4Splat: *(Vec*)(s + i->A) = I32x4.Splat((uint)s[i->B]); break;
            case Op.I32x4ExtractLane: s[i->A] = I32x4.ExtractLane(*(Vec*)(s + i->B), i->C); break;
            case Op.I32x4Eq: *(Vec*)(s + i->A) = I32x4.Eq(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4Ne: *(Vec*)(s + i->A) = I32x4.Ne(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4LtS: *(Vec*)(s + i->A) = I32x4.LtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4LtU: *(Vec*)(s + i->A) = I32x4.LtU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4GtS: *(Vec*)(s + i->A) = I32x4.GtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4GtU: *(Vec*)(s + i->A) = I32x4.GtU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4LeS: *(Vec*)(s + i->A) = I32x4.LeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4LeU: *(Vec*)(s + i->A) = I32x4.LeU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4GeS: *(Vec*)(s + i->A) = I32x4.GeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4GeU: *(Vec*)(s + i->A) = I32x4.GeU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4ExtaddPairwiseI16x8S: *(Vec*)(s + i->A) = I32x4.ExtaddPairwiseI16x8S(*(Vec*)(s + i->B)); break;
            case Op.I32x4ExtaddPairwiseI16x8U: *(Vec*)(s + i->A) = I32x4.ExtaddPairwiseI16x8U(*(Vec*)(s + i->B)); break;
            case Op.I32x4Abs: *(Vec*)(s + i->A) = I32x4.Abs(*(Vec*)(s + i->B)); break;
            case Op.I32x4Neg: *(Vec*)(s + i->A) = I32x4.Neg(*(Vec*)(s + i->B)); break;
            case Op.I32x4AllTrue: s[i->A] = I32x4.AllTrue(*(Vec*)(s + i->B)) ? 1UL : 0; break;
            case Op.I32x4Bitmask: s[i->A] = I32x4.Bitmask(*(Vec*)(s + i->B)); break;
            case Op.I32x4ExtendLowI16x8S: *(Vec*)(s + i->A) = I32x4.ExtendLowI16x8S(*(Vec*)(s + i->B)); break;
            case Op.I32x4ExtendHighI16x8S: *(Vec*)(s + i->A) = I32x4.ExtendHighI16x8S(*(Vec*)(s + i->B)); break;
            case Op.I32x4ExtendLowI16x8U: *(Vec*)(s + i->A) = I32x4.ExtendLowI16x8U(*(Vec*)(s + i->B)); break;
            case Op.I32x4ExtendHighI16x8U: *(Vec*)(s + i->A) = I32x4.ExtendHighI16x8U(*(Vec*)(s + i->B)); break;
            case Op.I32x4Shl: *(Vec*)(s + i->A) = I32x4.Shl(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I32x4ShrS: *(Vec*)(s + i->A) = I32x4.ShrS(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I32x4ShrU: *(Vec*)(s + i->A) = I32x4.ShrU(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I32x4Add: *(Vec*)(s + i->A) = I32x4.Add(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4Sub: *(Vec*)(s + i->A) = I32x4.Sub(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4Mul: *(Vec*)(s + i->A) = I32x4.Mul(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4MinS: *(Vec*)(s + i->A) = I32x4.MinS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4MinU: *(Vec*)(s + i->A) = I32x4.MinU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4MaxS: *(Vec*)(s + i->A) = I32x4.MaxS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4MaxU: *(Vec*)(s + i->A) = I32x4.MaxU(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4DotI16x8S: *(Vec*)(s + i->A) = I32x4.DotI16x8S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4ExtmulLowI16x8S: *(Vec*)(s + i->A) = I32x4.ExtmulLowI16x8S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4ExtmulHighI16x8S: *(Vec*)(s + i->A) = I32x4.ExtmulHighI16x8S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4ExtmulLowI16x8U: *(Vec*)(s + i->A) = I32x4.ExtmulLowI16x8U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4ExtmulHighI16x8U: *(Vec*)(s + i->A) = I32x4.ExtmulHighI16x8U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I32x4TruncSatF32x4S: *(Vec*)(s + i->A) = I32x4.TruncSatF32x4S(*(Vec*)(s + i->B)); break;
            case Op.I32x4TruncSatF32x4U: *(Vec*)(s + i->A) = I32x4.TruncSatF32x4U(*(Vec*)(s + i->B)); break;
            case Op.I32x4TruncSatF64x2SZero: *(Vec*)(s + i->A) = I32x4.TruncSatF64x2SZero(*(Vec*)(s + i->B)); break;
            case Op.I32x4TruncSatF64x2UZero: *(Vec*)(s + i->A) = I32x4.TruncSatF64x2UZero(*(Vec*)(s + i->B)); break;
            default: throw new UnreachableException($"{(Op)i->X} is of another shape");
        }
    }

    [SkipLocalsInit]
    private protected static void I64x2Instr(Code* i, ulong* s)
    {
        switch ((Op)i->X)
        {
            case Op.I64x2Splat: *(Vec*)(s + i->A) = I64x2.Splat(s[i->B]); break;
            case Op.I64x2ExtractLane: s[i->A] = I64x2.ExtractLane(*(Vec*)(s + i->B), i->C); break;
            case Op.I64x2Abs: *(Vec*)(s + i->A) = I64x2.Abs(*(Vec*)(s + i->B)); break;
            case Op.I64x2Neg: *(Vec*)(s + i->A) = I64x2.Neg(*(Vec*)(s + i->B)); break;
            case Op.I64x2AllTrue: s[i->A] = I64x2.AllTrue(*(Vec*)(s + i->B)) ? 1UL : 0; break;
            case Op.I64x2Bitmask: s[i->A] = I64x2.Bitmask(*(Vec*)(s + i->B)); break;
            case Op.I64x2ExtendLowI32x4S: *(Vec*)(s + i->A) = I64x2.ExtendLowI32x4S(*(Vec*)(s + i->B)); break;
            case Op.I64x2ExtendHighI32x4S: *(Vec*)(s + i->A) = I64x2.ExtendHighI32x4S(*(Vec*)(s + i->B)); break;
            case Op.I64x2ExtendLowI32x4U: *(Vec*)(s + i->A) = I64x2.ExtendLowI32x4U(*(Vec*)(s + i->B)); break;
            case Op.I64x2ExtendHighI32x4U: *(Vec*)(s + i->A) = I64x2.ExtendHighI32x4U(*(Vec*)(s + i->B)); break;
            case Op.I64x2Shl: *(Vec*)(s + i->A) = I64x2.Shl(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I64x2ShrS: *(Vec*)(s + i->A) = I64x2.ShrS(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I64x2ShrU: *(Vec*)(s + i->A) = I64x2.ShrU(*(Vec*)(s + i->B), (uint)s[i->C]); break;
            case Op.I64x2Add: *(Vec*)(s + i->A) = I64x2.Add(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2Sub: *(Vec*)(s + i->A) = I64x2.Sub(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2Mul: *(Vec*)(s + i->A) = I64x2.Mul(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2Eq: *(Vec*)(s + i->A) = I64x2.Eq(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2Ne: *(Vec*)(s + i->A) = I64x2.Ne(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2LtS: *(Vec*)(s + i->A) = I64x2.LtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2GtS: *(Vec*)(s + i->A) = I64x2.GtS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2LeS: *(Vec*)(s + i->A) = I64x2.LeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2GeS: *(Vec*)(s + i->A) = I64x2.GeS(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2ExtmulLowI32x4S: *(Vec*)(s + i->A) = I64x2.ExtmulLowI32x4S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2ExtmulHighI32x4S: *(Vec*)(s + i->A) = I64x2.ExtmulHighI32x4S(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2ExtmulLowI32x4U: *(Vec*)(s + i->A) = I64x2.ExtmulLowI32x4U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.I64x2ExtmulHighI32x4U: *(Vec*)(s + i->A) = I64x2.ExtmulHighI32x4U(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            default: throw new UnreachableException($"{(Op)i->X} is of another shape");
        }
    }

    [SkipLocalsInit]
    private protected static void F32x4Instr(Code* i, ulong* s)
    {
        switch ((Op)i->X)
        {
            case Op.F32x4Splat: *(Vec*)(s + i->A) = F32x4.Splat((uint)s[i->B]); break;
            case Op.F32x4ExtractLane: s[i->A] = F32x4.ExtractLane(*(Vec*)(s + i->B), i->C); break;
            case Op.F32x4Eq: *(Vec*)(s + i->A) = F32x4.Eq(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Ne: *(Vec*)(s + i->A) = F32x4.Ne(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Lt: *(Vec*)(s + i->A) = F32x4.Lt(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Gt: *(Vec*)(s + i->A) = F32x4.Gt(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Le: *(Vec*)(s + i->A) = F32x4.Le(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Ge: *(Vec*)(s + i->A) = F32x4.Ge(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4DemoteF64x2Zero: *(Vec*)(s + i->A) = F32x4.DemoteF64x2Zero(*(Vec*)(s + i->B)); break;
            case Op.F32x4Ceil: *(Vec*)(s + i->A) = F32x4.Ceil(*(Vec*)(s + i->B)); break;
            case Op.F32x4Floor: *(Vec*)(s + i->A) = F32x4.Floor(*(Vec*)(s + i->B)); break;
            case Op.F32x4Trunc: *(Vec*)(s + i->A) = F32x4.Trunc(*(Vec*)(s + i->B)); break;
            case Op.F32x4Nearest: *(Vec*)(s + i->A) = F32x4.Nearest(*(Vec*)(s + i->B)); break;
            case Op.F32x4Abs: *(Vec*)(s + i->A) = F32x4.Abs(*(Vec*)(s + i->B)); break;
            case Op.F32x4Neg: *(Vec*)(s + i->A) = F32x4.Neg(*(Vec*)(s + i->B)); break;
            case Op.F32x4Sqrt: *(Vec*)(s + i->A) = F32x4.Sqrt(*(Vec*)(s + i->B)); break;
            case Op.F32x4Add: *(Vec*)(s + i->A) = F32x4.Add(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Sub: *(Vec*)(s + i->A) = F32x4.Sub(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Mul: *(Vec*)(s + i->A) = F32x4.Mul(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Div: *(Vec*)(s + i->A) = F32x4.Div(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Min: *(Vec*)(s + i->A) = F32x4.Min(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Max: *(Vec*)(s + i->A) = F32x4.Max(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Pmin: *(Vec*)(s + i->A) = F32x4.PMin(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4Pmax: *(Vec*)(s + i->A) = F32x4.PMax(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F32x4ConvertI32x4S: *(Vec*)(s + i->A) = F32x4.ConvertI32x4S(*(Vec*)(s + i->B)); break;
            case Op.F32x4ConvertI32x4U: *(Vec*)(s + i->A) = F32x4.ConvertI32x4U(*(Vec*)(s + i->B)); break;
            default: throw new UnreachableException($"{(Op)i->X} is of another shape");
        }
    }

    [SkipLocalsInit]
    private protected static void F64x2Instr(Code* i, ulong* s)
    {
        switch ((Op)i->X)
        {
            case Op.F64x2Splat: *(Vec*)(s + i->A) = F64x2.Splat(s[i->B]); break;
            case Op.F64x2ExtractLane: s[i->A] = F64x2.ExtractLane(*(Vec*)(s + i->B), i->C); break;
            case Op.F64x2Eq: *(Vec*)(s + i->A) = F64x2.Eq(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Ne: *(Vec*)(s + i->A) = F64x2.Ne(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Lt: *(Vec*)(s + i->A) = F64x2.Lt(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Gt: *(Vec*)(s + i->A) = F64x2.Gt(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Le: *(Vec*)(s + i->A) = F64x2.Le(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Ge: *(Vec*)(s + i->A) = F64x2.Ge(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2PromoteLowF32x4: *(Vec*)(s + i->A) = F64x2.PromoteLowF32x4(*(Vec*)(s + i->B)); break;
            case Op.F64x2Ceil: *(Vec*)(s + i->A) = F64x2.Ceil(*(Vec*)(s + i->B)); break;
            case Op.F64x2Floor: *(Vec*)(s + i->A) = F64x2.Floor(*(Vec*)(s + i->B)); break;
            case Op.F64x2Trunc: *(Vec*)(s + i->A) = F64x2.Trunc(*(Vec*)(s + i->B)); break;
            case Op.F64x2Nearest: *(Vec*)(s + i->A) = F64x2.Nearest(*(Vec*)(s + i->B)); break;
            case Op.F64x2Abs: *(Vec*)(s + i->A) = F64x2.Abs(*(Vec*)(s + i->B)); break;
            case Op.F64x2Neg: *(Vec*)(s + i->A) = F64x2.Neg(*(Vec*)(s + i->B)); break;
            case Op.F64x2Sqrt: *(Vec*)(s + i->A) = F64x2.Sqrt(*(Vec*)(s + i->B)); break;
            case Op.F64x2Add: *(Vec*)(s + i->A) = F64x2.Add(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Sub: *(Vec*)(s + i->A) = F64x2.Sub(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Mul: *(Vec*)(s + i->A) = F64x2.Mul(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Div: *(Vec*)(s + i->A) = F64x2.Div(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Min: *(Vec*)(s + i->A) = F64x2.Min(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Max: *(Vec*)(s + i->A) = F64x2.Max(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Pmin: *(Vec*)(s + i->A) = F64x2.PMin(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2Pmax: *(Vec*)(s + i->A) = F64x2.PMax(*(Vec*)(s + i->B), *(Vec*)(s + i->C)); break;
            case Op.F64x2ConvertLowI32x4S: *(Vec*)(s + i->A) = F64x2.ConvertLowI32x4S(*(Vec*)(s + i->B)); break;
            case Op.F64x2ConvertLowI32x4U: *(Vec*)(s + i->A) = F64x2.ConvertLowI32x4U(*(Vec*)(s + i->B)); break;
            default: throw new UnreachableException($"{(Op)i->X} is of another shape");
        }
    }

    // The same rules, by the store's choices
    private protected static void RelaxedInstr(Code* i, ulong* s, RelaxedChoices choices)
    {
        switch ((Op)i->X)
        {
            case Op.I8x16RelaxedSwizzle: *(Vec*)(s + i->A) = Relaxed.Swizzle(*(Vec*)(s + i->B), *(Vec*)(s + i->C), choices.Swizzle); break;
            case Op.I32x4RelaxedTruncF32x4S: *(Vec*)(s + i->A) = Relaxed.TruncF32x4S(*(Vec*)(s + i->B), choices.TruncS); break;
            case Op.I32x4RelaxedTruncF32x4U: *(Vec*)(s + i->A) = Relaxed.TruncF32x4U(*(Vec*)(s + i->B), choices.TruncU); break;
            case Op.I32x4RelaxedTruncF64x2SZero: *(Vec*)(s + i->A) = Relaxed.TruncF64x2SZero(*(Vec*)(s + i->B), choices.TruncS); break;
            case Op.I32x4RelaxedTruncF64x2UZero: *(Vec*)(s + i->A) = Relaxed.TruncF64x2UZero(*(Vec*)(s + i->B), choices.TruncU); break;
            case Op.F32x4RelaxedMin: *(Vec*)(s + i->A) = Relaxed.MinF32x4(*(Vec*)(s + i->B), *(Vec*)(s + i->C), choices.Fmin); break;
            case Op.F32x4RelaxedMax: *(Vec*)(s + i->A) = Relaxed.MaxF32x4(*(Vec*)(s + i->B), *(Vec*)(s + i->C), choices.Fmax); break;
            case Op.F64x2RelaxedMin: *(Vec*)(s + i->A) = Relaxed.MinF64x2(*(Vec*)(s + i->B), *(Vec*)(s + i->C), choices.Fmin); break;
            case Op.F64x2RelaxedMax: *(Vec*)(s + i->A) = Relaxed.MaxF64x2(*(Vec*)(s + i->B), *(Vec*)(s + i->C), choices.Fmax); break;
            case Op.I16x8RelaxedQ15mulrS: *(Vec*)(s + i->A) = Relaxed.Q15MulrS(*(Vec*)(s + i->B), *(Vec*)(s + i->C), choices.Iq15mulr); break;
            case Op.I16x8RelaxedDotI8x16I7x16S: *(Vec*)(s + i->A) = Relaxed.DotI8x16I7x16S(*(Vec*)(s + i->B), *(Vec*)(s + i->C), choices.Idot); break;
            default: throw new UnreachableException($"{(Op)i->X} is not relaxed");
        }
    }

    // Step_pure/vvternop, Step_pure/vternop-*, Step_pure/vextternop, Step_pure/vreplace_lane, Step_pure/vshuffle: instructions with more operands than fit
    // one word. Returns how many words follow.
    [SkipLocalsInit]
    private protected static int VectorExt(Code* i, ulong* s, RelaxedChoices choices)
    {
        switch ((Op)i->X)
        {
            case Op.I8x16Shuffle: *(Vec*)(s + i->A) = I8x16.Shuffle(*(Vec*)(s + i->B), *(Vec*)(s + i->C), Vector128.Create(i[1].Number, i[2].Number).AsByte()); return 2;
            case Op.I8x16ReplaceLane: *(Vec*)(s + i->A) = I8x16.ReplaceLane(*(Vec*)(s + i->B), i[1].A, (uint)s[i->C]); return 1;
            case Op.I16x8ReplaceLane: *(Vec*)(s + i->A) = I16x8.ReplaceLane(*(Vec*)(s + i->B), i[1].A, (uint)s[i->C]); return 1;
            case Op.I32x4ReplaceLane: *(Vec*)(s + i->A) = I32x4.ReplaceLane(*(Vec*)(s + i->B), i[1].A, (uint)s[i->C]); return 1;
            case Op.I64x2ReplaceLane: *(Vec*)(s + i->A) = I64x2.ReplaceLane(*(Vec*)(s + i->B), i[1].A, s[i->C]); return 1;
            case Op.F32x4ReplaceLane: *(Vec*)(s + i->A) = F32x4.ReplaceLane(*(Vec*)(s + i->B), i[1].A, (uint)s[i->C]); return 1;
            case Op.F64x2ReplaceLane: *(Vec*)(s + i->A) = F64x2.ReplaceLane(*(Vec*)(s + i->B), i[1].A, s[i->C]); return 1;
            case Op.V128Bitselect: *(Vec*)(s + i->A) = V128Ops.Bitselect(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A)); return 1;
            case Op.F32x4RelaxedMadd: *(Vec*)(s + i->A) = Relaxed.MaddF32x4(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Fmadd); return 1;
            case Op.F32x4RelaxedNmadd: *(Vec*)(s + i->A) = Relaxed.NmaddF32x4(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Fmadd); return 1;
            case Op.F64x2RelaxedMadd: *(Vec*)(s + i->A) = Relaxed.MaddF64x2(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Fmadd); return 1;
            case Op.F64x2RelaxedNmadd: *(Vec*)(s + i->A) = Relaxed.NmaddF64x2(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Fmadd); return 1;
            case Op.I8x16RelaxedLaneselect: *(Vec*)(s + i->A) = Relaxed.LaneselectI8x16(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Laneselect); return 1;
            case Op.I16x8RelaxedLaneselect: *(Vec*)(s + i->A) = Relaxed.LaneselectI16x8(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Laneselect); return 1;
            case Op.I32x4RelaxedLaneselect: *(Vec*)(s + i->A) = Relaxed.LaneselectI32x4(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Laneselect); return 1;
            case Op.I64x2RelaxedLaneselect: *(Vec*)(s + i->A) = Relaxed.LaneselectI64x2(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Laneselect); return 1;
            case Op.I32x4RelaxedDotI8x16I7x16AddS: *(Vec*)(s + i->A) = Relaxed.DotI8x16I7x16AddS(*(Vec*)(s + i->B), *(Vec*)(s + i->C), *(Vec*)(s + i[1].A), choices.Idot); return 1;
            default: throw new UnreachableException($"{(Op)i->X} is no vector instruction of several words");
        }
    }
}
