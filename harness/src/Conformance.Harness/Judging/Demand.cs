using System.Collections.Immutable;

namespace Conformance.Harness.Judging;

/// <summary>What a command of a script demands of the runtime.</summary>
public abstract record Demand
{
    private Demand() { }

    /// <summary>The text that the runtime's message must begin with, or null.</summary>
    public virtual string? Message => null;

    /// <summary>In words for a report.</summary>
    public abstract override string ToString();

    /// <summary>A module that must be valid (<c>module definition</c>).</summary>
    public sealed record Valid : Demand
    {
        public override string ToString() => "a valid module";
    }

    /// <summary>A module that must be instantiated.</summary>
    public sealed record Instance : Demand
    {
        public override string ToString() => "an instance";
    }

    /// <summary>An action that must return, whatever it returns (an action as a command).</summary>
    public sealed record AnyReturn : Demand
    {
        public override string ToString() => "return";
    }

    /// <summary><c>assert_return</c>.</summary>
    public sealed record Return(ImmutableArray<Pattern> Results) : Demand
    {
        public override string ToString() => Results.Length == 1 ? Results[0].ToString() : $"[{string.Join(", ", Results)}]";
    }

    /// <summary><c>assert_trap</c>; of a module (or instance), an exception thrown by its start function will do as well.</summary>
    public sealed record Trap(string Text, bool OfModule = false) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"trap: {Text}";
    }

    /// <summary><c>assert_exception</c>.</summary>
    public sealed record Exception : Demand
    {
        public override string ToString() => "exception";
    }

    /// <summary><c>assert_exhaustion</c>.</summary>
    public sealed record Exhaustion(string Text) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"exhaustion: {Text}";
    }

    /// <summary><c>assert_suspension</c>.</summary>
    public sealed record Suspension(string Text) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"suspension: {Text}";
    }

    /// <summary><c>assert_unlinkable</c>.</summary>
    public sealed record Unlinkable(string Text) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"unlinkable: {Text}";
    }

    /// <summary><c>assert_malformed</c>.</summary>
    public sealed record Malformed(string Text) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"malformed: {Text}";
    }

    /// <summary><c>assert_invalid</c>.</summary>
    public sealed record Invalid(string Text) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"invalid: {Text}";
    }

    /// <summary><c>assert_malformed_custom</c>.</summary>
    public sealed record MalformedCustom(string Text) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"malformed custom section: {Text}";
    }

    /// <summary><c>assert_invalid_custom</c>.</summary>
    public sealed record InvalidCustom(string Text) : Demand
    {
        public override string Message => Text;

        public override string ToString() => $"invalid custom section: {Text}";
    }
}

/// <summary>The rules that a judge is bound to.</summary>
/// <param name="Messages">The level below which a message is a failure.</param>
/// <param name="References">How reference patterns are read.</param>
/// <param name="Version">The version of the suite, whose texts may have been others than today's.</param>
public sealed record JudgeRules(Running.MessageRule Messages, Running.ReferenceRule References, Wasm.Syntax.SpecVersion Version = Wasm.Syntax.SpecVersion.V3)
{
    public static JudgeRules Default { get; } = new(Running.MessageRule.None, Running.ReferenceRule.Reference);
}
