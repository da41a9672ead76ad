using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Validation;

/// <summary>The rules for stack switching.</summary>
internal sealed partial class FuncValidator
{
    private bool Continuation(Instr instr)
    {
        switch (instr)
        {
            // Instr_ok/cont.new
            case Idx { Op: Op.ContNew, X: var x }:
                _ = c.ContType(x, _at);
                Pop(ValType.RefNull(((ContType)c.Type(x, _at).Expand).Func));
                Push(ValType.RefNonNull(HeapType.Of(c.Type(x, _at))));
                return true;

            // Instr_ok/cont.bind: the first parameters are bound, the others remain
            case Idx2 { Op: Op.ContBind, X: var x, Y: var y }:
                {
                    FuncType from = c.ContType(x, _at), to = c.ContType(y, _at);
                    int bound = from.Params.Length - to.Params.Length;
                    if (bound < 0) throw Error("type mismatch in continuation arguments");
                    var rest = new FuncType(from.Params[bound..], from.Results);
                    if (!Matching.Match(rest, to)) throw Error("type mismatch in continuation types");
                    Pop(NullRef(x));
                    Pop(from.Params.AsSpan()[..bound]);
                    Push(ValType.RefNonNull(HeapType.Of(c.Type(y, _at))));
                    return true;
                }

            // Instr_ok/suspend
            case Idx { Op: Op.Suspend, X: var x }:
                {
                    var tag = TagType(x);
                    Pop(tag.Params);
                    Push(tag.Results);
                    return true;
                }

            // Instr_ok/resume
            case Resume { Op: Op.Resume, Type: var x, Handlers: var handlers }:
                {
                    var cont = c.ContType(x, _at);
                    Handlers(handlers, cont.Results);
                    Pop(NullRef(x));
                    Pop(cont.Params);
                    Push(cont.Results);
                    return true;
                }

            // Instr_ok/resume_throw
            case Resume { Op: Op.ResumeThrow, Type: var x, Tag: var y, Handlers: var handlers }:
                {
                    var cont = c.ContType(x, _at);
                    var ts = Exception(y);
                    Handlers(handlers, cont.Results);
                    Pop(NullRef(x));
                    Pop(ts);
                    Push(cont.Results);
                    return true;
                }

            // Instr_ok/resume_throw_ref
            case Resume { Op: Op.ResumeThrowRef, Type: var x, Handlers: var handlers }:
                {
                    var cont = c.ContType(x, _at);
                    Handlers(handlers, cont.Results);
                    Pop(NullRef(x));
                    Pop(ValType.RefNull(HeapType.Exn));
                    Push(cont.Results);
                    return true;
                }

            // Instr_ok/switch
            case Idx2 { Op: Op.Switch, X: var x, Y: var y }:
                Switch(x, y);
                return true;

            default:
                return false;
        }
    }

    // Handler_ok: (on x l) and (on x switch), for a continuation with the results given
    private void Handlers(ImmutableArray<OnClause> handlers, ImmutableArray<ValType> results)
    {
        foreach (var handler in handlers)
        {
            var tag = TagType(handler.Tag);
            if (handler.Label is { } l)
            {
                var ts = Label(l);
                var resumed = ContOf(ts)
                    ?? throw Error($"type mismatch: instruction requires concrete continuation reference type but label has {c.Show(ts)}");
                if (!Matching.Match(new FuncType(tag.Results, results), resumed)) throw Error("type mismatch in continuation type");
                if (!Matching.Match(tag.Params, [.. Lead(ts)]))
                    throw Error($"type mismatch: instruction requires {c.Show(Lead(ts))} but tag has {c.Show(tag.Params)}");
            }
            else
            {
                // What is switched to runs under the same handler, so its results are those of what was resumed.
                if (!tag.Params.IsEmpty) throw Error("type mismatch tag type");
                if (!Matching.Match(tag.Results, results) || !Matching.Match(results, tag.Results)) throw Error("type mismatch tag type");
            }
        }
    }

    private void Switch(uint x, uint y)
    {
        var target = c.ContType(x, _at);
        var back = ContOf(target.Params) ?? throw Error(
            $"type mismatch: instruction requires continuation reference type but the type annotation has {c.Show(target.Params)}");
        var tag = TagType(y);
        if (!tag.Params.IsEmpty) throw Error("type mismatch in switch tag");
        if (!Matching.Match(target.Results, tag.Results)) throw Error("type mismatch in continuation types");
        if (!Matching.Match(tag.Results, back.Results)) throw Error("type mismatch in continuation types");
        Pop(NullRef(x));
        Pop(Lead(target.Params));
        Push(back.Params);
    }

    /// <summary>The function type of the continuation that the last of the types refers to; null when that is no defined type.</summary>
    private FuncType? ContOf(ImmutableArray<ValType> ts)
    {
        if (ts is not [.., { IsRef: true } t] || t.Ref.Heap.Def is not { } type) return null;
        return type.Expand is ContType cont ? Context.FuncTypeOf(cont) : throw Error($"non-continuation type {c.IndexOf(type)}");
    }
}
