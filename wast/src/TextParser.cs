using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>The text format (chapter 6), read.</summary>
public static class TextParser
{
    /// <summary>Parses <c>(module $id? field*)</c>, or the fields alone.</summary>
    /// <exception cref="MalformedException">The text is not a module of the profile.</exception>
    /// <exception cref="MalformedCustomException">An annotation that the profile interprets cannot be read.</exception>
    /// <exception cref="InvalidCustomException">An annotation that the profile interprets contradicts its module.</exception>
    public static Module ParseModule(ReadOnlyMemory<byte> source, Profile profile)
    {
        using var parser = new Parser(source, 0, source.Length, Region.Text(1, 1), profile);
        bool wrapped = parser.TryOpen(Word.Module);
        string? id = wrapped ? parser.OptIdName() : null;
        var module = parser.ModuleFields(id);
        if (wrapped) parser.Expect(TokenKind.RParen);
        parser.ExpectEnd();
        return parser.Finish(module);
    }
}
