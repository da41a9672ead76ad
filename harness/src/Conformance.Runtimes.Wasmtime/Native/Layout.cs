using System.Runtime.InteropServices;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>The kinds of <see cref="Val"/>.</summary>
public enum NativeValKind : byte
{
    I32 = 0,
    I64 = 1,
    F32 = 2,
    F64 = 3,
    V128 = 4,
    FuncRef = 5,
    ExternRef = 6,

    /// <summary>Any reference below <c>any</c>: i31, structures, arrays, and host references seen from inside.</summary>
    AnyRef = 7,
    ExnRef = 8,
}

/// <summary>The kinds of <see cref="Extern"/>.</summary>
public enum NativeExternKind : byte
{
    Func = 0,
    Global = 1,
    Table = 2,
    Memory = 3,
    SharedMemory = 4,
    Tag = 5,
}

/// <summary><c>wasmtime_func_t</c>. Belongs to a store and needs no release; a null <c>funcref</c> has store 0.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Func
{
    internal readonly ulong StoreId;
    internal readonly nint Index;

    public bool IsNull => StoreId == 0;
}

/// <summary><c>wasmtime_global_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Global
{
    internal readonly ulong StoreId;
    internal readonly uint Private1, Private2, Private3;
}

/// <summary><c>wasmtime_table_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Table
{
    internal readonly ulong StoreId;
    internal readonly ulong Private1;
    internal readonly uint Private2;
}

/// <summary><c>wasmtime_memory_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Memory
{
    internal readonly ulong StoreId;
    internal readonly ulong Private1;
    internal readonly uint Private2;
}

/// <summary><c>wasmtime_tag_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Tag
{
    internal readonly ulong StoreId;
    internal readonly ulong Private1;
    internal readonly uint Private2;
}

/// <summary><c>wasmtime_instance_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Instance
{
    internal readonly ulong StoreId;
    internal readonly nint Private1;
}

/// <summary><c>wasmtime_anyref_t</c>, <c>wasmtime_externref_t</c>, <c>wasmtime_exnref_t</c>: a root that must be released; null has store 0.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Ref
{
    internal readonly ulong StoreId;
    internal readonly uint Private1, Private2;
    internal readonly nint Private3;

    public bool IsNull => StoreId == 0;
}

/// <summary>
/// <c>wasmtime_val_t</c>. One that a call has returned may own a root: <see cref="NativeStore.Release(Span{Val})"/> gives it back. Calls that take one do
/// not take the root.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct Val
{
    [FieldOffset(0)] public NativeValKind Kind;
    [FieldOffset(8)] public ulong Lo;
    [FieldOffset(16)] public ulong Hi;
    [FieldOffset(8)] public Func Func;
    [FieldOffset(8)] public Ref Ref;

    /// <summary>The 32 bits of an <c>i32</c> or <c>f32</c>; the bytes above them are undefined.</summary>
    public readonly uint Bits32 => (uint)Lo;

    /// <summary>Whether it is a null reference.</summary>
    public readonly bool IsNull => Kind >= NativeValKind.FuncRef && Lo == 0;

    public static Val I32(uint bits) => new() { Kind = NativeValKind.I32, Lo = bits };

    public static Val I64(ulong bits) => new() { Kind = NativeValKind.I64, Lo = bits };

    public static Val F32(uint bits) => new() { Kind = NativeValKind.F32, Lo = bits };

    public static Val F64(ulong bits) => new() { Kind = NativeValKind.F64, Lo = bits };

    public static Val V128(ulong lo, ulong hi) => new() { Kind = NativeValKind.V128, Lo = lo, Hi = hi };

    public static Val Null(NativeValKind kind) => new() { Kind = kind };

    public static Val Of(Func func) => new() { Kind = NativeValKind.FuncRef, Func = func };
}

/// <summary><c>wasmtime_extern_t</c>. One that a call has returned may own a shared memory: <see cref="NativeStore.Release(ref Extern)"/> gives it back.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct Extern
{
    [FieldOffset(0)] public NativeExternKind Kind;
    [FieldOffset(8)] public Func Func;
    [FieldOffset(8)] public Global Global;
    [FieldOffset(8)] public Table Table;
    [FieldOffset(8)] public Memory Memory;
    [FieldOffset(8)] public Tag Tag;
    [FieldOffset(8)] internal nint SharedMemory;

    public static Extern Of(Func func) => new() { Kind = NativeExternKind.Func, Func = func };

    public static Extern Of(Global global) => new() { Kind = NativeExternKind.Global, Global = global };

    public static Extern Of(Table table) => new() { Kind = NativeExternKind.Table, Table = table };

    public static Extern Of(Memory memory) => new() { Kind = NativeExternKind.Memory, Memory = memory };

    public static Extern Of(Tag tag) => new() { Kind = NativeExternKind.Tag, Tag = tag };
}

/// <summary>A vector of the C API: <c>wasm_byte_vec_t</c> and the vectors of pointers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Vec<T> where T : unmanaged
{
    public nuint Size;
    public T* Data;

    public readonly ReadOnlySpan<T> Span => new(Data, checked((int)Size));
}

/// <summary><c>wasm_limits_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeLimits
{
    public uint Min;
    public uint Max;
}

/// <summary>The kinds of heap type that need no further type.</summary>
internal enum NativeHeapKind : byte
{
    Extern = 0,
    NoExtern = 1,
    Func = 2,
    NoFunc = 4,
    Any = 5,
    None = 6,
    Eq = 7,
    I31 = 8,
    Array = 9,
    Struct = 11,
    Exn = 13,
    NoExn = 15,
}

/// <summary><c>wasmtime_valtype_t</c> with its parts: <c>wasmtime_reftype_t</c> and <c>wasmtime_heaptype_t</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct NativeValType
{
    /// <summary>The <c>kind</c> of a reference type.</summary>
    public const byte Reference = 5;

    [FieldOffset(0)] public byte Kind;
    [FieldOffset(8)] public bool Nullable;
    [FieldOffset(16)] public NativeHeapKind Heap;
    [FieldOffset(24)] public nint Concrete;
}
