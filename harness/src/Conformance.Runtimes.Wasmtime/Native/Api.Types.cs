using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>Types: functions of the C API under their own names. Ownership is as its headers say; the classes around them keep it.</summary>
internal static unsafe partial class Api
{
    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasm_valtype_new(byte kind);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_valtype_delete(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_wasm_valtype_v128();

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_valtype_to_wasm(nint engine, NativeValType* ty);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_valtype_vec_new(Vec<nint>* @out, nuint n, nint* items);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasm_functype_new(Vec<nint>* @params, Vec<nint>* results);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_functype_delete(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial Vec<nint>* wasm_functype_params(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial Vec<nint>* wasm_functype_results(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasm_globaltype_new(nint content, byte mutability);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_globaltype_delete(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasm_tabletype_new(nint element, NativeLimits* limits);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_tabletype_delete(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_memorytype_new(nuint min, [MarshalAs(UnmanagedType.U1)] bool maxPresent, nuint max, [MarshalAs(UnmanagedType.U1)] bool is64, [MarshalAs(UnmanagedType.U1)] bool shared, byte pageSizeLog2, nint* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_memorytype_delete(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasm_tagtype_new(nint functype);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_tagtype_delete(nint type);
}
