using System.Collections.Immutable;
using Wasm.Syntax;
using Wasm.Validation;

namespace Wasm.Execution;

/// <summary>
/// The store (4.2.3): makes instances and runs them. A store and all it reaches belong to one thread at a time, but for shared memories, which any
/// number of stores may import, and <see cref="Interrupt"/>. Disposing a store gives the bytes of its own memories back at once; otherwise the
/// collector does.
/// </summary>
public sealed partial class Store(Engine engine, StoreOptions? options = null) : IDisposable
{
    private readonly List<WeakReference<MemInst>> _mems = [];

    public Engine Engine { get; } = engine;

    public StoreOptions Options { get; } = options ?? StoreOptions.Default;

    /// <summary>The steps left, or null when <see cref="StoreOptions.Fuel"/> is; may be set between calls.</summary>
    public ulong? Fuel { get; set; } = options?.Fuel;

    /// <summary>The bytes that structures, arrays, exceptions and continuations have allocated so far.</summary>
    public ulong Allocated { get; private set; }

    /// <summary><c>func_alloc</c> of a host function.</summary>
    /// <param name="type">The type; reference types in it are closed (defined types, no indices).</param>
    /// <param name="code">What it does.</param>
    /// <param name="name">A name for backtraces.</param>
    public HostFunc AllocFunc(FuncType type, HostCode code, string? name = null) => AllocFunc(Engine.Of(type), code, name);

    /// <summary><c>func_alloc</c> of a host function with a defined type, which must expand to a function type.</summary>
    public HostFunc AllocFunc(DefType type, HostCode code, string? name = null) => new(type, code, name);

    /// <summary><c>table_alloc</c>: a table of the type's minimum size, filled with <paramref name="init"/>.</summary>
    /// <exception cref="Exhaustion">The minimum exceeds <see cref="StoreOptions.MaxTableElements"/>.</exception>
    public TableInst AllocTable(TableType type, Val init) => new(type, init.Ref, Options.MaxTableElements);

    /// <summary><c>mem_alloc</c>: a memory of the type's minimum size, zeros.</summary>
    /// <exception cref="Exhaustion">The minimum exceeds <see cref="StoreOptions.MaxMemoryBytes"/>, or the system refuses the addresses.</exception>
    public MemInst AllocMem(MemType type)
    {
        var mem = new MemInst(type, Options.MaxMemoryBytes);
        if (!type.Shared) _mems.Add(new(mem));
        return mem;
    }

    /// <summary><c>global_alloc</c>.</summary>
    public GlobalInst AllocGlobal(GlobalType type, Val value) => new(type, value);

    /// <summary><c>tag_alloc</c>: a new tag; two are never the same.</summary>
    public TagInst AllocTag(FuncType type) => new(Engine.Of(type));

    /// <summary><c>tag_alloc</c> with a defined type, which must expand to a function type.</summary>
    public TagInst AllocTag(DefType type) => new(type);

    /// <summary><c>exn_alloc</c>: an exception with a payload of the tag's parameter types.</summary>
    public ExnInst AllocExn(TagInst tag, params ReadOnlySpan<Val> fields)
    {
        CheckArguments(tag.FuncType.Params, fields);
        var nums = new V128[fields.Length];
        object?[] refs = new object?[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            nums[i] = fields[i].Bits;
            refs[i] = fields[i].Ref;
        }
        return new ExnInst(tag, nums, refs);
    }

    /// <summary><c>func_invoke</c>.</summary>
    /// <param name="func">A function of this store.</param>
    /// <param name="args">One value for each parameter, of its type.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the function's type.</exception>
    /// <exception cref="Trap">Execution trapped.</exception>
    /// <exception cref="Thrown">An exception was not caught.</exception>
    /// <exception cref="Suspended">A suspension found no handler.</exception>
    /// <exception cref="Exhaustion">A limit was reached, or another thread interrupted.</exception>
    public Val[] Invoke(FuncInst func, params ReadOnlySpan<Val> args)
    {
        var machine = Starter is { } starter ? starter(func, args) : Start(func, args);
        machine.Run();
        return machine.Finish();
    }

    /// <summary>How <see cref="Invoke"/> begins a call, start functions included; null for the machine without an observer.</summary>
    public MachineStarter? Starter { get; set; }

    /// <summary>
    /// Begins a call that the caller runs step by step (<see cref="Machine.Run"/>), or whose outcome it takes without .NET exceptions.
    /// </summary>
    /// <exception cref="ArgumentException">The arguments do not fit the function's type.</exception>
    public Machine Start(FuncInst func, params ReadOnlySpan<Val> args) => Start(func, new NoObserver(), args);

    /// <summary>Begins a call that an observer watches.</summary>
    /// <inheritdoc cref="Start(FuncInst, ReadOnlySpan{Val})"/>
    public Machine<TObserver> Start<TObserver>(FuncInst func, TObserver observer, params ReadOnlySpan<Val> args) where TObserver : struct, IObserver
    {
        CheckArguments(func.FuncType.Params, args);
        return new Machine<TObserver>(this, func, args, observer);
    }

    /// <summary>
    /// <c>module_instantiate</c>: links, allocates, runs active segments and the start function. All imports are looked up before the type of any is
    /// compared. When a segment or the start function traps, what was written before stays written; when linking fails nothing was.
    /// </summary>
    /// <param name="module">A valid module of this store's engine.</param>
    /// <param name="resolve">Gives the external value of an import, or null when there is none.</param>
    /// <exception cref="UnlinkableException"><c>unknown import</c> or <c>incompatible import type</c>.</exception>
    /// <exception cref="Trap">A segment is out of bounds, or the start function trapped.</exception>
    /// <exception cref="Thrown">The start function threw.</exception>
    /// <exception cref="Exhaustion">A limit was reached.</exception>
    public ModuleInst Instantiate(ModuleInfo module, Func<Import, Extern?> resolve)
    {
        var inst = Link(module, resolve);
        Allocate(inst);
        RunSegments(inst);
        if (module.Module.Start is { } start) Invoke(inst.Funcs[start.Func]);
        return inst;
    }

    /// <summary><c>module_instantiate</c> with the imports' values in order.</summary>
    /// <inheritdoc cref="Instantiate(ModuleInfo, Func{Import, Extern?})"/>
    public ModuleInst Instantiate(ModuleInfo module, params IReadOnlyList<Extern> imports)
    {
        int next = 0;
        return Instantiate(module, _ => next < imports.Count ? imports[next++] : null);
    }

    /// <summary>Stops the run in progress, and any later one, with <see cref="ExhaustionKind.Interrupted"/>. May be called from any thread.</summary>
    public void Interrupt() => Interrupted = true;

    /// <summary>Lets calls run again after <see cref="Interrupt"/>.</summary>
    public void ClearInterrupt() => Interrupted = false;

    internal volatile bool Interrupted;

    // What machines of this store share.

    private int _hostDepth;

    /// <summary>The frames of the machines that wait for a host function to return.</summary>
    internal int Frames { get; set; }

    internal LoweringOptions LoweringOptions { get; } = LoweringOf(options ?? StoreOptions.Default);

    private static LoweringOptions LoweringOf(StoreOptions options) =>
        (options.Unfused ? LoweringOptions.Unfused : 0)
        | (options.NaN == NaNChoice.Canonical ? LoweringOptions.CanonicalNaN : 0)
        | (options.Scheduled ? LoweringOptions.Scheduled : 0);

    /// <summary>A machine begins to run: false when host functions call back too deep, by count or by the CLR's stack.</summary>
    internal bool EnterHost()
    {
        if (_hostDepth > Options.MaxHostDepth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack()) return false;
        _hostDepth++;
        return true;
    }

    internal void LeaveHost() => _hostDepth--;

    /// <summary>Takes up to so many steps from the fuel.</summary>
    internal int TakeFuel(int steps)
    {
        if (Fuel is not { } fuel) return steps;
        int taken = (int)Math.Min((ulong)steps, fuel);
        Fuel = fuel - (ulong)taken;
        return taken;
    }

    internal void ReturnFuel(int steps)
    {
        if (Fuel is { } fuel) Fuel = fuel + (ulong)steps;
    }

    /// <summary>Charges an allocation; false when the budget is used up.</summary>
    internal bool Allocate(long bytes)
    {
        Allocated += (ulong)bytes;
        return Allocated <= Options.MaxAllocatedBytes;
    }

    /// <summary>Whether values have the types, as <c>func_invoke</c> demands.</summary>
    private static void CheckArguments(ImmutableArray<ValType> types, ReadOnlySpan<Val> args)
    {
        if (args.Length != types.Length) throw new ArgumentException($"wrong number of arguments: {args.Length} given, {types.Length} expected");
        for (int i = 0; i < args.Length; i++)
        {
            if (!RefTypes.HasType(args[i], types[i])) throw new ArgumentException($"wrong type of argument {i}: {args[i]} is not of type {types[i]}");
        }
    }

    public void Dispose()
    {
        foreach (var weak in _mems)
            if (weak.TryGetTarget(out var mem)) mem.Release();
        _mems.Clear();
    }
}
