using System.Collections.Immutable;
using Conformance.Harness.Cases;
using Conformance.Harness.Runtimes;
using Conformance.Runtimes.Reference;

namespace Conformance.Fuzz.Tests.Campaigns;

/// <summary>The reference, but for a bit of some memories: a worker of it has something to be found, with no native engine.</summary>
internal sealed class LyingRuntime : IRuntime
{
    private readonly ReferenceRuntime _honest = new();

    public RuntimeInfo Info => _honest.Info with { Name = "liar" };

    public IStore CreateStore(StoreRequest request) => new Store(_honest.CreateStore(request));

    private sealed class Store(IStore honest) : IStore
    {
        public byte[]? ReadMemory(IInstance instance, string name, ulong offset, int length)
        {
            byte[]? bytes = honest.ReadMemory(instance, name, offset, length);
            if (bytes is { Length: > 64 } && MemoryHash.Of(bytes) % 4 == 0) bytes[7] ^= 1;
            return bytes;
        }

        public void Define(HostModule module) => honest.Define(module);

        public Outcome Load(ReadOnlyMemory<byte> binary) => honest.Load(binary);

        public Outcome Instantiate(IModule module) => honest.Instantiate(module);

        public void Register(string name, IInstance instance) => honest.Register(name, instance);

        public Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments) => honest.Invoke(instance, name, arguments);

        public Outcome Get(IInstance instance, string name) => honest.Get(instance, name);

        public void Interrupt() => honest.Interrupt();

        public void Dispose() => honest.Dispose();
    }
}
