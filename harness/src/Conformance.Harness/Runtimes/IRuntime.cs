using System.Collections.Immutable;
using Conformance.Harness.Cases;
using Wasm.Syntax;

namespace Conformance.Harness.Runtimes;

/// <summary>
/// A runtime under test. The operations are those of the specification's appendix "Embedding" (7.1), cut so that a runtime in another process
/// can do them: requests name modules, instances and exports, and answers are <see cref="Outcome"/>s.
/// Requests never throw for a bad module or action; what escapes them is a crash of the runtime.
/// </summary>
public interface IRuntime
{
    RuntimeInfo Info { get; }

    /// <summary>A new store that shares nothing with others but memories transferred by <see cref="IStore.Share"/>.</summary>
    IStore CreateStore(StoreRequest request);
}

/// <summary>What a runtime is and what it can tell.</summary>
public sealed record RuntimeInfo
{
    /// <summary>The name in reports and of its expectations file.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>The features it supports. A command that needs another is the runtime's to answer with <see cref="Outcome.Unsupported"/>.</summary>
    public required Features Features { get; init; }

    /// <summary>Whether it tells malformed modules from invalid ones. If not, its outcome for both is <see cref="Outcome.Rejected"/>.</summary>
    public bool DistinguishesMalformed { get; init; } = true;

    /// <summary>Whether modules can be held to fewer features than it has.</summary>
    public bool ObeysProfiles { get; init; }

    /// <summary>Whether it tells which tag an exception has that leaves an action. If not, a tag of null says nothing.</summary>
    public bool TellsTags { get; init; } = true;

    /// <summary>Whether its messages are meant to be the suite's, so that less than a prefix is a failure by default.</summary>
    public bool SpeaksSuiteMessages { get; init; }

    /// <summary>Whether stores of several threads can share memories.</summary>
    public bool Threads { get; init; }

    /// <summary>Whether its stores are <see cref="ISteppableStore"/>s, which the deterministic scheduler needs.</summary>
    public bool Steppable { get; init; }

    /// <summary>Whether it can run a parsed module itself (<see cref="IStore.LoadDirect"/>).</summary>
    public bool Direct { get; init; }
}

/// <summary>What a store is made for.</summary>
/// <param name="Profile">The features and version that modules are held to.</param>
/// <param name="Output">Where the host's print functions write, or null.</param>
/// <param name="Scheduled">Whether invocations are going to be stepped (<see cref="ISteppableStore"/>).</param>
/// <param name="Beside">The store of the same script's first thread, for a runtime whose stores can share memories only in one process; null for that store itself.</param>
/// <param name="Emitted">Where <see cref="HostItem.Emit"/> gives its arguments. Only a store with it tells the <see cref="Outcome.Threw.Export"/> of a tag.</param>
public sealed record StoreRequest(Profile Profile, Action<string>? Output = null, bool Scheduled = false, IStore? Beside = null, Action<Value>? Emitted = null);

/// <summary>A decoded and validated module of one runtime.</summary>
public interface IModule;

/// <summary>A module instance of one store.</summary>
public interface IInstance;

/// <summary>A store: instances by handle, and a registry of instances by name that imports are resolved from.</summary>
public interface IStore : IDisposable
{
    /// <summary>Defines a host module and registers it under its name. Items that the runtime cannot express are left out.</summary>
    void Define(HostModule module);

    /// <summary><c>module_decode</c> and <c>module_validate</c>: <see cref="Outcome.Loaded"/>, or which phase refused.</summary>
    Outcome Load(ReadOnlyMemory<byte> binary);

    /// <summary>Validates a parsed module without encoding it. Only where <see cref="RuntimeInfo.Direct"/> says so.</summary>
    Outcome LoadDirect(Module module) => new Outcome.AdapterLimit("this runtime takes modules in binary form only");

    /// <summary>
    /// <c>module_instantiate</c>: resolves all imports in the registry by name, matches their types, allocates, runs active segments and the start function.
    /// What a failed instantiation has written stays written.
    /// </summary>
    Outcome Instantiate(IModule module);

    /// <summary>Makes an instance's exports importable under a name. A later registration of the name replaces it.</summary>
    void Register(string name, IInstance instance);

    /// <summary>Invokes an exported function.</summary>
    Outcome Invoke(IInstance instance, string name, ImmutableArray<Value> arguments);

    /// <summary>
    /// Invokes an exported function of type [i32] -> [] with 0, 1, … <paramref name="count"/> - 1, whatever becomes of each, and reports those that did not
    /// return nothing.
    /// </summary>
    void Sweep(IInstance instance, string name, int count, Action<int, Outcome> ended)
    {
        for (int i = 0; i < count; i++)
            if (Invoke(instance, name, [Value.I32((uint)i)]) is var outcome and not Outcome.Returned { Values.IsEmpty: true }) ended(i, outcome);
    }

    /// <summary>Reads an exported global.</summary>
    Outcome Get(IInstance instance, string name);

    /// <summary>Reads bytes of an exported memory, for state comparison and reports: <paramref name="length"/> bytes or fewer at the end; null when there is no such memory.</summary>
    byte[]? ReadMemory(IInstance instance, string name, ulong offset, int length) => null;

    /// <summary>The length in bytes of an exported memory and the hash of its bytes (<see cref="MemoryHash"/>); null when there is no such memory.</summary>
    (ulong Length, uint Hash)? Digest(IInstance instance, string name) =>
        ReadMemory(instance, name, 0, int.MaxValue) is { } bytes ? ((ulong)bytes.Length, MemoryHash.Of(bytes)) : null;

    /// <summary>Reads elements of an exported table, for state comparison: <paramref name="length"/> of them or fewer at the end; null when there is no such table.</summary>
    ImmutableArray<Value>? ReadTable(IInstance instance, string name, ulong offset, int length) => null;

    /// <summary>
    /// Makes an instance whose exports are all shared memories known to another thread's store, as <see cref="Outcome.Instantiated"/>;
    /// <see cref="Outcome.Inapplicable"/> when it exports something else.
    /// </summary>
    Outcome Share(IInstance instance, IStore other) => new Outcome.Unsupported("the runtime cannot share memories between threads");

    /// <summary>
    /// Makes the running request, and any later one, end soon with <see cref="Outcome.TimedOut"/>. May be called from another thread.
    /// A runtime that cannot do that must be in a process of its own, which its adapter ends.
    /// </summary>
    void Interrupt();
}

/// <summary>A store whose invocations can be paused before each access to a shared memory.</summary>
public interface ISteppableStore : IStore
{
    /// <summary>Begins an invocation without running it.</summary>
    IExecution Begin(IInstance instance, string name, ImmutableArray<Value> arguments);
}

/// <summary>A paused invocation of one thread.</summary>
public interface IExecution
{
    /// <summary>Runs to the next access to a shared memory and stops before it, or to the end. The first step of an execution runs to its first access.</summary>
    ExecutionState Step();

    /// <summary>How the invocation ended, when <see cref="Step"/> said <see cref="ExecutionState.Ended"/>.</summary>
    Outcome Outcome { get; }

    /// <summary>Whether a waiting execution has been notified and may go on.</summary>
    bool CanResume { get; }

    /// <summary>Whether the wait has a time limit, so that it may also end by time.</summary>
    bool CanTimeOut { get; }

    /// <summary>Ends a wait by time.</summary>
    void TimeOut();
}

public enum ExecutionState
{
    /// <summary>Paused before an access to shared memory.</summary>
    Paused,

    /// <summary>Suspended in <c>memory.atomic.wait</c>.</summary>
    Waiting,
    Ended,
}
