using System.Collections.Immutable;
using Wasm.Execution;
using Wasm.Syntax;

namespace Conformance.Fuzz.Coverage;

/// <summary>The classes that operands fall into, by type: where instructions have their special cases.</summary>
public static class OperandClass
{
    private static readonly ImmutableArray<string> Ints = ["zero", "one", "minus one", "least", "greatest", "positive", "negative"];
    private static readonly ImmutableArray<string> Floats = ["+0", "-0", "subnormal", "normal", "infinity", "canonical NaN", "arithmetic NaN", "signalling NaN"];
    private static readonly ImmutableArray<string> Vectors = ["all zeros", "all ones", "equal halves", "other"];
    private static readonly ImmutableArray<string> Refs = ["null", "i31", "struct", "array", "func", "exn", "host", "cont"];

    /// <summary>The names of the classes of a type.</summary>
    public static ImmutableArray<string> NamesOf(ValKind kind) => kind switch
    {
        ValKind.I32 or ValKind.I64 => Ints,
        ValKind.F32 or ValKind.F64 => Floats,
        ValKind.V128 => Vectors,
        ValKind.Ref => Refs,
        ValKind.Bot or _ => [],
    };

    /// <summary>The index of a value's class among <see cref="NamesOf"/>.</summary>
    public static int Of(in Val val) => val.Type.Kind switch
    {
        ValKind.I32 => OfInt((int)val.Bits.Lo, int.MinValue, int.MaxValue),
        ValKind.I64 => OfInt((long)val.Bits.Lo, long.MinValue, long.MaxValue),
        ValKind.F32 => OfFloat(val.Bits.Lo, 8, 23),
        ValKind.F64 => OfFloat(val.Bits.Lo, 11, 52),
        ValKind.V128 => val.Bits.Lo != val.Bits.Hi ? 3 : val.Bits.Lo == 0 ? 0 : val.Bits.Lo == ulong.MaxValue ? 1 : 2,
        ValKind.Ref => val.Ref switch { null => 0, I31 => 1, StructInst => 2, ArrayInst => 3, FuncInst => 4, ExnInst => 5, ContInst => 7, _ => 6 },
        ValKind.Bot or _ => 0,
    };

    private static int OfInt(long value, long least, long greatest) =>
        value == 0 ? 0 : value == 1 ? 1 : value == -1 ? 2 : value == least ? 3 : value == greatest ? 4 : value > 0 ? 5 : 6;

    private static int OfFloat(ulong bits, int exponentBits, int fractionBits)
    {
        ulong fraction = bits & ((1UL << fractionBits) - 1), exponent = bits >> fractionBits & ((1UL << exponentBits) - 1), quiet = 1UL << (fractionBits - 1);
        if (exponent == 0) return fraction != 0 ? 2 : bits >> (fractionBits + exponentBits) == 0 ? 0 : 1;
        if (exponent != (1UL << exponentBits) - 1) return 3;
        return fraction == 0 ? 4 : fraction == quiet ? 5 : (fraction & quiet) != 0 ? 6 : 7;
    }
}
