using System.Text;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>Identifiers as names, and annotations.</summary>
internal sealed partial class Parser
{
    /// <summary>An identifier as the text format writes it: quoted where it must be.</summary>
    private string Print(int symbol)
    {
        string name = _symbols.NameOf(symbol);
        if (name.All(c => c < 0x80 && Chars.Is((byte)c, Chars.IdChar))) return "$" + name;
        var text = new StringBuilder("$\"");
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') text.Append('\\').Append(rune);
            else if (rune.Value is < 0x20 or 0x7F) text.Append($"\\u{{{rune.Value:x2}}}");
            else text.Append(rune);
        }
        return text.Append('"').ToString();
    }

    private void NameLabel(uint index, int symbol)
    {
    }

    private void NameLocals()
    {
    }

    private void Hint(Instr instr, int token)
    {
    }

    private Module WithCustoms(Module module, string? id) => module;
}
