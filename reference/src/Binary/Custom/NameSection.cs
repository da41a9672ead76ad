using System.Diagnostics;
using System.Runtime.InteropServices;
using Wasm.Syntax;

namespace Wasm.Binary.Custom;

/// <summary>The <c>name</c> section (appendix, custom sections), with the subsections that the extended-name-section proposal adds.</summary>
public sealed record NameSection
{
    public const string Name = "name";

    public static NameSection Empty { get; } = new();

    public string? Module { get; init; }
    public NameMap Funcs { get; init; } = NameMap.Empty;
    /// <summary>By function; parameters come first.</summary>
    public IndirectNameMap Locals { get; init; } = IndirectNameMap.Empty;
    /// <summary>By function; a label's index is the number of structured instructions that begin before its own.</summary>
    public IndirectNameMap Labels { get; init; } = IndirectNameMap.Empty;
    public NameMap Types { get; init; } = NameMap.Empty;
    public NameMap Tables { get; init; } = NameMap.Empty;
    public NameMap Mems { get; init; } = NameMap.Empty;
    public NameMap Globals { get; init; } = NameMap.Empty;
    public NameMap Elems { get; init; } = NameMap.Empty;
    public NameMap Datas { get; init; } = NameMap.Empty;
    /// <summary>By structure type.</summary>
    public IndirectNameMap Fields { get; init; } = IndirectNameMap.Empty;
    public NameMap Tags { get; init; } = NameMap.Empty;

    /// <summary>Ids of the subsections, in the order in which they must stand.</summary>
    private enum Subsection : byte
    {
        Module = 0,
        Funcs = 1,
        Locals = 2,
        Labels = 3,
        Types = 4,
        Tables = 5,
        Mems = 6,
        Globals = 7,
        Elems = 8,
        Datas = 9,
        Fields = 10,
        Tags = 11,
    }

    /// <summary>Decodes the section by the letter.</summary>
    /// <exception cref="MalformedCustomException">It is not a name section.</exception>
    public static NameSection Decode(CustomSection section) => CustomSections.Decode(section, static (ref reader) =>
    {
        var names = Empty;
        int last = -1;
        while (!reader.AtEnd)
        {
            int at = reader.Pos;
            byte id = reader.Byte();
            if (id > (byte)Subsection.Tags || id <= last) throw reader.Error(at, "invalid name subsection id");
            last = id;
            int size = reader.Len();
            int start = reader.Pos;
            names = (Subsection)id switch
            {
                Subsection.Module => names with { Module = reader.Name() },
                Subsection.Locals or Subsection.Labels or Subsection.Fields => names.With((Subsection)id, IndirectNameMap.Read(ref reader)),
                Subsection.Funcs or Subsection.Types or Subsection.Tables or Subsection.Mems or Subsection.Globals or Subsection.Elems
                    or Subsection.Datas or Subsection.Tags or _ => names.With((Subsection)id, NameMap.Read(ref reader)),
            };
            if (reader.Pos != start + size) throw reader.Error(start, "name subsection size mismatch");
        }
        return names;
    });

    /// <summary>
    /// Reads whatever names can be read, as is good enough for backtraces: a piece that is wrong loses no more than itself and what depends on it.
    /// </summary>
    public static NameSection TryDecode(CustomSection section)
    {
        var names = Empty;
        var reader = new ByteReader(section.Bytes.AsSpan());
        try
        {
            while (!reader.AtEnd)
            {
                byte id = reader.Byte();
                var content = new ByteReader(reader.Bytes((int)Math.Min(reader.U32(), (uint)reader.Left)));
                names = (Subsection)id switch
                {
                    Subsection.Module => names with { Module = names.Module ?? content.NameLeniently() },
                    Subsection.Locals or Subsection.Labels or Subsection.Fields => names.With((Subsection)id, IndirectNameMap.ReadLeniently(ref content)),
                    Subsection.Funcs or Subsection.Types or Subsection.Tables or Subsection.Mems or Subsection.Globals or Subsection.Elems
                        or Subsection.Datas or Subsection.Tags => names.With((Subsection)id, NameMap.ReadLeniently(ref content)),
                    _ => names,
                };
            }
        }
        catch (MalformedException)
        {
            // What came before it is kept.
        }
        return names;
    }

    /// <summary>The names of a module as far as they can be read; empty when it has no name section.</summary>
    public static NameSection Of(Module module)
    {
        foreach (var section in module.Customs)
            if (section.Name == Name) return TryDecode(section);
        return Empty;
    }

    private NameSection With(Subsection id, NameMap map) => id switch
    {
        Subsection.Funcs => this with { Funcs = map },
        Subsection.Types => this with { Types = map },
        Subsection.Tables => this with { Tables = map },
        Subsection.Mems => this with { Mems = map },
        Subsection.Globals => this with { Globals = map },
        Subsection.Elems => this with { Elems = map },
        Subsection.Datas => this with { Datas = map },
        Subsection.Tags => this with { Tags = map },
        Subsection.Module or Subsection.Locals or Subsection.Labels or Subsection.Fields or _ => throw new UnreachableException($"subsection {id}"),
    };

    private NameSection With(Subsection id, IndirectNameMap map) => id switch
    {
        Subsection.Locals => this with { Locals = map },
        Subsection.Labels => this with { Labels = map },
        Subsection.Fields => this with { Fields = map },
        Subsection.Module or Subsection.Funcs or Subsection.Types or Subsection.Tables or Subsection.Mems or Subsection.Globals or Subsection.Elems
            or Subsection.Datas or Subsection.Tags or _ => throw new UnreachableException($"subsection {id}"),
    };

    /// <summary>The section, without empty subsections, behind all others.</summary>
    public CustomSection Encode(Region at = default)
    {
        var writer = new ByteWriter();
        if (Module is not null) Write(writer, Subsection.Module, () => writer.Name(Module));
        Write(writer, Subsection.Funcs, Funcs);
        Write(writer, Subsection.Locals, Locals);
        Write(writer, Subsection.Labels, Labels);
        Write(writer, Subsection.Types, Types);
        Write(writer, Subsection.Tables, Tables);
        Write(writer, Subsection.Mems, Mems);
        Write(writer, Subsection.Globals, Globals);
        Write(writer, Subsection.Elems, Elems);
        Write(writer, Subsection.Datas, Datas);
        Write(writer, Subsection.Fields, Fields);
        Write(writer, Subsection.Tags, Tags);
        return new CustomSection(Name, ImmutableCollectionsMarshal.AsImmutableArray(writer.ToArray()), SectionId.Data, at);
    }

    private static void Write(ByteWriter writer, Subsection id, NameMap map)
    {
        if (!map.IsEmpty) Write(writer, id, () => map.Write(writer));
    }

    private static void Write(ByteWriter writer, Subsection id, IndirectNameMap map)
    {
        if (!map.IsEmpty) Write(writer, id, () => map.Write(writer));
    }

    private static void Write(ByteWriter writer, Subsection id, Action content)
    {
        writer.Byte((byte)id);
        int start = writer.BeginSized();
        content();
        writer.EndSized(start);
    }
}
