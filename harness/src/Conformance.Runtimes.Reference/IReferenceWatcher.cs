using Wasm.Execution;
using Wasm.Validation;

namespace Conformance.Runtimes.Reference;

/// <summary>
/// Watches what the reference does: for coverage. Without a watcher the machine that runs is the one without observation. Calls come from the
/// threads of the stores. Start functions and calls back from the host are watched as well.
/// </summary>
public interface IReferenceWatcher
{
    /// <summary>A module was found valid.</summary>
    void Valid(ModuleInfo module);

    /// <summary>An instruction is about to run.</summary>
    void Before(in Step step);

    /// <summary>An invocation or an instantiation ended after its last step: in a trap, an exception or otherwise; null when it returned.</summary>
    void Ended(Exception? failure);
}

/// <summary>Gives the steps of a machine to a watcher.</summary>
internal readonly struct WatchingObserver(IReferenceWatcher watcher) : IObserver
{
    public static bool IsActive => true;

    public void Before(in Step step) => watcher.Before(step);
}
