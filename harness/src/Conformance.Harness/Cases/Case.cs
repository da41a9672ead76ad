using System.Collections.Immutable;
using Conformance.Harness.Runtimes;
using Wasm.Syntax;

namespace Conformance.Harness.Cases;

/// <summary>
/// A script that crosses to an engine in one request and is answered in one: modules in binary form and what is done with them, in a store of its
/// own. Only i32 and i64 cross as arguments and results, so every engine can run it as it stands: the modules themselves turn everything else into
/// integers. Imports are resolved in a registry, which at first holds the host module of <see cref="CaseHost"/>.
/// </summary>
/// <param name="Modules">The modules' bytes.</param>
/// <param name="Actions">What is done, in order.</param>
public sealed record Case(ImmutableArray<byte[]> Modules, ImmutableArray<CaseAction> Actions);

/// <summary>
/// One action of a case. Instances are numbered by the <see cref="Instantiate"/> actions, from 0, failed ones included; an action on an instance that
/// does not exist is not run (<see cref="ActionResult.NotRun"/>).
/// </summary>
public abstract record CaseAction
{
    private CaseAction() { }

    /// <summary>The module that it takes, or null when it takes none.</summary>
    public int? OfModule() => this switch
    {
        Load a => a.Module,
        Parse a => a.Module,
        Instantiate a => a.Module,
        _ => null,
    };

    /// <summary>The instance that it acts on and the name of the export, or null when it acts on none.</summary>
    public (int Instance, string Name)? OnExport() => this switch
    {
        Invoke a => (a.Instance, a.Name),
        Sweep a => (a.Instance, a.Name),
        Memory a => (a.Instance, a.Name),
        Digest a => (a.Instance, a.Name),
        Get a => (a.Instance, a.Name),
        _ => null,
    };

    /// <summary>Decodes and validates a module, and nothing else.</summary>
    public sealed record Load(int Module) : CaseAction;

    /// <summary>
    /// Parses a module, whose bytes are its text. Only parsers are asked: it does not cross to engines, which get binaries.
    /// </summary>
    public sealed record Parse(int Module) : CaseAction;

    /// <summary>Decodes, validates and instantiates a module; its exports become importable under the name, when there is one.</summary>
    public sealed record Instantiate(int Module, string? As = null) : CaseAction;

    /// <summary>Invokes an export with i32 and i64 arguments; its results are of these types too.</summary>
    public sealed record Invoke(int Instance, string Name, ImmutableArray<Value> Args) : CaseAction;

    /// <summary>The most invocations of a sweep.</summary>
    public const int MostSwept = 1 << 24;

    /// <summary>Invokes an export of type [i32] -> [] with 0, 1, … <paramref name="Count"/> - 1; what fails does not end the sweep.</summary>
    public sealed record Sweep(int Instance, string Name, int Count) : CaseAction;

    /// <summary>Reads bytes of an exported memory.</summary>
    public sealed record Memory(int Instance, string Name, int Offset, int Length) : CaseAction;

    /// <summary>Reads the length of an exported memory in bytes and the hash of its bytes (<see cref="MemoryHash"/>).</summary>
    public sealed record Digest(int Instance, string Name) : CaseAction;

    /// <summary>Reads an exported global of type i32 or i64.</summary>
    public sealed record Get(int Instance, string Name) : CaseAction;
}

/// <summary>
/// The host module <c>host</c> of every case. <c>emit32</c> : [i32] -> [] and <c>emit64</c> : [i64] -> [] append to the trace of the running action.
/// <c>back</c> : [i32] -> [i32] calls the export <c>back</c>, of the same type, of the latest complete instance that has one, and returns what that
/// returns; a trap or an exception of it passes through. While there is none it returns its argument plus 1. (No module exports a function of that
/// name and of another type: the engines behind JavaScript could not tell.)
/// </summary>
public static class CaseHost
{
    /// <summary>The module as data.</summary>
    public static HostModule Module { get; } = new(Name, [new HostItem.Emit(Emit32, ValType.I32), new HostItem.Emit(Emit64, ValType.I64), new HostItem.Back(Back)]);

    public const string Name = "host";
    public const string Emit32 = "emit32";
    public const string Emit64 = "emit64";
    public const string Back = "back";
}

/// <summary>The answer to a case.</summary>
/// <param name="Results">One result an action, in order; fewer when an engine was lost, whose loss is then the last one.</param>
public sealed record CaseResult(ImmutableArray<ActionResult> Results);

/// <summary>How an action ended, and what it did to be seen.</summary>
public abstract record ActionResult
{
    private ActionResult() { }

    /// <summary>What the host's emit functions were given during the action, in order; i32 and i64 are told apart.</summary>
    public ImmutableArray<Value> Trace { get; init; } = [];

    /// <summary>
    /// A module is valid or an instance was made (returned with no values), an invocation or a global's value; or any other outcome. The tag of an
    /// exception is <c>INSTANCE:EXPORT</c>, the first export that is the tag of the instance with the lowest number, or null when none exports it; its
    /// payload is told when the tag is and all of it is i32 and i64.
    /// </summary>
    public sealed record Ended(Outcome Outcome) : ActionResult;

    /// <summary>For each invocation of a sweep its outcome; those that returned nothing are null.</summary>
    public sealed record Swept(ImmutableArray<Outcome?> Outcomes) : ActionResult;

    /// <summary>Bytes of a memory, fewer at its end.</summary>
    public sealed record Bytes(byte[] Data) : ActionResult;

    /// <summary>A memory's length in bytes and hash.</summary>
    public sealed record Digested(ulong Length, uint Hash) : ActionResult;

    /// <summary>The binary of a text.</summary>
    public sealed record Parsed(byte[] Binary) : ActionResult;

    /// <summary>The action's instance does not exist.</summary>
    public sealed record NotRun : ActionResult;
}
