using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wasm.Syntax;

#pragma warning disable IDE0010 // only the instructions of this family come here

namespace Wasm.Execution;

// Table instructions that are not in the loop. Operands and result are in consecutive cells. Addresses of 32 bits are zero-extended, so both address
// types are read alike. The specification copies element by element; at once is the same, for the bounds are checked first.
public abstract unsafe partial class Machine
{
    private protected bool TableInstr(Code* i, ulong* s, ref object? r, ModuleInst inst)
    {
        switch ((Op)i->X)
        {
            // Step_read/table.size
            case Op.TableSize:
                s[0] = (ulong)inst.Tables[i->B].Size;
                return true;

            // Step/table.grow-*
            case Op.TableGrow:
                {
                    var table = inst.Tables[i->B];
                    s[0] = Grown(Fails(false, (ulong)table.Size, s[1]) ? -1 : table.Grow(s[1], r), table.TableType.Addr);
                    return true;
                }

            // Step_read/table.fill-*
            case Op.TableFill:
                {
                    var table = inst.Tables[i->B];
                    if (!Inside(s[0], s[2], (ulong)table.Size)) return TrapAs(TrapKind.TableOob);
                    table.Elems.AsSpan((int)s[0], (int)s[2]).Fill(Unsafe.Add(ref r, 1));
                    return true;
                }

            // Step_read/table.copy-*
            case Op.TableCopy:
                {
                    TableInst to = inst.Tables[i->B], from = inst.Tables[i->C];
                    if (!Inside(s[0], s[2], (ulong)to.Size) || !Inside(s[1], s[2], (ulong)from.Size)) return TrapAs(TrapKind.TableOob);
                    Array.Copy(from.Elems, (int)s[1], to.Elems, (int)s[0], (int)s[2]);
                    return true;
                }

            // Step_read/table.init-*
            case Op.TableInit:
                return InitTable(inst.Tables[i->B], s[0], inst.Elems[i->C], (uint)s[1], (uint)s[2]) || TrapAs(TrapKind.TableOob);

            // Step/elem.drop
            case Op.ElemDrop:
                inst.Elems[i->B].Drop();
                return true;

            default:
                throw new UnreachableException($"{(Op)i->X} is no table instruction");
        }
    }

    /// <summary><c>table.init</c>; false when out of bounds, and then nothing is written.</summary>
    internal static bool InitTable(TableInst table, ulong at, ElemInst elem, ulong from, ulong n)
    {
        if (!Inside(at, n, (ulong)table.Size) || !Inside(from, n, (ulong)elem.Elems.Length)) return false;
        Array.Copy(elem.Elems, (int)from, table.Elems, (int)at, (int)n);
        return true;
    }

    internal static bool Inside(ulong at, ulong n, ulong size) => n <= size && at <= size - n;

    /// <summary>The result of a growth: -1 of the address type when it failed.</summary>
    private static ulong Grown(long old, AddrType addr) => old >= 0 ? (ulong)old : addr == AddrType.I32 ? uint.MaxValue : ulong.MaxValue;

    private bool Fails(bool isMemory, ulong size, ulong delta) => Store.Options.GrowFails is { } fails && fails(isMemory, size, delta);
}
