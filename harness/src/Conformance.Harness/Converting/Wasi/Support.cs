using System.Globalization;
using System.Text;
using Wasm.Syntax;
using Wasm.Text;

namespace Conformance.Harness.Converting.Wasi;

/// <summary>The code that ends a command module whose check has failed.</summary>
internal static class Support
{
    public const string Wasi = "wasi_snapshot_preview1";

    /// <summary>The memory that the module takes when there is one; the message is written over what is there, since nothing runs after it.</summary>
    public const string Memory = "memory";

    /// <summary>A module that exports <c>fail</c>, which takes a line, writes <c>FILE:LINE: not as expected</c> and ends the process.</summary>
    /// <param name="fileName">The script's name.</param>
    /// <param name="exitCode">What the process ends with.</param>
    /// <param name="memory">The first memory of the merged module; null if it has none.</param>
    public static Module Fail(string fileName, int exitCode, MemType? memory)
    {
        // fd_write takes addresses of 32 bits, in the memory called "memory".
        bool canWrite = memory is null or { Addr: AddrType.I32, PageSizeLog2: 16 };
        byte[] before = Encoding.UTF8.GetBytes(fileName + ":"), behind = Encoding.UTF8.GetBytes(": not as expected\n");
        string ownMemory = !canWrite ? "" : memory is null ? "(memory 1)" : $"(import \"{Memory}\" \"{Memory}\" (memory 0))";
        string message = canWrite ? Message(before, behind) : "";
        string wat = $"""
            (module
              (import "{Wasi}" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
              (import "{Wasi}" "proc_exit" (func $proc_exit (param i32)))
              {ownMemory}
              (func (export "fail") (param $line i32) (local $at i32) (local $power i32)
                {message}
                (call $proc_exit (i32.const {exitCode}))
                (unreachable)))
            """;
        return TextParser.ParseModule(Encoding.UTF8.GetBytes(wat), Profile.Wasm3);
    }

    /// <summary>The text is stored from address 16 on; the vector of fd_write lies at 0, and what it has written at 8.</summary>
    private static string Message(byte[] before, byte[] behind) => $"""
        (if (i32.eqz (memory.size)) (then (drop (memory.grow (i32.const 1)))))
        (if (memory.size)
          (then
            {Stores("(i32.const 16)", before)}
            (local.set $at (i32.const {16 + before.Length}))
            (local.set $power (i32.const 1))
            (loop $up
              (if (i32.ge_u (i32.div_u (local.get $line) (local.get $power)) (i32.const 10))
                (then (local.set $power (i32.mul (local.get $power) (i32.const 10))) (br $up))))
            (loop $digit
              (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (i32.div_u (local.get $line) (local.get $power)) (i32.const 10))))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br_if $digit (local.tee $power (i32.div_u (local.get $power) (i32.const 10)))))
            {Stores("(local.get $at)", behind)}
            (i32.store (i32.const 0) (i32.const 16))
            (i32.store (i32.const 4) (i32.sub (i32.add (local.get $at) (i32.const {behind.Length})) (i32.const 16)))
            (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))))
        """;

    /// <summary>Bytes as stores and not as a data segment, which would be in the memory from the beginning.</summary>
    private static string Stores(string address, byte[] bytes) =>
        string.Concat(bytes.Select((b, i) => string.Create(CultureInfo.InvariantCulture, $"(i32.store8 offset={i} {address} (i32.const {b}))")));
}
