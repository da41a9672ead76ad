using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Editing;

/// <summary>
/// What an instruction of a valid body takes from the operand stack and puts on it, read off its row and its immediates.
/// </summary>
/// <param name="Pops">How many values it takes.</param>
/// <param name="Pushes">The types of what it gives; a type that cannot be told from the instruction alone is <c>bot</c>.</param>
public readonly record struct StackEffect(int Pops, ImmutableArray<ValType> Pushes)
{
    private static readonly ImmutableArray<ValType> None = [], I32 = [ValType.I32];

    /// <summary>
    /// The effect, or null for structured instructions, for others that depend on labels or operands or after which nothing is reached (<see cref="BodyShape"/> knows those),
    /// and when an immediate names something that is not there.
    /// </summary>
    public static StackEffect? Of(Instr instr, ModuleView view, ImmutableArray<ValType> locals)
    {
        if (instr.Def.HasType) return new(instr.Def.Params.Length, [.. instr.Def.Results.Select(r => r.Var == SigVar.None ? r.Type : TypeOf(r.Var, instr, view))]);
        return instr switch
        {
            Plain => OfPlain(instr.Op),
            SelectT s => new(3, s.Types),
            RefNull r => new(0, [ValType.RefNull(r.Heap)]),
            Cast c => c.Op is Op.RefTest or Op.RefTestNull ? new(1, I32) : new(c.Op is Op.RefCast or Op.RefCastNull ? 1 : 2, [c.Type]),
            Idx i => OfIdx(i, view, locals),
            Idx2 i => OfIdx2(i, view),
            _ => null,
        };
    }

    private static ValType TypeOf(SigVar variable, Instr instr, ModuleView view) => (variable, instr) switch
    {
        (SigVar.Elem, Idx { Op: Op.GlobalGet } i) when i.X < view.Globals.Length => view.Globals[(int)i.X].Val,
        (SigVar.Elem, Idx i) when i.X < view.Tables.Length => view.Tables[(int)i.X].Elem,
        (SigVar.Addr, Idx i) when i.Def.Immediates[0] == Imm.MemIdx && i.X < view.Mems.Length => Addr(view.Mems[(int)i.X].Addr),
        (SigVar.Addr, Idx i) when i.X < view.Tables.Length => Addr(view.Tables[(int)i.X].Addr),
        _ => ValType.Bot,
    };

    private static ValType Addr(AddrType type) => type == AddrType.I64 ? ValType.I64 : ValType.I32;

#pragma warning disable IDE0072 // The rest has no effect that the instruction alone tells.
    private static StackEffect? OfPlain(Op op) => op switch
    {
        Op.Drop => new(1, None),
        Op.RefIsNull => new(1, I32),
        _ => null,
    };

    private static StackEffect? OfIdx(Idx i, ModuleView view, ImmutableArray<ValType> locals) => i.Op switch
    {
        Op.LocalGet => i.X < locals.Length ? new(0, [locals[(int)i.X]]) : null,
        Op.LocalSet or Op.GlobalSet => new(1, None),
        Op.LocalTee => i.X < locals.Length ? new(1, [locals[(int)i.X]]) : null,
        Op.Call => Call(view.TypeOfFunc(i.X), 0),
        Op.CallRef => Call(view.FuncTypeAt(i.X), 1),
        Op.RefFunc => i.X < view.FuncTypes.Length ? new(0, [ValType.RefNonNull(HeapType.Idx(view.FuncTypes[(int)i.X]))]) : null,
        Op.StructNew => i.X < view.Types.Length && view.Types[(int)i.X].Comp is StructType s ? new(s.Fields.Length, Ref(i.X)) : null,
        Op.StructNewDefault => new(0, Ref(i.X)),
        Op.ArrayNew => new(2, Ref(i.X)),
        Op.ArrayNewDefault => new(1, Ref(i.X)),
        Op.ArrayGet or Op.ArrayGetS or Op.ArrayGetU => i.X < view.Types.Length && view.Types[(int)i.X].Comp is ArrayType a ? new(2, [a.Field.Storage.Unpacked]) : null,
        Op.ArraySet => new(3, None),
        Op.ArrayFill => new(4, None),
        _ => null,
    };

    private static StackEffect? OfIdx2(Idx2 i, ModuleView view) => i.Op switch
    {
        Op.CallIndirect => Call(view.FuncTypeAt(i.Y), 1),
        Op.StructGet or Op.StructGetS or Op.StructGetU =>
            i.X < view.Types.Length && view.Types[(int)i.X].Comp is StructType s && i.Y < s.Fields.Length ? new(1, [s.Fields[(int)i.Y].Storage.Unpacked]) : null,
        Op.StructSet => new(2, None),
        Op.ArrayNewFixed => new((int)Math.Min(i.Y, 10_000), Ref(i.X)),
        Op.ArrayNewData or Op.ArrayNewElem => new(2, Ref(i.X)),
        Op.ArrayCopy => new(5, None),
        Op.ArrayInitData or Op.ArrayInitElem => new(4, None),
        Op.MemoryCopy or Op.MemoryInit or Op.TableCopy or Op.TableInit => new(3, None),
        _ => null,
    };
#pragma warning restore IDE0072

    private static ImmutableArray<ValType> Ref(uint type) => [ValType.RefNonNull(HeapType.Idx(type))];

    private static StackEffect? Call(FuncType? type, int more) => type is null ? null : new(type.Params.Length + more, type.Results);
}
