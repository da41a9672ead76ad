using System.Text.RegularExpressions;
using Conformance.Runtimes.Wasmtime.Native;

namespace Conformance.Runtimes.Wasmtime;

/// <summary>Wasmtime's messages: without positions, and as far as its C API tells errors apart only by their words.</summary>
internal static partial class Messages
{
    [GeneratedRegex(@"^Invalid input WebAssembly code at offset \d+: | \(at offset 0x[0-9a-f]+\)$")]
    private static partial Regex Position { get; }

    /// <summary>The innermost cause without its position.</summary>
    public static string Plain(string message) => Position.Replace(Errors.LastCause(message), "");

    /// <summary>What failed, then its innermost cause.</summary>
    public static string Whole(string message)
    {
        string what = message.Split('\n')[0].Trim(), cause = Plain(message);
        return what == cause ? what : $"{what}: {cause}";
    }

    /// <summary>Whether the validator refused a module, and not a compiler.</summary>
    public static bool IsInvalid(string message) =>
        message.StartsWith("failed to parse WebAssembly module", StringComparison.Ordinal) || message.Contains("Invalid input WebAssembly code", StringComparison.Ordinal);

    /// <summary>Whether an import did not match.</summary>
    public static bool IsMismatch(string message) => message.Contains("incompatible import type", StringComparison.Ordinal);

    /// <summary>Whether a limit was reached: memory, tables, instances, or the collector's heap.</summary>
    public static bool IsExhaustion(string message) =>
        message.Contains("exceeds memory limits", StringComparison.Ordinal) || message.Contains("exceeds table limits", StringComparison.Ordinal)
        || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || message.Contains("resource limit exceeded", StringComparison.Ordinal)
        || message.Contains("mmap failed", StringComparison.Ordinal) || message.Contains("Cannot allocate memory", StringComparison.Ordinal);

    /// <summary>Whether an argument was not of its parameter's type.</summary>
    public static bool IsArgument(string message) => message.Contains("argument type mismatch", StringComparison.Ordinal) || message.Contains("type mismatch", StringComparison.Ordinal);
}
