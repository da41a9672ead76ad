using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>Exceptions: throwing, handling, in today's form and in the legacy one.</summary>
internal sealed partial class BodyGenerator
{
    private static readonly ValType ExnRef = ValType.RefNull(HeapType.Exn);
    private static readonly ValType Exn = ValType.RefNonNull(HeapType.Exn);

    /// <summary>Throws, when there is a tag; what follows is dead.</summary>
    private bool Throw()
    {
        if (m.Tags.Count == 0) return false;
        int x = Find(m.Tags.Count, i => m.Tags[i].Sig.Results.IsEmpty);
        if (x < 0) return false;
        if (_tries > 0 && d.OneIn(4) && FindLocal(ExnRef, NaNs.None) is >= 0 and var exn && (!IsNullable(exn) || Risk()))
        {
            Get(exn);
            Emit(Plains[(int)Op.ThrowRef]);
        }
        else
        {
            Values(m.Tags[x].Sig.Params);
            Emit(new Idx(Op.Throw, (uint)x));
        }
        Die();
        return true;
    }

    private bool IsNullable(int local) => _locals[local].Type.Ref.Nullable;

    private bool ThrowIf()
    {
        // Where nothing catches, seldom; the callers of leaves may.
        bool leaf = _func.Kind == FuncKind.Leaf;
        if (m.Tags.Count == 0 || (_tries == 0 && d.Below(4) < (leaf ? 2 : 3))) return false;
        Value(ValType.I32);
        if (_tries == 0)
        {
            I32(leaf ? 3 : 15);
            Do(Op.I32And);
            Do(Op.I32Eqz);
        }
        var outside = Open(Op.If, [], []);
        _ = Throw();
        Close(outside);
        return true;
    }

    /// <summary>A block that handles exceptions, with results.</summary>
    private bool Handler(ImmutableArray<ValType> ts)
    {
        if (!m.Has(Features.Exceptions) || _fuel < 4 || (ts.Length > 1 && !m.Has(Features.MultiValue))) return false;
        if (m.Has(Features.LegacyExceptions) && d.OneIn(2)) return LegacyHandler(ts);

        var kind = (CatchKind)d.Below(4);
        int tag = Find(m.Tags.Count, i => m.Tags[i].Sig.Results.IsEmpty);
        if (tag < 0) kind |= CatchKind.CatchAll;
        bool isRef = kind is CatchKind.CatchRef or CatchKind.CatchAllRef;
        ImmutableArray<ValType> payload = kind is CatchKind.Catch or CatchKind.CatchRef ? m.Tags[tag].Sig.Params : [];
        var caught = isRef ? payload.Add(Exn) : payload;
        if (caught.Length > 1 && !m.Has(Features.MultiValue)) return false;

        var after = Open(Op.Block, [], ts);
        var handler = Open(Op.Block, [], caught);
        var catches = ImmutableArray.CreateBuilder<Catch>();
        // One that comes before, or after, and leads elsewhere.
        if (d.OneIn(3)) OtherCatch(catches);
        catches.Add(new Catch(kind, kind is CatchKind.Catch or CatchKind.CatchRef ? (uint)tag : 0, 0));
        if (d.OneIn(3)) OtherCatch(catches);

        var ps = BlockParams();
        Values(ps);
        Emit(new TryTable(Op.TryTable, TypeOf(ps, ts), catches.ToImmutable()));
        var inside = Enter(ts);
        _tries++;
        // Operands of the block stay under what throws.
        if (d.OneIn(2)) ThrowOrCall();
        if (d.OneIn(6)) BranchOut(ts);
        Inside(ps, ts);
        if (d.OneIn(4))
        {
            Consume(ts);
            if (!Throw()) Values(ts);
        }
        _tries--;
        Close(inside);
        Do(Op.Br, 1);
        Die();
        Close(handler);

        if (isRef) Caught();
        if (_times <= 40) ShowAll(payload);
        else Consume(payload);
        Statements(d.Below(2));
        Values(ts);
        Close(after);
        // The handler is left: what is thrown now is for others.
        if (d.OneIn(4)) ThrowIf();
        return true;
    }

    /// <summary>Leaves the block that is tried by a branch, under a condition.</summary>
    private void BranchOut(ImmutableArray<ValType> ts)
    {
        Value(ValType.I32);
        var outside = Open(Op.If, [], []);
        Values(ts);
        Do(Op.Br, 3);
        Die();
        Close(outside);
    }

    /// <summary>What makes an exception likely: a throw under a condition, or a call.</summary>
    private void ThrowOrCall()
    {
        if (d.OneIn(3) && CallAny()) return;
        Value(ValType.I32);
        var outside = Open(Op.If, [], []);
        _ = Throw();
        Close(outside);
    }

    private void OtherCatch(ImmutableArray<Catch>.Builder catches)
    {
        var kind = (CatchKind)d.Below(4);
        int tag = Find(m.Tags.Count, i => m.Tags[i].Sig.Results.IsEmpty);
        if (tag < 0 && kind is CatchKind.Catch or CatchKind.CatchRef) return;
        ImmutableArray<ValType> ts = kind switch
        {
            CatchKind.Catch => m.Tags[tag].Sig.Params,
            CatchKind.CatchRef => m.Tags[tag].Sig.Params.Add(Exn),
            CatchKind.CatchAllRef => [Exn],
            CatchKind.CatchAll or _ => [],
        };
        int l = FindLabel(label => m.Types.Match(ts, label.Types));
        if (l >= 0) catches.Add(new Catch(kind, kind is CatchKind.Catch or CatchKind.CatchRef ? (uint)tag : 0, (uint)l));
    }

    /// <summary>Keeps the exception caught, drops it, or throws it on.</summary>
    private void Caught()
    {
        int x = Scratch(ExnRef);
        Set(x);
        if (_tries == 0 && d.Below(4) != 3) return;
        Value(ValType.I32);
        var outside = Open(Op.If, [], []);
        Get(x);
        Do(Op.ThrowRef);
        Die();
        Close(outside);
    }

    private void ShowAll(ImmutableArray<ValType> ts)
    {
        for (int i = ts.Length - 1; i >= 0; i--)
        {
            if (!ts[i].IsRef)
            {
                Show(ts[i]);
            }
            else
            {
                Emit(Plains[(int)Op.RefIsNull]);
                Show(ValType.I32);
            }
        }
    }

    /// <summary>A reference to an exception: thrown to be caught.</summary>
    private bool NewExn()
    {
        int tag = Find(m.Tags.Count, i => m.Tags[i].Sig.Params.IsEmpty && m.Tags[i].Sig.Results.IsEmpty);
        if (tag < 0) tag = Find(m.Tags.Count, i => m.Tags[i].Sig.Results.IsEmpty && m.Tags[i].Sig.Params.All(t => !t.IsRef));
        if (tag < 0) return false;
        var outside = Open(Op.Block, [], [Exn]);
        Emit(new TryTable(Op.TryTable, BlockType.Empty, [new Catch(CatchKind.CatchAllRef, 0, 0)]));
        var inside = Enter([]);
        foreach (var t in m.Tags[tag].Sig.Params) Constant(t.Kind);
        Do(Op.Throw, tag);
        Die();
        Close(inside);
        Do(Op.Unreachable);
        Die();
        Close(outside);
        return true;
    }

    // The legacy form

    private bool LegacyHandler(ImmutableArray<ValType> ts)
    {
        var ps = BlockParams();
        Values(ps);
        Emit(new Block(Op.Try, TypeOf(ps, ts)));
        var outside = Enter(ts);
        _tries++;
        if (d.OneIn(2)) ThrowOrCall();
        Inside(ps, ts);
        _tries--;
        if (d.OneIn(4))
        {
            // Handed to a block further out, or to the caller.
            _labels.RemoveAt(_labels.Count - 1);
            (_dead, _bottom) = outside;
            Do(Op.Delegate, d.Below(_labels.Count));
            return true;
        }
        int count = d.Below(3);
        for (int i = 0; i < count; i++)
        {
            int tag = Find(m.Tags.Count, j => m.Tags[j].Sig.Results.IsEmpty);
            if (tag < 0) break;
            (_dead, _bottom) = (outside.Dead, false);
            Emit(new Idx(Op.Catch, (uint)tag));
            Caught(m.Tags[tag].Sig.Params, ts);
        }
        if (count == 0 || d.OneIn(2))
        {
            (_dead, _bottom) = (outside.Dead, false);
            Do(Op.CatchAll);
            Caught([], ts);
        }
        Close(outside);
        return true;
    }

    private void Caught(ImmutableArray<ValType> payload, ImmutableArray<ValType> ts)
    {
        if (_times <= 40) ShowAll(payload);
        else Consume(payload);
        if (_tries > 0 || d.OneIn(6))
        {
            Value(ValType.I32);
            var inner = Open(Op.If, [], []);
            Do(Op.Rethrow, 1);
            Die();
            Close(inner);
        }
        Statements(d.Below(2));
        Values(ts);
    }
}
