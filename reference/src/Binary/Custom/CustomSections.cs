using Wasm.Syntax;

namespace Wasm.Binary.Custom;

/// <summary>Checks the custom sections that the kit interprets. Nothing else ever fails because of them.</summary>
public static class CustomSections
{
    /// <summary>Checks every custom section that the kit knows against the module; does nothing without the feature.</summary>
    /// <exception cref="MalformedCustomException">A section cannot be read.</exception>
    /// <exception cref="InvalidCustomException">A section contradicts the module.</exception>
    public static void Check(Module module, Profile profile)
    {
        if (!profile.Has(Features.CustomSections)) return;
        foreach (var section in module.Customs)
        {
            switch (section.Name)
            {
                case NameSection.Name: new NameCheck(module, section.At).Check(NameSection.Decode(section)); break;
                case BranchHints.Name: BranchHintCheck.Check(module, section, BranchHints.Decode(section)); break;
                case Producers.Name: Producers.Decode(section); break;
                default: break;
            }
        }
    }

    internal delegate T Parse<T>(ref ByteReader reader);

    /// <summary>Reads a section's content to its end; what is malformed in it is so as a custom section.</summary>
    internal static T Decode<T>(CustomSection section, Parse<T> parse)
    {
        var reader = new ByteReader(section.Bytes.AsSpan(), section.At.IsBinary ? section.At.Offset : 0);
        try
        {
            var content = parse(ref reader);
            return reader.AtEnd ? content : throw reader.Error(reader.Pos, "unexpected content at the end");
        }
        catch (MalformedException e)
        {
            throw new MalformedCustomException(section.At.IsBinary ? e.At : section.At, $"@{section.Name} section: {e.Message}");
        }
    }

    internal static int ImportedFuncs(Module module) => module.Imports.Count(i => i.Type.Kind == ExternKind.Func);
}
