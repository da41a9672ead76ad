using System.Collections.Immutable;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>
/// Modules that tell the host what their instructions give: behind each that leaves numbers or vectors, a mark and the values are emitted. What a case does is the
/// same but for its trace.
/// </summary>
public sealed class Probed
{
    private const ulong Mark = 0x5EED_C0DE_0000_0000, MarkBits = 0xFFFF_FFFF_0000_0000;

    /// <summary>Different values of an instruction that are kept.</summary>
    private const int MostValues = 12;

    private readonly List<(int Module, int Func, int At, ImmutableArray<ValKind> Kinds)> _places = [];
    private readonly Dictionary<(int, int, int), ImmutableArray<ImmutableArray<Value>>> _seen = [];

    /// <summary>A module with probes.</summary>
    /// <param name="index">The module's number in its case.</param>
    /// <param name="module">The module, which is valid.</param>
    public Module Add(int index, Module module)
    {
        var view = new ModuleView(module);
        var (probed, emit) = WithEmit(module, view);
        var funcs = ImmutableArray.CreateBuilder<Func>(probed.Funcs.Length);
        for (int f = 0; f < probed.Funcs.Length; f++)
            funcs.Add(BodyShape.Of(module.Funcs[f], view) is { } shape ? Add(index, f, probed.Funcs[f], shape, view, view.LocalsOf(module.Funcs[f]).Length, emit) : probed.Funcs[f]);
        return probed with { Funcs = funcs.MoveToImmutable() };
    }

    /// <summary>The place whose values are the parameters of a function.</summary>
    public const int Entry = -1;

    /// <summary>The results that an instruction was seen to give, the first ones that differ.</summary>
    public ImmutableArray<ImmutableArray<Value>> Seen(int module, int func, int at) => _seen.GetValueOrDefault((module, func, at), []);

    /// <summary>Takes down what the case told.</summary>
    public void Read(CaseResult result)
    {
        foreach (var action in result.Results)
        {
            var trace = action.Trace;
            for (int i = 0; i < trace.Length; i++)
            {
                if ((trace[i].Lo & MarkBits) != Mark || (uint)trace[i].Lo >= _places.Count) continue;
                var (module, func, at, kinds) = _places[(int)(uint)trace[i].Lo];
                int words = 0;
                foreach (var kind in kinds) words += kind == ValKind.V128 ? 2 : 1;
                if (i + words >= trace.Length) break;
                var values = ImmutableArray.CreateBuilder<Value>(kinds.Length);
                foreach (var kind in kinds)
                {
                    ulong bits = trace[++i].Lo;
                    values.Add(kind switch
                    {
                        ValKind.I32 => Value.I32((uint)bits),
                        ValKind.I64 => Value.I64(bits),
                        ValKind.F32 => Value.F32((uint)bits),
                        ValKind.F64 => Value.F64(bits),
                        ValKind.V128 => Value.V128(bits, trace[++i].Lo),
                        ValKind.Bot or ValKind.Ref or _ => throw new System.Diagnostics.UnreachableException($"a probe of kind {kind}"),
                    });
                }
                Keep((module, func, at), values.MoveToImmutable());
            }
        }
    }

    private void Keep((int, int, int) place, ImmutableArray<Value> values)
    {
        var known = _seen.GetValueOrDefault(place, []);
        if (known.Length == MostValues) return;
        foreach (var other in known)
            if (other.AsSpan().SequenceEqual(values.AsSpan())) return;
        _seen[place] = known.Add(values);
    }

    /// <summary>The module with <c>host.emit64</c> imported, and its index there.</summary>
    private static (Module, uint) WithEmit(Module module, ModuleView view)
    {
        uint x = 0;
        foreach (var import in module.Imports)
        {
            if (import is { Module: CaseHost.Name, Name: CaseHost.Emit64, Type: ExternType.Func }) return (module, x);
            if (import.Type is ExternType.Func) x++;
        }
        uint emit = (uint)view.ImportedFuncs;
        var moved = new IndexRewriter((space, f) => space == IndexSpace.Func && f >= emit ? f + 1 : f).Rewrite(module);
        return (moved with
        {
            Types = moved.Types.Add(new RecType([new SubType(new FuncType([ValType.I64], []))])),
            Imports = moved.Imports.Add(new Import(CaseHost.Name, CaseHost.Emit64, new ExternType.Func(HeapType.Idx((uint)module.TypeCount)))),
        }, emit);
    }

    private Func Add(int module, int f, Func func, BodyShape shape, ModuleView view, int locals, uint emit)
    {
        var places = new Dictionary<int, ImmutableArray<ValType>>();
        foreach (var tree in shape.Trees)
            if (!tree.Diverges && tree.Results.Length is > 0 and <= 8 && tree.Results.All(t => t.IsNum || t.IsVec) && func.Body.Instrs[tree.At] is not (Const or VConst { Op: Op.V128Const } or Idx { Op: Op.BrIf }))
                places[tree.At] = tree.Results;
        var type = view.FuncTypeAt(func.Type)!;
        bool enters = type.Params.Length is > 0 and <= 16 && type.Params.All(t => t.IsNum || t.IsVec);
        if (places.Count == 0 && !enters) return func;
        // A local for each place of a result list and type.
        var own = new Dictionary<(int, ValType), uint>();
        var added = new List<Locals>();
        uint Local(int place, ValType type)
        {
            if (!own.TryGetValue((place, type), out uint x))
            {
                own[(place, type)] = x = (uint)(locals + added.Count);
                added.Add(new Locals(1, type));
            }
            return x;
        }
        var body = new List<Instr>();
        if (enters)
        {
            Emit(body, emit, new Const(Op.I64Const, Mark | (uint)_places.Count));
            for (int i = 0; i < type.Params.Length; i++) Emit(body, emit, new Idx(Op.LocalGet, (uint)i), type.Params[i].Kind);
            _places.Add((module, f, Entry, [.. type.Params.Select(t => t.Kind)]));
        }
        for (int at = 0; at < func.Body.Instrs.Length; at++)
        {
            body.Add(func.Body.Instrs[at]);
            if (!places.TryGetValue(at, out var types)) continue;
            for (int i = types.Length - 1; i >= 0; i--) body.Add(new Idx(Op.LocalSet, Local(i, types[i])));
            Emit(body, emit, new Const(Op.I64Const, Mark | (uint)_places.Count));
            for (int i = 0; i < types.Length; i++) Emit(body, emit, new Idx(Op.LocalGet, Local(i, types[i])), types[i].Kind);
            for (int i = 0; i < types.Length; i++) body.Add(new Idx(Op.LocalGet, Local(i, types[i])));
            _places.Add((module, f, at, [.. types.Select(t => t.Kind)]));
        }
        return func with { Locals = func.Locals.AddRange(added), Body = new Expr([.. body]) };
    }

    private static void Emit(List<Instr> body, uint emit, Instr value, ValKind kind = ValKind.I64)
    {
        for (byte lane = 0; lane < (kind == ValKind.V128 ? 2 : 1); lane++)
        {
            body.Add(value);
            switch (kind)
            {
                case ValKind.I32: body.Add(new Plain(Op.I64ExtendI32U)); break;
                case ValKind.F32: body.AddRange([new Plain(Op.I32ReinterpretF32), new Plain(Op.I64ExtendI32U)]); break;
                case ValKind.F64: body.Add(new Plain(Op.I64ReinterpretF64)); break;
                case ValKind.V128: body.Add(new Lane(Op.I64x2ExtractLane, lane)); break;
                case ValKind.I64 or ValKind.Ref or ValKind.Bot or _: break;
            }
            body.Add(new Idx(Op.Call, emit));
        }
    }
}
