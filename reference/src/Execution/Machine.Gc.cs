using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wasm.Syntax;

#pragma warning disable IDE0010 // only the instructions of this family come here

namespace Wasm.Execution;

// Aggregate instructions that are not in the loop. Operands and result are in consecutive cells.
public abstract unsafe partial class Machine
{
    private protected static bool HasType(object? reference, WasmFunc func, int type)
    {
        ref readonly var rt = ref func.Code!.Types[type];
        return reference is null ? rt.Nullable : RefTypes.Is(reference, rt.Heap);
    }

    private protected static bool HasDescriptor(object? reference, object? descriptor, bool nullable) =>
        reference is null ? nullable : reference is StructInst s && ReferenceEquals(s.Descriptor, descriptor);

    private protected bool GcInstr(Code* i, ulong* s, ref object? r, WasmFunc func)
    {
        var inst = func.Module;
        switch ((Op)i->X)
        {
            // Step_pure/ref.i31, Step_pure/i31.get-*
            case Op.RefI31:
                r = I31.Of((uint)s[0]);
                return true;
            case Op.I31GetS:
                if (r is null) return TrapAs(TrapKind.I31Null);
                s[0] = (uint)Unsafe.As<I31>(r).Signed;
                return true;
            case Op.I31GetU:
                if (r is null) return TrapAs(TrapKind.I31Null);
                s[0] = Unsafe.As<I31>(r).Bits;
                return true;

            // Step/struct.new, Step_read/struct.new_default
            case Op.StructNew: return NewStruct(inst.Types[i->B], s, ref r, isDefault: false, hasDescriptor: false);
            case Op.StructNewDefault: return NewStruct(inst.Types[i->B], s, ref r, isDefault: true, hasDescriptor: false);
            case Op.StructNewDesc: return NewStruct(inst.Types[i->B], s, ref r, isDefault: false, hasDescriptor: true);
            case Op.StructNewDefaultDesc: return NewStruct(inst.Types[i->B], s, ref r, isDefault: true, hasDescriptor: true);

            // Step_read/struct.get-*, Step/struct.set-* of vectors
            case Op.StructGet:
                if (r is null) return TrapAs(TrapKind.StructNull);
                s[0] = Unsafe.As<StructInst>(r).Num(i->B);
                s[1] = Unsafe.As<StructInst>(r).Num(i->B + 1);
                return true;
            case Op.StructSet:
                if (r is null) return TrapAs(TrapKind.StructNull);
                Unsafe.As<StructInst>(r).Num(i->B) = s[1];
                Unsafe.As<StructInst>(r).Num(i->B + 1) = s[2];
                return true;

            // Custom descriptors: ref.get_desc, ref.cast_desc_eq
            case Op.RefGetDesc:
                if (r is null) return TrapAs(TrapKind.AsNonNull);
                r = Unsafe.As<StructInst>(r).Descriptor;
                return true;
            case Op.RefCastDescEq or Op.RefCastDescEqNull:
                if (Unsafe.Add(ref r, 1) is null) return TrapAs(TrapKind.DescNull);
                return HasDescriptor(r, Unsafe.Add(ref r, 1), i->B != 0) || TrapAs(TrapKind.DescCastFail);

            // Step_pure/array.new, Step_read/array.new_default, Step/array.new_fixed, Step_read/array.new_data-*, Step_read/array.new_elem-*
            case Op.ArrayNew: return ArrayNew(inst.Types[i->B], s, ref r);
            case Op.ArrayNewDefault:
                r = NewArray(inst.Types[i->B], (uint)s[0]);
                return r is not null;
            case Op.ArrayNewFixed: return ArrayNewFixed(inst.Types[i->B], i->C, s, ref r);
            case Op.ArrayNewData: return ArrayNewData(inst.Types[i->B], inst.Datas[i->C], s, ref r);
            case Op.ArrayNewElem: return ArrayNewElem(inst.Types[i->B], inst.Elems[i->C], s, ref r);

            // Step_read/array.len-*
            case Op.ArrayLen:
                if (r is null) return TrapAs(TrapKind.ArrayNull);
                s[0] = (uint)Unsafe.As<ArrayInst>(r).Length;
                return true;

            // Step_read/array.get-*, Step/array.set-*
            case Op.ArrayGet or Op.ArrayGetS or Op.ArrayGetU:
                {
                    if (r is null) return TrapAs(TrapKind.ArrayNull);
                    var array = Unsafe.As<ArrayInst>(r);
                    if ((uint)s[1] >= (uint)array.Length) return TrapAs(TrapKind.ArrayOob);
                    array.Read((int)s[1], s, ref r);
                    if ((Op)i->X == Op.ArrayGetS) s[0] = Extend(s[0], array.Kind == ArrayKind.I8 ? 8 : 16);
                    return true;
                }
            case Op.ArraySet:
                {
                    if (r is null) return TrapAs(TrapKind.ArrayNull);
                    var array = Unsafe.As<ArrayInst>(r);
                    if ((uint)s[1] >= (uint)array.Length) return TrapAs(TrapKind.ArrayOob);
                    array.Write((int)s[1], s + 2, Unsafe.Add(ref r, 2));
                    return true;
                }

            // Step_read/array.fill-*, Step_read/array.copy-*, Step_read/array.init_data-*, Step_read/array.init_elem-*
            case Op.ArrayFill:
                {
                    if (r is null) return TrapAs(TrapKind.ArrayNull);
                    var array = Unsafe.As<ArrayInst>(r);
                    if (!Inside((uint)s[1], (uint)s[2 + array.ElemCells], (ulong)array.Length)) return TrapAs(TrapKind.ArrayOob);
                    array.Fill((int)s[1], (int)s[2 + array.ElemCells], s + 2, Unsafe.Add(ref r, 2));
                    return true;
                }
            case Op.ArrayCopy:
                {
                    if (r is null || Unsafe.Add(ref r, 2) is null) return TrapAs(TrapKind.ArrayNull);
                    ArrayInst to = Unsafe.As<ArrayInst>(r), from = Unsafe.As<ArrayInst>(Unsafe.Add(ref r, 2))!;
                    if (!Inside((uint)s[3], (uint)s[4], (ulong)from.Length) || !Inside((uint)s[1], (uint)s[4], (ulong)to.Length)) return TrapAs(TrapKind.ArrayOob);
                    Array.Copy(from.Elems, (int)s[3], to.Elems, (int)s[1], (int)s[4]);
                    return true;
                }
            case Op.ArrayInitData:
                {
                    if (r is null) return TrapAs(TrapKind.ArrayNull);
                    var array = Unsafe.As<ArrayInst>(r);
                    if (!Inside((uint)s[1], (uint)s[3], (ulong)array.Length)) return TrapAs(TrapKind.ArrayOob);
                    var bytes = inst.Datas[i->B].Bytes;
                    ulong n = (uint)s[3] * (ulong)array.ElemBytes;
                    if (!Inside((uint)s[2], n, (ulong)bytes.Length)) return TrapAs(TrapKind.ArrNewDataOob);
                    bytes.Slice((int)s[2], (int)n).CopyTo(array.Bytes((int)s[1], (int)s[3]));
                    return true;
                }
            case Op.ArrayInitElem:
                {
                    if (r is null) return TrapAs(TrapKind.ArrayNull);
                    var array = Unsafe.As<ArrayInst>(r);
                    if (!Inside((uint)s[1], (uint)s[3], (ulong)array.Length)) return TrapAs(TrapKind.ArrayOob);
                    if (!Inside((uint)s[2], (uint)s[3], (ulong)inst.Elems[i->B].Elems.Length)) return TrapAs(TrapKind.ArrNewElemOob);
                    Array.Copy(inst.Elems[i->B].Elems, (int)s[2], array.Elems, (int)s[1], (int)s[3]);
                    return true;
                }

            default:
                throw new UnreachableException($"{(Op)i->X} is no aggregate instruction");
        }
    }

    private bool NewStruct(DefType type, ulong* s, ref object? r, bool isDefault, bool hasDescriptor)
    {
        var layout = StructLayout.Of(type);
        if (!Store.Allocate(layout.Bytes)) return Exhaust(ExhaustionKind.Allocation);
        StructInst? descriptor = null;
        if (hasDescriptor)
        {
            descriptor = Unsafe.As<StructInst>(Unsafe.Add(ref r, isDefault ? 0 : layout.Cells));
            if (descriptor is null) return TrapAs(TrapKind.DescNull);
        }
        var made = new StructInst(type, layout, descriptor);
        if (!isDefault)
        {
            // The fields in order: the next number word or the next reference.
            int num = 0, reference = 0;
            foreach (int code in layout.Copies)
            {
                if (code < 0) made.Ref(reference++) = Unsafe.Add(ref r, ~code);
                else made.Num(num++) = s[code] & layout.Masks[code];
            }
        }
        r = made;
        return true;
    }

    /// <summary>An array of zeros or nulls; null when a limit is exceeded.</summary>
    private ArrayInst? NewArray(DefType type, ulong length)
    {
        var array = ArrayInst.New(Store, type, length);
        if (array is null) Exhaust(ExhaustionKind.Allocation);
        return array;
    }

    private bool ArrayNew(DefType type, ulong* s, ref object? r)
    {
        var storage = ((ArrayType)type.Expand).Field.Storage;
        uint length = (uint)s[storage.Unpacked.IsVec ? 2 : 1];
        if (NewArray(type, length) is not { } array) return false;
        array.Fill(0, (int)length, s, r);
        r = array;
        return true;
    }

    private bool ArrayNewFixed(DefType type, int length, ulong* s, ref object? r)
    {
        if (NewArray(type, (ulong)length) is not { } array) return false;
        for (int k = 0; k < length; k++)
            array.Write(k, s + k * array.ElemCells, Unsafe.Add(ref r, k * array.ElemCells));
        r = array;
        return true;
    }

    private bool ArrayNewData(DefType type, DataInst data, ulong* s, ref object? r)
    {
        ulong n = (uint)s[1] * (ulong)ArrayInst.BytesOf(ArrayInst.KindOf(type));
        if (!Inside((uint)s[0], n, (ulong)data.Bytes.Length)) return TrapAs(TrapKind.ArrNewDataOob);
        if (NewArray(type, (uint)s[1]) is not { } array) return false;
        data.Bytes.Slice((int)s[0], (int)n).CopyTo(array.Bytes(0, (int)s[1]));
        r = array;
        return true;
    }

    private bool ArrayNewElem(DefType type, ElemInst elem, ulong* s, ref object? r)
    {
        if (!Inside((uint)s[0], (uint)s[1], (ulong)elem.Elems.Length)) return TrapAs(TrapKind.ArrNewElemOob);
        if (NewArray(type, (uint)s[1]) is not { } array) return false;
        Array.Copy(elem.Elems, (int)s[0], array.Elems, 0, (int)s[1]);
        r = array;
        return true;
    }
}
