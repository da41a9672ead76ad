using System.Runtime.CompilerServices;

namespace Wasm.Execution;

/// <summary>What a call saves: the caller, where it goes on, and how far its cells lie below the callee's.</summary>
internal unsafe struct Frame
{
    public WasmFunc Func;
    public Code* Pc;
    public int Cells;
}

/// <summary>
/// The frames and cells of a machine or of a continuation, and where it stands while it does not run. Small at first: there may be a hundred thousand.
/// </summary>
internal sealed unsafe class Stack
{
    private const int InitialFrames = 2;

    /// <summary>Numbers; the machine runs on them pinned.</summary>
    public ulong[] Cells;

    /// <summary>References, at the same indices.</summary>
    public object?[] Refs;

    /// <summary>The callers, outermost first; the first is below the first function.</summary>
    public Frame[] Frames = new Frame[InitialFrames];

    public int Depth;

    // Where it stands: the function, its instruction, and the first cell of its frame.
    public WasmFunc Func;
    public Code* Pc;
    public int Base;

    public Stack(WasmFunc func, Code* pc, Code* below, int cells)
    {
        Func = func;
        Pc = pc;
        Cells = new ulong[cells];
        Refs = new object?[cells];
        Frames[0] = new Frame { Func = func, Pc = below };
        Depth = 1;
    }

    // Stack switching: the stack that resumed this one, with the clauses of that resume.

    public Stack? Parent;
    public OnHandler[] Handlers = [];

    /// <summary>The frames of all stacks below this one.</summary>
    public int FramesBelow;

    /// <summary>While suspended: the cell where the values that resume it go, from the first of the frame.</summary>
    public int ResumeCell;

    /// <summary>Makes room for <paramref name="cells"/> cells from the first on.</summary>
    /// <returns>Whether the limit allows it.</returns>
    public bool GrowCells(int cells, int limit)
    {
        if (cells > limit) return false;
        int size = (int)Math.Min(limit, Math.Max(cells, Cells.Length * 2L));
        Array.Resize(ref Cells, size);
        Array.Resize(ref Refs, size);
        return true;
    }

    /// <summary>Makes room for one more frame.</summary>
    /// <param name="limit">The most frames on this stack and those below.</param>
    /// <returns>Whether the limit allows it.</returns>
    public bool GrowFrames(int limit)
    {
        limit -= FramesBelow;
        if (Frames.Length >= limit) return false;
        Array.Resize(ref Frames, (int)Math.Min(limit, Frames.Length * 2L));
        return true;
    }

    /// <summary>Takes the innermost frame off.</summary>
    public void Pop()
    {
        ref var frame = ref Frames[--Depth];
        Func = frame.Func;
        Pc = frame.Pc;
        Base -= frame.Cells;
    }

    /// <summary>The first reference of the frame.</summary>
    public ref object? FirstRef => ref Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(Refs), Base);
}
