using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>The rules for references and casts (3.4.6).</summary>
internal sealed partial class FuncValidator
{
    // Instr_ok/ref.null
    private void RefNull(HeapType ht) => Push(ValType.RefNull(c.Close(ht, _at)));

    // Instr_ok/ref.func
    private void RefFunc(uint x)
    {
        var dt = c.Func(x, _at);
        if (!c.Refs.Contains(x)) throw Error($"undeclared function reference {x}");
        Push(ValType.RefNonNull(HeapType.Of(dt, c.ExactFuncs[(int)x])));
    }

    // Instr_ok/ref.is_null
    private void RefIsNull()
    {
        PopRef();
        Push(ValType.I32);
    }

    // Instr_ok/ref.as_non_null
    private void RefAsNonNull() => Push(ValType.RefNonNull(PopRef().Heap));

    // Instr_ok/ref.test
    private void RefTest(RefType type)
    {
        Pop(ValType.RefNull(Matching.Top(CastTarget(type).Heap)));
        Push(ValType.I32);
    }

    // Instr_ok/ref.cast
    private void RefCast(RefType type)
    {
        var rt = CastTarget(type);
        Pop(ValType.RefNull(Matching.Top(rt.Heap)));
        Push(rt);
    }

    // Instr_ok/ref.cast_desc_eq
    private void RefCastDescEq(RefType type)
    {
        var rt = CastTarget(type);
        Pop(DescriptorOf(type));
        Pop(ValType.RefNull(Matching.Top(rt.Heap)));
        Push(rt);
    }

    // Instr_ok/ref.get_desc: the descriptor's type is known exactly if the operand's is
    private void RefGetDesc(uint x)
    {
        var dt = c.Type(x, _at);
        if (dt.Descriptor is not { } descriptor) throw Error($"type without descriptor {x}");
        var rt = PopRef();
        bool exact = Matching.Match(rt.Heap, HeapType.Of(dt, exact: true));
        if (!exact && !Matching.Match(rt.Heap, HeapType.Of(dt)))
            throw Error($"type mismatch: instruction requires [{c.Show(NullRef(x))}] but stack has [{c.Show(rt)}]");
        Push(ValType.RefNonNull(HeapType.Of(descriptor, exact)));
    }

    /// <summary>From one hierarchy to the other; null stays null.</summary>
    private void Convert(HeapType from, HeapType to)
    {
        var rt = PopRef();
        if (!Matching.Match(rt.Heap, from))
            throw Error($"type mismatch: instruction requires [{c.Show(rt with { Heap = from })}] but stack has [{c.Show(rt)}]");
        Push(new RefType(rt.Nullable, to));
    }

    /// <summary><c>(ref null x)</c></summary>
    private ValType NullRef(uint x) => ValType.RefNull(HeapType.Of(c.Type(x, _at)));

    /// <summary>The type that a cast tests for; continuations carry no type to test.</summary>
    private RefType CastTarget(RefType type)
    {
        var rt = c.Close(type, _at);
        return Matching.Top(rt.Heap).Kind != HeapKind.Cont ? rt : throw Error("invalid cast to continuation types");
    }

    /// <summary>The descriptor that a cast to the type takes: <c>(ref null exact? y)</c> for a type with descriptor y.</summary>
    private ValType DescriptorOf(RefType type)
    {
        var ht = type.Heap;
        return ht.Kind == HeapKind.TypeIdx && c.Type(ht.Index, _at).Descriptor is { } descriptor
            ? ValType.RefNull(HeapType.Of(descriptor, ht.Exact))
            : throw Error($"type {c.Open(ht)} does not have a descriptor");
    }
}
