using System.Runtime.InteropServices;
using Wasm.Syntax;

namespace Wasm.Execution;

/// <summary>
/// A lowered instruction. A cell is 8 bytes of the frame: parameters and locals first, then the operand stack; a vector takes two. Numbers are
/// zero-extended in their cell; a reference is in the parallel array of references, at the same index.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct Code
{
    public LOp Op;
    /// <summary>A source opcode, or a small operand.</summary>
    public ushort X;
    /// <summary>The result's cell, or a branch's distance.</summary>
    public int A;
    public int B;
    public int C;

    public Code(LOp op, int a = 0, int b = 0, int c = 0, ushort x = 0)
    {
        Op = op;
        X = x;
        A = a;
        B = b;
        C = c;
    }

    /// <summary>A number of 64 bits in place of b and c.</summary>
    public static Code Wide(LOp op, int a, ulong number, ushort x = 0) => new(op, a, (int)number, (int)(number >> 32), x);

    public readonly ulong Number => (uint)B | (ulong)(uint)C << 32;
}

/// <summary>What a handler does with an exception thrown in its range.</summary>
internal enum HandlerKind : byte
{
    /// <summary>Payload to the cells, for one tag.</summary>
    Catch,
    /// <summary>Payload and exception to the cells, for one tag.</summary>
    CatchRef,
    /// <summary>For every tag.</summary>
    CatchAll,
    /// <summary>Exception to the cell, for every tag.</summary>
    CatchAllRef,
    /// <summary>Legacy <c>catch</c>: the exception, for <c>rethrow</c>, and then the payload.</summary>
    LegacyCatch,
    /// <summary>Legacy <c>catch_all</c>: the exception, for <c>rethrow</c>.</summary>
    LegacyCatchAll,
    /// <summary>Legacy <c>delegate</c>: looks on in the handlers at <see cref="Handler.Depth"/> <c>Tag</c> and outside.</summary>
    Delegate,
}

/// <summary>A clause of a <c>try_table</c> or legacy <c>try</c>. Inner ones come first in <see cref="FuncCode.Handlers"/>.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Start">The first instruction of its range.</param>
/// <param name="End">The instruction after its range.</param>
/// <param name="Tag">The tag's index in the module.</param>
/// <param name="Depth">How many control instructions enclose the <c>try</c>.</param>
/// <param name="Cell">Where the payload or the exception goes.</param>
/// <param name="Target">The instruction that goes on.</param>
internal readonly record struct Handler(HandlerKind Kind, int Start, int End, uint Tag, int Depth, int Cell, int Target);

/// <summary>Where the operands and the results of a source instruction are.</summary>
internal readonly record struct StepShape((int Cell, ValKind Kind)[] Operands, (int Cell, ValKind Kind)[] Results);

/// <summary>The clauses of a <c>resume</c>.</summary>
/// <param name="Tag">The tag's index in the module.</param>
/// <param name="IsSwitch">Whether it is for <c>switch</c>.</param>
/// <param name="Cell">Where the payload and the continuation go.</param>
/// <param name="Target">The instruction that goes on.</param>
/// <param name="Cont">The type of the continuation.</param>
internal readonly record struct OnHandler(uint Tag, bool IsSwitch, int Cell, int Target, DefType? Cont);

/// <summary>The lowered body of a function; shared by all instances of its module.</summary>
internal sealed unsafe class FuncCode
{
    /// <summary>The instructions; pinned, so that <see cref="Entry"/> holds.</summary>
    public required Code[] Instrs { get; init; }

    public required Code* Entry { get; init; }

    /// <summary>The cells of the frame: locals, operands and room for the results.</summary>
    public required int Cells { get; init; }

    public required int ParamCells { get; init; }

    /// <summary>The cells of parameters and locals; those that are no parameters begin as zero or null.</summary>
    public required int LocalCells { get; init; }

    public required int ResultCells { get; init; }

    /// <summary>Whether locals that are no parameters hold references.</summary>
    public required bool HasRefLocals { get; init; }

    public required Handler[] Handlers { get; init; }

    /// <summary>The closed types of casts.</summary>
    public required RefType[] Types { get; init; }

    /// <summary>The clauses of each <c>resume</c>.</summary>
    public required OnHandler[][] Resumes { get; init; }

    /// <summary>For each lowered instruction the index in the body of the source instruction it was made for.</summary>
    public required int[] Source { get; init; }

    /// <summary>For each source instruction the lowered instruction that stands for it, or -1 when it is never reached.</summary>
    public required int[] Owner { get; init; }

    /// <summary>For each source instruction where its operands and results are; in unfused code only.</summary>
    public StepShape[]? Shapes { get; init; }

    private int[][]? _sourcesOf;

    /// <summary>The source instructions that a lowered one stands for.</summary>
    public ReadOnlySpan<int> SourcesOf(int pc)
    {
        if (_sourcesOf is null)
        {
            var sources = Enumerable.Range(0, Owner.Length).Where(s => Owner[s] >= 0).ToLookup(s => Owner[s]);
            _sourcesOf = [.. Enumerable.Range(0, Instrs.Length).Select(i => sources[i].ToArray())];
        }
        return _sourcesOf[pc];
    }

    /// <summary>The body.</summary>
    public required Func Func { get; init; }

    public int IndexOf(Code* pc) => (int)(pc - Entry);
}
