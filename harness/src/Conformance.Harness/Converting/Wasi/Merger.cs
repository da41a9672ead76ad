using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Harness.Converting.Wasi;

/// <summary>A definition of the merged module.</summary>
internal readonly record struct Item(ExternKind Kind, uint Index);

/// <summary>An instance that has become part of the merged module.</summary>
/// <param name="Exports">What its exports have become.</param>
/// <param name="Init">What is left to do of its instantiation when its turn comes: segments that go to other instances, and its start function.</param>
internal sealed record Part(IReadOnlyDictionary<string, Item> Exports, ImmutableArray<Instr> Init);

/// <summary>
/// Links instances by making one module of theirs: imports are replaced by what they stand for, index spaces are laid one behind the other. What an
/// instance does to others when it is instantiated is kept as code, since it must not happen before what the script does until then.
/// </summary>
internal sealed class Merger
{
    private readonly List<Import> _imports = [];
    private readonly List<RecType> _types = [];
    private readonly List<SubType> _subTypes = [];
    private readonly List<Func> _funcs = [];
    private readonly List<Table> _tables = [];
    private readonly List<Memory> _mems = [];
    private readonly List<Tag> _tags = [];
    private readonly List<Global> _globals = [];
    private readonly List<Elem> _elems = [];
    private readonly List<Data> _datas = [];
    private Start? _start;

    /// <summary>The first memory, or null.</summary>
    public MemType? FirstMemory => _mems.Count > 0 ? _mems[0].Type : null;

    /// <summary>Adds a function that stays an import; only before there are others.</summary>
    public Item Import(string module, string name, FuncType type)
    {
        _imports.Add(new(module, name, new ExternType.Func(HeapType.Idx(Type(type)))));
        return new(ExternKind.Func, (uint)_imports.Count - 1);
    }

    /// <summary>Adds a type of numbers only.</summary>
    public uint Type(FuncType type)
    {
        int known = _subTypes.FindIndex(s => s is { Final: true, Supers.IsEmpty: true } && s.Comp.SameAs(type));
        if (known >= 0) return (uint)known;
        _types.Add(new([new(type)]));
        _subTypes.Add(new(type));
        return (uint)_subTypes.Count - 1;
    }

    /// <summary>Adds a function.</summary>
    public uint Func(uint type, ImmutableArray<ValType> locals, IEnumerable<Instr> body)
    {
        _funcs.Add(new(type, [.. locals.Select(l => new Locals(1, l))], new([.. body, new Plain(Op.End)])));
        return (uint)(_imports.Count + _funcs.Count - 1);
    }

    public FuncType FuncTypeOf(uint func) => (FuncType)_subTypes[func < _imports.Count
        ? (int)((ExternType.Func)_imports[(int)func].Type).Type.Index
        : (int)_funcs[(int)func - _imports.Count].Type].Comp;

    public GlobalType GlobalTypeOf(uint global) => _globals[(int)global].Type;

    /// <summary>Adds an instance.</summary>
    /// <param name="module">Its module, valid.</param>
    /// <param name="resolve">What an import stands for; of the kind and a type that the import asks for.</param>
    /// <param name="isLate">Whether something happens before it is instantiated.</param>
    public Part Add(Module module, Func<Import, Item> resolve, bool isLate)
    {
        var map = new IndexMap((uint)_subTypes.Count, (uint)_elems.Count, (uint)_datas.Count);
        foreach (var import in module.Imports)
            map.Of(import.Type.Kind).Add(resolve(import).Index);
        int importedTables = map.Tables.Count, importedMems = map.Mems.Count;
        Space(map.Funcs, module.Funcs.Length, _imports.Count + _funcs.Count);
        Space(map.Tables, module.Tables.Length, _tables.Count);
        Space(map.Mems, module.Mems.Length, _mems.Count);
        Space(map.Globals, module.Globals.Length, _globals.Count);
        Space(map.Tags, module.Tags.Length, _tags.Count);

        foreach (var rec in module.Types.Select(map.Of))
        {
            _types.Add(rec);
            _subTypes.AddRange(rec.SubTypes);
        }
        _funcs.AddRange(module.Funcs.Select(f => new Func(f.Type + map.Types, [.. f.Locals.Select(l => l with { Type = map.Of(l.Type) })], map.Of(f.Body))));
        _tags.AddRange(module.Tags.Select(t => new Tag(t.Type + map.Types)));
        foreach (var global in module.Globals)
            _globals.Add(new(global.Type with { Val = map.Of(global.Type.Val) }, Constant(map, global.Init)));
        _tables.AddRange(module.Tables.Select(t => new Table(t.Type with { Elem = map.Of(t.Type.Elem) }, t.Init is null ? null : Constant(map, t.Init))));
        _mems.AddRange(module.Mems);

        var init = ImmutableArray.CreateBuilder<Instr>();
        foreach (var elem in module.Elems)
        {
            var mode = elem.Mode;
            if (mode is SegmentMode.Active active)
            {
                var offset = Constant(map, active.Offset);
                if (isLate && active.Index < importedTables)
                {
                    Late(init, offset, elem.Inits.Length, new Idx2(Op.TableInit, map.Tables[(int)active.Index], (uint)_elems.Count), new Idx(Op.ElemDrop, (uint)_elems.Count));
                    mode = SegmentMode.Passive.Instance;
                }
                else
                {
                    mode = new SegmentMode.Active(map.Tables[(int)active.Index], offset);
                }
            }
            _elems.Add(new(map.Of(elem.Type), [.. elem.Inits.Select(e => Constant(map, e))], mode));
        }
        foreach (var data in module.Datas)
        {
            var mode = data.Mode;
            if (mode is SegmentMode.Active active)
            {
                var offset = Constant(map, active.Offset);
                if (isLate && active.Index < importedMems)
                {
                    Late(init, offset, data.Init.Length, new Idx2(Op.MemoryInit, map.Mems[(int)active.Index], (uint)_datas.Count), new Idx(Op.DataDrop, (uint)_datas.Count));
                    mode = SegmentMode.Passive.Instance;
                }
                else
                {
                    mode = new SegmentMode.Active(map.Mems[(int)active.Index], offset);
                }
            }
            _datas.Add(data with { Mode = mode });
        }
        if (module.Start is { } start)
        {
            if (isLate || _start is not null) init.Add(new Idx(Op.Call, map.Funcs[(int)start.Func]));
            else _start = new(map.Funcs[(int)start.Func]);
        }
        return new(module.Exports.ToDictionary(e => e.Name, e => new Item(e.Kind, map.Of(e.Kind)[(int)e.Index]), StringComparer.Ordinal), init.ToImmutable());
    }

    private static void Space(List<uint> space, int count, int from)
    {
        for (int i = 0; i < count; i++) space.Add((uint)(from + i));
    }

    private static void Late(ImmutableArray<Instr>.Builder init, Expr offset, int length, Instr copy, Instr drop)
    {
        init.AddRange(offset.Instrs.AsSpan()[..^1]);
        init.Add(new Const(Op.I32Const, 0));
        init.Add(new Const(Op.I32Const, (uint)length));
        init.Add(copy);
        init.Add(drop);
    }

    /// <summary>
    /// A constant expression. What it takes from a global that always has the same value is put in its place: an import may be read there in every
    /// version of WebAssembly, another global only since 3.0, and by a table never.
    /// </summary>
    private Expr Constant(IndexMap map, Expr expr) => new([.. map.Of(expr).Instrs.SelectMany(i =>
        i is Idx { Op: Op.GlobalGet } get && _globals[(int)get.X] is { Type.Mutable: false } global && global.Init.Instrs.All(IsValue) ? global.Init.Instrs[..^1] : [i])]);

    /// <summary>Whether the instruction gives the same each time; allocations do not.</summary>
    private static bool IsValue(Instr instr) => instr is Const or VConst or RefNull
        || instr.Op is Op.End or Op.RefFunc or Op.RefI31 or Op.I32Add or Op.I32Sub or Op.I32Mul or Op.I64Add or Op.I64Sub or Op.I64Mul;

    /// <summary>The merged module with these exports.</summary>
    public Module Build(ImmutableArray<Export> exports)
    {
        // Exporting a function declares it as one that ref.func may name; the instances' exports are gone.
        var named = Named(_funcs.Select(f => f.Body));
        named.ExceptWith(Named(_elems.SelectMany(e => e.Inits).Concat(_globals.Select(g => g.Init))));
        if (named.Count > 0)
            _elems.Add(new(new(true, HeapType.Func), [.. named.Select(f => new Expr([new Idx(Op.RefFunc, f), new Plain(Op.End)]))], SegmentMode.Declarative.Instance));
        return new()
        {
            Types = [.. _types],
            Imports = [.. _imports],
            Funcs = [.. _funcs],
            Tables = [.. _tables],
            Mems = [.. _mems],
            Tags = [.. _tags],
            Globals = [.. _globals],
            Exports = exports,
            Start = _start,
            Elems = [.. _elems],
            Datas = [.. _datas],
        };
    }

    private static SortedSet<uint> Named(IEnumerable<Expr> exprs) => [.. exprs.SelectMany(e => e.Instrs).OfType<Idx>().Where(i => i.Op == Op.RefFunc).Select(i => i.X)];
}
