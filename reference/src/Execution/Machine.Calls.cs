using System.Runtime.CompilerServices;
using Wasm.Syntax;

namespace Wasm.Execution;

// Calls of the host, and exceptions.
public abstract unsafe partial class Machine
{
    private protected static void ClearRefs(ref object? refs, FuncCode code)
    {
        for (int k = code.ParamCells; k < code.LocalCells; k++)
            Unsafe.Add(ref refs, k) = null;
    }

    /// <summary>Copies cells with their references; upwards, so <paramref name="to"/> is not above <paramref name="from"/>.</summary>
    private protected static void CopyRange(ulong* cells, ref object? refs, int to, int from, int count)
    {
        for (int k = 0; k < count; k++)
        {
            cells[to + k] = cells[from + k];
            Unsafe.Add(ref refs, to + k) = Unsafe.Add(ref refs, from + k);
        }
    }

    private protected static int CellsOfResults(FuncInst func) => Execution.Cells.Count(func.FuncType.Results);

    private protected static Trap IndirectTrap(TrapKind kind, ulong index) => new(kind, $"{Trap.TextOf(kind)} {index}");

    /// <summary>Calls a host function on the arguments in the cells and puts the results there.</summary>
    /// <returns>The wasm exception that it threw, or null; any other failure is <see cref="_failure"/>.</returns>
    private protected ExnInst? CallHost(HostFunc func, ulong* cells, ref object? refs)
    {
        int frames = Store.Frames;
        Store.Frames = _stack.FramesBelow + _stack.Depth;
        if (_fuel > 0)
        {
            // Calls back into the store draw on the same fuel.
            Store.ReturnFuel(_fuel);
            _budget += _fuel;
            _fuel = 0;
        }
        try
        {
            var results = RunHost(func, Execution.Cells.Read(func.FuncType.Params, cells, ref refs));
            if (_failure is null) Execution.Cells.Write(results, func.FuncType.Results, cells, ref refs);
            return null;
        }
        catch (Thrown thrown)
        {
            return thrown.Exn;
        }
        finally
        {
            Store.Frames = frames;
        }
    }

    /// <summary>Runs host code. Its exceptions are the machine's failure, but for <see cref="Thrown"/>, which the caller handles.</summary>
    private Val[] RunHost(HostFunc func, Val[] args)
    {
        try
        {
            var results = func.Code(args);
            var types = func.FuncType.Results;
            if (results.Count != types.Length) throw new InvalidOperationException($"host function {func.Name} returned {results.Count} values, {types.Length} expected");
            for (int i = 0; i < types.Length; i++)
                if (!RefTypes.HasType(results[i], types[i])) throw new InvalidOperationException($"host function {func.Name} returned {results[i]} for {types[i]}");
            return results as Val[] ?? [.. results];
        }
        catch (Thrown) when (_stack is not null)
        {
            throw;
        }
        catch (Exception e)
        {
            _failure = e;
            return [];
        }
    }

    /// <summary>Makes an exception of the payload in the cells; null when the budget is used up.</summary>
    private protected ExnInst? NewException(TagInst tag, ulong* cells, ref object? refs)
    {
        var types = tag.FuncType.Params;
        if (!Store.Allocate(32 + 24 * types.Length))
        {
            Exhaust(ExhaustionKind.Allocation);
            return null;
        }
        var nums = types.IsEmpty ? [] : new V128[types.Length];
        object?[]? references = null;
        int cell = 0;
        for (int i = 0; i < nums.Length; i++)
        {
            if (types[i].IsRef) (references ??= new object?[nums.Length])[i] = Unsafe.Add(ref refs, cell++);
            else if (types[i].IsVec) nums[i] = new V128(cells[cell++], cells[cell++]);
            else nums[i] = new V128(cells[cell++], 0);
        }
        return new ExnInst(tag, nums, references);
    }

    /// <summary>
    /// Looks for a handler of an exception thrown where the current stack stands, and lets it go on there; false when there is none.
    /// </summary>
    /// <param name="exn">The exception.</param>
    /// <param name="resumed">Whether the stack is suspended: then the instruction that throws is before the one that would go on.</param>
    /// <param name="left">Whether a tail call of the host replaces the topmost frame.</param>
    private protected bool Unwind(ExnInst exn, bool resumed = false, bool left = false)
    {
        for (var stack = _stack; ;)
        {
            int at = stack.Base;
            var pc = resumed ? stack.Pc - 1 : stack.Pc;
            for (int depth = stack.Depth; depth > 0; depth--)
            {
                ref var frame = ref stack.Frames[depth];
                // The handlers of a frame that was left do not count.
                if (!left && Find(frame.Func, frame.Func.Code!.IndexOf(pc), exn.Tag) is { } handler)
                {
                    stack.Depth = depth;
                    stack.Pc = frame.Func.Code!.Entry + handler.Target;
                    stack.Base = at;
                    _stack = stack;
                    Deliver(stack, exn, handler);
                    return true;
                }
                left = false;
                // The caller's call is before the instruction that goes on.
                pc = frame.Pc - 1;
                at -= frame.Cells < 0 ? ~frame.Cells : frame.Cells;
            }
            if (stack.Parent is not { } parent) break;
            parent.FramesBelow = stack.FramesBelow - parent.Depth;
            stack = parent;
            resumed = false;
        }
        _failure = new Thrown(exn);
        return false;
    }

    private static Handler? Find(WasmFunc func, int index, TagInst tag)
    {
        var handlers = func.Code!.Handlers;
        int depth = int.MaxValue;
        for (int k = 0; k < handlers.Length; k++)
        {
            ref var handler = ref handlers[k];
            if (index < handler.Start || index >= handler.End || handler.Depth > depth) continue;
            if (handler.Kind == HandlerKind.Delegate)
            {
                depth = (int)handler.Tag;
                continue;
            }
            if (handler.Kind is HandlerKind.CatchAll or HandlerKind.CatchAllRef or HandlerKind.LegacyCatchAll || func.Module.Tags[handler.Tag] == tag) return handler;
        }
        return null;
    }

    private static void Deliver(Stack stack, ExnInst exn, in Handler handler)
    {
        int cell = stack.Base + handler.Cell;
        if (handler.Kind is HandlerKind.LegacyCatch or HandlerKind.LegacyCatchAll) stack.Refs[cell++] = exn;
        if (handler.Kind is HandlerKind.Catch or HandlerKind.CatchRef or HandlerKind.LegacyCatch)
        {
            var types = exn.Tag.FuncType.Params;
            for (int i = 0; i < types.Length; i++)
            {
                if (types[i].IsRef)
                {
                    stack.Refs[cell++] = exn.Refs?[i];
                    continue;
                }
                stack.Cells[cell++] = exn.Nums[i].Lo;
                if (types[i].IsVec) stack.Cells[cell++] = exn.Nums[i].Hi;
            }
        }
        if (handler.Kind is HandlerKind.CatchRef or HandlerKind.CatchAllRef) stack.Refs[cell] = exn;
    }
}
