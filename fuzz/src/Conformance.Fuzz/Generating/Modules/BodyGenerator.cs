using System.Collections.Immutable;
using System.Diagnostics;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>
/// Bodies, valid by construction: <see cref="Value"/> makes instructions that push a value of a type, <see cref="Statement"/> such that leave the
/// stack as it is. What is pushed before a nested block lies under it, so branches leave through operands of any number. After an unconditional
/// branch the rest of a block is dead: the values that come next may be left out, as the stack is polymorphic. Every instruction costs fuel, and what has none
/// left ends. That execution ends is by construction too: see <see cref="FuncKind"/> and <see cref="Loop"/>.
/// </summary>
internal sealed partial class BodyGenerator
{
    private const int MaxDepth = 7;
    private const long MostSteps = 12_000;

    private readonly ModulePlan m;
    private readonly Decisions d;
    private readonly List<Instr> _code = [];
    private readonly List<Local> _locals = [];
    private readonly List<Label> _labels = [];
    private readonly int[] _numberWeights = new int[NumberWeights.Length];
    private readonly int[] _refWeights = new int[RefWeights.Length];
    private readonly int[] _statementWeights = new int[StatementWeights.Length];
    private FuncPlan _func = null!;
    private int _fuel;
    private int _depth;
    private int _tries;
    private bool _dead;
    private bool _bottom;
    private int _diedAt;
    private bool _recurred;
    private bool _daring;
    private bool _careful;
    private bool _shielded;
    private long _times;
    private long _cost;

    /// <param name="Type">Its type.</param>
    /// <param name="Loose">NaNs that may be open in it.</param>
    /// <param name="Hidden">Not for bodies to use as they like.</param>
    /// <param name="ReadOnly">Never written but where it was made for.</param>
    private readonly record struct Local(ValType Type, NaNs Loose = NaNs.None, bool Hidden = false, bool ReadOnly = false);

    /// <param name="Types">What a branch to it carries.</param>
    /// <param name="Open">Whether branches to it are free: not to loops that count at their end.</param>
    private readonly record struct Label(ImmutableArray<ValType> Types, bool Open = true);

    public BodyGenerator(ModulePlan plan, Decisions decisions)
    {
        m = plan;
        d = decisions;
        m.Swarm.Tune(NumberWeights, _numberWeights, 0);
        m.Swarm.Tune(RefWeights, _refWeights, 1);
        m.Swarm.Tune(StatementWeights, _statementWeights, 2);
    }

    /// <summary>Makes a function's body as it comes.</summary>
    public void Generate(FuncPlan func, int fuel)
    {
        Begin(func, fuel);
        Prologue();
        Statements(func.Recursive ? 2 + d.Below(3) : d.Below(5));
        if (func.Recursive) Recur();
        if (!TailCall(last: true)) Values(func.Sig.Results);
        Finish();
    }

    /// <summary>Makes a function's body by hand.</summary>
    public void Generate(FuncPlan func, Action<BodyGenerator> body)
    {
        Begin(func, 0);
        body(this);
        Finish();
    }

    private void Begin(FuncPlan func, int fuel)
    {
        _func = func;
        _fuel = fuel;
        _depth = _tries = 0;
        _objects = 0;
        _dead = _bottom = _recurred = _daring = _careful = _shielded = false;
        _times = 1;
        _cost = 2;
        _code.Clear();
        _locals.Clear();
        _labels.Clear();
        for (int i = 0; i < func.Sig.Params.Length; i++)
            _locals.Add(new Local(func.Sig.Params[i], ReadOnly: i == 0 && func.Recursive));
        _labels.Add(new Label(func.Sig.Results));
    }

    /// <summary>A few locals; those that cannot be null get their value at once.</summary>
    private void Prologue()
    {
        int count = d.Below(5);
        for (int i = 0; i < count; i++)
        {
            var t = d.Of(m.Pool.AsSpan());
            var loose = t.Kind switch
            {
                ValKind.F32 => NaNs.F32,
                ValKind.F64 => NaNs.F64,
                ValKind.V128 => d.OneIn(2) ? NaNs.F32 : NaNs.F64,
                ValKind.Bot or ValKind.I32 or ValKind.I64 or ValKind.Ref or _ => NaNs.None,
            };
            int x = NewLocal(t, d.OneIn(3) ? loose : NaNs.None, hidden: t.IsRef && !t.Ref.Nullable);
            if (!_locals[x].Hidden) continue;
            // Not to be read before it is set, and so hidden until then.
            Leaf(t, NaNs.None);
            Set(x);
            _locals[x] = _locals[x] with { Hidden = false };
        }
    }

    private void Finish()
    {
        _code.Add(Ended);
        int ps = _func.Sig.Params.Length;
        var locals = ImmutableArray.CreateBuilder<Locals>();
        for (int i = ps; i < _locals.Count; i++)
        {
            if (locals.Count > 0 && locals[^1].Type == _locals[i].Type) locals[^1] = locals[^1] with { Count = locals[^1].Count + 1 };
            else locals.Add(new Locals(1, _locals[i].Type));
        }
        _func.Made = new Func((uint)_func.Type, locals.ToImmutable(), new Expr([.. _code]));
        _func.Cost = _func.Recursive ? _cost * (MostRecursion + 1) : _cost;
    }

    // Emission

    private static readonly Plain Ended = new(Op.End);
    private static readonly Plain[] Plains = [.. Enumerable.Range(0, 256).Select(i => new Plain((Op)i))];
    private static readonly Idx[] Gets = [.. Enumerable.Range(0, 32).Select(i => new Idx(Op.LocalGet, (uint)i))];
    private static readonly Idx[] Sets = [.. Enumerable.Range(0, 32).Select(i => new Idx(Op.LocalSet, (uint)i))];

    private void Emit(Instr instr)
    {
        _code.Add(instr);
        _fuel--;
        if (!_dead) _cost += _times;
    }

    private void Do(Op op) => Emit((int)op < 256 ? Plains[(int)op] : new Plain(op));

    private void Do(Op op, int x) => Emit(new Idx(op, (uint)x));

    private void Do(Op op, int x, int y) => Emit(new Idx2(op, (uint)x, (uint)y));

    private void I32(int value) => Emit(new Const(Op.I32Const, (uint)value));

    private void I64(long value) => Emit(new Const(Op.I64Const, (ulong)value));

    private void Get(int x) => Emit(x < Gets.Length ? Gets[x] : new Idx(Op.LocalGet, (uint)x));

    private void Set(int x) => Emit(x < Sets.Length ? Sets[x] : new Idx(Op.LocalSet, (uint)x));

    private void Tee(int x) => Do(Op.LocalTee, x);

    /// <summary>A constant of an address type.</summary>
    private void Address(bool is64, ulong value)
    {
        if (is64) I64((long)value);
        else I32((int)value);
    }

    private int NewLocal(ValType type, NaNs loose = NaNs.None, bool hidden = true)
    {
        _locals.Add(new Local(type, loose, hidden));
        return _locals.Count - 1;
    }

    /// <summary>A local that only the instructions around use; of references the nullable one.</summary>
    private int Scratch(ValType type) => NewLocal(type.IsRef ? type.Ref with { Nullable = true } : type);

    /// <summary>Whether to leave something unguarded here.</summary>
    private bool Risk() => _daring ? d.OneIn(2) : !_careful && m.Swarm.Risk > 0 && d.OneIn(m.Swarm.Risk);

    private ValType AnyType() => d.Of(m.Pool.AsSpan());

    private ImmutableArray<ValType> AnyTypes(int most)
    {
        if (!m.Has(Features.MultiValue)) most = Math.Min(most, 1);
        int count = d.Below(most + 1);
        if (count == 0) return [];
        var types = ImmutableArray.CreateBuilder<ValType>(count);
        for (int i = 0; i < count; i++) types.Add(AnyType());
        return types.MoveToImmutable();
    }

    // Values

    /// <summary>Pushes values of the types.</summary>
    private void Values(ImmutableArray<ValType> ts)
    {
        if (ts.IsEmpty) return;
        if (ts.Length > 1 && _depth < MaxDepth && _fuel > 0 && d.OneIn(3))
        {
            _depth++;
            bool done = d.Below(4) switch
            {
                0 => CallFor(ts),
                1 => Block(ts),
                2 => Switch(ts),
                _ => BranchIf(ts),
            };
            _depth--;
            if (done) return;
        }
        foreach (var t in ts) Value(t);
    }

    /// <summary>Pushes a value of a type that matches; <paramref name="nan"/> says whose NaNs may be left open.</summary>
    private void Value(ValType t, NaNs nan = NaNs.None)
    {
        if (_bottom && _diedAt == _code.Count && d.OneIn(2)) return;
        if (_fuel <= 0 || _depth >= MaxDepth)
        {
            Leaf(t, nan);
            return;
        }
        _depth++;
        if (!(t.IsRef ? Reference(t.Ref) : Number(t, nan))) Leaf(t, nan);
        _depth--;
    }

    /// <summary>The shortest: a constant, null, a new object, or a local.</summary>
    private void Leaf(ValType t, NaNs nan)
    {
        if (d.Below(3) != 0 && FindLocal(t, nan) is >= 0 and var x) Get(x);
        else if (t.IsRef) New(t.Ref);
        else Constant(t.Kind);
    }

    private void Constant(ValKind kind)
    {
        Emit(m.Constant(kind, d));
    }

    /// <summary>A local that has what is wanted, or -1.</summary>
    private int FindLocal(ValType t, NaNs nan, bool toWrite = false)
    {
        int count = _locals.Count;
        if (count == 0) return -1;
        int start = d.Below(count);
        for (int i = 0; i < count; i++)
        {
            int x = (start + i) % count;
            var local = _locals[x];
            if (local.Hidden || (toWrite && local.ReadOnly)) continue;
            if (toWrite ? local.Loose == nan && m.Types.Match(t, local.Type) : (local.Loose == NaNs.None || local.Loose == nan) && m.Types.Match(local.Type, t)) return x;
        }
        return -1;
    }

    private enum Number_ : byte { Leaf, Row, Global, Call, CallIndirect, CallRef, Block, Select, Tee, StructGet, ArrayGet, Switch, BranchIf, Test, Sizes, Wide, Handler, Continue, Leave }

    private static readonly int[] NumberWeights = [12, 44, 4, 8, 7, 4, 12, 4, 3, 6, 5, 3, 3, 6, 1, 3, 3, 2, 1];

    private bool Number(ValType t, NaNs nan)
    {
        switch ((Number_)d.Weighted(_numberWeights))
        {
            case Number_.Row: return Row(t.Kind, nan);
            case Number_.Global: return GlobalGet(t);
            case Number_.Call: return CallFor([t]);
            case Number_.CallIndirect: return CallIndirectFor([t]);
            case Number_.CallRef: return CallRefFor([t]);
            case Number_.Block: return Block([t]);
            case Number_.Select: return Select(t, nan);
            case Number_.Tee: return LocalTee(t, nan);
            case Number_.StructGet: return StructGet(t);
            case Number_.ArrayGet: return ArrayGet(t);
            case Number_.Switch: return Switch([t]);
            case Number_.BranchIf: return BranchIf([t]);
            case Number_.Test: return t.Kind == ValKind.I32 && Test();
            case Number_.Sizes: return Size(t.Kind);
            case Number_.Wide: return Wide(t.Kind);
            case Number_.Handler: return Handler([t]);
            case Number_.Continue: return Continuation([t]);
            case Number_.Leave: return Leave();
            case Number_.Leaf: return false;
            default: throw new UnreachableException("weights and members agree");
        }
    }

    private enum Ref_ : byte { Leaf, New, Global, Call, CallIndirect, CallRef, Block, Select, Tee, StructGet, ArrayGet, TableGet, Switch, BranchIf, Cast, Convert, NonNull, Handler, Continue, Leave }

    private static readonly int[] RefWeights = [12, 14, 6, 6, 3, 3, 8, 4, 3, 8, 6, 5, 3, 3, 12, 4, 5, 3, 2, 1];

    private bool Reference(RefType t)
    {
        switch ((Ref_)d.Weighted(_refWeights))
        {
            case Ref_.New: New(t); return true;
            case Ref_.Global: return GlobalGet(t);
            case Ref_.Call: return CallFor([t]);
            case Ref_.CallIndirect: return CallIndirectFor([t]);
            case Ref_.CallRef: return CallRefFor([t]);
            case Ref_.Block: return Block([t]);
            case Ref_.Select: return Select(t, NaNs.None);
            case Ref_.Tee: return LocalTee(t, NaNs.None);
            case Ref_.StructGet: return StructGet(t);
            case Ref_.ArrayGet: return ArrayGet(t);
            case Ref_.TableGet: return TableGet(t);
            case Ref_.Switch: return Switch([t]);
            case Ref_.BranchIf: return BranchIf([t]);
            case Ref_.Cast: return Cast(t);
            case Ref_.Convert: return Convert(t);
            case Ref_.NonNull: return NonNull(t);
            case Ref_.Handler: return Handler([t]);
            case Ref_.Continue: return Continuation([t]);
            case Ref_.Leave: return Leave();
            case Ref_.Leaf: return false;
            default: throw new UnreachableException("weights and members agree");
        }
    }
}
