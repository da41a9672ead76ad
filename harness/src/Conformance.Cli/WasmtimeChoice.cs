using System.CommandLine;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Cli;

/// <summary>The options that choose Wasmtime's library.</summary>
internal static class WasmtimeChoice
{
    private static readonly Option<string> Library = new("--wasmtime") { Description = "Wasmtime's shared library, or the folder that holds it. Environment: WASMTIME_LIBRARY.", HelpName = "PATH" };
    private static readonly Option<bool> AllowUnknownVersion = new("--allow-unknown-version") { Description = "Use a version of Wasmtime that the kit does not know, if its structs are the same." };

    public static void AddTo(Command command)
    {
        command.Add(Library);
        command.Add(AllowUnknownVersion);
    }

    /// <summary>Makes the choice, by environment variables: workers inherit them.</summary>
    public static void Apply(ParseResult args)
    {
        if (args.GetValue(Library) is { } library) Environment.SetEnvironmentVariable(WasmtimeLibrary.PathVariable, Path.GetFullPath(library));
        if (args.GetValue(AllowUnknownVersion)) Environment.SetEnvironmentVariable(WasmtimeLibrary.AllowVariable, "1");
    }
}
