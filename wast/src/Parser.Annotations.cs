using System.Collections.Immutable;
using System.Text;
using Wasm.Binary;
using Wasm.Binary.Custom;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// The annotations that the kit interprets when the profile has custom sections: <c>@custom</c>, <c>@name</c> and
/// <c>@metadata.code.branch_hint</c>. All others are skipped. Their errors come after those of the module itself.
/// </summary>
internal sealed partial class Parser
{
    private MalformedCustomException? _customError;

    /// <summary>The names given by annotation, by the token they stand before; those used are taken out.</summary>
    private Dictionary<int, Annotation>? _nameAnnotations;

    private ImmutableArray<Annotation> _hintAnnotations = [];
    private int _nextHint;
    private bool _inFunc;

    /// <summary>The instructions of the function at hand that have a hint.</summary>
    private readonly Dictionary<Instr, bool> _hinted = new(ReferenceEqualityComparer.Instance);
    private readonly List<(uint Func, int Instr, bool Likely)> _hints = [];

    /// <summary>The tokens of the module's fields, and the module's name by annotation.</summary>
    private int _moduleStart, _moduleEnd;
    private string? _moduleName;

    private void DeferCustom(Region at, string message) => _customError ??= new MalformedCustomException(at, message);

    /// <summary>Sorts the annotations by what they are, and finds the module's name.</summary>
    /// <param name="first">The token behind <c>module</c>, or the first of bare fields.</param>
    private void StartAnnotations(int first)
    {
        _moduleStart = first;
        if (_lexer.Annotations is not { Count: > 0 } annotations) return;
        _hintAnnotations = [.. annotations.Where(a => a.Id == BranchHints.Name)];
        _nameAnnotations = [];
        foreach (var annotation in annotations.Where(a => a.Id == "name"))
        {
            if (_nameAnnotations.TryAdd(annotation.Before, annotation)) continue;
            bool module = annotation.Before == first || (annotation.Before == first + 1 && _tokens[first].Kind == TokenKind.Id);
            DeferCustom(annotation.At, $"@name annotation: multiple {(module ? "module " : "")}names");
        }
        _moduleName = TakeName(first, "module");
    }

    // @name

    /// <summary>The name that an annotation gives to the thing whose identifier stands at a token or would; null when there is none.</summary>
    private string? TakeName(int token, string what)
    {
        if (_nameAnnotations is null) return null;
        string? name = null;
        int last = _tokens[token].Kind == TokenKind.Id ? token + 1 : token;
        for (int before = token; before <= last; before++)
        {
            if (!_nameAnnotations.Remove(before, out var annotation)) continue;
            if (name is not null) DeferCustom(annotation.At, $"@name annotation: multiple {what} names");
            name = NameOf(annotation);
        }
        return name;
    }

    /// <summary>Gives the thing to be added next the name that an annotation before the token at hand gives it.</summary>
    private void RenameNext(IndexSpace? space)
    {
        if (space is not null && TakeName(_i, space.Category) is { } name) space.RenameNext(name);
    }

    private string NameOf(Annotation annotation)
    {
        if (annotation.Items is not [{ Kind: TokenKind.String } text, .. var rest])
        {
            DeferCustom(annotation.At, "@name annotation: string expected");
            return "";
        }
        if (rest.Count > 0) DeferCustom(RegionOf(rest[0]), "@name annotation: unexpected token");
        byte[] bytes = Literals.DecodeString(TextOf(text));
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) DeferCustom(RegionOf(text), "@name annotation: malformed UTF-8 encoding");
        return Encoding.UTF8.GetString(bytes);
    }

    // @metadata.code.branch_hint

    /// <summary>Gives an instruction the hints that stand before it.</summary>
    private void Hint(Instr instr, int token)
    {
        if (!_inFunc) return;
        for (; _nextHint < _hintAnnotations.Length && _hintAnnotations[_nextHint].Before <= token; _nextHint++)
        {
            var annotation = _hintAnnotations[_nextHint];
            if (!_hinted.TryAdd(instr, IsLikely(annotation))) DeferHint(annotation.At, "duplicate annotation");
        }
    }

    private bool IsLikely(Annotation annotation)
    {
        var payload = new List<byte>();
        foreach (var item in annotation.Items)
        {
            if (item.Kind == TokenKind.String) payload.AddRange(Literals.DecodeString(TextOf(item)));
            else DeferHint(RegionOf(item), "unexpected token");
        }
        if (payload is not [0 or 1]) DeferHint(annotation.At, "invalid hint value");
        return payload is [1];
    }

    private void DeferHint(Region at, string message) => DeferCustom(at, $"@{BranchHints.Name} annotation: {message}");

    /// <summary>Passes over hints up to a token: they belong to no instruction.</summary>
    private void SkipHints(int token, string message)
    {
        for (; _nextHint < _hintAnnotations.Length && _hintAnnotations[_nextHint].Before <= token; _nextHint++)
            DeferHint(_hintAnnotations[_nextHint].At, message);
    }

    private void StartHints(int token)
    {
        SkipHints(token, "not in a function");
        _inFunc = true;
    }

    private void EndHints(uint func, Expr body)
    {
        SkipHints(_i, "invalid placement");
        _inFunc = false;
        if (_hinted.Count == 0) return;
        for (int i = 0; i < body.Instrs.Length; i++)
            if (_hinted.TryGetValue(body.Instrs[i], out bool likely)) _hints.Add((func, i, likely));
        _hinted.Clear();
    }

    // @custom

    /// <summary>A custom section and its place: behind a section, or before it, which is behind the one that may come last before.</summary>
    private readonly record struct PlacedCustom(CustomSection Section, SectionId At, bool After)
    {
        public int Order => (2 * SectionOrder.All.IndexOf(At)) + (After ? 1 : 0);

        public CustomSection In(Module module)
        {
            int i = SectionOrder.All.IndexOf(At) - (After ? 0 : 1);
            return Section with { After = i < 0 ? SectionId.Custom : Sections.PlaceAfter(module, SectionOrder.All[i]) };
        }
    }

    /// <summary>Adds the custom sections of annotations, in the order of their places, and behind them the name section.</summary>
    private Module WithCustoms(Module module)
    {
        var sections = new List<PlacedCustom>();
        if (_lexer.Annotations is { } annotations)
        {
            foreach (var annotation in annotations.Where(a => a.Id == "custom"))
                if (CustomOf(annotation) is { } custom) sections.Add(custom);
            foreach (var annotation in _nameAnnotations?.Values ?? Enumerable.Empty<Annotation>())
                DeferCustom(annotation.At, "misplaced @name annotation");
            SkipHints(int.MaxValue, "not in a function");
        }
        if (_customError is not null) throw _customError;
        if (_hints.Count > 0)
            sections.Add(new PlacedCustom(BranchHints.Of(module, _hints).Encode(_hintAnnotations[0].At), SectionId.Code, After: false));
        var customs = sections.OrderBy(s => s.Order).Select(s => s.In(module)).ToList();
        if (customs.All(s => s.Name != NameSection.Name))
        {
            var names = Names(_moduleName ?? _moduleId);
            if (!names.Equals(NameSection.Empty)) customs.Add(names.Encode() with { After = Sections.PlaceAfter(module, SectionId.Data) });
        }
        return customs.Count == 0 ? module : module with { Customs = [.. customs] };
    }

    private PlacedCustom? CustomOf(Annotation annotation)
    {
        var items = annotation.Items;
        if (items is not [{ Kind: TokenKind.String } nameToken, ..]) return Fail(annotation.At, "missing section name");
        byte[] name = Literals.DecodeString(TextOf(nameToken));
        if (!System.Text.Unicode.Utf8.IsValid(name)) return Fail(RegionOf(nameToken), "malformed UTF-8 encoding");

        int i = 1;
        var (at, after) = (SectionId.Data, true);
        if (items.Count > 1 && items[1].Kind is TokenKind.LParen or TokenKind.AnnotOpen)
        {
            bool before = Word(2, "before"u8);
            if (items[1].Kind != TokenKind.LParen || (!before && !Word(2, "after"u8))) return Fail(RegionOf(items[1]), "malformed placement");
            if (SectionAt(3) is not { } section) return Fail(RegionOf(items[1]), "malformed section kind");
            if (items.Count < 5 || items[4].Kind != TokenKind.RParen) return Fail(RegionOf(items[4]), "unexpected token");
            (at, after) = (section, !before);
            i = 5;
        }
        var bytes = ImmutableArray.CreateBuilder<byte>();
        for (; i < items.Count; i++)
        {
            if (items[i].Kind != TokenKind.String) return Fail(RegionOf(items[i]), "unexpected token");
            bytes.AddRange(Literals.DecodeString(TextOf(items[i])));
        }
        if (!IsOutsideFields(annotation.Before))
        {
            DeferCustom(annotation.At, "misplaced @custom annotation");
            return null;
        }
        return new PlacedCustom(new CustomSection(Encoding.UTF8.GetString(name), bytes.ToImmutable(), SectionId.Custom, annotation.At), at, after);

        PlacedCustom? Fail(Region where, string message)
        {
            DeferCustom(where, $"@custom annotation: {message}");
            return null;
        }

        bool Word(int item, ReadOnlySpan<byte> text) =>
            item < items.Count && items[item].Kind == TokenKind.Reserved && TextOf(items[item]).SequenceEqual(text);

        SectionId? SectionAt(int item)
        {
            if (item >= items.Count || items[item].Kind != TokenKind.Reserved) return null;
            string text = Encoding.UTF8.GetString(TextOf(items[item]));
            foreach (var section in SectionOrder.All)
                if (text == section.ToString().ToLowerInvariant()) return section;
            return text == "first" ? SectionId.Type : text == "last" ? SectionId.Data : null;
        }
    }

    private bool IsOutsideFields(int token)
    {
        // Fields stand in order: only the last that begins before the token can hold it.
        int low = 0, high = _moduleFields.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_moduleFields[middle].Start < token) low = middle + 1;
            else high = middle;
        }
        return token >= _moduleStart && token <= _moduleEnd && (low == 0 || token >= _moduleFields[low - 1].End);
    }
}
