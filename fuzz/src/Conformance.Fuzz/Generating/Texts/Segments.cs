using System.Collections.Immutable;
using Wasm.Syntax;

namespace Conformance.Fuzz.Generating.Texts;

/// <summary>Adds tables and memories that are as large as a segment for them: text has abbreviations for these, and other layers seldom make any.</summary>
internal static class Segments
{
    private const Features MoreTables = Features.ReferenceTypes | Features.BulkMemory, MoreMemories = Features.MultiMemory | Features.BulkMemory;

    public static Module Add(Module module, Decisions d, Features features)
    {
        int funcs = Count(module, ExternKind.Func, module.Funcs.Length), tables = Count(module, ExternKind.Table, module.Tables.Length), mems = Count(module, ExternKind.Memory, module.Mems.Length);
        if (d.OneIn(3) && (tables == 0 || (features & MoreTables) == MoreTables))
        {
            var addr = (features & Features.Memory64) != 0 && d.OneIn(4) ? AddrType.I64 : AddrType.I32;
            bool indices = d.Below(3) < 2 || (features & (Features.Gc | MoreTables)) != (Features.Gc | MoreTables);
            var type = indices || d.OneIn(2) ? RefType.Func : new RefType(true, HeapType.I31);
            var inits = ImmutableArray.CreateBuilder<Expr>();
            for (int n = d.Below(4); n > 0 && funcs > 0; n--)
                inits.Add(Expr(type == RefType.Func && (indices || d.OneIn(2)) ? new Idx(Op.RefFunc, (uint)d.Below(funcs)) : new RefNull(Op.RefNull, type.Heap)));
            ulong count = (ulong)inits.Count;
            module = module with
            {
                Tables = module.Tables.Add(new Table(new TableType(addr, new Limits(count, count), type), null)),
                Elems = module.Elems.Add(new Elem(indices ? new RefType(false, HeapType.Func) : type, inits.ToImmutable(), Zero((uint)tables, addr))),
            };
        }
        if (d.OneIn(3) && (mems == 0 || (features & MoreMemories) == MoreMemories))
        {
            var addr = (features & Features.Memory64) != 0 && d.OneIn(4) ? AddrType.I64 : AddrType.I32;
            byte[] bytes = new byte[d.OneIn(8) ? 65_535 + d.Below(3) : d.Below(40)];
            for (int i = 0; i < Math.Min(bytes.Length, 40); i++) bytes[i] = d.Byte();
            ulong pages = ((ulong)bytes.Length + 0xFFFF) >> 16;
            module = module with
            {
                Mems = module.Mems.Add(new Memory(new MemType(addr, new Limits(pages, pages)))),
                Datas = module.Datas.Add(new Data([.. bytes], Zero((uint)mems, addr))),
            };
        }
        return module;
    }

    private static SegmentMode.Active Zero(uint x, AddrType addr) => new(x, Expr(new Const(addr == AddrType.I64 ? Op.I64Const : Op.I32Const, 0)));

    private static Expr Expr(Instr instr) => new([instr, new Plain(Op.End)]);

    private static int Count(Module module, ExternKind kind, int defined)
    {
        foreach (var import in module.Imports)
            if (import.Type.Kind == kind) defined++;
        return defined;
    }
}
