namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>What an internal reference refers to.</summary>
public enum AnyKind
{
    I31,
    Struct,
    Array,

    /// <summary>A host reference that came in through <c>any.convert_extern</c>.</summary>
    Host,
}

public sealed unsafe partial class NativeStore
{
    /// <summary>Releases the roots among values.</summary>
    public static void Release(Span<Val> values)
    {
        foreach (ref var value in values) Release(ref value);
    }

    /// <summary>Releases the root of a value, if it has one.</summary>
    public static void Release(ref Val value)
    {
        if (value.Kind is NativeValKind.ExternRef or NativeValKind.AnyRef or NativeValKind.ExnRef && !value.Ref.IsNull)
            fixed (Val* pointer = &value)
                Api.wasmtime_val_unroot(pointer);
        value = default;
    }

    /// <summary>A new host reference with a number, which must be released. Two with the same number are different references.</summary>
    /// <exception cref="WasmtimeException">The collector's heap is full.</exception>
    public Val NewExtern(uint number)
    {
        var value = Val.Null(NativeValKind.ExternRef);
        // The library's pointer must not be null.
        if (!Api.wasmtime_externref_new(Context, (nint)number + 1, null, &value.Ref)) throw new WasmtimeException("the collector's heap is full");
        return value;
    }

    /// <summary>The number of a host reference; null for an internal reference that went out through <c>extern.convert_any</c>.</summary>
    public uint? NumberOf(in Val externRef)
    {
        fixed (Ref* reference = &externRef.Ref)
            return Api.wasmtime_externref_data(Context, reference) is not 0 and var data ? (uint)(data - 1) : null;
    }

    /// <summary>An i31 reference, which must be released.</summary>
    public Val NewI31(uint bits)
    {
        var value = Val.Null(NativeValKind.AnyRef);
        Api.wasmtime_anyref_from_i31(Context, bits, &value.Ref);
        return value;
    }

    /// <summary>What an <c>anyref</c> that is not null refers to.</summary>
    /// <param name="anyRef">The reference.</param>
    /// <param name="i31">The 31 bits of an i31 reference, zero-extended.</param>
    public AnyKind KindOf(in Val anyRef, out uint i31)
    {
        uint bits = 0;
        AnyKind kind;
        // Not wasmtime_anyref_is_i31: in the pinned release its answer for a structure or an array is neither true nor false.
        fixed (Ref* reference = &anyRef.Ref)
            kind = Api.wasmtime_anyref_i31_get_u(Context, reference, &bits) ? AnyKind.I31
                : Api.wasmtime_anyref_is_struct(Context, reference) ? AnyKind.Struct
                : Api.wasmtime_anyref_is_array(Context, reference) ? AnyKind.Array
                : AnyKind.Host;
        i31 = bits;
        return kind;
    }

    /// <summary>A new exception, which must be released or thrown.</summary>
    /// <exception cref="WasmtimeException">The payload does not fit the tag, or the collector's heap is full.</exception>
    public Val NewException(Tag tag, ReadOnlySpan<Val> payload)
    {
        var value = Val.Null(NativeValKind.ExnRef);
        fixed (Val* fields = payload)
            Errors.Check(Api.wasmtime_exnref_new(Context, &tag, fields, (nuint)payload.Length, &value.Ref));
        return value;
    }

    /// <summary>The exception that the last call ended with, which must be released; false when it did not.</summary>
    public bool TakeException(out Val exception)
    {
        exception = Val.Null(NativeValKind.ExnRef);
        fixed (Ref* reference = &exception.Ref)
            return Api.wasmtime_context_take_exception(Context, reference);
    }

    public Tag TagOf(in Val exception)
    {
        Tag tag;
        fixed (Ref* reference = &exception.Ref)
            Errors.Check(Api.wasmtime_exnref_tag(Context, reference, &tag));
        return tag;
    }

    /// <summary>The payload of an exception, which must be released.</summary>
    public Val[] PayloadOf(in Val exception)
    {
        fixed (Ref* reference = &exception.Ref)
        {
            var fields = new Val[(int)Api.wasmtime_exnref_field_count(Context, reference)];
            for (int i = 0; i < fields.Length; i++)
                fixed (Val* field = &fields[i])
                    Errors.Check(Api.wasmtime_exnref_field(Context, reference, (nuint)i, field));
            return fields;
        }
    }
}
