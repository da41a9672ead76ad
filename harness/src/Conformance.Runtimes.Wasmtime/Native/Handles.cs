using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>A pointer that the library gave and that must be given back once.</summary>
internal abstract class NativeHandle : SafeHandle
{
    protected NativeHandle(nint pointer) : base(0, true) => SetHandle(pointer);

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer; an exception when it was given back.</summary>
    public nint Pointer => IsClosed ? throw new ObjectDisposedException(GetType().Name) : handle;
}

internal sealed class EngineHandle(nint pointer) : NativeHandle(pointer)
{
    protected override bool ReleaseHandle()
    {
        Api.wasm_engine_delete(handle);
        return true;
    }
}

internal sealed class ModuleHandle(nint pointer) : NativeHandle(pointer)
{
    protected override bool ReleaseHandle()
    {
        Api.wasmtime_module_delete(handle);
        return true;
    }
}

internal sealed class StoreHandle(nint pointer) : NativeHandle(pointer)
{
    protected override bool ReleaseHandle()
    {
        Api.wasmtime_store_delete(handle);
        return true;
    }
}

internal sealed class SharedMemoryHandle(nint pointer) : NativeHandle(pointer)
{
    protected override bool ReleaseHandle()
    {
        Api.wasmtime_sharedmemory_delete(handle);
        return true;
    }
}
