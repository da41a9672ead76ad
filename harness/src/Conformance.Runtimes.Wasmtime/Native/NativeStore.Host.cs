using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>How a host function ended.</summary>
public readonly struct HostEnd
{
    private HostEnd(string? failure, byte? code, Val exception, bool throws) => (Failure, TrapCode, Exception, Throws) = (failure, code, exception, throws);

    internal string? Failure { get; }

    internal byte? TrapCode { get; }

    internal Val Exception { get; }

    internal bool Throws { get; }

    /// <summary>It has written its results.</summary>
    public static HostEnd Return => default;

    /// <summary>It fails: wasm code is left as by a trap, and the call ends as <see cref="Completion.Refused"/> with the message.</summary>
    public static HostEnd Fail(string message) => new(message, null, default, false);

    /// <summary>It traps as wasm code does.</summary>
    public static HostEnd Trap(byte code) => new(null, code, default, false);

    /// <summary>It throws an exception, whose root goes to the store.</summary>
    public static HostEnd Throw(Val exception) => new(null, null, exception, true);
}

/// <summary>A host function. Roots that it writes into its results go to the caller; an exception of the host's own is a failure.</summary>
public delegate HostEnd HostCode(NativeStore store, ReadOnlySpan<Val> arguments, Span<Val> results);

public sealed unsafe partial class NativeStore
{
    /// <summary>What a host function's callback is given: the store weakly, so that an abandoned store can be collected.</summary>
    private sealed record HostFunc(WeakReference<NativeStore> Store, HostCode Code);

    /// <summary>A function of the host.</summary>
    /// <exception cref="NotSupportedException">The type mentions types of a module.</exception>
    public Func NewFunc(FuncType type, HostCode code)
    {
        Func func;
        using var native = NativeTypes.Func(_engine, type);
        Api.wasmtime_func_new(Context, native.Pointer, &OnCall, Pin(new HostFunc(new(this), code)), &Unpin, &func);
        return func;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnCall(nint env, nint caller, Val* args, nuint nargs, Val* results, nuint nresults)
    {
        // No exception may leave: the frames below belong to the library.
        try
        {
            var func = (HostFunc)GCHandle.FromIntPtr(env).Target!;
            if (!func.Store.TryGetTarget(out var store)) return NewTrap("the store of this host function is gone");
            var end = func.Code(store, new ReadOnlySpan<Val>(args, (int)nargs), new Span<Val>(results, (int)nresults));
            if (end.Throws)
            {
                var exception = end.Exception;
                return Api.wasmtime_context_set_exception(Api.wasmtime_caller_context(caller), &exception.Ref);
            }
            return end.TrapCode is { } code ? Api.wasmtime_trap_new_code(code) : end.Failure is { } message ? NewTrap(message) : 0;
        }
        catch (Exception e)
        {
            return NewTrap($"host function: {e.GetType().Name}: {e.Message}");
        }
    }

    private static nint NewTrap(string message)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(message);
        fixed (byte* text = utf8)
            return Api.wasmtime_trap_new(text, (nuint)utf8.Length);
    }
}
