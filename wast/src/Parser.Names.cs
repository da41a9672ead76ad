using System.Collections.Immutable;
using Wasm.Binary.Custom;

namespace Wasm.Text;

/// <summary>
/// Identifiers as names: what the text calls things goes into the name section, at the end of the module. Where annotations are interpreted,
/// <c>(@name "...")</c> behind the keyword or the identifier of a thing names it instead.
/// </summary>
internal sealed partial class Parser
{
    private readonly List<IndirectNameAssoc> _localNames = [];
    private readonly List<IndirectNameAssoc> _labelNames = [];

    /// <summary>The label names of the function at hand.</summary>
    private readonly ImmutableArray<NameAssoc>.Builder _labelsNamed = ImmutableArray.CreateBuilder<NameAssoc>();

    /// <summary>An identifier as the text format writes it: quoted where it must be.</summary>
    private string Print(int symbol) => StringText.Id(_symbols.NameOf(symbol));

    /// <summary>Names the label that begins at hand; it is numbered in the order of the flat body.</summary>
    private void NameLabel(LabelId label)
    {
        string? name = label.Name ?? (label.Symbol >= 0 ? _symbols.NameOf(label.Symbol) : null);
        if (name is not null) _labelsNamed.Add(new NameAssoc(_labelCount, name));
    }

    /// <summary>Keeps the names of locals and labels of the function just read.</summary>
    private void NameFunc(uint func)
    {
        if (NamesOf(_locals) is { IsEmpty: false } locals) _localNames.Add(new IndirectNameAssoc(func, locals));
        if (_labelsNamed.Count == 0) return;
        _labelNames.Add(new IndirectNameAssoc(func, new NameMap(_labelsNamed.ToImmutable())));
        _labelsNamed.Clear();
    }

    private NameMap NamesOf(IndexSpace space)
    {
        if (!space.HasNames) return NameMap.Empty;
        var names = new SortedDictionary<uint, string>();
        foreach (var (symbol, index) in space.Bound) names[index] = _symbols.NameOf(symbol);
        foreach (var (index, name) in space.Renamed) names[index] = name;
        return new NameMap([.. names.Select(n => new NameAssoc(n.Key, n.Value))]);
    }

    private NameSection Names(string? module) => new()
    {
        Module = module,
        Funcs = NamesOf(_funcSpace),
        Locals = Map(_localNames),
        Labels = Map(_labelNames),
        Types = NamesOf(_typeSpace),
        Tables = NamesOf(_tableSpace),
        Mems = NamesOf(_memSpace),
        Globals = NamesOf(_globalSpace),
        Elems = NamesOf(_elemSpace),
        Datas = NamesOf(_dataSpace),
        Fields = Map([.. _fields.Select((f, x) => new IndirectNameAssoc((uint)x, f is null ? NameMap.Empty : NamesOf(f))).Where(f => !f.Names.IsEmpty)]),
        Tags = NamesOf(_tagSpace),
    };

    private static IndirectNameMap Map(List<IndirectNameAssoc> entries) => entries.Count == 0 ? IndirectNameMap.Empty : new([.. entries]);
}
