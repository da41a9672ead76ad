using System.Collections.Immutable;
using Conformance.Harness.Running;
using Conformance.Harness.Scripts;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;
using Wasm.Text.Script;
using Module = Wasm.Syntax.Module;

namespace Conformance.Harness.Backtraces;

/// <summary>
/// The code of a script's modules, to tell whether control can only run straight from one offset to another. A compiler that sees this may make one
/// machine instruction of it, which traps with the offset of the first.
/// </summary>
internal sealed class StraightCode
{
    private readonly ImmutableArray<Module> _modules;

    private StraightCode(ImmutableArray<Module> modules) => _modules = modules;

    /// <summary>The modules that a script defines, as every runtime gets them.</summary>
    public static StraightCode Of(ScriptFile file)
    {
        string? error = null;
        if (ScriptRunner.Read(file, ref error) is not { } source) return new([]);
        var modules = ImmutableArray.CreateBuilder<Module>();
        foreach (var command in ScriptReader.Split(source).Commands)
            try
            {
                var definition = ScriptParser.Parse(command, file.Profile) switch
                {
                    ModuleCommand c => c.Definition,
                    AssertUninstantiable { Target: Target.Module target } => target.Definition,
                    _ => null,
                };
                if (definition is not null) modules.Add(BinaryDecoder.Decode(Binary(definition, file.Profile), file.Profile));
            }
            catch (PhaseException)
            {
                // Not a module that traps.
            }
        return new(modules.ToImmutable());
    }

    private static ReadOnlyMemory<byte> Binary(Definition definition, Profile profile) => definition switch
    {
        Encoded e => e.Bytes.AsMemory(),
        Quoted q => BinaryEncoder.Encode(TextParser.ParseModule(q.Text.AsMemory(), profile)),
        Textual t => BinaryEncoder.Encode(t.Module),
        _ => throw new System.Diagnostics.UnreachableException($"definition {definition.GetType().Name}"),
    };

    /// <summary>
    /// The instructions of a function from one offset to another, when control can only run straight from the first to the last: what is between enters
    /// blocks at most. The first may be an <c>if</c> one of whose sides does so. Null otherwise, and where no module of the script has instructions at
    /// both offsets of the function.
    /// </summary>
    public string? Between(uint function, long from, long to)
    {
        string? text = null;
        foreach (var module in _modules)
        {
            int index = (int)function - module.Imports.Count(i => i.Type.Kind == ExternKind.Func);
            if (index < 0 || index >= module.Funcs.Length) continue;
            var func = module.Funcs[index];
            var instrs = func.Body.Instrs;
            // The prologue of a function has the offset of its declarations of locals.
            bool isPrologue = from >= func.At.Offset && from < instrs[0].At.Offset;
            int first = isPrologue ? 0 : IndexAt(instrs, from), last = IndexAt(instrs, to);
            if (first < 0 || last < 0) continue;
            int begin = isPrologue || instrs[first].Op != Op.If ? first : SideOf(instrs, first, last);
            if (instrs[begin..last].Any(i => !IsStraight(i))) return null;
            text ??= string.Join("; ", (isPrologue ? ["(prologue)"] : Enumerable.Empty<string>()).Concat(instrs[first..(last + 1)].Select(i => i.ToString())));
        }
        return text;
    }

    private static int IndexAt(ImmutableArray<Instr> instrs, long offset)
    {
        for (int i = 0; i < instrs.Length; i++)
            if (instrs[i].At.Offset == offset) return i;
        return -1;
    }

    /// <summary>The first instruction of the side of an <c>if</c> in which another instruction stands.</summary>
    private static int SideOf(ImmutableArray<Instr> instrs, int @if, int other)
    {
        int depth = 0;
        for (int i = @if + 1; i < other; i++)
        {
            if (instrs[i] is Block or TryTable) depth++;
            else if (instrs[i].Op == Op.End) depth--;
            else if (instrs[i].Op == Op.Else && depth == 0) return i + 1;
        }
        return @if + 1;
    }

    /// <summary>Whether control goes on behind an instruction and stays in the function.</summary>
    private static bool IsStraight(Instr instr) => instr is not (BrTable or BrOnCast or Resume) && instr.Op is not (
        Op.If or Op.End or Op.Else or Op.Br or Op.BrIf or Op.BrOnNull or Op.BrOnNonNull or Op.Return or Op.Unreachable or Op.Throw or Op.ThrowRef
        or Op.Call or Op.CallIndirect or Op.CallRef or Op.ReturnCall or Op.ReturnCallIndirect or Op.ReturnCallRef);
}
