using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Wasmtime.Native;
using Wasm.Syntax;

namespace Conformance.Runtimes.Wasmtime;

/// <summary>
/// Wasmtime in one configuration. Engines are made when a profile first asks for its set of features and live as long as the runtime; stores of
/// one runtime share them, so that memories can cross between threads.
/// </summary>
public sealed class WasmtimeRuntime : IRuntime, IDisposable
{
    /// <summary>The configurations by name.</summary>
    public static ImmutableArray<(string Name, string About, WasmtimeOptions Options)> Configurations { get; } =
    [
        ("wasmtime",                 "Wasmtime, Cranelift optimizing for speed",                       new() { OptLevel = OptLevel.Speed }),
        ("wasmtime-o0",              "Wasmtime, Cranelift without optimization",                       new() { OptLevel = OptLevel.None }),
        ("wasmtime-quick",           "Wasmtime, Cranelift as fast to machine code as it can",          new() { OptLevel = OptLevel.None, SinglePassRegisters = true }),
        ("wasmtime-os",              "Wasmtime, Cranelift optimizing for speed and size",              new() { OptLevel = OptLevel.SpeedAndSize }),
        ("wasmtime-winch",           "Wasmtime, the baseline compiler Winch",                          new() { Compiler = Compiler.Winch }),
        ("wasmtime-pulley",          "Wasmtime, the bytecode interpreter Pulley",                      new() { Compiler = Compiler.Pulley }),
        ("wasmtime-stack-switching", "Wasmtime with stack switching switched on: cont.new ends its process", new() { StackSwitching = true }),
    ];

    private readonly Lock _gate = new();
    private readonly Dictionary<Features, NativeEngine> _engines = [];
    private readonly Dictionary<(NativeEngine, string), NativeModule?> _hostModules = [];
    private NativeEngine? _complete;

    /// <param name="name">The name in reports and of its expectations file.</param>
    /// <param name="options">The configuration.</param>
    /// <exception cref="WasmtimeUnavailableException">The library is not there, or not one that is known.</exception>
    public WasmtimeRuntime(string name, WasmtimeOptions options)
    {
        WasmtimeLibrary.Load();
        Options = options;
        var features = Features.Wasm3 | Features.Threads | Features.CustomPageSizes | Features.WideArithmetic | (options.StackSwitching ? Features.StackSwitching : Features.None);
        Info = new()
        {
            Name = name,
            Version = WasmtimeLibrary.Version,
            Features = EngineConfig.Possible(options.Compiler, features) | (features & ~EngineConfig.Switchable),
            DistinguishesMalformed = false,
            Threads = true,
        };
    }

    /// <summary>A configuration by its name, or null when there is none of that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="adjust">Changes to the configuration's options.</param>
    /// <exception cref="WasmtimeUnavailableException">The library is not there, or not one that is known.</exception>
    public static WasmtimeRuntime? Create(string name, Func<WasmtimeOptions, WasmtimeOptions>? adjust = null)
    {
        foreach (var (known, _, options) in Configurations)
            if (known == name) return new(name, adjust is null ? options : adjust(options));
        return null;
    }

    public RuntimeInfo Info { get; }

    internal WasmtimeOptions Options { get; }

    public IStore CreateStore(StoreRequest request) => new WasmtimeStore(this, request);

    /// <summary>The engine for a profile's features as far as this configuration has them.</summary>
    internal NativeEngine EngineFor(Features features)
    {
        features = EngineConfig.Possible(Options.Compiler, features & Info.Features);
        lock (_gate)
        {
            if (_engines.TryGetValue(features, out var engine)) return engine;
            return _engines[features] = new(new EngineConfig
            {
                Compiler = Options.Compiler,
                OptLevel = Options.OptLevel,
                SinglePassRegisters = Options.SinglePassRegisters,
                EpochInterruption = !Options.Lean,
                UnwindInfo = !Options.Lean,
                Features = features,
                ConsumeFuel = Options.Fuel is not null,
                MaxWasmStack = Options.MaxWasmStack,
                RelaxedSimdDeterministic = Options.RelaxedSimdDeterministic,
            });
        }
    }

    /// <summary>One of the host's own modules, compiled once for an engine; null when the engine refuses it.</summary>
    internal NativeModule? HostModule(NativeEngine engine, byte[] binary)
    {
        var key = (engine, Convert.ToBase64String(binary));
        lock (_gate)
        {
            if (_hostModules.TryGetValue(key, out var known)) return known;
            try
            {
                return _hostModules[key] = engine.Compile(binary);
            }
            catch (WasmtimeException)
            {
                return _hostModules[key] = null;
            }
        }
    }

    /// <summary>
    /// Why an engine has refused a module: it is not one under the profile, or it is and this configuration lacks what it needs. A compiler that
    /// lacks features cannot tell; Cranelift, which has them all, decides then.
    /// </summary>
    internal Outcome Refusal(NativeEngine engine, string message, ReadOnlySpan<byte> binary, Features features)
    {
        var all = EngineConfig.Possible(Compiler.Cranelift, features & (Info.Features | (EngineConfig.Switchable & ~Features.StackSwitching)));
        string decisive = message;
        if (engine.Config.Compiler == Compiler.Winch || engine.Config.Features != all)
            lock (_gate)
            {
                if (_complete?.Config.Features != all)
                {
                    _complete?.Dispose();
                    _complete = new(new EngineConfig { OptLevel = OptLevel.None, Features = all });
                }
                try
                {
                    _complete.Compile(binary).Dispose();
                    decisive = "";
                }
                catch (WasmtimeException e)
                {
                    decisive = e.Message;
                }
            }
        return Messages.IsInvalid(decisive) ? new Outcome.Rejected(Messages.Plain(decisive)) : new Outcome.Unsupported($"{Info.Name} does not compile it: {Messages.Plain(message)}");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var module in _hostModules.Values) module?.Dispose();
            _hostModules.Clear();
            foreach (var engine in _engines.Values) engine.Dispose();
            _engines.Clear();
            _complete?.Dispose();
            _complete = null;
        }
    }
}
