using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Branches.</summary>
internal sealed partial class BodyGenerator
{
    /// <summary>The label, counted from inside, of one of those that a predicate wants; -1 when there is none.</summary>
    private int FindLabel(Func<Label, bool> fits)
    {
        int count = _labels.Count;
        int start = d.Below(count);
        for (int i = 0; i < count; i++)
        {
            int l = (start + i) % count;
            if (_labels[count - 1 - l].Open && fits(_labels[count - 1 - l])) return l;
        }
        return -1;
    }

    private Label LabelAt(int l) => _labels[_labels.Count - 1 - l];

    /// <summary>br_if to a label of the types; if it is not taken, its values are the result.</summary>
    private bool BranchIf(ImmutableArray<ValType> ts)
    {
        int l = FindLabel(label => m.Types.Match(label.Types, ts));
        if (l < 0) return false;
        Values(LabelAt(l).Types);
        Value(ValType.I32);
        Do(Op.BrIf, l);
        return true;
    }

    private bool LeaveIf()
    {
        Value(ValType.I32);
        var outside = Open(Op.If, [], []);
        Leave();
        Close(outside);
        return true;
    }

    /// <summary>An unconditional branch; what follows is dead.</summary>
    private bool Leave()
    {
        switch (d.Below(6))
        {
            case 0 or 1 when FindLabel(_ => true) is >= 0 and var l:
                Values(LabelAt(l).Types);
                Do(Op.Br, l);
                break;
            case 2 when FindLabel(_ => true) is >= 0 and var l:
                {
                    // All labels that take the same.
                    var ts = LabelAt(l).Types;
                    Values(ts);
                    Index(3);
                    var labels = ImmutableArray.CreateBuilder<uint>();
                    int count = d.Below(4);
                    for (int i = 0; i < count; i++) labels.Add((uint)FindLabel(label => m.Types.Match(ts, label.Types)));
                    Emit(new BrTable(Op.BrTable, labels.ToImmutable(), (uint)l));
                    break;
                }
            case 3 when _tries > 0 && Throw(): return true;
            case 4 when Risk():
                Do(Op.Unreachable);
                break;
            case 5 when TailCall(last: false): return true;
            default:
                Values(_func.Sig.Results);
                Do(Op.Return);
                break;
        }
        Die();
        return true;
    }

    /// <summary>The index of a br_table with n labels: any, the last, just too large, the largest.</summary>
    private void Index(int n)
    {
        switch (d.Below(4))
        {
            case 0:
                Value(ValType.I32);
                break;
            case 1:
                I32(d.Of<int>([n - 1, n, -1, int.MinValue]));
                break;
            default:
                Value(ValType.I32);
                I32(3);
                Do(Op.I32And);
                break;
        }
    }

    /// <summary>br_table out of nested blocks that all have the results, some with an operand under them.</summary>
    private bool Switch(ImmutableArray<ValType> ts)
    {
        if (_fuel < 10 || (!m.Has(Features.MultiValue) && ts.Length > 1)) return false;
        int count = 2 + d.Below(3);
        uint under = 0;
        var outsides = new Outside[count];
        for (int i = 0; i < count; i++)
        {
            if (d.OneIn(3))
            {
                under |= 1u << i;
                Value(ValType.I32);
            }
            outsides[i] = Open(Op.Block, [], ts);
        }
        Values(ts);
        Index(count);
        var labels = ImmutableArray.CreateBuilder<uint>();
        int entries = d.Below(count + 2);
        for (int i = 0; i < entries; i++) labels.Add((uint)d.Below(count));
        if (d.OneIn(4) && FindLabel(label => m.Types.Match(ts, label.Types)) is >= 0 and var other) labels.Add((uint)other);
        Emit(new BrTable(Op.BrTable, labels.ToImmutable(), (uint)d.Below(count)));
        Die();
        for (int i = count - 1; i >= 0; i--)
        {
            Close(outsides[i]);
            if ((under >> i & 1) != 0) Unearth(ts);
            if (i > 0) Alter(ts);
        }
        return true;
    }

    /// <summary>Takes an i32 out from under values.</summary>
    private void Unearth(ImmutableArray<ValType> ts)
    {
        if (ts is [{ Kind: ValKind.I32 }])
        {
            Do(d.OneIn(2) ? Op.I32Sub : Op.I32Xor);
            return;
        }
        Span<int> locals = stackalloc int[ts.Length];
        for (int i = ts.Length - 1; i >= 0; i--) Set(locals[i] = Scratch(ts[i]));
        Consume(ValType.I32);
        for (int i = 0; i < ts.Length; i++)
        {
            Get(locals[i]);
            if (ts[i].IsRef && !ts[i].Ref.Nullable) Emit(Plains[(int)Op.RefAsNonNull]);
        }
    }

    /// <summary>Changes the value on top, so that it shows which way was taken.</summary>
    private void Alter(ImmutableArray<ValType> ts)
    {
        if (ts.IsEmpty || ts[^1].IsRef || ts[^1].Kind is ValKind.V128 or ValKind.F32 or ValKind.F64)
        {
            Statements(d.Below(2));
            return;
        }
        var t = ts[^1];
        if (t.Kind == ValKind.I32) I32(1 + d.Below(100));
        else I64(1 + d.Below(100));
        Do(t.Kind == ValKind.I32 ? Op.I32Add : Op.I64Add);
    }
}
