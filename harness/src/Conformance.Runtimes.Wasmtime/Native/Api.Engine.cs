using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>Engines, modules, errors and traps: functions of the C API under their own names. Ownership is as its headers say; the classes around them keep it.</summary>
internal static unsafe partial class Api
{
    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasm_engine_new_with_config(nint config);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_engine_delete(nint engine);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_engine_increment_epoch(nint engine);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_byte_vec_delete(Vec<byte>* vec);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_error_new(byte* text);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_error_delete(nint error);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_error_message(nint error, Vec<byte>* message);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_trap_delete(nint trap);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_trap_message(nint trap, Vec<byte>* @out);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_trap_trace(nint trap, Vec<nint>* @out);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_frame_vec_delete(Vec<nint>* vec);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial uint wasm_frame_func_index(nint frame);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nuint wasm_frame_func_offset(nint frame);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nuint wasm_frame_module_offset(nint frame);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial Vec<byte>* wasmtime_frame_func_name(nint frame);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial Vec<byte>* wasmtime_frame_module_name(nint frame);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_trap_new(byte* msg, nuint msgLen);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_trap_new_code(byte code);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_trap_code(nint trap, byte* code);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_module_new(nint engine, byte* wasm, nuint wasmLen, nint* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_module_validate(nint engine, byte* wasm, nuint wasmLen);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_module_delete(nint m);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_module_imports(nint module, Vec<nint>* @out);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_module_serialize(nint module, Vec<byte>* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_importtype_vec_delete(Vec<nint>* vec);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial Vec<byte>* wasm_importtype_module(nint type);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial Vec<byte>* wasm_importtype_name(nint type);
}
