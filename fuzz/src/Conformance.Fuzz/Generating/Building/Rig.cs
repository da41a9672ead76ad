using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Conformance.Harness.Cases;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Building;

/// <summary>
/// A case that runs something on many operand vectors. Memory 0 holds a table of operands: a row for each vector, a column for each operand. Exported
/// functions of type [i32] -> [] take a row's number and write what they get to the same row of a table of their own. Each is swept over its rows,
/// and then the tables are read.
/// </summary>
internal sealed class Rig
{
    /// <summary>Where the tables begin: below lies what tests of memory instructions use.</summary>
    public const uint First = 1024;

    private readonly List<CaseAction> _actions = [];
    private readonly List<(ValKind Kind, LaneType Lane, Role Role)> _columns = [];
    private readonly List<uint> _offsets = [];
    private readonly byte[] _rows;
    private readonly NaNSet[] _sets;
    private readonly uint _pages;
    private readonly uint _outputs;
    private uint _nextOutput;
    private int _functions;
    private bool _hasMemory;

    /// <param name="decisions">The case's decisions.</param>
    /// <param name="options">What it may use.</param>
    /// <param name="columns">The operands' kinds.</param>
    /// <param name="rows">The number of operand vectors.</param>
    /// <param name="outputs">The most tables of results.</param>
    /// <param name="width">The bytes of a row of results.</param>
    /// <param name="pages">The least pages of memory 0.</param>
    public Rig(Decisions decisions, GeneratorOptions options, ReadOnlySpan<(ValKind Kind, LaneType Lane, Role Role)> columns, int rows, int outputs,
        uint width = 16, uint pages = 1)
    {
        D = decisions;
        Allowed = options.Features;
        Values = new Values(decisions, options.UniformValues);
        Rows = rows;
        uint at = 0;
        foreach (var column in columns)
        {
            uint size = SizeOf(column.Kind);
            at = (at + size - 1) / size * size;
            _columns.Add(column);
            _offsets.Add(at);
            at += size;
        }
        Stride = Math.Max((Math.Max(at, width) + 15) / 16 * 16, 16);
        _rows = new byte[rows * Stride];
        _outputs = First + (uint)_rows.Length;
        _nextOutput = _outputs;
        _sets = new NaNSet[(uint)outputs * (uint)rows * Stride / 4];
        _pages = Math.Max(pages, (_outputs + (uint)_sets.Length * 4 + 1024 + 0xFFFF) >> 16);
        Addr = Has(Features.Memory64) && D.OneIn(8) ? AddrType.I64 : AddrType.I32;
    }

    public Decisions D { get; }

    public Values Values { get; }

    public Features Allowed { get; }

    public ModuleBuilder Module { get; } = new();

    /// <summary>The number of operand vectors.</summary>
    public int Rows { get; }

    /// <summary>The bytes of a row.</summary>
    public uint Stride { get; }

    /// <summary>The address type of memory 0.</summary>
    public AddrType Addr { get; set; }

    public ValType AddrVal => Addr == AddrType.I64 ? ValType.I64 : ValType.I32;

    /// <summary>The bytes of memory 0.</summary>
    public uint MemoryBytes => _pages << 16;

    /// <summary>The most pages of memory 0, or none.</summary>
    public ulong? MostPages { get; set; }

    public bool IsShared { get; set; }

    public int Weight { get; private set; }

    public bool Has(Features features) => (Allowed & features) == features;

    public int Columns => _columns.Count;

    public ValKind KindOf(int column) => _columns[column].Kind;

    /// <summary>Where in a row a column stands.</summary>
    public uint OffsetOf(int column) => _offsets[column];

    // Operands

    /// <summary>Draws all rows: each operand after the first perhaps from the one before it.</summary>
    public void FillRows()
    {
        // What lies between operands is not zero, so that whoever reads too much is seen.
        _rows.AsSpan().Fill(D.OneIn(2) ? (byte)0xFF : (byte)0xA5);
        for (int row = 0; row < Rows; row++)
        {
            V128 last = default;
            for (int i = 0; i < _columns.Count; i++)
            {
                var (kind, lane, role) = _columns[i];
                bool alike = i > 0 && _columns[i - 1].Kind == kind && _columns[i - 1].Lane == lane;
                last = alike ? Values.Correlated(kind, lane, role, last) : Values.Of(kind, lane, role);
                Put(row, i, last);
            }
        }
    }

    public V128 At(int row, int column)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        _rows.AsSpan((int)(row * Stride + _offsets[column]), (int)SizeOf(_columns[column].Kind)).CopyTo(bytes);
        return V128.From(bytes);
    }

    public void Put(int row, int column, V128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.CopyTo(bytes);
        bytes[..(int)SizeOf(_columns[column].Kind)].CopyTo(_rows.AsSpan((int)(row * Stride + _offsets[column])));
    }

    public void Put(int row, int column, ulong value) => Put(row, column, new V128(value, 0));

    // Functions

    /// <summary>A table of results; where it begins.</summary>
    public uint Output()
    {
        uint at = _nextOutput;
        _nextOutput += (uint)Rows * Stride;
        if (_nextOutput > _outputs + (uint)_sets.Length * 4) throw new UnreachableException("more tables than were asked for");
        return at;
    }

    /// <summary>The NaNs that may stand in the row of a table of results, word by word.</summary>
    public void Allow(uint output, int row, ReadOnlySpan<NaNSet> sets) =>
        sets.CopyTo(_sets.AsSpan((int)((output - _outputs + row * Stride) / 4)));

    /// <summary>Begins a function that is to be swept: local 0 is the row's number, local 1 its distance from the first.</summary>
    public Body Begin()
    {
        var body = new Body(1);
        uint at = body.Local(AddrVal);
        // Now and then what follows lies far out in the frame.
        if (D.OneIn(8)) for (int more = 16 + D.Below(16); more > 0; more--) body.Local(ValType.I64);
        body.Get(0);
        if (Addr == AddrType.I64) body.Op(Op.I64ExtendI32U).I64(Stride).Op(Op.I64Mul);
        else body.I32(Stride).Op(Op.I32Mul);
        return body.Set(at);
    }

    /// <summary>Ends the function and sweeps it over the first rows.</summary>
    public void Sweep(Body body, int rows) => Sweep(body, rows, rows);

    /// <summary>Ends the function and sweeps it over the first rows, which count for so many cases.</summary>
    public void Sweep(Body body, int rows, int weight)
    {
        uint f = Module.Func(Module.FuncType([ValType.I32], []), body);
        string name = string.Create(CultureInfo.InvariantCulture, $"run{_functions++}");
        Module.Export(name, ExternKind.Func, f);
        _actions.Add(new CaseAction.Sweep(0, name, rows));
        Weight += weight;
    }

    /// <summary>Pushes an operand of the row.</summary>
    public Body Load(Body body, int column) => body.Get(1).Access(LoadOf(_columns[column].Kind), First + _offsets[column]);

    /// <summary>Pushes an operand in a local of its own.</summary>
    public uint LoadLocal(Body body, int column)
    {
        uint x = body.Local(TypeOf(_columns[column].Kind));
        Load(body, column).Set(x);
        return x;
    }

    /// <summary>Before a value that <see cref="Store"/> writes: its address.</summary>
    public static Body BeginStore(Body body) => body.Get(1);

    /// <summary>Writes the value on the stack to the row of a table of results.</summary>
    public static Body Store(Body body, ValKind kind, uint output, uint offset = 0) => body.Access(StoreOf(kind), output + offset);

    /// <summary>Writes a local to the row of a table of results.</summary>
    public static Body StoreLocal(Body body, uint local, ValKind kind, uint output, uint offset = 0) =>
        Store(body.Get(1).Get(local), kind, output, offset);

    /// <summary>Writes a mark to the row: that execution came here.</summary>
    public static Body Mark(Body body, int n, uint output, uint offset = 0) => Store(body.Get(1).I32(n), ValKind.I32, output, offset);

    public void Act(CaseAction action) => _actions.Add(action);

    /// <summary>Reads the hash of a memory at the end.</summary>
    public void Digest(string export) => _actions.Add(new CaseAction.Digest(0, export));

    /// <summary>Makes memory 0 at once, when others shall follow it.</summary>
    public void MakeMemory()
    {
        if (_hasMemory) return;
        _hasMemory = true;
        uint mem = Module.Memory(new MemType(Addr, new Limits(_pages, MostPages), IsShared));
        if (mem != 0) throw new UnreachableException("memory 0 is the rig's");
        Module.Export("mem", ExternKind.Memory, 0);
    }

    /// <summary>The case.</summary>
    public FuzzCase Finish(bool isRelaxed = false)
    {
        MakeMemory();
        Module.Data(_rows, 0, Addr, First);
        var actions = ImmutableArray.CreateBuilder<CaseAction>(_actions.Count + 2);
        actions.Add(new CaseAction.Instantiate(0));
        actions.AddRange(_actions);
        int used = (int)(_nextOutput - _outputs);
        ImmutableArray<NaNPlaces> nans = [];
        if (used > 0)
        {
            if (_sets.AsSpan(0, used / 4).ContainsAnyExcept(NaNSet.Exact)) nans = [new NaNPlaces(actions.Count, [.. _sets.AsSpan(0, used / 4)])];
            actions.Add(new CaseAction.Memory(0, "mem", (int)_outputs, used));
        }
        var module = Module.Build();
        return new FuzzCase
        {
            Modules = [new FuzzModule(module)],
            Actions = actions.ToImmutable(),
            Features = FeatureUse.Of(module),
            NaNs = nans,
            IsRelaxed = isRelaxed,
            Weight = Math.Max(Weight, 1),
        };
    }

    // Types

    public static uint SizeOf(ValKind kind) => kind switch
    {
        ValKind.I32 or ValKind.F32 => 4,
        ValKind.I64 or ValKind.F64 => 8,
        ValKind.V128 => 16,
        ValKind.Bot or ValKind.Ref or _ => throw new UnreachableException($"size of {kind}"),
    };

    public static ValType TypeOf(ValKind kind) => kind switch
    {
        ValKind.I32 => ValType.I32,
        ValKind.I64 => ValType.I64,
        ValKind.F32 => ValType.F32,
        ValKind.F64 => ValType.F64,
        ValKind.V128 => ValType.V128,
        ValKind.Bot or ValKind.Ref or _ => throw new UnreachableException($"type of {kind}"),
    };

    public static Op LoadOf(ValKind kind) => kind switch
    {
        ValKind.I32 => Op.I32Load,
        ValKind.I64 => Op.I64Load,
        ValKind.F32 => Op.F32Load,
        ValKind.F64 => Op.F64Load,
        ValKind.V128 => Op.V128Load,
        ValKind.Bot or ValKind.Ref or _ => throw new UnreachableException($"load of {kind}"),
    };

    public static Op StoreOf(ValKind kind) => kind switch
    {
        ValKind.I32 => Op.I32Store,
        ValKind.I64 => Op.I64Store,
        ValKind.F32 => Op.F32Store,
        ValKind.F64 => Op.F64Store,
        ValKind.V128 => Op.V128Store,
        ValKind.Bot or ValKind.Ref or _ => throw new UnreachableException($"store of {kind}"),
    };

    /// <summary>A random number or vector type that may be used.</summary>
    public ValKind AnyKind() => (ValKind)((int)ValKind.I32 + D.Below(Has(Features.Simd) ? 5 : 4));

    /// <summary>A lane type to read bits of a kind as; of vectors any.</summary>
    public LaneType AnyLane(ValKind kind) => kind == ValKind.V128 ? (LaneType)D.Below(6) : Values.LaneOf(kind);
}
