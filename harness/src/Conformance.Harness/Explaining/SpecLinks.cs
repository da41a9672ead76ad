using System.Collections.Immutable;
using System.Globalization;
using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text.Script;

namespace Conformance.Harness.Explaining;

/// <summary>Where the specification says what a command asserts.</summary>
public static class SpecLinks
{
    private const string Core = "https://webassembly.github.io/spec/core/";
    private const string Proposals = "https://github.com/WebAssembly/";

    /// <summary>Instructions of a function whose rules are worth naming.</summary>
    private const int MostRules = 12;

    private static readonly (Features Feature, string Repository)[] Repositories =
    [
        (Features.Threads, "threads"), (Features.CustomPageSizes, "custom-page-sizes"), (Features.WideArithmetic, "wide-arithmetic"),
        (Features.CustomDescriptors, "custom-descriptors"), (Features.LegacyExceptions, "exception-handling"), (Features.StackSwitching, "stack-switching"),
    ];

    /// <summary>Operators that the chapter on numerics has under another name, or not at all.</summary>
    private static readonly string[] WithoutAnchor =
        ["extadd_pairwise", "irelaxed_q15mulr", "ibitmask", "relaxed_dot_add", "extmul", "iq15mulr_sat", "iextend", "relaxed_swizzle", "dot", "relaxed_dot", "swizzle"];

    /// <summary>The links for a command, the most general first.</summary>
    /// <param name="command">The command.</param>
    /// <param name="last">What it came to on a runtime, for the instructions of the function that it invokes; null if unknown.</param>
    public static ImmutableArray<string> Of(Command command, Recorded? last) => command switch
    {
        AssertMalformed { Definition: Quoted or Textual } => [Core + "text/index.html"],
        AssertMalformed => [Core + "binary/index.html"],
        AssertInvalid => [Core + "valid/index.html"],
        AssertMalformedCustom or AssertInvalidCustom => [Core + "appendix/custom.html"],
        AssertUnlinkable => [Core + "exec/modules.html#exec-instantiation", Core + "valid/matching.html"],
        AssertUninstantiable or InstanceCommand => [Core + "exec/modules.html#exec-instantiation"],
        ModuleCommand => [Core + "valid/modules.html", Core + "exec/modules.html#exec-instantiation"],
        _ => [Core + "exec/modules.html#exec-invocation", .. OfFunction(last)],
    };

    /// <summary>The rules of the instructions in the function that was invoked.</summary>
    private static IEnumerable<string> OfFunction(Recorded? last)
    {
        if (last is not { Binary: { } binary, Export: { } name }) return [];
        Module module;
        try
        {
            module = BinaryDecoder.Decode(binary, Profile.All);
        }
        catch (PhaseException)
        {
            return [];
        }
        int imports = module.Imports.Count(i => i.Type.Kind == ExternKind.Func);
        var export = module.Exports.FirstOrDefault(e => e.Name == name && e.Kind == ExternKind.Func);
        if (export is null || export.Index < imports) return [];
        var defs = module.Funcs[(int)export.Index - imports].Body.Instrs.Select(i => i.Def).Where(d => d.Op is not (Op.End or Op.Else or Op.LocalGet or Op.Nop)).Distinct();
        return [.. defs.SelectMany(Of).Distinct().Take(MostRules)];
    }

    /// <summary>The links for an instruction: how it executes, and its numeric operator.</summary>
    public static IEnumerable<string> Of(InstrDef def)
    {
        foreach (var (feature, repository) in Repositories)
            if (def.Feature == feature) return [Proposals + repository];
        string rule = def.Rule is "select-impl" or "select-expl" ? "select" : def.Rule;
        string exec = $"{Core}exec/instructions.html#exec-{Anchor(rule)}";
        return def.Num is { } num && !WithoutAnchor.Contains(num) ? [exec, $"{Core}exec/numerics.html#op-{Anchor(num)}"] : [exec];
    }

    private static string Anchor(string label) => label.Replace('.', '-').Replace('_', '-').ToLower(CultureInfo.InvariantCulture);
}
