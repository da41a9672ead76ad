using System.Collections.Immutable;
using System.Diagnostics;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>
/// Modules that stand between the kit and an engine whose interface loses bits or has no words for a type: they import functions and globals,
/// and export functions that take and return <c>i32</c> and <c>i64</c> alone. A float crosses as its bits, a vector as its low and its high half,
/// a reference as an <c>i64</c> with its kind above its number.
/// </summary>
internal sealed class Bridge
{
    /// <summary>The kind of an externalized reference that is none of the host's.</summary>
    private const int Externalized = 16;

    private readonly Module _target;
    private readonly string _name;
    private readonly bool _hosts;
    private readonly ImmutableArray<SubType> _types;
    private readonly List<RecType> _newTypes = [];
    private readonly List<Import> _imports = [];
    private readonly List<Func> _funcs = [];
    private readonly List<Export> _exports = [];
    private uint _funcImports, _extern, _number;

    private Bridge(Module target, string name, bool hosts)
    {
        _target = target;
        _name = name;
        _hosts = hosts;
        _types = [.. target.Types.SelectMany(r => r.SubTypes)];
    }

    /// <summary>The function type of an exported function, its type uses being indices into the module's types.</summary>
    public static FuncType TypeOfFunc(Module module, uint index)
    {
        uint type = index;
        foreach (var import in module.Imports)
            if (import.Type is ExternType.Func f)
            {
                if (type-- == 0) return FuncTypeOf(module, f.Type.Index);
            }
        return FuncTypeOf(module, module.Funcs[(int)type].Type);
    }

    public static GlobalType TypeOfGlobal(Module module, uint index)
    {
        uint global = index;
        foreach (var import in module.Imports)
            if (import.Type is ExternType.Global g)
            {
                if (global-- == 0) return g.Type;
            }
        return module.Globals[(int)global].Type;
    }

    public static MemType TypeOfMemory(Module module, uint index)
    {
        uint memory = index;
        foreach (var import in module.Imports)
            if (import.Type is ExternType.Mem m)
            {
                if (memory-- == 0) return m.Type;
            }
        return module.Mems[(int)memory].Type;
    }

    public static FuncType TypeOfTag(Module module, uint index)
    {
        uint tag = index;
        foreach (var import in module.Imports)
            if (import.Type is ExternType.Tag t)
            {
                if (tag-- == 0) return FuncTypeOf(module, t.Type.Index);
            }
        return FuncTypeOf(module, module.Tags[(int)tag].Type);
    }

    private static FuncType FuncTypeOf(Module module, uint type)
    {
        foreach (var group in module.Types)
        {
            if (type < group.SubTypes.Length) return (FuncType)group.SubTypes[(int)type].Comp;
            type -= (uint)group.SubTypes.Length;
        }
        throw new UnreachableException("the engine took a module with an unknown type");
    }

    /// <summary>A module that bridges exported functions and globals, each under the export's own name.</summary>
    /// <param name="target">The module that exports them.</param>
    /// <param name="name">The name that its instance is registered under.</param>
    /// <param name="exports">Functions and globals of the module.</param>
    /// <param name="hosts">Whether the worker has the host module for references.</param>
    public static Module Of(Module target, string name, IReadOnlyList<Export> exports, bool hosts)
    {
        var bridge = new Bridge(target, name, hosts && exports.Any(e => TypesOf(target, e).Any(t => t.IsRef)));
        bridge.Link([.. exports.Where(e => e.Kind == ExternKind.Func)]);
        uint func = 0, global = 0;
        foreach (var export in exports)
        {
            if (export.Kind == ExternKind.Func)
            {
                bridge.Function(export, TypeOfFunc(target, export.Index), func++);
                continue;
            }
            var type = TypeOfGlobal(target, export.Index);
            bridge._imports.Add(new(name, export.Name, new ExternType.Global(type)));
            bridge.Define(export.Name, [], [type.Val], [], [new Idx(Op.GlobalGet, global++)]);
        }
        return bridge.Module();
    }

    /// <summary>A module that throws the last exception again and exports, as <c>payload</c>, a function that returns what a tag's exception carries.</summary>
    public static Module OfPayload(Module target, string name, Export tag, bool hosts)
    {
        var type = TypeOfTag(target, tag.Index);
        var bridge = new Bridge(target, name, hosts && type.Params.Any(t => t.IsRef));
        bridge._imports.Add(new(Protocol.HostModule, Protocol.HostRethrow, new ExternType.Func(HeapType.Idx(bridge.TypeIdx(FuncType.Empty)))));
        bridge._funcImports = 1;
        bridge.Link([]);
        bridge._imports.Add(new(name, tag.Name, new ExternType.Tag(HeapType.Idx(bridge.TypeIdx(type)))));
        bridge.Define("payload", [], type.Params, [],
        [
            new Block(Op.Block, BlockType.Idx(bridge.TypeIdx(new FuncType([], type.Params)))),
            new TryTable(Op.TryTable, BlockType.Empty, [new Catch(CatchKind.Catch, 0, 0)]),
            new Idx(Op.Call, 0),
            new Plain(Op.End),
            new Plain(Op.Unreachable),
            new Plain(Op.End),
        ]);
        return bridge.Module();
    }

    /// <summary>The types that cross when an export is called or read.</summary>
    public static IEnumerable<ValType> TypesOf(Module module, Export export) => export.Kind switch
    {
        ExternKind.Func when TypeOfFunc(module, export.Index) is var type => type.Params.Concat(type.Results),
        ExternKind.Global => [TypeOfGlobal(module, export.Index).Val],
        ExternKind.Func or ExternKind.Table or ExternKind.Memory or ExternKind.Tag => [],
        _ => throw new UnreachableException($"export of kind {(byte)export.Kind}"),
    };

    /// <summary>Imports the functions, then the two of the host module where they are needed.</summary>
    private void Link(IReadOnlyList<Export> funcs)
    {
        foreach (var export in funcs)
            _imports.Add(new(_name, export.Name, new ExternType.Func(HeapType.Idx(TypeIdxOf(export.Index)))));
        _funcImports += (uint)funcs.Count;
        if (!_hosts) return;
        _extern = _funcImports++;
        _number = _funcImports++;
        _imports.Add(new(Protocol.HostModule, Protocol.HostExtern, new ExternType.Func(HeapType.Idx(TypeIdx(new([ValType.I32], [ValType.ExternRef]))))));
        _imports.Add(new(Protocol.HostModule, Protocol.HostNumber, new ExternType.Func(HeapType.Idx(TypeIdx(new([ValType.ExternRef], [ValType.I32]))))));
    }

    /// <summary>The type index of a function of the target: the bridge has all of its types, at the same indices.</summary>
    private uint TypeIdxOf(uint func)
    {
        foreach (var import in _target.Imports)
            if (import.Type is ExternType.Func f)
            {
                if (func-- == 0) return f.Type.Index;
            }
        return _target.Funcs[(int)func].Type;
    }

    private uint TypeIdx(FuncType type)
    {
        int known = _newTypes.FindIndex(r => r.SubTypes[0].Comp.SameAs(type));
        if (known < 0)
        {
            known = _newTypes.Count;
            _newTypes.Add(new RecType([new SubType(type)]));
        }
        return (uint)(_types.Length + known);
    }

    private Module Module() => new()
    {
        Types = [.. _target.Types, .. _newTypes],
        Imports = [.. _imports],
        Funcs = [.. _funcs],
        Exports = [.. _exports],
    };

    private void Function(Export export, FuncType type, uint callee)
    {
        var body = new List<Instr>();
        uint local = 0;
        foreach (var parameter in type.Params) local += Parameter(body, parameter, local);
        body.Add(new Idx(Op.Call, callee));
        Define(export.Name, type.Params, type.Results, [], body);
    }

    /// <summary>Exports a function that runs instructions which leave results, and turns the results into integers.</summary>
    private void Define(string name, ImmutableArray<ValType> parameters, ImmutableArray<ValType> results, IReadOnlyList<Locals> locals, List<Instr> body)
    {
        ImmutableArray<ValType> lowParameters = [.. parameters.SelectMany(t => Lowered(t))], lowResults = [.. results.SelectMany(t => Lowered(t))];
        var allLocals = new List<Locals>(locals);
        uint first = (uint)lowParameters.Length, number = first + (uint)results.Length;
        foreach (var result in results) allLocals.Add(new(1, result));
        allLocals.Add(new(1, ValType.I32));
        for (int i = results.Length - 1; i >= 0; i--) body.Add(new Idx(Op.LocalSet, first + (uint)i));
        for (int i = 0; i < results.Length; i++) Result(body, results[i], first + (uint)i, number);
        body.Add(new Plain(Op.End));
        _exports.Add(new(name, ExternKind.Func, _funcImports + (uint)_funcs.Count));
        _funcs.Add(new(TypeIdx(new(lowParameters, lowResults)), [.. allLocals], new([.. body])));
    }

    private static ImmutableArray<ValType> Lowered(ValType type) => type.Kind switch
    {
        ValKind.I32 or ValKind.F32 => [ValType.I32],
        ValKind.I64 or ValKind.F64 or ValKind.Ref => [ValType.I64],
        ValKind.V128 => [ValType.I64, ValType.I64],
        ValKind.Bot or _ => throw new UnreachableException($"value of type {type}"),
    };

    /// <summary>Pushes a parameter; returns how many integers it takes.</summary>
    private uint Parameter(List<Instr> body, ValType type, uint local)
    {
        var get = new Idx(Op.LocalGet, local);
        switch (type.Kind)
        {
            case ValKind.I32 or ValKind.I64:
                body.Add(get);
                return 1;
            case ValKind.F32 or ValKind.F64:
                body.AddRange([get, new Plain(type.Kind == ValKind.F32 ? Op.F32ReinterpretI32 : Op.F64ReinterpretI64)]);
                return 1;
            case ValKind.V128:
                body.AddRange([get, new Plain(Op.I64x2Splat), new Idx(Op.LocalGet, local + 1), new Lane(Op.I64x2ReplaceLane, 1)]);
                return 2;
            case ValKind.Ref:
                Reference(body, type, get);
                return 1;
            case ValKind.Bot:
            default: throw new UnreachableException($"parameter of type {type}");
        }
    }

    private void Reference(List<Instr> body, ValType type, Instr get)
    {
        var (nullable, heap) = (type.Ref.Nullable, type.Ref.Heap);
        Instr none = nullable ? new RefNull(Op.RefNull, heap) : new Plain(Op.Unreachable);
        if (!_hosts || heap.Kind is not (HeapKind.Extern or HeapKind.Any))
        {
            body.Add(none);
            return;
        }
        if (nullable) body.AddRange([get, new Plain(Op.I64Eqz), new Block(Op.If, BlockType.Of(type)), none, new Plain(Op.Else)]);
        body.AddRange([get, new Plain(Op.I32WrapI64), new Idx(Op.Call, _extern)]);
        if (heap.Kind == HeapKind.Any) body.Add(new Plain(Op.AnyConvertExtern));
        body.Add(nullable ? new Plain(Op.End) : new Plain(Op.RefAsNonNull));
    }

    private void Result(List<Instr> body, ValType type, uint local, uint number)
    {
        var get = new Idx(Op.LocalGet, local);
        switch (type.Kind)
        {
            case ValKind.I32 or ValKind.I64:
                body.Add(get);
                break;
            case ValKind.F32 or ValKind.F64:
                body.AddRange([get, new Plain(type.Kind == ValKind.F32 ? Op.I32ReinterpretF32 : Op.I64ReinterpretF64)]);
                break;
            case ValKind.V128:
                body.AddRange([get, new Lane(Op.I64x2ExtractLane, 0), get, new Lane(Op.I64x2ExtractLane, 1)]);
                break;
            case ValKind.Ref:
                body.AddRange([get, new Plain(Op.RefIsNull), If, Code(RefKind.Null), new Plain(Op.Else)]);
                NonNull(body, TopOf(_types, type.Ref.Heap), get, number);
                body.Add(new Plain(Op.End));
                break;
            case ValKind.Bot:
            default: throw new UnreachableException($"result of type {type}");
        }
    }

    private void NonNull(List<Instr> body, HeapKind top, Instr get, uint number)
    {
        if (top is HeapKind.Func or HeapKind.Exn or HeapKind.Cont)
        {
            body.Add(Code(top == HeapKind.Func ? RefKind.Func : top == HeapKind.Exn ? RefKind.Exn : RefKind.Cont));
            return;
        }
        if (top == HeapKind.Extern)
        {
            if (_hosts) body.Add(get);
            Number(body, number, RefKind.Extern, new Const(Op.I64Const, (ulong)Externalized << 32));
            return;
        }
        body.AddRange(
        [
            get, Test(HeapType.I31), If, get, new Cast(Op.RefCast, new(false, HeapType.I31)), new Plain(Op.I31GetU), new Plain(Op.I64ExtendI32U),
            Code(RefKind.I31), new Plain(Op.I64Or), new Plain(Op.Else),
            get, Test(HeapType.Struct), If, Code(RefKind.Struct), new Plain(Op.Else),
            get, Test(HeapType.Array), If, Code(RefKind.Array), new Plain(Op.Else),
        ]);
        if (_hosts) body.AddRange([get, new Plain(Op.ExternConvertAny)]);
        Number(body, number, RefKind.Host, Code(RefKind.Other));
        body.AddRange([new Plain(Op.End), new Plain(Op.End), new Plain(Op.End)]);
    }

    /// <summary>Turns the externref on the stack into its kind and number, or into the other code when it has none; without a host module nothing is on the stack.</summary>
    private void Number(List<Instr> body, uint local, RefKind kind, Instr other)
    {
        if (!_hosts)
        {
            body.Add(Code(RefKind.Other));
            return;
        }
        body.AddRange(
        [
            new Idx(Op.Call, _number), new Idx(Op.LocalTee, local), new Const(Op.I32Const, uint.MaxValue), new Plain(Op.I32Eq), If, other, new Plain(Op.Else),
            new Idx(Op.LocalGet, local), new Plain(Op.I64ExtendI32U), Code(kind), new Plain(Op.I64Or), new Plain(Op.End),
        ]);
    }

    private static Block If => new(Op.If, BlockType.Of(ValType.I64));

    private static Cast Test(HeapType type) => new(Op.RefTest, new(false, type));

    private static Const Code(RefKind kind) => new(Op.I64Const, (ulong)kind << 32);

    /// <summary>The top of a heap type's hierarchy.</summary>
    private static HeapKind TopOf(ImmutableArray<SubType> types, HeapType heap) => heap.Kind switch
    {
        HeapKind.Func or HeapKind.NoFunc => HeapKind.Func,
        HeapKind.Exn or HeapKind.NoExn => HeapKind.Exn,
        HeapKind.Extern or HeapKind.NoExtern => HeapKind.Extern,
        HeapKind.Cont or HeapKind.NoCont => HeapKind.Cont,
        HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None => HeapKind.Any,
        HeapKind.TypeIdx => types[(int)heap.Index].Comp switch
        {
            FuncType => HeapKind.Func,
            ContType => HeapKind.Cont,
            _ => HeapKind.Any,
        },
        HeapKind.Bot or HeapKind.RecIdx or HeapKind.Def or _ => throw new UnreachableException($"heap type {heap} in a decoded module"),
    };

    private static HeapType Top(HeapKind kind) => new(kind);

    /// <summary>The integers that arguments cross as.</summary>
    public static ImmutableArray<Value> Lower(ImmutableArray<Value> arguments) => [.. arguments.SelectMany(a => Lower(a))];

    private static ImmutableArray<Value> Lower(Value value) => value.Kind switch
    {
        ValKind.I32 or ValKind.F32 => [Value.I32((uint)value.Lo)],
        ValKind.I64 or ValKind.F64 => [Value.I64(value.Lo)],
        ValKind.V128 => [Value.I64(value.Lo), Value.I64(value.Hi)],
        ValKind.Ref => [Value.I64((ulong)value.Ref << 32 | (value.Number ?? 0))],
        ValKind.Bot or _ => throw new UnreachableException($"argument {value}"),
    };

    /// <summary>The values of types from the integers that they crossed as.</summary>
    /// <exception cref="ProtocolException">They are others, or their number is wrong.</exception>
    public static ImmutableArray<Value> Raise(Module target, ImmutableArray<ValType> types, ImmutableArray<Value> low)
    {
        ImmutableArray<SubType> subTypes = [.. target.Types.SelectMany(r => r.SubTypes)];
        var values = ImmutableArray.CreateBuilder<Value>(types.Length);
        int next = 0;
        foreach (var type in types)
            values.Add(type.Kind switch
            {
                ValKind.I32 => Value.I32((uint)Next(ValKind.I32)),
                ValKind.F32 => Value.F32((uint)Next(ValKind.I32)),
                ValKind.I64 => Value.I64(Next(ValKind.I64)),
                ValKind.F64 => Value.F64(Next(ValKind.I64)),
                ValKind.V128 when Next(ValKind.I64) is var lo => Value.V128(lo, Next(ValKind.I64)),
                ValKind.Ref => Raise(subTypes, type, Next(ValKind.I64)),
                ValKind.V128 or ValKind.Bot or _ => throw new UnreachableException($"result of type {type}"),
            });
        return next == low.Length ? values.MoveToImmutable() : throw new ProtocolException($"{low.Length} values returned for {next}");

        ulong Next(ValKind kind) => next < low.Length && low[next].Kind == kind ? low[next++].Lo
            : throw new ProtocolException($"result {next + 1} is missing or no {kind.ToString().ToLowerInvariant()}");
    }

    private static Value Raise(ImmutableArray<SubType> types, ValType type, ulong bits)
    {
        int kind = (int)(bits >> 32);
        uint number = (uint)bits;
        return kind switch
        {
            (int)RefKind.Null => Value.Null(Top(TopOf(types, type.Ref.Heap))),
            Externalized => Value.Reference(RefKind.Extern),
            (int)RefKind.I31 or (int)RefKind.Extern or (int)RefKind.Host => Value.Reference((RefKind)kind, number),
            <= (int)RefKind.Other => Value.Reference((RefKind)kind),
            _ => throw new ProtocolException($"a reference of kind {kind}"),
        };
    }
}
