using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text.Script;

/// <summary>
/// A command of a .wast script: pure syntax. What it does is the runner's business. The kinds are the names of the JSON form that scripts
/// are exchanged in (<c>assert_return</c>, <c>module_definition</c>, ...).
/// </summary>
/// <param name="At">The position of its opening parenthesis.</param>
public abstract record Command(Region At)
{
    /// <summary>The name of its kind, such as <c>assert_return</c>.</summary>
    public abstract string Kind { get; }

    public sealed override string ToString() => $"{At}: {Kind}";
}

/// <summary>
/// <c>(module definition? $id? ...)</c>. It defines a module under its id and as the latest definition; unless
/// <paramref name="IsDefinition"/>, the module is also instantiated, under the same id and as the latest instance.
/// </summary>
public sealed record ModuleCommand(string? Id, bool IsDefinition, Definition Definition, Region At) : Command(At)
{
    public override string Kind => IsDefinition ? "module_definition" : "module";
}

/// <summary><c>(module instance $inst? $mod?)</c>: instantiates a module defined before, the latest one without <paramref name="Module"/>.</summary>
public sealed record InstanceCommand(string? Id, string? Module, Region At) : Command(At)
{
    public override string Kind => "module_instance";
}

/// <summary><c>(register "name" $inst?)</c>.</summary>
public sealed record Register(string Name, string? Instance, Region At) : Command(At)
{
    public override string Kind => "register";
}

/// <summary>An action by itself.</summary>
public sealed record ActionCommand(Action Action, Region At) : Command(At)
{
    public override string Kind => "action";
}

/// <summary>A command that promises an outcome.</summary>
public abstract record Assertion(Region At) : Command(At)
{
    /// <summary>The text with which the error's message must begin, if the command has one.</summary>
    public virtual string? Expected => null;
}

/// <summary><c>(assert_return action result*)</c>.</summary>
public sealed record AssertReturn(Action Action, ImmutableArray<ResultPattern> Results, Region At) : Assertion(At)
{
    public override string Kind => "assert_return";
}

/// <summary><c>(assert_return_canonical_nan action)</c> and <c>(assert_return_arithmetic_nan action)</c> of the 1.0 suite: one result of either float type.</summary>
public sealed record AssertReturnNan(Action Action, NanKind Nan, Region At) : Assertion(At)
{
    public override string Kind => Nan == NanKind.Canonical ? "assert_return_canonical_nan" : "assert_return_arithmetic_nan";
}

/// <summary><c>(assert_return_func action)</c> of the draft era: one result, a function.</summary>
public sealed record AssertReturnFunc(Action Action, Region At) : Assertion(At)
{
    public override string Kind => "assert_return_func";
}

/// <summary><c>(assert_exception action)</c>.</summary>
public sealed record AssertException(Action Action, Region At) : Assertion(At)
{
    public override string Kind => "assert_exception";
}

/// <summary><c>(assert_trap action "message")</c>.</summary>
public sealed record AssertTrap(Action Action, string Message, Region At) : Assertion(At)
{
    public override string Kind => "assert_trap";
    public override string Expected => Message;
}

/// <summary><c>(assert_trap module "message")</c>: instantiation ends in a trap or an uncaught exception.</summary>
public sealed record AssertUninstantiable(Target Target, string Message, Region At) : Assertion(At)
{
    public override string Kind => "assert_uninstantiable";
    public override string Expected => Message;
}

/// <summary><c>(assert_exhaustion action "message")</c>.</summary>
public sealed record AssertExhaustion(Action Action, string Message, Region At) : Assertion(At)
{
    public override string Kind => "assert_exhaustion";
    public override string Expected => Message;
}

/// <summary><c>(assert_suspension action "message")</c> of stack switching.</summary>
public sealed record AssertSuspension(Action Action, string Message, Region At) : Assertion(At)
{
    public override string Kind => "assert_suspension";
    public override string Expected => Message;
}

/// <summary><c>(assert_unlinkable module "message")</c>.</summary>
public sealed record AssertUnlinkable(Target Target, string Message, Region At) : Assertion(At)
{
    public override string Kind => "assert_unlinkable";
    public override string Expected => Message;
}

/// <summary>A module is refused in one phase: malformed or invalid, in its core or in a custom section.</summary>
public abstract record AssertRefused(string? Id, Definition Definition, string Message, Region At) : Assertion(At)
{
    public override string Expected => Message;
}

/// <summary><c>(assert_malformed module "message")</c>.</summary>
public sealed record AssertMalformed(string? Id, Definition Definition, string Message, Region At) : AssertRefused(Id, Definition, Message, At)
{
    public override string Kind => "assert_malformed";
}

/// <summary><c>(assert_invalid module "message")</c>.</summary>
public sealed record AssertInvalid(string? Id, Definition Definition, string Message, Region At) : AssertRefused(Id, Definition, Message, At)
{
    public override string Kind => "assert_invalid";
}

/// <summary><c>(assert_malformed_custom module "message")</c>.</summary>
public sealed record AssertMalformedCustom(string? Id, Definition Definition, string Message, Region At) : AssertRefused(Id, Definition, Message, At)
{
    public override string Kind => "assert_malformed_custom";
}

/// <summary><c>(assert_invalid_custom module "message")</c>.</summary>
public sealed record AssertInvalidCustom(string? Id, Definition Definition, string Message, Region At) : AssertRefused(Id, Definition, Message, At)
{
    public override string Kind => "assert_invalid_custom";
}

/// <summary><c>(thread $id? (shared (module $inst))* cmd*)</c>; the commands inside are parsed one by one when they run.</summary>
public sealed record ThreadCommand(string? Id, ImmutableArray<string> Shared, ImmutableArray<CommandSource> Commands, Region At) : Command(At)
{
    public override string Kind => "thread";
}

/// <summary><c>(wait $id?)</c>.</summary>
public sealed record Wait(string? Thread, Region At) : Command(At)
{
    public override string Kind => "wait";
}

/// <summary><c>(script $id? cmd*)</c>; the commands inside are parsed one by one when they run.</summary>
public sealed record ScriptCommand(string? Id, ImmutableArray<CommandSource> Commands, Region At) : Command(At)
{
    public override string Kind => "script";
}

/// <summary><c>(input $id? "file")</c>.</summary>
public sealed record Input(string? Id, string File, Region At) : Command(At)
{
    public override string Kind => "input";
}

/// <summary><c>(output $id? "file"?)</c>.</summary>
public sealed record Output(string? Id, string? File, Region At) : Command(At)
{
    public override string Kind => "output";
}

/// <summary>A command of the script language that the kit knows of and does not support.</summary>
/// <param name="Keyword">Its keyword.</param>
/// <param name="Reason">What is not supported, such as <c>components are not supported</c>.</param>
/// <param name="At">The position.</param>
public sealed record UnsupportedCommand(string Keyword, string Reason, Region At) : Command(At)
{
    public override string Kind => Keyword;
}

/// <summary>What a script asks of an instance.</summary>
/// <param name="Instance">The instance's id; null for the latest instance.</param>
/// <param name="Name">The name of the export.</param>
/// <param name="At">The position.</param>
public abstract record Action(string? Instance, string Name, Region At);

/// <summary><c>(invoke $inst? "name" const*)</c>.</summary>
public sealed record Invoke(string? Instance, string Name, ImmutableArray<Literal> Arguments, Region At) : Action(Instance, Name, At);

/// <summary><c>(get $inst? "name")</c>.</summary>
public sealed record Get(string? Instance, string Name, Region At) : Action(Instance, Name, At);

/// <summary>What an assertion about instantiation instantiates.</summary>
public abstract record Target
{
    /// <summary>A module given there: it is defined, also under its id, and then instantiated.</summary>
    public sealed record Module(string? Id, Definition Definition) : Target;

    /// <summary><c>(module instance $inst? $mod?)</c>.</summary>
    public sealed record Instance(string? Id, string? Of) : Target;
}
