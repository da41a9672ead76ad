using System.Collections.Frozen;
using System.Collections.Immutable;
using Wasm.Execution;

namespace Conformance.Harness.Runtimes;

/// <summary>
/// What the texts of <c>assert_trap</c> mean: the kinds of trap that each stands for. A runtime that tells fewer kinds apart declares a partition:
/// for each of its own messages or codes, the kinds that it may stand for.
/// </summary>
public static class TrapTexts
{
    private static readonly FrozenDictionary<string, ImmutableArray<TrapKind>> Kinds = new Dictionary<string, ImmutableArray<TrapKind>>(StringComparer.Ordinal)
    {
        ["unreachable"] = [TrapKind.Unreachable],
        ["integer divide by zero"] = [TrapKind.DivZero],
        ["integer overflow"] = [TrapKind.DivOverflow, TrapKind.TruncOverflow],
        ["invalid conversion to integer"] = [TrapKind.TruncNaN],
        ["out of bounds memory access"] = [TrapKind.MemOob, TrapKind.DataSegOob, TrapKind.ArrNewDataOob],
        ["unaligned atomic"] = [TrapKind.MemMisaligned],
        ["expected shared memory"] = [TrapKind.AtomicWaitUnshared],
        ["out of bounds table access"] = [TrapKind.TableOob, TrapKind.ElemSegOob, TrapKind.ArrNewElemOob],
        ["undefined element"] = [TrapKind.IndOob],
        ["uninitialized element"] = [TrapKind.IndNull],
        ["indirect call type mismatch"] = [TrapKind.IndSig],
        ["null function reference"] = [TrapKind.CallRefNull],
        ["null reference"] = [TrapKind.AsNonNull],
        ["null structure reference"] = [TrapKind.StructNull],
        ["null array reference"] = [TrapKind.ArrayNull],
        ["null i31 reference"] = [TrapKind.I31Null],
        ["null exception reference"] = [TrapKind.ThrowRefNull],
        ["null continuation reference"] = [TrapKind.ContNull],
        ["null descriptor reference"] = [TrapKind.DescNull],
        ["out of bounds array access"] = [TrapKind.ArrayOob],
        ["cast failure"] = [TrapKind.CastFail, TrapKind.CastFailNull],
        ["descriptor cast failure"] = [TrapKind.DescCastFail],
        ["continuation already consumed"] = [TrapKind.ContConsumed],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The kinds that a text stands for; empty when the text is not one of the suite's. Operands behind a text (<c>uninitialized element 2</c>)
    /// do not count. Since a message need only begin with the text, a text may be cut short between words (<c>indirect call</c>), and then
    /// stands for all that it begins.
    /// </summary>
    public static ImmutableArray<TrapKind> Of(string text)
    {
        for (string t = text; ; t = t[..t.LastIndexOf(' ')])
        {
            if (Kinds.TryGetValue(t, out var kinds)) return kinds;
            if (!t.Contains(' ', StringComparison.Ordinal)) return [.. Kinds.Where(k => k.Key.StartsWith(text + " ", StringComparison.Ordinal)).SelectMany(k => k.Value).Distinct().Order()];
        }
    }
}
