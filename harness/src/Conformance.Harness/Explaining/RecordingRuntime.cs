using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Explaining;

/// <summary>What a runtime was asked last and how that ended.</summary>
/// <param name="Request">Such as <c>load</c> or <c>invoke "f"</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Binary">The module concerned, where the kit knows it.</param>
/// <param name="Export">The export concerned, or null.</param>
public sealed record Recorded(string Request, Outcome Outcome, ReadOnlyMemory<byte>? Binary, string? Export);

/// <summary>A runtime that passes all requests on and keeps the last of them. For one script at a time.</summary>
public sealed class RecordingRuntime(IRuntime runtime) : IRuntime
{
    public RuntimeInfo Info => runtime.Info with { Steppable = false, Threads = false };

    /// <summary>The last request, or null before the first.</summary>
    public Recorded? Last { get; private set; }

    public IStore CreateStore(StoreRequest request) => new RecordingStore(this, runtime.CreateStore(request));

    private sealed class RecordingStore(RecordingRuntime recorder, IStore store) : IStore
    {
        private readonly Dictionary<IModule, ReadOnlyMemory<byte>> _binaries = [];
        private readonly Dictionary<IInstance, ReadOnlyMemory<byte>> _modules = [];

        public void Define(HostModule module) => store.Define(module);

        public Outcome Load(ReadOnlyMemory<byte> binary)
        {
            var outcome = store.Load(binary);
            if (outcome is Outcome.Loaded { Module: var module }) _binaries[module] = binary;
            return Keep("load", outcome, binary, null);
        }

        public Outcome LoadDirect(Module module) => Keep("load", store.LoadDirect(module), null, null);

        public Outcome Instantiate(IModule module)
        {
            var outcome = store.Instantiate(module);
            ReadOnlyMemory<byte>? binary = _binaries.TryGetValue(module, out var known) ? known : null;
            if (outcome is Outcome.Instantiated { Instance: var instance } && binary is { } bytes) _modules[instance] = bytes;
            return Keep("instantiate", outcome, binary, null);
        }

        public void Register(string name, IInstance instance) => store.Register(name, instance);

        public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments) =>
            Keep($"invoke \"{name}\"", store.Invoke(instance, name, arguments), _modules.TryGetValue(instance, out var binary) ? binary : null, name);

        public Outcome Get(IInstance instance, string name) =>
            Keep($"get \"{name}\"", store.Get(instance, name), _modules.TryGetValue(instance, out var binary) ? binary : null, name);

        public byte[]? ReadMemory(IInstance instance, string name, ulong offset, int length) => store.ReadMemory(instance, name, offset, length);

        public ImmutableArray<Value>? ReadTable(IInstance instance, string name, ulong offset, int length) => store.ReadTable(instance, name, offset, length);

        public void Interrupt() => store.Interrupt();

        public void Dispose() => store.Dispose();

        private Outcome Keep(string request, Outcome outcome, ReadOnlyMemory<byte>? binary, string? export)
        {
            recorder.Last = new(request, outcome, binary, export);
            return outcome;
        }
    }
}
