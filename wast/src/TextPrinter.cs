using System.Globalization;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// The text format (chapter 6), written: one field a definition, one line an instruction, indices where the name section has no usable name.
/// Lines end in a line feed.
/// </summary>
public static class TextPrinter
{
    /// <summary>The most locals that are printed: a run of them, which takes a few bytes in a binary, is written out in text.</summary>
    public const uint MaxLocals = 1_000_000;

    /// <summary>
    /// A module as text that parses back to an equal module. Custom sections but a name section that the identifiers stand for are printed as
    /// <c>(@custom ...)</c>, which is read only where the profile has <see cref="Features.CustomSections"/>.
    /// </summary>
    /// <exception cref="NotSupportedException">
    /// The functions have more than <see cref="MaxLocals"/> locals; or a table has an initializer without instructions, which is not valid and has no text.
    /// </exception>
    public static string Print(Module module)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        Print(module, writer);
        return writer.ToString();
    }

    /// <summary>The same, written as it is made; the last line is not ended.</summary>
    public static void Print(Module module, TextWriter writer) => new ModulePrinter(module, writer).Print();
}
