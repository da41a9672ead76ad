using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>
/// Writes a module in the text format, with sugar: any of the texts that stand for it. It names indices by itself; names and custom sections of the module are
/// not written.
/// </summary>
internal sealed partial class ModuleText
{
    private readonly Decisions _d;
    private readonly Style _style;
    private readonly TokenWriter _out;
    private readonly NumberText _numbers;
    private readonly Quoting _quoting;
    private readonly Module _module;
    private readonly ImmutableArray<SubType> _types;

    /// <summary>The identifiers of each index space: a name without its dollar, or null.</summary>
    private readonly string?[] _typeIds, _elemIds, _dataIds;
    private readonly string?[][] _externIds = new string?[5][];
    private readonly string?[]?[] _fieldIds;
    private readonly int[] _imported = new int[5];

    /// <summary>The first final function type without super types of each shape, alone in its group: what a type use without index stands for.</summary>
    private readonly Dictionary<FuncType, uint> _plainFuncTypes = [];

    /// <summary>Shapes of function types that are open, or not alone in their group, too.</summary>
    private readonly HashSet<FuncType> _otherFuncTypes = [];

    /// <summary>The types alone in a group that is written out.</summary>
    private readonly HashSet<uint> _singleRecs = [];

    private ModuleText(Module module, Decisions decisions, Style style)
    {
        _module = module;
        _d = decisions;
        _style = style;
        _out = new(decisions, style);
        _numbers = new(decisions, style);
        _quoting = new(decisions, style);
        var types = ImmutableArray.CreateBuilder<SubType>(module.TypeCount);
        foreach (var group in module.Types)
        {
            if (group.SubTypes.Length == 1 && style.Takes(Sugar.SingleRec, Features.Gc)) _singleRecs.Add((uint)types.Count);
            if (group.SubTypes is [{ Final: true, Supers: [], Describes: null, Descriptor: null, Comp: FuncType func }]) _plainFuncTypes.TryAdd(func, (uint)types.Count);
            else
                foreach (var type in group.SubTypes)
                    if (type.Comp is FuncType other) _otherFuncTypes.Add(other);
            types.AddRange(group.SubTypes);
        }
        _types = types.MoveToImmutable();
        _typeIds = Ids(_types.Length);
        _fieldIds = new string?[_types.Length][];
        for (int x = 0; x < _types.Length; x++)
            if (_types[x].Comp is StructType { Fields: var fields }) _fieldIds[x] = Ids(fields.Length);
        foreach (var import in module.Imports) _imported[(int)import.Type.Kind]++;
        int[] defined = [module.Funcs.Length, module.Tables.Length, module.Mems.Length, module.Globals.Length, module.Tags.Length];
        for (int kind = 0; kind < defined.Length; kind++) _externIds[kind] = Ids(_imported[kind] + defined[kind]);
        _elemIds = Ids(module.Elems.Length);
        _dataIds = Ids(module.Datas.Length);
    }

    /// <summary>Writes a module.</summary>
    public static string Write(Module module, Decisions decisions, Style style)
    {
        var text = new ModuleText(module, decisions, style);
        text._out.Open("module");
        if (style.Takes(Sugar.Id)) text._out.Atom(text._quoting.Id(text._quoting.Fresh([])));
        text.Fields();
        text._out.Close();
        return text._out.ToString();
    }

    private string?[] Ids(int count)
    {
        string?[] ids = new string?[count];
        if (!_style.Has(Sugar.Id)) return ids;
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
            if (_style.Takes(Sugar.Id)) ids[i] = _quoting.Fresh(taken);
        return ids;
    }

    /// <summary>The identifier where something is defined, if it has one.</summary>
    private void Define(string?[] ids, int x)
    {
        if (ids[x] is { } id) _out.Atom(_quoting.Id(id));
    }

    /// <summary>An index, or the identifier.</summary>
    private void Use(string?[]? ids, uint x) =>
        _out.Atom(ids is not null && x < ids.Length && ids[x] is { } id && !_style.Takes(Sugar.Index) ? _quoting.Id(id) : _numbers.Nat(x));

    private void Nat(ulong value) => _out.Atom(_numbers.Nat(value));

    private string?[] Externs(ExternKind kind) => _externIds[(int)kind];

    private static string Keyword(ExternKind kind) => kind switch
    {
        ExternKind.Func => "func",
        ExternKind.Table => "table",
        ExternKind.Memory => "memory",
        ExternKind.Global => "global",
        ExternKind.Tag => "tag",
        _ => throw new UnreachableException($"kind {kind}"),
    };
}
