using System.Collections.Immutable;
using Wasm.Binary;
using Wasm.Binary.Custom;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// The identifiers that a module is printed with: the names of its name section, as far as they can be identifiers. When all of them can, and
/// the section is what the parser makes of identifiers, the section itself need not be printed.
/// </summary>
internal sealed class Identifiers
{
    /// <summary>
    /// About how many characters identifiers, or signatures that repeat their type, may take in all. A binary may name one thing, or use one type, from everywhere
    /// in a few bytes each; it must not make text a thousand times its size.
    /// </summary>
    private const long Budget = 200_000_000;

    /// <summary>Identifiers of this length, and signatures of as many types, are always written.</summary>
    private const int AlwaysShort = 64;

    private readonly Module _module;
    private readonly int _maxLength;
    private readonly bool _writesAllOut;
    private readonly NameSection _names;
    private readonly IReadOnlyList<SubType> _types;
    private readonly int _importedFuncs;
    private readonly Dictionary<uint, IReadOnlyDictionary<uint, string>> _fields = [];

    /// <param name="module">The module.</param>
    /// <param name="types">Its types by index.</param>
    /// <param name="id">The identifier that it must be printed with, or null: <paramref name="hasId"/> says whether that means none.</param>
    /// <param name="hasId">Whether <paramref name="id"/> decides, and not the name section.</param>
    public Identifiers(Module module, IReadOnlyList<SubType> types, string? id = null, bool hasId = false)
    {
        _module = module;
        _types = types;
        _importedFuncs = module.Imports.Count(i => i.Type.Kind == ExternKind.Func);
        _names = ReadNames(out bool complete);
        long uses = 1 + types.Count + module.Imports.Length + module.Exports.Length + module.Funcs.Sum(f => (long)f.Body.Instrs.Length + f.Locals.Length)
            + module.Elems.Sum(e => (long)e.Inits.Length);
        _maxLength = (int)Math.Clamp(Budget / uses, AlwaysShort, int.MaxValue);
        _writesAllOut = module.Funcs.Sum(f => f.Type < types.Count ? Size(types[(int)f.Type]) : 0) + module.Tags.Sum(t => t.Type < types.Count ? Size(types[(int)t.Type]) : 0)
            + module.Imports.Sum(ImportSize) <= Budget / AlwaysShort;

        Module = hasId ? id : _names.Module is { } name && CanBeId(name) ? name : null;
        complete &= Module == _names.Module;
        Funcs = Usable(_names.Funcs, Count(ExternKind.Func, module.Funcs.Length), ref complete);
        Types = Usable(_names.Types, types.Count, ref complete);
        Tables = Usable(_names.Tables, Count(ExternKind.Table, module.Tables.Length), ref complete);
        Mems = Usable(_names.Mems, Count(ExternKind.Memory, module.Mems.Length), ref complete);
        Globals = Usable(_names.Globals, Count(ExternKind.Global, module.Globals.Length), ref complete);
        Tags = Usable(_names.Tags, Count(ExternKind.Tag, module.Tags.Length), ref complete);
        Elems = Usable(_names.Elems, module.Elems.Length, ref complete);
        Datas = Usable(_names.Datas, module.Datas.Length, ref complete);
        if (complete) complete = AreLocalsUsable() && AreLabelsUsable() && AreFieldsUsable();
        ReplacesSection = complete;
    }

    /// <summary>The module's own name, without a dollar.</summary>
    public string? Module { get; }

    public IReadOnlyDictionary<uint, string> Funcs { get; }
    public IReadOnlyDictionary<uint, string> Types { get; }
    public IReadOnlyDictionary<uint, string> Tables { get; }
    public IReadOnlyDictionary<uint, string> Mems { get; }
    public IReadOnlyDictionary<uint, string> Globals { get; }
    public IReadOnlyDictionary<uint, string> Tags { get; }
    public IReadOnlyDictionary<uint, string> Elems { get; }
    public IReadOnlyDictionary<uint, string> Datas { get; }

    /// <summary>Whether the parser makes the name section again from these identifiers.</summary>
    public bool ReplacesSection { get; }

    /// <summary>The identifiers of a defined function's parameters and locals.</summary>
    public IReadOnlyDictionary<uint, string> Locals(uint func)
    {
        bool complete = true;
        return Usable(_names.Locals.Of(func), LocalCount(func), ref complete);
    }

    /// <summary>The names of a function's labels; they may repeat, and an inner one hides an outer one.</summary>
    public NameMap Labels(uint func) => _names.Labels.Of(func);

    /// <summary>The identifiers of a structure type's fields.</summary>
    public IReadOnlyDictionary<uint, string> Fields(uint type)
    {
        if (_names.Fields.IsEmpty) return NoIds;
        bool complete = true;
        if (!_fields.TryGetValue(type, out var ids)) _fields.Add(type, ids = Usable(_names.Fields.Of(type), FieldCount(type), ref complete));
        return ids;
    }

    /// <summary>Whether a use of a function type is written with its parameters and results.</summary>
    public bool IsWrittenOut(SubType type) => type.Comp is FuncType && (_writesAllOut || Size(type) <= AlwaysShort);

    /// <summary>Whether a name can be an identifier.</summary>
    public bool CanBeId(string name) => name.Length > 0 && name.Length <= _maxLength;

    private static long Size(SubType type) => type.Comp is FuncType func ? func.Params.Length + func.Results.Length : 0;

    private long ImportSize(Import import) =>
        (import.Type is ExternType.Func func ? func.Type.Index : import.Type is ExternType.Tag tag ? tag.Type.Index : uint.MaxValue) is var x && x < _types.Count ? Size(_types[(int)x]) : 0;

    private NameSection ReadNames(out bool complete)
    {
        complete = false;
        var sections = _module.Customs.Where(c => c.Name == NameSection.Name).ToArray();
        if (sections.Length != 1) return NameSection.Of(_module);
        var section = sections[0];
        try
        {
            var names = NameSection.Decode(section);
            complete = ReferenceEquals(section, _module.Customs[^1]) && section.After == Sections.PlaceAfter(_module, SectionId.Data)
                && !names.Equals(NameSection.Empty) && names.Encode().Bytes.AsSpan().SequenceEqual(section.Bytes.AsSpan());
            return names;
        }
        catch (MalformedCustomException)
        {
            return NameSection.TryDecode(section);
        }
    }

    private long Count(ExternKind kind, int defined) => _module.Imports.Count(i => i.Type.Kind == kind) + defined;

    private static readonly IReadOnlyDictionary<uint, string> NoIds = ImmutableDictionary<uint, string>.Empty;

    private IReadOnlyDictionary<uint, string> Usable(NameMap names, long count, ref bool complete)
    {
        if (names.IsEmpty) return NoIds;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var ids = new Dictionary<uint, string>();
        foreach (var (index, name) in names.Entries)
            if (index < count && CanBeId(name) && seen.Add(name)) ids.Add(index, StringText.Id(name));
        complete &= ids.Count == names.Entries.Length;
        return ids;
    }

    private long LocalCount(uint func)
    {
        var defined = _module.Funcs[(int)func - _importedFuncs];
        return defined.Type < _types.Count && _types[(int)defined.Type] is { Comp: FuncType type } sub && IsWrittenOut(sub)
            ? type.Params.Length + defined.Locals.Sum(l => (long)l.Count)
            : 0;
    }

    private int FieldCount(uint type) => _types[(int)type].Comp is StructType s ? s.Fields.Length : 0;

    private bool AreLocalsUsable()
    {
        bool complete = true;
        foreach (var (func, names) in _names.Locals.Entries)
        {
            if (!IsDefinedFunc(func) || names.IsEmpty) return false;
            Usable(names, LocalCount(func), ref complete);
        }
        return complete;
    }

    private bool AreLabelsUsable()
    {
        foreach (var (func, names) in _names.Labels.Entries)
        {
            if (!IsDefinedFunc(func) || names.IsEmpty || names.Entries.Any(n => !CanBeId(n.Name))) return false;
            if (names.Entries[^1].Index >= _module.Funcs[(int)func - _importedFuncs].Body.Instrs.Count(i => i is Block or TryTable)) return false;
        }
        return true;
    }

    private bool AreFieldsUsable()
    {
        bool complete = true;
        foreach (var (type, names) in _names.Fields.Entries)
        {
            if (type >= _types.Count || names.IsEmpty) return false;
            Usable(names, FieldCount(type), ref complete);
        }
        return complete;
    }

    private bool IsDefinedFunc(uint func) => func >= _importedFuncs && func - _importedFuncs < _module.Funcs.Length;
}
