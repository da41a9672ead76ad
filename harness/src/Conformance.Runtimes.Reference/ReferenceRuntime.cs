using Conformance.Harness.Runtimes;
using Wasm.Syntax;
using StoreOptions = Wasm.Execution.StoreOptions;

namespace Conformance.Runtimes.Reference;

/// <summary>The reference interpreter as a runtime under test.</summary>
/// <param name="options">Its limits and its choices at each nondeterminism.</param>
/// <param name="watcher">Watches what it does; instructions are then not fused.</param>
public sealed class ReferenceRuntime(StoreOptions? options = null, IReferenceWatcher? watcher = null) : IRuntime
{
    public const string Name = "reference";

    public RuntimeInfo Info { get; } = new()
    {
        Name = Name,
        Version = typeof(ReferenceRuntime).Assembly.GetName().Version!.ToString(3),
        Features = Features.All,
        SpeaksSuiteMessages = true,
        Threads = true,
        Steppable = true,
        Direct = true,
    };

    public IStore CreateStore(StoreRequest request) => new ReferenceStore(request, (options ?? StoreOptions.Default) with
    {
        Scheduled = request.Scheduled,
        Unfused = watcher is not null || options?.Unfused == true,
    }, watcher);
}
