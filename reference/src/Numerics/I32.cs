using System.Numerics;

namespace Wasm.Numerics;

/// <summary>
/// Integer operators on i32 (4.3.2): pure functions on bits. Division and remainder are undefined for some operands; the caller traps on them
/// first (see the remarks there).
/// </summary>
public static class I32
{
    public static uint Clz(uint a) => (uint)BitOperations.LeadingZeroCount(a);                      // iclz
    public static uint Ctz(uint a) => (uint)BitOperations.TrailingZeroCount(a);                     // ictz: 32 for 0
    public static uint Popcnt(uint a) => (uint)BitOperations.PopCount(a);                           // ipopcnt
    public static uint Extend8S(uint a) => (uint)(sbyte)a;                                          // iextend_8
    public static uint Extend16S(uint a) => (uint)(short)a;                                         // iextend_16

    public static uint Add(uint a, uint b) => a + b;                                                // iadd
    public static uint Sub(uint a, uint b) => a - b;                                                // isub
    public static uint Mul(uint a, uint b) => a * b;                                                // imul

    /// <remarks>Undefined for <c>b = 0</c> and for the smallest integer by -1: those trap.</remarks>
    public static uint DivS(uint a, uint b) => (uint)((int)a / (int)b);                             // idiv_s

    /// <remarks>Undefined for <c>b = 0</c>: that traps.</remarks>
    public static uint DivU(uint a, uint b) => a / b;                                               // idiv_u

    /// <summary>The remainder of the smallest integer by -1 is 0, where .NET's operator overflows.</summary>
    /// <remarks>Undefined for <c>b = 0</c>: that traps.</remarks>
    public static uint RemS(uint a, uint b) => b == 0xFFFF_FFFF ? 0 : (uint)((int)a % (int)b);      // irem_s

    /// <remarks>Undefined for <c>b = 0</c>: that traps.</remarks>
    public static uint RemU(uint a, uint b) => a % b;                                               // irem_u

    /// <summary>Whether the quotient has no representation: the smallest integer by -1.</summary>
    public static bool DivSOverflows(uint a, uint b) => a == 0x8000_0000 && b == 0xFFFF_FFFF;

    public static uint And(uint a, uint b) => a & b;                                                // iand
    public static uint Or(uint a, uint b) => a | b;                                                 // ior
    public static uint Xor(uint a, uint b) => a ^ b;                                                // ixor
    public static uint Shl(uint a, uint b) => a << (int)(b & 31);                                   // ishl
    public static uint ShrS(uint a, uint b) => (uint)((int)a >> (int)(b & 31));                     // ishr_s
    public static uint ShrU(uint a, uint b) => a >> (int)(b & 31);                                  // ishr_u
    public static uint Rotl(uint a, uint b) => BitOperations.RotateLeft(a, (int)(b & 31));          // irotl
    public static uint Rotr(uint a, uint b) => BitOperations.RotateRight(a, (int)(b & 31));         // irotr

    public static bool Eqz(uint a) => a == 0;                                                       // ieqz
    public static bool Eq(uint a, uint b) => a == b;                                                // ieq
    public static bool Ne(uint a, uint b) => a != b;                                                // ine
    public static bool LtS(uint a, uint b) => (int)a < (int)b;                                      // ilt_s
    public static bool LtU(uint a, uint b) => a < b;                                                // ilt_u
    public static bool GtS(uint a, uint b) => (int)a > (int)b;                                      // igt_s
    public static bool GtU(uint a, uint b) => a > b;                                                // igt_u
    public static bool LeS(uint a, uint b) => (int)a <= (int)b;                                     // ile_s
    public static bool LeU(uint a, uint b) => a <= b;                                               // ile_u
    public static bool GeS(uint a, uint b) => (int)a >= (int)b;                                     // ige_s
    public static bool GeU(uint a, uint b) => a >= b;                                               // ige_u
}
