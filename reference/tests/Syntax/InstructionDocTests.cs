using System.Runtime.CompilerServices;
using System.Text;

namespace Wasm.Syntax;

/// <summary>
/// The documentation of the instruction table is made from the table. When it differs, what it should be is written beside it as
/// <c>instructions.received.md</c>; it is accepted by renaming it.
/// </summary>
public class InstructionDocTests
{
    [Fact]
    public void The_documentation_is_that_of_the_table()
    {
        string folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "docs");
        string kept = Path.Combine(folder, "instructions.md"), received = Path.Combine(folder, "instructions.received.md");
        string text = Markdown();
        if (File.Exists(kept) && File.ReadAllText(kept).ReplaceLineEndings("\n") == text)
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, text);
        Assert.Fail($"{Path.GetFullPath(received)} differs from instructions.md; if it is right, rename it.");
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;

    private static string Markdown()
    {
        var text = new StringBuilder();
        text.Append("# Instructions\n\n");
        text.Append("Made from the rows of [`Op.cs`](../src/Syntax/Op.cs); do not edit. Opcodes behind a prefix are LEB128 numbers. In types, `at` is the address type of the ");
        text.Append("memory or table named, `t` the type of the global or of the table's elements; an instruction without a type has a validation rule of its own. The rule is ");
        text.Append("`Instr_ok/` and the name given; the operator is that of chapter 4.3.\n\n");
        var rows = InstrTable.Rows;
        text.Append($"{rows.Length} rows: ");
        text.AppendJoin(", ", rows.GroupBy(d => d.Feature).OrderBy(g => g.Key).Select(g => $"{g.Count()} {Feature(g.Key)}"));
        text.Append(".\n");
        foreach (var page in rows.GroupBy(d => d.Prefix).OrderBy(g => g.Key))
        {
            text.Append($"\n## {(page.Key == 0 ? "Without prefix" : $"Prefix 0x{page.Key:X2}")}\n\n");
            text.Append("| opcode | instruction | type | rule | operator | needs |\n|---|---|---|---|---|---|\n");
            foreach (var def in page.OrderBy(d => d.Code))
                text.Append($"| `0x{def.Code:X2}` | `{def.Mnemonic}`{Immediates(def)} | {Type(def)} | `{def.Rule}` | {(def.Num is null ? "" : $"`{def.Num}`")} | {Feature(def.Feature)} |\n");
        }
        return text.ToString();
    }

    private static string Immediates(InstrDef def) => string.Concat(def.Immediates.Select(i => " " + char.ToLowerInvariant(i.ToString()[0]) + i.ToString()[1..]));

    private static string Type(InstrDef def) => def.HasType ? $"`[{string.Join(' ', def.Params)}] → [{string.Join(' ', def.Results)}]`" : "";

    private static string Feature(Features feature) => feature == Features.None ? "1.0" : feature.ToString();
}
