using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Puts the bodies of functions where they are called.</summary>
public static class Inlining
{
    /// <summary>Modules with one call less; a function that nothing else calls is gone with it.</summary>
    public static IEnumerable<Module> Calls(Module module)
    {
        var view = new ModuleView(module);
        for (int f = 0; f < module.Funcs.Length; f++)
        {
            var body = module.Funcs[f].Body.Instrs;
            for (int at = 0; at < body.Length; at++)
                if (body[at] is Idx { Op: Op.Call } call && call.X >= view.ImportedFuncs && call.X < view.FuncTypes.Length && (int)call.X - view.ImportedFuncs is var callee && callee != f)
                    if (Inlined(module, view, f, at, module.Funcs[callee]) is { } inlined) yield return inlined;
        }
    }

    private static Module? Inlined(Module module, ModuleView view, int f, int at, Func callee)
    {
        var func = module.Funcs[f];
        if (view.FuncTypeAt(callee.Type) is not { } type || view.FuncTypeAt(func.Type) is not { } own) return null;
        uint first = (uint)(own.Params.Length + func.Locals.Sum(l => (long)l.Count));
        var content = callee.Body.Instrs;
        bool leaves = false;
        // The label of the whole body is that of a block around it.
        var mapped = Labels.Map(content, 0, content.Length - 1, (label, depth) =>
        {
            leaves |= label == depth;
            return label;
        });
        uint inside = 0;
        var body = ImmutableArray.CreateBuilder<Instr>();
        foreach (var instr in mapped)
        {
            if (Labels.Closes(instr.Op)) inside--;
            switch (instr)
            {
                case Plain { Op: Op.Return }:
                    leaves = true;
                    body.Add(new Idx(Op.Br, inside));
                    break;
                case Idx { Op: Op.LocalGet or Op.LocalSet or Op.LocalTee } local: body.Add(local with { X = local.X + first }); break;
                // A tail call would leave the caller too.
                case { Op: Op.ReturnCall or Op.ReturnCallIndirect or Op.ReturnCallRef }: return null;
                default: body.Add(instr); break;
            }
            if (Labels.Opens(instr.Op)) inside++;
        }
        var types = module.Types;
        if (leaves)
        {
            BlockType block;
            if (type.Results.Length == 0) block = BlockType.Empty;
            else if (type.Results is [var only]) block = BlockType.Of(only);
            else if (type.Params.IsEmpty) block = BlockType.Idx(callee.Type);
            else
            {
                block = BlockType.Idx((uint)module.TypeCount);
                types = types.Add(new RecType([new SubType(new FuncType([], type.Results))]));
            }
            body.Insert(0, new Block(Op.Block, block));
            body.Add(new Plain(Op.End));
        }
        body.InsertRange(0, Enumerable.Range(0, type.Params.Length).Reverse().Select(p => new Idx(Op.LocalSet, first + (uint)p)));
        var changed = func with
        {
            Locals = [.. func.Locals, .. type.Params.Select(t => new Locals(1, t)), .. callee.Locals],
            Body = new Expr(func.Body.Instrs.RemoveAt(at).InsertRange(at, body)),
        };
        return ModuleTrim.Unused(module with { Types = types, Funcs = module.Funcs.SetItem(f, changed) });
    }
}
