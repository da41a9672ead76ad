using System.Collections.Immutable;
using System.Text;
using Conformance.Harness.Runtimes;

namespace Conformance.Runtimes.Wasmtime.Native;

/// <summary>The library answered with an error that is not a trap. The message is its own, with the causes below it.</summary>
public sealed class WasmtimeException(string message) : Exception(message);

/// <summary>A trap, read out of the library's object.</summary>
/// <param name="Code">Its number; null for what is none of the numbered ones.</param>
/// <param name="Message">Its message without backtrace.</param>
/// <param name="Backtrace">The wasm frames, innermost first.</param>
public sealed record TrapInfo(byte? Code, string Message, ImmutableArray<BacktraceFrame> Backtrace);

/// <summary>Reads errors, traps and texts of the library and gives them back to it.</summary>
internal static unsafe class Errors
{
    /// <summary>Throws what the library answered, if it did.</summary>
    public static void Check(nint error)
    {
        if (error != 0) throw new WasmtimeException(Message(error));
    }

    /// <summary>The message of an error, which is given back.</summary>
    public static string Message(nint error)
    {
        Vec<byte> text;
        Api.wasmtime_error_message(error, &text);
        Api.wasmtime_error_delete(error);
        return Take(ref text);
    }

    /// <summary>An error of the host's own, for a callback to answer with.</summary>
    public static nint New(string message)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(message + "\0"))
            return Api.wasmtime_error_new(text);
    }

    /// <summary>The text of a vector, which is given back.</summary>
    public static string Take(ref Vec<byte> text)
    {
        string result = Text(text).TrimEnd('\0');
        fixed (Vec<byte>* vec = &text)
            Api.wasm_byte_vec_delete(vec);
        return result;
    }

    /// <summary>A name; only messages end with a zero byte that is not theirs.</summary>
    public static string Text(in Vec<byte> text) => Encoding.UTF8.GetString(text.Span);

    /// <summary>What a trap says. It is given back.</summary>
    public static TrapInfo Trap(nint trap)
    {
        byte code;
        bool hasCode = Api.wasmtime_trap_code(trap, &code);
        Vec<byte> text;
        Api.wasm_trap_message(trap, &text);
        string message = LastCause(Take(ref text));
        const string Prefix = "wasm trap: ";
        if (message.StartsWith(Prefix, StringComparison.Ordinal)) message = message[Prefix.Length..];

        Vec<nint> frames;
        Api.wasm_trap_trace(trap, &frames);
        var backtrace = ImmutableArray.CreateBuilder<BacktraceFrame>((int)frames.Size);
        foreach (nint frame in frames.Span) backtrace.Add(Frame(frame));
        // The frames look into the trap.
        Api.wasm_frame_vec_delete(&frames);
        Api.wasm_trap_delete(trap);
        return new(hasCode ? code : null, message, backtrace.MoveToImmutable());
    }

    private static BacktraceFrame Frame(nint frame)
    {
        var module = Api.wasmtime_frame_module_name(frame);
        var name = Api.wasmtime_frame_func_name(frame);
        return new(module is null ? null : Text(*module), Api.wasm_frame_func_index(frame), name is null ? null : Text(*name),
            Offset(Api.wasm_frame_func_offset(frame)), Offset(Api.wasm_frame_module_offset(frame)));
    }

    private static long? Offset(nuint offset) => offset == nuint.MaxValue ? null : (long)offset;

    /// <summary>
    /// The innermost cause of a message of the form "what failed, blank line, Caused by:, causes", in which several causes are numbered from 0.
    /// </summary>
    public static string LastCause(string message)
    {
        const string Mark = "Caused by:\n";
        int mark = message.LastIndexOf(Mark, StringComparison.Ordinal);
        string last = mark < 0 ? message : message[(mark + Mark.Length)..];
        string[] lines = last.Split('\n');
        if (mark < 0) return last.Trim();
        int begin = 0;
        for (int i = 0; i < lines.Length; i++)
            if (Number(lines[i]) is >= 0) begin = i;
        var kept = lines[begin..].Select(l => l.Trim()).Where(l => l.Length > 0);
        string text = string.Join(' ', kept);
        return Number(lines[begin]) is >= 0 ? text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart() : text;
    }

    /// <summary>The number that a line of causes begins with, or -1.</summary>
    private static int Number(string line)
    {
        string trimmed = line.TrimStart();
        int colon = trimmed.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and < 3 && line.Length - trimmed.Length is >= 2 and <= 4 && int.TryParse(trimmed[..colon], out int n) ? n : -1;
    }
}
