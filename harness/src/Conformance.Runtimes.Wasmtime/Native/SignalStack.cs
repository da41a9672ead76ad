using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>
/// The stack that a thread handles signals on, on Linux. When a thread first runs wasm code, Wasmtime puts a larger one in the place of .NET's, and
/// takes its own back when the thread ends; .NET then gives back the one that it finds in place if it is its own, so that its own is lost for good.
/// A run that starts a thread for each case would meet the limit on mappings after some ten thousand. So the replaced stack is given back here.
/// </summary>
internal static unsafe partial class SignalStack
{
    [ThreadStatic]
    private static bool _isReplaced;

    /// <summary>Where the calling thread handles signals now; nothing once it was replaced.</summary>
    public static StackT Current()
    {
        StackT current = default;
        if (!_isReplaced && OperatingSystem.IsLinux() && sigaltstack(null, &current) != 0) current = default;
        return current;
    }

    /// <summary>Gives back the stack that was in place before a call, if the call has replaced it.</summary>
    public static void Reclaim(in StackT before)
    {
        if (before.Size == 0 || (before.Flags & (SsOnStack | SsDisable)) != 0) return;
        var now = Current();
        if (now.Size == 0 || now.Pointer == before.Pointer || (now.Flags & (SsOnStack | SsDisable)) != 0) return;
        _isReplaced = true;
        nuint page = (nuint)Environment.SystemPageSize;
        // What .NET has mapped is whole pages; anything else is not .NET's.
        if ((nuint)before.Pointer % page == 0 && before.Size % page == 0) munmap(before.Pointer, before.Size);
    }

    /// <summary><c>stack_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct StackT
    {
        public nint Pointer;
        public int Flags;
        public nuint Size;
    }

    private const int SsOnStack = 1, SsDisable = 2;

    [LibraryImport("libc")]
    private static partial int sigaltstack(StackT* stack, StackT* old);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);
}
