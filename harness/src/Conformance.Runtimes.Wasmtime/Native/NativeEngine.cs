using System.Collections.Immutable;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>An engine: a compiler with its settings. May be used by several threads; stores of one engine can share modules and memories.</summary>
public sealed unsafe class NativeEngine(EngineConfig config) : IDisposable
{
    private readonly EngineHandle _handle = new(Api.wasm_engine_new_with_config(config.Create()));

    public EngineConfig Config => config;

    internal nint Pointer => _handle.Pointer;

    /// <summary>Validates and compiles a module in binary form.</summary>
    /// <exception cref="WasmtimeException">The module is not valid, or the compiler cannot compile it.</exception>
    public NativeModule Compile(ReadOnlySpan<byte> binary)
    {
        nint module = 0;
        fixed (byte* bytes = binary)
            Errors.Check(Api.wasmtime_module_new(Pointer, bytes, (nuint)binary.Length, &module));
        return new(new ModuleHandle(module));
    }

    /// <summary>Validates without compiling: null, or the library's message.</summary>
    public string? Validate(ReadOnlySpan<byte> binary)
    {
        nint error;
        fixed (byte* bytes = binary)
            error = Api.wasmtime_module_validate(Pointer, bytes, (nuint)binary.Length);
        return error == 0 ? null : Errors.Message(error);
    }

    /// <summary>Lets running code see that time has passed. May be called from any thread.</summary>
    public void IncrementEpoch() => Api.wasmtime_engine_increment_epoch(Pointer);

    public void Dispose() => _handle.Dispose();
}

/// <summary>A compiled module. It may be instantiated in every store of its engine.</summary>
public sealed unsafe class NativeModule : IDisposable
{
    private readonly ModuleHandle _handle;

    internal NativeModule(ModuleHandle handle) => _handle = handle;

    internal nint Pointer => _handle.Pointer;

    /// <summary>The module and name of each import, in order.</summary>
    public ImmutableArray<(string Module, string Name)> Imports()
    {
        Vec<nint> types;
        Api.wasmtime_module_imports(Pointer, &types);
        var imports = ImmutableArray.CreateBuilder<(string, string)>((int)types.Size);
        foreach (nint type in types.Span) imports.Add((Errors.Text(*Api.wasm_importtype_module(type)), Errors.Text(*Api.wasm_importtype_name(type))));
        Api.wasm_importtype_vec_delete(&types);
        return imports.MoveToImmutable();
    }

    /// <summary>The compiled form, which begins with the version of its maker.</summary>
    public byte[] Serialize()
    {
        Vec<byte> bytes;
        Errors.Check(Api.wasmtime_module_serialize(Pointer, &bytes));
        byte[] copy = bytes.Span.ToArray();
        Api.wasm_byte_vec_delete(&bytes);
        return copy;
    }

    public void Dispose() => _handle.Dispose();
}

/// <summary>A memory that stores of several threads can import.</summary>
public sealed unsafe class SharedMemory : IDisposable
{
    private readonly SharedMemoryHandle _handle;

    private SharedMemory(nint pointer) => _handle = new(pointer);

    /// <summary>A claim of its own on the memory behind an export.</summary>
    public static SharedMemory Of(in Extern item) =>
        item.Kind == NativeExternKind.SharedMemory ? new(Api.wasmtime_sharedmemory_clone(item.SharedMemory)) : throw new ArgumentException("not a shared memory");

    /// <exception cref="WasmtimeException">The engine has no threads, or the memory is too large.</exception>
    public static SharedMemory Create(NativeEngine engine, Wasm.Syntax.MemType type)
    {
        nint memory = 0;
        using var native = NativeTypes.Memory(type);
        Errors.Check(Api.wasmtime_sharedmemory_new(engine.Pointer, native.Pointer, &memory));
        return new(memory);
    }

    /// <summary>To import it, with a claim of its own that must be released.</summary>
    public Extern ToExtern() => new() { Kind = NativeExternKind.SharedMemory, SharedMemory = Api.wasmtime_sharedmemory_clone(_handle.Pointer) };

    /// <summary>A copy of at most <paramref name="length"/> bytes from an offset; fewer at the end.</summary>
    public byte[] Read(ulong offset, int length)
    {
        nint memory = _handle.Pointer;
        return NativeStore.Copy(Api.wasmtime_sharedmemory_data(memory), Api.wasmtime_sharedmemory_data_size(memory), offset, length);
    }

    public void Dispose() => _handle.Dispose();
}
