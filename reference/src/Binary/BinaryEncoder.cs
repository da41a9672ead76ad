using Wasm.Syntax;

namespace Wasm.Binary;

/// <summary>The binary format, written (chapter 5).</summary>
public static class BinaryEncoder
{
    /// <summary>
    /// Encodes a module in canonical form: every integer in its fewest bytes, adjacent locals of one type as one run, the shortest form of each
    /// segment, no empty section, a data count section where an instruction needs it or the module has one. What was decoded from that form
    /// comes out as the same bytes.
    /// </summary>
    public static byte[] Encode(Module module) => new ModuleEncoder().Module(module);

    /// <summary>
    /// Where each instruction of a function's body stands in its canonical encoding, in bytes from the body's first byte, the vector of locals.
    /// </summary>
    public static uint[] InstrOffsets(Func func) => new ModuleEncoder().InstrOffsets(func);
}
