using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text;

/// <summary>
/// Modules (6.6). The fields are gone through three times: to bind identifiers, which may be used before their definition; to read the types,
/// which must be known before type uses are compared with them; and to read the rest.
/// </summary>
internal sealed partial class Parser
{
    private readonly IndexSpace _funcSpace = new("function");
    private readonly IndexSpace _tableSpace = new("table");
    private readonly IndexSpace _memSpace = new("memory");
    private readonly IndexSpace _globalSpace = new("global");
    private readonly IndexSpace _tagSpace = new("tag");
    private readonly IndexSpace _elemSpace = new("elem segment");
    private readonly IndexSpace _dataSpace = new("data segment");
    private readonly IndexSpace _locals = new("local");

    private readonly List<ModuleField> _moduleFields = [];
    private readonly ImmutableArray<Import>.Builder _imports = ImmutableArray.CreateBuilder<Import>();
    private readonly ImmutableArray<Func>.Builder _funcs = ImmutableArray.CreateBuilder<Func>();
    private readonly ImmutableArray<Table>.Builder _tables = ImmutableArray.CreateBuilder<Table>();
    private readonly ImmutableArray<Memory>.Builder _mems = ImmutableArray.CreateBuilder<Memory>();
    private readonly ImmutableArray<Tag>.Builder _tags = ImmutableArray.CreateBuilder<Tag>();
    private readonly ImmutableArray<Global>.Builder _globals = ImmutableArray.CreateBuilder<Global>();
    private readonly ImmutableArray<Export>.Builder _exports = ImmutableArray.CreateBuilder<Export>();
    private readonly ImmutableArray<Elem>.Builder _elems = ImmutableArray.CreateBuilder<Elem>();
    private readonly ImmutableArray<Data>.Builder _datas = ImmutableArray.CreateBuilder<Data>();
    private readonly int[] _imported = new int[5];
    private string? _moduleId;
    private Start? _start;
    private bool _usesData;

    /// <summary>The type use of the function at hand when its parameters are not written out and not yet counted as locals.</summary>
    private TypeUse? _localTypeUse;

    /// <summary>The kind of the definition last seen, and the error that the last import after a definition is.</summary>
    private string? _defined, _importAfterKind;
    private MalformedException? _importAfter;

    /// <summary>A module field: its tokens, the closing parenthesis included, and its keyword.</summary>
    private readonly record struct ModuleField(int Start, int End, Word Word);

    /// <summary>The fields up to a closing parenthesis or the end, which is left.</summary>
    /// <param name="id">The module's identifier, which has been read, or null.</param>
    /// <returns>The module, not to be used before <see cref="Finish"/>.</returns>
    public Module ModuleFields(string? id)
    {
        int start = _i;
        _moduleId = id;
        StartAnnotations(id is null ? start : start - 1);
        BindFields();
        MalformedException? typeError = ReadTypes(out int errorField);
        _i = start;
        for (int f = 0; f < _moduleFields.Count; f++)
        {
            var field = _moduleFields[f];
            if (typeError is not null && f == errorField) throw typeError;
            if (field.Word is Word.Type or Word.Rec && typeError is null)
            {
                _i = field.End;
                continue;
            }
            ReadField();
        }
        if (!Is(TokenKind.RParen) && !Is(TokenKind.End)) throw Unexpected();
        _moduleEnd = _i;
        if (_importAfter is not null) _deferred ??= _importAfter;
        _recTypes.AddRange(_implicitTypes);
        return new Module
        {
            Types = _recTypes.ToImmutable(),
            Imports = _imports.ToImmutable(),
            Funcs = _funcs.ToImmutable(),
            Tables = _tables.ToImmutable(),
            Mems = _mems.ToImmutable(),
            Tags = _tags.ToImmutable(),
            Globals = _globals.ToImmutable(),
            Exports = _exports.ToImmutable(),
            Start = _start,
            Elems = _elems.ToImmutable(),
            Datas = _datas.ToImmutable(),
            DataCount = _usesData ? (uint)_datas.Count : null,
        };
    }

    /// <summary>Throws the error of meaning that was met, if any; else adds the custom sections.</summary>
    /// <param name="module">What <see cref="ModuleFields"/> returned.</param>
    public Module Finish(Module module)
    {
        ThrowDeferred();
        return WithCustoms(module);
    }

    // First pass: identifiers

    /// <summary>Finds the fields and binds their identifiers. What is not a field ends it; a later pass meets the error.</summary>
    private void BindFields()
    {
        while (Is(TokenKind.LParen))
        {
            int start = _i;
            var word = Is(_tokens[_i + 1]);
            int depth = 0;
            Word nested = Word.None;
            do
            {
                var token = _tokens[_i];
                if (token.Kind is TokenKind.End or TokenKind.Error) break;
                if (token.Kind == TokenKind.LParen)
                {
                    depth++;
                    if (depth == 2 && nested == Word.None && Is(_tokens[_i + 1]) is var inner and (Word.Data or Word.Elem)) nested = inner;
                    if (depth == 2 && word == Word.Rec && Is(_tokens[_i + 1]) == Word.Type) Bind(_typeSpace, _i + 2);
                }
                else if (token.Kind == TokenKind.RParen)
                {
                    depth--;
                }
                _i++;
            }
            while (depth > 0);
            _moduleFields.Add(new ModuleField(start, _i, word));
            BindField(word, start + 2, nested);
            if (depth > 0) break;
        }
        for (uint i = 0; i < _typeSpace.Count; i++)
        {
            _subTypes.Add(null);
            _fields.Add(null);
        }
    }

    private static Word Is(in Token token) => token.Kind == TokenKind.Word ? (Word)token.Value : Word.None;

    /// <param name="word">The field's keyword.</param>
    /// <param name="id">The index of the token after it.</param>
    /// <param name="nested">The keyword of a segment abbreviated in it.</param>
    private void BindField(Word word, int id, Word nested)
    {
        if (word == Word.Import)
        {
            // (import "m" "n" (kind $id? ...))
            for (int n = 0; n < 2; n++)
                if (_tokens[id++].Kind != TokenKind.String) return;
            if (_tokens[id].Kind != TokenKind.LParen) return;
            word = Is(_tokens[id + 1]);
            id += 2;
            if (SpaceOf(word) is { } imported && word is not (Word.Elem or Word.Data)) Bind(imported, id);
            return;
        }
        if (word == Word.Type) Bind(_typeSpace, id);
        else if (SpaceOf(word) is { } space) Bind(space, id);
        if (word == Word.Memory && nested == Word.Data) _dataSpace.AddUnnamed(1);
        if (word == Word.Table && nested == Word.Elem) _elemSpace.AddUnnamed(1);
    }

    private IndexSpace? SpaceOf(Word word)
    {
        if (word == Word.Func) return _funcSpace;
        if (word == Word.Table) return _tableSpace;
        if (word == Word.Memory) return _memSpace;
        if (word == Word.Global) return _globalSpace;
        if (word == Word.Tag) return _tagSpace;
        // In 1.0 the identifier there is that of the table or memory.
        if (_profile.Version == SpecVersion.V1) return null;
        return word == Word.Elem ? _elemSpace : word == Word.Data ? _dataSpace : null;
    }

    private void Bind(IndexSpace space, int id)
    {
        ref readonly var token = ref _tokens[id];
        if (TakeName(id, space.Category) is { } name) space.RenameNext(name);
        if (token.Kind != TokenKind.Id) space.Add(-1);
        else if (!space.Add(token.Value)) Defer(token, $"duplicate {space.Category} {Print(token.Value)}");
    }

    // Second pass: types

    /// <summary>Reads all type fields. An error among them may come after one in another field, and is given back to be thrown in its turn.</summary>
    private MalformedException? ReadTypes(out int errorField)
    {
        for (errorField = 0; errorField < _moduleFields.Count; errorField++)
        {
            var field = _moduleFields[errorField];
            if (field.Word is not (Word.Type or Word.Rec)) continue;
            _i = field.Start;
            try
            {
                TypeField();
            }
            catch (MalformedException error)
            {
                return error;
            }
        }
        foreach (var use in _uncheckedUses)
            _ = Resolve(use);
        return null;
    }

    // Third pass: the rest

    private void ReadField()
    {
        var at = At;
        Expect(TokenKind.LParen);
        var word = Is(Cur);
        if (word is Word.None or >= Word.FirstMnemonic) throw Unexpected();
        var field = FieldReaders[(int)word];
        if (field is null) throw Unexpected();
        _i++;
        field(this, at);
        Expect(TokenKind.RParen);
    }

    private static readonly Action<Parser, Region>?[] FieldReaders = BuildFieldReaders();

    private static Action<Parser, Region>?[] BuildFieldReaders()
    {
        var readers = new Action<Parser, Region>?[(int)Word.FirstMnemonic];
        readers[(int)Word.Func] = (parser, at) => parser.FuncField(at);
        readers[(int)Word.Table] = (parser, at) => parser.TableField(at);
        readers[(int)Word.Memory] = (parser, at) => parser.MemoryField(at);
        readers[(int)Word.Global] = (parser, at) => parser.GlobalField(at);
        readers[(int)Word.Tag] = (parser, at) => parser.TagField(at);
        readers[(int)Word.Import] = (parser, at) => parser.ImportField(at);
        readers[(int)Word.Export] = (parser, at) => parser.ExportField(at);
        readers[(int)Word.Start] = (parser, at) => parser.StartField(at);
        readers[(int)Word.Elem] = (parser, at) => parser.ElemField(at);
        readers[(int)Word.Data] = (parser, at) => parser.DataField(at);
        return readers;
    }

    // Imports and exports

    /// <summary><c>(import "m" "n" externtype)</c>.</summary>
    private void ImportField(Region at)
    {
        string module = Name(), name = Name();
        Expect(TokenKind.LParen);
        var word = Is(Cur);
        if (Lookup(ExternKinds) is null) throw Unexpected();
        _i++;
        _ = OptId();
        AddImport(module, name, ExternTypeOf(word), at);
        Expect(TokenKind.RParen);
    }

    private ExternType ExternTypeOf(Word word)
    {
        if (word == Word.Table) return new ExternType.Table(TableTypeOf());
        if (word == Word.Memory) return new ExternType.Mem(MemTypeOf());
        if (word == Word.Global) return new ExternType.Global(GlobalTypeOf());
        if (word == Word.Tag) return new ExternType.Tag(HeapType.Idx(Resolve(TypeUseOf(names: true))));
        bool exact = TryOpen(Word.Exact);
        var func = new ExternType.Func(HeapType.Idx(Resolve(TypeUseOf(names: true))), exact);
        if (exact) Expect(TokenKind.RParen);
        return func;
    }

    private void AddImport(string module, string name, ExternType type, Region at)
    {
        // The definition last before the last such import is the one that is told; in the end, errors elsewhere come first.
        if (_defined is not null && _defined != _importAfterKind)
        {
            _importAfterKind = _defined;
            _importAfter = new MalformedException(at, $"import after {_defined} definition");
        }
        _imported[(int)type.Kind]++;
        _imports.Add(new Import(module, name, type, at));
    }

    private void Defined(string kind) => _defined = kind;

    /// <summary><c>(export "n")* (import "m" "n")?</c>: whether the definition is an import, which is then added.</summary>
    private bool InlineImport(Word word, ExternKind kind, uint index, Region at)
    {
        while (IsOpen(Word.Export))
        {
            var exportAt = At;
            _i += 2;
            _exports.Add(new Export(Name(), kind, index, exportAt));
            Expect(TokenKind.RParen);
        }
        if (!TryOpen(Word.Import)) return false;
        string module = Name(), name = Name();
        Expect(TokenKind.RParen);
        AddImport(module, name, ExternTypeOf(word), at);
        return true;
    }

    /// <summary>The index of the definition at hand: imports, and definitions so far.</summary>
    private uint NextIndex(ExternKind kind, int defined) => (uint)(_imported[(int)kind] + defined);

    /// <summary><c>(export "n" (kind x))</c>.</summary>
    private void ExportField(Region at)
    {
        string name = Name();
        Expect(TokenKind.LParen);
        var kind = Lookup(ExternKinds) ?? throw Unexpected();
        var space = SpaceOf(Is(Cur))!;
        _i++;
        _exports.Add(new Export(name, kind, Index(space), at));
        Expect(TokenKind.RParen);
    }

    private static readonly ExternKind?[] ExternKinds = ByWord(
        (Word.Func, ExternKind.Func),
        (Word.Table, ExternKind.Table),
        (Word.Memory, ExternKind.Memory),
        (Word.Global, ExternKind.Global),
        (Word.Tag, ExternKind.Tag));

    private void StartField(Region at)
    {
        var token = Cur;
        var start = new Start(Index(_funcSpace), at);
        if (_start is not null) Defer(token, "multiple start sections");
        _start ??= start;
    }

    // Functions, tags, globals

    private void FuncField(Region at)
    {
        int start = _i;
        _ = OptId();
        uint index = NextIndex(ExternKind.Func, _funcs.Count);
        if (InlineImport(Word.Func, ExternKind.Func, index, at)) return;
        StartHints(start - 2);
        _locals.Clear();
        StartBody();
        var use = TypeUseOf(names: true, _locals);
        uint type = Resolve(use);
        _localTypeUse = use.Index is not null && _locals.Count == 0 ? use : null;
        var locals = LocalsOf();
        Instrs(single: false);
        if (!Is(TokenKind.RParen)) throw Unexpected();
        var body = EndExpr();
        EndHints(index, body);
        NameFunc(index);
        Defined("function");
        _funcs.Add(new Func(type, locals, body, at));
    }

    /// <summary><c>(local ...)*</c>, as runs of equal types.</summary>
    private ImmutableArray<Locals> LocalsOf()
    {
        if (!IsOpen(Word.Local)) return [];
        var runs = ImmutableArray.CreateBuilder<Locals>();
        while (TryOpen(Word.Local))
        {
            string? name = TakeName(_i, "local");
            // Only a name asks how many parameters a type has that is not written out.
            if ((name is not null || Is(TokenKind.Id)) && _localTypeUse is { Index: { } x } use)
            {
                if (FuncTypeAt(x, use.At) is { } type) _locals.AddUnnamed((uint)type.Params.Length);
                _localTypeUse = null;
            }
            if (name is not null) _locals.RenameNext(name);
            if (Is(TokenKind.Id))
            {
                BindLocal(_locals);
                Add(ValTypeOf());
            }
            else
            {
                for (; TryValType(out var type); _locals.AddUnnamed(1)) Add(type);
            }
            Expect(TokenKind.RParen);
        }
        return runs.ToImmutable();

        void Add(ValType type)
        {
            if (runs.Count > 0 && runs[^1].Type == type) runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            else runs.Add(new Locals(1, type));
        }
    }

    private void TagField(Region at)
    {
        _ = OptId();
        if (InlineImport(Word.Tag, ExternKind.Tag, NextIndex(ExternKind.Tag, _tags.Count), at)) return;
        uint type = Resolve(TypeUseOf(names: true));
        Defined("tag");
        _tags.Add(new Tag(type, at));
    }

    private void GlobalField(Region at)
    {
        _ = OptId();
        if (InlineImport(Word.Global, ExternKind.Global, NextIndex(ExternKind.Global, _globals.Count), at)) return;
        var type = GlobalTypeOf();
        var init = ExprOf();
        Defined("global");
        _globals.Add(new Global(type, init, at));
    }
}
