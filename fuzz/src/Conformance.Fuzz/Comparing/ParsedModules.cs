using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Scripts;
using Wasm.Binary;
using Wasm.Syntax;

namespace Conformance.Fuzz.Comparing;

/// <summary>
/// What parsers made of a text, compared as abstract syntax: two binaries are the same module when they decode to the same definitions, in the same order. That leaves open
/// what the binary format does: the length of LEB128 numbers, which of the equivalent forms of a segment stands there, how locals are cut into runs, whether
/// data segments are counted. It also leaves out custom sections, which a text gives by its identifiers and annotations as each tool sees fit, and an <c>else</c> with nothing
/// behind it, which the text format may or may not have written.
/// </summary>
public static class ParsedModules
{
    /// <summary>How the second binary differs from the first, beginning with the kind of what differs; or null.</summary>
    public static string? Difference(byte[] expected, byte[] observed)
    {
        if (expected.AsSpan().SequenceEqual(observed)) return null;
        try
        {
            return Difference(Decode(expected), Decode(observed));
        }
        catch (MalformedException e)
        {
            return $"binary: {e.Message} at {e.At}";
        }
    }

    /// <summary>Why what the kit's own parser did with a text is not what it should be; or null.</summary>
    public static string? Failure(Module source, ActionResult result) => result switch
    {
        ActionResult.Parsed parsed => Difference(source, Decode(parsed.Binary)) is { } difference ? $"the parser makes another module of the text: {difference}" : null,
        ActionResult.Ended { Outcome: Outcome.Malformed malformed } => $"the parser refuses the text: {malformed}",
        _ => $"the parser did {result}",
    };

    private static Module Decode(byte[] binary) => BinaryDecoder.Decode(binary, Profile.All with { Features = Features.All & ~Features.CustomSections });

    private static string? Difference(Module a, Module b) => RoundTrip.Difference(Plain(a), Plain(b));

    private static Module Plain(Module module) => module with
    {
        Customs = [],
        Funcs = [.. module.Funcs.Select(f => f with { Body = Plain(f.Body) })],
    };

    private static Expr Plain(Expr body)
    {
        var instrs = body.Instrs;
        int at = 0;
        while (at < instrs.Length && !IsEmptyElse(instrs, at)) at++;
        if (at == instrs.Length) return body;
        var kept = instrs.ToBuilder();
        kept.Clear();
        for (int i = 0; i < instrs.Length; i++)
            if (!IsEmptyElse(instrs, i)) kept.Add(instrs[i]);
        return new(kept.ToImmutable());
    }

    private static bool IsEmptyElse(System.Collections.Immutable.ImmutableArray<Instr> instrs, int i) => instrs[i].Op == Op.Else && instrs[i + 1].Op == Op.End;
}
