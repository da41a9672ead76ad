using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace Wasm.Execution;

/// <summary>
/// The bytes of one memory: a reserved range of addresses whose pages the system commits, as zeros, when they are touched. So a size costs nothing,
/// and only what is touched is paid for. Released by <see cref="Dispose"/> or by the collector.
/// </summary>
internal sealed unsafe partial class LinearMemory : CriticalFinalizerObject, IDisposable
{
    private const ulong PageBytes = 0x1_0000;
    private byte* _base;
    private ulong _reserved;

    /// <summary>Reserves <paramref name="bytes"/>; null when the system refuses.</summary>
    public static LinearMemory? Reserve(ulong bytes)
    {
        var memory = new LinearMemory();
        return memory.TryReserve(Round(bytes)) ? memory : null;
    }

    /// <summary>The first byte; moves only in <see cref="Extend"/>.</summary>
    public byte* Base => _base;

    /// <summary>The bytes that are reserved, and readable as zeros until written.</summary>
    public ulong Reserved => _reserved;

    private bool TryReserve(ulong bytes)
    {
        byte* at = Map(bytes);
        if (at == null) return false;
        _base = at;
        _reserved = bytes;
        return true;
    }

    /// <summary>Makes the range at least <paramref name="bytes"/> long, which may move it.</summary>
    public bool Extend(ulong bytes)
    {
        if (bytes <= _reserved) return true;
        bytes = Round(bytes);
        byte* at;
        if (OperatingSystem.IsLinux())
        {
            at = (byte*)Unix.mremap(_base, (nuint)_reserved, (nuint)bytes, Unix.MREMAP_MAYMOVE);
            if (at == Unix.MAP_FAILED) return false;
        }
        else
        {
            at = Map(bytes);
            if (at == null) return false;
            NativeMemory.Copy(_base, at, (nuint)_reserved);
            Unmap(_base, _reserved);
        }
        _base = at;
        _reserved = bytes;
        return true;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    ~LinearMemory() => Release();

    private void Release()
    {
        if (_base != null) Unmap(_base, _reserved);
        _base = null;
        _reserved = 0;
    }

    private static ulong Round(ulong bytes) => Math.Max(PageBytes, (bytes + PageBytes - 1) & ~(PageBytes - 1));

    private static byte* Map(ulong bytes)
    {
        if (bytes > (ulong)nint.MaxValue) return null;
        if (OperatingSystem.IsWindows())
            return (byte*)Windows.VirtualAlloc(null, (nuint)bytes, Windows.MEM_RESERVE | Windows.MEM_COMMIT, Windows.PAGE_READWRITE);
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            int flags = OperatingSystem.IsLinux() ? Unix.LinuxPrivateAnonymousNoReserve : Unix.MacPrivateAnonymousNoReserve;
            void* at = Unix.mmap(null, (nuint)bytes, Unix.PROT_READ | Unix.PROT_WRITE, flags, -1, 0);
            return at == Unix.MAP_FAILED ? null : (byte*)at;
        }
        // Elsewhere the C library's allocator, which commits large blocks on touch where the system does.
        try
        {
            return (byte*)NativeMemory.AllocZeroed((nuint)bytes);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private static void Unmap(byte* at, ulong bytes)
    {
        if (OperatingSystem.IsWindows()) _ = Windows.VirtualFree(at, 0, Windows.MEM_RELEASE);
        else if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) _ = Unix.munmap(at, (nuint)bytes);
        else NativeMemory.Free(at);
    }

    private static partial class Unix
    {
        public const int PROT_READ = 1;
        public const int PROT_WRITE = 2;
        public const int LinuxPrivateAnonymousNoReserve = 0x02 | 0x20 | 0x4000;
        public const int MacPrivateAnonymousNoReserve = 0x02 | 0x1000 | 0x40;
        public const int MREMAP_MAYMOVE = 1;
        public static readonly void* MAP_FAILED = (void*)-1;

        [LibraryImport("libc", SetLastError = true)]
        public static partial void* mmap(void* addr, nuint length, int prot, int flags, int fd, nint offset);

        [LibraryImport("libc")]
        public static partial int munmap(void* addr, nuint length);

        [LibraryImport("libc", SetLastError = true)]
        public static partial void* mremap(void* addr, nuint oldSize, nuint newSize, int flags);
    }

    private static partial class Windows
    {
        public const uint MEM_COMMIT = 0x1000;
        public const uint MEM_RESERVE = 0x2000;
        public const uint MEM_RELEASE = 0x8000;
        public const uint PAGE_READWRITE = 0x04;

        [LibraryImport("kernel32", SetLastError = true)]
        public static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protect);

        [LibraryImport("kernel32", SetLastError = true)]
        public static partial int VirtualFree(void* address, nuint size, uint type);
    }
}
