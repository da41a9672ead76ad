using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>The text format (chapter 6), written.</summary>
public static class TextPrinter
{
    /// <summary>A module as text that parses back to the same module.</summary>
    public static string Print(Module module) => throw new NotImplementedException();
}
