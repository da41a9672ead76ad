using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Building;

/// <summary>Writes a function's body, one instruction behind the other. What is always the same is shared.</summary>
internal sealed class Body
{
    private readonly List<Instr> _code = new(64);
    private readonly List<ValType> _locals = [];
    private readonly uint _params;

    /// <param name="parameters">The number of parameters, whose locals come first.</param>
    public Body(int parameters) => _params = (uint)parameters;

    /// <summary>The number of instructions so far.</summary>
    public int Count => _code.Count;

    /// <summary>The last instruction.</summary>
    public Instr? Last => _code.Count == 0 ? null : _code[^1];

    /// <summary>A new local, and its index.</summary>
    public uint Local(ValType type)
    {
        _locals.Add(type);
        return _params + (uint)_locals.Count - 1;
    }

    public Body Add(Instr instr)
    {
        _code.Add(instr);
        return this;
    }

    /// <summary>An instruction without immediates.</summary>
    public Body Op(Op op) => Add(Shared.Plain(op));

    public Body Get(uint x) => Add(x < (uint)Shared.Gets.Length ? Shared.Gets[x] : new Idx(Wasm.Syntax.Op.LocalGet, x));

    public Body Set(uint x) => Add(x < (uint)Shared.Sets.Length ? Shared.Sets[x] : new Idx(Wasm.Syntax.Op.LocalSet, x));

    public Body Tee(uint x) => Add(new Idx(Wasm.Syntax.Op.LocalTee, x));

    public Body I32(uint n) => Add(n < (uint)Shared.Numbers.Length ? Shared.Numbers[n] : new Const(Wasm.Syntax.Op.I32Const, n));

    public Body I32(int n) => I32((uint)n);

    public Body I64(ulong n) => Add(new Const(Wasm.Syntax.Op.I64Const, n));

    /// <summary>The address or length <paramref name="n"/>.</summary>
    public Body Addr(AddrType type, ulong n) => type == AddrType.I64 ? I64(n) : I32((uint)n);

    /// <summary>A constant of a number or vector type, given by its bits.</summary>
    public Body Const(ValKind kind, V128 bits) => Add(Constants.Of(kind, bits));

    /// <summary>An instruction with one index.</summary>
    public Body X(Op op, uint x) => Add(new Idx(op, x));

    /// <summary>An instruction with two indices, in the order of the text.</summary>
    public Body XY(Op op, uint x, uint y) => Add(new Idx2(op, x, y));

    public Body Call(uint f) => X(Wasm.Syntax.Op.Call, f);

    /// <summary>A load or store of natural alignment, of memory 0 unless told.</summary>
    public Body Access(Op op, ulong offset, uint mem = 0) => Add(new Mem(op, new MemArg(mem, (uint)InstrTable.Of(op).NaturalAlign, offset)));

    public Body Block(BlockType type = default) => Add(new Block(Wasm.Syntax.Op.Block, type));

    public Body Loop(BlockType type = default) => Add(new Block(Wasm.Syntax.Op.Loop, type));

    public Body If(BlockType type = default) => Add(new Block(Wasm.Syntax.Op.If, type));

    public Body Else() => Op(Wasm.Syntax.Op.Else);

    public Body End() => Op(Wasm.Syntax.Op.End);

    public Body Br(uint label) => X(Wasm.Syntax.Op.Br, label);

    public Body BrIf(uint label) => X(Wasm.Syntax.Op.BrIf, label);

    /// <summary>The body's last <c>end</c> is added, and the function made.</summary>
    public Func ToFunc(uint type)
    {
        End();
        var locals = ImmutableArray.CreateBuilder<Locals>(_locals.Count);
        foreach (var local in _locals)
        {
            if (locals.Count > 0 && locals[^1].Type == local) locals[^1] = locals[^1] with { Count = locals[^1].Count + 1 };
            else locals.Add(new Locals(1, local));
        }
        return new Func(type, locals.ToImmutable(), new Expr([.. _code]));
    }

    /// <summary>The constant expression that consists of the code so far.</summary>
    public Expr ToExpr()
    {
        End();
        return new Expr([.. _code]);
    }

    /// <summary>Instructions that occur in every module.</summary>
    private static class Shared
    {
        private static readonly Instr?[] PlainOps = new Instr?[ushort.MaxValue + 1];

        public static readonly Instr[] Gets = Make(32, x => new Idx(Wasm.Syntax.Op.LocalGet, x));
        public static readonly Instr[] Sets = Make(32, x => new Idx(Wasm.Syntax.Op.LocalSet, x));
        public static readonly Instr[] Numbers = Make(64, n => new Const(Wasm.Syntax.Op.I32Const, n));

        // Two threads may make the same one; either may stay.
        public static Instr Plain(Op op) => PlainOps[(ushort)op] ??= new Plain(op);

        private static Instr[] Make(int count, Func<uint, Instr> make)
        {
            var instrs = new Instr[count];
            for (uint x = 0; x < count; x++) instrs[x] = make(x);
            return instrs;
        }
    }
}
