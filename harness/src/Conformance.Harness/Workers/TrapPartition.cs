using System.Collections.Immutable;
using System.Text;
using Wasm.Execution;

namespace Conformance.Harness.Workers;

/// <summary>
/// What the messages of an engine stand for, as measured: the kinds of trap whose probes gave the message, and the messages that mean that a resource
/// was exhausted, or that a suspension reached the outside. Numbers in messages do not count.
/// </summary>
/// <param name="Kinds">By message, the kinds.</param>
/// <param name="Exhaustions">The messages of exhaustion that come as traps.</param>
/// <param name="Suspensions">The messages of suspensions that come as traps.</param>
public sealed record TrapPartition(ImmutableSortedDictionary<string, ImmutableArray<TrapKind>> Kinds, ImmutableSortedSet<string> Exhaustions, ImmutableSortedSet<string> Suspensions)
{
    public static TrapPartition Empty { get; } = new(ImmutableSortedDictionary.Create<string, ImmutableArray<TrapKind>>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal), ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>The kinds that a message may stand for; none when no probe gave it.</summary>
    public ImmutableArray<TrapKind> Of(string message) => Kinds.GetValueOrDefault(Shape(message), []);

    public bool IsExhaustion(string message) => Exhaustions.Contains(Shape(message)) && !Kinds.ContainsKey(Shape(message));

    public bool IsSuspension(string message) => Suspensions.Contains(Shape(message)) && !Kinds.ContainsKey(Shape(message));

    public TrapPartition With(string message, TrapKind kind)
    {
        string shape = Shape(message);
        var kinds = Kinds.GetValueOrDefault(shape, []);
        return kinds.Contains(kind) ? this : this with { Kinds = Kinds.SetItem(shape, [.. kinds.Add(kind).Order()]) };
    }

    public TrapPartition WithExhaustion(string message) => this with { Exhaustions = Exhaustions.Add(Shape(message)) };

    public TrapPartition WithSuspension(string message) => this with { Suspensions = Suspensions.Add(Shape(message)) };

    /// <summary>The message with <c>#</c> for every number.</summary>
    public static string Shape(string message)
    {
        var shape = new StringBuilder(message.Length);
        foreach (char c in message)
            if (!char.IsAsciiDigit(c)) shape.Append(c);
            else if (shape.Length == 0 || shape[^1] != '#') shape.Append('#');
        return shape.ToString();
    }
}
