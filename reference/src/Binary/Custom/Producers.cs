using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Wasm.Syntax;

namespace Wasm.Binary.Custom;

/// <summary>A tool or language that took part in producing a module.</summary>
public readonly record struct Producer(string Name, string Version);

/// <summary>A field of the section: <c>language</c>, <c>processed-by</c> or <c>sdk</c>.</summary>
public sealed record ProducersField(string Name, ImmutableArray<Producer> Values)
{
    public bool Equals(ProducersField? other) => other is not null && Name == other.Name && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Name, Values.Length);
}

/// <summary>The <c>producers</c> section of the tool conventions.</summary>
public sealed record Producers(ImmutableArray<ProducersField> Fields)
{
    public const string Name = "producers";

    private static readonly ImmutableArray<string> FieldNames = ["language", "processed-by", "sdk"];

    public bool Equals(Producers? other) => other is not null && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override int GetHashCode() => Fields.Length;

    /// <summary>Decodes the section.</summary>
    /// <exception cref="MalformedCustomException">It is not a producers section.</exception>
    public static Producers Decode(CustomSection section) => CustomSections.Decode(section, static (ref reader) =>
    {
        int n = reader.Len();
        var fields = new VecBuilder<ProducersField>(n);
        var seen = new HashSet<string>();
        for (int i = 0; i < n; i++)
        {
            int at = reader.Pos;
            string name = reader.Name();
            if (!FieldNames.Contains(name)) throw reader.Error(at, $"unknown field \"{name}\"");
            if (!seen.Add(name)) throw reader.Error(at, $"multiple fields \"{name}\"");
            fields.Add(new ProducersField(name, Values(ref reader)));
        }
        return new Producers(fields.ToImmutable());
    });

    private static ImmutableArray<Producer> Values(ref ByteReader reader)
    {
        int n = reader.Len();
        var values = new VecBuilder<Producer>(n);
        var seen = new HashSet<string>();
        for (int i = 0; i < n; i++)
        {
            int at = reader.Pos;
            string name = reader.Name();
            if (!seen.Add(name)) throw reader.Error(at, $"multiple values \"{name}\"");
            values.Add(new Producer(name, reader.Name()));
        }
        return values.ToImmutable();
    }

    /// <summary>The section, behind all others.</summary>
    public CustomSection Encode(Region at = default)
    {
        var writer = new ByteWriter();
        writer.U32((uint)Fields.Length);
        foreach (var field in Fields)
        {
            writer.Name(field.Name);
            writer.U32((uint)field.Values.Length);
            foreach (var (name, version) in field.Values)
            {
                writer.Name(name);
                writer.Name(version);
            }
        }
        return new CustomSection(Name, ImmutableCollectionsMarshal.AsImmutableArray(writer.ToArray()), SectionId.Data, at);
    }
}
