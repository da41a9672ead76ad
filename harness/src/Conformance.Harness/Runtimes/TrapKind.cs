using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Conformance.Harness.Runtimes;

/// <summary>
/// The causes of a trap, as fine as the specification tells them apart. A runtime that tells fewer apart declares a partition:
/// for each of its own messages or codes, the kinds that it may stand for.
/// </summary>
public enum TrapKind
{
    Unreachable,
    IntegerDivideByZero,
    IntegerOverflow,
    ConversionOverflow,
    ConversionOfNan,
    MemoryOutOfBounds,
    DataSegmentOutOfBounds,
    AtomicUnaligned,
    AtomicWaitUnshared,
    TableOutOfBounds,
    ElemSegmentOutOfBounds,
    IndirectUndefined,
    IndirectUninitialized,
    IndirectTypeMismatch,
    NullFunction,
    NullReference,
    NullStruct,
    NullArray,
    NullI31,
    NullException,
    NullContinuation,
    NullDescriptor,
    ArrayOutOfBounds,
    ArrayNewDataOutOfBounds,
    ArrayNewElemOutOfBounds,
    CastFailure,
    DescriptorCastFailure,
    ContinuationConsumed,
}

/// <summary>What the texts of <c>assert_trap</c> mean: the kinds of trap that each stands for.</summary>
public static class TrapTexts
{
    private static readonly FrozenDictionary<string, ImmutableArray<TrapKind>> Kinds = new Dictionary<string, ImmutableArray<TrapKind>>(StringComparer.Ordinal)
    {
        ["unreachable"] = [TrapKind.Unreachable],
        ["integer divide by zero"] = [TrapKind.IntegerDivideByZero],
        ["integer overflow"] = [TrapKind.IntegerOverflow, TrapKind.ConversionOverflow],
        ["invalid conversion to integer"] = [TrapKind.ConversionOfNan],
        ["out of bounds memory access"] = [TrapKind.MemoryOutOfBounds, TrapKind.DataSegmentOutOfBounds, TrapKind.ArrayNewDataOutOfBounds],
        ["unaligned atomic"] = [TrapKind.AtomicUnaligned],
        ["expected shared memory"] = [TrapKind.AtomicWaitUnshared],
        ["out of bounds table access"] = [TrapKind.TableOutOfBounds, TrapKind.ElemSegmentOutOfBounds, TrapKind.ArrayNewElemOutOfBounds],
        ["undefined element"] = [TrapKind.IndirectUndefined],
        ["uninitialized element"] = [TrapKind.IndirectUninitialized],
        ["indirect call type mismatch"] = [TrapKind.IndirectTypeMismatch],
        ["null function reference"] = [TrapKind.NullFunction],
        ["null reference"] = [TrapKind.NullReference],
        ["null structure reference"] = [TrapKind.NullStruct],
        ["null array reference"] = [TrapKind.NullArray],
        ["null i31 reference"] = [TrapKind.NullI31],
        ["null exception reference"] = [TrapKind.NullException],
        ["null continuation reference"] = [TrapKind.NullContinuation],
        ["null descriptor reference"] = [TrapKind.NullDescriptor],
        ["out of bounds array access"] = [TrapKind.ArrayOutOfBounds],
        ["cast failure"] = [TrapKind.CastFailure],
        ["descriptor cast failure"] = [TrapKind.DescriptorCastFailure],
        ["continuation already consumed"] = [TrapKind.ContinuationConsumed],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The kinds that a text stands for; empty when the text is not one of the suite's. Operands behind a text (<c>uninitialized element 2</c>)
    /// do not count.
    /// </summary>
    public static ImmutableArray<TrapKind> Of(string text)
    {
        for (string t = text; ; t = t[..t.LastIndexOf(' ')])
        {
            if (Kinds.TryGetValue(t, out var kinds)) return kinds;
            if (!t.Contains(' ', StringComparison.Ordinal)) return [];
        }
    }
}
