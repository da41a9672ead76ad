using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>Limits of a store, each null for the library's own.</summary>
/// <param name="MemoryBytes">The size of one memory.</param>
/// <param name="TableElements">The size of one table.</param>
/// <param name="Instances">The number of instances.</param>
/// <param name="Tables">The number of tables.</param>
/// <param name="Memories">The number of memories.</param>
public sealed record StoreLimits(long? MemoryBytes = null, long? TableElements = null, long? Instances = null, long? Tables = null, long? Memories = null);

/// <summary>How a call or an instantiation ended.</summary>
public abstract record Completion
{
    private Completion() { }

    public sealed record Returned : Completion
    {
        public static Returned Instance { get; } = new();
    }

    public sealed record Trapped(TrapInfo Trap) : Completion;

    /// <summary>An exception was not caught; <see cref="NativeStore.TakeException"/> gives it.</summary>
    public sealed record Threw : Completion
    {
        public static Threw Instance { get; } = new();
    }

    /// <summary>The library refused, or a host function failed; with the message.</summary>
    public sealed record Refused(string Message) : Completion;
}

/// <summary>
/// A store. One thread at a time; only <see cref="Interrupt"/> may be called from another. Items of a store are plain values that need no release;
/// references are roots, and whoever gets one releases it.
/// </summary>
public sealed unsafe partial class NativeStore : IDisposable
{
    /// <summary>What the epoch callback looks at: not the store itself, so that an abandoned store can be collected.</summary>
    private sealed class InterruptFlag
    {
        public volatile bool IsSet;
    }

    private readonly NativeEngine _engine;
    private readonly StoreHandle _handle;
    private readonly nint _context;
    private readonly InterruptFlag _interrupt = new();

    public NativeStore(NativeEngine engine, StoreLimits? limits = null)
    {
        _engine = engine;
        _handle = new(Api.wasmtime_store_new(engine.Pointer, 0, null));
        _context = Api.wasmtime_store_context(_handle.Pointer);
        if (limits is not null)
            Api.wasmtime_store_limiter(_handle.Pointer, limits.MemoryBytes ?? -1, limits.TableElements ?? -1, limits.Instances ?? -1, limits.Tables ?? -1, limits.Memories ?? -1);
        if (engine.Config.EpochInterruption)
        {
            Api.wasmtime_store_epoch_deadline_callback(_handle.Pointer, &OnEpoch, Pin(_interrupt), &Unpin);
            Api.wasmtime_context_set_epoch_deadline(_context, 1);
        }
    }

    public NativeEngine Engine => _engine;

    /// <summary>The pointer for calls; an exception when the store was disposed of.</summary>
    private nint Context => _handle.IsClosed ? throw new ObjectDisposedException(nameof(NativeStore)) : _context;

    /// <summary>Whether <see cref="Interrupt"/> was called.</summary>
    public bool IsInterrupted => _interrupt.IsSet;

    /// <summary>Stops what runs, and all that would run later, at the next loop or call. May be called from any thread.</summary>
    public void Interrupt()
    {
        _interrupt.IsSet = true;
        _engine.IncrementEpoch();
    }

    /// <summary>The fuel that is left. Only where the engine counts it.</summary>
    public ulong Fuel
    {
        get
        {
            nuint fuel;
            Errors.Check(Api.wasmtime_context_get_fuel(Context, &fuel));
            return fuel;
        }
        set => Errors.Check(Api.wasmtime_context_set_fuel(Context, (nuint)value));
    }

    /// <summary>Collects unreachable references.</summary>
    public void Collect() => Errors.Check(Api.wasmtime_context_gc(Context));

    public void Dispose() => _handle.Dispose();

    // Instances.

    /// <summary>Instantiates a module with imports in its order. After anything but <see cref="Completion.Returned"/> there is no instance.</summary>
    public Completion Instantiate(NativeModule module, ReadOnlySpan<Extern> imports, out Instance instance)
    {
        var stack = SignalStack.Current();
        instance = default;
        nint trap = 0, error;
        fixed (Extern* items = imports)
        fixed (Instance* result = &instance)
            error = Api.wasmtime_instance_new(Context, module.Pointer, items, (nuint)imports.Length, result, &trap);
        SignalStack.Reclaim(stack);
        return Complete(error, trap);
    }

    /// <summary>An export by name, which must be released.</summary>
    public bool TryGetExport(Instance instance, string name, out Extern item)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        fixed (byte* text = utf8)
        fixed (Extern* result = &item)
            return Api.wasmtime_instance_export_get(Context, &instance, text, (nuint)utf8.Length, result);
    }

    /// <summary>An export by its index, which must be released.</summary>
    public bool TryGetExport(Instance instance, int index, out string name, out Extern item)
    {
        byte* text;
        nuint length;
        bool found;
        fixed (Extern* result = &item)
            found = Api.wasmtime_instance_export_nth(Context, &instance, (nuint)index, &text, &length, result);
        name = found ? Encoding.UTF8.GetString(text, (int)length) : "";
        return found;
    }

    public static void Release(ref Extern item)
    {
        if (item.Kind == NativeExternKind.SharedMemory)
            fixed (Extern* pointer = &item)
                Api.wasmtime_extern_delete(pointer);
        item = default;
    }

    // Functions.

    /// <summary>The numbers of parameters and results.</summary>
    public (int Params, int Results) ArityOf(Func func)
    {
        nint type = Api.wasmtime_func_type(Context, &func);
        var arity = ((int)Api.wasm_functype_params(type)->Size, (int)Api.wasm_functype_results(type)->Size);
        Api.wasm_functype_delete(type);
        return arity;
    }

    /// <summary>Calls a function. The results must be released, and have the number that its type says.</summary>
    public Completion Call(Func func, ReadOnlySpan<Val> arguments, Span<Val> results)
    {
        var stack = SignalStack.Current();
        nint trap = 0, error;
        fixed (Val* args = arguments)
        fixed (Val* res = results)
            error = Api.wasmtime_func_call(Context, &func, args, (nuint)arguments.Length, res, (nuint)results.Length, &trap);
        SignalStack.Reclaim(stack);
        return Complete(error, trap);
    }

    private Completion Complete(nint error, nint trap)
    {
        // An exception that nobody caught looks like a trap without a number after a call, and like an error after an instantiation.
        bool threw = (error != 0 || trap != 0) && Api.wasmtime_context_has_exception(Context);
        string? message = error == 0 ? null : Errors.Message(error);
        var info = trap == 0 ? null : Errors.Trap(trap);
        return threw ? Completion.Threw.Instance : message is not null ? new Completion.Refused(message) : info is not null ? new Completion.Trapped(info) : Completion.Returned.Instance;
    }

    // Globals, tables, memories, tags.

    /// <exception cref="WasmtimeException">The value is not of the type.</exception>
    public Global NewGlobal(GlobalType type, in Val value)
    {
        Global global;
        using var native = NativeTypes.Global(_engine, type);
        fixed (Val* v = &value)
            Errors.Check(Api.wasmtime_global_new(Context, native.Pointer, v, &global));
        return global;
    }

    /// <summary>The value of a global, which must be released.</summary>
    public Val Get(Global global)
    {
        Val value;
        Api.wasmtime_global_get(Context, &global, &value);
        return value;
    }

    /// <exception cref="WasmtimeException">The global is immutable or of another type.</exception>
    public void Set(Global global, in Val value)
    {
        fixed (Val* v = &value)
            Errors.Check(Api.wasmtime_global_set(Context, &global, v));
    }

    /// <exception cref="WasmtimeException">The initial value is not of the type, or the table too large.</exception>
    /// <exception cref="NotSupportedException">The library has no call for the type.</exception>
    public Table NewTable(TableType type, in Val initial)
    {
        Table table;
        using var native = NativeTypes.Table(_engine, type);
        fixed (Val* v = &initial)
            Errors.Check(Api.wasmtime_table_new(Context, native.Pointer, v, &table));
        return table;
    }

    /// <summary>The element at an index, which must be released; false beyond the table's end.</summary>
    public bool TryGet(Table table, ulong index, out Val value)
    {
        fixed (Val* v = &value)
            return Api.wasmtime_table_get(Context, &table, (nuint)index, v);
    }

    /// <exception cref="WasmtimeException">The index is beyond the end, or the value of another type.</exception>
    public void Set(Table table, ulong index, in Val value)
    {
        fixed (Val* v = &value)
            Errors.Check(Api.wasmtime_table_set(Context, &table, (nuint)index, v));
    }

    public ulong SizeOf(Table table) => Api.wasmtime_table_size(Context, &table);

    /// <summary>Grows a table and returns its size before.</summary>
    /// <exception cref="WasmtimeException">It cannot grow so far.</exception>
    public ulong Grow(Table table, ulong delta, in Val initial)
    {
        nuint before;
        fixed (Val* v = &initial)
            Errors.Check(Api.wasmtime_table_grow(Context, &table, (nuint)delta, v, &before));
        return before;
    }

    /// <exception cref="WasmtimeException">The limits are not those of a memory, or it is too large.</exception>
    public Memory NewMemory(MemType type)
    {
        Memory memory;
        using var native = NativeTypes.Memory(type);
        Errors.Check(Api.wasmtime_memory_new(Context, native.Pointer, &memory));
        return memory;
    }

    /// <summary>The size in pages.</summary>
    public ulong SizeOf(Memory memory) => Api.wasmtime_memory_size(Context, &memory);

    /// <summary>Grows a memory by pages and returns its size before.</summary>
    /// <exception cref="WasmtimeException">It cannot grow so far.</exception>
    public ulong Grow(Memory memory, ulong delta)
    {
        nuint before;
        Errors.Check(Api.wasmtime_memory_grow(Context, &memory, (nuint)delta, &before));
        return before;
    }

    /// <summary>A copy of at most <paramref name="length"/> bytes from an offset; fewer at the end.</summary>
    public byte[] Read(Memory memory, ulong offset, int length) =>
        Copy(Api.wasmtime_memory_data(Context, &memory), Api.wasmtime_memory_data_size(Context, &memory), offset, length);

    internal static byte[] Copy(byte* data, nuint size, ulong offset, int length) =>
        offset >= size ? [] : new ReadOnlySpan<byte>(data + offset, (int)Math.Min(size - offset, (ulong)length)).ToArray();

    /// <summary>A new tag, which is equal to no other.</summary>
    public Tag NewTag(FuncType type)
    {
        Tag tag;
        using var native = NativeTypes.Tag(_engine, type);
        Errors.Check(Api.wasmtime_tag_new(Context, native.Pointer, &tag));
        return tag;
    }

    public bool Same(Tag a, Tag b) => Api.wasmtime_tag_eq(Context, &a, &b);

    // Callbacks.

    /// <summary>A handle that keeps an object alive until the library lets go of it.</summary>
    private static nint Pin(object value) => GCHandle.ToIntPtr(GCHandle.Alloc(value));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Unpin(nint handle) => GCHandle.FromIntPtr(handle).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnEpoch(nint context, nint flag, nuint* delta, byte* kind)
    {
        if (((InterruptFlag)GCHandle.FromIntPtr(flag).Target!).IsSet) return Errors.New("interrupted");
        // Another store of the engine was meant.
        *delta = 1;
        *kind = 0;
        return 0;
    }
}
