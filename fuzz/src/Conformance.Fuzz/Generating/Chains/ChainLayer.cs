using Conformance.Fuzz.Generating.Building;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Chains;

/// <summary>
/// The layer <c>chain</c>: a few instructions that make an expression, on many operand vectors. What engines fuse, fold, sink and combine lies there:
/// loads at the end of memory, shifts and masks, comparisons before branches, constants on either side, addresses that wrap around.
/// </summary>
public sealed class ChainLayer : ILayer
{
    public string Name => "chain";

    public FuzzCase Generate(Decisions decisions, GeneratorOptions options)
    {
        var d = decisions;
        bool simd = (options.Features & Features.Simd) != 0 && d.Below(4) != 0;
        Span<(ValKind, LaneType, Role)> columns = stackalloc (ValKind, LaneType, Role)[2 + d.Below(5)];
        for (int i = 0; i < columns.Length; i++)
        {
            // Mostly several of one type, of which the later ones go with the earlier.
            var kind = i > 0 && d.Below(2) == 0 ? columns[i - 1].Item1 : (ValKind)((int)ValKind.I32 + d.Below(simd ? 5 : 4));
            columns[i] = (kind, kind == ValKind.V128 ? (LaneType)d.Below(6) : Values.LaneOf(kind), Role.Value);
        }
        int chains = 1 + d.Below(6);
        var rig = new Rig(d, options, columns, 1 + d.Below(32), chains, 16, 1);
        rig.FillRows();
        byte[] low = new byte[Rig.First], high = new byte[Expressions.HighBytes];
        Fill(low, d.Next());
        Fill(high, d.Next());
        rig.Module.Data(low, 0, rig.Addr, 0);
        rig.Module.Data(high, 0, rig.Addr, rig.MemoryBytes - Expressions.HighBytes);
        var expressions = new Expressions(rig, simd);
        for (int i = 0; i < chains; i++) Chain(rig, expressions, simd);
        return rig.Finish(expressions.IsRelaxed);
    }

    private static void Fill(byte[] bytes, ulong seed)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            // Many high bits: signs matter.
            bytes[i] = (byte)(seed >> 56 | (seed >> 40 & 0x80));
        }
    }

    private static void Chain(Rig rig, Expressions expressions, bool simd)
    {
        var d = rig.D;
        var kind = (ValKind)((int)ValKind.I32 + d.Below(simd ? 5 : 4));
        int length = 2 + d.Below(5);
        uint output = rig.Output();
        var body = rig.Begin();
        bool apart = d.OneIn(4), branches = d.OneIn(3);
        var branching = branches ? Branching.Begin(body, d, output) : default;
        if (!branches) Rig.BeginStore(body);
        Open open;
        if (apart)
        {
            // In a function of its own, whose parameters are the operands.
            var inner = new Body(rig.Columns);
            var locals = new uint[rig.Columns];
            var types = new ValType[rig.Columns];
            for (uint i = 0; i < locals.Length; i++)
            {
                locals[i] = i;
                types[i] = Rig.TypeOf(rig.KindOf((int)i));
                rig.Load(body, (int)i);
            }
            expressions.Begin(inner, locals, loads: false);
            open = expressions.Value(kind, length);
            body.Call(rig.Module.Func(rig.Module.FuncType(types, [Rig.TypeOf(kind)]), inner));
            expressions.Continue(body);
        }
        else
        {
            expressions.Begin(body, null, loads: true);
            open = expressions.Value(kind, length);
        }
        if (branches)
        {
            branching.End(body, kind, open != Open.None);
        }
        else
        {
            expressions.Close(kind, open);
            Rig.Store(body, kind, output);
        }
        rig.Sweep(body, rig.Rows);
    }
}
