using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>References and exceptions: functions of the C API under their own names. Ownership is as its headers say; the classes around them keep it.</summary>
internal static unsafe partial class Api
{
    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_val_unroot(Val* val);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_anyref_from_i31(nint context, uint i31val, Ref* @out);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_anyref_i31_get_u(nint context, Ref* anyref, uint* dst);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_anyref_is_struct(nint context, Ref* anyref);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_anyref_is_array(nint context, Ref* anyref);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_externref_new(nint context, nint data, delegate* unmanaged[Cdecl]<nint, void> finalizer, Ref* @out);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_externref_data(nint context, Ref* data);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_exnref_new(nint store, Tag* tag, Val* fields, nuint nfields, Ref* exnRet);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_exnref_tag(nint store, Ref* exn, Tag* tagRet);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nuint wasmtime_exnref_field_count(nint store, Ref* exn);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_exnref_field(nint store, Ref* exn, nuint index, Val* valRet);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_context_set_exception(nint store, Ref* exn);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_context_take_exception(nint store, Ref* exnRet);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_context_has_exception(nint store);
}
