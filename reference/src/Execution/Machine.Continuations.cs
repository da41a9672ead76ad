using System.Runtime.CompilerServices;
using Wasm.Syntax;

#pragma warning disable IDE0072 // only the instructions of this family come here

namespace Wasm.Execution;

// Stack switching. A continuation is a chain of stacks; to suspend is to cut the chain above the handler, to resume is to link it again.
public abstract unsafe partial class Machine
{
    /// <summary>Executes the instruction of stack switching at which the stack stands; false when it failed.</summary>
    private bool Continuation(Stack stack)
    {
        var i = stack.Pc;
        int cell = stack.Base + i->A;
        return (Op)i->X switch
        {
            Op.ContNew => ContNew(stack, i, cell),
            Op.ContBind => ContBind(stack, i, cell),
            Op.Suspend => Suspend(stack, i, cell),
            Op.Switch => Switch(stack, i, cell),
            Op.Resume => Resume(stack, i, cell),
            Op.ResumeThrow => ResumeThrow(stack, i, cell),
            _ => ResumeThrowRef(stack, i, cell),
        };
    }

    private bool TrapAs(TrapKind kind)
    {
        _failure = new Trap(kind);
        return false;
    }

    private bool ContNew(Stack stack, Code* i, int cell)
    {
        if (stack.Refs[cell] is not FuncInst func) return TrapAs(TrapKind.CallRefNull);
        if (!Store.Allocate(64)) return Exhaust(ExhaustionKind.Allocation);
        stack.Refs[cell] = new ContInst(stack.Func.Module.Types[i->B], func);
        stack.Pc++;
        return true;
    }

    private bool ContBind(Stack stack, Code* i, int cell)
    {
        if (!TakeCont(stack.Refs[cell + i->C], stack, out var top, out var bottom)) return false;
        Copy(stack, cell, top, top.Base + top.ResumeCell, i->C);
        top.ResumeCell += i->C;
        stack.Refs[cell] = new ContInst(stack.Func.Module.Types[i->B], top, bottom);
        stack.Pc++;
        return true;
    }

    private bool Suspend(Stack stack, Code* i, int cell)
    {
        var tag = stack.Func.Module.Tags[i->B];
        if (FindPrompt(stack, tag, isSwitch: false, out var bottom, out var handler) is not { } parent) return false;
        stack.Pc++;
        stack.ResumeCell = i->A;
        bottom.Parent = null;
        int to = parent.Base + handler.Cell;
        Copy(stack, cell, parent, to, i->C);
        parent.Refs[to + i->C] = new ContInst(handler.Cont!, stack, bottom);
        parent.Pc = parent.Func.Code!.Entry + handler.Target;
        _stack = parent;
        return true;
    }

    private bool Switch(Stack stack, Code* i, int cell)
    {
        object? target = stack.Refs[cell + i->C];
        if (!CheckCont(target)) return false;
        var tag = stack.Func.Module.Tags[i->B];
        if (FindPrompt(stack, tag, isSwitch: true, out var bottom, out _) is not { } parent) return false;
        if (!TakeCont(target, stack, out var top, out var targetBottom)) return false;
        var back = new ContInst(stack.Func.Code!.Types[i[1].A].Heap.Def!, stack, bottom);
        stack.Pc += 2;
        stack.ResumeCell = i->A;
        bottom.Parent = null;
        int to = top.Base + top.ResumeCell;
        Copy(stack, cell, top, to, i->C);
        top.Refs[to + i->C] = back;
        return Link(parent, bottom.Handlers, top, targetBottom);
    }

    private bool Resume(Stack stack, Code* i, int cell)
    {
        if (!TakeCont(stack.Refs[cell + i->C], stack, out var top, out var bottom)) return false;
        Copy(stack, cell, top, top.Base + top.ResumeCell, i->C);
        return Link(stack, stack.Func.Code!.Resumes[i->B], top, bottom);
    }

    private bool ResumeThrow(Stack stack, Code* i, int cell)
    {
        if (!TakeCont(stack.Refs[cell + i->C], stack, out var top, out var bottom)) return false;
        ExnInst? exn;
        fixed (ulong* cells = stack.Cells)
            exn = NewException(stack.Func.Module.Tags[i[1].A], cells + cell, ref stack.Refs[cell]);
        return exn is not null && Link(stack, stack.Func.Code!.Resumes[i->B], top, bottom) && Unwind(exn, resumed: true);
    }

    private bool ResumeThrowRef(Stack stack, Code* i, int cell)
    {
        if (stack.Refs[cell] is not ExnInst exn) return TrapAs(TrapKind.ThrowRefNull);
        return TakeCont(stack.Refs[cell + 1], stack, out var top, out var bottom)
            && Link(stack, stack.Func.Code!.Resumes[i->B], top, bottom) && Unwind(exn, resumed: true);
    }

    /// <summary>The first function of a continuation returned: its results are those of the <c>resume</c>.</summary>
    private void ReturnFromContinuation(Stack stack)
    {
        var parent = stack.Parent!;
        parent.FramesBelow = stack.FramesBelow - parent.Depth;
        Copy(stack, stack.Base, parent, parent.Base + parent.Pc->A, Execution.Cells.Count(stack.Func.FuncType.Results));
        parent.Pc += 2;
        _stack = parent;
    }

    private bool CheckCont(object? reference) =>
        reference is not ContInst cont ? TrapAs(TrapKind.ContNull) : !cont.IsConsumed || TrapAs(TrapKind.ContConsumed);

    /// <summary>Consumes a continuation; gives its stacks, made now if it has not begun.</summary>
    private bool TakeCont(object? reference, Stack stack, out Stack top, out Stack bottom)
    {
        top = bottom = stack;
        if (!CheckCont(reference)) return false;
        var cont = (ContInst)reference!;
        if (cont.Func is { } func)
        {
            var target = func as WasmFunc ?? Shim(stack.Func.Module, (HostFunc)func);
            var code = target.Code ?? CodeOf(target);
            if (code.Cells > Store.Options.MaxOperandSlots) return Exhaust(ExhaustionKind.OperandStack);
            if (!Store.Allocate(256 + 16L * code.Cells)) return Exhaust(ExhaustionKind.Allocation);
            var own = new Stack(target, code.Entry, ContReturnCode, code.Cells + 1, stack.FramesBelow + stack.Depth, Store.Options.MaxCallDepth);
            if (func is HostFunc) own.Refs[code.ParamCells] = func;
            cont.Begin(own);
        }
        top = cont.Top!;
        bottom = cont.Bottom!;
        cont.Consume();
        return true;
    }

    /// <summary>
    /// The stack whose <c>resume</c> has a clause for the tag, and the outermost stack of the continuation that it gets; null when there is none.
    /// </summary>
    private Stack? FindPrompt(Stack stack, TagInst tag, bool isSwitch, out Stack bottom, out OnHandler handler)
    {
        for (bottom = stack; bottom.Parent is { } parent; bottom = parent)
        {
            parent.FramesBelow = bottom.FramesBelow - parent.Depth;
            foreach (var candidate in bottom.Handlers)
            {
                if (candidate.IsSwitch != isSwitch || parent.Func.Module.Tags[candidate.Tag] != tag) continue;
                handler = candidate;
                return parent;
            }
        }
        _failure = new Suspended(tag, "unhandled tag");
        handler = default;
        return null;
    }

    /// <summary>Puts a chain of stacks on top of another stack and makes it current.</summary>
    private bool Link(Stack parent, OnHandler[] handlers, Stack top, Stack bottom)
    {
        bottom.Parent = parent;
        bottom.Handlers = handlers;
        int below = parent.FramesBelow + parent.Depth;
        for (var stack = top; stack != bottom; stack = stack.Parent!)
            below += stack.Parent!.Depth;
        top.FramesBelow = below;
        if (below + top.Depth > Store.Options.MaxCallDepth) return Exhaust(ExhaustionKind.CallStack);
        _stack = top;
        return true;
    }

    private static void Copy(Stack source, int from, Stack target, int to, int count)
    {
        if (count == 0) return;
        Array.Copy(source.Cells, from, target.Cells, to, count);
        Array.Copy(source.Refs, from, target.Refs, to, count);
    }

    /// <summary>A function that calls a host function, which has no frame of its own to begin a stack with.</summary>
    private static WasmFunc Shim(ModuleInst module, HostFunc host)
    {
        int parameters = Execution.Cells.Count(host.FuncType.Params), results = Execution.Cells.Count(host.FuncType.Results);
        var instrs = GC.AllocateUninitializedArray<Code>(2, pinned: true);
        instrs[0] = new Code(LOp.CallRef, 0, parameters);
        instrs[1] = new Code(LOp.Return);
        var code = new FuncCode
        {
            Instrs = instrs,
            Entry = (Code*)Unsafe.AsPointer(ref instrs[0]),
            Cells = Math.Max(parameters, results) + 1,
            ParamCells = parameters,
            LocalCells = parameters,
            ResultCells = results,
            HasRefLocals = false,
            Handlers = [],
            Types = [],
            Resumes = [],
            Source = [0, 0],
            Owner = [0, 1],
            Func = new Func(0, [], new Expr([new Plain(Op.CallRef), new Plain(Op.End)])),
        };
        return new WasmFunc(module, host, code);
    }
}
