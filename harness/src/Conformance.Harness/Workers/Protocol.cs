namespace Conformance.Harness.Workers;

/// <summary>The words of the worker protocol (<c>harness/PROTOCOL.md</c>).</summary>
public static class Protocol
{
    public const int Version = 1;

    public const string Hello = "hello", Reset = "reset", Define = "define", Load = "load", Instantiate = "instantiate", Register = "register",
        Invoke = "invoke", Get = "get", Memory = "memory", Table = "table", Share = "share", Cases = "cases", Batch = "batch", Bye = "bye";

    /// <summary>The requests that every worker answers.</summary>
    public static IReadOnlyList<string> Obligatory { get; } = [Hello, Reset, Load, Bye];

    /// <summary>The requests that a worker declares.</summary>
    public static IReadOnlyList<string> Optional { get; } = [Define, Instantiate, Register, Invoke, Get, Memory, Table, Share, Cases, Batch];

    /// <summary>The types of values that may cross.</summary>
    public static IReadOnlyList<string> ValueTypes { get; } = ["i32", "i64", "f32", "f64", "v128", "ref"];

    /// <summary>The host module that turns references and exceptions into numbers.</summary>
    public const string HostModule = "conformance", HostExtern = "extern", HostNumber = "number", HostRethrow = "rethrow";
}

/// <summary>A worker said something that the protocol does not allow.</summary>
public sealed class ProtocolException(string message) : Exception(message);
