using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Binary;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Tests.Scripts;

/// <summary>
/// A runtime that executes nothing: what a module or a function does is told by the names of its exports, so that tests of the runner show
/// every outcome.
/// </summary>
internal sealed class FakeRuntime : IRuntime
{
    public RuntimeInfo Info { get; init; } = new() { Name = "fake", Version = "1", Features = Features.All, Threads = true };

    /// <summary>What was asked of all stores, in order.</summary>
    public List<string> Requests { get; } = [];

    public IStore CreateStore(StoreRequest request) => new FakeStore(this, request);

    internal void Note(string request)
    {
        lock (Requests) Requests.Add(request);
    }

    private sealed record FakeModule(Module Module) : IModule;

    /// <param name="Number">Instances are numbered from 1; reading the global <c>n</c> tells it.</param>
    private sealed record FakeInstance(Module Module, int Number) : IInstance;

    private sealed class FakeStore(FakeRuntime runtime, StoreRequest request) : IStore
    {
        private readonly Dictionary<string, FakeInstance?> _registry = new(StringComparer.Ordinal);
        private readonly ManualResetEventSlim _interrupt = new();
        private int _instances;

        public void Define(HostModule module) => _registry[module.Name] = null;

        public Outcome Load(ReadOnlyMemory<byte> binary)
        {
            Module module;
            try
            {
                module = BinaryDecoder.Decode(binary, request.Profile);
            }
            catch (MalformedException e)
            {
                return new Outcome.Malformed(e.Message, e.At);
            }
            foreach (var export in module.Exports)
                switch (export.Name)
                {
                    case "invalid": return new Outcome.Invalid("type mismatch: more");
                    case "unsupported": return new Outcome.Unsupported("the fake lacks it");
                    case "limit": return new Outcome.AdapterLimit("the adapter lacks it");
                    case "crash on load": throw new InvalidOperationException("boom");
                    default: break;
                }
            return new Outcome.Loaded(new FakeModule(module));
        }

        public Outcome Instantiate(IModule module)
        {
            var m = ((FakeModule)module).Module;
            foreach (var import in m.Imports)
                if (!_registry.ContainsKey(import.Module)) return new Outcome.Unlinkable("unknown import");
            foreach (var export in m.Exports)
                switch (export.Name)
                {
                    case "start trap": return new Outcome.Trapped(TrapKind.Unreachable, "unreachable");
                    case "start throw": return new Outcome.Threw("t", []);
                    default: break;
                }
            return new Outcome.Instantiated(new FakeInstance(m, ++_instances));
        }

        public void Register(string name, IInstance instance)
        {
            runtime.Note($"register {name} {((FakeInstance)instance).Number}");
            _registry[name] = (FakeInstance)instance;
        }

        public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments)
        {
            runtime.Note($"invoke {((FakeInstance)instance).Number} {name}");
            if (!((FakeInstance)instance).Module.Exports.Any(e => e.Name == name)) return new Outcome.Inapplicable("undefined export");
            switch (name)
            {
                case "echo": return new Outcome.Returned(arguments);
                case "trap": return new Outcome.Trapped(TrapKind.Unreachable, "unreachable");
                case "throw": return new Outcome.Threw("t", []);
                case "exhaust": return new Outcome.Exhausted("call stack exhausted");
                case "crash": throw new InvalidOperationException("boom");
                case "unsupported call": return new Outcome.Unsupported("the fake lacks it");
                case "hang":
                    _interrupt.Wait();
                    return new Outcome.TimedOut("interrupted");
                default: return new Outcome.Returned([]);
            }
        }

        public Outcome Get(IInstance instance, string name) => name == "n" ? new Outcome.Returned([Value.I32((uint)((FakeInstance)instance).Number)]) : new Outcome.Inapplicable("undefined export");

        public Outcome Share(IInstance instance, IStore other) => new Outcome.Instantiated(instance);

        public void Interrupt() => _interrupt.Set();

        public void Dispose() => _interrupt.Dispose();
    }
}
