using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>Stores and what is in them: functions of the C API under their own names. Ownership is as its headers say; the classes around them keep it.</summary>
internal static unsafe partial class Api
{
    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_store_new(nint engine, nint data, delegate* unmanaged[Cdecl]<nint, void> finalizer);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_store_context(nint store);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_store_limiter(nint store, long memorySize, long tableElements, long instances, long tables, long memories);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_store_delete(nint store);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_store_epoch_deadline_callback(nint store, delegate* unmanaged[Cdecl]<nint, nint, nuint*, byte*, nint> func, nint data, delegate* unmanaged[Cdecl]<nint, void> finalizer);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_context_gc(nint context);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_context_set_fuel(nint store, nuint fuel);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_context_get_fuel(nint context, nuint* fuel);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_context_set_epoch_deadline(nint context, nuint ticksBeyondCurrent);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_instance_new(nint store, nint module, Extern* imports, nuint nimports, Instance* instance, nint* trap);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_instance_export_get(nint store, Instance* instance, byte* name, nuint nameLen, Extern* item);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_instance_export_nth(nint store, Instance* instance, nuint index, byte** name, nuint* nameLen, Extern* item);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_extern_delete(Extern* val);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_func_new(nint store, nint type, delegate* unmanaged[Cdecl]<nint, nint, Val*, nuint, Val*, nuint, nint> callback, nint env, delegate* unmanaged[Cdecl]<nint, void> finalizer, Func* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_func_type(nint store, Func* func);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_func_call(nint store, Func* func, Val* args, nuint nargs, Val* results, nuint nresults, nint* trap);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_caller_context(nint caller);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_global_new(nint store, nint type, Val* val, Global* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_global_get(nint store, Global* global, Val* @out);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_global_set(nint store, Global* global, Val* val);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_table_new(nint store, nint ty, Val* init, Table* table);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_table_get(nint store, Table* table, nuint index, Val* val);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_table_set(nint store, Table* table, nuint index, Val* value);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nuint wasmtime_table_size(nint store, Table* table);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_table_grow(nint store, Table* table, nuint delta, Val* init, nuint* prevSize);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_memory_new(nint store, nint ty, Memory* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial byte* wasmtime_memory_data(nint store, Memory* memory);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nuint wasmtime_memory_data_size(nint store, Memory* memory);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nuint wasmtime_memory_size(nint store, Memory* memory);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_memory_grow(nint store, Memory* memory, nuint delta, nuint* prevSize);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_sharedmemory_new(nint engine, nint ty, nint* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial void wasmtime_sharedmemory_delete(nint memory);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_sharedmemory_clone(nint memory);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial byte* wasmtime_sharedmemory_data(nint memory);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nuint wasmtime_sharedmemory_data_size(nint memory);

    [LibraryImport(WasmtimeLibrary.Name)]
    internal static partial nint wasmtime_tag_new(nint store, nint tt, Tag* ret);

    [LibraryImport(WasmtimeLibrary.Name)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_tag_eq(nint store, Tag* a, Tag* b);
}
