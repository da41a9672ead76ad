using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Harness.Engines;

/// <summary>
/// A program that reads a script of many modules in the text format, and writes their binaries and a JSON file that names them in order, as wabt's
/// <c>wast2json</c> does: a parser under test that is worth its process.
/// </summary>
/// <param name="Name">Its name as a runtime.</param>
/// <param name="About">What it is.</param>
/// <param name="Family">Who wrote it.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments: <see cref="Script"/>, <see cref="Json"/> and <see cref="Folder"/> stand for what is read and written.</param>
/// <param name="Features">What it can parse.</param>
public sealed record ParserEntry(string Name, string About, string Family, EngineProgram Program, ImmutableArray<string> Arguments, Features Features)
{
    public const string Script = "{script}", Json = "{json}", Folder = "{folder}";
}

/// <summary>The parsers that the kit knows.</summary>
public static class ParserCatalog
{
    private static readonly EngineProgram Wast2Json = new("wast2json", "wabt (Debian: apt-get install wabt); or name its file by CONFORMANCE_WAST2JSON", ImmutableDictionary<string, string>.Empty);

    /// <summary>What wabt 1.0.32 parses: neither the types of GC and of function references, nor exceptions as they came to be, nor 64-bit tables.</summary>
    private const Features OfWabt = Features.Wasm2 | Features.ExtendedConst | Features.TailCalls | Features.MultiMemory | Features.RelaxedSimd | Features.Threads;

    public static ImmutableArray<ParserEntry> Entries { get; } =
    [
        new("wasm-tools-text", "the parser of wasm-tools", "wasm-tools", EngineCatalog.WasmTools, ["json-from-wast", ParserEntry.Script, "--wasm-dir", ParserEntry.Folder, "-o", ParserEntry.Json], Features.All),
        new("wabt-text", "the parser of wabt", "wabt", Wast2Json, ["--enable-all", "--no-check", ParserEntry.Script, "-o", ParserEntry.Json], OfWabt),
    ];

    public static ParserEntry? Find(string name) => Entries.FirstOrDefault(e => e.Name == name);
}
