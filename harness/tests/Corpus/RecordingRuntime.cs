using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Execution;

namespace Conformance.Harness.Tests.Corpus;

/// <summary>A runtime that does what another does, and keeps the kinds of all traps.</summary>
internal sealed class RecordingRuntime(IRuntime inner) : IRuntime
{
    private readonly HashSet<TrapKind> _traps = [];

    public RuntimeInfo Info => inner.Info with { Steppable = false, Direct = false };

    public IReadOnlyCollection<TrapKind> Traps
    {
        get
        {
            lock (_traps) return [.. _traps];
        }
    }

    public IStore CreateStore(StoreRequest request) => new Store(this, inner.CreateStore(request with { Beside = (request.Beside as Store)?.Inner }));

    private Outcome Record(Outcome outcome)
    {
        if (outcome is Outcome.Trapped trap)
            lock (_traps) _traps.UnionWith(trap.Kinds);
        return outcome;
    }

    private sealed class Store(RecordingRuntime runtime, IStore inner) : IStore
    {
        public IStore Inner => inner;

        public void Define(HostModule module) => inner.Define(module);

        public Outcome Load(ReadOnlyMemory<byte> binary) => inner.Load(binary);

        public Outcome Instantiate(IModule module) => runtime.Record(inner.Instantiate(module));

        public void Register(string name, IInstance instance) => inner.Register(name, instance);

        public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments) => runtime.Record(inner.Invoke(instance, name, arguments));

        public Outcome Get(IInstance instance, string name) => inner.Get(instance, name);

        public Outcome Share(IInstance instance, IStore other) => inner.Share(instance, ((Store)other).Inner);

        public void Interrupt() => inner.Interrupt();

        public void Dispose() => inner.Dispose();
    }
}
