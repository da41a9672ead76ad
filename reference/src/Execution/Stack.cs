using System.Runtime.CompilerServices;

namespace Wasm.Execution;

/// <summary>A frame: its function, where the caller goes on, and how far the caller's cells lie below.</summary>
internal unsafe struct Frame
{
    public WasmFunc Func;
    public Code* Pc;
    /// <summary>The complement when the caller may be of another instance.</summary>
    public int Cells;
}

/// <summary>
/// The frames and cells of a machine or of a continuation, and where it stands while it does not run. Small at first: there may be a hundred thousand.
/// </summary>
internal sealed unsafe class Stack
{
    private const int InitialFrames = 3;

    /// <summary>Numbers; the machine runs on them pinned.</summary>
    public ulong[] Cells;

    /// <summary>References, at the same indices.</summary>
    public object?[] Refs;

    /// <summary>The frames from 1 on, outermost first; 0 stands for what is below the first function.</summary>
    public Frame[] Frames;

    /// <summary>The index of the innermost frame.</summary>
    public int Depth;

    // Where it stands: the instruction, and the first cell of the innermost frame.
    public Code* Pc;
    public int Base;

    /// <param name="func">The first function.</param>
    /// <param name="pc">Its first instruction.</param>
    /// <param name="below">The instruction that it returns to.</param>
    /// <param name="cells">The cells at first.</param>
    /// <param name="framesBelow">The frames of all stacks below.</param>
    /// <param name="limit">The most frames on this stack and those below.</param>
    public Stack(WasmFunc func, Code* pc, Code* below, int cells, int framesBelow, int limit)
    {
        Pc = pc;
        FramesBelow = framesBelow;
        Frames = new Frame[Math.Clamp(limit - framesBelow + 1, 2, InitialFrames)];
        Cells = new ulong[cells];
        Refs = new object?[cells];
        Frames[0].Func = func;
        Frames[1] = new Frame { Func = func, Pc = below };
        Depth = 1;
    }

    /// <summary>The function of the innermost frame; when there is none, the one that was first.</summary>
    public WasmFunc Func => Frames[Depth].Func;

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
        if (Frames.Length > limit) return false;
        Array.Resize(ref Frames, (int)Math.Min(limit + 1L, Frames.Length * 2L));
        return true;
    }

    /// <summary>The first reference of the frame.</summary>
    public ref object? FirstRef => ref Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(Refs), Base);
}
