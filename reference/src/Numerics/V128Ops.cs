using Vec = System.Runtime.Intrinsics.Vector128<byte>;

namespace Wasm.Numerics;

/// <summary>Operators on v128 as a whole: <c>vvunop</c>, <c>vvbinop</c>, <c>vvternop</c>, <c>vvtestop</c> (4.3.5).</summary>
public static class V128Ops
{
    public static Vec Not(Vec a) => ~a;                                                                 // inot
    public static Vec And(Vec a, Vec b) => a & b;                                                       // iand
    public static Vec Andnot(Vec a, Vec b) => a & ~b;                                                   // iandnot
    public static Vec Or(Vec a, Vec b) => a | b;                                                        // ior
    public static Vec Xor(Vec a, Vec b) => a ^ b;                                                       // ixor

    /// <summary>ibitselect: bits of <paramref name="a"/> where the mask is set, of <paramref name="b"/> where it is not.</summary>
    public static Vec Bitselect(Vec a, Vec b, Vec mask) => (a & mask) | (b & ~mask);

    public static bool AnyTrue(Vec a) => a != Vec.Zero;                                                 // inez
}
