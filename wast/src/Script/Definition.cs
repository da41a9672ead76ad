using System.Collections.Immutable;
using Wasm.Syntax;

namespace Wasm.Text.Script;

/// <summary>A module in a script: its text, or strings that are decoded only when the command runs.</summary>
/// <param name="At">The position of the module's opening parenthesis.</param>
public abstract record Definition(Region At);

/// <summary><c>(module $id? field*)</c>, parsed; positions in the module are those of the script.</summary>
/// <param name="Module">The abstract syntax.</param>
/// <param name="Source">The text from the opening to the closing parenthesis, or the whole file for an inline module.</param>
/// <param name="At">The position.</param>
public sealed record Textual(Module Module, ReadOnlyMemory<byte> Source, Region At) : Definition(At);

/// <summary><c>(module $id? binary string*)</c>: the bytes, not decoded.</summary>
public sealed record Encoded(ImmutableArray<byte> Bytes, Region At) : Definition(At);

/// <summary><c>(module $id? quote string*)</c>: text in UTF-8 or what claims to be, not parsed; positions count from its own first line.</summary>
public sealed record Quoted(ImmutableArray<byte> Text, Region At) : Definition(At);
