using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>Smaller variants of a function's body for which no types are known. They keep blocks balanced; whether they are valid is for the validator to say.</summary>
public static class BodyEdits
{
    /// <summary>Bodies with a run of instructions taken out, long runs first.</summary>
    public static IEnumerable<ImmutableArray<Instr>> Cuts(ImmutableArray<Instr> body)
    {
        int last = body.Length - 1;
        for (int size = last; size >= 1; size /= 2)
            for (int from = last - size; from >= 0; from -= Math.Max(1, size / 2))
                if (Labels.IsBalanced(body, from, from + size)) yield return body.RemoveRange(from, size);
    }

    /// <summary>Bodies in which one immediate is simpler.</summary>
    public static IEnumerable<ImmutableArray<Instr>> Simpler(ImmutableArray<Instr> body)
    {
        for (int at = 0; at < body.Length; at++)
            foreach (var simpler in Simpler(body[at])) yield return body.SetItem(at, simpler);
    }

    private static IEnumerable<Instr> Simpler(Instr instr)
    {
        switch (instr)
        {
            case Const { Bits: not 0 } c:
                yield return c with { Bits = 0 };
                if (c.Bits > 1) yield return c with { Bits = 1 };
                if (c.Op is Op.I32Const or Op.I64Const)
                    foreach (int shift in Shifts)
                        if (c.Bits >> shift > 1) yield return c with { Bits = c.Bits >> shift };
                break;
            case VConst { Op: Op.V128Const } v when v.Value != default:
                yield return v with { Value = default };
                yield return v with { Value = new V128(v.Value.Lo, 0) };
                yield return v with { Value = new V128(0, v.Value.Hi) };
                break;
            case Mem { Arg.Offset: not 0 } m: yield return m with { Arg = m.Arg with { Offset = 0 } }; break;
            case BrTable { Labels.IsEmpty: false } b:
                yield return b with { Labels = [] };
                for (int i = b.Labels.Length - 1; i >= 0; i--) yield return b with { Labels = b.Labels.RemoveAt(i) };
                break;
            case TryTable { Catches.IsEmpty: false } t:
                for (int i = t.Catches.Length - 1; i >= 0; i--) yield return t with { Catches = t.Catches.RemoveAt(i) };
                break;
            default: break;
        }
    }

    /// <summary>Bodies in which a constant that may be a great number of times is smaller.</summary>
    public static IEnumerable<ImmutableArray<Instr>> FewerTimes(ImmutableArray<Instr> body)
    {
        for (int at = 0; at < body.Length; at++)
            if (body[at] is Const { Op: Op.I32Const or Op.I64Const, Bits: > 1_000 and < 100_000_000 } c)
                foreach (int shift in Shifts)
                    if (c.Bits >> shift > 1) yield return body.SetItem(at, c with { Bits = c.Bits >> shift });
    }

    private static readonly int[] Shifts = [16, 8, 4, 2, 1];

    /// <summary>The simplest constant of a type, or null where there is none.</summary>
    public static Instr? Constant(ValType type) => type.Kind switch
    {
        ValKind.I32 or ValKind.I64 or ValKind.F32 or ValKind.F64 or ValKind.V128 => Constants.Of(type.Kind, default),
        ValKind.Ref => type.Ref.Nullable ? new RefNull(Op.RefNull, type.Ref.Heap) : null,
        ValKind.Bot => null,
        _ => throw new System.Diagnostics.UnreachableException($"value kind {(byte)type.Kind}"),
    };

    /// <summary>
    /// Bodies in which what is computed for a local stands where the local is read, and the local is not set. The one to do so is set once; whether what is
    /// computed is the same there is not asked.
    /// </summary>
    public static IEnumerable<ImmutableArray<Instr>> Forwarded(Func func, ModuleView view)
    {
        var body = func.Body.Instrs;
        if (BodyShape.Of(func, view) is not { } shape) yield break;
        var sets = new Dictionary<uint, Tree?>();
        foreach (var tree in shape.Trees)
            if (body[tree.At] is Idx { Op: Op.LocalSet or Op.LocalTee } set) sets[set.X] = sets.ContainsKey(set.X) ? null : tree;
        foreach (var (x, set) in sets)
        {
            if (set is not { Operands: [var value] } || value.Run.To != set.At) continue;
            var code = body[value.Run.From..value.Run.To];
            var forwarded = ImmutableArray.CreateBuilder<Instr>();
            for (int at = 0; at < body.Length; at++)
            {
                if (at == set.Run.From && body[set.At].Op == Op.LocalSet) at = set.At;
                else if (at == set.At) continue;
                else if (body[at] is Idx { Op: Op.LocalGet } get && get.X == x) forwarded.AddRange(code);
                else forwarded.Add(body[at]);
            }
            yield return forwarded.ToImmutable();
        }
    }
}
