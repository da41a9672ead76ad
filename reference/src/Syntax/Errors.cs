namespace Wasm.Syntax;

/// <summary>
/// A module was refused, or execution could not begin. The subclasses are the phases of the specification and are disjoint.
/// The message begins with the text that the official suite expects; the position is a property and never part of it.
/// </summary>
public abstract class PhaseException(Region at, string message) : Exception(message)
{
    /// <summary>Where in the module the error was found.</summary>
    public Region At { get; } = at;

    /// <summary>The name of the phase: <c>malformed</c>, <c>invalid</c> or <c>unlinkable</c>.</summary>
    public abstract string Phase { get; }
}

/// <summary>The bytes or the text are not a module (chapters 5 and 6).</summary>
public sealed class MalformedException(Region at, string message) : PhaseException(at, message)
{
    public override string Phase => "malformed";
}

/// <summary>The module breaks a rule of validation (chapter 3).</summary>
public sealed class InvalidException(Region at, string message) : PhaseException(at, message)
{
    public override string Phase => "invalid";
}

/// <summary>The imports given do not satisfy the module (4.7.4).</summary>
public sealed class UnlinkableException(Region at, string message) : PhaseException(at, message)
{
    public override string Phase => "unlinkable";
}

/// <summary>A custom section or annotation that the kit interprets cannot be read (appendix, custom sections).</summary>
public sealed class MalformedCustomException(Region at, string message) : PhaseException(at, message)
{
    public override string Phase => "malformed custom";
}

/// <summary>A custom section or annotation that the kit interprets contradicts its module.</summary>
public sealed class InvalidCustomException(Region at, string message) : PhaseException(at, message)
{
    public override string Phase => "invalid custom";
}
