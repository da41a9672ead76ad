using System.Collections.Immutable;

namespace Wasm.Syntax;

/// <summary>
/// <c>module</c> (2.5): the abstract syntax that decoder, parser, validator, printer and encoder share. Lists hold definitions only;
/// imports come first in every index space. Equality compares content, names and custom sections included, and ignores positions.
/// </summary>
public sealed record Module
{
    public ImmutableArray<RecType> Types { get; init; } = [];
    public ImmutableArray<Import> Imports { get; init; } = [];
    public ImmutableArray<Func> Funcs { get; init; } = [];
    public ImmutableArray<Table> Tables { get; init; } = [];
    public ImmutableArray<Memory> Mems { get; init; } = [];
    public ImmutableArray<Tag> Tags { get; init; } = [];
    public ImmutableArray<Global> Globals { get; init; } = [];
    public ImmutableArray<Export> Exports { get; init; } = [];
    public Start? Start { get; init; }
    public ImmutableArray<Elem> Elems { get; init; } = [];
    public ImmutableArray<Data> Datas { get; init; } = [];

    /// <summary>Custom sections, the <c>name</c> section among them, in order.</summary>
    public ImmutableArray<CustomSection> Customs { get; init; } = [];

    /// <summary>
    /// The number in the binary's data count section, if it has one. The text parser and the encoder supply it where an instruction needs it,
    /// so it takes no part in comparing modules.
    /// </summary>
    public uint? DataCount { get; init; }

    /// <summary>The number of types, over all recursive groups.</summary>
    public int TypeCount => Types.Sum(r => r.SubTypes.Length);

    public bool Equals(Module? other) => other is not null
        && Same(Types, other.Types) && Same(Imports, other.Imports) && Same(Funcs, other.Funcs) && Same(Tables, other.Tables) && Same(Mems, other.Mems)
        && Same(Tags, other.Tags) && Same(Globals, other.Globals) && Same(Exports, other.Exports) && Equals(Start, other.Start)
        && Same(Elems, other.Elems) && Same(Datas, other.Datas) && Same(Customs, other.Customs);

    public override int GetHashCode() => HashCode.Combine(Types.Length, Imports.Length, Funcs.Length, Exports.Length, Globals.Length, Datas.Length);

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b) => a.AsSpan().SequenceEqual(b.AsSpan());
}

/// <summary>A name as its UTF-8 text; well-formed, compared ordinally. (.NET strings hold every well-formed UTF-8 name.)</summary>
public sealed record Import(string Module, string Name, ExternType Type, Region At = default)
{
    public bool Equals(Import? other) => other is not null && Module == other.Module && Name == other.Name && Type == other.Type;

    public override int GetHashCode() => HashCode.Combine(Module, Name);
}

/// <summary><c>func x local* expr</c>. Locals are runs, as in the binary format, so that a count of 2^30 costs nothing.</summary>
/// <param name="Type">The type index.</param>
/// <param name="Locals">Runs of locals beyond the parameters.</param>
/// <param name="Body">The flat body, ending in <c>end</c>.</param>
/// <param name="At">The position of the definition; in a binary, of the code entry's first byte after its size.</param>
public sealed record Func(uint Type, ImmutableArray<Locals> Locals, Expr Body, Region At = default)
{
    public bool Equals(Func? other) => other is not null && Type == other.Type && Body.Equals(other.Body) && SameLocals(Locals, other.Locals);

    public override int GetHashCode() => HashCode.Combine(Type, Body);

    /// <summary>The sequence of local types is compared, not how it is cut into runs.</summary>
    private static bool SameLocals(ImmutableArray<Locals> a, ImmutableArray<Locals> b)
    {
        int i = 0, j = 0;
        ulong left = 0, right = 0;
        while (true)
        {
            while (left == 0 && i < a.Length) left = a[i++].Count;
            while (right == 0 && j < b.Length) right = b[j++].Count;
            if (left == 0 || right == 0) return left == right;
            if (a[i - 1].Type != b[j - 1].Type) return false;
            ulong n = Math.Min(left, right);
            left -= n;
            right -= n;
        }
    }
}

/// <summary>A run of <paramref name="Count"/> locals of one type.</summary>
public readonly record struct Locals(uint Count, ValType Type);

/// <summary><c>table tabletype expr</c>; without an initializer the element type must be nullable and the elements are null.</summary>
public sealed record Table(TableType Type, Expr? Init, Region At = default)
{
    public bool Equals(Table? other) => other is not null && Type == other.Type && Equals(Init, other.Init);

    public override int GetHashCode() => Type.GetHashCode();
}

public sealed record Memory(MemType Type, Region At = default)
{
    public bool Equals(Memory? other) => other is not null && Type == other.Type;

    public override int GetHashCode() => Type.GetHashCode();
}

/// <summary><c>tag</c>; the type is a type index of a function type.</summary>
public sealed record Tag(uint Type, Region At = default)
{
    public bool Equals(Tag? other) => other is not null && Type == other.Type;

    public override int GetHashCode() => (int)Type;
}

public sealed record Global(GlobalType Type, Expr Init, Region At = default)
{
    public bool Equals(Global? other) => other is not null && Type == other.Type && Init.Equals(other.Init);

    public override int GetHashCode() => Type.GetHashCode();
}

public sealed record Export(string Name, ExternKind Kind, uint Index, Region At = default)
{
    public bool Equals(Export? other) => other is not null && Name == other.Name && Kind == other.Kind && Index == other.Index;

    public override int GetHashCode() => HashCode.Combine(Name, Kind, Index);
}

public sealed record Start(uint Func, Region At = default)
{
    public bool Equals(Start? other) => other is not null && Func == other.Func;

    public override int GetHashCode() => (int)Func;
}

/// <summary><c>elem reftype expr* elemmode</c>.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Inits">The initializers; a list of function indices is their <c>ref.func</c>.</param>
/// <param name="Mode">Active, passive or declarative.</param>
/// <param name="At">The position.</param>
public sealed record Elem(RefType Type, ImmutableArray<Expr> Inits, SegmentMode Mode, Region At = default)
{
    public bool Equals(Elem? other) => other is not null && Type == other.Type && Mode == other.Mode && Inits.AsSpan().SequenceEqual(other.Inits.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Type, Inits.Length);
}

/// <summary><c>data byte* datamode</c>.</summary>
public sealed record Data(ImmutableArray<byte> Init, SegmentMode Mode, Region At = default)
{
    public bool Equals(Data? other) => other is not null && Mode == other.Mode && Init.AsSpan().SequenceEqual(other.Init.AsSpan());

    public override int GetHashCode() => Init.Length;
}

/// <summary><c>elemmode</c> and <c>datamode</c>.</summary>
public abstract record SegmentMode
{
    /// <param name="Index">The table or memory.</param>
    /// <param name="Offset">A constant expression.</param>
    public sealed record Active(uint Index, Expr Offset) : SegmentMode;

    public sealed record Passive : SegmentMode
    {
        public static Passive Instance { get; } = new();
    }

    /// <summary>Of element segments only.</summary>
    public sealed record Declarative : SegmentMode
    {
        public static Declarative Instance { get; } = new();
    }
}

/// <summary><c>expr</c>: a flat list of instructions that ends in its own <c>end</c>.</summary>
public sealed record Expr(ImmutableArray<Instr> Instrs)
{
    public bool Equals(Expr? other) => other is not null && Instrs.AsSpan().SequenceEqual(other.Instrs.AsSpan());

    public override int GetHashCode() => Instrs.Length;
}

/// <summary>A custom section, uninterpreted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its content after the name.</param>
/// <param name="After">The id of the last non-custom, non-empty section before it; 0 when it stands before all of them.</param>
/// <param name="At">The position; in a binary, of its content's first byte after the name.</param>
public sealed record CustomSection(string Name, ImmutableArray<byte> Bytes, SectionId After, Region At = default)
{
    public bool Equals(CustomSection? other) => other is not null && Name == other.Name && After == other.After && Bytes.AsSpan().SequenceEqual(other.Bytes.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Name, After, Bytes.Length);
}

/// <summary>Section ids of the binary format. The order in which they must stand is <see cref="SectionOrder"/>.</summary>
public enum SectionId : byte
{
    Custom = 0,
    Type = 1,
    Import = 2,
    Func = 3,
    Table = 4,
    Memory = 5,
    Global = 6,
    Export = 7,
    Start = 8,
    Elem = 9,
    Code = 10,
    Data = 11,
    DataCount = 12,
    Tag = 13,
}

public static class SectionOrder
{
    /// <summary>Sections in the order in which a module holds them (5.5.16).</summary>
    public static ImmutableArray<SectionId> All { get; } =
    [
        SectionId.Type, SectionId.Import, SectionId.Func, SectionId.Table, SectionId.Memory, SectionId.Tag, SectionId.Global, SectionId.Export,
        SectionId.Start, SectionId.Elem, SectionId.DataCount, SectionId.Code, SectionId.Data,
    ];
}
