using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Harness.Runtimes;
using Conformance.Harness.Suites;
using Wasm.Syntax;

namespace Conformance.Harness.Workers;

/// <summary>What a worker says of itself in its hello, and what the kit then found out.</summary>
public sealed record WorkerFacts
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required ImmutableHashSet<string> Requests { get; init; }

    public ImmutableDictionary<string, string> Lacks { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The types of values that cross.</summary>
    public required ImmutableHashSet<string> Values { get; init; }

    /// <summary>The features: what was declared, and after probing what was accepted.</summary>
    public required Features Features { get; init; }

    public bool Hosts { get; init; }

    public bool ObeysProfiles { get; init; }

    public bool TellsKinds { get; init; }

    public bool DistinguishesMalformed { get; init; }

    public bool SpeaksSuiteMessages { get; init; }

    public bool Threads { get; init; }

    /// <summary>What the worker's trap messages stand for, when it does not tell kinds itself.</summary>
    public TrapPartition Traps { get; init; } = TrapPartition.Empty;

    /// <summary>A trap with the kinds that its message stands for, or the exhaustion or suspension that it is. What tells kinds itself is left as it is.</summary>
    internal Outcome Explain(Outcome.Trapped trap) =>
        TellsKinds ? trap
        : Traps.IsExhaustion(trap.Message) ? new Outcome.Exhausted(trap.Message)
        : Traps.IsSuspension(trap.Message) ? new Outcome.Suspended(trap.Message)
        : trap with { Kinds = Traps.Of(trap.Message) };

    public bool Has(string request) => Requests.Contains(request);

    /// <summary>Whether values of a type cross as they are.</summary>
    public bool Crosses(ValType type) => Values.Contains(type.Kind switch
    {
        ValKind.I32 => "i32",
        ValKind.I64 => "i64",
        ValKind.F32 => "f32",
        ValKind.F64 => "f64",
        ValKind.V128 => "v128",
        ValKind.Ref => "ref",
        ValKind.Bot or _ => "",
    });

    /// <summary>Why a request cannot be made.</summary>
    public string WhyNot(string request) => Lacks.GetValueOrDefault(request) ?? $"{Name} does not `{request}`";

    /// <summary>Reads the answer to <c>hello</c>.</summary>
    /// <exception cref="ProtocolException">It is none, or of a version that the kit does not speak.</exception>
    internal static WorkerFacts Read(JsonElement hello)
    {
        if (WireOutcome.Word(hello) != Protocol.Hello) throw new ProtocolException($"hello was answered with `{WireOutcome.Word(hello)}`");
        long? protocol = WireOutcome.OptionalNumber(hello, "protocol");
        if (protocol != Protocol.Version) throw new ProtocolException($"the worker speaks version {protocol?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} of the protocol, the kit version {Protocol.Version}");
        bool knowsFeatures = hello.TryGetProperty("features", out _);
        var features = knowsFeatures ? Features.None : Features.All & ~Features.CustomSections;
        foreach (string name in WireOutcome.Texts(hello, "features"))
            features |= Profiles.FeatureOf(name) ?? Features.None;
        return new WorkerFacts
        {
            Name = WireOutcome.Text(hello, "name"),
            Version = WireOutcome.Text(hello, "version"),
            Requests = [.. Known(hello, "requests", Protocol.Optional), .. Protocol.Obligatory],
            Lacks = hello.TryGetProperty("lacks", out var lacks) && lacks.ValueKind == JsonValueKind.Object
                ? lacks.EnumerateObject().ToImmutableDictionary(m => m.Name, m => m.Value.ToString()) : ImmutableDictionary<string, string>.Empty,
            Values = hello.TryGetProperty("values", out _) ? [.. Known(hello, "values", Protocol.ValueTypes)] : [.. Protocol.ValueTypes],
            // Annotations are of the text format: the kit's own parser reads them.
            Features = features | Features.Annotations,
            Hosts = Is(hello, "hosts"),
            ObeysProfiles = Is(hello, "profiles"),
            TellsKinds = WireOutcome.OptionalText(hello, "traps") switch
            {
                "kinds" => true,
                null or "messages" => false,
                var other => throw new ProtocolException($"`traps` is `{other}`; it can be `kinds` or `messages`"),
            },
            DistinguishesMalformed = Is(hello, "malformed"),
            SpeaksSuiteMessages = Is(hello, "texts"),
            Threads = Is(hello, "threads"),
        };
    }

    private static IEnumerable<string> Known(JsonElement hello, string member, IReadOnlyList<string> known) => WireOutcome.Texts(hello, member).Select(word =>
        known.Contains(word) || Protocol.Obligatory.Contains(word) ? word : throw new ProtocolException($"`{member}` has `{word}`; known are {string.Join(", ", known)}"));

    private static bool Is(JsonElement hello, string member) => hello.TryGetProperty(member, out var value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null or _ =>
            throw new ProtocolException($"`{member}` is neither true nor false"),
    };
}
