using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Modules;

/// <summary>The functions that actions invoke: i32 and i64 in, i32 and i64 out, the rest by way of the host.</summary>
internal sealed partial class BodyGenerator
{
    /// <summary>A function for actions: some statements, calls of inner functions whose results are shown, and results of its own.</summary>
    /// <param name="func">The function.</param>
    /// <param name="fuel">How long it is.</param>
    /// <param name="isStart">Whether instantiation calls it, which should go well, but for once in a while.</param>
    public void GenerateExported(FuncPlan func, int fuel, bool isStart = false)
    {
        Begin(func, fuel);
        _careful = isStart && !(m.MayFail || d.OneIn(12));
        Shielded(() =>
        {
            Prologue();
            Statements(1 + d.Below(3));
            if (m.TailLoop is not null && !isStart && d.OneIn(2)) LongTailLoop();
            int calls = 1 + d.Below(2);
            for (int i = 0; i < calls; i++) ShowCall();
            if (isStart && !_careful && d.OneIn(2) && Throw()) return;
            if (!TailCall(last: true)) Values(func.Sig.Results);
        });
        Finish();
    }

    /// <summary>A function that does one thing that may well trap, sometimes where every exception is caught.</summary>
    public void GenerateProbe(FuncPlan func)
    {
        Begin(func, 12);
        Shielded(() =>
        {
            bool caught = m.Has(Features.Exceptions) && d.OneIn(4);
            Outside outer = default, inner = default;
            if (caught)
            {
                outer = Open(Op.Block, [], []);
                Emit(new TryTable(Op.TryTable, BlockType.Empty, [new Catch(CatchKind.CatchAll, 0, 0)]));
                inner = Enter([]);
                _tries++;
            }
            Dare();
            if (caught)
            {
                _tries--;
                Close(inner);
                Do(Op.Return);
                Die();
                Close(outer);
                Say(IsOther + 1);
            }
        });
        Finish();
    }

    private void Dare()
    {
        _daring = true;
        _depth = MaxDepth - 3;
        bool done = d.Below(13) switch
        {
            0 => Store(),
            1 => Daring(d.OneIn(2) ? ValType.I32 : ValType.I64),
            2 => MemoryBulk(),
            3 => TableBulk(),
            4 => CallIndirectFor(default),
            5 => CallRefFor(default),
            6 => ArrayBulk(),
            7 => d.OneIn(2) ? ArraySet() : StructSet(),
            8 => m.Pool[^1] is { IsRef: true } t && Cast(t.Ref) && Dropped(),
            9 => m.Pool[^1] is { IsRef: true } t && NonNull(t.Ref) && Dropped(),
            10 => TableSet(),
            11 => Throw(),
            _ => Unreachable(),
        };
        if (!done) Daring(ValType.I32);
        _daring = false;
    }

    private bool Dropped()
    {
        Do(Op.Drop);
        return true;
    }

    private bool Unreachable()
    {
        Do(Op.Unreachable);
        Die();
        return true;
    }

    /// <summary>A number by an instruction that may trap, where one is found at once.</summary>
    private bool Daring(ValType t)
    {
        var rows = RowInfo.Giving(t.Kind);
        for (int tries = 0; tries < 12; tries++)
        {
            var row = rows[d.Below(rows.Length)];
            if (!m.Swarm.Has(row.Feature) || (row.IsMemory && m.Mems.Count == 0) || (row.Guard == Guard.None && !row.IsMemory && !HasReference(row))) continue;
            Row(row, NaNs.None);
            Show(t);
            return true;
        }
        Value(t);
        Show(t);
        return true;
    }

    private static bool HasReference(RowInfo row)
    {
        foreach (var t in row.Params)
            if (t.IsRef) return true;
        return false;
    }

    /// <summary>The body of an exported function. Exceptions whose values could not be seen outside are caught, and shown.</summary>
    private void Shielded(Action body)
    {
        var kept = new List<int>();
        for (int x = 0; x < m.Tags.Count; x++)
            if (m.Tags[x] is { Crosses: false, Sig.Results.IsEmpty: true }) kept.Add(x);
        if (kept.Count == 0)
        {
            body();
            return;
        }
        var outsides = new Outside[kept.Count];
        var catches = ImmutableArray.CreateBuilder<Catch>();
        for (int i = 0; i < kept.Count; i++)
        {
            outsides[i] = Open(Op.Block, [], m.Tags[kept[i]].Sig.Params, free: false);
            catches.Insert(0, new Catch(CatchKind.Catch, (uint)kept[i], (uint)(kept.Count - 1 - i)));
        }
        Emit(new TryTable(Op.TryTable, TypeOf([], _func.Sig.Results), catches.ToImmutable()));
        var inside = Enter(_func.Sig.Results);
        // A tail call would leave the handler.
        _shielded = true;
        body();
        _shielded = false;
        Close(inside);
        Do(Op.Return);
        Die();
        for (int i = kept.Count - 1; i >= 0; i--)
        {
            Close(outsides[i]);
            SinkAll(m.Tags[kept[i]].Sig.Params);
            foreach (var t in _func.Sig.Results) Constant(t.Kind);
            if (i == 0) continue;
            Do(Op.Return);
            Die();
        }
    }

    /// <summary>Calls an inner function and shows all that it returns.</summary>
    private void ShowCall()
    {
        int x = Find(m.Funcs.Count, i => MayCall(m.Funcs[i]));
        if (x < 0 || _bottom) return;
        var callee = m.Funcs[x];
        if (callee.Sig.Results.Any(t => t.IsRef)) Forget();
        Args(callee);
        Do(Op.Call, x);
        Pay(callee);
        SinkAll(callee.Sig.Results);
    }

    private void SinkAll(ImmutableArray<ValType> ts)
    {
        for (int i = ts.Length - 1; i >= 0; i--) Sink(ts[i]);
    }
}
