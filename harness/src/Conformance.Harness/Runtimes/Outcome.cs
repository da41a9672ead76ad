using System.Collections.Immutable;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Harness.Runtimes;

/// <summary>One frame of a wasm backtrace, innermost first. What a runtime does not tell is null.</summary>
public sealed record BacktraceFrame(string? Module, uint? Function, string? Name, long? FunctionOffset, long? ModuleOffset);

/// <summary>
/// How a request to a runtime ended. The cases are disjoint; adapters translate their runtime's errors into exactly these.
/// A message is the runtime's own, without position.
/// </summary>
public abstract record Outcome
{
    private Outcome() { }

    /// <summary>In words for a report: what happened, with the values or the message.</summary>
    public abstract override string ToString();

    /// <summary>The module was decoded and is valid.</summary>
    public sealed record Loaded(IModule Module) : Outcome
    {
        public override string ToString() => "a valid module";
    }

    /// <summary>The module was instantiated.</summary>
    public sealed record Instantiated(IInstance Instance) : Outcome
    {
        public override string ToString() => "an instance";
    }

    /// <summary>The action returned.</summary>
    public sealed record Returned(ImmutableArray<Value> Values) : Outcome
    {
        public override string ToString() => Value.Text(Values);
    }

    /// <summary>Execution trapped.</summary>
    /// <param name="Kinds">
    /// The kinds that the trap may be, as far as the runtime tells them apart: one for a runtime that tells all, the class of its partition for others,
    /// empty when its message is not in the partition.
    /// </param>
    /// <param name="Message">The runtime's message.</param>
    /// <param name="Backtrace">The wasm frames, innermost first, where the runtime tells them.</param>
    public sealed record Trapped(ImmutableArray<TrapKind> Kinds, string Message, ImmutableArray<BacktraceFrame> Backtrace) : Outcome
    {
        public Trapped(TrapKind kind, string message) : this([kind], message, []) { }

        public override string ToString() => $"trap: {Message}";
    }

    /// <summary>An exception left the action uncaught.</summary>
    /// <param name="Tag">The tag's identity in the runtime's words, or null when it does not tell.</param>
    /// <param name="Values">The payload, or default when it does not tell.</param>
    public sealed record Threw(string? Tag, ImmutableArray<Value> Values) : Outcome
    {
        /// <summary>An export that is the tag: the first one of the oldest complete instance that has one. Null when there is none or nobody asked (<see cref="StoreRequest.Emitted"/>).</summary>
        public (IInstance Instance, string Name)? Export { get; init; }

        public override string ToString() =>
            $"exception{(Tag is null ? "" : $" {Tag}")}{(Values.IsDefaultOrEmpty ? "" : $" with {Value.Text(Values)}")}";
    }

    /// <summary>A resource of the runtime was exhausted, such as its call stack.</summary>
    public sealed record Exhausted(string Message) : Outcome
    {
        public override string ToString() => $"exhaustion: {Message}";
    }

    /// <summary>A suspension reached the outside unhandled.</summary>
    public sealed record Suspended(string Message) : Outcome
    {
        public override string ToString() => $"suspension: {Message}";
    }

    /// <summary>The bytes are not a module.</summary>
    public sealed record Malformed(string Message, Region At = default) : Outcome
    {
        public override string ToString() => $"malformed: {Message}{Position(At)}";
    }

    /// <summary>The module breaks a rule of validation.</summary>
    public sealed record Invalid(string Message, Region At = default) : Outcome
    {
        public override string ToString() => $"invalid: {Message}{Position(At)}";
    }

    /// <summary>The module was refused by a runtime that cannot say in which phase.</summary>
    public sealed record Rejected(string Message) : Outcome
    {
        public override string ToString() => $"rejected: {Message}";
    }

    /// <summary>A custom section or annotation cannot be read.</summary>
    public sealed record MalformedCustom(string Message, Region At = default) : Outcome
    {
        public override string ToString() => $"malformed custom section: {Message}{Position(At)}";
    }

    /// <summary>A custom section or annotation contradicts its module.</summary>
    public sealed record InvalidCustom(string Message, Region At = default) : Outcome
    {
        public override string ToString() => $"invalid custom section: {Message}{Position(At)}";
    }

    /// <summary>The imports do not satisfy the module.</summary>
    public sealed record Unlinkable(string Message) : Outcome
    {
        public override string ToString() => $"unlinkable: {Message}";
    }

    /// <summary>
    /// The request makes no sense for what it names: no such export, an export of another kind, a wrong number or type of arguments.
    /// A fault of the script, never an outcome that an assertion can ask for.
    /// </summary>
    public sealed record Inapplicable(string Why) : Outcome
    {
        public override string ToString() => Why;
    }

    /// <summary>The runtime lacks the feature.</summary>
    public sealed record Unsupported(string Why) : Outcome
    {
        public override string ToString() => $"unsupported: {Why}";
    }

    /// <summary>The adapter cannot do this; the runtime may.</summary>
    public sealed record AdapterLimit(string Why) : Outcome
    {
        public override string ToString() => $"limit of the adapter: {Why}";
    }

    /// <summary>The runtime died, or failed in a way that no other outcome describes.</summary>
    public sealed record Crashed(string Why) : Outcome
    {
        public override string ToString() => $"crash: {Why}";
    }

    /// <summary>The request was interrupted because time was up.</summary>
    public sealed record TimedOut(string Why) : Outcome
    {
        public override string ToString() => $"time out: {Why}";
    }

    private static string Position(Region at) => at == Region.None ? "" : $" at {at}";
}
