using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>Configuration: functions of the C API under their own names. Ownership is as its headers say; the classes around them keep it.</summary>
internal static unsafe partial class Api
{
    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasm_config_new();

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasm_config_delete(nint config);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_strategy_set(nint config, byte kind);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_cranelift_opt_level_set(nint config, byte kind);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_config_target_set(nint config, byte* text);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_cranelift_regalloc_algorithm_set(nint config, byte kind);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_native_unwind_info_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_parallel_compilation_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_concurrency_support_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_consume_fuel_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_epoch_interruption_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_max_wasm_stack_set(nint config, nuint bytes);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_threads_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_shared_memory_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_tail_call_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_reference_types_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_function_references_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_gc_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_gc_support_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_simd_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_relaxed_simd_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_relaxed_simd_deterministic_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_bulk_memory_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_multi_value_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_multi_memory_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_memory64_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_wide_arithmetic_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_exceptions_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_custom_page_sizes_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_config_wasm_stack_switching_set(nint config, [MarshalAs(UnmanagedType.U1)] bool enable);
}
