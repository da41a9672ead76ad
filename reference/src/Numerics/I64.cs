using System.Numerics;

namespace Wasm.Numerics;

/// <summary>
/// Integer operators on i64 (4.3.2): pure functions on bits. Division and remainder are undefined for some operands; the caller traps on them
/// first (see the remarks there).
/// </summary>
public static class I64
{
    public static ulong Clz(ulong a) => (ulong)BitOperations.LeadingZeroCount(a);                      // iclz
    public static ulong Ctz(ulong a) => (ulong)BitOperations.TrailingZeroCount(a);                     // ictz: 64 for 0
    public static ulong Popcnt(ulong a) => (ulong)BitOperations.PopCount(a);                           // ipopcnt
    public static ulong Extend8S(ulong a) => (ulong)(sbyte)a;                                          // iextend_8
    public static ulong Extend16S(ulong a) => (ulong)(short)a;                                         // iextend_16
    public static ulong Extend32S(ulong a) => (ulong)(int)a;                                        // iextend_32

    public static ulong Add(ulong a, ulong b) => a + b;                                                // iadd
    public static ulong Sub(ulong a, ulong b) => a - b;                                                // isub
    public static ulong Mul(ulong a, ulong b) => a * b;                                                // imul

    /// <remarks>Undefined for <c>b = 0</c> and for the smallest integer by -1: those trap.</remarks>
    public static ulong DivS(ulong a, ulong b) => (ulong)((long)a / (long)b);                             // idiv_s

    /// <remarks>Undefined for <c>b = 0</c>: that traps.</remarks>
    public static ulong DivU(ulong a, ulong b) => a / b;                                               // idiv_u

    /// <summary>The remainder of the smallest integer by -1 is 0, where .NET's operator overflows.</summary>
    /// <remarks>Undefined for <c>b = 0</c>: that traps.</remarks>
    public static ulong RemS(ulong a, ulong b) => b == 0xFFFF_FFFF_FFFF_FFFF ? 0 : (ulong)((long)a % (long)b);      // irem_s

    /// <remarks>Undefined for <c>b = 0</c>: that traps.</remarks>
    public static ulong RemU(ulong a, ulong b) => a % b;                                               // irem_u

    /// <summary>Whether the quotient has no representation: the smallest integer by -1.</summary>
    public static bool DivSOverflows(ulong a, ulong b) => a == 0x8000_0000_0000_0000 && b == 0xFFFF_FFFF_FFFF_FFFF;

    public static ulong And(ulong a, ulong b) => a & b;                                                // iand
    public static ulong Or(ulong a, ulong b) => a | b;                                                 // ior
    public static ulong Xor(ulong a, ulong b) => a ^ b;                                                // ixor
    public static ulong Shl(ulong a, ulong b) => a << (int)(b & 63);                                   // ishl
    public static ulong ShrS(ulong a, ulong b) => (ulong)((long)a >> (int)(b & 63));                     // ishr_s
    public static ulong ShrU(ulong a, ulong b) => a >> (int)(b & 63);                                  // ishr_u
    public static ulong Rotl(ulong a, ulong b) => BitOperations.RotateLeft(a, (int)(b & 63));          // irotl
    public static ulong Rotr(ulong a, ulong b) => BitOperations.RotateRight(a, (int)(b & 63));         // irotr

    public static bool Eqz(ulong a) => a == 0;                                                       // ieqz
    public static bool Eq(ulong a, ulong b) => a == b;                                                // ieq
    public static bool Ne(ulong a, ulong b) => a != b;                                                // ine
    public static bool LtS(ulong a, ulong b) => (long)a < (long)b;                                      // ilt_s
    public static bool LtU(ulong a, ulong b) => a < b;                                                // ilt_u
    public static bool GtS(ulong a, ulong b) => (long)a > (long)b;                                      // igt_s
    public static bool GtU(ulong a, ulong b) => a > b;                                                // igt_u
    public static bool LeS(ulong a, ulong b) => (long)a <= (long)b;                                     // ile_s
    public static bool LeU(ulong a, ulong b) => a <= b;                                               // ile_u
    public static bool GeS(ulong a, ulong b) => (long)a >= (long)b;                                     // ige_s
    public static bool GeU(ulong a, ulong b) => a >= b;                                               // ige_u
}
