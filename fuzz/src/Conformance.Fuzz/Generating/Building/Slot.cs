using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Building;

/// <summary>
/// The type of a field or element, with what makes its values from operands and integers from its values. References are to i31, or null where three
/// bits of the operand are 0.
/// </summary>
internal sealed class Slot
{
    private readonly uint _make;
    private readonly uint _tell;

    private Slot(StorageType storage, uint make, uint tell)
    {
        Storage = storage;
        _make = make;
        _tell = tell;
    }

    public StorageType Storage { get; }

    public bool IsRef => Storage.Unpacked.IsRef;

    /// <summary>The operand's kind, which is also that of the result.</summary>
    public ValKind Kind => IsRef ? ValKind.I32 : Storage.Unpacked.Kind;

    /// <summary>The column of operands that values are made from.</summary>
    public (ValKind, LaneType, Role) Column => (Kind, Kind == ValKind.V128 ? LaneType.I16 : Values.LaneOf(Kind), Role.Value);

    /// <summary>What may be a field's type; made before the rig is, with the features that there are.</summary>
    public static StorageType Draw(Decisions d, Features allowed, bool references = true) => d.Below(references ? 10 : 8) switch
    {
        0 => new(ValType.I32),
        1 or 6 => StorageType.I8,
        2 or 7 => StorageType.I16,
        3 => new(ValType.I64),
        4 => new(ValType.F32),
        5 => (allowed & Features.Simd) != 0 && d.OneIn(2) ? new(ValType.V128) : new(ValType.F64),
        8 => new(ValType.RefNull(HeapType.I31)),
        _ => new(ValType.RefNull(d.OneIn(2) ? HeapType.Any : HeapType.Eq)),
    };

    /// <summary>The kind of the column that a storage type needs.</summary>
    public static (ValKind, LaneType, Role) ColumnOf(StorageType storage) => new Slot(storage, 0, 0).Column;

    public static Slot Of(Rig rig, StorageType storage)
    {
        if (!storage.Unpacked.IsRef) return new Slot(storage, 0, 0);
        var type = storage.Unpacked;
        var make = new Body(1).Get(0).I32(7).Op(Op.I32And).If(BlockType.Of(type)).Get(0).Op(Op.RefI31).Else().Add(new RefNull(Op.RefNull, HeapType.I31)).End();
        var tell = new Body(1).Get(0).Op(Op.RefIsNull).If(BlockType.Of(ValType.I32)).I32(int.MinValue + 1).Else().Get(0);
        if (type.Ref.Heap != HeapType.I31) tell.Add(new Cast(Op.RefCast, new RefType(false, HeapType.I31)));
        tell.Op(Op.I31GetS).End();
        return new Slot(storage, rig.Module.Func(rig.Module.FuncType([ValType.I32], [type]), make), rig.Module.Func(rig.Module.FuncType([type], [ValType.I32]), tell));
    }

    /// <summary>Pushes the value that an operand stands for.</summary>
    public Body Push(Rig rig, Body body, int column)
    {
        rig.Load(body, column);
        return IsRef ? body.Call(_make) : body;
    }

    /// <summary>Pushes a constant; also in constant expressions.</summary>
    public Body PushConst(Body body, ulong bits) => IsRef ? body.I32((uint)bits).Op(Op.RefI31) : body.Const(Kind, new V128(bits, ~bits));

    /// <summary>Makes a value on the stack one of <see cref="Kind"/>.</summary>
    public Body Tell(Body body) => IsRef ? body.Call(_tell) : body;

    /// <summary>Makes a value on the stack an i64 that tells it from others.</summary>
    public Body Fold(Body body)
    {
        Tell(body);
        return Kind switch
        {
            ValKind.I32 => body.Op(Op.I64ExtendI32U),
            ValKind.F32 => body.Op(Op.I32ReinterpretF32).Op(Op.I64ExtendI32U),
            ValKind.F64 => body.Op(Op.I64ReinterpretF64),
            ValKind.V128 => FoldVector(body),
            ValKind.I64 or ValKind.Bot or ValKind.Ref or _ => body,
        };
    }

    private static Body FoldVector(Body body)
    {
        uint v = body.Local(ValType.V128);
        return body.Tee(v).Add(new Lane(Op.I64x2ExtractLane, 0)).I64(31).Op(Op.I64Mul).Get(v).Add(new Lane(Op.I64x2ExtractLane, 1)).Op(Op.I64Xor);
    }
}
