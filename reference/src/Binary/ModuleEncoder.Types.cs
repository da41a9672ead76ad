using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Binary;

// Types (5.3).
internal sealed partial class ModuleEncoder
{
    private void ValType(ValType type)
    {
        if (type.IsRef)
            RefType(type.Ref);
        else
            _out.Byte(type.Kind switch
            {
                ValKind.I32 => 0x7F,
                ValKind.I64 => 0x7E,
                ValKind.F32 => 0x7D,
                ValKind.F64 => 0x7C,
                ValKind.V128 => 0x7B,
                ValKind.Bot or ValKind.Ref or _ => throw new UnreachableException($"value type {type} in a module"),
            });
    }

    private void RefType(RefType type)
    {
        if (!type.Nullable || !type.Heap.IsAbstract) _out.Byte(type.Nullable ? (byte)0x63 : (byte)0x64);
        HeapType(type.Heap);
    }

    private void HeapType(HeapType type)
    {
        if (type.IsAbstract)
            _out.Byte(AbsHeapType(type.Kind));
        else if (type.Exact)
        {
            _out.Byte(0x62);
            _out.U32(TypeIdx(type));
        }
        else
            _out.Signed(TypeIdx(type));
    }

    private static uint TypeIdx(HeapType use) =>
        use.Kind == HeapKind.TypeIdx ? use.Index : throw new UnreachableException($"type use {use} in a module: only validation makes others than indices");

    private static byte AbsHeapType(HeapKind kind) => kind switch
    {
        HeapKind.NoCont => 0x75,
        HeapKind.NoExn => 0x74,
        HeapKind.NoFunc => 0x73,
        HeapKind.NoExtern => 0x72,
        HeapKind.None => 0x71,
        HeapKind.Func => 0x70,
        HeapKind.Extern => 0x6F,
        HeapKind.Any => 0x6E,
        HeapKind.Eq => 0x6D,
        HeapKind.I31 => 0x6C,
        HeapKind.Struct => 0x6B,
        HeapKind.Array => 0x6A,
        HeapKind.Exn => 0x69,
        HeapKind.Cont => 0x68,
        HeapKind.Bot or HeapKind.TypeIdx or HeapKind.RecIdx or HeapKind.Def or _ => throw new UnreachableException($"heap type {kind} in a module"),
    };

    private void ValTypeVec(ImmutableArray<ValType> types) => Vec(types, ValType);

    private void Flag(bool flag) => _out.Byte(flag ? (byte)1 : (byte)0);

    private void FieldType(FieldType field)
    {
        if (field.Storage.IsPacked) _out.Byte(field.Storage.Pack == PackType.I8 ? (byte)0x78 : (byte)0x77);
        else ValType(field.Storage.Val);
        Flag(field.Mutable);
    }

    private void CompType(CompType type)
    {
        switch (type)
        {
            case FuncType func:
                _out.Byte(0x60);
                ValTypeVec(func.Params);
                ValTypeVec(func.Results);
                break;
            case StructType structure:
                _out.Byte(0x5F);
                Vec(structure.Fields, FieldType);
                break;
            case ArrayType array:
                _out.Byte(0x5E);
                FieldType(array.Field);
                break;
            case ContType cont:
                _out.Byte(0x5D);
                HeapType(cont.Func);
                break;
            default:
                throw new UnreachableException($"composite type {type}");
        }
    }

    private void SubType(SubType type)
    {
        if (!type.Final || !type.Supers.IsEmpty)
        {
            _out.Byte(type.Final ? (byte)0x4F : (byte)0x50);
            Vec(type.Supers, super => _out.U32(TypeIdx(super)));
        }
        if (type.Describes is { } described)
        {
            _out.Byte(0x4C);
            _out.U32(TypeIdx(described));
        }
        if (type.Descriptor is { } descriptor)
        {
            _out.Byte(0x4D);
            _out.U32(TypeIdx(descriptor));
        }
        CompType(type.Comp);
    }

    private void RecType(RecType type)
    {
        if (type.SubTypes.Length == 1)
        {
            SubType(type.SubTypes[0]);
            return;
        }
        _out.Byte(0x4E);
        Vec(type.SubTypes, SubType);
    }

    private void Limits(AddrType addr, Limits limits, bool shared = false, uint pageSizeLog2 = 16)
    {
        int flags = (limits.Max is null ? 0 : 1) | (shared ? 2 : 0) | (addr == AddrType.I64 ? 4 : 0) | (pageSizeLog2 == 16 ? 0 : 8);
        _out.Byte((byte)flags);
        _out.U64(limits.Min);
        if (limits.Max is { } max) _out.U64(max);
        if (pageSizeLog2 != 16) _out.U32(pageSizeLog2);
    }

    private void MemType(MemType type) => Limits(type.Addr, type.Limits, type.Shared, type.PageSizeLog2);

    private void TableType(TableType type)
    {
        RefType(type.Elem);
        Limits(type.Addr, type.Limits);
    }

    private void GlobalType(GlobalType type)
    {
        ValType(type.Val);
        Flag(type.Mutable);
    }

    private void TagType(uint type)
    {
        _out.Byte(0);
        _out.U32(type);
    }

    private void ExternType(ExternType type)
    {
        const byte exactFunc = 0x20;
        _out.Byte(type is ExternType.Func { Exact: true } ? exactFunc : (byte)type.Kind);
        switch (type)
        {
            case ExternType.Func func: _out.U32(TypeIdx(func.Type)); break;
            case ExternType.Table table: TableType(table.Type); break;
            case ExternType.Mem mem: MemType(mem.Type); break;
            case ExternType.Global global: GlobalType(global.Type); break;
            case ExternType.Tag tag: TagType(TypeIdx(tag.Type)); break;
            default: throw new UnreachableException($"external type {type}");
        }
    }
}
