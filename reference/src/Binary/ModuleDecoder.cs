using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>
/// Decodes one module: sections here (5.5), types and instructions in the other parts. One reader goes over all the bytes, and the size of a
/// section or body is compared with what was read afterwards; so of two errors the one that comes first in the bytes is reported.
/// </summary>
internal ref partial struct ModuleDecoder
{
    private const uint Magic = 0x6D73_6100;    // "\0asm"
    private const uint Version = 1;

    private static readonly Plain End = new(Op.End);

    /// <summary>The type of elements that are given by their function indices: they are never null.</summary>
    private static readonly RefType FuncRef = new(false, Syntax.HeapType.Func);

    private readonly Features _features;
    private readonly Features _missing;
    private ByteReader _in;

    private int _typeBytes;
    private uint[] _funcTypes = [];
    private bool _usesData;
    private Instr[] _instrs = new Instr[32];
    private Open[] _open = new Open[16];

    public ModuleDecoder(ReadOnlySpan<byte> bytes, Profile profile)
    {
        _in = new ByteReader(bytes);
        _features = profile.Features;
        _missing = ~profile.Features;
    }

    private readonly bool Has(Features feature) => (_missing & feature) == 0;

    private readonly bool HasAny(Features features) => (_features & features) != 0;

    private readonly bool HasTags => HasAny(Features.Exceptions | Features.LegacyExceptions);

    /// <summary><c>module</c>.</summary>
    public Module Module()
    {
        if (_in.F32() != Magic) throw _in.Error(0, "magic header not detected");
        if (_in.F32() != Version) throw _in.Error(4, "unknown binary version");

        var module = new Module();
        ImmutableArray<Func> code = [];
        var customs = ImmutableArray.CreateBuilder<CustomSection>();
        var last = SectionId.Custom;
        var lastPresent = SectionId.Custom;    // passes over empty sections, which encoding leaves out
        while (!_in.AtEnd)
        {
            int at = _in.Pos;
            var id = Id();
            if (id != SectionId.Custom && Order[(int)id] <= Order[(int)last]) throw _in.Error(at, "unexpected content after last section");
            int size = _in.Len();
            int start = _in.Pos;
            bool empty = id is not (SectionId.Custom or SectionId.Start or SectionId.DataCount) && IsEmptyVec();
            switch (id)
            {
                case SectionId.Custom: customs.Add(Custom(start, size, lastPresent)); break;
                case SectionId.Type: module = module with { Types = Types(size) }; break;
                case SectionId.Import: module = module with { Imports = Imports() }; break;
                case SectionId.Func: _funcTypes = [.. U32Vec()]; break;
                case SectionId.Table: module = module with { Tables = Tables() }; break;
                case SectionId.Memory: module = module with { Mems = Mems() }; break;
                case SectionId.Tag: module = module with { Tags = Tags() }; break;
                case SectionId.Global: module = module with { Globals = Globals() }; break;
                case SectionId.Export: module = module with { Exports = Exports() }; break;
                case SectionId.Start: module = module with { Start = new Start(_in.U32(), _in.At(start)) }; break;
                case SectionId.Elem: module = module with { Elems = Elems() }; break;
                case SectionId.DataCount: module = module with { DataCount = _in.U32() }; break;
                case SectionId.Code: code = Code(); break;
                case SectionId.Data: module = module with { Datas = Datas() }; break;
                default: throw new UnreachableException($"section {id}");
            }
            if (_in.Pos != start + size) throw _in.Error(start, "section size mismatch");
            if (id == SectionId.Custom) continue;
            last = id;
            if (!empty) lastPresent = id;
        }

        if (_funcTypes.Length != code.Length) throw _in.Error(_in.Pos, "function and code section have inconsistent lengths");
        if (module.DataCount is { } n && n != module.Datas.Length) throw _in.Error(_in.Pos, "data count and data section have inconsistent lengths");
        if (module.DataCount is null && _usesData) throw _in.Error(_in.Pos, "data count section required");
        return module with { Funcs = code, Customs = customs.ToImmutable() };
    }

    /// <summary>The place of each section id in a module; custom sections stand anywhere.</summary>
    private static readonly int[] Order = [.. Enumerable.Range(0, SectionOrder.All.Length + 1).Select(id => SectionOrder.All.IndexOf((SectionId)id))];

    private SectionId Id()
    {
        var id = (SectionId)_in.Byte();
        bool known = id switch
        {
            SectionId.DataCount => Has(Features.BulkMemory),
            SectionId.Tag => HasTags,
            SectionId.Custom or SectionId.Type or SectionId.Import or SectionId.Func or SectionId.Table or SectionId.Memory or SectionId.Global
                or SectionId.Export or SectionId.Start or SectionId.Elem or SectionId.Code or SectionId.Data => true,
            _ => false,
        };
        return known ? id : throw _in.Error(_in.Pos - 1, "malformed section id");
    }

    private bool IsEmptyVec()
    {
        int start = _in.Pos;
        bool empty = _in.U32() == 0;
        _in.Pos = start;
        return empty;
    }

    private CustomSection Custom(int start, int size, SectionId after)
    {
        string name = _in.Name();
        var at = _in.At(_in.Pos);
        return new CustomSection(name, [.. _in.Bytes(size - (_in.Pos - start))], after, at);
    }

    private ImmutableArray<RecType> Types(int size)
    {
        _typeBytes = size;
        int n = _in.Len();
        var types = new VecBuilder<RecType>(n);
        for (int i = 0; i < n; i++) types.Add(RecType());
        return types.ToImmutable();
    }

    private ImmutableArray<Import> Imports()
    {
        int n = _in.Len();
        var imports = new VecBuilder<Import>(n);
        for (int i = 0; i < n; i++)
        {
            var at = _in.At(_in.Pos);
            string module = _in.Name();
            string name = _in.Name();
            imports.Add(new Import(module, name, ExternType(), at));
        }
        return imports.ToImmutable();
    }

    private ImmutableArray<Table> Tables()
    {
        int n = _in.Len();
        var tables = new VecBuilder<Table>(n);
        for (int i = 0; i < n; i++)
        {
            var at = _in.At(_in.Pos);
            if (Has(Features.FunctionReferences) && _in.Take(0x40))
            {
                _in.Zero();
                var type = TableType();
                tables.Add(new Table(type, Expr(), at));
            }
            else
                tables.Add(new Table(TableType(), null, at));
        }
        return tables.ToImmutable();
    }

    private ImmutableArray<Memory> Mems()
    {
        int n = _in.Len();
        var mems = new VecBuilder<Memory>(n);
        for (int i = 0; i < n; i++)
        {
            var at = _in.At(_in.Pos);
            mems.Add(new Memory(MemType(), at));
        }
        return mems.ToImmutable();
    }

    private ImmutableArray<Tag> Tags()
    {
        int n = _in.Len();
        var tags = new VecBuilder<Tag>(n);
        for (int i = 0; i < n; i++)
        {
            var at = _in.At(_in.Pos);
            tags.Add(new Tag(TagType(), at));
        }
        return tags.ToImmutable();
    }

    private ImmutableArray<Global> Globals()
    {
        int n = _in.Len();
        var globals = new VecBuilder<Global>(n);
        for (int i = 0; i < n; i++)
        {
            var at = _in.At(_in.Pos);
            var type = GlobalType();
            globals.Add(new Global(type, Expr(), at));
        }
        return globals.ToImmutable();
    }

    private ImmutableArray<Export> Exports()
    {
        int n = _in.Len();
        var exports = new VecBuilder<Export>(n);
        for (int i = 0; i < n; i++)
        {
            var at = _in.At(_in.Pos);
            string name = _in.Name();
            byte kind = _in.Byte();
            if (kind > (byte)ExternKind.Tag || (kind == (byte)ExternKind.Tag && !HasTags)) throw _in.Error(_in.Pos - 1, "malformed export kind");
            exports.Add(new Export(name, (ExternKind)kind, _in.U32(), at));
        }
        return exports.ToImmutable();
    }

    private ImmutableArray<Elem> Elems()
    {
        int n = _in.Len();
        var elems = new VecBuilder<Elem>(n);
        for (int i = 0; i < n; i++) elems.Add(Elem());
        return elems.ToImmutable();
    }

    private Elem Elem()
    {
        // Bits of the kind: passive or declarative, an explicit table or declarative, expressions for indices.
        const uint notActive = 1, explicitIdx = 2, exprs = 4;
        int pos = _in.Pos;
        uint kind = _in.U32();
        if (!Has(Features.BulkMemory))    // there was only a table index
        {
            var active = new SegmentMode.Active(kind, Expr());
            return new Elem(FuncRef, FuncIdxVec(), active, _in.At(pos));
        }
        if (kind > (Has(Features.ReferenceTypes) ? 7u : 3u)) throw _in.Error(pos, "malformed elements segment kind");
        SegmentMode mode = (kind & notActive) == 0 ? Active((kind & explicitIdx) != 0)
            : (kind & explicitIdx) == 0 ? SegmentMode.Passive.Instance
            : SegmentMode.Declarative.Instance;
        bool typed = (kind & (notActive | explicitIdx)) != 0;
        if ((kind & exprs) != 0)
        {
            var type = typed ? RefType() : Syntax.RefType.Func;
            return new Elem(type, ExprVec(), mode, _in.At(pos));
        }
        if (typed && _in.Byte() != 0) throw _in.Error(_in.Pos - 1, "malformed element kind");
        return new Elem(FuncRef, FuncIdxVec(), mode, _in.At(pos));
    }

    private SegmentMode.Active Active(bool explicitIdx)
    {
        uint x = explicitIdx ? _in.U32() : 0;
        return new SegmentMode.Active(x, Expr());
    }

    private ImmutableArray<Expr> FuncIdxVec()
    {
        int n = _in.Len();
        var inits = new VecBuilder<Expr>(n);
        for (int i = 0; i < n; i++)
        {
            var at = _in.At(_in.Pos);
            inits.Add(new Expr([new Idx(Op.RefFunc, _in.U32(), at), End]));
        }
        return inits.ToImmutable();
    }

    private ImmutableArray<Expr> ExprVec()
    {
        int n = _in.Len();
        var inits = new VecBuilder<Expr>(n);
        for (int i = 0; i < n; i++) inits.Add(Expr());
        return inits.ToImmutable();
    }

    private ImmutableArray<Func> Code()
    {
        int n = _in.Len();
        var funcs = new VecBuilder<Func>(n);
        for (int i = 0; i < n; i++)
        {
            int size = _in.Len();
            int start = _in.Pos;
            var locals = LocalsVec();
            // A body beyond the function section is reported when the module has been read.
            uint type = i < _funcTypes.Length ? _funcTypes[i] : 0;
            funcs.Add(new Func(type, locals, Expr(), _in.At(start)));
            if (_in.Pos != start + size) throw _in.Error(start, "section size mismatch");
        }
        return funcs.ToImmutable();
    }

    private ImmutableArray<Locals> LocalsVec()
    {
        int at = _in.Pos;
        int n = _in.Len();
        var locals = new VecBuilder<Locals>(n);
        ulong total = 0;
        for (int i = 0; i < n; i++)
        {
            uint count = _in.U32();
            locals.Add(new Locals(count, ValType()));
            total += count;
        }
        return total <= uint.MaxValue ? locals.ToImmutable() : throw _in.Error(at, "too many locals");
    }

    private ImmutableArray<Data> Datas()
    {
        int n = _in.Len();
        var datas = new VecBuilder<Data>(n);
        for (int i = 0; i < n; i++)
        {
            int pos = _in.Pos;
            var mode = DataMode();
            datas.Add(new Data(_in.ByteVec(), mode, _in.At(pos)));
        }
        return datas.ToImmutable();
    }

    private SegmentMode DataMode()
    {
        int pos = _in.Pos;
        uint kind = _in.U32();
        if (!Has(Features.BulkMemory)) return new SegmentMode.Active(kind, Expr());    // there was only a memory index
        return kind switch
        {
            0 => Active(explicitIdx: false),
            1 => SegmentMode.Passive.Instance,
            2 => Active(explicitIdx: true),
            _ => throw _in.Error(pos, "malformed data segment kind"),
        };
    }
}
