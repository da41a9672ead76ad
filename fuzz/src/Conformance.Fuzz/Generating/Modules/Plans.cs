using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>
/// What a function may call, so that every call ends. Within a kind a function calls only those of higher rank, that is of higher index; references
/// to functions are made of leaves only, so whatever is called through a reference is a leaf.
/// </summary>
internal enum FuncKind : byte
{
    /// <summary>Calls leaves, directly.</summary>
    Leaf,
    /// <summary>Calls leaves, also through references; may be called back by the host.</summary>
    Middle,
    /// <summary>Calls everything, the host's call-back included.</summary>
    Top,
}

internal sealed class FuncPlan
{
    public required int Index { get; init; }
    public required int Type { get; init; }
    public required FuncType Sig { get; init; }
    public required FuncKind Kind { get; init; }

    /// <summary>Used by what observes, or by the host's functions, and never by a body as it likes.</summary>
    public bool Hidden { get; init; }

    /// <summary>The first parameter bounds the depth of recursion.</summary>
    public bool Recursive { get; init; }

    /// <summary>Instructions that a call takes at most, roughly.</summary>
    public long Cost { get; set; }

    /// <summary>The function, once its body is made; null for imports.</summary>
    public Func? Made { get; set; }
}

/// <summary>A memory: of what size it is at least, in bytes.</summary>
internal sealed record MemPlan(MemType Type)
{
    public ulong Bytes => Type.Limits.Min << (int)Type.PageSizeLog2;

    public bool Is64 => Type.Addr == AddrType.I64;
}

/// <param name="Type">Its type.</param>
/// <param name="Hidden">Whether only what observes uses it.</param>
internal sealed record TablePlan(TableType Type, bool Hidden = false)
{
    public bool Is64 => Type.Addr == AddrType.I64;

    /// <summary>The functions that instantiation puts at the first indices, where it puts any.</summary>
    public FuncPlan?[] Initially { get; set; } = [];
}

/// <param name="Type">Its type.</param>
/// <param name="Imported">Whether constant expressions may use it before GC.</param>
/// <param name="Hidden">Whether bodies leave it alone.</param>
internal sealed record GlobalPlan(GlobalType Type, bool Imported = false, bool Hidden = false);

/// <param name="Type">The index of its type.</param>
/// <param name="Sig">Its type.</param>
/// <param name="Crosses">Whether an exception of it may leave the module: its values are i32 and i64.</param>
internal sealed record TagPlan(int Type, FuncType Sig, bool Crosses);

internal sealed record ElemPlan(RefType Type, int Count, bool Active);

internal sealed record DataPlan(int Length, bool Active);

/// <summary>Functions that suspend and switch, with their tags and types; only what resumes them calls them.</summary>
/// <param name="Type">The type of <paramref name="Counter"/>'s continuations, before and after it was suspended.</param>
/// <param name="Yield">The tag with which it suspends.</param>
/// <param name="Counter">Suspends as often as its argument says, and returns the sum of what it was given.</param>
/// <param name="SwitchType">The type of the continuations of the other two.</param>
/// <param name="Switched">The tag under which they switch.</param>
/// <param name="First">Switches to <paramref name="Second"/>.</param>
/// <param name="Second">Switches back.</param>
internal sealed record ContinuationPlan(int Type, int Yield, FuncPlan Counter, int SwitchType, int Switched, FuncPlan First, FuncPlan Second);
