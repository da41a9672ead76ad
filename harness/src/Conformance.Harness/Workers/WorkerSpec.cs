using System.Collections.Immutable;

namespace Conformance.Harness.Workers;

/// <summary>How to start a worker.</summary>
/// <param name="Name">The runtime's name in reports; of its expectations file.</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Environment">Variables for it beyond the kit's own.</param>
public sealed record WorkerSpec(string Name, ImmutableArray<string> Command, ImmutableDictionary<string, string>? Environment = null);

/// <summary>What a worker is allowed.</summary>
public sealed record WorkerLimits
{
    public static WorkerLimits Default { get; } = new();

    /// <summary>For one request.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For starting and saying hello.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Resident bytes beyond which a worker is ended.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>Resident bytes beyond which a worker is not used for another script.</summary>
    public long Reuse { get; init; } = 384L << 20;
}

/// <summary>No worker could be started, or it does not speak the protocol.</summary>
public sealed class WorkerStartException(string message, Exception? inner = null) : Exception(message, inner);
