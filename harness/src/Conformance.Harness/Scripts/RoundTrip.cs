using Wasm.Binary;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Scripts;

/// <summary>Sends a module through encoder, decoder, printer and parser, and compares at each step.</summary>
public static class RoundTrip
{
    /// <summary>Null when the module survived, else where it did not. Modules are compared as abstract syntax, positions ignored.</summary>
    /// <param name="module">A module as parsed from text.</param>
    /// <param name="profile">Its profile.</param>
    /// <param name="bytes">The encoding of the module that came back.</param>
    public static string? Of(Module module, Profile profile, out byte[] bytes)
    {
        bytes = BinaryEncoder.Encode(module);
        byte[] first = bytes;
        Module decoded;
        try
        {
            decoded = BinaryDecoder.Decode(bytes, profile);
        }
        catch (MalformedException)
        {
            // The runtime is going to say the same: some modules of the text format have no well-formed binary, such as an alignment of 2^32.
            return null;
        }
        if (Difference(module, decoded) is { } afterDecoding) return $"the decoded module differs: {afterDecoding}";
        string text = TextPrinter.Print(decoded);
        Module parsed;
        try
        {
            parsed = TextParser.ParseModule(System.Text.Encoding.UTF8.GetBytes(text), profile);
        }
        catch (MalformedException e)
        {
            return $"the printed module cannot be parsed: {e.Message} at {e.At}: {Line(text, e.At.Line)}";
        }
        if (Difference(decoded, parsed) is { } afterParsing) return $"the module parsed from print differs: {afterParsing}";
        bytes = BinaryEncoder.Encode(parsed);
        return bytes.AsSpan().SequenceEqual(first) ? null : "the bytes differ";
    }

    private static string Line(string text, int line) => text.Split('\n').ElementAtOrDefault(line - 1)?.Trim() ?? "";

    /// <summary>The first part in which two modules differ, in words that begin with its kind; or null.</summary>
    public static string? Difference(Module a, Module b)
    {
        if (a.Equals(b)) return null;
        return First("type", a.Types, b.Types) ?? First("import", a.Imports, b.Imports) ?? First("function", a.Funcs, b.Funcs) ?? First("table", a.Tables, b.Tables)
            ?? First("memory", a.Mems, b.Mems) ?? First("tag", a.Tags, b.Tags) ?? First("global", a.Globals, b.Globals) ?? First("export", a.Exports, b.Exports)
            ?? First("element segment", a.Elems, b.Elems) ?? First("data segment", a.Datas, b.Datas) ?? First("custom section", a.Customs, b.Customs) ?? "start function";
    }

    private static string? First<T>(string what, IReadOnlyList<T> a, IReadOnlyList<T> b) where T : notnull
    {
        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
            if (!a[i].Equals(b[i])) return Instruction(what, i, a[i], b[i]);
        return a.Count == b.Count ? null : $"{a.Count} instead of {b.Count} of kind {what}";
    }

    private static string Instruction<T>(string what, int i, T a, T b) where T : notnull
    {
        if (a is Func f && b is Func g)
            for (int k = 0; k < Math.Min(f.Body.Instrs.Length, g.Body.Instrs.Length); k++)
                if (!f.Body.Instrs[k].Equals(g.Body.Instrs[k])) return $"{what} {i}, instruction {k}: {f.Body.Instrs[k]} and {g.Body.Instrs[k]}";
        return $"{what} {i}: {a} and {b}";
    }
}
